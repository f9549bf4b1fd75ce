package diff

import "strings"

// cutDifferently pairs stretches at the beginning and the end of a gap whose words are
// the same though they are cut into blocks differently.
func (c *comparison) cutDifferently(as, bs []int) {
	for len(as) > 0 && len(bs) > 0 {
		n, m := c.sameWords(as, bs, false)
		if n == 0 {
			break
		}
		c.join(as[:n:n], bs[:m:m], true)
		as, bs = as[n:], bs[m:]
	}
	for len(as) > 0 && len(bs) > 0 {
		n, m := c.sameWords(as, bs, true)
		if n == 0 {
			break
		}
		c.join(as[len(as)-n:], bs[len(bs)-m:], true)
		as, bs = as[:len(as)-n], bs[:len(bs)-m]
	}
}

// sameWords returns the smallest numbers of units at the beginning (or end) of as and
// bs that make the same text, or zeros.
func (c *comparison) sameWords(as, bs []int, end bool) (n, m int) {
	if n, m = c.sameText(as, bs, end, false); n == 0 {
		n, m = c.sameText(as, bs, end, true)
	}
	return n, m
}

// sameText is sameWords with the enumerators inside the text or without.
func (c *comparison) sameText(as, bs []int, end, marks bool) (n, m int) {
	pick := func(places []int, n int) []int {
		if end {
			return places[len(places)-n:]
		}
		return places[:n]
	}
	n, m = 1, 1
	for n <= min(len(as), maxParts) && m <= min(len(bs), maxParts) {
		p, q := pick(as, n), pick(bs, m)
		if !consecutive(p) || !consecutive(q) {
			return 0, 0
		}
		x, y := joined(c.a, p, marks), joined(c.b, q, marks)
		switch {
		case x == y:
			if x == "" {
				return 0, 0
			}
			return n, m
		case !end && strings.HasPrefix(x, y), end && strings.HasSuffix(x, y):
			m++
		case !end && strings.HasPrefix(y, x), end && strings.HasSuffix(y, x):
			n++
		default:
			return 0, 0
		}
	}
	return 0, 0
}

// consecutive reports that nothing but what belongs to another stream lies between places.
func consecutive(places []int) bool {
	return len(places) < 2 || places[len(places)-1]-places[0] < len(places)+maxBetween
}

// maxBetween is the number of notes that may stand between the parts of a clause.
const maxBetween = 4

// grow adds to a pair the blocks beside it that have no partner and whose words the
// other side of the pair holds: a clause that was split or merged and changed besides.
func (c *comparison) grow(as, bs []int) {
	orderA, orderB := order(len(c.a), as), order(len(c.b), bs)
	for k := range c.groups {
		g := &c.groups[k]
		if g.equal || orderA[g.a[0]] < 0 || orderB[g.b[0]] < 0 || c.a[g.a[0]].outline() {
			continue
		}
		for range maxParts {
			if !c.growOnce(k, as, orderA, bs, orderB) {
				break
			}
		}
	}
}

// strays adds to a note the part of it that the reader of one side took for a
// paragraph, because a page break lay between, where that makes the note the same again.
func (c *comparison) strays() {
	adopt := func(units []unit, to []int, side func(*group) *[]int) {
		for k := range c.groups {
			g := &c.groups[k]
			if g.equal || !c.a[g.a[0]].note() || !c.b[g.b[0]].note() || len(g.a)+len(g.b) > 2 {
				continue
			}
			own := side(g)
			last := (*own)[0]
			for i := last + 1; i < len(units) && i <= last+maxStray; i++ {
				if to[i] >= 0 || units[i].note() || units[i].outline() {
					continue
				}
				*own = append(*own, i)
				if c.sameParts(g.a, g.b) {
					g.equal = true
					to[i] = k
					break
				}
				*own = (*own)[:1]
			}
		}
	}
	adopt(c.b, c.toA, func(g *group) *[]int { return &g.b })
	adopt(c.a, c.toB, func(g *group) *[]int { return &g.a })
}

// maxStray is how many blocks behind a note the rest of it may stand.
const maxStray = 12

// order returns, for every unit, its place in the stream, or -1.
func order(n int, places []int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	for k, i := range places {
		out[i] = k
	}
	return out
}

// growOnce adds one block to the group k on either side, the best that qualifies.
func (c *comparison) growOnce(k int, as, orderA, bs, orderB []int) bool {
	g := &c.groups[k]
	type addition struct {
		first bool
		side  *[]int
		to    []int
		place int
	}
	var try []addition
	if at := orderB[g.b[0]]; at > 0 && c.toA[bs[at-1]] < 0 {
		try = append(try, addition{true, &g.b, c.toA, bs[at-1]})
	}
	if at := orderB[g.b[len(g.b)-1]]; at+1 < len(bs) && c.toA[bs[at+1]] < 0 {
		try = append(try, addition{false, &g.b, c.toA, bs[at+1]})
	}
	if at := orderA[g.a[0]]; at > 0 && c.toB[as[at-1]] < 0 {
		try = append(try, addition{true, &g.a, c.toB, as[at-1]})
	}
	if at := orderA[g.a[len(g.a)-1]]; at+1 < len(as) && c.toB[as[at+1]] < 0 {
		try = append(try, addition{false, &g.a, c.toB, as[at+1]})
	}
	if len(try) == 0 {
		return false
	}
	x, y := bag(joined(c.a, g.a, false)), bag(joined(c.b, g.b, false))
	now, _ := likeness(x, y)
	for _, t := range try {
		if len(*t.side) >= maxParts {
			continue
		}
		places := append([]int(nil), *t.side...)
		if t.first {
			places = append([]int{t.place}, places...)
		} else {
			places = append(places, t.place)
		}
		var u *unit
		var then float64
		var rest []uint32
		if t.side == &g.b {
			u, rest = &c.b[t.place], without(x, y)
			then, _ = likeness(x, bag(joined(c.b, places, false)))
		} else {
			u, rest = &c.a[t.place], without(y, x)
			then, _ = likeness(bag(joined(c.a, places, false)), y)
		}
		if u.outline() || u.key == "" || c.identity && u.block.Key != "" {
			continue
		}
		part := u.sequences()
		if then <= now || float64(shared(part, rest)) < leastPart*float64(len(part)) {
			continue
		}
		*t.side = places
		t.to[t.place] = k
		g.equal = c.sameParts(g.a, g.b)
		return true
	}
	return false
}

// leastPart is how much of a part must be among the words that the clause it is to
// belong to lacks.
const leastPart = 0.5

// bag returns the sequences of a text.
func bag(key string) []uint32 {
	u := unit{key: key}
	return u.sequences()
}
