// Package sources knows where to look. The catalogue is a set of TOML files, one
// for each authority, embedded in the program and open to an operator's own
// files; each of its rows is a [kaisei.Source]. Beside the rows stands one
// pure function for each kind of source, which turns the bytes of a look into
// targets: documents to read, further listings, items that are complete in
// themselves. Nothing here fetches anything or knows what time it is.
//
// The promise of the package is that a site that changed its form is a fault and
// never silence: an index on which no link matches, a feed without items, a law
// without revisions are all errors that say what was seen.
package sources

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"kaisei/internal/kaisei"
)

//go:embed catalog/*.toml
var embedded embed.FS

// File is a catalogue file of an operator. It has the form of the embedded files.
type File struct {
	// Name is used in error messages and origins.
	Name string
	Data []byte
}

// Catalog is the rows of all files in force. It is read-only after Load and safe for
// concurrent use.
type Catalog struct {
	sources     []kaisei.Source
	byID        map[string]int
	authorities map[string]kaisei.Text
	notes       map[string]string
	standing    map[string]standing
	words       kaisei.Keywords
	hosts       map[string]hostForm
}

// standing is how the document of a page stands to documents of other sources.
type standing struct{ sameAs, translates string }

// Load reads the embedded catalogue and then the operator's files in order. A
// file may add sources, and may name a known ID and give single fields of it: only the
// fields given are replaced, so that disabled = "reason" switches a source off and
// disabled = "" switches one on. Every problem of every file is reported at once, joined, each
// with the file, row and column it stands at; the catalogue is then nil.
func Load(extra ...File) (*Catalog, error) {
	var files []parsed
	var problems []error
	shipped, err := shippedFiles()
	if err != nil {
		return nil, err
	}
	for i, f := range append(shipped, extra...) {
		p, err := parse(f)
		p.shipped = i < len(shipped)
		files = append(files, p)
		problems = append(problems, err)
	}
	m := merge(files)
	c, found := m.build()
	problems = append(problems, m.problems...)
	problems = append(problems, found...)
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return c, nil
}

func shippedFiles() ([]File, error) {
	names, err := fs.Glob(embedded, "catalog/*.toml")
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		data, err := embedded.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: name, Data: data})
	}
	return files, nil
}

// shippedCatalog is the embedded catalogue alone, read once.
var shippedCatalog = sync.OnceValues(func() (*Catalog, error) { return Load() })

// Sources returns every source, disabled ones too, sorted by ID. The slice is the
// caller's; what its elements point to is shared.
func (c *Catalog) Sources() []kaisei.Source { return slices.Clone(c.sources) }

// Source returns the source whose ID, or one of whose former IDs, is id.
func (c *Catalog) Source(id string) (kaisei.Source, bool) {
	i, ok := c.byID[id]
	if !ok {
		return kaisei.Source{}, false
	}
	return c.sources[i], true
}

// AuthorityName returns the name of an authority for people; an unknown one is
// named by its ID.
func (c *Catalog) AuthorityName(id string) kaisei.Text {
	if t, ok := c.authorities[id]; ok {
		return t
	}
	return kaisei.Text{JA: id, EN: id}
}

// Note returns what the catalogue remarks about a source for operators (how well a
// row is evidenced, what is known to go wrong), or "".
func (c *Catalog) Note(id string) string {
	i, ok := c.byID[id]
	if !ok {
		return ""
	}
	return c.notes[c.sources[i].ID]
}

// Relation is what the catalogue says of a document beside others.
type Relation struct {
	Document string
	// SameAs is the document of which it is a copy, Translates the one it is a translation of, or "".
	SameAs, Translates string
}

// Relations returns the documents that the catalogue calls copies or translations of others, sorted by
// document.
func (c *Catalog) Relations() []Relation {
	var out []Relation
	for _, s := range c.sources {
		if st := c.standing[s.ID]; st != (standing{}) {
			out = append(out, Relation{s.ID, st.sameAs, st.translates})
		}
		for _, f := range s.Follow {
			if f.Document != "" && (f.SameAs != "" || f.Translates != "") {
				out = append(out, Relation{documentID(s.ID, f.Document), f.SameAs, f.Translates})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Relation) int { return strings.Compare(a.Document, b.Document) })
	return slices.Compact(out)
}

// Keywords returns the shared list of words that tell an item about our subject, in the
// operator's version of it.
func (c *Catalog) Keywords() kaisei.Keywords { return c.words }

// documentID returns the ID of a document that a source names.
func documentID(source, name string) string {
	if name == "" {
		return source
	}
	return source + "/" + strings.Trim(name, "/")
}
