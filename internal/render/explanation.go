package render

import (
	"strconv"

	"kaisei/internal/kaisei"
)

// Step is a rule that was asked while a change was judged, and what came of it.
type Step struct {
	Rule, Decides, Effect, Value string
	Reason                       kaisei.Text
	// Outcome is not-met, decided, moved, idle or passing.
	Outcome string
	// Unmet is the condition that does not hold and Have what the change has instead.
	Unmet, Have string
	// Match is the words matched, Where the place they stand in, Count in how many texts.
	Match, Where string
	Count        int
	// From and To are the severity before and after the rule.
	From, To kaisei.Severity
}

// Explanation writes the judgement by which a change was told in full: its labels, its shifts with both
// clauses, and each reason in both languages with the words matched, where they stand and where the rule is
// defined, as origins has it by ID.
func Explanation(c kaisei.Change, origins map[string]string, o Options) string {
	p, l := newPrinter(o), o.lang()
	k := newCard(c, o)
	p.line("", k.mark+" "+p.strong(k.headline("  ")))
	p.line("   ", k.origin)
	p.line("   ", k.dates)
	p.line("   ", p.faint(joined([]string{k.ids, say(l, "explain.rules", or(brief(c.Rules)))}, " · ")))
	for _, s := range c.Shifts {
		p.line("   ", ShiftLine(s, o))
	}
	for _, n := range k.notes {
		p.line("   ", "※ "+n)
	}
	p.WriteByte('\n')
	p.line("", p.strong(say(l, "reasons")))
	for _, r := range c.Reasons {
		p.line("  ", head(Clean(r.Text.JA), maxNote)+" / "+head(Clean(r.Text.EN), maxNote))
		p.line("    ", joined([]string{
			brief(r.Rule), brief(origins[r.Rule]), quoted(r.Match, l), at(r.Where),
		}, "  "))
	}
	return p.String()
}

func quoted(s string, lang Voice) string {
	if s = head(Clean(s), maxNote); s == "" {
		return ""
	}
	return say(lang, "quoted", s)
}

func at(where string) string {
	if where = head(Clean(where), maxNote); where == "" {
		return ""
	}
	return "@ " + where
}

// Today says what the rules of today judge differently from what was told.
func Today(told, today kaisei.Judgement, differs []string, o Options) string {
	l := o.lang()
	return say(l, "explain.today", brief(today.Rules)) + say(l, "colon") + JudgementChange(told, today, differs, l)
}

// Steps writes every rule that was asked, in order, a line each, under what they decide: ✓ for one that decided or
// moved, – for one that matches and changed nothing, and what is missing for one that does not match.
func Steps(steps []Step, o Options) string {
	p, l := newPrinter(o), o.lang()
	last := ""
	for _, s := range steps {
		if s.Decides != last {
			if last != "" {
				p.WriteByte('\n')
			}
			p.line("", p.strong(nameOf(l, "decides", s.Decides)))
			last = s.Decides
		}
		p.line("  ", stepLine(s, l))
	}
	return p.String()
}

func stepLine(s Step, lang Voice) string {
	rule := joined([]string{brief(s.Rule), brief(s.Effect), valueName(s, lang)}, " ")
	reason := head(Clean(in(s.Reason, lang)), maxNote)
	found := joined([]string{quoted(s.Match, lang), at(s.Where)}, " ")
	if s.Count > 1 {
		found += say(lang, "explain.times", strconv.Itoa(s.Count))
	}
	switch s.Outcome {
	case "not-met":
		if s.Unmet == "words" {
			return "✗ " + rule + say(lang, "colon") + say(lang, "explain.words")
		}
		return "✗ " + rule + say(lang, "colon") + say(lang, "explain.unmet", brief(s.Unmet), or(brief(s.Have)))
	case "moved":
		found = joined([]string{say(lang, "from-to", SeverityName(s.From, lang), SeverityName(s.To, lang)), found}, " ")
	case "idle":
		return joined([]string{"– " + rule + say(lang, "colon") + say(lang, "explain.idle", SeverityName(s.To, lang)), reason, found}, " ")
	case "passing":
		return joined([]string{"– " + rule + say(lang, "colon") + say(lang, "explain.passing"), found}, " ")
	}
	return joined([]string{"✓ " + rule + say(lang, "colon") + reason, found}, " ")
}

// valueName is the value of a rule for people.
func valueName(s Step, lang Voice) string {
	switch s.Decides {
	case "class", "layer", "severity", "role", "theme", "sector":
		return nameOf(lang, s.Decides, s.Value)
	}
	return brief(s.Value)
}
