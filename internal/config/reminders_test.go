package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRemindersAreRead(t *testing.T) {
	for text, want := range map[string]Reminders{
		"":                                   DefaultReminders(),
		"[reminders]\ndeadlines = []\n":      {Deadlines: []int{}, Enforcement: []int{90, 30, 7, 0}},
		"[reminders]\nenforcement = []\n":    {Deadlines: []int{14, 7, 1}, Enforcement: []int{}},
		"[reminders]\ndeadlines = [3, 10]\n": {Deadlines: []int{3, 10}, Enforcement: []int{90, 30, 7, 0}},
	} {
		c, err := parse([]byte(text), "kaisei.toml")
		if got := c.Reminders; err != nil || !slices.Equal(got.Deadlines, want.Deadlines) || !slices.Equal(got.Enforcement, want.Enforcement) || got.Deadlines == nil || got.Enforcement == nil {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

func TestRemindersThatCannotBeMeantAreRefusedWithTheirPlace(t *testing.T) {
	var many []string
	for i := range MaxReminders + 1 {
		many = append(many, fmt.Sprint(i))
	}
	for text, want := range map[string]string{
		"[reminders]\ndeadlines = [14, -1]\n":                           "kaisei.toml:2:1: reminders.deadlines: -1 must be between 0 and 730",
		"[reminders]\n\nenforcement = [731]\n":                          "kaisei.toml:3:1: reminders.enforcement: 731 must be between 0 and 730",
		"[reminders]\nenforcement = [7, 30, 7]\n":                       "reminders.enforcement: names 7 twice",
		"[reminders]\ndeadlines = [" + strings.Join(many, ", ") + "]\n": "reminders.deadlines: names 13 reminders: at most 12",
		"[reminders]\ndeadlines = \"14\"\n":                             "kaisei.toml:2:",
		"[reminders]\nenforcements = [7]\n":                             "reminders.enforcements",
	} {
		if _, err := parse([]byte(text), "kaisei.toml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
