package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/kaisei"
)

// mainSelectors find the main content of a page that says where it is, surest first. The
// names are those in use on Japanese government sites.
var mainSelectors = []string{
	"main", "[role=main]",
	"#main-content, #maincontent, #mainContent, #mainContents, #main_contents, #main-contents, #__main_contents, #MainContentsArea, #contentsBody, #bodyArea, #honbun",
	"article",
	"#contents, #content, #main, #mainBlock, #contentsArea",
	".main-content, .main-contents, .mainContents, .main_contents, .l-main, .main, .contents, .content",
}

// neverText are elements that hold no text of the document, as those that are hidden do not.
var neverText = map[string]bool{
	"script": true, "style": true, "noscript": true, "template": true, "iframe": true, "object": true, "embed": true, "svg": true,
	"canvas": true, "video": true, "audio": true, "map": true, "select": true, "option": true, "datalist": true, "button": true,
	"input": true, "textarea": true, "label": true, "head": true, "link": true, "meta": true, "rt": true, "rp": true, "rtc": true,
	"area": true, "progress": true, "meter": true, "frameset": true,
}

// removeSilent takes elements without text of the document out of n.
func removeSilent(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode && (neverText[c.Data] || hasAttr(c, "hidden")) {
			n.RemoveChild(c)
		} else {
			removeSilent(c)
		}
		c = next
	}
}

// chrome are elements around the content by their own statement.
const chrome = "nav, [role=navigation], [role=search], [role=banner], [role=contentinfo], [aria-label=breadcrumb], dialog"

// chromeWord matches the id or a class of elements around the content; navWord of lists of
// links that may be content where they are not mostly links.
var (
	chromeWord = regexp.MustCompile(`^(?:bread-?_?crumbs?(?:[-_].*)?|topic-?_?path.*|pankuzu.*|crumbs?|(?:back-?to-?|go-?|to-?|page-?_?)top(?:-?_?(?:link|btn|button|area|block))?|pagetop.*|sns(?:[-_].*)?|share(?:[-_].*)?|social(?:[-_].*)?|skip.*|nav-?skip|l-navskip|no-?print|feedback.*|.*[-_]feedback|questionnaire.*|enquete.*|element-invisible|visually-?hidden|sr-only|screen-?reader.*|cookie.*|font-?size.*|visitor.*|access-?counter.*)$`)
	navWord    = regexp.MustCompile(`^(?:(?:[gls]|global|local|site|side|sub|foot(?:er)?|head(?:er)?|main)?[-_]?(?:nav|navi|navigation|menu)(?:[-_].*)?|side-?bar.*|sidebar.*|sider|side|aside|right-menu|left-menu|(?:[lp]-)?(?:global-?|site-?)?footer.*|foot|(?:[lp]-)?header(?:area|block|nav|menu|inner|wrap)?|head|banner.*|lang(?:uage)?(?:[-_].*)?|search.*|page-?r|pagination.*|related-?links?|utility)$`)
)

// minMain is the least share of a page's text that an element called main must hold.
const minMain = 0.3

// mainContent returns the parts of the page that are its content: what select names, else
// what the page itself calls main, else where its text is densest. Everything around it
// and inside it that is not text is taken out of doc.
func mainContent(doc *goquery.Document, in Input, n *notes) []*html.Node {
	for _, sel := range in.Remove {
		if sel != "" {
			doc.Find(sel).Remove()
		}
	}
	removeSilent(doc.Nodes[0])
	hideByStyle(doc)
	missed := false
	for _, sel := range in.Select {
		if m := outermost(doc.Find(sel)); len(m) > 0 && anyText(m) {
			for _, p := range m {
				stripChrome(goquery.NewDocumentFromNode(p).Selection, false)
			}
			return m
		}
		missed = true
	}
	if missed {
		n.add("select matched nothing on the page (%s); its main content was found without it", strings.Join(in.Select, ", "))
	}
	if m := statedMain(doc); m != nil {
		stripChrome(goquery.NewDocumentFromNode(m).Selection, false)
		return []*html.Node{m}
	}
	body := doc.Find("body")
	stripChrome(body, true)
	if body.Length() == 0 {
		return nil
	}
	return []*html.Node{densest(body.Nodes[0])}
}

// statedMain returns the element that the page calls its main content, where it is one
// element that holds a fair share of the text.
func statedMain(doc *goquery.Document) *html.Node {
	w := weigh(doc.Nodes[0])
	total := w.mass(doc.Nodes[0])
	for _, sel := range mainSelectors {
		m := outermost(doc.Find(sel))
		if len(m) != 1 {
			continue
		}
		if got := w.mass(m[0]); got > 0 && got >= minMain*total {
			return m[0]
		}
	}
	return nil
}

// outermost returns the nodes of a selection that are not inside one another.
func outermost(s *goquery.Selection) []*html.Node {
	in := map[*html.Node]bool{}
	for _, n := range s.Nodes {
		in[n] = true
	}
	var out []*html.Node
	for _, n := range s.Nodes {
		inner := false
		for p := n.Parent; p != nil; p = p.Parent {
			if in[p] {
				inner = true
				break
			}
		}
		if !inner {
			out = append(out, n)
		}
	}
	return out
}

func anyText(nodes []*html.Node) bool {
	return slices.ContainsFunc(nodes, weighs)
}

// weighs reports whether weigh finds any text in n.
func weighs(n *html.Node) bool {
	switch {
	case n.Type == html.TextNode:
		return strings.ContainsFunc(n.Data, func(r rune) bool { return !unicode.IsSpace(r) })
	case weightless(n):
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if weighs(c) {
			return true
		}
	}
	return false
}

// weightless reports whether what an element holds does not count.
func weightless(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Nav:
		return true
	}
	return false
}

// hideByStyle removes elements that their own style hides.
func hideByStyle(doc *goquery.Document) {
	doc.Find("[style]").Each(func(_ int, s *goquery.Selection) {
		style := strings.ToLower(strings.Join(strings.Fields(s.AttrOr("style", "")), ""))
		if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
			s.Remove()
		}
	})
}

// stripChrome removes what stands around the content: navigation, breadcrumbs, buttons for
// sharing. Outside the content (page is true) also headers, footers and side columns.
func stripChrome(root *goquery.Selection, page bool) {
	if root.Length() == 0 {
		return
	}
	// Most content has nothing of the kind inside, and is not weighed. What is removed weighs as it did before.
	var w weights
	light := func(n *html.Node) bool {
		if w == nil {
			w = weigh(root.Nodes[0])
		}
		return w.mass(n) <= w.mass(root.Nodes[0])/2
	}
	around := chrome
	if page {
		around += ", body > header, body > footer, body > div > header, body > div > footer, aside, footer"
	}
	root.Find(around).Each(func(_ int, s *goquery.Selection) {
		if light(s.Nodes[0]) {
			s.Remove()
		}
	})
	root.Find("[id], [class]").Each(func(_ int, s *goquery.Selection) {
		kind := chromeKind(s.AttrOr("id", "") + " " + s.AttrOr("class", ""))
		if kind == 0 || !light(s.Nodes[0]) || s.Is("h1, h2, h3, h4, body, html") || s.Find("h1").Length() > 0 {
			return
		}
		if at := w[s.Nodes[0]]; kind == 2 || page || 2*at.link >= at.text {
			s.Remove()
		}
	})
}

// chromeKind says what the names of an element tell: 2 for what is never content, 1 for
// what is none where it is mostly links, 0 for anything else.
func chromeKind(names string) int {
	kind := 0
	for _, word := range strings.Fields(strings.ToLower(names)) {
		switch {
		case chromeWord.MatchString(word):
			return 2
		case navWord.MatchString(word):
			kind = 1
		}
	}
	return kind
}

// weight is the number of characters of text in an element, and of those inside links.
type weight struct{ text, link int }

// weights holds the weight of every element of a tree.
type weights map[*html.Node]weight

// linkWeight is what a character inside a link counts against one outside.
const linkWeight = 0.3

// mass is the amount of text in an element, links counted for less.
func (w weights) mass(n *html.Node) float64 {
	at := w[n]
	return float64(at.text-at.link) + linkWeight*float64(at.link)
}

// weigh weighs n and everything below it. Navigation weighs nothing.
func weigh(n *html.Node) weights {
	w := weights{}
	w.add(n)
	return w
}

func (w weights) add(n *html.Node) weight {
	var sum weight
	switch {
	case n.Type == html.TextNode:
		for _, r := range n.Data {
			if !unicode.IsSpace(r) {
				sum.text++
			}
		}
		return sum
	case weightless(n):
		return sum
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		at := w.add(c)
		sum.text += at.text
		sum.link += at.link
	}
	if n.DataAtom == atom.A {
		sum.link = sum.text
	}
	w[n] = sum
	return sum
}

// dense is the share of an element's text that one child must hold for the search to go
// on inside it.
const dense = 0.85

// densest goes down from n as long as one child holds nearly all of the text.
func densest(n *html.Node) *html.Node {
	w := weigh(n)
	for {
		var best *html.Node
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && container(c) && w.mass(c) >= dense*w.mass(n) {
				best = c
				break
			}
		}
		if best == nil || w[n].text == 0 {
			return n
		}
		n = best
	}
}

// container reports whether an element only groups others.
func container(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Article, atom.Main, atom.Form, atom.Center, atom.Body:
		return true
	}
	return false
}

// checkSelectors refuses selectors that do not parse, which would otherwise match nothing
// and look like a page that was rebuilt.
func checkSelectors(doc *goquery.Document, in Input) error {
	for _, list := range [][]string{in.Select, in.Remove} {
		for _, sel := range list {
			// A selector that does not parse matches nothing, even together with one that matches all.
			if doc.Find(sel+", *").Length() == 0 {
				return kaisei.Faultf(kaisei.CauseInternal, "the CSS selector %q does not parse; correct select or remove of the source", sel)
			}
		}
	}
	return nil
}
