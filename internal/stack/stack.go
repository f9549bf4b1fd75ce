// Package stack arranges what is watched as the governance stack: the layers, strongest first, each
// with its documents as they stand. A document is a text that stands somewhere; items of news and the
// words of listings are none, and a text that is to take force is what is coming of the law it amends,
// never a current text.
package stack

import (
	"cmp"
	"slices"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
)

// Layer is a level of the stack with its documents, none where nothing is watched there.
type Layer struct {
	Layer     kaisei.Layer `json:"layer"`
	Documents []Document   `json:"documents"`
}

// Document is where one document stands.
type Document struct {
	Document  string      `json:"document"`
	Source    string      `json:"source"`
	Authority kaisei.Text `json:"authority"`
	Title     string      `json:"title"`
	Language  string      `json:"language,omitempty"`
	// Label is the version as its publisher names it; of a law, the revision in force.
	Label string `json:"label,omitempty"`
	// Decided is the day of promulgation or decision, InForce the last day on which something in it
	// took force; unknown where neither text nor listing says.
	Decided kaisei.Date `json:"decided,omitzero"`
	InForce kaisei.Date `json:"in_force,omitzero"`
	// Coming is what lies ahead, soonest first.
	Coming []calendar.Event `json:"coming,omitempty"`
	// Change is the last change that was told, Verified when a good look last proved the text.
	Change   *kaisei.Told `json:"change,omitempty"`
	Verified time.Time    `json:"verified,omitzero"`
	SeenAt   time.Time    `json:"seen_at"`
	URL      string       `json:"url"`
}

// Of arranges documents by layer. Events are those of all documents; what is over at now is left out.
func Of(standings []kaisei.Standing, events []calendar.Event, sources []kaisei.Source, now time.Time) []Layer {
	by := map[kaisei.Layer][]Document{}
	coming := comingBy(calendar.Coming(events, now))
	names := map[string]kaisei.Text{}
	for _, s := range sources {
		for _, id := range append([]string{s.ID}, s.Was...) {
			names[id] = s.AuthorityName
		}
	}
	for _, s := range standings {
		v := s.Version
		if v.Gone || s.GoesOn != "" || s.Item() || v.Format == recordFormat || classify.FutureText(v) {
			continue
		}
		d := Document{
			Document: v.Document, Source: v.Source, Authority: names[v.Source], Title: v.Title, Language: v.Language, Label: v.Label,
			Decided: v.Dates.Promulgated, InForce: inForce(v, kaisei.DateOf(now)), Coming: coming[v.Document],
			Change: s.Change, Verified: s.Verified, SeenAt: v.SeenAt, URL: v.Snapshot.URL,
		}
		if classify.LawText(v) {
			d.Coming = coming[v.Source]
		}
		by[v.Layer] = append(by[v.Layer], d)
	}
	out := make([]Layer, 0, len(kaisei.Layers()))
	for _, l := range kaisei.Layers() {
		docs := by[l]
		slices.SortStableFunc(docs, func(a, b Document) int { return cmp.Compare(a.Document, b.Document) })
		out = append(out, Layer{l, docs})
	}
	return out
}

// recordFormat is the format of what a feed, list or API gave as records.
const recordFormat = "record"

// comingBy returns the events of each document, and of each source: a law's list of revisions
// states what is coming of its text.
func comingBy(events []calendar.Event) map[string][]calendar.Event {
	by := map[string][]calendar.Event{}
	for _, e := range events {
		by[e.Document] = append(by[e.Document], e)
		if e.Source != e.Document {
			by[e.Source] = append(by[e.Source], e)
		}
	}
	return by
}

// inForce is the last day up to today on which something in the version took force. A law's text is
// published, in its source's words, on the day on which its revision took force.
func inForce(v kaisei.Version, today kaisei.Date) kaisei.Date {
	var last kaisei.Date
	later := func(d kaisei.Date) {
		if !d.IsZero() && !today.Before(d) && (last.IsZero() || last.Before(d)) {
			last = d
		}
	}
	for _, e := range v.Dates.Effective {
		later(e.Date)
	}
	if classify.LawText(v) {
		later(v.Published)
	}
	return last
}
