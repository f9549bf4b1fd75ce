package diff

import (
	"cmp"
	"slices"
)

// link is a possible or real pair: places on both sides and what it is worth.
type link struct {
	a, b   int
	weight float64
}

// chain returns the links that stay when the heaviest ones are taken that are in
// order on both sides, strictly in a and in b. The answer is in order; links is sorted.
func chain(links []link) []link {
	slices.SortFunc(links, func(x, y link) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(y.b, x.b))
	})
	places := make([]int, 0, len(links))
	for _, l := range links {
		places = append(places, l.b)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	// best[i] is the index of the heaviest chain that ends at one of a range of places: a
	// Fenwick tree of maxima.
	best := make([]int, len(places)+1)
	total := make([]float64, len(links))
	before := make([]int, len(links))
	for i := range best {
		best[i] = -1
	}
	end := -1
	for i, l := range links {
		at, _ := slices.BinarySearch(places, l.b)
		before[i] = -1
		for k := at; k > 0; k &= k - 1 {
			if j := best[k]; j >= 0 && (before[i] < 0 || total[j] > total[before[i]]) {
				before[i] = j
			}
		}
		total[i] = l.weight
		if before[i] >= 0 {
			total[i] += total[before[i]]
		}
		for k := at + 1; k < len(best); k += k & -k {
			if best[k] < 0 || total[i] > total[best[k]] {
				best[k] = i
			}
		}
		if end < 0 || total[i] > total[end] {
			end = i
		}
	}
	var out []link
	for i := end; i >= 0; i = before[i] {
		out = append(out, links[i])
	}
	slices.Reverse(out)
	return out
}
