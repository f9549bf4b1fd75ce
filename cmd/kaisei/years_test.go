package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
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
	"kaisei/internal/extract"
	"kaisei/internal/extract/pdf"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/schedule"
	"kaisei/internal/simulate"
	"kaisei/internal/watch"
	"kaisei/notify"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// The 60 sources of the virtual years, and when they are looked at.
const (
	yearsPages, yearsFeeds, yearsIndexes = 40, 12, 8
	yearsSchedule                        = "20 9,18 * * *"
	week                                 = 7 * 24 * time.Hour
)

// errKilled is what everything answers once the process is dead.
var errKilled = errors.New("the process was killed")

// world is what outlives every process: the sites, the file of the store, what people received.
type world struct {
	t       *testing.T
	rand    *rand.Rand
	site    *simulate.Site
	catalog only60
	rules   *classify.Rules
	pdf     *outside
	dir     string
	path    string

	mu sync.Mutex
	// asked is when each source was asked for, down when no process ran.
	asked map[string][]time.Time
	down  [][2]time.Time
	// sent counts how often each delivery arrived, excused how often it may have arrived again; open are the
	// sources whose last change nobody was told of yet.
	sent, excused map[string]int
	open          map[string]int
	truth         []simulate.Change
	files         int

	starts, kills, changes, faults, attempts, lies int
}

// only60 is the simulated rows of a catalogue.
type only60 struct {
	*sources.Catalog
	list []kaisei.Source
}

func (o only60) Sources() []kaisei.Source { return slices.Clone(o.list) }

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked[r.URL.String()] = append(w.asked[r.URL.String()], time.Now())
	w.mu.Unlock()
	return w.site.RoundTrip(r)
}

// outside reads PDFs beyond the bubble of virtual time, whose clock stands still meanwhile.
type outside struct {
	bodies chan []byte
	read   chan pdf.Reading
	failed chan error
	mu     sync.Mutex
}

func newOutside(t *testing.T) *outside {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	worker := &pdf.Worker{Command: []string{exe, "pdf-worker"}, CacheDir: cacheDir(t.TempDir())}
	o := &outside{bodies: make(chan []byte), read: make(chan pdf.Reading), failed: make(chan error)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for b := range o.bodies {
			if r, err := worker.Read(context.Background(), b); err != nil {
				o.failed <- err
			} else {
				o.read <- r
			}
		}
	}()
	t.Cleanup(func() { close(o.bodies); <-done; worker.Close() })
	return o
}

func (o *outside) Read(_ context.Context, body []byte) (pdf.Reading, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bodies <- body
	select {
	case r := <-o.read:
		return r, nil
	case err := <-o.failed:
		return pdf.Reading{}, err
	}
}

// life is one process, from its start to its stop or death.
type life struct {
	w      *world
	db     *bolt.DB
	cancel context.CancelFunc
	mu     sync.Mutex
	dead   bool
	writes int
	// killAt is the write at which it dies, before it or after; none where 0.
	killAt int
	after  bool
}

// around is a write at which the process may die.
func (l *life) around(write func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return errKilled
	}
	l.writes++
	if l.writes == l.killAt && !l.after {
		l.die()
		return errKilled
	}
	err := write()
	if l.writes == l.killAt {
		l.die()
		return errKilled
	}
	return err
}

func (l *life) die() {
	l.dead = true
	l.cancel()
}

func (l *life) gone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// mortal is the store as a process that may die sees it.
type mortal struct {
	*bolt.DB
	life *life
}

func (m mortal) SaveCapture(c kaisei.Capture, like string) error {
	return m.life.around(func() error { return m.DB.SaveCapture(c, like) })
}

func (m mortal) Commit(c kaisei.Commit) (out kaisei.Change, err error) {
	err = m.life.around(func() error { out, err = m.DB.Commit(c); return err })
	return out, err
}

func (m mortal) CommitQuiet(c kaisei.Commit) error {
	return m.life.around(func() error { return m.DB.CommitQuiet(c) })
}

func (m mortal) SavePollQuiet(p kaisei.Poll) error {
	return m.life.around(func() error { return m.DB.SavePollQuiet(p) })
}

func (m mortal) Flush() error { return m.life.around(m.DB.Flush) }

func (m mortal) SaveLeads(k []kaisei.Lead) error {
	return m.life.around(func() error { return m.DB.SaveLeads(k) })
}

func (m mortal) SavePoll(p kaisei.Poll) error {
	return m.life.around(func() error { return m.DB.SavePoll(p) })
}

func (m mortal) SaveSightings(s kaisei.Sightings) error {
	return m.life.around(func() error { return m.DB.SaveSightings(s) })
}

func (m mortal) Enqueue(d []kaisei.Delivery, marks map[string]string) error {
	return m.life.around(func() error { return m.DB.Enqueue(d, marks) })
}

// SaveDelivery settles an attempt. A process that dies at it has told and cannot remember.
func (m mortal) SaveDelivery(d kaisei.Delivery) error {
	err := m.life.around(func() error { return m.DB.SaveDelivery(d) })
	if errors.Is(err, errKilled) {
		m.life.w.mu.Lock()
		m.life.w.excused[d.ID]++
		m.life.w.mu.Unlock()
	}
	return err
}

// people is a channel that now and then fails, and now and then takes a message and says that it did not.
type people struct{ life *life }

func (p people) Send(_ context.Context, m notify.Message) (string, error) {
	w := p.life.w
	if p.life.gone() {
		return "", errKilled
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attempts++
	dice := w.rand.IntN(100)
	if dice < 10 {
		return "", errors.New("the channel is out of order")
	}
	w.sent[m.Delivery.ID]++
	for _, c := range m.Changes {
		if w.sent[m.Delivery.ID] == 1 && m.Delivery.Channel == "slack" {
			w.open[c.Source]--
		}
	}
	if dice < 13 {
		w.lies++
		w.excused[m.Delivery.ID]++
		return "", errors.New("the connection broke after the message had left")
	}
	return "taken", nil
}

// live runs a process for a while, or until it dies by chance.
func (w *world) live(span time.Duration, kill bool) {
	w.t.Helper()
	db, err := bolt.Open(w.path, bolt.Options{NoSync: true})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	l := &life{w: w, db: db, cancel: cancel}
	w.mu.Lock()
	w.starts++
	if kill {
		l.killAt, l.after = 1+w.rand.IntN(400), w.rand.IntN(2) == 0
	}
	w.mu.Unlock()
	store := mortal{db, l}
	router := &notify.Router{Channels: []notify.Channel{{Name: "slack", Alerts: true}, {Name: "mail", Alerts: true}}}
	outbox := &notify.Outbox{Queue: store, Senders: map[string]notify.Sender{"slack": people{l}, "mail": people{l}}}
	client := &fetch.Client{Transport: w}
	watcher := &watch.Watcher{
		Catalog: w.catalog, Fetch: client, Read: &extract.Extractor{PDF: w.pdf}, Rules: w.rules, Store: store, Settle: 2 * time.Minute,
		Route: func(c kaisei.Change) []kaisei.Delivery { return router.Route(c, time.Now()) }, Committed: outbox.Wake, Enqueue: store.Enqueue, Parallel: 8,
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := watcher.Run(ctx); err != nil && !errors.Is(err, errKilled) {
			w.t.Errorf("Run ended with %v", err)
		}
		cancel()
	})
	wg.Go(func() { _ = outbox.Run(ctx) }) // which ends with ctx
	wg.Wait()
	if l.dead {
		w.kills++
		// What was in memory is lost: the file as it is, without what closing would write.
		w.files++
		next := filepath.Join(w.dir, fmt.Sprintf("kaisei-%d.db", w.files))
		copyFile(w.t, w.path, next)
		defer os.Remove(w.path)
		w.path = next
	}
	if err := db.Close(); err != nil {
		w.t.Error(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// happen lets the world go on until ctx ends: real changes, and faults that come and go.
func (w *world) happen(ctx context.Context, every time.Duration) {
	broken := map[string]time.Time{}
	var net time.Time
	var kinds []simulate.Fault
	for _, f := range simulate.Faults() {
		if f.Page() && f != simulate.FaultTooLarge {
			kinds = append(kinds, f)
		}
	}
	turn := time.NewTicker(time.Hour)
	defer turn.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-turn.C:
		}
		now := time.Now()
		w.mu.Lock()
		if every > 0 && w.rand.Float64() < float64(time.Hour)/float64(every) {
			w.change()
		}
		for id, until := range broken {
			if now.After(until) {
				if err := w.site.Break(id, "", 1); err != nil {
					w.t.Error(err)
				}
				delete(broken, id)
			}
		}
		if w.rand.IntN(12) == 0 {
			s := w.catalog.list[w.rand.IntN(len(w.catalog.list))]
			if err := w.site.Break(s.ID, kinds[w.rand.IntN(len(kinds))], 1+w.rand.IntN(3)); err == nil {
				broken[s.ID] = now.Add(time.Duration(1+w.rand.IntN(40)) * time.Hour)
				w.faults++
			}
		}
		if !net.IsZero() && now.After(net) {
			_ = w.site.Down("", "")
			net = time.Time{}
		} else if net.IsZero() && w.rand.IntN(24*14) == 0 {
			_ = w.site.Down("", []simulate.Fault{simulate.FaultRefused, simulate.FaultDNS, simulate.FaultTLS}[w.rand.IntN(3)])
			net = now.Add(time.Duration(1+w.rand.IntN(30)) * time.Hour)
			w.faults++
		}
		w.mu.Unlock()
	}
}

// change changes one source really. Where the last change of a source was not told yet another is taken: two
// changes between two looks are one. The caller holds w.mu.
func (w *world) change() {
	for range 30 {
		s := w.catalog.list[w.rand.IntN(len(w.catalog.list))]
		if w.open[s.ID] > 0 || len(w.asked[s.URL]) == 0 || time.Since(w.asked[s.URL][0]) < 2*24*time.Hour {
			continue
		}
		ways := []simulate.How{simulate.HowDigit, simulate.HowRemoved, simulate.HowAdded, simulate.HowHardened, simulate.HowItem}
		switch s.Kind {
		case kaisei.KindFeed:
			ways = []simulate.How{simulate.HowNewItem}
		case kaisei.KindIndex:
			ways = []simulate.How{simulate.HowNewVersion, simulate.HowInPlace, simulate.HowNewDocument}
		}
		c, err := w.site.Amend(s.ID, ways[w.rand.IntN(len(ways))])
		if err != nil {
			continue
		}
		w.open[s.ID]++
		w.truth = append(w.truth, c)
		w.changes++
		return
	}
}

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
