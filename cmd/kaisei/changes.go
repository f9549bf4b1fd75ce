package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

func (a *app) changesCommand() *cobra.Command {
	return group("changes", "List and show changes", a.changesListCommand(), a.changesShowCommand())
}

func (a *app) changesListCommand() *cobra.Command {
	var f changeFilter
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List changes, newest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q, err := f.query()
			if err != nil {
				return err
			}
			q.Source, q.Limit, q.Newest = f.source, limit, true
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			if limit > 0 {
				q.Limit++ // one more tells whether any is left out
			}
			list, err := r.Changes(q)
			if err != nil {
				return err
			}
			more := 0
			if limit > 0 && len(list) > limit {
				q.Limit = 0
				if list, err = r.Changes(q); err != nil {
					return err
				}
				more, list = len(list)-limit, list[:limit]
			}
			if err := a.printChanges(list); err != nil {
				return err
			}
			if more > 0 {
				a.remark("cli.more-older", more)
			}
			return nil
		},
	}
	f.flags(c)
	c.Flags().StringVar(&f.source, "source", "", "only this source; ending in / all below it")
	c.Flags().IntVarP(&limit, "limit", "n", 50, "at most this many; 0 prints all")
	return c
}

// changeFilter is the flags by which changes are chosen.
type changeFilter struct {
	since, until, layer, class, severity, document, source string
	quiet                                                  bool
}

func (f *changeFilter) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.since, "since", "", "seen from this day or instant on")
	c.Flags().StringVar(&f.until, "until", "", "seen before this day or instant")
	c.Flags().StringVar(&f.layer, "layer", "", "only this layer of the governance stack")
	c.Flags().StringVar(&f.class, "class", "", "only this class")
	c.Flags().StringVar(&f.severity, "severity", "", "this severity and above")
	c.Flags().StringVar(&f.document, "document", "", "only this document; ending in / all below it")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "also changes that were kept without telling anybody (copies, reissues)")
}

// query is what the flags but for the source ask for.
func (f *changeFilter) query() (q kaisei.ChangeQuery, err error) {
	if q.Since, err = parseWhen("since", f.since); err != nil {
		return q, err
	}
	if q.Until, err = parseWhen("until", f.until); err != nil {
		return q, err
	}
	q.Layer, q.Class, q.MinSeverity = kaisei.Layer(f.layer), kaisei.Class(f.class), kaisei.Severity(f.severity)
	q.Document, q.Quiet = f.document, f.quiet
	switch {
	case f.layer != "" && !q.Layer.Known():
		return q, usage{fmt.Errorf("--layer %q is not one of %v", f.layer, kaisei.Layers())}
	case f.class != "" && !slices.Contains(kaisei.Classes(), q.Class):
		return q, usage{fmt.Errorf("--class %q is not one of %v", f.class, kaisei.Classes())}
	case f.severity != "" && q.MinSeverity.Rank() < 0:
		return q, usage{fmt.Errorf("--severity %q is not one of %v", f.severity, kaisei.Severities())}
	}
	return q, nil
}

func (a *app) printChanges(list []kaisei.Change) error {
	var rows [][]string
	lang := a.voice()
	for _, ch := range list {
		if a.json {
			if err := a.printChangeJSON(ch); err != nil {
				return err
			}
			continue
		}
		title := ch.Title
		if ch.LabelAfter != "" && ch.LabelBefore != ch.LabelAfter {
			title += "  " + ch.LabelBefore + " → " + ch.LabelAfter
		}
		told := render.SeverityName(ch.Severity, lang)
		if ch.Quiet != "" || ch.CopyOf != "" {
			told += " (quiet)"
		}
		rows = append(rows, []string{clock(ch.SeenAt), told, render.ChangeName(ch, lang), cut(title, 70), ch.ID})
	}
	if a.json {
		return nil
	}
	if len(rows) == 0 {
		a.remark("cli.no-change")
		return nil
	}
	a.table([]string{"SEEN (JST)", "SEVERITY", "CLASS", "TITLE", "ID"}, rows)
	return nil
}

func (a *app) changesShowCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "show CHANGE", Short: "Show one change with its comparison and reasons", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := a.format(format, "text", "json", "markdown", "html")
			if err != nil {
				return err
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			ch, ok, err := r.Change(args[0])
			if err != nil {
				return err
			}
			if !ok {
				return noChange(args[0])
			}
			later, err := r.Judgements(ch.ID)
			if err != nil {
				return err
			}
			answers, err := r.Answers(ch.ID, time.Time{})
			if err != nil {
				return err
			}
			return a.printChange(ch, later, answers, form)
		},
	}
	c.Flags().StringVar(&format, "format", "", "text, json, markdown or html (default text)")
	return c
}

// printChange prints a change as it was told, what later judgements made of it, and what was answered.
func (a *app) printChange(ch kaisei.Change, later []kaisei.Judgement, answers []kaisei.Answer, form string) error {
	o := a.printing()
	switch form {
	case "json":
		ch = inLists(ch)
		return a.printJSON(struct {
			kaisei.Change
			Judgements []kaisei.Judgement `json:"judgements"`
			Answers    []kaisei.Answer    `json:"answers"`
		}{ch, list(later), list(answers)})
	case "html":
		fmt.Fprintln(a.stdout, render.ComparisonHTML(ch, o))
	case "markdown":
		fmt.Fprintln(a.stdout, render.Comparison(ch, o, "markdown"))
	default:
		fmt.Fprintln(a.stdout, render.Alert(ch, o))
		for _, line := range render.Rejudged(ch.Judgement(), later, o) {
			fmt.Fprintln(a.stdout, line)
		}
		for _, line := range render.Answers(answers, o) {
			fmt.Fprintln(a.stdout, line)
		}
		if len(ch.Edits) > 0 {
			fmt.Fprintf(a.stdout, "\n%s\n", render.Comparison(ch, o, "text"))
		}
	}
	return nil
}
