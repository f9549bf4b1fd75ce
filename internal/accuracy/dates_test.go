package accuracy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/classify"
)

// dayRoles are the labels of days, in the order of the table.
var dayRoles = []string{"date", "promulgated", "effective", "effective-note", "published", "opens", "deadline"}

// measureDates reads labelled expressions and compares the days found, with what they are the days of.
func measureDates(t *testing.T, _ *library, r *report) {
	r.heading("Days and deadlines")
	r.text("Labelled expressions as authorities print them: every notation, and what each day is the day of (promulgated or decided, effective,\n" +
		"published, opening or closing of comments, or nothing that the words say). *Days* counts the days themselves, whatever they are of; an expression is\n" +
		"*whole* where exactly the labelled days stand with their roles. Goal on the kept part: 1.")
	var rows [][]string
	shortfalls := ""
	for _, part := range []string{partRules, partKept} {
		set := labels(t, part, "dates")
		days, whole := labelCount{}, 0
		roles := map[string]*labelCount{}
		for _, role := range dayRoles {
			roles[role] = &labelCount{}
		}
		for _, row := range set {
			want := splitLabels(row["want"])
			var got []string
			for _, d := range classify.Days(row["text"]) {
				got = append(got, dayLabel(d))
			}
			if strings.Join(got, ";") == strings.Join(want, ";") {
				whole++
			} else if part == partRules {
				t.Logf("%s %s: got %s, want %s", row["id"], row["text"], strings.Join(got, ";"), row["want"])
			}
			compare(daysOnly(want), daysOnly(got), func(string) *labelCount { return &days })
			compare(want, got, func(l string) *labelCount {
				role, _, _ := strings.Cut(l, "=")
				return roles[role]
			})
		}
		rows = append(rows, []string{part, "days", fmt.Sprint(days.hit + days.missed), precision(days), recall(days)})
		for _, role := range dayRoles {
			c := roles[role]
			rows = append(rows, []string{part, role, fmt.Sprint(c.hit + c.missed), precision(*c), recall(*c)})
		}
		if part == partKept {
			shortfalls = fellShort(t, []floor{
				{"days, precision", portion(days.hit, days.hit+days.wrong), 1, 0.98},
				{"days, recall", portion(days.hit, days.hit+days.missed), 1, 0.98},
				{"whole expressions", portion(whole, len(set)), 1, 0.91},
			})
		}
		rows = append(rows, []string{part, "whole expressions", fmt.Sprint(len(set)), "", share(whole, len(set))})
	}
	for _, row := range rows {
		t.Log(strings.Join(row, " "))
	}
	r.table([]string{"part", "label", "labelled", "precision", "recall"}, rows)
	if shortfalls != "" {
		r.text("%s\nThe words beside days were widened in six rounds against expressions of our own making, with only these counts for a guide; most of what is left is a day\n"+
			"that is found and called plain, so that it is shown with its text and not told as a deadline or day of force.", shortfalls)
	}
}

func splitLabels(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

func dayLabel(d classify.Day) string {
	switch d.Role {
	case classify.DayByOrder:
		return string(d.Role) + "=" + d.Note
	case classify.DayDeadline:
		return string(d.Role) + "=" + d.At.Format(time.RFC3339)
	}
	return string(d.Role) + "=" + d.Date.String()
}

// daysOnly drops the role and the time of day.
func daysOnly(list []string) []string {
	var out []string
	for _, l := range list {
		if _, v, _ := strings.Cut(l, "="); !strings.HasPrefix(l, "effective-note=") {
			out = append(out, v[:min(len(v), len(time.DateOnly))])
		}
	}
	return out
}

// compare counts what two lists have in common, without regard to their order.
func compare(want, got []string, of func(label string) *labelCount) {
	left := map[string]int{}
	for _, w := range want {
		left[w]++
	}
	for _, g := range got {
		if left[g] > 0 {
			left[g]--
			of(g).hit++
			continue
		}
		of(g).wrong++
	}
	for l, n := range left {
		of(l).missed += n
	}
}

func precision(c labelCount) string { return share(c.hit, c.hit+c.wrong) }
func recall(c labelCount) string    { return share(c.hit, c.hit+c.missed) }
