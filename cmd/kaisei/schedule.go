package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/internal/web"
)

// The numbers of turns that 'sources schedule' shows: of all sources together, of each one named, and
// at most.
const (
	turnsOfAll  = 20
	turnsOfEach = 10
	maxTurns    = 1000
)

// turnRow is one planned look: the stable field names of --json.
type turnRow struct {
	Source string `json:"source"`
	watch.Turn
	Why string `json:"why"`
}

func (a *app) sourcesScheduleCommand() *cobra.Command {
	var n int
	c := &cobra.Command{
		Use: "schedule [SOURCE…]", Short: "Show when sources are looked at next, and what decided it",
		Long: `schedule shows the next looks in time order, of the named sources or of all, as they will be if every look succeeds: by the
cron expression and jitter of the source, after a failure, at the wish of its feed or host, or at the end of a pause. Times are Japan's.`,
		RunE: func(c *cobra.Command, ids []string) error {
			if n < 0 || n > maxTurns {
				return usage{fmt.Errorf("-n %d: write 1 to %d", n, maxTurns)}
			}
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			list, err := named(cat.Sources(), ids)
			if err != nil {
				return err
			}
			polls, err := a.polls(c.Context())
			if err != nil {
				return err
			}
			rows := a.turns(list, polls, time.Now(), cmp.Or(n, turnsOfEach))
			if len(ids) == 0 {
				rows = rows[:min(len(rows), cmp.Or(n, turnsOfAll))]
			}
			return a.printTurns(rows)
		},
	}
	c.Flags().IntVarP(&n, "number", "n", 0, fmt.Sprintf("how many looks to show: of each named source (default %d), or of all together (default %d)", turnsOfEach, turnsOfAll))
	return c
}

// named returns the sources with the IDs, or all that are enabled where there are none.
func named(all []kaisei.Source, ids []string) ([]kaisei.Source, error) {
	if len(ids) == 0 {
		return slices.DeleteFunc(slices.Clone(all), func(s kaisei.Source) bool { return s.Disabled != "" }), nil
	}
	var out []kaisei.Source
	for _, id := range ids {
		i := slices.IndexFunc(all, func(s kaisei.Source) bool { return s.ID == id || slices.Contains(s.Was, id) })
		switch {
		case i < 0:
			return nil, noSource(id)
		case all[i].Disabled != "":
			return nil, fmt.Errorf("%s is not looked at: %s", all[i].ID, all[i].Disabled)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// polls are the schedule states; none where nothing was looked at yet.
func (a *app) polls(ctx context.Context) (map[string]kaisei.Poll, error) {
	out := map[string]kaisei.Poll{}
	r, done, err := a.reader(ctx)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return out, nil
	case err != nil:
		return nil, err
	}
	defer done()
	list, err := r.Polls()
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		out[p.Source] = p
	}
	return out, nil
}

// pausesKnown are the schedule states where they can be read: a list of the catalogue needs no store.
func (a *app) pausesKnown(ctx context.Context) map[string]kaisei.Poll {
	polls, err := a.polls(ctx)
	if err != nil {
		return nil
	}
	return polls
}

// turns are the next n looks of each source, in time order.
func (a *app) turns(list []kaisei.Source, polls map[string]kaisei.Poll, now time.Time, n int) []turnRow {
	var rows []turnRow
	for _, s := range list {
		p := polls[s.ID]
		for i, t := range watch.Plan(s, p, now, n) {
			rows = append(rows, turnRow{s.ID, t, a.turnWhy(s, p, t, i == 0)})
		}
	}
	slices.SortStableFunc(rows, func(x, y turnRow) int { return x.At.Compare(y.At) })
	return rows
}

// turnWhy says what decided a turn.
func (a *app) turnWhy(s kaisei.Source, p kaisei.Poll, t watch.Turn, first bool) string {
	lang := a.voice()
	name := render.ReasonName(string(t.Reason), lang)
	switch t.Reason {
	case watch.ReasonSchedule:
		return render.Jittered(s.Schedule, watch.Jitter(s.ID), lang)
	case watch.ReasonPause:
		return name + ": " + render.PausedUntil(p.Pause, lang)
	case watch.ReasonHost:
		return name + ": " + render.WaitsUntil(p.Wait, lang)
	case watch.ReasonFeed:
		return name + ": " + render.FeedAsks(p.Every, min(p.Every, watch.MaxTTL), lang)
	case watch.ReasonRetry:
		if first {
			return name + ": " + strconv.Itoa(p.Failures)
		}
	}
	return name
}

func (a *app) printTurns(rows []turnRow) error {
	var lines [][]string
	for _, r := range rows {
		if a.json {
			if err := a.printJSON(r); err != nil {
				return err
			}
			continue
		}
		lines = append(lines, []string{r.At.In(kaisei.JST).Format("2006-01-02 15:04:05"), r.Source, r.Why})
	}
	if !a.json {
		a.table([]string{"WHEN (JST)", "SOURCE", "WHY"}, lines)
	}
	return nil
}

func (a *app) sourcesPauseCommand() *cobra.Command {
	var until, why string
	c := &cobra.Command{
		Use: "pause SOURCE --until WHEN", Short: "Leave a source alone until a time, after which it is taken up by itself",
		Long: `pause leaves a source alone: during maintenance, or because its authority asked for it. A pause always ends, within a year; then the source
is taken up by itself and what it missed is made up once. 'kaisei sources resume' ends it earlier. 'kaisei check SOURCE' looks all the same.

WHEN is a day in Japan (2026-12-01, with that day), a time in Japan ("2026-12-01 09:00"), a time with a zone
(2026-12-01T00:00:00Z) or a length of time from now (90m, 12h, 3d).`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if until == "" {
				return usage{errors.New("a pause needs an end: write --until, such as --until 3d or --until 2026-12-01")}
			}
			end, err := parseUntil(until, time.Now())
			if err != nil {
				return usage{err}
			}
			return a.pause(c.Context(), args[0], kaisei.Pause{Until: end, Why: why})
		},
	}
	c.Flags().StringVar(&until, "until", "", "when the pause ends: a day, a time or a length of time (needed)")
	c.Flags().StringVar(&why, "why", "", "the reason, for colleagues")
	return c
}

func (a *app) sourcesResumeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "resume SOURCE", Short: "End the pause of a source", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.pause(c.Context(), args[0], kaisei.Pause{}) },
	}
}

// parseUntil reads the end of a pause.
func parseUntil(s string, now time.Time) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, s, kaisei.JST); err == nil {
		return t.AddDate(0, 0, 1), nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(form, s, kaisei.JST); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	var d config.Duration
	if err := d.UnmarshalText([]byte(s)); err == nil {
		return now.Add(time.Duration(d)), nil
	}
	return time.Time{}, fmt.Errorf("--until %q: write a day (2026-12-01), a time in Japan (\"2026-12-01 09:00\") or a length of time (90m, 12h, 3d)", s)
}

// pause sets or ends the pause of a source, through the daemon where one runs.
func (a *app) pause(ctx context.Context, id string, p kaisei.Pause) error {
	poll, err := a.setPause(ctx, id, p)
	if err != nil {
		return err
	}
	switch {
	case a.json:
		return a.printJSON(poll)
	case p.Until.IsZero():
		fmt.Fprintln(a.stdout, render.PauseOver(poll.Source, a.voice()))
	default:
		fmt.Fprintln(a.stdout, render.PauseSet(poll.Source, poll.Pause, a.voice()))
	}
	return nil
}

func (a *app) setPause(ctx context.Context, id string, p kaisei.Pause) (kaisei.Poll, error) {
	if c, err := web.Dial(ctx, a.state()); err == nil {
		defer c.Close()
		return c.Pause(ctx, id, p)
	}
	d, err := a.daemon(ctx)
	if err != nil {
		return kaisei.Poll{}, err
	}
	defer d.close()
	return d.pause(id, p)
}
