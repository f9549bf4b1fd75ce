package publish

import (
	"cmp"
	"encoding/xml"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// AtomEntries is how many changes a feed holds: the newest. Who reads it rarely finds the others by 'kaisei changes list'.
const AtomEntries = 200

// tagAuthority begins the IDs of a feed (RFC 4151). kaisei has no domain, and an ID must not change when a feed moves
// to another address.
const tagAuthority = "tag:kaisei,2026:"

// Feed is what an Atom feed says of itself.
type Feed struct {
	// About tells this feed from others of the same store, such as "layer=law"; empty for all changes. It is part of the
	// feed's ID.
	About string
	// Self is the address at which it will stand; empty leaves the link out.
	Self string
	// Now is when it is made, which is when it was updated where it holds no change.
	Now time.Time
}

// The elements of RFC 4287 as far as they are written here. gorilla/feeds was considered: of it a category is text where the
// standard asks for a term, an entry has one, and there is neither a language nor a second link of a feed.
type (
	atomFeed struct {
		XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang      string      `xml:"xml:lang,attr"`
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Updated   string      `xml:"updated"`
		Author    atomPerson  `xml:"author"`
		Generator string      `xml:"generator"`
		Links     []atomLink  `xml:"link"`
		Entries   []atomEntry `xml:"entry"`
	}
	atomEntry struct {
		ID         string         `xml:"id"`
		Title      string         `xml:"title"`
		Published  string         `xml:"published"`
		Updated    string         `xml:"updated"`
		Author     atomPerson     `xml:"author"`
		Categories []atomCategory `xml:"category"`
		Links      []atomLink     `xml:"link"`
		Content    atomContent    `xml:"content"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomCategory struct {
		Term   string `xml:"term,attr"`
		Scheme string `xml:"scheme,attr"`
		Label  string `xml:"label,attr"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		Lang string `xml:"xml:lang,attr"`
		Text string `xml:",chardata"`
	}
)

// Atom writes changes as an Atom feed (RFC 4287), the newest first and at most AtomEntries. The content of an entry is
// the HTML of the alert, which the feed escapes.
func Atom(w io.Writer, f Feed, changes []kaisei.Change, o render.Options) error {
	l := o.Voice()
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b kaisei.Change) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(b.Number, a.Number))
	})
	changes = changes[:min(len(changes), AtomEntries)]
	feed := atomFeed{
		Lang: l.ID(), ID: tag("changes", strings.Trim(l.ID()+"/"+f.About, "/")), Title: render.FeedTitle(l), Updated: stamp(f.Now),
		Author: atomPerson{"kaisei"}, Generator: "kaisei",
	}
	if self := render.SafeURL(f.Self); self != "" {
		feed.Links = []atomLink{{"self", "application/atom+xml", self}}
	}
	if len(changes) > 0 {
		feed.Updated = stamp(changes[0].SeenAt)
	}
	for _, c := range changes {
		feed.Entries = append(feed.Entries, entry(c, o))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(feed); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func entry(c kaisei.Change, o render.Options) atomEntry {
	l := o.Voice()
	e := atomEntry{
		ID: tag("change", c.ID), Title: render.Headline(c, o), Published: stamp(c.SeenAt), Updated: stamp(c.SeenAt),
		Author: atomPerson{render.AuthorityName(c, l)}, Content: atomContent{"html", l.ID(), render.AlertHTML(c, o)},
		Categories: []atomCategory{
			{string(c.Layer), tag("layer", ""), render.LayerName(c.Layer, l)},
			{string(c.Class), tag("class", ""), render.ChangeName(c, l)},
			{string(c.Severity), tag("severity", ""), render.SeverityName(c.Severity, l)},
		},
	}
	text, page := atomLink{"alternate", mediaType(c.Format), render.SafeURL(c.URL)}, atomLink{"alternate", "text/html", render.SafeURL(c.PageURL)}
	first, second := text, page
	if c.Format == extract.FormatLawXML || text.Href == "" {
		first, second = page, text // people read a law on its page, and not as XML
	}
	if first.Href == "" {
		first, second = second, first
	}
	second.Rel = "related"
	for _, l := range []atomLink{first, second} {
		if l.Href != "" && (l == first || l.Href != first.Href) {
			e.Links = append(e.Links, l)
		}
	}
	return e
}

// mediaType is that of a format in which people read a text; "" where an address may lead to another.
func mediaType(format string) string {
	switch format {
	case "pdf":
		return "application/pdf"
	case "html":
		return "text/html"
	}
	return ""
}

// tag is a permanent URI (RFC 4151) of something of a kind.
func tag(kind, id string) string {
	if id == "" {
		return tagAuthority + kind
	}
	return tagAuthority + kind + "/" + (&url.URL{Path: id}).EscapedPath()
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
