package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"kaisei/internal/kaisei"
)

// Client fetches URLs. Its zero value works, reaches public addresses only and does
// not ask for robots.txt. The fields are set before the first Get and not changed
// after; a Client is safe for concurrent use and must not be copied.
type Client struct {
	// Transport, where set, answers every request in place of the network. It decides alone
	// what may be reached and how often: robots.txt, gaps, the limit of parallel hosts and the
	// check of addresses are the network's and left out. Limits on size and redirects hold.
	Transport http.RoundTripper
	// UserAgent is product and version ("kaisei/1.2.0"). Contact is a URL or mail address that
	// a webmaster can turn to; it is sent with every request as "(+contact)".
	UserAgent, Contact string
	// MaxBytes is the largest body after content decoding; zero means DefaultMaxBytes.
	MaxBytes int64
	// Timeout bounds one request where its policy does not; zero means DefaultTimeout.
	Timeout time.Duration
	// Gap is the least time between two requests to a public host where the policy does not
	// say more; zero means DefaultGap.
	Gap time.Duration
	// Parallel is how many hosts are asked at once; zero means DefaultParallel.
	Parallel int
	// Allow lists addresses that may be reached although they are not public: a test server,
	// an intranet. Hosts given as such an address, and localhost, have no gap of their own accord.
	Allow []netip.Prefix
	// Robots makes the client ask for robots.txt and obey it.
	Robots bool
	// Now is the time of captures; nil means the archive's virtual time where Transport is an
	// *Archive, else time.Now.
	Now func() time.Time
	// TLS holds further settings, such as RootCAs. Certificates are verified whatever it says.
	TLS *tls.Config
	// Resolver looks names up; nil means the system's.
	Resolver *net.Resolver
	// Proxy chooses the proxy of a request, as http.ProxyFromEnvironment does; nil means none.
	// The operator vouches for the proxy's own address. Behind a proxy the client refuses
	// literal addresses that are not public and names without a dot, but what a name resolves
	// to is the proxy's affair: only a proxy that refuses private addresses itself keeps the
	// promise of this package.
	Proxy func(*http.Request) (*url.URL, error)

	once   sync.Once
	wires  [4]*http.Transport
	gate   *gate
	robots *robots
	spares sync.Pool // of *spare
	// dial replaces the network in tests.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func (c *Client) setup() {
	c.once.Do(func() {
		for i := range c.wires {
			c.wires[i] = c.wire(i&wireHTTP1 != 0, i&wireProxied != 0)
		}
		c.gate = newGate(cmp.Or(c.Parallel, DefaultParallel))
		c.robots = &robots{answers: map[string]*robotsAnswer{}}
	})
}

// CloseIdle closes the connections that are kept for a next request.
func (c *Client) CloseIdle() {
	c.setup()
	for _, w := range c.wires {
		w.CloseIdleConnections()
	}
	if t, ok := c.Transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Get asks for r.URL and follows redirects. The capture's URL is r.URL, FinalURL the
// one that answered, and Redirects the URLs that redirects led to, in order, the last
// being FinalURL. Status is 200, 203, or 304 with no body where r has validators.
// Anything else is an error, and every error is a *kaisei.Fault.
func (c *Client) Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error) {
	c.setup()
	u, fault := parseURL(r.URL)
	if fault != nil {
		return kaisei.Capture{}, fault
	}
	v := &visit{client: c, request: r, first: u}
	for {
		capture, next, err := v.hop(ctx, u)
		if err != nil {
			return kaisei.Capture{}, err
		}
		if next == nil {
			capture.URL = r.URL
			capture.FinalURL = u.String()
			capture.Redirects, capture.Hops = v.redirects, v.hops
			capture.Request, capture.Form = v.sent, v.request.Policy.Post && len(v.redirects) == 0
			return capture, nil
		}
		u = next
	}
}

// visit is one Get.
type visit struct {
	client    *Client
	request   kaisei.Request
	first     *url.URL
	redirects []string
	// hops are the statuses that led on, sent the headers of the last request.
	hops []int
	sent map[string]string
	// jar holds the cookies set on the way: some sites set one and redirect to the same URL.
	// They live for one Get.
	jar http.CookieJar
}

// hop makes one request of a visit, in its turn. It returns the capture, or the URL
// that a redirect leads to.
func (v *visit) hop(ctx context.Context, u *url.URL) (kaisei.Capture, *url.URL, error) {
	c := v.client
	if c.Transport == nil {
		turn, err := c.gate.enter(ctx, c.gateKey(u))
		if err != nil {
			return kaisei.Capture{}, nil, stopped(err, "waiting for a turn at "+u.Host)
		}
		defer turn.leave()
		gap := c.gap(u, v.request.Policy)
		if c.Robots {
			delay, fault := c.robots.check(ctx, c, turn, u, v.request.Policy, gap)
			if fault != nil {
				return kaisei.Capture{}, nil, fault
			}
			gap = max(gap, delay)
		}
		if err := turn.wait(ctx, gap); err != nil {
			return kaisei.Capture{}, nil, unasked(err, u.Host, "waiting for the gap between two requests to "+u.Host)
		}
	}
	timeout := c.Timeout
	if v.request.Policy.Timeout > 0 {
		timeout = v.request.Policy.Timeout
	}
	req := v.newRequest(u)
	v.sent = sentHeaders(req.Header)
	a, err := c.exchange(ctx, req, exchangeLimits{
		policy: v.request.Policy, timeout: cmp.Or(timeout, DefaultTimeout), bytes: cmp.Or(c.MaxBytes, DefaultMaxBytes),
	})
	if err != nil {
		return kaisei.Capture{}, nil, err
	}
	if a.location != "" {
		if len(a.cookies) > 0 && v.jar == nil {
			v.jar, _ = cookiejar.New(nil) // which returns no error
		}
		if v.jar != nil {
			v.jar.SetCookies(u, a.cookies)
		}
		next, fault := v.redirect(u, a)
		if fault != nil {
			return kaisei.Capture{}, nil, fault
		}
		v.hops = append(v.hops, a.status)
		return kaisei.Capture{}, next, nil
	}
	if fault := a.fault(u, v.conditional(u)); fault != nil {
		c.heed(u, fault)
		return kaisei.Capture{}, nil, fault
	}
	return c.capture(a), nil, nil
}

func (v *visit) newRequest(u *url.URL) *http.Request {
	r := &http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: v.client.header(v.request.Policy),
	}
	if v.request.Policy.Post && len(v.redirects) == 0 {
		asForm(r)
	}
	if v.jar != nil {
		for _, k := range v.jar.Cookies(u) {
			r.AddCookie(k)
		}
	}
	// Validators belong to the answer of an earlier visit, which may have come from elsewhere.
	// An entity tag is as good as unique on a host; a date is not, and another file that is
	// merely older would answer 304 and hide a change.
	if v.request.ETag != "" && u.Host == v.first.Host {
		r.Header.Set("If-None-Match", entityTags(v.request.ETag))
	}
	if v.request.LastModified != "" && len(v.redirects) == 0 {
		r.Header.Set("If-Modified-Since", v.request.LastModified)
	}
	return r
}

// sentHeaders are the headers of a request as evidence. Cookies are left out: a site may have put anything in them.
func sentHeaders(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		if name != "Cookie" && name != "Authorization" && name != "Proxy-Authorization" {
			out[name] = strings.Join(values, ", ")
		}
	}
	return out
}

// asForm sends the query of a request as a form. The address keeps its query everywhere else, so that what
// was asked can be told apart.
func asForm(r *http.Request) {
	form := r.URL.RawQuery
	u := *r.URL
	u.RawQuery = ""
	r.Method, r.URL, r.ContentLength = http.MethodPost, &u, int64(len(form))
	r.Header.Set("Content-Type", formType)
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(form)), nil }
	r.Body, _ = r.GetBody() // which returns no error
}

// formType is the media type of a form.
const formType = "application/x-www-form-urlencoded"

// conditional reports whether the request for u carried validators.
func (v *visit) conditional(u *url.URL) bool {
	return v.request.ETag != "" && u.Host == v.first.Host || v.request.LastModified != "" && len(v.redirects) == 0
}

// entityTags adds the tag of the uncompressed representation where Apache's deflate
// filter marked the tag with a suffix: most of its versions do not recognise their
// own mark and would never answer 304.
func entityTags(tag string) string {
	for _, suffix := range []string{`-gzip"`, `;gzip"`} {
		if plain, ok := strings.CutSuffix(tag, suffix); ok {
			return tag + ", " + plain + `"`
		}
	}
	return tag
}

func (c *Client) header(p kaisei.FetchPolicy) http.Header {
	agent := c.UserAgent
	if agent == "" {
		agent = Product
	}
	if c.Contact != "" {
		agent += " (+" + c.Contact + ")"
	}
	if p.BrowserLike {
		agent = browserPrefix + agent
	}
	return http.Header{
		"User-Agent": {strings.Map(headerRune, agent)},
		"Accept":     {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		// Pages that negotiate are to answer in the language that has effect.
		"Accept-Language": {"ja,en;q=0.5"},
		"Accept-Encoding": {"gzip"},
	}
}

// headerRune keeps what may stand in a header, whatever an operator wrote as contact.
func headerRune(r rune) rune {
	if r < ' ' || r >= 0x7F {
		return -1
	}
	return r
}

// evidence lists the headers that a snapshot keeps.
var evidence = [...]string{
	"Age", "Cache-Control", "Content-Disposition", "Content-Language", "Content-Location", "Content-Type",
	"Date", "Etag", "Expires", "Last-Modified", "Link", "Server", "Vary",
}

func (c *Client) capture(a *answer) kaisei.Capture {
	s := kaisei.Snapshot{Status: a.status, Size: len(a.body), At: c.now().UTC(), Header: map[string]string{}}
	for _, name := range evidence {
		if v := strings.Join(a.header.Values(name), ", "); v != "" && len(v) <= MaxHeaderValue {
			s.Header[name] = v
		}
	}
	s.MediaType = mediaType(a.header.Get("Content-Type"))
	if a.status == http.StatusNotModified {
		return kaisei.Capture{Snapshot: s}
	}
	s.Hash = kaisei.Hash(a.body)
	return kaisei.Capture{Snapshot: s, Body: a.body}
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	if a, ok := c.Transport.(*Archive); ok {
		return a.Now()
	}
	return time.Now()
}

// mediaType returns the type of a Content-Type header without its parameters, which
// servers often write wrongly.
func mediaType(contentType string) string {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		return t
	}
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
