package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/calendar"
	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/stack"
	"kaisei/internal/web"
)

func (a *app) stackCommand() *cobra.Command {
	var layer string
	c := &cobra.Command{
		Use: "stack", Short: "Show the governance stack: each layer, its documents, and how current they are",
		Long: `stack prints every layer of Japan's AI governance, strongest first, with the documents watched there: the current
version, the days on which it was decided and took force, what is coming, the last change, and when it was last verified.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if layer != "" && !kaisei.Layer(layer).Known() {
				return usage{fmt.Errorf("--layer %q is not one of %v", layer, kaisei.Layers())}
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			reading, err := a.stackReading(r)
			if err != nil {
				return err
			}
			var chosen []stack.Layer
			for _, l := range stack.Of(reading, time.Now()) {
				if layer == "" || l.Layer == kaisei.Layer(layer) {
					chosen = append(chosen, l)
				}
			}
			return a.printStack(chosen)
		},
	}
	c.Flags().StringVar(&layer, "layer", "", "only this layer")
	return c
}

// stackReading reads all that the stack is made of.
func (a *app) stackReading(r web.Reader) (stack.Reading, error) {
	cat, err := a.catalog()
	if err != nil {
		return stack.Reading{}, err
	}
	standings, err := r.Standings("")
	if err != nil {
		return stack.Reading{}, err
	}
	docs, err := calendar.Documents(r, time.Time{})
	if err != nil {
		return stack.Reading{}, err
	}
	copies := map[string]string{}
	for _, x := range cat.Relations() {
		if x.SameAs != "" {
			copies[x.Document] = x.SameAs
		}
	}
	events := calendar.Events(docs, cat.Sources())
	lists := slices.DeleteFunc(docs, func(v kaisei.Version) bool { return !classify.ListOfRevisions(v) })
	return stack.Reading{Standings: standings, Events: events, Lists: lists, Copies: copies, Sources: cat.Sources()}, nil
}

func (a *app) printStack(layers []stack.Layer) error {
	lang := a.voice()
	head := make([]string, 0, 9)
	for _, key := range []string{"layer", "title", "label", "decided", "in-force", "coming", "changed", "verified", "id"} {
		head = append(head, render.Words("stack."+key, lang))
	}
	var rows [][]string
	for _, l := range layers {
		if a.json {
			if l.Documents == nil {
				l.Documents = []stack.Document{}
			}
			if err := a.printJSON(l); err != nil {
				return err
			}
			continue
		}
		name := render.LayerName(l.Layer, lang)
		if len(l.Documents) == 0 {
			rows = append(rows, []string{name, render.Words(emptiness(l), lang), "", "", "", "", "", "", ""})
		}
		for _, d := range l.Documents {
			rows = append(rows, a.stackRow(name, d, lang))
			name = ""
		}
	}
	if !a.json {
		a.table(head, rows)
	}
	return nil
}

// emptiness is the key of the words that say why a layer has no documents.
func emptiness(l stack.Layer) string {
	switch {
	case l.Sources == 0:
		return "stack.none"
	case l.Unread > 0:
		return "stack.unread"
	}
	return "stack.empty"
}

func (a *app) stackRow(layer string, d stack.Document, lang render.Voice) []string {
	changed := "-"
	if d.Change != nil {
		changed = kaisei.DateOf(d.Change.SeenAt).String() + " " + render.ClassName(d.Change.Class, lang)
	}
	title := d.Title
	if d.CopyOf != "" {
		title = render.Words("stack.copy", lang) + ": " + d.CopyOf
	}
	return []string{
		layer, cut(title, 44), cut(cmp.Or(d.Label, "-"), 18), cmp.Or(d.Decided.String(), "-"), cmp.Or(d.InForce.String(), "-"),
		ahead(d.Coming, lang), changed, clock(d.Verified), d.Document,
	}
}

// ahead says what comes first, and how much more there is.
func ahead(events []calendar.Event, lang render.Voice) string {
	if len(events) == 0 {
		return "-"
	}
	e := events[0]
	when := e.On.String()
	if when == "" {
		if due := e.Due(); !due.IsZero() {
			when = kaisei.DateOf(due).String()
		} else {
			when = render.Words("stack.open", lang)
		}
	}
	if e.Open() && e.On != (kaisei.Date{}) {
		when = "≤ " + when
	}
	s := strings.TrimSpace(when + " " + render.ClassName(e.Kind, lang))
	if n := len(events) - 1; n > 0 {
		s += fmt.Sprintf(" +%d", n)
	}
	return s
}
