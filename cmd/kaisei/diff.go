package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"kaisei/internal/diff"
	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

func (a *app) diffCommand() *cobra.Command {
	var format, order, charset string
	var j judging
	c := &cobra.Command{
		Use: "diff OLD NEW", Short: "Compare two documents clause by clause (新旧対照表)",
		Long: `diff compares two local documents of any readable type, told by content and not by name. A PDF can be
compared with a Word file or a web page. The forms html and markdown are a 新旧対照表: 改正後 left,
改正前 right, as ministries print it.

With --judge the difference is judged as a change of a document of --layer would be: class, severity, every norm
that binds harder or softer, whom and what it touches, the days, and why. Without --layer the layer is guessed
from the title, and the guess is printed. Version labels come from the titles, or else the file names.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := a.format(format, "text", "json", "markdown", "html")
			if err != nil {
				return err
			}
			if order != "new-old" && order != "old-new" {
				return usage{fmt.Errorf("--order %q is neither new-old nor old-new", order)}
			}
			if err := j.check(c); err != nil {
				return err
			}
			before, after, err := a.readPair(c.Context(), args[0], args[1], charset)
			if err != nil {
				return err
			}
			edits := diff.Blocks(before.Blocks, after.Blocks)
			m := render.Meta{TitleBefore: titled(before, args[0]), TitleAfter: titled(after, args[1])}
			if j.asked {
				ch, err := a.judge(j, before, after, args, edits)
				if err != nil {
					return err
				}
				if form == "json" {
					return a.printJSON(judgedPair(ch))
				}
				o := a.writing()
				m.Title, m.Language, m.Lines = j.title, ch.Language, render.Judgement(ch, o)
			}
			return a.printEdits(edits, form, m, order == "old-new")
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "", "text, json, markdown or html (default text)")
	f.StringVar(&order, "order", "new-old", "columns of the table: new-old (as ministries print it) or old-new")
	f.StringVar(&charset, "charset", "", "encoding to assume where the bytes do not tell")
	j.flags(f)
	return c
}

func titled(r extract.Reading, name string) string {
	if r.Title != "" {
		return r.Title
	}
	return filepath.Base(name)
}

// readPair reads both documents with one warm PDF reader.
func (a *app) readPair(ctx context.Context, old, new, charset string) (before, after extract.Reading, err error) {
	x, done, err := a.extractor()
	if err != nil {
		return before, after, err
	}
	defer done()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { before, err = a.readFile(ctx, x, old, charset); return err })
	g.Go(func() (err error) { after, err = a.readFile(ctx, x, new, charset); return err })
	if err := g.Wait(); err != nil {
		return before, after, err
	}
	for _, r := range []extract.Reading{before, after} {
		for _, n := range r.Notes {
			a.remark("cli.note", render.Detail(n, a.voice()))
		}
	}
	return before, after, nil
}

func (a *app) printEdits(edits []kaisei.Edit, form string, m render.Meta, oldFirst bool) error {
	o := a.printing()
	o.BeforeFirst = oldFirst
	switch form {
	case "json":
		return a.printJSON(struct {
			Edits []kaisei.Edit `json:"edits"`
		}{listed(edits)})
	case "markdown":
		fmt.Fprintln(a.stdout, render.EditsMarkdown(edits, m, o))
	case "html":
		fmt.Fprintln(a.stdout, render.EditsHTML(edits, m, o))
	default:
		fmt.Fprintln(a.stdout, render.EditsText(edits, m, o))
	}
	return nil
}
