package notify

import (
	"fmt"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Route is one branch of the tree by which channels are chosen. The routes of a level are asked in
// order; the first that matches ends the level unless it continues. Where a route matches, its
// channels are told and the routes below it are asked too: what lies below adds and never takes away.
type Route struct {
	Name string
	// Notices routes news of sources' health instead of changes; so do all below it.
	Notices bool
	If      Conditions
	// Channels may be empty: what the route takes is then told by those below it, or to nobody.
	Channels          []string
	Continue, Default bool
	// Hours are of what the route tells, and of the routes below that have none of their own.
	Hours  Hours
	Routes []Route
}

// Conditions must all hold. Of several values one must; an empty condition always holds.
type Conditions struct {
	MinSeverity kaisei.Severity
	// Sources are IDs, or beginnings of IDs that end in "/".
	Layers, Authorities, Sources, Classes, Shifts, Themes, Roles, Sectors, UseCases, Languages []string
}

// keyed is a condition by its key in the configuration.
type keyed struct {
	key  string
	want []string
}

// all returns the conditions that are set, in the order in which they are explained.
func (c Conditions) all() []keyed {
	list := []keyed{
		{"layers", c.Layers}, {"authorities", c.Authorities}, {"sources", c.Sources},
		{"classes", c.Classes}, {"shifts", c.Shifts}, {"themes", c.Themes}, {"roles", c.Roles}, {"sectors", c.Sectors},
		{"use_cases", c.UseCases}, {"languages", c.Languages},
	}
	if c.MinSeverity != "" {
		list = append([]keyed{{"min_severity", []string{string(c.MinSeverity)}}}, list...)
	}
	return slices.DeleteFunc(list, func(k keyed) bool { return len(k.want) == 0 })
}

// subject is what is routed: a change or a notice, as its conditions see it.
type subject struct {
	notice   bool
	severity kaisei.Severity
	has      map[string][]string
}

// subject is a change, or the notice that is kept as one.
func (r *Router) subject(c kaisei.Change) subject {
	if c.Class.Notice() {
		return r.ofNotice(render.NoticeOf(c))
	}
	return of(c)
}

func of(c kaisei.Change) subject {
	s := subject{notice: c.Class.Notice(), severity: c.Severity, has: map[string][]string{
		"min_severity": {string(c.Severity)}, "layers": {string(c.Layer)}, "authorities": {c.Authority}, "sources": {c.Source},
		"classes": {string(c.Class)}, "themes": c.Themes, "roles": c.Roles, "sectors": c.Sectors, "languages": {c.Language},
	}}
	for _, shift := range c.Shifts {
		s.add("shifts", string(shift.Direction))
	}
	for _, t := range c.Touches {
		s.add("use_cases", t.UseCase)
	}
	return s
}

func (s subject) add(key, value string) {
	if !slices.Contains(s.has[key], value) {
		s.has[key] = append(s.has[key], value)
	}
}

// ofNotice is a notice as the catalogue describes its source; of a source that is no longer there, the
// authority is what its ID begins with.
func (r *Router) ofNotice(n render.NoticeData) subject {
	authority, _, _ := strings.Cut(n.Source, "/")
	src := kaisei.Source{ID: n.Source, Authority: authority}
	if r.Source != nil {
		if known, ok := r.Source(n.Source); ok {
			src = known
		}
	}
	return subject{notice: true, has: map[string][]string{
		"layers": {string(src.Layer)}, "authorities": {src.Authority}, "sources": {n.Source}, "classes": {string(n.Class)},
		"sectors": src.Sectors, "languages": {src.Language},
	}}
}

// meets reports whether one condition holds of s.
func (k keyed) meets(s subject) bool {
	return slices.ContainsFunc(k.want, func(w string) bool {
		return slices.ContainsFunc(s.has[k.key], func(h string) bool { return holds(k.key, w, h) })
	})
}

// holds reports whether a value that a subject has is what one value of a condition asks for.
func holds(key, want, have string) bool {
	switch key {
	case "min_severity":
		return kaisei.Severity(have).Rank() >= kaisei.Severity(want).Rank()
	case "sources":
		return kaisei.Below(have, want)
	}
	return have == want
}

// judged returns the conditions with what s has for each, and whether all hold.
func (c Conditions) judged(s subject) (out []render.RouteCondition, ok bool) {
	out, ok = []render.RouteCondition{}, true
	for _, k := range c.all() {
		have := slices.DeleteFunc(slices.Clone(s.has[k.key]), func(v string) bool { return v == "" })
		one := render.RouteCondition{Key: k.key, Want: k.want, Have: append([]string{}, have...), OK: k.meets(s)}
		out = append(out, one)
		ok = ok && one.OK
	}
	return out, ok
}

// walk is one asking of the tree.
type walk struct {
	subject subject
	// drawing asks nothing and lists every route.
	drawing bool
	steps   []render.RouteStep
	// named are the hours of the routes that name a channel.
	named map[string][]Hours
}

// level asks the routes of a level. blocked is the step above because of which none of them is asked.
func (w *walk) level(routes []Route, above []int, blocked *render.RouteStep, hours Hours, notices bool) {
	var taken, matched []int
	for i, rt := range routes {
		step := render.RouteStep{
			At: append(slices.Clone(above), i+1), Name: rt.Name, Channels: append([]string{}, rt.Channels...),
			Continue: rt.Continue, Default: rt.Default, Notices: rt.Notices || notices,
		}
		own := rt.Hours
		if own == (Hours{}) {
			own = hours
		}
		step.Hours = own.String()
		var ok bool
		step.Conditions, ok = rt.If.judged(w.subject)
		switch {
		case w.drawing:
			step.Outcome, step.Hours = render.RouteMatched, rt.Hours.String()
		case step.Notices != w.subject.notice:
			step.Outcome = render.RouteOther
		case blocked != nil:
			step.Outcome, step.By = render.RouteAbove, blocked.At
		case taken != nil:
			step.Outcome, step.By = render.RouteStopped, taken
		case rt.Default && matched != nil:
			step.Outcome, step.By = render.RouteTaken, matched
		case ok:
			step.Outcome = render.RouteMatched
			w.tell(rt.Channels, own)
			matched = step.At
			if !rt.Continue {
				taken = step.At
			}
		default:
			step.Outcome = render.RouteUnmatched
		}
		w.steps = append(w.steps, step)
		var block *render.RouteStep
		if step.Outcome != render.RouteMatched {
			block = &step
		}
		w.level(rt.Routes, step.At, block, own, step.Notices)
	}
}

func (w *walk) tell(channels []string, hours Hours) {
	if w.named == nil {
		w.named = map[string][]Hours{}
	}
	for _, name := range channels {
		w.named[name] = append(w.named[name], hours)
	}
}

// String writes hours for render.HoursName: "20:00-08:00 business-days critical"; "" where nothing waits.
func (h Hours) String() string {
	var parts []string
	if h.From != h.To {
		parts = append(parts, fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60))
	}
	if h.Business {
		parts = append(parts, "business-days")
	}
	if len(parts) > 0 && h.Urgent != "" {
		parts = append(parts, string(h.Urgent))
	}
	return strings.Join(parts, " ")
}

// conditions are those of the channel itself, which bound whatever it is told of changes.
func (ch Channel) conditions() Conditions {
	c := Conditions{MinSeverity: ch.MinSeverity, Sources: ch.Sources, UseCases: ch.UseCases}
	for _, l := range ch.Layers {
		c.Layers = append(c.Layers, string(l))
	}
	for _, k := range ch.Classes {
		c.Classes = append(c.Classes, string(k))
	}
	return c
}

// refusals returns the conditions of a channel itself that a change does not meet. Notices meet all.
func refusals(ch Channel, s subject) []render.RouteCondition {
	if s.notice {
		return nil
	}
	all, _ := ch.conditions().judged(s)
	return slices.DeleteFunc(all, func(c render.RouteCondition) bool { return c.OK })
}

// matches reports whether a channel wants to hear of c, apart from how.
func (ch Channel) matches(c kaisei.Change) bool { return len(refusals(ch, of(c))) == 0 }

// covers reports whether the channel asks for a layer and a source.
func (ch Channel) covers(layer kaisei.Layer, source string) bool {
	return (len(ch.Layers) == 0 || slices.Contains(ch.Layers, layer)) &&
		(len(ch.Sources) == 0 || slices.ContainsFunc(ch.Sources, func(s string) bool { return kaisei.Below(source, s) }))
}
