package watch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"kaisei/internal/kaisei"
)

// Bounds of the schedule.
const (
	// MaxJitter spreads sources of one schedule over this time, by a hash of their ID.
	MaxJitter = 10 * time.Minute
	// FirstRetry is how soon a failed look is made again; each further failure doubles it up to
	// the source's own schedule or MaxRetry, whichever comes first. Polling never stops.
	FirstRetry = 10 * time.Minute
	// MaxRetry is the ceiling of the back-off.
	MaxRetry = 24 * time.Hour
	// BeatEvery is how often the loop turns where nothing is due.
	BeatEvery = 2 * time.Minute
	// CatchUp spreads the looks that a stop missed, and the first looks of all, over this time.
	CatchUp = 30 * time.Second
)

// next is when the source is looked at after a look at now: by its cron expression in
// Asia/Tokyo plus jitter; sooner after a failure, backing off.
func next(s kaisei.Source, p kaisei.Poll, now time.Time) time.Time {
	at := now.Add(MaxRetry)
	if plan, err := cron.ParseStandard(s.Schedule); err == nil {
		if t := plan.Next(now.In(kaisei.JST)); !t.IsZero() {
			at = t.Add(spread(s.ID, MaxJitter))
		}
	}
	if p.Failures > 0 {
		retry := now.Add(min(FirstRetry<<min(p.Failures-1, 10), MaxRetry)).Add(spread(s.ID, time.Minute))
		if retry.Before(at) {
			at = retry
		}
	}
	return at.UTC()
}

// spread is a time below within that depends on the ID alone, so that a source keeps
// its place and sources do not ask all at once.
func spread(id string, within time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(id))
	return time.Duration(h.Sum64() % uint64(within))
}

// Run looks at every enabled source when it is due, until ctx ends; then it waits for
// the looks under way, which end soon because their context has. It returns nil when
// it was told to stop and an error when the store failed. Looks that a stop missed are
// made up once. It is the only function of the package that starts goroutines.
func (w *Watcher) Run(ctx context.Context) error {
	parallel := w.Parallel
	if parallel == 0 {
		parallel = 8
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var failure error
	agenda, err := w.agenda()
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	free := make(chan struct{}, parallel)
	done := make(chan result)
	for {
		if w.Beat != nil {
			w.Beat()
		}
		wait := BeatEvery
		if at, ok := agenda.first(); ok {
			wait = min(wait, at.Sub(w.now()))
		}
		var wake <-chan time.Time
		var timer *time.Timer
		slot := free
		if wait > 0 {
			timer = time.NewTimer(wait)
			wake, slot = timer.C, nil
		}
		var flush <-chan time.Time
		if at, ok := w.flushAt(); ok {
			flush = time.After(at.Sub(w.now()))
		}
		select {
		case <-ctx.Done():
			if timer != nil {
				timer.Stop()
			}
			go func() { wg.Wait(); close(done) }()
			for range done {
			}
			return errors.Join(failure, w.Flush())
		case <-flush:
			if err := w.Flush(); err != nil {
				failure = err
				cancel()
			}
		case <-wake:
		case r := <-done:
			if r.err != nil && ctx.Err() == nil {
				failure = fmt.Errorf("look at %s: %w", r.source.ID, r.err)
				cancel()
				continue
			}
			agenda.put(r.source, r.poll.Due())
		case slot <- struct{}{}:
			s := agenda.pop()
			wg.Add(1)
			go func() {
				defer wg.Done()
				report, err := w.Check(ctx, s, Options{Due: true})
				<-free
				done <- result{source: s, poll: report.Poll, err: err}
			}()
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

type result struct {
	source kaisei.Source
	poll   kaisei.Poll
	err    error
}

// broken records a look that kaisei itself could not finish. The caller holds the source.
func (w *Watcher) broken(s kaisei.Source, detail string) (Report, error) {
	v := &visit{w: w, s: s, report: Report{Source: s.ID}, done: map[string]bool{}, probed: map[string]bool{}}
	if err := v.begin(); err != nil {
		return v.report, err
	}
	look := kaisei.Look{Source: s.ID, At: w.now(), URL: s.URL, Verdict: kaisei.VerdictFailed, Cause: kaisei.CauseInternal, Detail: detail}
	if err := v.record(look); err != nil {
		return v.report, err
	}
	return v.report, v.end()
}

// agenda holds the enabled sources by when they are due. A source that is being looked
// at is not in it, so no two looks at one source overlap.
type agenda struct{ items []agendum }

type agendum struct {
	at     time.Time
	source kaisei.Source
}

func (w *Watcher) agenda() (*agenda, error) {
	polls, err := w.Store.Polls()
	if err != nil {
		return nil, fmt.Errorf("read schedule states: %w", err)
	}
	known := map[string]kaisei.Poll{}
	for _, p := range polls {
		known[p.Source] = p
	}
	now := w.now()
	a := &agenda{}
	for _, s := range w.Catalog.Sources() {
		if s.Disabled != "" {
			continue
		}
		at := known[s.ID].Due()
		// A schedule that was made denser in the meantime holds at once.
		if plan := next(s, known[s.ID], now); at.After(plan) {
			at = plan
		}
		if !at.After(now) {
			at = now.Add(spread(s.ID, CatchUp))
		}
		a.put(s, at)
	}
	return a, nil
}

func (a *agenda) put(s kaisei.Source, at time.Time) {
	i, _ := slices.BinarySearchFunc(a.items, at, func(x agendum, t time.Time) int { return x.at.Compare(t) })
	a.items = slices.Insert(a.items, i, agendum{at: at, source: s})
}

func (a *agenda) first() (time.Time, bool) {
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

func (a *agenda) pop() kaisei.Source {
	s := a.items[0].source
	a.items = a.items[1:]
	return s
}
