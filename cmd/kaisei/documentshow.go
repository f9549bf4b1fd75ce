package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
	"kaisei/sources"
)

// documentView is all that 'documents show' says of a document.
type documentView struct {
	Document string `json:"document"`
	Title    string `json:"title"`
	// Match says how it is recognised; Automatic that the program did and nobody confirmed it.
	Match     string           `json:"match,omitempty"`
	Automatic bool             `json:"automatic,omitempty"`
	GoesOn    string           `json:"goes_on,omitempty"`
	Versions  []kaisei.Version `json:"versions"`
	Leads     []kaisei.Lead    `json:"leads"`
	// Places are where else the latest text stands, Copies the documents that the catalogue calls copies.
	Places []kaisei.Place `json:"places"`
	Copies []string       `json:"copies"`
	// Translates is the document that it is a translation of, Translations are its own.
	Translates   string            `json:"translates,omitempty"`
	Translations []translationView `json:"translations"`
	Rulings      []kaisei.Ruling   `json:"rulings"`
}

// translationView is a translation and the version that it shows.
type translationView struct {
	Document string `json:"document"`
	Label    string `json:"label,omitempty"`
}

func (a *app) documentsShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show DOCUMENT", Short: "Show the versions of a document, how it is recognised, and where else it stands", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			cat, err := a.catalog()
			if err != nil {
				return err
			}
			v, err := viewDocument(r, cat.Relations(), args[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(v)
			}
			a.printDocument(v)
			return nil
		},
	}
}

// viewDocument gathers what is known of a document.
func viewDocument(r web.Reader, relations []sources.Relation, id string) (documentView, error) {
	d := documentView{Document: id, Places: []kaisei.Place{}, Leads: []kaisei.Lead{}, Copies: []string{}, Translations: []translationView{}, Rulings: []kaisei.Ruling{}}
	standings, err := r.Standings(id)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(standings, func(s kaisei.Standing) bool { return s.Version.Document == id })
	if i < 0 {
		return d, errNoDocument(id)
	}
	s := standings[i]
	d.Title, d.GoesOn, d.Match = s.Version.Title, s.GoesOn, s.Match()
	d.Automatic = kaisei.AutomaticMatch(d.Match)
	d.Leads = append(d.Leads, s.Leads...)
	if d.Versions, err = r.Versions(id); err != nil {
		return d, err
	}
	rulings, err := r.Rulings(id)
	if err != nil {
		return d, err
	}
	d.Rulings = append(d.Rulings, rulings...)
	if err := d.findPlaces(r, s.Version); err != nil {
		return d, err
	}
	return d, d.relate(r, relations)
}

// findPlaces finds where else the latest text stands.
func (d *documentView) findPlaces(r web.Reader, head kaisei.Version) error {
	c, _, err := r.Change(kaisei.ChangeID(head.Document, head.Seq))
	if err != nil {
		return err
	}
	for _, p := range append(head.Places, c.Places...) {
		if !slices.Contains(d.Places, p) {
			d.Places = append(d.Places, p)
		}
	}
	twin, ok, err := r.Twin(head.TextHash, head.Document)
	if err != nil {
		return err
	}
	if p := (kaisei.Place{Source: twin.Source, URL: twin.Snapshot.URL}); ok && !slices.Contains(d.Places, p) {
		d.Places = append(d.Places, p)
	}
	// The document's own address, and one at which a link or split made it offered, is no other place.
	d.Places = slices.DeleteFunc(d.Places, func(p kaisei.Place) bool {
		return p.URL == head.Snapshot.URL || slices.ContainsFunc(d.Leads, func(l kaisei.Lead) bool { return l.URL == p.URL })
	})
	return nil
}

// relate finds copies and translations in what the catalogue says.
func (d *documentView) relate(r web.Reader, relations []sources.Relation) error {
	for _, x := range relations {
		switch d.Document {
		case x.SameAs:
			d.Copies = append(d.Copies, x.Document)
		case x.Translates:
			v, _, err := r.Latest(x.Document)
			if err != nil {
				return err
			}
			d.Translations = append(d.Translations, translationView{x.Document, v.Label})
		case x.Document:
			if x.SameAs != "" {
				d.Copies = append(d.Copies, x.SameAs)
			}
			d.Translates = cmp.Or(d.Translates, x.Translates)
		}
	}
	return nil
}

func (a *app) printDocument(d documentView) {
	lang := a.voice()
	line := func(key, text string) {
		if text != "" {
			fmt.Fprintf(a.stdout, "%s: %s\n", render.Words(key, lang), render.Clean(text))
		}
	}
	fmt.Fprintf(a.stdout, "%s\n", render.Clean(d.Title))
	line("document.id", d.Document)
	line("document.goes-on", d.GoesOn)
	line("document.match", render.MatchName(d.Match, lang))
	for _, l := range d.Leads {
		line("document.lead", l.Title+"  "+l.URL+"  ("+render.MatchName(l.Match, lang)+")")
	}
	for _, p := range d.Places {
		what := p.Source
		if p.Kind != "" {
			what = render.PlaceName(p, lang)
		}
		line("document.place", p.URL+"  ("+what+")")
	}
	for _, c := range d.Copies {
		line("document.copy", c)
	}
	line("document.translates", d.Translates)
	for _, t := range d.Translations {
		line("document.translation", t.Document+"  "+t.Label)
	}
	fmt.Fprintln(a.stdout)
	rows := make([][]string, len(d.Versions))
	for i, v := range d.Versions {
		rows[i] = []string{
			strconv.Itoa(v.Seq), v.Label, cmp.Or(v.Published.String(), "-"), clock(v.SeenAt), v.Format,
			render.MatchName(v.Match, lang), v.Snapshot.Hash[:min(12, len(v.Snapshot.Hash))], v.Snapshot.URL,
		}
	}
	a.table([]string{"VERSION", "LABEL", "PUBLISHED", "SEEN (JST)", "FORMAT", "MATCH", "SHA256", "URL"}, rows)
	if len(d.Rulings) > 0 {
		fmt.Fprintln(a.stdout)
		for _, r := range d.Rulings {
			fmt.Fprintf(a.stdout, "%s: %s\n", render.Words("document.ruling", lang), render.Ruling(r, lang))
		}
	}
}
