package diff

// retitled pairs the headings and articles left between two anchors whose words have
// nothing in common any more but whose number and place have, or whose clauses are pairs:
// the heading was rewritten, not the section.
func (c *comparison) retitled(as, bs []int) {
	var p, q []int
	for _, i := range as {
		if c.a[i].outline() {
			p = append(p, i)
		}
	}
	for _, j := range bs {
		if c.b[j].outline() {
			q = append(q, j)
		}
	}
	if len(p) == 0 || len(q) == 0 || len(p)*len(q) > maxPairs {
		return
	}
	type pairing struct{ a, b int }
	in := make(map[pairing]int)
	under, above := map[int]int{}, map[int]int{}
	for _, g := range c.groups {
		x, y := c.a[g.a[0]].parent, c.b[g.b[0]].parent
		in[pairing{x, y}]++
		under[x]++
		above[y]++
	}
	var links []link
	for _, i := range p {
		for _, j := range q {
			x, y := &c.a[i], &c.b[j]
			if x.block.Kind != y.block.Kind || x.block.Level != y.block.Level {
				continue
			}
			n := in[pairing{i, j}]
			same := x.mark != "" && x.mark == y.mark && c.parents(x, y)
			// Without words on either side, one clause may say all.
			least := 1
			if x.key == "" && y.key == "" {
				least = 0
			}
			if same && n > 0 || n > least && 2*n > under[i] && 2*n > above[j] {
				links = append(links, link{i, j, float64(1 + n)})
			}
		}
	}
	for _, l := range chain(links) {
		c.pair(l.a, l.b)
	}
}
