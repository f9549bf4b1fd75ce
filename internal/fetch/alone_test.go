package fetch

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
)

func TestAHostThatAsksToBeLeftAloneIsLeftAloneByEverybody(t *testing.T) {
	for name, k := range map[string]struct {
		status        int
		after         string
		alone, waited time.Duration
	}{
		"an hour":                     {429, "3600", time.Hour, 0},
		"503":                         {503, "3600", time.Hour, 0},
		"a day, for others bounded":   {429, "86400", MaxHostWait, 0},
		"a moment, which is waited":   {429, "40", 0, 40 * time.Second},
		"429 without saying how long": {429, "", 0, TooManyWait},
		"503 without saying how long": {503, "", 0, DefaultGap},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			broken := true
			inBubble(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if broken && r.Host == "www.example.go.jp" {
					if k.after != "" {
						w.Header().Set("Retry-After", k.after)
					}
					w.WriteHeader(k.status)
					return
				}
				fmt.Fprint(w, "text")
			}, func(t *testing.T, c *Client) {
				const u = "http://www.example.go.jp"
				_, err := c.Get(t.Context(), kaisei.Request{URL: u + "/a"})
				var f *kaisei.Fault
				if f, _ = err.(*kaisei.Fault); f == nil || f.Unasked || f.Host != "www.example.go.jp" && (k.after != "" || k.status == 429) {
					t.Fatalf("%+v", err)
				}
				broken = false
				start := time.Now()
				fetchBody(t, c, kaisei.Request{URL: "http://www.other.go.jp/"}) // another host
				if d := time.Since(start); d != 0 {
					t.Errorf("another host waited %v", d)
				}
				if k.alone == 0 {
					fetchBody(t, c, kaisei.Request{URL: u + "/b"})
					if d := time.Since(start); d != k.waited {
						t.Errorf("waited %v, want %v", d, k.waited)
					}
					return
				}
				var wg sync.WaitGroup
				for range 5 {
					wg.Go(func() {
						_, err := c.Get(t.Context(), kaisei.Request{URL: u + "/b"})
						f := wantCause(t, err, kaisei.CauseTooMany)
						if !f.Unasked || time.Duration(f.RetryAfterSeconds)*time.Second != k.alone {
							t.Errorf("%+v", f)
						}
					})
				}
				wg.Wait()
				if n := asked.Load(); n != 2 || time.Since(start) != 0 {
					t.Errorf("%d requests after %v", n, time.Since(start))
				}
				// A client that succeeds this one, and one of the next run of the program, know.
				next, later := &Client{dial: c.dial}, &Client{dial: c.dial}
				next.Succeed(c)
				later.LeaveAlone("WWW.example.go.jp", start.Add(24*time.Hour))
				time.Sleep(k.alone - MaxTurnWait - time.Second) // virtual
				for _, c := range []*Client{next, later} {
					_, err := c.Get(t.Context(), kaisei.Request{URL: u + "/b"})
					if f := wantCause(t, err, kaisei.CauseTooMany); !f.Unasked {
						t.Errorf("%+v", f)
					}
				}
				time.Sleep(time.Second)
				if got := fetchBody(t, next, kaisei.Request{URL: u + "/b"}); got != "text" || time.Since(start) != k.alone {
					t.Errorf("%q after %v", got, time.Since(start))
				}
				next.CloseIdle()
				later.CloseIdle()
			})
		})
	}
}

func TestPlacesMayBecomeMoreAndFewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &places{max: 1}
		var held atomic.Int64
		release := make(chan struct{})
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if err := p.take(t.Context()); err != nil {
					t.Error(err)
				}
				held.Add(1)
				<-release
				held.Add(-1)
				p.give()
			})
		}
		holds := func(n int64) {
			t.Helper()
			synctest.Wait()
			if got := held.Load(); got != n {
				t.Errorf("%d hold a place, want %d", got, n)
			}
		}
		holds(1)
		p.limit(4)
		holds(4)
		p.limit(2)
		holds(4)
		for range 2 { // four to two: nobody comes in their place
			release <- struct{}{}
		}
		holds(2)
		ctx, cancel := context.WithCancel(t.Context())
		given := make(chan error, 1)
		go func() { given <- p.take(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-given; err == nil {
			t.Error("a place was given to one who had gone")
		}
		release <- struct{}{}
		holds(2)
		close(release)
		wg.Wait()
		if p.n != 0 || len(p.waiting) != 0 {
			t.Errorf("%d places are held by nobody, %d wait", p.n, len(p.waiting))
		}
	})
}
