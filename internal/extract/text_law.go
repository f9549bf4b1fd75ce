package extract

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// lawText reads the text of a law, one provision a line, into the paths and keys of law
// XML, so that the two can be compared.
type lawText struct {
	o     *outline
	keys  map[string]int
	title string
	// suppl is the address of the open supplementary provisions, article that of the open
	// article; para counts the paragraphs of the article that carry no number.
	suppl, article string
	name           string
	path           []string
	para           int
	// clauses are the open items below the paragraph.
	clauses []lawClause
}

type lawClause struct {
	level      int
	name, part string
}

var (
	supplement = regexp.MustCompile(`^附[\s\x{3000}]*則`)
	annexLine  = regexp.MustCompile(`^(?:別表|別記|様式|別記様式|付録|附録)(?:第?[一二三四五六七八九十百0-9０-９]+(?:の[一二三四五六七八九十]+)?)?(?:[（(].*[）)])?$`)
	paraNumber = regexp.MustCompile(`^([0-9０-９]{1,3})(?:[\s\x{3000}]+|$)`)
	itemStart  = regexp.MustCompile(`^([一二三四五六七八九十百千]+(?:の[一二三四五六七八九十百千]+)*(?:(?:から|及び)[一二三四五六七八九十百千]+(?:の[一二三四五六七八九十百千]+)*(?:まで)?)?)[\s\x{3000}]+`)
)

func (l *lawText) line(raw string, markdown bool) {
	level := 0
	if markdown {
		if mdSetAside.MatchString(trim(raw)) {
			return
		}
		if m := mdHeading.FindStringSubmatch(raw); m != nil {
			level, raw = len(m[1]), m[2]
		}
		if strings.HasPrefix(raw, "|") {
			if s := mdRow(raw); strings.Trim(s, " |") != "" {
				l.add(kaisei.BlockRow, l.place(), s, "", 0)
			}
			return
		}
		if m := mdItem.FindStringSubmatch(raw); m != nil {
			raw = m[2]
		}
		raw = strings.TrimPrefix(unmark(raw), "*")
		raw = strings.TrimSuffix(raw, "*")
	}
	s := trim(collapse(raw))
	if s == "" {
		return
	}
	sign, rest := ja.Enumerator(s)
	switch title, caption, body, ok := articleLine(s); {
	case ok:
		l.openArticle(title, caption, body)
	case supplement.MatchString(s) && len(s) < 120:
		l.openSupplement(s, level)
	case annexLine.MatchString(s):
		l.o.heads, l.suppl = nil, ""
		l.heading(1, s)
		l.article = "X:" + spaces.ReplaceAllString(s, "")
		l.o.blocks[len(l.o.blocks)-1].Key = l.article
	case strings.HasPrefix(sign, "第") && strings.ContainsAny(sign, headingUnits) && titleLike(rest):
		l.heading(max(level, ja.EnumeratorLevel(sign)), s)
	case level == 1 && len(l.o.blocks) == 0:
		l.title = s
		l.add(kaisei.BlockHeading, []string{label(s)}, s, "T", 1)
	case level > 0 && titleLike(s):
		l.heading(level, s)
	default:
		l.provision(s)
	}
}

// headings returns the labels of the open headings.
func (l *lawText) headings() []string {
	out := make([]string, 0, len(l.o.heads)+4)
	for _, h := range l.o.heads {
		out = append(out, h.label)
	}
	return out
}

func (l *lawText) heading(level int, s string) {
	if level == 0 {
		level = pseudo
	}
	l.o.heading(level, s)
	l.article, l.name, l.clauses, l.para = "", "", nil, 0
	l.path = l.headings()
}

func (l *lawText) openSupplement(s string, level int) {
	l.o.heads = nil
	l.heading(max(level, 1), s)
	key := "S"
	if m := strings.IndexRune(s, '（'); m > 0 {
		key += ":" + strings.Trim(s[m:], "（）抄 \u3000")
	}
	l.keys[key]++
	if n := l.keys[key]; n > 1 {
		key += "~" + strconv.Itoa(n)
	}
	l.suppl = key
	l.o.blocks[len(l.o.blocks)-1].Key = key
}

func (l *lawText) openArticle(title, caption, body string) {
	l.name, l.para, l.clauses = label(title), 0, nil
	l.article = joinKey(l.suppl, "A"+articleNumber(title))
	l.path = append(l.headings(), l.name)
	l.add(kaisei.BlockArticle, l.path, title+caption, l.article, 0)
	if body != "" {
		l.provision(body)
	}
}

// articleNumber returns the number of an article as law XML writes it: 第十六条の二 → 16_2.
func articleNumber(title string) string {
	first, last, ranged := strings.Cut(strings.TrimSuffix(title, "まで"), "から")
	if !ranged {
		first, last, ranged = strings.Cut(first, "及び")
	}
	num := func(s string) string {
		var out []string
		for part := range strings.SplitSeq(strings.ReplaceAll(strings.TrimPrefix(s, "第"), "条", ""), "の") {
			n, ok := ja.Numeral(part)
			if !ok {
				return part
			}
			out = append(out, strconv.Itoa(n))
		}
		return strings.Join(out, "_")
	}
	if ranged {
		return num(first) + ":" + num(last)
	}
	return num(first)
}

// signNumber returns the place of an item in its series as law XML counts it: ロ → 2,
// （３） → 3. A sign of no known series stands for itself.
func signNumber(sign string) string {
	core := strings.Trim(sign, "（）()　 ．.")
	if n, ok := ja.Numeral(core); ok {
		return strconv.Itoa(n)
	}
	r, size := utf8.DecodeRuneInString(core)
	if size == len(core) {
		if i := strings.IndexRune(irohaOrder, r); i >= 0 {
			return strconv.Itoa(utf8.RuneCountInString(irohaOrder[:i]) + 1)
		}
		if r >= 'a' && r <= 'z' {
			return strconv.Itoa(int(r-'a') + 1)
		}
	}
	return core
}

// place returns the path of what follows in the open provision.
func (l *lawText) place() []string {
	out := append([]string(nil), l.path...)
	if l.para > 0 {
		out = append(out, "第"+kanji(l.para)+"項")
	}
	for _, c := range l.clauses {
		out = append(out, c.name)
	}
	return out
}

func (l *lawText) key() string {
	key := l.article
	if key == "" {
		key = l.suppl
	}
	if l.para > 0 {
		key = joinKey(key, "P"+strconv.Itoa(l.para))
	}
	for _, c := range l.clauses {
		key = joinKey(key, c.part)
	}
	return key
}

// provision adds a paragraph or an item.
func (l *lawText) provision(s string) {
	if m := paraNumber.FindStringSubmatch(s); m != nil {
		if n, ok := ja.Numeral(m[1]); ok && n == l.para+1 {
			l.para, l.clauses = n, nil
			l.add(kaisei.BlockParagraph, l.place(), s, l.key(), 0)
			return
		}
	}
	if m := itemStart.FindStringSubmatch(s); m != nil {
		name := m[1]
		if itemNumber.MatchString(name) {
			name = "第" + kanjiUnit(name, "号")
		}
		l.open(lawClause{1, name, "I" + articleNumber(m[1])})
		l.add(kaisei.BlockItem, l.place(), s, l.key(), 0)
		return
	}
	sign, _ := ja.Enumerator(s)
	if hasMark(sign) && len(l.clauses) > 0 {
		l.open(lawClause{1 + ja.EnumeratorLevel(sign), label(sign), "i" + signNumber(sign)})
		l.add(kaisei.BlockItem, l.place(), s, l.key(), 0)
		return
	}
	switch {
	case l.name == "" && l.para == 0:
		// Words before the first article, or beside a table.
		l.add(kaisei.BlockParagraph, l.path, s, "", 0)
	case l.para == 0:
		l.para = 1
		l.add(kaisei.BlockParagraph, l.place(), s, l.key(), 0)
	case len(l.clauses) == 0 && l.name != "":
		// A text that lost its numbers: this may be a further paragraph or an item.
		l.add(kaisei.BlockParagraph, l.path, s, "", 0)
	default:
		l.add(kaisei.BlockParagraph, l.place(), s, "", 0)
	}
}

// open opens an item, closing those that it ends. A kind of sign that is not open yet is a
// level of its own below the others: laws nest （１） inside イ.
func (l *lawText) open(c lawClause) {
	for i, o := range l.clauses {
		if o.level == c.level {
			l.clauses = l.clauses[:i]
			break
		}
	}
	l.clauses = append(l.clauses, c)
}

func (l *lawText) add(kind kaisei.BlockKind, path []string, s, key string, level int) {
	if key != "" {
		l.keys[key]++
		if n := l.keys[key]; n > 1 {
			key += "~" + strconv.Itoa(n)
		}
	}
	l.o.add(kind, path, s, level)
	if n := len(l.o.blocks); n > 0 && key != "" {
		l.o.blocks[n-1].Key = key
	}
}
