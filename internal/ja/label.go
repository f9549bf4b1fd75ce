package ja

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLabelText bounds, in bytes, how much of a text is searched for a version label: labels
// stand in titles, link texts and file names, never deep in prose.
const maxLabelText = 4096

// Patterns of version labels, on folded text. The edges that RE2 cannot look at are checked
// in labelsIn.
var (
	labelNumber = regexp.MustCompile(`(?:改訂|改定)?第 ?(?:[0-9]+(?:\.[0-9]+)*|[一二三四五六七八九十]+) ?版|[0-9]+(?:\.[0-9]+)+ ?版|(?:改訂|改定)[0-9]+ ?版|初版` +
		`|(?i:version|ver\.?|バージョン|rev\.?|v\.?) ?[0-9]+(?:\.[0-9]+)*(?: ?版)?`)
	labelEra  = `(?:(?:令和|平成|昭和|R|H) ?(?:元|[0-9]{1,2}|[一二三四五六七八九十]{1,3})|[0-9]{4})`
	labelMD   = `(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})`
	labelYear = labelEra + ` ?年`
	labelDay  = labelEra + `(?: ?年 ?` + labelMD + ` ?月(?: ?` + labelMD + ` ?日)?|[./][0-9]{1,2}[./][0-9]{1,2}|-[0-9]{1,2}-[0-9]{1,2})`
	labelDone = `(?:(?:最終|一部|全部|全面)?(?:改定|改訂|改正|見直し) ?版?|版|時点版|[^\s()「」、。]{0,6}決定|策定|制定|取りまとめ|とりまとめ)`

	labelDated   = regexp.MustCompile(labelDay + ` ?\(?` + labelDone + `|` + labelYear + ` ?(?:度 ?)?(?:版|改定版?|改訂版?)|(?:最終|一部)?(?:改定|改訂|改正)日? ?:? ?` + labelDay)
	labelAnyDate = regexp.MustCompile(labelDay)
	// labelYearly is the year of a yearly edition: （令和7年度）, 報告書2025, 計画2025. labelBare is a version without
	// any word, at the end of the text. The first group is the label.
	labelYearly    = regexp.MustCompile(`[(\[]\s?(` + labelYear + ` ?(?:度|` + labelMD + ` ?月))\s?[)\]]|^(` + labelYear + ` ?度)[^にのはがをまか版改末中分限、。]|(?:報告書|白書|計画|事例集|ハンドブック|ガイドブック|ガイド|戦略|方針|年報|概要) ?(20[0-9]{2})(?: ?年度?)?(?:$|[ (\[、])`)
	labelTerm      = regexp.MustCompile(`第 ?(?:[0-9]{1,2}|[IVX]{1,5}|[一二三四五六七八九十]{1,3}) ?期`)
	labelBareWhole = regexp.MustCompile(`^ ?[0-9]{1,2}\.[0-9]{1,2} ?$`)
	labelYearWhole = regexp.MustCompile(`^` + labelYear + ` ?(?:度|` + labelMD + ` ?月)$|^20[0-9]{2}$`)
	labelBare      = regexp.MustCompile(`[^0-9.\-第図表添紙式料考項条 ] ([0-9]{1,2}\.[0-9]{1,2})$`)
	labelStatus    = regexp.MustCompile(`(?:全面|一部)?(?:改訂|改定)版|一部(?:改正|改定|改訂)|暫定版|試行版|試用版|最終版|確定版|最新版|現行版|(?:α|β|アルファ|ベータ|A|B) ?版`)
	labelDraft     = regexp.MustCompile(`\(案\)|〔案〕|【案】|\[案\]|骨子案|骨子|中間試案|試案|素案|たたき台|叩き台|最終案|修正案|原案|案|(?i:draft|ドラフト) ?版?`)
)

// Label returns the version label in a title, link text or file name, as printed and without
// the brackets around it: 第1.2版, Ver.2.0, v1.20, 令和８年３月改定, 令和7年版, 改訂版, （案）, 素案; "" where
// there is none. A number is preferred to a date and a date to a bare status; a draft status
// is kept with the number it belongs to (第1.2版（案）). A version that the text only starts
// from (第1.0版からの変更点) is passed over where another is named, and a meeting number (第3回) is
// no version.
func Label(s string) string {
	f := foldLabel(s)
	number := pick(f, labelsIn(f, labelNumber))
	draft := pick(f, labelsIn(f, labelDraft))
	main := number
	if main == "" {
		main = pick(f, labelsIn(f, labelDated))
	}
	for _, re := range []*regexp.Regexp{labelTerm, labelStatus, labelYearly, labelBare} {
		if main == "" {
			main = pick(f, labelsIn(f, re))
		}
	}
	if draft != "" && !strings.Contains(main, draft) {
		return main + draft
	}
	return main
}

// labelText is a text folded for matching, with the way back to what was printed.
type labelText struct {
	src, folded string
	from, to    []int // byte of folded → bytes of src
}

func foldLabel(s string) labelText {
	if len(s) > maxLabelText {
		s = strings.ToValidUTF8(s[:maxLabelText], "")
	}
	p := newDateScanner(s)
	f := labelText{src: s}
	var b strings.Builder
	for i, r := range p.runes {
		b.WriteRune(r)
		for len(f.from) < b.Len() {
			f.from, f.to = append(f.from, p.start[i]), append(f.to, p.end[i])
		}
	}
	f.folded = b.String()
	return f
}

func (f labelText) printed(start, end int) string {
	return strings.TrimSpace(f.src[f.from[start]:f.to[end-1]])
}

// labelsIn returns where re finds labels in f, as pairs of bytes of f.folded.
func labelsIn(f labelText, re *regexp.Regexp) [][]int {
	var out [][]int
	for _, m := range re.FindAllStringSubmatchIndex(f.folded, -1) {
		m = group(m)
		before, _ := utf8.DecodeLastRuneInString(f.folded[:m[0]])
		after, _ := utf8.DecodeRuneInString(f.folded[m[1]:])
		first, _ := utf8.DecodeRuneInString(f.folded[m[0]:])
		last, _ := utf8.DecodeLastRuneInString(f.folded[m[0]:m[1]])
		switch {
		case isWordRune(first) && isWordRune(before), isDigit(first) && before == '.',
			isWordRune(last) && isWordRune(after), isDigit(last) && after == '.' && isDigit(digitAfter(f.folded, m[1]+1)):
			continue
		case re == labelDraft && !draftEdges(f.folded[m[0]:m[1]], before, f.folded[m[1]:]):
			continue
		case re == labelDated && strings.HasSuffix(f.folded[m[0]:m[1]], "とりまとめ") && after == 'に':
			continue
		}
		out = append(out, m)
	}
	return out
}

// group returns the bounds of the first group that matched, or of the whole match.
func group(m []int) []int {
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 {
			return m[i : i+2]
		}
	}
	return m[:2]
}

func digitAfter(s string, i int) rune {
	if i >= len(s) {
		return 0
	}
	return rune(s[i])
}

// draftEdges tells a draft's 案 from the 案 of 提案, 事案, 案内 and 案件, by what stands around it.
func draftEdges(word string, before rune, rest string) bool {
	if word == "骨子" || strings.HasSuffix(word, "案") && !strings.ContainsAny(word, "(【〔[") {
		if word == "案" && strings.ContainsRune("提答議決事考図懸勘立発代対名妙腹教思翻下算", before) {
			return false
		}
		next, _ := utf8.DecodeRuneInString(rest)
		if rest != "" && !strings.ContainsRune(" 」』】)]〕>にのをがはへと及等、。,・(（[【_-.:/", next) {
			return false
		}
	}
	return true
}

// pick chooses the label to return among matches: the first that the text does not start
// from, else the first.
func pick(f labelText, matches [][]int) string {
	for _, m := range matches {
		rest := strings.TrimLeft(f.folded[m[1]:], ")）]】」 ")
		if strings.HasPrefix(rest, "から") || strings.HasPrefix(rest, "より") || strings.HasPrefix(rest, "→") || strings.HasPrefix(rest, "以降") {
			continue
		}
		return f.printed(m[0], m[1])
	}
	if len(matches) > 0 {
		return f.printed(matches[0][0], matches[0][1])
	}
	return ""
}

// Stages of a document, by which labels of the same number or date are ordered.
const (
	stageSketch  = 1 // たたき台
	stageOutline = 2 // 骨子
	stageFirst   = 3 // 素案
	stageDraft   = 4 // 案
	stageLast    = 5 // 修正案, 最終案
	stageTrial   = 6 // α版, 試行版, 暫定版
	stageBeta    = 7 // β版
	stageFinal   = 8
	stageRevised = 9 // 改訂版 without a number, after the version that had no label
)

// version is a label read for ordering.
type version struct {
	number []string
	date   [3]int
	stage  int
}

// CompareLabels orders two version labels; ok is false where they cannot be compared, as a
// number with a date, or a label with none (an unlabelled document may be older or newer).
//
// Numbers are read as decimals, not as software versions: the authorities go 1.0, 1.01, 1.1, 1.2
// (AI事業者ガイドライン) and 1.00, 1.01, 1.10, 1.20 (AISI), so 1.01 lies between 1.0 and 1.1 and 1.10 equals 1.1. Only
// where fractions have different lengths and none begins with a zero, as 1.9 and 1.10, whoever counts that way
// counts in whole numbers, and 1.10 is the later. Labels of three or more parts (1.2.3), and whatever is compared
// with them, are ordered part by part. With equal numbers or dates a draft comes before the
// final text: たたき台, 骨子, 素案, 案, 最終案, 暫定版, final, 改訂版; a lone 案 comes before the
// text without a label.
func CompareLabels(a, b string) (order int, ok bool) {
	x, y := readLabel(a), readLabel(b)
	switch {
	case x.number != nil && y.number != nil:
		if c := compareNumbers(x.number, y.number); c != 0 {
			return c, true
		}
	case x.number != nil:
		return +1, y.date == [3]int{} && y.stage <= stageBeta
	case y.number != nil:
		return -1, x.date == [3]int{} && x.stage <= stageBeta
	}
	exact := true
	if x.date[0] != 0 && y.date[0] != 0 {
		for i := range x.date {
			if x.date[i] == 0 || y.date[i] == 0 {
				exact = x.date[i] == y.date[i]
				break
			}
			if c := compareInts(x.date[i], y.date[i]); c != 0 {
				return c, true
			}
		}
	} else if x.number == nil && (x.date[0] != 0 || y.date[0] != 0) {
		// A draft without a day comes before the text that was decided on one.
		switch {
		case x.date[0] == 0 && x.stage <= stageBeta && y.stage >= stageFinal:
			return -1, true
		case y.date[0] == 0 && y.stage <= stageBeta && x.stage >= stageFinal:
			return +1, true
		}
		return 0, false
	}
	c := compareInts(x.stage, y.stage)
	if c == 0 && (!exact || x.number == nil && x.date[0] == 0 && x.stage == stageFinal) {
		return 0, false
	}
	return c, true
}

func readLabel(s string) version {
	f := foldLabel(s)
	v := version{stage: stageFinal}
	for _, re := range []*regexp.Regexp{labelNumber, labelTerm} {
		if m := labelsIn(f, re); len(m) > 0 && v.number == nil {
			v.number = labelParts(f.folded[m[0][0]:m[0][1]])
		}
	}
	if v.number == nil && labelBareWhole.MatchString(f.folded) {
		v.number = strings.Split(strings.TrimSpace(f.folded), ".")
	}
	if m := labelsIn(f, labelDated); len(m) > 0 {
		v.date = labelDate(f.folded[m[0][0]:m[0][1]])
	} else if labelYearWhole.MatchString(strings.Trim(f.folded, "()[] ")) {
		w := strings.TrimSuffix(strings.Trim(f.folded, "()[] "), "度")
		if !strings.ContainsRune(w, '年') {
			w += "年"
		}
		v.date = labelDate(w)
	}
	if v.number == nil && v.date[0] == 0 {
		if m := labelsIn(f, labelStatus); len(m) > 0 {
			switch w := f.folded[m[0][0]:m[0][1]]; {
			case strings.Contains(w, "改"):
				v.stage = stageRevised
			case strings.ContainsAny(w, "βB") || strings.Contains(w, "ベータ"):
				v.stage = stageBeta
			case !strings.ContainsAny(w, "最確現"):
				v.stage = stageTrial
			}
		}
	}
	if m := labelsIn(f, labelDraft); len(m) > 0 {
		switch w := f.folded[m[0][0]:m[0][1]]; {
		case strings.HasSuffix(w, "き台"):
			v.stage = stageSketch
		case strings.HasPrefix(w, "骨子"):
			v.stage = stageOutline
		case strings.Contains(w, "素案"), strings.Contains(w, "試案"), strings.Contains(w, "原案"):
			v.stage = stageFirst
		case w == "最終案", w == "修正案":
			v.stage = stageLast
		default:
			v.stage = stageDraft
		}
	}
	return v
}

// labelParts returns the numbers of 第1.01版 as ["1", "01"].
func labelParts(s string) []string {
	if strings.Contains(s, "初版") {
		return []string{"1"}
	}
	if i := strings.IndexAny(s, "0123456789"); i >= 0 {
		end := i
		for end < len(s) && (isDigit(rune(s[end])) || s[end] == '.') {
			end++
		}
		return strings.Split(strings.Trim(s[i:end], "."), ".")
	}
	kanji := strings.TrimSpace(strings.Trim(s, "改訂定第版期 "))
	if n := romanNumeral(kanji); n > 0 {
		return []string{strconv.Itoa(n)}
	}
	n, ok := Numeral(kanji)
	if !ok {
		return nil
	}
	return []string{strconv.Itoa(n)}
}

// labelDate returns the year, month and day of a dated label; what is not printed is 0.
func labelDate(s string) [3]int {
	if d := Dates(s); len(d) > 0 {
		return [3]int{d[0].Date.Year, int(d[0].Date.Month), d[0].Date.Day}
	}
	i := strings.IndexRune(s, '年')
	if i < 0 {
		return [3]int{}
	}
	// A year or month becomes a date by giving it its first day.
	whole := s[:i] + "年"
	rest := strings.TrimLeft(s[i+len("年"):], " ")
	if j := strings.IndexRune(rest, '月'); j >= 0 {
		if d := Dates(whole + rest[:j] + "月1日"); len(d) > 0 {
			return [3]int{d[0].Date.Year, int(d[0].Date.Month), 0}
		}
	}
	if d := Dates(whole + "12月1日"); len(d) > 0 {
		return [3]int{d[0].Date.Year, 0, 0}
	}
	return [3]int{}
}

// romanNumeral reads a Roman numeral below 40, or gives 0.
func romanNumeral(s string) int {
	values := map[rune]int{'I': 1, 'V': 5, 'X': 10}
	n, last := 0, 0
	for _, r := range s {
		v, ok := values[r]
		if !ok {
			return 0
		}
		if n += v; last < v {
			n -= 2 * last
		}
		last = v
	}
	return n
}

func compareNumbers(a, b []string) int {
	if len(a) < 3 && len(b) < 3 {
		if c := compareWhole(a[0], b[0]); c != 0 {
			return c
		}
		// Fractions without a leading zero that differ in length count as software versions do.
		if len(a) == 2 && len(b) == 2 && len(a[1]) != len(b[1]) && a[1][0] != '0' && b[1][0] != '0' &&
			strings.TrimRight(a[1], "0") != strings.TrimRight(b[1], "0") {
			return compareWhole(a[1], b[1])
		}
		fraction := func(p []string) string {
			if len(p) < 2 {
				return ""
			}
			return strings.TrimRight(p[1], "0")
		}
		return strings.Compare(fraction(a), fraction(b))
	}
	for i := 0; i < len(a) || i < len(b); i++ {
		x, y := "0", "0"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if c := compareWhole(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// compareWhole orders whole numbers of any length.
func compareWhole(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := compareInts(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func compareInts(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return +1
	}
	return 0
}

// Draft reports whether a label marks a text that is not yet decided: 案, 素案, 骨子, たたき台 and
// their kin.
func Draft(label string) bool { return readLabel(label).stage < stageTrial }
