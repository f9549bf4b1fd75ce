package pdf

import (
	"regexp"
	"unicode"
)

// Where a line stands says whether a paragraph begins: not by how far it is indented, but by
// how far from the other lines of its paragraph.

// Distances in ems by which lines are told to stand in one place, or in two.
const (
	sameIndent  = 0.3
	otherIndent = 0.6
	// maxFirst is how far the first line of a paragraph is indented at most.
	maxFirst = 2.5
)

// begins reports whether the line n stands where the block d does not go on. after is the line
// behind n, or nil.
func (j *joiner) begins(d *draft, n, after *line) bool {
	x, first := n.indent(), d.first.indent()
	if d.lines > 1 {
		switch {
		case d.mark != "" && d.hang > first+otherIndent:
			// A hanging item goes on under its words, not under its number.
			return x < first+sameIndent && sameEdges(d.last, n)
		case d.mark == "":
			return x > d.hang+0.8 && x < d.hang+maxFirst && (j.drops || drops(n, after)) && !full(d.last, n) && !midWord(plain(d.last.text), plain(n.text))
		}
		return false
	}
	if abs(x-first) >= sameIndent {
		return false
	}
	if drops(n, after) {
		return true
	}
	return d.mark == "" && j.drops && abs(first-j.first) < sameIndent && !levels(n, after) && !midWord(plain(d.last.text), plain(n.text))
}

// sameEdges reports whether the indents of two lines can be compared.
func sameEdges(l, n *line) bool {
	return (l.page != n.page || l.column == n.column) && abs(l.left-n.left) < sameIndent*n.size
}

// drops reports whether the line behind n goes on with what n begins, further to the left: n is the
// first line of a paragraph.
func drops(n, after *line) bool {
	x, ok := step(n, after)
	return ok && x < -otherIndent && x > -maxFirst
}

// levels reports whether the line behind n goes on with it right below.
func levels(n, after *line) bool {
	x, ok := step(n, after)
	return ok && abs(x) < sameIndent
}

// step returns how far to the right of n the line behind it stands, where it goes on with it.
func step(n, after *line) (float32, bool) {
	if after == nil || n.table || after.table || after.page != n.page || after.column != n.column || after.box != n.box || abs(after.size-n.size) > 0.05*n.size {
		return 0, false
	}
	return after.indent() - n.indent(), full(n, after) && !endsSentence(plain(n.text)) && enumerator(plain(after.text)) == ""
}

// midWord reports whether a line break stands inside a word or before the end of a sentence: the
// same script goes on, or kana that begin no sentence.
func midWord(before, text string) bool {
	a, b := lastRune(before), firstRune(text)
	switch {
	case isWord(a) && isWord(b), isDigit(a) && isDigit(b), a == '-' || a == '‐' || a == '‑':
		return true
	case unicode.Is(unicode.Katakana, a) || a == 'ー':
		return unicode.Is(unicode.Katakana, b)
	}
	return unicode.Is(unicode.Hiragana, b) && !opening.MatchString(text)
}

// opening matches words in kana that begin a sentence.
var opening = regexp.MustCompile(`^(?:なお|また|まず|ただし|しか[しも]|さらに|そ[のれしこう]|こ[のれここう]|あ[のら]|いずれ|すなわち|つまり|たとえば|したがって|よって|ついで|おって|ところ|とりわけ|とくに|もっとも|おおむね|すべて|かかる|かつ|ゆえに|いわゆる)`)
