package pdf

import (
	"cmp"
	"slices"
)

// grid is a table drawn with lines, or a single box.
type grid struct {
	rect
	xs, ys []float32
	// walls[r][c] says whether a line stands under cell r,c; posts[r][c] right of it.
	walls, posts [][]bool
}

// Tolerances in points, and limits, of painted grids.
const (
	touching  = 3
	maxGrids  = 200
	maxAcross = 60
	maxDown   = 300
	// minCell is the least side of a cell; two lines closer than that are one double line.
	minCell = 5
)

// grids finds boxes and tables among the painted lines of a plane.
func grids(rules []rect) []grid {
	n := len(rules)
	if n < 3 || n > maxSheetRules {
		return nil
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rules[a].y0, rules[b].y0) })
	parent := make([]int, n)
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for k, a := range order {
		ra := rules[a]
		for _, b := range order[k+1:] {
			rb := rules[b]
			if rb.y0 > ra.y1+touching {
				break
			}
			if rb.x0 <= ra.x1+touching && rb.x1 >= ra.x0-touching {
				parent[find(a)] = find(b)
			}
		}
	}
	groups := map[int][]rect{}
	for _, i := range order {
		root := find(i)
		groups[root] = append(groups[root], rules[i])
	}
	var out []grid
	for _, i := range order {
		if g := groups[i]; find(i) == i && len(g) >= 3 && len(out) < maxGrids {
			if made, ok := newGrid(g); ok {
				out = append(out, made)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b grid) int { return cmp.Compare(a.y0, b.y0) })
	return out
}

// newGrid makes a grid of lines that touch each other.
func newGrid(rules []rect) (grid, bool) {
	var g grid
	for _, r := range rules {
		if r.width() >= r.height() {
			g.ys = append(g.ys, r.center())
		}
		if r.height() >= r.width() {
			g.xs = append(g.xs, (r.x0+r.x1)/2)
		}
	}
	g.xs, g.ys = distinct(g.xs), distinct(g.ys)
	if len(g.xs) < 2 || len(g.ys) < 2 || len(g.xs) > maxAcross || len(g.ys) > maxDown {
		return g, false
	}
	g.rect = rect{g.xs[0], g.ys[0], g.xs[len(g.xs)-1], g.ys[len(g.ys)-1]}
	rows, cols := len(g.ys)-1, len(g.xs)-1
	g.walls, g.posts = make([][]bool, rows), make([][]bool, rows)
	for r := range rows {
		g.walls[r], g.posts[r] = make([]bool, cols), make([]bool, cols)
		for c := range cols {
			midX, midY := (g.xs[c]+g.xs[c+1])/2, (g.ys[r]+g.ys[r+1])/2
			for _, l := range rules {
				if l.width() >= l.height() && abs(l.center()-g.ys[r+1]) < touching && l.x0 <= midX && l.x1 >= midX {
					g.walls[r][c] = true
				}
				if l.height() >= l.width() && abs((l.x0+l.x1)/2-g.xs[c+1]) < touching && l.y0 <= midY && l.y1 >= midY {
					g.posts[r][c] = true
				}
			}
		}
	}
	return g, true
}

func distinct(v []float32) []float32 {
	slices.Sort(v)
	return slices.CompactFunc(v, func(a, b float32) bool { return abs(b-a) < minCell })
}

// table reports whether the grid has cells beside each other; else it is a box around text.
func (g *grid) table() bool { return len(g.xs) > 2 }

// holds reports whether the middle of a box lies inside the grid.
func (g *grid) holds(r rect) bool {
	x, y := (r.x0+r.x1)/2, r.center()
	return x > g.x0-1 && x < g.x1+1 && y > g.y0-1 && y < g.y1+1
}

// cellOf returns the row and column of the cell in which a box stands; joined cells
// answer with their first.
func (g *grid) cellOf(r rect) (row, col int) {
	x, y := (r.x0+r.x1)/2, r.center()
	row, _ = slices.BinarySearch(g.ys, y)
	col, _ = slices.BinarySearch(g.xs, x)
	row, col = max(0, min(row-1, len(g.ys)-2)), max(0, min(col-1, len(g.xs)-2))
	for moved := true; moved; {
		moved = false
		for col > 0 && !g.posts[row][col-1] {
			col--
			moved = true
		}
		for row > 0 && !g.walls[row-1][col] {
			row--
			moved = true
		}
	}
	return row, col
}
