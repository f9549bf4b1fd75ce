package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"kaisei/internal/kaisei"
)

// firstBuffer bounds what is allocated on the word of a Content-Length header.
const firstBuffer = 1 << 20

// readBody reads and unpacks a body within the limits. Its errors are faults, errors
// of the transfer (which in remembers), or errors of the content encoding.
func readBody(in *transfer, resp *http.Response, l exchangeLimits) ([]byte, error) {
	if resp.ContentLength > l.bytes && !l.cut {
		return nil, tooLarge(fmt.Sprintf("the body is announced as %s", kilobytes(resp.ContentLength)), l.bytes)
	}
	encodings := contentEncodings(resp.Header)
	s, _ := in.spares.Get().(*spare)
	if s == nil {
		s = new(spare)
	}
	defer in.spares.Put(s)
	r, err := unpack(in, encodings, s)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if len(encodings) == 0 && resp.ContentLength >= 0 {
		return fill(in, r, make([]byte, 0, min(max(resp.ContentLength, 512), firstBuffer)+512), false, l)
	}
	body, err := fill(in, r, s.body[:0], len(encodings) > 0, l)
	if cap(body) <= maxSpare {
		s.body = body[:0]
	}
	return bytes.Clone(body), err
}

// spare is what reading one body leaves for the next: a buffer for a body whose length is not
// announced, which is then copied out of it, and the tables of gzip. Making them anew for each page
// was most of the garbage of a look.
type spare struct {
	body []byte
	gzip gzip.Reader
}

// leastBuffer is the first buffer of a body whose length is not announced.
const leastBuffer = 64 << 10

// maxSpare is the largest buffer that is kept.
const maxSpare = 1 << 20

// fill reads all of r into body, which it replaces by a larger one where needed.
func fill(in *transfer, r io.Reader, body []byte, packed bool, l exchangeLimits) ([]byte, error) {
	for {
		if len(body) == cap(body) { // doubling allocates half of what append would
			body = append(make([]byte, 0, min(max(2*int64(cap(body)), leastBuffer), max(l.bytes, int64(len(body)))+1)), body...)
		}
		free := body[len(body):cap(body)]
		if left := l.bytes - int64(len(body)); int64(len(free)) > left+1 {
			free = free[:left+1]
		}
		n, err := r.Read(free)
		body = body[:len(body)+n]
		switch size := int64(len(body)); {
		case size > l.bytes && l.cut:
			return body[:l.bytes], nil
		case size > l.bytes:
			return nil, tooLarge("the body goes on", l.bytes)
		case packed && size > InflationFree && size > MaxInflation*in.n:
			return nil, kaisei.Faultf(kaisei.CauseTooLarge, "%s of transfer unpacked to %s and more: a decompression bomb", kilobytes(in.n), kilobytes(size))
		}
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return body, err
		}
	}
}

func tooLarge(what string, limit int64) *kaisei.Fault {
	return kaisei.Faultf(kaisei.CauseTooLarge, "%s, more than the limit of %s", what, kilobytes(limit))
}

// bodyFault names the cause of an error of readBody.
func bodyFault(caller, ctx context.Context, u *url.URL, in *transfer, err error) *kaisei.Fault {
	var fault *kaisei.Fault
	if errors.As(err, &fault) {
		return fault
	}
	if in.err != nil && in.err != io.EOF {
		f := classify(caller, ctx, u, in.err)
		if f.Cause == kaisei.CauseNetwork && caller.Err() == nil {
			f = &kaisei.Fault{Cause: kaisei.CauseTruncated, Detail: fmt.Sprintf("the connection to %s broke after %d bytes of the body", u.Host, in.n), Err: in.err}
		}
		return f
	}
	return &kaisei.Fault{Cause: kaisei.CauseTruncated, Detail: fmt.Sprintf("the compressed body from %s ends early or is damaged after %d bytes", u.Host, in.n), Err: err}
}

// contentEncodings returns the encodings of a body, the last applied first.
func contentEncodings(h http.Header) []string {
	var out []string
	for e := range strings.SplitSeq(strings.Join(h.Values("Content-Encoding"), ","), ",") {
		if e = strings.ToLower(strings.TrimSpace(e)); e != "" && e != "identity" {
			out = append(out, e)
		}
		if len(out) > maxEncodings { // too many already, whatever follows
			break
		}
	}
	slices.Reverse(out)
	return out
}

// maxEncodings bounds how often one body may be packed.
const maxEncodings = 2

// unpack undoes content encodings. gzip is what the client asks for; the others come
// from servers that do not listen and from archives that browsers recorded.
func unpack(in io.Reader, encodings []string, s *spare) (io.ReadCloser, error) {
	if len(encodings) > maxEncodings {
		return nil, kaisei.Faultf(kaisei.CauseDecode, "the body is packed more than %d times", maxEncodings)
	}
	r := io.NopCloser(in)
	for i, e := range encodings {
		b := bufio.NewReader(r)
		head, err := b.Peek(4)
		if len(head) == 0 {
			if err == io.EOF {
				return io.NopCloser(b), nil
			}
			return nil, err
		}
		switch e {
		case "gzip", "x-gzip":
			if len(head) < 2 || head[0] != 0x1F || head[1] != 0x8B {
				r = io.NopCloser(b) // named gzip and sent plain
				continue
			}
			z := &s.gzip
			if i > 0 { // packed twice
				z = new(gzip.Reader)
			}
			if err := z.Reset(b); err != nil {
				return nil, err
			}
			z.Multistream(false)
			r = &members{z: z, in: b}
		case "deflate":
			// The standard means zlib; some servers send the bare stream.
			if len(head) >= 2 && head[0]&0x0F == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
				z, err := zlib.NewReader(b)
				if err != nil {
					return nil, err
				}
				r = z
			} else {
				r = flate.NewReader(b)
			}
		case "zstd":
			z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
			if err != nil {
				return nil, err
			}
			r = z.IOReadCloser()
		default:
			return nil, kaisei.Faultf(kaisei.CauseDecode, "the body is packed as %.20q, which was not asked for and cannot be read", e)
		}
	}
	return r, nil
}

// members reads gzip members one after the other and passes over what follows the
// last, which some servers pad.
type members struct {
	z  *gzip.Reader
	in *bufio.Reader
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		head, _ := m.in.Peek(2)
		if len(head) < 2 || head[0] != 0x1F || head[1] != 0x8B {
			return n, io.EOF
		}
		if err := m.z.Reset(m.in); err != nil {
			return n, err
		}
		m.z.Multistream(false)
		if n > 0 {
			return n, nil
		}
	}
}

func (m *members) Close() error { return m.z.Close() }

// kilobytes prints a size for people.
func kilobytes(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
