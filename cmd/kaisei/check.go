package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/internal/web"
)

func (a *app) checkCommand() *cobra.Command {
	var o watch.Options
	var once bool
	c := &cobra.Command{
		Use: "check [SOURCE…]", Short: "Look at sources now",
		Long: `check looks at the named sources, or at every enabled one, whether or not they are due, and prints what it
found. Alerts are sent as the configuration says. While a daemon runs, it is asked to look.

A web page that changed in place is told when a further look shows the same (see watch.settle in the configuration).
check waits for that look and makes it; with --once it leaves it to the next check or to the daemon.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if o.Believe && len(args) == 0 {
				return usage{errors.New("--believe needs the names of the sources whose pages you looked at and found right")}
			}
			return a.check(c.Context(), args, o, once)
		},
	}
	c.Flags().BoolVar(&o.All, "all", false, "ask again for every document the sources lead to, also those not due")
	c.Flags().BoolVar(&o.Believe, "believe", false, "take what the named sources show for what they say, also where it looks like an error page or has collapsed")
	c.Flags().BoolVar(&once, "once", false, "do not wait for the further look at pages that changed")
	return c
}

func (a *app) check(ctx context.Context, ids []string, o watch.Options, once bool) error {
	// A daemon is asked first: it looks and tells, and waiting for its lock would only take time.
	if c, err := web.Dial(ctx, a.state()); err == nil {
		defer c.Close()
		return a.checkThrough(ctx, c, ids, o)
	}
	d, err := a.daemon(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	list, err := d.pick(ids)
	if err != nil {
		return err
	}
	var step func()
	if terminal(a.stderr) {
		bar := progressbar.NewOptions(len(list), progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription("looking"), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
		step = func() { _ = bar.Add(1) }
	}
	reports, err := lookAt(ctx, d.watcher, list, o, step)
	if err != nil {
		return err
	}
	if err := a.printReports(reports); err != nil {
		return err
	}
	if _, _, err := d.watcher.Elapse(ctx); err != nil {
		return err
	}
	if err := d.reminders.Plan(time.Now()); err != nil {
		return err
	}
	if _, err := d.outbox.Flush(ctx); err != nil {
		return fmt.Errorf("send alerts: %w", err)
	}
	if err := a.lookAgain(ctx, d, list, reports, once); err != nil {
		return err
	}
	return failure(reports)
}

// lookAgain makes the further looks for which changed pages wait. An interruption leaves them to the next
// look.
func (a *app) lookAgain(ctx context.Context, d *daemon, list []kaisei.Source, reports []watch.Report, once bool) error {
	for {
		var due time.Time
		pages := 0
		var again []kaisei.Source
		for i, r := range reports {
			if n := len(r.Waiting()); n > 0 && !r.Poll.Again.IsZero() {
				pages += n
				again = append(again, list[i])
				due = later(due, r.Poll.Again)
			}
		}
		if pages == 0 {
			return nil
		}
		if once {
			a.remark("cli.waits", pages, clock(due))
			return nil
		}
		a.remark("cli.waits-here", pages, clock(due))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(due)):
		}
		next, err := lookAt(ctx, d.watcher, again, watch.Options{Waiting: true}, nil)
		if err != nil {
			return err
		}
		if err := a.printReports(next); err != nil {
			return err
		}
		if _, err := d.outbox.Flush(ctx); err != nil {
			return fmt.Errorf("send alerts: %w", err)
		}
		list, reports = again, next
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// checkThrough asks the running daemon.
func (a *app) checkThrough(ctx context.Context, c *web.Client, ids []string, o watch.Options) error {
	var reports []watch.Report
	if err := c.Look(ctx, web.LookAsk{Sources: ids, All: o.All, Believe: o.Believe}, &reports); err != nil {
		return err
	}
	if err := a.printReports(reports); err != nil {
		return err
	}
	return failure(reports)
}

// lookAt looks at sources, several at once; the getter keeps each host to one request at
// a time.
func lookAt(ctx context.Context, w *watch.Watcher, list []kaisei.Source, o watch.Options, step func()) ([]watch.Report, error) {
	reports := make([]watch.Report, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(maxLooks)
	var mu sync.Mutex
	for i, s := range list {
		g.Go(func() error {
			r, err := w.Check(ctx, s, o)
			reports[i] = r
			if step != nil {
				mu.Lock()
				step()
				mu.Unlock()
			}
			return err
		})
	}
	return reports, errors.Join(g.Wait(), w.Flush())
}

func (a *app) printReports(reports []watch.Report) error {
	var rows [][]string
	var causes []kaisei.Cause
	for _, r := range reports {
		if a.json {
			if err := a.printJSON(r); err != nil {
				return err
			}
			continue
		}
		p := r.Poll
		causes = append(causes, p.LastCause)
		why := render.Detail(p.LastDetail, a.voice())
		if p.LastCause != "" {
			why = render.CauseName(p.LastCause, a.voice()) + ": " + why
		}
		rows = append(rows, []string{r.Source, render.VerdictName(p.LastVerdict, a.voice()), strconv.Itoa(len(r.Looks)), strconv.Itoa(len(r.Changes)), clock(p.NextLook), cut(why, 100)})
	}
	if !a.json {
		a.table([]string{"SOURCE", "VERDICT", "LOOKS", "CHANGES", "NEXT LOOK (JST)", "WHY"}, rows)
		a.remedies(causes)
	}
	return nil
}

// failure is errReported where a source could not be read.
func failure(reports []watch.Report) error {
	for _, r := range reports {
		if !r.Poll.LastVerdict.Good() && r.Poll.LastCause != kaisei.CauseUnconfirmed {
			return errReported
		}
	}
	return nil
}

// checkTimeout bounds a look that a command asks of the daemon.
const checkTimeout = 30 * time.Minute
