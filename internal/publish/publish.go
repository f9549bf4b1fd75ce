// Package publish writes what kaisei knows in forms that other programs read: changes as an Atom feed, a table and events,
// the days ahead as a calendar. A form is a function from changes or events to bytes, in either language, so
// that commands and the web interface publish the same. It reads no store and knows no channel.
package publish

import (
	"io"
	"iter"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Changes are changes as they are read; the first error ends them.
type Changes = iter.Seq2[kaisei.Change, error]

// Of yields changes that are at hand.
func Of(changes ...kaisei.Change) Changes {
	return func(yield func(kaisei.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Calendar writes events as an iCalendar file (RFC 5545).
func Calendar(w io.Writer, events []calendar.Event, o render.Options) error {
	_, err := io.WriteString(w, render.ICS(events, o))
	return err
}
