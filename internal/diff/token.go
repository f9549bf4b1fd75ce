package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/ja"

	"github.com/rivo/uniseg"
)

// token is a stretch of text that changes as a whole.
type token struct {
	// start and end are byte offsets; between tokens nothing is left out.
	start, end int
	// key is the comparison key of the token.
	key string
}

// tokens cuts s into the words of UAX #29, in which an ideograph and a hiragana stand
// alone and a katakana word does not, and joins those that mean one thing: an era or
// Western date, an amount with its unit, 第16条の2 with its branch number. What is no
// wording (a bullet, a space between Japanese words, a sign of no width) belongs to
// the token before it, at the beginning to the one after it.
func tokens(s string) []token {
	out := make([]token, 0, len(s)/3+1)
	lead := 0
	line := true // at the beginning of a line
	for at := 0; at < len(s); {
		n := wordLen(s[at:])
		key := wordKey(s, at, n, line, out)
		if strings.TrimSpace(s[at:at+n]) != "" {
			line = line && key == ""
		} else if strings.Contains(s[at:at+n], "\n") {
			line = true
		}
		switch {
		case key != "":
			out = append(out, token{lead, at + n, key})
			lead = at + n
		case len(out) > 0:
			out[len(out)-1].end = at + n
			lead = at + n
		}
		at += n
	}
	if lead < len(s) {
		out = append(out, token{lead, len(s), ""})
	}
	return joinTokens(out)
}

// wordLen returns the length of the first word of s. The usual characters are told by
// themselves, which is many times faster than the state machine of UAX #29.
func wordLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case alone(r):
	case katakana(r):
		n = run(s, katakana)
	case r < utf8.RuneSelf && word(r):
		n = asciiLen(s)
	default:
		w, _, _ := uniseg.FirstWordInString(s, -1)
		return len(w)
	}
	if next, _ := utf8.DecodeRuneInString(s[n:]); n < len(s) && !plain(next) {
		// A combining mark, a variation selector or another script follows.
		w, _, _ := uniseg.FirstWordInString(s, -1)
		return len(w)
	}
	return n
}

// asciiLen measures a word of ASCII letters and digits with the signs that UAX #29
// allows inside: 1,250.5, v1.2, don't.
func asciiLen(s string) int {
	n := 0
	for n < len(s) {
		c := rune(s[n])
		switch {
		case word(c):
		case n+1 < len(s) && n > 0 && (c == '.' || c == '\'') && sameSort(rune(s[n-1]), rune(s[n+1])):
		case n+1 < len(s) && n > 0 && c == ',' && number09(rune(s[n-1])) && number09(rune(s[n+1])):
		default:
			return n
		}
		n++
	}
	return n
}

// sameSort reports that both are digits or both letters.
func sameSort(a, b rune) bool { return word(a) && word(b) && number09(a) == number09(b) }

func word(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || number09(r) || r == '_'
}

func number09(r rune) bool { return r >= '0' && r <= '9' }

func katakana(r rune) bool { return r >= 0x30a1 && r <= 0x30fa || r == 0x30fc }

// alone reports that r is a word by itself.
func alone(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3041 && r <= 0x3096 || r >= 0x3001 && r <= 0x3011
}

// plain reports that r neither combines with what precedes it nor joins a word.
func plain(r rune) bool {
	return r < 0xa0 || alone(r) || katakana(r) || r == 0x3000 || r == '・' || r == '（' || r == '）' || r == '：' ||
		r == '／' || r >= 0x3014 && r <= 0x301b || r == '－' || r == '～' || r == '〜'
}

// run returns the length of the longest prefix of s whose characters are all in.
func run(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

// wordKey returns the comparison key of the word of n bytes at s[at:], or "" where it
// is no wording there. line says that nothing but bullets precedes it on its line.
func wordKey(s string, at, n int, line bool, before []token) string {
	w := s[at : at+n]
	key := ja.Key(w)
	switch {
	case key == "" && strings.TrimFunc(w, unicode.IsSpace) == "":
		if latinEnd(s[:at]) && latinStart(s[at+n:]) {
			return " "
		}
	case key == "" && at > 0 && word(rune(s[at-1])):
		key = strings.TrimPrefix(ja.Key(s[at-1:at+n]), s[at-1:at]) // m²
	case key == "-" && len(before) > 0 && before[len(before)-1].key == "-":
		return "" // ―― is one dash
	case line && n <= utf8.UTFMax:
		if r, _ := utf8.DecodeRuneInString(w); bullet(r) && leads(s[at:]) {
			return ""
		}
	}
	return key
}

// leads reports that s begins with a bullet in front of something.
func leads(s string) bool {
	if end := strings.IndexByte(s, '\n'); end >= 0 {
		s = s[:end]
	}
	if len(s) > maxLead {
		s = strings.ToValidUTF8(s[:maxLead], "")
	}
	mark, _ := ja.Enumerator(s)
	return mark != ""
}

// maxLead is how much of a line is looked at to tell a bullet.
const maxLead = 64

// latinEnd and latinStart report that a space between is wording (see ja.Key).
func latinEnd(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	if r >= 0x300 && unicode.IsMark(r) {
		r, _ = utf8.DecodeLastRuneInString(s[:len(s)-n])
	}
	return latin(r)
}

func latinStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, unicode.IsSpace))
	return latin(r)
}

func latin(r rune) bool {
	return r < utf8.RuneSelf && word(r) && r != '_' ||
		r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) && ja.Japanese(string(r)) == 0
}
