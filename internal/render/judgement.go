package render

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// maxClause is how much of a clause a judgement quotes on either side.
const maxClause = 300

// Judgement writes what rules made of a change, in full and a line each: severity and class, the layer,
// every norm that binds harder or softer with both clauses, whom and what it touches, every reason
// with the words that matched and where they stand, and the days. The lines are clean and not
// yet escaped, so that they can stand in Meta.Lines.
func Judgement(c kaisei.Change, o Options) []string {
	l := o.lang()
	lines := []string{
		SeverityMark(c.Severity) + " " + SeverityName(c.Severity, l) + say(l, "dot") + ChangeName(c, l),
		LayerName(c.Layer, l) + say(l, "paren", Force(c.Layer, l)),
		counts(kaisei.Change{Shifts: c.Shifts}, l),
	}
	for _, s := range c.Shifts {
		lines = append(lines, ShiftLine(s, o))
	}
	for _, f := range []struct {
		name, group string
		ids         []string
	}{{say(l, "facet.roles"), "role", c.Roles}, {say(l, "facet.themes"), "theme", c.Themes}, {say(l, "facet.sectors"), "sector", c.Sectors}} {
		var named []string
		for _, id := range f.ids {
			named = append(named, nameOf(l, f.group, id))
		}
		if len(named) > 0 {
			lines = append(lines, f.name+say(l, "colon")+strings.Join(named, say(l, "list")))
		}
	}
	for _, t := range c.Touches {
		lines = append(lines, say(l, "touches")+say(l, "colon")+TouchLine(t, o))
	}
	for _, r := range c.Reasons {
		lines = append(lines, say(l, "reasons")+say(l, "colon")+ReasonLine(r, o))
	}
	for _, n := range notes(c, l) {
		lines = append(lines, "※ "+n)
	}
	return without(append(lines, dates(c, l)))
}

// ReasonLine writes one reason in full: why, the words that matched, where they stand, the rule.
func ReasonLine(r kaisei.Reason, o Options) string {
	l := o.lang()
	s := head(Clean(in(r.Text, l)), maxNote)
	if m := head(Clean(r.Match), maxNote); m != "" && !strings.Contains(s, m) {
		s += say(l, "paren", m)
	}
	if w := head(Clean(r.Where), maxNote); w != "" {
		s += " @ " + w
	}
	return strings.TrimSpace(s + " [" + brief(r.Rule) + "]")
}

// ShiftLine writes one shift of a norm in full: what happened, whom it binds, where, and both clauses
// with the endings and ranks that decide.
func ShiftLine(s kaisei.Shift, o Options) string {
	l := o.lang()
	sign, label := shiftName(s.Direction, l)
	side := func(clause, ending string, rank int) string {
		if clause == "" {
			return ""
		}
		return head(Clean(clause), maxClause) + say(l, "paren", strings.TrimSpace(brief(ending)+" "+strconv.Itoa(rank)))
	}
	out := sign + " " + label
	if where := fullPath(s.Path); where != "" {
		out += " " + where
	}
	if s.Addressee != "" {
		out += say(l, "paren", brief(s.Addressee))
	}
	before, after := side(s.Before, s.EndingBefore, s.RankBefore), side(s.After, s.EndingAfter, s.RankAfter)
	switch {
	case before == "":
		before = after
	case after != "":
		before = say(l, "from-to", before, after)
	}
	return out + say(l, "colon") + before
}

// Rejudged says what later judgements of a change, oldest first, made of it, a line each beside the judgement
// by which it was told.
func Rejudged(told kaisei.Judgement, later []kaisei.Judgement, o Options) []string {
	l := o.lang()
	var lines []string
	for _, j := range later {
		lines = append(lines, say(l, "rejudged", clock(j.At), brief(j.Rules))+say(l, "colon")+JudgementChange(told, j, told.Differences(j), l))
	}
	return lines
}

// Corrections says what later judgements of a change, oldest first, made of its class and severity since it was
// told, a line for each that changed them.
func Corrections(c kaisei.Change, later []kaisei.Judgement, o Options) (lines []string) {
	l, before := o.lang(), c.Judgement()
	for _, j := range later {
		differs := slices.DeleteFunc(before.Differences(j), func(d string) bool { return d != "class" && d != "severity" })
		if len(differs) > 0 {
			lines = append(lines, say(l, "corrected", clock(j.At))+say(l, "colon")+JudgementChange(before, j, differs, l))
		}
		before = j
	}
	return lines
}

// Corrected returns a change as the latest judgement has it. That it was told stays true.
func Corrected(c kaisei.Change, later []kaisei.Judgement) kaisei.Change {
	if n := len(later); n > 0 {
		quiet := c.Quiet
		c = c.Judged(later[n-1])
		c.Quiet = quiet
	}
	return c
}

// CorrectionSlack writes what was judged anew of a change as a message of its own, where the alert itself
// cannot be edited.
func CorrectionSlack(c kaisei.Change, later []kaisei.Judgement, o Options) (blocks json.RawMessage, fallback string) {
	k := newCard(Corrected(c, later), o)
	lines := runeHead(strings.Join(latest(Corrections(c, later, o), maxCorrections, o.lang()), "\n"), slackSmall)
	first := "✎ " + say(o.lang(), "correction") + "  " + k.headline(" ")
	return encode([]slackBlock{slackHeader(first), slackRichText([]slackRich{rich(lines, &slackStyle{Bold: true})}), slackContext(k.ids)}),
		slackEscape(head(first+" — "+lines, slackFallback))
}

// JudgementChange says in a line what a later judgement says differently: class 新規 → 会議資料, shifts 3 → 4.
func JudgementChange[L spoken](before, after kaisei.Judgement, differs []string, lang L) string {
	facets := func(group string, ids []string) string {
		var out []string
		for _, id := range ids {
			out = append(out, nameOf(lang, group, id))
		}
		return strings.Join(out, say(lang, "list"))
	}
	told := func(quiet string) string {
		if quiet == "" {
			return say(lang, "told")
		}
		return say(lang, "quiet")
	}
	days := func(d kaisei.Dates) string { return dates(kaisei.Change{Layer: after.Layer, Dates: d}, voiceOf(lang)) }
	if len(differs) == 0 {
		return say(lang, "judged-as-told")
	}
	var parts []string
	for _, d := range differs {
		var b, a string
		switch d {
		case "class":
			b, a = ClassName(before.Class, lang), ClassName(after.Class, lang)
		case "layer":
			b, a = LayerName(before.Layer, lang), LayerName(after.Layer, lang)
		case "severity":
			b, a = SeverityName(before.Severity, lang), SeverityName(after.Severity, lang)
		case "shifts":
			b, a = strconv.Itoa(len(before.Shifts)), strconv.Itoa(len(after.Shifts))
		case "roles":
			b, a = facets("role", before.Roles), facets("role", after.Roles)
		case "themes":
			b, a = facets("theme", before.Themes), facets("theme", after.Themes)
		case "sectors":
			b, a = facets("sector", before.Sectors), facets("sector", after.Sectors)
		case "dates":
			b, a = days(before.Dates), days(after.Dates)
		case "touches":
			b, a = strconv.Itoa(len(before.Touches)), strconv.Itoa(len(after.Touches))
		case "quiet":
			b, a = told(before.Quiet), told(after.Quiet)
		case "reasons":
			b, a = strconv.Itoa(len(before.Reasons)), strconv.Itoa(len(after.Reasons))
		}
		parts = append(parts, nameOf(lang, "judged", d)+" "+say(lang, "from-to", or(b), or(a)))
	}
	return strings.Join(parts, say(lang, "between"))
}

// or stands for an empty list.
func or(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// shiftName returns the sign of a direction and its name.
func shiftName(d kaisei.Direction, lang Voice) (sign, label string) {
	switch d {
	case kaisei.Hardened:
		return "▲", say(lang, "direction.hardened")
	case kaisei.Softened:
		return "▼", say(lang, "direction.softened")
	case kaisei.ObligationAdded:
		return "＋", say(lang, "direction.added")
	}
	return "－", say(lang, "direction.removed")
}

// without leaves out empty lines.
func without(lines []string) []string {
	kept := lines[:0]
	for _, s := range lines {
		if strings.TrimSpace(s) != "" {
			kept = append(kept, s)
		}
	}
	return kept
}
