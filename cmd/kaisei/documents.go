package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
)

func (a *app) documentsCommand() *cobra.Command {
	return group("documents", "List and show documents, and rule on which texts are one",
		a.documentsListCommand(), a.documentsShowCommand(), a.documentsConfirmCommand(), a.documentsLinkCommand(), a.documentsSplitCommand())
}

func (a *app) documentsListCommand() *cobra.Command {
	var auto, items bool
	c := &cobra.Command{
		Use: "list [PREFIX]", Short: "List documents, or those whose ID begins with PREFIX", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			list, err := r.Standings(strings.Join(args, ""))
			if err != nil {
				return err
			}
			var chosen []kaisei.Standing
			for _, s := range list {
				if (items || !s.Item()) && (!auto || kaisei.AutomaticMatch(s.Match())) {
					chosen = append(chosen, s)
				}
			}
			return a.printStandings(chosen)
		},
	}
	c.Flags().BoolVar(&auto, "auto", false, "only documents that rest on an automatic match which nobody confirmed")
	c.Flags().BoolVar(&items, "items", false, "also the items of feeds and lists, which are complete in themselves")
	return c
}

func (a *app) printStandings(list []kaisei.Standing) error {
	var rows [][]string
	lang := a.voice()
	for _, s := range list {
		if a.json {
			if err := a.printJSON(s); err != nil {
				return err
			}
			continue
		}
		match := render.MatchName(s.Match(), lang)
		if s.GoesOn != "" {
			match = "→ " + s.GoesOn
		}
		v := s.Version
		rows = append(rows, []string{v.Document, strconv.Itoa(v.Seq), v.Label, clock(v.SeenAt), match, cut(v.Title, 60)})
	}
	if a.json {
		return nil
	}
	if len(rows) == 0 {
		a.remark("cli.no-document")
		return nil
	}
	a.table([]string{"DOCUMENT", "VERSION", "LABEL", "SEEN (JST)", "MATCH", "TITLE"}, rows)
	return nil
}

func (a *app) documentsConfirmCommand() *cobra.Command {
	var note string
	c := &cobra.Command{
		Use: "confirm DOCUMENT", Short: "Say that the automatic matches of a document are right", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.rule(c.Context(), kaisei.Ruling{Action: kaisei.RuleConfirm, Document: args[0], Note: note}, false)
		},
	}
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	return c
}

func (a *app) documentsLinkCommand() *cobra.Command {
	var note string
	var tell bool
	c := &cobra.Command{
		Use: "link DOCUMENT OTHER", Short: "Say that another document is the same: what it shows are versions of DOCUMENT",
		Long: `link makes the title and address of OTHER lead to DOCUMENT from now on. Where OTHER holds the newer text, that becomes
the next version of DOCUMENT. Nothing that was told is taken back; 'kaisei documents split' undoes it.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.rule(c.Context(), kaisei.Ruling{Action: kaisei.RuleLink, Document: args[0], Other: args[1], Note: note}, tell)
		},
	}
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	c.Flags().BoolVar(&tell, "tell", false, "tell the change from DOCUMENT to the newer text of OTHER as any other")
	return c
}

func (a *app) documentsSplitCommand() *cobra.Command {
	var note, as string
	c := &cobra.Command{
		Use: "split DOCUMENT VERSION", Short: "Say that from a version on it is another document",
		Long: `split makes the versions of DOCUMENT from the number VERSION up to the next ruling a document of their own, which is followed where
they stand. DOCUMENT goes back to the text it had before, unless later versions stay with it. Nobody is told.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			seq, err := strconv.Atoi(args[1])
			if err != nil {
				return usage{fmt.Errorf("%q is not the number of a version, which is from 2 on: 'kaisei documents show %s' lists them", args[1], args[0])}
			}
			return a.rule(c.Context(), kaisei.Ruling{Action: kaisei.RuleSplit, Document: args[0], Seq: seq, Other: as, Note: note}, false)
		},
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if negative.MatchString(err.Error()) {
			return usage{errors.New("VERSION is a number from 2 on: 'kaisei documents show DOCUMENT' lists them")}
		}
		return err
	})
	c.Flags().StringVar(&as, "as", "", "ID of the new document (default: the old one with a number)")
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	return c
}

// negative is what the reading of flags says of a negative number.
var negative = regexp.MustCompile(`unknown shorthand flag: '[0-9]'`)

// operator is who gives commands, for the record.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	return "uid " + strconv.Itoa(os.Getuid())
}

// rule carries out a ruling, through the daemon where one runs, and prints what came of it.
func (a *app) rule(ctx context.Context, r kaisei.Ruling, tell bool) error {
	r.By = operator()
	path, err := a.storePath()
	if err != nil {
		return err
	}
	if c, err := web.Dial(ctx, filepath.Dir(path)); err == nil {
		defer c.Close()
		done, err := c.Rule(ctx, r, tell)
		if err != nil {
			return err
		}
		return a.printRuling(done)
	}
	d, err := a.daemon(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	done, err := d.rule(ctx, r, tell)
	if err != nil {
		return err
	}
	if err := a.printRuling(done); err != nil {
		return err
	}
	if len(done.Deliveries) == 0 {
		return nil
	}
	if _, err := d.outbox.Flush(ctx); err != nil {
		return fmt.Errorf("send alerts: %w", err)
	}
	return nil
}

// rule carries out a ruling and leaves the texts, which the caller does not need, out of the answer.
func (d *daemon) rule(ctx context.Context, r kaisei.Ruling, tell bool) (kaisei.RulingCommit, error) {
	c, err := d.watcher.Rule(ctx, r, tell)
	for i := range c.Steps {
		c.Steps[i].Version.Blocks = nil
		if change := c.Steps[i].Change; change != nil {
			change.Edits, change.Shifts = nil, nil
		}
	}
	return c, err
}

func (a *app) printRuling(c kaisei.RulingCommit) error {
	if a.json {
		return a.printJSON(c)
	}
	r, lang := c.Ruling, a.voice()
	fmt.Fprintln(a.stdout, render.Ruling(r, lang))
	for _, s := range c.Steps {
		id := kaisei.ChangeID(s.Version.Document, s.Version.Seq)
		if s.Change == nil {
			fmt.Fprintf(a.stdout, "  %s  %s\n", render.Clean(id), render.Clean(s.Version.Title))
			continue
		}
		told := ""
		if s.Change.Quiet != "" {
			told = " (quiet)"
		}
		fmt.Fprintf(a.stdout, "  %s  %s%s\n", render.Clean(id), render.ClassName(s.Change.Class, lang), told)
	}
	return nil
}

// errNoDocument says what to do where a document is not there.
func errNoDocument(id string) error {
	return errors.New("there is no document " + strconv.Quote(id) + ": 'kaisei documents list' names them")
}
