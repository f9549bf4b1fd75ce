package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
)

// Prober is a sender that can tell whether it would get through, without telling anybody anything.
type Prober interface {
	// Probe says what is wrong, in words that hold no secret, or nil.
	Probe(ctx context.Context) error
}

// Probe asks Slack whether the tokens are good, or reaches the host of the webhook: there is no way to try
// a webhook without posting.
func (s *Slack) Probe(ctx context.Context) error {
	s.once.Do(s.setup)
	if s.Webhook.IsZero() {
		if _, err := s.api.AuthTestContext(ctx); err != nil {
			return s.classify(fmt.Errorf("auth.test: %w", err))
		}
		if !s.AppToken.IsZero() {
			if _, _, err := s.socketAPI(socketGap).StartSocketModeContext(ctx); err != nil {
				return s.socketTrouble(fmt.Errorf("apps.connections.open: %w", err))
			}
		}
		return nil
	}
	return probeURL(ctx, s.Client, s.Webhook.Reveal(), "hooks.slack.com")
}

// Probe reaches the host of the webhook, and posts nothing.
func (w *Webhook) Probe(ctx context.Context) error {
	return probeURL(ctx, cmp.Or(w.Client, hookClient()), w.URL.Reveal(), "the host of url")
}

// Probe reaches the host of the webhook, and posts nothing.
func (s *Teams) Probe(ctx context.Context) error {
	return probeURL(ctx, cmp.Or(s.Client, hookClient()), s.Webhook.Reveal(), "the host of webhook")
}

// Probe sees whether the folder of the file can be written to.
func (f *File) Probe(context.Context) error {
	one, err := os.CreateTemp(filepath.Dir(f.Path), ".kaisei-probe-*")
	if err != nil {
		return fmt.Errorf("the folder of %s cannot be written to: see its owner and permissions", f.Path)
	}
	return errors.Join(one.Close(), os.Remove(one.Name()))
}

// probeURL reaches the host of an address that may be a secret: it asks for its root. Any answer is good.
func probeURL(ctx context.Context, c *http.Client, address, shown string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return errors.New("the address does not parse")
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.URL.User = "/", "", "", nil
	resp, err := c.Do(r)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: see the network and the proxy", shown)
	}
	return resp.Body.Close()
}

// Probe opens a session with the mail server, with encryption and password as configured, and ends it.
func (e *Email) Probe(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, err := e.client(ctx)
	if err != nil {
		return e.fail(Setup, err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return e.fail(dialTrouble(err), fmt.Errorf("open a session with %s: %w", e.Host, err))
	}
	_ = client.CloseWithSMTPClient(session) // a server that hangs on QUIT changes nothing
	return nil
}
