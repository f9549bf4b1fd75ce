package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/sdnotify"
	"kaisei/internal/watch"
)

// How long the loops may be silent before they are taken for stuck: several times what they need. A
// look or a message under way stops neither.
const (
	watchStuck  = 4 * watch.BeatEvery
	outboxStuck = 25 * time.Minute
)

// statusEvery is how often the service manager is told how the sources are.
const statusEvery = time.Minute

// pulse is how the loops of the daemon show that they make progress.
type pulse struct {
	watcher, outbox atomic.Int64
	stopping        atomic.Bool
	// started is when the daemon began.
	started time.Time
}

func (p *pulse) beatWatcher() { p.watcher.Store(time.Now().UnixNano()) }
func (p *pulse) beatOutbox()  { p.outbox.Store(time.Now().UnixNano()) }

// alive says which loop is stuck, or that the store does not answer.
func (d *daemon) alive() error {
	now := time.Now()
	for _, l := range []struct {
		name string
		last int64
		most time.Duration
	}{{"the watcher", d.pulse.watcher.Load(), watchStuck}, {"the outbox", d.pulse.outbox.Load(), outboxStuck}} {
		last := d.pulse.started
		if l.last > 0 {
			last = time.Unix(0, l.last)
		}
		if silent := now.Sub(last); silent > l.most {
			return fmt.Errorf("%s has made no progress for %s: restart the daemon and report this", l.name, silent.Round(time.Second))
		}
	}
	if _, _, err := d.db.Mark(watch.HealthMark); err != nil {
		return fmt.Errorf("the store does not answer; see 'kaisei doctor': %w", err)
	}
	return nil
}

// ready says why the daemon does not work yet, or any more.
func (d *daemon) ready() error {
	switch {
	case d.pulse.stopping.Load():
		return errors.New("the daemon is stopping")
	case d.pulse.watcher.Load() == 0:
		return errors.New("the first agenda is not made yet")
	}
	return d.alive()
}

// report tells the service manager that the daemon is ready, how the sources are, and, while the loops
// make progress, that it lives. It returns when ctx ends.
func (d *daemon) report(ctx context.Context, s sdnotify.Socket) error {
	tell := func(states ...string) {
		if err := s.Notify(states...); err != nil {
			d.log.Warn("service manager not told", "err", err)
		}
	}
	every := sdnotify.WatchdogEvery(os.Getenv, os.Getpid())
	tick := statusEvery
	if every > 0 {
		tick = min(tick, every)
	}
	ready := time.NewTicker(readyEvery)
	defer ready.Stop()
	beat := time.NewTicker(tick)
	defer beat.Stop()
	told := false
	for {
		select {
		case <-ctx.Done():
			d.pulse.stopping.Store(true)
			tell(sdnotify.Stopping)
			return nil
		case <-ready.C:
			if d.ready() == nil {
				ready.Stop()
				told = true
				tell(sdnotify.Ready, sdnotify.Status(d.status()))
				d.log.Debug("ready")
			}
			continue
		case <-beat.C:
		}
		if !s.Managed() {
			continue
		}
		if err := d.alive(); err != nil {
			d.log.Error("not alive", "err", err)
			tell(sdnotify.Status(err.Error()))
			continue
		}
		states := []string{sdnotify.Watchdog}
		if told {
			states = append(states, sdnotify.Status(d.status()))
		}
		tell(states...)
	}
}

// readyEvery is how often it is asked whether the first agenda is made.
const readyEvery = 100 * time.Millisecond

// status is one line about the sources.
func (d *daemon) status() string {
	list, err := d.db.Polls()
	if err != nil {
		return err.Error()
	}
	polls := map[string]kaisei.Poll{}
	for _, p := range list {
		polls[p.Source] = p
	}
	counts, all := map[watch.State]int{}, 0
	for _, s := range d.latest().catalog.Sources() {
		if state, _, _ := watch.Assess(s, polls[s.ID], time.Now()); state != watch.StateDisabled {
			counts[state]++
			all++
		}
	}
	var parts []string
	for _, s := range watch.States() {
		if counts[s] > 0 {
			parts = append(parts, render.StateName(string(s), d.latest().config.Language)+" "+fmt.Sprint(counts[s]))
		}
	}
	return strings.TrimSpace(render.StatusSummary(all, parts, d.latest().config.Language))
}

// logReady is what the log says of the port, if there is one.
func logReady(log *slog.Logger, address string) {
	if address != "" {
		log.Info("answering", "health", "http://"+address+"/healthz", "metrics", "http://"+address+"/metrics")
	}
}
