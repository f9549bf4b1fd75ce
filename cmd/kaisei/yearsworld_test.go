package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/extract/pdf"
	"kaisei/internal/kaisei"
	"kaisei/internal/simulate"
	"kaisei/sources"
)

// The 60 sources of the virtual years, and when they are looked at.
const (
	yearsPages, yearsFeeds, yearsIndexes = 40, 12, 8
	yearsSchedule                        = "20 9,18 * * *"
	week                                 = 7 * 24 * time.Hour
)

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
