package pdf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// pageNumber matches a line that is nothing but a page number: 12, - 12 -, (3), 3/40,
// 12 ページ, iv.
var pageNumber = regexp.MustCompile(`^(?:[-–—‐−ー\s(\[]*([0-9]{1,4}|[ivxlc]{1,6})\s*(?:(?:/|of)\s*[0-9]{1,4})?(?:ページ|頁)?[-–—‐−ー\s)\]]*|(?:p|P|page|Page|ページ)\.?\s*([0-9]{1,4}))$`)

// Where furniture stands.
const (
	// edgeLines is how many lines from the top and the foot of a page may be furniture.
	edgeLines = 3
	// edgeZone is the part of the page's height, from either edge, in which a running head stands.
	edgeZone = 0.14
	// sameHeight is by how many points a running head may move from page to page.
	sameHeight = 4
	// fewPages is how many pages are too few for a head on part of them to be told from a title
	// that returns.
	fewPages = 6
	// minNumbered is how many pages must agree on how pages are counted.
	minNumbered = 2
)

// dropFurniture takes page numbers and running heads out of the pages.
func dropFurniture(leaves []leaf) {
	dropRunningHeads(leaves)
	dropPageNumbers(leaves)
}

// edges returns the indices of the lines at the top and at the foot of a page, by
// their height and not by the order of reading.
func (f *leaf) edges() (top, foot []int) {
	order := make([]int, len(f.lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(f.lines[a].y1*8) - int(f.lines[b].y1*8) })
	n := min(edgeLines, len(order))
	foot = slices.Clone(order[len(order)-n:])
	slices.Reverse(foot)
	return order[:n], foot
}

// dropPageNumbers drops lines that are a number and count with the pages. They need
// not stand at the same height: some documents print them under the last line.
func dropPageNumbers(leaves []leaf) {
	type candidate struct{ leaf, line int }
	votes := map[int][]candidate{}
	for i := range leaves {
		f := &leaves[i]
		top, foot := f.edges()
		seen := map[int]bool{}
		for _, k := range append(top, foot...) {
			m := pageNumber.FindStringSubmatch(norm.NFKC.String(f.lines[k].text))
			if m == nil || f.lines[k].table || seen[k] {
				continue
			}
			seen[k] = true
			n, err := strconv.Atoi(m[1] + m[2])
			if err != nil {
				n = roman(m[1])
			}
			votes[n-i] = append(votes[n-i], candidate{i, k})
		}
	}
	drop := map[candidate]bool{}
	for _, c := range votes {
		if len(c) >= minNumbered || len(leaves) == 1 {
			for _, at := range c {
				drop[at] = true
			}
		}
	}
	for i := range leaves {
		kept := leaves[i].lines[:0]
		for k, l := range leaves[i].lines {
			if !drop[candidate{i, k}] {
				kept = append(kept, l)
			}
		}
		leaves[i].lines = kept
	}
}

// roman reads a small Roman numeral, or returns 0.
func roman(s string) int {
	values := map[byte]int{'i': 1, 'v': 5, 'x': 10, 'l': 50, 'c': 100}
	n := 0
	for i := range len(s) {
		v := values[s[i]]
		if v == 0 {
			return 0
		}
		if i+1 < len(s) && v < values[s[i+1]] {
			v = -v
		}
		n += v
	}
	return n
}

var digits = regexp.MustCompile(`[0-9]+`)

// dropRunningHeads drops lines that stand at the same place on many pages with the
// same words, numbers apart.
func dropRunningHeads(leaves []leaf) {
	type place struct {
		words  string
		height int // in steps of sameHeight
	}
	at := make([]map[int]place, len(leaves))
	pages := map[place]int{}
	inside := map[string]bool{} // words that stand in the middle of a page too
	lined := map[int]int{}      // on how many pages a line stands at a height
	for i := range leaves {
		f := &leaves[i]
		at[i] = map[int]place{}
		seen := map[place]bool{}
		for k := range f.lines {
			l := &f.lines[k]
			sideways := l.x1 > f.width*1.02 || l.y1 > f.height*1.02
			upper, lower := l.y1 < f.height*edgeZone, l.y0 > f.height*(1-edgeZone)
			if l.table {
				continue
			}
			words := strings.Join(strings.Fields(headNumber.ReplaceAllString(norm.NFKC.String(plain(l.text)), "#")), "")
			// Words without letters may be page numbers, which are judged by counting.
			if strings.Trim(words, "#-–—‐−()/. ") == "" {
				continue
			}
			if !upper && !lower && !sideways {
				inside[words] = true
				continue
			}
			here := place{words, int(l.y1 / sameHeight)}
			at[i][k] = here
			if !seen[here] {
				seen[here] = true
				pages[here]++
			}
			if any := (place{height: here.height}); !seen[any] {
				seen[any] = true
				lined[here.height]++
			}
		}
	}
	// On every fifth page at least: title pages and left pages may have their own.
	enough := max(3, len(leaves)/5)
	if len(leaves) <= 4 {
		enough = 2
	}
	for i := range leaves {
		kept := leaves[i].lines[:0]
		for k, l := range leaves[i].lines {
			here, candidate := at[i][k]
			above, below := here, here
			above.height--
			below.height++
			n := pages[here] + pages[above] + pages[below]
			others := max(lined[here.height], lined[above.height], lined[below.height]) - n
			// A title or clause that returns stands at the edge of a page now and then. Where
			// a running head stands, pages have nothing else, and it is no sentence.
			text := strings.HasSuffix(here.words, "。") || inside[here.words] && 5*others > n
			if !candidate || n < enough || text || len(leaves) <= fewPages && (others >= n || leaves[i].runsOn(k)) {
				kept = append(kept, l)
			}
		}
		leaves[i].lines = kept
	}
}

// runsOn reports whether the line k stands no farther from a line nearer
// to the middle of the page than lines of a text do.
func (f *leaf) runsOn(k int) bool {
	l := &f.lines[k]
	middle := f.height / 2
	for i := range f.lines {
		o := &f.lines[i]
		if i == k || abs(o.center()-middle) >= abs(l.center()-middle) || (o.center() < middle) != (l.center() < middle) {
			continue
		}
		if abs(o.center()-l.center()) < textLeading*l.size {
			return true
		}
	}
	return false
}

// textLeading is how far apart in ems the lines of a text are at most.
const textLeading = 2.2

// headNumber is a number in a running head; that of the gazette is in private use.
var headNumber = regexp.MustCompile(`[0-9\x{e880}-\x{e8ff}]+`)

// leaders are the dots between a title and its page in a table of contents.
var leaders = regexp.MustCompile(`(?:[.．‥…・･]\s?){5,}|(?:…\s?){2,}`)

// contents is the heading of a table of contents.
var contents = regexp.MustCompile(`^[\s　]*(?:目[\s　]*次|もくじ|Contents|CONTENTS|TABLE OF CONTENTS|Table of Contents)[\s　]*$`)

// minEntries is how many lines with leaders make a table of contents.
const minEntries = 2

// dropContents takes the table of contents out and returns the titles in it.
func dropContents(leaves []leaf, t typing) []entry {
	var titles []entry
	var indents []float32
	for i := range leaves {
		f := &leaves[i]
		first, last, n := -1, -1, 0
		for k, l := range f.lines {
			if !l.table && leaders.MatchString(l.text) {
				if first < 0 {
					first = k
				}
				last = k
				n++
			}
		}
		if n < minEntries && (n == 0 || i == 0 || len(titles) == 0) {
			continue
		}
		// The heading of the contents, and the first line of an entry that takes two.
		for k := first - 1; k >= 0 && k >= first-maxAboveContents; k-- {
			if contents.MatchString(f.lines[k].text) {
				first = k
				break
			}
		}
		before := ""
		for _, l := range f.lines[first : last+1] {
			parts := leaders.Split(l.text, -1)
			for n, part := range parts {
				part = strings.TrimSpace(part)
				switch {
				case n > 0:
					part = strings.TrimSpace(entryPage.ReplaceAllString(part, ""))
				case len(parts) == 1 && (contents.MatchString(part) || utf8.RuneCountInString(part) <= maxContentsHead):
					continue
				case len(parts) == 1:
					before = t.join(before, part) // an entry over two lines
					continue
				}
				part = t.join(before, part)
				before = ""
				if part != "" && !contents.MatchString(part) {
					titles = append(titles, entry{text: plain(part)})
					indents = append(indents, l.x0)
				}
			}
		}
		f.lines = slices.Delete(f.lines, first, last+1)
	}
	steps := slices.Clone(indents)
	slices.Sort(steps)
	steps = slices.CompactFunc(steps, func(a, b float32) bool { return abs(a-b) < minStep })
	for i, x := range indents {
		for depth, at := range steps {
			if x >= at-minStep/2 && len(steps) <= maxSteps {
				titles[i].depth = depth + 1
			}
		}
	}
	return titles
}

// Indents of a table of contents.
const (
	// minStep is the least difference in points between two depths.
	minStep = 4
	// maxSteps is how many depths there may be; more are no depths but centred lines.
	maxSteps = 5
)

// entryPage is the page at the end of an entry, after which the next entry may run on.
var entryPage = regexp.MustCompile(`^\s*(?:[0-9０-９]{1,4}|[ivxlcⅰ-ⅹ]{1,6}$)`)

// maxContentsHead is how long the head of the column of pages is (ページ).
const maxContentsHead = 3

// maxAboveContents is how many lines may stand between 目次 and its first entry.
const maxAboveContents = 4
