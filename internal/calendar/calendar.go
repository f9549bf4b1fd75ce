// Package calendar lists what is coming: the days on which texts take force and the instants at which
// consultations close, as the latest versions of all documents state them.
//
// An event is derived, never stored: the same documents give the same events with the same IDs. A day
// that the authority has not fixed is never given as if it were: an event without a day carries
// the words it rests on, and the last possible day where these and the day of promulgation allow
// to work it out. A text that is to take force is an event and not the current text.
package calendar

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
)

// Event is something that the passage of time brings.
type Event struct {
	// ID is permanent: "egov/appi/revisions@in-force-2026-12-31", "egov/public-comments/…@closing".
	// That of a closing outlives an extension of the deadline.
	ID string `json:"id"`
	// Document states the event, Source offers it.
	Document string `json:"document"`
	Source   string `json:"source"`
	Title    string `json:"title"`
	Label    string `json:"label,omitempty"`
	// Authority is the short name of who publishes it, AuthorityName the name for people.
	Authority     string       `json:"authority,omitempty"`
	AuthorityName kaisei.Text  `json:"authority_name,omitzero"`
	Layer         kaisei.Layer `json:"layer"`
	// Kind is in-force, consultation-opened or consultation-closing.
	Kind kaisei.Class `json:"kind"`
	// On is the day in Japan; unknown where the authority names none.
	On kaisei.Date `json:"on,omitzero"`
	// At is the last instant of a deadline; zero for events that are a day.
	At time.Time `json:"at,omitzero"`
	// By is the last possible day of an event whose day is still to be fixed. Where the authority gives
	// that day itself (the law API does) On is the same day.
	By kaisei.Date `json:"by,omitzero"`
	// Note is what the day rests on, as printed; What names the provision or the amending law.
	Note string `json:"note,omitempty"`
	What string `json:"what,omitempty"`
	// URL is where people read the document.
	URL string `json:"url,omitempty"`
	// SeenAt is when the version that states the event was read, Seq its number.
	SeenAt time.Time `json:"seen_at"`
	Seq    int       `json:"seq"`
	// Copies are further documents with the same text, which state the same.
	Copies []string `json:"copies,omitempty"`
}

// Open reports whether the day of the event is still to be fixed.
func (e Event) Open() bool { return e.On.IsZero() || !e.By.IsZero() }

// Due returns the instant from which the event is here: the beginning of its day in Japan, or
// its deadline; the zero time where no day is known.
func (e Event) Due() time.Time {
	switch {
	case !e.At.IsZero():
		return e.At
	case e.On.IsZero():
		return time.Time{}
	}
	return e.On.Start()
}

// Day returns the day in Japan on which the event stands in a calendar: its day or, while that is to
// be fixed, the last possible one; unknown where neither is.
func (e Event) Day() kaisei.Date {
	if e.On.IsZero() {
		return e.By
	}
	return e.On
}

// Over reports whether the event is past: its deadline, or its whole day. An event without a
// day is over when its last possible day is.
func (e Event) Over(now time.Time) bool {
	switch day := e.Day(); {
	case !e.At.IsZero():
		return !now.Before(e.At)
	case day.IsZero():
		return false
	default:
		return day.Before(kaisei.DateOf(now))
	}
}

// Events returns what the documents state, past and to come, in time order; events without a
// day stand last. docs are the latest versions of all documents, without blocks, except that a law's
// list of revisions is given with them: its rows say more than its days. Sources tell who publishes.
//
// A day on which a version was already in force when it was read is none; documents with the
// same text state one event, that of the document seen first.
func Events(docs []kaisei.Version, sources []kaisei.Source) []Event {
	by := map[string]kaisei.Source{}
	for _, s := range sources {
		by[s.ID] = s
		for _, was := range s.Was {
			if _, ok := by[was]; !ok {
				by[was] = s
			}
		}
	}
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b kaisei.Version) int {
		return cmp.Or(a.SeenAt.Compare(b.SeenAt), strings.Compare(a.Document, b.Document))
	})
	var out []Event
	first := map[string]int{}
	for _, v := range docs {
		if v.Gone || classify.LawText(v) {
			continue
		}
		s := by[v.Source]
		for _, e := range eventsOf(v) {
			e.Authority, e.AuthorityName = s.Authority, s.AuthorityName
			key := v.TextHash + "\x00" + strings.TrimPrefix(e.ID, v.Document)
			if i, ok := first[key]; ok && v.TextHash != "" {
				out[i].Copies = append(out[i].Copies, v.Document)
				continue
			}
			first[key] = len(out)
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, order)
	return out
}

// order sorts by time, events without a day last, by their last possible day.
func order(a, b Event) int {
	if x, y := a.On.IsZero(), b.On.IsZero(); x != y {
		if x {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Due().Compare(b.Due()), a.By.Start().Compare(b.By.Start()), strings.Compare(a.ID, b.ID))
}

// Coming returns the events that are not over at now.
func Coming(events []Event, now time.Time) []Event {
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Over(now) })
}

// eventsOf returns the events that one version states.
func eventsOf(v kaisei.Version) []Event {
	base := Event{
		Document: v.Document, Source: v.Source, Title: v.Title, Label: v.Label, Layer: v.Layer, SeenAt: v.SeenAt, Seq: v.Seq,
		URL: cmp.Or(v.URL, v.Snapshot.URL),
	}
	if classify.ListOfRevisions(v) {
		base.Title = strings.TrimSpace(strings.TrimSuffix(v.Title, "改正履歴"))
		base.URL = cmp.Or(v.PageURL, base.URL)
		return revisions(base, v)
	}
	seen := kaisei.DateOf(v.SeenAt)
	var out []Event
	for _, f := range v.Dates.Effective {
		if f.Date.IsZero() && f.Note == "" || !f.Date.IsZero() && !seen.Before(f.Date) {
			continue
		}
		out = append(out, force(base, f, v.Dates.Promulgated))
	}
	if d := v.Dates.Opens; seen.Before(d) {
		e := base
		e.ID, e.Kind, e.On = v.Document+"@opens", kaisei.ClassConsultationOpened, d
		out = append(out, e)
	}
	if t := v.Dates.Deadline; !t.IsZero() {
		e := base
		e.ID, e.Kind, e.At, e.On = v.Document+"@closing", kaisei.ClassConsultationClosing, t.UTC(), LastDay(t)
		out = append(out, e)
	}
	return out
}

// revisions returns the rows of a law's list that it calls not yet in force, one event for each day:
// amending laws of the same day take force together.
func revisions(base Event, v kaisei.Version) []Event {
	var out []Event
	day := map[string]int{}
	for _, r := range classify.Revisions(v) {
		if !r.Future() {
			continue
		}
		e := force(base, r.Effective, r.Promulgated)
		if i, ok := day[e.ID]; ok {
			out[i].What = strings.Join([]string{out[i].What, e.What}, "、")
			out[i].Note = strings.Trim(out[i].Note+"、"+e.Note, "、")
			continue
		}
		day[e.ID] = len(out)
		out = append(out, e)
	}
	return out
}

// force is the event of one day of taking force.
func force(base Event, f kaisei.Effective, promulgated kaisei.Date) Event {
	e := base
	e.Kind, e.On, e.Note, e.What = kaisei.ClassInForce, f.Date, f.Note, f.What
	if last, ok := Within(f.Note, promulgated); ok {
		e.By = last
		if !e.On.IsZero() {
			e.By = e.On
		}
	}
	e.ID = InForceID(base.Document, f)
	return e
}

// InForceID is the ID of the event that f is for a document, and of the change that tells it.
func InForceID(document string, f kaisei.Effective) string {
	if f.Date.IsZero() {
		return document + "@in-force-" + kaisei.Hash([]byte(f.Note + "\x00" + f.What))[:8]
	}
	return document + "@in-force-" + f.Date.String()
}

// LastDay is the last day in Japan on which something with the deadline t can still be done: a
// deadline at 0:00 ends the day before.
func LastDay(t time.Time) kaisei.Date { return kaisei.DateOf(t.Add(-time.Nanosecond)) }
