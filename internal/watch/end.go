package watch

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// record commits a look that found nothing to keep.
func (v *visit) record(l kaisei.Look) error { return v.commit(kaisei.Commit{Look: l}) }

// quiet reports whether a look found nothing, so that it may be written later and together with
// others: what stands there was proved once more, and no version, evidence, promise or further look
// hangs on it.
func quiet(c kaisei.Commit) bool {
	same := c.Look.Verdict == kaisei.VerdictNotModified || c.Look.Verdict == kaisei.VerdictSameBytes || c.Look.Verdict == kaisei.VerdictSameText
	waits := c.Seen != nil && (c.Seen.Pending.Waits() || !c.Seen.Again.IsZero())
	return same && !waits && c.Sightings == nil && c.Version == nil && c.Change == nil && len(c.Deliveries) == 0 && c.Drop == ""
}

func (v *visit) commit(c kaisei.Commit) error {
	if quiet(c) {
		if err := v.w.Store.CommitQuiet(c); err != nil {
			return fmt.Errorf("keep the look at %s: %w", c.Look.URL, err)
		}
		v.report.Looks = append(v.report.Looks, c.Look)
		return nil
	}
	v.wrote = true
	stored, err := v.w.Store.Commit(c)
	if err != nil {
		return fmt.Errorf("commit the look at %s: %w", c.Look.URL, err)
	}
	v.report.Looks = append(v.report.Looks, c.Look)
	if c.Seen != nil {
		v.waiting(c.Seen.Again)
	}
	if c.Version != nil {
		v.w.unsettle()
	}
	if c.Change == nil {
		return nil
	}
	v.report.Changes = append(v.report.Changes, stored)
	v.w.announce(stored, len(c.Deliveries) > 0)
	return nil
}

// end saves the source's schedule state: the verdict of its own page, and what
// could not be read below it.
func (v *visit) end() error {
	now := v.w.now()
	own := slices.IndexFunc(v.report.Looks, func(l kaisei.Look) bool { return l.URL == v.s.URL })
	if v.skipped > 0 {
		left := kaisei.Look{Source: v.s.ID, At: now, URL: v.s.URL, Document: v.s.ID, Verdict: kaisei.VerdictFailed, Cause: kaisei.CauseLimit,
			Detail: fmt.Sprintf("%d addresses were left for the next look: one look makes %d requests at most, %d of them for new addresses", v.skipped, MaxFetches, MaxFresh)}
		if err := v.record(left); err != nil {
			return err
		}
	}
	if v.left > 0 && len(v.report.Looks) == 0 {
		return v.postpone(now)
	}
	if v.left > 0 {
		left := kaisei.Look{Source: v.s.ID, At: now, URL: v.s.URL, Document: v.s.ID, Verdict: kaisei.VerdictFailed, Cause: kaisei.CauseTooMany,
			Detail: fmt.Sprintf("%d addresses were left for the next look: %s asked to be left alone", v.left, strings.Join(slices.Sorted(maps.Keys(v.alone)), ", "))}
		if err := v.record(left); err != nil {
			return err
		}
	}
	p := &v.poll
	p.Again = v.next
	if v.only != nil && own < 0 {
		return v.save() // the source as a whole was not looked at
	}
	partly := p.PartFailures
	p.LastLook = now
	p.Looks++
	failed := slices.DeleteFunc(v.report.Failed(), func(l kaisei.Look) bool { return v.probed[l.URL] })
	p.LastVerdict, p.LastCause, p.LastDetail = "", "", ""
	if own >= 0 {
		l := v.report.Looks[own]
		p.LastVerdict, p.LastCause, p.LastDetail = l.Verdict, l.Cause, l.Detail
	}
	switch {
	case own >= 0 && p.LastCause == kaisei.CauseUnconfirmed:
		// The page was read; what it says waits for a further look.
	case p.LastVerdict.Good():
		p.Good++
		p.LastGood = now
		p.Failures = 0
		if p.FirstGood.IsZero() {
			p.FirstGood = now
		}
		if v.only == nil {
			p.PartFailures = 0
		}
		if v.only == nil && len(failed) > 0 {
			p.PartFailures = partly + 1
			p.LastCause = failed[0].Cause
			p.LastDetail = fmt.Sprintf("%d of %d addresses could not be read; first %s: %s", len(failed), len(v.report.Looks), failed[0].URL, failed[0].Detail)
		}
	default:
		p.Failures++
		// The ledger has every failure; the log says that one began, and that it lasts.
		level := slog.LevelDebug
		if p.Failures == 1 || p.Failures == FailingAfter {
			level = slog.LevelWarn
		}
		v.w.log().Log(context.Background(), level, "look failed", "source", v.s.ID, "failures", p.Failures, "cause", p.LastCause, "detail", p.LastDetail)
	}
	if len(v.report.Changes) > 0 {
		p.LastChange = now
	}
	switch {
	case p.Failures == 0 && p.PartFailures == 0:
		p.BadSince = time.Time{}
		if p.GoodSince.IsZero() {
			p.GoodSince = now
		}
	case p.BadSince.IsZero():
		p.BadSince, p.GoodSince = now, time.Time{}
	}
	v.lively(now)
	return v.plan(now)
}

// plan saves the schedule state with when the source is looked at next.
func (v *visit) plan(now time.Time) error {
	p := &v.poll
	p.Wait = kaisei.Wait{}
	if v.retryAfter > 0 {
		p.Wait = kaisei.Wait{Host: cmp.Or(v.askedBy, kaisei.Host(v.s.URL)), Until: now.Add(v.retryAfter)}
	}
	p.NextLook, p.Plan = next(v.s, *p, now).At, v.s.Schedule
	return v.save()
}

func (v *visit) save() error {
	save := v.w.Store.SavePollQuiet
	if v.wrote {
		save = v.w.Store.SavePoll
	}
	if err := v.w.savePoll(&v.poll, save); err != nil {
		return err
	}
	v.report.Poll = v.poll
	if v.wrote {
		return nil
	}
	return v.w.quiet()
}

// postpone ends a visit in which nothing could be asked for, because the host had asked to be left alone: no
// look was made, so none failed, and it is made up when the host may be asked.
func (v *visit) postpone(now time.Time) error {
	v.w.log().Debug("look postponed: the host asked to be left alone", "source", v.s.ID, "host", v.askedBy)
	p := &v.poll
	p.Wait = kaisei.Wait{Host: cmp.Or(v.askedBy, kaisei.Host(v.s.URL)), Until: now.Add(v.retryAfter)}
	p.NextLook, p.Plan = p.Wait.Until.Add(spread(v.s.ID, CatchUp)), v.s.Schedule
	return v.save()
}

// pace notes how often a feed asks to be looked at, in the schedule state and in the ledger.
func (v *visit) pace(c kaisei.Capture, look *kaisei.Look) {
	pacer, ok := v.w.Catalog.(Pacer)
	if !ok || v.s.Kind != kaisei.KindFeed {
		return
	}
	v.poll.Every = max(pacer.Pace(v.s, c), 0)
	if every := min(v.poll.Every, MaxTTL); every > 0 {
		look.Detail = joined(look.Detail, "the feed asks for at most one look in "+shortly(v.poll.Every))
		if every < v.poll.Every {
			look.Detail += fmt.Sprintf(", of which %s are kept", shortly(every))
		}
	}
}

// shortly writes a duration in days, hours and minutes.
func shortly(d time.Duration) string {
	if d >= 48*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	s := d.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}
