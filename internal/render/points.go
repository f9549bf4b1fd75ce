package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// point is one difference worth quoting in an alert.
type point struct {
	// sign and label say what happened (▲ 強化); sign is one character.
	sign, label string
	where       string // short path, or ""
	who         string // addressee, or ""
	page        int
	text        []kaisei.Span
	more        int // changed places of this clause left out
}

// points chooses the n most telling differences of c and says how many there are beyond
// them: clauses that bind harder or softer first, then a mixture that starts with new definitions
// and headings, because five new headings tell less than three with the two clauses that moved most.
func points(c kaisei.Change, n int, lang Voice) (chosen []point, rest int) {
	shown := map[int]bool{}
	room := n
	if len(c.Edits) > len(c.Shifts) {
		room -= n / 3
	}
	for _, s := range tellingShifts(c, room) {
		at := editOf(c.Edits, s)
		page := 0
		if at >= 0 {
			shown[at] = true
			page = cmp.Or(c.Edits[at].PageAfter, c.Edits[at].PageBefore)
		}
		chosen = append(chosen, shiftPoint(s, c.Edits, at, page, lang))
	}
	if p, ok := definitions(c, shown, lang); ok && len(chosen) < n {
		chosen = append(chosen, p)
	}
	for _, i := range mixture(c.Edits, shown, n-len(chosen)) {
		shown[i] = true
		e := c.Edits[i]
		if whole(c) && Clean(e.After) == Clean(c.Title) {
			// The headline of a news item is all there is of it.
			continue
		}
		p := editPoint(e, lang)
		if whole(c) && p.label == say(lang, "edit.added") {
			p.sign, p.label = "・", say(lang, "edit.whole")
		}
		chosen = append(chosen, p)
	}
	return chosen, len(c.Edits) - len(shown)
}

// maxTerms is how many new terms are named in one point.
const maxTerms = 8

// definitions returns one point that names all new definitions, where there are several, and
// notes their edits as shown: a list of terms tells more than the first two at length.
func definitions(c kaisei.Change, shown map[int]bool, lang Voice) (p point, ok bool) {
	if whole(c) {
		return p, false
	}
	var terms []string
	var at []int
	for i, e := range c.Edits {
		if t := term(e); t != "" && e.Kind == kaisei.EditAdded && !supplementary(e) && !shown[i] {
			at = append(at, i)
			if !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
	}
	if len(terms) < 2 {
		return p, false
	}
	for _, i := range at {
		shown[i] = true
	}
	more := ""
	if n := len(terms) - maxTerms; n > 0 {
		terms, more = terms[:maxTerms], " "+say(lang, "more-reasons", thousands(n))
	}
	return point{sign: "＋", label: say(lang, "new-definitions", strings.Join(terms, say(lang, "term-gap"))) + more}, true
}

// tellingShifts returns at most n shifts, one for each clause, of every direction where there is
// one: six clauses that bind harder would hide that a seventh binds no more.
func tellingShifts(c kaisei.Change, n int) (out []kaisei.Shift) {
	directions := []kaisei.Direction{kaisei.Hardened, kaisei.ObligationAdded, kaisei.Softened, kaisei.ObligationRemoved}
	by := map[kaisei.Direction][]kaisei.Shift{}
	for _, s := range c.Shifts {
		by[s.Direction] = append(by[s.Direction], s)
	}
	for _, d := range directions {
		slices.SortStableFunc(by[d], func(a, b kaisei.Shift) int { return cmp.Compare(shiftOrder(a), shiftOrder(b)) })
	}
	seen := map[int]bool{}
	for left := true; left && len(out) < n; {
		left = false
		for _, d := range directions {
			if len(by[d]) == 0 || len(out) >= n {
				continue
			}
			s := by[d][0]
			by[d], left = by[d][1:], true
			if at := editOf(c.Edits, s); at < 0 || !seen[at] {
				seen[at] = true
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b kaisei.Shift) int { return cmp.Compare(shiftOrder(a), shiftOrder(b)) })
	return out
}

// The kinds of edit by how telling they are. A kind is quoted in full before the next only
// where there is nothing else.
const (
	kindTerm = iota // a definition or heading that is new or gone
	kindChanged
	kindAdded
	kindRemoved
	kindMoved
	kindRenumbered
	kindMinor // notes, table rows, edits with hardly any words
	kinds
)

// minorLength is how few characters of difference are hardly any words.
const minorLength = 3

// mixture returns the indexes of the n edits to quote, the more telling kind first and each kind
// in the order of the document.
func mixture(edits []kaisei.Edit, skip map[int]bool, n int) []int {
	var by [kinds][]int
	for i, e := range edits {
		if !skip[i] {
			k := kindOf(e)
			by[k] = append(by[k], i)
		}
	}
	// Of what is many, the differences that change most and can still be read at a glance.
	for _, k := range []int{kindChanged, kindAdded, kindRemoved, kindMinor} {
		slices.SortStableFunc(by[k], func(a, b int) int {
			return cmp.Compare(legible(edits[b]), legible(edits[a]))
		})
	}
	slices.SortStableFunc(by[kindTerm], func(a, b int) int { return cmp.Compare(termOrder(edits[a]), termOrder(edits[b])) })
	var take [kinds]int
	pattern := []int{kindTerm, kindChanged, kindTerm, kindAdded, kindChanged, kindTerm, kindRemoved, kindChanged}
	left := func(k int) bool { return take[k] < len(by[k]) }
	for step := 0; n > 0; step++ {
		k := pattern[step%len(pattern)]
		if step >= len(pattern) || !left(k) {
			for k = 0; k < kinds && !left(k); k++ {
			}
		}
		if k == kinds {
			break
		}
		take[k]++
		n--
	}
	var out []int
	for k := range by {
		picked := by[k][:take[k]]
		slices.Sort(picked)
		out = append(out, picked...)
	}
	return out
}

func kindOf(e kaisei.Edit) int {
	if e.BlockKind == kaisei.BlockNote || e.BlockKind == kaisei.BlockRow || changedLength(e) < minorLength {
		return kindMinor
	}
	switch e.Kind {
	case kaisei.EditAdded:
		if !supplementary(e) && (heading(e.BlockKind) || term(e) != "") {
			return kindTerm
		}
		return kindAdded
	case kaisei.EditRemoved:
		if !supplementary(e) && heading(e.BlockKind) {
			return kindTerm
		}
		return kindRemoved
	case kaisei.EditMoved:
		return kindMoved
	case kaisei.EditRenumbered:
		return kindRenumbered
	}
	return kindChanged
}

// supplementary reports whether an edit stands in what comes after the body of a law. Every
// amendment adds its own 附則 there, with headings that say nothing new.
func supplementary(e kaisei.Edit) bool {
	path := e.PathAfter
	if len(path) == 0 {
		path = e.PathBefore
	}
	return len(path) > 0 && (strings.HasPrefix(path[0], "附則") || strings.HasPrefix(path[0], "附 則"))
}

// termOrder puts definitions before headings, and what is new before what is gone.
func termOrder(e kaisei.Edit) int {
	switch {
	case e.Kind == kaisei.EditRemoved:
		return 2
	case heading(e.BlockKind):
		return 1
	}
	return 0
}

// shiftOrder puts what binds harder before what binds softer, the larger step first.
func shiftOrder(s kaisei.Shift) int {
	step := s.RankAfter - s.RankBefore
	switch s.Direction {
	case kaisei.Hardened:
		return 0 - step
	case kaisei.ObligationAdded:
		return 100 - s.RankAfter
	case kaisei.Softened:
		return 200 + step
	}
	return 300 - s.RankBefore
}

// editOf returns the index of the edit that a shift was found in, or -1.
func editOf(edits []kaisei.Edit, s kaisei.Shift) int {
	if s.Before == "" && s.After == "" {
		return -1
	}
	match := -1
	for i, e := range edits {
		if !strings.Contains(e.Before, s.Before) || !strings.Contains(e.After, s.After) {
			continue
		}
		if slices.Equal(e.PathAfter, s.Path) || slices.Equal(e.PathBefore, s.Path) {
			return i
		}
		if match < 0 {
			match = i
		}
	}
	return match
}

func shiftPoint(s kaisei.Shift, edits []kaisei.Edit, at, page int, lang Voice) point {
	p := point{where: shortPath(s.Path), who: brief(s.Addressee), page: page}
	var spans []kaisei.Span
	switch {
	case at >= 0 && edits[at].Before != "" && edits[at].After != "":
		spans = sentence(spansOf(edits[at]), s)
		if !slices.ContainsFunc(spans, func(sp kaisei.Span) bool { return sp.Op != kaisei.SpanInsert }) && s.Before != "" {
			// A new sentence alone would not show what it binds harder or softer than.
			spans = []kaisei.Span{{Op: kaisei.SpanDelete, Text: Clean(s.Before)}, {Op: kaisei.SpanSame, Text: " → "}, {Op: kaisei.SpanInsert, Text: Clean(s.After)}}
		}
	case s.Before != "" && s.After != "":
		spans = spansOf(kaisei.Edit{Before: s.Before, After: s.After})
	case s.After != "":
		spans = quoteEnds(s.After)
	default:
		spans = quoteEnds(s.Before)
	}
	p.sign, p.label = shiftName(s.Direction, lang)
	p.text, p.more = elide(spans, lang)
	return p
}

// sentence cuts spans down to the sentence that a shift names, where that sentence is only part of
// its clause. Deletions in it and at its edges are taken whole.
func sentence(spans []kaisei.Span, s kaisei.Shift) []kaisei.Span {
	want := Clean(s.After)
	if want == "" {
		return spans
	}
	var after strings.Builder
	for _, sp := range spans {
		if sp.Op != kaisei.SpanDelete {
			after.WriteString(sp.Text)
		}
	}
	start := strings.Index(after.String(), want)
	if start < 0 {
		return spans
	}
	end := start + len(want)
	var out []kaisei.Span
	at := 0
	for _, sp := range spans {
		if sp.Op == kaisei.SpanDelete {
			if at >= start && at <= end {
				out = append(out, sp)
			}
			continue
		}
		from, to := at, at+len(sp.Text)
		at = to
		if to <= start || from >= end {
			continue
		}
		sp.Text = sp.Text[max(start-from, 0) : min(end, to)-from]
		out = append(out, sp)
	}
	if changesIn(out) == 0 {
		return spans
	}
	return out
}

// changedLength is how many characters an edit puts in and takes out.
func changedLength(e kaisei.Edit) int {
	switch e.Kind {
	case kaisei.EditAdded, kaisei.EditRemoved:
		return len([]rune(e.Before + e.After))
	case kaisei.EditChanged:
		n := 0
		for _, s := range spansOf(e) {
			if s.Op != kaisei.SpanSame {
				n += len([]rune(s.Text))
			}
		}
		return n
	}
	return minorLength
}

func heading(k kaisei.BlockKind) bool {
	return k == kaisei.BlockHeading || k == kaisei.BlockArticle
}

// What can be read at a glance: a few changed places of moderate length in a clause most of which stayed.
const (
	glanceLength = 120
	glancePlaces = 4
	// rewrittenShare is the share of unchanged text, in percent, below which a clause counts as
	// rewritten: marks between single words would then hide both texts.
	rewrittenShare = 35
)

// behindBody is more than any legible length, and puts what is supplementary behind all else.
const behindBody = 1 << 20

// legible orders edits for quoting, the best highest.
func legible(e kaisei.Edit) int {
	n := changedLength(e)
	if supplementary(e) {
		if heading(e.BlockKind) {
			n = 0
		}
		return min(n, behindBody) - 2*behindBody
	}
	if n > glanceLength || changesIn(spansOf(e)) > glancePlaces || rewritten(spansOf(e)) {
		return -n
	}
	return n
}

// rewritten reports whether so little of a clause stayed that old and new are better read whole.
func rewritten(spans []kaisei.Span) bool {
	if changesIn(spans) < 2 {
		return false
	}
	n := map[kaisei.SpanOp]int{}
	for _, s := range spans {
		n[s.Op] += len(s.Text)
	}
	same := n[kaisei.SpanSame]
	return same*100 < (same+min(n[kaisei.SpanDelete], n[kaisei.SpanInsert]))*rewrittenShare
}

// termLength is the longest term that a definition is taken to define.
const termLength = 24

// term returns what an added clause defines (AI エージェント of 本ガイドラインにおける AI
// エージェントとは、…), or "".
func term(e kaisei.Edit) string {
	text := Clean(e.After)
	if i := strings.Index(text, "」とは"); i >= 0 {
		if j := strings.LastIndex(text[:i], "「"); j >= 0 {
			return bounded(text[j+len("「") : i])
		}
	}
	before, _, ok := strings.Cut(text, "とは、")
	if !ok || strings.ContainsAny(before, "。") {
		return ""
	}
	for _, lead := range []string{"における", "いう", "において", "、"} {
		if i := strings.LastIndex(before, lead); i >= 0 {
			before = before[i+len(lead):]
		}
	}
	_, before = ja.Enumerator(before)
	return bounded(before)
}

func bounded(s string) string {
	s = strings.TrimSpace(s)
	// A heading that was read together with its text: 学習 and 学習とは.
	if half := len(s) / 2; half > 0 && s[:half] == s[half:] {
		s = s[:half]
	}
	if n := uniseg.GraphemeClusterCount(s); n == 0 || n > termLength {
		return ""
	}
	return s
}

func editPoint(e kaisei.Edit, lang Voice) point {
	p := point{page: cmp.Or(e.PageAfter, e.PageBefore), where: placeOf(e.PathAfter, e.After)}
	if len(e.PathAfter) == 0 {
		p.where = placeOf(e.PathBefore, e.Before)
	}
	p.label = say(lang, "edit."+string(e.Kind))
	switch e.Kind {
	case kaisei.EditAdded:
		p.sign = "＋"
		p.text = quote(e.After)
		if heading(e.BlockKind) {
			p.label = say(lang, "new-heading")
		} else if t := term(e); t != "" {
			p.label = say(lang, "new-definition", t)
		}
		return p
	case kaisei.EditRemoved:
		p.sign, p.where = "－", placeOf(e.PathBefore, e.Before)
		p.text = quote(e.Before)
		if heading(e.BlockKind) {
			p.label = say(lang, "gone-heading")
		}
		return p
	case kaisei.EditMoved:
		p.sign = "⇄"
		p.label += say(lang, "paren", say(lang, "moved-from", shortPath(e.PathBefore)))
	case kaisei.EditRenumbered:
		p.sign = "№"
		p.label += say(lang, "paren", say(lang, "from-to", lastPart(e.PathBefore), lastPart(e.PathAfter)))
	default:
		p.sign = "～"
	}
	spans := spansOf(e)
	if rewritten(spans) {
		spans = []kaisei.Span{{Op: kaisei.SpanDelete, Text: Clean(e.Before)}, {Op: kaisei.SpanInsert, Text: Clean(e.After)}}
	}
	p.text, p.more = elide(spans, lang)
	if changesIn(p.text) == 0 {
		p.text = quote(e.After)
	}
	return p
}

// quote is text that is new or gone as a whole, and so needs no marks.
func quote(s string) []kaisei.Span {
	if s = head(Clean(s), wholeLength); s == "" {
		return nil
	}
	return []kaisei.Span{{Op: kaisei.SpanSame, Text: s}}
}

// quoteEnds is quote for an obligation: its verb, which stands last, is what it is quoted for.
func quoteEnds(s string) []kaisei.Span {
	if s = middle(Clean(s), wholeLength/2); s == "" {
		return nil
	}
	return []kaisei.Span{{Op: kaisei.SpanSame, Text: s}}
}

// placeOf writes the path of a clause, without its last part where the text repeats it.
func placeOf(path []string, text string) string {
	if n := len(path); n > 0 && strings.HasPrefix(Clean(text), Clean(path[n-1])) {
		path = path[:n-1]
	}
	return shortPath(path)
}

func lastPart(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return brief(path[len(path)-1])
}
