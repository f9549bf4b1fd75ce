package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// ReminderHour is the hour of the day in Japan at which reminders fall due.
const ReminderHour = 9

// markReminders is the mark that holds the instant up to which reminders were planned.
const markReminders = "reminders"

// Reminders decide when a day of taking force that lies ahead is told again. A reminder is a delivery with
// an ID derived from the event, its day and how many days before it falls due, so that asking often, a restart or a
// kill tells it once, and a day that was moved has reminders of its own.
//
// What time makes a change of tells itself: the day of taking force, and the closing of a consultation, which
// watch.Elapse commits. So a step of 0 days is a reminder only where that day is no business
// day, and then falls on the one before, or where nothing will be told on it because only the last possible day is known.
type Reminders struct {
	Queue  Queue
	Router *Router
	// Sources are the catalogue's.
	Sources []kaisei.Source
	// Days are how many days before the event it is told; none switches reminders off.
	Days []int
	// Foresee says what change an event will be at an instant; head is the latest version of its document.
	Foresee func(e calendar.Event, head kaisei.Version, at time.Time) kaisei.Change
}

// Plan inserts the reminders that fell due since the last call. It may be called as often as one likes; it reads
// the documents once a day. The first call tells nothing, so that neither a new store nor switching reminders on
// is a storm; and of several steps of one event that passed during a stop only the last is told, if its day is still
// ahead.
func (p *Reminders) Plan(now time.Time) error {
	text, ok, err := p.Queue.Mark(markReminders)
	if err != nil {
		return fmt.Errorf("plan reminders: %w", err)
	}
	var ds []kaisei.Delivery
	if ok {
		done, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fmt.Errorf("decode the mark %s: %w", markReminders, err)
		}
		if !done.Before(lastReminders(now)) {
			return nil
		}
		list, _, err := p.Due(done, now)
		if err != nil {
			return err
		}
		for _, r := range list {
			more, err := p.Deliveries(r, now)
			if err != nil {
				return err
			}
			ds = append(ds, more...)
		}
	}
	if err := p.Queue.Enqueue(ds, map[string]string{markReminders: now.UTC().Format(time.RFC3339)}); err != nil {
		return fmt.Errorf("plan reminders: %w", err)
	}
	return nil
}

// lastReminders is the last instant until now at which reminders may fall due.
func lastReminders(now time.Time) time.Time {
	at := remindersOn(kaisei.DateOf(now))
	if at.After(now) {
		at = remindersOn(kaisei.DateOf(now).AddDays(-1))
	}
	return at
}

func remindersOn(day kaisei.Date) time.Time { return day.Start().Add(ReminderHour * time.Hour) }

// Due returns the reminders that fell due after an instant and up to now, of each event the last, in time order;
// next is when one falls due after now, as far as is known, or the zero time.
func (p *Reminders) Due(after, now time.Time) (list []render.ReminderData, next time.Time, err error) {
	events, heads, err := p.ahead(now)
	if err != nil {
		return nil, next, err
	}
	for _, e := range events {
		var last *render.ReminderData
		for _, s := range p.steps(e) {
			switch {
			case s.At.After(now):
				if next.IsZero() || s.At.Before(next) {
					next = s.At
				}
			case s.At.After(after):
				last = &s
			}
		}
		if last == nil || !useful(e, now) {
			continue
		}
		last.Change = p.foreseen(e, heads[e.Document])
		list = append(list, *last)
	}
	slices.SortStableFunc(list, func(a, b render.ReminderData) int { return a.At.Compare(b.At) })
	return list, next, nil
}

// Ahead returns the reminders that fall due after now and before until, in time order; the zero time is no bound.
func (p *Reminders) Ahead(now, until time.Time) ([]render.ReminderData, error) {
	events, heads, err := p.ahead(now)
	if err != nil {
		return nil, err
	}
	var list []render.ReminderData
	for _, e := range events {
		for _, s := range p.steps(e) {
			if !s.At.After(now) || (!until.IsZero() && !s.At.Before(until)) {
				continue
			}
			s.Change = p.foreseen(e, heads[e.Document])
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b render.ReminderData) int { return a.At.Compare(b.At) })
	return list, nil
}

// ahead reads the days of taking force that are still to come, and the latest versions that state them.
func (p *Reminders) ahead(now time.Time) ([]calendar.Event, map[string]kaisei.Version, error) {
	docs, err := calendar.Documents(p.Queue, time.Time{})
	if err != nil {
		return nil, nil, fmt.Errorf("plan reminders: %w", err)
	}
	heads := map[string]kaisei.Version{}
	for _, d := range docs {
		heads[d.Document] = d
	}
	events := slices.DeleteFunc(calendar.Coming(calendar.Events(docs, p.Sources), now), func(e calendar.Event) bool {
		return e.Kind != kaisei.ClassInForce || e.Day().IsZero()
	})
	return events, heads, nil
}

// steps are the reminders of an event, the earliest first. One that would fall on a day on which offices are
// closed falls on the business day before: later, less would be left to act.
func (p *Reminders) steps(e calendar.Event) []render.ReminderData {
	var out []render.ReminderData
	for _, days := range slices.Backward(slices.Sorted(slices.Values(p.Days))) {
		at := remindersOn(calendar.BusinessDayUntil(e.Day().AddDays(-days)))
		if useful(e, at) {
			out = append(out, render.ReminderData{Event: e, Days: days, At: at.UTC()})
		}
	}
	return out
}

// useful reports whether an event can be reminded of at an instant: its day has not come, on which it is told as
// a change; or it is not over, where only the last possible day is known and nothing else tells that it came.
func useful(e calendar.Event, at time.Time) bool {
	if due := e.Due(); !due.IsZero() {
		return at.Before(due)
	}
	return !e.Over(at)
}

func (p *Reminders) foreseen(e calendar.Event, head kaisei.Version) kaisei.Change {
	return p.Foresee(e, head, e.Day().Start().UTC())
}

// Deliveries returns a delivery of a reminder for every channel that would be told of the event on its day.
// What was promised under the ID of a copy of the document is not promised again. Where the hours of a
// channel would hold it until the day itself, there is none: the event is then told as a change.
func (p *Reminders) Deliveries(r render.ReminderData, now time.Time) ([]kaisei.Delivery, error) {
	var out []kaisei.Delivery
	for _, to := range p.Router.recipients(r.Change, now) {
		if !useful(r.Event, to.due) {
			continue
		}
		told, err := p.promised(to.channel.Name, r)
		if err != nil {
			return nil, err
		}
		if told {
			continue
		}
		r.Left = kaisei.DateOf(to.due).DaysUntil(r.Event.Day())
		payload, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("encode the reminder of %s: %w", r.Event.ID, err)
		}
		d := delivery(kaisei.DeliveryReminder, to.channel.Name, aboutReminder(r.Event.ID, r), nil, string(payload), now)
		d.Source, d.Severity = r.Change.Source, r.Change.Severity
		out = append(out, to.at(d))
	}
	return out, nil
}

// ReminderID is the ID of the delivery by which a channel is told a reminder.
func ReminderID(channel string, r render.ReminderData) string {
	return kaisei.DeliveryReminder + "/" + channel + "/" + aboutReminder(r.Event.ID, r)
}

func aboutReminder(event string, r render.ReminderData) string {
	return fmt.Sprintf("%s/%s-%d", event, r.Event.Day(), r.Days)
}

func (p *Reminders) promised(channel string, r render.ReminderData) (bool, error) {
	for _, document := range append([]string{r.Event.Document}, r.Event.Copies...) {
		about := aboutReminder(document+strings.TrimPrefix(r.Event.ID, r.Event.Document), r)
		_, ok, err := p.Queue.Delivery(kaisei.DeliveryReminder + "/" + channel + "/" + about)
		if err != nil {
			return false, fmt.Errorf("look whether %s was reminded of: %w", r.Event.ID, err)
		}
		if ok {
			return true, nil
		}
	}
	return false, nil
}

// Recipient is who would be told of a change, and when.
type Recipient struct {
	Channel string    `json:"channel"`
	Due     time.Time `json:"due"`
}

// Recipients returns who would be told of a change that is found at now.
func (r *Router) Recipients(c kaisei.Change, now time.Time) []Recipient {
	out := []Recipient{}
	for _, to := range r.recipients(c, now) {
		out = append(out, Recipient{to.channel.Name, to.due.UTC()})
	}
	return out
}

// overtaken says why a reminder that is not told yet need not be told any more, "" where it must or is none.
func overtaken(d kaisei.Delivery, now time.Time) string {
	if d.Kind != kaisei.DeliveryReminder {
		return ""
	}
	var r render.ReminderData
	if json.Unmarshal([]byte(d.Payload), &r) != nil || useful(r.Event, now) {
		return "" // what cannot be read is told of as dead by the attempt
	}
	return "not told: its day, " + r.Event.Day().String() + ", had come"
}
