package watch_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
)

// counting counts what is written for itself and what is written together.
type counting struct {
	watch.Store
	loud, quiet, flushes atomic.Int64
	waits                atomic.Pointer[time.Time]
	longest              atomic.Int64
}

func (c *counting) Commit(k kaisei.Commit) (kaisei.Change, error) {
	c.loud.Add(1)
	return c.Store.Commit(k)
}

func (c *counting) CommitQuiet(k kaisei.Commit) error {
	c.quiet.Add(1)
	now := time.Now()
	c.waits.CompareAndSwap(nil, &now)
	return c.Store.CommitQuiet(k)
}

func (c *counting) Flush() error {
	if since := c.waits.Swap(nil); since != nil {
		c.flushes.Add(1)
		c.longest.Store(max(c.longest.Load(), int64(time.Since(*since))))
	}
	return c.Store.Flush()
}

// many are pages of one host with one text each.
type many struct {
	*sources.Catalog
	rows []kaisei.Source
}

func (m many) Sources() []kaisei.Source { return m.rows }

func TestLooksThatFindNothingAreWrittenTogetherWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		rows := many{Catalog: n.catalog}
		const pages = 40
		for i := range pages {
			url := fmt.Sprintf("https://mihon.example/p%d.html", i)
			n.pages[url] = html("通知", strings.Repeat(duty, 5))
			s := sources.Adhoc(kaisei.KindPage, url)
			s.ID, s.Schedule = fmt.Sprintf("mihon/p%d", i), "0 * * * *"
			rows.rows = append(rows.rows, s)
		}
		store := &counting{Store: n.db}
		w := &watch.Watcher{Catalog: rows, Fetch: locked{n, make(chan struct{}, 1)}, Read: n.w.Read, Rules: n.w.Rules, Store: store}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		<-time.After(12 * time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if store.waits.Load() != nil {
			t.Error("Run ended while looks waited to be written")
		}
		quiet, flushes := store.quiet.Load(), store.flushes.Load()
		if quiet < 11*pages || flushes > quiet || store.loud.Load() > 3*pages {
			t.Errorf("%d quiet looks in %d writes, %d others", quiet, flushes, store.loud.Load())
		}
		if d := time.Duration(store.longest.Load()); d > watch.FlushAfter {
			t.Errorf("a look waited %s to be written, more than %s", d, watch.FlushAfter)
		}
	})
}

// One look after the other without a pause is written in few writes.
func TestAPassOverManySourcesIsWrittenInFewWrites(t *testing.T) {
	n := newTown(t)
	store := &counting{Store: n.db}
	n.w.Store = store
	n.pages["https://mihon.example/notice.html"] = html("注意喚起", duty)
	n.tells("mihon/notice")
	s, _ := n.catalog.Source("mihon/notice")
	for range 30 {
		n.now = n.now.Add(watch.FlushAfter / 10)
		if _, err := n.w.Check(t.Context(), s, watch.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.w.Flush(); err != nil {
		t.Fatal(err)
	}
	if quiet, flushes := store.quiet.Load(), store.flushes.Load(); quiet != 30 || flushes < 2 || flushes > 5 {
		t.Errorf("%d quiet looks in three seconds were written in %d writes", quiet, flushes)
	}
}

// slow lets requests and readings take their time and counts how many are under way at once.
type slow struct {
	watch.Getter
	watch.Reader
	fetching, reading, mostFetching, mostReading atomic.Int64
}

func (s *slow) Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error) {
	defer busy(&s.fetching, &s.mostFetching, 20*time.Second)()
	return s.Getter.Get(ctx, r)
}

func (s *slow) Read(ctx context.Context, in extract.Input) (extract.Reading, error) {
	defer busy(&s.reading, &s.mostReading, 5*time.Second)()
	return s.Reader.Read(ctx, in)
}

func busy(now, most *atomic.Int64, lasts time.Duration) (done func()) {
	n := now.Add(1)
	for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
	}
	<-time.After(lasts)
	return func() { now.Add(-1) }
}

func TestManyLooksFetchAtOnceAndFewReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		rows := many{Catalog: n.catalog}
		for i := range 30 {
			url := fmt.Sprintf("https://mihon.example/p%d.html", i)
			n.pages[url] = html("通知", strings.Repeat(duty, 5))
			s := sources.Adhoc(kaisei.KindPage, url)
			s.ID, s.Schedule = fmt.Sprintf("mihon/p%d", i), "0 * * * *"
			rows.rows = append(rows.rows, s)
		}
		slow := &slow{Getter: locked{n, make(chan struct{}, 1)}, Reader: n.w.Read}
		w := &watch.Watcher{Catalog: rows, Fetch: slow, Read: slow, Rules: n.w.Rules, Store: n.db, Parallel: 20}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if err := w.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if most, seats := slow.mostReading.Load(), int64(max(3, runtime.GOMAXPROCS(0))); most > seats || most < 2 {
			t.Errorf("%d readings were under way at once, want %d at most", most, seats)
		}
		if most := slow.mostFetching.Load(); most < 8 {
			t.Errorf("at most %d requests were under way at once: looks that wait for an answer take no seat", most)
		}
	})
}
