package main

import (
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/notify"
)

// noticeDeliveries tells operators what changed in the health of the sources: one message,
// however many sources it is about.
func noticeDeliveries(r *notify.Router, h watch.Health) ([]kaisei.Delivery, error) {
	all := notices(h)
	if len(all) == 0 {
		return nil, nil
	}
	n := all[0]
	n.Also, n.Watched = all[1:], h.Sources
	return r.RouteNotice(n, h.At)
}

// notices are the parts of a notice, worst first.
func notices(h watch.Health) []render.NoticeData {
	var all []render.NoticeData
	if o := h.Network; o != nil {
		all = append(all, networkNotice(kaisei.ClassSourceFailing, *o, h))
	}
	for _, part := range []struct {
		class kaisei.Class
		sick  []watch.Sick
	}{
		{kaisei.ClassSourceFailing, h.Failing},
		{kaisei.ClassSourceImplausible, h.Implausible},
		{kaisei.ClassSourceQuiet, h.Quiet},
		{kaisei.ClassSourceRecovered, h.Recovered},
	} {
		for _, s := range part.sick {
			n := render.NoticeData{
				Class: part.class, Source: s.Source, Title: s.Title, Authority: s.Authority, URL: s.URL, At: h.At, Since: s.Since,
				LastGood: s.LastGood, LastChange: s.LastChange, NextLook: s.NextLook, Failures: s.Failures, Cause: s.Cause, Detail: s.Detail,
				Again: s.Again, Relapses: s.Relapses, Was: stateClass(s.State),
			}
			switch s.Silence.By {
			case watch.QuietByCatalogue:
				n.Expected = s.Silence.Expected
			case watch.QuietByHistory:
				n.Usual = s.Silence.Usual
			}
			all = append(all, n)
		}
	}
	if o := h.NetworkBack; o != nil {
		all = append(all, networkNotice(kaisei.ClassSourceRecovered, *o, h))
	}
	return all
}

func networkNotice(c kaisei.Class, o watch.Outage, h watch.Health) render.NoticeData {
	n := render.NoticeData{
		Class: c, Source: "network", Network: true, At: h.At, Since: o.Since, LastGood: o.LastGood,
		Hosts: o.Hosts, Dead: o.Failing, Sources: o.Sources, Cause: o.Cause, Again: o.Again,
	}
	if !o.Until.IsZero() {
		n.At = o.Until
	}
	return n
}

// stateClass is the class of notice that tells a state.
func stateClass(s watch.State) kaisei.Class {
	switch s {
	case watch.StateImplausible:
		return kaisei.ClassSourceImplausible
	case watch.StateQuiet:
		return kaisei.ClassSourceQuiet
	}
	return kaisei.ClassSourceFailing
}

// missDeliveries tells operators what lists that are compared with each other missed, in one message.
func missDeliveries(r *notify.Router, list []kaisei.Source, c watch.CrossCheck) ([]kaisei.Delivery, error) {
	titles := map[string]kaisei.Text{}
	for _, s := range list {
		titles[s.ID] = s.Title
	}
	name := func(id string) render.ListName { return render.ListName{ID: id, Title: titles[id]} }
	m := &render.MissedData{}
	for _, x := range c.Misses {
		m.Items = append(m.Items, render.MissedItem{
			Title: x.Title, URL: x.URL, ShownBy: name(x.ShownBy), Missing: name(x.Missing), Since: x.Since,
			Cause: string(x.Cause), Good: x.Good, Failed: x.Failed, Detail: x.Detail,
		})
	}
	for _, p := range c.Pairs {
		m.Pairs = append(m.Pairs, render.MissedPair{Shown: name(p.Shown), Expected: name(p.Expected), Missed: p.Missed, Since: p.Since})
	}
	for _, g := range c.Gaps {
		m.Gaps = append(m.Gaps, render.MissedGap{Feed: name(g.Source), From: g.From, To: g.To, Why: g.Why})
	}
	return r.RouteNotice(render.NoticeData{Class: kaisei.ClassSourceMissed, Source: "lists", At: c.At, Missed: m}, c.At)
}
