package diff

import (
	"slices"
	"strings"
)

// joinTokens joins the tokens that mean one thing, in place.
func joinTokens(t []token) []token {
	out := t[:0]
	for i := 0; i < len(t); {
		n := max(dateLen(t[i:]), ordinalLen(t[i:]), amountLen(t[i:]), 1)
		joined := t[i]
		if n > 1 {
			var key strings.Builder
			for _, part := range t[i : i+n] {
				key.WriteString(part.key)
			}
			joined = token{t[i].start, t[i+n-1].end, key.String()}
		} else if len(out) > 0 && joined.key != "" && digits(joined.key) == len(joined.key) && noteSign(t[:i], out[len(out)-1]) {
			joined.key = "#" // the number of a note, as in maskNotes
		}
		out = append(out, joined)
		i += n
	}
	return out
}

func noteSign(before []token, last token) bool {
	if last.key == "※" {
		return true
	}
	if last.key != "注" {
		return false
	}
	prev := ""
	if n := len(before); n >= 2 {
		prev = before[n-2].key
	}
	return noteWord(prev)
}

// key returns the key of the i-th token, or "".
func key(t []token, i int) string {
	if i < len(t) {
		return t[i].key
	}
	return ""
}

// figure returns how many tokens at the beginning of t make a number: one of digits, or
// several kanji numerals.
func figure(t []token) int {
	if k := key(t, 0); k != "" && number09(rune(k[0])) {
		return 1
	}
	n := 0
	for n < len(t) && n < maxFigure && kanjiFigure(t[n].key) {
		n++
	}
	return n
}

// maxFigure is the number of kanji in the longest number that changes as a whole.
const maxFigure = 12

func kanjiFigure(k string) bool {
	return len(k) == 3 && strings.Contains("一二三四五六七八九十百千〇", k)
}

// dateLen measures 令和8年3月31日, 2026年3月, 令和元年.
func dateLen(t []token) int {
	n := 0
	switch key(t, 0) + key(t, 1) {
	case "令和", "平成", "昭和", "大正", "明治":
		n = 2
	}
	f := figure(t[n:])
	if f == 0 && n == 2 && key(t, 2) == "元" {
		f = 1
	}
	if f == 0 || key(t, n+f) != "年" {
		return 0
	}
	n += f + 1
	for _, unit := range [...]string{"月", "日"} {
		f := figure(t[min(n, len(t)):])
		if f == 0 || key(t, n+f) != unit {
			break
		}
		n += f + 1
	}
	return n
}

// ordinalUnits are the units that belong to an ordinal number.
var ordinalUnits = [...]string{"編", "部", "章", "節", "款", "目", "条", "項", "号", "版", "回", "期", "次", "類", "種"}

// ordinalLen measures 第16条の2, 第三号, 16条の2.
func ordinalLen(t []token) int {
	n := 0
	if key(t, 0) == "第" {
		n = 1
	}
	f := figure(t[n:])
	if f == 0 {
		return 0
	}
	m := n + f
	unit := key(t, m)
	if n == 0 && unit != "条" {
		return 0
	}
	if slices.Contains(ordinalUnits[:], unit) {
		m++
	}
	for key(t, m) == "の" {
		f := figure(t[m+1:])
		if f == 0 || n == 0 && f == 0 {
			break
		}
		m += 1 + f
	}
	return m
}

// amountLen measures 1,250万円, 3.5%, 二十.
func amountLen(t []token) int {
	n := figure(t)
	if n == 0 || n == 1 && kanjiFigure(t[0].key) {
		return 0
	}
	for n < len(t) && strings.Contains("十百千万億兆", t[n].key) && t[n].key != "" {
		n++
	}
	switch key(t, n) {
	case "円", "%", "ドル", "ユーロ":
		n++
	}
	return n
}
