package ja

// maxLikeness is how many characters of a text are compared: more say nothing new and cost
// memory on hostile input.
const maxLikeness = 600

// Likeness is the share, from 0 to 1, of the two-character sequences that two texts have in
// common (Dice's coefficient). It needs no words, which Japanese does not separate. Callers
// pass comparison keys where print does not matter.
func Likeness(a, b string) float64 {
	x, y := bigrams(a), bigrams(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	common, total := 0, 0
	for g, n := range x {
		common += min(n, y[g])
		total += n
	}
	for _, n := range y {
		total += n
	}
	return 2 * float64(common) / float64(total)
}

func bigrams(s string) map[[2]rune]int {
	out := map[[2]rune]int{}
	var last rune
	n := 0
	for _, r := range s {
		if n > 0 {
			out[[2]rune{last, r}]++
		}
		last = r
		if n++; n == maxLikeness {
			break
		}
	}
	return out
}
