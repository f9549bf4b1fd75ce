package render

import (
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// RouteStep is one route that was asked who is to be told, and what came of it.
type RouteStep struct {
	// At is where the route stands, counting from 1 at every level: [2 1] is the first route below
	// the second.
	At   []int  `json:"at"`
	Name string `json:"name,omitempty"`
	// Outcome is one of the Route constants.
	Outcome string `json:"outcome"`
	// By is the route because of which this one was not asked.
	By []int `json:"by,omitempty"`
	// Conditions are those of the route, each with what the change has.
	Conditions []RouteCondition `json:"conditions"`
	Channels   []string         `json:"channels"`
	Continue   bool             `json:"continue,omitempty"`
	Default    bool             `json:"default,omitempty"`
	Notices    bool             `json:"notices,omitempty"`
	// Hours are its own or those of the route above, as written in the configuration; "" for none.
	Hours string `json:"hours,omitempty"`
}

// The outcomes of asking a route.
const (
	RouteMatched   = "matched"
	RouteUnmatched = "unmatched"
	RouteStopped   = "stopped" // a route before it took the change and does not continue
	RouteAbove     = "above"   // the route above it was not matched
	RouteOther     = "other"   // it is of notices and the change is none, or the other way round
	RouteTaken     = "taken"   // a default, and another route of its level matched
)

// RouteCondition is one condition of a route or channel.
type RouteCondition struct {
	// Key is as in the configuration: min_severity, layers, …
	Key  string   `json:"key"`
	Want []string `json:"want"`
	Have []string `json:"have"`
	OK   bool     `json:"ok"`
}

// RouteTold is what becomes of a change in one channel that a route names.
type RouteTold struct {
	Channel string `json:"channel"`
	// Language is the channel's.
	Language string `json:"language"`
	// Due is when it is told, zero where it is not.
	Due time.Time `json:"due,omitzero"`
	// Held is why Due is later than at once: one of the Held constants.
	Held string `json:"held,omitempty"`
	// Refused are conditions of the channel itself that do not hold.
	Refused []RouteCondition `json:"refused,omitempty"`
	// Digest says that the channel's digest will name the change.
	Digest bool `json:"digest,omitempty"`
}

// RouteTrace is who is told of a change and why.
type RouteTrace struct {
	Change string `json:"change,omitempty"`
	// Quiet is why nobody is told at all, or "".
	Quiet string      `json:"quiet,omitempty"`
	Steps []RouteStep `json:"steps"`
	Told  []RouteTold `json:"told"`
}

// Place writes where a route stands: "2.1".
func (s RouteStep) Place() string { return dotted(s.At) }

func dotted(at []int) string {
	parts := make([]string, len(at))
	for i, n := range at {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

// Routing writes why each route matched or not, and who is told when. It ends in a newline.
func Routing(t RouteTrace, o Options) string {
	p, l := newPrinter(o), o.lang()
	if t.Quiet != "" {
		p.line("", say(l, "route.quiet", head(Clean(t.Quiet), maxNote)))
		return p.String()
	}
	for _, s := range t.Steps {
		indent := strings.Repeat("  ", len(s.At))
		mark := "✗ "
		if s.Outcome == RouteMatched {
			mark = "✓ "
		}
		p.line(indent[2:], mark+p.strong(routeTitle(s, l))+say(l, "colon")+routeOutcome(s, l))
		if s.Outcome != RouteMatched && s.Outcome != RouteUnmatched {
			continue
		}
		for _, c := range s.Conditions {
			p.line(indent+"  ", routeCondition(c, l))
		}
	}
	p.WriteByte('\n')
	told := 0
	for _, x := range t.Told {
		if len(x.Refused) == 0 && !x.Due.IsZero() {
			told++
			p.line("", "→ "+p.strong(brief(x.Channel))+say(l, "colon")+when(x, l)+say(l, "paren", nameOf(l, "language", x.Language)))
			continue
		}
		if x.Digest {
			told++
			p.line("", "→ "+p.strong(brief(x.Channel))+say(l, "colon")+say(l, "route.digest")+say(l, "paren", nameOf(l, "language", x.Language)))
			continue
		}
		p.line("", "✗ "+p.strong(brief(x.Channel))+say(l, "colon")+say(l, "route.refused"))
		for _, c := range x.Refused {
			p.line("    ", routeCondition(c, l))
		}
	}
	if told == 0 {
		p.line("", say(l, "route.nobody"))
	}
	return p.String()
}

func when(x RouteTold, lang Voice) string {
	if x.Held == "" {
		return say(lang, "route.now")
	}
	return say(lang, "route.at", clock(x.Due), nameOf(lang, "held", x.Held))
}

func routeTitle(s RouteStep, lang Voice) string {
	title := s.Place()
	if s.Name != "" {
		title += " " + brief(s.Name)
	}
	if s.Notices {
		title += say(lang, "paren", say(lang, "route.notices"))
	}
	return title
}

func routeOutcome(s RouteStep, lang Voice) string {
	to := say(lang, "route.to-nobody")
	if len(s.Channels) > 0 {
		to = say(lang, "route.to", strings.Join(s.Channels, ", "))
	}
	switch s.Outcome {
	case RouteMatched:
		out := say(lang, "route.matched")
		if len(s.Channels) > 0 || s.Hours != "" || len(s.Conditions) > 0 {
			out += " → " + to
		}
		if s.Continue {
			out += say(lang, "paren", say(lang, "route.continues"))
		}
		return out
	case RouteStopped:
		return say(lang, "route.stopped", dotted(s.By))
	case RouteAbove:
		return say(lang, "route.above", dotted(s.By))
	case RouteOther:
		return say(lang, "route.other")
	case RouteTaken:
		return say(lang, "route.taken", dotted(s.By))
	}
	return say(lang, "route.unmatched")
}

// routeCondition writes "✗ 重要度: high 以上 ← medium".
func routeCondition(c RouteCondition, lang Voice) string {
	mark := "✗ "
	if c.OK {
		mark = "✓ "
	}
	return mark + nameOf(lang, "condition", c.Key) + say(lang, "colon") +
		say(lang, "route.want", values(c.Key, c.Want, lang), values(c.Key, c.Have, lang))
}

// maxValues is how many values of a condition are printed.
const maxValues = 8

func values(key string, all []string, lang Voice) string {
	if len(all) == 0 {
		return say(lang, "route.none")
	}
	group := map[string]string{
		"min_severity": "severity", "layers": "layer", "classes": "class", "shifts": "shift", "themes": "theme",
		"roles": "role", "sectors": "sector", "languages": "language",
	}[key]
	var out []string
	for i, v := range all {
		if i == maxValues {
			out = append(out, say(lang, "notice.more", thousands(len(all)-i)))
			break
		}
		name := brief(v)
		if group != "" {
			name = nameOf(lang, group, v)
		}
		if name != v {
			name += say(lang, "paren", brief(v))
		}
		out = append(out, name)
	}
	return strings.Join(out, say(lang, "list"))
}

// RouteTree draws routes as a tree, each with its conditions, in the words of the configuration, and its
// channels. It ends in a newline.
func RouteTree(steps []RouteStep, o Options) string {
	p, l := newPrinter(o), o.lang()
	last := lastOfLevel(steps)
	open := map[int]bool{}
	for i, s := range steps {
		depth := len(s.At)
		var indent strings.Builder
		for d := 1; d < depth; d++ {
			if open[d] {
				indent.WriteString("│  ")
			} else {
				indent.WriteString("   ")
			}
		}
		branch := "├─ "
		if last[i] {
			branch = "└─ "
		}
		open[depth] = !last[i]
		line := p.strong(routeTitle(s, l))
		var conditions []string
		for _, c := range s.Conditions {
			conditions = append(conditions, nameOf(l, "condition", c.Key)+" "+strings.Join(c.Want, say(l, "list")))
		}
		switch {
		case s.Default:
			conditions = append(conditions, say(l, "route.default"))
		case len(conditions) == 0:
			conditions = append(conditions, say(l, "route.all"))
		}
		line += say(l, "colon") + strings.Join(conditions, say(l, "between"))
		if len(s.Channels) > 0 {
			line += " → " + strings.Join(s.Channels, ", ")
		} else if i+1 == len(steps) || len(steps[i+1].At) <= depth {
			line += " → " + say(l, "route.to-nobody")
		}
		for _, extra := range []string{hoursOf(s, l), continues(s, l)} {
			if extra != "" {
				line += say(l, "paren", extra)
			}
		}
		p.raw(indent.String() + branch + line)
	}
	return p.String()
}

func hoursOf(s RouteStep, lang Voice) string {
	if s.Hours == "" {
		return ""
	}
	return HoursName(s.Hours, lang)
}

func continues(s RouteStep, lang Voice) string {
	if !s.Continue {
		return ""
	}
	return say(lang, "route.continues")
}

// HoursName writes hours as "20:00-08:00 business-days critical", the form of RouteStep.Hours, for people.
func HoursName[L spoken](hours string, lang L) string {
	var parts []string
	for f := range strings.FieldsSeq(hours) {
		switch {
		case f == "business-days":
			parts = append(parts, say(lang, "route.business"))
		case strings.Contains(f, ":"):
			parts = append(parts, say(lang, "route.hours", f))
		default:
			parts = append(parts, say(lang, "route.urgent", nameOf(lang, "severity", f)))
		}
	}
	return strings.Join(parts, sentenceGap(voiceOf(lang)))
}

// lastOfLevel says of each step whether no further one of its level follows.
func lastOfLevel(steps []RouteStep) []bool {
	out := make([]bool, len(steps))
	for i, s := range steps {
		out[i] = true
		for _, t := range steps[i+1:] {
			if len(t.At) < len(s.At) {
				break
			}
			if len(t.At) == len(s.At) {
				out[i] = false
				break
			}
		}
	}
	return out
}

func conditionNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"min_severity": {JA: "重要度（以上）", EN: "severity at least"},
		"layers":       {JA: "層", EN: "layer"},
		"authorities":  {JA: "所管", EN: "authority"},
		"sources":      {JA: "情報源", EN: "source"},
		"classes":      {JA: "種別", EN: "class"},
		"shifts":       {JA: "規範の変化", EN: "shift"},
		"themes":       {JA: "主題", EN: "theme"},
		"roles":        {JA: "主体", EN: "role"},
		"sectors":      {JA: "分野", EN: "sector"},
		"use_cases":    {JA: "用途", EN: "use of AI"},
		"languages":    {JA: "言語", EN: "language"},
	}
}

func shiftNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"hardened": {JA: "強化", EN: "hardened"}, "softened": {JA: "緩和", EN: "softened"},
		"obligation-added": {JA: "義務の新設", EN: "obligation added"}, "obligation-removed": {JA: "義務の削除", EN: "obligation removed"},
	}
}

func languageNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{"ja": {JA: "日本語", EN: "Japanese"}, "en": {JA: "英語", EN: "English"}}
}

// HeldName says why a delivery waits though nothing failed; "" where it does not.
func HeldName[L spoken](held string, lang L) string {
	if held == "" {
		return ""
	}
	return nameOf(lang, "held", held)
}

func heldNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		kaisei.HeldHours: {JA: "通知を控える時間帯・休日のため", EN: "held over quiet hours or days off"},
		kaisei.HeldFlood: {JA: "同じ情報源の変更が多いため、まとめて通知", EN: "held to be told in one summary"},
	}
}
