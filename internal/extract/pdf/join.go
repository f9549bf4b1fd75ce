package pdf

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/ja"
)

// draft is a block while its lines are put together.
type draft struct {
	// text holds note marks until notes are placed.
	text string
	mark string // its enumerator or bullet, as printed
	// first and last are the lines that it begins and, so far, ends with.
	first, last *line
	lines       int
	// hang is the indent in ems of its second and later lines.
	hang float32
	page int
	// large says that its type is larger or heavier than the text's.
	large bool
	// titled says that the outline or the contents name it as a title.
	titled bool
	// entry is what the contents or the outline say of it.
	entry entry
	row   bool
	// notes are the note marks in it.
	notes []mark
	// level is its depth as a heading, 0 for anything else.
	level int
	title bool // the document's title
}

// mark is a note mark in the text.
type mark struct {
	page   int
	number string
}

// joiner puts lines together. It knows what is usual in the document.
type joiner struct {
	size   float32
	typing typing
	titles titles
	// bold says that the text itself is set in a heavy face.
	bold bool
	// indents says that paragraphs begin with an indented line.
	indents bool
	// hangs says that the second line of an item stands under its words and not under its number.
	hangs bool
	// drops says that the second line of a paragraph stands to the left of its first.
	drops bool
	// first is how far the first line of such a paragraph is indented.
	first float32
	// leading is the distance of lines in a column of a page.
	leading map[place]float32
	// series and endings are the enumerator and the last character of the item met last at
	// each depth.
	series  map[int]string
	endings map[int]rune
}

type place struct{ page, column int }

// drafts joins lines to blocks.
func (j *joiner) drafts(ls []*line) []*draft {
	var out []*draft
	var open *draft
	for i, l := range ls {
		var after *line
		if i+1 < len(ls) {
			after = ls[i+1]
		}
		if open != nil && j.continues(open, l, after) {
			j.add(open, l)
			continue
		}
		if open != nil && l.table && open.row && continuesRow(open.last, l) {
			j.addRow(open, l)
			continue
		}
		if l.table && open != nil && open.row && l.page > open.last.page && repeatsHead(out, l) {
			continue
		}
		if open != nil && open.mark != "" {
			j.endings[ja.EnumeratorLevel(open.mark)] = lastRune(plain(open.text))
		}
		open = &draft{first: l, page: l.page, row: l.table}
		if !l.table {
			open.mark = enumerator(plain(l.text))
			open.large = j.large(l)
			open.titled = j.titles.has(plain(l.text))
			j.note(open.mark)
		}
		j.add(open, l)
		out = append(out, open)
	}
	return out
}

// add appends a line.
func (j *joiner) add(d *draft, l *line) {
	d.text = j.typing.join(d.text, l.text)
	d.notes = append(d.notes, marksOf(l)...)
	if d.lines == 1 || d.lines > 1 && l.indent() < d.hang {
		d.hang = l.indent()
	}
	d.lines++
	d.last = l
}

// marksOf lists the note marks of a line.
func marksOf(l *line) []mark {
	var out []mark
	rest := l.text
	for {
		from := strings.IndexRune(rest, markOpen)
		to := strings.IndexRune(rest, markClose)
		if from < 0 || to < from {
			return out
		}
		for number := range strings.SplitSeq(rest[from+utf8.RuneLen(markOpen):to], ",") {
			out = append(out, mark{l.page, number})
		}
		rest = rest[to+utf8.RuneLen(markClose):]
	}
}

// large reports whether a line is set larger or heavier than the text. What stands in a
// box of its own is an aside, whatever its type.
func (j *joiner) large(l *line) bool {
	if l.box > 0 {
		return false
	}
	return l.size >= largeSize*j.size || l.bold && !j.bold && l.size > 0.95*j.size
}

// largeSize is how many times the size of the text the type of a heading is.
const largeSize = 1.1

// note remembers the enumerator met last at each depth.
func (j *joiner) note(m string) {
	if m == "" {
		return
	}
	j.series[ja.EnumeratorLevel(m)] = m
}

// isBullet reports whether an enumerator begins with a sign that numbers nothing.
func isBullet(m string) bool {
	r := firstRune(m)
	return ja.EnumeratorLevel(string(r)) >= ja.EnumeratorLevel("■") || privateUse(r) && !isGazetteNumber(r)
}

// enumerator returns the enumerator or bullet that a text begins with. Characters of
// private use at the beginning of a line are bullets or numbers that only the font knows.
func enumerator(s string) string {
	if m, _ := ja.Enumerator(s); m != "" {
		return m
	}
	r, n := utf8.DecodeRuneInString(s)
	if privateUse(r) && n < len(s) {
		return s[:n]
	}
	if next, _ := utf8.DecodeRuneInString(s[n:]); r == '－' && isJapanese(next) {
		return s[:n]
	}
	if m := sectionNumber.FindString(s); m != "" {
		return strings.TrimSpace(m)
	}
	return ""
}

// sectionNumber is the number of a section whose title begins with a number: 0.2 2013年度版のポイント.
var sectionNumber = regexp.MustCompile(`^[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}[ 　]`)

func privateUse(r rune) bool { return r >= 0xE000 && r <= 0xF8FF }

// isGazetteNumber reports whether r is one of the numbers in brackets that the fonts of the
// official gazette keep in the private use area.
func isGazetteNumber(r rune) bool { return r >= 0xE7A0 && r <= 0xE8FF }

// continues reports whether a line belongs to the block before it. after is the line behind it,
// or nil.
func (j *joiner) continues(d *draft, n, after *line) bool {
	l := d.last
	if l.table || n.table || (l.box > 0) != (n.box > 0) || l.box != n.box && l.page == n.page {
		return false
	}
	if d.lines >= maxDraftLines {
		return false
	}
	before, text := plain(l.text), plain(n.text)
	m := enumerator(text)
	if text == "" {
		return true // a note mark that the line had no room for
	}
	ended, full, tied := endsSentence(before), full(l, n), endsTied(before)
	if d.titled || j.titles.has(text) {
		return !ended && m == "" && j.titles.has(plain(d.text)+text)
	}
	if d.large || j.large(n) {
		return j.continuesTitle(d, n, m, ended)
	}
	if abs(l.size-n.size) > 0.12*max(l.size, n.size) && utf8.RuneCountInString(text) > 2 {
		return false
	}
	if !ended && (opened(d.tail()) || cannotBegin(text)) || inAddress(before, text) {
		return true
	}
	if m != "" {
		if isBullet(m) || ended || !full && !tied || j.expected(m) {
			return false
		}
	}
	x := n.indent()
	begins := j.begins(d, n, after)
	if !ended {
		if tied && !isCaption(before) && !(begins && !full) {
			return true
		}
		if begins {
			return false
		}
		if l.page != n.page && (!l.roomFor(n) || midWord(before, text)) && d.brokenOff(before) && !(j.indents && x > 0.5) {
			return true
		}
		if j.beginsAnew(d, x) && !(isLatin(lastRune(before)) && isWord(firstRune(text))) && lastRune(before) != ',' {
			return false
		}
		if full && x < d.usual()+maxHang && !(d.lines > 1 && x > d.hang+0.8) {
			return true
		}
		return d.hanging(l, x, j.endings[ja.EnumeratorLevel(d.mark)])
	}
	if !full || begins || j.gap(l, n) {
		return false
	}
	switch {
	case d.lines > 1:
		return abs(x-d.hang) < 0.6
	case d.mark != "":
		return x > d.first.indent()-0.4 && x < d.first.indent()+maxHang
	case x < d.first.indent()-0.4:
		return x > d.first.indent()-2.5
	}
	return x < d.first.indent()+0.4 && !j.indents
}

// beginsAnew reports whether a line after the only line of an item, x ems from the edge,
// stands where the item's number does, in a document whose items hang.
func (j *joiner) beginsAnew(d *draft, x float32) bool {
	return j.hangs && d.lines == 1 && d.mark != "" && !isCaption(plain(d.text)) && abs(x-d.first.indent()) < 0.3
}

// brokenOff reports whether a block that a page break ends without the end of a sentence
// goes on: running text of several lines does, an item where it ends inside a word.
func (d *draft) brokenOff(last string) bool {
	if d.lines < 2 {
		return false
	}
	r := lastRune(last)
	return d.mark == "" || unicode.Is(unicode.Han, r) && r != '等' || unicode.Is(unicode.Katakana, r) || isLatin(r) || isDigit(r)
}

// hanging reports whether a block stops in the middle of what it says, though its last
// line is short: it holds a whole sentence and then a part of one, or it is a long
// item that ends inside a word, unlike the item before it, which ended with sibling, and the
// next line stands where no item would.
func (d *draft) hanging(l *line, x float32, sibling rune) bool {
	text := plain(d.text)
	if d.mark == "" {
		return strings.Contains(text, "。") && !strings.ContainsRune("：:）)」", lastRune(text)) && x < d.first.indent()+0.4
	}
	r := lastRune(text)
	wide := l.x1-l.left > 0.6*(l.right-l.left) || unicode.Is(unicode.Hiragana, sibling)
	return utf8.RuneCountInString(text) >= minHanging && wide && x <= d.first.indent() &&
		(unicode.Is(unicode.Han, r) && r != '等' || unicode.Is(unicode.Katakana, r) && r != 'ー')
}

// minHanging is how long in characters an item must be to be no title.
const minHanging = 25

// maxTail is how much of a block is looked at for a bracket that stays open.
const maxTail = 900

// tail returns the end of a block's text.
func (d *draft) tail() string {
	s := d.text
	if len(s) > maxTail {
		s = strings.ToValidUTF8(s[len(s)-maxTail:], "")
	}
	return plain(s)
}

// cannotBegin reports whether a line begins with what begins no paragraph: a small kana,
// a sound mark, a closing bracket, the ending of a verb.
func cannotBegin(s string) bool {
	first, n := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮゝ々ん、。，）」』】)をるれ", first) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(s[n:])
	return unicode.Is(unicode.Hiragana, first) && (next == '、' || next == '。')
}

// Limits of joining.
const (
	// maxDraftLines is how many lines a block may have; hostile input has no sentences.
	maxDraftLines = 500
	// maxHang is how far in ems the second line of an item may hang under its words.
	maxHang = 8
)

// usual is the indent at which the next line of a block is expected.
func (d *draft) usual() float32 {
	if d.lines > 1 {
		return d.hang
	}
	return d.first.indent()
}

// continuesTitle joins the lines of a heading.
func (j *joiner) continuesTitle(d *draft, n *line, m string, ended bool) bool {
	l := d.last
	if !d.large || !j.large(n) || m != "" || ended || l.bold != n.bold || abs(l.size-n.size) > 0.05*l.size || l.page != n.page {
		return false
	}
	if n.y1-l.y1 > 2.2*l.size || d.lines >= maxTitleLines {
		return false
	}
	middle := func(l *line) bool { return abs((l.x0+l.x1)/2-(l.left+l.right)/2) < l.size && l.indent() > 1.5 }
	return !l.short() || endsTied(plain(l.text)) || middle(l) && middle(n)
}

// maxTitleLines is how many lines a heading may have.
const maxTitleLines = 4

// expected reports whether an enumerator is the first of a series or the next of one.
func (j *joiner) expected(m string) bool {
	if firstOfSeries(m) {
		return true
	}
	// V) looks like a letter, and IV) before it like a Roman numeral: the depth may differ.
	for level, before := range j.series {
		if (level == ja.EnumeratorLevel(m) || roman(strings.ToLower(core(before))) > 0) && follow(before, m) {
			return true
		}
	}
	return false
}

// gap reports whether more than the usual space separates two lines.
func (j *joiner) gap(l, n *line) bool {
	if l.page != n.page || l.column != n.column {
		return false
	}
	usual := j.leading[place{n.page, n.column}]
	return usual > 0 && n.y1-l.y1 > 1.1*usual
}

// endsSentence reports whether a text ends where a sentence may.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, " 　」』）)】〕］]”\"")
	r, n := utf8.DecodeLastRuneInString(s)
	switch r {
	case '。', '．', '！', '？', '!', '?', '｡':
		return true
	case '.':
		before, _ := utf8.DecodeLastRuneInString(s[:len(s)-n])
		return isLatin(before)
	}
	return false
}

// ties are the endings after which a Japanese sentence must go on; unties are words that only end alike.
var (
	ties = []string{"、", "，", "を", "は", "に", "が", "の", "と", "も", "や", "て", "で", "へ", "及び", "又は", "並びに", "若しくは",
		"および", "または", "かつ", "より", "から", "まで", "・", "（", "(", "「", "『", "な", "し", "した", "する際", "及", "並"}
	unties = []string{"もの", "こと", "もと", "すべて", "全て", "はじめに", "おわりに", "さいごに", "終わりに", "初めに", "ほか", "なし", "無し", "など", "見直し",
		"にて", "について", "に関して", "ですが", "とは", "に向けて", "の在り方", "いて", "ための", "・・", "……"}
)

// endsTied reports whether the last words of a text cannot be its end.
func endsTied(s string) bool {
	s = strings.TrimRight(s, " 　")
	for _, w := range unties {
		if strings.HasSuffix(s, w) {
			return false
		}
	}
	for _, w := range ties {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// opened reports whether a line leaves a bracket open.
func opened(s string) bool {
	depth := 0
	for _, r := range s {
		switch r {
		case '「', '『', '(', '（', '[', '［', '〔', '【':
			depth++
		case '」', '』', ')', '）', ']', '］', '〕', '】':
			depth = max(0, depth-1)
		}
	}
	return depth > 0
}

// isCaption reports whether a line names a figure or a table.
func isCaption(s string) bool {
	m := enumerator(s)
	return strings.HasPrefix(m, "図") || strings.HasPrefix(m, "表")
}

// continuesRow reports whether a table row goes on from the page before: its first cell is empty.
func continuesRow(before, l *line) bool {
	return l.page == before.page+1 && len(l.cells) == len(before.cells) && len(l.cells) > 1 && l.cells[0].text == "" && !endsRow(before)
}

// endsRow reports whether every cell of a row that says something ends a sentence.
func endsRow(l *line) bool {
	for _, c := range l.cells[1:] {
		if c.text != "" && !endsSentence(c.text) {
			return false
		}
	}
	return true
}

// addRow continues the cells of a row.
func (j *joiner) addRow(d *draft, l *line) {
	merged := *d.last
	merged.cells = slices.Clone(d.last.cells)
	var texts []string
	for i := range merged.cells {
		merged.cells[i].text = j.typing.join(merged.cells[i].text, l.cells[i].text)
		texts = append(texts, merged.cells[i].text)
	}
	merged.page = l.page
	d.last = &merged
	d.text = strings.Join(texts, rowText)
	d.notes = append(d.notes, marksOf(l)...)
}

// repeatsHead reports whether a row repeats the head of the table that it continues.
func repeatsHead(ds []*draft, l *line) bool {
	for i := len(ds) - 1; i >= 0 && ds[i].row; i-- {
		if ds[i].text == l.text && ds[i].page < l.page && (i == 0 || !ds[i-1].row) {
			return true
		}
	}
	return false
}
