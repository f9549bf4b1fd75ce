package notify

import (
	"bytes"
	"encoding/json"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// EventVersion is the version of the form of Event. Fields may be added under the same version; it is
// raised where a reader of the older form would go wrong. docs/events.md describes it.
const EventVersion = 1

// MaxEvent bounds an event in bytes; the last edits of a change that is larger are left out and counted.
const MaxEvent = 256 << 10

// The types of event.
const (
	EventChange  = "change.found"
	EventSummary = "changes.summary"
	EventNotice  = "source.notice"
	// EventEscalation tells a change again because nobody answered it.
	EventEscalation = "change.escalated"
	// EventReminder tells of a day of taking force before it comes.
	EventReminder = "event.reminder"
)

// Event is a message for programs: the body of a webhook, a line of a file.
type Event struct {
	Version int    `json:"version"`
	Type    string `json:"type"`
	// Delivery is the ID of the delivery; a repeat has the same.
	Delivery string `json:"delivery"`
	// Timestamp is when the delivery was promised.
	Timestamp time.Time `json:"timestamp"`
	// Sample says that nothing happened: an operator tries the channel.
	Sample bool `json:"sample"`
	// Text is the first line of the alert in the language of the channel.
	Text     string `json:"text"`
	Language string `json:"language"`
	// EditsOmitted counts the edits that were left out of Data because they are too many.
	EditsOmitted int `json:"edits_omitted,omitempty"`
	// Data is a change, a list of changes without their edits, an escalation, a reminder, or a notice.
	Data any `json:"data"`
}

// summaryEvent is the data of a summary.
type summaryEvent struct {
	Held    bool           `json:"held"`
	Changes []briefOfEvent `json:"changes"`
}

// escalationEvent is the data of an escalation.
type escalationEvent struct {
	Change briefOfEvent    `json:"change"`
	Since  time.Time       `json:"since"`
	After  int64           `json:"after_seconds"`
	Told   []render.ToldTo `json:"told"`
}

// reminderEvent is the data of a reminder.
type reminderEvent struct {
	Event    calendar.Event  `json:"event"`
	Left     int             `json:"days_left"`
	Step     int             `json:"days_before"`
	Severity kaisei.Severity `json:"severity"`
	Touches  []kaisei.Touch  `json:"touches,omitempty"`
}

// briefOfEvent is a change in a summary or an escalation.
type briefOfEvent struct {
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Document    string          `json:"document"`
	Authority   string          `json:"authority"`
	Title       string          `json:"title"`
	Class       kaisei.Class    `json:"class"`
	Layer       kaisei.Layer    `json:"layer"`
	Severity    kaisei.Severity `json:"severity"`
	LabelBefore string          `json:"label_before,omitempty"`
	LabelAfter  string          `json:"label_after,omitempty"`
	URL         string          `json:"url"`
	SeenAt      time.Time       `json:"seen_at"`
}

// EventJSON writes a message for programs, on one line without a line break. A digest has no such form.
func EventJSON(m Message, o render.Options) ([]byte, error) {
	lang := o.Lang
	if lang != render.English {
		lang = render.Japanese
	}
	e := Event{Version: EventVersion, Delivery: m.Delivery.ID, Timestamp: m.Delivery.Created.UTC(), Sample: m.Sample, Language: lang}
	switch {
	case m.Notice != nil:
		e.Type, e.Text, e.Data = EventNotice, render.NoticeHeadline(*m.Notice, o), m.Notice
		return marshalEvent(e)
	case m.Summary != nil:
		e.Type, e.Text = EventSummary, render.SummarySubject(*m.Summary, o)
		data := summaryEvent{Held: m.Summary.Held, Changes: []briefOfEvent{}}
		for _, c := range m.Summary.Changes {
			data.Changes = append(data.Changes, briefly(c))
		}
		e.Data = data
		return marshalEvent(e)
	case m.Escalation != nil:
		x := m.Escalation
		e.Type, e.Text = EventEscalation, render.EscalationHeadline(*x, o)
		e.Data = escalationEvent{briefly(x.Change), x.Since.UTC(), int64(x.After / time.Second), x.Told}
		return marshalEvent(e)
	case m.Reminder != nil:
		x := m.Reminder
		e.Type, e.Text = EventReminder, render.ReminderHeadline(*x, o)
		e.Data = reminderEvent{x.Event, x.Left, x.Days, x.Change.Severity, x.Change.Touches}
		return marshalEvent(e)
	case len(m.Changes) == 1:
		e.Type, e.Text = EventChange, render.Headline(m.Changes[0], o)
		return changeEvent(e, m.Changes[0])
	}
	return nil, failf(Final, "a message of kind %q has no form for programs", m.Delivery.Kind)
}

func briefly(c kaisei.Change) briefOfEvent {
	return briefOfEvent{
		ID: c.ID, Source: c.Source, Document: c.Document, Authority: c.Authority, Title: c.Title, Class: c.Class, Layer: c.Layer,
		Severity: c.Severity, LabelBefore: c.LabelBefore, LabelAfter: c.LabelAfter, URL: c.URL, SeenAt: c.SeenAt,
	}
}

// changeEvent writes a change with as many of its edits as MaxEvent holds.
func changeEvent(e Event, c kaisei.Change) ([]byte, error) {
	edits := c.Edits
	if c.Reasons == nil {
		c.Reasons = []kaisei.Reason{}
	}
	for keep := len(edits); ; keep /= 2 {
		c.Edits = append([]kaisei.Edit{}, edits[:keep]...)
		e.Data, e.EditsOmitted = c, len(edits)-keep
		b, err := marshalEvent(e)
		if err != nil || len(b) <= MaxEvent || keep == 0 {
			return b, err
		}
	}
}

func marshalEvent(e Event) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, failf(Final, "encode the event: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
