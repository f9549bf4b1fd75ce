package main

import (
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/notify"
)

// noticeDeliveries tells operators what changed in the health of the sources: one
// message for each kind of news, however many sources it is about.
func noticeDeliveries(r *notify.Router, h watch.Health) ([]kaisei.Delivery, error) {
	var out []kaisei.Delivery
	for _, part := range []struct {
		class kaisei.Class
		sick  []watch.Sick
	}{
		{kaisei.ClassSourceFailing, h.Failing},
		{kaisei.ClassSourceImplausible, h.Implausible},
		{kaisei.ClassSourceQuiet, h.Quiet},
		{kaisei.ClassSourceRecovered, h.Recovered},
	} {
		if len(part.sick) == 0 {
			continue
		}
		var all []render.NoticeData
		for _, s := range part.sick {
			all = append(all, render.NoticeData{
				Class: part.class, Source: s.Source, Title: s.Title, Authority: s.Authority, URL: s.URL, At: h.At,
				LastGood: s.LastGood, LastChange: s.LastChange, NextLook: s.NextLook, Failures: s.Failures, Cause: s.Cause, Detail: s.Detail,
			})
		}
		n := all[0]
		n.Also = all[1:]
		n.Watched = h.Sources
		d, err := r.RouteNotice(n, h.At)
		if err != nil {
			return nil, err
		}
		out = append(out, d...)
	}
	return out, nil
}
