package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// contents tells the lists of links that lead to places on the page itself: tables of
// contents, which repeat the headings.
type contents map[*html.Node]bool

// The least number of links to the page itself in a table of contents, and their share
// of the words of a list or of any other element.
const (
	contentsLinks = 3
	contentsList  = 0.6
	contentsOther = 0.9
)

// lists reports whether n is such a list.
func (c contents) lists(n *html.Node) bool { return n != nil && c[n] }

// findContents finds the tables of contents of a page.
func findContents(root *html.Node) contents {
	ids := map[string]bool{}
	eachElement(root, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id] = true
		}
		if name := attr(n, "name"); name != "" && n.DataAtom == atom.A {
			ids[name] = true
		}
	})
	found := contents{}
	var walk func(n *html.Node) (text, local, links int)
	walk = func(n *html.Node) (text, local, links int) {
		if n.Type == html.TextNode {
			for _, r := range n.Data {
				if !unicode.IsSpace(r) {
					text++
				}
			}
			return text, 0, 0
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			t, l, k := walk(c)
			text, local, links = text+t, local+l, links+k
		}
		if n.DataAtom == atom.A && text > 0 {
			if href := attr(n, "href"); len(href) > 1 && href[0] == '#' && ids[href[1:]] {
				return text, text, 1
			}
		}
		share := contentsOther
		switch n.DataAtom {
		case atom.Ul, atom.Ol, atom.Dl:
			share = contentsList
		case atom.Div, atom.P, atom.Nav, atom.Section, atom.Table, atom.Blockquote:
		default:
			return text, local, links
		}
		if links >= contentsLinks && float64(local) >= share*float64(text) {
			found[n] = true
		}
		return text, local, links
	}
	walk(root)
	return found
}

func eachElement(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		eachElement(c, f)
	}
}

// contentsHeading is the heading of a table of contents.
var contentsHeading = regexp.MustCompile(`(?i)^[■●◆【\[]*\s*(?:目\s*次|もくじ|(?:この)?ページ(?:内)?(?:の)?(?:目次|内容|メニュー)|table\s+of\s+contents|contents)\s*[】\]]*$`)

func nextElement(n *html.Node) *html.Node {
	for n = n.NextSibling; n != nil; n = n.NextSibling {
		if n.Type == html.ElementNode {
			return n
		}
	}
	return nil
}

// recordRunes is the length in characters of the longest record of a list of links.
const recordRunes = 300

// record returns the text of a list item that is one record of a list of links: a date,
// the name of an office and the link, each in a block of its own. It is "" for any other
// item.
func record(li *html.Node) string {
	links, other := 0, false
	var lines []string
	var b strings.Builder
	flush := func() {
		if s := oneLine(b.String()); s != "" {
			lines = append(lines, s)
		}
		b.Reset()
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil && !other; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
				continue
			case c.Type != html.ElementNode:
				continue
			}
			switch c.DataAtom {
			case atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Br, atom.Details:
				other = true
				return
			case atom.A:
				if hasAttr(c, "href") {
					links++
				}
			}
			other = other || headingLevel(c) > 0
			block := blockElements[c.DataAtom] || c.DataAtom == atom.Time
			if block {
				flush()
			}
			walk(c)
			if block {
				flush()
			}
		}
	}
	walk(li)
	flush()
	text := strings.Join(lines, cellBreak)
	if other || links != 1 || len(lines) < 2 || utf8.RuneCountInString(text) > recordRunes {
		return ""
	}
	return text
}

// pagerWord is what stands in a list of links to the further pages of a listing.
var pagerWord = regexp.MustCompile(`(?i)^(?:[0-9０-９]{1,5}(?:\s*/\s*[0-9]{1,5})?(?:ページ|件)?|[.…・]+|(?:次|前)(?:の)?(?:ページ|[0-9]+件)?(?:へ)?|最初(?:の?ページ)?(?:へ)?|最後(?:の?ページ)?(?:へ)?|先頭へ?|末尾へ?|next|prev(?:ious)?|first|last|[«»<>‹›←→|\s]+)$`)

// pager reports whether a list leads to the further pages of a listing.
func pager(n *html.Node) bool {
	words, links := 0, 0
	ok := true
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil && ok; c = c.NextSibling {
			if c.Type == html.TextNode {
				if s := trim(clean(c.Data)); s != "" {
					words++
					ok = pagerWord.MatchString(s)
				}
				continue
			}
			if c.DataAtom == atom.A {
				links++
			}
			walk(c)
		}
	}
	walk(n)
	return ok && words > 1 && links > 0
}
