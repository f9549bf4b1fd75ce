package pdf

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// writer turns the glyphs of a row into text. It decides where a space stands.
type writer struct {
	row *row
	typing
	b     strings.Builder
	last  glyph
	cells []cell
	cur   cell
	from  int // where cur begins in b
}

// Gaps in ems that count as a space.
const (
	// gapJapanese is between two Japanese characters where the file holds a space: less is
	// the spreading of a justified line.
	gapJapanese = 0.18
	// gapLatin is between two Latin characters where the file holds no space.
	gapLatin = 0.22
	// minSpace is by how much a gap that the file holds no space for must be wider than those
	// between the other characters of its row.
	minSpace = 0.15
	// gapTab is where no space of any kind is in the file.
	gapTab = 0.95
)

// typing is what a document does between Japanese and Latin.
type typing struct {
	// mixed is the gap in ems from which a space that the file does not hold is one.
	mixed float32
	// spaced says that words of Latin script are set off by spaces from Japanese, so that a
	// line break between them stands for one.
	spaced bool
}

// typingOf judges how wide a gap between Japanese and Latin must be to be a space where the
// file holds no space character. Typesetting adds a quarter em there that is none. Where
// a document paints its spaces, every space is painted; where it paints none, the gaps between
// its Latin words say how wide they are.
func typingOf(sheets []sheet) typing {
	const never, tolerance, most = gapTab, 0.75, 20_000
	painted := 0
	var gaps, borders []float32
	for i := range sheets {
		gs := sheets[i].glyphs
		for k := 1; k < len(gs) && len(gaps) < most && len(borders) < most; k++ {
			a, b := &gs[k-1], &gs[k]
			if b.size <= 0 || abs(a.y1-b.y1) > 0.2*b.size || b.x0 < a.x0 {
				continue
			}
			gap := (b.x0 - a.x1) / b.size
			switch {
			case isJapanese(a.r) && isWord(b.r) || isWord(a.r) && isJapanese(b.r):
				if b.space == spacePrinted {
					gap = gapTab
				}
				if b.space == spaceNone {
					gap = 0
				}
				borders = append(borders, gap)
			case b.space == spaceNone || isWide(a.r) || isWide(b.r):
			case b.space == spacePrinted:
				painted++
			case gap > 0 && gap < 1:
				gaps = append(gaps, gap)
			}
		}
	}
	t := typing{mixed: never}
	if painted*4 <= len(gaps) && len(gaps) > 0 {
		slices.Sort(gaps)
		t.mixed = tolerance * gaps[len(gaps)/2]
	}
	spaces := 0
	for _, gap := range borders {
		if gap >= t.mixed {
			spaces++
		}
	}
	t.spaced = spaces*4 > 3*len(borders)
	return t
}

// isWord reports whether r may stand in a Latin word or a number.
func isWord(r rune) bool { return isLatin(r) || r >= '0' && r <= '9' }

// glyph writes one glyph; first says that it begins a run.
func (w *writer) glyph(g *glyph, first bool) {
	if w.b.Len() > 0 {
		gap := float32(0)
		if em := max(w.last.size, g.size); em > 0 {
			gap = (g.x0 - w.last.x1) / em
		}
		if first && gap >= gutterEms {
			w.cut()
		}
		if w.spaced(g, gap) {
			w.b.WriteByte(' ')
		}
	}
	if g.r != '　' || w.b.Len() > 0 {
		w.b.WriteRune(g.r)
		w.grow(g)
	}
	w.last = *g
}

func (w *writer) grow(g *glyph) {
	if unicode.IsSpace(g.r) {
		return
	}
	if w.cur.x1 == 0 && w.cur.x0 == 0 {
		w.cur.rect = rect{g.x0, g.y0, g.x1, g.y1}
	}
	w.cur.x0, w.cur.x1 = min(w.cur.x0, g.x0), max(w.cur.x1, g.x1)
}

func (w *writer) spaced(g *glyph, gap float32) bool {
	if unicode.IsSpace(w.last.r) || unicode.IsSpace(g.r) {
		return false
	}
	wide, wideBefore := isWide(g.r), isWide(w.last.r)
	switch {
	case gap >= gapTab:
		return true
	case isWord(fold(g.r)) && isWord(fold(w.last.r)) && (wide || wideBefore):
		// Words and numbers, one of them in full width: nothing is added between them.
		return g.space != spaceNone && gap-w.row.spread() >= minSpace
	case g.space == spaceGuessed && (wide || wideBefore):
		// The spreading of a justified line is no space.
		if wide && wideBefore && gap-w.row.spread() < minSpace {
			return false
		}
		// Between characters of full width typesetting adds nothing, however narrow a space is.
		return gap >= w.mixed || (w.mixed == gapTab || wide && wideBefore) && gap >= gapJapanese && gap-w.row.spread() >= minSpace && w.setOff(g.r)
	case wide && wideBefore:
		return g.space == spacePrinted && gap >= gapJapanese
	case wide || wideBefore:
		return g.space == spacePrinted && gap > 0.05
	}
	return g.space == spacePrinted || gap >= gapLatin
}

// setOff matches the number at the beginning of a title or clause (1.2, （１）, 1－4－2, ii., 図 2, 十二).
var setOff = regexp.MustCompile(`^[(（]?(?:[図表] ?)?(?:[0-9０-９]{1,2}(?:[-.．－‐][0-9０-９]{1,2}){0,4}[.．]?|[ivxⅰ-ⅹ]{1,4}[.．]?|[a-zA-Zａ-ｚＡ-Ｚア-ン][.．]?)[)）]?$|^[図表]$|^[一二三四五六七八九十]{1,4}$`)

// setOff reports whether the line so far is a number behind which a gap is meant though
// nothing else tells how wide a space is. next is the character behind the gap.
func (w *writer) setOff(next rune) bool {
	s := w.b.String()
	bare := strings.Trim(s, "0123456789０１２３４５６７８９一二三四五六七八九十") == ""
	return len(s) <= maxSetOff && setOff.MatchString(s) && !(bare && next != '個' && counters.MatchString(string(next)))
}

// maxSetOff is the length in bytes of the longest number looked for, in full width.
const maxSetOff = 45

// fold returns the plain form of a full-width letter or digit.
func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// spread is the gap in ems that the row has between most of its Japanese characters.
func (h *row) spread() float32 {
	if h.gaps == nil {
		h.gaps = []float32{0}
		for _, r := range h.runs {
			for i := 1; i < len(r.glyphs); i++ {
				if a, b := &r.glyphs[i-1], &r.glyphs[i]; isWide(a.r) && isWide(b.r) && b.size > 0 {
					h.gaps = append(h.gaps, (b.x0-a.x1)/b.size)
				}
			}
		}
		slices.Sort(h.gaps)
	}
	return h.gaps[(len(h.gaps)-1)/2]
}

// mark writes a note mark.
func (w *writer) mark(number string, r *run) {
	w.b.WriteRune(markOpen)
	w.b.WriteString(number)
	w.b.WriteRune(markClose)
	last := r.glyphs[len(r.glyphs)-1]
	w.grow(&last)
	if w.last.r == 0 {
		w.last.r = ' '
	}
	w.last.x1 = last.x1
}

// cut ends a cell.
func (w *writer) cut() {
	w.cur.text = strings.TrimSpace(w.b.String()[w.from:])
	if w.cur.text != "" {
		w.cells = append(w.cells, w.cur)
	}
	w.from = w.b.Len()
	w.cur = cell{}
}

func (w *writer) done() (string, []cell) {
	w.cut()
	for i := range w.cells {
		w.cells[i].y0, w.cells[i].y1 = w.row.y0, w.row.y1
	}
	return strings.TrimSpace(w.b.String()), w.cells
}

// join puts two lines of one paragraph together: Latin words keep a space, Japanese has
// none, and between the two there is what the document has there elsewhere.
func (t typing) join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	last, first := lastRune(a), firstRune(b)
	switch {
	case inAddress(a, b):
		return a + b
	case last == '-' && isLatin(first) && len(a) > 1 && isLatin(rune(a[len(a)-2])) && first >= 'a':
		return a[:len(a)-1] + b
	case (last == '‐' || last == '‑') && isLatin(first) && first >= 'a':
		return a[:len(a)-len("‐")] + b
	case last < 0x2E80 && first < 0x2E80 && !isWide(last) && !isWide(first):
		return a + " " + b
	case t.spaced && (isJapanese(last) && isWord(first) || isWord(last) && isJapanese(first)):
		return a + " " + b
	}
	return a + b
}

// inAddress reports whether a line break stands inside a web address.
func inAddress(a, b string) bool {
	word := a[strings.LastIndexAny(a, " 　「（(、。")+1:]
	if !strings.Contains(word, "://") || strings.HasPrefix(b, "http") || lastRune(a) >= 0x2E80 {
		return false
	}
	return strings.ContainsRune("/-_?=&.%~#", lastRune(a)) || strings.ContainsAny(firstWord(b), "/_.?=&%")
}

func firstWord(s string) string {
	for i, r := range s {
		if r <= ' ' || r >= 0x2E80 {
			return s[:i]
		}
	}
	return s
}

func lastRune(s string) rune {
	var last rune
	inside := false
	for i := len(s); i > 0; {
		r, n := decodeLast(s[:i])
		i -= n
		if r == markClose {
			inside = true
			continue
		}
		if r == markOpen {
			inside = false
			continue
		}
		if !inside {
			last = r
			break
		}
	}
	return last
}

func firstRune(s string) rune {
	inside := false
	for _, r := range s {
		switch {
		case r == markOpen:
			inside = true
		case r == markClose:
			inside = false
		case !inside:
			return r
		}
	}
	return 0
}
