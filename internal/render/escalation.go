package render

import (
	"encoding/json"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// EscalationData tells a change again because nobody answered it. Without the change it is the payload
// of an escalation delivery.
type EscalationData struct {
	Change kaisei.Change `json:"-"`
	// Since is from when on it waits for an answer: first told, or reopened.
	Since time.Time `json:"since"`
	// After is how long without an answer makes it an escalation.
	After time.Duration `json:"after_ns"`
	// Told are those who were told of the change, the first first.
	Told []ToldTo `json:"told"`
}

// ToldTo is a channel that was told, and when.
type ToldTo struct {
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
}

// maxToldTo is how many channels an escalation names.
const maxToldTo = 10

// newEscalation writes an escalation in the form of a notice: what waits since when, and who knows of it.
func newEscalation(d EscalationData, o Options) notice {
	l, k := o.lang(), newCard(d.Change, o)
	var told []string
	for i, t := range d.Told {
		if i == maxToldTo {
			told = append(told, say(l, "more-reasons", thousands(len(d.Told)-i)))
			break
		}
		told = append(told, brief(t.Channel)+say(l, "paren", clock(t.At)))
	}
	v := notice{
		mark: "⏰", head: say(l, "escalation.head", Span(d.After, l), k.headline(" ")), text: say(l, "escalation.text", k.severity),
		ids: joined([]string{Clean(d.Change.ID), Clean(o.Delivery)}, " · "),
	}
	if len(k.links) > 0 {
		v.link = k.links[0]
	}
	v.facts = without([]string{
		say(l, "escalation.since") + say(l, "colon") + clock(d.Since), say(l, "escalation.told") + say(l, "colon") + strings.Join(told, sentenceGap(l)),
		k.origin, k.counts,
	})
	for _, t := range k.touches {
		v.facts = append(v.facts, "▶ "+t)
	}
	v.facts = append(v.facts, say(l, "escalation.do", Clean(d.Change.ID)))
	return v
}

// EscalationHeadline returns the first line of an escalation without its mark.
func EscalationHeadline(d EscalationData, o Options) string { return newEscalation(d, o).head }

// Escalation writes an escalation as plain text, ending in a newline.
func Escalation(d EscalationData, o Options) string { return newEscalation(d, o).plain(o) }

// EscalationHTML writes an escalation as a fragment of HTML for e-mail.
func EscalationHTML(d EscalationData, o Options) string { return newEscalation(d, o).html(o) }

// EscalationSlack writes an escalation as Block Kit blocks, with the buttons of the alert or what was answered
// by them, and a fallback text.
func EscalationSlack(d EscalationData, o Options) (blocks json.RawMessage, fallback string) {
	return newEscalation(d, o).slack(o, slackAnswers(d.Change, o))
}

// EscalationTeams writes an escalation as a message for Teams.
func EscalationTeams(d EscalationData, o Options) json.RawMessage {
	return newEscalation(d, o).teams(o)
}
