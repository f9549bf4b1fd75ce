package watch

import (
	"slices"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// When a source is quiet against its own history. All gaps and silences are counted in working days
// of ministries, so that neither a weekend nor a holiday season is taken for silence.
const (
	// OwnGaps is how many intervals between days of news make a history.
	OwnGaps = 8
	// OwnQuantile is the share of those intervals, in percent, that are as short as the usual longest one:
	// below 100, so that one long pause in the past does not excuse every later one.
	OwnQuantile = 90
	// OwnFactor is how many times its usual longest interval a source may be silent.
	OwnFactor = 3
	// OwnLeast is the fewest working days of silence that are told of: a week.
	OwnLeast = 5
)

// working days of seven.
const workweek = 5

// Who says that a source has been silent too long.
const (
	QuietByCatalogue = "catalogue" // longer than the catalogue expects
	QuietByHistory   = "history"   // longer than its own intervals of news let expect
)

// Silence is how long a source has shown nothing new, and what was expected of it.
type Silence struct {
	// Since is when it last showed something new, or when it was first read where it never did.
	Since time.Time `json:"since,omitzero"`
	// By says which expectation spoke first, "" where none did.
	By string `json:"by,omitempty"`
	// Expected is the catalogue's; Usual and Limit are of its history, in working days: its usual longest
	// interval of news, and the silence that is told of.
	Expected time.Duration `json:"expected_ns,omitempty"`
	Usual    int           `json:"usual_days,omitempty"`
	Limit    int           `json:"limit_days,omitempty"`
}

// silence judges how long a source has shown nothing new.
func silence(s kaisei.Source, p kaisei.Poll, now time.Time) Silence {
	q := Silence{Expected: s.Quiet, Since: newest(p.LastChange, p.FirstGood)}
	today := dayOf(now)
	last := dayOf(q.Since)
	if n := len(p.NewsDays); n > 0 {
		last = p.NewsDays[n-1]
		q.Since = dayStart(last)
	}
	if q.Since.IsZero() || p.FirstGood.IsZero() {
		return q
	}
	silent := workdays(last+1, today)
	// Two weeks hold ten working days: the catalogue's days, counted so.
	expected := int(s.Quiet / (24 * time.Hour) * workweek / 7)
	byCatalogue := s.Quiet > 0 && silent > expected && now.Sub(dayStart(last+1)) > s.Quiet
	byHistory := false
	// A list that had ended before it was first looked at has not gone quiet.
	if q.Usual = usual(p.NewsDays); q.Usual > 0 && last >= dayOf(p.FirstGood) {
		q.Limit = max(q.Usual*OwnFactor, OwnLeast)
		byHistory = silent > q.Limit
	}
	switch {
	case byCatalogue && byHistory && q.Limit < expected, byHistory && !byCatalogue:
		q.By = QuietByHistory
	case byCatalogue:
		q.By = QuietByCatalogue
	}
	return q
}

// usual is the high quantile of the intervals between days of news, in working days, or 0 where there
// are too few.
func usual(days []int) int {
	if len(days) <= OwnGaps {
		return 0
	}
	gaps := make([]int, 0, len(days)-1)
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, workdays(days[i-1]+1, days[i]))
	}
	slices.Sort(gaps)
	return max(gaps[(len(gaps)*OwnQuantile+99)/100-1], 1)
}

// workdays counts the days from first to last, both included, on which ministries publish: business days
// without the seasons of rest.
func workdays(first, last int) int {
	n := 0
	for d := first; d <= last; d++ {
		if !rests(d) {
			n++
		}
	}
	return n
}

// rests reports whether little is published on a day: on what is no business day; from 29 December to 3
// January, when offices are closed by law (行政機関の休日に関する法律1条); in Golden Week, from 29 April
// to 6 May; and around Obon, from 13 to 16 August.
func rests(day int) bool {
	d := kaisei.DateOf(dayStart(day))
	season := false
	switch d.Month {
	case time.December:
		season = d.Day >= 29
	case time.January:
		season = d.Day <= 3
	case time.April:
		season = d.Day >= 29
	case time.May:
		season = d.Day <= 6
	case time.August:
		season = d.Day >= 13 && d.Day <= 16
	}
	return season || !calendar.BusinessDay(d)
}
