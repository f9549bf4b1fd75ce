package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
)

// statusRow is a source's state as printed: the stable field names of --json.
type statusRow struct {
	ID    string      `json:"id"`
	State watch.State `json:"state"`
	// Since is when the state began.
	Since    time.Time `json:"since,omitzero"`
	Disabled string    `json:"disabled,omitempty"`
	// Next is when it is looked at next, and what decided it; the zero time where it is not.
	Next watch.Turn `json:"next,omitzero"`
	// Silence is how long it has shown nothing new, and what is expected.
	Silence watch.Silence `json:"silence,omitzero"`
	// Remedy says what to do, in the language printed.
	Remedy string `json:"remedy,omitempty"`
	kaisei.Poll
}

func (a *app) sourcesStatusCommand() *cobra.Command {
	var bad bool
	c := &cobra.Command{
		Use: "status", Short: "Show how well each source is seen, since when, and what to do", Args: cobra.NoArgs,
		Long: `status shows the sources, worst first: failing (cannot be read), implausible (answers what is not believed), quiet
(read well, and nothing new for unusually long), retrying and partial (failed once or twice), waiting, paused, ok, disabled.

With --bad only those that are not well are shown, and the exit code is 1 where there are any, for scripts; 2 is wrong use.`,
		RunE: func(c *cobra.Command, _ []string) error {
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			polls := map[string]kaisei.Poll{}
			r, done, err := a.reader(c.Context())
			switch {
			case errors.Is(err, os.ErrNotExist):
				a.remark("cli.no-looks-yet")
			case err != nil:
				return err
			default:
				defer done()
				list, err := r.Polls()
				if err != nil {
					return err
				}
				for _, p := range list {
					polls[p.Source] = p
				}
			}
			now := time.Now()
			return a.printStatus(a.statusRows(cat.Sources(), polls, now), bad, now)
		},
	}
	c.Flags().BoolVar(&bad, "bad", false, "only sources that are not well; exit with 1 where there are any")
	return c
}

// statusRows joins the catalogue with the schedule states, worst first; a polled source that no
// catalogue names (adopted by a replay, or removed since) comes last.
func (a *app) statusRows(list []kaisei.Source, polls map[string]kaisei.Poll, now time.Time) []statusRow {
	var rows []statusRow
	known := map[string]bool{}
	for _, s := range list {
		known[s.ID] = true
		p := polls[s.ID]
		p.Source = s.ID
		r := statusRow{ID: s.ID, Disabled: s.Disabled, Poll: p}
		r.State, r.Since, r.Silence = watch.Assess(s, p, now)
		for _, t := range watch.Plan(s, p, now, 1) {
			r.Next = t
		}
		switch {
		case r.State == watch.StateQuiet:
			r.Remedy = render.QuietRemedy(a.voice())
		case r.State.Bad():
			r.Remedy = render.Remedy(p.LastCause, a.voice())
		}
		rows = append(rows, r)
	}
	for id, p := range polls {
		if !known[id] {
			rows = append(rows, statusRow{ID: id, State: watch.StateUnlisted, Poll: p})
		}
	}
	states := watch.States()
	slices.SortFunc(rows, func(x, y statusRow) int {
		return cmp.Or(cmp.Compare(slices.Index(states, x.State), slices.Index(states, y.State)), cmp.Compare(x.ID, y.ID))
	})
	return rows
}

// printStatus prints the rows. With bad only those that are not well are printed, and any of them is
// a failure.
func (a *app) printStatus(rows []statusRow, bad bool, now time.Time) error {
	if bad {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r statusRow) bool { return !r.State.Bad() })
	}
	if a.json {
		for _, r := range rows {
			if err := a.printJSON(r); err != nil {
				return err
			}
		}
	} else {
		a.statusTable(rows, now)
	}
	if bad && len(rows) > 0 {
		return errReported
	}
	return nil
}

func (a *app) statusTable(rows []statusRow, now time.Time) {
	lang := a.voice()
	var lines [][]string
	var causes []kaisei.Cause
	quiet := false
	counts := map[watch.State]int{}
	ago := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return render.Ago(t, now, lang)
	}
	for _, r := range rows {
		counts[r.State]++
		if r.State.Bad() && r.State != watch.StateQuiet {
			causes = append(causes, r.LastCause)
		}
		quiet = quiet || r.State == watch.StateQuiet
		next := cmp.Or(render.Until(r.Next.At, now, lang), "-")
		if r.Disabled != "" {
			next = "-"
		}
		lines = append(lines, []string{r.ID, a.paint(r.State), ago(r.Since), ago(r.LastGood), next, strings.ReplaceAll(statusWhy(r, now, lang), "\n", " ")})
	}
	head := []string{"ID", "STATE", "SINCE", "LAST GOOD", "NEXT LOOK", "WHY"}
	if terminal(a.stdout) {
		a.fit(head, lines)
	}
	a.table([]string{"ID", "STATE", "SINCE", "LAST GOOD", "NEXT LOOK", "WHY"}, lines)
	a.remedies(causes)
	if quiet {
		fmt.Fprintf(a.stdout, "%s: %s\n", render.StateName(string(watch.StateQuiet), lang), render.QuietRemedy(lang))
	}
	var parts []string
	for _, s := range watch.States() {
		if counts[s] > 0 {
			parts = append(parts, render.StateName(string(s), lang)+" "+fmt.Sprint(counts[s]))
		}
	}
	fmt.Fprintf(a.stdout, "\n%s\n", render.StatusSummary(len(rows), parts, lang))
}

// leastWhy is how many columns of the reason are shown on the narrowest terminal.
const leastWhy = 24

// fit shortens the last column to what the terminal leaves for it.
func (a *app) fit(head []string, rows [][]string) {
	left := a.width()
	last := len(head) - 1
	for i := range last {
		w := columns(head[i])
		for _, r := range rows {
			w = max(w, columns(r[i]))
		}
		left -= w + 2
	}
	for _, r := range rows {
		r[last] = cut(r[last], max(left, leastWhy))
	}
}

// statusWhy says why a source is in its state.
func statusWhy(r statusRow, now time.Time, lang render.Voice) string {
	switch {
	case r.Disabled != "":
		return render.Detail(r.Disabled, lang)
	case r.Pause.In(now):
		return render.PausedUntil(r.Pause, lang)
	case r.Wait.In(now):
		return render.WaitsUntil(r.Wait, lang)
	case r.State == watch.StateQuiet && r.Silence.By == watch.QuietByHistory:
		return render.QuietWhy(0, r.Silence.Usual, lang)
	case r.State == watch.StateQuiet:
		return render.QuietWhy(r.Silence.Expected, 0, lang)
	case r.LastCause != "":
		return render.CauseName(r.LastCause, lang) + ": " + render.Detail(r.LastDetail, lang)
	}
	return render.Detail(r.LastDetail, lang)
}

// paint colours a state by its name in the language printed.
func (a *app) paint(s watch.State) string {
	code := map[watch.State]string{
		watch.StateOK: "32", watch.StateFailing: "31", watch.StateImplausible: "35", watch.StateQuiet: "33", watch.StateRetrying: "33", watch.StatePartial: "33",
		watch.StateWaiting: "36", watch.StatePaused: "36", watch.StateDisabled: "90", watch.StateUnlisted: "90",
	}[s]
	return a.colored(code, render.StateName(string(s), a.voice()))
}
