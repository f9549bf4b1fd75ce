package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// Router decides who is told of a change. It is pure: the same change gives the same
// deliveries, with the same IDs, however often it is asked.
type Router struct {
	Channels []Channel
}

// Route returns a delivery for every channel whose conditions c meets. A change that is
// kept quiet, or that copies one already told, goes nowhere.
func (r *Router) Route(c kaisei.Change, now time.Time) []kaisei.Delivery {
	if c.Class.Notice() {
		return r.notices(c.ID, []string{c.ID}, "", now)
	}
	if c.Quiet != "" || c.CopyOf != "" {
		return nil
	}
	var out []kaisei.Delivery
	for _, ch := range r.Channels {
		if ch.Alerts && ch.matches(c) {
			out = append(out, delivery(kaisei.DeliveryAlert, ch.Name, c.ID, []string{c.ID}, "", now))
		}
	}
	return out
}

// RouteNotice returns a delivery for every channel that is told of the sources' health.
// The ID is of the source, the class and the instant, so that the same trouble coming
// back is told again.
func (r *Router) RouteNotice(n render.NoticeData, now time.Time) ([]kaisei.Delivery, error) {
	payload, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("encode notice of %s: %w", n.Source, err)
	}
	about := n.Source + "/" + string(n.Class) + "/" + n.At.UTC().Format("20060102T150405Z")
	return r.notices(about, nil, string(payload), now), nil
}

func (r *Router) notices(about string, changes []string, payload string, now time.Time) []kaisei.Delivery {
	var out []kaisei.Delivery
	for _, ch := range r.Channels {
		if ch.Notices {
			out = append(out, delivery(kaisei.DeliveryNotice, ch.Name, about, changes, payload, now))
		}
	}
	return out
}

func delivery(kind, channel, about string, changes []string, payload string, now time.Time) kaisei.Delivery {
	return kaisei.Delivery{
		ID: kind + "/" + channel + "/" + about, Channel: channel, Kind: kind, Changes: changes,
		Payload: payload, Due: now.UTC(), Created: now.UTC(), State: kaisei.DeliveryDue,
	}
}

// matches reports whether a channel wants to hear of c, apart from how.
func (ch Channel) matches(c kaisei.Change) bool {
	switch {
	case ch.MinSeverity != "" && c.Severity.Rank() < ch.MinSeverity.Rank(),
		!ch.covers(c.Layer, c.Source),
		len(ch.Classes) > 0 && !slices.Contains(ch.Classes, c.Class),
		len(ch.UseCases) > 0 && !slices.ContainsFunc(c.Touches, func(t kaisei.Touch) bool { return slices.Contains(ch.UseCases, t.UseCase) }):
		return false
	}
	return true
}

// covers reports whether the channel asks for a layer and a source.
func (ch Channel) covers(layer kaisei.Layer, source string) bool {
	return (len(ch.Layers) == 0 || slices.Contains(ch.Layers, layer)) &&
		(len(ch.Sources) == 0 || slices.ContainsFunc(ch.Sources, func(s string) bool { return below(source, s) }))
}

// below reports whether id is want, or lies under it where want ends in a slash.
func below(id, want string) bool {
	return id == want || (strings.HasSuffix(want, "/") && strings.HasPrefix(id, want))
}
