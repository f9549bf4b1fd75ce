package fetch

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"kaisei/internal/kaisei"
)

// robots remembers what hosts allow. It follows RFC 9309: an answer of 4xx means no
// rules (the ministry that guards its site best answers 403), 5xx and 429 mean that
// nothing may be fetched until it recovers, unless an earlier answer is known.
type robots struct {
	mu      sync.Mutex
	answers map[string]*robotsAnswer // by scheme and host
}

type robotsAnswer struct {
	rules *robotstxt.Group // nil allows everything
	delay time.Duration
	got   time.Time     // when rules were got; zero if never
	until time.Time     // when to ask again
	fault *kaisei.Fault // why there are no rules, not even old ones
}

// maxRobotsRedirects is the least that RFC 9309 asks for.
const maxRobotsRedirects = 5

// check asks for the robots.txt of u's host where that is not known, within turn, and
// returns the host's crawl delay, or a fault where u is disallowed.
func (r *robots) check(ctx context.Context, c *Client, t *turn, u *url.URL, p kaisei.FetchPolicy, gap time.Duration) (time.Duration, *kaisei.Fault) {
	key := u.Scheme + "://" + strings.ToLower(u.Host)
	r.mu.Lock()
	known := r.answers[key]
	r.mu.Unlock()
	if known == nil || !time.Now().Before(known.until) {
		if err := t.wait(ctx, gap); err != nil {
			return 0, unasked(err, u.Host, "waiting for the gap between two requests to "+u.Host)
		}
		fresh := r.ask(ctx, c, u, p)
		t.done()
		if err := ctx.Err(); err != nil {
			return 0, stopped(err, "asking for the robots.txt of "+u.Host)
		}
		if fresh.fault != nil && known != nil && !known.got.IsZero() && time.Since(known.got) < RobotsStale {
			old := *known
			old.until, fresh = fresh.until, &old
		}
		known = fresh
		r.keep(key, known)
	}
	if known.fault != nil {
		return 0, known.fault
	}
	if known.rules != nil && !known.rules.Test(robotsPath(u)) {
		return 0, kaisei.Faultf(kaisei.CauseRobots, "the robots.txt of %s disallows %s", u.Host, shown(u))
	}
	return known.delay, nil
}

// keep remembers an answer, and forgets expired ones once there are many.
func (r *robots) keep(key string, a *robotsAnswer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.answers) >= MaxHosts {
		now := time.Now()
		for k, old := range r.answers {
			if now.After(old.until) {
				delete(r.answers, k)
			}
		}
		for k := range r.answers {
			if len(r.answers) < MaxHosts {
				break
			}
			delete(r.answers, k)
		}
	}
	r.answers[key] = a
}

// ask fetches robots.txt. Redirects are followed to other hosts too, as the RFC says,
// without a turn there: waiting for one while holding another could wait for ever.
func (r *robots) ask(ctx context.Context, c *Client, u *url.URL, p kaisei.FetchPolicy) *robotsAnswer {
	now := time.Now()
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	v := &visit{client: c, first: at}
	for {
		req := &http.Request{Method: http.MethodGet, URL: at, Host: at.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: c.header(p)}
		a, err := c.exchange(ctx, req, exchangeLimits{policy: p, timeout: robotsTimeout, bytes: MaxRobotsBytes, cut: true})
		switch {
		case err != nil:
			f := *err.(*kaisei.Fault)
			f.Detail = "robots.txt: " + f.Detail
			return &robotsAnswer{fault: &f, until: now.Add(RobotsRetry)}
		case a.location != "":
			next, fault := v.redirect(at, a)
			if fault != nil || len(v.redirects) > maxRobotsRedirects {
				return &robotsAnswer{got: now, until: now.Add(RobotsTTL)} // unavailable, which allows
			}
			at = next
			continue
		case a.status >= 500 || a.status == http.StatusTooManyRequests:
			f := kaisei.Faultf(kaisei.CauseRobots, "robots.txt of %s answered %d, which by RFC 9309 disallows everything until it recovers; it is asked again in %s", u.Host, a.status, RobotsRetry)
			f.Status, f.RetryAfterSeconds = a.status, retryAfter(a.header.Get("Retry-After"), now)
			if at.Host == u.Host {
				c.heed(u, f)
			}
			return &robotsAnswer{fault: f, until: now.Add(RobotsRetry)}
		case a.status != http.StatusOK:
			return &robotsAnswer{got: now, until: now.Add(RobotsTTL)}
		}
		if a.cut { // the last line may be half a rule
			a.body = a.body[:bytes.LastIndexByte(a.body, '\n')+1]
		}
		rules, delay := parseRobots(a.body)
		return &robotsAnswer{rules: rules, delay: delay, got: now, until: now.Add(RobotsTTL)}
	}
}

// robotsTimeout bounds the request for robots.txt, which must not keep a page waiting long.
const robotsTimeout = 30 * time.Second

// anchor begins each path given to the library. Its patterns with wildcards match
// anywhere in a path, and this byte, which no path holds, stands only at the start.
const anchor = "/\x01"

// parseRobots returns the rules for our product; nil allows everything. The library
// drops a whole file for one bad line (Shift_JIS comments, a page in place of the
// file), ignores "Disallow: *" and lets the first of two equally long rules win, so it
// is given only lines that it reads right, in the order that RFC 9309 means.
func parseRobots(body []byte) (*robotstxt.Group, time.Duration) {
	var clean, allow, disallow strings.Builder
	var agents, lines, rules int
	flush := func() {
		clean.WriteString(allow.String() + disallow.String())
		allow.Reset()
		disallow.Reset()
	}
	for line := range strings.Lines(strings.ReplaceAll(string(body), "\r", "\n")) {
		line, _, _ = strings.Cut(strings.TrimPrefix(line, "\uFEFF"), "#")
		field, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		field, value = strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(value)
		if lines++; lines > MaxRobotsLines {
			break
		}
		switch field {
		case "user-agent", "useragent":
			if rules > 0 {
				flush()
				agents, rules = 0, 0
			}
			if end := strings.IndexFunc(value, func(r rune) bool { return !tokenRune(r) }); end >= 0 {
				value = value[:end] // "kaisei/1.0"
			}
			if value != "" {
				agents++
				clean.WriteString("User-agent: " + value + "\n")
			}
		case "allow", "disallow":
			rules++
			if agents == 0 || value == "" {
				continue
			}
			b := &disallow
			if field == "allow" {
				b = &allow
			}
			b.WriteString(field + ": " + anchor + robotsEscape(value) + "\n")
		case "crawl-delay":
			if n, err := strconv.ParseFloat(value, 64); err == nil && n >= 0 && n < 1e6 && agents > 0 {
				rules++
				disallow.WriteString("crawl-delay: " + strconv.FormatFloat(n, 'f', -1, 64) + "\n")
			}
		}
	}
	flush()
	data, err := robotstxt.FromString(clean.String())
	if err != nil {
		return nil, 0
	}
	g := data.FindGroup(Product)
	return g, min(g.CrawlDelay, MaxCrawlDelay)
}

// tokenRune reports whether r may stand in a product token, or is the asterisk.
func tokenRune(r rune) bool {
	return r == '*' || r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// robotsPath is what the rules are matched against.
func robotsPath(u *url.URL) string {
	p := u.EscapedPath()
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	return anchor + robotsEscape(p)
}

// robotsEscape writes a path the way RFC 9309 compares them: percent-encoded outside
// ASCII, and otherwise only where encoding makes a difference.
func robotsEscape(p string) string {
	p = normalEscapes(p)
	if !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "*") {
		p = "/" + p
	}
	return p
}
