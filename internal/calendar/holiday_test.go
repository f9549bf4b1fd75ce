package calendar

import (
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// official is the Cabinet Office's list 「国民の祝日」について (https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html), which
// calls substitutes and days between two holidays 休日 alike. The list of a year is fixed in the February before it.
const official = `
2022: 1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23
2023: 1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23
2024: 1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23
2025: 1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24
2026: 1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23
2027: 1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23`

func TestTheHolidaysAreThoseOfTheCabinetOfficesList(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(official)) {
		year, days, _ := strings.Cut(strings.TrimSpace(line), ": ")
		first, err := kaisei.ParseDate(year + "-01-01")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for d := first; d.Year == first.Year; d = d.AddDays(1) {
			if _, ok := Holiday(d); ok {
				got = append(got, d.Start().Format("1/2"))
			}
		}
		if want := strings.Fields(days); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", year, got, want)
		}
	}
}

func TestSubstitutesAndDaysBetweenHolidaysAreNamed(t *testing.T) {
	for day, want := range map[string]string{
		"2026-09-21": "敬老の日", "2026-09-22": "国民の休日", "2026-09-23": "秋分の日",
		// 憲法記念日 on a Sunday: Monday and Tuesday are holidays already, so that Wednesday is the substitute.
		"2026-05-06": "振替休日", "2027-03-22": "振替休日", "2032-09-21": "国民の休日",
		"2026-09-24": "", "2026-12-29": "",
	} {
		d, err := kaisei.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Holiday(d); got != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", day, got, want)
		}
	}
}

func TestABusinessDayIsNeitherWeekendNorHoliday(t *testing.T) {
	var closed []string
	for d := (kaisei.Date{Year: 2026, Month: 9, Day: 18}); d.Day < 28; d = d.AddDays(1) {
		if !BusinessDay(d) {
			closed = append(closed, d.Start().Format("1/2"))
		}
	}
	if want := []string{"9/19", "9/20", "9/21", "9/22", "9/23", "9/26", "9/27"}; !slices.Equal(closed, want) {
		t.Errorf("closed on %v, want %v", closed, want)
	}
}

func TestTheBusinessDayUntilADay(t *testing.T) {
	for d, want := range map[string]string{
		"2027-01-15": "2027-01-15", "2027-01-17": "2027-01-15", "2026-05-06": "2026-05-01", "2027-01-01": "2026-12-31",
	} {
		on, err := kaisei.ParseDate(d)
		if err != nil {
			t.Fatal(err)
		}
		if got := BusinessDayUntil(on).String(); got != want {
			t.Errorf("until %s: %s, want %s", d, got, want)
		}
	}
}
