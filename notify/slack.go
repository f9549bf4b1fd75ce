package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"kaisei/internal/blockkit"
	"kaisei/internal/config"
	"kaisei/internal/kaisei"
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
)

// Slack tells a Slack channel, by a bot token (chat.postMessage) or by an incoming
// webhook. With a token every message carries the delivery ID as metadata, so that a
// repeat can be told from a second event by a program too; people see it in the small print.
type Slack struct {
	// Name is the name of the channel in the configuration, by which Store keeps its threads.
	Name    string
	Token   config.Secret
	Channel string
	Webhook config.Secret
	// AppToken, with Token, lets people answer alerts by buttons; see SlackAnswers.
	AppToken config.Secret
	Options  render.Options
	// Client sends the requests; nil means one with a timeout.
	Client *http.Client
	// API is the root of the Web API; empty means Slack's own.
	API string
	// Gap is the least time between two messages; 0 means SlackGap.
	Gap time.Duration
	// Store keeps the threads; nil means that every message stands alone, as those of a webhook do.
	Store SlackStore
	// Log gets a line about what was left out; nil means none.
	Log *slog.Logger

	once   sync.Once
	scopes sync.Once // says once that files cannot be uploaded
	// mu guards partly: of a delivery of several messages that failed between two, those that were told.
	mu     sync.Mutex
	partly struct {
		delivery string
		told     []slackPlace
	}
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

func (s *Slack) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.New(slog.DiscardHandler)
}

// Send implements Sender. The receipt says where the messages stand, by which they can be edited later, or
// "ok" from a webhook. The first alert of a document begins a thread, in which the later ones reply.
// Blocks that Slack refuses are sent again as text: a plain alert is better than none.
func (s *Slack) Send(ctx context.Context, m Message) (string, error) {
	s.once.Do(s.setup)
	switch m.Delivery.Kind {
	case kaisei.DeliveryCorrection:
		return s.correct(ctx, m)
	case kaisei.DeliveryComparison:
		return s.attach(ctx, m)
	}
	root, err := s.threadOf(s.document(m))
	if err != nil {
		return "", s.fail(Temporary, 0, fmt.Errorf("read the thread: %w", err))
	}
	told := s.resume(m.Delivery.ID)
	for _, msg := range s.messages(m, s.Options)[len(told):] {
		msg.thread = root
		msg.broadcast = len(m.Changes) == 1 && m.Changes[0].Severity.Rank() >= BroadcastSeverity.Rank()
		at, err := s.tell(ctx, m.Delivery.ID, msg)
		if err != nil {
			s.interrupt(m.Delivery.ID, told)
			return "", s.classify(err)
		}
		told = append(told, at)
	}
	if !s.Webhook.IsZero() {
		return strings.TrimSuffix(strings.Repeat("ok,", len(told)), ","), nil
	}
	s.remember(m, told)
	return receiptOf(told), nil
}

// resume returns what was told of a delivery when its last attempt failed, so that a summary of many messages
// goes on where it was. A restart tells it from its beginning.
func (s *Slack) resume(id string) []slackPlace {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.partly.delivery != id {
		return nil
	}
	s.partly.delivery = ""
	return s.partly.told
}

func (s *Slack) interrupt(id string, told []slackPlace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partly.delivery, s.partly.told = id, told
}

// tell posts one message: outside of its thread where that is gone, as text where its blocks are refused.
func (s *Slack) tell(ctx context.Context, id string, msg slackMessage) (slackPlace, error) {
	at, err := s.post(ctx, id, msg)
	if msg.thread != "" && threadGone(err) {
		msg.thread = ""
		at, err = s.post(ctx, id, msg)
	}
	if refusedForm(err) {
		msg.blocks, msg.text = nil, msg.plain
		at, err = s.post(ctx, id, msg)
	}
	return at, err
}

// slackMessage is one message in its forms: blocks with a short text, or plain text.
type slackMessage struct {
	blocks      json.RawMessage
	text, plain string
	// thread is the message to reply to; broadcast shows the reply in the channel too.
	thread    string
	broadcast bool
}

func (s *Slack) messages(m Message, o render.Options) []slackMessage {
	o.Delivery = m.Delivery.ID
	o.Answered = render.AnsweredLines(m.Answers, o)
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

// SlackPage draws a message as people see it in Slack, as a page of HTML.
func SlackPage(m Message, o render.Options) (string, error) {
	var all []blockkit.Message
	for _, one := range slackMessages(m, o) {
		all = append(all, blockkit.Message{Blocks: one.blocks, At: m.Delivery.Created.In(kaisei.JST).Format("15:04")})
	}
	return blockkit.Page(o.Voice().ID(), all...)
}

func slackMessages(m Message, o render.Options) []slackMessage {
	switch {
	case m.Notice != nil:
		blocks, text := render.NoticeSlack(*m.Notice, o)
		return []slackMessage{{blocks: blocks, text: text, plain: slackPlain(render.Notice(*m.Notice, o))}}
	case m.Reminder != nil:
		blocks, text := render.ReminderSlack(*m.Reminder, o)
		return []slackMessage{{blocks: blocks, text: text, plain: slackPlain(render.Reminder(*m.Reminder, o))}}
	case m.Escalation != nil:
		blocks, text := render.EscalationSlack(*m.Escalation, o)
		return []slackMessage{{blocks: blocks, text: text, plain: slackPlain(render.Escalation(*m.Escalation, o))}}
	case m.Digest != nil:
		text, _ := render.Digest(*m.Digest, o)
		return []slackMessage{{text: slackPlain(text), plain: slackPlain(text)}}
	}
	var out []slackMessage
	if m.Summary != nil {
		for _, part := range render.SummarySlack(*m.Summary, o) {
			out = append(out, slackMessage{blocks: part.Blocks, text: part.Text, plain: part.Plain})
		}
		return out
	}
	for _, c := range m.Changes {
		blocks, text := render.AlertSlack(c, o)
		out = append(out, slackMessage{blocks: blocks, text: text, plain: slackPlain(render.Alert(c, o))})
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

// post posts one message when it is its turn.
func (s *Slack) post(ctx context.Context, id string, m slackMessage) (slackPlace, error) {
	if err := s.turn(ctx); err != nil {
		return slackPlace{}, err
	}
	if !s.Webhook.IsZero() {
		return slackPlace{}, s.postWebhook(ctx, m)
	}
	options, err := m.options(id)
	if err != nil {
		return slackPlace{}, err
	}
	if m.thread != "" {
		options = append(options, slack.MsgOptionTS(m.thread))
		if m.broadcast {
			options = append(options, slack.MsgOptionBroadcast())
		}
	}
	channel, ts, posted, err := s.api.PostMessageWithResponseContext(ctx, s.Channel, options...)
	at := slackPlace{channel: channel, ts: ts, thread: m.thread}
	if posted.Timestamp != "" && posted.ThreadTimestamp == "" {
		// The root was deleted, and Slack took the reply as a message of its own.
		at.thread = ""
	}
	return at, err
}

func (s *Slack) turn(ctx context.Context) error {
	if err := s.limiter.Wait(ctx); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	return nil
}

// options are a message for the Web API. The ID of the delivery goes with it as metadata.
func (m slackMessage) options(id string) ([]slack.MsgOption, error) {
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
			return nil, fmt.Errorf("read our own blocks: %w", err)
		}
		options = append(options, slack.MsgOptionBlocks(blocks.BlockSet...))
	}
	return options, nil
}
