package simulate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// answer is what the site says to one request, before it is known how it travels.
type answer struct {
	status int
	header http.Header
	body   []byte
	// hang gives no answer; drip sends a byte at a time; cut breaks the connection at the end
	// of the body, chunked without an announced length, else before it is reached; endless goes on.
	hang, drip, cut, chunked, endless bool
}

// announced is the length that a cut body pretends to have.
func (a answer) announced() int { return 2*len(a.body) + 1 }

// retryAfter is how many seconds a busy server asks to be left alone.
const retryAfter = "120"

// slowly is the pause between two bytes of a slow body.
const slowly = 200 * time.Millisecond

// answer answers one request to a host. The caller holds the site.
func (s *Site) answer(at int, req *http.Request) answer {
	s.ticks++
	h := s.hosts[at]
	h.counts.Requests++
	path := req.URL.EscapedPath()
	switch path {
	case "/robots.txt":
		if at%2 == 1 {
			return html(http.StatusNotFound, "not found")
		}
		a := html(http.StatusOK, "User-agent: *\nDisallow: /admin/\nDisallow: /search\n")
		a.header.Set("Content-Type", "text/plain")
		return a
	case "/", "/index.html":
		return html(http.StatusOK, s.home(at))
	case "/sorry/loop":
		return redirect(req.URL.Query().Get("to"))
	}
	res := s.at[fmt.Sprintf("%d%s", at, path)]
	if res == nil {
		return html(http.StatusNotFound, s.around(&resource{host: at}, "404 Not Found", "ページがありません。", 0))
	}
	res.hits++
	if f := res.failing(); f != "" {
		return s.fail(res, f, req)
	}
	a := s.content(res, req)
	if a.status == http.StatusNotModified {
		h.counts.NotModified++
	}
	return a
}

func html(status int, body string) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, body: []byte(body)}
}

func redirect(to string) answer {
	a := html(http.StatusFound, "")
	a.header.Set("Location", to)
	return a
}

// failing returns the fault of the resource at this request.
func (r *resource) failing() Fault {
	if r.every > 1 && r.hits%r.every != 0 {
		return ""
	}
	return r.fault
}

// content is the answer of a healthy resource.
func (s *Site) content(res *resource, req *http.Request) answer {
	a := answer{status: http.StatusOK, header: http.Header{}}
	switch {
	case res.feed != nil:
		return s.xml(res)
	case res.index != nil:
		return s.list(res)
	case res.document != nil:
		a.body = printed(res.title, res.content(s), res.document.saved)
		a.header.Set("Content-Type", "application/pdf")
		a.header.Set("Last-Modified", s.now().Format(http.TimeFormat))
		return a
	}
	p := res.page
	a.body = s.html(res)
	header, _ := p.charsets()
	a.header.Set("Content-Type", "text/html")
	if header != "" {
		a.header.Set("Content-Type", "text/html; charset="+header)
	}
	s.validate(&a, res, req)
	return a
}

// validate gives the answer its validators, and makes it a 304 where the request has them.
func (s *Site) validate(a *answer, res *resource, req *http.Request) {
	p := res.page
	packed := p.gzip && strings.Contains(req.Header.Get("Accept-Encoding"), "gzip")
	tag, date := "", time.Time{}
	if p.etag {
		tag = fmt.Sprintf("%x-%08x", len(a.body), hash(string(a.body)))
	}
	if p.dated {
		date = p.touched
		if p.noise != 0 { // made anew for each request
			date = s.now()
		}
	}
	if tag != "" {
		shown := `"` + tag + `"`
		if packed { // as Apache's deflate filter marks it
			shown = `"` + tag + `-gzip"`
		}
		a.header.Set("ETag", shown)
	}
	if !date.IsZero() {
		a.header.Set("Last-Modified", date.Format(http.TimeFormat))
	}
	match, since := req.Header.Get("If-None-Match"), req.Header.Get("If-Modified-Since")
	same := false
	switch {
	case match != "" && tag != "":
		same = strings.Contains(match, `"`+tag+`"`)
	case match == "" && since != "" && !date.IsZero():
		at, err := http.ParseTime(since)
		same = err == nil && !date.Truncate(time.Second).After(at)
	}
	if same {
		a.status, a.body = http.StatusNotModified, nil
		a.header.Del("Content-Type")
		return
	}
	if packed {
		a.pack()
	}
}

// pack compresses the body.
func (a *answer) pack() {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		panic("compress: " + err.Error()) // the level is one of the package's own
	}
	z.Write(a.body)
	z.Close()
	a.body = b.Bytes()
	a.header.Set("Content-Encoding", "gzip")
	a.header.Add("Vary", "Accept-Encoding")
}

// fail is the answer of a resource that fails. Faults of a whole server do not come here.
func (s *Site) fail(res *resource, f Fault, req *http.Request) answer {
	a := html(http.StatusOK, "")
	switch f {
	case FaultTimeout:
		return answer{hang: true}
	case FaultSlowBody:
		a = html(http.StatusOK, s.standIn(res, FaultMaintenance))
		a.drip = true
	case FaultLoop:
		return redirect("/sorry/loop?to=" + res.path)
	case FaultHome:
		return redirect("/")
	case FaultGone:
		return html(http.StatusNotFound, s.standIn(res, FaultSoft404))
	case FaultForbidden:
		return html(http.StatusForbidden, s.standIn(res, f))
	case FaultAccepted:
		return html(http.StatusAccepted, "")
	case FaultMaintenance503:
		a = html(http.StatusServiceUnavailable, s.standIn(res, f))
	case FaultServer:
		return html(http.StatusInternalServerError, s.standIn(res, f))
	case FaultTooMany, FaultTooManyWait:
		a = html(http.StatusTooManyRequests, s.standIn(res, FaultBlocked))
		if f == FaultTooManyWait {
			a.header.Set("Retry-After", retryAfter)
		}
	case FaultCut, FaultCutChunked:
		a = s.content(res, unconditional(req))
		a.body = a.body[:len(a.body)/2]
		a.cut, a.chunked = true, f == FaultCutChunked
	case FaultCutGzip:
		a = s.content(res, unconditional(req))
		if a.header.Get("Content-Encoding") == "" {
			a.pack()
		}
		a.body = a.body[:len(a.body)*2/3]
	case FaultEmpty:
	case FaultHollow:
		a = s.hollow(res)
	case FaultGarbled:
		a.body = garbled(s.rand(streamKind, res.n, 7))
		a.header.Set("Content-Type", "text/html")
	case FaultTooLarge:
		a.body = []byte(strings.Repeat("<p>"+strings.Repeat("記録 ", 300)+"</p>\n", 64))
		a.endless = true
	default:
		a = html(http.StatusOK, s.standIn(res, f))
	}
	return a
}

func unconditional(req *http.Request) *http.Request {
	out := req.Clone(req.Context())
	out.Header.Del("If-None-Match")
	out.Header.Del("If-Modified-Since")
	return out
}

// hollow is the page with nothing in its main element, as where the database behind it is away.
func (s *Site) hollow(res *resource) answer {
	switch {
	case res.feed != nil:
		return hollowXML(res.title)
	case res.index != nil:
		return s.hollowList(res)
	}
	w := &writer{r: s.rand(streamNoise, res.n, res.hits), p: res.page, site: s, res: res, turn: res.hits}
	w.head(res.title)
	w.top()
	w.open()
	w.shut()
	a := html(http.StatusOK, "")
	a.body = res.page.encode(w.String())
	if header, _ := res.page.charsets(); header != "" {
		a.header.Set("Content-Type", "text/html; charset="+header)
	}
	return a
}

// garbled is what a broken encoder or a wrong file leaves: bytes that are text in no encoding.
func garbled(r *rand.Rand) []byte {
	out := make([]byte, 30_000)
	for i := range out {
		out[i] = byte(r.IntN(256))
	}
	return append([]byte("<html><head><title>\x81\xff"), out...)
}
