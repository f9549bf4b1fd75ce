package notify

import (
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/publish"
	"kaisei/internal/render"
)

// EventVersion is the version of the form of events, MaxEvent the largest in bytes; see package publish, which exports changes
// in the same form.
const (
	EventVersion = publish.EventVersion
	MaxEvent     = publish.MaxEvent
)

// The types of event.
const (
	EventChange  = publish.EventChange
	EventSummary = "changes.summary"
	EventNotice  = "source.notice"
	// EventEscalation tells a change again because nobody answered it.
	EventEscalation = "change.escalated"
	// EventReminder tells of a day of taking force before it comes.
	EventReminder = "event.reminder"
)

// Event is a message for programs: the body of a webhook, a line of a file.
type Event = publish.Event

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
		return encoded(e.Encode())
	case m.Summary != nil:
		e.Type, e.Text = EventSummary, render.SummarySubject(*m.Summary, o)
		data := summaryEvent{Held: m.Summary.Held, Changes: []briefOfEvent{}}
		for _, c := range m.Summary.Changes {
			data.Changes = append(data.Changes, briefly(c))
		}
		e.Data = data
		return encoded(e.Encode())
	case m.Escalation != nil:
		x := m.Escalation
		e.Type, e.Text = EventEscalation, render.EscalationHeadline(*x, o)
		e.Data = escalationEvent{briefly(x.Change), x.Since.UTC(), int64(x.After / time.Second), x.Told}
		return encoded(e.Encode())
	case m.Reminder != nil:
		x := m.Reminder
		e.Type, e.Text = EventReminder, render.ReminderHeadline(*x, o)
		e.Data = reminderEvent{x.Event, x.Left, x.Days, x.Change.Severity, x.Change.Touches}
		return encoded(e.Encode())
	case len(m.Changes) == 1:
		e.Type, e.Text = EventChange, render.Headline(m.Changes[0], o)
		return encoded(e.OfChange(m.Changes[0]))
	}
	return nil, failf(Final, "a message of kind %q has no form for programs", m.Delivery.Kind)
}

func briefly(c kaisei.Change) briefOfEvent {
	return briefOfEvent{
		ID: c.ID, Source: c.Source, Document: c.Document, Authority: c.Authority, Title: c.Title, Class: c.Class, Layer: c.Layer,
		Severity: c.Severity, LabelBefore: c.LabelBefore, LabelAfter: c.LabelAfter, URL: c.URL, SeenAt: c.SeenAt,
	}
}

// encoded is bytes as an event is sent; what cannot be encoded never can.
func encoded(b []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, failf(Final, "%w", err)
	}
	return b, nil
}
