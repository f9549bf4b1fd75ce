package classify

import (
	"regexp"
	"strconv"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// added are the shifts of a sentence that came: a proviso that lifts the norm of its clause
// softens it, a norm of its own is an obligation added.
func added(n norm, before []norm, e kaisei.Edit) []kaisei.Shift {
	last := len(n.forces) - 1
	if n.forces[last].Exempt {
		was, ok := heaviest(before)
		if !ok {
			return nil
		}
		return []kaisei.Shift{placed(kaisei.Shift{
			Direction: kaisei.Softened, RankBefore: was.ranks[strongest(was)], RankAfter: n.ranks[last],
			EndingBefore: was.forces[strongest(was)].Ending, EndingAfter: n.forces[last].Ending, Before: was.text, After: n.text,
		}, e, was.text)}
	}
	k := strongest(n)
	if n.ranks[k] < leastObliging {
		return nil
	}
	return []kaisei.Shift{placed(kaisei.Shift{
		Direction: kaisei.ObligationAdded, RankAfter: n.ranks[k], EndingAfter: n.forces[k].Ending, After: n.text,
	}, e, n.text)}
}

// removed are the shifts of a sentence that went, the mirror image of added.
func removed(n norm, after []norm, e kaisei.Edit) []kaisei.Shift {
	last := len(n.forces) - 1
	if n.forces[last].Exempt {
		is, ok := heaviest(after)
		if !ok {
			return nil
		}
		return []kaisei.Shift{placed(kaisei.Shift{
			Direction: kaisei.Hardened, RankBefore: n.ranks[last], RankAfter: is.ranks[strongest(is)],
			EndingBefore: n.forces[last].Ending, EndingAfter: is.forces[strongest(is)].Ending, Before: n.text, After: is.text,
		}, e, is.text)}
	}
	k := strongest(n)
	if n.ranks[k] < leastObliging {
		return nil
	}
	return []kaisei.Shift{placed(kaisei.Shift{
		Direction: kaisei.ObligationRemoved, RankBefore: n.ranks[k], EndingBefore: n.forces[k].Ending, Before: n.text,
	}, e, n.text)}
}

// heaviest returns the norm of a clause that binds hardest, if one binds more than a permission.
func heaviest(list []norm) (norm, bool) {
	var best norm
	found := false
	for _, n := range list {
		if r := n.ranks[strongest(n)]; r > ja.RankPermission && (!found || r > best.ranks[strongest(best)]) {
			best, found = n, true
		}
	}
	return best, found
}

// placed adds where the clause stands and whom it binds: as the sentences name it, else
// any sentence of the clause, else the headings above, the nearest first.
func placed(s kaisei.Shift, e kaisei.Edit, sentences ...string) kaisei.Shift {
	s.Path = e.PathAfter
	if len(s.Path) == 0 || s.Direction == kaisei.ObligationRemoved {
		s.Path = e.PathBefore
	}
	for _, t := range append(sentences, append(ja.Sentences(e.After), ja.Sentences(e.Before)...)...) {
		if who := ja.Addressee(t); who != "" {
			s.Addressee = who
			return s
		}
	}
	for i := len(s.Path) - 1; i >= 0; i-- {
		if who := headingRole.FindString(ja.Key(s.Path[i])); who != "" {
			s.Addressee = who
			return s
		}
	}
	return s
}

// headingRole is who a chapter of a guideline is addressed to (第4部 AI提供者に関する事項).
var headingRole = regexp.MustCompile(`AI(?:開発者|提供者|利用者|事業者)|(?:個人情報|仮名加工情報|匿名加工情報|個人関連情報)取扱事業者|活用事業者|研究開発機関|地方公共団体|各府省庁?|行政機関の長等?|各主体`)

// withScope writes the limiting words before an ending: 原則として…しなければならない.
func withScope(scope []string, ending string) string {
	if len(scope) == 0 {
		return ending
	}
	return strings.Join(scope, "・") + "…" + ending
}

// shiftMatch is a shift in one line: 望ましい 3 → 求められる 7.
func shiftMatch(s kaisei.Shift) string {
	side := func(ending string, rank int) string {
		if ending == "" {
			return strconv.Itoa(rank)
		}
		return ending + " " + strconv.Itoa(rank)
	}
	switch s.Direction {
	case kaisei.ObligationAdded:
		return "＋ " + side(s.EndingAfter, s.RankAfter)
	case kaisei.ObligationRemoved:
		return "－ " + side(s.EndingBefore, s.RankBefore)
	}
	return side(s.EndingBefore, s.RankBefore) + " → " + side(s.EndingAfter, s.RankAfter)
}
