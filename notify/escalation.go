package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Escalation is a step by which a critical change that nobody answers is told again.
type Escalation struct {
	// After is how long the change waits, from its first telling on or from when it was reopened.
	After    time.Duration
	Channels []string
}

// Escalator decides when a critical change that was told and that nobody answered is told again. What it
// decides is a delivery with an ID derived from the change, the channel and the step, so that asking often, a
// restart or a kill tells each step once. A step holds for the changes found after it was first
// planned: switching escalation on is no storm.
type Escalator struct {
	Queue Queue
	// Channels are all that are told anything.
	Channels []Channel
	Steps    []Escalation
}

// markEscalation is the mark that holds an escalated.
const markEscalation = "escalation"

// escalated is how far escalation has come.
type escalated struct {
	// Next is the number of the first change of which steps may be left.
	Next uint64 `json:"next"`
	// From is the number of the first change for which a step holds, by the time after which it comes.
	From map[string]uint64 `json:"from"`
}

// Plan inserts the escalations that are due at now. It may be called as often as one likes.
func (e *Escalator) Plan(now time.Time) error {
	text, _, err := e.Queue.Mark(markEscalation)
	if err != nil {
		return fmt.Errorf("plan escalations: %w", err)
	}
	if len(e.Steps) == 0 && text == "" {
		return nil
	}
	last, err := e.Queue.LastNumber()
	if err != nil {
		return fmt.Errorf("plan escalations: %w", err)
	}
	m, err := e.progress(text, last)
	if err != nil {
		return fmt.Errorf("plan escalations: %w", err)
	}
	ds, next, err := e.due(m, last, now)
	if err != nil {
		return fmt.Errorf("plan escalations: %w", err)
	}
	m.Next = next
	after, err := json.Marshal(m)
	if err != nil || (len(ds) == 0 && string(after) == text) {
		return err
	}
	return e.Queue.Enqueue(ds, map[string]string{markEscalation: string(after)})
}

// progress reads the mark, with a step that is new beginning behind the last change and without those
// that are no longer configured.
func (e *Escalator) progress(text string, last uint64) (escalated, error) {
	var before escalated
	if text != "" {
		if err := json.Unmarshal([]byte(text), &before); err != nil {
			return before, fmt.Errorf("decode the mark %s: %w", markEscalation, err)
		}
	}
	m := escalated{Next: before.Next, From: map[string]uint64{}}
	for _, s := range e.Steps {
		from, ok := before.From[s.After.String()]
		if !ok {
			from = last + 1
		}
		m.From[s.After.String()] = from
	}
	if len(before.From) == 0 {
		m.Next = last + 1
	}
	return m, nil
}

// due returns the escalations that are due and not promised yet, and the number of the first change of
// which steps are left. A change that was reopened waits again, wherever its number stands.
func (e *Escalator) due(m escalated, last uint64, now time.Time) (ds []kaisei.Delivery, next uint64, err error) {
	if len(e.Steps) == 0 {
		return nil, 0, nil
	}
	next = last + 1
	all, err := e.Queue.Answers("", time.Time{})
	if err != nil {
		return nil, 0, err
	}
	answers := kaisei.Answered(all)
	cs, err := e.Queue.Changes(kaisei.ChangeQuery{First: m.Next, Last: last, MinSeverity: kaisei.Critical})
	if err != nil {
		return nil, 0, err
	}
	for id, as := range answers {
		if !kaisei.Open(as) || slices.ContainsFunc(cs, func(c kaisei.Change) bool { return c.ID == id }) {
			continue
		}
		c, ok, err := e.Queue.Change(id)
		if err != nil {
			return nil, 0, err
		}
		if ok && c.Severity == kaisei.Critical && !quietly(c) {
			cs = append(cs, c)
		}
	}
	for _, c := range cs {
		more, left, err := e.change(c, answers[c.ID], m, now)
		if err != nil {
			return nil, 0, err
		}
		if ds = append(ds, more...); left && c.Number >= m.Next {
			next = min(next, c.Number)
		}
	}
	return ds, next, nil
}

// change returns the escalations of one change that are due and not promised yet; left says that more may come.
func (e *Escalator) change(c kaisei.Change, answers []kaisei.Answer, m escalated, now time.Time) (ds []kaisei.Delivery, left bool, err error) {
	if !kaisei.Open(answers) {
		return nil, false, nil
	}
	told, waits, err := e.told(c.ID)
	if err != nil || len(told) == 0 {
		return nil, waits, err
	}
	data, reopened := render.EscalationData{Since: told[0].At, Told: told}, uint64(0)
	if n := len(answers); n > 0 {
		data.Since, reopened = answers[n-1].At, answers[n-1].Number
	}
	for _, s := range e.Steps {
		if c.Number < m.From[s.After.String()] {
			continue
		}
		if now.Before(data.Since.Add(s.After)) {
			left = true
			continue
		}
		data.After = s.After
		payload, err := json.Marshal(data)
		if err != nil {
			return nil, false, err
		}
		for _, ch := range e.Channels {
			if !slices.Contains(s.Channels, ch.Name) {
				continue
			}
			d := delivery(kaisei.DeliveryEscalation, ch.Name, "", []string{c.ID}, string(payload), now)
			d.ID = escalationID(ch.Name, c.ID, s.After.String(), reopened)
			if _, ok, err := e.Queue.Delivery(d.ID); err != nil {
				return nil, false, err
			} else if ok {
				continue
			}
			d.Source, d.Severity = c.Source, c.Severity
			at, _ := due(now, c.Severity, ch.Hours)
			if d.Due = at.UTC(); at.After(now) {
				d.Held = kaisei.HeldHours
			}
			ds = append(ds, d)
		}
	}
	return ds, left, nil
}

// told returns the channels that were told of a change, the first first; waits says that others still are to be.
func (e *Escalator) told(change string) (told []render.ToldTo, waits bool, err error) {
	for _, ch := range e.Channels {
		d, ok, err := telling(e.Queue, ch.Name, change)
		switch {
		case err != nil:
			return nil, false, err
		case !ok:
		case d.State == kaisei.DeliverySent:
			told = append(told, render.ToldTo{Channel: ch.Name, At: d.SentAt})
		case d.State == kaisei.DeliveryDue, d.State == kaisei.DeliveryDead:
			waits = true
		}
	}
	slices.SortStableFunc(told, func(a, b render.ToldTo) int { return a.At.Compare(b.At) })
	return told, waits, nil
}

// telling returns the delivery that tells a channel of a change: its alert, or the summary that it went into.
func telling(r interface {
	Delivery(id string) (kaisei.Delivery, bool, error)
}, channel, change string) (d kaisei.Delivery, ok bool, err error) {
	d, ok, err = r.Delivery(kaisei.DeliveryAlert + "/" + channel + "/" + change)
	if err == nil && ok && d.State == kaisei.DeliveryGrouped {
		d, ok, err = r.Delivery(d.Into)
	}
	return d, ok, err
}

// escalationData reads back what an escalation of a change tells.
func escalationData(d kaisei.Delivery, c kaisei.Change) (render.EscalationData, error) {
	var x render.EscalationData
	if err := json.Unmarshal([]byte(d.Payload), &x); err != nil {
		return x, failf(Final, "decode the escalation: %w", err)
	}
	x.Change = c
	return x, nil
}

// escalationID is the ID of the escalation of a change by a step; of one that was reopened it names the
// answer that did.
func escalationID(channel, change, after string, reopened uint64) string {
	id := kaisei.DeliveryEscalation + "/" + channel + "/" + change + "/" + after
	if reopened > 0 {
		id += "/" + strconv.FormatUint(reopened, 10)
	}
	return id
}

// escalations returns the IDs that escalations of a change to a channel have by the steps in force.
func escalations(r interface {
	Mark(name string) (string, bool, error)
}, channel, change string, answers []kaisei.Answer) ([]string, error) {
	text, ok, err := r.Mark(markEscalation)
	if err != nil || !ok {
		return nil, err
	}
	var m escalated
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, fmt.Errorf("decode the mark %s: %w", markEscalation, err)
	}
	var ids []string
	for _, after := range slices.Sorted(maps.Keys(m.From)) {
		ids = append(ids, escalationID(channel, change, after, 0))
		for _, a := range answers {
			if a.Action == kaisei.AnswerReopen {
				ids = append(ids, escalationID(channel, change, after, a.Number))
			}
		}
	}
	return ids, nil
}

// answeredMeanwhile says who answered the change of an escalation that is not told yet, "" where it is
// still open or the delivery is no escalation.
func answeredMeanwhile(q Queue, d kaisei.Delivery) (string, error) {
	if d.Kind != kaisei.DeliveryEscalation || len(d.Changes) == 0 {
		return "", nil
	}
	answers, err := q.Answers(d.Changes[0], time.Time{})
	if err != nil || kaisei.Open(answers) {
		return "", err
	}
	return "not told: the change was answered by " + answers[len(answers)-1].By, nil
}
