package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Escalation is one step by which a critical change that nobody answers is told again.
type Escalation struct {
	// After is how long after the change was first told.
	After Duration `toml:"after"`
	// Channels are who is told then.
	Channels []string `toml:"channels"`
}

// Bounds of escalations.
const (
	MinEscalation  = 10 * time.Minute
	MaxEscalation  = 30 * 24 * time.Hour
	MaxEscalations = 10
)

// escalates reports whether a step names the channel.
func (c *Config) escalates(channel string) bool {
	return slices.ContainsFunc(c.Escalations, func(e Escalation) bool { return slices.Contains(e.Channels, channel) })
}

func (r *reading) escalations(c *Config) {
	if n := len(c.Escalations); n > MaxEscalations {
		r.problem(fmt.Sprintf("escalation[%d]", MaxEscalations+1), "is one of %d steps: at most %d are allowed", n, MaxEscalations)
		return
	}
	var known []string
	for _, ch := range c.Channels {
		known = append(known, ch.Name)
	}
	for i, e := range c.Escalations {
		key := func(k string) string { return fmt.Sprintf("escalation[%d].%s", i+1, k) }
		r.between(key("after"), e.After, MinEscalation, MaxEscalation)
		if slices.ContainsFunc(c.Escalations[:i], func(o Escalation) bool { return o.After == e.After }) {
			r.problem(key("after"), "%s is that of another step: name the channels of both in one", e.After)
		}
		if len(e.Channels) == 0 {
			r.problem(key("channels"), "must name who is told when nobody answers")
		}
		for n, name := range e.Channels {
			switch {
			case !slices.Contains(known, name):
				r.problem(key("channels"), "there is no channel %q; the channels are %s", name, strings.Join(known, ", "))
			case slices.Contains(e.Channels[:n], name):
				r.problem(key("channels"), "names %q twice", name)
			}
		}
	}
}
