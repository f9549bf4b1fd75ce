package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cutNoteNumber takes the number off the text of a footnote, which readers leave in
// several shapes: 6 消費者…, 6消費者…, 注6）…, ※6 …, *6 ….
func cutNoteNumber(s string) (rest string, ok bool) {
	// A control character says nothing; comparison keys drop it too.
	t := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(" \u3000([（［", r) })
	for _, sign := range [...]string{"脚注", "注釈", "注", "※", "*", "＊"} {
		if strings.HasPrefix(t, sign) {
			t = strings.TrimLeft(t[len(sign):], " \u3000")
			ok = true
			break
		}
	}
	n := digits(t)
	if n == 0 {
		return s, false
	}
	t = strings.TrimLeft(t[n:], " \u3000")
	for _, counter := range [...]string{"年", "月", "日", "つ"} {
		if !ok && strings.HasPrefix(t, counter) {
			return s, false
		}
	}
	return strings.TrimLeft(t, " \u3000\n\t)]）］.．:："), true
}

// digits returns the length in bytes of the digits at the beginning of s.
func digits(s string) int {
	for i, r := range s {
		if !(r >= '0' && r <= '9' || r >= '０' && r <= '９') {
			return i
		}
	}
	return len(s)
}

// maskNotes replaces the number in a reference to a note (脚注15, 前掲注3, (注2), ※4)
// by #, in a comparison key. Notes are numbered anew whenever one is put in, which
// changes no wording.
func maskNotes(key string) string {
	if !strings.Contains(key, "注") && !strings.Contains(key, "※") {
		return key
	}
	var out strings.Builder
	done := 0
	for i, r := range key {
		if r != '注' && r != '※' {
			continue
		}
		after := i + utf8.RuneLen(r)
		if r == '注' && !noteWord(key[:i]) {
			continue
		}
		n := digits(key[after:])
		if n == 0 {
			continue
		}
		out.WriteString(key[done:after])
		out.WriteByte('#')
		done = after + n
	}
	if done == 0 {
		return key
	}
	out.WriteString(key[done:])
	return out.String()
}

// noteWord reports that 注 after before means a note, as it does not in 発注 or 受注.
func noteWord(before string) bool {
	if before == "" {
		return true
	}
	for _, w := range [...]string{"脚", "掲", "(", "[", "〔", "「", "、", "。"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}
