package notify

import (
	"testing"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestADigestIsDueAtNineInJapanOnTheDaysOfItsCadence(t *testing.T) {
	for _, c := range []struct {
		cadence   Cadence
		business  bool
		now, last string
	}{
		{Weekly, false, "2026-04-06T08:59:59+09:00", "2026-03-30"},
		{Weekly, false, "2026-04-06T09:00:00+09:00", "2026-04-06"},
		{Weekly, false, "2026-04-05T23:00:00Z", "2026-03-30"}, // 08:00 in Japan
		{Weekly, false, "2026-04-06T00:00:00Z", "2026-04-06"},
		{Weekly, false, "2026-05-04T09:00:00+09:00", "2026-05-04"}, // Greenery Day is kept
		{Weekly, true, "2026-05-04T09:00:00+09:00", "2026-04-27"},
		{Weekly, true, "2026-05-06T12:00:00+09:00", "2026-04-27"}, // the substitute for Constitution Day
		{Weekly, true, "2026-05-07T09:00:00+09:00", "2026-05-07"},
		{Weekly, true, "2026-05-11T09:00:00+09:00", "2026-05-11"},
		{Weekly, false, "2027-01-03T12:00:00+09:00", "2026-12-28"},
		{Daily, false, "2026-05-03T09:00:00+09:00", "2026-05-03"},
		{Daily, false, "2026-05-03T08:00:00+09:00", "2026-05-02"},
		{Daily, true, "2026-05-01T09:00:00+09:00", "2026-05-01"},
		{Daily, true, "2026-05-06T23:00:00+09:00", "2026-05-01"}, // a weekend and four holidays, one of them on a Sunday
		{Daily, true, "2026-05-07T09:00:00+09:00", "2026-05-07"},
		{Monthly, false, "2026-02-28T09:00:00+09:00", "2026-02-01"}, // a Sunday
		{Monthly, true, "2026-02-01T12:00:00+09:00", "2026-01-02"},
		{Monthly, true, "2026-02-02T09:00:00+09:00", "2026-02-02"},
		{Monthly, false, "2026-01-01T09:00:00+09:00", "2026-01-01"},
		{Monthly, true, "2026-01-01T09:00:00+09:00", "2025-12-01"},
	} {
		got := Rhythm{c.cadence, c.business}.Last(instant(t, c.now)).Format(time.RFC3339)
		if want := c.last + "T09:00:00+09:00"; got != want {
			t.Errorf("%s (business days: %v) at %s: %s, want %s", c.cadence, c.business, c.now, got, want)
		}
	}
}

func TestARhythmOfBusinessDaysNeverFallsOnADayOff(t *testing.T) {
	for _, cadence := range []Cadence{Daily, Weekly, Monthly} {
		free, bound := Rhythm{cadence, false}, Rhythm{cadence, true}
		for now := instant(t, "2026-01-05T12:00:00+09:00"); now.Year() < 2029; now = now.AddDate(0, 0, 1) {
			last := bound.Last(now)
			if !calendar.BusinessDay(kaisei.DateOf(last)) {
				t.Fatalf("%s: due on %s", cadence, last)
			}
			if on := free.Last(now); calendar.BusinessDay(kaisei.DateOf(on)) && !on.Equal(last) {
				t.Fatalf("%s at %s: %s, want %s", cadence, now, last, on)
			}
		}
	}
}

func TestDigestsThatWereNotMadeAreCounted(t *testing.T) {
	for _, c := range []struct {
		cadence    Cadence
		business   bool
		since, now string
		want       int
	}{
		{Weekly, false, "2026-04-06T09:10:00+09:00", "2026-04-13T09:10:00+09:00", 0},
		{Weekly, false, "2026-04-06T09:00:00+09:00", "2026-04-18T00:00:00+09:00", 0},
		{Weekly, false, "2026-04-06T09:10:00+09:00", "2026-04-27T09:00:00+09:00", 2},
		{Daily, false, "2026-05-01T09:10:00+09:00", "2026-05-07T09:10:00+09:00", 5},
		{Daily, true, "2026-05-01T09:10:00+09:00", "2026-05-07T09:10:00+09:00", 0},
		{Monthly, false, "2026-01-01T09:10:00+09:00", "2026-04-15T00:00:00+09:00", 2},
		{Daily, false, "1990-01-01T09:10:00+09:00", "2026-04-15T00:00:00+09:00", maxMissed},
	} {
		r := Rhythm{c.cadence, c.business}
		if got := r.missed(instant(t, c.since), instant(t, c.now)); got != c.want {
			t.Errorf("%s (business days: %v) from %s at %s: %d, want %d", c.cadence, c.business, c.since, c.now, got, c.want)
		}
	}
}
