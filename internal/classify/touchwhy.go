package classify

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// How a document as a whole stands to a law that a use rests on, or to the use.
type standing int

const (
	standsApart standing = iota
	standsFollowed
	standsNamed // it bears the law's name: an order, a guideline, an amending act
	standsLaw
)

// evidence is why a clause touches a use.
type evidence struct {
	clause   *clause
	standing standing
	law      law // of standing, or cited
	cited    bool
	themes   []named
	roles    []named
	sectors  []named
	shift    kaisei.Shift
	shifted  bool
	// score is compared from the first element on, the higher the stronger.
	score [4]int
}

func (e evidence) compare(o evidence) int {
	for i := range e.score {
		if c := cmp.Compare(o.score[i], e.score[i]); c != 0 {
			return c
		}
	}
	return 0
}

// touches decides whether a clause touches a use.
func (d *document) touches(u use, x *clause) (evidence, bool) {
	e := evidence{clause: x, themes: pick(x.themes, u.Themes)}
	if slices.ContainsFunc(u.Documents, func(want string) bool { return kaisei.Below(d.change.Document, want) }) {
		e.standing = standsFollowed
	}
	for _, l := range u.laws {
		at := standsApart
		switch {
		case l.is(d.change, d.source, d.title):
			at = standsLaw
		case slices.ContainsFunc(d.bearing, l.cited):
			at = standsNamed
		}
		if at > e.standing {
			e.standing, e.law, e.cited = at, l, false
		}
		if e.standing < standsNamed && !e.cited && slices.ContainsFunc(x.facts.texts[lookTouched], l.cited) {
			e.law, e.cited = l, true
		}
	}
	alone := len(u.Themes)+len(u.Laws) == 0
	if len(e.themes) == 0 && e.standing == standsApart && !e.cited && !alone {
		return e, false
	}
	if d.still && e.standing == standsApart && !d.titled() {
		return e, false // only places and numbers of clauses changed
	}
	x.read(x)
	e.roles, e.sectors = pick(x.roles, u.Roles), pick(x.sectors, u.Sectors)
	contradicted := !x.binding(u.Roles) || len(u.Sectors) > 0 && len(x.sectors) > 0 && len(e.sectors) == 0
	switch {
	case e.standing == standsLaw && annex(x.Edit) && !d.annexOnly && len(e.themes) == 0:
		return e, false // the body of the law says more
	case e.standing == standsLaw:
	case contradicted:
		return e, false
	case alone && e.standing == standsApart && len(e.roles)+len(e.sectors) == 0:
		return e, false
	}
	e.weigh(d, contradicted)
	return e, true
}

// titled reports whether the title of a document without a changed wording is news in itself: it is new, withdrawn, has a
// new label, or a day of it has come.
func (d *document) titled() bool { return len(d.change.Edits) == 0 }

// Weights of a clause that holds a shift; below them the rank of an obligation counts by itself.
const (
	weighsShift  = 20
	weighsHarder = 20
)

// weigh scores the evidence: the body of a law before its supplementary provisions, norms that shifted or
// oblige before the rest, clauses before what is gone, notes and headings, and the more specific before the general.
func (e *evidence) weigh(d *document, contradicted bool) {
	x := e.clause
	if !annex(x.Edit) && !d.still && !contradicted {
		e.score[0] = 1
	}
	e.shift, e.shifted = d.shiftOf(x.Edit)
	switch rank := max(e.shift.RankBefore, e.shift.RankAfter); {
	case e.shifted && (e.shift.Direction == kaisei.Hardened || e.shift.Direction == kaisei.ObligationAdded):
		e.score[1] = weighsShift + weighsHarder + rank
	case e.shifted:
		e.score[1] = weighsShift + rank
	case x.bound && len(e.roles) == 0: // an obligation of others
	case x.BlockKind != kaisei.BlockHeading && x.BlockKind != kaisei.BlockNote:
		e.score[1] = obligation(x.Edit, d.change.Layer)
	}
	switch {
	case x.BlockKind == kaisei.BlockHeading:
	case x.BlockKind == kaisei.BlockNote, x.BlockKind == kaisei.BlockRow:
		e.score[2] = 1
	case x.After == "":
		e.score[2] = 2
	default:
		e.score[2] = 3
	}
	for i, n := range e.themes {
		e.score[3] += boolean(i < 3)
		e.score[3] += 2 * boolean(n.own && i == 0)
	}
	e.score[3] += int(e.standing) + 2*boolean(e.cited)
	for i, n := range e.roles {
		if i == 0 {
			e.score[3] += 1 + boolean(n.own) + boolean(slices.Contains(x.addressed, n.value))
		}
	}
	e.score[3] += 2 * boolean(len(e.sectors) > 0)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shiftOf returns the heaviest shift that was found in a clause.
func (d *document) shiftOf(e kaisei.Edit) (best kaisei.Shift, ok bool) {
	for _, path := range [][]string{e.PathAfter, e.PathBefore} {
		for _, s := range d.shifts[strings.Join(path, "\x00")] {
			if !strings.Contains(e.Before, s.Before) || !strings.Contains(e.After, s.After) {
				continue
			}
			if !ok || max(s.RankBefore, s.RankAfter) > max(best.RankBefore, best.RankAfter) {
				best, ok = s, true
			}
		}
	}
	return best, ok
}

// obligation is the rank of the strongest norm of a clause from the duty to endeavour on, or 0.
func obligation(e kaisei.Edit, layer kaisei.Layer) int {
	if rank := ClauseOf(textOf(e), e.BlockKind, layer).Rank; rank >= leastObliging {
		return rank
	}
	return 0
}

// touch writes the evidence out.
func (d *document) touch(u use, e evidence) kaisei.Touch {
	t := kaisei.Touch{UseCase: u.Name, Owner: u.Owner, Reason: d.reason(e)}
	if d.still || e.standing == standsLaw && d.fresh && len(d.change.Edits) == 0 {
		return t
	}
	t.Path, t.Clause = pathOf(e.clause.Edit), e.quote()
	return t
}

// Lengths of a quoted clause in characters: up to wholeClause it is quoted whole, else the sentence that says so,
// of which at most maxQuote.
const (
	wholeClause = 200
	maxQuote    = 400
)

// quote is the clause as printed, or the sentence of a long one that holds what was found.
func (e evidence) quote() string {
	text := strings.TrimSpace(textOf(e.clause.Edit))
	if utf8.RuneCountInString(text) <= wholeClause {
		return text
	}
	said := text
	sentences := ja.Sentences(text)
	find := func(word string) bool {
		i := slices.IndexFunc(sentences, func(s string) bool { return ja.Contains(s, word) })
		if i >= 0 {
			said = sentences[i]
		}
		return i >= 0
	}
	switch {
	case e.shifted && e.shift.After != "":
		said = e.shift.After
	case e.shifted && e.clause.After == "":
		said = e.shift.Before
	case slices.ContainsFunc(e.themes, func(n named) bool { return n.own && find(n.match) }):
	case e.cited && slices.ContainsFunc(e.law.names, func(w word) bool { return find(w.printed) }):
	case slices.ContainsFunc(append(e.roles, e.sectors...), func(n named) bool { return n.own && find(n.match) }):
	}
	if r := []rune(said); len(r) > maxQuote {
		return string(r[:maxQuote]) + "…"
	}
	return said
}
