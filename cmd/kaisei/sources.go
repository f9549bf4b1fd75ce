package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

func (a *app) sourcesCommand() *cobra.Command {
	return group("sources", "List, check and follow the sources", a.sourcesListCommand(), a.sourcesCheckCommand(), a.sourcesStatusCommand())
}

// sourceRow is a source as printed: the stable field names of --json.
type sourceRow struct {
	ID         string           `json:"id"`
	Title      kaisei.Text      `json:"title"`
	Authority  string           `json:"authority"`
	Layer      kaisei.Layer     `json:"layer"`
	Language   string           `json:"language"`
	Kind       kaisei.Kind      `json:"kind"`
	URL        string           `json:"url"`
	Schedule   string           `json:"schedule"`
	Select     []string         `json:"select,omitempty"`
	Remove     []string         `json:"remove,omitempty"`
	Charset    string           `json:"charset,omitempty"`
	Keywords   *kaisei.Keywords `json:"keywords,omitempty"`
	Documents  []string         `json:"documents,omitempty"`
	Confidence string           `json:"confidence,omitempty"`
	Disabled   string           `json:"disabled,omitempty"`
	Note       string           `json:"note,omitempty"`
	Origin     string           `json:"origin"`
}

func row(s kaisei.Source) sourceRow {
	r := sourceRow{
		ID: s.ID, Title: s.Title, Authority: s.Authority, Layer: s.Layer, Language: s.Language, Kind: s.Kind, URL: s.URL,
		Schedule: s.Schedule, Select: s.Select, Remove: s.Remove, Charset: s.Charset, Confidence: s.Confidence,
		Disabled: s.Disabled, Origin: s.Origin,
	}
	if len(s.Keywords.Any)+len(s.Keywords.None) > 0 {
		r.Keywords = &s.Keywords
	}
	for _, f := range s.Follow {
		if f.Document != "" {
			r.Documents = append(r.Documents, s.ID+"/"+f.Document)
		}
	}
	return r
}

func (a *app) sourcesListCommand() *cobra.Command {
	var authority, layer string
	var disabled bool
	c := &cobra.Command{
		Use: "list", Short: "List the catalogue", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			if layer != "" && !kaisei.Layer(layer).Known() {
				return usage{fmt.Errorf("--layer %q is not one of %v", layer, kaisei.Layers())}
			}
			if authority != "" && !slices.ContainsFunc(cat.Sources(), func(s kaisei.Source) bool { return s.Authority == authority }) {
				return usage{fmt.Errorf("--authority %q publishes no source: 'kaisei sources list' shows them as the first part of each ID", authority)}
			}
			var rows [][]string
			for _, s := range cat.Sources() {
				if (authority != "" && s.Authority != authority) || (layer != "" && string(s.Layer) != layer) || (s.Disabled != "" && !disabled) {
					continue
				}
				if a.json {
					r := row(s)
					r.Note = cat.Note(s.ID)
					if err := a.printJSON(r); err != nil {
						return err
					}
					continue
				}
				rows = append(rows, []string{s.ID, string(s.Kind), string(s.Layer), s.Schedule, cut(s.Title.In(a.language()), 44), s.URL})
			}
			if !a.json {
				a.table([]string{"ID", "KIND", "LAYER", "SCHEDULE (JST)", "TITLE", "URL"}, rows)
			}
			return nil
		},
	}
	c.Flags().StringVar(&authority, "authority", "", "only this authority (cao, meti, …)")
	c.Flags().StringVar(&layer, "layer", "", "only this layer")
	c.Flags().BoolVar(&disabled, "disabled", false, "also sources that are disabled")
	return c
}

func (a *app) sourcesCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Check the catalogue and the operator's own source files", Args: cobra.NoArgs,
		Long: "check reads the built-in catalogue and the files named by sources_files, and names every mistake with its file and line. It asks nothing of the web; 'kaisei check' does.",
		RunE: func(*cobra.Command, []string) error {
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			enabled, disabled := 0, 0
			for _, s := range cat.Sources() {
				if s.Disabled == "" {
					enabled++
				} else {
					disabled++
				}
			}
			if a.json {
				return a.printJSON(map[string]int{"enabled": enabled, "disabled": disabled})
			}
			fmt.Fprintf(a.stdout, "%d sources enabled, %d disabled\n", enabled, disabled)
			return nil
		},
	}
}

// statusRow is a source's state as printed.
type statusRow struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Disabled string `json:"disabled,omitempty"`
	kaisei.Poll
}

func (a *app) sourcesStatusCommand() *cobra.Command {
	var bad bool
	c := &cobra.Command{
		Use: "status", Short: "Show each source's last look, last success, failure and next attempt", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			polls := map[string]kaisei.Poll{}
			r, done, err := a.reader(c.Context())
			switch {
			case errors.Is(err, os.ErrNotExist):
				fmt.Fprintln(a.stderr, "kaisei: nothing was looked at yet: run 'kaisei serve' or 'kaisei check'")
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
			return a.printStatus(statusRows(cat.Sources(), polls), bad)
		},
	}
	c.Flags().BoolVar(&bad, "failing", false, "only sources that are not well")
	return c
}

// statusRows joins the catalogue with the schedule states; a polled source that no
// catalogue names (adopted by a replay, or removed since) comes last.
func statusRows(list []kaisei.Source, polls map[string]kaisei.Poll) []statusRow {
	var rows []statusRow
	known := map[string]bool{}
	for _, s := range list {
		known[s.ID] = true
		p := polls[s.ID]
		p.Source = s.ID
		rows = append(rows, statusRow{ID: s.ID, State: stateOf(s, p), Disabled: s.Disabled, Poll: p})
	}
	var others []statusRow
	for id, p := range polls {
		if !known[id] {
			others = append(others, statusRow{ID: id, State: "unlisted", Poll: p})
		}
	}
	sort.Slice(others, func(i, j int) bool { return others[i].ID < others[j].ID })
	return append(rows, others...)
}

func stateOf(s kaisei.Source, p kaisei.Poll) string {
	switch {
	case s.Disabled != "":
		return "disabled"
	case p.LastLook.IsZero():
		return "waiting"
	case p.Failures > 0:
		return "failing"
	case p.LastCause != "":
		return "partial"
	}
	return "ok"
}

func (a *app) printStatus(rows []statusRow, bad bool) error {
	var lines [][]string
	var causes []kaisei.Cause
	for _, r := range rows {
		if bad && r.State != "failing" && r.State != "partial" {
			continue
		}
		if a.json {
			if err := a.printJSON(r); err != nil {
				return err
			}
			continue
		}
		causes = append(causes, r.LastCause)
		why := r.Disabled
		if r.LastCause != "" {
			why = render.CauseName(r.LastCause, a.language()) + ": " + r.LastDetail
		} else if why == "" {
			why = r.LastDetail
		}
		lines = append(lines, []string{r.ID, a.paint(r.State), clock(r.LastLook), clock(r.LastGood), strconv.Itoa(r.Failures), clock(r.NextLook), cut(strings.ReplaceAll(why, "\n", " "), 110)})
	}
	if !a.json {
		a.table([]string{"ID", "STATE", "LAST LOOK", "LAST GOOD", "FAILURES", "NEXT LOOK (JST)", "WHY"}, lines)
		a.remedies(causes)
	}
	return nil
}

// paint colours a state.
func (a *app) paint(state string) string {
	return a.colored(map[string]string{"ok": "32", "failing": "31", "partial": "33", "waiting": "36", "disabled": "90", "unlisted": "90"}[state], state)
}
