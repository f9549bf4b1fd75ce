package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// outline builds the clause tree from headings and lines in reading order. Headings are
// those that the format declares; where it declares none, numbered short lines stand in
// for them. Below headings, enumerators nest by ja.EnumeratorLevel, except that a series
// that begins anew (1, ①, ア) inside another one is its child, whatever its sign: laws
// and guidelines nest the same signs in different orders.
type outline struct {
	blocks []kaisei.Block
	// heads are the open headings, outermost first.
	heads []head
	// frames are the open containers (the document, then list items, definitions, tables);
	// each numbers its clauses for itself.
	frames []frame
	// headed says that the format declares headings, so that short numbered lines are clauses.
	headed bool
	// title is the document's title: a heading of these words is a block but no parent.
	title string
	// page is the page or slide of what is added, or 0.
	page int
	// bytes counts the text added, to stop hostile input early.
	bytes int
	// titled are the clauses whose whole line stands in their path for now; see done.
	titled []titled
}

// titled is a clause that may turn out to head nothing.
type titled struct {
	block, depth int
	sign         string
}

type head struct {
	level int
	label string
}

type frame struct {
	label string
	marks []mark
}

// mark is an open numbered clause.
type mark struct {
	level int
	label string
	// title says that the clause is a heading in all but name, under which running text stands.
	title bool
}

func newOutline() *outline { return &outline{frames: make([]frame, 1, 8)} }

// full reports that the document is beyond what checkLimits lets pass, so that a reader may stop.
func (o *outline) full() bool { return len(o.blocks) > MaxBlocks || o.bytes > MaxTotalText }

func (o *outline) add(kind kaisei.BlockKind, path []string, text string, level int) {
	if o.full() || trim(text) == "" {
		return
	}
	o.bytes += blockSize(path, text)
	o.blocks = append(o.blocks, kaisei.Block{Path: path, Kind: kind, Text: text, Page: o.page, Level: level})
}

// label makes a path element of printed words.
func label(s string) string { return cut(strings.Join(strings.Fields(s), " "), MaxPathLabel) }

// path returns the address of running text (all false) or of the clause opened last (all true).
func (o *outline) path(all bool) []string {
	out := make([]string, 0, len(o.heads)+len(o.frames)+3)
	for _, h := range o.heads {
		out = append(out, h.label)
	}
	for i, f := range o.frames {
		if f.label != "" {
			out = append(out, f.label)
		}
		n := len(f.marks)
		if !all || i < len(o.frames)-1 {
			for n > 0 && !f.marks[n-1].title && i == len(o.frames)-1 {
				n--
			}
		}
		for _, m := range f.marks[:n] {
			out = append(out, m.label)
		}
	}
	return out
}

// pseudo lifts the levels of headings that are told by their number alone above (deeper
// than) those that the format declares.
const pseudo = 100

// heading adds a heading of a declared level and opens it.
func (o *outline) heading(level int, text string) {
	if text == "" {
		return
	}
	if o.title != "" && sameWords(text, o.title) && len(o.heads) == 0 {
		o.add(kaisei.BlockHeading, []string{label(text)}, text, 1)
		return
	}
	for len(o.heads) > 0 && o.heads[len(o.heads)-1].level >= level {
		o.heads = o.heads[:len(o.heads)-1]
	}
	o.heads = append(o.heads, head{level, label(text)})
	for i := range o.frames {
		o.frames[i] = frame{}
	}
	o.add(kaisei.BlockHeading, o.path(false), text, len(o.heads))
}

// sameWords compares titles without regard to spaces and width.
func sameWords(a, b string) bool { return ja.Key(a) == ja.Key(b) }

// push opens a container whose blocks have label in their path; "" only numbers anew.
func (o *outline) push(s string) { o.frames = append(o.frames, frame{label: label(s)}) }

// pop closes the container opened last.
func (o *outline) pop() {
	if len(o.frames) > 1 {
		o.frames = o.frames[:len(o.frames)-1]
	}
}

var (
	// example is an enumerated example in a guideline: 事例1）, 例２）.
	example = regexp.MustCompile(`^(?:事例|例|ケース)\s*[0-9０-９]{1,3}[）)．.：:]\s*`)
	// remark begins a note: ※, （※１）, (注), 注２）, （注１）.
	remark = regexp.MustCompile(`^(?:[（(]\s*(?:※|＊|注)\s*[0-9０-９]{0,3}\s*[）)]|※\s*[0-9０-９]{0,3}|[＊*]\s*[0-9０-９]{1,3}|注\s*[0-9０-９]{1,3}\s*[）)．.：:]?|注\s*[）)：:])\s*`)
)

// branched is a number of parts with branches: 1－4－1の2.
var branched = regexp.MustCompile(`^[0-9０-９]{1,3}(?:[-－‐−.．][0-9０-９]{1,3})+(?:の[0-9０-９]{1,3})+[\s\x{3000}]+`)

// enumerate takes the enumerator off a line.
func enumerate(s string) (string, string) {
	if m := branched.FindString(s); m != "" {
		return trim(m), s[len(m):]
	}
	if m := example.FindString(s); m != "" {
		return trim(m), s[len(m):]
	}
	return ja.Enumerator(s)
}

// enumerated reports whether a line begins with an enumerator, a bullet or a note sign.
func enumerated(s string) bool {
	mark, _ := ja.Enumerator(s)
	return mark != "" || remark.MatchString(s) || example.MatchString(s)
}

// line adds a paragraph, or a clause, a note or a heading where its beginning says so.
// kind is what it is otherwise.
func (o *outline) line(s string, kind kaisei.BlockKind) {
	if s = trim(s); s == "" {
		return
	}
	if o.title != "" && len(o.blocks) == 0 && sameWords(s, o.title) {
		o.heading(1, s)
		return
	}
	if remark.MatchString(s) {
		o.add(kaisei.BlockNote, o.path(false), s, 0)
		return
	}
	sign, rest := enumerate(s)
	level := ja.EnumeratorLevel(sign)
	switch {
	case sign == "":
		o.add(kind, o.path(false), s, 0)
	case strings.HasPrefix(sign, "図") || strings.HasPrefix(sign, "表"):
		// A caption: its number says nothing about where the text stands.
		o.add(kaisei.BlockParagraph, o.path(false), s, 0)
	case !hasMark(sign):
		o.add(kaisei.BlockItem, o.path(false), s, 0)
	case len(o.frames) == 1 && isHeading(sign, rest, level, o.headed):
		o.heading(pseudo+level, s)
	default:
		o.clause(s, sign, rest, level, kind)
	}
}

// clause adds a numbered clause and opens it.
func (o *outline) clause(s, sign, rest string, level int, kind kaisei.BlockKind) {
	f := &o.frames[len(o.frames)-1]
	f.open(sign, level)
	m := mark{level: level, label: label(sign)}
	if level <= ja.EnumeratorLevel("(1)") && titleLike(rest) && !example.MatchString(s) {
		m.title, m.label = true, label(s)
	}
	f.marks = append(f.marks, m)
	switch {
	case isArticle(sign) && (rest == "" || strings.HasPrefix(rest, "（") && strings.HasSuffix(rest, "）")):
		kind = kaisei.BlockArticle
	case !isArticle(sign):
		kind = kaisei.BlockItem
	}
	path := o.path(true)
	if m.title {
		o.titled = append(o.titled, titled{len(o.blocks), len(path) - 1, label(sign)})
	}
	o.add(kind, path, s, 0)
}

// done returns the blocks. A short clause under which nothing stands is no heading: its
// path ends in its number alone, so that its words can change without moving it.
func (o *outline) done() []kaisei.Block {
	for _, t := range o.titled {
		if t.block >= len(o.blocks) {
			break
		}
		path := o.blocks[t.block].Path
		if next := t.block + 1; next < len(o.blocks) && len(o.blocks[next].Path) > t.depth && o.blocks[next].Path[t.depth] == path[t.depth] {
			continue
		}
		path[t.depth] = t.sign
	}
	return o.blocks
}

// open closes the clauses that a new one of this sign and level ends.
func (f *frame) open(sign string, level int) {
	for i, m := range f.marks {
		if m.level == level {
			f.marks = f.marks[:i]
			return
		}
	}
	if level >= ja.EnumeratorLevel("1") && firstOfSeries(sign) {
		return
	}
	for n := len(f.marks); n > 0 && f.marks[n-1].level > level; n-- {
		f.marks = f.marks[:n-1]
	}
}

// firstOfSeries reports whether an enumerator begins a series: 1, (1), ①, ア, イ, 一, a, ⅰ.
func firstOfSeries(sign string) bool {
	core := strings.TrimFunc(sign, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	switch core {
	case "1", "１", "①", "⑴", "⒈", "❶", "ア", "ｱ", "イ", "一", "㈠", "a", "ａ", "i", "ⅰ", "Ⅰ", "I", "A", "Ａ", "㋐":
		return true
	}
	return false
}

// headingUnits are the divisions of a text that are headings wherever they stand.
const headingUnits = "編部章節款目"

// titleRunes is the length in characters up to which a numbered line without a sentence
// in it is a title.
const titleRunes = 50

// isHeading reports whether a numbered line is a heading: a part, chapter or section
// always, another number only where the format declares no headings.
func isHeading(sign, rest string, level int, headed bool) bool {
	if !titleLike(rest) {
		return false
	}
	if strings.HasPrefix(sign, "第") && strings.ContainsAny(sign, headingUnits) {
		return true
	}
	return !headed && level <= ja.EnumeratorLevel("1)") && !isArticle(sign) && !example.MatchString(sign+" ")
}

func isArticle(sign string) bool {
	return strings.HasPrefix(sign, "第") && strings.Contains(sign, "条")
}

// titleLike reports whether the words after a number are a title and not a clause.
func titleLike(rest string) bool {
	if rest == "" || utf8.RuneCountInString(rest) > titleRunes || strings.ContainsAny(rest, "。｡|") {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(rest)
	return !strings.ContainsRune("、，,；;：:）)", last) || last == '）' || last == ')'
}

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsNumber) >= 0 }

// item adds the first line of a list item and names the container that was pushed for it.
// number is what the format prints before the item; it yields to an enumerator in the
// text. parent says that the item holds more than this line.
func (o *outline) item(number, s string, parent bool) {
	sign, rest := enumerate(s)
	if number != "" && (sign == "" || !hasMark(sign)) {
		sign, rest, s = number, s, number+" "+s
	}
	if remark.MatchString(s) {
		o.add(kaisei.BlockNote, o.path(false), s, 0)
		return
	}
	f := &o.frames[len(o.frames)-1]
	numbered := sign != "" && hasMark(sign)
	switch {
	case numbered && parent && titleLike(rest):
		f.label = label(s)
	case numbered:
		f.label = label(sign)
	}
	o.add(kaisei.BlockItem, o.path(false), s, 0)
	if !numbered && parent && titleLike(s) {
		f.label = label(s)
	}
}

// hasMark reports whether an enumerator numbers and is not a bare bullet.
func hasMark(sign string) bool {
	return hasDigit(sign) || ja.EnumeratorLevel(sign) < ja.EnumeratorLevel("■") && strings.IndexFunc(sign, unicode.IsLetter) >= 0
}

// row adds a row of a table below the labels that name it.
func (o *outline) row(labels []string, text string) {
	if text == "" {
		return
	}
	path := o.path(false)
	for _, l := range labels {
		path = append(path, label(l))
	}
	o.add(kaisei.BlockRow, path, text, 0)
}
