package fetch

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"kaisei/internal/kaisei"
)

// gate gives out turns: one at a time for each host, first come first served, with a
// gap between requests, and so many hosts at once.
type gate struct {
	global places
	mu     sync.Mutex
	lanes  map[string]*lane
}

// places are what so many may hold at once; how many may change at any time.
type places struct {
	mu      sync.Mutex
	max, n  int
	waiting []chan struct{}
}

// take waits for a place.
func (p *places) take(ctx context.Context) error {
	p.mu.Lock()
	if p.n < p.max {
		p.n++
		p.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	p.waiting = append(p.waiting, mine)
	p.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	i := slices.Index(p.waiting, mine)
	if i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	}
	p.mu.Unlock()
	if i < 0 { // it was given at the same moment
		p.give()
	}
	return ctx.Err()
}

// give gives a place back, to the one who waits longest.
func (p *places) give() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n--
	p.hand()
}

// limit changes how many may hold a place; who holds one keeps it.
func (p *places) limit(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.max = n
	p.hand()
}

func (p *places) hand() {
	for p.n < p.max && len(p.waiting) > 0 {
		p.n++
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
	}
}

// lane is the queue of one host.
type lane struct {
	slot  chan struct{} // holds one value while a turn is taken
	users int           // turns taken or waited for
	last  time.Time     // end of the last request
	gap   time.Duration // what the last request asked for
	alone time.Time     // until when the host asked to be left alone
}

// turn is the right to ask one host. wait and done enclose each request made in it.
type turn struct {
	gate   *gate
	key    string
	lane   *lane
	gap    time.Duration
	asking bool
}

func newGate(parallel int) *gate {
	return &gate{global: places{max: parallel}, lanes: map[string]*lane{}}
}

// lane returns the queue of a host. The caller holds g.mu.
func (g *gate) lane(key string) *lane {
	l := g.lanes[key]
	if l == nil {
		g.sweep(time.Now())
		l = &lane{slot: make(chan struct{}, 1)}
		g.lanes[key] = l
	}
	return l
}

// leaveAlone keeps everybody from the host until a time. A wish of longer ago that reaches further stands.
func (g *gate) leaveAlone(key string, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.lane(key); l.alone.Before(until) {
		l.alone = until
	}
}

// enter waits until no one else has a turn at the host named by key.
func (g *gate) enter(ctx context.Context, key string) (*turn, error) {
	g.mu.Lock()
	l := g.lane(key)
	l.users++
	g.mu.Unlock()
	select {
	case l.slot <- struct{}{}:
		return &turn{gate: g, key: key, lane: l}, nil
	case <-ctx.Done():
		g.mu.Lock()
		l.users--
		g.mu.Unlock()
		return nil, ctx.Err()
	}
}

// sweep forgets idle hosts once there are many; redirects could name any number.
func (g *gate) sweep(now time.Time) {
	if len(g.lanes) < MaxHosts {
		return
	}
	for key, l := range g.lanes {
		if l.users == 0 && now.Sub(l.last) > l.gap && !now.Before(l.alone) {
			delete(g.lanes, key)
		}
	}
}

// wait waits for the gap since the host's last request, then for a place among the
// hosts asked at once, so that no place is held by someone who only waits. A host that asked to
// be left alone for longer than MaxTurnWait is not waited for: the error is an aloneError.
func (t *turn) wait(ctx context.Context, gap time.Duration) error {
	t.gate.mu.Lock()
	last, need, alone := t.lane.last, max(gap, t.lane.gap), t.lane.alone
	t.gate.mu.Unlock()
	t.gap = gap
	d := time.Until(alone)
	if d > MaxTurnWait {
		return aloneError{alone}
	}
	if !last.IsZero() {
		d = max(d, need-time.Since(last))
	}
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := t.gate.global.take(ctx); err != nil {
		return err
	}
	t.asking = true
	return nil
}

// aloneError says that a host asked to be left alone.
type aloneError struct{ until time.Time }

func (e aloneError) Error() string {
	return "the host asked to be left alone until " + e.until.UTC().Format(time.RFC3339)
}

// unasked is the fault of a request that was not made. waiting says what for.
func unasked(err error, host, waiting string) *kaisei.Fault {
	var alone aloneError
	if !errors.As(err, &alone) {
		return stopped(err, waiting)
	}
	f := kaisei.Faultf(kaisei.CauseTooMany, "not asked: %s had asked to be left alone until %s (JST); it is asked again after that", host, alone.until.In(kaisei.JST).Format("2006-01-02 15:04"))
	f.RetryAfterSeconds, f.Host, f.Unasked = seconds(time.Until(alone.until)), strings.ToLower(host), true
	return f
}

// heed makes everybody leave a host alone as long as its answer asks, within MaxHostWait.
func (c *Client) heed(u *url.URL, f *kaisei.Fault) {
	d := time.Duration(f.RetryAfterSeconds) * time.Second
	if d == 0 && f.Status == http.StatusTooManyRequests {
		d = TooManyWait
	}
	if d == 0 || c.Transport != nil {
		return
	}
	f.Host = strings.ToLower(u.Host)
	c.gate.leaveAlone(c.gateKey(u), time.Now().Add(min(d, MaxHostWait)))
}

// LeaveAlone keeps the client from a host, given as in its URLs, until a time: what the host asked of an
// earlier run of the program. The bound of MaxHostWait holds.
func (c *Client) LeaveAlone(host string, until time.Time) {
	c.setup()
	if most := time.Now().Add(MaxHostWait); until.After(most) {
		until = most
	}
	c.gate.leaveAlone(c.gateKey(&url.URL{Host: host}), until)
}

// Succeed makes c, before its first request, go on where old stands: the gaps between requests to a host, who
// asked to be left alone, and the answers to robots.txt. What old has under way finishes, in the
// same queues. The number of parallel hosts is c's from then on.
func (c *Client) Succeed(old *Client) {
	c.setup()
	old.setup()
	c.gate, c.robots = old.gate, old.robots
	c.gate.global.limit(cmp.Or(c.Parallel, DefaultParallel))
}

// done ends the request that wait allowed.
func (t *turn) done() {
	if !t.asking {
		return
	}
	t.asking = false
	t.gate.global.give()
	t.gate.mu.Lock()
	t.lane.last, t.lane.gap = time.Now(), t.gap
	t.gate.mu.Unlock()
}

// leave gives the turn back.
func (t *turn) leave() {
	t.done()
	<-t.lane.slot
	t.gate.mu.Lock()
	t.lane.users--
	t.gate.mu.Unlock()
}

// gateKey names the queue that a request to u stands in: the host, whatever the port
// and scheme. Addresses that were allowed explicitly are told apart by port, as
// several test servers share one.
func (c *Client) gateKey(u *url.URL) string {
	if c.local(u) {
		return strings.ToLower(u.Host)
	}
	return strings.ToLower(u.Hostname())
}

// gap is the least time between two requests to the host of u, robots.txt aside.
func (c *Client) gap(u *url.URL, p kaisei.FetchPolicy) time.Duration {
	switch {
	case p.MinGap > 0:
		return p.MinGap
	case c.local(u):
		return 0
	case c.Gap > 0:
		return c.Gap
	}
	return DefaultGap
}

// local reports whether u names a machine of the operator's own: localhost or a
// literal address that is allowed and not public.
func (c *Client) local(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && whyNotPublic(ip) != "" && c.permits(ip) == nil
}
