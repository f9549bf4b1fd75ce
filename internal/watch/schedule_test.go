package watch

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestNextLookFollowsTheScheduleInJapan(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 9 * * 1"}
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC) // Sunday 21:00 in Japan
	at := next(s, kaisei.Poll{}, now).At.In(kaisei.JST)
	want := time.Date(2026, 3, 30, 9, 0, 0, 0, kaisei.JST)
	if d := at.Sub(want); d < 0 || d >= MaxJitter {
		t.Errorf("next look at %s, want within %s of %s", at, MaxJitter, want)
	}
	if again := next(s, kaisei.Poll{}, now).At; !again.Equal(at) {
		t.Error("the jitter of a source changes from look to look")
	}
}

func TestFailuresBackOffAndNeverStop(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 9 1 * *"}
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	last := time.Duration(0)
	for n := 1; n < 200; n++ {
		wait := next(s, kaisei.Poll{Failures: n}, now).At.Sub(now)
		if wait < last && n < 8 {
			t.Errorf("after %d failures the wait fell from %s to %s", n, last, wait)
		}
		if wait <= 0 || wait > MaxRetry+time.Minute {
			t.Fatalf("after %d failures the next look is in %s", n, wait)
		}
		last = wait
	}
	if wait := next(s, kaisei.Poll{Failures: 1}, now).At.Sub(now); wait > FirstRetry+time.Minute {
		t.Errorf("the first retry comes after %s", wait)
	}
	hourly := kaisei.Source{ID: "a/b", Schedule: "0 * * * *"}
	if wait := next(hourly, kaisei.Poll{Failures: 50}, now).At.Sub(now); wait > time.Hour+MaxJitter {
		t.Errorf("a failing hourly source is asked after %s: its own schedule is sooner", wait)
	}
}
func TestJitterLaterThanTheNextTurnSkipsNone(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "*/5 * * * *"}
	for i := 0; spread(s.ID, MaxJitter) < 7*time.Minute; i++ {
		s = kaisei.Source{ID: fmt.Sprintf("a/%d", i), Schedule: "*/5 * * * *"}
	}
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for range 20 {
		n := next(s, kaisei.Poll{}, at).At
		if d := n.Sub(at); d > 5*time.Minute || d <= 0 {
			t.Fatalf("a source of every five minutes waits %s", d)
		}
		at = n
	}
}

func TestAFeedIsNotLookedAtMoreOftenThanItAsksAndNeverSilenced(t *testing.T) {
	hourly := kaisei.Source{ID: "a/b", Schedule: "0 * * * *"}
	now := next(hourly, kaisei.Poll{}, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)).At.Add(20 * time.Second)
	for every, want := range map[time.Duration]time.Duration{
		0: time.Hour, 30 * time.Minute: time.Hour, time.Hour: time.Hour, // a look takes time: TTLSlack
		90 * time.Minute: 2 * time.Hour, 5 * time.Hour: 5 * time.Hour, 365 * 24 * time.Hour: MaxTTL,
	} {
		turn := next(hourly, kaisei.Poll{Every: every}, now)
		if d := turn.At.Sub(now).Round(time.Hour); d != want || (turn.Reason == ReasonFeed) != (want > time.Hour) {
			t.Errorf("a feed that asks for %s is looked at after %s (%s), want %s", every, d, turn.Reason, want)
		}
	}
	// A feed that failed is asked again as any other source is.
	if turn := next(hourly, kaisei.Poll{Every: MaxTTL, Failures: 1}, now); turn.Reason != ReasonRetry {
		t.Errorf("after a failure: %+v", turn)
	}
}

// A feed that asks for one look an hour and is looked at twice a day: one look that comes shortly before the
// evening's, after a failure or a stop, must not cost the evening's.
func TestWhatAFeedPutsOffIsMadeAsSoonAsItAllows(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "20 9,18 * * *"}
	evening := next(s, kaisei.Poll{}, time.Date(2026, 3, 2, 12, 0, 0, 0, kaisei.JST)).At
	for before := time.Minute; before < 3*time.Hour; before += 7 * time.Minute {
		looked := evening.Add(-before)
		turn := next(s, kaisei.Poll{Every: time.Hour}, looked)
		if late := turn.At.Sub(evening); late < 0 || late > time.Hour {
			t.Errorf("a look %s before the evening's makes it %s late", before, late)
		}
		if wait := turn.At.Sub(looked); wait < time.Hour-TTLSlack {
			t.Errorf("the feed is asked again after %s", wait)
		}
	}
}

func TestAHostThatAsksToBeLeftAloneIsHeededWithinItsBound(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 * * * *"}
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	p := kaisei.Poll{Failures: 1, Wait: kaisei.Wait{Host: "a.example", Until: now.Add(5 * time.Hour)}}
	turn := next(s, p, now)
	if d := turn.At.Sub(p.Wait.Until); d < 0 || d >= CatchUp || turn.Reason != ReasonHost {
		t.Errorf("looked at %s after the host may be asked (%s)", d, turn.Reason)
	}
	if turn := next(s, p, p.Wait.Until); turn.Reason == ReasonHost {
		t.Errorf("a wish that is over is heeded: %+v", turn)
	}
}

func TestAPauseEndsByItselfAndWhatItMissedIsMadeUpOnce(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 * * * *"}
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	p := kaisei.Poll{LastLook: now, NextLook: now.Add(time.Hour), Plan: s.Schedule, Pause: kaisei.Pause{Until: now.Add(72 * time.Hour)}}
	turns := Plan(s, p, now, 3)
	if d := turns[0].At.Sub(p.Pause.Until); d < 0 || d >= CatchUp || turns[0].Reason != ReasonPause {
		t.Errorf("first look %s after the pause, for %s", d, turns[0].Reason)
	}
	if d := turns[1].At.Sub(turns[0].At); d > time.Hour+MaxJitter || turns[1].Reason != ReasonSchedule {
		t.Errorf("the second look comes %s after it, for %s", d, turns[1].Reason)
	}
	p.Pause = kaisei.Pause{}
	if turn := due(s, p, now.Add(48*time.Hour)); turn.Reason != ReasonMissed || turn.At.After(now.Add(48*time.Hour+CatchUp)) {
		t.Errorf("after resuming: %+v", turn)
	}
}

func TestAChangedScheduleHoldsAtOnce(t *testing.T) {
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // Monday, 09:00 in Japan
	p := kaisei.Poll{LastLook: now.Add(-time.Hour), NextLook: now.Add(30 * time.Minute), Plan: "30 * * * *"}
	for schedule, want := range map[string][2]time.Duration{
		"30 * * * *": {30 * time.Minute, 30 * time.Minute},       // unchanged: as planned
		"15 * * * *": {0, CatchUp},                               // was due in between
		"0 12 * * *": {3 * time.Hour, 3*time.Hour + MaxJitter},   // sparser
		"0 9 3 * *":  {24 * time.Hour, 24*time.Hour + MaxJitter}, // sparser still
	} {
		s := kaisei.Source{ID: "a/b", Schedule: schedule}
		if d := due(s, p, now).At.Sub(now); d < want[0] || d > want[1] {
			t.Errorf("%s: looked at in %s, want %v", schedule, d, want)
		}
	}
}

func TestFaultsOfKaiseiItselfBackOffAndNeverStop(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 9 1 1 *"}
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for n := 1; n < 1<<20; n *= 3 {
		p := kaisei.Poll{Failures: n, LastCause: kaisei.CauseInternal, LastVerdict: kaisei.VerdictFailed}
		if d := next(s, p, now).At.Sub(now); d <= 0 || d > MaxRetry+time.Minute {
			t.Errorf("after %d faults the next look is in %s", n, d)
		}
	}
}

func TestPausesAlwaysEnd(t *testing.T) {
	w := &Watcher{Now: func() time.Time { return time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) }}
	for d, want := range map[time.Duration]error{0: ErrPausePast, -time.Hour: ErrPausePast, MaxPause + 1: ErrPauseLong} {
		if _, err := w.Pause("a/b", kaisei.Pause{Until: w.now().Add(d)}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", d, err, want)
		}
	}
	if _, err := w.Pause("a/b", kaisei.Pause{}); !errors.Is(err, ErrPausePast) {
		t.Errorf("without an end: %v", err)
	}
}
