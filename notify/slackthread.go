package notify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// BroadcastSeverity is from where on a reply in the thread of a document is shown in the channel too.
const BroadcastSeverity = kaisei.High

// SlackStore is what Slack keeps of what it told: where the thread of a document begins. It
// survives restarts with the store, and is written together with what is to follow a message.
type SlackStore interface {
	Mark(name string) (string, bool, error)
	Enqueue(ds []kaisei.Delivery, marks map[string]string) error
}

// slackPlace is where a message stands in Slack.
type slackPlace struct {
	// channel is its ID (C…), by which alone a message can be edited; "" in receipts of older versions.
	channel string
	// ts names the message, thread the one that its thread begins with; "" where it begins one itself.
	ts, thread string
}

// String is the place as a receipt: C024BE91L/1712345678.000100, with the root of its thread after it.
func (p slackPlace) String() string {
	if p.thread != "" {
		return p.channel + "/" + p.ts + "/" + p.thread
	}
	return p.channel + "/" + p.ts
}

// root is the message that the thread of p begins with.
func (p slackPlace) root() string { return cmp.Or(p.thread, p.ts) }

// places reads a receipt; what a webhook answered is none.
func places(receipt string) (out []slackPlace) {
	for one := range strings.SplitSeq(receipt, ",") {
		parts := strings.Split(one, "/")
		switch {
		case len(parts) == 1 && strings.Contains(one, "."):
			out = append(out, slackPlace{ts: one})
		case len(parts) == 2:
			out = append(out, slackPlace{channel: parts[0], ts: parts[1]})
		case len(parts) == 3:
			out = append(out, slackPlace{channel: parts[0], ts: parts[1], thread: parts[2]})
		}
	}
	return out
}

func receiptOf(at []slackPlace) string {
	parts := make([]string, len(at))
	for i, p := range at {
		parts[i] = p.String()
	}
	return strings.Join(parts, ",")
}

// thread is the mark of a document: where its thread begins.
type thread struct {
	// To is the channel as it was configured. In another one a thread begins anew.
	To      string `json:"to"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// document returns the document in whose thread m belongs, or "": only alerts have one.
func (s *Slack) document(m Message) string {
	if s.Store == nil || !s.Webhook.IsZero() || m.Sample || m.Delivery.Kind != kaisei.DeliveryAlert || len(m.Changes) != 1 {
		return ""
	}
	return m.Changes[0].Document
}

func (s *Slack) mark(document string) string { return "slack/" + s.Name + "/" + document }

// threadOf returns the message with which the thread of a document begins, or "".
func (s *Slack) threadOf(document string) (string, error) {
	if document == "" {
		return "", nil
	}
	text, ok, err := s.Store.Mark(s.mark(document))
	if err != nil || !ok {
		return "", err
	}
	var t thread
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return "", fmt.Errorf("decode the mark %s: %w", s.mark(document), err)
	}
	if t.To != s.Channel {
		return "", nil
	}
	return t.TS, nil
}

// remember keeps what follows from an alert that was told: where the thread of its document begins, and
// that the full comparison is still to come, in one transaction. An alert that Slack took is not told again
// because this failed.
func (s *Slack) remember(m Message, told []slackPlace) {
	document := s.document(m)
	if document == "" || len(told) == 0 {
		return
	}
	marks := map[string]string{}
	if told[0].thread == "" {
		text, err := json.Marshal(thread{s.Channel, told[0].channel, told[0].ts})
		if err != nil {
			s.log().Error("thread not kept", "delivery", m.Delivery.ID, "channel", s.Name, "err", err)
			return
		}
		marks[s.mark(document)] = string(text)
	}
	var follow []kaisei.Delivery
	if render.SlackFolds(m.Changes[0], s.Options) {
		follow = append(follow, comparisonOf(m.Delivery))
	}
	if len(marks)+len(follow) == 0 {
		return
	}
	if err := s.Store.Enqueue(follow, marks); err != nil {
		s.log().Error("thread not kept", "delivery", m.Delivery.ID, "channel", s.Name, "err", err)
	}
}

// threadGone reports whether Slack has no such thread, or takes no reply in it.
func threadGone(err error) bool {
	return slices.Contains([]string{
		"thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message",
		"restricted_action_thread_locked", "restricted_action_non_threadable_channel",
	}, slackWords(err))
}
