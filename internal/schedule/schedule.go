// Package schedule reads the schedules of sources: one cron expression of five fields, or several
// joined by semicolons, whose times are put together (densely on working days, seldom at night). All
// times are Japan's.
//
// It refuses what the cron library would panic on (TZ= without a space), accept and never run
// (31 February), or run so often that a public site would rightly lock us out.
package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"kaisei/internal/kaisei"
)

// The limits of a schedule.
const (
	// MinInterval is the least time between two looks that a schedule may ask of a public site.
	MinInterval = 5 * time.Minute
	// MaxExpressions is how many cron expressions one schedule may join.
	MaxExpressions = 6
	// fields is how many fields an expression has: minute, hour, day, month, weekday.
	fields = 5
	// sampled is how many of its times are looked at to find the densest: more than two weeks of an hourly schedule.
	sampled = 400
)

// Plan is a schedule that was read.
type Plan struct{ parts []cron.Schedule }

// Parse reads a schedule. Its errors say what to write. It does not look at how often the
// schedule comes round; see Check.
func Parse(spec string) (Plan, error) {
	var p Plan
	exprs := strings.Split(spec, ";")
	if len(exprs) > MaxExpressions {
		return Plan{}, fmt.Errorf("schedule %q joins %d expressions; write at most %d", spec, len(exprs), MaxExpressions)
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	for _, expr := range exprs {
		expr = strings.TrimSpace(expr)
		// The library panics on TZ= without a space and would take other zones and @every: neither reaches it.
		if len(strings.Fields(expr)) != fields || strings.ContainsAny(expr, "=@") {
			return Plan{}, fmt.Errorf("schedule %q: write five fields, minute hour day month weekday, in Japanese time, such as \"%s\"; join several with a semicolon", spec, instead(expr))
		}
		part, err := parser.Parse(expr)
		if err != nil {
			return Plan{}, fmt.Errorf("schedule %q: %w; weekdays are 0 (Sunday) to 6 or SUN to SAT, and a list or range is written 9-18 or 9,12,18", spec, err)
		}
		p.parts = append(p.parts, part)
	}
	return p, nil
}

// instead is what to write for the words that other programs understand.
func instead(expr string) string {
	word, _, _ := strings.Cut(expr, " ")
	switch word {
	case "@daily", "@midnight":
		return "0 6 * * *"
	case "@weekly":
		return "0 6 * * 1"
	case "@monthly", "@yearly", "@annually":
		return "0 6 1 * *"
	}
	return "0 * * * *"
}

// Check is what the catalogue requires of a schedule: that it reads, comes round and leaves at least the
// given time between two looks.
func Check(spec string, least time.Duration) error {
	p, err := Parse(spec)
	if err != nil {
		return err
	}
	// Next gives up after five years; any start will do.
	start := time.Date(2024, time.January, 1, 0, 0, 0, 0, kaisei.JST)
	for i, part := range p.parts {
		if part.Next(start).IsZero() {
			return fmt.Errorf("schedule %q never comes round: no year has the day of %q; write a day that exists", spec, strings.TrimSpace(strings.Split(spec, ";")[i]))
		}
	}
	if p.apart() >= least {
		return nil
	}
	at := p.Next(start)
	for range sampled {
		next := p.Next(at)
		if next.IsZero() {
			break
		}
		if next.Sub(at) < least {
			return fmt.Errorf("schedule %q asks twice within %s (%s and %s); leave at least %s, such as \"*/%d * * * *\"",
				spec, next.Sub(at), at.Format("15:04"), next.Format("15:04"), least, int(least.Minutes()))
		}
		at = next
	}
	return nil
}

// apart is the least time between two looks if every day had the times of all of them: never more than the
// schedule leaves, and cheap to know. It is a day where there is one time only.
func (p Plan) apart() time.Duration {
	const day = 24 * 60
	var asked [day]bool
	for _, part := range p.parts {
		s, ok := part.(*cron.SpecSchedule)
		if !ok {
			return 0
		}
		for m := range asked {
			if s.Hour>>(m/60)&1 == 1 && s.Minute>>(m%60)&1 == 1 {
				asked[m] = true
			}
		}
	}
	first, last, least := -1, -1, day
	for m, yes := range asked {
		if !yes {
			continue
		}
		if first < 0 {
			first = m
		} else {
			least = min(least, m-last)
		}
		last = m
	}
	if first < 0 {
		return 0
	}
	return time.Duration(min(least, first+day-last)) * time.Minute
}

// Next returns the first time of the schedule after t, or the zero time where there is none within
// five years.
func (p Plan) Next(t time.Time) time.Time {
	var first time.Time
	for _, part := range p.parts {
		if at := part.Next(t.In(kaisei.JST)); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// ErrNever is returned by Longest for a schedule that does not come round.
var ErrNever = errors.New("the schedule never comes round")

// Longest returns the longest time between two looks that the schedule plans, as far as one can see
// within a year or 400 looks.
func (p Plan) Longest() (time.Duration, error) {
	at := p.Next(time.Date(2024, time.January, 1, 0, 0, 0, 0, kaisei.JST))
	if at.IsZero() {
		return 0, ErrNever
	}
	var longest time.Duration
	for range sampled {
		next := p.Next(at)
		if next.IsZero() {
			break
		}
		longest, at = max(longest, next.Sub(at)), next
	}
	return longest, nil
}
