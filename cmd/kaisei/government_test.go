package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/simulate"
	"kaisei/internal/watch"
	"kaisei/notify"
)

// governmentPages is how many web pages the simulated government has unless KAISEI_GOVERNMENT_PAGES says otherwise;
// 500 of them are of their full size too. KAISEI_GOVERNMENT_SEED makes another site.
const governmentPages = 40

// recorder is a channel that remembers what it was told.
type recorder struct {
	mu   sync.Mutex
	told []notify.Message
}

func (r *recorder) Send(_ context.Context, m notify.Message) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, m)
	return "recorded", nil
}

// government is a simulated site on loopback and the daemon's own parts, on a clock of the test's.
type government struct {
	t     *testing.T
	site  *simulate.Site
	d     *daemon
	heard *recorder
	now   time.Time
	due   map[string]time.Time
	// since is when the epoch began; told counts what was told before it.
	since time.Time
	told  int
	looks int
	// late are true changes of an epoch in which their addresses flapped: they may be told after it.
	late []simulate.Change
}

func newGovernment(t *testing.T, o simulate.Options) *government {
	t.Helper()
	g := &government{t: t, site: simulate.New(o), heard: &recorder{}, now: time.Now().UTC().Truncate(time.Hour).Add(time.Hour), due: map[string]time.Time{}}
	server, err := g.site.Serve("", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	if err := writeSimulated(g.site, dir, "", "[log]\nlevel = \"error\"\n"); err != nil {
		t.Fatal(err)
	}
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: os.Stderr, configFile: filepath.Join(dir, "kaisei.toml")}
	if g.d, err = a.daemon(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.d.close)
	for name := range g.d.outbox.Senders {
		g.d.outbox.Senders[name] = g.heard
	}
	g.d.watcher.Now = func() time.Time { return g.now }
	g.d.outbox.Now = func() time.Time { return g.now }
	for _, s := range g.d.catalog.Sources() {
		if s.Disabled == "" {
			g.due[s.ID] = g.now
		}
	}
	return g
}

// pass lets time pass as Run would: each source is looked at when it is due.
func (g *government) pass(d time.Duration) {
	g.t.Helper()
	end := g.now.Add(d)
	for {
		next := end
		for _, at := range g.due {
			if at.Before(next) {
				next = at
			}
		}
		if !next.Before(end) {
			break
		}
		// What is due within the same minute is looked at together.
		g.now = next.Truncate(time.Minute).Add(time.Minute)
		g.lookAtWhatIsDue()
	}
	g.now = end
	if _, err := g.d.outbox.Flush(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

func (g *government) lookAtWhatIsDue() {
	g.t.Helper()
	// The fetcher keeps away from busy hosts by the real clock, on which no time passed since the last step.
	get := &fetch.Client{Allow: g.d.config.Fetch.Prefixes(), Timeout: time.Minute, Robots: true}
	defer get.CloseIdle()
	g.d.watcher.Fetch = get
	work, ctx := errgroup.WithContext(g.t.Context())
	work.SetLimit(maxLooks)
	var mu sync.Mutex
	for _, s := range g.d.catalog.Sources() {
		if at, ok := g.due[s.ID]; !ok || at.After(g.now) {
			continue
		}
		work.Go(func() error {
			r, err := g.d.watcher.Check(ctx, s, watch.Options{Due: true})
			mu.Lock()
			defer mu.Unlock()
			g.due[s.ID] = r.Poll.Due()
			g.looks++
			return err
		})
	}
	if err := work.Wait(); err != nil {
		g.t.Fatal(err)
	}
}

// hold holds what was told and recorded in the epoch against the truth.
func (g *government) hold(truth simulate.Truth) (falsely, missed, misnamed int) {
	g.t.Helper()
	var told []kaisei.Change
	g.heard.mu.Lock()
	for _, m := range g.heard.told[g.told:] {
		told = append(told, m.Changes...)
	}
	g.told = len(g.heard.told)
	g.heard.mu.Unlock()
	h := simulate.Hold(append(slices.Clone(truth.Changes), g.late...), told)
	g.late = nil
	if truth.Name == simulate.EpochFlapping {
		g.late, h.Missed = h.Missed, nil
	}
	for _, c := range h.Missed {
		g.t.Errorf("%s: missed %s at %s: 「%s」→「%s」%s", truth.Name, c.How, c.URL, c.Before, c.After, g.ledger(c.Source, c.URL))
	}
	for _, c := range h.False {
		before, after := simulate.Words(c)
		g.t.Errorf("%s: told falsely: %s %s: 「%.300s」→「%.300s」", truth.Name, c.ID, c.Class, before, after)
	}
	return len(h.False), len(h.Missed), g.named(truth)
}

// named counts looks of the epoch that the ledger calls by another cause than the true one, and those
// that fail where nothing is broken.
func (g *government) named(truth simulate.Truth) (misnamed int) {
	g.t.Helper()
	failing := map[string]simulate.Failing{}
	seen := map[string]bool{}
	for _, f := range truth.Failing {
		failing[f.URL] = f
	}
	for _, id := range slices.Sorted(maps.Keys(g.due)) {
		looks, err := g.d.db.Looks(id, g.since, 0)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, l := range looks {
			f, broken := failing[l.URL]
			seen[l.URL] = seen[l.URL] || broken && !l.Verdict.Good()
			switch {
			case l.Verdict.Good() && (!broken || f.Every > 1), l.Cause == kaisei.CauseUnconfirmed && !broken, l.Cause == kaisei.CauseUnconfirmed && f.Every > 1:
			case broken && slices.Contains(f.Causes, l.Cause):
			case l.Cause == kaisei.CauseTimeout && g.site.Waits(id): // this machine was too busy to answer in a second
			default:
				misnamed++
				g.t.Errorf("%s: %s shows %q and is called %s %q: %s", truth.Name, l.URL, f.Fault, l.Verdict, l.Cause, l.Detail)
			}
		}
	}
	for url, f := range failing {
		if !seen[url] && f.Every == 1 {
			misnamed++
			g.t.Errorf("%s: %s failed by %s unseen%s", truth.Name, url, f.Fault, g.ledger(f.Source, url))
		}
	}
	return misnamed
}

// ledger is what the ledger says of an address in this epoch.
func (g *government) ledger(source, url string) string {
	looks, err := g.d.db.Looks(source, g.since, 0)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, l := range looks {
		if l.URL == url || url == "" {
			fmt.Fprintf(&b, "\n    %s %s %s %s", l.At.Format(time.TimeOnly), l.Verdict, l.Cause, l.Detail)
		}
	}
	return b.String()
}

// clean reports the versions in the history that no truth accounts for or that are no text of the site.
func (g *government) clean(changes map[string]int) (bad int) {
	g.t.Helper()
	for id := range g.due {
		if !strings.Contains(id, "/page-") {
			continue
		}
		list, err := g.d.db.Versions(id)
		if err != nil {
			g.t.Fatal(err)
		}
		if len(list) != 1+changes[id] {
			bad++
			g.t.Errorf("%s has %d versions, and really changed %d times", id, len(list), changes[id])
		}
		for _, head := range list {
			v, _, err := g.d.db.Version(id, head.Seq)
			if err != nil {
				g.t.Fatal(err)
			}
			var b strings.Builder
			for _, block := range v.Blocks {
				b.WriteString(block.Text + strings.Join(block.Path, ""))
			}
			if text := b.String(); !strings.Contains(text, "第1章") || !strings.Contains(text, "総第") {
				bad++
				g.t.Errorf("%s@%d is no text of the page: %.200s", id, v.Seq, text)
			}
		}
	}
	return bad
}

// TestASimulatedGovernmentIsToldAsItIs walks a simulated government through all its epochs and holds what
// people were told, the history and the ledger against the truth.
func TestASimulatedGovernmentIsToldAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("nine epochs of looks take half a minute, and many times that under the race detector")
	}
	o := simulate.Options{Seed: 20260401, Pages: governmentPages, MinSize: 8_000, MaxSize: 16_000, Feeds: 3, Indexes: 3}
	if n, err := strconv.Atoi(os.Getenv("KAISEI_GOVERNMENT_PAGES")); err == nil {
		if o.Pages = n; n >= simulate.DefaultPages {
			o.MinSize, o.MaxSize, o.Feeds, o.Indexes = 0, 0, 6, 4
		}
	}
	if seed, err := strconv.ParseUint(os.Getenv("KAISEI_GOVERNMENT_SEED"), 10, 64); err == nil {
		o.Seed = seed
	}
	g := newGovernment(t, o)
	changes := map[string]int{}
	const epoch = 2 * time.Hour
	truth := g.site.Truth()
	for range simulate.Epochs() {
		start, looks := time.Now(), g.looks
		g.since = g.now
		g.pass(epoch)
		falsely, missed, misnamed := g.hold(truth)
		t.Logf("%-9s %3d changes, %3d failing addresses, %5d looks in %5.1f s: %d false, %d missed, %d misnamed",
			truth.Name, len(truth.Changes), len(truth.Failing), g.looks-looks, time.Since(start).Seconds(), falsely, missed, misnamed)
		for _, c := range truth.Changes {
			changes[c.Source]++
		}
		var err error
		if truth, err = g.site.Next(); err != nil {
			t.Fatal(err)
		}
	}
	bad := g.clean(changes)
	n := g.site.Total()
	t.Logf("%d bad versions; %d requests, %d answered 304, %.1f MB, at most %d at once at a host", bad, n.Requests, n.NotModified, float64(n.Bytes)/1e6, n.InFlight)
	if n.InFlight > 2 {
		t.Errorf("a host was asked %d times at once", n.InFlight)
	}
}
