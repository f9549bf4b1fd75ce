package simulate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
)

// RoundTrip implements http.RoundTripper: the site in process, without sockets or goroutines. What
// does not answer waits until the request's context ends, on whatever clock that runs.
func (s *Site) RoundTrip(req *http.Request) (*http.Response, error) {
	at, ok := s.hostOf(req)
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: req.URL.Hostname(), IsNotFound: true}
	}
	switch s.state(at) {
	case FaultDNS:
		return nil, &net.DNSError{Err: "no such host", Name: req.URL.Hostname(), IsNotFound: true}
	case FaultRefused:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case FaultTLS:
		return nil, &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired, Detail: "the certificate ran out"}}
	}
	a := s.take(at, req)
	if a.hang {
		<-req.Context().Done()
		s.done(at, a)
		return nil, context.Cause(req.Context())
	}
	resp := &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, ContentLength: int64(len(a.body)), Request: req,
	}
	if a.header == nil {
		resp.Header = http.Header{}
	}
	switch {
	case a.cut && !a.chunked:
		resp.ContentLength = int64(a.announced())
	case a.cut || a.endless:
		resp.ContentLength = -1
	}
	if resp.ContentLength >= 0 {
		resp.Header.Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
	}
	resp.Body = &body{ctx: req.Context(), a: a, left: a.body, done: func() { s.done(at, a) }}
	return resp, nil
}

// body is a body in process.
type body struct {
	ctx  context.Context
	a    answer
	left []byte
	done func()
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, context.Cause(b.ctx)
	}
	if len(b.left) == 0 && b.a.endless {
		b.left = b.a.body
	}
	if len(b.left) == 0 {
		if b.a.cut {
			return 0, io.ErrUnexpectedEOF
		}
		return 0, io.EOF
	}
	if b.a.drip {
		if !pause(b.ctx, slowly) {
			return 0, context.Cause(b.ctx)
		}
		p = p[:1]
	}
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

// Close implements io.Closer.
func (b *body) Close() error {
	if b.done != nil {
		b.done()
		b.done = nil
	}
	return nil
}
