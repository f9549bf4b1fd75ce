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

// Layer is a level of the stack with its documents.
type Layer struct {
	Layer     kaisei.Layer `json:"layer"`
	Documents []Document   `json:"documents"`
	// Sources is how many enabled sources may offer texts of the layer, Unread how many of these
	// nothing was read from yet. Both are 0 where nothing is watched there.
	Sources int `json:"sources"`
	Unread  int `json:"unread"`
}

// Reading is what the stack is made of.
type Reading struct {
	// Standings are those of all documents, Events what these state.
	Standings []kaisei.Standing
	Events    []calendar.Event
	// Lists are the lists of revisions of laws, with blocks: they say when the revision in force was
	// promulgated, which the text of a law does not.
	Lists []kaisei.Version
	// Copies names, for each document that is a copy, the one that it is a copy of.
	Copies  map[string]string
	Sources []kaisei.Source
}

// Document is where one document stands.
type Document struct {
	Document  string      `json:"document"`
	Source    string      `json:"source"`
	Authority kaisei.Text `json:"authority"`
	Title     string      `json:"title"`
	Language  string      `json:"language,omitempty"`
	// CopyOf is the document of which it is a copy, where that stands in the stack too.
	CopyOf string `json:"copy_of,omitempty"`
	// Label is the version as its publisher names it; of a law, the revision in force.
	Label string `json:"label,omitempty"`
	// Decided is the day of promulgation or decision, of a law that of the revision in force; InForce the last day on which something in it
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

// Of arranges documents by layer. What is over at now is left out; a copy stands behind its original.
func Of(r Reading, now time.Time) []Layer {
	by := map[kaisei.Layer][]Document{}
	coming := comingBy(calendar.Coming(r.Events, now))
	names, read := map[string]kaisei.Text{}, map[string]bool{}
	for _, s := range r.Sources {
		for _, id := range append([]string{s.ID}, s.Was...) {
			names[id] = s.AuthorityName
		}
	}
	shown := map[string]bool{}
	for _, s := range r.Standings {
		v := s.Version
		read[v.Source] = true
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
			if d.Decided.IsZero() {
				d.Decided = promulgated(v, r.Lists)
			}
		}
		by[v.Layer] = append(by[v.Layer], d)
		shown[d.Document] = true
	}
	out := make([]Layer, 0, len(kaisei.Layers()))
	for _, l := range kaisei.Layers() {
		docs := by[l]
		for i := range docs {
			if original := r.Copies[docs[i].Document]; shown[original] {
				docs[i].CopyOf = original
			}
		}
		slices.SortStableFunc(docs, func(a, b Document) int {
			return cmp.Or(cmp.Compare(cmp.Or(a.CopyOf, a.Document), cmp.Or(b.CopyOf, b.Document)), cmp.Compare(a.CopyOf, b.CopyOf), cmp.Compare(a.Document, b.Document))
		})
		layer := Layer{Layer: l, Documents: docs}
		for _, s := range r.Sources {
			if s.Disabled != "" || !offers(s, l) {
				continue
			}
			layer.Sources++
			if !slices.ContainsFunc(append([]string{s.ID}, s.Was...), func(id string) bool { return read[id] }) {
				layer.Unread++
			}
		}
		out = append(out, layer)
	}
	return out
}

// offers reports whether a source may offer texts of a layer.
func offers(s kaisei.Source, l kaisei.Layer) bool {
	return s.Layer == l || slices.ContainsFunc(s.Follow, func(f kaisei.Follow) bool { return f.Layer == l })
}

// promulgated is the day on which the revision was promulgated that a law's text shows: the row of its
// list that took force on the day of the text, the newest of several, or else the one in force.
func promulgated(text kaisei.Version, lists []kaisei.Version) kaisei.Date {
	var shown, current kaisei.Date
	for _, list := range lists {
		if list.Source != text.Source {
			continue
		}
		for _, row := range classify.Revisions(list) {
			if !row.Future() && row.Effective.Date == text.Published && shown.Before(row.Promulgated) {
				shown = row.Promulgated
			}
			if row.Current() {
				current = row.Promulgated
			}
		}
	}
	if text.Published.IsZero() || shown.IsZero() {
		return current
	}
	return shown
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
