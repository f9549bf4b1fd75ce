package diff

import (
	"strings"
	"unicode/utf8"
)

// tidy makes hunks read as an editor would mark them, without making them longer by
// more than a few characters: an insertion or deletion that could stand at several
// places is put where a phrase begins and ends, and a particle that two replaced words
// happen to have between them is replaced with them.
func tidy(hs []hunk, t, u []token, x, y []int) []hunk {
	for i := range hs {
		low, high := hunk{}, hunk{len(x), len(x), len(y), len(y)}
		if i > 0 {
			low = hs[i-1]
		}
		if i+1 < len(hs) {
			high = hs[i+1]
		}
		switch h := &hs[i]; {
		case h.x0 == h.x1:
			k := slide(u, y, h.y0, h.y1, low.y1, high.y0)
			h.x0, h.x1, h.y0, h.y1 = h.x0+k, h.x1+k, h.y0+k, h.y1+k
		case h.y0 == h.y1:
			k := slide(t, x, h.x0, h.x1, low.x1, high.x0)
			h.x0, h.x1, h.y0, h.y1 = h.x0+k, h.x1+k, h.y0+k, h.y1+k
		}
	}
	hs = replaced(hs)
	var out []hunk
	for _, h := range hs {
		if n := len(out); n > 0 && blends(out[n-1], h, t) {
			out[n-1].x1, out[n-1].y1 = h.x1, h.y1
			continue
		}
		out = append(out, h)
	}
	return out
}

// maxSlide is how far an insertion is moved to where it reads best.
const maxSlide = 64

// slide returns by how many tokens the stretch t[start:end], whose neighbours from low
// to high are the same on both sides, is best moved.
func slide(t []token, id []int, start, end, low, high int) int {
	best, at := fit(t, start, end), 0
	for k := 1; k <= maxSlide && start-k >= low && id[start-k] == id[end-k]; k++ {
		if f := fit(t, start-k, end-k); f > best {
			best, at = f, -k
		}
	}
	for k := 1; k <= maxSlide && end+k <= high && id[start+k-1] == id[end+k-1]; k++ {
		if f := fit(t, start+k, end+k); f > best {
			best, at = f, k
		}
	}
	return at
}

// fit says how well a stretch reads as a phrase by itself.
func fit(t []token, start, end int) int {
	score := 0
	if start == 0 || stops(t[start-1].key) || strings.HasSuffix(t[start-1].key, "\n") {
		score += 2
	}
	last := t[end-1].key
	if stops(last) {
		score++
	}
	if first := t[start].key; strings.Contains("(「『[〔【", first) && strings.Contains(")」』]〕】", last) && first != "" {
		score += 4
	}
	if end == len(t) {
		score++
	}
	return score
}

// stops reports whether a phrase ends with the token.
func stops(key string) bool {
	switch key {
	case "、", "。", ",", "・", ")", "」", "』", "]", ";", ":":
		return true
	}
	return false
}

// blends reports that the one or two characters between two hunks are better replaced
// with them: they stand in both texts by chance. A particle between two insertions
// is no chance.
func blends(a, b hunk, t []token) bool {
	n := b.x0 - a.x1
	if n < 1 || n > 2 {
		return false
	}
	script := 0 // the heaviest script between: 1 hiragana, 2 other
	particle := false
	for _, k := range t[a.x1:b.x0] {
		r, size := utf8.DecodeRuneInString(k.key)
		switch {
		case size != len(k.key) || r == '、' || r == '。' || r < 0x3041:
			return false
		case hiragana(r):
			script = max(script, 1)
			particle = particle || strings.ContainsRune("のはをがにとで", r)
		default:
			script = 2
		}
	}
	gone, come := b.x1-b.x0+a.x1-a.x0, b.y1-b.y0+a.y1-a.y0
	if a.x0 != a.x1 && a.y0 != a.y1 && b.x0 != b.x1 && b.y0 != b.y1 {
		return min(gone, come) >= minBlend*n*script
	}
	return n == 1 && script == 1 && !particle && gone+come >= minBlendOneSided
}

const (
	// minBlend is how many tokens must be replaced on either side for a hiragana between to
	// go with them; twice as many for another character.
	minBlend = 3
	// minBlendOneSided is how many must be put in or left out in all.
	minBlendOneSided = 10
)

// replaced returns one hunk for all where next to nothing between the first and the last
// is the same: two texts that share some characters by chance.
func replaced(hs []hunk) []hunk {
	if len(hs) < 2 {
		return hs
	}
	all := hunk{hs[0].x0, hs[len(hs)-1].x1, hs[0].y0, hs[len(hs)-1].y1}
	same := all.x1 - all.x0
	for _, h := range hs {
		same -= h.x1 - h.x0
	}
	if least := min(all.x1-all.x0, all.y1-all.y0); least < minReplaced || minSame*same >= least {
		return hs
	}
	return []hunk{all}
}

const (
	// minReplaced is how many tokens a stretch must have to be shown as replaced.
	minReplaced = 6
	// minSame is the reciprocal of the part that must be the same for it not to be.
	minSame = 4
)
