package pdf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/ja"
)

// Lengths in characters.
const (
	// maxHeading is how long a heading told by its type may be.
	maxHeading = 90
	// maxNumbered is how long a heading told by its number alone may be.
	maxNumbered = 45
)

// headingUnits are the divisions of a text that are headings wherever they stand.
const headingUnits = "編部章節款目"

// dateLine is a line that is a date or an edition and no heading.
var dateLine = regexp.MustCompile(`^(?:令和|平成|昭和|[12][0-9]{3}\s*年|第?\s*[0-9.]+\s*版|[(（]?案[)）]?$)`)

// headings decides which blocks are headings, and gives them levels.
func (j *joiner) headings(ds []*draft, leaves int) []*draft {
	ds = j.cutTitles(ds)
	j.coverPage(ds, leaves)
	any := false
	var above *draft
	numbered := map[int]*draft{} // the block numbered last at each depth
	for _, d := range ds {
		before := numbered[ja.EnumeratorLevel(d.mark)]
		if d.mark != "" {
			numbered[ja.EnumeratorLevel(d.mark)] = d
		}
		if !d.heads(j) || !d.titled && d.mark != "" && !inSeries(above, before, d) {
			continue
		}
		d.level = 1
		any = true
		above = d
		if d.large || d.titled {
			d.entry = j.titles.find(plain(d.text))
		}
	}
	for _, d := range ds {
		if d.level == 0 && !d.row && d.numberHeads(any || len(j.titles.whole) > 0) {
			d.level = 1
		}
	}
	j.levels(ds)
	return ds
}

// inSeries reports whether a numbered heading begins a series or continues one of
// headings. An item in heavy type among ordinary items is none. above is the heading above it,
// before the block before it that is numbered at the same depth.
func inSeries(above, before, d *draft) bool {
	return above == nil || before == nil || firstOfSeries(d.mark) || d.first.size >= largeSize*above.first.size || before.level > 0
}

// cutTitles splits blocks that begin with a title of the contents and run on into the text.
func (j *joiner) cutTitles(ds []*draft) []*draft {
	seen := map[string]bool{}
	for _, d := range ds {
		if d.titled {
			seen[titleKey(plain(d.text))] = true
		}
	}
	out := make([]*draft, 0, len(ds))
	for _, d := range ds {
		if d.row || d.titled || d.mark == "" || isBullet(d.mark) || strings.ContainsRune(d.text[:min(len(d.text), maxTitleBytes)], markOpen) && strings.IndexRune(d.text, markOpen) < 20 {
			out = append(out, d)
			continue
		}
		title, rest, ok := j.titles.cut(d.text)
		if !ok || seen[titleKey(title)] || enumerator(title) == "" {
			out = append(out, d)
			continue
		}
		seen[titleKey(title)] = true
		head := *d
		head.text, head.titled, head.notes = title, true, nil
		tail := *d
		tail.text, tail.mark = rest, enumerator(plain(rest))
		out = append(out, &head, &tail)
	}
	return out
}

// heads reports whether a block is a heading by its type or because the document says so.
func (d *draft) heads(j *joiner) bool {
	text := plain(d.text)
	n := utf8.RuneCountInString(text)
	switch {
	case d.row || d.title || n == 0 || n > maxHeading || d.first.box > 0 && !d.titled:
		return false
	case d.titled:
		return true
	case !d.large || endsSentence(text) || dateLine.MatchString(text) || isCaption(text):
		return false
	case d.mark != "" && isBullet(d.mark):
		return d.first.size >= largeSize*j.size && n <= maxNumbered
	}
	return !strings.HasSuffix(text, "、") && ja.Japanese(text)+latinCount(text) > 0
}

func latinCount(s string) int {
	n := 0
	for _, r := range s {
		if isLatin(r) {
			n++
		}
	}
	return n
}

// numberHeads reports whether a block is a heading by its number alone: a part, chapter
// or section always, another short one where the document has no other headings.
func (d *draft) numberHeads(headed bool) bool {
	if d.mark == "" || d.lines > 1 || d.title {
		return false
	}
	rest := strings.TrimSpace(strings.TrimPrefix(plain(d.text), d.mark))
	if rest == "" || utf8.RuneCountInString(rest) > maxNumbered || strings.ContainsAny(rest, "。｡|") || endsTied(rest) || strings.HasSuffix(rest, "）") || strings.HasSuffix(rest, ")") {
		return false
	}
	if strings.HasPrefix(d.mark, "第") && strings.ContainsAny(d.mark, headingUnits) {
		return true
	}
	return !headed && ja.EnumeratorLevel(d.mark) <= ja.EnumeratorLevel("1.2") && !strings.Contains(d.mark, "条")
}

// titleSize is how many times the size of the text a document's title is set.
const titleSize = 1.25

// coverPage finds the title of the document and takes what stands beside it on a
// page of its own for no heading.
func (j *joiner) coverPage(ds []*draft, leaves int) {
	var title *draft
	sentences := 0
	first := 0
	for _, d := range ds {
		if first == 0 {
			first = d.page
		}
		if d.page != first {
			break
		}
		if endsSentence(plain(d.text)) {
			sentences++
		}
		if !d.row && d.first.size >= titleSize*j.size && d.mark == "" && !dateLine.MatchString(plain(d.text)) && (title == nil || d.first.size > title.first.size*1.02) {
			title = d
		}
	}
	if title == nil || leaves == 1 && title.mark != "" || j.titles.has(plain(title.text)) {
		return
	}
	for _, d := range ds {
		if d.page != first {
			break
		}
		if d == title {
			d.title, d.level = true, 1
			continue
		}
		if sentences == 0 {
			d.titled = false
		}
		if sentences == 0 || !d.titled && d.mark == "" {
			d.large = false
		}
	}
}

// levels gives headings their level. Numbered headings nest by their numbers. Others
// stand where the contents have them, beside the numbered headings of the same type, or
// by their size among them.
func (j *joiner) levels(ds []*draft) {
	r := ranks{listed: len(j.titles.whole) >= minListed, styles: map[string]float64{}, used: map[int]string{}, depths: map[int]float64{}, peers: map[face]float64{}}
	var open []float64
	for range 2 {
		open = open[:0]
		for _, d := range ds {
			if d.level == 0 || d.title {
				continue
			}
			rank := r.of(d, open)
			at := slices.IndexFunc(open, func(o float64) bool { return o >= rank })
			if at >= 0 {
				open = open[:at]
			}
			open = append(open, rank)
			d.level = len(open)
		}
	}
}

// face is how a heading is set: its size in half points, and its weight.
type face struct {
	size int
	bold bool
}

func faceOf(d *draft) face { return face{int(d.first.size*2 + 0.5), d.first.bold} }

// ranks orders headings: less is further out. It is filled by a first pass over the
// numbered headings and read by a second over all.
type ranks struct {
	// styles gives the rank of a way of numbering, used the way that has a depth to itself.
	styles map[string]float64
	used   map[int]string
	// listed says that the document lists its titles: those that it does not list are inside them.
	listed bool
	// depths and peers give the rank of numbered headings at a depth of the contents and of a face.
	depths map[int]float64
	peers  map[face]float64
}

func (r *ranks) of(d *draft, open []float64) float64 {
	m := or(d.mark, d.entry.mark)
	if level := ja.EnumeratorLevel(m); level > 0 {
		style := styleOf(m)
		rank, known := r.styles[style]
		if !known {
			rank = float64(level)
			// Another way of numbering has that place: this one is below what is open.
			if first := or(r.used[level], style); first != style && len(open) > 0 && open[len(open)-1] >= rank {
				rank = open[len(open)-1] + 0.3
			}
			r.styles[style], r.used[level] = rank, or(r.used[level], style)
		}
		if d.entry.depth > 0 {
			r.depths[d.entry.depth] = least(r.depths, d.entry.depth, rank)
		}
		r.peers[faceOf(d)] = least(r.peers, faceOf(d), rank)
		return rank
	}
	if d.entry.depth > 0 {
		if rank, known := r.depths[d.entry.depth]; known {
			return rank
		}
		for depth := d.entry.depth - 1; depth > 0; depth-- {
			if rank, known := r.depths[depth]; known {
				return rank + 0.5
			}
		}
	}
	if rank, known := r.peers[faceOf(d)]; known && (d.titled || !r.listed) {
		return rank
	}
	if r.listed && !d.titled {
		return innermost - float64(d.first.size)
	}
	// Before the numbered headings that are smaller, else after all of them.
	rank := innermost - float64(d.first.size)
	for f, o := range r.peers {
		if float32(f.size)/2 < d.first.size-0.4 {
			rank = min(rank, o-0.5-float64(d.first.size)/1000)
		}
	}
	return rank
}

// minListed is how many titles a list of titles has.
const minListed = 3

// innermost is above the rank of every numbered heading.
const innermost = 500

func least[K comparable](m map[K]float64, k K, v float64) float64 {
	if old, known := m[k]; known {
		return min(old, v)
	}
	return v
}

// styleOf returns how an enumerator is written: 1. and 12. are one style, 1 and 1) others.
func styleOf(m string) string {
	if m = strings.Join(strings.Fields(norm.NFKC.String(m)), ""); m == "" || !isDigit(firstRune(m)) {
		return strconv.Itoa(ja.EnumeratorLevel(m))
	}
	return digits.ReplaceAllString(m, "#")
}
