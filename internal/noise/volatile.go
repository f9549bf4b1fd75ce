package noise

import (
	"regexp"
	"slices"
	"strings"

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

// Alike reports whether two texts differ in their tokens alone.
func Alike(a, b string) bool {
	wa, _ := skeleton(a)
	wb, _ := skeleton(b)
	return slices.Equal(wa, wb)
}
