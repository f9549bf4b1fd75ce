package main

import (
	"context"
	"encoding/json"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/metrics"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

// counting is a store that counts the looks committed to it.
type counting struct {
	*bolt.DB
	metrics *metrics.Metrics
}

// Commit implements watch.Store.
func (c counting) Commit(k kaisei.Commit) (kaisei.Change, error) {
	change, err := c.DB.Commit(k)
	if err == nil {
		c.metrics.Look(k.Look)
	}
	return change, err
}

// CommitQuiet implements watch.Store.
func (c counting) CommitQuiet(k kaisei.Commit) error {
	err := c.DB.CommitQuiet(k)
	if err == nil {
		c.metrics.Look(k.Look)
	}
	return err
}

// counted is a sender whose attempts are counted.
type counted struct {
	notify.Sender
	channel string
	metrics *metrics.Metrics
}

// Send implements notify.Sender.
func (c counted) Send(ctx context.Context, m notify.Message) (string, error) {
	receipt, err := c.Sender.Send(ctx, m)
	c.metrics.Attempt(c.channel, err)
	return receipt, err
}

// measure makes the daemon's metrics.
func (d *daemon) measure(pdfStarts func() int) *metrics.Metrics {
	channels := func() []string {
		var names []string
		for _, c := range d.latest().config.Channels {
			names = append(names, c.Name)
		}
		return names
	}
	return metrics.New(version, metrics.Read{
		Store: d.db, Sources: func() []kaisei.Source { return d.latest().catalog.Sources() }, Channels: channels, PDFStarts: pdfStarts, Log: d.log,
		Listening: func() map[string]bool {
			out := map[string]bool{}
			for name, err := range d.answers.States() {
				out[name] = err == nil
			}
			return out
		},
		Digest: func(channel string) (time.Time, bool) {
			text, ok, err := d.db.Mark("digest/" + channel)
			if err != nil || !ok {
				return time.Time{}, false
			}
			var m struct {
				Until time.Time `json:"until"`
			}
			if err := json.Unmarshal([]byte(text), &m); err != nil || m.Until.IsZero() {
				return time.Time{}, false
			}
			return m.Until, true
		},
	})
}
