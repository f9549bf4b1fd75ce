package notify

import (
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// Cadence is how often a digest is sent, each time at 09:00 in Japan; "" is never.
type Cadence string

// The cadences: every day, on Mondays, on the first of the month.
const (
	Daily   Cadence = "daily"
	Weekly  Cadence = "weekly"
	Monthly Cadence = "monthly"
)

// digestHour is the hour in Japan at which digests fall due.
const digestHour = 9

// Rhythm is when the digests of a channel fall due.
type Rhythm struct {
	Cadence Cadence
	// Business moves a digest whose day is no business day to the next one that is; several that meet
	// there are one. Otherwise days are kept, over holidays too.
	Business bool
}

// day returns the latest day of the cadence that is not after d.
func (r Rhythm) day(d kaisei.Date) kaisei.Date {
	switch r.Cadence {
	case Daily:
	case Monthly:
		d.Day = 1
	default:
		d = kaisei.DateOf(d.Start().AddDate(0, 0, -int((d.Start().Weekday()-time.Monday+7)%7)))
	}
	return d
}

// due is the instant at which the digest of a day of the cadence falls due.
func (r Rhythm) due(d kaisei.Date) time.Time {
	for r.Business && !calendar.BusinessDay(d) {
		d = kaisei.DateOf(d.Start().AddDate(0, 0, 1))
	}
	return at(d, digestHour*60)
}

// Last returns the latest instant, not after now, at which a digest fell due.
func (r Rhythm) Last(now time.Time) time.Time {
	d := r.day(kaisei.DateOf(now))
	for r.due(d).After(now) {
		d = r.day(kaisei.DateOf(d.Start().AddDate(0, 0, -1)))
	}
	return r.due(d)
}

// Period returns where a digest begins that ends at until: a day, a week or a month before.
func (r Rhythm) Period(until time.Time) time.Time {
	t := until.In(kaisei.JST)
	switch r.Cadence {
	case Daily:
		return t.AddDate(0, 0, -1)
	case Monthly:
		return t.AddDate(0, -1, 0)
	}
	return t.AddDate(0, 0, -7)
}

// missed counts the instants after since and before the latest one at now: digests that were not made
// when they were due, up to maxMissed.
func (r Rhythm) missed(since, now time.Time) (n int) {
	for t := r.Last(r.Last(now).Add(-1)); t.After(since) && n < maxMissed; t = r.Last(t.Add(-1)) {
		n++
	}
	return n
}

// maxMissed bounds the counting of missed digests: a daily one over ten years.
const maxMissed = 3660
