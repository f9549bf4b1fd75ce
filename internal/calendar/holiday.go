package calendar

import (
	"time"

	"kaisei/internal/kaisei"
)

// LastHolidayYear is the last year for which the days of the equinoxes are worked out rightly.
const LastHolidayYear = 2099

// Holiday returns the name of the national holiday (国民の祝日に関する法律, as it stands since 2022) on a
// day, and whether there is one: the days of Article 2, the substitute for one that falls on a Sunday
// (振替休日, Article 3 paragraph 2), and a day between two of them (国民の休日, paragraph 3). The Cabinet
// announces the equinoxes each February for the year after; until then, and up to LastHolidayYear, they are
// as the National Astronomical Observatory computes them. What the Diet moves for a single year, as it did
// for the Olympic Games, is not known here.
func Holiday(d kaisei.Date) (name string, ok bool) {
	if name, ok = statutory(d); ok {
		return name, true
	}
	// The first day after a holiday on a Sunday that is no holiday itself.
	for back := d; ; {
		back = back.AddDays(-1)
		if _, ok := statutory(back); !ok {
			break
		}
		if weekday(back) == time.Sunday {
			return "振替休日", true
		}
	}
	_, before := statutory(d.AddDays(-1))
	_, after := statutory(d.AddDays(1))
	if before && after {
		return "国民の休日", true
	}
	return "", false
}

// BusinessDay reports whether offices in Japan work on a day: it is neither Saturday nor Sunday nor a
// national holiday. The days around New Year on which authorities are closed are business days here.
func BusinessDay(d kaisei.Date) bool {
	if w := weekday(d); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := Holiday(d)
	return !holiday
}

// BusinessDayUntil returns a day or, where it is no business day, the last one before it.
func BusinessDayUntil(d kaisei.Date) kaisei.Date {
	for !BusinessDay(d) {
		d = d.AddDays(-1)
	}
	return d
}

// fixed are the holidays of Article 2 that fall on the same day each year, by month and day, and mondays
// those of a certain Monday of the month.
var (
	fixed = map[[2]int]string{
		{1, 1}: "元日", {2, 11}: "建国記念の日", {2, 23}: "天皇誕生日", {4, 29}: "昭和の日",
		{5, 3}: "憲法記念日", {5, 4}: "みどりの日", {5, 5}: "こどもの日", {8, 11}: "山の日",
		{11, 3}: "文化の日", {11, 23}: "勤労感謝の日",
	}
	mondays = map[[2]int]string{{1, 2}: "成人の日", {7, 3}: "海の日", {9, 3}: "敬老の日", {10, 2}: "スポーツの日"}
)

// statutory returns the holiday of Article 2 on a day.
func statutory(d kaisei.Date) (string, bool) {
	switch {
	case d.Month == time.March && d.Day == equinox(d.Year, 20.8431):
		return "春分の日", true
	case d.Month == time.September && d.Day == equinox(d.Year, 23.2488):
		return "秋分の日", true
	}
	if name, ok := fixed[[2]int{int(d.Month), d.Day}]; ok {
		return name, true
	}
	if weekday(d) != time.Monday {
		return "", false
	}
	name, ok := mondays[[2]int{int(d.Month), (d.Day + 6) / 7}]
	return name, ok
}

// equinox is the day of the month of an equinox, by the formula in use for the years 1980 to 2099; first is
// where in the month it fell in 1980.
func equinox(year int, first float64) int {
	n := year - 1980
	return int(first + 0.242194*float64(n) - float64(n/4))
}

func weekday(d kaisei.Date) time.Weekday { return d.Start().Weekday() }
