package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/classify"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
)

func (a *app) impactCommand() *cobra.Command {
	var q kaisei.ChangeQuery
	var since, severity string
	var limit int
	c := &cobra.Command{
		Use: "impact [CHANGE|USE_CASE]", Short: "Say which uses of AI a change touches, or which changes touch a use",
		Long: `impact answers both ways, by the [[use_case]] tables of the present configuration: which uses of AI a change touches, with
every clause that says so and why; or which changes touch a use, newest first, also those from before it was described. A use
is named as in the configuration, or by a part of its name. Without an argument it lists the uses.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if q.Since, err = parseWhen("since", since); err != nil {
				return err
			}
			if q.MinSeverity = kaisei.Severity(severity); severity != "" && q.MinSeverity.Rank() < 0 {
				return usage{fmt.Errorf("--min-severity %q is not one of %v", severity, kaisei.Severities())}
			}
			q.Newest = true
			im, done, err := a.impact(c)
			if err != nil {
				return err
			}
			defer done()
			if len(args) == 0 {
				return im.printUses(q)
			}
			u, ch, err := im.resolve(args[0])
			if err != nil {
				return err
			}
			if ch != nil {
				if since != "" || severity != "" || c.Flags().Changed("limit") {
					return usage{errors.New("--since, --min-severity and --limit are for the changes of a use, not for one change")}
				}
				return im.printChange(*ch)
			}
			return im.printUse(u, q, limit)
		},
	}
	f := c.Flags()
	f.StringVar(&since, "since", "", "changes seen from this day or instant on")
	f.StringVar(&severity, "min-severity", "", "changes of this severity and above")
	f.IntVarP(&limit, "limit", "n", 50, "at most this many changes; 0 prints all")
	return c
}

// impact is what the command works with.
type impact struct {
	*app
	reader web.Reader
	rules  *classify.Rules
	uses   []kaisei.UseCase
	source map[string]kaisei.Source
}

func (a *app) impact(c *cobra.Command) (*impact, func(), error) {
	conf, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	im := &impact{app: a, uses: useCases(conf), source: map[string]kaisei.Source{}}
	if len(im.uses) == 0 {
		return nil, nil, errors.New("no use of AI is described: add a [[use_case]] to the configuration, as config.example.toml does")
	}
	if im.rules, err = a.rules(); err != nil {
		return nil, nil, err
	}
	cat, err := a.catalog()
	if err != nil {
		return nil, nil, err
	}
	for _, s := range cat.Sources() {
		for _, id := range append([]string{s.ID}, s.Was...) {
			im.source[id] = s
		}
	}
	r, done, err := a.reader(c.Context())
	im.reader = r
	return im, done, err
}

// resolve finds what an argument names: a use, by its name or a part of it that no other has, or a change, by
// its ID or by a document that changed once.
func (im *impact) resolve(arg string) (kaisei.UseCase, *kaisei.Change, error) {
	var none kaisei.UseCase
	if strings.Contains(arg, "@") {
		ch, ok, err := im.reader.Change(arg)
		if err == nil && !ok {
			err = noChange(arg)
		}
		return none, &ch, err
	}
	fold := func(s string) string { return strings.ToLower(ja.Key(s)) }
	var parts []kaisei.UseCase
	for _, u := range im.uses {
		if fold(u.Name) == fold(arg) {
			return u, nil, nil
		}
		if strings.Contains(fold(u.Name), fold(arg)) {
			parts = append(parts, u)
		}
	}
	switch {
	case len(parts) == 1:
		return parts[0], nil, nil
	case len(parts) > 1:
		return none, nil, fmt.Errorf("%q is part of several names: %s", arg, names(parts))
	}
	const some = 5
	list, err := im.reader.Changes(kaisei.ChangeQuery{Document: arg, Newest: true, Quiet: true, Limit: some + 1})
	switch {
	case err != nil:
		return none, nil, err
	case len(list) == 1:
		return none, &list[0], nil
	case len(list) > 1:
		var ids []string
		for _, ch := range list[:min(some, len(list))] {
			ids = append(ids, ch.ID)
		}
		return none, nil, fmt.Errorf("%q changed several times; name one of its changes, the newest first: %s", arg, strings.Join(ids, ", "))
	}
	return none, nil, fmt.Errorf("%q is neither a use of AI (%s) nor a change: 'kaisei changes list' names those", arg, names(im.uses))
}

func names(uses []kaisei.UseCase) string {
	var out []string
	for _, u := range uses {
		out = append(out, u.Name)
	}
	return strings.Join(out, ", ")
}

// whole is the text of a document that was new with a change and has no edits, which the change itself does not hold.
func (im *impact) whole(ch kaisei.Change) ([]kaisei.Block, error) {
	at := strings.LastIndexByte(ch.ID, '@')
	if len(ch.Edits) > 0 || ch.BeforeHash != "" || at < 0 {
		return nil, nil
	}
	seq, err := strconv.Atoi(ch.ID[at+1:])
	if err != nil {
		return nil, nil // a change that time made has no version
	}
	v, _, err := im.reader.Version(ch.Document, seq)
	return v.Blocks, err
}

// of is the source of a change, as far as the catalogue still has it.
func (im *impact) of(ch kaisei.Change) kaisei.Source {
	if s, ok := im.source[ch.Source]; ok {
		return s
	}
	return kaisei.Source{ID: ch.Source}
}

// hit is a change that touches a use.
type hit struct {
	change kaisei.Change
	touch  kaisei.Touch
}

// hits returns for every use, by its name, the selected changes that touch it.
func (im *impact) hits(q kaisei.ChangeQuery, rules *classify.Rules) (map[string][]hit, error) {
	list, err := im.reader.Changes(q)
	if err != nil {
		return nil, err
	}
	out := map[string][]hit{}
	for _, ch := range list {
		blocks, err := im.whole(ch)
		if err != nil {
			return nil, err
		}
		for _, t := range rules.Touches(ch, im.of(ch), blocks) {
			out[t.UseCase] = append(out[t.UseCase], hit{ch, t})
		}
	}
	return out, nil
}

// useRow is a use in the list of all.
type useRow struct {
	kaisei.UseCase
	Changes int       `json:"changes"`
	Last    string    `json:"last_change,omitempty"`
	LastAt  time.Time `json:"last_at,omitzero"`
}

func (im *impact) printUses(q kaisei.ChangeQuery) error {
	found, err := im.hits(q, im.rules)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, u := range im.uses {
		r := useRow{UseCase: u, Changes: len(found[u.Name])}
		title := ""
		if r.Changes > 0 {
			last := found[u.Name][0].change
			r.Last, r.LastAt, title = last.ID, last.SeenAt, last.Title
		}
		if im.json {
			if err := im.printJSON(r); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{u.Name, cmp.Or(u.Owner, "-"), strconv.Itoa(r.Changes), clock(r.LastAt), cut(title, 50), cmp.Or(r.Last, "-")})
	}
	if !im.json {
		im.table([]string{"USE", "OWNER", "CHANGES", "LAST (JST)", "LAST CHANGE", "ID"}, rows)
	}
	return nil
}

// hitRow is a change that touches a use, for machines.
type hitRow struct {
	UseCase  string          `json:"use_case"`
	Change   string          `json:"change"`
	Title    string          `json:"title"`
	Class    kaisei.Class    `json:"class"`
	Layer    kaisei.Layer    `json:"layer"`
	Severity kaisei.Severity `json:"severity"`
	SeenAt   time.Time       `json:"seen_at"`
	Touch    kaisei.Touch    `json:"touch"`
	// Named says whether the change named the use when it was told.
	Named bool `json:"named_when_told"`
}

func (im *impact) printUse(u kaisei.UseCase, q kaisei.ChangeQuery, limit int) error {
	found, err := im.hits(q, im.rules.For([]kaisei.UseCase{u}))
	if err != nil {
		return err
	}
	hits := found[u.Name]
	if !im.json && len(hits) == 0 {
		im.remark("cli.no-touch", u.Name)
		return nil
	}
	for i, h := range hits {
		if i == limit && limit > 0 {
			if !im.json {
				im.remark("cli.more-changes", len(hits)-i)
			}
			break
		}
		ch := h.change
		if im.json {
			h.touch.Path = list(h.touch.Path)
			named := slices.ContainsFunc(ch.Touches, func(t kaisei.Touch) bool { return t.UseCase == u.Name })
			if err := im.printJSON(hitRow{u.Name, ch.ID, ch.Title, ch.Class, ch.Layer, ch.Severity, ch.SeenAt, h.touch, named}); err != nil {
				return err
			}
			continue
		}
		if h.touch.Clause == ch.Title {
			h.touch.Clause, h.touch.Path = "", nil // the headline says it already
		}
		fmt.Fprintf(im.stdout, "%s  %s %s\n", clock(ch.SeenAt), render.SeverityMark(ch.Severity), harmless(render.Headline(ch, im.writing())))
		fmt.Fprintf(im.stdout, "   %s\n   %s\n", harmless(render.ClauseLine(h.touch, im.writing())), harmless(ch.ID))
	}
	return nil
}

// changeRow is what a change touches, for machines.
type changeRow struct {
	Change  string       `json:"change"`
	Title   string       `json:"title"`
	Touches []touchedRow `json:"touches"`
	// Untouched are the other uses.
	Untouched []string `json:"untouched"`
}

type touchedRow struct {
	UseCase string         `json:"use_case"`
	Owner   string         `json:"owner,omitempty"`
	Clauses []kaisei.Touch `json:"clauses"`
}

func (im *impact) printChange(ch kaisei.Change) error {
	blocks, err := im.whole(ch)
	if err != nil {
		return err
	}
	by := map[string][]kaisei.Touch{}
	for _, t := range im.rules.Clauses(ch, im.of(ch), blocks) {
		t.Path = list(t.Path)
		by[t.UseCase] = append(by[t.UseCase], t)
	}
	row := changeRow{Change: ch.ID, Title: ch.Title, Touches: []touchedRow{}, Untouched: []string{}}
	for _, u := range im.uses {
		if len(by[u.Name]) == 0 {
			row.Untouched = append(row.Untouched, u.Name)
			continue
		}
		row.Touches = append(row.Touches, touchedRow{u.Name, u.Owner, by[u.Name]})
	}
	if im.json {
		return im.printJSON(row)
	}
	o := im.writing()
	fmt.Fprintf(im.stdout, "%s %s\n   %s\n", render.SeverityMark(ch.Severity), harmless(render.Headline(ch, o)), harmless(ch.ID))
	for _, t := range row.Touches {
		fmt.Fprintf(im.stdout, "\n▶ %s\n", harmless(render.UseLine(t.UseCase, t.Owner, len(t.Clauses), len(ch.Edits), o)))
		for _, one := range t.Clauses {
			fmt.Fprintf(im.stdout, "   %s\n", harmless(render.ClauseLine(one, o)))
		}
	}
	if len(row.Untouched) > 0 {
		fmt.Fprintf(im.stdout, "\n%s\n", harmless(render.UntouchedLine(row.Untouched, o)))
	}
	return nil
}
