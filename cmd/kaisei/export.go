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
	"kaisei/internal/watch"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

func (a *app) exportCommand() *cobra.Command {
	var file, since, until string
	var sources []string
	c := &cobra.Command{
		Use: "export --warc FILE", Short: "Write what was seen as a web archive (WARC 1.1)", Args: cobra.NoArgs,
		Long: `export writes every answer that the store keeps to FILE: requests, responses with their redirects, revisit records for
answers that repeated an earlier one, and metadata for looks that left no bytes, with digests. A name that ends in .gz
is compressed record by record. It works beside a running daemon; FILE must not exist yet.

'kaisei replay FILE' walks it, and so do other tools that read WARC. What was not kept is reconstructed, and the
record says so in X-Kaisei-Reconstructed; no cookie is written.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if file == "" {
				return usage{errors.New("name the file to write: kaisei export --warc FILE.warc.gz")}
			}
			q := web.ExportQuery{Sources: sources, Gzip: strings.HasSuffix(file, ".gz")}
			var err error
			if q.Since, err = parseWhen("since", since); err != nil {
				return err
			}
			if q.Until, err = parseWhen("until", until); err != nil {
				return err
			}
			if !q.Until.IsZero() && q.Until.Before(q.Since) {
				return usage{fmt.Errorf("--until %s is before --since %s", until, since)}
			}
			if err := a.exported(q.Sources); err != nil {
				return err
			}
			n, err := writeNew(file, func(w io.Writer) error { return a.export(c.Context(), w, q) })
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"file": file, "bytes": n})
			}
			a.report("cli.bytes", file, n)
			return nil
		},
	}
	c.Flags().StringVar(&file, "warc", "", "the file to write, .warc or .warc.gz")
	c.Flags().StringVar(&since, "since", "", "only looks from this day or instant on")
	c.Flags().StringVar(&until, "until", "", "only looks up to this day or instant")
	c.Flags().StringArrayVar(&sources, "source", nil, "only this source, or those below an ID that ends in / (may be given again)")
	return c
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
