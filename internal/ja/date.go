package ja

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/kaisei"
)

// DateAt is a date as it stands in a text.
type DateAt struct {
	Date kaisei.Date
	// Clock is the time of day printed after the date as "23:59", in Japan, or "". The end of
	// a day printed as 24時 is "24:00".
	Clock string
	// Text is the date as printed, with its weekday and time of day where they follow it.
	Text string
	// Start and End are byte offsets of Text.
	Start, End int
	// Carried is true where the year (or year and month) was not printed but taken from the
	// date before it.
	Carried bool
}

// Deadline returns the instant the date and clock name in Japan; without a clock it is
// the last second of the day, which is how authorities mean a bare closing day.
func (d DateAt) Deadline() time.Time {
	clock := d.Clock
	if clock == "" {
		return d.Date.Start().AddDate(0, 0, 1).Add(-time.Second)
	}
	var h, m int
	if _, err := fmt.Sscanf(clock, "%d:%d", &h, &m); err != nil {
		return time.Time{}
	}
	return d.Date.Start().Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)
}

// Dates returns every full calendar date in s, in order. It reads era dates (令和7年6月4日,
// 令和七年六月四日, 令和元年…, 令和7.6.4, R7.6.4, R080507, ㋿…), dates of the common era (2025年6月4日,
// 2025/06/04, 2025-06-04, 2025.6.4, ISO 8601 with a zone, which is turned into Japan's time) and
// English ones (March 31, 2026; 31 March 2026), in any mixture of half- and full-width
// characters, with a second year in brackets (令和7年（2025年）6月4日), a weekday and a time of day
// (23時59分, 午後5時, 23:59); an English date with the time and zone of HTTP and RSS is turned into
// Japan's time.
//
// A date that does not exist or lies outside its era is refused: 平成 ends on 31年4月30日 and 令和
// begins on 元年5月1日. Dates before 1873 are refused, because Japan's calendar was another one.
//
// A month and day without a year is a date only where the same sentence (to 。 or the line's end)
// has already given a year: 「令和7年6月4日…９月１日」 gives 2025-09-01. In a range the carried date may
// lie in the next year (令和7年12月20日～1月20日); 同日, 同月, 翌月, 同年 and 翌年 are followed, 毎年 is not a date. A bare
// day is read only directly after a date (11月4日・5日).
func Dates(s string) []DateAt {
	p := newDateScanner(s)
	var out []DateAt
	for p.pos < len(p.runes) {
		if d, ok := p.next(); ok {
			out = append(out, d)
			continue
		}
		p.pos++
	}
	return out
}

// An era of the Japanese calendar. Both eras claim the day of a change before 平成.
type era struct {
	name, short string
	letter      rune
	offset      int // year one is offset+1
	first, last kaisei.Date
}

var eras = []era{
	{"令和", "令", 'R', 2018, kaisei.Date{Year: 2019, Month: 5, Day: 1}, kaisei.Date{Year: 2117, Month: 12, Day: 31}},
	{"平成", "平", 'H', 1988, kaisei.Date{Year: 1989, Month: 1, Day: 8}, kaisei.Date{Year: 2019, Month: 4, Day: 30}},
	{"昭和", "昭", 'S', 1925, kaisei.Date{Year: 1926, Month: 12, Day: 25}, kaisei.Date{Year: 1989, Month: 1, Day: 7}},
	{"大正", "大", 0, 1911, kaisei.Date{Year: 1912, Month: 7, Day: 30}, kaisei.Date{Year: 1926, Month: 12, Day: 25}},
	{"明治", "明", 0, 1867, kaisei.Date{Year: 1873, Month: 1, Day: 1}, kaisei.Date{Year: 1912, Month: 7, Day: 30}},
}

// Years of the common era outside these bounds are numbers, not years.
const (
	firstYear = 1873
	lastYear  = 2199
)

// dateScanner walks a text whose characters are folded one by one, so that every folded
// rune knows the bytes it came from.
type dateScanner struct {
	src        string
	runes      []rune
	start, end []int
	pos        int

	last      kaisei.Date // the date before, in the same sentence
	lastEnd   int         // where it ended, in runes
	lastSep   rune        // '年', '/', '.' or '-': how it was written
	lastMonth bool
}

func newDateScanner(s string) *dateScanner {
	p := &dateScanner{src: s, lastEnd: -1}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < 0x80 {
			p.runes = append(p.runes, r)
			p.start, p.end = append(p.start, i), append(p.end, i+n)
		} else {
			for _, f := range foldRune(r) {
				p.runes = append(p.runes, f)
				p.start, p.end = append(p.start, i), append(p.end, i+n)
			}
		}
		i += n
	}
	return p
}

// foldDate folds s as the date scanner does.
func foldDate(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		b.WriteString(foldRune(r))
	}
	return b.String()
}

// foldRune is NFKC of one rune with the dashes and tildes that stand between the parts of
// dates and ranges made alike.
func foldRune(r rune) string {
	switch r {
	case '〜', '～', '∼', '∽':
		return "~"
	case '－', '−', '‐', '‑', '–', '—', '―':
		return "-"
	}
	if r >= 0x3041 && r <= 0x30FE || r >= 0x4E00 && r <= 0x9FFF {
		return string(r)
	}
	return norm.NFKC.String(string(r))
}

func (p *dateScanner) at(i int) rune {
	if i < 0 || i >= len(p.runes) {
		return 0
	}
	return p.runes[i]
}

func (p *dateScanner) spaces(i int) int {
	for n := 0; n < 3 && p.at(i) == ' '; n++ {
		i++
	}
	return i
}

func (p *dateScanner) word(i int, w string) (int, bool) {
	for _, r := range w {
		if p.at(i) != r {
			return i, false
		}
		i++
	}
	return i, true
}

// next reads a date at the scanner's position and moves behind it.
func (p *dateScanner) next() (DateAt, bool) {
	r := p.at(p.pos)
	if r == '。' || r == '\n' {
		p.lastMonth, p.last, p.lastEnd = false, kaisei.Date{}, -1
		return DateAt{}, false
	}
	var d kaisei.Date
	var end int
	var sep rune
	carried, ok, english := false, false, false
	start := p.pos
	switch {
	case r == '令' || r == '平' || r == '昭' || r == '大' || r == '明' || r == 'R' || r == 'H' || r == 'S':
		if d, sep, end, ok = p.eraDate(p.pos); !ok && r == 'S' {
			d, end, ok = p.englishMonthFirst(p.pos)
		}
	case isDigit(r) && !isDigit(p.at(p.pos-1)):
		if d, sep, end, ok = p.commonDate(p.pos); !ok {
			if d, end, ok = p.englishDayFirst(p.pos); ok {
				english = true
			} else {
				d, sep, end, ok = p.carriedDate(p.pos)
				carried = ok
			}
		}
	case isKanjiNumeral(r) && !isKanjiNumeral(p.at(p.pos-1)):
		if d, sep, end, ok = p.commonDate(p.pos); !ok {
			d, sep, end, ok = p.carriedDate(p.pos)
			carried = ok
		}
	case r >= 'A' && r <= 'Z':
		d, end, ok = p.englishMonthFirst(p.pos)
		english = ok
	case r == '同':
		if k, has := p.word(p.pos, "同日"); has && p.lastMonth {
			d, sep, end, ok, carried = p.last, p.lastSep, k, true, true
		}
	}
	if !ok {
		p.skipToken()
		return DateAt{}, false
	}
	clock, shown, moved := "", end, d
	if sep == '-' && p.at(end) == 'T' {
		moved, clock, shown = p.isoTime(d, end)
	} else if zoned, at, after := p.mailTime(d, end); at != "" && english {
		moved, clock, shown = zoned, at, after
	} else {
		clock, shown = p.clock(p.weekday(end))
		if clock == "" && english {
			clock, shown = p.englishClock(end, start)
		}
		if clock == "" {
			shown = p.weekday(end)
		}
	}
	p.last, p.lastEnd, p.lastSep, p.lastMonth = d, shown, sep, true
	p.pos = shown
	from, to := p.start[start], p.end[shown-1]
	return DateAt{Date: moved, Clock: clock, Text: p.src[from:to], Start: from, End: to, Carried: carried}, true
}

// skipToken moves to the last rune of a run of digits that is not a date, so that no
// date is found inside a longer number; the caller steps over that rune.
func (p *dateScanner) skipToken() {
	switch r := p.at(p.pos); {
	case isDigit(r):
		for isDigit(p.at(p.pos + 1)) {
			p.pos++
		}
	case isKanjiNumeral(r):
		for isKanjiNumeral(p.at(p.pos + 1)) {
			p.pos++
		}
	}
}

func isKanjiNumeral(r rune) bool {
	_, digit := kanjiDigits[r]
	_, unit := kanjiUnits[r]
	return digit || unit
}

// number reads at most max digits, or a kanji numeral, at i.
func (p *dateScanner) number(i, max int) (n, end int, ok bool) {
	if isDigit(p.at(i)) {
		end = i
		for isDigit(p.at(end)) {
			if end-i >= max {
				return 0, i, false
			}
			n = n*10 + int(p.at(end)-'0')
			end++
		}
		return n, end, true
	}
	stop := i
	for stop-i < maxNumeralDigits && isKanjiNumeral(p.at(stop)) {
		stop++
	}
	if stop == i {
		return 0, i, false
	}
	n, used := kanjiNumber(p.runes[i:stop])
	return n, i + used, used == stop-i
}

// eraDate reads 令和7年6月4日, 令和元年5月1日, 令和7.6.4, 令7.6.4, R7.6.4 and R070604 at i.
func (p *dateScanner) eraDate(i int) (kaisei.Date, rune, int, bool) {
	for _, e := range eras {
		if j, ok := p.word(i, e.name); ok {
			return p.eraRest(e, j, true)
		}
	}
	for _, e := range eras {
		if j, ok := p.word(i, e.short); ok && isDigit(p.at(j)) {
			return p.eraRest(e, j, false)
		}
		if e.letter != 0 && p.at(i) == e.letter && !isWordRune(p.at(i-1)) {
			return p.eraLetter(e, i+1)
		}
	}
	return kaisei.Date{}, 0, i, false
}

func (p *dateScanner) eraRest(e era, j int, long bool) (kaisei.Date, rune, int, bool) {
	j = p.spaces(j)
	year, end, ok := 1, j+1, p.at(j) == '元'
	if !ok {
		if year, end, ok = p.number(j, 2); !ok {
			return kaisei.Date{}, 0, j, false
		}
	}
	if long || p.at(end) == '年' {
		if k, has := p.word(p.spaces(end), "年"); has {
			month, day, k, ok := p.monthDay(p.bracketYear(k))
			d, good := e.date(year, month, day)
			if !ok {
				p.noteYear(e.offset+year, k)
			}
			return d, '年', k, ok && good
		}
	}
	month, day, sep, k, ok := p.dotted(end)
	d, good := e.date(year, month, day)
	return d, sep, k, ok && good
}

func (p *dateScanner) eraLetter(e era, j int) (kaisei.Date, rune, int, bool) {
	digits := j
	for isDigit(p.at(digits)) {
		digits++
	}
	if digits-j == 6 && !isWordRune(p.at(digits)) {
		two := func(k int) int { return int(p.at(k)-'0')*10 + int(p.at(k+1)-'0') }
		d, ok := e.date(two(j), two(j+2), two(j+4))
		return d, '.', digits, ok
	}
	j = p.spaces(j)
	if !isDigit(p.at(j)) {
		return kaisei.Date{}, 0, j, false
	}
	return p.eraRest(e, j, false)
}

func (e era) date(year, month, day int) (kaisei.Date, bool) {
	if year < 1 || year > 99 {
		return kaisei.Date{}, false
	}
	d, ok := calendarDate(e.offset+year, month, day)
	return d, ok && !d.Before(e.first) && !e.last.Before(d)
}

func calendarDate(year, month, day int) (kaisei.Date, bool) {
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > 31 {
		return kaisei.Date{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return kaisei.Date{Year: year, Month: time.Month(month), Day: day}, t.Day() == day
}

// isWordRune reports whether r continues an ASCII word or number.
func isWordRune(r rune) bool {
	return isDigit(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
