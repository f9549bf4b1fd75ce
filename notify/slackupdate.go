package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// CorrectionWindow is how long after it was told an alert is still corrected. Judging years of history anew
// edits no messages that nobody reads any more.
const CorrectionWindow = 30 * 24 * time.Hour

// Told is an alert that was told, with what was judged and answered since: all that is needed to show it as it
// stands now.
type Told struct {
	// Delivery told it; its Receipt says where. A summary may have told the change with others.
	Delivery kaisei.Delivery
	// Change is the change as it was told.
	Change kaisei.Change
	// Judgements are the later ones, oldest first, and Answers those that people gave.
	Judgements []kaisei.Judgement
	Answers    []kaisei.Answer
}

// Update edits the message of an alert or an escalation in place: what was judged anew stands in an alert with the
// time, and the answers in place of the buttons. It may be called again and from several goroutines; an edit rings nobody.
// The error is an *Error, Final where Slack does not let the message be edited (any more).
func (s *Slack) Update(ctx context.Context, t Told) error {
	s.once.Do(s.setup)
	at := places(t.Delivery.Receipt)
	escalated := t.Delivery.Kind == kaisei.DeliveryEscalation
	if (t.Delivery.Kind != kaisei.DeliveryAlert && !escalated) || len(at) != 1 || at[0].channel == "" {
		return s.fail(Final, 0, fmt.Errorf("%s is no alert that can be edited", t.Delivery.ID))
	}
	o, m := s.Options, Message{Delivery: t.Delivery, Answers: t.Answers}
	if escalated {
		x, err := escalationData(t.Delivery, t.Change)
		if err != nil {
			return err
		}
		m.Escalation = &x
	} else {
		o.Corrections = render.Corrections(t.Change, t.Judgements, o)
		m.Changes = []kaisei.Change{render.Corrected(t.Change, t.Judgements)}
	}
	msg := s.messages(m, o)[0]
	err := s.edit(ctx, t.Delivery.ID, at[0], msg)
	if refusedForm(err) {
		msg.blocks, msg.text = nil, msg.plain
		err = s.edit(ctx, t.Delivery.ID, at[0], msg)
	}
	if err != nil {
		return s.classify(err)
	}
	return nil
}

func (s *Slack) edit(ctx context.Context, id string, at slackPlace, msg slackMessage) error {
	if err := s.turn(ctx); err != nil {
		return err
	}
	options, err := msg.options(id)
	if err != nil {
		return err
	}
	if msg.blocks == nil {
		// Without this the blocks of before would stay.
		options = append(options, slack.MsgOptionBlocks())
	}
	_, _, _, err = s.api.UpdateMessageContext(ctx, at.channel, at.ts, options...)
	return err
}

// correct edits an alert that was judged anew, or replies to it where it cannot be edited: it is too old for
// the workspace, it was deleted, or it told many changes.
func (s *Slack) correct(ctx context.Context, m Message) (string, error) {
	if m.Told == nil || !s.Webhook.IsZero() {
		return "", s.fail(Final, 0, fmt.Errorf("a webhook cannot correct what it told"))
	}
	at := places(m.Told.Delivery.Receipt)
	err := s.Update(ctx, *m.Told)
	if err == nil {
		return receiptOf(at), nil
	}
	if trouble, _ := troubleOf(err); trouble == Temporary {
		return "", err
	}
	o := s.Options
	o.Delivery = m.Delivery.ID
	blocks, text := render.CorrectionSlack(m.Told.Change, m.Told.Judgements, o)
	msg := slackMessage{blocks: blocks, text: text, plain: text}
	if len(at) > 0 {
		msg.thread = at[0].root()
	}
	reply, err := s.tell(ctx, m.Delivery.ID, msg)
	if err != nil {
		return "", s.classify(err)
	}
	return reply.String(), nil
}

// CorrectionReader is what is read of a store to see who was told of a change.
type CorrectionReader interface {
	Change(id string) (kaisei.Change, bool, error)
	Judgements(change string) ([]kaisei.Judgement, error)
	Delivery(id string) (kaisei.Delivery, bool, error)
}

// Corrections returns what channels are to be told of new judgements, which are about to be stored: only what
// changes the class or severity of an alert that was told within CorrectionWindow. The channels are those that
// can edit what they told; what was told through a webhook stays as it is.
func Corrections(r CorrectionReader, js []kaisei.Judgement, channels []string, now time.Time) ([]kaisei.Delivery, error) {
	var out []kaisei.Delivery
	for _, j := range js {
		c, ok, err := r.Change(j.Change)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		later, err := r.Judgements(j.Change)
		if err != nil {
			return nil, err
		}
		before := c.Judgement()
		if n := len(later); n > 0 {
			before = later[n-1]
		}
		if before.Class == j.Class && before.Severity == j.Severity {
			continue
		}
		for _, channel := range channels {
			told, ok, err := toldBy(r, channel, j.Change)
			if err != nil {
				return nil, err
			}
			if ok && len(places(told.Receipt)) > 0 && !told.SentAt.Before(now.Add(-CorrectionWindow)) {
				about := j.Change + "/" + j.At.UTC().Format("20060102T150405.000Z")
				out = append(out, delivery(kaisei.DeliveryCorrection, channel, about, []string{j.Change}, told.ID, now))
			}
		}
	}
	return out, nil
}

// toldBy returns the delivery that told a channel of a change: its alert, or the summary that it went into.
func toldBy(r CorrectionReader, channel, change string) (kaisei.Delivery, bool, error) {
	d, ok, err := telling(r, channel, change)
	return d, ok && d.State == kaisei.DeliverySent, err
}
