package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"kaisei/internal/config"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/metrics"
	"kaisei/internal/render"
	"kaisei/internal/sdnotify"
	"kaisei/internal/watch"
	"kaisei/internal/web"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Watch the sources and tell what changes, until stopped",
		Long: `serve looks at every source when it is due and tells what changed. Without a configuration it prints alerts
to the console. SIGTERM or Ctrl-C stops it within five seconds; what was under way is taken up at the next start.
SIGHUP, or 'kaisei reload', reads the configuration, the catalogue and the rules again; looks under way finish, and a
configuration with mistakes is refused with its errors in the log.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c.Context()) },
	}
}

// daemon is the whole program wired together around one open store.
type daemon struct {
	kit
	log     *slog.Logger
	db      *bolt.DB
	watcher *watch.Watcher
	outbox  *notify.Outbox
	digests *notify.DigestPlanner
	// escalator tells again what nobody answers.
	escalator *notify.Escalator
	// reminders tell of days of taking force before they come.
	reminders *notify.Reminders
	// answers are taken from Slack and shown there.
	answers *notify.SlackAnswers
	metrics *metrics.Metrics
	pulse   pulse
	get     *fetch.Client
	senders map[string]notify.Sender
	// app made the daemon and makes what succeeds it; see reload.
	app *app
	reloads
}

// daemon opens the store and wires the parts. The caller closes it.
func (a *app) daemon(context.Context) (*daemon, error) {
	setCollector()
	db, err := a.openStore()
	if err != nil {
		return nil, err
	}
	d, err := a.wire(db)
	if err != nil {
		db.Close()
		return nil, err
	}
	return d, nil
}

func (a *app) wire(db *bolt.DB) (*daemon, error) {
	k, err := a.kit()
	if err != nil {
		return nil, err
	}
	get, err := a.getter()
	if err != nil {
		return nil, err
	}
	channels, speak, err := senders(k.config, a.writing(), a.logger(k.config.Log), a.stdout, a.color(), a.width())
	if err != nil {
		return nil, err
	}
	d := &daemon{kit: k, db: db, log: a.logger(k.config.Log), get: get, app: a, senders: speak}
	d.pulse.started = time.Now()
	starts := func() int { return 0 }
	if p, ok := k.extractor.PDF.(interface{ Starts() int }); ok {
		starts = p.Starts
	}
	d.answers = &notify.SlackAnswers{Store: db, Log: d.log}
	d.metrics = d.measure(starts)
	for name, s := range speak {
		if one, ok := s.(*notify.Slack); ok {
			one.Store = db
		}
		speak[name] = counted{s, name, d.metrics}
	}
	router := routerOf(k.config, k.catalog.Sources())
	d.outbox = &notify.Outbox{Queue: db, Senders: speak, Log: d.log, Beat: d.pulse.beatOutbox}
	d.digests = &notify.DigestPlanner{Queue: db, Channels: channels, Sources: k.catalog.Sources(), Translates: translations(k.catalog)}
	d.escalator = &notify.Escalator{Queue: db, Channels: channels, Steps: escalationsOf(k.config)}
	d.watcher = &watch.Watcher{
		Closing: k.config.Reminders.Deadlines,
		Catalog: k.catalog, Fetch: get, Read: k.extractor, Rules: k.rules, Store: counting{db, d.metrics}, Log: d.log,
		Translates: translations(k.catalog), Settle: time.Duration(k.config.Watch.Settle),
		Route:  func(c kaisei.Change) []kaisei.Delivery { return router.Route(c, time.Now()) },
		Notice: func(h watch.Health) ([]kaisei.Delivery, error) { return noticeDeliveries(router, h) },
		Missed: func(c watch.CrossCheck) ([]kaisei.Delivery, error) {
			return missDeliveries(router, k.catalog.Sources(), c)
		},
		Enqueue:   db.Enqueue,
		Committed: d.outbox.Wake,
		Parallel:  maxLooks,
		Beat:      d.pulse.beatWatcher,
	}
	d.reminders = &notify.Reminders{
		Queue: db, Router: router, Sources: k.catalog.Sources(), Days: k.config.Reminders.Enforcement, Foresee: d.watcher.Foresee,
	}
	return d, nil
}

func (d *daemon) close() {
	d.closeReaders()
	if err := d.db.Close(); err != nil {
		d.log.Error("close the store", "err", err)
	}
}

// maxLooks is how many sources are looked at at once. Most of them wait for their turn at a
// host, of which the fetcher asks only parallel_hosts at once, so this is more.
const maxLooks = 32

// senders makes the operator's channels.
func senders(c config.Config, writing render.Options, log *slog.Logger, w io.Writer, color bool, width int) ([]notify.Channel, map[string]notify.Sender, error) {
	speak := map[string]notify.Sender{}
	for _, ch := range c.Channels {
		o := writing
		o.Lang = ch.Language
		switch ch.Type {
		case config.Console:
			o.Color, o.Width = color, width
			speak[ch.Name] = &notify.Console{W: w, Options: o}
		case config.Slack:
			o.Answers = !ch.AppToken.IsZero()
			speak[ch.Name] = &notify.Slack{
				Name: ch.Name, Token: ch.Token, Channel: ch.Channel, Webhook: ch.Webhook, AppToken: ch.AppToken, Options: o, Log: log,
			}
		case config.Email:
			e := &notify.Email{
				Name: ch.Name, Host: ch.Host, Port: ch.Port, Security: ch.TLS, User: ch.User, Password: ch.Password, From: ch.From, To: ch.To,
				Unsubscribe: ch.Unsubscribe, Options: o, Log: log,
			}
			if !ch.DKIMKey.IsZero() {
				key, err := config.DKIMKey(ch.DKIMKey)
				if err != nil {
					return nil, nil, fmt.Errorf("dkim_key of channel %s: %w", ch.Name, err)
				}
				e.DKIM = &notify.DKIM{Domain: ch.DKIMDomain, Selector: ch.DKIMSelector, Key: key}
			}
			speak[ch.Name] = e
		case config.Webhook:
			speak[ch.Name] = &notify.Webhook{URL: ch.URL, Secret: ch.Secret, OldSecret: ch.OldSecret, Options: o}
		case config.Teams:
			speak[ch.Name] = &notify.Teams{Webhook: ch.Webhook, Options: o}
		case config.File:
			speak[ch.Name] = &notify.File{Path: ch.Path, MaxSize: int64(ch.MaxSize), Options: o}
		default:
			return nil, nil, fmt.Errorf("channel %s has the unknown type %q", ch.Name, ch.Type)
		}
	}
	return channelsOf(c), speak, nil
}

// slackSenders are those of the senders that speak to Slack.
func slackSenders(speak map[string]notify.Sender) map[string]*notify.Slack {
	out := map[string]*notify.Slack{}
	for name, s := range speak {
		if c, ok := s.(counted); ok {
			s = c.Sender
		}
		if one, ok := s.(*notify.Slack); ok {
			out[name] = one
		}
	}
	return out
}

func (a *app) serve(ctx context.Context) error {
	// From here on SIGHUP reloads; before, it would end the program.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	d, err := a.daemon(ctx)
	if errors.Is(err, kaisei.ErrLocked) {
		return fmt.Errorf("another kaisei already watches with this state folder: %w", err)
	}
	if err != nil {
		return err
	}
	defer d.close()
	socket, err := web.Listen(d.config.State)
	if err != nil {
		return err
	}
	port, err := d.listen()
	if err != nil {
		return err
	}
	enabled := 0
	for _, s := range d.catalog.Sources() {
		if s.Disabled == "" {
			enabled++
		}
	}
	d.log.Info("watching", "sources", enabled, "state", d.config.State, "version", version)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.watcher.Run(ctx) })
	g.Go(func() error { return d.outbox.Run(ctx) })
	d.answers.Replace(slackSenders(d.senders))
	g.Go(func() error { return d.answers.Run(ctx) })
	g.Go(func() error { return web.Serve(ctx, socket, d.handler()) })
	if port != nil {
		logReady(d.log, port.Addr().String())
		g.Go(func() error { return web.Serve(ctx, port, d.probes().Handler(version, d.log)) })
	}
	d.manager = sdnotify.FromEnv(os.Getenv)
	g.Go(func() error { return d.report(ctx, d.manager) })
	g.Go(func() error { return d.chores(ctx) })
	g.Go(func() error { return d.reloadOn(ctx, hup) })
	if err := g.Wait(); err != nil {
		return err
	}
	d.log.Info("stopped")
	return nil
}

// When the daemon does what is not a look.
const (
	choreHealth   = "*/15 * * * *"    // health of the sources
	choreLists    = "8-59/30 * * * *" // what one list shows and another does not
	choreElapse   = "*/5 * * * *"     // what time made; from midnight on, when days of taking force begin
	choreDigest   = "*/10 * * * *"    // digests fall due at 09:00; asking often makes up a missed one
	choreEscalate = "*/5 * * * *"     // what nobody answered is told again
	choreRemind   = "*/5 * * * *"     // reminders fall due at 09:00; asking often makes up a missed one
	chorePrune    = "17 3 * * *"      // retention
)

// chores runs what has a clock of its own in Japan's time. A chore that panics is reported and
// runs again at its next time.
func (d *daemon) chores(ctx context.Context) error {
	c := cron.New(cron.WithLocation(kaisei.JST), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(cronLog{d.log})))
	for _, chore := range []struct {
		spec, name string
		do         func() error
	}{
		{choreHealth, "tell the health of the sources", func() error { _, err := d.latest().watcher.Diagnose(); return err }},
		{choreLists, "compare the lists", func() error { _, err := d.latest().watcher.Reconcile(ctx); return err }},
		{choreElapse, "tell what fell due", func() error { _, _, err := d.latest().watcher.Elapse(ctx); return err }},
		{choreDigest, "plan digests", func() error { return d.planDigests(time.Now()) }},
		{choreEscalate, "escalate what nobody answered", func() error { return d.escalate(time.Now()) }},
		{choreRemind, "plan reminders", func() error { return d.remind(time.Now()) }},
		{chorePrune, "drop old looks", func() error { return d.prune(time.Now()) }},
	} {
		if _, err := c.AddFunc(chore.spec, func() {
			if err := chore.do(); err != nil && ctx.Err() == nil {
				d.log.Error(chore.name, "err", err)
			}
		}); err != nil {
			return fmt.Errorf("schedule %q: %w", chore.name, err)
		}
	}
	// What fell due during a stop is made up at once.
	if _, _, err := d.watcher.Elapse(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	if err := d.planDigests(time.Now()); err != nil {
		return err
	}
	if err := d.escalate(time.Now()); err != nil {
		return err
	}
	if err := d.remind(time.Now()); err != nil {
		return err
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

func (d *daemon) planDigests(now time.Time) error {
	if err := d.latest().digests.Plan(now); err != nil {
		return err
	}
	d.outbox.Wake()
	return nil
}

func (d *daemon) escalate(now time.Time) error {
	if err := d.latest().escalator.Plan(now); err != nil {
		return err
	}
	d.outbox.Wake()
	return nil
}

func (d *daemon) remind(now time.Time) error {
	if err := d.latest().reminders.Plan(now); err != nil {
		return err
	}
	d.outbox.Wake()
	return nil
}

func (d *daemon) prune(now time.Time) error {
	keep := time.Duration(d.latest().config.Retention.Looks)
	if keep == 0 {
		return nil
	}
	n, err := d.db.Prune(now.Add(-keep))
	if err == nil && n > 0 {
		d.log.Info("dropped old looks", "looks", n)
	}
	return err
}

// cronLog passes cron's errors on.
type cronLog struct{ log *slog.Logger }

// Info implements cron.Logger.
func (cronLog) Info(string, ...any) {}

// Error implements cron.Logger.
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("chore "+msg, append([]any{"err", err}, kv...)...)
}

// listen opens the port of the configuration, or returns nil where there is none.
func (d *daemon) listen() (net.Listener, error) {
	if d.config.Server.Listen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", d.config.Server.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on server.listen; choose another port, or stop what holds it: %w", err)
	}
	return l, nil
}

// probes answer those who watch over the daemon.
func (d *daemon) probes() web.Probes {
	return web.Probes{Alive: d.alive, Ready: d.ready, Metrics: d.metrics.Handler()}
}

// handler answers the commands of other processes.
func (d *daemon) handler() http.Handler {
	return web.Handler(d.db, web.Actions{
		Version: version, Probes: d.probes(),
		Look: func(ctx context.Context, ask web.LookAsk) (any, error) {
			ctx, cancel := context.WithTimeout(ctx, checkTimeout)
			defer cancel()
			list, err := d.pick(ask.Sources)
			if err != nil {
				return nil, err
			}
			return lookAt(ctx, d.latest().watcher, list, watch.Options{All: ask.All, Believe: ask.Believe}, nil)
		},
		Retry: func(id string) (kaisei.Delivery, error) {
			r, err := retryIn(d.db, id, time.Now())
			if err == nil {
				d.outbox.Release(r.Channel)
			}
			return r, err
		},
		Drop: func(id, reason string) (kaisei.Delivery, error) { return dropIn(d.db, id, reason, time.Now()) },
		Rule: func(ctx context.Context, r kaisei.Ruling, tell bool) (kaisei.RulingCommit, error) {
			return d.latest().rule(ctx, r, tell)
		},
		Pause:  d.pause,
		Reload: d.reload,
		Rejudge: func(js []kaisei.Judgement) ([]kaisei.Judgement, error) {
			stored, err := rejudgeIn(d.db, d.latest().config, js)
			d.outbox.Wake()
			return stored, err
		},
		Answer: func(a kaisei.Answer) (kaisei.Answer, bool, error) {
			stored, recorded, err := d.db.Answer(a)
			d.answers.Wake()
			return stored, recorded, err
		},
		Export: func(w io.Writer, q web.ExportQuery) error { return exportWARC(d.db, w, q) },
		ForgetNoise: func(ctx context.Context, document string) (bool, error) {
			return d.latest().watcher.ForgetNoise(ctx, document)
		},
		Backup: func(w http.ResponseWriter) error { _, err := d.db.Backup(w); return err },
	}, d.log)
}

// pick returns the named sources, also disabled ones, or every enabled one.
func (d *daemon) pick(ids []string) ([]kaisei.Source, error) {
	all := d.latest().catalog.Sources()
	if len(ids) == 0 {
		return slices.DeleteFunc(slices.Clone(all), func(s kaisei.Source) bool { return s.Disabled != "" }), nil
	}
	var out []kaisei.Source
	for _, id := range ids {
		i := slices.IndexFunc(all, func(s kaisei.Source) bool { return s.ID == id || slices.Contains(s.Was, id) })
		if i < 0 {
			return nil, noSource(id)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// noSource says what to do where a source is not in the catalogue.
func noSource(id string) error {
	return fmt.Errorf("there is no source %q: 'kaisei sources list --disabled' names them", id)
}
