// Package classify decides what a difference means: its class, its severity, how
// the strength of norms shifted, whom and what it touches, and its dates. Every
// decision is a rule that an operator can read (rules.toml), carries its reason with
// the words that matched and where they stand, and can be overridden.
//
// Judge is a pure function of a Finding: the same finding and rules give the same change.
// It never silences anything by a guess: a change is quiet only where it says nothing new
// (the same text again, a copy of what was told) or where the source's own keyword
// filter set an item aside.
package classify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Finding is all that is known about one new version of a document.
type Finding struct {
	Source kaisei.Source
	Target kaisei.Target
	// Prev is the version before, or nil for a document first offered after the source's
	// baseline.
	Prev *kaisei.Version
	Next kaisei.Version
	// Edits are the differences between the two; for a document without Prev they may be nil.
	Edits []kaisei.Edit
	// Twin is a version of another document that already told the same text, or nil.
	Twin *kaisei.Version
	// Told are the days of taking force, of a law's list of revisions, that were told when they came,
	// each with the change that told it.
	Told map[kaisei.Date]string
	// Now is when the finding was made.
	Now time.Time
}

// Judge returns the change that a finding means. The store adds its Number.
func (r *Rules) Judge(f Finding) kaisei.Change { return r.judge(f, nil) }

// judge is Judge; every rule that is asked is passed to told, which may be nil.
func (r *Rules) judge(f Finding, told func(Step)) kaisei.Change {
	c := kaisei.Change{
		Rules:         r.hash,
		ID:            kaisei.ChangeID(f.Next.Document, f.Next.Seq),
		Source:        f.Source.ID,
		Document:      f.Next.Document,
		Authority:     f.Source.Authority,
		AuthorityName: f.Source.AuthorityName,
		Title:         titleOf(f),
		Layer:         layerOf(f),
		Language:      languageOf(f),
		LabelAfter:    labelOf(f),
		URL:           f.Next.Snapshot.URL,
		PageURL:       f.Next.PageURL,
		Hash:          f.Next.Snapshot.Hash,
		Format:        f.Next.Format,
		Edits:         f.Edits,
		SeenAt:        f.Now,
	}
	if f.Target.As == kaisei.FollowItem && f.Target.URL != "" || c.URL == "" {
		c.URL = f.Target.URL
	}
	if c.PageURL == "" && f.Source.URL != c.URL {
		c.PageURL = f.Source.URL
	}
	if f.Prev != nil {
		c.LabelBefore = f.Prev.Label
		c.BeforeURL = f.Prev.Snapshot.URL
		c.BeforeHash = f.Prev.Snapshot.Hash
	}
	facts := factsOf(f, c)
	facts.told = told

	var shiftNote kaisei.Text
	if facts.event != eventSame {
		c.Shifts, shiftNote = shiftsOf(f, c.Layer)
	}
	facts.shifts = c.Shifts
	if shiftNote != (kaisei.Text{}) {
		c.Notes = append(c.Notes, shiftNote)
	}

	r.class(&c, facts)
	facts.class = c.Class
	r.layer(&c, facts)
	c.Dates = r.datesOf(f)
	facts.days = daysAhead(c.Dates, f.Now)
	c.Severity = r.severity(&c, facts)
	r.facets(&c, f, facts)
	c.Notes = append(c.Notes, notesOf(f)...)
	r.quiet(&c, f, facts)
	if c.Quiet == "" {
		c.Touches = r.Touches(c, f.Source, f.Next.Blocks)
	}
	return c
}

// class applies the first class rule that matches.
func (r *Rules) class(c *kaisei.Change, facts *facts) {
	for _, rule := range r.of(decidesClass) {
		hit, ok := facts.ask(rule)
		if !ok {
			continue
		}
		facts.came(rule, hit, Decided)
		c.Class = kaisei.Class(rule.Value)
		c.Reasons = append(c.Reasons, rule.reason(hit))
		return
	}
	c.Class = kaisei.ClassNews
	if facts.event != eventFirst {
		c.Class = kaisei.ClassAmended
	}
}

// layer applies the first layer rule that matches. A layer that the catalogue gives stands, except
// for news, which says nothing yet, and where a rule itself asks for the layer that it moves.
func (r *Rules) layer(c *kaisei.Change, facts *facts) {
	for _, rule := range r.of(decidesLayer) {
		if c.Layer != kaisei.LayerNews && len(rule.When.Layer) == 0 {
			continue
		}
		hit, ok := facts.ask(rule)
		if !ok {
			continue
		}
		facts.came(rule, hit, Decided)
		if layer := kaisei.Layer(rule.Value); layer != c.Layer {
			c.Layer, facts.layer = layer, layer
			c.Reasons = append(c.Reasons, rule.reason(hit))
		}
		return
	}
}

// severity applies the first base rule, then every step, then every bound.
func (r *Rules) severity(c *kaisei.Change, facts *facts) kaisei.Severity {
	rank := kaisei.Low.Rank()
	for _, rule := range r.of(decidesSeverity) {
		if rule.Effect != effectBase {
			continue
		}
		if hit, ok := facts.ask(rule); ok {
			rank = kaisei.Severity(rule.Value).Rank()
			facts.moved(rule, hit, rank, rank)
			c.Reasons = append(c.Reasons, rule.reason(hit))
			break
		}
	}
	for _, effects := range [][]string{{effectUp, effectDown}, {effectAtLeast, effectAtMost}} {
		for _, rule := range r.of(decidesSeverity) {
			if !slices.Contains(effects, rule.Effect) {
				continue
			}
			hit, ok := facts.ask(rule)
			if !ok {
				continue
			}
			was := rank
			switch rule.Effect {
			case effectUp:
				rank = min(rank+1, kaisei.Critical.Rank())
			case effectDown:
				rank = max(rank-1, kaisei.Info.Rank())
			case effectAtLeast:
				rank = max(rank, kaisei.Severity(rule.Value).Rank())
			case effectAtMost:
				rank = min(rank, kaisei.Severity(rule.Value).Rank())
			}
			facts.moved(rule, hit, was, rank)
			if rank != was {
				c.Reasons = append(c.Reasons, rule.reason(hit))
			}
		}
	}
	return kaisei.Severities()[rank]
}

// quiet says why a change is kept without telling, where it is.
func (r *Rules) quiet(c *kaisei.Change, f Finding, facts *facts) {
	seen := *facts
	if facts.event == eventTold {
		for _, e := range c.Dates.Effective {
			c.CopyOf = cmp.Or(c.CopyOf, f.Told[e.Date])
		}
	}
	switch {
	case f.Twin != nil:
		c.CopyOf = kaisei.ChangeID(f.Twin.Document, f.Twin.Seq)
		c.Places = []kaisei.Place{{Source: f.Twin.Source, URL: f.Twin.Snapshot.URL}}
		seen.event = eventCopy
	case f.Target.As == kaisei.FollowItem && !f.Target.Relevant:
		seen.event = eventIrrelevant
	}
	for _, rule := range r.of(decidesQuiet) {
		hit, ok := seen.ask(rule)
		if !ok {
			continue
		}
		seen.came(rule, hit, Decided)
		c.Reasons = append(c.Reasons, rule.reason(hit))
		c.Quiet = rule.ID
		if f.Twin != nil {
			c.Quiet += ": " + c.CopyOf
			if f.Twin.Snapshot.URL != "" {
				c.Quiet += " " + f.Twin.Snapshot.URL
			}
		}
		return
	}
}

func titleOf(f Finding) string {
	for _, t := range []string{f.Next.Title, f.Target.Title} {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	if f.Prev != nil && f.Prev.Title != "" {
		return f.Prev.Title
	}
	return f.Source.Title.In("ja")
}

func layerOf(f Finding) kaisei.Layer {
	for _, l := range []kaisei.Layer{f.Next.Layer, f.Target.Layer, f.Source.Layer} {
		if l != "" {
			return l
		}
	}
	return kaisei.LayerNews
}

func languageOf(f Finding) string {
	for _, l := range []string{f.Next.Language, f.Target.Language, f.Source.Language} {
		if l != "" {
			return l
		}
	}
	return "ja"
}

func labelOf(f Finding) string {
	if f.Next.Label != "" {
		return f.Next.Label
	}
	if f.Target.Label != "" {
		return f.Target.Label
	}
	return ja.Label(f.Next.Title)
}

// notesOf are remarks on what a reader of the change should know beside the reasons.
func notesOf(f Finding) []kaisei.Text {
	var out []kaisei.Text
	if f.Prev != nil && longer(f) {
		before, after := clock(f.Prev.Dates.Deadline), clock(f.Next.Dates.Deadline)
		out = append(out, kaisei.Text{
			JA: "締切が延長されました（" + before + " → " + after + "）。",
			EN: "The deadline was extended (" + before + " → " + after + ").",
		})
	}
	if f.Prev != nil {
		if order, ok := ja.CompareLabels(f.Prev.Label, f.Next.Label); ok && order > 0 && f.Prev.Label != f.Next.Label {
			out = append(out, kaisei.Text{
				JA: "版の表示が前より古くなっています（" + f.Prev.Label + " → " + f.Next.Label + "）。",
				EN: "The version label is older than before (" + f.Prev.Label + " → " + f.Next.Label + ").",
			})
		}
	}
	return out
}

// clock writes an instant for people: in Japan, to the minute.
func clock(t time.Time) string { return t.In(kaisei.JST).Format("2006-01-02 15:04") }
