package watch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/schedule"
)

// Bounds of the schedule.
const (
	// MaxJitter spreads sources of one schedule over this time, by a hash of their ID.
	MaxJitter = 10 * time.Minute
	// FirstRetry is how soon a failed look is made again; each further failure doubles it up to
	// the source's own schedule or MaxRetry, whichever comes first. Polling never stops, whatever the
	// cause, kaisei's own faults included.
	FirstRetry = 10 * time.Minute
	// MaxRetry is the ceiling of the back-off, and of what a Retry-After is honoured for.
	MaxRetry = 24 * time.Hour
	// BeatEvery is how often the loop turns where nothing is due.
	BeatEvery = 2 * time.Minute
	// MaxTTL is the ceiling of what a feed may ask for: a ttl of a year must not silence a source.
	MaxTTL = 24 * time.Hour
	// TTLSlack is by how much a look may come sooner than the feed asks for. A look takes time, and a
	// feed that asks for an hour would be looked at every second hour by an hourly schedule.
	TTLSlack = 5 * time.Minute
	// CatchUp spreads the looks that a stop missed, the first looks of all, and those of sources whose
	// pause or wait ended, over this time.
	CatchUp = 30 * time.Second
	// MaxPause is the longest pause of a source.
	MaxPause = 366 * 24 * time.Hour
)

// Reason says what decided when a source is looked at next.
type Reason string

// The reasons.
const (
	ReasonFirst    Reason = "first"    // it was never looked at
	ReasonSchedule Reason = "schedule" // its cron expression and jitter
	ReasonRetry    Reason = "retry"    // the last look failed
	ReasonHost     Reason = "host"     // its host asked to be left alone (Retry-After)
	ReasonFeed     Reason = "feed"     // the feed asks to be looked at less often
	ReasonPause    Reason = "pause"    // an operator paused it
	ReasonConfirm  Reason = "confirm"  // what it showed is to be confirmed
	ReasonMissed   Reason = "missed"   // a stop missed it; it is made up once
)

// Turn is when a source is looked at, and what decided it.
type Turn struct {
	At     time.Time `json:"at"`
	Reason Reason    `json:"reason"`
}

// Pacer is a Catalog that knows how often a feed asks to be looked at.
type Pacer interface {
	// Pace returns the least time between two looks that the capture of a feed asks for; zero where it does not say.
	Pace(s kaisei.Source, c kaisei.Capture) time.Duration
}

// next is when the source is looked at after a look at now: by its schedule in Asia/Tokyo plus jitter, but
// no sooner than its feed asks; sooner after a failure, backing off; and not while its host
// wants to be left alone. Pauses are not looked at: they may begin and end at any time; see due.
func next(s kaisei.Source, p kaisei.Poll, now time.Time) Turn {
	t := planned(s, p, now)
	if p.Failures > 0 {
		retry := now.Add(min(FirstRetry<<min(p.Failures-1, 10), MaxRetry)).Add(spread(s.ID, time.Minute))
		if retry.Before(t.At) {
			t = Turn{retry, ReasonRetry}
		}
	}
	if p.Wait.In(now) && t.At.Before(p.Wait.Until) {
		t = Turn{p.Wait.Until.Add(spread(s.ID, CatchUp)), ReasonHost}
	}
	t.At = t.At.UTC()
	return t
}

// planned is the first time of the schedule after now, each time of which comes later by the jitter of the
// source; the first one that the feed's own wish allows. Where that one is further off than the feed's interval, the
// look that the feed put off is made as soon as it allows: a ttl of an hour must not cost a night.
func planned(s kaisei.Source, p kaisei.Poll, now time.Time) Turn {
	plan, err := schedule.Parse(s.Schedule)
	jitter := spread(s.ID, MaxJitter)
	after := func(t time.Time) time.Time {
		if err != nil {
			return time.Time{}
		}
		return plan.Next(t.Add(-jitter))
	}
	at := after(now)
	if at.IsZero() {
		return Turn{now.Add(MaxRetry), ReasonSchedule}
	}
	t := Turn{at.Add(jitter), ReasonSchedule}
	every := min(p.Every, MaxTTL)
	if every <= 0 || p.Failures > 0 {
		return t
	}
	if soonest := now.Add(every - min(TTLSlack, every/2)); t.At.Before(soonest) {
		t = Turn{soonest, ReasonFeed}
		if at := after(soonest.Add(-1)); !at.IsZero() && !at.Add(jitter).After(soonest.Add(every)) {
			t.At = at.Add(jitter)
		}
	}
	return t
}

// unpaused moves a turn behind the pause of its source.
func unpaused(s kaisei.Source, p kaisei.Poll, t Turn, now time.Time) Turn {
	if p.Pause.In(now) && t.At.Before(p.Pause.Until) {
		return Turn{p.Pause.Until.Add(spread(s.ID, CatchUp)).UTC(), ReasonPause}
	}
	return t
}

// scheduled is when the source as a whole is looked at: as was worked out after its last look, or anew
// where its schedule changed since. It is the zero time where it was never looked at.
func scheduled(s kaisei.Source, p kaisei.Poll) time.Time {
	if p.LastLook.IsZero() || p.Plan == s.Schedule {
		return p.NextLook
	}
	return next(s, p, p.LastLook).At
}

// due is when the source is looked at, as of now: when it is scheduled, or sooner where something waits for a
// further look; at once, spread over CatchUp, where that is past; not while its host or an operator
// wants it left alone.
func due(s kaisei.Source, p kaisei.Poll, now time.Time) Turn {
	t := Turn{scheduled(s, p), ReasonSchedule}
	switch {
	case t.At.IsZero():
		t.Reason = ReasonFirst
	case !p.LastLook.IsZero():
		t.Reason = next(s, p, p.LastLook).Reason
	}
	if !p.Again.IsZero() && p.Again.Before(t.At) {
		t = Turn{p.Again, ReasonConfirm}
	}
	if !t.At.After(now) {
		if t.Reason != ReasonFirst {
			t.Reason = ReasonMissed
		}
		t.At = now.Add(spread(s.ID, CatchUp)).UTC()
	}
	if p.Wait.In(now) && t.At.Before(p.Wait.Until) {
		t = Turn{p.Wait.Until.Add(spread(s.ID, CatchUp)).UTC(), ReasonHost}
	}
	return unpaused(s, p, t, now)
}

// Plan returns the next n turns of a source as they will be if every look succeeds and nobody
// intervenes; none for a source that is disabled.
func Plan(s kaisei.Source, p kaisei.Poll, now time.Time, n int) []Turn {
	if s.Disabled != "" {
		return nil
	}
	var out []Turn
	t := due(s, p, now)
	for len(out) < n {
		out = append(out, t)
		if t.Reason == ReasonConfirm {
			p.Again = time.Time{}
			t = due(s, p, t.At)
			continue
		}
		p.LastLook, p.Failures, p.Wait, p.Again = t.At, 0, kaisei.Wait{}, time.Time{}
		t = unpaused(s, p, next(s, p, t.At), t.At)
	}
	return out
}

// Jitter is by how much the looks of a source come later than its schedule says.
func Jitter(id string) time.Duration { return spread(id, MaxJitter) }

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
	if err := w.leaveAlone(); err != nil {
		return err
	}
	current, flying := w, map[string]bool{}
	agenda, err := w.agenda(flying, nil)
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
		case <-w.replanning():
			current = w.current()
			again, err := current.agenda(flying, agenda)
			if err != nil {
				failure = err
				cancel()
				continue
			}
			agenda = again
		case r := <-done:
			delete(flying, r.source)
			if r.err != nil && ctx.Err() == nil {
				failure = fmt.Errorf("look at %s: %w", r.source, r.err)
				cancel()
				continue
			}
			if s, ok := current.enabled(r.source); ok {
				agenda.put(s, due(s, r.poll, w.now()).At)
			}
		case slot <- struct{}{}:
			s := agenda.pop()
			flying[s.ID] = true
			watcher := current
			wg.Add(1)
			go func() {
				defer wg.Done()
				report, err := watcher.Check(ctx, s, Options{Due: true})
				<-free
				done <- result{source: s.ID, poll: report.Poll, err: err}
			}()
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// Succeed makes Run, called on the first watcher, go on by next: its catalogue, rules and routes. Looks under way
// finish as they began; each source is looked at when next's schedule says, sources that next does not
// name are not looked at any more, and new ones get their first look. From then on both watchers share what
// they know of looks under way, so that no two looks at one source overlap whoever makes them. It
// returns at once. next must not have been used before.
func (w *Watcher) Succeed(next *Watcher) {
	w = w.shared()
	next.first = w
	w.mu.Lock()
	w.heir, w.settled = next, false
	w.mu.Unlock()
	w.Replan()
}

// Replan makes Run read the schedule states again.
func (w *Watcher) Replan() {
	select {
	case w.shared().replanning() <- struct{}{}:
	default:
	}
}

func (w *Watcher) replanning() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.replan == nil {
		w.replan = make(chan struct{}, 1)
	}
	return w.replan
}

// current is the watcher by which looks are made now.
func (w *Watcher) current() *Watcher {
	w = w.shared()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.heir != nil {
		return w.heir
	}
	return w
}

// enabled returns the source as the catalogue has it, where it is to be looked at.
func (w *Watcher) enabled(id string) (kaisei.Source, bool) {
	for _, s := range w.Catalog.Sources() {
		if s.ID == id {
			return s, s.Disabled == ""
		}
	}
	return kaisei.Source{}, false
}

// leaveAlone tells the getter which hosts asked an earlier run of the program to be left alone.
func (w *Watcher) leaveAlone() error {
	getter, ok := w.Fetch.(interface {
		LeaveAlone(host string, until time.Time)
	})
	if !ok {
		return nil
	}
	polls, err := w.Store.Polls()
	if err != nil {
		return fmt.Errorf("read schedule states: %w", err)
	}
	for _, p := range polls {
		if p.Wait.In(w.now()) {
			getter.LeaveAlone(p.Wait.Host, p.Wait.Until)
		}
	}
	return nil
}

type result struct {
	source string
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

// agenda plans every enabled source, except those that are being looked at.
// What is to be made up keeps the time that it has in the agenda before, or a stream of reloads would put it off
// for ever.
func (w *Watcher) agenda(flying map[string]bool, before *agenda) (*agenda, error) {
	polls, err := w.Store.Polls()
	if err != nil {
		return nil, fmt.Errorf("read schedule states: %w", err)
	}
	known := map[string]kaisei.Poll{}
	for _, p := range polls {
		known[p.Source] = p
	}
	had := map[string]time.Time{}
	if before != nil {
		for _, item := range before.items {
			had[item.source.ID] = item.at
		}
	}
	now := w.now()
	a := &agenda{}
	for _, s := range w.Catalog.Sources() {
		if s.Disabled == "" && !flying[s.ID] {
			t := due(s, known[s.ID], now)
			if was, ok := had[s.ID]; ok && was.Before(t.At) && (t.Reason == ReasonFirst || t.Reason == ReasonMissed) {
				t.At = was
			}
			a.put(s, t.At)
		}
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
