package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/internal/web"
	"kaisei/notify"
)

func (a *app) remindersCommand() *cobra.Command {
	var since, until string
	c := &cobra.Command{
		Use: "reminders", Short: "List what will be told of the days ahead, when and to whom", Args: cobra.NoArgs,
		Long: `reminders lists, in time order, what the days ahead will be told as: reminders of days of taking force, and the changes that
time itself makes, which are the closings of consultations and the days of taking force. Who is told follows from the routes of today. Reminders
fall due at 09:00 in Japan on business days; hours of a channel may hold them. [reminders] in the configuration sets the days.`,
		RunE: func(c *cobra.Command, _ []string) error {
			from, err := parseWhen("since", since)
			if err != nil {
				return err
			}
			if from.IsZero() {
				from = time.Now()
			}
			end, err := parseWhen("until", until)
			if err != nil {
				return err
			}
			if !end.IsZero() && !from.Before(end) {
				return usage{fmt.Errorf("--until %s is not after %s", until, clock(from))}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			list, err := a.reminded(r, from, end)
			if err != nil {
				return err
			}
			return a.printReminders(list)
		},
	}
	c.Flags().StringVar(&until, "until", "", "told before this day or instant")
	c.Flags().StringVar(&since, "since", "", "told after this day or instant, instead of now")
	return c
}

// toldAhead is something that will be told of a day ahead.
type toldAhead struct {
	At time.Time `json:"at"`
	// Kind is that of the delivery: reminder, or alert for a change that time makes.
	Kind     string             `json:"kind"`
	Event    calendar.Event     `json:"event"`
	Days     int                `json:"days_before"`
	Severity kaisei.Severity    `json:"severity"`
	To       []notify.Recipient `json:"to"`
}

// reminded lists what will be told from an instant on and before another, where it is set.
func (a *app) reminded(r web.Reader, from, until time.Time) ([]toldAhead, error) {
	p, err := a.reminders(r)
	if err != nil {
		return nil, err
	}
	ahead, err := p.Ahead(from, until)
	if err != nil {
		return nil, err
	}
	var out []toldAhead
	for _, d := range ahead {
		out = append(out, toldAhead{d.At, kaisei.DeliveryReminder, d.Event, d.Days, d.Change.Severity, p.Router.Recipients(d.Change, d.At)})
	}
	changes, err := a.timeTells(r, p, from, until)
	if err != nil {
		return nil, err
	}
	out = append(out, changes...)
	slices.SortStableFunc(out, func(a, b toldAhead) int { return a.At.Compare(b.At) })
	return out, nil
}

// timeTells lists the changes that time will make: closings and days of taking force.
func (a *app) timeTells(r web.Reader, p *notify.Reminders, from, until time.Time) ([]toldAhead, error) {
	cfg, err := a.settings()
	if err != nil {
		return nil, err
	}
	docs, err := calendar.Documents(r, time.Time{})
	if err != nil {
		return nil, err
	}
	heads := map[string]kaisei.Version{}
	for _, d := range docs {
		heads[d.Document] = d
	}
	var out []toldAhead
	add := func(e calendar.Event, at time.Time, days int) {
		if !at.After(from) || (!until.IsZero() && !at.Before(until)) {
			return
		}
		c := p.Foresee(e, heads[e.Document], at)
		out = append(out, toldAhead{at.UTC(), kaisei.DeliveryAlert, e, days, c.Severity, p.Router.Recipients(c, at)})
	}
	for _, e := range calendar.Coming(calendar.Events(docs, p.Sources), from) {
		switch {
		case e.Kind == kaisei.ClassConsultationClosing:
			for _, days := range cfg.Reminders.Deadlines {
				add(e, watch.ClosingTold(e.On, days), days)
			}
		case e.Kind == kaisei.ClassInForce && !e.Due().IsZero():
			add(e, e.Due(), 0)
		}
	}
	return out, nil
}

// reminders makes the operator's planner of reminders for a store that is only read.
func (a *app) reminders(r web.Reader) (*notify.Reminders, error) {
	cfg, err := a.settings()
	if err != nil {
		return nil, err
	}
	cat, err := a.catalog()
	if err != nil {
		return nil, err
	}
	rules, err := a.rules()
	if err != nil {
		return nil, err
	}
	w := &watch.Watcher{Catalog: cat, Rules: rules}
	return &notify.Reminders{
		Queue: readOnly{r}, Router: routerOf(cfg, cat.Sources()), Sources: cat.Sources(), Days: cfg.Reminders.Enforcement, Foresee: w.Foresee,
	}, nil
}

func (a *app) printReminders(list []toldAhead) error {
	if a.json {
		for _, one := range list {
			if err := a.printJSON(one); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		a.remark("cli.no-reminder")
		return nil
	}
	lang := a.voice()
	var rows [][]string
	for _, one := range list {
		var to []string
		for _, x := range one.To {
			name := x.Channel
			if x.Due.After(one.At) {
				name += " (" + clock(x.Due) + ")"
			}
			to = append(to, name)
		}
		rows = append(rows, []string{
			clock(one.At), one.Kind, strconv.Itoa(one.Days), render.EventDay(one.Event, lang), render.SeverityName(one.Severity, lang),
			render.EventName(one.Event, lang) + ": " + cut(render.EventTitle(one.Event, lang), 70), strings.Join(to, ", "),
		})
	}
	a.table([]string{"TOLD (JST)", "AS", "DAYS BEFORE", "DAY (JST)", "SEVERITY", "WHAT", "TO"}, rows)
	return nil
}

// reminderOf makes the reminder that an event of the calendar is told by next.
func (a *app) reminderOf(r web.Reader, event, channel string, now time.Time) (notify.Message, error) {
	p, err := a.reminders(r)
	if err != nil {
		return notify.Message{}, err
	}
	ahead, err := p.Ahead(now, time.Time{})
	if err != nil {
		return notify.Message{}, err
	}
	i := slices.IndexFunc(ahead, func(d render.ReminderData) bool { return d.Event.ID == event })
	if i < 0 {
		return notify.Message{}, fmt.Errorf("no reminder of %q is to come: 'kaisei reminders --json' names the events of those that are", event)
	}
	d := ahead[i]
	d.Left = kaisei.DateOf(d.At).DaysUntil(d.Event.Day())
	return notify.Message{Delivery: kaisei.Delivery{
		ID: notify.ReminderID(channel, d), Channel: channel, Kind: kaisei.DeliveryReminder, Created: d.At, State: kaisei.DeliveryDue,
	}, Reminder: &d}, nil
}
