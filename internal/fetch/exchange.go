package fetch

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kaisei/internal/kaisei"
)

// exchangeLimits bound one request.
type exchangeLimits struct {
	policy  kaisei.FetchPolicy
	timeout time.Duration
	bytes   int64
	// cut returns the first bytes of a longer body in place of a fault.
	cut bool
}

// answer is what came back.
type answer struct {
	status   int
	header   http.Header
	cookies  []*http.Cookie
	location string // of a redirect
	body     []byte
	cut      bool
}

// exchange sends one request and reads the answer whole. It returns only *kaisei.Fault.
func (c *Client) exchange(caller context.Context, req *http.Request, l exchangeLimits) (*answer, error) {
	rt, err := c.roundTripper(req, l.policy.HTTP1)
	if err != nil {
		return nil, classify(caller, caller, req.URL, err)
	}
	ctx, stop := context.WithTimeoutCause(caller, l.timeout, errWhole)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	resp, err := rt.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, classify(caller, ctx, req.URL, err)
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header, cookies: resp.Cookies()}
	if a.status == http.StatusNotModified {
		return a, nil
	}
	pace := startPace(func() { cancel(errSlow) })
	defer pace.stop()
	in := &transfer{r: resp.Body, pace: pace, spares: &c.spares}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		a.location = resp.Header.Get("Location")
		in.drain()
		return a, nil
	default:
		l.bytes, l.cut = maxErrorBody, true
		a.body, _ = readBody(in, resp, l)
		in.drain()
		return a, nil
	}
	a.body, err = readBody(in, resp, l)
	if err != nil {
		return nil, bodyFault(caller, ctx, req.URL, in, err)
	}
	a.cut = l.cut && int64(len(a.body)) == l.bytes
	if !a.cut {
		in.drain()
	}
	if missing := resp.ContentLength - in.n; !a.cut && resp.ContentLength >= 0 && missing > 0 && in.err == io.EOF {
		return nil, kaisei.Faultf(kaisei.CauseTruncated, "%d of %d bytes are missing", missing, resp.ContentLength)
	}
	return a, nil
}

// maxErrorBody is how much of an answer that is no document is read, to quote it; and
// drained, so that the connection can be used again.
const maxErrorBody = 16 << 10

// transfer counts the bytes of a body as they come over the wire and remembers how
// they ended.
type transfer struct {
	r    io.Reader
	pace *pace
	n    int64
	err  error
	// spares are the client's, of *spare.
	spares *sync.Pool
}

func (t *transfer) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	t.pace.bytes.Add(int64(n))
	if err != nil {
		t.err = err
	}
	return n, err
}

func (t *transfer) drain() {
	_, _ = io.CopyN(io.Discard, t, maxErrorBody) // what is left does not matter
}

// pace ends a request whose body comes too slowly.
type pace struct {
	bytes atomic.Int64
	timer atomic.Pointer[time.Timer]
}

func startPace(slow func()) *pace {
	p := new(pace)
	p.timer.Store(time.AfterFunc(BodyWindow, func() {
		if p.bytes.Swap(0) < MinBodyBytes {
			slow()
			return
		}
		if t := p.timer.Load(); t != nil {
			t.Reset(BodyWindow)
		}
	}))
	return p
}

func (p *pace) stop() {
	if t := p.timer.Swap(nil); t != nil {
		t.Stop()
	}
}

// fault judges the status of a final answer. It returns nil for a capture.
func (a *answer) fault(u *url.URL, conditional bool) *kaisei.Fault {
	f := &kaisei.Fault{Status: a.status, RetryAfterSeconds: retryAfter(a.header.Get("Retry-After"), time.Now())}
	host, where := u.Host, shown(u)
	switch s := a.status; {
	case a.header.Get("X-Amzn-Waf-Action") != "" || strings.EqualFold(a.header.Get("Cf-Mitigated"), "challenge"):
		f.Cause = kaisei.CauseBotWall
		f.Detail = host + " wants a browser to solve a challenge, which kaisei does not"
	case (s == http.StatusOK || s == http.StatusNonAuthoritativeInfo) && len(a.body) > 0, s == http.StatusNotModified && conditional:
		return nil
	case s == http.StatusAccepted:
		f.Cause = kaisei.CauseBotWall
		f.Detail = host + " answered 202 in place of the page, as firewalls do"
	case s == http.StatusForbidden:
		f.Cause = kaisei.CauseBotWall
		f.Detail = where + " answered 403: a firewall or a rule against programs"
	case s == http.StatusNotModified:
		f.Cause = kaisei.CauseEmpty
		f.Detail = where + " answered 304 to a request without validators, so there are no bytes"
	case s == http.StatusPartialContent:
		f.Cause = kaisei.CauseTruncated
		f.Detail = where + " answered with a part of the file that was not asked for"
	case s >= 200 && s < 300:
		f.Cause = kaisei.CauseEmpty
		f.Detail = where + " answered without a body"
	case s >= 300 && s < 400:
		f.Cause = kaisei.CauseRedirect
		f.Detail = where + " redirects without saying where"
	case s == http.StatusNotFound, s == http.StatusGone:
		f.Cause = kaisei.CauseNotFound
		f.Detail = where + " is not there"
	case s == http.StatusTooManyRequests:
		f.Cause = kaisei.CauseTooMany
		f.Detail = host + " asks for fewer requests"
	case s == http.StatusUnauthorized, s == http.StatusProxyAuthRequired:
		f.Cause = kaisei.CauseClient
		f.Detail = where + " wants a user name and password"
	case s >= 400 && s < 500:
		f.Cause = kaisei.CauseClient
		f.Detail = where + " was refused as a bad request"
	case s >= 500:
		f.Cause = kaisei.CauseServer
		f.Detail = host + " has trouble of its own"
	default:
		f.Cause = kaisei.CauseNetwork
		f.Detail = host + " answered with an unknown status"
	}
	if s := a.quote(); s != "" {
		f.Detail += ". It said: " + s
	}
	return f
}

// quote returns the beginning of an error body that is meant for programs, such as
// the code of a law API.
func (a *answer) quote() string {
	switch t := mediaType(a.header.Get("Content-Type")); {
	case a.status < 400, t != "application/json" && t != "text/plain" && !strings.HasSuffix(t, "+json"):
		return ""
	}
	const most = 160
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(a.body), "")), " ")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// retryAfter reads a Retry-After header, in seconds or as a date, as whole seconds.
func retryAfter(v string, now time.Time) int {
	v = strings.TrimSpace(v)
	if v == "" {
		return 0
	}
	var d time.Duration
	if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	} else {
		n := 0
		for _, c := range v {
			if c < '0' || c > '9' {
				return 0
			}
			n = min(n*10+int(c-'0'), int(MaxRetryAfter/time.Second))
		}
		d = time.Duration(n) * time.Second
	}
	return seconds(min(d, MaxRetryAfter))
}

// seconds is d in whole seconds, rounded up; nothing below zero.
func seconds(d time.Duration) int { return int((max(d, 0) + time.Second - 1) / time.Second) }
