package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Webhook posts events as JSON, signed as the Standard Webhooks specification says
// (https://www.standardwebhooks.com): webhook-id is the same on every repeat, webhook-timestamp is
// of the attempt, and webhook-signature is an HMAC-SHA256 over both and the body. While secrets are
// exchanged there is a signature for each of two.
type Webhook struct {
	URL config.Secret
	// Secret signs; OldSecret signs too where it is set.
	Secret, OldSecret config.Secret
	Options           render.Options
	// Client sends the requests; nil means one with a timeout that follows no redirects.
	Client *http.Client
	// Now is the clock of the signature; nil means time.Now.
	Now func() time.Time

	once sync.Once
}

// Send implements Sender. The receipt is the status and the webhook-id.
func (w *Webhook) Send(ctx context.Context, m Message) (string, error) {
	w.once.Do(func() {
		if w.Client == nil {
			w.Client = hookClient()
		}
		if w.Now == nil {
			w.Now = time.Now
		}
	})
	o := w.Options
	o.Delivery = m.Delivery.ID
	body, err := EventJSON(m, o)
	if err != nil {
		return "", err
	}
	h := poster{name: "webhook", url: w.URL.Reveal(), client: w.Client, secrets: []string{w.Secret.Reveal(), w.OldSecret.Reveal()}}
	header := WebhookHeader(m.Delivery.ID, w.Now(), body, w.Secret, w.OldSecret)
	status, _, err := h.post(ctx, body, header)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s", status, header.Get("webhook-id")), nil
}

// WebhookHeader returns the headers that identify and sign a body sent at an instant. The ID is derived
// from the delivery's, which may hold what a header cannot; the body holds that one in full.
func WebhookHeader(delivery string, at time.Time, body []byte, secrets ...config.Secret) http.Header {
	id, stamp := "msg_"+kaisei.Hash([]byte(delivery))[:32], strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, s := range secrets {
		if s.IsZero() {
			continue
		}
		signatures = append(signatures, sign(id, stamp, body, s))
	}
	h := http.Header{}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", stamp)
	if len(signatures) > 0 {
		h.Set("webhook-signature", strings.Join(signatures, " "))
	}
	h.Set("User-Agent", "kaisei-webhook/"+strconv.Itoa(EventVersion))
	return h
}

// sign returns a signature of version 1: an HMAC-SHA256 over ID, timestamp and body.
func sign(id, stamp string, body []byte, secret config.Secret) string {
	mac := hmac.New(sha256.New, config.WebhookKey(secret))
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
