package classify

import (
	"fmt"
	"strings"

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

// leastSame is how alike they must be for a scope word that came or went to mean anything.
const leastSame = 0.6

// leastObliging is the rank from which a norm that comes or goes is told by itself.
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

// norm is one sentence with what it demands.
type norm struct {
	text   string
	key    string
	forces []ja.Force
	ranks  []int
	paired bool
}

// editShifts compares the norms of one clause before and after.
func editShifts(e kaisei.Edit, layer kaisei.Layer) []kaisei.Shift {
	if e.Before != "" && e.After != "" && ja.Key(e.Before) == ja.Key(e.After) {
		return nil
	}
	before, after := norms(e.Before, e, layer), norms(e.After, e, layer)
	pairs := pairNorms(before, after)
	var out []kaisei.Shift
	for _, p := range pairs {
		out = append(out, pairShifts(before[p[0]], after[p[1]], e)...)
	}
	for i := range after {
		if !after[i].paired {
			out = append(out, added(after[i], before, e)...)
		}
	}
	for i := range before {
		if !before[i].paired {
			out = append(out, removed(before[i], after, e)...)
		}
	}
	return out
}

func norms(text string, e kaisei.Edit, layer kaisei.Layer) []norm {
	sentences := ja.Sentences(text)
	if len(sentences) > maxSentences {
		sentences = sentences[:maxSentences]
	}
	mark, _ := ja.Enumerator(text)
	item := e.BlockKind == kaisei.BlockItem || mark != ""
	out := make([]norm, 0, len(sentences))
	for _, s := range sentences {
		n := norm{text: s, key: ja.Key(s), forces: ja.Strengths(s)}
		for _, f := range n.forces {
			n.ranks = append(n.ranks, effective(f, item, layer))
		}
		out = append(out, n)
	}
	return out
}

// effective is the rank of a norm where it stands. A bare verb in a bullet of a guideline is
// a norm by position, as strong as べきである; すること in an item of a law lists what the paragraph
// above it demands and demands nothing itself.
func effective(f ja.Force, item bool, layer kaisei.Layer) int {
	switch {
	case f.Bare && guidelineLayers[layer] && item:
		return ja.RankShould
	case f.Rank == ja.RankRequired && (layer == kaisei.LayerLaw || layer == kaisei.LayerOrder) && nounEnding(f.Ending):
		return ja.RankNone
	}
	return f.Rank
}

// nounEnding reports whether an ending is the bare すること of a directive.
func nounEnding(ending string) bool {
	return strings.HasSuffix(ending, "こと") && !strings.Contains(ending, "求め") && !strings.Contains(ending, "必要")
}

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

// pairShifts compares two wordings of one sentence, norm by norm where both join equally
// many, else by the strongest of each.
func pairShifts(a, b norm, e kaisei.Edit) []kaisei.Shift {
	var out []kaisei.Shift
	if len(a.ranks) == len(b.ranks) {
		for i := range a.ranks {
			out = append(out, compare(a, b, i, i, e)...)
		}
		return out
	}
	return compare(a, b, strongest(a), strongest(b), e)
}

func strongest(n norm) int {
	best := 0
	for i, r := range n.ranks {
		if r >= n.ranks[best] {
			best = i
		}
	}
	return best
}

// continued reports that long is the bare norm short with more text behind it, as where a reader
// joined the next line to a bullet without a full stop: nothing says that it binds less.
func continued(short, long norm, i, j int) bool {
	return short.forces[i].Bare && long.ranks[j] == ja.RankNone && strings.HasPrefix(long.key, strings.TrimSuffix(short.key, "。"))
}

func compare(a, b norm, i, j int, e kaisei.Edit) []kaisei.Shift {
	s := kaisei.Shift{
		RankBefore: a.ranks[i], RankAfter: b.ranks[j],
		EndingBefore: a.forces[i].Ending, EndingAfter: b.forces[j].Ending,
		Before: a.text, After: b.text,
	}
	switch {
	case max(s.RankBefore, s.RankAfter) <= ja.RankPermission:
		return nil // description and permission bind nobody
	case continued(a, b, i, j), continued(b, a, j, i):
		return nil
	case s.RankAfter > s.RankBefore:
		s.Direction = kaisei.Hardened
	case s.RankAfter < s.RankBefore:
		s.Direction = kaisei.Softened
	default:
		if a.forces[i].Negated != b.forces[j].Negated || a.forces[i].Bare != b.forces[j].Bare || ja.Likeness(a.key, b.key) < leastSame {
			return nil
		}
		before, after := a.forces[i].Scope, b.forces[j].Scope
		switch ja.CompareScope(before, after) {
		case 1:
			s.Direction = kaisei.Hardened
		case -1:
			s.Direction = kaisei.Softened
		default:
			return nil
		}
		s.EndingBefore, s.EndingAfter = withScope(before, s.EndingBefore), withScope(after, s.EndingAfter)
	}
	return []kaisei.Shift{placed(s, e, b.text, a.text)}
}
