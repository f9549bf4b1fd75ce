package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Router decides who is told of a change, and when. It is pure: the same change gives the same
// deliveries, with the same IDs, however often it is asked.
type Router struct {
	Channels []Channel
	// Routes are the tree by which channels are chosen. Without any, each channel with Alerts is told
	// what meets its own conditions, and each with Notices all notices.
	Routes []Route
	// Source finds a source by its ID; it is asked about the sources of notices. Nil knows none.
	Source func(id string) (kaisei.Source, bool)
}

// Route returns a delivery for every channel to which the routes lead c and whose own conditions c
// meets. A change that is kept quiet, or that copies one already told, goes nowhere.
func (r *Router) Route(c kaisei.Change, now time.Time) []kaisei.Delivery {
	s := r.subject(c)
	var out []kaisei.Delivery
	for _, to := range r.recipients(c, now) {
		d := delivery(kaisei.DeliveryAlert, to.channel.Name, c.ID, []string{c.ID}, "", now)
		if s.notice {
			d = delivery(kaisei.DeliveryNotice, to.channel.Name, c.ID, []string{c.ID}, "", now)
		} else {
			d.Source, d.Severity = c.Source, c.Severity
		}
		out = append(out, to.at(d))
	}
	return out
}

// recipients are the channels that are told of a change.
func (r *Router) recipients(c kaisei.Change, now time.Time) []recipient {
	s := r.subject(c)
	if !s.notice && quietly(c) {
		return nil
	}
	told, _ := r.told(s, now)
	return slices.DeleteFunc(told, func(to recipient) bool { return len(refusals(to.channel, s)) > 0 })
}

func quietly(c kaisei.Change) bool { return c.Quiet != "" || c.CopyOf != "" }

// RouteNotice returns a delivery for every channel that is told of the sources' health, about those of
// the sources that routes lead there, at the earliest of their times. The ID is of the source, the class
// and the instant, so that the same trouble coming back is told again.
func (r *Router) RouteNotice(n render.NoticeData, now time.Time) ([]kaisei.Delivery, error) {
	parts, when := map[string][]render.NoticeData{}, map[string]recipient{}
	for _, one := range append([]render.NoticeData{n}, n.Also...) {
		one.Also = nil
		told, _ := r.told(r.ofNotice(one), now)
		for _, to := range told {
			name := to.channel.Name
			if first, ok := when[name]; !ok || to.due.Before(first.due) {
				when[name] = to
			}
			parts[name] = append(parts[name], one)
		}
	}
	var out []kaisei.Delivery
	for _, ch := range r.Channels {
		part := parts[ch.Name]
		if len(part) == 0 {
			continue
		}
		first := part[0]
		first.Also, first.Watched = part[1:], n.Watched
		payload, err := json.Marshal(first)
		if err != nil {
			return nil, fmt.Errorf("encode notice of %s: %w", n.Source, err)
		}
		about := first.Source + "/" + string(n.Class) + "/" + n.At.UTC().Format("20060102T150405Z")
		out = append(out, when[ch.Name].at(delivery(kaisei.DeliveryNotice, ch.Name, about, nil, string(payload), now)))
	}
	return out, nil
}

// recipient is a channel that is told, and when.
type recipient struct {
	channel Channel
	due     time.Time
	held    string
}

// at makes a delivery wait as its recipient's hours demand.
func (x recipient) at(d kaisei.Delivery) kaisei.Delivery {
	d.Due, d.Held = x.due.UTC(), x.held
	return d
}

// told returns the channels to which the routes lead s, in the order of Channels, and what each route
// came to. A channel named by several routes is told once, at the earliest of their times.
func (r *Router) told(s subject, now time.Time) (out []recipient, steps []render.RouteStep) {
	w := walk{subject: s}
	w.level(r.tree(s.notice), nil, nil, Hours{}, false)
	for _, ch := range r.Channels {
		hours, named := w.named[ch.Name]
		everything := s.notice && ch.Notices && len(r.Routes) > 0
		if !named && !everything {
			continue
		}
		if everything {
			hours = append(hours, Hours{})
		}
		x := recipient{channel: ch}
		for _, h := range hours {
			if at, _ := due(now, s.severity, ch.Hours, h); x.due.IsZero() || at.Before(x.due) {
				x.due = at
			}
		}
		if x.due.After(now) {
			x.held = kaisei.HeldHours
		}
		out = append(out, x)
	}
	return out, w.steps
}

// tree returns the routes, or those that channels without any amount to.
func (r *Router) tree(notice bool) []Route {
	if len(r.Routes) > 0 {
		return r.Routes
	}
	var out []Route
	for _, ch := range r.Channels {
		if (notice && ch.Notices) || (!notice && ch.Alerts) {
			out = append(out, Route{Name: ch.Name, Notices: notice, Channels: []string{ch.Name}, Continue: true})
		}
	}
	return out
}

// Trace says for every route whether it matched c and why, and who is told when.
func (r *Router) Trace(c kaisei.Change, now time.Time) render.RouteTrace {
	t := render.RouteTrace{Change: c.ID, Steps: []render.RouteStep{}, Told: []render.RouteTold{}}
	switch {
	case c.CopyOf != "":
		t.Quiet = c.CopyOf
		return t
	case c.Quiet != "":
		t.Quiet = c.Quiet
		return t
	}
	s := r.subject(c)
	recipients, steps := r.told(s, now)
	t.Steps = append(t.Steps, steps...)
	told := map[string]bool{}
	for _, x := range recipients {
		refused := refusals(x.channel, s)
		one := render.RouteTold{Channel: x.channel.Name, Language: x.channel.Language, Refused: refused, Digest: x.channel.Digest.Cadence != "" && len(refused) == 0}
		if len(refused) == 0 {
			one.Due, one.Held = x.due.UTC(), x.held
		}
		t.Told = append(t.Told, one)
		told[x.channel.Name] = true
	}
	for _, ch := range r.Channels {
		if !told[ch.Name] && ch.Digest.Cadence != "" && !s.notice && len(refusals(ch, s)) == 0 {
			t.Told = append(t.Told, render.RouteTold{Channel: ch.Name, Language: ch.Language, Digest: true})
		}
	}
	return t
}

// Tree returns the routes as they stand, for drawing.
func (r *Router) Tree() []render.RouteStep {
	var out []render.RouteStep
	for _, notice := range []bool{false, true} {
		if len(r.Routes) > 0 && notice {
			break
		}
		w := walk{drawing: true}
		w.level(r.tree(notice), nil, nil, Hours{}, false)
		for i := range w.steps {
			w.steps[i].At[0] += topLevel(out)
			// That several channels are told needs no saying where nobody wrote a route.
			w.steps[i].Continue = w.steps[i].Continue && len(r.Routes) > 0
		}
		out = append(out, w.steps...)
	}
	return out
}

func topLevel(steps []render.RouteStep) int {
	n := 0
	for _, s := range steps {
		n = max(n, s.At[0])
	}
	return n
}

func delivery(kind, channel, about string, changes []string, payload string, now time.Time) kaisei.Delivery {
	return kaisei.Delivery{
		ID: kind + "/" + channel + "/" + about, Channel: channel, Kind: kind, Changes: changes,
		Payload: payload, Due: now.UTC(), Created: now.UTC(), State: kaisei.DeliveryDue,
	}
}
