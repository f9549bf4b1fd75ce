package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/schedule"
	"kaisei/internal/simulate"
	"kaisei/internal/watch"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// grown is what a story left behind.
type grown struct {
	changes, looks, starts, kills, faults, sends, repeats int
	file                                                  int64
	heap                                                  uint64
	// heaps is the memory after a collection at each quarter of the story.
	heaps []uint64
}

func (g grown) String() string {
	return fmt.Sprintf("%d changes, %d looks, %d starts, %d kills, %d faults, %d messages (%d again with the same ID), store %d kB, heap %d kB (by quarters %v kB)",
		g.changes, g.looks, g.starts, g.kills, g.faults, g.sends, g.repeats, g.file>>10, g.heap>>10, g.heaps)
}

// virtual lets a virtual time pass and holds what people were told against the truth.
func virtual(t *testing.T, seed uint64, span, every time.Duration) (g grown) {
	t.Helper()
	t.Logf("seed %d: %s, a change every %s (KAISEI_SEED=%d makes the same world)", seed, span, every, seed)
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	reader := newOutside(t)
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			t: t, rand: rand.New(rand.NewPCG(seed, 1)), rules: rules, pdf: reader, dir: dir, path: filepath.Join(dir, "kaisei.db"),
			asked: map[string][]time.Time{}, sent: map[string]int{}, excused: map[string]int{}, open: map[string]int{},
		}
		w.site = simulate.New(simulate.Options{Seed: seed, Pages: yearsPages, Feeds: yearsFeeds, Indexes: yearsIndexes, MinSize: 7_500, MaxSize: 9_000, Now: time.Now, Quiet: os.Getenv("KAISEI_NOISY") == ""})
		text := w.site.Sources(yearsSchedule)
		cat, err := sources.Load(sources.File{Name: "simulated.toml", Data: []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		w.catalog.Catalog = cat
		for _, s := range cat.Sources() {
			if strings.Contains(text, fmt.Sprintf("id = %q\n", s.ID)) {
				w.catalog.list = append(w.catalog.list, s)
			}
		}
		if n := len(w.catalog.list); n != yearsPages+yearsFeeds+yearsIndexes {
			t.Fatalf("%d sources", n)
		}
		start := time.Now()
		ctx, stop := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { w.happen(ctx, every) })
		quarter := 1
		for time.Since(start) < span {
			w.mu.Lock()
			length, kill := time.Duration(4+w.rand.IntN(24*6))*time.Hour, w.rand.IntN(3) > 0
			pause := time.Duration(w.rand.IntN(60)) * time.Second
			if w.rand.IntN(12) == 0 {
				pause = time.Duration(w.rand.IntN(3*24)) * time.Hour
			}
			w.mu.Unlock()
			w.live(min(length, span-time.Since(start)), kill)
			if time.Since(start) > span*time.Duration(quarter)/4 {
				quarter++
				g.heaps = append(g.heaps, heap()>>10)
			}
			from := time.Now()
			<-time.After(pause)
			w.down = append(w.down, [2]time.Time{from, time.Now()})
		}
		// The world stands still, all is mended, and a process runs long enough to tell everything.
		stop()
		wg.Wait()
		_ = w.site.Down("", "")
		for _, s := range w.catalog.list {
			if err := w.site.Break(s.ID, "", 1); err != nil {
				t.Error(err)
			}
		}
		w.live(2*week, false)
		heaps := g.heaps
		g = w.hold(time.Now())
		g.heaps = heaps
	})
	return g
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// hold holds what people were told, and when sources were asked for, against the truth.
func (w *world) hold(end time.Time) grown {
	t := w.t
	db, err := bolt.Open(w.path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(); err != nil {
		t.Errorf("the store: %v", err)
	}
	g := grown{changes: w.changes, starts: w.starts, kills: w.kills, faults: w.faults}
	// Every real change is told exactly once on each channel, or once more with the same ID; no other is.
	told := map[string][]string{}
	for id, n := range w.sent {
		g.sends += n
		g.repeats += n - 1
		if n > 1+w.excused[id] {
			t.Errorf("%s was told %d times, of which %d are excused by a death or a lie", id, n, w.excused[id])
		}
		d, ok, err := db.Delivery(id)
		if err != nil || !ok || d.State != kaisei.DeliverySent {
			t.Errorf("%s arrived and stands as %q, %v", id, d.State, err)
		}
		told[d.Channel] = append(told[d.Channel], d.Changes...)
	}
	for _, channel := range []string{"slack", "mail"} {
		var list []kaisei.Change
		for _, id := range told[channel] {
			c, ok, err := db.Change(id)
			if err != nil || !ok {
				t.Errorf("%s was told and is not stored: %v", id, err)
			}
			list = append(list, c)
		}
		slices.SortFunc(list, func(a, b kaisei.Change) int { return int(a.Number) - int(b.Number) })
		if ids := slices.Sorted(slices.Values(told[channel])); len(slices.Compact(ids)) != len(told[channel]) {
			t.Errorf("%s: a change was told by two messages of different IDs", channel)
		}
		held := simulate.Hold(w.truth, list)
		for _, c := range held.Missed {
			t.Errorf("%s: missed: %s %s %q → %q%s", channel, c.Source, c.How, c.Before, c.After, ledger(db, c.Source))
		}
		for _, c := range held.False {
			before, after := simulate.Words(c)
			t.Errorf("%s: invented: %s of %s, %s: %.300q → %.300q", channel, c.ID, c.SeenAt, c.Class, before, after)
		}
	}
	// No source was left longer than its ceiling.
	for _, s := range w.catalog.list {
		plan, err := schedule.Parse(s.Schedule)
		if err != nil {
			t.Fatal(err)
		}
		longest, err := plan.Longest()
		if err != nil {
			t.Fatal(err)
		}
		ceiling := min(longest, watch.MaxRetry) + watch.MaxJitter + 5*time.Minute // for the looks before it
		asked := append(w.asked[s.URL], end)
		for i := 1; i < len(asked); i++ {
			gap := asked[i].Sub(asked[i-1])
			for _, d := range w.down {
				if d[0].Before(asked[i]) && d[1].After(asked[i-1]) {
					gap -= d[1].Sub(d[0])
				}
			}
			if gap > ceiling {
				t.Errorf("%s was not asked for from %s for %s, stops not counted; its ceiling is %s", s.ID, asked[i-1], gap, ceiling)
			}
		}
	}
	stats, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	g.looks = int(stats.Looks)
	if info, err := os.Stat(w.path); err == nil {
		g.file = info.Size()
	}
	g.heap = heap()
	return g
}

// ledger is the end of a source's ledger, for whoever looks for what went wrong.
func ledger(db *bolt.DB, source string) string {
	looks, err := db.Looks(source, time.Time{}, 40)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, l := range looks {
		fmt.Fprintf(&b, "\n      %s %s %s %.160s", l.At.Format(time.DateTime), l.Verdict, l.Cause, l.Detail)
	}
	return b.String()
}

func yearsSeed(t *testing.T) uint64 {
	if s := os.Getenv("KAISEI_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 20260331
}

// TestVirtualWeeksTellEveryChangeOnce lets virtual time pass over 60 sources with faults, restarts and
// deaths at random instants between any two writes, or between sending and settling. With
// KAISEI_YEARS=2 it is two years, and growth is measured beside. The pages have no noise, which other tests
// are about, unless KAISEI_NOISY is set.
func TestVirtualWeeksTellEveryChangeOnce(t *testing.T) {
	span := 2 * week
	if y, err := strconv.ParseFloat(os.Getenv("KAISEI_YEARS"), 64); err == nil {
		span = time.Duration(y * float64(365*24*time.Hour))
	} else if testing.Short() {
		span = week
	}
	start := time.Now()
	g := virtual(t, yearsSeed(t), span, 5*time.Hour)
	t.Logf("%s in %s: %v", span, time.Since(start).Round(time.Second), g)
	if g.kills == 0 || g.changes == 0 || g.repeats == 0 && span > 4*week {
		t.Errorf("nothing was tried: %v", g)
	}
}

// TestGrowthIsLinearInRealChanges compares three stories of the same length: without changes, with some, and with
// twice as many. It takes minutes and runs with KAISEI_YEARS.
func TestGrowthIsLinearInRealChanges(t *testing.T) {
	if os.Getenv("KAISEI_YEARS") == "" {
		t.Skip("set KAISEI_YEARS")
	}
	var gs []grown
	for _, every := range []time.Duration{0, 8 * time.Hour, 4 * time.Hour} {
		g := virtual(t, yearsSeed(t), 13*week, every)
		t.Logf("a change every %s: %v", every, g)
		gs = append(gs, g)
	}
	some, twice := float64(gs[1].file-gs[0].file)/float64(gs[1].changes), float64(gs[2].file-gs[0].file)/float64(gs[2].changes)
	t.Logf("the store grows by %.0f and %.0f bytes with each change, and without any by %.0f for 1,000 looks", some, twice, float64(gs[0].file)/float64(gs[0].looks)*1000)
	if twice > 1.5*some || some > 1.5*twice {
		t.Errorf("growth is not linear in changes: %.0f bytes each, then %.0f", some, twice)
	}
	if float64(gs[2].heap) > 1.5*float64(gs[0].heap)+8<<20 {
		t.Errorf("memory grows with changes: %d kB and %d kB", gs[0].heap>>10, gs[2].heap>>10)
	}
}
