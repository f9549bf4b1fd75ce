package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/noise"
	"kaisei/internal/web"
)

// printNoise prints what is and was set aside at the addresses of a source, or of all.
func (a *app) printNoise(r web.Reader, source string, since time.Time) error {
	pages, err := r.Noise(source)
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		if source != "" {
			if err := a.knownSource(r, source); err != nil {
				return err
			}
		}
		a.remark("cli.nothing-aside")
		return nil
	}
	documents, err := documentsAt(r)
	if err != nil {
		return err
	}
	var aside, spots [][]string
	for _, p := range pages {
		document := documents[p.Source+" "+p.URL]
		if document == "" {
			document = p.URL
		}
		if a.json {
			if err := a.printJSON(struct {
				Document string `json:"document"`
				kaisei.PageNoise
			}{document, p}); err != nil {
				return err
			}
			continue
		}
		for _, n := range p.Aside {
			if !n.Last.Before(since) {
				aside = append(aside, []string{clock(n.Last), document, n.Rule, strconv.Itoa(n.Count), cut(strings.Join(n.Path, " › "), 30), cut(n.Before, 40) + " → " + cut(n.After, 40)})
			}
		}
		for _, s := range p.Spots {
			spots = append(spots, []string{clock(s.Since), document, spotRule(s, a.language()), cut(strings.Join(s.Path, " › "), 30), spotWords(s)})
		}
	}
	if a.json {
		return nil
	}
	if len(aside) > 0 {
		a.table([]string{"LAST (JST)", "DOCUMENT", "RULE", "TIMES", "WHERE", "WORDS"}, aside)
	}
	if len(spots) > 0 {
		fmt.Fprintln(a.stdout)
		a.table([]string{"LEARNED (JST)", "DOCUMENT", "RULE", "WHERE", "WORDS"}, spots)
	}
	for _, rule := range noise.Rules() {
		for _, row := range aside {
			if row[2] == rule.Name {
				fmt.Fprintf(a.stdout, "\n%s: %s", rule.Name, rule.About.In(a.language()))
				break
			}
		}
	}
	fmt.Fprintln(a.stdout)
	return nil
}

// spotRule names how a learned spot changes; one that is only suspected has a question mark.
func spotRule(s kaisei.Spot, lang string) string {
	if s.Active() {
		return s.Rule
	}
	return s.Rule + kaisei.Text{JA: "（疑い）", EN: " (suspected)"}.In(lang)
}

// spotWords are the words around a volatile spot, or the texts of a rotating one.
func spotWords(s kaisei.Spot) string {
	if len(s.Parts) > 0 {
		return cut(strings.Join(s.Parts, "…"), 80)
	}
	var values []string
	for _, v := range s.Values {
		if v == "" {
			v = "∅"
		}
		values = append(values, cut(v, 24))
	}
	return cut(strings.Join(values, " ⇄ "), 120)
}

// documentsAt returns the documents by the source and address of their latest version.
func documentsAt(r web.Reader) (map[string]string, error) {
	list, err := r.Documents("")
	if err != nil {
		return nil, err
	}
	at := map[string]string{}
	for _, v := range list {
		at[v.Source+" "+v.Snapshot.URL] = v.Document
	}
	return at, nil
}

// forgetNoise forgets what was learned of a document's page, through the daemon where one runs.
func (a *app) forgetNoise(ctx context.Context, document string) error {
	forget := func() (bool, error) {
		d, err := a.daemon(ctx)
		if err != nil {
			return false, err
		}
		defer d.close()
		return d.watcher.ForgetNoise(ctx, document)
	}
	if c, err := web.Dial(ctx, a.state()); err == nil {
		defer c.Close()
		forget = func() (bool, error) { return c.ForgetNoise(ctx, document) }
	}
	forgot, err := forget()
	if err != nil {
		return err
	}
	if !forgot {
		a.remark("cli.nothing-learned", document)
		return nil
	}
	a.remark("cli.forgot", document)
	return nil
}
