package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// capture is an entry of the index of an archive.
type capture struct {
	Record
	file  recordFile
	name  string // of the file, for messages
	place place
	size  int64 // of the block
	http  bool  // the block is an HTTP message, not the bare body

	id, payload, block string // WARC-Record-ID and the two digests
	etag, modified     string // validators
	cut                string // why the block is not whole, or ""

	revisit             bool
	refersTo, refersURL string
	refersAt            time.Time
	repeats             *capture // the capture whose body a revisit has
}

// readCapture returns the entry for a record, nil for records that capture no page.
func readCapture(rec warcRecord, block io.Reader) (*capture, error) {
	h := rec.header
	kind := h["warc-type"]
	if kind != "response" && kind != "resource" && kind != "revisit" {
		return nil, nil
	}
	// Some tools of version 1.0 write the URL in angle brackets, as its grammar said.
	target := strings.TrimSuffix(strings.TrimPrefix(h["warc-target-uri"], "<"), ">")
	if !strings.HasPrefix(target, "http://") && !strings.HasPrefix(target, "https://") {
		return nil, nil // a DNS answer, a crawl log
	}
	c := &capture{
		Record: Record{URL: target, At: rec.date},
		place:  rec.place, size: rec.size,
		id: h["warc-record-id"], payload: h["warc-payload-digest"], block: h["warc-block-digest"],
		revisit: kind == "revisit", http: kind != "resource",
	}
	if why := h["warc-truncated"]; why != "" {
		c.cut = "its recording was cut off (" + why + ")"
	}
	if h["warc-segment-number"] != "" {
		c.cut = "it is recorded in segments, which are not joined"
	}
	if c.revisit {
		c.refersTo, c.refersURL = h["warc-refers-to"], strings.Trim(h["warc-refers-to-target-uri"], "<>")
		if at, err := warcDate(h["warc-refers-to-date"]); err == nil {
			c.refersAt = at
		}
		if rec.size == 0 {
			return c, nil
		}
	}
	if !c.http {
		c.Status, c.MediaType = http.StatusOK, mediaType(h["content-type"])
		return c, nil
	}
	if t := mediaType(h["content-type"]); t != "" && t != "application/http" {
		return nil, fmt.Errorf("a %s of type %.40q, not HTTP", kind, t)
	}
	status, header, err := readHTTPHead(&counted{r: bufio.NewReader(block)})
	if err != nil {
		return nil, err
	}
	c.Status, c.MediaType = status, mediaType(header.Get("Content-Type"))
	c.etag, c.modified = header.Get("Etag"), header.Get("Last-Modified")
	if status == http.StatusNotModified {
		c.revisit, c.MediaType = true, ""
	}
	return c, nil
}

// readHTTPHead reads a status line and headers, more leniently than net/http does:
// crawlers record what servers send.
func readHTTPHead(s *counted) (int, http.Header, error) {
	left := maxHTTPHead
	line, err := s.line(&left)
	if err != nil {
		return 0, nil, err
	}
	proto, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	status, err := strconv.Atoi(code)
	if err != nil || status < 100 || status > 999 || !strings.HasPrefix(proto, "HTTP/") {
		return 0, nil, fmt.Errorf("the status line is %.60q", line)
	}
	var lines bytes.Buffer
	for line != "" {
		if line, err = s.line(&left); err != nil {
			return 0, nil, err
		}
		if line == "" || strings.ContainsRune(line, ':') || line[0] == ' ' || line[0] == '\t' {
			lines.WriteString(line + "\r\n")
		}
	}
	header, err := textproto.NewReader(bufio.NewReader(&lines)).ReadMIMEHeader()
	if err != nil && len(header) == 0 && !errors.Is(err, io.EOF) {
		return 0, nil, fmt.Errorf("read the recorded headers: %w", err)
	}
	return status, http.Header(header), nil
}
