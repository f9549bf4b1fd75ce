package diff

import (
	"cmp"
	"slices"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// The likeness from which on two clauses are the same one changed.
const (
	// leastAlike is needed between two anchors, counting what number, heading and
	// neighbours add; without these leastText.
	leastAlike = 0.5
	leastText  = 0.22
	// leastAway is needed where nothing but the words says so, and leastAwayRunes is the length.
	leastAway      = 0.6
	leastAwayRunes = 16
	// leastNear makes them nearly the same, or leastNearInside of the shorter one standing in the other.
	leastNear       = 0.75
	leastNearInside = 0.95
	// leastKey is needed for two clauses with the same Block.Key that crossed others.
	leastKey = 0.3
	// leastInside is the part of the shorter clause that must stand in the longer for
	// the longer one to hold it, and leastInsideRunes its length.
	leastInside      = 0.85
	leastInsideRunes = 12
)

// score returns how surely the units i and j, between the same anchors, are the same
// clause, from 0 to about 1.5, and 0 where they are not.
func (c *comparison) score(i, j int, alone bool) float64 {
	x, y := &c.a[i], &c.b[j]
	if !compatible(x, y) || c.identity && x.block.Key != "" && y.block.Key != "" {
		return 0
	}
	text, inside := 1.0, 1.0
	if x.text != y.text {
		text, inside = likeness(x.sequences(), y.sequences())
	}
	if inside >= leastInside && min(x.runes, y.runes) >= leastInsideRunes {
		text = max(text, leastAlike)
	}
	around := 0.0
	if x.mark != "" && x.mark == y.mark {
		around += 0.08
	}
	if x.block.Kind == kaisei.BlockRow && firstCell(x) == firstCell(y) {
		around += 0.25 // what the row is about
	}
	if x.above == y.above || c.parents(x, y) {
		around += 0.06
	}
	if x.block.Kind == y.block.Kind {
		around += 0.02
	}
	sides := 0
	if c.neighbours(i-1, j-1) {
		sides++
	}
	if c.neighbours(i+1, j+1) {
		sides++
		if x.key == "" && y.key == "" {
			around += 0.2 // an article without a caption is the clause that it begins
		}
	}
	around += 0.06 * float64(sides)
	short := x.outline() || min(x.runes, y.runes) < leastInsideRunes
	switch {
	case text >= leastAlike:
	case text >= leastText && text+around >= leastAlike:
	case alone && short && x.block.Kind == y.block.Kind && sides == 2 && (x.outline() || text > 0 || x.mark != "" && x.mark == y.mark):
	case alone && text >= leastText && sides == 2:
	default:
		return 0
	}
	return text + around
}

func firstCell(u *unit) string {
	cell, _, _ := strings.Cut(u.key, "|")
	return cell
}

// compatible reports whether a block can have become the other by a change of words.
func compatible(x, y *unit) bool {
	class := func(k kaisei.BlockKind) int {
		switch k {
		case kaisei.BlockHeading:
			return 1
		case kaisei.BlockArticle:
			return 2
		case kaisei.BlockRow:
			return 3
		}
		return 4
	}
	return class(x.block.Kind) == class(y.block.Kind)
}

// parents reports that the headings above x and y are a pair.
func (c *comparison) parents(x, y *unit) bool {
	if x.parent < 0 || y.parent < 0 {
		return x.parent == y.parent
	}
	return c.paired(x.parent, y.parent)
}

func (c *comparison) paired(i, j int) bool { return c.toB[i] >= 0 && c.toB[i] == c.toA[j] }

// neighbours reports that the units i and j are a pair, or both the end of their side.
func (c *comparison) neighbours(i, j int) bool {
	endA, endB := i < 0 || i >= len(c.a), j < 0 || j >= len(c.b)
	if endA || endB {
		return endA && endB
	}
	return c.paired(i, j)
}

// similar pairs the clauses between two anchors that are alike: first the heaviest chain
// in order, then what is left, best first.
func (c *comparison) similar(as, bs []int) {
	links := c.links(as, bs)
	for _, l := range chain(squared(links)) {
		c.pair(l.a, l.b)
	}
	c.best(links, leastAway)
}

// nearlySame pairs the clauses between two anchors that are all but equal, in order.
func (c *comparison) nearlySame(as, bs []int) {
	links := slices.DeleteFunc(c.links(as, bs), func(l link) bool {
		alike, inside := likeness(c.a[l.a].sequences(), c.b[l.b].sequences())
		return alike < leastNear && (alike < leastAlike || inside < leastNearInside)
	})
	for _, l := range chain(squared(links)) {
		c.pair(l.a, l.b)
	}
}

// links returns the pairs of clauses between two anchors that may be the same, with
// their scores.
func (c *comparison) links(as, bs []int) []link {
	alone := len(as) == 1 && len(bs) == 1
	var links []link
	if len(as)*len(bs) <= maxPairs {
		for _, i := range as {
			for _, j := range bs {
				if s := c.score(i, j, alone); s > 0 {
					links = append(links, link{i, j, s})
				}
			}
		}
	} else {
		for _, l := range c.rare(as, bs) {
			if s := c.score(l.a, l.b, false); s > 0 {
				links = append(links, link{l.a, l.b, s})
			}
		}
	}
	return links
}

// squared returns links with their weights squared, so that one good pair beats two
// poor ones that cross it.
func squared(links []link) []link {
	out := slices.Clone(links)
	for i := range out {
		out[i].weight *= out[i].weight
	}
	return out
}

// best pairs the links of at least the weight least whose ends are free, heaviest first.
func (c *comparison) best(links []link, least float64) {
	slices.SortStableFunc(links, func(x, y link) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.b, y.b), cmp.Compare(x.a, y.a))
	})
	for _, l := range links {
		if l.weight >= least && c.toB[l.a] < 0 && c.toA[l.b] < 0 {
			c.pair(l.a, l.b)
		}
	}
}

// rare returns pairs of units that share rare sequences, for every unit of bs the few
// that share most.
func (c *comparison) rare(as, bs []int) []link {
	holders := map[uint32][]int32{}
	for _, i := range as {
		last := uint32(0)
		for k, g := range c.a[i].sequences() {
			if k > 0 && g == last {
				continue
			}
			last = g
			if h := holders[g]; len(h) <= maxShared {
				holders[g] = append(h, int32(i))
			}
		}
	}
	var out []link
	count := map[int32]int{}
	for _, j := range bs {
		clear(count)
		last := uint32(0)
		for k, g := range c.b[j].sequences() {
			if k > 0 && g == last {
				continue
			}
			last = g
			if h := holders[g]; len(h) <= maxShared {
				for _, i := range h {
					count[i]++
				}
			}
		}
		var found []link
		for i, n := range count {
			found = append(found, link{int(i), j, float64(n)})
		}
		slices.SortFunc(found, func(x, y link) int {
			return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.a, y.a))
		})
		out = append(out, found[:min(len(found), maxCandidates)]...)
	}
	return out
}

// anywhere pairs what is left on both sides and is long and alike enough to be the same
// clause wherever it stands.
func (c *comparison) anywhere() {
	left := func(units []unit, to []int) []int {
		var out []int
		for i := range units {
			if to[i] < 0 && units[i].runes >= leastAwayRunes {
				out = append(out, i)
			}
		}
		return out
	}
	as, bs := left(c.a, c.toB), left(c.b, c.toA)
	if len(as) == 0 || len(bs) == 0 {
		return
	}
	var links []link
	weigh := func(i, j int) {
		x, y := &c.a[i], &c.b[j]
		if x.text != y.text && (!compatible(x, y) || c.identity && x.block.Key != "" && y.block.Key != "") {
			return
		}
		s := c.alike(i, j)
		if x.above == y.above {
			s += 0.05
		}
		if s >= leastAway {
			links = append(links, link{i, j, s})
		}
	}
	if len(as)*len(bs) <= maxPairs {
		for _, i := range as {
			for _, j := range bs {
				weigh(i, j)
			}
		}
	} else {
		for _, l := range c.rare(as, bs) {
			weigh(l.a, l.b)
		}
	}
	c.best(links, leastAway)
}

// joined returns the wording of several units as one text, with the enumerators of
// all but the first or without. Bullets, which stand in the middle of a text that
// was joined, are left out.
func joined(units []unit, places []int, marks bool) string {
	if len(places) == 1 {
		return unbulleted(units[places[0]].key)
	}
	var s strings.Builder
	for k, i := range places {
		if k > 0 {
			s.WriteByte('\n')
			if marks {
				s.WriteString(units[i].mark)
			}
		}
		s.WriteString(units[i].key)
	}
	return unbulleted(ja.Key(s.String()))
}

// unbulleted leaves the bullets out of a key.
func unbulleted(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x2022 && bullet(r) {
			return -1
		}
		return r
	}, key)
}

// sameParts reports that units on either side make the same text.
func (c *comparison) sameParts(as, bs []int) bool {
	if len(as) == 1 && len(bs) == 1 {
		return c.a[as[0]].text == c.b[bs[0]].text
	}
	return joined(c.a, as, false) == joined(c.b, bs, false) || joined(c.a, as, true) == joined(c.b, bs, true)
}
