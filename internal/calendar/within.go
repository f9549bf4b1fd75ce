package calendar

import (
	"regexp"
	"time"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// span is a period from the day of promulgation within which a Cabinet Order will fix the day, on
// folded text: 公布の日から起算して一年六月を超えない範囲内.
var span = regexp.MustCompile(`公布の日から(?:起算して)?([0-9一二三四五六七八九十百]+年)?([0-9一二三四五六七八九十]+(?:月|か月|箇月|ヶ月|カ月))?([0-9一二三四五六七八九十百]+日)?を超えない範囲`)

var spanNumber = regexp.MustCompile(`^[0-9一二三四五六七八九十百]+`)

// Unfixed reports whether note puts something within a period from its promulgation: a day given with it
// that lies ahead is the last possible one, which the law API fills in, until the day is fixed.
func Unfixed(note string) bool { return span.MatchString(ja.Key(note)) }

// Within returns the last possible day of something that note puts within a period from its
// promulgation; false where the note names no such period or the day of promulgation is unknown.
// The day of promulgation itself counts (起算して), so two years from 2026-07-17 end on 2028-07-16. A
// period whose last month lacks the day ends with that month (Civil Code, Article 143).
func Within(note string, promulgated kaisei.Date) (kaisei.Date, bool) {
	m := span.FindStringSubmatch(ja.Key(note))
	if m == nil || promulgated.IsZero() {
		return kaisei.Date{}, false
	}
	var n [3]int
	given := false
	for i, s := range m[1:] {
		if s == "" {
			continue
		}
		v, ok := ja.Numeral(spanNumber.FindString(s))
		if !ok {
			return kaisei.Date{}, false
		}
		n[i], given = v, true
	}
	if !given {
		return kaisei.Date{}, false
	}
	y, month := promulgated.Year+n[0], promulgated.Month+time.Month(n[1])
	end := time.Date(y, month, promulgated.Day, 0, 0, 0, 0, kaisei.JST)
	last := time.Date(y, month+1, 0, 0, 0, 0, 0, kaisei.JST)
	if last.Before(end) && n[0]+n[1] > 0 {
		end = last // the month lacks the day
	} else {
		end = end.AddDate(0, 0, -1)
	}
	return kaisei.DateOf(end.AddDate(0, 0, n[2])), true
}
