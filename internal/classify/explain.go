package classify

import (
	"strconv"

	"kaisei/internal/kaisei"
)

// Outcome is what came of asking a rule.
type Outcome string

// The outcomes.
const (
	// NotMet: a condition does not hold, or the words are not there.
	NotMet Outcome = "not-met"
	// Decided: the rule gave the class, the level, a facet, or keeps the change quiet.
	Decided Outcome = "decided"
	// Moved: the rule moved the severity.
	Moved Outcome = "moved"
	// Idle: the rule matches and the severity already was what it asks for.
	Idle Outcome = "idle"
	// Passing: the words are there, in so few of so many clauses that they say little of the document.
	Passing Outcome = "passing"
)

// Step is one rule that was asked and what came of it. Class rules, bases of severity and quiet rules are
// asked until one decides.
type Step struct {
	Rule    Rule
	Outcome Outcome
	// Unmet names the first condition that does not hold ("event", "layer", …; "words" where only the words
	// are missing) and Have what the change has instead. Both are empty where the rule matches.
	Unmet, Have string
	// Match is the words matched and Where the place they stand in; Count in how many texts.
	Match, Where string
	Count        int
	// From and To are the severity before and after the rule, for rules of severity.
	From, To kaisei.Severity
}

// Explain judges a finding as Judge does and tells every rule that was asked, in order.
func (r *Rules) Explain(f Finding) (kaisei.Change, []Step) {
	var steps []Step
	c := r.judge(f, func(s Step) { steps = append(steps, s) })
	return c, steps
}

// ExplainElapsed judges what time made as JudgeElapsed does and tells every rule that was asked.
func (r *Rules) ExplainElapsed(e Elapsed) (kaisei.Change, []Step) {
	var steps []Step
	c := r.judgeElapsed(e, func(s Step) { steps = append(steps, s) })
	return c, steps
}

// Matches returns the steps of the rules that match a finding, those that are not asked because an
// earlier one decides included: what words a rule would find, apart from its rank among the others.
func (r *Rules) Matches(f Finding) []Step {
	c := r.judge(f, nil)
	x := factsOf(f, c)
	x.class, x.shifts, x.days = c.Class, c.Shifts, daysAhead(c.Dates, f.Now)
	var out []Step
	x.told = func(s Step) { out = append(out, s) }
	for _, rule := range r.all {
		if rule.off {
			continue
		}
		if hit, unmet := rule.ask(x); unmet == "" {
			x.came(rule, hit, Decided)
		}
	}
	return out
}

// ask asks a rule; one that does not match is told here, one that does by whoever asks, once it is
// clear what comes of it.
func (x *facts) ask(r *Rule) (hit, bool) {
	h, unmet := r.ask(x)
	if unmet != "" && x.told != nil {
		x.told(Step{Rule: *r, Outcome: NotMet, Unmet: unmet, Have: x.have(unmet)})
	}
	return h, unmet == ""
}

func (x *facts) came(r *Rule, h hit, o Outcome) {
	if x.told != nil {
		x.told(Step{Rule: *r, Outcome: o, Match: h.match, Where: h.where, Count: h.count})
	}
}

// moved tells a rule of severity with the ranks before and after it.
func (x *facts) moved(r *Rule, h hit, from, to int) {
	if x.told == nil {
		return
	}
	s := Step{Rule: *r, Outcome: Moved, Match: h.match, Where: h.where, Count: h.count, From: kaisei.Severities()[from], To: kaisei.Severities()[to]}
	switch {
	case r.Effect == effectBase:
		s.Outcome = Decided
	case from == to:
		s.Outcome = Idle
	}
	x.told(s)
}

// have is what the facts hold for a condition, as its word in a rules file.
func (x *facts) have(condition string) string {
	switch condition {
	case "event":
		return x.event
	case "class":
		return string(x.class)
	case "layer":
		return string(x.layer)
	case "kind":
		return x.kind
	case "format":
		return x.format
	case "language":
		return x.language
	case "host":
		return x.host
	case "item":
		return strconv.FormatBool(x.item)
	case "listing":
		return strconv.FormatBool(x.listing)
	case "translation":
		return strconv.FormatBool(x.translation)
	case "draft_before":
		return strconv.FormatBool(x.draftBefore)
	case "draft_after":
		return strconv.FormatBool(x.draftAfter)
	case "min_edits", "max_edits":
		return strconv.Itoa(x.edits)
	case "no_shift", "shift":
		return strconv.Itoa(len(x.shifts))
	case "within_days":
		if x.days < 0 {
			return ""
		}
		return strconv.Itoa(x.days)
	}
	return ""
}
