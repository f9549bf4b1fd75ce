package render

import (
	"encoding/json"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// ReminderData tells of a day of taking force before it comes. It is the payload of a reminder delivery.
type ReminderData struct {
	Event calendar.Event `json:"event"`
	// Days is how many days before the event the reminder is for; Left how many there are when it is told, which
	// are more where the day of the reminder was a holiday.
	Days int `json:"days_before"`
	Left int `json:"days_left"`
	// At is when it falls due.
	At time.Time `json:"at"`
	// Change is what will be told when the day comes, as it is foreseen: whom it touches and how severe it is.
	Change kaisei.Change `json:"change"`
}

// newReminder writes a reminder in the form of a notice.
func newReminder(d ReminderData, o Options) notice {
	l, k, e := o.lang(), newCard(d.Change, o), d.Event
	name, text, day := "reminder.in-force", "reminder.text", e.Day().String()
	if e.Open() {
		name, text = "reminder.by", "reminder.text-by"
	}
	first := say(l, "reminder.today", say(l, name))
	if d.Left > 0 {
		first = count(l, "reminder.left", d.Left)
		first = say(l, "reminder.until", say(l, name), first)
	}
	v := notice{
		mark: "🔔", head: joined([]string{first, k.severity, EventTitle(e, l)}, "  "), text: say(l, text, day),
		link: link{Clean(e.URL), safeURL(e.URL)}, ids: joined([]string{Clean(e.ID), Clean(o.Delivery)}, " · "),
	}
	fact := func(key, value string) {
		if value != "" {
			v.facts = append(v.facts, say(l, key)+say(l, "colon")+value)
		}
	}
	v.facts = without([]string{k.origin})
	fact("reminder.amending", head(Clean(e.What), maxNote))
	fact("reminder.rests", head(Clean(e.Note), maxNote))
	for _, t := range k.touches {
		v.facts = append(v.facts, "▶ "+t)
	}
	return v
}

// ReminderHeadline returns the first line of a reminder without its mark.
func ReminderHeadline(d ReminderData, o Options) string { return newReminder(d, o).head }

// Reminder writes a reminder as plain text, ending in a newline.
func Reminder(d ReminderData, o Options) string { return newReminder(d, o).plain(o) }

// ReminderHTML writes a reminder as a fragment of HTML for e-mail.
func ReminderHTML(d ReminderData, o Options) string { return newReminder(d, o).html(o) }

// ReminderSlack writes a reminder as Block Kit blocks and a fallback text.
func ReminderSlack(d ReminderData, o Options) (blocks json.RawMessage, fallback string) {
	return newReminder(d, o).slack(o)
}

// ReminderTeams writes a reminder as a message for Teams.
func ReminderTeams(d ReminderData, o Options) json.RawMessage { return newReminder(d, o).teams(o) }
