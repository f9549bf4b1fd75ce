package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// core returns what an enumerator counts with: 3 of （３）, ③ as 3, ア of (ア).
func core(m string) string {
	return strings.TrimFunc(norm.NFKC.String(m), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// firstOfSeries reports whether an enumerator begins a series.
func firstOfSeries(m string) bool {
	switch core(m) {
	case "1", "ア", "イ", "一", "a", "A", "i", "I", "第1", "第一", "1.1", "1-1", "\ue7b2", "\ue7d1":
		return true
	}
	return false
}

const (
	kanaOrder  = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
	irohaOrder = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウ"
	kanjiOrder = "一二三四五六七八九十"
)

// follow reports whether b is the next enumerator after a in a series.
func follow(a, b string) bool {
	ca, cb := core(a), core(b)
	for _, order := range [...]string{kanaOrder, irohaOrder, kanjiOrder} {
		if i := strings.Index(order, ca); i >= 0 && ca != "" && strings.HasPrefix(order[i+len(ca):], cb) && cb != "" {
			return true
		}
	}
	if la, lb := []rune(ca), []rune(cb); len(la) == 1 && len(lb) == 1 && lb[0] == la[0]+1 {
		return true // letters, and numbers that only the font knows
	}
	if na, nb := roman(strings.ToLower(ca)), roman(strings.ToLower(cb)); na > 0 && nb == na+1 {
		return true
	}
	pa, na := lastNumber(ca)
	pb, nb := lastNumber(cb)
	return na >= 0 && pa == pb && nb == na+1
}

// lastNumber splits off the last number of an enumerator.
func lastNumber(s string) (before string, n int) {
	end := strings.LastIndexFunc(s, unicode.IsDigit) + 1
	if end == 0 {
		return s, -1
	}
	start := end
	for start > 0 && s[start-1] >= '0' && s[start-1] <= '9' {
		start--
	}
	for _, c := range s[start:end] {
		n = n*10 + int(c-'0')
		if n > 1<<20 {
			return s, -1
		}
	}
	return s[:start] + "#" + s[end:], n
}

// titles are the titles that the contents and the outline name, without regard to
// spaces and width.
type titles struct {
	whole map[string]entry
	// bare has the titles without the enumerators that they have there.
	bare map[string]entry
}

// entry is a title as the contents or the outline name it.
type entry struct {
	text string
	// mark is its enumerator there.
	mark string
	// depth is how deep it stands there, from 1, or 0 where that is not known.
	depth int
}

func titleKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '.' || r == '・' {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

func (t *titles) add(e entry) {
	k := titleKey(e.text)
	if len(k) < minTitleBytes {
		return
	}
	if t.whole == nil {
		t.whole, t.bare = map[string]entry{}, map[string]entry{}
	}
	e.mark = enumerator(e.text)
	t.whole[k] = e
	if rest := strings.TrimPrefix(k, titleKey(e.mark)); e.mark != "" && len(rest) >= minTitleBytes {
		t.bare[rest] = e
	}
}

// minTitleBytes is the least length of a title that is looked for in the text.
const minTitleBytes = 4

func (t *titles) has(s string) bool {
	if len(t.whole) == 0 || len(s) > maxTitleBytes {
		return false
	}
	_, ok := t.whole[titleKey(s)]
	return ok
}

// find returns the entry of a title, also where only the entry has an enumerator.
func (t *titles) find(s string) entry {
	key := titleKey(s)
	if e, ok := t.whole[key]; ok {
		return e
	}
	return t.bare[key]
}

// cut splits a text that begins with a numbered title and runs on into the title and the rest.
func (t *titles) cut(s string) (title, rest string, ok bool) {
	if len(t.whole) == 0 {
		return "", s, false
	}
	runes := 0
	best := 0
	for i := range s {
		if runes++; runes > maxCutRunes {
			break
		}
		if i > 0 && t.has(s[:i]) {
			best = i
		}
	}
	if best == 0 {
		return "", s, false
	}
	next := firstRune(strings.TrimLeft(s[best:], " 　"))
	if next == 0 || unicode.Is(unicode.Hiragana, next) || strings.ContainsRune("、。，」』）)ー", next) {
		return "", s, false
	}
	return strings.TrimSpace(s[:best]), strings.TrimSpace(s[best:]), true
}

// maxCutRunes is the length of the longest title looked for at the beginning of a text.
const maxCutRunes = 80
