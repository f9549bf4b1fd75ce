package pdf

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A line is full where nothing more went into it: typesetting moves to the next line
// what does not fit, and nothing else. Where the first word of the next line would have
// found room, it was not the measure that ended the line but its author.

// head returns the width in points of what stands together at the beginning of a row and
// moves to the next line as a whole: a character with those that begin no line behind it
// and the opening brackets before it, a Latin word, a number. It is 0 where the row begins
// with a note mark.
func (h *row) head() float32 {
	if len(h.runs) == 0 || h.mark(h.runs[0], 0) != "" {
		return 0
	}
	var width float32
	var last rune
	begun := false
	for _, r := range h.runs {
		for i := range r.glyphs {
			g := &r.glyphs[i]
			if unicode.IsSpace(g.r) {
				if begun {
					return width
				}
				continue
			}
			if begun && !together(last, g) {
				return width
			}
			width += g.x1 - g.x0
			last, begun = g.r, true
		}
	}
	return width
}

// together reports whether no line ends between a character and the glyph behind it.
func together(last rune, g *glyph) bool {
	switch {
	case strings.ContainsRune(endsNoLine, last), strings.ContainsRune(beginsNoLine, g.r):
		return true
	case last == g.r && strings.ContainsRune("―—…‥", last):
		return true
	}
	return g.space == spaceNone && !isWide(last) && !isWide(g.r)
}

// What Japanese typesetting puts neither at the beginning nor at the end of a line, the
// strictest rules taken together (JIS X 4051, 行頭禁則 and 行末禁則).
const (
	beginsNoLine = "、。，．,.・：；:;？！?!」』）)】〕］]｝}〉》”’ーゝゞヽヾ々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％%゛゜‐–〜～"
	endsNoLine   = "「『（(【〔［[｛{〈《“‘"
)

// How much more room than its width the first word of a line needs, in ems.
const (
	// roomWide is what rounding takes between Japanese characters, where a line of so many squares
	// leaves exactly one over; roomMixed is for the quarter em that typesetting adds between scripts.
	roomWide, roomMixed = -0.02, 0.3
)

// roomFor reports whether the first word of n would have found room at the end of l.
func (l *line) roomFor(n *line) bool {
	if l.edge == 0 || n.head == 0 || l.box > 0 || n.box > 0 || l.size <= 0 || abs(l.size-n.size) > 0.05*l.size {
		return false
	}
	least := float32(roomMixed)
	if isJapanese(lastRune(l.text)) && isJapanese(firstRune(n.text)) {
		least = roomWide
	}
	return l.edge-l.x1 > n.head+least*l.size
}

// full reports whether the line before n ends because nothing more fits.
func full(l, n *line) bool { return !l.short() && !l.roomFor(n) }

// edges finds where the lines of each column end. It is the place where most of those that come
// near the last of them do: punctuation may hang out.
func edges(leaves []leaf) {
	var all []float32
	for i := range leaves {
		f := &leaves[i]
		for k := 0; k < len(f.lines); {
			from := k
			for k < len(f.lines) && f.lines[k].column == f.lines[from].column {
				k++
			}
			edge := edgeOf(f.lines[from:k])
			for n := from; n < k && edge > 0; n++ {
				f.lines[n].edge = edge
			}
			if edge > 0 && f.single() {
				all = append(all, edge)
			}
		}
	}
	if len(all) == 0 {
		return
	}
	// A page with too few lines to tell has the edge of the others.
	slices.Sort(all)
	usual := all[len(all)/2]
	for i := range leaves {
		for k := range leaves[i].lines {
			if l := &leaves[i].lines[k]; l.edge == 0 && l.x1 < usual+slackEms*l.size && leaves[i].single() {
				l.edge = usual
			}
		}
	}
}

// edgeOf returns the edge that at least minEdgeLines lines of a column share, or 0.
func edgeOf(ls []line) float32 {
	var ends []*line
	for i := range ls {
		if l := &ls[i]; l.box == 0 && !l.table && !l.short() {
			ends = append(ends, l)
		}
	}
	slices.SortFunc(ends, func(a, b *line) int { return cmp.Compare(a.x1, b.x1) })
	best, most := float32(0), minEdgeLines-1
	for i, from := 0, 0; i < len(ends); i++ {
		for ends[i].x1-ends[from].x1 > sameEdge*ends[i].size {
			from++
		}
		if n := i - from + 1; n > most {
			best, most = ends[i].x1, n
		}
	}
	return best
}

const (
	// minEdgeLines is how many lines must end at one place for it to be the edge.
	minEdgeLines = 4
	// sameEdge is how far apart in ems the ends of lines at one edge may be.
	sameEdge = 0.12
)
