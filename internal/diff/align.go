package diff

import (
	"slices"
	"strings"

	"kaisei/internal/kaisei"
	"znkr.io/diff"
)

// comparison pairs the units of two readings.
type comparison struct {
	a, b []unit
	// toB and toA hold the index of the group that a unit belongs to, or -1.
	toB, toA []int
	groups   []group
	// identity says that the blocks' keys name them wherever they stand (a row's ID), and
	// do not count places (A16-P1), as the keys of a law do.
	identity bool
}

// group is a pair of clauses that are the same one: mostly one block on either side,
// several on one where it was split or merged. Its blocks are consecutive within their
// stream.
type group struct {
	a, b []int
	// equal says that the wording is.
	equal bool
}

func newComparison(prev, next []kaisei.Block) *comparison {
	r := newReader()
	c := &comparison{a: r.units(prev), b: r.units(next)}
	c.toB = slices.Repeat([]int{-1}, len(c.a))
	c.toA = slices.Repeat([]int{-1}, len(c.b))
	c.identity = !hierarchical(prev) && !hierarchical(next)
	return c
}

// hierarchical reports that keys of blocks are built from those of the blocks above.
func hierarchical(blocks []kaisei.Block) bool {
	keys := map[string]bool{}
	for i := range blocks {
		if k := blocks[i].Key; k != "" {
			keys[k] = true
		}
	}
	for k := range keys {
		if at := strings.LastIndexByte(k, '-'); at > 0 && keys[k[:at]] {
			return true
		}
	}
	return false
}

// equal reports that the two readings have the same wording, block by block.
func (c *comparison) equal() bool {
	return slices.EqualFunc(c.a, c.b, func(x, y unit) bool { return x.text == y.text && x.mark == y.mark })
}

// pair makes the units i and j one clause.
func (c *comparison) pair(i, j int) {
	c.join([]int{i}, []int{j}, c.a[i].text == c.b[j].text)
}

// join makes the units as and bs, none of which has a partner, one clause.
func (c *comparison) join(as, bs []int, equal bool) {
	for _, i := range as {
		c.toB[i] = len(c.groups)
	}
	for _, j := range bs {
		c.toA[j] = len(c.groups)
	}
	c.groups = append(c.groups, group{a: as, b: bs, equal: equal})
}

// align pairs what can be paired. Notes are a stream of their own, because the page
// break decides where between the paragraphs they stand.
func (c *comparison) align() {
	for _, note := range [...]bool{false, true} {
		as, bs := stream(c.a, note), stream(c.b, note)
		far := c.anchor(as, bs)
		c.inGaps(as, bs, c.sameUnderSameHeading)
		c.inGaps(as, bs, c.same)
		c.inGaps(as, bs, c.cutDifferently)
		// A clause that is nearly the same in its place was changed there, even where
		// one that is quite the same now stands elsewhere.
		c.inGaps(as, bs, c.nearlySame)
		for _, l := range far {
			if c.toB[l.a] < 0 && c.toA[l.b] < 0 {
				c.pair(l.a, l.b)
			}
		}
		c.inGaps(as, bs, c.cutDifferently)
		// Once more where something was found, since neighbours tell.
		found := len(c.groups)
		if c.inGaps(as, bs, c.similar); len(c.groups) > found {
			c.inGaps(as, bs, c.similar)
		}
		c.inGaps(as, bs, c.retitled)
	}
	c.anywhere()
	for _, note := range [...]bool{false, true} {
		as, bs := stream(c.a, note), stream(c.b, note)
		c.byKey(as, bs)
		c.grow(as, bs)
	}
	c.strays()
	c.settle()
}

// stream returns the places of the notes, or of all else.
func stream(units []unit, note bool) []int {
	var out []int
	for i := range units {
		if units[i].note() == note {
			out = append(out, i)
		}
	}
	return out
}

// minMoved is the length in characters from which on a text that stands once on either
// side is the same clause wherever it stands. A shorter one has to stand under the
// same heading.
const minMoved = 8

// anchor pairs the units whose wording, or whose Block.Key with that wording, stands
// once on either side, as far as they are in order. It returns the others whose wording
// stands once; a key that only counts its places says nothing about a move.
func (c *comparison) anchor(as, bs []int) (far []link) {
	if c.identity {
		for _, l := range c.sameKey(as) {
			if c.a[l.a].note() == c.b[l.b].note() {
				c.pair(l.a, l.b)
			}
		}
	}
	text := func(u *unit) int { return u.text }
	id := func(u *unit) int { return u.id }
	textA, textB := once(c.a, as, text), once(c.b, bs, text)
	idA, idB := once(c.a, as, id), once(c.b, bs, id)
	var links []link
	for _, i := range as {
		u := &c.a[i]
		if u.key == "" || c.toB[i] >= 0 {
			continue
		}
		j, unique := textB[u.text]
		unique = unique && j >= 0 && textA[u.text] == i
		k, near := idB[u.id]
		near = near && k >= 0 && idA[u.id] == i
		switch {
		case unique && (u.runes >= minMoved || near && j == k):
			far = append(far, link{i, j, c.weightOf(u)})
		case near && u.runes >= minMoved:
			j = k
		default:
			continue
		}
		links = append(links, link{i, j, c.weightOf(u)})
	}
	for _, l := range c.sameKey(as) {
		// An article without a caption has no words: its clauses say which one it is.
		if c.a[l.a].key != "" && c.toB[l.a] < 0 && c.a[l.a].text == c.b[l.b].text && c.a[l.a].note() == c.b[l.b].note() {
			links = append(links, l)
		}
	}
	for _, l := range chain(links) {
		if c.toB[l.a] < 0 && c.toA[l.b] < 0 {
			c.pair(l.a, l.b)
		}
	}
	return far
}

// once returns, for every number that of gives to the units at places, where it
// stands, or -1 where it stands twice.
func once(units []unit, places []int, of func(*unit) int) map[int]int {
	at := make(map[int]int, len(places))
	for _, i := range places {
		k := of(&units[i])
		if _, twice := at[k]; twice {
			i = -1
		}
		at[k] = i
	}
	return at
}

// sameKey links the units at places with those of the same Block.Key, where the key
// stands once on either side.
func (c *comparison) sameKey(places []int) []link {
	at := map[string]int{}
	for j := range c.b {
		if k := c.b[j].block.Key; k != "" {
			if _, twice := at[k]; twice {
				j = -1
			}
			at[k] = j
		}
	}
	if len(at) == 0 {
		return nil
	}
	seen := map[string]int{}
	for i := range c.a {
		if k := c.a[i].block.Key; k != "" {
			seen[k]++
		}
	}
	var out []link
	for _, i := range places {
		u := &c.a[i]
		if j, ok := at[u.block.Key]; ok && j >= 0 && seen[u.block.Key] == 1 {
			out = append(out, link{i, j, c.weightOf(u)})
		}
	}
	return out
}

// byKey pairs what is left with the same Block.Key: between the same anchors whatever
// was written in its place, elsewhere only what is somewhat alike, since the number of
// an article is its key and another may have taken it.
func (c *comparison) byKey(as, bs []int) {
	c.inGaps(as, bs, func(as, bs []int) {
		in := map[int]bool{}
		for _, j := range bs {
			in[j] = true
		}
		var links []link
		for _, l := range c.sameKey(as) {
			if in[l.b] && compatible(&c.a[l.a], &c.b[l.b]) {
				links = append(links, l)
			}
		}
		for _, l := range chain(links) {
			c.pair(l.a, l.b)
		}
	})
	for _, l := range c.sameKey(as) {
		if c.toB[l.a] < 0 && c.toA[l.b] < 0 && compatible(&c.a[l.a], &c.b[l.b]) && c.alike(l.a, l.b) >= leastKey {
			c.pair(l.a, l.b)
		}
	}
}

// alike returns how alike the wording of two units is, from 0 to 1.
func (c *comparison) alike(i, j int) float64 {
	if c.a[i].text == c.b[j].text {
		return 1
	}
	alike, _ := likeness(c.a[i].sequences(), c.b[j].sequences())
	return alike
}

// weight is what a pair is worth where not all can stay in order.
func (c *comparison) weight(g group) float64 {
	w := 0.0
	for _, i := range g.a {
		w += c.weightOf(&c.a[i])
	}
	return w
}

// weightOf is the length of a unit, within bounds. A heading weighs more than any
// clause, so that clauses move past headings and not the other way round.
func (c *comparison) weightOf(u *unit) float64 {
	w := 4 + float64(min(u.runes, maxWeight))
	if u.outline() {
		w += 2 * maxWeight
	}
	return w
}

// maxWeight is the length in characters from which on clauses weigh the same.
const maxWeight = 200

// kept returns the links, between the first blocks of groups and with the index of
// the group in place of the weight, that are in order on both sides.
func (c *comparison) kept(in func(group) bool) []link {
	links := make([]link, 0, len(c.groups))
	for _, g := range c.groups {
		if in(g) {
			links = append(links, link{g.a[0], g.b[0], c.weight(g)})
		}
	}
	return chain(links)
}

// inGaps calls pair with the unpaired units between every two pairs that are in order,
// and before the first and after the last.
func (c *comparison) inGaps(as, bs []int, pair func(as, bs []int)) {
	if len(as) == 0 || len(bs) == 0 {
		return
	}
	note := c.a[as[0]].note()
	kept := c.kept(func(g group) bool { return c.a[g.a[0]].note() == note && c.b[g.b[0]].note() == note })
	x, y := 0, 0
	free := func(places []int, at *int, to []int, until int) []int {
		var out []int
		for ; *at < len(places) && places[*at] < until; *at++ {
			if to[places[*at]] < 0 {
				out = append(out, places[*at])
			}
		}
		return out
	}
	for k := 0; k <= len(kept); k++ {
		untilA, untilB := len(c.a), len(c.b)
		if k < len(kept) {
			untilA, untilB = kept[k].a, kept[k].b
		}
		p, q := free(as, &x, c.toB, untilA), free(bs, &y, c.toA, untilB)
		if len(p) > 0 && len(q) > 0 {
			pair(p, q)
		}
	}
}

func (c *comparison) sameUnderSameHeading(as, bs []int) {
	c.inOrder(as, bs, func(u *unit) int { return u.id })
}

func (c *comparison) same(as, bs []int) {
	c.inOrder(as, bs, func(u *unit) int { return u.text })
}

// inOrder pairs the longest sequence of units that are equal by of, and not empty.
func (c *comparison) inOrder(as, bs []int, of func(*unit) int) {
	numbers := func(units []unit, places []int, empty int) []int {
		out := make([]int, len(places))
		for k, i := range places {
			out[k] = of(&units[i])
			if units[i].key == "" {
				out[k] = empty - k // matches nothing
			}
		}
		return out
	}
	x, y := numbers(c.a, as, -1), numbers(c.b, bs, -1-len(as))
	var options []diff.Option
	if len(x)+len(y) > maxExactBlocks {
		options = append(options, diff.Fast())
	}
	for _, e := range diff.Edits(x, y, options...) {
		if e.Op == diff.Match {
			c.pair(as[e.PosX], bs[e.PosY])
		}
	}
}
