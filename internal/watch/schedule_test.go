package watch

import (
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestNextLookFollowsTheScheduleInJapan(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 9 * * 1"}
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC) // Sunday 21:00 in Japan
	at := next(s, kaisei.Poll{}, now).In(kaisei.JST)
	want := time.Date(2026, 3, 30, 9, 0, 0, 0, kaisei.JST)
	if d := at.Sub(want); d < 0 || d >= MaxJitter {
		t.Errorf("next look at %s, want within %s of %s", at, MaxJitter, want)
	}
	if again := next(s, kaisei.Poll{}, now); !again.Equal(at) {
		t.Error("the jitter of a source changes from look to look")
	}
}

func TestFailuresBackOffAndNeverStop(t *testing.T) {
	s := kaisei.Source{ID: "a/b", Schedule: "0 9 1 * *"}
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	last := time.Duration(0)
	for n := 1; n < 200; n++ {
		wait := next(s, kaisei.Poll{Failures: n}, now).Sub(now)
		if wait < last && n < 8 {
			t.Errorf("after %d failures the wait fell from %s to %s", n, last, wait)
		}
		if wait <= 0 || wait > MaxRetry+time.Minute {
			t.Fatalf("after %d failures the next look is in %s", n, wait)
		}
		last = wait
	}
	if wait := next(s, kaisei.Poll{Failures: 1}, now).Sub(now); wait > FirstRetry+time.Minute {
		t.Errorf("the first retry comes after %s", wait)
	}
	hourly := kaisei.Source{ID: "a/b", Schedule: "0 * * * *"}
	if wait := next(hourly, kaisei.Poll{Failures: 50}, now).Sub(now); wait > time.Hour+MaxJitter {
		t.Errorf("a failing hourly source is asked after %s: its own schedule is sooner", wait)
	}
}
