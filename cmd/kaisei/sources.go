package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

func (a *app) sourcesCommand() *cobra.Command {
	return group("sources", "List, check and follow the sources", a.sourcesListCommand(), a.sourcesCheckCommand(), a.sourcesStatusCommand(), a.sourcesReconcileCommand(),
		a.sourcesScheduleCommand(), a.sourcesPauseCommand(), a.sourcesResumeCommand())
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
	Pause      kaisei.Pause     `json:"pause,omitzero"`
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
		RunE: func(c *cobra.Command, _ []string) error {
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			polls := a.pausesKnown(c.Context())
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
					r.Pause = polls[s.ID].Pause
					if err := a.printJSON(r); err != nil {
						return err
					}
					continue
				}
				schedule := s.Schedule
				if p := polls[s.ID].Pause; p.Until.After(time.Now()) {
					schedule = render.PausedUntil(kaisei.Pause{Until: p.Until}, a.voice())
				}
				rows = append(rows, []string{s.ID, string(s.Kind), string(s.Layer), schedule, cut(s.Title.In(a.language()), 44), s.URL})
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
			a.report("cli.sources", enabled, disabled)
			return nil
		},
	}
}
