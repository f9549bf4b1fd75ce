package ja

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// noteYear remembers a year printed without a day, which later months and days of the
// sentence may rest on (令和７年は、６月４日に…). A fiscal year (令和７年度, behind
// whose 年 next stands) does not say in which calendar year a month lies.
func (p *dateScanner) noteYear(year, next int) {
	if p.at(next) != '度' && year >= firstYear && year <= lastYear {
		p.last, p.lastEnd, p.lastMonth = kaisei.Date{Year: year, Month: 1, Day: 1}, -1, false
	}
}

// bracketYear passes over a second notation of the year, as in 令和7年（2025年）6月4日.
func (p *dateScanner) bracketYear(i int) int {
	if p.at(i) != '(' {
		return i
	}
	for j := i + 1; j < i+9 && j < len(p.runes); j++ {
		if p.at(j) == ')' {
			if k := j - 1; p.at(k) == '年' {
				return j + 1
			}
			return i
		}
	}
	return i
}

// monthDay reads 6月4日 at i.
func (p *dateScanner) monthDay(i int) (month, day, end int, ok bool) {
	month, end, ok = p.number(p.spaces(i), 2)
	if !ok {
		return 0, 0, i, false
	}
	if end, ok = p.word(p.spaces(end), "月"); !ok {
		return 0, 0, i, false
	}
	day, end, ok = p.number(p.spaces(end), 2)
	if !ok {
		return 0, 0, i, false
	}
	end, ok = p.word(p.spaces(end), "日")
	return month, day, end, ok
}

// dotted reads .6.4, /06/04 or -06-04 at i; both separators are the same. A slash before a
// date or behind it makes it a part of a path: /press/2024/02/20/ names a fiscal year.
func (p *dateScanner) dotted(i int) (month, day int, sep rune, end int, ok bool) {
	sep = p.at(i)
	if sep != '.' && sep != '/' && sep != '-' {
		return 0, 0, 0, i, false
	}
	month, end, ok = p.number(p.spaces(i+1), 2)
	if !ok || p.at(end) != sep {
		return 0, 0, 0, i, false
	}
	day, end, ok = p.number(p.spaces(end+1), 2)
	if !ok || isDigit(p.at(end)) || p.at(end) == sep && (isDigit(p.at(end+1)) || sep == '/') {
		return 0, 0, 0, i, false
	}
	return month, day, sep, end, true
}

// commonDate reads a date whose year is of the common era at i.
func (p *dateScanner) commonDate(i int) (kaisei.Date, rune, int, bool) {
	year, end, ok := p.number(i, 4)
	if !ok || year < firstYear {
		return kaisei.Date{}, 0, i, false
	}
	if k, has := p.word(p.spaces(end), "年"); has {
		month, day, k, ok := p.monthDay(p.bracketYear(k))
		if !ok {
			p.noteYear(year, k)
			return kaisei.Date{}, 0, i, false
		}
		d, good := calendarDate(year, month, day)
		return d, '年', k, good
	}
	if before := p.at(i - 1); before == '/' || (before == '.' || before == '-') && isDigit(p.at(i-2)) {
		return kaisei.Date{}, 0, i, false
	}
	month, day, sep, k, ok := p.dotted(end)
	d, good := calendarDate(year, month, day)
	return d, sep, k, ok && good
}

// carriedDate reads a month and day, or a day alone, whose year the sentence has given before.
func (p *dateScanner) carriedDate(i int) (kaisei.Date, rune, int, bool) {
	if p.last.Year == 0 {
		return kaisei.Date{}, 0, i, false
	}
	year := p.last.Year
	joined, isRange := p.joined(i)
	if p.precedes(i, "同月") || p.precedes(i, "翌月") {
		joined = true
	}
	switch {
	case p.precedes(i, "翌年"):
		year++
		isRange = false
	case p.precedes(i, "毎年"), p.precedes(i, "各年"), p.precedes(i, "前年"), p.precedes(i, "年"):
		if !p.precedes(i, "同年") {
			return kaisei.Date{}, 0, i, false
		}
	}
	if month, day, end, ok := p.monthDay(i); ok {
		if isRange && (month < int(p.last.Month) || month == int(p.last.Month) && day < p.last.Day) {
			year++
		}
		d, good := calendarDate(year, month, day)
		return d, '年', end, good
	}
	if !joined || !p.lastMonth {
		return kaisei.Date{}, 0, i, false
	}
	n, end, ok := p.number(i, 2)
	if !ok {
		return kaisei.Date{}, 0, i, false
	}
	if k, has := p.word(p.spaces(end), "日"); has && p.at(k) != '間' {
		month := int(p.last.Month)
		if p.precedes(i, "翌月") {
			if month++; month > 12 {
				year, month = year+1, 1
			}
		}
		d, good := calendarDate(year, month, n)
		return d, '年', k, good
	}
	if isRange && (p.lastSep == '/' || p.lastSep == '.') && p.at(end) == p.lastSep {
		day, k, ok := p.number(end+1, 2)
		if ok && !isDigit(p.at(k)) && p.at(k) != p.lastSep {
			if n < int(p.last.Month) {
				year++
			}
			d, good := calendarDate(year, n, day)
			return d, p.lastSep, k, good
		}
	}
	return kaisei.Date{}, 0, i, false
}

func (p *dateScanner) precedes(i int, w string) bool {
	n := len([]rune(w))
	if i < n {
		return false
	}
	_, ok := p.word(i-n, w)
	return ok
}

// joined reports whether nothing but a joint stands between the date before and i, and
// whether that joint makes a range.
func (p *dateScanner) joined(i int) (joined, isRange bool) {
	if p.lastEnd < 0 || i < p.lastEnd || i-p.lastEnd > 6 {
		return false, false
	}
	switch strings.ReplaceAll(string(p.runes[p.lastEnd:i]), " ", "") {
	case "~", "-", "から", "より", "から同年", "から翌年", "~翌年", "から、", "~同年", "から同月", "~同月", "より同月",
		"から翌月", "~翌月", "より翌月":
		return true, true
	case "・", "、", ",", "及び", "又は", "と", "並びに", "/":
		return true, false
	}
	return false, false
}

// weekday passes over （金）, (金・祝), （金曜日） and the like behind a date.
func (p *dateScanner) weekday(i int) int {
	j := p.spaces(i)
	if p.at(j) != '(' {
		return i
	}
	for k := j + 1; k < j+10 && k < len(p.runes); k++ {
		r := p.at(k)
		if r == ')' {
			if k == j+1 {
				return i
			}
			return k + 1
		}
		if !strings.ContainsRune("月火水木金土日祝休曜・, MonTueWedThurFriSatSunday.", r) {
			return i
		}
	}
	return i
}

// clock reads a time of day at i; without one it returns "" and i.
func (p *dateScanner) clock(i int) (string, int) {
	j := p.spaces(i)
	if p.at(j) == ',' || p.at(j) == '、' {
		j = p.spaces(j + 1)
	}
	add, noon := 0, false
	if k, ok := p.word(j, "午後"); ok {
		add, noon, j = 12, true, p.spaces(k)
	} else if k, ok := p.word(j, "午前"); ok {
		noon, j = true, p.spaces(k)
	} else if k, ok := p.word(j, "正午"); ok {
		return "12:00", k
	}
	hour, end, ok := p.number(j, 2)
	if !ok || hour > 24 || noon && hour > 12 {
		return "", i
	}
	minute := 0
	switch k := p.spaces(end); p.at(k) {
	case '時':
		if p.at(k+1) == '間' {
			return "", i
		}
		end = k + 1
		if p.at(end) == '半' {
			minute, end = 30, end+1
		} else if m, after, ok := p.number(p.spaces(end), 2); ok {
			if after, ok = p.word(p.spaces(after), "分"); ok {
				minute, end = m, after
			}
		}
	case ':':
		m, after, ok := p.number(k+1, 2)
		if !ok || after-k != 3 {
			return "", i
		}
		minute, end = m, after
		if p.at(end) == ':' && isDigit(p.at(end+1)) && isDigit(p.at(end+2)) && !isDigit(p.at(end+3)) {
			end += 3
		}
	default:
		return "", i
	}
	if add == 12 && hour == 12 {
		// 午後12時 is midnight by decree and noon in everyday use; the earlier reading never
		// lets a deadline pass.
		add = 0
	}
	hour += add
	if minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return "", i
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), end
}

// isoTime reads T15:00:00Z and its relatives at i and returns the day and clock in Japan.
// Seconds may be missing as the public comment feed prints them (T15:00:Z).
func (p *dateScanner) isoTime(d kaisei.Date, i int) (kaisei.Date, string, int) {
	two := func(k int) (int, bool) {
		if isDigit(p.at(k)) && isDigit(p.at(k+1)) {
			return int(p.at(k)-'0')*10 + int(p.at(k+1)-'0'), true
		}
		return 0, false
	}
	h, ok := two(i + 1)
	m, ok2 := two(i + 4)
	if !ok || !ok2 || p.at(i+3) != ':' || h > 24 || m > 59 {
		return d, "", i
	}
	end := i + 6
	if p.at(end) == ':' {
		end++
		if s, ok := two(end); ok && s < 61 {
			end += 2
			if p.at(end) == '.' && isDigit(p.at(end+1)) {
				for end++; isDigit(p.at(end)); {
					end++
				}
			}
		}
	}
	clock := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	offset, zoned := time.Duration(0), false
	switch sign := p.at(end); sign {
	case 'Z':
		zoned, end = true, end+1
	case '+', '-':
		k := end + 3
		if p.at(k) == ':' {
			k++
		}
		oh, ok := two(end + 1)
		om, ok2 := two(k)
		if ok && ok2 && oh < 15 {
			offset, zoned, end = time.Duration(oh)*time.Hour+time.Duration(om)*time.Minute, true, k+2
			if sign == '-' {
				offset = -offset
			}
		}
	}
	if !zoned {
		return d, fmt.Sprintf("%02d:%02d", h, m), end
	}
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(clock - offset).In(kaisei.JST)
	return kaisei.DateOf(t), t.Format("15:04"), end
}

// mailTime reads the time of day and zone that follow an English date in HTTP and RSS (15:00:00
// GMT, 09:00 +0900) at i, and returns the day and clock in Japan.
func (p *dateScanner) mailTime(d kaisei.Date, i int) (kaisei.Date, string, int) {
	j := p.spaces(i)
	h, k, ok := p.number(j, 2)
	if !ok || p.at(k) != ':' || h > 24 {
		return d, "", i
	}
	m, end, ok := p.number(k+1, 2)
	if !ok || m > 59 {
		return d, "", i
	}
	if p.at(end) == ':' {
		if s, after, ok := p.number(end+1, 2); ok && s < 61 {
			end = after
		}
	}
	zone := p.spaces(end)
	offset := time.Duration(0)
	switch sign := p.at(zone); sign {
	case '+', '-':
		hours, k, ok := p.number(zone+1, 4)
		if !ok || k != zone+5 {
			return d, "", i
		}
		offset, end = time.Duration(hours/100)*time.Hour+time.Duration(hours%100)*time.Minute, k
		if sign == '-' {
			offset = -offset
		}
	default:
		known := false
		for _, z := range []struct {
			name  string
			hours int
		}{{"GMT", 0}, {"UTC", 0}, {"UT", 0}, {"Z", 0}, {"JST", 9}} {
			if k, ok := p.word(zone, z.name); ok && !isWordRune(p.at(k)) {
				offset, end, known = time.Duration(z.hours)*time.Hour, k, true
				break
			}
		}
		if !known {
			return d, "", i
		}
	}
	clock := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(clock - offset).In(kaisei.JST)
	return kaisei.DateOf(t), t.Format("15:04"), end
}

// Times of day beside an English date: behind it ("April 10, 2026, at 5:00 p.m."), or before it
// ("5 p.m. (JST) on April 10, 2026").
var (
	englishClockBehind = regexp.MustCompile(`^,? ?(?:at )?([0-9]{1,2})(?::([0-9]{2}))? ?([ap])\.?m\.?`)
	englishClockBefore = regexp.MustCompile(`(?:^|[^0-9:])([0-9]{1,2})(?::([0-9]{2}))? ?(?:([ap])\.?m\.?)?(?: ?\(?(?:jst|japan(?: standard)? time)\)?)?,?(?: on)?(?: (?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?)? $`)
)

// maxEnglishClock bounds, in characters, how far from a date its time of day is looked for.
const maxEnglishClock = 60

// englishClock reads a time of day behind the date that ends at end or before the one that begins at start.
func (p *dateScanner) englishClock(end, start int) (string, int) {
	behind := strings.ToLower(string(p.runes[end:min(len(p.runes), end+maxEnglishClock)]))
	if m := englishClockBehind.FindStringSubmatch(behind); m != nil {
		if clock := clockOf(m[1], m[2], m[3]); clock != "" {
			return clock, end + utf8.RuneCountInString(m[0])
		}
	}
	before := strings.ToLower(string(p.runes[max(0, start-maxEnglishClock):start]))
	if m := englishClockBefore.FindStringSubmatch(before); m != nil && (m[2] != "" || m[3] != "") {
		return clockOf(m[1], m[2], m[3]), end
	}
	return "", end
}

// clockOf writes a time of day as "17:00", or "" where there is none.
func clockOf(hour, minute, half string) string {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	switch {
	case half != "" && (h < 1 || h > 12), h > 24, m > 59:
		return ""
	case half == "p" && h < 12:
		h += 12
	case half == "a" && h == 12:
		h = 0
	}
	return fmt.Sprintf("%02d:%02d", h, m)
}

var englishMonths = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// englishMonth reads the name of a month, whole or as three letters with or without a full stop.
func (p *dateScanner) englishMonth(i int) (month, end int, ok bool) {
	if isWordRune(p.at(i - 1)) {
		return 0, i, false
	}
	end = i
	for r := p.at(end); r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'; r = p.at(end) {
		if end++; end-i > 9 {
			return 0, i, false
		}
	}
	w := string(p.runes[i:end])
	for n, name := range englishMonths {
		if strings.EqualFold(w, name) || strings.EqualFold(w, name[:3]) || n == 8 && strings.EqualFold(w, "Sept") {
			if p.at(end) == '.' {
				end++
			}
			return n + 1, end, true
		}
	}
	return 0, i, false
}

func (p *dateScanner) englishDay(i int) (day, end int, ok bool) {
	if !isDigit(p.at(i)) {
		return 0, i, false
	}
	day, end, ok = p.number(i, 2)
	if !ok {
		return 0, i, false
	}
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		if k, has := p.word(end, suffix); has {
			end = k
		}
	}
	return day, end, !isWordRune(p.at(end))
}

func (p *dateScanner) englishYear(i int) (year, end int, ok bool) {
	if p.at(i) == ',' {
		i++
	}
	i = p.spaces(i)
	if !isDigit(p.at(i)) {
		return 0, i, false
	}
	year, end, ok = p.number(i, 4)
	return year, end, ok && end-i == 4
}

// englishMonthFirst reads March 31, 2026 at i.
func (p *dateScanner) englishMonthFirst(i int) (kaisei.Date, int, bool) {
	month, end, ok := p.englishMonth(i)
	if !ok || p.at(end) != ' ' {
		return kaisei.Date{}, i, false
	}
	day, end, ok := p.englishDay(p.spaces(end))
	if !ok {
		return kaisei.Date{}, i, false
	}
	year, end, ok := p.englishYear(end)
	d, good := calendarDate(year, month, day)
	return d, end, ok && good
}

// englishDayFirst reads 31 March 2026 and 31st of March, 2026 at i.
func (p *dateScanner) englishDayFirst(i int) (kaisei.Date, int, bool) {
	day, end, ok := p.englishDay(i)
	if !ok || p.at(end) != ' ' {
		return kaisei.Date{}, i, false
	}
	end = p.spaces(end)
	if k, has := p.word(end, "of "); has {
		end = k
	}
	month, end, ok := p.englishMonth(end)
	if !ok {
		return kaisei.Date{}, i, false
	}
	year, end, ok := p.englishYear(end)
	d, good := calendarDate(year, month, day)
	return d, end, ok && good
}
