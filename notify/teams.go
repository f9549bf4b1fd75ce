package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kaisei/internal/config"
	"kaisei/internal/render"
)

// TeamsGap is the least time between two messages to one Teams webhook: it takes about four requests
// a second from all its users together.
const TeamsGap = time.Second

// Teams tells a channel of Microsoft Teams through a webhook of Workflows ("when a Teams webhook
// request is received"), as Adaptive Cards.
type Teams struct {
	Webhook config.Secret
	Options render.Options
	// Client sends the requests; nil means one with a timeout that follows no redirects.
	Client *http.Client
	// Gap is the least time between two messages; 0 means TeamsGap.
	Gap time.Duration

	once    sync.Once
	limiter *rate.Limiter
}

// Send implements Sender. The receipt is the last status. Workflows answer with no ID, so that a repeat
// is a second message, which bears the same delivery in its small print.
func (s *Teams) Send(ctx context.Context, m Message) (string, error) {
	if err := onlySlack(m); err != nil {
		return "", err
	}
	s.once.Do(func() {
		if s.Client == nil {
			s.Client = hookClient()
		}
		gap := s.Gap
		if gap == 0 {
			gap = TeamsGap
		}
		s.limiter = rate.NewLimiter(rate.Every(gap), 1)
	})
	h := poster{name: "teams", url: s.Webhook.Reveal(), client: s.Client}
	o := s.Options
	o.Delivery = m.Delivery.ID
	receipt := ""
	for _, body := range TeamsJSON(m, o) {
		if err := s.limiter.Wait(ctx); err != nil {
			return "", h.fail(Temporary, 0, err)
		}
		status, words, err := h.post(ctx, body, http.Header{})
		if err != nil {
			return "", err
		}
		// An older kind of webhook reports trouble of Teams itself with status 200.
		if strings.Contains(words, "HTTP error 429") || strings.Contains(words, "HTTP error 5") {
			return "", failf(Temporary, "teams: the webhook could not pass the message on")
		}
		receipt = http.StatusText(status)
	}
	return receipt, nil
}

// TeamsJSON writes a message as bodies for the webhook, each below Teams' limit.
func TeamsJSON(m Message, o render.Options) []json.RawMessage {
	switch {
	case m.Notice != nil:
		return []json.RawMessage{render.NoticeTeams(*m.Notice, o)}
	case m.Reminder != nil:
		return []json.RawMessage{render.ReminderTeams(*m.Reminder, o)}
	case m.Escalation != nil:
		return []json.RawMessage{render.EscalationTeams(*m.Escalation, o)}
	case m.Summary != nil:
		return render.SummaryTeams(*m.Summary, o)
	}
	var out []json.RawMessage
	for _, c := range m.Changes {
		out = append(out, render.AlertTeams(c, o))
	}
	return out
}
