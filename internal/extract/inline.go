package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/ja"
)

// lineBreak stands in running text for a break that the author set (<br>, a new line in
// a cell). It is the vertical tab, which documents do not hold: clean turns theirs into spaces.
const lineBreak = '\v'

// clean drops characters from foreign text that have no width and would make equal words
// differ: soft hyphens, zero-width signs, direction marks, the byte order mark, controls.
func clean(s string) string {
	ok := true
	for _, r := range s {
		if invisible(r) || r == lineBreak {
			ok = false
			break
		}
	}
	if ok && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == lineBreak:
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func invisible(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != lineBreak
	case r < 0x7f:
		return false
	case r < 0xa0, r == 0xad, r == 0xfeff:
		return true
	}
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x2064
}

// collapse folds white space as a browser shows it: a run of it is one space, a line end
// of the source between two Japanese characters is nothing. Full-width spaces are text,
// but not at the ends. Line breaks stay; an indentation by hard spaces after one becomes a
// full-width space, which is what it stands for.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	prev := rune(lineBreak)
	space, lineEnd, hard := false, false, false
	for _, r := range s {
		switch r {
		case lineBreak, wordBreak:
			space, lineEnd, hard = false, false, false
			b.WriteRune(lineBreak)
			prev = lineBreak
			continue
		case '\u00a0', '\u2002', '\u2003', '\u2009':
			space, hard = true, true
			continue
		case '\t', '\n', '\r', '\f', ' ':
			space, lineEnd = true, lineEnd || r == '\n' || r == '\r'
			continue
		}
		switch {
		case !space, lineEnd && !hard && wide(prev) && wide(r):
		case prev != lineBreak:
			b.WriteByte(' ')
		case hard && b.Len() > 0:
			b.WriteRune('\u3000')
		}
		space, lineEnd, hard = false, false, false
		b.WriteRune(r)
		prev = r
	}
	return b.String()
}

// wide reports whether r is written without spaces around it: kana, kanji, full-width
// forms and Japanese punctuation.
func wide(r rune) bool {
	return r >= 0x3000 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff ||
		r >= 0xff01 && r <= 0xffef || r >= 0x20000 && r <= 0x3ffff || r >= 0x2460 && r <= 0x24ff ||
		r == '…' || r == '―' || r == '※'
}

// trim takes white space of every kind off both ends.
func trim(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

// sentence gathers the lines of one paragraph.
type sentence struct{ b strings.Builder }

// add joins a line to those before it: between Latin words with a space, else with nothing.
func (s *sentence) add(line string) {
	line = trim(line)
	if line == "" {
		return
	}
	last, _ := utf8.DecodeLastRuneInString(s.b.String())
	first, _ := utf8.DecodeRuneInString(line)
	if s.b.Len() > 0 && !wide(last) && !wide(first) {
		s.b.WriteByte(' ')
	}
	s.b.WriteString(line)
}

// text is what was gathered; it costs nothing to ask for.
func (s *sentence) text() string { return s.b.String() }

// short reports whether a text has at most n characters, in time that does not grow with it.
func short(s string, n int) bool {
	return len(s) <= utf8.UTFMax*n && utf8.RuneCountInString(s) <= n
}

// shortLine is the length in characters up to which a line that the author broke may be
// an entry of its own (a date, a name, an address) and not part of a sentence.
const shortLine = 40

// paragraphs splits collapsed running text at the breaks its author set. Two breaks in a
// row end a paragraph. A single break ends one where the line ends a sentence, where the
// next is indented or begins with an enumerator, or where all lines are short entries; a
// date stays beside what it dates; any other break is a line end inside a sentence.
func paragraphs(s string) []string {
	if !strings.ContainsRune(s, lineBreak) {
		if s = trim(s); s == "" {
			return nil
		}
		return []string{s}
	}
	var out []string
	for _, para := range splitBreaks(s) {
		list := entries(para)
		var cur sentence
		for i, line := range para {
			switch {
			case i == 0:
				cur.add(line)
			case beginsWithDate(line) && beginsWithDate(para[i-1]), list, sentenceEnd(cur.text()),
				strings.HasPrefix(line, "\u3000"), enumerated(line), i == 1 && numberedTitle(cur.text()):
				out = appendText(out, cur.text())
				cur = sentence{}
				cur.add(line)
			case isDate(line) && short(cur.text(), shortLine), isDate(cur.text()) && short(line, shortLine):
				cur.b.WriteString("\u3000" + trim(line))
			default:
				cur.add(line)
			}
		}
		out = appendText(out, cur.text())
	}
	return out
}

func appendText(out []string, s string) []string {
	if s = trim(s); s != "" {
		out = append(out, s)
	}
	return out
}

// splitBreaks groups lines into paragraphs at empty lines.
func splitBreaks(s string) [][]string {
	var out [][]string
	var cur []string
	for line := range strings.SplitSeq(s, string(lineBreak)) {
		if trim(line) == "" {
			if len(cur) > 0 {
				out = append(out, cur)
			}
			cur = nil
			continue
		}
		cur = append(cur, strings.TrimRight(line, " \u3000"))
	}
	if len(cur) > 0 {
		out = append(out, cur)
	}
	return out
}

// entries reports whether lines are entries of a list rather than one sentence.
func entries(lines []string) bool {
	if len(lines) < 3 {
		return false
	}
	for _, l := range lines {
		last, _ := utf8.DecodeLastRuneInString(l)
		if utf8.RuneCountInString(l) > shortLine || strings.ContainsRune(midSentence, last) || strings.ContainsRune("。．", last) {
			return false
		}
	}
	return true
}

// midSentence are the characters at which a sentence goes on.
const midSentence = "、，,をはがにでとのもへやて"

func sentenceEnd(s string) bool {
	s = strings.TrimRight(s, " \u3000）)」』")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("。．！？：", r)
}

// cut shortens a label to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	i := 0
	for pos := range s {
		if i == n-1 {
			return s[:pos] + "…"
		}
		i++
	}
	return s
}

// numberedTitleRunes is the length of the longest numbered line that is taken for a title
// though a line follows it without an empty one between.
const numberedTitleRunes = 20

// numberedTitle reports whether a line is a number and a few words that are no sentence.
func numberedTitle(s string) bool {
	if !short(s, numberedTitleRunes) {
		return false
	}
	sign, rest := ja.Enumerator(s)
	last, _ := utf8.DecodeLastRuneInString(rest)
	return sign != "" && titleLike(rest) && !strings.ContainsRune(midSentence, last)
}

// beginsWithDate reports whether a line begins with a date, as the entries of a history do.
func beginsWithDate(s string) bool {
	s = trim(s)
	if len(s) > utf8.UTFMax*dateRunes {
		s = strings.ToValidUTF8(s[:utf8.UTFMax*dateRunes], "")
	}
	dates := ja.Dates(s)
	return len(dates) > 0 && dates[0].Start == 0
}

// dateRunes is the length in characters of the longest line that is a date.
const dateRunes = 30

// isDate reports whether a line is a date and nothing else.
func isDate(s string) bool {
	return short(s, dateRunes) && onlyDate(s)
}
