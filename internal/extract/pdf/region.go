package pdf

import (
	"cmp"
	"slices"
)

// plane is the part of a page that is written in one direction, turned so that its
// lines run from left to right and follow each other downwards.
type plane struct {
	glyphs []glyph
	rules  []rect
	// width is the extent along the lines.
	width, height float32
}

// minVertical is how many glyphs in a row stand below each other where they are taken
// for vertical writing; fewer may be a list of single characters.
const minVertical = 4

// planes sorts the glyphs of a page by direction, the one with most glyphs first.
func (s *sheet) planes() []plane {
	var flat, down, up []glyph
	for i := 0; i < len(s.glyphs); {
		j := s.verticalFrom(i)
		g := s.glyphs[i]
		switch {
		case j-i >= minVertical:
			down = append(down, s.glyphs[i:j]...)
			i = j
			continue
		case g.angle == 1:
			down = append(down, g)
		case g.angle == 3:
			up = append(up, g)
		default: // upside-down text is left as it is
			flat = append(flat, g)
		}
		i++
	}
	out := []plane{{flat, s.rules, s.width, s.height}, s.turned(down, false), s.turned(up, true)}
	slices.SortStableFunc(out, func(a, b plane) int { return cmp.Compare(len(b.glyphs), len(a.glyphs)) })
	return slices.DeleteFunc(out, func(p plane) bool { return len(p.glyphs) == 0 })
}

// verticalFrom returns the end of the vertical writing that begins at glyph i.
func (s *sheet) verticalFrom(i int) int {
	j := i + 1
	for ; j < len(s.glyphs); j++ {
		a, b := &s.glyphs[j-1], &s.glyphs[j]
		em := max(a.size, b.size)
		step := (b.y0 + b.y1 - a.y0 - a.y1) / 2
		sideways := abs(b.x0+b.x1-a.x0-a.x1) / 2
		if a.angle&2 != 0 || b.angle&2 != 0 || sideways > 0.35*em || step < 0.3*em || step > 2.2*em {
			// The next column of vertical writing begins again at the top.
			if a.angle&2 == 0 && b.angle&2 == 0 && j-i >= minVertical && b.x1 < a.x0+0.3*em && step < 0 {
				continue
			}
			break
		}
	}
	return j
}

// turned moves glyphs so that downward writing (or upward, for up) runs to the right.
func (s *sheet) turned(glyphs []glyph, up bool) plane {
	p := plane{width: s.height, height: s.width}
	turn := func(r rect) rect {
		if up {
			return rect{s.height - r.y1, r.x0, s.height - r.y0, r.x1}
		}
		return rect{r.y0, s.width - r.x1, r.y1, s.width - r.x0}
	}
	for _, g := range glyphs {
		r := turn(rect{g.x0, g.y0, g.x1, g.y1})
		g.x0, g.y0, g.x1, g.y1 = r.x0, r.y0, r.x1, r.y1
		p.glyphs = append(p.glyphs, g)
	}
	for _, r := range s.rules {
		p.rules = append(p.rules, turn(r))
	}
	return p
}

// column is a part of a plane whose lines are read from top to bottom.
type column struct {
	runs        []run
	left, right float32
}

// Columns are told from tables by their lines: most of those of a column of text fill it.
const (
	minColumnLines = 5
	minColumnEms   = 7
	// maxCrossing is the part of the lines that may cross the gutter: titles over all columns.
	maxCrossing = 0.15
)

// columns cuts runs into columns in reading order.
func columns(rs []run, depth int) []column {
	whole := column{runs: rs}
	for i := range rs {
		if i == 0 {
			whole.left, whole.right = rs[i].x0, rs[i].x1
		}
		whole.left, whole.right = min(whole.left, rs[i].x0), max(whole.right, rs[i].x1)
	}
	if depth <= 0 || len(rs) < 2*minColumnLines {
		return []column{whole}
	}
	x, ok := gutter(rs, whole.left, whole.right)
	if !ok {
		return []column{whole}
	}
	var out []column
	var left, right []run
	flush := func() {
		if len(left) > 0 {
			out = append(out, columns(left, depth-1)...)
		}
		if len(right) > 0 {
			out = append(out, columns(right, depth-1)...)
		}
		left, right = nil, nil
	}
	sorted := slices.Clone(rs)
	slices.SortStableFunc(sorted, func(a, b run) int { return cmp.Compare(a.center(), b.center()) })
	for _, r := range sorted {
		switch {
		case r.x1 <= x:
			left = append(left, r)
		case r.x0 >= x:
			right = append(right, r)
		default:
			if n := len(out); len(left) == 0 && len(right) == 0 && n > 0 && out[n-1].crossing(x) {
				out[n-1].runs = append(out[n-1].runs, r)
				continue
			}
			flush()
			out = append(out, column{runs: []run{r}, left: whole.left, right: whole.right})
		}
	}
	flush()
	return out
}

// crossing reports whether a column is made of runs that cross x.
func (c *column) crossing(x float32) bool {
	return len(c.runs) > 0 && c.runs[0].x0 < x && c.runs[0].x1 > x
}

// gutter finds where a column ends and the next begins.
func gutter(rs []run, left, right float32) (float32, bool) {
	edges := make([]float32, 0, len(rs))
	var size float32
	for i := range rs {
		edges = append(edges, rs[i].x0)
		size += rs[i].size
	}
	size /= float32(len(rs))
	slices.Sort(edges)
	edges = slices.CompactFunc(edges, func(a, b float32) bool { return abs(b-a) < 1 })
	if len(edges) > maxEdges {
		return 0, false
	}
	best, found := float32(0), false
	fewest, widest := len(rs), float32(0)
	for _, e := range edges {
		x := e - 0.3*size
		if x < left+minColumnEms*size || x > right-minColumnEms*size {
			continue
		}
		if cross, gap, ok := splits(rs, x, size); ok && (cross < fewest || cross == fewest && gap > widest) {
			best, found, fewest, widest = x, true, cross, gap
		}
	}
	return best, found
}

// maxEdges bounds the places at which a gutter is looked for.
const maxEdges = 400

// splits judges whether a gutter stands at x, how many runs cross it, and how wide it is.
func splits(rs []run, x, size float32) (crossing int, gap float32, ok bool) {
	var sides [2]struct {
		n, wide     int
		left, right float32
		sum         float32
	}
	for i := range rs {
		r := &rs[i]
		at := 0
		switch {
		case r.x1 <= x:
		case r.x0 >= x-0.1*size:
			at = 1
		default:
			crossing++
			continue
		}
		s := &sides[at]
		if s.n == 0 {
			s.left, s.right = r.x0, r.x1
		}
		s.n++
		s.left, s.right = min(s.left, r.x0), max(s.right, r.x1)
		s.sum += r.width()
	}
	if float32(crossing) > maxCrossing*float32(len(rs)) {
		return 0, 0, false
	}
	for i := range sides {
		s := &sides[i]
		if s.n < minColumnLines || s.right-s.left < minColumnEms*size {
			return 0, 0, false
		}
		for j := range rs {
			r := &rs[j]
			if (i == 0 && r.x1 <= x || i == 1 && r.x0 >= x-0.1*size) && r.width() > 0.8*(s.right-s.left) {
				s.wide++
			}
		}
		// A column that is cut again holds lines that fill a part of it.
		if s.wide*3 < s.n && s.sum/float32(s.n) < minColumnEms*size {
			return 0, 0, false
		}
	}
	return crossing, sides[1].left - sides[0].right, true
}
