package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

func (a *app) exportCommand() *cobra.Command {
	var x exporting
	c := &cobra.Command{
		Use: "export --atom|--csv|--json|--ics|--warc FILE", Short: "Write changes as a feed, table or events, the days ahead as a calendar, or what was seen as a web archive", Args: cobra.NoArgs,
		Long: `export writes what kaisei knows for other programs, to standard output or the file of -o, which is replaced whole. It works
beside a running daemon.

--atom  the newest changes as an Atom feed; --self names the address at which it will stand
--csv   a row for each change, for Excel too (UTF-8 with a byte order mark); --edits a row for each difference
--json  a line for each change, as channels of type file have it (docs/events.md)
--ics   the days ahead as an iCalendar file, as 'kaisei upcoming --ics' writes it
--warc FILE  every answer that the store keeps, as a web archive (WARC 1.1): requests, responses with their redirects, revisit
        records for answers that repeated an earlier one, and metadata for looks that left no bytes, with digests. A name that ends
        in .gz is compressed record by record; FILE must not exist yet. 'kaisei replay FILE' walks it, and so do other tools. What
        was not kept is reconstructed, and the record says so in X-Kaisei-Reconstructed; no cookie is written.

--since and --until choose changes and looks by when they were seen, and days ahead by when they come.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.exportForm(c, x) },
	}
	f := c.Flags()
	f.StringVar(&x.warc, "warc", "", "write a web archive to this new file, .warc or .warc.gz")
	f.BoolVar(&x.atom, "atom", false, "write an Atom feed of the newest changes")
	f.BoolVar(&x.csv, "csv", false, "write a table of changes")
	f.BoolVar(&x.ics, "ics", false, "write a calendar of the days ahead")
	f.BoolVar(&x.edits, "edits", false, "with --csv: a row for each difference instead of each change")
	f.StringVar(&x.self, "self", "", "with --atom: the address at which the feed will stand")
	f.StringVarP(&x.out, "output", "o", "", "write to this file instead of standard output")
	f.StringArrayVar(&x.sources, "source", nil, "only this source, or those below an ID that ends in / (may be given again)")
	x.filter.flags(c)
	return c
}

// exporting is the flags of export.
type exporting struct {
	warc, out, self       string
	atom, csv, ics, edits bool
	sources               []string
	filter                changeFilter
}

// exportForm writes the one form that the flags ask for.
func (a *app) exportForm(c *cobra.Command, x exporting) error {
	var forms []string
	for _, f := range []struct {
		name string
		on   bool
	}{{"--warc", x.warc != ""}, {"--atom", x.atom}, {"--csv", x.csv}, {"--ics", x.ics}, {"--json", a.json && x.warc == ""}} {
		if f.on {
			forms = append(forms, f.name)
		}
	}
	if len(forms) != 1 {
		return usage{fmt.Errorf("choose one form, as in kaisei export --atom, --csv, --json, --ics or --warc FILE.warc.gz; %d are named", len(forms))}
	}
	for _, f := range []struct{ flag, forms string }{
		{"edits", "--csv"}, {"self", "--atom"}, {"output", "--atom --csv --json --ics"}, {"layer", "--atom --csv --json --ics"}, {"document", "--atom --csv --json --ics"},
		{"class", "--atom --csv --json"}, {"severity", "--atom --csv --json"}, {"quiet", "--atom --csv --json"},
	} {
		if c.Flags().Changed(f.flag) && !slices.Contains(strings.Fields(f.forms), forms[0]) {
			return usage{fmt.Errorf("--%s goes with %s, and not with %s", f.flag, strings.ReplaceAll(f.forms, " ", ", "), forms[0])}
		}
	}
	if x.self != "" && render.SafeURL(x.self) == "" {
		return usage{fmt.Errorf("--self %q is not an http(s) address", x.self)}
	}
	q, err := x.filter.query()
	if err != nil {
		return err
	}
	if !q.Until.IsZero() && q.Until.Before(q.Since) {
		return usage{fmt.Errorf("--until %s is before --since %s", x.filter.until, x.filter.since)}
	}
	if err := a.exported(x.sources); err != nil {
		return err
	}
	switch {
	case x.warc != "":
		return a.exportArchive(c.Context(), x.warc, web.ExportQuery{Sources: x.sources, Gzip: strings.HasSuffix(x.warc, ".gz"), Since: q.Since, Until: q.Until})
	case x.ics:
		return a.exportCalendar(c.Context(), x, q)
	}
	return a.exportChanges(c.Context(), x, q)
}

func (a *app) exportArchive(ctx context.Context, file string, q web.ExportQuery) error {
	n, err := writeNew(file, func(w io.Writer) error { return a.export(ctx, w, q) })
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": file, "bytes": n})
	}
	a.report("cli.bytes", file, n)
	return nil
}

// exported refuses names of sources that nothing has.
func (a *app) exported(names []string) error {
	if len(names) == 0 {
		return nil
	}
	cat, err := a.catalog()
	if err != nil {
		return err
	}
	for _, n := range names {
		if !slices.ContainsFunc(cat.Sources(), func(s kaisei.Source) bool { return kaisei.Below(s.ID, n) }) && !strings.HasPrefix(n, "adhoc/") {
			return noSource(n)
		}
	}
	return nil
}

// export writes the archive from the store, or has the daemon that holds it write it.
func (a *app) export(ctx context.Context, w io.Writer, q web.ExportQuery) error {
	db, err := a.existingStore()
	if errors.Is(err, kaisei.ErrLocked) {
		c, err := web.Dial(ctx, a.state())
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Export(ctx, w, q)
	}
	if err != nil {
		return err
	}
	defer db.Close()
	return exportWARC(db, w, q)
}

func exportWARC(db *bolt.DB, w io.Writer, q web.ExportQuery) error {
	e := &watch.Export{
		Store: db, Writer: &fetch.WARCWriter{W: w, Gzip: q.Gzip}, Software: "kaisei/" + version,
		Since: q.Since, Until: q.Until, Sources: q.Sources,
	}
	return e.Run(time.Now())
}
