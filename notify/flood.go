package notify

import (
	"fmt"
	"slices"
	"time"

	"kaisei/internal/kaisei"
)

// When many alerts become one summary.
const (
	// FloodAlerts is how many alerts of one source a channel is told singly within FloodWindow. What
	// comes beyond waits for FloodWait, counted from the first that waits, and is told in one summary.
	FloodAlerts = 10
	FloodWindow = time.Hour
	FloodWait   = 30 * time.Minute
	// FloodSevere is how many critical alerts of one source are told singly within FloodWindow all
	// the same.
	FloodSevere = 10
	// HeldAlerts is how many alerts held over quiet hours or days off a channel is told singly.
	HeldAlerts = 10
	// MaxSummary is how many changes one summary names; more make several.
	MaxSummary = 500
)

// gathering is the state of one channel by which gather decides.
type gathering struct {
	channel string
	now     time.Time
	// due is what is due, in order.
	due []kaisei.Delivery
	// recent are the deliveries of the channel made within FloodWindow, in any state.
	recent []kaisei.Delivery
	// waiting are those of the channel that are not settled, due or not.
	waiting []kaisei.Delivery
}

// gathered is what becomes of the deliveries due: send is told now, save is stored before.
type gathered struct {
	send, save []kaisei.Delivery
}

// gather groups the alerts of a channel that are too many to be told singly. It is pure, and what it
// wants stored is stored in one step: a summary together with the deliveries that it tells, whose
// state then says so. So a crash leaves either all of them to be told singly or the summary, and no
// change is lost or told by both. What was tried already is not grouped: its ID may have been seen.
func gather(g gathering) gathered {
	var out gathered
	var night []kaisei.Delivery
	fresh, flood := map[string][]kaisei.Delivery{}, map[string]bool{}
	var sources []string
	for _, d := range g.due {
		switch {
		case d.Kind != kaisei.DeliveryAlert || !d.Begun.IsZero() || d.Source == "":
			out.send = append(out.send, d)
		case d.Held == kaisei.HeldHours:
			night = append(night, d)
		default:
			if fresh[d.Source] == nil {
				sources = append(sources, d.Source)
			}
			fresh[d.Source] = append(fresh[d.Source], d)
			flood[d.Source] = flood[d.Source] || d.Held == kaisei.HeldFlood
		}
	}
	if len(night) > HeldAlerts {
		severe, rest := part(night, FloodSevere)
		out.send = append(out.send, severe...)
		out.group(g, "held", rest)
	} else {
		out.send = append(out.send, night...)
	}
	for _, source := range sources {
		out.source(g, source, fresh[source], flood[source])
	}
	slices.SortStableFunc(out.send, func(a, b kaisei.Delivery) int { return a.Created.Compare(b.Created) })
	return out
}

// source decides for the alerts of one source that are due.
func (x *gathered) source(g gathering, source string, due []kaisei.Delivery, ended bool) {
	told, severe := 0, 0
	for _, d := range g.recent {
		if d.Kind == kaisei.DeliveryAlert && d.Source == source && (d.State == kaisei.DeliverySent || d.State == kaisei.DeliveryGrouped) {
			told++
			if d.State == kaisei.DeliverySent && d.Severity == kaisei.Critical {
				severe++
			}
		}
	}
	held := slices.DeleteFunc(slices.Clone(g.waiting), func(d kaisei.Delivery) bool {
		return d.Kind != kaisei.DeliveryAlert || d.Source != source || d.Held != kaisei.HeldFlood || !d.Begun.IsZero()
	})
	if !ended && len(held) == 0 && told+len(due) <= FloodAlerts {
		x.send = append(x.send, due...)
		return
	}
	singly, rest := part(due, max(FloodSevere-severe, 0))
	x.send = append(x.send, singly...)
	all := slices.Clone(rest)
	for _, d := range held {
		if !slices.ContainsFunc(due, func(o kaisei.Delivery) bool { return o.ID == d.ID }) {
			all = append(all, d)
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b kaisei.Delivery) int { return a.Created.Compare(b.Created) })
	if until := all[0].Created.Add(FloodWait); g.now.Before(until) {
		for _, d := range rest {
			d.Due, d.Held = until, kaisei.HeldFlood
			x.save = append(x.save, d)
		}
		return
	}
	x.group(g, source, all)
}

// part takes up to n critical deliveries out of ds.
func part(ds []kaisei.Delivery, n int) (severe, rest []kaisei.Delivery) {
	for _, d := range ds {
		if d.Severity == kaisei.Critical && len(severe) < n {
			severe = append(severe, d)
			continue
		}
		rest = append(rest, d)
	}
	return severe, rest
}

// group makes summaries of deliveries. One alone stays what it is.
func (x *gathered) group(g gathering, about string, ds []kaisei.Delivery) {
	for members := range slices.Chunk(ds, MaxSummary) {
		if len(members) == 1 {
			x.send = append(x.send, members[0])
			continue
		}
		ids := ""
		s := delivery(kaisei.DeliverySummary, g.channel, "", nil, "", g.now)
		s.Created, s.Held = members[0].Created, members[0].Held
		if about != "held" {
			s.Source, s.Held = about, kaisei.HeldFlood
		}
		for _, m := range members {
			ids += m.ID + "\n"
			s.Changes = append(s.Changes, m.Changes...)
			if m.Severity.Rank() > s.Severity.Rank() || s.Severity == "" {
				s.Severity = m.Severity
			}
		}
		s.ID = fmt.Sprintf("%s/%s/%s/%s", kaisei.DeliverySummary, g.channel, about, kaisei.Hash([]byte(ids))[:16])
		for _, m := range members {
			m.State, m.Into = kaisei.DeliveryGrouped, s.ID
			x.save = append(x.save, m)
		}
		x.save = append(x.save, s)
		x.send = append(x.send, s)
	}
}

// recentBatch is how many deliveries are read at first to see what was told lately.
const (
	recentBatch = 64
	maxRecent   = 1 << 14
)

// ready returns what is to be sent now, by channel, in the order in which it was promised. Channels
// that are at work are left alone, and one in trouble waits until it is to be tried again, with all
// that came since, so that nothing overtakes. Alerts that are too many are grouped.
func (o *Outbox) ready(busy map[string]bool) (map[string][]kaisei.Delivery, error) {
	if err := o.recall(); err != nil {
		return nil, err
	}
	due, err := o.due()
	if err != nil {
		return nil, err
	}
	by := byChannel(due)
	var waiting, recent []kaisei.Delivery
	read := false
	for channel, ds := range by {
		if busy[channel] {
			delete(by, channel)
			continue
		}
		if until := o.brokenUntil(channel); o.now().Before(until) {
			for i := range ds {
				ds[i].Due = until.UTC()
			}
			if err := o.Queue.SaveDeliveries(ds); err != nil {
				return nil, fmt.Errorf("postpone the deliveries of %s: %w", channel, err)
			}
			delete(by, channel)
			continue
		}
		if !slices.ContainsFunc(ds, func(d kaisei.Delivery) bool { return d.Kind == kaisei.DeliveryAlert && d.Begun.IsZero() }) {
			continue
		}
		if !read {
			if waiting, recent, err = o.lately(); err != nil {
				return nil, err
			}
			read = true
		}
		of := func(all []kaisei.Delivery) []kaisei.Delivery {
			return slices.DeleteFunc(slices.Clone(all), func(d kaisei.Delivery) bool { return d.Channel != channel })
		}
		got := gather(gathering{channel: channel, now: o.now().UTC(), due: ds, recent: of(recent), waiting: of(waiting)})
		if err := o.Queue.SaveDeliveries(got.save); err != nil {
			return nil, fmt.Errorf("gather the alerts of %s: %w", channel, err)
		}
		if by[channel] = got.send; len(got.send) == 0 {
			delete(by, channel)
		}
	}
	return by, nil
}

// lately reads what waits and what was made within FloodWindow.
func (o *Outbox) lately() (waiting, recent []kaisei.Delivery, err error) {
	if waiting, err = o.Queue.Deliveries(kaisei.DeliveryDue, 0); err != nil {
		return nil, nil, fmt.Errorf("read waiting deliveries: %w", err)
	}
	since := o.now().Add(-FloodWindow)
	for n := recentBatch; ; n *= 4 {
		all, err := o.Queue.Deliveries("", n)
		if err != nil {
			return nil, nil, fmt.Errorf("read recent deliveries: %w", err)
		}
		if len(all) < n || n >= maxRecent || all[len(all)-1].Created.Before(since) {
			return waiting, slices.DeleteFunc(all, func(d kaisei.Delivery) bool { return d.Created.Before(since) }), nil
		}
	}
}

// recall learns once which channels were in trouble when the program last ran.
func (o *Outbox) recall() error {
	o.mu.Lock()
	known := o.broken != nil
	o.mu.Unlock()
	if known {
		return nil
	}
	ds, err := o.Queue.Deliveries(kaisei.DeliveryDue, 0)
	if err != nil {
		return fmt.Errorf("read waiting deliveries: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = map[string]time.Time{}
	for _, d := range ds {
		if d.Attempts > 0 && d.Due.After(o.broken[d.Channel]) {
			o.broken[d.Channel] = d.Due
		}
	}
	return nil
}

func (o *Outbox) brokenUntil(channel string) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.broken[channel]
}

// Release ends the wait of a channel in trouble, where an operator asks for a retry, and wakes Run.
func (o *Outbox) Release(channel string) {
	o.mu.Lock()
	delete(o.broken, channel)
	o.mu.Unlock()
	o.Wake()
}
