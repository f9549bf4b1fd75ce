package extract

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/kaisei"
)

// htmlWalker turns elements into lines of an outline. Text gathers in buf until a block
// element begins or ends.
type htmlWalker struct {
	o     *outline
	css   generated
	notes *notes
	// contents knows the lists of links to the page's own headings.
	contents contents
	buf      strings.Builder
	// joined counts the open elements that lay their blocks out side by side, so that these
	// are one line.
	joined int
	// item is the list item whose first line is still to come, or nil.
	item *listItem
	// kind is what a line without an enumerator is.
	kind kaisei.BlockKind
}

// listItem is a <li> that was opened.
type listItem struct {
	number string
	// parent says that there is more in it than one line.
	parent bool
}

// blockElements are elements that begin and end a line. Others are part of the text.
var blockElements = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Body: true, atom.Center: true,
	atom.Dd: true, atom.Details: true, atom.Dialog: true, atom.Dir: true, atom.Div: true, atom.Dl: true, atom.Dt: true,
	atom.Fieldset: true, atom.Figcaption: true, atom.Figure: true, atom.Footer: true, atom.Form: true, atom.H1: true,
	atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Header: true, atom.Hgroup: true,
	atom.Hr: true, atom.Html: true, atom.Legend: true, atom.Li: true, atom.Main: true, atom.Menu: true, atom.Nav: true,
	atom.Ol: true, atom.P: true, atom.Pre: true, atom.Section: true, atom.Summary: true, atom.Table: true, atom.Ul: true,
	atom.Caption: true, atom.Tr: true, atom.Td: true, atom.Th: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true,
}

// headingLevel returns the level of a heading element, or 0.
func headingLevel(n *html.Node) int {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	if attr(n, "role") == "heading" {
		if l, err := strconv.Atoi(attr(n, "aria-level")); err == nil && l >= 1 && l <= 9 {
			return l
		}
	}
	return 0
}

// declaresHeadings reports whether there are headings below the first level in n.
func (w *htmlWalker) declaresHeadings(n *html.Node) bool {
	if headingLevel(n) > 1 {
		return true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if w.declaresHeadings(c) {
			return true
		}
	}
	return false
}

// block reads an element or text.
func (w *htmlWalker) block(n *html.Node) {
	if w.o.full() {
		return
	}
	switch {
	case n.Type == html.TextNode:
		if w.buf.Len() <= MaxBlockText {
			w.buf.WriteString(clean(n.Data))
		}
		return
	case n.Type != html.ElementNode && n.Type != html.DocumentNode:
		return
	}
	if level := headingLevel(n); level > 0 {
		w.flush()
		w.heading(n, level)
		return
	}
	if w.contents.lists(n) {
		w.flush()
		w.notes.add("%stable of contents of the page", setAside)
		return
	}
	switch n.DataAtom {
	case atom.Br:
		w.buf.WriteRune(lineBreak)
		return
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		if w.joined > 0 {
			break
		}
		w.flush()
		w.list(n)
		return
	case atom.Dl:
		if w.joined > 0 {
			break
		}
		w.flush()
		w.definitions(n)
		return
	case atom.Table:
		w.flush()
		w.table(n)
		return
	case atom.Details:
		w.flush()
		w.details(n)
		return
	case atom.Pre:
		w.flush()
		w.pre(n)
		return
	}
	if !blockElements[n.DataAtom] {
		w.children(n)
		return
	}
	if w.joined > 0 {
		w.gap()
		w.children(n)
		w.gap()
		return
	}
	w.flush()
	side := sideBySide(n)
	if side {
		w.joined++
	}
	w.children(n)
	if side {
		w.joined--
	}
	w.flush()
}

func (w *htmlWalker) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.block(c)
	}
}

// gap separates blocks that stand side by side in one line.
func (w *htmlWalker) gap() {
	if s := strings.TrimRight(w.buf.String(), " \t\r\n"); s != "" && !strings.HasSuffix(s, "\u3000") {
		w.buf.WriteString("\u3000")
	}
}

// sideBySide reports whether an element lays a few short blocks out in one line.
func sideBySide(n *html.Node) bool {
	style := strings.ToLower(strings.ReplaceAll(attr(n, "style"), " ", ""))
	if !strings.Contains(style, "display:flex") && !strings.Contains(style, "display:inline-flex") || strings.Contains(style, "column") {
		return false
	}
	blocks := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.DataAtom != atom.Div && blockElements[c.DataAtom] || hasBlocks(c) {
			return false
		}
		blocks++
	}
	return blocks > 0 && blocks <= 4
}

// hasBlocks reports whether there are block elements inside n.
func hasBlocks(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (blockElements[c.DataAtom] || hasBlocks(c)) {
			return true
		}
	}
	return false
}

// flush ends the line and adds what gathered.
func (w *htmlWalker) flush() {
	if w.buf.Len() == 0 {
		return
	}
	s := collapse(w.buf.String())
	w.buf.Reset()
	for _, p := range paragraphs(s) {
		w.emit(p)
	}
}

func (w *htmlWalker) emit(s string) {
	switch noiseKind(s) {
	case "":
	case "steering":
		return
	default:
		w.notes.add("%s%s", setAside, cut(s, MaxPathLabel))
		return
	}
	if it := w.item; it != nil {
		w.item = nil
		w.o.item(it.number, s, it.parent)
		return
	}
	kind := w.kind
	if kind == "" {
		kind = kaisei.BlockParagraph
	}
	w.o.line(s, kind)
}

// heading adds a heading. One whose text is a paragraph is read as such: pages misuse
// headings for large type.
func (w *htmlWalker) heading(n *html.Node, level int) {
	var b strings.Builder
	inlineText(n, &b)
	s := oneLine(strings.ReplaceAll(b.String(), string(lineBreak), "\n"))
	if s == "" || noiseKind(s) != "" || contentsHeading.MatchString(s) && w.contents.lists(nextElement(n)) {
		return
	}
	w.item = nil
	w.o.heading(level, s)
}

// inlineText writes the text of n, with line breaks.
func inlineText(n *html.Node, b *strings.Builder) {
	switch {
	case b.Len() > MaxBlockText:
		return
	case n.Type == html.TextNode:
		b.WriteString(clean(n.Data))
	case n.DataAtom == atom.Br:
		b.WriteRune(lineBreak)
	}
	block := n.Type == html.ElementNode && blockElements[n.DataAtom]
	if block {
		b.WriteRune(lineBreak)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		inlineText(c, b)
	}
	if block {
		b.WriteRune(lineBreak)
	}
}

// list reads the items of a list, each in a container of its own.
func (w *htmlWalker) list(n *html.Node) {
	if pager(n) {
		return
	}
	num := w.css.list(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li && (num == nil || c.DataAtom != atom.Div) {
			w.block(c)
			continue
		}
		w.flush()
		if s := record(c); s != "" {
			w.o.row(nil, s)
			continue
		}
		w.o.push("")
		w.item = &listItem{number: num.item(c), parent: hasBlocks(c)}
		side := sideBySide(c)
		if side {
			w.joined++
		}
		w.children(c)
		if side {
			w.joined--
		}
		w.flush()
		w.item = nil
		w.o.pop()
	}
	w.flush()
}

// definitions reads a definition list: what is defined heads the path of its definitions.
// A list of dates is a list of news: each definition is a row that begins with its date.
func (w *htmlWalker) definitions(n *html.Node) {
	open, day := false, ""
	shut := func() {
		w.flush()
		if open {
			w.o.pop()
		}
		open = false
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.DataAtom == atom.Dt:
				shut()
				var b strings.Builder
				inlineText(c, &b)
				s := oneLine(strings.ReplaceAll(b.String(), string(lineBreak), "\n"))
				w.o.push(s)
				open, day = true, ""
				switch {
				case isDate(s):
					day = s
				case s != "" && noiseKind(s) == "":
					w.o.add(kaisei.BlockItem, w.o.path(false), s, 0)
				}
			case c.DataAtom == atom.Div:
				walk(c)
			case c.DataAtom == atom.Dd && day != "" && !structured(c):
				if s := cellText(c); s != "" {
					w.o.row(nil, day+cellBreak+s)
				}
			default:
				w.block(c)
			}
		}
	}
	walk(n)
	shut()
}

// details reads a disclosure: its summary heads the path of what it discloses.
func (w *htmlWalker) details(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Summary {
			continue
		}
		var b strings.Builder
		inlineText(c, &b)
		s := oneLine(b.String())
		w.o.push(s)
		if s != "" {
			w.o.add(kaisei.BlockItem, w.o.path(false), s, 0)
		}
		for d := n.FirstChild; d != nil; d = d.NextSibling {
			if d != c {
				w.block(d)
			}
		}
		w.flush()
		w.o.pop()
		return
	}
	w.children(n)
	w.flush()
}

// pre reads preformatted text: its lines are as its author set them.
func (w *htmlWalker) pre(n *html.Node) {
	var b strings.Builder
	inlineText(n, &b)
	s := strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r\n", "\n"), "\n", string(lineBreak))
	w.buf.WriteString(s)
	w.flush()
}
