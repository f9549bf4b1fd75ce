// Package watch decides when to look at a source and walks what it finds from
// bytes to a committed change.
//
// Its promise: the latest committed version of a document is the only cursor.
// Evidence is kept before it is read, a version is committed together with its
// change, the deliveries that tell it, the look that found it and the validators
// for the next request, in one transaction. A crash before that transaction means
// that the same look is made again; a crash after it loses nothing. The package
// sends nothing to anybody.
package watch

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
)

// Catalog says where to look and what a looked-at page offers.
type Catalog interface {
	Sources() []kaisei.Source
	// Targets reads what c, the capture of the source's own URL (as is "") or of a further
	// listing (as is FollowListing), offers. Errors are faults.
	Targets(s kaisei.Source, c kaisei.Capture, as kaisei.FollowAs) ([]kaisei.Target, error)
}

// Getter fetches bytes. Its errors are faults.
type Getter interface {
	Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error)
}

// Reader turns bytes into blocks. Its errors are faults.
type Reader interface {
	Read(ctx context.Context, in extract.Input) (extract.Reading, error)
}

// Judge says what a finding means.
type Judge interface {
	Judge(f classify.Finding) kaisei.Change
	// JudgeElapsed says what something means that time made.
	JudgeElapsed(e classify.Elapsed) kaisei.Change
	// Stated returns the days that a version itself states.
	Stated(s kaisei.Source, t kaisei.Target, v kaisei.Version) kaisei.Dates
}

// Store is what a watcher needs of the store.
type Store interface {
	Latest(document string) (kaisei.Version, bool, error)
	// Head is Latest without blocks.
	Head(document string) (kaisei.Version, bool, error)
	Version(document string, seq int) (kaisei.Version, bool, error)
	Versions(document string) ([]kaisei.Version, error)
	Documents(prefix string) ([]kaisei.Version, error)
	Twin(textHash, document string) (kaisei.Version, bool, error)
	Change(id string) (kaisei.Change, bool, error)
	SaveCapture(c kaisei.Capture, like string) error
	Body(hash string) ([]byte, error)
	Commit(c kaisei.Commit) (kaisei.Change, error)
	// CommitQuiet and SavePollQuiet keep in memory, until Flush or the next other write, what a look
	// that found nothing leaves behind.
	CommitQuiet(c kaisei.Commit) error
	SavePollQuiet(p kaisei.Poll) error
	Flush() error
	Seen(source, url string) (kaisei.Seen, bool, error)
	Leads(source string) ([]kaisei.Lead, error)
	SaveLeads(l []kaisei.Lead) error
	Rule(c kaisei.RulingCommit) (kaisei.RulingCommit, error)
	Rulings(document string) ([]kaisei.Ruling, error)
	Poll(source string) (kaisei.Poll, bool, error)
	SavePoll(p kaisei.Poll) error
	Polls() ([]kaisei.Poll, error)
	ForgetNoise(source, url string) (bool, error)
	Looks(source string, since time.Time, limit int) ([]kaisei.Look, error)
	Sightings(source string) (kaisei.Sightings, error)
	SaveSightings(s kaisei.Sightings) error
	// Mark returns a named value that Enqueue stored.
	Mark(name string) (string, bool, error)
}

// Limits of one look at one source.
const (
	// MaxFetches is the most requests that one look makes; what is left over is named in the
	// ledger and taken up by the next look.
	MaxFetches = 400
	// MaxFresh is the most addresses never asked before that a look takes up once the source has been read
	// for FreshAfter: pages that link on under ever new addresses would else cost MaxFetches at every
	// look. What is left over is taken up by the next look.
	MaxFresh   = 150
	FreshAfter = 7 * 24 * time.Hour
	// MaxListingDepth is how many listings deep a document may stand below its source.
	MaxListingDepth = 3
	// MaxTargets is the most targets taken from one page.
	MaxTargets = 10_000
	// FullFetch is how long a source is believed that answers 304: after it, the bytes are asked for
	// whatever the validators say.
	FullFetch = 7 * 24 * time.Hour
)

// Watcher looks at sources. Its fields are set before the first call and not
// changed afterwards; its methods may then be called from several goroutines. Two looks
// at one source never overlap: the second waits for the first.
type Watcher struct {
	Catalog Catalog
	Fetch   Getter
	Read    Reader
	Rules   Judge
	Store   Store
	// Translates names, for each document that is a translation, the document that it translates.
	Translates map[string]string
	// Route returns the deliveries that tell a change; it is pure. Nil tells nobody.
	Route func(c kaisei.Change) []kaisei.Delivery
	// Notice returns the deliveries that tell operators of the state of sources. Nil tells nobody.
	Notice func(h Health) ([]kaisei.Delivery, error)
	// Missed returns the deliveries that tell operators what lists that are compared with each other missed. Nil
	// tells nobody.
	Missed func(c CrossCheck) ([]kaisei.Delivery, error)
	// Enqueue stores deliveries that belong to no change, with marks that agree with them. Needed where
	// Notice is set.
	Enqueue func(d []kaisei.Delivery, marks map[string]string) error
	// Committed is called after deliveries were committed, so that the outbox wakes. It may be nil.
	Committed func()
	// Changed is called with every change once it is committed, told or not. It may be nil.
	Changed func(c kaisei.Change)
	// Now is the clock; nil means time.Now. Replays set it to the archive's time.
	Now func() time.Time
	// Beat is called by Run at every turn of its loop, which comes at least every BeatEvery: it shows that
	// the loop makes progress. The first is made when the first agenda stands. It may be nil.
	Beat func()
	// Log is told what an operator would tell a colleague; nil is silent.
	Log *slog.Logger
	// Settle is how long after a web page changed in place it is asked for again before the change is
	// told; zero tells it at once. A replay leaves it zero: an archive cannot be asked again.
	Settle time.Duration
	// Closing are how many days before its deadline the closing of a consultation is told; nil means
	// ClosingDays, none that it is not told.
	Closing []int
	// Parallel is how many sources Run looks at at once; 0 means 8. The getter sees to it that a
	// host still gets one request at a time.
	Parallel int

	// first is the watcher that this one succeeded while it ran; what they share is there. Nil: this one.
	first *Watcher

	mu   sync.Mutex
	busy map[string]chan struct{}
	// states is held from reading a schedule state to writing it, where a part of it is replaced.
	states sync.Mutex
	// heir is the watcher by which Run is to go on, and replan wakes it.
	heir   *Watcher
	replan chan struct{}
	// settled is true where Elapse has told everything that the stored versions make due before due.
	settled bool
	due     time.Time
	// tried is when an address that could not be read was last asked for.
	tried map[string]time.Time
	// seats has a place for each look that works on what it fetched.
	seats chan struct{}
	// waiting is when the oldest quiet look that may not be written yet was made; zero means none.
	waiting time.Time
}

// minSeats is the least number of looks that may read, compare and store at once; more may where there
// are more processors. Looks that fetch or wait to are not counted: they hold little, while a page that
// is being read takes megabytes, and more of them at once than there are processors are read no sooner.
const minSeats = 3

// sit waits for a seat; rise gives it back, and does nothing without one.
func (v *visit) sit(ctx context.Context) error {
	w := v.w
	w.mu.Lock()
	if w.seats == nil {
		w.seats = make(chan struct{}, max(minSeats, runtime.GOMAXPROCS(0)))
	}
	seats := w.seats
	w.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case seats <- struct{}{}:
		v.seated = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *visit) rise() {
	if v.seated {
		v.seated = false
		<-v.w.seats
	}
}

// FlushAfter is how long a look that found nothing may wait to be written together with others. A
// crash meanwhile loses that it was made, and it is made again.
const FlushAfter = time.Second

// Flush writes the looks that wait. Whoever calls Check and not Run calls it at the end.
func (w *Watcher) Flush() error {
	w = w.shared()
	w.mu.Lock()
	w.waiting = time.Time{}
	w.mu.Unlock()
	if err := w.Store.Flush(); err != nil {
		return fmt.Errorf("write looks that found nothing: %w", err)
	}
	return nil
}

// quiet remembers that a look waits to be written, and writes it with all others once the oldest
// has waited for FlushAfter.
func (w *Watcher) quiet() error {
	now := w.now()
	w = w.shared()
	w.mu.Lock()
	if w.waiting.IsZero() {
		w.waiting = now
	}
	waited := now.Sub(w.waiting)
	w.mu.Unlock()
	if waited >= 0 && waited < FlushAfter {
		return nil
	}
	return w.Flush()
}

// flushAt is when looks that wait are to be written; ok is false where none waits.
func (w *Watcher) flushAt() (at time.Time, ok bool) {
	w = w.shared()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting.Add(FlushAfter), !w.waiting.IsZero()
}

// shared is the watcher that holds what is shared with the one that runs.
func (w *Watcher) shared() *Watcher {
	if w.first != nil {
		return w.first
	}
	return w
}

// asked remembers that an address was asked for in vain, so that addresses that never answer do
// not stand before all others again.
func (w *Watcher) asked(url string, at time.Time) {
	w = w.shared()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tried == nil || len(w.tried) >= maxTried {
		w.tried = map[string]time.Time{}
	}
	w.tried[url] = at
}

func (w *Watcher) lastTried(url string) time.Time {
	w = w.shared()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tried[url]
}

// maxTried bounds what is remembered of addresses asked for in vain.
const maxTried = 100_000

// hold waits until no other look at the source is under way and returns what ends the
// caller's own.
func (w *Watcher) hold(ctx context.Context, source string) (release func(), err error) {
	w = w.shared()
	mine := make(chan struct{})
	for {
		w.mu.Lock()
		other := w.busy[source]
		if other == nil {
			if w.busy == nil {
				w.busy = map[string]chan struct{}{}
			}
			w.busy[source] = mine
			w.mu.Unlock()
			return func() {
				w.mu.Lock()
				delete(w.busy, source)
				w.mu.Unlock()
				close(mine)
			}, nil
		}
		w.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// fetching returns a watcher like w that fetches through g.
func (w *Watcher) fetching(g Getter) *Watcher {
	return &Watcher{
		Catalog: w.Catalog, Fetch: g, Read: w.Read, Rules: w.Rules, Store: w.Store, Translates: w.Translates, Route: w.Route,
		Notice: w.Notice, Missed: w.Missed, Enqueue: w.Enqueue, Committed: w.Committed, Changed: w.Changed, Settle: w.Settle, Closing: w.Closing, Now: w.Now, Log: w.Log, Parallel: w.Parallel,
	}
}

func (w *Watcher) now() time.Time {
	if w.Now != nil {
		return w.Now().UTC()
	}
	return time.Now().UTC()
}

func (w *Watcher) log() *slog.Logger {
	if w.Log != nil {
		return w.Log
	}
	return slog.New(slog.DiscardHandler)
}

// Report is what one look at a source came to.
type Report struct {
	Source  string          `json:"source"`
	Looks   []kaisei.Look   `json:"looks"`
	Changes []kaisei.Change `json:"changes"`
	// Poll is the source's schedule state after the look.
	Poll kaisei.Poll `json:"poll"`
}

// Failed returns the looks that did not prove what their URL says, without those that only wait to be
// confirmed.
func (r Report) Failed() []kaisei.Look {
	var out []kaisei.Look
	for _, l := range r.Looks {
		if l.Unproven() {
			out = append(out, l)
		}
	}
	return out
}

// Waiting returns the looks at pages that changed and wait to be confirmed.
func (r Report) Waiting() []kaisei.Look {
	var out []kaisei.Look
	for _, l := range r.Looks {
		if !l.Verdict.Good() && !l.Unproven() {
			out = append(out, l)
		}
	}
	return out
}

// Options of one look.
type Options struct {
	// All asks again for every document the source leads to, whether or not it is due.
	All bool
	// Believe takes what is read for what it says: an operator looked at the page and found it right.
	Believe bool
	// Due asks only for the addresses that wait for a further look where the source's own look is not
	// due yet.
	Due bool
	// Waiting asks only for the addresses that wait for a further look.
	Waiting bool
}
