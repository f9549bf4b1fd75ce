package fetch

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
)

// pipeNet is a network in memory on which every host is the same server, so that time
// can be virtual.
type pipeNet struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipeNet) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipeNet) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipeNet) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipeNet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// inBubble runs story with virtual time and a client on a network in memory.
func inBubble(t *testing.T, h http.HandlerFunc, story func(t *testing.T, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &pipeNet{conns: make(chan net.Conn), done: make(chan struct{})}
		server := &http.Server{Handler: h, ErrorLog: quiet()}
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = server.Serve(p)
		}()
		c := &Client{dial: p.dial}
		story(t, c)
		c.CloseIdle()
		_ = server.Close()
		<-served
	})
}

func fetchBody(t *testing.T, c *Client, r kaisei.Request) string {
	t.Helper()
	got, err := c.Get(t.Context(), r)
	if err != nil {
		t.Error(err)
	}
	return string(got.Body)
}

func TestGetLeavesAGapBetweenRequestsToAHost(t *testing.T) {
	start := time.Time{}
	var at []time.Duration
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		at = append(at, time.Since(start))
		time.Sleep(300 * time.Millisecond) // virtual: how long the page takes
		fmt.Fprint(w, "text")
	}, func(t *testing.T, c *Client) {
		start = time.Now()
		slow := kaisei.FetchPolicy{MinGap: 10 * time.Second}
		for _, r := range []kaisei.Request{
			{URL: "https://www.example.go.jp/"}, {URL: "http://WWW.example.go.jp:8080/other"}, // the host is what counts
			{URL: "http://www.other.go.jp/"}, // another host: no gap
			{URL: "http://www.example.go.jp/", Policy: slow}, {URL: "http://www.example.go.jp/", Policy: slow},
			{URL: "http://www.example.go.jp/"}, // the longer of the two gaps
			{URL: "http://localhost/"}, {URL: "http://localhost/"},
		} {
			r.URL = strings.Replace(r.URL, "https", "http", 1)
			fetchBody(t, c, r)
		}
	})
	want := []time.Duration{0, 1300, 1600, 11600, 21900, 32200, 32500, 32800}
	for i := range want {
		want[i] *= time.Millisecond
	}
	if fmt.Sprint(at) != fmt.Sprint(want) {
		t.Errorf("requests at %v, want %v", at, want)
	}
}

func TestGetAsksAHostOnceAtATimeAndFewHostsAtOnce(t *testing.T) {
	var mu sync.Mutex
	now, most := map[string]int{}, map[string]int{}
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		for _, k := range []string{r.Host, "all"} {
			now[k]++
			most[k] = max(most[k], now[k])
		}
		mu.Unlock()
		time.Sleep(5 * time.Second)
		mu.Lock()
		now[r.Host]--
		now["all"]--
		mu.Unlock()
		fmt.Fprint(w, "text")
	}, func(t *testing.T, c *Client) {
		c.Parallel = 3
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() { fetchBody(t, c, kaisei.Request{URL: fmt.Sprintf("http://h%d.example.go.jp/%d", i%6, i)}) })
		}
		wg.Wait()
	})
	for k, n := range most {
		if k == "all" && n != 3 || k != "all" && n != 1 {
			t.Errorf("%s: %d at once", k, n)
		}
	}
}

func TestGetWaitsForItsTurnNoLongerThanItsContext(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "text")
	}, func(t *testing.T, c *Client) {
		fetchBody(t, c, kaisei.Request{URL: "http://www.example.go.jp/"})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Get(ctx, kaisei.Request{URL: "http://www.example.go.jp/", Policy: kaisei.FetchPolicy{MinGap: time.Hour}})
		wantCause(t, err, kaisei.CauseTimeout)
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("it took %v", d)
		}

		held, err := c.gate.enter(t.Context(), "www.held.go.jp")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err = c.Get(ctx, kaisei.Request{URL: "http://www.held.go.jp/"})
		wantCause(t, err, kaisei.CauseTimeout)
		held.leave()
		if got := fetchBody(t, c, kaisei.Request{URL: "http://www.held.go.jp/"}); got != "text" {
			t.Errorf("the turn was lost: %q", got)
		}
	})
}

func TestWaitingForAGapHoldsNoPlaceOfOtherHosts(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "text")
	}, func(t *testing.T, c *Client) {
		c.Parallel = 1
		slow := kaisei.Request{URL: "http://slow.example.go.jp/", Policy: kaisei.FetchPolicy{MinGap: time.Minute}}
		fetchBody(t, c, slow)
		var wg sync.WaitGroup
		wg.Go(func() { fetchBody(t, c, slow) })
		synctest.Wait()
		start := time.Now()
		fetchBody(t, c, kaisei.Request{URL: "http://www.example.go.jp/"})
		if d := time.Since(start); d != 0 {
			t.Errorf("another host had to wait %v", d)
		}
		wg.Wait()
	})
}

func TestGateForgetsIdleHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		busy, err := g.enter(t.Context(), "busy")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 * MaxHosts {
			turn, err := g.enter(t.Context(), fmt.Sprint(i))
			if err != nil {
				t.Fatal(err)
			}
			if err := turn.wait(t.Context(), time.Millisecond); err != nil {
				t.Fatal(err)
			}
			turn.leave()
			time.Sleep(2 * time.Millisecond) // virtual
		}
		if n := len(g.lanes); n > MaxHosts || g.lanes["busy"] == nil {
			t.Errorf("%d hosts are remembered", n)
		}
		busy.leave()
	})
}

func TestAttackABodyThatDripsIsGivenUp(t *testing.T) {
	var steady atomic.Int64 // bytes sent to /steady
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		for {
			pause, n := time.Second, 1
			if r.URL.Path == "/steady" {
				n = int(MinBodyBytes * time.Second / BodyWindow * 2)
				if steady.Load() > 100*MinBodyBytes/10 {
					return
				}
			}
			if _, err := io.WriteString(w, strings.Repeat("x", n)); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			if n > 1 {
				steady.Add(int64(n))
			}
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				return
			}
		}
	}, func(t *testing.T, c *Client) {
		start := time.Now()
		_, err := c.Get(t.Context(), kaisei.Request{URL: "http://www.example.go.jp/"})
		f := wantCause(t, err, kaisei.CauseTimeout)
		if d := time.Since(start); d != BodyWindow || !strings.Contains(f.Detail, "4096 bytes") {
			t.Errorf("after %v: %v", d, f)
		}
		if got := fetchBody(t, c, kaisei.Request{URL: "http://www.example.go.jp/steady"}); int64(len(got)) != steady.Load() {
			t.Errorf("%d bytes of %d", len(got), steady.Load())
		}
	})
}

func TestGetGivesUpOnAServerThatIsTooSlowAltogether(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/silent" {
			<-r.Context().Done()
			return
		}
		for r.Context().Err() == nil {
			_, _ = w.Write(make([]byte, 2*MinBodyBytes))
			time.Sleep(BodyWindow / 2)
		}
	}, func(t *testing.T, c *Client) {
		for path, want := range map[string]time.Duration{"/silent": HeaderTimeout, "/endless": DefaultTimeout} {
			host := "http://" + strings.Trim(path, "/") + ".example.go.jp"
			start := time.Now()
			_, err := c.Get(t.Context(), kaisei.Request{URL: host + path})
			wantCause(t, err, kaisei.CauseTimeout)
			if d := time.Since(start); d != want {
				t.Errorf("%s took %v, want %v", path, d, want)
			}
		}
		c.Timeout = 7 * time.Second
		start := time.Now()
		_, err := c.Get(t.Context(), kaisei.Request{URL: "http://a.example.go.jp/silent"})
		wantCause(t, err, kaisei.CauseTimeout)
		_, err = c.Get(t.Context(), kaisei.Request{URL: "http://b.example.go.jp/silent", Policy: kaisei.FetchPolicy{Timeout: 3 * time.Second}})
		wantCause(t, err, kaisei.CauseTimeout)
		if d := time.Since(start); d != 10*time.Second {
			t.Errorf("the two took %v", d)
		}
	})
}

func TestLocalHostsHaveNoGapOfTheirOwn(t *testing.T) {
	c := newClient(t)
	for raw, want := range map[string]time.Duration{
		"http://127.0.0.1:8080/": 0, "http://localhost/": 0, "http://127.0.0.2/": DefaultGap, "http://8.8.8.8/": DefaultGap, "http://www.example.go.jp/": DefaultGap,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.gap(u, kaisei.FetchPolicy{}); got != want {
			t.Errorf("%s: %v, want %v", raw, got, want)
		}
		if got := c.gap(u, kaisei.FetchPolicy{MinGap: 5}); got != 5 {
			t.Errorf("%s: the policy is not followed: %v", raw, got)
		}
	}
}
