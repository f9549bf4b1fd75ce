package config

import "slices"

// Reminders are the days before an event on which it is told again; none switches that off.
type Reminders struct {
	// Deadlines count back from the last day of a consultation.
	Deadlines []int `toml:"deadlines"`
	// Enforcement counts back from the day on which a text takes force.
	Enforcement []int `toml:"enforcement"`
}

// Bounds of reminders.
const (
	// MaxReminderDays is how many days before an event it can be told, MaxReminders how many times.
	MaxReminderDays = 730
	MaxReminders    = 12
)

// DefaultReminders are those that hold where no file says otherwise.
func DefaultReminders() Reminders {
	return Reminders{Deadlines: []int{14, 7, 1}, Enforcement: []int{90, 30, 7, 0}}
}

func (r *reading) reminders(c *Config) {
	for _, k := range []struct {
		key  string
		days []int
	}{{"reminders.deadlines", c.Reminders.Deadlines}, {"reminders.enforcement", c.Reminders.Enforcement}} {
		if len(k.days) > MaxReminders {
			r.problem(k.key, "names %d reminders: at most %d are allowed", len(k.days), MaxReminders)
		}
		for i, d := range k.days {
			switch {
			case d < 0 || d > MaxReminderDays:
				r.problem(k.key, "%d must be between 0 and %d: the number of days before the event", d, MaxReminderDays)
			case slices.Contains(k.days[:i], d):
				r.problem(k.key, "names %d twice", d)
			}
		}
	}
}
