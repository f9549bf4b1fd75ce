package classify

import (
	"net/url"
	"strings"
	"time"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// What happened to a document, before any words are looked at.
const (
	eventFirst      = "first"      // offered for the first time, after the baseline
	eventGone       = "gone"       // no longer there
	eventSame       = "same"       // the same words again
	eventRelabelled = "relabelled" // another version label
	eventMoved      = "moved"      // a named document at another address, with other words
	eventChanged    = "changed"    // other words in the same place
	eventExtended   = "extended"   // the deadline of a consultation moved to a later day
	eventReturned   = "returned"   // there again after it was withdrawn

	// Of the list of revisions of a law:
	eventRepealed    = "revision-repealed"
	eventScheduled   = "revision-scheduled"
	eventInForce     = "revision-in-force"
	eventPromulgated = "revision-promulgated"
	eventRevised     = "revision-changed"
	eventTold        = "revision-told" // only what the calendar already told took force
	// Of the texts of a law:
	eventFutureText  = "future-text" // a text that is to take force, first seen
	eventRescheduled = "rescheduled" // the day of taking force of a future text moved
	eventLawText     = "law-text"    // the words of the text changed

	// For rules that keep a change quiet only:
	eventCopy       = "copy"       // another document already told the same words
	eventIrrelevant = "irrelevant" // an item that the source's keywords set aside
)

// The texts a rule can look at.
const (
	lookTitle   = "title"
	lookLabel   = "label"
	lookAdded   = "added"
	lookRemoved = "removed"
	lookChanged = "changed"
	lookEdit    = "edit"
	lookHeading = "heading"
	lookText    = "text"
	lookURL     = "url"
	lookSource  = "source"
	lookTouched = "touched"
)

var looks = []string{lookTitle, lookLabel, lookAdded, lookRemoved, lookChanged, lookEdit, lookHeading, lookText, lookURL, lookSource, lookTouched}

var events = []string{
	eventFirst, eventGone, eventSame, eventRelabelled, eventMoved, eventChanged, eventCopy, eventIrrelevant,
	eventRepealed, eventScheduled, eventInForce, eventPromulgated, eventRevised, eventTold, EventDayCame, EventLastDay, EventClosing, EventLag, eventExtended, eventReturned, eventFutureText, eventRescheduled, eventLawText,
}

// maxTexts bounds how many edits or blocks are looked at for words, so that a document
// rewritten from end to end costs a bounded time. The rest is compared and shown all the same.
const maxTexts = 3000

// facts are what rules see of a finding.
type facts struct {
	event                   string
	class                   kaisei.Class
	layer                   kaisei.Layer
	kind, format, language  string
	host                    string
	item, translation       bool
	listing                 bool
	draftBefore, draftAfter bool
	shifts                  []kaisei.Shift
	edits                   int
	days                    int
	texts                   map[string][]located
	// told, where not nil, hears of every rule asked.
	told func(Step)
}

func factsOf(f Finding, c kaisei.Change) *facts {
	x := &facts{
		event: eventOf(f), layer: c.Layer, kind: string(f.Source.Kind), format: c.Format, language: c.Language,
		listing: f.Source.Kind == kaisei.KindIndex && f.Next.Document == f.Source.ID,
		item:    isItem(f), translation: translation(f), days: -1,
		draftBefore: c.LabelBefore != "" && ja.Draft(c.LabelBefore), draftAfter: c.LabelAfter != "" && ja.Draft(c.LabelAfter),
		edits: len(f.Edits), texts: map[string][]located{},
	}
	if u, err := url.Parse(c.URL); err == nil {
		x.host = strings.ToLower(u.Hostname())
	}
	x.add(lookTitle, c.Title, "title")
	x.add(lookLabel, c.LabelAfter, "label")
	x.add(lookURL, c.URL, "url")
	x.add(lookSource, f.Source.Title.JA, "source")
	if f.Prev == nil || x.item {
		x.add(lookTouched, c.Title, "title")
	}
	headings := map[string]bool{}
	for i, e := range f.Edits {
		if i == maxTexts {
			break
		}
		x.edit(e, headings)
	}
	if f.Prev == nil && len(f.Edits) == 0 {
		for i, b := range f.Next.Blocks {
			if i == maxTexts {
				break
			}
			x.edit(kaisei.Edit{Kind: kaisei.EditAdded, PathAfter: b.Path, After: b.Text}, headings)
		}
	}
	if x.item {
		for _, b := range f.Next.Blocks {
			if b.Text != c.Title {
				x.add(lookText, b.Text, "text")
				x.add(lookTouched, b.Text, "text")
			}
		}
	}
	return x
}

func (x *facts) add(field, text, where string) {
	if strings.TrimSpace(text) != "" {
		x.texts[field] = append(x.texts[field], locate(text, where))
	}
}

// edit files the words of one edit under the fields that rules look at.
func (x *facts) edit(e kaisei.Edit, headings map[string]bool) {
	path := e.PathAfter
	if len(path) == 0 {
		path = e.PathBefore
	}
	where := strings.Join(path, " › ")
	if e.Before != "" && e.After != "" && ja.Key(e.Before) == ja.Key(e.After) {
		return // only its place changed
	}
	for _, h := range path {
		if !headings[h] {
			headings[h] = true
			x.add(lookHeading, h, where)
			x.add(lookTouched, h, where)
		}
	}
	switch {
	case e.Before == "":
		x.add(lookAdded, e.After, where)
		x.add(lookEdit, e.After, where)
		x.add(lookTouched, e.After, where)
	case e.After == "":
		x.add(lookRemoved, e.Before, where)
		x.add(lookEdit, e.Before, where)
		x.add(lookTouched, e.Before, where)
	default:
		x.add(lookChanged, e.After, where)
		x.add(lookChanged, e.Before, where)
		x.add(lookEdit, e.After, where)
		x.add(lookEdit, e.Before, where)
		x.add(lookTouched, e.After, where)
	}
}

// eventOf tells what happened from structure alone.
func eventOf(f Finding) string {
	switch {
	case f.Next.Gone:
		return eventGone
	case isRevisions(f):
		return revisionEvent(f)
	case isFutureText(f) && f.Prev == nil:
		return eventFutureText
	case f.Prev == nil:
		return eventFirst
	case f.Prev.Gone:
		return eventReturned
	case longer(f):
		return eventExtended
	case len(f.Edits) == 0 && isFutureText(f) && f.Prev.Label != f.Next.Label:
		return eventRescheduled
	case len(f.Edits) == 0 && (isLawText(f) || !relabelled(f)):
		return eventSame // also where only the day of force in a law's label moved: its list tells that
	case isLawText(f):
		return eventLawText
	case relabelled(f):
		return eventRelabelled
	case f.Prev.Snapshot.URL != f.Next.Snapshot.URL && !isItem(f):
		return eventMoved
	}
	return eventChanged
}

// longer reports whether a consultation that was still open may now be answered longer.
func longer(f Finding) bool {
	before, after := f.Prev.Dates.Deadline, f.Next.Dates.Deadline
	return len(f.Edits) > 0 && !before.IsZero() && after.After(before) && !f.Now.After(after)
}

// relabelled reports whether the version label says something else than before. A label
// that a listing begins or ceases to print says nothing about the text.
func relabelled(f Finding) bool {
	before, after := f.Prev.Label, labelOf(f)
	if before == "" || after == "" || ja.Key(before) == ja.Key(after) {
		return false
	}
	order, ok := ja.CompareLabels(before, after)
	return !ok || order != 0
}

func isItem(f Finding) bool {
	return f.Target.As == kaisei.FollowItem || f.Source.Kind == kaisei.KindFeed && f.Target.As == ""
}

// translation reports whether the document is a translation of another one.
func translation(f Finding) bool {
	if f.Target.Translates != "" {
		return true
	}
	return !isItem(f) && strings.HasSuffix(ja.Identity(f.Next.Title), "|translation")
}

// daysAhead returns in how many days the next day of taking force or deadline lies, or -1.
func daysAhead(d kaisei.Dates, now time.Time) int {
	best := -1
	at := func(t time.Time) {
		if t.Before(now) {
			return
		}
		if n := int(t.Sub(now).Hours() / 24); best < 0 || n < best {
			best = n
		}
	}
	for _, e := range d.Effective {
		if !e.Date.IsZero() {
			at(e.Date.Start().AddDate(0, 0, 1))
		}
	}
	if !d.Deadline.IsZero() {
		at(d.Deadline)
	}
	return best
}
