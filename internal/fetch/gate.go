package fetch

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"kaisei/internal/kaisei"
)

// gate gives out turns: one at a time for each host, first come first served, with a
// gap between requests, and so many hosts at once.
type gate struct {
	global chan struct{}
	mu     sync.Mutex
	lanes  map[string]*lane
}

// lane is the queue of one host.
type lane struct {
	slot  chan struct{} // holds one value while a turn is taken
	users int           // turns taken or waited for
	last  time.Time     // end of the last request
	gap   time.Duration // what the last request asked for
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
	return &gate{global: make(chan struct{}, parallel), lanes: map[string]*lane{}}
}

// enter waits until no one else has a turn at the host named by key.
func (g *gate) enter(ctx context.Context, key string) (*turn, error) {
	g.mu.Lock()
	l := g.lanes[key]
	if l == nil {
		g.sweep(time.Now())
		l = &lane{slot: make(chan struct{}, 1)}
		g.lanes[key] = l
	}
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
		if l.users == 0 && now.Sub(l.last) > l.gap {
			delete(g.lanes, key)
		}
	}
}

// wait waits for the gap since the host's last request, then for a place among the
// hosts asked at once, so that no place is held by someone who only waits.
func (t *turn) wait(ctx context.Context, gap time.Duration) error {
	t.gate.mu.Lock()
	last, need := t.lane.last, max(gap, t.lane.gap)
	t.gate.mu.Unlock()
	t.gap = gap
	if !last.IsZero() {
		if d := need - time.Since(last); d > 0 {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	select {
	case t.gate.global <- struct{}{}:
		t.asking = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// done ends the request that wait allowed.
func (t *turn) done() {
	if !t.asking {
		return
	}
	t.asking = false
	<-t.gate.global
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
