package watch

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// ward is a set of sources, how each was last seen, and what operators were told of them.
type ward struct {
	t       *testing.T
	now     time.Time
	sources []kaisei.Source
	polls   map[string]kaisei.Poll
	told    Memory
}

// newWard has n hosts of one well source each, h0/s, h1/s, …
func newWard(t *testing.T, n int) *ward {
	w := &ward{t: t, now: time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC), polls: map[string]kaisei.Poll{}}
	for i := range n {
		w.watch(fmt.Sprintf("h%d/s", i), fmt.Sprintf("https://h%d.example/", i))
	}
	return w
}

func (w *ward) watch(id, url string) {
	w.sources = append(w.sources, kaisei.Source{ID: id, URL: url})
	w.good(id)
}

// good is a look that reads a source well.
func (w *ward) good(ids ...string) {
	for _, id := range ids {
		p := w.polls[id]
		p.Source, p.LastLook, p.LastGood, p.LastVerdict, p.LastCause = id, w.now, w.now, kaisei.VerdictSameBytes, ""
		p.Failures, p.PartFailures, p.BadSince = 0, 0, time.Time{}
		if p.FirstGood.IsZero() {
			p.FirstGood = w.now
		}
		if p.GoodSince.IsZero() {
			p.GoodSince = w.now
		}
		w.polls[id] = p
	}
}

// bad is a look that fails.
func (w *ward) bad(c kaisei.Cause, ids ...string) {
	for _, id := range ids {
		p := w.polls[id]
		p.Source, p.LastLook, p.LastVerdict, p.LastCause = id, w.now, kaisei.VerdictFailed, c
		p.Failures++
		p.GoodSince = time.Time{}
		if p.BadSince.IsZero() {
			p.BadSince = w.now
		}
		w.polls[id] = p
	}
}

// fails makes a source fail often enough to be told.
func (w *ward) fails(c kaisei.Cause, ids ...string) {
	for range FailingAfter {
		w.pass(time.Minute)
		w.bad(c, ids...)
	}
}

func (w *ward) pass(d time.Duration) { w.now = w.now.Add(d) }

// tell judges, as Diagnose does, through the stored form of what was told.
func (w *ward) tell() Health {
	w.t.Helper()
	h, next := judge(w.sources, w.polls, w.told, w.now)
	b, err := json.Marshal(next)
	if err != nil {
		w.t.Fatal(err)
	}
	w.told = Memory{}
	if err := json.Unmarshal(b, &w.told); err != nil {
		w.t.Fatal(err)
	}
	return h
}

// nothing asserts that there is nothing to tell.
func (w *ward) nothing(why string) {
	w.t.Helper()
	if h := w.tell(); !h.Empty() {
		w.t.Errorf("%s, yet told %s", why, summary(h))
	}
}

func summary(h Health) string {
	var s string
	for _, part := range []struct {
		name string
		sick []Sick
	}{{"failing", h.Failing}, {"implausible", h.Implausible}, {"quiet", h.Quiet}, {"recovered", h.Recovered}} {
		for _, x := range part.sick {
			s += part.name + " " + x.Source
			if x.Again {
				s += " again"
			}
			s += "; "
		}
	}
	if h.Network != nil {
		s += fmt.Sprintf("network %d/%d again=%v; ", h.Network.Failing, h.Network.Hosts, h.Network.Again)
	}
	if h.NetworkBack != nil {
		s += "network back; "
	}
	return s
}

func (w *ward) tells(want string) Health {
	w.t.Helper()
	h := w.tell()
	if got := summary(h); got != want {
		w.t.Errorf("told %q, want %q", got, want)
	}
	return h
}

func TestHealthIsToldOnceForAllSourcesAndOnRecovery(t *testing.T) {
	w := newWard(t, 8)
	w.sources = append(w.sources, kaisei.Source{ID: "off/s", Disabled: "why"})
	w.bad(kaisei.CauseServer, "h0/s")
	w.bad(kaisei.CauseServer, "h0/s", "off/s")
	w.nothing("two failures are a blip")
	w.fails(kaisei.CauseServer, "h0/s", "off/s")
	w.fails(kaisei.CauseEmpty, "h1/s")
	h := w.tells("failing h0/s; implausible h1/s; ")
	if h.Sources != 8 {
		t.Errorf("%d sources are watched, want 8", h.Sources)
	}
	w.pass(time.Hour)
	w.bad(kaisei.CauseEmpty, "h0/s")
	w.nothing("trouble that takes another form is the same trouble")
	w.pass(time.Hour)
	w.good("h0/s")
	h = w.tells("recovered h0/s; ")
	if r := h.Recovered[0]; w.now.Sub(r.Since) < 2*time.Hour || r.LastGood.IsZero() || r.LastGood.Equal(w.now) {
		t.Errorf("recovery does not say how long it lasted: since %s, last good before %s", r.Since, r.LastGood)
	}
	w.nothing("nothing changed")
}

func TestTroubleIsToldAgainAfterADayThreeDaysAndThenWeekly(t *testing.T) {
	w := newWard(t, 8)
	w.fails(kaisei.CauseServer, "h0/s")
	start := w.now
	var told []time.Duration
	for range 4 * 31 * 24 {
		if h := w.tell(); !h.Empty() {
			if again := h.Failing[0].Again; again != (len(told) > 0) {
				t.Errorf("told at %s as again=%v", w.now, again)
			}
			told = append(told, w.now.Sub(start).Round(time.Hour))
		}
		w.pass(15 * time.Minute)
	}
	day := 24 * time.Hour
	if got, want := fmt.Sprint(told), fmt.Sprint([]time.Duration{0, day, 3 * day, 10 * day, 17 * day, 24 * day, 31 * day}[:len(told)]); got != want || len(told) < 6 {
		t.Errorf("told after %s, want %s", got, want)
	}
}

func TestRemindersOfOneDayAreOneNotice(t *testing.T) {
	w := newWard(t, 8)
	w.fails(kaisei.CauseServer, "h0/s")
	w.tells("failing h0/s; ")
	w.pass(5 * time.Hour)
	w.fails(kaisei.CauseServer, "h1/s")
	w.tells("failing h1/s; ")
	w.pass(20 * time.Hour)
	w.tells("failing h0/s again; failing h1/s again; ")
	w.pass(6 * time.Hour)
	w.nothing("both were just told again")
}

func TestASourceThatFlapsDoesNotAlternate(t *testing.T) {
	w := newWard(t, 8)
	var failing, recovered int
	for range 60 { // five days: an hour and a half of failures, half an hour of good looks
		for range 3 {
			w.pass(30 * time.Minute)
			w.bad(kaisei.CauseServer, "h0/s")
			h := w.tell()
			failing += len(h.Failing)
		}
		w.pass(30 * time.Minute)
		w.good("h0/s")
		h := w.tell()
		recovered += len(h.Recovered)
	}
	if recovered != 1 || failing > 4 {
		t.Errorf("told %d times as failing and %d times as recovered in five days", failing, recovered)
	}
	w.pass(SteadyMost)
	if h := w.tells("recovered h0/s; "); h.Recovered[0].Relapses == 0 {
		t.Error("the recovery does not say that the source flapped")
	}
}

func TestADeadNetworkIsOneNotice(t *testing.T) {
	w := newWard(t, 12)
	w.watch("h0/t", "https://h0.example/t")
	w.fails(kaisei.CauseTLS, "h11/s")
	w.tells("failing h11/s; ")
	w.pass(2 * time.Hour)
	all := []string{"h0/s", "h0/t", "h1/s", "h2/s", "h3/s", "h4/s"}
	w.good(all...)
	w.pass(time.Minute)
	dead := w.now
	w.bad(kaisei.CauseDNS, all...)
	w.nothing("a minute is no dead network")
	w.pass(NetworkAfter)
	w.bad(kaisei.CauseDNS, all...)
	h := w.tells("network 5/5 again=false; ")
	if n := h.Network; !n.Since.Equal(dead) || n.Sources != 6 || n.Cause != kaisei.CauseDNS {
		t.Errorf("the network is told as %+v", n)
	}
	w.fails(kaisei.CauseTimeout, append(all, "h5/s", "h6/s", "h7/s", "h8/s", "h9/s", "h10/s")...)
	w.nothing("all of it is the network")
	w.pass(RemindFirst)
	w.tells("failing h11/s again; network 11/11 again=true; ")
	// The first sites answer; others wait for their next look.
	w.good(all...)
	w.good("h5/s")
	h = w.tells("network back; ")
	if n := h.NetworkBack; !n.Since.Equal(dead) || n.Until.IsZero() || n.Until.Sub(n.Since) < RemindFirst || n.Sources == 0 {
		t.Errorf("recovery is told as %+v", n)
	}
	w.pass(time.Hour)
	w.good("h6/s", "h7/s", "h8/s", "h9/s")
	w.nothing("what failed with the network recovers with it")
	w.bad(kaisei.CauseTimeout, "h10/s")
	w.tells("failing h10/s; ")
}

func TestHostsThatHaveLongBeenDeadAreNoDeadNetwork(t *testing.T) {
	w := newWard(t, 12)
	w.fails(kaisei.CauseDNS, "h0/s", "h1/s", "h2/s")
	for range 3 * 24 {
		w.pass(time.Hour)
		w.good("h3/s", "h4/s", "h5/s", "h6/s", "h7/s", "h8/s", "h9/s", "h10/s", "h11/s")
		if h := w.tell(); h.Network != nil {
			t.Fatalf("told %s", summary(h))
		}
	}
	w.pass(8 * time.Hour) // a night in which only the dead are tried again
	w.bad(kaisei.CauseDNS, "h0/s", "h1/s", "h2/s")
	if h := w.tell(); h.Network != nil {
		t.Errorf("only those that were dead before failed: %s", summary(h))
	}
}

func TestOneHostIsNoNetwork(t *testing.T) {
	w := newWard(t, 1)
	w.watch("h0/t", "https://h0.example/t")
	w.pass(time.Minute)
	w.bad(kaisei.CauseDNS, "h0/s", "h0/t")
	w.pass(time.Hour)
	w.bad(kaisei.CauseDNS, "h0/s", "h0/t")
	w.bad(kaisei.CauseDNS, "h0/s", "h0/t")
	w.tells("failing h0/s; failing h0/t; ")
}

func dayIn(year int, month time.Month, d int) int {
	return dayOf(time.Date(year, month, d, 12, 0, 0, 0, kaisei.JST))
}

func TestAFeedWhoseNewestItemIsOldIsQuietThoughItIsReadEveryHour(t *testing.T) {
	w := newWard(t, 8)
	w.sources[0].Quiet = 10 * 24 * time.Hour
	p := w.polls["h0/s"]
	p.NewsDays = []int{dayIn(2025, 10, 19)} // the feed of METI stalled so in 2026
	w.polls["h0/s"] = p
	h := w.tells("quiet h0/s; ")
	if q := h.Quiet[0].Silence; q.By != QuietByCatalogue || q.Expected != 10*24*time.Hour {
		t.Errorf("the notice says %+v", q)
	}
	w.nothing("it was told")
	p.NewsDays = append(p.NewsDays, dayOf(w.now))
	w.polls["h0/s"] = p
	w.tells("recovered h0/s; ")
}

// daily gives a source news on every working day until last.
func daily(last int, n int) []int {
	var days []int
	for d := last; len(days) < n; d-- {
		if !rests(d) {
			days = append([]int{d}, days...)
		}
	}
	return days
}

func TestASourceIsQuietAgainstItsOwnHistory(t *testing.T) {
	source := kaisei.Source{ID: "a/b"}
	poll := kaisei.Poll{Source: "a/b", FirstGood: dayStart(dayIn(2026, 1, 5)), LastLook: dayStart(dayIn(2026, 2, 2)), NewsDays: daily(dayIn(2026, 2, 2), 20)}
	at := func(d int) time.Time { return dayStart(d).Add(12 * time.Hour) }
	if q := silence(source, poll, at(dayIn(2026, 2, 9))); q.By != "" || q.Usual != 1 || q.Limit != OwnLeast {
		t.Errorf("a week after the last news: %+v", q)
	}
	if q := silence(source, poll, at(dayIn(2026, 2, 10))); q.By != QuietByHistory {
		t.Errorf("more than a week after the last news: %+v", q)
	}
	// One long pause in the past excuses nothing.
	outlier := poll
	outlier.NewsDays = append([]int{dayIn(2025, 6, 2)}, poll.NewsDays...)
	if q := silence(source, outlier, at(dayIn(2026, 2, 10))); q.By != QuietByHistory {
		t.Errorf("with an outlier: %+v", q)
	}
	few := poll
	few.NewsDays = poll.NewsDays[len(poll.NewsDays)-OwnGaps:]
	if q := silence(source, few, at(dayIn(2026, 6, 1))); q.By != "" {
		t.Errorf("of too few intervals no history is made: %+v", q)
	}
	ended := poll
	ended.FirstGood = dayStart(dayIn(2026, 2, 3))
	if q := silence(source, ended, at(dayIn(2026, 6, 1))); q.By != "" {
		t.Errorf("a list that had ended before it was watched: %+v", q)
	}
	// Whichever speaks first is named.
	source.Quiet = 14 * 24 * time.Hour
	if q := silence(source, poll, at(dayIn(2026, 2, 10))); q.By != QuietByHistory {
		t.Errorf("history speaks before the catalogue: %+v", q)
	}
	if q := silence(source, poll, at(dayIn(2026, 3, 2))); q.By != QuietByHistory {
		t.Errorf("history spoke first: %+v", q)
	}
	source.Quiet = 3 * 24 * time.Hour
	if q := silence(source, poll, at(dayIn(2026, 2, 7))); q.By != QuietByCatalogue {
		t.Errorf("the catalogue speaks before history: %+v", q)
	}
}

func TestHolidaysAreNoSilence(t *testing.T) {
	for name, c := range map[string]struct{ last, silent, told int }{
		"year-end":    {dayIn(2026, 12, 28), dayIn(2027, 1, 8), dayIn(2027, 1, 13)},
		"Golden Week": {dayIn(2026, 4, 28), dayIn(2026, 5, 12), dayIn(2026, 5, 15)},
		"Obon":        {dayIn(2026, 8, 12), dayIn(2026, 8, 21), dayIn(2026, 8, 26)},
		"Silver Week": {dayIn(2026, 9, 18), dayIn(2026, 9, 30), dayIn(2026, 10, 1)},
	} {
		poll := kaisei.Poll{FirstGood: dayStart(c.last - 30), NewsDays: daily(c.last, 20)}
		if q := silence(kaisei.Source{ID: "a"}, poll, dayStart(c.silent)); q.By != "" {
			t.Errorf("%s is taken for silence: %+v", name, q)
		}
		if q := silence(kaisei.Source{ID: "a"}, poll, dayStart(c.told)); q.By != QuietByHistory {
			t.Errorf("silence after %s is not told: %+v", name, q)
		}
		short := kaisei.Source{ID: "a", Quiet: 3 * 24 * time.Hour}
		poll.NewsDays = poll.NewsDays[19:]
		if q := silence(short, poll, dayStart(c.last+7)); q.By != "" && name != "Obon" {
			t.Errorf("%s is silence to the catalogue: %+v", name, q)
		}
	}
}

func TestAPausedSourceIsNoTrouble(t *testing.T) {
	w := newWard(t, 8)
	w.fails(kaisei.CauseServer, "h0/s")
	w.tells("failing h0/s; ")
	p := w.polls["h0/s"]
	p.Pause = kaisei.Pause{Since: w.now, Until: w.now.Add(30 * 24 * time.Hour)}
	w.polls["h0/s"] = p
	if state, since, _ := Assess(w.sources[0], p, w.now); state != StatePaused || !since.Equal(w.now) {
		t.Errorf("it is %s since %s", state, since)
	}
	for range 20 {
		w.pass(24 * time.Hour)
		w.nothing("the operator wants it left alone")
	}
	w.pass(11 * 24 * time.Hour)
	w.bad(kaisei.CauseServer, "h0/s")
	w.tells("failing h0/s; ")
}

func TestQuietIsToldAgainAfterAWeekAndThenMonthly(t *testing.T) {
	w := newWard(t, 8)
	w.sources[0].Quiet = 24 * time.Hour
	var told []int
	start := w.now
	for range 60 * 4 {
		w.good("h0/s")
		if h := w.tell(); len(h.Quiet) > 0 {
			told = append(told, int(w.now.Sub(start).Hours()/24))
		}
		w.pass(6 * time.Hour)
	}
	if len(told) != 3 || told[1]-told[0] > 7 || told[2]-told[1] < 29 {
		t.Errorf("told on the days %v", told)
	}
}

func TestEarlierReleasesKeptWhatWasToldWithTheSource(t *testing.T) {
	w := &Watcher{Store: markless{}, Now: func() time.Time { return time.Unix(0, 0) }}
	m, err := w.memory([]kaisei.Poll{{Source: "a", Notice: "failing"}, {Source: "b", Notice: "quiet"}, {Source: "c"}})
	if err != nil || m.Sources["a"].Sight == nil || m.Sources["b"].Quiet == nil || len(m.Sources) != 2 {
		t.Errorf("%+v, %v", m, err)
	}
}

// markless is a store in which nothing was told yet.
type markless struct{ Store }

func (markless) Mark(string) (string, bool, error) { return "", false, nil }
