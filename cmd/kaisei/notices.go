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
