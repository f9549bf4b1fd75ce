package fetch

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"sort"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// RoundTrip implements http.RoundTripper. Like a server it answers 304 to validators
// that match the recorded ones; like http.Transport it undoes chunking, and gzip
// where the request did not ask for it.
func (a *Archive) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	req, err := formAsQuery(req)
	if err != nil {
		return nil, err
	}
	c, err := a.find(req)
	if err != nil {
		return nil, err
	}
	if notModified(req.Header, c) {
		h := http.Header{"Date": {c.At.Format(http.TimeFormat)}}
		c.validators(h)
		return response(req, http.StatusNotModified, h, nil, 0), nil
	}
	from := c
	if c.revisit {
		from = c.repeats
	}
	block, err := a.block(from)
	if err != nil {
		return nil, err
	}
	if !from.http {
		h := http.Header{"Content-Type": {from.MediaType}, "Date": {c.At.Format(http.TimeFormat)}}
		return response(req, http.StatusOK, h, bytes.NewReader(block), int64(len(block))), nil
	}
	resp, err := message(req, from, block)
	if err == nil && c.revisit { // the headers of the repetition hold
		resp.Header.Set("Date", c.At.Format(http.TimeFormat))
		c.validators(resp.Header)
	}
	return resp, err
}

// formAsQuery turns a form that was sent into the query of its address, under which archives keep the answer.
func formAsQuery(req *http.Request) (*http.Request, error) {
	if req.Method != http.MethodPost || mediaType(req.Header.Get("Content-Type")) != formType || req.Body == nil {
		return req, nil
	}
	form, err := io.ReadAll(io.LimitReader(req.Body, maxHTTPHead))
	if err != nil {
		return nil, kaisei.Faultf(kaisei.CauseInternal, "read the form for %s: %v", shown(req.URL), err)
	}
	r := req.Clone(req.Context())
	r.Method, r.Body = http.MethodGet, nil
	r.URL.RawQuery = string(form)
	return r, nil
}

// validators sets the validators of c.
func (c *capture) validators(h http.Header) {
	for name, v := range map[string]string{"Etag": c.etag, "Last-Modified": c.modified} {
		if v != "" {
			h.Set(name, v)
		}
	}
}

// find returns the capture that answers req now.
func (a *Archive) find(req *http.Request) (*capture, error) {
	if req.Method != http.MethodGet && req.Method != "" {
		return nil, kaisei.Faultf(kaisei.CauseNotArchived, "an archive answers GET only, not %.20q", req.Method)
	}
	now := a.Now()
	all := a.byURL[URLKey(req.URL.String())]
	i := sort.Search(len(all), func(i int) bool { return all[i].At.After(now) })
	switch {
	case len(all) == 0:
		return nil, kaisei.Faultf(kaisei.CauseNotArchived, "the archive holds no answer of %s", shown(req.URL))
	case i == 0:
		return nil, kaisei.Faultf(kaisei.CauseNotArchived, "the archive holds no answer of %s yet; the first is of %s", shown(req.URL), all[0].At.Format(time.RFC3339))
	}
	c := all[i-1]
	if c.revisit && c.repeats == nil {
		return nil, kaisei.Faultf(kaisei.CauseNotArchived, "the answer of %s at %s repeats one that the archive does not hold; add the file that does", shown(req.URL), c.At.Format(time.RFC3339))
	}
	return c, nil
}

// block reads the block of a record and checks its digest.
func (a *Archive) block(c *capture) ([]byte, error) {
	damaged := func(format string, args ...any) error {
		return kaisei.Faultf(kaisei.CauseTruncated, "%s: the record of %s at %s: %s", c.name, c.URL, c.At.Format(time.RFC3339), fmt.Sprintf(format, args...))
	}
	switch {
	case c.cut != "":
		return nil, damaged("%s", c.cut)
	case c.size > maxRecordBytes:
		return nil, kaisei.Faultf(kaisei.CauseTooLarge, "%s: the record of %s has %s, more than the limit of %s", c.name, c.URL, kilobytes(c.size), kilobytes(maxRecordBytes))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	r, err := c.file.open(c.place, c.size)
	if err != nil {
		return nil, damaged("%v; has the file changed?", err)
	}
	defer r.Close()
	var b bytes.Buffer
	b.Grow(int(min(c.size, firstBuffer)) + bytes.MinRead)
	if n, err := b.ReadFrom(r); err != nil || n < c.size {
		return nil, damaged("%d of its %d bytes can be read; has the file changed?", n, c.size)
	}
	if ok, known := digestMatches(c.block, b.Bytes()); known && !ok {
		return nil, damaged("its bytes do not have the digest recorded with them (%s)", c.block)
	}
	return b.Bytes(), nil
}

// message turns a recorded HTTP message into a response.
func message(req *http.Request, c *capture, block []byte) (*http.Response, error) {
	s := &counted{r: bufio.NewReader(bytes.NewReader(block))}
	status, header, err := readHTTPHead(s)
	if err != nil {
		return nil, kaisei.Faultf(kaisei.CauseTruncated, "%s: the record of %s at %s: %v", c.name, c.URL, c.At.Format(time.RFC3339), err)
	}
	recorded := block[s.n:]
	body, end := recorded, error(nil)
	if strings.Contains(strings.ToLower(header.Get("Transfer-Encoding")), "chunked") {
		body, end = unchunk(recorded)
		header.Del("Content-Length")
	}
	header.Del("Transfer-Encoding")
	verified := false
	if ok, known := digestMatches(c.block, block); known {
		verified = ok
	} else if _, known := digestMatches(c.payload, nil); known {
		verified = payloadMatches(c.payload, header, recorded, body)
		if !verified {
			return nil, kaisei.Faultf(kaisei.CauseTruncated, "%s: the record of %s at %s: its body does not have the digest recorded with it (%s)", c.name, c.URL, c.At.Format(time.RFC3339), c.payload)
		}
	}
	length := int64(len(body))
	// Crawlers record a Content-Length next to a body that they have already unpacked; only
	// where no digest vouches for the bytes does the header decide, as on the wire.
	if n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil && n >= 0 && n != length {
		switch {
		case verified:
			header.Del("Content-Length")
		case n < length:
			body, length = body[:n], n
		default:
			length, end = n, io.ErrUnexpectedEOF
		}
	}
	var r io.Reader = bytes.NewReader(body)
	if end != nil {
		r = io.MultiReader(r, errorReader{end})
	}
	if _, asked := req.Header["Accept-Encoding"]; !asked && strings.EqualFold(header.Get("Content-Encoding"), "gzip") {
		plain, err := unpack(r, []string{"gzip"}, new(spare))
		if err != nil {
			plain = io.NopCloser(errorReader{err})
		}
		header.Del("Content-Encoding")
		header.Del("Content-Length")
		resp := response(req, status, header, plain, -1)
		resp.Uncompressed = true
		return resp, nil
	}
	return response(req, status, header, r, length), nil
}

// unchunk undoes the chunked transfer encoding. Crawlers that recorded the body
// without it left the header; such a body is returned as it is.
func unchunk(recorded []byte) ([]byte, error) {
	line, _, _ := bytes.Cut(recorded, []byte("\n"))
	size, _, _ := bytes.Cut(line, []byte(";"))
	if _, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 63); err != nil {
		return recorded, nil
	}
	body, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(recorded)))
	if err != nil {
		return body, io.ErrUnexpectedEOF
	}
	return body, nil
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

func response(req *http.Request, status int, h http.Header, body io.Reader, length int64) *http.Response {
	if body == nil {
		body = http.NoBody
	}
	rc, ok := body.(io.ReadCloser)
	if !ok {
		rc = io.NopCloser(body)
	}
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: rc, ContentLength: length, Request: req,
	}
}

// notModified applies the conditions of a request to the validators of a capture, as
// RFC 9110 section 13.2.2 orders them.
func notModified(h http.Header, c *capture) bool {
	if c.Status != http.StatusOK {
		return false
	}
	if tags := h.Values("If-None-Match"); len(tags) > 0 {
		own := strings.TrimPrefix(c.etag, "W/")
		for _, tag := range strings.Split(strings.Join(tags, ","), ",") {
			if tag = textproto.TrimString(tag); own != "" && strings.TrimPrefix(tag, "W/") == own {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	if err != nil {
		return false
	}
	modified, err := http.ParseTime(c.modified)
	return err == nil && !modified.After(since)
}

// payloadMatches compares a body with its digest. Tools disagree on whether the digest
// is of the body as sent, without chunking (as the standard says), or unpacked.
func payloadMatches(digest string, header http.Header, recorded, body []byte) bool {
	if ok, _ := digestMatches(digest, body); ok {
		return true
	}
	if ok, _ := digestMatches(digest, recorded); ok {
		return true
	}
	encodings := contentEncodings(header)
	if len(encodings) == 0 {
		return false
	}
	r, err := unpack(bytes.NewReader(body), encodings, new(spare))
	if err != nil {
		return false
	}
	defer r.Close()
	h, want, err := parseDigest(digest)
	if err != nil {
		return false
	}
	n, err := io.Copy(h, io.LimitReader(r, maxRecordBytes))
	return err == nil && n < maxRecordBytes && bytes.Equal(h.Sum(nil), want)
}

// digestMatches compares b with a digest of the form "sha1:BASE32" or "sha256:hex". The
// second result is false where there is no digest, or none that is known.
func digestMatches(digest string, b []byte) (matches, known bool) {
	h, want, err := parseDigest(digest)
	if err != nil {
		return false, false
	}
	h.Write(b)
	return bytes.Equal(h.Sum(nil), want), true
}

func parseDigest(digest string) (hash.Hash, []byte, error) {
	name, value, _ := strings.Cut(digest, ":")
	var h hash.Hash
	switch strings.ToLower(strings.ReplaceAll(name, "-", "")) {
	case "sha1":
		h = sha1.New()
	case "sha256":
		h = sha256.New()
	case "sha512":
		h = sha512.New()
	case "md5":
		h = md5.New()
	default:
		return nil, nil, errors.New("unknown digest")
	}
	value = strings.TrimSpace(value)
	if len(value) == hex.EncodedLen(h.Size()) {
		want, err := hex.DecodeString(value)
		return h, want, err
	}
	want, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.ToUpper(value), "="))
	if err == nil && len(want) != h.Size() {
		err = errors.New("wrong length")
	}
	return h, want, err
}
