package fetch

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// WARCWriter writes WARC 1.1 (ISO 28500:2017): request, response and revisit records for what was seen, and metadata for
// what was asked in vain. IDs follow from what a record is about, so that the same export has the same bytes. It
// holds one body at a time.
type WARCWriter struct {
	// W takes the records; Gzip compresses each by itself, so that readers can begin at any.
	W    io.Writer
	Gzip bool
	// Records counts what was written.
	Records int

	z *gzip.Writer
}

// Exchange is one answer to one request, as evidence tells it.
type Exchange struct {
	// Snapshot is what is known of the answer; where Header is nil the response headers are reconstructed, and where
	// Request is nil those of the request.
	kaisei.Snapshot
	Body []byte
	// NoBody is true where the body was not kept, as of answers that were no document.
	NoBody bool
}

// Revisit says that an address answered again what it had answered before.
type Revisit struct {
	URL string
	At  time.Time
	// Of is the answer that is repeated. NotModified is true where the server said so with 304, else the bytes were the same.
	Of          kaisei.Snapshot
	NotModified bool
}

// The identities of what is written.
const (
	warcVersion     = "WARC/1.1"
	profileSame     = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	profileNotMod   = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
	reconstructed   = "X-Kaisei-Reconstructed"
	httpRequestType = "application/http;msgtype=request"
	httpAnswerType  = "application/http;msgtype=response"
	fieldsType      = "application/warc-fields"
)

// field is a line of a header.
type warcField struct{ name, value string }

// Info writes the warcinfo record that a file begins with.
func (w *WARCWriter) Info(software string, at time.Time) error {
	block := fieldLines([]warcField{
		{"software", software},
		{"format", "WARC File Format 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"robots", "obey"},
		{"description", "What kaisei saw. Bodies are as the reader got them, after content and transfer decoding, which is how they are kept and hashed; " +
			"Content-Encoding and Transfer-Encoding are therefore left out of the response headers and Content-Length is that of the record. Of the response headers those are kept that " +
			"matter as evidence, of the request all but cookies. What was not kept is reconstructed, and the record names it in " + reconstructed + "."},
	})
	return w.record("warcinfo", at, []warcField{{"Content-Type", fieldsType}}, recordID("warcinfo", software, at, ""), block)
}

// Exchange writes the redirects that led to an answer, the request and the answer.
func (w *WARCWriter) Exchange(x Exchange) error {
	from := x.URL
	for i, to := range x.Redirects {
		status, marks := http.StatusFound, []warcField{{reconstructed, "status, response-headers"}}
		if i < len(x.Hops) {
			status, marks = x.Hops[i], []warcField{{reconstructed, "response-headers"}}
		}
		block := []byte(fmt.Sprintf("HTTP/1.1 %d %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", status, http.StatusText(status), headerValue(to)))
		if err := w.answer(from, x.At, block, nil, marks); err != nil {
			return err
		}
		from = to
	}
	url := answeredURL(x.Snapshot)
	var lacks []string
	head := []warcField{}
	switch {
	case x.Header != nil:
		for _, name := range slices.Sorted(maps.Keys(x.Header)) {
			if !leftOut[http.CanonicalHeaderKey(name)] {
				head = append(head, warcField{name, x.Header[name]})
			}
		}
	case x.Status == http.StatusOK && !x.NoBody:
		lacks = append(lacks, "response-headers")
		head = append(head, warcField{"Content-Type", sniffed(x.Body)})
	default:
		lacks = append(lacks, "response-headers")
	}
	if x.NoBody {
		lacks = append(lacks, "body")
	}
	head = append(head, warcField{"Content-Length", strconv.Itoa(len(x.Body))})
	block := append([]byte(fmt.Sprintf("HTTP/1.1 %d %s\r\n", x.Status, http.StatusText(x.Status))), fieldLines(head)...)
	block = append(append(block, "\r\n"...), x.Body...)
	var marks []warcField
	if len(lacks) > 0 {
		marks = []warcField{{reconstructed, strings.Join(lacks, ", ")}}
	}
	if err := w.answer(url, x.At, block, x.Body, marks); err != nil {
		return err
	}
	return w.request(url, x.Snapshot)
}

// leftOut are headers that speak of how the bytes were sent and not of the bytes that were kept.
var leftOut = map[string]bool{"Content-Encoding": true, "Transfer-Encoding": true, "Content-Length": true}

// answer writes a response record.
func (w *WARCWriter) answer(url string, at time.Time, block, payload []byte, marks []warcField) error {
	fields := append([]warcField{
		{"WARC-Target-URI", url}, {"Content-Type", httpAnswerType}, {"WARC-Payload-Digest", digestOf(payload)},
	}, marks...)
	return w.record("response", at, fields, recordID("response", url, at, ""), block)
}

// request writes the request of an answer.
func (w *WARCWriter) request(target string, s kaisei.Snapshot) error {
	u, err := url.Parse(target)
	if err != nil {
		return nil // an address that nobody could have asked for
	}
	fields := []warcField{
		{"WARC-Target-URI", target}, {"WARC-Concurrent-To", recordID("response", target, s.At, "")}, {"Content-Type", httpRequestType},
	}
	method, path, body := http.MethodGet, u.RequestURI(), ""
	if s.Form {
		method, path, body = http.MethodPost, u.EscapedPath(), u.RawQuery
	}
	head := []warcField{{"Host", u.Host}}
	if s.Request == nil {
		fields = append(fields, warcField{reconstructed, "request-headers"})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Request)) {
		head = append(head, warcField{name, s.Request[name]})
	}
	if s.Form {
		head = append(head, warcField{"Content-Length", strconv.Itoa(len(body))})
	}
	block := append([]byte(method+" "+path+" HTTP/1.1\r\n"), fieldLines(head)...)
	return w.record("request", s.At, fields, recordID("request", target, s.At, ""), append(append(block, "\r\n"...), body...))
}

// Revisit writes that an address answered again what it had answered.
func (w *WARCWriter) Revisit(r Revisit) error {
	of := answeredURL(r.Of)
	url := r.URL
	if url == r.Of.URL {
		url = of
	}
	profile, status := profileSame, http.StatusOK
	if r.NotModified {
		profile, status = profileNotMod, http.StatusNotModified
	}
	head := []warcField{{"Date", r.At.UTC().Format(http.TimeFormat)}}
	for _, name := range []string{"Content-Type", "Etag", "Last-Modified"} {
		if v := r.Of.Header[name]; v != "" && (!r.NotModified || name != "Content-Type") {
			head = append(head, warcField{name, v})
		}
	}
	fields := []warcField{
		{"WARC-Target-URI", url}, {"WARC-Profile", profile}, {"WARC-Refers-To", recordID("response", of, r.Of.At, "")},
		{"WARC-Refers-To-Target-URI", of}, {"WARC-Refers-To-Date", warcTime(r.Of.At)}, {"Content-Type", httpAnswerType},
	}
	if !r.NotModified {
		fields = append(fields, warcField{"WARC-Payload-Digest", digestOfHash(r.Of.Hash)})
	}
	fields = append(fields, warcField{reconstructed, "response-headers"})
	block := append([]byte(fmt.Sprintf("HTTP/1.1 %d %s\r\n", status, http.StatusText(status))), fieldLines(head)...)
	return w.record("revisit", r.At, fields, recordID("revisit", url, r.At, ""), append(block, "\r\n"...))
}

// Note writes what is known of a look that left no answer: a metadata record with the given facts.
func (w *WARCWriter) Note(url string, at time.Time, facts [][2]string) error {
	var lines []warcField
	for _, f := range facts {
		if f[1] != "" {
			lines = append(lines, warcField{f[0], f[1]})
		}
	}
	return w.record("metadata", at, []warcField{{"WARC-Target-URI", url}, {"Content-Type", fieldsType}}, recordID("metadata", url, at, fmt.Sprint(facts)), fieldLines(lines))
}

// record writes one record.
func (w *WARCWriter) record(kind string, at time.Time, fields []warcField, id string, block []byte) error {
	head := []warcField{{"WARC-Type", kind}, {"WARC-Record-ID", id}, {"WARC-Date", warcTime(at)}}
	head = append(head, fields...)
	head = append(head, warcField{"WARC-Block-Digest", digestOf(block)}, warcField{"Content-Length", strconv.Itoa(len(block))})
	out := w.W
	if w.Gzip {
		if w.z == nil {
			w.z = gzip.NewWriter(w.W)
		} else {
			w.z.Reset(w.W)
		}
		out = w.z
	}
	for _, part := range [][]byte{[]byte(warcVersion + "\r\n"), fieldLines(head), []byte("\r\n"), block, []byte("\r\n\r\n")} {
		if _, err := out.Write(part); err != nil {
			return fmt.Errorf("write a %s record: %w", kind, err)
		}
	}
	if w.Gzip {
		if err := w.z.Close(); err != nil {
			return fmt.Errorf("write a %s record: %w", kind, err)
		}
	}
	w.Records++
	return nil
}

// fieldLines writes header lines.
func fieldLines(fields []warcField) []byte {
	var b bytes.Buffer
	for _, f := range fields {
		b.WriteString(f.name + ": " + headerValue(f.value) + "\r\n")
	}
	return b.Bytes()
}

// headerValue keeps a value on its line.
func headerValue(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?")))
}

// answeredURL is the address at which a snapshot's bytes were.
func answeredURL(s kaisei.Snapshot) string {
	if s.FinalURL != "" {
		return s.FinalURL
	}
	return s.URL
}

// warcTime writes a WARC-Date to the nanosecond.
func warcTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// recordID is the identity of a record: a UUID of version 8 made of what it is about.
func recordID(kind, url string, at time.Time, more string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + url + "\x00" + warcTime(at) + "\x00" + more))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0F|0x80, b[8]&0x3F|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
}

// digestOfHash is the digest of the bytes that have a hash.
func digestOfHash(hash string) string {
	b, err := hex.DecodeString(hash)
	if err != nil {
		return ""
	}
	return "sha256:" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// sniffed is the media type of bytes whose headers were not kept, without a guess at their encoding.
func sniffed(b []byte) string {
	t, _, _ := strings.Cut(http.DetectContentType(b), ";")
	return t
}
