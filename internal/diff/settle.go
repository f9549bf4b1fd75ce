package diff

// settle moves runs of blocks without a partner to where they begin with a heading.
// Where a section is put in between two that begin alike (附則 第一条 この法律は、…), several
// runs can be the new one, and the one that is a section by itself is meant.
func (c *comparison) settle() {
	single := func(k int) bool { return k >= 0 && len(c.groups[k].a) == 1 && len(c.groups[k].b) == 1 }
	settle(c.b, c.toA, single, func(from, to int) { c.rehome(from, to, c.toA, func(g *group) []int { return g.b }) })
	settle(c.a, c.toB, single, func(from, to int) { c.rehome(from, to, c.toB, func(g *group) []int { return g.a }) })
}

// rehome gives the partner of the block from to the block to.
func (c *comparison) rehome(from, to int, of []int, side func(*group) []int) {
	side(&c.groups[of[from]])[0] = to
	of[to], of[from] = of[from], -1
	g := &c.groups[of[to]]
	g.equal = c.a[g.a[0]].text == c.b[g.b[0]].text
}

// maxSettle is by how many blocks a run is moved at most.
const maxSettle = 400

func settle(units []unit, to []int, single func(int) bool, rehome func(from, to int)) {
	for start := 0; start < len(units); start++ {
		if to[start] >= 0 {
			continue
		}
		end := start
		for end < len(units) && to[end] < 0 {
			end++
		}
		best, at := rank(units, start), 0
		for k := 1; k <= maxSettle && start-k >= 0 && single(to[start-k]) && alikeUnits(&units[start-k], &units[end-k]); k++ {
			if r := rank(units, start-k); r < best {
				best, at = r, k
			}
		}
		for k := 1; k <= at; k++ {
			rehome(start-k, end-k)
		}
		if at == 0 {
			down := 0
			for k := 1; k <= maxSettle && end+k <= len(units) && single(to[end+k-1]) && alikeUnits(&units[start+k-1], &units[end+k-1]); k++ {
				if r := rank(units, start+k); start+k < len(units) && r < best {
					best, down = r, k
				}
			}
			for k := 1; k <= down; k++ {
				rehome(end+k-1, start+k-1)
			}
			end += down
		}
		start = end
	}
}

// alikeUnits reports that one may stand for the other.
func alikeUnits(x, y *unit) bool {
	return x.text == y.text && x.mark == y.mark && x.block.Kind == y.block.Kind
}

// rank orders places for a run to begin at: the outermost heading first.
func rank(units []unit, i int) int {
	if i >= len(units) || !units[i].outline() {
		return 1 << 20
	}
	return depth(*units[i].block)
}
