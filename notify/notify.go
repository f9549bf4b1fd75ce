// Package notify tells people. Its nouns are the channel (who is told what), the
// delivery (a promise to tell one channel something, kept in the store from the same
// transaction as the change itself) and the sender (how a channel is spoken to). Its
// one promise: a delivery that was committed is told at least once, in order per
// channel, and a repeat carries the same ID; or it ends as dead with a reason that an
// operator can read and retry. No channel waits for another.
package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Queue is what the outbox and the digest need of the store.
type Queue interface {
	// Due returns deliveries that are due at now, the earliest first; limit bounds their number.
	Due(now time.Time, limit int) ([]kaisei.Delivery, error)
	// NextDue returns when the earliest unsettled delivery is due.
	NextDue() (time.Time, bool, error)
	SaveDelivery(d kaisei.Delivery) error
	// SaveDeliveries saves several in one step, or none.
	SaveDeliveries(ds []kaisei.Delivery) error
	// Deliveries returns those in a state, or all for "", made last first; limit bounds their number
	// where it is not 0.
	Deliveries(state kaisei.DeliveryState, limit int) ([]kaisei.Delivery, error)
	Delivery(id string) (kaisei.Delivery, bool, error)
	Change(id string) (kaisei.Change, bool, error)
	Changes(q kaisei.ChangeQuery) ([]kaisei.Change, error)
	// Enqueue inserts deliveries and sets marks in one transaction.
	Enqueue(ds []kaisei.Delivery, marks map[string]string) error
	Mark(name string) (string, bool, error)
	LastNumber() (uint64, error)
	Looks(source string, since time.Time, limit int) ([]kaisei.Look, error)
	Polls() ([]kaisei.Poll, error)
	Answers(change string, since time.Time) ([]kaisei.Answer, error)
	Judgements(change string) ([]kaisei.Judgement, error)
	// The versions of documents state the days ahead.
	calendar.Store
}

// Channel is who is told what. The conditions must all hold; an empty one always does.
type Channel struct {
	// Name is part of the IDs of deliveries and must not change while any is unsettled.
	Name string
	// Language is "ja" or "en", for explanations; the sender writes in it.
	Language string
	// Alerts and Notices say which kinds of message the channel gets where there are no routes. With
	// routes, a channel with Notices gets all notices whatever they say.
	Alerts, Notices bool
	Digest          Rhythm
	// Hours are when it may be told of changes and notices. A digest has its own time.
	Hours       Hours
	MinSeverity kaisei.Severity
	Layers      []kaisei.Layer
	Classes     []kaisei.Class
	// Sources are IDs, or beginnings of IDs that end in "/".
	Sources []string
	// UseCases are names of uses of AI, one of which a change must touch.
	UseCases []string
}

// Message is a delivery with what it is about. Exactly one of Changes, Digest, Notice,
// Summary, Escalation, Reminder and Told is filled, as Delivery.Kind says.
type Message struct {
	Delivery   kaisei.Delivery
	Changes    []kaisei.Change
	Digest     *render.DigestData
	Notice     *render.NoticeData
	Summary    *render.SummaryData
	Escalation *render.EscalationData
	Reminder   *render.ReminderData
	// Answers are those to the change of an alert, oldest first.
	Answers []kaisei.Answer
	// Told is an alert told before, to be corrected or followed by its comparison.
	Told *Told
	// Sample says that an operator asked for it to see whether the channel works: nothing happened.
	Sample bool
}

// onlySlack refuses what only Slack can be told, an edit or a file. A channel of another type may have been
// Slack before.
func onlySlack(m Message) error {
	if m.Told == nil {
		return nil
	}
	return failf(Final, "only Slack with a bot token can be told a %s", m.Delivery.Kind)
}

// Sender speaks to one channel.
type Sender interface {
	// Send tells m and returns what the channel answered. An error that is not an *Error is taken
	// as temporary. Send must return soon after ctx ends.
	Send(ctx context.Context, m Message) (receipt string, err error)
}

// Trouble is the class of a failed attempt; it decides what happens next.
type Trouble string

// The classes of trouble.
const (
	// Temporary passes by itself: the network, a busy or broken server.
	Temporary Trouble = "temporary"
	// Setup needs an operator (a wrong password, a channel that the bot was not invited to) but
	// concerns every message of the channel alike: it is tried again, slowly.
	Setup Trouble = "setup"
	// Final is a refusal of this one message. It is not tried again.
	Final Trouble = "final"
)

// Error is a failed attempt to send. Its text holds no secret.
type Error struct {
	Trouble Trouble
	// After is what the other side asked to wait, or 0.
	After time.Duration
	Err   error
}

// Error implements error.
func (e *Error) Error() string { return string(e.Trouble) + ": " + e.Err.Error() }

// Unwrap implements the errors interface.
func (e *Error) Unwrap() error { return e.Err }

// troubleOf returns how err is to be taken.
func troubleOf(err error) (Trouble, time.Duration) {
	var e *Error
	if errors.As(err, &e) {
		return e.Trouble, e.After
	}
	return Temporary, 0
}

// failf returns a formatted *Error.
func failf(t Trouble, format string, args ...any) *Error {
	return &Error{Trouble: t, Err: fmt.Errorf(format, args...)}
}

// redact takes secrets out of the text of an error. Errors of net/http hold the whole URL, and a
// webhook's URL is its password.
func redact(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "********")
		}
	}
	return text
}
