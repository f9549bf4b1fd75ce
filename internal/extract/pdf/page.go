package pdf

import (
	"cmp"
	"slices"
	"strings"
)

// leaf is a page as lines in reading order.
type leaf struct {
	width, height float32
	lines         []line
	// rules are the painted lines of the page's main direction.
	rules []rect
	// notes are the footnotes at its foot.
	notes []note
}

// rowText is put between the cells of a table row.
const rowText = " | "

// maxFrame is the part of a page's height from which a line is a frame or stands between
// columns and belongs to no table.
const maxFrame = 0.82

// leafOf reads the lines of a sheet.
func leafOf(s *sheet, page int, t typing) leaf {
	f := leaf{width: s.width, height: s.height}
	for i, p := range s.planes() {
		if i == 0 {
			f.rules = p.rules
			f.width, f.height = p.width, p.height
		}
		f.lines = append(f.lines, p.lines(len(f.lines), t)...)
	}
	for i := range f.lines {
		f.lines[i].page = page
	}
	return f
}

// lines reads one plane; column numbers begin after first.
func (p *plane) lines(first int, t typing) []line {
	rs := withoutRuby(runs(p.glyphs))
	boxes := grids(slices.DeleteFunc(slices.Clone(p.rules), func(r rect) bool {
		return r.height() > maxFrame*p.height || r.width() > 0.97*p.width
	}))
	var tables []line
	rs, tables = takeTables(rs, boxes, t)
	number := first
	var out []line
	cs := columns(rs, 3)
	for i, c := range cs {
		number++
		ls := lines(c.runs, t)
		for i := range ls {
			ls[i].column, ls[i].left, ls[i].right = number, c.left, c.right
			for b := range boxes {
				if !boxes[b].table() && boxes[b].height() > 2*ls[i].size && boxes[b].holds(ls[i].rect) {
					ls[i].box = b + 1
				}
			}
		}
		for _, row := range tables {
			if nearestColumn(cs, row.rect) == i {
				row.column, row.left, row.right = number, c.left, c.right
				ls = append(ls, row)
			}
		}
		slices.SortStableFunc(ls, func(a, b line) int { return cmp.Compare(a.y1, b.y1) })
		out = append(out, ls...)
	}
	boxEdges(out)
	return out
}

// nearestColumn returns the column in which a table stands: the one around its middle, or
// the one nearest to it.
func nearestColumn(cs []column, r rect) int {
	best, least := 0, float32(farAway)
	x := (r.x0 + r.x1) / 2
	for i, c := range cs {
		if away := max(c.left-x, x-c.right, 0); away < least {
			best, least = i, away
		}
	}
	return best
}

// boxEdges gives lines in a painted box the edges of the text in it.
func boxEdges(ls []line) {
	type edges struct{ left, right float32 }
	found := map[int]edges{}
	for i := range ls {
		if l := &ls[i]; l.box > 0 {
			e, known := found[l.box]
			if !known {
				e = edges{l.x0, l.x1}
			}
			found[l.box] = edges{min(e.left, l.x0), max(e.right, l.x1)}
		}
	}
	for i := range ls {
		if e, known := found[ls[i].box]; known && ls[i].box > 0 {
			ls[i].left, ls[i].right = e.left, e.right
		}
	}
}

// takeTables takes the runs that stand in tables out of rs and returns each row of the
// tables as a line.
func takeTables(rs []run, boxes []grid, t typing) (rest []run, rows []line) {
	inside := make([][]run, len(boxes))
	for _, r := range rs {
		home := -1
		for b := range boxes {
			if boxes[b].table() && boxes[b].holds(r.rect) {
				home = b
				break
			}
		}
		if home < 0 {
			rest = append(rest, r)
			continue
		}
		inside[home] = append(inside[home], r)
	}
	for b := range boxes {
		rows = append(rows, boxes[b].rows(inside[b], t)...)
	}
	return rest, rows
}

// rows writes the rows of a table.
func (g *grid) rows(rs []run, t typing) []line {
	type place struct{ row, col int }
	cells := map[place][]run{}
	for _, r := range rs {
		for _, part := range g.split(r) {
			row, col := g.cellOf(part.rect)
			cells[place{row, col}] = append(cells[place{row, col}], part)
		}
	}
	var out []line
	for row := range len(g.ys) - 1 {
		l := line{rect: rect{g.x0, g.ys[row], g.x1, g.ys[row+1]}, table: true}
		var texts []string
		for col := range len(g.xs) - 1 {
			// A cell joined with one before it writes nothing.
			if col > 0 && !g.posts[row][col-1] {
				continue
			}
			var text string
			ls := lines(cells[place{row, col}], t)
			for i := range ls {
				if l.size == 0 {
					l.size = ls[i].size
				}
				text = t.join(text, ls[i].text)
			}
			texts = append(texts, text)
			l.cells = append(l.cells, cell{rect: rect{g.xs[col], l.y0, g.xs[col+1], l.y1}, text: text})
		}
		if strings.Join(texts, "") == "" {
			continue
		}
		l.text = strings.Join(texts, rowText)
		out = append(out, l)
	}
	return out
}

// split cuts a run at the lines between cells that it crosses.
func (g *grid) split(r run) []run {
	var out []run
	start := 0
	_, at := g.cellOf(rect{r.glyphs[0].x0, r.y0, r.glyphs[0].x1, r.y1})
	for i := 1; i < len(r.glyphs); i++ {
		_, col := g.cellOf(rect{r.glyphs[i].x0, r.y0, r.glyphs[i].x1, r.y1})
		if col != at {
			out = append(out, newRun(r.glyphs[start:i]))
			start, at = i, col
		}
	}
	return append(out, newRun(r.glyphs[start:]))
}
