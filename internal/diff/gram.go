package diff

import "slices"

// sequences returns the two-character sequences of u's wording, hashed and sorted.
// Those of hiragana alone (すること) say nothing of the subject and are left out where
// enough remains.
func (u *unit) sequences() []uint32 {
	if u.made {
		return u.grams
	}
	u.made = true
	var all, telling []uint32
	prev := rune(-1)
	n := 0
	for _, r := range u.key {
		if prev >= 0 {
			g := gram(prev, r)
			all = append(all, g)
			if !hiragana(prev) || !hiragana(r) {
				telling = append(telling, g)
			}
		}
		prev = r
		if n++; n > maxGrams {
			break
		}
	}
	if len(all) == 0 && prev >= 0 {
		all = append(all, gram(0, prev))
	}
	u.grams = all
	if len(telling) >= minTelling {
		u.grams = telling
	}
	slices.Sort(u.grams)
	return u.grams
}

// minTelling is the number of sequences with other characters than hiragana from
// which on only these are compared.
const minTelling = 6

func gram(a, b rune) uint32 {
	h := uint32(a)*0x9e3779b1 ^ uint32(b)*0x85ebca6b
	return h ^ h>>15
}

func hiragana(r rune) bool { return r >= 0x3041 && r <= 0x309f || r == '、' || r == '。' }

// shared returns how many sequences a and b, sorted, have in common.
func shared(a, b []uint32) int {
	n, j := 0, 0
	for _, g := range a {
		for j < len(b) && b[j] < g {
			j++
		}
		if j == len(b) {
			break
		}
		if b[j] == g {
			n++
			j++
		}
	}
	return n
}

// without returns what a, sorted, has more of than b.
func without(a, b []uint32) []uint32 {
	var out []uint32
	j := 0
	for _, g := range a {
		for j < len(b) && b[j] < g {
			j++
		}
		if j < len(b) && b[j] == g {
			j++
			continue
		}
		out = append(out, g)
	}
	return out
}

// likeness compares two bags of sequences: alike is Dice's coefficient, inside the
// part of the smaller that stands in the larger; both from 0 to 1.
func likeness(a, b []uint32) (alike, inside float64) {
	if len(a) == 0 || len(b) == 0 {
		return 0, 0
	}
	n := float64(shared(a, b))
	return 2 * n / float64(len(a)+len(b)), n / float64(min(len(a), len(b)))
}
