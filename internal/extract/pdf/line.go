package pdf

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// markOpen and markClose stand around the number of a note mark inside the text of a
// line until the notes of the document are known. No glyph of a document is one of them.
const (
	markOpen  = '\uFFF9'
	markClose = '\uFFFB'
)

// run is a row of glyphs painted one after the other on one baseline in one size.
type run struct {
	rect
	glyphs []glyph
	size   float32
}

// line is a printed line of a column: the unit that layout decides about.
type line struct {
	rect
	// text has single spaces where there are spaces, and note marks between markOpen and markClose.
	text string
	// size is the type size of most of its glyphs.
	size float32
	bold bool
	// page counts from 1; column counts the columns of the document in reading order.
	page, column int
	// left and right are the edges between which the column's text is set.
	left, right float32
	// edge is where full lines of its column end, or 0 where that is not known.
	edge float32
	// head is the width of its first word, or 0 where that is not known.
	head float32
	// table says that it is a row of a table drawn with lines.
	table bool
	// box is the number of the painted box around it, from 1, or 0.
	box int
	// cells are the parts of a line that wide gaps set apart.
	cells []cell
}

// cell is a part of a line between wide gaps, or of a table.
type cell struct {
	rect
	text string
}

// short reports that a line ends well before the right edge of its column, as the
// last line of a paragraph does.
func (l *line) short() bool { return l.x1 < l.right-slackEms*l.size }

// slackEms is how far from the edge a full line may end: rules of Japanese line breaking
// push up to two characters to the next line.
const slackEms = 2.2

// indent is how far a line starts from the left edge of its column, in ems of its size.
func (l *line) indent() float32 {
	if l.size <= 0 {
		return 0
	}
	return (l.x0 - l.left) / l.size
}

// runs cuts the glyphs of a page into runs, in the order in which they are painted.
func runs(glyphs []glyph) []run {
	var out []run
	start := 0
	for i := 1; i <= len(glyphs); i++ {
		if i < len(glyphs) && follows(&glyphs[i-1], &glyphs[i]) {
			continue
		}
		if i > start {
			out = append(out, newRun(glyphs[start:i]))
		}
		start = i
	}
	return out
}

// follows reports whether b continues the run of a.
func follows(a, b *glyph) bool {
	em := max(a.size, b.size)
	if em <= 0 || abs(a.size-b.size) > 0.15*em || abs(a.y1-b.y1) > 0.2*em {
		return false
	}
	gap := b.x0 - a.x1
	return gap < gutterEms*em && gap > overlapEms*em
}

// overlapEms is how far two glyphs of a run may overlap: brackets are set close, each with
// half an em of nothing on its outside.
const overlapEms = -0.9

// gutterEms is the gap in ems from which what follows may be another column or cell.
const gutterEms = 1.4

func newRun(glyphs []glyph) run {
	r := run{rect: rect{glyphs[0].x0, glyphs[0].y0, glyphs[0].x1, glyphs[0].y1}, glyphs: glyphs, size: glyphs[0].size}
	for _, g := range glyphs[1:] {
		r.x0, r.y0 = min(r.x0, g.x0), min(r.y0, g.y0)
		r.x1, r.y1 = max(r.x1, g.x1), max(r.y1, g.y1)
	}
	return r
}

// blank reports that a run paints nothing but spaces.
func (r *run) blank() bool {
	for _, g := range r.glyphs {
		if !unicode.IsSpace(g.r) {
			return false
		}
	}
	return true
}

// maxRubyRuns bounds the search for ruby, which compares every run with every other.
const maxRubyRuns = 5000

// withoutRuby drops readings set small above kanji.
func withoutRuby(rs []run) []run {
	if len(rs) > maxRubyRuns {
		return rs
	}
	return slices.DeleteFunc(rs, func(r run) bool {
		for _, g := range r.glyphs {
			if !unicode.In(g.r, unicode.Hiragana, unicode.Katakana) && g.r != 'ー' && g.r != '・' {
				return false
			}
		}
		for i := range rs {
			b := &rs[i]
			if b.size < 1.5*r.size || min(b.x1, r.x1)-max(b.x0, r.x0) < 0.5*r.width() {
				continue
			}
			if r.y1 > b.y0-0.5*b.size && r.y1 < b.y0+0.45*b.height() && r.center() < b.y0+0.2*b.height() {
				return true
			}
		}
		return false
	})
}

func (r *rect) center() float32 { return (r.y0 + r.y1) / 2 }

// lines groups runs of one column into lines from the top.
func lines(rs []run, t typing) []line {
	// Larger runs first: a note mark then finds the line that it belongs to.
	order := make([]int, 0, len(rs))
	for i := range rs {
		if !rs[i].blank() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rs[b].size, rs[a].size) })
	var rows []*row
	for _, i := range order {
		r := &rs[i]
		home := nearest(rows, r)
		if home == nil {
			home = &row{rect: r.rect, size: r.size}
			at, _ := slices.BinarySearchFunc(rows, home, func(a, b *row) int { return cmp.Compare(a.y0, b.y0) })
			rows = slices.Insert(rows, at, home)
		}
		home.runs = append(home.runs, r)
	}
	out := make([]line, 0, len(rows))
	for _, h := range rows {
		out = append(out, h.line(t))
	}
	slices.SortStableFunc(out, func(a, b line) int { return cmp.Compare(a.y1, b.y1) })
	return out
}

// row is a line while it is put together; its box is that of its largest run.
type row struct {
	rect
	size float32
	runs []*run
	// gaps are those between its Japanese characters, in order of size, once asked for.
	gaps []float32
}

// nearest returns the row that a run stands in, or nil.
func nearest(rows []*row, r *run) *row {
	// Rows are sorted by their upper edge; only those around the run can hold it.
	at, _ := slices.BinarySearchFunc(rows, r.y1, func(a *row, y float32) int { return cmp.Compare(a.y0, y) })
	var best *row
	var most float32
	for i := at - 1; i >= 0 && i >= at-maxRowsLooked; i-- {
		h := rows[i]
		over := min(h.y1, r.y1) - max(h.y0, r.y0)
		if over <= 0.5*min(h.height(), r.height()) {
			continue
		}
		same := abs(h.size-r.size) <= 0.15*h.size
		if same && abs(h.y1-r.y1) > 0.5*h.size {
			continue
		}
		if over > most {
			best, most = h, over
		}
	}
	return best
}

// maxRowsLooked bounds the work on pages whose rows all overlap.
const maxRowsLooked = 40

// line writes down a row.
func (h *row) line(t typing) line {
	slices.SortStableFunc(h.runs, func(a, b *run) int { return cmp.Compare(a.x0, b.x0) })
	l := line{rect: rect{h.runs[0].x0, h.y0, h.runs[0].x1, h.y1}, size: h.size, head: h.head()}
	var w writer
	w.row, w.typing = h, t
	heavy, all := 0, 0
	for _, r := range h.runs {
		if m := h.mark(r, w.last.r); m != "" {
			w.mark(m, r)
		} else {
			for i := range r.glyphs {
				w.glyph(&r.glyphs[i], i == 0)
				// Numbers and Latin words of a heading may be in a face of their own.
				weight := 1
				if isJapanese(r.glyphs[i].r) {
					weight = 100
				}
				if r.glyphs[i].bold {
					heavy += weight
				}
				all += weight
			}
		}
		l.x1 = max(l.x1, r.x1)
	}
	l.text, l.cells = w.done()
	if len(l.cells) > 0 {
		l.x0, l.x1 = l.cells[0].x0, l.cells[len(l.cells)-1].x1
	}
	l.bold = all > 0 && heavy*10 >= all*9
	return l
}

// mark returns the number of a note mark if r is one: small, raised, a number or a sign.
// after is the character before it.
func (h *row) mark(r *run, after rune) string {
	if r.size > 0.8*h.size || r.center() > h.center()-0.05*h.size {
		return ""
	}
	var b strings.Builder
	digits := 0
	for _, g := range r.glyphs {
		switch {
		case isDigit(g.r):
			digits++
			b.WriteRune(toDigit(g.r))
		case strings.ContainsRune(",，、", g.r):
			b.WriteByte(',')
		case strings.ContainsRune("※＊*注)）(（†‡", g.r) || g.r == ' ' || g.r == '　':
		default:
			return ""
		}
	}
	if digits > 0 && digits <= maxMarkDigits {
		return strings.Trim(b.String(), ",")
	}
	if digits == 0 && after != 0 && b.Len() == 0 && len(r.glyphs) <= 2 && strings.ContainsRune("※＊*†‡", r.glyphs[0].r) {
		return "*"
	}
	return ""
}

// maxMarkDigits is how many digits the marks at one place may have: 101,102,103.
const maxMarkDigits = 9

func toDigit(r rune) rune {
	if r >= '０' {
		return r - '０' + '0'
	}
	return r
}

func abs(f float32) float32 {
	if f < 0 {
		return -f
	}
	return f
}

// plain returns the text of a line without its note marks.
func plain(s string) string {
	if !strings.ContainsRune(s, markOpen) {
		return s
	}
	var b strings.Builder
	inside := false
	for _, r := range s {
		switch {
		case r == markOpen:
			inside = true
		case r == markClose:
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}
