package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// hookTimeout bounds one request to a webhook.
const hookTimeout = 30 * time.Second

// hookClient returns a client for an address that the operator chose. It may be in a private network;
// link-local addresses, where clouds keep their secrets, and those that are no single host are
// refused when they are dialled. Redirects are not followed: they would carry a message elsewhere.
func hookClient() *http.Client {
	dialer := &net.Dialer{Timeout: hookTimeout, Control: refuseLinkLocal}
	return &http.Client{
		Timeout: hookTimeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: hookTimeout, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 1,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address dialled: %w", err)
	}
	ip := to.Addr().Unmap()
	if ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return fmt.Errorf("the address %s is link-local or no host; messages are not sent there", ip)
	}
	return nil
}

// poster posts to one address and says what became of it.
type poster struct {
	name   string // begins errors
	url    string
	client *http.Client
	// secrets are further ones that no error may hold.
	secrets []string
}

// post sends a body and returns the status and what was answered. Its errors are *Error without
// secrets and without what is behind them.
func (p poster) post(ctx context.Context, body []byte, header http.Header) (status int, words string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return 0, "", p.fail(Setup, 0, err)
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return 0, "", p.fail(Temporary, 0, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode/100 == 2 {
		// What was taken is taken, even where the answer breaks off.
		return resp.StatusCode, string(answer), nil
	}
	if err != nil {
		answer = nil
	}
	words = shorten(strings.Join(strings.Fields(string(answer)), " "), maxError/2)
	err = fmt.Errorf("answered %d %s", resp.StatusCode, words)
	if remedy := statusRemedy(resp.StatusCode); remedy != "" {
		err = fmt.Errorf("%w; %s", err, remedy)
	}
	return 0, "", p.fail(statusTrouble(resp.StatusCode), retryAfter(resp.Header.Get("Retry-After"), time.Now()), err)
}

// fail wraps err without the secrets that it may hold, and cuts the chain, which holds them too.
func (p poster) fail(t Trouble, after time.Duration, err error) *Error {
	return &Error{t, after, errors.New(p.name + ": " + redact(err.Error(), append(secretsOf(p.url), p.secrets...)...))}
}

// secretsOf returns every form in which the secret part of an address may stand in an error: net/http
// writes addresses its own way, and an answer may repeat the path or a parameter.
func secretsOf(address string) []string {
	out := []string{address}
	u, err := url.Parse(address)
	if err != nil {
		return out
	}
	out = append(out, u.String(), u.Redacted())
	if password, ok := u.User.Password(); ok {
		out = append(out, password)
	}
	if len(u.Path) > 1 || u.RawQuery != "" {
		out = append(out, u.RequestURI(), u.RawQuery)
	}
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) >= minSecret {
				out = append(out, v, url.QueryEscape(v))
			}
		}
	}
	if len(u.Path) > 1 {
		out = append(out, u.Path, u.EscapedPath())
		if last := path.Base(u.Path); len(last) >= minSecret {
			out = append(out, last)
		}
	}
	return out
}

// minSecret is the shortest word that is taken for a secret by itself.
const minSecret = 6

// retryAfter reads the header of that name: seconds or a date (RFC 9110). What cannot be read is 0.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return time.Duration(min(max(seconds, 0), int(MaxAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// statusTrouble classifies what a server answered.
func statusTrouble(code int) Trouble {
	switch {
	case code >= http.StatusInternalServerError:
		return Temporary
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return Temporary
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return Final
	}
	return Setup
}

// statusRemedy says what an operator can do about a status that does not pass by itself.
func statusRemedy(code int) string {
	switch {
	case code/100 == 3:
		return "it redirects, which is not followed: set the address to where it leads"
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return "see whether the address and its secrets are still valid"
	case code == http.StatusNotFound, code == http.StatusGone:
		return "there is no such webhook any more: set its new address"
	}
	return ""
}
