package render

import (
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// ChangeColumns are the headings of a table of changes.
func ChangeColumns(o Options) []string {
	l := o.lang()
	return []string{
		say(l, "column.seen"), say(l, "column.severity"), say(l, "column.class"), say(l, "column.layer"), say(l, "column.authority"), say(l, "column.title"),
		say(l, "column.before"), say(l, "column.after"),
		say(l, "edit.added"), say(l, "edit.changed"), say(l, "edit.removed"), say(l, "edit.moved"), say(l, "direction.hardened"), say(l, "direction.softened"),
		say(l, "touches"), say(l, "column.promulgated"), say(l, "date.effective"), say(l, "date.published"), say(l, "date.deadline"),
		say(l, "column.url"), say(l, "link.page"), say(l, "column.id"),
	}
}

// ChangeRow is a change as a row of such a table. Days are written 2026-03-31, so that they sort.
func ChangeRow(c kaisei.Change, o Options) []string {
	l, n := o.lang(), c.Count()
	shifts := map[kaisei.Direction]int{}
	for _, s := range c.Shifts {
		shifts[s.Direction]++
	}
	var uses, days []string
	for _, t := range c.Touches {
		uses = append(uses, Clean(t.UseCase))
	}
	for _, e := range effectiveDays(c.Dates.Effective) {
		days = append(days, effective(e, c.SeenAt, l))
	}
	deadline := ""
	if !c.Dates.Deadline.IsZero() {
		deadline = moment(c.Dates.Deadline)
	}
	return []string{
		moment(c.SeenAt), SeverityName(c.Severity, l), ChangeName(c, l), LayerName(c.Layer, l), AuthorityName(c, l), Clean(c.Title),
		Clean(c.LabelBefore), Clean(c.LabelAfter),
		strconv.Itoa(n[kaisei.EditAdded]), strconv.Itoa(n[kaisei.EditChanged]), strconv.Itoa(n[kaisei.EditRemoved]), strconv.Itoa(n[kaisei.EditMoved]),
		strconv.Itoa(shifts[kaisei.Hardened]), strconv.Itoa(shifts[kaisei.Softened]),
		strings.Join(uses, say(l, "list")), c.Dates.Promulgated.String(), strings.Join(days, say(l, "list")), c.Dates.Published.String(), deadline,
		SafeURL(c.URL), SafeURL(c.PageURL), Clean(c.ID),
	}
}

// EditColumns are the headings of a table of differences.
func EditColumns(o Options) []string {
	l := o.lang()
	return []string{
		say(l, "column.id"), say(l, "column.title"), say(l, "compare.kind"), say(l, "column.path-before"), say(l, "column.path-after"),
		say(l, "compare.before"), say(l, "compare.after"), say(l, "column.page"),
	}
}

// EditRows are the differences of a change as rows of such a table.
func EditRows(c kaisei.Change, o Options) [][]string {
	l := o.lang()
	var rows [][]string
	for _, e := range c.Edits {
		page := ""
		if n := max(e.PageAfter, 0); n > 0 {
			page = strconv.Itoa(n)
		} else if e.PageBefore > 0 {
			page = strconv.Itoa(e.PageBefore)
		}
		rows = append(rows, []string{
			Clean(c.ID), Clean(c.Title), say(l, "edit."+string(e.Kind)), Clean(strings.Join(e.PathBefore, " › ")), Clean(strings.Join(e.PathAfter, " › ")),
			Clean(e.Before), Clean(e.After), page,
		})
	}
	return rows
}

// moment is an instant in Japan as spreadsheets read one; the heading names the zone.
func moment(t time.Time) string { return t.In(kaisei.JST).Format("2006-01-02 15:04") }

// AuthorityName names who published what changed.
func AuthorityName[L spoken](c kaisei.Change, lang L) string { return authority(c, voiceOf(lang)) }

// FeedTitle names a feed of changes.
func FeedTitle[L spoken](lang L) string { return say(lang, "feed") }
