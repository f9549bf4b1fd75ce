package pdf

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// layout turns a document into blocks. It is a function of its sheets.
func (p *paper) layout() Reading {
	t := typingOf(p.sheets)
	leaves := make([]leaf, len(p.sheets))
	for i := range p.sheets {
		leaves[i] = leafOf(&p.sheets[i], i+1, t)
	}
	dropFurniture(leaves)
	entries := dropContents(leaves, t)
	size := textSize(leaves)
	takeNotes(leaves, size, t)
	placeMarks(leaves)
	margins(leaves)
	edges(leaves)
	j := newJoiner(leaves, size)
	j.typing = t
	for _, e := range entries {
		j.titles.add(e)
	}
	for _, b := range p.bookmarks {
		j.titles.add(entry{text: b.title, depth: b.level})
	}
	var ls []*line
	for i := range leaves {
		for k := range leaves[i].lines {
			ls = append(ls, &leaves[i].lines[k])
		}
	}
	ds := j.headings(j.drafts(ls), len(leaves))
	r := Reading{Pages: p.pages, Title: oneLine(p.title), Notes: p.remarks()}
	for _, d := range ds {
		if d.title {
			r.Title = plain(d.text)
			break
		}
	}
	r.Blocks = blocks(ds, leaves)
	return r
}

// blocks writes down the drafts with their notes.
func blocks(ds []*draft, leaves []leaf) []kaisei.Block {
	byMark := map[mark]*note{}
	for i := range leaves {
		for k := range leaves[i].notes {
			n := &leaves[i].notes[k]
			byMark[mark{n.page, n.number}] = n
		}
	}
	var t tree
	page := 0
	for _, d := range ds {
		// Notes whose mark was not found stand at the end of their page.
		for ; page < d.page-1 && page < len(leaves); page++ {
			t.rest(&leaves[page])
		}
		t.block(d)
		t.notes(d.notes, byMark)
	}
	for i := range leaves {
		t.rest(&leaves[i])
	}
	return t.blocks
}

func (t *tree) rest(f *leaf) {
	for k := range f.notes {
		if !f.notes[k].told {
			t.note(&f.notes[k])
		}
	}
}

// textSize is the type size of most characters of the document.
func textSize(leaves []leaf) float32 {
	count := map[int]int{}
	for i := range leaves {
		for _, l := range leaves[i].lines {
			count[int(l.size*4+0.5)] += utf8.RuneCountInString(l.text)
		}
	}
	best, most := 0, 0
	for size, n := range count {
		if n > most || n == most && size > best {
			best, most = size, n
		}
	}
	return float32(best) / 4
}

// margins gives the lines of pages with one column the edges of the document's text:
// a page of short lines does not know them.
func margins(leaves []leaf) {
	var lefts, rights []float32
	for i := range leaves {
		f := &leaves[i]
		if !f.single() || len(f.lines) == 0 {
			continue
		}
		left, right := f.extent()
		for k := range f.lines {
			if l := &f.lines[k]; l.box == 0 && !l.table {
				l.left, l.right = left, right
			}
		}
		if len(f.lines) >= minMarginLines {
			lefts, rights = append(lefts, left), append(rights, right)
		}
	}
	if len(lefts) == 0 {
		return
	}
	slices.Sort(lefts)
	slices.Sort(rights)
	left, right := lefts[len(lefts)/2], rights[len(rights)/2]
	for i := range leaves {
		if f := &leaves[i]; f.single() {
			for k := range f.lines {
				if l := &f.lines[k]; l.box == 0 && !l.table {
					l.left = left
					if l.right < right {
						l.right = right
					}
				}
			}
		}
	}
}

// minMarginLines is how many lines a page must have to say where the margins are.
const minMarginLines = 8

// single reports whether all lines of a page stand in one column.
func (f *leaf) single() bool {
	for k := range f.lines {
		if f.lines[k].column != f.lines[0].column {
			return false
		}
	}
	return true
}

func (f *leaf) extent() (left, right float32) {
	first := true
	for k := range f.lines {
		l := &f.lines[k]
		if l.box > 0 || l.table {
			continue
		}
		if first {
			left, right, first = l.x0, l.x1, false
		}
		left, right = min(left, l.x0), max(right, l.x1)
	}
	return left, right
}

// newJoiner learns what is usual in a document.
func newJoiner(leaves []leaf, size float32) *joiner {
	j := &joiner{size: size, leading: map[place]float32{}, series: map[int]string{}, endings: map[int]rune{}}
	steps := map[place][]float32{}
	heavy, all := 0, 0
	indented, flush := 0, 0
	hanging, flat := 0, 0
	var dropping []float32
	level := 0
	for i := range leaves {
		ls := leaves[i].lines
		for k := range ls {
			l := &ls[k]
			if abs(l.size-size) < 0.05*size {
				all++
				if l.bold {
					heavy++
				}
			}
			if k == 0 || ls[k-1].column != l.column || l.table || ls[k-1].table {
				continue
			}
			before := &ls[k-1]
			if step := l.y1 - before.y1; step > 0.8*l.size && step < 2.5*l.size && abs(l.size-before.size) < 0.05*l.size {
				at := place{l.page, l.column}
				steps[at] = append(steps[at], step)
			}
			if text := plain(before.text); enumerator(text) != "" && !before.short() && !endsSentence(text) && enumerator(plain(l.text)) == "" {
				if l.indent() > before.indent()+0.6 {
					hanging++
				} else {
					flat++
				}
			}
			if x, goesOn := step(before, l); goesOn && k > 1 && enumerator(plain(before.text)) == "" {
				switch prior := &ls[k-2]; {
				case x < -otherIndent && x > -maxFirst && !full(prior, before):
					dropping = append(dropping, before.indent())
				case abs(x) < sameIndent && isFirst(prior, before):
					level++
				}
			}
			if endsSentence(plain(before.text)) && before.short() && enumerator(plain(l.text)) == "" {
				switch x := l.indent(); {
				case x > 0.5 && x < 2.5:
					indented++
				case x < 0.3:
					flush++
				}
			}
		}
	}
	for at, s := range steps {
		slices.Sort(s)
		j.leading[at] = s[len(s)/4]
	}
	j.bold = heavy*2 > all
	j.indents = indented > flush
	j.hangs = hanging >= minHangs && hanging > 3*flat
	if len(dropping) >= minHangs && len(dropping) > 3*level {
		slices.Sort(dropping)
		j.drops, j.first = true, dropping[len(dropping)/2]
	}
	return j
}

// isFirst reports whether a line begins a paragraph, by the sentence that ends before it.
func isFirst(before, l *line) bool {
	return before.column == l.column && !before.table && before.box == l.box && before.short() && endsSentence(plain(before.text))
}

// minHangs is how many items must hang for the document to be one whose items do, and how
// many paragraphs must drop.
const minHangs = 3

// remarks says what an operator may want to know.
func (p *paper) remarks() []string {
	var out []string
	var images []int
	unmapped, japanese := 0, 0
	for i := range p.sheets {
		s := &p.sheets[i]
		letters := 0
		for _, g := range s.glyphs {
			if isJapanese(g.r) {
				japanese++
				letters++
			} else if isLatin(g.r) {
				letters++
			}
		}
		unmapped += s.unmapped
		if letters == 0 && s.images >= imagePage {
			images = append(images, i+1)
		}
	}
	if len(images) > 0 {
		out = append(out, "images without text: page "+pageList(images))
	}
	if unmapped > 0 {
		out = append(out, fmt.Sprintf("%d characters that the file does not name were left out", unmapped))
	}
	if japanese == 0 {
		out = append(out, "no Japanese text")
	}
	return out
}

// oneLine is used for titles of properties that hold line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
