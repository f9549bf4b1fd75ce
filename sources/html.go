package sources

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/charset"
	"kaisei/internal/kaisei"
)

// document is a parsed page: what of it is content, and against what its links resolve.
type document struct {
	dom   *goquery.Document
	roots []*html.Node
	base  *url.URL
	self  *url.URL
}

// furniture is what is never content: navigation, scripts, forms, what is hidden. A header is
// content only inside main or article.
const furniture = "script, style, noscript, template, nav, footer, aside, form, button, select, iframe, svg, " +
	"[role=navigation], [role=banner], [role=contentinfo], [role=search], [hidden], [aria-hidden=true], " +
	"body > header, body > div > header, body > div > div > header, body > div > div > div > header"

// looksHTML tells an HTML page by its media type and first bytes.
func looksHTML(c kaisei.Capture) bool {
	head := c.Body[:min(len(c.Body), sniffLen)]
	if bytes.HasPrefix(head, []byte("%PDF")) || bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return false
	}
	if htmlRoot.Match(head) {
		return true
	}
	return strings.Contains(c.MediaType, "html") && !bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml"))
}

// parseHTML decodes and parses a page and selects its content. The content is what the
// first matching selector of the source matches; without selectors it is the body
// without its furniture.
func parseHTML(s kaisei.Source, c kaisei.Capture) (*document, error) {
	if len(c.Body) > maxBody {
		return nil, kaisei.Faultf(kaisei.CauseTooLarge, "a page of %d bytes; %d are read", len(c.Body), maxBody)
	}
	text, name, err := charset.Decode(c.Body, c.Header["Content-Type"], s.Charset)
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseDecode, Detail: "the page does not decode; set charset in the catalogue if the site no longer says what it uses", Err: err}
	}
	dom, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseDecode, Detail: "the page, decoded as " + name + ", is not HTML", Err: err}
	}
	d := &document{dom: dom}
	if d.self, err = url.Parse(finalURL(c)); err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseInternal, Detail: "the page has no usable URL", Err: err}
	}
	d.base = d.self
	if href, ok := dom.Find("base[href]").First().Attr("href"); ok {
		if b, err := d.self.Parse(strings.TrimSpace(href)); err == nil {
			d.base = b
		}
	}
	return d, d.choose(s)
}

// choose finds the content of the page.
func (d *document) choose(s kaisei.Source) error {
	d.dom.Find(furniture).Remove()
	for _, sel := range s.Remove {
		d.dom.Find(sel).Remove()
	}
	if len(s.Select) == 0 {
		d.roots = d.dom.Find("body").Nodes
	}
	for _, sel := range s.Select {
		if found := outermost(d.dom.Find(sel).Nodes); len(found) > 0 {
			d.roots = found
			break
		}
	}
	if len(d.roots) == 0 {
		return kaisei.Faultf(kaisei.CauseNoSelection, "none of the selectors (%s) matches the page; the site may have a new template, see select in the catalogue", strings.Join(s.Select, ", "))
	}
	return nil
}

// outermost leaves out nodes that stand inside others of the list. Nodes are in document
// order, so that a node's ancestors precede it.
func outermost(nodes []*html.Node) []*html.Node {
	in := map[*html.Node]bool{}
	var out []*html.Node
next:
	for _, n := range nodes {
		for p, depth := n.Parent, 0; p != nil && depth < maxDepth; p, depth = p.Parent, depth+1 {
			if in[p] {
				continue next
			}
		}
		in[n] = true
		out = append(out, n)
	}
	return out
}

// maxDepth bounds how deep a page may be nested before the rest of a branch is left out;
// real pages stay below 60.
const maxDepth = 400

// title returns the first heading of the content, or the title of the page without the
// name of the site.
func (d *document) title() string {
	for _, r := range d.roots {
		if h := findTag(r, atom.H1, 0); h != nil {
			if t := textOf(h); t != "" {
				return t
			}
		}
	}
	t := fold(d.dom.Find("title").First().Text())
	return fold(siteSuffix.ReplaceAllString(t, ""))
}

// siteSuffix is the site's own name at the end of a page title.
var siteSuffix = regexp.MustCompile(`\s*(?:[|｜]|\s[-–—:：]\s|[（(]METI[/／])[^|｜]*$`)

func findTag(n *html.Node, tag atom.Atom, depth int) *html.Node {
	if n.Type == html.ElementNode && n.DataAtom == tag {
		return n
	}
	if depth > maxDepth {
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if f := findTag(c, tag, depth+1); f != nil {
			return f
		}
	}
	return nil
}

// fold turns every run of white space into one space.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// textOf returns the words of a node, folded: images and elements that hold a date left out, words of
// different blocks apart, words of one line together.
func textOf(n *html.Node) string { return textWithout(n, isDate) }

// maxWords bounds the nodes looked at for the text around one link, so that
// a page of nothing but links in one list costs linear time.
const maxWords = 400

// textWithout returns the folded words of a node without the elements that skip names.
func textWithout(n *html.Node, skip func(*html.Node) bool) string {
	var b strings.Builder
	budget := maxWords
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		if budget--; budget < 0 || depth > maxDepth {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			return
		}
		apart := n.Type == html.ElementNode && (blockTags[n.DataAtom] || n.DataAtom == atom.Br)
		if apart {
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.TextNode || c.Type == html.ElementNode && !skip(c) {
				walk(c, depth+1)
			}
		}
		if apart {
			b.WriteByte(' ')
		}
	}
	walk(n, 0)
	return fold(b.String())
}

// blockTags are the elements whose text stands apart from their neighbours'.
var blockTags = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Blockquote: true, atom.Caption: true, atom.Center: true,
	atom.Dd: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Fieldset: true, atom.Figcaption: true,
	atom.Figure: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Header: true, atom.Hr: true, atom.Li: true, atom.Main: true, atom.Ol: true, atom.P: true, atom.Pre: true,
	atom.Section: true, atom.Table: true, atom.Tbody: true, atom.Td: true, atom.Tfoot: true, atom.Th: true,
	atom.Thead: true, atom.Tr: true, atom.Ul: true, atom.Summary: true, atom.Details: true,
}

func headingLevel(n *html.Node) int {
	if n.Type != html.ElementNode {
		return 0
	}
	switch n.DataAtom {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5:
		return 5
	case atom.H6:
		return 6
	}
	return 0
}
