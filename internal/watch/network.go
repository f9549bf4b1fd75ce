package watch

import (
	"slices"
	"time"

	"kaisei/internal/kaisei"
)

// When many hosts that do not answer are a dead network here, and no trouble of theirs.
const (
	// NetworkHosts is how many hosts must fail, or all where there are fewer, but never one alone.
	NetworkHosts = 3
	// NetworkDown and NetworkUp are the shares, in percent, of the hosts looked at since the first failure
	// that must fail for the network to be called dead, and below which it is called back.
	NetworkDown = 80
	NetworkUp   = 50
	// NetworkAfter is how long it must last: a router that restarts is nobody's concern.
	NetworkAfter = 10 * time.Minute
	// NetworkOnset is how long before a network was wholly dead a source may have begun to fail with it.
	NetworkOnset = time.Hour
)

// Outage is a network through which most hosts cannot be reached.
type Outage struct {
	// Since is when it began, Until when it was over.
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"`
	// LastGood is the last good look before it.
	LastGood time.Time `json:"last_good,omitzero"`
	// Failing of Hosts that were looked at since do not answer, with Sources sources.
	Failing int `json:"failing"`
	Hosts   int `json:"hosts"`
	Sources int `json:"sources"`
	// Cause is the most frequent one.
	Cause kaisei.Cause `json:"cause,omitempty"`
	// Again is true where operators were told of it before.
	Again bool `json:"again,omitempty"`
}

// host is what the last looks at the sources of one host say of the way there.
type host struct {
	// bad is the first failure of those in a row that reached nothing, answered the last look that got any
	// answer.
	bad, answered, lastBad time.Time
	cause                  kaisei.Cause
	sources                int
	lastGood               time.Time
}

func (j *judging) hosts() map[string]*host {
	hosts := map[string]*host{}
	for _, s := range j.watched {
		p, ok := j.polls[s.ID]
		if !ok || p.LastLook.IsZero() {
			continue
		}
		h := hosts[kaisei.Host(s.URL)]
		if h == nil {
			h = &host{}
			hosts[kaisei.Host(s.URL)] = h
		}
		if p.Failures > 0 && Unreachable(p.LastCause) {
			if h.bad.IsZero() || p.BadSince.Before(h.bad) {
				h.bad = p.BadSince
			}
			h.lastBad, h.lastGood = newest(h.lastBad, p.LastLook), newest(h.lastGood, p.LastGood)
			h.cause = p.LastCause
			h.sources++
			continue
		}
		h.answered = newest(h.answered, p.LastLook)
	}
	for _, h := range hosts {
		if h.answered.After(h.lastBad) {
			h.bad = time.Time{} // another source of the host is read
		}
	}
	return hosts
}

// outage finds the time since when most of the hosts that were looked at do not answer, or nil.
// share is what most means, in percent.
func outage(hosts map[string]*host, share int) *Outage {
	var begins []time.Time
	for _, h := range hosts {
		if !h.bad.IsZero() {
			begins = append(begins, h.bad)
		}
	}
	slices.SortFunc(begins, time.Time.Compare)
	for _, since := range begins {
		o := Outage{Since: since}
		causes := map[kaisei.Cause]int{}
		last := time.Time{}
		for _, h := range hosts {
			switch {
			case !h.bad.IsZero() && !h.bad.Before(since):
				o.Failing++
				o.Sources += h.sources
				causes[h.cause]++
				last, o.LastGood = newest(last, h.lastBad), newest(o.LastGood, h.lastGood)
			case h.bad.IsZero() && !h.answered.Before(since):
				o.Hosts++
			}
		}
		o.Hosts += o.Failing
		if o.Failing < max(2, min(NetworkHosts, len(hosts))) || o.Failing*100 < o.Hosts*share || last.Sub(since) < NetworkAfter {
			continue
		}
		for c, n := range causes {
			if n > causes[o.Cause] || n == causes[o.Cause] && c < o.Cause {
				o.Cause = c
			}
		}
		// A host that had long been dead did not begin it.
		for _, b := range begins {
			if b.After(o.LastGood) {
				o.Since = b
				break
			}
		}
		return &o
	}
	return nil
}

// network judges whether the network here is dead, or back.
func (j *judging) network() {
	hosts, m := j.hosts(), j.memory
	if m.Network == nil {
		if j.down = outage(hosts, NetworkDown); j.down != nil {
			j.Network = j.down
			m.Network = &Told{State: StateFailing, Since: j.down.Since, LastGood: j.down.LastGood, First: j.At, Last: j.At, Times: 1}
		}
		return
	}
	if j.down = outage(hosts, NetworkUp); j.down != nil {
		return
	}
	back := Outage{Since: m.Network.Since, Until: j.At, LastGood: m.Network.LastGood}
	for _, h := range hosts {
		back.Hosts++
		if !h.bad.IsZero() {
			back.Failing++
		}
		if !h.answered.IsZero() && !h.answered.Before(m.Network.Since) && (h.answered.Before(back.Until) || back.Until.IsZero()) {
			back.Until = h.answered
		}
	}
	for _, r := range m.Sources {
		if r.Sight != nil && r.Sight.Folded {
			back.Sources++
		}
	}
	j.NetworkBack, m.Network, m.NetworkBack = &back, nil, j.At
}

// folds reports whether the trouble of a source is that of the network, which is told in its place:
// while it is dead, and after it until the source was looked at again.
func (j *judging) folds(p kaisei.Poll) bool {
	if !Unreachable(p.LastCause) {
		return false
	}
	if j.down != nil {
		return !p.BadSince.Before(j.memory.Network.Since.Add(-NetworkOnset))
	}
	return !j.memory.NetworkBack.IsZero() && p.LastLook.Before(j.memory.NetworkBack)
}
