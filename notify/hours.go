package notify

import (
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// Hours are when people may be told, in Japan. What falls due outside of them waits for the next
// instant that is allowed. The zero Hours allow every instant.
type Hours struct {
	// From and To bound the quiet hours in minutes after midnight; over midnight where From is
	// after To, none where they are equal.
	From, To int
	// Business allows business days only; see calendar.BusinessDay.
	Business bool
	// Urgent is the severity that is told at any time, and above; "" lets nothing pass.
	Urgent kaisei.Severity
}

// maxHeldDays is how many days ahead an allowed instant is looked for.
const maxHeldDays = 60

// passes reports whether a severity need not wait. A notice has none and waits.
func (h Hours) passes(s kaisei.Severity) bool {
	return h == Hours{Urgent: h.Urgent} || (h.Urgent != "" && s.Rank() >= h.Urgent.Rank())
}

// next returns the first instant from t on that h allows.
func (h Hours) next(t time.Time) time.Time {
	for range 2 * maxHeldDays {
		local := t.In(kaisei.JST)
		day := kaisei.DateOf(t)
		minute := local.Hour()*60 + local.Minute()
		switch {
		case h.Business && !calendar.BusinessDay(day):
			t = day.Start().AddDate(0, 0, 1)
		case h.From < h.To && minute >= h.From && minute < h.To:
			t = at(day, h.To)
		case h.From > h.To && minute >= h.From:
			t = at(day, h.To).AddDate(0, 0, 1)
		case h.From > h.To && minute < h.To:
			t = at(day, h.To)
		default:
			return t
		}
	}
	return t
}

func at(day kaisei.Date, minute int) time.Time {
	return day.Start().Add(time.Duration(minute) * time.Minute)
}

// due returns the first instant from now on at which all of hours allow a message of a severity. Where
// there is none within maxHeldDays it is now: too early is better than never.
func due(now time.Time, s kaisei.Severity, hours ...Hours) (at time.Time, ok bool) {
	at = now
	for at.Sub(now) < maxHeldDays*24*time.Hour {
		before := at
		for _, h := range hours {
			if !h.passes(s) {
				at = h.next(at)
			}
		}
		if at.Equal(before) {
			return at, true
		}
	}
	return now, false
}
