package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// Route is one branch of the tree that decides who is told of a change. Its conditions must all hold;
// of several values one must; an empty condition always holds. Routes of one level are asked in
// order, and the first that holds ends the level unless it continues.
type Route struct {
	// Name is for people: in 'kaisei routes'.
	Name string `toml:"name"`
	// Notices makes it a route of news of the sources' own health instead of changes; the
	// routes below it are of the same.
	Notices bool `toml:"notices"`

	MinSeverity string   `toml:"min_severity"`
	Layers      []string `toml:"layers"`
	Authorities []string `toml:"authorities"`
	// Sources are IDs, or beginnings of IDs that end in "/".
	Sources  []string `toml:"sources"`
	Classes  []string `toml:"classes"`
	Shifts   []string `toml:"shifts"`
	Themes   []string `toml:"themes"`
	Roles    []string `toml:"roles"`
	Sectors  []string `toml:"sectors"`
	UseCases []string `toml:"use_cases"`
	// Languages are of the document.
	Languages []string `toml:"languages"`

	// Channels are told, beside those of the routes below that hold too.
	Channels []string `toml:"channels"`
	// Continue asks the routes after this one too.
	Continue bool `toml:"continue"`
	// Default takes what no other route of its level took. It is the last and has no conditions.
	Default bool `toml:"default"`

	Hours
	// Routes are asked where this one holds.
	Routes []Route `toml:"route"`
}

// Hours are when people may be told; outside of them a message waits.
type Hours struct {
	// QuietHours is a time of day in Japan at which nobody is told, such as "20:00-08:00".
	QuietHours string `toml:"quiet_hours"`
	// BusinessDays tells on neither Saturdays and Sundays nor Japanese holidays.
	BusinessDays bool `toml:"business_days"`
	// Urgent is the severity that is told all the same, or "none"; "critical" unless set.
	Urgent string `toml:"urgent"`
}

// NeverUrgent is the value of Hours.Urgent that lets nothing pass.
const NeverUrgent = "none"

// DefaultUrgent is the severity that quiet hours and days off let pass.
const DefaultUrgent = string(kaisei.Critical)

// IsZero reports whether nothing ever waits.
func (h Hours) IsZero() bool { return h.QuietHours == "" && !h.BusinessDays }

// Quiet returns the quiet hours in minutes after midnight in Japan; from is after to where they
// last over midnight. Without quiet hours both are 0.
func (h Hours) Quiet() (from, to int, err error) {
	if h.QuietHours == "" {
		return 0, 0, nil
	}
	first, last, ok := strings.Cut(h.QuietHours, "-")
	from, err1 := minutes(strings.TrimSpace(first))
	to, err2 := minutes(strings.TrimSpace(last))
	if !ok || err1 != nil || err2 != nil || from == to {
		return 0, 0, fmt.Errorf("%q is not a time of day from and to in Japan, such as 20:00-08:00", h.QuietHours)
	}
	return from, to, nil
}

func minutes(s string) (int, error) {
	h, m, ok := strings.Cut(s, ":")
	hour, err1 := strconv.ParseUint(h, 10, 8)
	minute, err2 := strconv.ParseUint(m, 10, 8)
	if !ok || err1 != nil || err2 != nil || len(h) != 2 || len(m) != 2 || hour > 23 || minute > 59 {
		return 0, fmt.Errorf("%q is not a time of day", s)
	}
	return int(hour*60 + minute), nil
}

// Bounds of the tree of routes.
const (
	MaxRoutes     = 500
	MaxRouteDepth = 8
)

// RouteKey is the dotted key of a route, or of a key of it, in a Problem: at counts from 1 at
// every level, so that []int{2, 1} is route[2].route[1].
func RouteKey(at []int, key string) string {
	parts := make([]string, len(at), len(at)+1)
	for i, n := range at {
		parts[i] = fmt.Sprintf("route[%d]", n)
	}
	if key != "" {
		parts = append(parts, key)
	}
	return strings.Join(parts, ".")
}

// EachRoute calls f with every route of the tree, those above first.
func (c Config) EachRoute(f func(at []int, r Route)) { eachRoute(nil, c.Routes, f) }

func eachRoute(above []int, routes []Route, f func(at []int, r Route)) {
	for i, r := range routes {
		at := append(slices.Clone(above), i+1)
		f(at, r)
		eachRoute(at, r.Routes, f)
	}
}

// routes notes what cannot be right in the tree of routes whatever the rules and the catalogue say.
func (r *reading) routes(c *Config) {
	n := 0
	named := map[string]bool{}
	var deep []int
	c.EachRoute(func(at []int, rt Route) {
		n++
		if len(at) > MaxRouteDepth {
			deep = at
			return
		}
		r.route(at, rt, c)
		for _, ch := range rt.Channels {
			named[ch] = true
		}
	})
	if n > MaxRoutes {
		r.problem(RouteKey([]int{len(c.Routes)}, ""), "is one of %d routes: at most %d are allowed", n, MaxRoutes)
	}
	if deep != nil {
		r.problem(RouteKey(deep, ""), "lies too deep: at most %d levels are allowed", MaxRouteDepth)
	}
	if len(c.Routes) == 0 {
		return
	}
	for i := range c.Channels {
		ch, key := &c.Channels[i], channelKey(i)
		_, said := r.at[key+".alerts"]
		switch {
		case said && !ch.Alerts && named[ch.Name]:
			r.problem(key+".alerts", "is false and a route names the channel: take one of them out")
		case said && ch.Alerts && !named[ch.Name]:
			r.problem(key+".alerts", "is true and no route names the channel: with [[route]] the routes decide who is told; name %q in the channels of one", ch.Name)
		case !named[ch.Name] && !ch.Notices && ch.Digest == "" && !c.escalates(ch.Name):
			r.problem(key, "is reached by no route: name it in the channels of one, or of an [[escalation]], or set notices or digest")
		}
		ch.Alerts = named[ch.Name]
	}
}

func (r *reading) route(at []int, rt Route, c *Config) {
	key := func(k string) string { return RouteKey(at, k) }
	_, silent := r.at[key("channels")]
	if len(rt.Channels) == 0 && len(rt.Routes) == 0 && !silent {
		r.problem(key(""), "tells nobody: set channels, or channels = [] where that is meant")
	}
	for i, name := range rt.Channels {
		var known []string
		for _, ch := range c.Channels {
			known = append(known, ch.Name)
		}
		switch {
		case !slices.Contains(known, name):
			r.problem(key("channels"), "there is no channel %q; the channels are %s", name, strings.Join(known, ", "))
		case slices.Contains(rt.Channels[:i], name):
			r.problem(key("channels"), "names %q twice", name)
		}
	}
	if rt.MinSeverity != "" && kaisei.Severity(rt.MinSeverity).Rank() < 0 {
		r.problem(key("min_severity"), "%q is not one of %s", rt.MinSeverity, list(kaisei.Severities()))
	}
	r.words(key("layers"), rt.Layers, list(kaisei.Layers()))
	r.words(key("classes"), rt.Classes, list(kaisei.Classes()))
	r.words(key("shifts"), rt.Shifts, list([]kaisei.Direction{kaisei.Hardened, kaisei.Softened, kaisei.ObligationAdded, kaisei.ObligationRemoved}))
	r.words(key("languages"), rt.Languages, "ja, en")
	for _, s := range rt.Sources {
		r.sourceID(key("sources"), s)
	}
	r.declared(key("use_cases"), rt.UseCases, c.UseCases)
	r.hours(key, rt.Hours)
	r.place(at, rt, c)
}

// place notes what does not go together with where a route stands.
func (r *reading) place(at []int, rt Route, c *Config) {
	key := func(k string) string { return RouteKey(at, k) }
	level, notices := c.Routes, false
	for _, n := range at[:len(at)-1] {
		notices = notices || level[n-1].Notices
		level = level[n-1].Routes
	}
	if rt.Notices && !notices && len(at) > 1 {
		r.problem(key("notices"), "stands below a route of changes: write the route at the top, or set notices there")
	}
	notices = notices || rt.Notices
	for _, cl := range rt.Classes {
		switch k := kaisei.Class(cl); {
		case !slices.Contains(kaisei.Classes(), k):
		case k.Notice() && !notices:
			r.problem(key("classes"), "%q is news of a source's health: set notices = true in a route of its own", cl)
		case !k.Notice() && notices:
			r.problem(key("classes"), "%q is a class of changes, and the route is of notices", cl)
		}
	}
	if notices {
		for k, set := range map[string]bool{
			"min_severity": rt.MinSeverity != "", "shifts": len(rt.Shifts) > 0, "themes": len(rt.Themes) > 0,
			"roles": len(rt.Roles) > 0, "use_cases": len(rt.UseCases) > 0,
		} {
			if set {
				r.problem(key(k), "is of changes, and the route is of notices")
			}
		}
	}
	if !rt.Default {
		return
	}
	for k, set := range map[string]bool{
		"min_severity": rt.MinSeverity != "", "layers": len(rt.Layers) > 0, "authorities": len(rt.Authorities) > 0, "sources": len(rt.Sources) > 0,
		"classes": len(rt.Classes) > 0, "shifts": len(rt.Shifts) > 0, "themes": len(rt.Themes) > 0, "roles": len(rt.Roles) > 0,
		"sectors": len(rt.Sectors) > 0, "use_cases": len(rt.UseCases) > 0, "languages": len(rt.Languages) > 0, "continue": rt.Continue,
	} {
		if set {
			r.problem(key(k), "does not go with default = true, which takes what no other route beside it took")
		}
	}
	for _, after := range level[at[len(at)-1]:] {
		if after.Notices == rt.Notices || notices {
			r.problem(key("default"), "must be of the last route beside its like")
			break
		}
	}
}

func (r *reading) words(key string, words []string, allowed string) {
	known := strings.Split(allowed, ", ")
	for _, w := range words {
		if !slices.Contains(known, w) {
			r.problem(key, "%q is not one of %s", w, allowed)
		}
	}
}

func (r *reading) hours(key func(string) string, h Hours) {
	if _, _, err := h.Quiet(); err != nil {
		r.problem(key("quiet_hours"), "%v", err)
	}
	if h.Urgent != "" && h.Urgent != NeverUrgent && kaisei.Severity(h.Urgent).Rank() < 0 {
		r.problem(key("urgent"), "%q is not one of %s, %s", h.Urgent, NeverUrgent, list(kaisei.Severities()))
	}
	if _, said := r.at[key("urgent")]; said && h.IsZero() {
		r.problem(key("urgent"), "lets pass what waits, and nothing waits: set quiet_hours or business_days")
	}
}
