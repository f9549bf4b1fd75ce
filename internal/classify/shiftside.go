package classify

import (
	"regexp"
	"strconv"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// comparison is one edit while its shifts are collected.
type comparison struct {
	edit          kaisei.Edit
	before, after []norm
	shifts        []kaisei.Shift
}

// compare tells the shift between two sentences, if there is one. A change of scope words, of
// addressee or of what is demanded is an edit and no shift.
func (c *comparison) compare(i, j int) {
	a, b := c.before[i], c.after[j]
	switch {
	case max(a.rank, b.rank) <= ja.RankPermission:
		// Description and permission bind nobody.
	case a.byPosition() && b.rank == ja.RankNone, b.byPosition() && a.rank == ja.RankNone:
		// A bullet that became a noun, or that a reader joined to the next line, binds as before.
	case a.carries(), b.carries():
		// Nothing says that it binds more or less than what it belongs to.
	case b.rank > a.rank:
		c.tell(kaisei.Hardened, i, j)
	case b.rank < a.rank:
		c.tell(kaisei.Softened, i, j)
	}
}

// tell adds a shift between two sentences, either of which may be missing (-1), with where the
// clause stands and whom it binds: as the sentence that binds names it, the later first, else
// the headings above, the nearest first.
func (c *comparison) tell(d kaisei.Direction, i, j int) {
	s := kaisei.Shift{Direction: d, Path: c.edit.PathAfter}
	if i >= 0 {
		n := c.before[i]
		s.RankBefore, s.EndingBefore, s.Before = n.rank, n.force.Ending, n.text
	}
	if j >= 0 {
		n := c.after[j]
		s.RankAfter, s.EndingAfter, s.After = n.rank, n.force.Ending, n.text
	}
	if len(s.Path) == 0 || d == kaisei.ObligationRemoved {
		s.Path = c.edit.PathBefore
	}
	s.Addressee = bound(c.after, j)
	if s.Addressee == "" && (j < 0 || c.after[j].paired || c.after[j].rank == ja.RankNone) {
		s.Addressee = bound(c.before, i) // another wording of the sentence, or all there is
	}
	for k := len(s.Path) - 1; k >= 0 && s.Addressee == ""; k-- {
		s.Addressee = headingRole.FindString(ja.Key(s.Path[k]))
	}
	c.shifts = append(c.shifts, s)
}

// headingRole is who a chapter of a guideline is addressed to (第4部 AI提供者に関する事項).
var headingRole = regexp.MustCompile(`AI(?:開発者|提供者|利用者|事業者)|(?:個人情報|仮名加工情報|匿名加工情報|個人関連情報)取扱事業者|活用事業者|研究開発機関|地方公共団体|各府省庁?|行政機関の長等?|各主体`)

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
