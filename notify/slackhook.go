package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAnswer bounds what is read of a webhook's answer.
const maxAnswer = 4 << 10

// webhook is the form of a message for an incoming webhook.
func (m slackMessage) webhook() (json.RawMessage, error) {
	return json.Marshal(struct {
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks,omitempty"`
		UnfurlLinks bool            `json:"unfurl_links"`
	}{m.text, m.blocks, false})
}

func (s *Slack) postWebhook(ctx context.Context, m slackMessage) error {
	body, err := m.webhook()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Webhook.Reveal(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client.Do(req)
	if err != nil {
		return err
	}
	words, readErr := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err := resp.Body.Close(); err != nil && readErr == nil {
		readErr = err
	}
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	if readErr != nil {
		words = nil
	}
	return &answer{resp.StatusCode, strings.TrimSpace(string(words)), retryAfter(resp.Header.Get("Retry-After"), time.Now())}
}

// answer is what a webhook said where it was not ok. slack-go discards the words, which alone
// tell a message that cannot be shown from a webhook that was switched off.
type answer struct {
	code  int
	words string
	after time.Duration
}

func (a *answer) Error() string { return fmt.Sprintf("webhook answered %d %s", a.code, a.words) }
