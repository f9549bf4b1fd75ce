package fetch

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"kaisei/internal/kaisei"
)

func TestRobotsRulesAreReadAsRFC9309Means(t *testing.T) {
	sjis, err := japanese.ShiftJIS.NewEncoder().String("# 表示しないページ\nUser-agent: *\nDisallow: /表示\nDisallow: /private/\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		robots, path string
		allowed      bool
	}{
		{"", "/", true},
		{"User-agent: *\nDisallow:", "/a", true},
		{"User-agent: *\nDisallow: /", "/a", false},
		{"User-agent: *\nDisallow: *", "/a", false},
		{"User-agent: *\r\nDisallow: /a\r\n", "/ab", false},
		{"User-agent: *\rDisallow: /a\r", "/ab", false},
		{"\uFEFFUser-agent: *\nDisallow: /a # not here\n", "/a", false},
		{"User-agent: ia_archiver\nDisallow: /", "/", true}, // as www.soumu.go.jp has it
		{"User-agent: *\nDisallow: /\n\nUser-agent: Kaisei\nDisallow: /x", "/a", true},
		{"User-agent: kaisei/1.0\nDisallow: /", "/a", false},
		{"User-agent: a\nUser-agent: kaisei\nDisallow: /a\nUser-agent: b\nDisallow: /b", "/a", false},
		{"User-agent: a\nUser-agent: kaisei\nDisallow: /a\nUser-agent: b\nDisallow: /b", "/b", true},
		{"User-agent: kaisei\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: kaisei\nDisallow: /b", "/b", false},
		{"User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
		{"User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf", false},
		{"User-agent: *\nDisallow: /*.pdf$", "/x/a.pdfx", true},
		{"User-agent: *\nDisallow: *.pdf", "/x/a.pdf", false},
		{"User-agent: *\nDisallow: /b*c", "/a/b-c", true}, // wildcards do not begin anywhere
		{"User-agent: *\nDisallow: /b*c", "/b-c", false},
		{"User-agent: *\nDisallow: /a?x=", "/a?x=1", false},
		{"User-agent: *\nDisallow: /%7Ea/%e6%94%b9", "/~a/%E6%94%B9", false},
		{"User-agent: *\nDisallow: /改", "/%E6%94%B9", false},
		{"User-agent: *\nDisallow: a", "/a", false},
		{"Disallow: /\nUser-agent: *\nDisallow: /b", "/a", true},
		{"User-agent: *\nDisallow /a\nCrawl-delay: soon\nNoindex: /\nDisallow: /b", "/b", false},
		{"User-agent: *\nCrawl-delay: 5\nUser-agent: x\nDisallow: /", "/a", true},
		{"<!DOCTYPE html><html><body>User-agent: none of that</body></html>", "/", true},
		{sjis, "/private/x", false},
		{strings.Repeat("User-agent: x\nDisallow: /\n", MaxRobotsLines/2-1) + "User-agent: *\nDisallow: /", "/a", false},
		{strings.Repeat("User-agent: x\nDisallow: /\n", MaxRobotsLines/2) + "User-agent: *\nDisallow: /", "/a", true},
	} {
		u, err := url.Parse("http://www.example.go.jp" + c.path)
		if err != nil {
			t.Fatal(err)
		}
		rules, _ := parseRobots([]byte(c.robots))
		if got := rules == nil || rules.Test(robotsPath(u)); got != c.allowed {
			t.Errorf("%s is allowed: %v, by\n%.200q", c.path, got, c.robots)
		}
	}
}

func TestGetObeysRobotsAndAsksForThemOnceADay(t *testing.T) {
	var asked atomic.Int64
	status := http.StatusOK
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			asked.Add(1)
			if ua := r.Header.Get("User-Agent"); ua != "kaisei/1" {
				t.Errorf("asked as %q", ua)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, "User-agent: *\nDisallow: /private\nCrawl-delay: 7")
			return
		}
		if r.URL.Path == "/leads" {
			http.Redirect(w, r, "/private/b", http.StatusFound)
			return
		}
		fmt.Fprint(w, "text")
	}, func(t *testing.T, c *Client) {
		c.UserAgent, c.Robots = "kaisei/1", true
		start := time.Now()
		const u = "http://www.example.go.jp"
		for range 3 {
			fetchBody(t, c, kaisei.Request{URL: u + "/a"})
		}
		if d := time.Since(start); d != 21*time.Second {
			t.Errorf("with a crawl delay of 7 s it took %v", d)
		}
		_, err := c.Get(t.Context(), kaisei.Request{URL: u + "/private/a"})
		wantCause(t, err, kaisei.CauseRobots)
		_, err = c.Get(t.Context(), kaisei.Request{URL: u + "/leads"})
		wantCause(t, err, kaisei.CauseRobots)
		if n := asked.Load(); n != 1 {
			t.Errorf("robots.txt was asked for %d times", n)
		}
		time.Sleep(RobotsTTL)
		status = http.StatusServiceUnavailable // the old answer stands in
		fetchBody(t, c, kaisei.Request{URL: u + "/a"})
		_, err = c.Get(t.Context(), kaisei.Request{URL: u + "/private/a"})
		wantCause(t, err, kaisei.CauseRobots)
		if n := asked.Load(); n != 2 {
			t.Errorf("robots.txt was asked for %d times", n)
		}
		time.Sleep(RobotsStale)
		_, err = c.Get(t.Context(), kaisei.Request{URL: u + "/a"})
		if f := wantCause(t, err, kaisei.CauseRobots); f.Status != 503 {
			t.Errorf("%v", f)
		}
		status = http.StatusForbidden
		time.Sleep(RobotsRetry)
		fetchBody(t, c, kaisei.Request{URL: u + "/private/a"}) // 4xx means no rules
		fetchBody(t, c, kaisei.Request{URL: "http://other.go.jp/a"})
		if n := asked.Load(); n != 5 {
			t.Errorf("robots.txt was asked for %d times", n)
		}
	})
}

func TestRobotsFailuresFollowRFC9309(t *testing.T) {
	for _, c := range []struct {
		answer string
		cause  kaisei.Cause
	}{
		{"404", ""}, {"403", ""}, {"401", ""}, {"410", ""}, {"204", ""}, {"500", kaisei.CauseRobots}, {"503", kaisei.CauseRobots}, {"429", kaisei.CauseRobots},
		{"redirect", kaisei.CauseRobots}, {"endless", ""}, {"to nowhere", ""}, {"private", kaisei.CauseForbidden}, {"hang up", kaisei.CauseNetwork},
	} {
		t.Run(c.answer, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, r *http.Request) {
				var status int
				_, _ = fmt.Sscan(c.answer, &status)
				switch {
				case r.URL.Path == "/page":
					fmt.Fprint(w, "text")
				case r.URL.Path == "/elsewhere":
					fmt.Fprint(w, "User-agent: *\nDisallow: /")
				case status != 0:
					w.WriteHeader(status)
				case c.answer == "redirect":
					http.Redirect(w, r, "http://other.go.jp/elsewhere", http.StatusMovedPermanently)
				case c.answer == "endless":
					http.Redirect(w, r, r.URL.Path+"x", http.StatusMovedPermanently)
				case c.answer == "to nowhere":
					http.Redirect(w, r, "mailto:web@example.go.jp", http.StatusMovedPermanently)
				case c.answer == "private":
					http.Redirect(w, r, "http://169.254.169.254/", http.StatusMovedPermanently)
				default:
					panic(http.ErrAbortHandler)
				}
			}, func(t *testing.T, client *Client) {
				client.Robots = true
				got, err := client.Get(t.Context(), kaisei.Request{URL: "http://www.example.go.jp/page"})
				if c.cause != "" {
					wantCause(t, err, c.cause)
				} else if err != nil || string(got.Body) != "text" {
					t.Errorf("%q, %v", got.Body, err)
				}
			})
		})
	}
}

func TestAttackRobotsOfAHundredMegabytesCostLittle(t *testing.T) {
	var sent atomic.Int64
	line := []byte("User-agent: *\nDisallow: /x*y*z\n")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/robots.txt" {
			fmt.Fprint(w, "text")
			return
		}
		block := bytes.Repeat(line, 1000)
		for sent.Load() < 100<<20 {
			n, err := w.Write(block)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	c := newClient(t)
	c.Robots = true
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/a"}); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n := sent.Load(); n > 10<<20 {
		t.Errorf("%d bytes were sent", n)
	}
	held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if held > 32<<20 {
		t.Errorf("%d bytes are held", held)
	}
	t.Logf("%d kB sent, %d kB held, %d MB allocated on the way", sent.Load()>>10, held>>10, (after.TotalAlloc-before.TotalAlloc)>>20)
}

func TestRobotsAreForgottenWhenThereAreMany(t *testing.T) {
	r := &robots{answers: map[string]*robotsAnswer{}}
	for i := range 3 * MaxHosts {
		r.keep(fmt.Sprint(i), &robotsAnswer{until: time.Now().Add(time.Hour)})
	}
	if len(r.answers) > MaxHosts {
		t.Errorf("%d answers are kept", len(r.answers))
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*.pdf$\nAllow: /a\nCrawl-delay: 1.5\n"), "/a.pdf?x=%e6")
	f.Add([]byte("\xEF\xBB\xBFuser-agent:\x00kaisei\r\ndisallow:**$$\n"), "//")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		rules, delay := parseRobots(body)
		if delay < 0 || delay > MaxCrawlDelay {
			t.Fatalf("crawl delay %v", delay)
		}
		if rules != nil {
			rules.Test(robotsPath(&url.URL{Scheme: "https", Host: "a.example", Path: path}))
		}
	})
}
