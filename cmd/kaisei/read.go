package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// maxFile is the largest local file that read and diff take, as the largest body that is
// fetched.
const maxFile = 64 << 20

func (a *app) readCommand() *cobra.Command {
	var format, charset string
	c := &cobra.Command{
		Use: "read FILE", Short: "Read a document and print its clauses",
		Long: `read prints the clause tree that kaisei makes of a local file: PDF, HTML, e-Gov law XML, Word,
Excel, PowerPoint, feeds, ZIP or text, told by content and not by name. "-" reads standard input.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := a.format(format, "text", "json", "markdown")
			if err != nil {
				return err
			}
			x, done, err := a.extractor()
			if err != nil {
				return err
			}
			defer done()
			r, err := a.readFile(c.Context(), x, args[0], charset)
			if err != nil {
				return err
			}
			return a.printBlocks(r, form)
		},
	}
	c.Flags().StringVar(&format, "format", "", "text, json or markdown (default text)")
	c.Flags().StringVar(&charset, "charset", "", "encoding to assume where the bytes do not tell, such as Shift_JIS")
	return c
}

// format chooses among the forms of output; --json is short for the form json.
func (a *app) format(asked string, forms ...string) (string, error) {
	if asked == "" {
		if a.json {
			return "json", nil
		}
		return forms[0], nil
	}
	for _, f := range forms {
		if f == asked {
			return asked, nil
		}
	}
	return "", usage{fmt.Errorf("--format %q is not one of %s", asked, strings.Join(forms, ", "))}
}

// readFile reads one local document.
func (a *app) readFile(ctx context.Context, x *extract.Extractor, name, charset string) (extract.Reading, error) {
	body, err := a.slurp(name)
	if err != nil {
		return extract.Reading{}, err
	}
	r, err := x.Read(ctx, extract.Input{Body: body, Charset: charset})
	if err != nil {
		return extract.Reading{}, fmt.Errorf("read %s: %w", name, err)
	}
	return r, nil
}

func (a *app) slurp(name string) ([]byte, error) {
	in := a.stdin
	if name != "-" {
		if err := regular(name); err != nil {
			return nil, err
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(body) > maxFile {
		return nil, fmt.Errorf("read %s: it has more than %d MB, which is the limit for one document", name, maxFile>>20)
	}
	if len(body) == 0 {
		return nil, fmt.Errorf("read %s: the file is empty", name)
	}
	return body, nil
}

// regular refuses what is there and is no file: opening a pipe or a device may wait for ever.
func regular(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("read %s: it is a folder; name a file in it", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("read %s: it is no regular file; use - for standard input", name)
	}
	return nil
}

func (a *app) printBlocks(r extract.Reading, form string) error {
	for _, n := range r.Notes {
		a.remark("cli.note", render.Detail(n, a.voice()))
	}
	if len(r.Blocks) == 0 {
		return errors.New("no text was found")
	}
	if form == "text" || form == "markdown" {
		if r.Title != "" {
			fmt.Fprintf(a.stdout, "# %s\n\n", render.Markdown(r.Title))
		}
	}
	for _, b := range r.Blocks {
		switch form {
		case "json":
			if b.Path == nil {
				b.Path = []string{}
			}
			if err := a.printJSON(b); err != nil {
				return err
			}
		case "markdown":
			a.printMarkdown(b)
		default:
			a.printBlock(b)
		}
	}
	return nil
}

// printBlock prints a block with its address, for people who add a source.
func (a *app) printBlock(b kaisei.Block) {
	mark := map[kaisei.BlockKind]string{
		kaisei.BlockHeading: "#", kaisei.BlockArticle: "§", kaisei.BlockParagraph: " ",
		kaisei.BlockItem: "-", kaisei.BlockRow: "|", kaisei.BlockNote: "*",
	}[b.Kind]
	page := ""
	if b.Page > 0 {
		page = fmt.Sprintf("  (p. %d)", b.Page)
	}
	fmt.Fprintf(a.stdout, "%s [%s]%s\n    %s\n", mark, render.Clean(strings.Join(b.Path, " › ")), page, render.Clean(b.Text))
}

func (a *app) printMarkdown(b kaisei.Block) {
	text := render.Markdown(b.Text)
	switch b.Kind {
	case kaisei.BlockHeading:
		fmt.Fprintf(a.stdout, "%s %s\n\n", strings.Repeat("#", min(b.Level+1, 6)), text)
	case kaisei.BlockArticle:
		fmt.Fprintf(a.stdout, "**%s**\n\n", text)
	case kaisei.BlockItem:
		fmt.Fprintf(a.stdout, "- %s\n\n", text)
	case kaisei.BlockNote:
		fmt.Fprintf(a.stdout, "> %s\n\n", text)
	default:
		fmt.Fprintf(a.stdout, "%s\n\n", text)
	}
}
