package diff

import (
	"cmp"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// entry is an edit to be: what happened, the blocks on both sides, and where it is
// told: at a block of the new text, or after it in the order of the old text.
type entry struct {
	kind      kaisei.EditKind
	a, b      []int
	at, after int
}

// edits says what the pairs and what has no partner mean.
func (c *comparison) edits() []kaisei.Edit {
	moved := c.moved()
	var entries []entry
	for k, g := range c.groups {
		if kind, is := c.kind(g, moved[k]); is {
			entries = append(entries, entry{kind: kind, a: g.a, b: g.b, at: g.b[0]})
		}
	}
	for j := range c.b {
		if c.toA[j] < 0 {
			entries = append(entries, entry{kind: kaisei.EditAdded, b: []int{j}, at: j})
		}
	}
	at := map[bool]int{false: -1, true: -1} // the place in each stream
	for i := range c.a {
		note := c.a[i].note()
		if k := c.toB[i]; k >= 0 {
			if !moved[k] && note == c.b[c.groups[k].b[0]].note() {
				at[note] = c.groups[k].b[len(c.groups[k].b)-1]
			}
			continue
		}
		entries = append(entries, entry{kind: kaisei.EditRemoved, a: []int{i}, at: at[note], after: i + 1})
	}
	slices.SortStableFunc(entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.after, y.after))
	})
	edits := make([]kaisei.Edit, len(entries))
	for i, e := range entries {
		edits[i] = edit(e.kind, pick(c.a, e.a), pick(c.b, e.b))
	}
	return edits
}

// kind returns what happened to a clause; is is false where nothing did.
func (c *comparison) kind(g group, moved bool) (kind kaisei.EditKind, is bool) {
	x, y := &c.a[g.a[0]], &c.b[g.b[0]]
	switch {
	case moved:
		return kaisei.EditMoved, true
	case !g.equal:
		return kaisei.EditChanged, true
	case len(g.a) == 1 && len(g.b) == 1 && x.mark != y.mark && !x.note() && !y.note():
		return kaisei.EditRenumbered, true
	}
	return "", false
}

// moved returns the groups that left their place: those outside the heaviest chain in
// order, without notes, whose place is the page's concern, and without the clauses
// that went along with their heading.
func (c *comparison) moved() map[int]bool {
	body := func(g group) bool { return !c.a[g.a[0]].note() && !c.b[g.b[0]].note() }
	moved := map[int]bool{}
	for k, g := range c.groups {
		// What has an identity of its own stands in a list, whose order is no wording.
		if x, y := c.a[g.a[0]].block, c.b[g.b[0]].block; body(g) && !(c.identity && x.Key != "" && x.Key == y.Key) {
			moved[k] = true
		}
	}
	for _, l := range c.kept(body) {
		delete(moved, c.toB[l.a])
	}
	// What moved with its heading, in the same order under it, did not move itself.
	under := map[int][]link{}
	for k := range moved {
		g := c.groups[k]
		p, q := c.a[g.a[0]].parent, c.b[g.b[0]].parent
		if p >= 0 && q >= 0 && c.paired(p, q) && moved[c.toB[p]] {
			under[c.toB[p]] = append(under[c.toB[p]], link{g.a[0], g.b[0], c.weight(g)})
		}
	}
	for _, links := range under {
		for _, l := range chain(links) {
			delete(moved, c.toB[l.a])
		}
	}
	return moved
}

func pick(units []unit, places []int) []*unit {
	out := make([]*unit, len(places))
	for k, i := range places {
		out[k] = &units[i]
	}
	return out
}

// edit quotes the blocks concerned; before or after is nil where there is none.
func edit(kind kaisei.EditKind, before, after []*unit) kaisei.Edit {
	e := kaisei.Edit{Kind: kind, Before: printed(before), After: printed(after)}
	if len(before) > 0 {
		b := before[0].block
		e.BlockKind, e.PathBefore, e.PageBefore, e.Key = b.Kind, b.Path, b.Page, b.Key
	}
	if len(after) > 0 {
		b := after[0].block
		e.BlockKind, e.PathAfter, e.PageAfter = b.Kind, b.Path, b.Page
		e.Key = cmp.Or(b.Key, e.Key)
	}
	switch kind {
	case kaisei.EditAdded:
		e.Spans = []kaisei.Span{{Op: kaisei.SpanInsert, Text: e.After}}
	case kaisei.EditRemoved:
		e.Spans = []kaisei.Span{{Op: kaisei.SpanDelete, Text: e.Before}}
	default:
		e.Spans = spans(e.Before, e.After, before[0].note() && after[0].note())
	}
	return e
}

// spans is Inline, for notes without a look at their numbers.
func spans(before, after string, notes bool) []kaisei.Span {
	if !notes {
		return Inline(before, after)
	}
	x, y := before, after
	if rest, ok := cutNoteNumber(before); ok {
		x = rest
	}
	if rest, ok := cutNoteNumber(after); ok {
		y = rest
	}
	var s script
	s.add(kaisei.SpanSame, after[:len(after)-len(y)])
	for _, p := range Inline(x, y) {
		s.add(p.Op, p.Text)
	}
	return s.spans
}

// printed joins the texts of blocks by line breaks.
func printed(units []*unit) string {
	if len(units) == 1 {
		return units[0].block.Text
	}
	texts := make([]string, len(units))
	for i, u := range units {
		texts[i] = u.block.Text
	}
	return strings.Join(texts, "\n")
}
