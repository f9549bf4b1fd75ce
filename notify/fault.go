package notify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// RouteFault is a mistake in a tree of routes that shows only where routes are seen together.
type RouteFault struct {
	// At is the route, counting from 1 at every level; Key the key in it, or "" for the route itself.
	At   []int
	Key  string
	Text string
}

// RouteFaults returns the routes that can never match: because a condition contradicts one above, because
// one before takes all that they could take, or because their hours leave no instant. It finds no
// mistake that is none; that two routes together take all of a third it does not see.
func RouteFaults(routes []Route, channels []Channel, sources []kaisei.Source) []RouteFault {
	f := faults{channels: channels, sources: sources}
	f.level(routes, nil, nil, Hours{}, false)
	return f.found
}

// Unconditional reports whether a route takes everything.
func Unconditional(r Route) bool { return len(r.If.all()) == 0 }

type faults struct {
	channels []Channel
	sources  []kaisei.Source
	found    []RouteFault
}

func (f *faults) add(at []int, key, format string, args ...any) {
	f.found = append(f.found, RouteFault{at, key, fmt.Sprintf(format, args...)})
}

// level judges the routes of a level; above are the conditions of the routes over it.
func (f *faults) level(routes []Route, at []int, above []Conditions, hours Hours, notices bool) {
	for i, rt := range routes {
		here := append(slices.Clone(at), i+1)
		own := rt.Hours
		if own == (Hours{}) {
			own = hours
		}
		kind := notices || rt.Notices
		f.contradicts(here, rt.If, above)
		f.unreachable(here, rt, routes[:i], kind)
		f.noInstant(here, rt, own)
		f.channelRefuses(here, rt, append(slices.Clone(above), rt.If), kind)
		f.level(rt.Routes, here, append(slices.Clone(above), rt.If), own, kind)
	}
}

// single are the conditions of which a change has one value only, so that two of them without a value
// in common can never both hold.
func single(key string) bool {
	return slices.Contains([]string{"layers", "authorities", "sources", "classes", "languages"}, key)
}

func (f *faults) contradicts(at []int, c Conditions, above []Conditions) {
	for _, k := range c.all() {
		for depth, a := range above {
			for _, other := range a.all() {
				if other.key == k.key && single(k.key) && !common(k, other) {
					f.add(at, k.key, "can never match: route %s above asks for %s only", place(at[:depth+1]), strings.Join(other.want, ", "))
				}
			}
		}
	}
	f.noSource(at, append(slices.Clone(above), c))
}

// common reports whether a value can meet both of two conditions with the same key.
func common(a, b keyed) bool {
	return slices.ContainsFunc(a.want, func(x string) bool {
		return slices.ContainsFunc(b.want, func(y string) bool {
			return x == y || (a.key == "sources" && (kaisei.Below(x, y) || kaisei.Below(y, x)))
		})
	})
}

// noSource notes sources and authorities of which the catalogue has none, or none that is both.
func (f *faults) noSource(at []int, all []Conditions) {
	own := all[len(all)-1]
	if len(f.sources) == 0 || len(own.Sources)+len(own.Authorities) == 0 {
		return
	}
	for _, want := range own.Sources {
		if !slices.ContainsFunc(f.sources, func(s kaisei.Source) bool { return kaisei.Below(s.ID, want) }) {
			f.add(at, "sources", "no source has the ID %q: 'kaisei sources list --disabled' names them", want)
			return
		}
	}
	known := map[string]bool{}
	for _, s := range f.sources {
		known[s.Authority] = true
	}
	for _, want := range own.Authorities {
		if !known[want] {
			f.add(at, "authorities", "%q is the authority of no source; the authorities are %s", want, strings.Join(sorted(known), ", "))
			return
		}
	}
	both := slices.ContainsFunc(f.sources, func(s kaisei.Source) bool {
		for _, c := range all {
			if len(c.Authorities) > 0 && !slices.Contains(c.Authorities, s.Authority) ||
				len(c.Sources) > 0 && !slices.ContainsFunc(c.Sources, func(w string) bool { return kaisei.Below(s.ID, w) }) {
				return false
			}
		}
		return true
	})
	if !both {
		key := "sources"
		if len(own.Sources) == 0 {
			key = "authorities"
		}
		f.add(at, key, "can never match: no source is of these authorities and sources together with those of the routes above")
	}
}

func sorted(words map[string]bool) []string {
	var out []string
	for w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// unreachable notes a route of which one before it takes everything.
func (f *faults) unreachable(at []int, rt Route, before []Route, notices bool) {
	for i, b := range before {
		if (b.Notices || notices) != (rt.Notices || notices) || b.Default {
			continue
		}
		if (b.Continue && !rt.Default) || !covers(b.If, rt.If) {
			continue
		}
		f.add(at, "", "can never match: route %s before it takes all that it could take%s", place(append(slices.Clone(at[:len(at)-1]), i+1)), remedy(rt))
		return
	}
}

func remedy(rt Route) string {
	if rt.Default {
		return "; without default = true this route takes what those before it pass on"
	}
	return "; set continue = true there, or write this route before it"
}

// covers reports whether whatever meets b meets a.
func covers(a, b Conditions) bool {
	theirs := map[string]keyed{}
	for _, k := range b.all() {
		theirs[k.key] = k
	}
	for _, k := range a.all() {
		other, ok := theirs[k.key]
		if !ok {
			return false
		}
		for _, w := range other.want {
			if !slices.ContainsFunc(k.want, func(mine string) bool { return holds(k.key, mine, w) }) {
				return false
			}
		}
	}
	return true
}

// noInstant notes hours of a route and of a channel that leave no time to tell.
func (f *faults) noInstant(at []int, rt Route, hours Hours) {
	// Any instant will do: the hours repeat every day, and no holidays last for weeks.
	start := time.Date(2026, 4, 1, 0, 0, 0, 0, kaisei.JST)
	for _, ch := range f.channels {
		if !slices.Contains(rt.Channels, ch.Name) {
			continue
		}
		if _, ok := due(start, "", hours, ch.Hours); !ok {
			key := "channels"
			if rt.Hours != (Hours{}) {
				key = "quiet_hours"
			}
			f.add(at, key, "the quiet hours of the route (%s) and of channel %s (%s) leave no time at which it could be told", hours, ch.Name, ch.Hours)
		}
	}
}

// channelRefuses notes channels whose own conditions exclude all that the route takes.
func (f *faults) channelRefuses(at []int, rt Route, all []Conditions, notices bool) {
	if notices {
		return
	}
	for _, ch := range f.channels {
		if !slices.Contains(rt.Channels, ch.Name) {
			continue
		}
		for _, k := range ch.conditions().all() {
			for _, c := range all {
				for _, other := range c.all() {
					if other.key == k.key && single(k.key) && !common(k, other) {
						f.add(at, "channels", "channel %s takes %s %s only, which the route never has", ch.Name, k.key, strings.Join(k.want, ", "))
					}
				}
			}
		}
	}
}

func place(at []int) string {
	parts := make([]string, len(at))
	for i, n := range at {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}
