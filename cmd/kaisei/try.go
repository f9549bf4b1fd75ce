package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
)

func (a *app) tryCommand() *cobra.Command {
	var format string
	var in extract.Input
	c := &cobra.Command{
		Use: "try URL", Short: "Fetch one page as a source would and print its clauses",
		Long: "try fetches an address politely, reads it, and prints the clause tree: to find the selectors of a new source. Nothing is stored.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := a.format(format, "text", "json", "markdown")
			if err != nil {
				return err
			}
			return a.try(c.Context(), args[0], in, form)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "", "text, json or markdown (default text)")
	f.StringArrayVar(&in.Select, "select", nil, "CSS selector of the content; may be repeated, the first that matches is used")
	f.StringArrayVar(&in.Remove, "remove", nil, "CSS selector of what to leave out; may be repeated")
	f.StringVar(&in.Charset, "charset", "", "encoding to assume where the bytes do not tell")
	return c
}

func (a *app) try(ctx context.Context, url string, in extract.Input, form string) error {
	k, err := a.kit()
	if err != nil {
		return err
	}
	defer k.close()
	get, err := a.getter()
	if err != nil {
		return err
	}
	c, err := get.Get(ctx, kaisei.Request{URL: url})
	if err != nil {
		return fmt.Errorf("fetch the page: %w", err)
	}
	a.remark("cli.fetched", c.Status, c.MediaType, c.Size, fmt.Sprintf("%.12s", c.Hash))
	in.Body, in.MediaType, in.URL = c.Body, c.MediaType, c.FinalURL
	r, err := k.extractor.Read(ctx, in)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.FinalURL, err)
	}
	return a.printBlocks(r, form)
}
