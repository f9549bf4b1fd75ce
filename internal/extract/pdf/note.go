package pdf

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// note is a footnote.
type note struct {
	number string
	text   string
	page   int
	told   bool
}

// Where footnotes are looked for.
const (
	// noteSize is the part of the size of the text above which small print is no note.
	noteSize = 0.93
	// minRule is the least length of the line above footnotes, in points.
	minRule = 60
	// noteZone is the part of the page above which no line with notes under it stands.
	noteZone = 0.25
	// noteRule is how far above the first note, in ems, its line stands at most.
	noteRule = 3
)

// noteStart matches the beginning of a note as printed in line with its words.
var noteStart = regexp.MustCompile(`^(?:[※*＊]|注|脚注)?\s*([0-9０-９]{1,3})(?:[)）.．:：]\s*|[\s　]+|$)`)

// tightStart matches the beginning of a note whose number stands right before its words,
// which are no counter.
var tightStart = regexp.MustCompile(`^([0-9]{1,3})(?:[「『（(]|[\p{Katakana}]{2}|[\p{Han}]{2})`)

// counters are the words that make the number before them a quantity or a part of a name.
var counters = regexp.MustCompile(`^[\s　]*(?:人(?:[^間]|$)|[つ年月日点号条項時分秒件名社回種版章節部編頁歳割倍円台個枚者度週次段級か箇カヶケ%％．.]|以[上下]|ページ|ヵ|未満|万|千|億|兆)`)

// takeNotes moves the footnotes of every page out of its lines. size is the type size of the text.
func takeNotes(leaves []leaf, size float32, t typing) {
	last := 0
	for i := range leaves {
		f := &leaves[i]
		from := f.footnotes(size, last)
		if from < 0 {
			continue
		}
		var open *note
		kept := append([]line(nil), f.lines[:from]...)
		if before := lastNote(leaves[:i]); before != nil && before.page == i {
			if _, _, fresh := noteNumber(f.lines[from].text, last); fresh {
				k := spill(kept, before.text)
				for _, l := range kept[k:] {
					before.text = t.join(before.text, l.text)
				}
				kept = kept[:k]
			}
		}
		for k := from; k < len(f.lines); k++ {
			l := f.lines[k]
			// A table, or text as large as the body's, is not of the notes.
			if l.table || l.size > largeSize*size && !startsMarked(l.text) {
				kept = append(kept, l)
				continue
			}
			number, rest, ok := noteNumber(l.text, last)
			switch {
			case ok:
				f.notes = append(f.notes, note{number: number, text: rest, page: i + 1})
				open = &f.notes[len(f.notes)-1]
				if n, err := strconv.Atoi(number); err == nil {
					last = n
				}
			case open != nil:
				open.text = t.join(open.text, l.text)
			default:
				// The rest of a note that began on the page before.
				if before := lastNote(leaves[:i]); before != nil {
					open = before
					open.text = t.join(open.text, l.text)
				} else {
					f.notes = append(f.notes, note{text: l.text, page: i + 1})
					open = &f.notes[len(f.notes)-1]
				}
			}
		}
		f.lines = kept
	}
}

// spill returns where the rest of a note that a page broke off begins among the lines
// above the notes of the next page. Some typesetters set it there, in the size of
// the text; it is the last thing before the notes. len(ls) says that there is none.
func spill(ls []line, note string) int {
	last := lastRune(note)
	if endsSentence(note) || !isJapanese(last) && last != '、' {
		return len(ls)
	}
	first := len(ls)
	for k := len(ls) - 1; k > 0; k-- {
		text := plain(ls[k].text)
		if ls[k].table || enumerator(text) != "" {
			if endsTied(note) {
				return first
			}
			return len(ls)
		}
		before := strings.TrimRight(plain(ls[k-1].text), "0123456789,")
		if !endsSentence(before) && !ls[k-1].short() {
			continue
		}
		first = k
		if cannotBegin(text) && endsSentence(before) {
			return k
		}
	}
	return len(ls)
}

func firstOf(m []string) string {
	if len(m) < 2 || counters.MatchString(m[0][len(m[1]):]) {
		return ""
	}
	return m[1]
}

func lastNote(leaves []leaf) *note {
	for i := len(leaves) - 1; i >= 0 && i >= len(leaves)-2; i-- {
		if n := len(leaves[i].notes); n > 0 {
			return &leaves[i].notes[n-1]
		}
	}
	return nil
}

func startsMarked(s string) bool { return strings.HasPrefix(s, string(markOpen)) }

// noteNumber takes the number off the first line of a note. Numbers count up; a line
// of a note that begins with some other number stays what it is.
func noteNumber(s string, last int) (number, rest string, ok bool) {
	if startsMarked(s) {
		end := strings.IndexRune(s, markClose)
		if end < 0 {
			return "", s, false
		}
		number = s[utf8.RuneLen(markOpen):end]
		rest = strings.TrimSpace(s[end+utf8.RuneLen(markClose):])
		return number, strings.TrimLeft(rest, "　 "), true
	}
	m := noteStart.FindStringSubmatch(s)
	if m == nil {
		// Set tight, a number is that of the very next note or none.
		m = tightStart.FindStringSubmatch(s)
		if n, err := strconv.Atoi(firstOf(m)); m == nil || err != nil || n != last+1 || last == 0 {
			return "", s, false
		}
		return m[1], s[len(m[1]):], true
	}
	n, err := strconv.Atoi(strings.Map(toDigit, m[1]))
	if err != nil || n != 1 && (n <= last || n > last+maxNoteStep) {
		return "", s, false
	}
	return strconv.Itoa(n), strings.TrimLeft(s[len(m[0]):], "　 "), true
}

// maxNoteStep is how many notes may be missing between two that are found.
const maxNoteStep = 3

// footnotes returns the index of the first line of the notes at the foot of a page, or -1.
// last is the number of the note before.
func (f *leaf) footnotes(size float32, last int) int {
	n := len(f.lines)
	// Under a painted line, a line with a raised number begins the notes, whatever its size.
	for k := range n {
		if l := &f.lines[k]; !l.table && l.box == 0 && startsMarked(l.text) && l.y0 > noteZone*f.height && f.ruled(l) {
			return k
		}
	}
	from := n
	for from > 0 && f.small(&f.lines[from-1], size) {
		from--
	}
	if from == n {
		return -1
	}
	for k := from; k < n; k++ {
		l := &f.lines[k]
		_, _, numbered := noteNumber(l.text, last)
		if f.ruled(l) && (numbered || k == from) {
			return k
		}
		// Without a line, the notes begin with a note that counts on.
		if numbered && (startsMarked(l.text) || l.size <= noteSize*size) && k > 0 {
			return k
		}
	}
	return -1
}

func (f *leaf) small(l *line, size float32) bool {
	return !l.table && (l.size <= noteSize*size || startsMarked(l.text))
}

// ruled reports whether a painted line that is no underline stands right above l.
func (f *leaf) ruled(l *line) bool {
	for _, r := range f.rules {
		if r.height() <= maxStroke && r.width() >= minRule && r.x0 < l.x0+2*l.size && r.x1 > l.x0 &&
			r.y1 <= l.y0+0.4*l.size && r.y1 > l.y0-noteRule*l.size {
			return true
		}
	}
	return false
}

// placeMarks settles which numbers in the text are note marks. A raised number is one
// unless it is an exponent; a number of ordinary size is one where it stands behind a word and a
// note of the page has that number and no mark of its own.
func placeMarks(leaves []leaf) {
	for i := range leaves {
		f := &leaves[i]
		want, notes := map[string]bool{}, map[string]bool{}
		for _, n := range f.notes {
			want[n.number], notes[n.number] = true, true
		}
		for k := range f.lines {
			l := &f.lines[k]
			l.text = withQuantities(withExponents(l.text, notes), f)
			if notes[l.text] && l.text != "" && k > 0 && !l.table {
				l.text = string(markOpen) + l.text + string(markClose) // the line before had no room for it
			}
			for _, m := range marksOf(l) {
				delete(want, m.number)
			}
		}
		delete(want, "")
		// What may be anything else is looked at last.
		for _, mark := range []*regexp.Regexp{plainMark, innerMark} {
			for k := 0; k < len(f.lines) && len(want) > 0; k++ {
				f.lines[k].text = markPlain(f.lines[k].text, mark, want, notes)
			}
		}
	}
}

// withQuantities writes a mark back as a number where it counts something (3 つの) and
// the page has the same number behind a word, where the mark is. Some typesetters take the
// first number that they meet for the mark.
func withQuantities(s string, f *leaf) string {
	from, to := strings.IndexRune(s, markOpen), strings.IndexRune(s, markClose)
	if from < 0 || to < from {
		return s
	}
	number, rest := s[from+utf8.RuneLen(markOpen):to], s[to+utf8.RuneLen(markClose):]
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	if isJapanese(before) || !counters.MatchString(rest) || !f.marksInside(number) {
		return s[:to+utf8.RuneLen(markClose)] + withQuantities(rest, f)
	}
	return s[:from] + number + withQuantities(rest, f)
}

// marksInside reports whether a line of the page has number behind a word.
func (f *leaf) marksInside(number string) bool {
	for k := range f.lines {
		for _, at := range innerMark.FindAllStringSubmatchIndex(f.lines[k].text, -1) {
			if f.lines[k].text[at[4]:at[5]] == number && !notMark(f.lines[k].text, at) {
				return true
			}
		}
	}
	return false
}

// notMark reports whether the number that innerMark found is an ordinal or counts something.
func notMark(s string, at []int) bool {
	return strings.HasSuffix(s[:at[4]], "第") || counters.MatchString(s[at[5]:])
}

// withExponents writes marks back as digits where they follow a Latin letter or a digit
// and no note has their number.
func withExponents(s string, notes map[string]bool) string {
	if !strings.ContainsRune(s, markOpen) {
		return s
	}
	var b strings.Builder
	for {
		from, to := strings.IndexRune(s, markOpen), strings.IndexRune(s, markClose)
		if from < 0 || to < from {
			b.WriteString(s)
			return b.String()
		}
		number := s[from+utf8.RuneLen(markOpen) : to]
		before, _ := utf8.DecodeLastRuneInString(s[:from])
		b.WriteString(s[:from])
		if (isLatin(before) || isDigit(before)) && !notes[number] && len(number) == 1 {
			b.WriteString(number)
		} else {
			b.WriteString(s[from : to+utf8.RuneLen(markClose)])
		}
		s = s[to+utf8.RuneLen(markClose):]
	}
}

// plainMark matches numbers of ordinary size that may be note marks: behind a Japanese
// word, before the end of the line or a punctuation mark.
var plainMark = regexp.MustCompile(`([\p{Han}\p{Hiragana}\p{Katakana}ー）)」』。])([0-9]{1,3}(?:[,，、][0-9]{1,3})*)([。、，）)」』]|$)`)

// innerMark matches numbers of ordinary size between two words (政府3・自治体, 評価13,14の).
var innerMark = regexp.MustCompile(`([\p{Han}\p{Hiragana}\p{Katakana}ー）)」』])([0-9]{1,3}(?:[,，、][0-9]{1,3})*)([・\p{Hiragana}])`)

// leadingMark matches a number at the beginning of a line that may be the mark of the
// heading above, set on the line after it.
var leadingMark = regexp.MustCompile(`^([0-9]{1,3})(?:$|[\p{Han}\p{Hiragana}\p{Katakana}「『（])`)

// markPlain marks the numbers of a line that are note marks: all are numbers of notes, and
// one of a note in want, which has no mark yet and is taken off.
func markPlain(s string, mark *regexp.Regexp, want, notes map[string]bool) string {
	if m := leadingMark.FindStringSubmatch(s); m != nil && want[m[1]] {
		delete(want, m[1])
		s = string(markOpen) + m[1] + string(markClose) + s[len(m[1]):]
	}
	at := mark.FindAllStringSubmatchIndex(s, -1)
	for i := len(at) - 1; i >= 0; i-- {
		if mark == innerMark && notMark(s, at[i]) {
			continue
		}
		from, to := at[i][4], at[i][5]
		numbers := strings.FieldsFunc(s[from:to], func(r rune) bool { return !isDigit(r) })
		all, missing := len(numbers) > 0, false
		for _, n := range numbers {
			all, missing = all && notes[n], missing || want[n]
		}
		if !all || !missing {
			continue
		}
		for _, n := range numbers {
			delete(want, n)
		}
		s = s[:from] + string(markOpen) + strings.Join(numbers, ",") + string(markClose) + s[to:]
	}
	return s
}
