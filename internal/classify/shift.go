package classify

import (
	"fmt"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Limits of the search for shifts.
const (
	maxShifts    = 60 // kept with a change
	maxSentences = 40 // of one clause that are paired
)

// leastAlike is how alike two sentences of one clause must be, from 0 to 1, to be two
// wordings of one norm rather than one norm gone and another come.
const leastAlike = 0.35

// leastObliging is the rank from which a norm counts by itself: where it comes or goes, and
// beside a sentence of the same clause that binds harder.
const leastObliging = ja.RankEndeavDuty

// guidelineLayers are those whose bullets are norms by position even where they end in a
// plain verb.
var guidelineLayers = map[kaisei.Layer]bool{
	kaisei.LayerStatutory: true, kaisei.LayerBusinessGuideline: true, kaisei.LayerProcurement: true,
	kaisei.LayerRegulatorNotice: true, kaisei.LayerSector: true, kaisei.LayerTechnical: true,
}

// shiftsOf finds where norms bind harder or softer than before, in the order of the edits,
// and a note where there are more than are kept. News and lists of revisions hold no norms,
// and a document without a former version has nothing to shift from.
func shiftsOf(f Finding, layer kaisei.Layer) ([]kaisei.Shift, kaisei.Text) {
	if f.Prev == nil || f.Next.Gone || isItem(f) || isRevisions(f) {
		return nil, kaisei.Text{}
	}
	var out []kaisei.Shift
	more := 0
	for i, e := range f.Edits {
		if i == maxTexts {
			break
		}
		if e.BlockKind == kaisei.BlockHeading {
			continue
		}
		for _, s := range editShifts(e, layer) {
			if len(out) < maxShifts {
				out = append(out, s)
			} else {
				more++
			}
		}
	}
	if more == 0 {
		return out, kaisei.Text{}
	}
	return out, kaisei.Text{
		JA: fmt.Sprintf("規範の変化がほかに %d 件あります。", more),
		EN: fmt.Sprintf("%d more shifts of norms are not listed.", more),
	}
}

// editShifts compares the norms of one clause before and after. The strongest sentence decides
// how hard a clause binds; a weaker one counts where it obliges by itself.
func editShifts(e kaisei.Edit, layer kaisei.Layer) []kaisei.Shift {
	if e.Before != "" && e.After != "" && ja.Key(e.Before) == ja.Key(e.After) {
		return nil
	}
	c := comparison{edit: e, before: norms(e.Before, e.BlockKind, layer), after: norms(e.After, e.BlockKind, layer)}
	pairs := pairNorms(c.before, c.after)
	top, topAfter := strongest(c.before), strongest(c.after)
	moved := top >= 0 && topAfter >= 0 && c.before[top].rank != c.after[topAfter].rank
	for _, p := range pairs {
		if obliges(c.before[p[0]]) || obliges(c.after[p[1]]) || moved && (p[0] == top || p[1] == topAfter) {
			c.compare(p[0], p[1])
		}
	}
	// A sentence that comes or goes by itself and is the strongest of its clause moves the clause.
	if moved && !c.after[topAfter].paired && c.after[topAfter].rank > c.before[top].rank ||
		moved && !c.before[top].paired && c.before[top].rank > c.after[topAfter].rank {
		c.compare(top, topAfter)
		c.before[top].paired, c.after[topAfter].paired = true, true
	}
	for j, n := range c.after {
		if !n.paired && obliges(n) {
			c.tell(kaisei.ObligationAdded, -1, j)
		}
	}
	for i, n := range c.before {
		if !n.paired && obliges(n) {
			c.tell(kaisei.ObligationRemoved, i, -1)
		}
	}
	return c.shifts
}

func obliges(n norm) bool { return n.rank >= leastObliging }

// pairNorms pairs sentences that are two wordings of one: equal ones first, then the one
// on each side that is left, then the most alike. It marks what it paired and returns the
// pairs whose wording differs.
func pairNorms(before, after []norm) [][2]int {
	for i := range before {
		for j := range after {
			if !after[j].paired && before[i].key == after[j].key {
				before[i].paired, after[j].paired = true, true
				break
			}
		}
	}
	if len(before) == 1 && len(after) == 1 {
		if before[0].paired {
			return nil
		}
		before[0].paired, after[0].paired = true, true
		return [][2]int{{0, 0}}
	}
	var pairs [][2]int
	for {
		best, bi, bj := leastAlike, -1, -1
		for i := range before {
			for j := range after {
				if before[i].paired || after[j].paired {
					continue
				}
				if a := ja.Likeness(before[i].key, after[j].key); a > best {
					best, bi, bj = a, i, j
				}
			}
		}
		if bi < 0 {
			return pairs
		}
		before[bi].paired, after[bj].paired = true, true
		pairs = append(pairs, [2]int{bi, bj})
	}
}
