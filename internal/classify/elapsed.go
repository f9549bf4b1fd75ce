package classify

import (
	"time"

	"kaisei/internal/kaisei"
)

// What the passage of time makes of a document, for Elapsed.Event.
const (
	EventDayCame = "day-came"      // its day of taking force is here
	EventLastDay = "last-day-came" // the last possible day of taking force is here, and the day itself is not known
	EventClosing = "closing"       // its deadline is near
	EventLag     = "lag"           // it translates a text that has moved on
)

// Elapsed is something that time made of a document: no text changed.
type Elapsed struct {
	// ID is of the change, derived from what it tells, so that it can be told only once.
	ID     string
	Event  string
	Source kaisei.Source
	// Version is the document's latest version; its blocks are not needed.
	Version kaisei.Version
	// Title, URL and PageURL are as people read them.
	Title, URL, PageURL string
	// LabelBefore is the version that the document lags behind with, where it does.
	LabelBefore, LabelAfter string
	Dates                   kaisei.Dates
	Notes                   []kaisei.Text
	Now                     time.Time
}

// JudgeElapsed returns the change that tells what time made, judged by the same rules as any other.
func (r *Rules) JudgeElapsed(e Elapsed) kaisei.Change { return r.judgeElapsed(e, nil) }

func (r *Rules) judgeElapsed(e Elapsed, told func(Step)) kaisei.Change {
	f := Finding{Source: e.Source, Next: e.Version, Now: e.Now}
	c := kaisei.Change{
		ID: e.ID, Rules: r.hash, Source: e.Version.Source, Document: e.Version.Document,
		Authority: e.Source.Authority, AuthorityName: e.Source.AuthorityName,
		Title: e.Title, Layer: layerOf(f), Language: languageOf(f), LabelBefore: e.LabelBefore, LabelAfter: e.LabelAfter,
		URL: e.URL, PageURL: e.PageURL, Hash: e.Version.Snapshot.Hash, Format: e.Version.Format,
		Edits: []kaisei.Edit{}, Dates: e.Dates, Notes: e.Notes, SeenAt: e.Now,
	}
	facts := &facts{event: e.Event, layer: c.Layer, kind: string(e.Source.Kind), format: c.Format, language: c.Language, days: -1, texts: map[string][]located{}, told: told}
	facts.add(lookTitle, c.Title, "title")
	facts.add(lookTouched, c.Title, "title")
	facts.add(lookLabel, c.LabelAfter, "label")
	facts.add(lookURL, c.URL, "url")
	facts.add(lookSource, e.Source.Title.JA, "source")
	for _, x := range e.Dates.Effective {
		facts.add(lookText, x.What, "what")
		facts.add(lookTouched, x.What, "what")
	}
	r.class(&c, facts)
	facts.class = c.Class
	facts.days = daysAhead(c.Dates, e.Now)
	c.Severity = r.severity(&c, facts)
	r.facets(&c, f, facts)
	r.quiet(&c, f, facts)
	if c.Quiet == "" {
		c.Touches = r.Touches(c, e.Source, nil)
	}
	return c
}
