package noise

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// token is what may be volatile in a block without being prose: digits, times, and short ASCII words that
// hold a digit.
var token = regexp.MustCompile(`[0-9]+(?:[,.:/][0-9]+)*|[a-z]*[0-9][0-9a-z+_\-]*`)

// skeleton splits the comparison key of a block into words and tokens: words[i] stands before tokens[i].
func skeleton(text string) (words, tokens []string) {
	key := ja.Key(text)
	at := 0
	for _, m := range token.FindAllStringIndex(key, -1) {
		words, tokens = append(words, key[at:m[0]]), append(tokens, key[m[0]:m[1]])
		at = m[1]
	}
	return append(words, key[at:]), tokens
}

// differing returns at which tokens two blocks differ that are the same otherwise.
func differing(a, b string) (at []int, ok bool) {
	if len(a) > MaxBlock || len(b) > MaxBlock {
		return nil, false
	}
	wa, ta := skeleton(a)
	wb, tb := skeleton(b)
	if !slices.Equal(wa, wb) {
		return nil, false
	}
	for i := range ta {
		if ta[i] != tb[i] {
			at = append(at, i)
		}
	}
	return at, len(at) > 0
}

// moneyAndLaw are units of numbers that are never learned from one repeat.
var moneyAndLaw = regexp.MustCompile(`^(?:円|万|億|%|パーセント|条|項|号|章|節|版|か月|箇月|ヶ月|月|日|年|歳)`)

// plain reports whether the tokens in which two blocks differ are such as only noise has: no sentence that
// binds, no day without a time of day, no sum, no number of a clause.
func plain(before, after string) bool {
	at, ok := differing(before, after)
	if !ok {
		return false
	}
	for _, text := range []string{before, after} {
		for _, s := range ja.Sentences(text) {
			if ja.Strength(s).Rank > ja.RankNone {
				return false
			}
		}
		if factWords.MatchString(text) {
			return false
		}
		for _, d := range ja.Dates(text) {
			if d.Clock == "" {
				return false
			}
		}
		words, _ := skeleton(text)
		for _, i := range at {
			if moneyAndLaw.MatchString(words[i+1]) || strings.HasSuffix(words[i], "第") {
				return false
			}
		}
	}
	return true
}

// fits reports whether a block is that of a volatile spot, whatever its tokens are now.
func fits(s kaisei.Spot, text string) bool {
	if len(s.Parts) < 2 || len(text) > MaxBlock {
		return false
	}
	key := ja.Key(text)
	rest, ok := strings.CutPrefix(key, s.Parts[0])
	for _, p := range s.Parts[1:] {
		if !ok {
			return false
		}
		m := token.FindStringIndex(rest)
		if m == nil || m[0] != 0 {
			return false
		}
		rest, ok = strings.CutPrefix(rest[m[1]:], p)
	}
	return ok && rest == ""
}

// volatile makes a spot of a block that was seen with three values: its words are what stays the same in all.
func volatile(path []string, a, b, c string) (kaisei.Spot, bool) {
	ab, ok := differing(a, b)
	bc, again := differing(b, c)
	if !ok || !again || !plain(a, b) || !plain(b, c) || ja.Key(a) == ja.Key(c) {
		return kaisei.Spot{}, false
	}
	holes := map[int]bool{}
	for _, i := range append(ab, bc...) {
		holes[i] = true
	}
	return kaisei.Spot{Rule: RuleVolatile, Path: slices.Clone(path), Parts: around(c, holes)}, true
}

// around returns the words of a block around the tokens that are holes.
func around(text string, holes map[int]bool) []string {
	words, tokens := skeleton(text)
	parts := []string{""}
	for i, w := range words {
		parts[len(parts)-1] += w
		switch {
		case i == len(tokens):
		case holes[i]:
			parts = append(parts, "")
		default:
			parts[len(parts)-1] += tokens[i]
		}
	}
	return parts
}

// Grow adds to the rotating spots the texts that gave way to another between two looks that follow each other
// closely: what was shown and is gone is another value of the spot.
func Grow(spots []kaisei.Spot, edits []kaisei.Edit) ([]kaisei.Spot, bool) {
	out, grown := slices.Clone(spots), false
	for i := range out {
		s := &out[i]
		if s.Rule != RuleRotating || !s.Active() {
			continue
		}
		came, went := 0, 0
		for _, e := range edits {
			if !samePath(s.Path, place(e)) {
				continue
			}
			switch e.Kind {
			case kaisei.EditAdded:
				came++
			case kaisei.EditRemoved:
				went++
			}
			if e.Before == "" || e.Kind != kaisei.EditRemoved && e.Kind != kaisei.EditChanged || has(s.Values, e.Before) || len(s.Values) >= MaxValues {
				continue
			}
			if e.Kind == kaisei.EditChanged && !has(s.Values, e.After) && !concerned(*s, edits) {
				continue
			}
			s.Values = append(slices.Clone(s.Values), Value(e.Before))
			grown = true
		}
		if came > went && concerned(*s, edits) && !has(s.Values, "") {
			s.Values, grown = append(slices.Clone(s.Values), ""), true
		}
	}
	return out, grown
}

// concerned reports whether any of the edits is of the rotating spot.
func concerned(s kaisei.Spot, edits []kaisei.Edit) bool {
	return slices.ContainsFunc(edits, func(e kaisei.Edit) bool { return Concerns(s, e) })
}

// Unsettled reports whether an edit touches what differs between two looks that follow each other.
func Unsettled(e kaisei.Edit, between []kaisei.Edit) bool {
	return slices.ContainsFunc(between, func(d kaisei.Edit) bool {
		return e.After != "" && ja.Key(e.After) == ja.Key(d.After) || e.Before != "" && e.After == "" && ja.Key(e.Before) == ja.Key(d.Before)
	})
}

// Restless learns volatile spots of whatever sentence from the edits of many readings in a row, each of which
// showed another value of the same shape in a block: no editor does that.
func Restless(steps [][]kaisei.Edit) []kaisei.Spot {
	if len(steps) < 2 {
		return nil
	}
	var out []kaisei.Spot
	for _, e := range steps[len(steps)-1] {
		if e.Kind != kaisei.EditChanged {
			continue
		}
		texts := []string{e.After, e.Before}
		for i := len(steps) - 2; i >= 0; i-- {
			at := slices.IndexFunc(steps[i], func(d kaisei.Edit) bool {
				return d.Kind == kaisei.EditChanged && ja.Key(d.After) == ja.Key(texts[len(texts)-1]) && samePath(place(d), place(e))
			})
			if at < 0 {
				break
			}
			texts = append(texts, steps[i][at].Before)
		}
		if len(texts) != len(steps)+1 {
			continue
		}
		holes, ok := map[int]bool{}, true
		seen := map[string]bool{ja.Key(e.After): true}
		for i := 1; ok && i < len(texts); i++ {
			var at []int
			at, ok = differing(texts[i-1], texts[i])
			for _, h := range at {
				holes[h] = true
			}
			ok = ok && !seen[ja.Key(texts[i])]
			seen[ja.Key(texts[i])] = true
		}
		if ok {
			out = append(out, kaisei.Spot{Rule: RuleVolatile, Path: slices.Clone(place(e)), Parts: around(e.After, holes)})
		}
	}
	return out
}

// Tokens learns volatile spots from the edits between three readings in a row: the same block showed a third
// value of the same shape.
func Tokens(earlier, later []kaisei.Edit) []kaisei.Spot {
	var out []kaisei.Spot
	for _, e := range later {
		if e.Kind != kaisei.EditChanged {
			continue
		}
		for _, d := range earlier {
			if d.Kind != kaisei.EditChanged || ja.Key(d.After) != ja.Key(e.Before) || !samePath(place(d), place(e)) {
				continue
			}
			if s, ok := volatile(place(e), d.Before, e.Before, e.After); ok {
				out = append(out, s)
			}
			break
		}
	}
	return out
}

// Rotating learns the spots whose texts give way to each other. readings are the edits from each of several
// readings in a row to the next, all of which differ; base are those from the latest version to the last
// reading, which tell what the version shows there.
func Rotating(readings [][]kaisei.Edit, base []kaisei.Edit) []kaisei.Spot {
	var spots []kaisei.Spot
	add := func(path []string, texts ...string) {
		i := slices.IndexFunc(spots, func(s kaisei.Spot) bool { return samePath(s.Path, path) })
		if i < 0 {
			i = len(spots)
			spots = append(spots, kaisei.Spot{Rule: RuleRotating, Path: slices.Clone(path)})
		}
		for _, t := range texts {
			if !has(spots[i].Values, t) {
				spots[i].Values = append(spots[i].Values, Value(t))
			}
		}
	}
	for _, edits := range readings {
		came, went := map[string]int{}, map[string]int{}
		for _, e := range edits {
			path := strings.Join(place(e), "\x00")
			switch e.Kind {
			case kaisei.EditAdded:
				came[path]++
				add(place(e), e.After)
			case kaisei.EditRemoved:
				went[path]++
				add(place(e), e.Before)
			default:
				add(place(e), e.Before, e.After)
			}
		}
		for i := range spots {
			if p := strings.Join(spots[i].Path, "\x00"); came[p] != went[p] && !has(spots[i].Values, "") {
				spots[i].Values = append(spots[i].Values, "")
			}
		}
	}
	for i := range spots {
		for _, v := range standing(spots[i], base) {
			spots[i].Values = append(spots[i].Values, Value(v))
		}
	}
	return spots
}

// standing returns what the latest version shows at a rotating spot, where the edits to the last reading tell:
// the text that gave way to one of its values, or the one removed text beside an added one.
func standing(s kaisei.Spot, base []kaisei.Edit) []string {
	var out, removed []string
	added := 0
	for _, e := range base {
		if !samePath(s.Path, place(e)) {
			continue
		}
		switch {
		case e.Kind == kaisei.EditChanged && has(s.Values, e.After) && !has(s.Values, e.Before):
			out = append(out, e.Before)
		case e.Kind == kaisei.EditAdded && has(s.Values, e.After):
			added++
		case e.Kind == kaisei.EditRemoved && !has(s.Values, e.Before):
			removed = append(removed, e.Before)
		}
	}
	switch {
	case len(out) == 0 && len(removed) == 1 && (added == 1 || has(s.Values, "")):
		out = removed
	case len(out) == 0 && len(removed) == 0 && added > 0 && !has(s.Values, ""):
		out = []string{""} // nothing stood there
	}
	return out
}

// Passing returns the edits between two readings whose texts did not stay for two readings in a row: what came
// and stayed, or stood and went, is no value of a rotating spot.
func Passing(edits []kaisei.Edit, readings [][]kaisei.Block) []kaisei.Edit {
	stood := map[string]bool{}
	var last map[string]bool
	for _, blocks := range readings {
		now := map[string]bool{}
		for _, b := range blocks {
			key := ja.Key(b.Text)
			now[key] = true
			if last[key] {
				stood[key] = true
			}
		}
		last = now
	}
	return slices.DeleteFunc(slices.Clone(edits), func(e kaisei.Edit) bool {
		return e.Before != "" && stood[ja.Key(e.Before)] || e.After != "" && stood[ja.Key(e.After)]
	})
}

// Flips makes suspected spots of the edits to a text that gave way to the one before again.
func Flips(edits []kaisei.Edit) []kaisei.Spot {
	var out []kaisei.Spot
	for _, e := range edits {
		s := kaisei.Spot{Rule: RuleRotating, Path: slices.Clone(place(e)), Values: []string{Value(e.Before), Value(e.After)}}
		i := slices.IndexFunc(out, func(k kaisei.Spot) bool { return samePath(k.Path, s.Path) })
		if i < 0 {
			out = append(out, s)
			continue
		}
		for _, v := range s.Values {
			if !has(out[i].Values, v) {
				out[i].Values = append(out[i].Values, v)
			}
		}
	}
	return out
}

// Concerns reports whether an edit is of a rotating spot or one suspected: it stands there and holds one of its
// texts on a side.
func Concerns(s kaisei.Spot, e kaisei.Edit) bool {
	return samePath(s.Path, place(e)) && (e.Before != "" && has(s.Values, e.Before) || e.After != "" && has(s.Values, e.After))
}

// Alike reports whether two texts differ in their tokens alone.
func Alike(a, b string) bool {
	wa, _ := skeleton(a)
	wb, _ := skeleton(b)
	return slices.Equal(wa, wb)
}

// maxValue is the longest text, in bytes, that is remembered as such; of a longer one its beginning and hash are.
const maxValue = 400

// Value is how a text is remembered at a rotating spot.
func Value(text string) string {
	if len(text) <= maxValue {
		return text
	}
	r := []rune(text)
	return string(r[:min(len(r), 60)]) + "…#" + kaisei.Hash([]byte(ja.Key(text)))[:16]
}

func has(values []string, text string) bool {
	key := ja.Key(Value(text))
	return slices.ContainsFunc(values, func(v string) bool { return ja.Key(v) == key })
}

// Bounds of what is remembered of one page.
const (
	MaxSpots  = 64
	MaxValues = 64
)

// Merge adds spots to those known. Spots of the same words are one; rotating spots at one place that share a
// text are one, and their Times add up.
func Merge(known, more []kaisei.Spot) []kaisei.Spot {
	out := slices.Clone(known)
	for _, m := range more {
		i := slices.IndexFunc(out, func(k kaisei.Spot) bool { return sameSpot(k, m) })
		if i < 0 {
			if len(out) < MaxSpots {
				out = append(out, m)
			}
			continue
		}
		k := out[i]
		k.Values = slices.Clone(k.Values)
		for _, v := range m.Values {
			if len(k.Values) < MaxValues && !has(k.Values, v) {
				k.Values = append(k.Values, v)
			}
		}
		k.Times += m.Times
		k.Looks = append(slices.Clone(k.Looks), m.Looks...)
		k.Looks = k.Looks[max(0, len(k.Looks)-MaxLooks):]
		if m.Varied.After(k.Varied) {
			k.Varied = m.Varied
		}
		k.Back = k.Back || m.Back
		out[i] = k
	}
	return out
}

// MaxLooks is how many of the looks that taught a spot are remembered.
const MaxLooks = 8

func sameSpot(a, b kaisei.Spot) bool {
	if a.Rule != b.Rule || !samePath(a.Path, b.Path) {
		return false
	}
	if a.Rule == RuleVolatile {
		return slices.Equal(a.Parts, b.Parts)
	}
	return slices.ContainsFunc(b.Values, func(v string) bool { return v != "" && has(a.Values, v) })
}

// Binds reports whether an edit is of a sentence that binds or names a day: nothing that a banner does.
func Binds(e kaisei.Edit) bool {
	for _, text := range []string{e.Before, e.After} {
		if len(ja.Dates(text)) > 0 {
			return true
		}
		for _, s := range ja.Sentences(text) {
			if ja.Strength(s).Rank > ja.RankNone {
				return true
			}
		}
	}
	return false
}

// bannerRunes is the longest line that may be a banner; sameLine is from which likeness on a line was edited and
// not replaced.
const (
	bannerRunes = 120
	sameLine    = 0.5
)

// LikeBanner reports whether an edit looks as if a banner turned: a short line that does not bind came, went or
// gave way to another.
func LikeBanner(e kaisei.Edit) bool {
	if Binds(e) || utf8.RuneCountInString(e.Before) > bannerRunes || utf8.RuneCountInString(e.After) > bannerRunes {
		return false
	}
	switch e.Kind {
	case kaisei.EditAdded, kaisei.EditRemoved:
		return true
	case kaisei.EditChanged:
		return ja.Likeness(ja.Key(e.Before), ja.Key(e.After)) < sameLine
	}
	return false
}

// minLasting is the least length, in characters, of a sentence that lasts.
const minLasting = 8

// Lasting returns the sentences that stand in every one of the readings among the texts of a rotating spot and
// in none of its known texts nor in the latest version: texts rotate in front of them, and they stay.
func Lasting(latest []kaisei.Block, readings [][]kaisei.Block, spots []kaisei.Spot) []string {
	known := map[string]bool{}
	rotates := func(path []string) bool { return false }
	for _, s := range spots {
		if s.Rule != RuleRotating || !s.Active() {
			continue
		}
		before := rotates
		rotates = func(path []string) bool { return before(path) || samePath(s.Path, path) }
		for _, v := range s.Values {
			keep(known, v)
		}
	}
	for _, b := range latest {
		keep(known, b.Text)
	}
	var out []string
	for i, blocks := range readings {
		here := map[string]bool{}
		for _, b := range blocks {
			if !rotates(b.Path) {
				continue
			}
			for _, s := range ja.Sentences(b.Text) {
				if key := ja.Key(s); utf8.RuneCountInString(key) >= minLasting && !known[key] && !here[key] {
					here[key] = true
					if i == 0 {
						out = append(out, key)
					}
				}
			}
		}
		out = slices.DeleteFunc(out, func(s string) bool { return !here[s] })
	}
	return out
}

func keep(known map[string]bool, text string) {
	for _, s := range ja.Sentences(text) {
		known[ja.Key(s)] = true
	}
}
