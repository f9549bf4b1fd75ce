package ja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Enumerator takes a leading enumerator or bullet off a clause or heading, before
// its key is made: 第十六条の二, 第2部, 第３章, 1), （１）, 1., 1-2, A., ①, ア, (ア), 一, 別添1,
// ○, ➢ and their kin, a bullet together with the number that follows it. mark is what
// was taken off as printed, without white space around it, and rest what stands
// after it; mark is "" and rest is s where the text does not begin with one.
//
// What only looks like one is left: a reference that begins a sentence
// (第十六条の規定により, ①から③まで), a date or quantity (2024 年度, 3 つ), a decimal (1.5倍),
// a placeholder (○○省), an abbreviation (A.I.).
func Enumerator(s string) (mark, rest string) {
	head := strings.TrimLeftFunc(s, enumSpace)
	end := 0
	for range maxBullets {
		n := bulletLen(head[end:])
		if n == 0 {
			break
		}
		end += n
		end += len(head[end:]) - len(strings.TrimLeftFunc(head[end:], enumSpace))
	}
	if n := numberLen(head[end:]); n > 0 {
		end += n
	}
	if end == 0 {
		return "", s
	}
	return strings.TrimRightFunc(head[:end], enumSpace), strings.TrimLeftFunc(head[end:], enumSpace)
}

// maxBullets is how many bullets in a row are taken off one text.
const maxBullets = 3

// maxDigits is the length of the longest number in an enumerator; a year is longer.
const maxDigits = 3

func enumSpace(r rune) bool { return unicode.IsSpace(r) || r == 0x200b || r == 0xfeff }

// bulletLen returns the length of a bullet sign at the beginning of s, or 0.
func bulletLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r >= 0xf000 && r <= 0xf0ff, r == '※', r == '•', r == '·', r == '･', r == '⇒', r == '➡', r == '→',
		r == '△', r == '▲', r == '▽', r == '▼', r == '∙', r == '♦', keyBullet(r):
	case r == '-', r == '–', r == '—', r == '*', r == '−', r == '－', r == '‐', r == '+':
		if next, _ := utf8.DecodeRuneInString(s[n:]); !enumSpace(next) {
			return 0
		}
	default:
		return 0
	}
	rest := strings.TrimLeftFunc(s[n:], enumSpace)
	if rest == "" {
		return 0
	}
	if next, _ := utf8.DecodeRuneInString(s[n:]); next == r || strings.HasPrefix(rest, "|") {
		return 0 // ○○省, or a sign that fills a table cell
	}
	return n
}

// numberLen returns the length of a numbering at the beginning of s, or 0.
func numberLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == '第':
		return ordinalLen(s)
	case strings.ContainsRune("附別様参資付図表注脚備", r):
		return annexLen(s)
	case r == '(' || r == '（' || r == '[' || r == '［' || r == '〔' || r == '【':
		return bracketLen(s, n)
	case enclosed(r):
		if refers(s[n:]) {
			return 0
		}
		return n
	case r >= 0x2160 && r <= 0x217f: // Ⅰ Ⅱ ⅰ
		return closedLen(s, runLen(s, func(r rune) bool { return r >= 0x2160 && r <= 0x217f }))
	case digit(r):
		return digitsLen(s)
	case latin(r):
		return latinLen(s)
	case katakana(r):
		if k := closedLen(s, n); k > 0 {
			return k
		}
		return 0
	case kanjiDigit(r):
		k := runLen(s, kanjiDigit)
		for strings.HasPrefix(s[k:], "の") && runLen(s[k+3:], kanjiDigit) > 0 {
			k += 3 + runLen(s[k+3:], kanjiDigit)
		}
		return closedLen(s, k)
	}
	return 0
}

// ordinalUnits are the divisions of laws and guidelines, from outside in.
var ordinalUnits = [...]string{"編", "部", "章", "節", "款", "目", "条", "項", "号"}

// ordinalLen measures 第十六条の二, 第2部, 第1.2節.
func ordinalLen(s string) int {
	n := len("第")
	n += runLen(s[n:], func(r rune) bool { return enumSpace(r) && r != '\n' })
	k := runLen(s[n:], func(r rune) bool { return digit(r) || kanjiDigit(r) || r == '.' || r == '．' })
	if k == 0 {
		return 0
	}
	n += k
	n += runLen(s[n:], func(r rune) bool { return enumSpace(r) && r != '\n' })
	unit := ""
	for _, u := range ordinalUnits {
		if strings.HasPrefix(s[n:], u) {
			unit = u
			n += len(u)
			break
		}
	}
	if unit == "" {
		// 第１　総則
		if r, _ := utf8.DecodeRuneInString(s[n:]); n > len("第")+k && !hiragana(r) {
			return n
		}
		return 0
	}
	for strings.HasPrefix(s[n:], "の") {
		k := runLen(s[n+3:], func(r rune) bool { return digit(r) || kanjiDigit(r) })
		if k == 0 {
			return 0 // 第十六条の規定
		}
		n += 3 + k
	}
	// A deleted or joined range: 第三条から第五条まで　削除
	for _, join := range [...]string{"から", "及び", "～", "〜", "：", ":"} {
		if strings.HasPrefix(s[n:], join+"第") {
			k := ordinalLen(s[n+len(join):])
			if next, _ := utf8.DecodeRuneInString(s[n+len(join)+k:]); k > 0 && enumSpace(next) {
				return n + len(join) + k
			}
		}
	}
	if s[n:] == "まで" || strings.HasPrefix(s[n:], "まで　") || strings.HasPrefix(s[n:], "まで ") {
		n += len("まで")
	}
	next, size := utf8.DecodeRuneInString(s[n:])
	switch {
	case size == 0, enumSpace(next):
		return n
	case next == '.' || next == '．' || next == ':' || next == '：':
		return n + size
	case next == '(' || next == '（' || next == '「' || next == '『' || next == '【':
		return n
	case unit == "条" || unit == "項" || unit == "号":
		return 0
	case hiragana(next) || !unicode.IsLetter(next) || refers(s[n:]):
		return 0
	}
	return n
}

// annexes are the names of parts and captions that carry a number of their own.
var annexes = [...]string{"別添", "別紙", "別表", "別記様式", "別記", "様式", "参考資料", "参考", "資料", "附属書", "付属書",
	"附則", "付録", "附録", "図表", "図", "表", "脚注", "備考", "注"}

// annexLen measures 別添1, 別表第一, 図 5., 脚注12, 注1).
func annexLen(s string) int {
	for _, name := range annexes {
		if !strings.HasPrefix(s, name) {
			continue
		}
		n := len(name)
		n += runLen(s[n:], enumSpace)
		if strings.HasPrefix(s[n:], "第") {
			n += len("第")
		}
		k := runLen(s[n:], func(r rune) bool { return digit(r) || kanjiDigit(r) || r == '-' || r == '－' || r == 'の' })
		if k == 0 || strings.HasPrefix(s[n:], "の") {
			continue
		}
		if strings.HasSuffix(s[:n+k], "の") {
			k -= len("の")
		}
		n += k
		if strings.HasPrefix(s[n:], "号") {
			n += len("号")
		}
		if c := closedLen(s, n); c > 0 {
			return c
		}
		if next, size := utf8.DecodeRuneInString(s[n:]); size == 0 || opens(next) || strings.ContainsRune("】］〕]", next) {
			return n
		}
	}
	return 0
}

// bracketLen measures (1), （ア）, (一), (a), (iv), [3], 【別添1】; open is the length of the bracket.
func bracketLen(s string, open int) int {
	in := s[open:]
	k := runLen(in, func(r rune) bool { return digit(r) })
	if k == 0 {
		k = runLen(in, kanjiDigit)
	}
	if k == 0 {
		r, n := utf8.DecodeRuneInString(in)
		switch {
		case katakana(r), r >= 0x2160 && r <= 0x217f:
			k = n
		case latin(r):
			if k = runLen(in, latin); k > n && !roman(in[:k]) {
				return 0
			}
		}
	}
	most := maxDigits
	if k == 0 {
		if k, most = annexLen(in), maxAnnex; k > 0 && strings.ContainsAny(in[k-1:k], ").:") {
			k-- // the bracket is ours
		} else if strings.HasSuffix(in[:k], "）") {
			k -= len("）")
		}
	}
	if k == 0 || utf8.RuneCountInString(in[:k]) > most {
		return 0
	}
	r, n := utf8.DecodeRuneInString(in[k:])
	switch r {
	case ')', '）', ']', '］', '〕', '】':
	default:
		return 0
	}
	if refers(in[k+n:]) {
		return 0
	}
	return open + k + n
}

// maxAnnex is the length in characters of the longest name of a part in brackets.
const maxAnnex = 8

// digitsLen measures 1), 1., 1-2, 1.2.3, １．, and a number set off by a space.
func digitsLen(s string) int {
	n := runLen(s, digit)
	if utf8.RuneCountInString(s[:n]) > maxDigits {
		return 0
	}
	parts := 1
	for {
		sep, size := utf8.DecodeRuneInString(s[n:])
		if !joins(sep) {
			break
		}
		k := runLen(s[n+size:], digit)
		if k == 0 || utf8.RuneCountInString(s[n+size:n+size+k]) > maxDigits {
			break
		}
		n += size + k
		parts++
	}
	next, size := utf8.DecodeRuneInString(s[n:])
	switch {
	case size == 0:
		return 0 // a number alone is content
	case next == ')' || next == '）':
		if refers(s[n+size:]) {
			return 0
		}
		return n + size
	case next == '.' || next == '．':
		after, k := utf8.DecodeRuneInString(s[n+size:])
		if k > 0 && (digit(after) || latin(after)) {
			return 0
		}
		return n + size
	case enumSpace(next):
		after := strings.TrimLeftFunc(s[n:], enumSpace)
		if after == "" || parts == 1 && counted(after) || strings.HasPrefix(after, "|") {
			return 0
		}
		if r, _ := utf8.DecodeRuneInString(after); digit(r) || r == '/' || r == '~' || r == '-' || r == '%' {
			return 0
		}
		return n
	}
	return 0
}

// counters are the words by which a number at the beginning of a text is a quantity or a date.
var counters = [...]string{"つ", "年", "月", "か月", "ヶ月", "カ月", "箇月", "か所", "ヶ所", "割", "倍", "円", "万", "億", "兆", "％", "%", "点の", "人の", "人が", "件の",
	"日間", "日の", "日か", "日ま"}

func counted(s string) bool {
	for _, c := range counters {
		if strings.HasPrefix(s, c) {
			return true
		}
	}
	return false
}

// latinLen measures A., A), a., D-1., iv).
func latinLen(s string) int {
	n := runLen(s, latin)
	if utf8.RuneCountInString(s[:n]) > 1 && !roman(s[:n]) {
		return 0
	}
	first := n
	if sep, size := utf8.DecodeRuneInString(s[n:]); sep == '-' || sep == '－' {
		if k := runLen(s[n+size:], digit); k > 0 {
			n += size + k
		}
	}
	next, size := utf8.DecodeRuneInString(s[n:])
	switch next {
	case ')', '）':
		if refers(s[n+size:]) {
			return 0
		}
		return n + size
	case '.', '．':
		after, k := utf8.DecodeRuneInString(s[n+size:])
		if k == 0 || latin(after) || digit(after) {
			return 0
		}
		return n + size
	case ' ', '　':
		if n > first {
			return n // A-1 目的
		}
	}
	return 0
}

// closedLen returns n, with the sign that closes the enumerator s[:n], where one or
// white space follows it, or 0.
func closedLen(s string, n int) int {
	if n == 0 {
		return 0
	}
	next, size := utf8.DecodeRuneInString(s[n:])
	switch {
	case size == 0:
		return 0
	case next == '.' || next == '．' || next == ')' || next == '）' || next == ':' || next == '：':
		if refers(s[n+size:]) {
			return 0
		}
		return n + size
	case enumSpace(next):
		after := strings.TrimLeftFunc(s[n:], enumSpace)
		if r, _ := utf8.DecodeRuneInString(after); after == "" || hiragana(r) && refers(after) || r == '|' {
			return 0
		}
		return n
	}
	return 0
}

// references are the words after which a number is spoken about, not set in front of a clause.
var references = [...]string{"から", "及び", "又は", "並びに", "若しくは", "または", "および", "、", "，", "～", "〜", "の", "に", "を", "は、", "が",
	"と同", "と①", "以下", "以降", "参照", "まで"}

func refers(s string) bool {
	for _, w := range references {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// roman reports that s, in either width, reads as a small Roman numeral.
func roman(s string) bool {
	for _, r := range s {
		if !strings.ContainsRune("ivxIVXｉｖｘＩＶＸ", r) {
			return false
		}
	}
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= maxRoman
}

// maxRoman is the length of the longest Roman numeral taken for an enumerator (xviii).
const maxRoman = 5

// runLen returns the length in bytes of the longest prefix of s whose characters are all in.
func runLen(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

func digit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

func latin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 'ａ' && r <= 'ｚ' || r >= 'Ａ' && r <= 'Ｚ'
}

func katakana(r rune) bool { return r >= 'ア' && r <= 'ン' }

func hiragana(r rune) bool { return r >= 'ぁ' && r <= 'ん' }

func kanjiDigit(r rune) bool {
	return strings.ContainsRune("一二三四五六七八九十百千〇", r)
}

func joins(r rune) bool {
	return r == '.' || r == '．' || r == '-' || r == '－' || r == '‐' || r == '−'
}

func opens(r rune) bool {
	return r == '(' || r == '（' || r == '「' || r == '【' || r == '［' || r == '['
}

// enclosed reports whether r is a number or letter in a circle, in brackets or with a full stop.
func enclosed(r rune) bool {
	return r >= 0x2460 && r <= 0x24ff || r >= 0x2776 && r <= 0x2793 || r >= 0x3251 && r <= 0x325f ||
		r >= 0x32b1 && r <= 0x32bf || r >= 0x32d0 && r <= 0x32fe || r >= 0x3220 && r <= 0x3229 || r >= 0x3280 && r <= 0x3289
}
