package notify

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"kaisei/internal/kaisei"
)

const (
	// maxEnvelope bounds what is read of one message of Slack's; a click comes with the message clicked.
	maxEnvelope = 4 << 20
	// socketGap is the least time between two connections, after socketBurst at once: one that is cut as
	// soon as it is open must not be opened again and again.
	socketGap   = 15 * time.Second
	socketBurst = 3
	// nameTimeout bounds asking for somebody's name. Slack wants to hear within three seconds that a click
	// was received.
	nameTimeout = 1500 * time.Millisecond
	// maxNames is how many names are remembered.
	maxNames = 1000
)

// slackSocket keeps one Socket Mode connection, by which Slack reports clicks without a port that is open here.
type slackSocket struct {
	slack *Slack
	log   *slog.Logger
	// gap is socketGap unless set; refused is how long to wait where Slack refuses the token.
	gap, refused time.Duration
	// take records what was clicked. A click is confirmed to Slack once take returned without an error; otherwise
	// Slack reports it again.
	take func(ctx context.Context, c clicked, name func(ctx context.Context, id string) string) error
	// state is told what becomes of the connection: nil where it is open.
	state func(err error)

	// failing says that the connection could not be opened and that this was logged.
	failing bool
	names   map[string]string
	// nameless says that the token may not ask for names.
	nameless bool
}

// errConnecting is the state of a connection that is not open yet, or any more.
var errConnecting = errors.New("not connected")

// run listens until ctx ends. It connects again whenever the connection ends, waiting longer while it fails.
func (s *slackSocket) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := s.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		// Only a token that Slack refuses comes here; all else is tried again within.
		err = s.slack.socketTrouble(err)
		s.state(err)
		s.log.Error("Slack refuses to report answers", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(s.refused):
		}
	}
}

func (s *slackSocket) listen(ctx context.Context) error {
	client := socketmode.New(s.slack.socketAPI(s.gap), socketmode.OptionReadLimit(maxEnvelope))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return client.RunContext(ctx) })
	g.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case e := <-client.Events:
				s.event(ctx, client, e)
			}
		}
	})
	return g.Wait()
}

// event handles what Slack sent, or what became of the connection.
func (s *slackSocket) event(ctx context.Context, client *socketmode.Client, e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeHello:
		s.state(nil)
		s.failing = false
		s.log.Info("listening for answers in Slack")
	case socketmode.EventTypeConnecting:
		s.state(errConnecting)
	case socketmode.EventTypeConnectionError:
		if x, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			err := s.slack.socketTrouble(x.ErrorObj)
			s.state(err)
			level := slog.LevelWarn
			if s.failing {
				level = slog.LevelDebug // said once until it is over
			}
			s.failing = true
			s.log.Log(ctx, level, "no connection to Slack for answers, will be tried again", "err", err)
		}
	case socketmode.EventTypeErrorBadMessage:
		// What it said is not repeated: it may be anything.
		s.log.Warn("Slack reported what cannot be read")
	case socketmode.EventTypeIncomingError:
		s.log.Debug("a message of Slack's could not be read", "err", e.Data)
	case socketmode.EventTypeInteractive:
		ic, ok := e.Data.(slack.InteractionCallback)
		if !ok || e.Request == nil {
			return
		}
		for _, c := range clicks(ic, e.Request.Payload) {
			if err := s.take(ctx, c, s.name); err != nil {
				s.log.Error("an answer in Slack could not be recorded", "change", c.change, "err", err)
				return
			}
		}
		s.confirm(ctx, client, e)
	default:
		// Whatever else the app is subscribed to is not for us, and would come again unconfirmed.
		if e.Request != nil && e.Request.EnvelopeID != "" {
			s.confirm(ctx, client, e)
		}
	}
}

func (s *slackSocket) confirm(ctx context.Context, client *socketmode.Client, e socketmode.Event) {
	if err := client.AckCtx(ctx, e.Request.EnvelopeID, nil); err != nil && ctx.Err() == nil {
		s.log.Warn("Slack could not be told that an answer was taken", "err", err)
	}
}

// name returns what somebody is called, or "" where that cannot be known in time.
func (s *slackSocket) name(ctx context.Context, id string) string {
	if name, ok := s.names[id]; ok || s.nameless {
		return name
	}
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	defer cancel()
	s.slack.once.Do(s.slack.setup)
	u, err := s.slack.api.GetUserInfoContext(ctx, id)
	if err != nil {
		s.nameless = slackWords(err) == "missing_scope"
		if s.nameless {
			s.log.Info("people in Slack are recorded by their short names and IDs: the scope users:read would show their names")
		}
		return ""
	}
	name := u.Name
	for _, better := range []string{u.RealName, u.Profile.RealName, u.Profile.DisplayName} {
		if strings.TrimSpace(better) != "" {
			name = better
		}
	}
	if s.names == nil || len(s.names) >= maxNames {
		s.names = map[string]string{}
	}
	s.names[id] = personName(name)
	return s.names[id]
}

// personName makes a name fit for an answer.
func personName(name string) string {
	if !utf8.ValidString(name) {
		return ""
	}
	return strings.TrimSpace(shorten(strings.Join(strings.Fields(name), " "), kaisei.MaxAnswerName))
}

// socketAPI is the Web API as the connection needs it: with the token of the app, and not opened too often.
func (s *Slack) socketAPI(gap time.Duration) *slack.Client {
	s.once.Do(s.setup)
	client := *s.Client
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	client.Transport = &slowed{next, rate.NewLimiter(rate.Every(gap), socketBurst)}
	client.Timeout = slackTimeout + gap // which a request may wait for its turn
	options := []slack.Option{slack.OptionHTTPClient(&client), slack.OptionAppLevelToken(s.AppToken.Reveal())}
	if s.API != "" {
		options = append(options, slack.OptionAPIURL(s.API))
	}
	return slack.New(s.Token.Reveal(), options...)
}

// slowed lets each request wait for its turn.
type slowed struct {
	next    http.RoundTripper
	limiter *rate.Limiter
}

// RoundTrip implements http.RoundTripper.
func (s *slowed) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := s.limiter.Wait(r.Context()); err != nil {
		return nil, err
	}
	return s.next.RoundTrip(r)
}

// socketTrouble is an error of the connection without the secrets that it may hold, and with what to do.
func (s *Slack) socketTrouble(err error) error {
	text := redact(err.Error(), s.AppToken.Reveal(), s.Token.Reveal())
	switch slackWords(err) {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return errors.New("slack: " + text + "; give a valid app-level token (app_token)")
	case "not_allowed_token_type", "missing_scope":
		return errors.New("slack: " + text + "; app_token must be an app-level token with the scope connections:write")
	}
	return errors.New("slack: " + text)
}
