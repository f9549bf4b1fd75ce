package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"kaisei/internal/blockkit"
	"kaisei/internal/config"
	"kaisei/internal/render"
)

const (
	// SlackGap is the least time between two messages to one Slack channel. Slack documents about
	// one a second, and drops what comes faster without an error.
	SlackGap = 1200 * time.Millisecond
	// slackTimeout bounds one request.
	slackTimeout = 30 * time.Second
	// slackEvent names the metadata that carries the delivery ID.
	slackEvent = "kaisei_delivery"
	// maxAnswer bounds what is read of a webhook's answer.
	maxAnswer = 4 << 10
)

// Slack tells a Slack channel, by a bot token (chat.postMessage) or by an incoming
// webhook. With a token every message carries the delivery ID as metadata, so that a
// repeat can be told from a second event by a program too; people see it in the small print.
type Slack struct {
	Token   config.Secret
	Channel string
	Webhook config.Secret
	Options render.Options
	// Client sends the requests; nil means one with a timeout.
	Client *http.Client
	// API is the root of the Web API; empty means Slack's own.
	API string
	// Gap is the least time between two messages; 0 means SlackGap.
	Gap time.Duration

	once    sync.Once
	limiter *rate.Limiter
	api     *slack.Client
}

func (s *Slack) setup() {
	if s.Client == nil {
		s.Client = &http.Client{Timeout: slackTimeout}
	}
	gap := s.Gap
	if gap == 0 {
		gap = SlackGap
	}
	s.limiter = rate.NewLimiter(rate.Every(gap), 1)
	options := []slack.Option{slack.OptionHTTPClient(s.Client)}
	if s.API != "" {
		options = append(options, slack.OptionAPIURL(s.API))
	}
	s.api = slack.New(s.Token.Reveal(), options...)
}

// Send implements Sender. The receipt is the message's timestamp, or "ok" from a webhook.
// Blocks that Slack refuses are sent again as text: a plain alert is better than none.
func (s *Slack) Send(ctx context.Context, m Message) (string, error) {
	s.once.Do(s.setup)
	var receipts []string
	for _, msg := range s.messages(m) {
		if err := s.limiter.Wait(ctx); err != nil {
			return "", s.fail(Temporary, 0, fmt.Errorf("wait for a turn: %w", err))
		}
		receipt, err := s.post(ctx, m.Delivery.ID, msg)
		if refusedForm(err) {
			msg.blocks, msg.text = nil, msg.plain
			receipt, err = s.post(ctx, m.Delivery.ID, msg)
		}
		if err != nil {
			return "", s.classify(err)
		}
		receipts = append(receipts, receipt)
	}
	return strings.Join(receipts, ","), nil
}

// slackMessage is one message in its forms: blocks with a short text, or plain text.
type slackMessage struct {
	blocks      json.RawMessage
	text, plain string
}

func (s *Slack) messages(m Message) []slackMessage {
	o := s.Options
	o.Delivery = m.Delivery.ID
	return slackMessages(m, o)
}

// SlackJSON writes a message as bodies for an incoming webhook.
func SlackJSON(m Message, o render.Options) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for _, one := range slackMessages(m, o) {
		body, err := one.webhook()
		if err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	return out, nil
}

// webhook is the form of a message for an incoming webhook.
func (m slackMessage) webhook() (json.RawMessage, error) {
	return json.Marshal(struct {
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks,omitempty"`
		UnfurlLinks bool            `json:"unfurl_links"`
	}{m.text, m.blocks, false})
}

func slackMessages(m Message, o render.Options) []slackMessage {
	switch {
	case m.Notice != nil:
		blocks, text := render.NoticeSlack(*m.Notice, o)
		return []slackMessage{{blocks, text, slackPlain(render.Notice(*m.Notice, o))}}
	case m.Escalation != nil:
		blocks, text := render.EscalationSlack(*m.Escalation, o)
		return []slackMessage{{blocks, text, slackPlain(render.Escalation(*m.Escalation, o))}}
	case m.Digest != nil:
		text, _ := render.Digest(*m.Digest, o)
		return []slackMessage{{nil, slackPlain(text), slackPlain(text)}}
	}
	var out []slackMessage
	if m.Summary != nil {
		for _, part := range render.SummarySlack(*m.Summary, o) {
			out = append(out, slackMessage{part.Blocks, part.Text, part.Plain})
		}
		return out
	}
	for _, c := range m.Changes {
		blocks, text := render.AlertSlack(c, o)
		out = append(out, slackMessage{blocks, text, slackPlain(render.Alert(c, o))})
	}
	return out
}

// slackPlain makes plain text safe as mrkdwn and short enough for one message.
func slackPlain(text string) string {
	r := []rune(text)
	if len(r) > blockkit.MaxText {
		text = string(r[:blockkit.MaxText-1]) + "…"
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func (s *Slack) post(ctx context.Context, id string, m slackMessage) (string, error) {
	if !s.Webhook.IsZero() {
		return s.postWebhook(ctx, m)
	}
	options := []slack.MsgOption{
		slack.MsgOptionText(m.text, false),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: slackEvent, EventPayload: map[string]any{"delivery": id},
		}),
	}
	if m.blocks != nil {
		var blocks slack.Blocks
		if err := json.Unmarshal(m.blocks, &blocks); err != nil {
			return "", fmt.Errorf("read our own blocks: %w", err)
		}
		options = append(options, slack.MsgOptionBlocks(blocks.BlockSet...))
	}
	_, timestamp, err := s.api.PostMessageContext(ctx, s.Channel, options...)
	return timestamp, err
}

// answer is what a webhook said where it was not ok. slack-go discards the words, which alone
// tell a message that cannot be shown from a webhook that was switched off.
type answer struct {
	code  int
	words string
	after time.Duration
}

func (a *answer) Error() string { return fmt.Sprintf("webhook answered %d %s", a.code, a.words) }

func (s *Slack) postWebhook(ctx context.Context, m slackMessage) (string, error) {
	body, err := m.webhook()
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Webhook.Reveal(), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client.Do(req)
	if err != nil {
		return "", err
	}
	words, readErr := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err := resp.Body.Close(); err != nil && readErr == nil {
		readErr = err
	}
	if resp.StatusCode == http.StatusOK {
		return "ok", nil
	}
	if readErr != nil {
		words = nil
	}
	return "", &answer{resp.StatusCode, strings.TrimSpace(string(words)), retryAfter(resp.Header.Get("Retry-After"), time.Now())}
}

// slackWords returns Slack's own word for an error (invalid_blocks), or "".
func slackWords(err error) string {
	var refused slack.SlackErrorResponse
	var a *answer
	switch {
	case errors.As(err, &refused):
		return refused.Err
	case errors.As(err, &a):
		return a.words
	}
	return ""
}

// refusedForm reports whether Slack could not take the blocks of a message.
func refusedForm(err error) bool {
	return slices.Contains([]string{
		"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_payload",
		"invalid_attachments", "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large",
	}, slackWords(err))
}

// classify says how a failure is to be taken.
func (s *Slack) classify(err error) error {
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var a *answer
	switch {
	case errors.As(err, &limited):
		return s.fail(Temporary, limited.RetryAfter, err)
	case refusedForm(err):
		return s.fail(Final, 0, err)
	case errors.As(err, &a):
		return s.fail(statusTrouble(a.code), a.after, err)
	case errors.As(err, &status):
		return s.fail(statusTrouble(status.Code), 0, err)
	}
	switch word := slackWords(err); word {
	case "":
		// The network.
		return s.fail(Temporary, 0, err)
	case "ratelimited", "rate_limited", "message_limit_exceeded", "fatal_error", "internal_error",
		"service_unavailable", "request_timeout", "team_added_to_org":
		return s.fail(Temporary, 0, err)
	case "no_text", "restricted_action_non_threadable_channel":
		return s.fail(Final, 0, err)
	}
	// What is left concerns the token, its scopes or the channel.
	return s.fail(Setup, 0, fmt.Errorf("%w; %s", err, s.remedy(slackWords(err))))
}

// remedy says what an operator can do about one of Slack's words.
func (s *Slack) remedy(word string) string {
	switch word {
	case "not_in_channel", "channel_not_found":
		return "invite the bot to " + s.Channel + " or correct the channel"
	case "is_archived":
		return "choose a channel that is not archived"
	case "missing_scope", "no_permission":
		return "give the bot the scope chat:write and install it again"
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return "give a valid bot token"
	}
	return "see the app's settings in Slack"
}

// fail wraps err without the secrets that it may hold. The chain is cut, because what is
// behind it holds them too.
func (s *Slack) fail(t Trouble, after time.Duration, err error) *Error {
	return &Error{t, after, errors.New("slack: " + redact(err.Error(), s.secrets()...))}
}

func (s *Slack) secrets() []string { return append(secretsOf(s.Webhook.Reveal()), s.Token.Reveal()) }
