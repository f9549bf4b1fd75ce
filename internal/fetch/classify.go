package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"kaisei/internal/kaisei"
)

// errSlow and errWhole are the causes with which a request's context ends.
var (
	errSlow  = errors.New("the body came too slowly")
	errWhole = errors.New("the request took too long")
)

// parseURL accepts what a client may ask for.
func parseURL(raw string) (*url.URL, *kaisei.Fault) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil: // which quotes the URL, and what secrets it holds
		return nil, kaisei.Faultf(kaisei.CauseForbidden, "the URL does not parse")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, kaisei.Faultf(kaisei.CauseForbidden, "the URL has the scheme %q; only http and https are fetched", u.Scheme)
	case u.Hostname() == "":
		return nil, kaisei.Faultf(kaisei.CauseForbidden, "the URL names no host")
	case u.User != nil:
		return nil, kaisei.Faultf(kaisei.CauseForbidden, "the URL of %s holds a user name or password; take it out, sources are public", u.Host)
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// shown returns u as errors may show it: queries can hold keys.
func shown(u *url.URL) string {
	s := u.Scheme + "://" + u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		s += "?…"
	}
	return s
}

// stopped is the fault of a wait that the caller's context ended.
func stopped(err error, doing string) *kaisei.Fault {
	if errors.Is(err, context.DeadlineExceeded) {
		return &kaisei.Fault{Cause: kaisei.CauseTimeout, Detail: "the time ran out while " + doing, Err: err}
	}
	return &kaisei.Fault{Cause: kaisei.CauseNetwork, Detail: "stopped while " + doing, Err: err}
}

// classify names the cause of an error from the transport. caller is the context that
// Get was given and ctx the one of this request.
func classify(caller, ctx context.Context, u *url.URL, err error) *kaisei.Fault {
	var fault *kaisei.Fault
	if errors.As(err, &fault) {
		if host := u.Hostname(); fault.Cause == kaisei.CauseForbidden && !strings.Contains(fault.Detail, host) {
			return kaisei.Faultf(fault.Cause, "%s resolves to an address that is refused: %s", host, fault.Detail)
		}
		return fault
	}
	if caller.Err() != nil {
		return stopped(caller.Err(), "asking "+u.Host)
	}
	f := &kaisei.Fault{Err: err}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errSlow):
		f.Cause, f.Err = kaisei.CauseTimeout, errSlow
		f.Detail = "fewer than " + kilobytes(MinBodyBytes) + " came from " + u.Host + " in " + BodyWindow.String() + ""
		return f
	case errors.Is(cause, errWhole):
		f.Cause, f.Err = kaisei.CauseTimeout, errWhole
		f.Detail = u.Host + " did not finish in time"
		return f
	}
	var (
		dns      *net.DNSError
		timeout  net.Error
		verify   *tls.CertificateVerificationError
		record   tls.RecordHeaderError
		alert    tls.AlertError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
	)
	text := err.Error()
	switch {
	case errors.As(err, &dns):
		f.Cause = kaisei.CauseDNS
		f.Detail = "the name " + u.Hostname() + " does not resolve"
		if dns.IsTimeout || dns.IsTemporary {
			f.Detail = "no answer for the name " + u.Hostname() + ""
		}
	case errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &hostname), errors.As(err, &invalid):
		f.Cause = kaisei.CauseTLS
		f.Detail = "the certificate of " + u.Host + " does not verify"
	case errors.As(err, &record), errors.As(err, &alert), strings.Contains(text, "tls: "), strings.Contains(text, "HTTP response to HTTPS client"):
		f.Cause = kaisei.CauseTLS
		f.Detail = "no secure connection to " + u.Host + ""
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Cause = kaisei.CauseRefused
		f.Detail = u.Host + " refuses connections"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Cause = kaisei.CauseTimeout
		f.Detail = u.Host + " does not answer"
	case strings.Contains(text, "server response headers exceeded"), strings.Contains(text, "header list larger than advertised limit"):
		f.Cause = kaisei.CauseTooLarge
		f.Detail = "the headers of " + u.Host + " exceed " + kilobytes(MaxHeaderBytes)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		f.Cause = kaisei.CauseNetwork
		f.Detail = u.Host + " closed the connection without an answer; some firewalls do so to HTTP/2, try HTTP/1.1 for the source"
	default:
		f.Cause = kaisei.CauseNetwork
		f.Detail = "no usable answer from " + u.Host
	}
	return f
}
