package main

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
)

func (a *app) looksCommand() *cobra.Command {
	var since string
	var limit int
	var filter lookFilter
	var summary, noise bool
	var forget string
	c := &cobra.Command{
		Use: "looks [SOURCE]", Short: "Print the ledger: when kaisei looked, and what it saw",
		Long: `looks prints the ledger, newest first. With --summary it proves instead, for one source or for each, how often it was
verified unchanged and between when, what else the looks came to by day, and the largest gap between two that read it.

With --noise it prints what differed on web pages and was set aside: the rule, where it stands, the words before and
after, how often and when last; and the spots that were learned to change without saying anything. --forget DOCUMENT
forgets what was learned and set aside of one document; its next look compares the page anew.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if forget != "" {
				if len(args) > 0 {
					return usage{errors.New("--forget names the document itself: leave the source away")}
				}
				return a.forgetNoise(c.Context(), forget)
			}
			from, err := parseWhen("since", since)
			if err != nil {
				return err
			}
			if err := filter.check(); err != nil {
				return err
			}
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			source := ""
			if len(args) == 1 {
				source = args[0]
			}
			if summary {
				return a.summarizeLooks(r, source, from, filter)
			}
			if noise {
				return a.printNoise(r, source, from)
			}
			looks, err := filter.looks(r, source, from, limit)
			if err != nil {
				return err
			}
			if len(looks) == 0 && source != "" {
				if err := a.knownSource(r, source); err != nil {
					return err
				}
			}
			return a.printLooks(looks)
		},
	}
	c.Flags().StringVar(&since, "since", "", "only looks from this day or instant on")
	c.Flags().IntVarP(&limit, "limit", "n", 50, "at most this many, newest first; 0 prints all")
	c.Flags().StringSliceVar(&filter.verdicts, "verdict", nil, "only looks with these verdicts (changed, suspect, failed, …)")
	c.Flags().StringSliceVar(&filter.causes, "cause", nil, "only looks that failed or were doubted for these causes (dns, stand-in, http-5xx, …)")
	c.Flags().StringVar(&filter.document, "document", "", "only looks at this document")
	c.Flags().BoolVar(&summary, "summary", false, "count the looks by what they came to and by day, and prove how often they verified the source unchanged")
	c.Flags().BoolVar(&noise, "noise", false, "print what was set aside as noise instead")
	c.Flags().StringVar(&forget, "forget", "", "forget what was learned of this document's page")
	return c
}

// knownSource is an error where a source is neither in the catalogue nor has ever been looked at.
func (a *app) knownSource(r web.Reader, id string) error {
	cat, err := a.catalog()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(cat.Sources(), func(s kaisei.Source) bool { return s.ID == id || slices.Contains(s.Was, id) }) {
		return nil
	}
	looks, err := r.Looks(id, time.Time{}, 1)
	if err != nil || len(looks) > 0 {
		return err
	}
	return noSource(id)
}

func (a *app) printLooks(looks []kaisei.Look) error {
	var rows [][]string
	var causes []kaisei.Cause
	for _, l := range looks {
		causes = append(causes, l.Cause)
		if a.json {
			if err := a.printJSON(l); err != nil {
				return err
			}
			continue
		}
		what := l.Document
		if what == "" {
			what = l.Source
		}
		why := render.Detail(l.Detail, a.voice())
		if l.Cause != "" {
			why = render.CauseName(l.Cause, a.voice()) + ": " + why
		}
		if l.Change != "" {
			why = l.Change
		}
		rows = append(rows, []string{clock(l.At), render.VerdictName(l.Verdict, a.voice()), what, l.URL, cut(why, 120)})
	}
	if !a.json {
		if len(rows) == 0 {
			a.remark("cli.no-look")
			return nil
		}
		a.table([]string{"WHEN (JST)", "VERDICT", "WHAT", "URL", "WHY"}, rows)
		a.remedies(causes)
	}
	return nil
}
