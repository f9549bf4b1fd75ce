package watch_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
)

// bureau is a getter that counts requests and answers as a host does, in virtual time.
type bureau struct {
	mu    sync.Mutex
	took  time.Duration
	times map[string][]time.Time // by URL
	busy  map[string]int
	most  int
	fault func(url string) error
}

func (b *bureau) Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error) {
	b.mu.Lock()
	if b.times == nil {
		b.times, b.busy = map[string][]time.Time{}, map[string]int{}
	}
	b.times[r.URL] = append(b.times[r.URL], time.Now())
	b.busy[r.URL]++
	b.most = max(b.most, b.busy[r.URL])
	b.mu.Unlock()
	defer func() { b.mu.Lock(); b.busy[r.URL]--; b.mu.Unlock() }()
	select {
	case <-time.After(b.took):
	case <-ctx.Done():
		return kaisei.Capture{}, ctx.Err()
	}
	if b.fault != nil {
		if err := b.fault(r.URL); err != nil {
			return kaisei.Capture{}, err
		}
	}
	body := []byte(html("注意喚起", duty))
	return kaisei.Capture{Body: body, Snapshot: kaisei.Snapshot{URL: r.URL, FinalURL: r.URL, Status: http.StatusOK, MediaType: "text/html; charset=UTF-8", Hash: kaisei.Hash(body), Size: len(body), At: time.Now()}}, nil
}

func (b *bureau) asked(url string) []time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]time.Time(nil), b.times[url]...)
}

// hourly is a catalogue of pages p/0, p/1 … with a schedule each.
func hourly(t *testing.T, schedules ...string) only {
	t.Helper()
	var b strings.Builder
	b.WriteString("[authority]\nmihon = { ja = \"見本省\", en = \"Ministry of Samples\" }\n")
	for i, s := range schedules {
		if s != "" {
			fmt.Fprintf(&b, "[[source]]\nid = \"mihon/p%d\"\ntitle = { ja = \"頁\" }\nkind = \"page\"\nurl = \"https://mihon.example/%d\"\nschedule = %q\nlayer = \"news\"\nlanguage = \"ja\"\n", i, i, s)
		}
	}
	c, err := sources.Load(sources.File{Name: "pages.toml", Data: []byte(b.String())})
	if err != nil {
		t.Fatal(err)
	}
	return only{c}
}

func page(i int) string { return fmt.Sprintf("https://mihon.example/%d", i) }

// running runs a watcher in the background; stop ends it.
func running(t *testing.T, w *watch.Watcher) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	}
}

func heir(n *town, b *bureau, c watch.Catalog) *watch.Watcher {
	return &watch.Watcher{Catalog: c, Fetch: b, Read: n.w.Read, Rules: n.w.Rules, Store: n.db}
}

func TestReloadsWhileLooksRunLoseAndDoubleNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		b := &bureau{took: 10 * time.Minute} // a look takes longer than the time between reloads
		c := hourly(t, "0 * * * *", "0 * * * *", "0 * * * *")
		w := heir(n, b, c)
		stop := running(t, w)
		for range 24 * 60 {
			<-time.After(time.Minute)
			w.Succeed(heir(n, b, c))
		}
		stop()
		for i := range 3 {
			if got := len(b.asked(page(i))); got < 24 || got > 26 {
				t.Errorf("page %d was asked for %d times in a day of hourly looks with 1440 reloads", i, got)
			}
		}
		if b.most != 1 {
			t.Errorf("%d looks at one source overlapped", b.most)
		}
	})
}

func TestAStreamOfReloadsPutsNoLookOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		b := &bureau{took: time.Second}
		c := hourly(t, "0 * * * *", "0 * * * *", "0 * * * *")
		w := heir(n, b, c)
		stop := running(t, w)
		for range 400 {
			<-time.After(100 * time.Millisecond)
			w.Succeed(heir(n, b, c))
		}
		stop()
		for i := range 3 {
			if got := len(b.asked(page(i))); got != 1 {
				t.Errorf("page %d was asked for %d times in forty seconds of reloads, want its first look", i, got)
			}
		}
	})
}

func TestAReloadTakesUpNewSourcesDropsVanishedOnesAndHoldsNewSchedules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		b := &bureau{took: time.Minute}
		w := heir(n, b, hourly(t, "0 0 1 1 *", "0 * * * *", "", "0 0 1 1 *"))
		stop := running(t, w)
		<-time.After(3 * time.Hour)
		was := len(b.asked(page(1)))
		next := heir(n, b, hourly(t, "0 0 1 1 *", "", "0 * * * *", "0 * * * *"))
		w.Succeed(next)
		start := time.Now()
		<-time.After(3 * time.Hour)
		if got := len(b.asked(page(1))); got != was {
			t.Errorf("a vanished source was looked at %d times more", got-was)
		}
		if got := b.asked(page(2)); len(got) < 3 || got[0].Sub(start) > watch.CatchUp {
			t.Errorf("a new source was looked at at %v", got)
		}
		if got := len(b.asked(page(3))); got < 4 || got > 5 {
			t.Errorf("a source that became hourly was looked at %d times, the first look included", got)
		}
		if got := len(b.asked(page(0))); got != 1 {
			t.Errorf("a source whose schedule stayed was looked at %d times", got)
		}
		// A look that somebody asks of the new watcher and one of Run's do not overlap.
		for range 3 {
			if _, err := next.Check(t.Context(), next.Catalog.Sources()[2], watch.Options{}); err != nil {
				t.Error(err)
			}
		}
		stop()
		if b.most != 1 {
			t.Errorf("%d looks at one source overlapped", b.most)
		}
	})
}

func TestAPausedSourceIsLeftAloneUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		b := &bureau{took: 5 * time.Minute}
		w := heir(n, b, hourly(t, "0 * * * *", "0 * * * *"))
		stop := running(t, w)
		<-time.After(3*time.Hour + time.Minute)
		// The second is paused while it is being looked at: the look must not undo it.
		until := time.Now().Add(24 * time.Hour)
		for i := range 2 {
			if _, err := w.Pause(fmt.Sprintf("mihon/p%d", i), kaisei.Pause{Until: until, Why: "改修中"}); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(10 * time.Minute)
		was := [2]int{len(b.asked(page(0))), len(b.asked(page(1)))}
		<-time.After(12 * time.Hour)
		if _, err := w.Resume("mihon/p1"); err != nil {
			t.Fatal(err)
		}
		<-time.After(11*time.Hour + 30*time.Minute)
		if got := len(b.asked(page(0))); got != was[0] {
			t.Errorf("a paused source was looked at %d times", got-was[0])
		}
		if got := len(b.asked(page(1))); got < was[1]+12 || got > was[1]+13 {
			t.Errorf("a source resumed after twelve hours was looked at %d times in the next 11.5", got-was[1])
		}
		<-time.After(2 * time.Hour)
		got := b.asked(page(0))
		if len(got) < was[0]+2 || len(got) > was[0]+3 || got[was[0]].Before(until) || got[was[0]].Sub(until) > watch.CatchUp {
			t.Errorf("after its pause the source was looked at at %v, want at %v", got[was[0]:], until)
		}
		stop()
	})
}

func TestAHostThatAsksToBeLeftAloneIsNotAFailureOfItsOtherSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		until := time.Now().Add(5 * time.Hour)
		b := &bureau{took: time.Second}
		b.fault = func(url string) error {
			if left := time.Until(until); left > 0 {
				return &kaisei.Fault{Cause: kaisei.CauseTooMany, Detail: "wait", Host: "mihon.example", RetryAfterSeconds: int(left.Seconds()) + 1, Unasked: url != page(0)}
			}
			return nil
		}
		w := heir(n, b, hourly(t, "0 * * * *", "0 * * * *"))
		stop := running(t, w)
		<-time.After(time.Hour)
		for i, failures := range []int{1, 0} {
			p, _, err := n.db.Poll(fmt.Sprintf("mihon/p%d", i))
			if err != nil || p.Failures != failures || p.Wait.Host != "mihon.example" || p.Wait.Until.Sub(until).Abs() > 3*time.Second || p.NextLook.Before(until) {
				t.Errorf("page %d: %+v, %v", i, p, err)
			}
			looks, err := n.db.Looks(p.Source, time.Time{}, 0)
			if err != nil || len(looks) != failures {
				t.Errorf("page %d: the ledger has %s, %v", i, describe(looks), err)
			}
		}
		<-time.After(5 * time.Hour)
		stop()
		for i := range 2 {
			got := b.asked(page(i))
			if len(got) < 2 || got[1].Before(until) || got[1].Sub(until) > watch.CatchUp+time.Minute {
				t.Errorf("page %d was asked for at %v, want again soon after %v", i, got, until)
			}
			if p, _, err := n.db.Poll(fmt.Sprintf("mihon/p%d", i)); err != nil || !p.LastVerdict.Good() || !p.Wait.Until.IsZero() {
				t.Errorf("page %d afterwards: %+v, %v", i, p, err)
			}
		}
	})
}
