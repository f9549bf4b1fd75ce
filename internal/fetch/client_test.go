package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kaisei/internal/kaisei"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// newClient returns a client that may reach test servers and nothing else of the
// machine.
func newClient(t testing.TB) *Client {
	t.Helper()
	c := &Client{UserAgent: "kaisei/1.2", Contact: "https://example.com/about", Allow: loopback}
	t.Cleanup(c.CloseIdle)
	return c
}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet()
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func TestGetReturnsTheBytesAndTheHeadersThatMatter(t *testing.T) {
	var got http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		h := w.Header()
		h.Set("Content-Type", "Text/HTML; charset=Shift_JIS")
		h.Set("ETag", `"1"`)
		h.Set("Last-Modified", "Tue, 31 Mar 2026 15:00:00 GMT")
		h.Set("Set-Cookie", "a=b")
		h.Set("Content-Disposition", strings.Repeat("x", MaxHeaderValue+1))
		fmt.Fprint(w, "<p>\x89\xFC\x90\xB3</p>")
	})
	c := newClient(t)
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.FixedZone("JST", 9*3600))
	c.Now = func() time.Time { return at }
	r, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/改.html?a=1#part"})
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Body) != "<p>\x89\xFC\x90\xB3</p>" || r.Hash != kaisei.Hash(r.Body) || r.Size != len(r.Body) {
		t.Errorf("body %q, hash %s, size %d", r.Body, r.Hash, r.Size)
	}
	if r.URL != s.URL+"/改.html?a=1#part" || r.FinalURL != s.URL+"/%E6%94%B9.html?a=1" || r.Redirects != nil {
		t.Errorf("URL %q, final %q, redirects %q", r.URL, r.FinalURL, r.Redirects)
	}
	if r.Status != 200 || r.MediaType != "text/html" || r.ETag() != `"1"` || r.LastModified() == "" || r.At != at.UTC() {
		t.Errorf("%+v", r.Snapshot)
	}
	if r.Header["Content-Type"] != "Text/HTML; charset=Shift_JIS" || r.Header["Date"] == "" || r.Header["Set-Cookie"] != "" || r.Header["Content-Disposition"] != "" {
		t.Errorf("headers kept: %v", r.Header)
	}
	if got.Get("User-Agent") != "kaisei/1.2 (+https://example.com/about)" || got.Get("Accept-Encoding") != "gzip" || !strings.HasPrefix(got.Get("Accept-Language"), "ja") {
		t.Errorf("headers sent: %v", got)
	}
	if got.Get("If-None-Match") != "" || got.Get("If-Modified-Since") != "" {
		t.Errorf("the first request is conditional: %v", got)
	}
	if _, err := c.Get(t.Context(), kaisei.Request{URL: s.URL, Policy: kaisei.FetchPolicy{BrowserLike: true}}); err != nil {
		t.Fatal(err)
	}
	if a := got.Get("User-Agent"); !strings.HasPrefix(a, "Mozilla/5.0 ") || !strings.HasSuffix(a, " kaisei/1.2 (+https://example.com/about)") {
		t.Errorf("browser-like user agent %q", a)
	}
}

func TestZeroClientNamesItselfAndReachesNothingPrivate(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Error("reached") })
	var c Client
	defer c.CloseIdle()
	_, err := c.Get(t.Context(), kaisei.Request{URL: s.URL})
	wantCause(t, err, kaisei.CauseForbidden)
	if a := c.header(kaisei.FetchPolicy{}).Get("User-Agent"); a != Product {
		t.Errorf("user agent %q", a)
	}
	c2 := Client{UserAgent: "kaisei/1\r\nX: y", Contact: "改正"}
	if a := c2.header(kaisei.FetchPolicy{}).Get("User-Agent"); a != "kaisei/1X: y (+)" {
		t.Errorf("user agent %q", a)
	}
}

func TestGetAsksConditionallyAndReturns304WithoutBody(t *testing.T) {
	const tag, when = `"5-abc-gzip"`, "Tue, 31 Mar 2026 15:00:00 GMT"
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag+`, "5-abc"` || r.Header.Get("If-Modified-Since") == when || r.URL.Path == "/always" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "text")
	})
	c := newClient(t)
	for _, r := range []kaisei.Request{{ETag: tag}, {LastModified: when}} {
		r.URL = s.URL
		got, err := c.Get(t.Context(), r)
		if err != nil || got.Status != 304 || got.Body != nil || got.Hash != "" || got.ETag() != tag {
			t.Errorf("%+v: %+v, %v", r, got, err)
		}
	}
	if got, err := c.Get(t.Context(), kaisei.Request{URL: s.URL, ETag: `"other"`}); err != nil || got.Status != 200 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/always"})
	wantCause(t, err, kaisei.CauseEmpty)
}

func TestGetNamesTheCauseOfEveryStatus(t *testing.T) {
	later := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		for k := range q {
			if k != "status" && k != "body" {
				w.Header().Set(k, q.Get(k))
			}
		}
		var n int
		fmt.Sscan(q.Get("status"), &n)
		w.WriteHeader(n)
		fmt.Fprint(w, q.Get("body"))
	})
	for _, c := range []struct {
		query string
		cause kaisei.Cause
		retry int
		say   string
	}{
		{"status=200", kaisei.CauseEmpty, 0, "without a body"},
		{"status=202", kaisei.CauseBotWall, 0, "202"},
		{"status=202&X-Amzn-Waf-Action=challenge", kaisei.CauseBotWall, 0, "challenge"},
		{"status=202&body=wait", kaisei.CauseBotWall, 0, "202"},
		{"status=200&body=solve&Cf-Mitigated=challenge", kaisei.CauseBotWall, 0, "challenge"},
		{"status=204", kaisei.CauseEmpty, 0, ""},
		{"status=206&body=x", kaisei.CauseTruncated, 0, ""},
		{"status=300&body=x", kaisei.CauseRedirect, 0, ""},
		{"status=302", kaisei.CauseRedirect, 0, "where"},
		{"status=400", kaisei.CauseClient, 0, ""},
		{"status=401", kaisei.CauseClient, 0, "password"},
		{"status=403&body=%3Chtml%3E", kaisei.CauseBotWall, 0, "firewall"},
		{"status=404", kaisei.CauseNotFound, 0, "not there"},
		{"status=404&Content-Type=application/json&body=%7B%22code%22:%22404001%22%7D", kaisei.CauseNotFound, 0, `It said: {"code":"404001"}`},
		{"status=410", kaisei.CauseNotFound, 0, ""},
		{"status=418", kaisei.CauseClient, 0, ""},
		{"status=429&Retry-After=120", kaisei.CauseTooMany, 120, "fewer requests"},
		{"status=429&Retry-After=99999999999999999999", kaisei.CauseTooMany, int(MaxRetryAfter / time.Second), ""},
		{"status=429&Retry-After=-1", kaisei.CauseTooMany, 0, ""},
		{"status=429&Retry-After=Mon,+01+Jan+2001+00:00:00+GMT", kaisei.CauseTooMany, 0, ""},
		{"status=500", kaisei.CauseServer, 0, ""},
		{"status=503&Retry-After=" + strings.ReplaceAll(later, " ", "+"), kaisei.CauseServer, 90, "trouble"},
		{"status=999", kaisei.CauseServer, 0, ""},
	} {
		_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/?" + c.query})
		f := wantCause(t, err, c.cause)
		var status int
		fmt.Sscanf(c.query, "status=%d", &status)
		if f.Status != status || f.RetryAfterSeconds > c.retry || f.RetryAfterSeconds < c.retry-2 || !strings.Contains(f.Detail, c.say) {
			t.Errorf("%s: status %d, retry after %d: %v", c.query, f.Status, f.RetryAfterSeconds, f)
		}
	}
}

func TestGetNamesTheCauseOfEveryFailureToConnect(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := free.Addr().String()
	free.Close()
	plain := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "text") })
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "text") }))
	secure.Config.ErrorLog = quiet()
	secure.StartTLS()
	defer secure.Close()
	raw := rawServer(t, "SSH-2.0-OpenSSH_9.2\r\n")
	silent := rawServer(t, "")
	for url, cause := range map[string]kaisei.Cause{
		"http://" + closed:                kaisei.CauseRefused,
		secure.URL:                        kaisei.CauseTLS,
		"https" + plain.URL[len("http"):]: kaisei.CauseTLS,
		"http://" + raw:                   kaisei.CauseNetwork,
		"http://" + silent:                kaisei.CauseNetwork,
		"ftp://127.0.0.1/":                kaisei.CauseForbidden,
		"file:///etc/passwd":              kaisei.CauseForbidden,
		"http:///path":                    kaisei.CauseForbidden,
		"http://a b/":                     kaisei.CauseForbidden,
		"":                                kaisei.CauseForbidden,
	} {
		_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: url})
		wantCause(t, err, cause)
	}
	c := newClient(t)
	c.Resolver = resolver(t, func(string, int) []string { return nil })
	_, err = c.Get(t.Context(), kaisei.Request{URL: "http://absent.example.go.jp/"})
	wantCause(t, err, kaisei.CauseDNS)
}

func TestGetVerifiesCertificatesWhateverTheSettings(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	c := newClient(t)
	c.TLS = &tls.Config{InsecureSkipVerify: true}
	_, err := c.Get(t.Context(), kaisei.Request{URL: s.URL})
	wantCause(t, err, kaisei.CauseTLS)

	c = newClient(t)
	c.TLS = s.Client().Transport.(*http.Transport).TLSClientConfig
	for http1, want := range map[bool]string{false: "HTTP/2.0", true: "HTTP/1.1"} {
		got, err := c.Get(t.Context(), kaisei.Request{URL: s.URL, Policy: kaisei.FetchPolicy{HTTP1: http1}})
		if err != nil || string(got.Body) != want {
			t.Errorf("HTTP1 %v: %q, %v", http1, got.Body, err)
		}
	}
	c.TLS = nil
	c2 := newClient(t)
	c2.TLS = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "www.meti.go.jp"}
	_, err = c2.Get(t.Context(), kaisei.Request{URL: s.URL}) // a good certificate of another name
	wantCause(t, err, kaisei.CauseTLS)
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			w.Header().Set("Location", "https://user:hunter2@www.example.go.jp/?key=hunter2")
			w.WriteHeader(302)
		case "/broken":
			w.Header().Set("Location", "http://[hunter2")
			w.WriteHeader(302)
		case "/loop":
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		default:
			w.WriteHeader(403)
		}
	})
	c := newClient(t)
	proxied := newClient(t)
	t.Setenv("HTTP_PROXY", "http://user:hunter2@[broken")
	proxied.Proxy = http.ProxyFromEnvironment
	for _, get := range []struct {
		c   *Client
		url string
	}{
		{c, s.URL + "/?key=hunter2"}, {c, s.URL + "/redirect?key=hunter2"}, {c, s.URL + "/broken?key=hunter2"}, {c, s.URL + "/loop?key=hunter2"},
		{c, "http://user:hunter2@www.example.go.jp/"}, {c, "http://[hunter2"}, {c, "http://127.0.0.1:1/?key=hunter2"}, {c, "https://127.0.0.2/?key=hunter2"},
		{proxied, "http://www.example.go.jp/?key=hunter2"},
	} {
		_, err := get.c.Get(t.Context(), kaisei.Request{URL: get.url})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", get.url, err)
		}
		if _, ok := err.(*kaisei.Fault); !ok {
			t.Errorf("%s: %T is no fault", get.url, err)
		}
	}
}

func TestGetStopsWithItsContext(t *testing.T) {
	hold := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.Header().Set("Content-Length", "10")
			w.(http.Flusher).Flush()
		}
		<-hold
	})
	defer close(hold)
	for _, path := range []string{"/", "/body"} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.AfterFunc(20*time.Millisecond, cancel)
		}()
		_, err := newClient(t).Get(ctx, kaisei.Request{URL: s.URL + path})
		if f := wantCause(t, err, kaisei.CauseNetwork); f.Err != context.Canceled {
			t.Errorf("%v", f)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := newClient(t).Get(ctx, kaisei.Request{URL: s.URL})
	wantCause(t, err, kaisei.CauseTimeout)
	_, err = newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL, Policy: kaisei.FetchPolicy{Timeout: 20 * time.Millisecond}})
	wantCause(t, err, kaisei.CauseTimeout)
}

// rawServer answers every connection with say and closes it.
func rawServer(t testing.TB, say string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 4096)
			_, _ = conn.Read(buf)
			_, _ = io.WriteString(conn, say)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}
