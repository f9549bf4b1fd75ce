package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/sdnotify"
	"kaisei/internal/web"
)

// reloads is what a daemon knows of the configurations that it went on by.
type reloads struct {
	// one is held while a configuration is read.
	one sync.Mutex
	mu  sync.Mutex
	// heir is the daemon as the latest configuration made it; nil where nothing was reloaded. It shares the
	// store, the outbox and the sources' schedule states with the first.
	heir *daemon
	// spent end the readers of documents of earlier configurations.
	spent []func()
	// manager is told when a reload begins and ends.
	manager sdnotify.Socket
}

// latest is the daemon by which new work is done.
func (d *daemon) latest() *daemon {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.heir != nil {
		return d.heir
	}
	return d
}

// reloadOn reloads at each signal until ctx ends. Signals that come while one is carried out make one
// more reload.
func (d *daemon) reloadOn(ctx context.Context, hup <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
			_, _ = d.reload() // which logs what is wrong
		}
	}
}

// reload reads the configuration, the catalogue and the rules again and goes on by them. Looks and messages
// under way finish as they began. Where anything is wrong it changes nothing.
func (d *daemon) reload() (enabled int, err error) {
	d.one.Lock()
	defer d.one.Unlock()
	d.announce(sdnotify.Reloading()...)
	defer d.announce(sdnotify.Ready)
	next, err := d.reread()
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			d.log.Error("reload refused; the configuration before stays in force", "err", line)
		}
		return 0, err
	}
	old := d.latest()
	next.get.Succeed(old.get)
	next.outbox, next.answers = d.outbox, d.answers
	next.watcher.Committed = d.outbox.Wake
	if next.config.PDF == old.config.PDF {
		// The warm reader of PDFs goes on.
		next.kit.extractor, next.kit.close, next.watcher.Read = old.extractor, old.kit.close, old.extractor
	} else {
		old.kit.close() // a look under way that needs it starts it anew
	}
	// What was counted so far is counted on.
	for name, s := range next.senders {
		if c, ok := s.(counted); ok {
			next.senders[name] = counted{c.Sender, name, d.metrics}
		}
	}
	next.metrics, next.watcher.Store = d.metrics, d.watcher.Store
	d.mu.Lock()
	d.heir = next
	if next.config.PDF != old.config.PDF {
		d.spent = append(d.spent, old.kit.close)
	}
	d.mu.Unlock()
	d.outbox.Replace(next.senders)
	d.answers.Replace(slackSenders(next.senders))
	d.watcher.Succeed(next.watcher)
	old.get.CloseIdle()
	for _, s := range next.catalog.Sources() {
		if s.Disabled == "" {
			enabled++
		}
	}
	d.log.Info("reloaded", "sources", enabled)
	return enabled, nil
}

// announce tells the service manager, where there is one.
func (d *daemon) announce(states ...string) {
	if err := d.manager.Notify(states...); err != nil {
		d.log.Warn("service manager not told", "err", err)
	}
}

// reread makes what a new daemon would be made of.
func (d *daemon) reread() (*daemon, error) {
	a := *d.app
	a.loaded = nil
	c, err := a.settings()
	if err != nil {
		return nil, err
	}
	if !samePath(c.State, d.config.State) {
		return nil, fmt.Errorf("state is %q now and was %q: stop kaisei and start it again to use another folder", c.State, d.config.State)
	}
	return a.wire(d.db)
}

func samePath(a, b string) bool {
	x, err := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err == nil && err2 == nil && x == y
}

// closeReaders ends the readers of documents of all configurations.
func (d *daemon) closeReaders() {
	d.mu.Lock()
	heir, spent := d.heir, d.spent
	d.mu.Unlock()
	for _, end := range spent {
		end()
	}
	if heir != nil {
		heir.kit.close()
	}
	d.kit.close()
}

// pause leaves a source alone until the pause ends; the zero Pause ends one.
func (d *daemon) pause(id string, p kaisei.Pause) (kaisei.Poll, error) {
	list, err := d.pick([]string{id})
	if err != nil {
		return kaisei.Poll{}, err
	}
	if p.Until.IsZero() {
		return d.latest().watcher.Resume(list[0].ID)
	}
	return d.latest().watcher.Pause(list[0].ID, p)
}

func (a *app) reloadCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reload", Short: "Make the running daemon read its configuration, catalogue and rules again", Args: cobra.NoArgs,
		Long: `reload asks the running daemon to read its configuration file, the catalogue, the rules and the channels again, as SIGHUP does
(ExecReload=kaisei reload in a systemd unit). Looks under way finish; new sources get their first look, those that vanished are left, and
changed schedules hold at once. Where anything is wrong the errors are printed, and the daemon goes on as before.`,
		RunE: func(c *cobra.Command, _ []string) error {
			d, err := web.Dial(c.Context(), a.state())
			if err != nil {
				return fmt.Errorf("no kaisei runs with the state folder %s ('kaisei serve' starts one): %w", a.state(), err)
			}
			defer d.Close()
			n, err := d.Reload(c.Context())
			if err != nil {
				return fmt.Errorf("reload refused; the daemon goes on as before:\n%w", err)
			}
			if a.json {
				return a.printJSON(map[string]int{"sources": n})
			}
			fmt.Fprintln(a.stdout, render.Reloaded(n, a.voice()))
			return nil
		},
	}
}
