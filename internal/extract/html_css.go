package extract

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// generated is what style sheets inside a page print in front of list items: ministries
// number the items of a law by CSS counters, so that the numbers are not in the text.
// Only this one use of generated content is read, from <style> elements; what lies in
// other files is not seen.
type generated struct {
	// counters maps the class of a list to what its items begin with: before, the number, after.
	counters map[string]counterStyle
}

type counterStyle struct{ before, after string }

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	// cssItem is a rule for what stands before the items of a list class.
	cssItem = regexp.MustCompile(`\.([\w-]+)\s*>?\s*(?:li|div)(?:\s*:nth-of-type\([^)]*\))?\s*::?before\b[^{}]*\{([^{}]*)\}`)
	// cssContent is the content of such a rule with a counter in it.
	cssContent = regexp.MustCompile(`content\s*:\s*((?:'[^']*'|"[^"]*"|counters?\([^)]*\)|\s)+)`)
	cssPiece   = regexp.MustCompile(`'([^']*)'|"([^"]*)"|counter\(([^)]*)\)`)
	cssReset   = regexp.MustCompile(`counter-reset\s*:\s*[\w-]+\s+(-?[0-9]{1,6})`)
	cssNoMark  = regexp.MustCompile(`list-style(?:-type)?\s*:\s*[^;]*none`)
)

// maxCSS is how much of the style sheets of a page is read, in bytes.
const maxCSS = 1 << 20

func readCSS(doc *goquery.Document) generated {
	g := generated{counters: map[string]counterStyle{}}
	sheet := doc.Find("style").Text()
	sheet = cssComment.ReplaceAllString(sheet[:min(len(sheet), maxCSS)], "")
	for _, m := range cssItem.FindAllStringSubmatch(sheet, -1) {
		if _, done := g.counters[m[1]]; done {
			continue
		}
		content := cssContent.FindStringSubmatch(m[2])
		if content == nil || !strings.Contains(content[1], "counter(") {
			continue
		}
		var style counterStyle
		counted := false
		for _, p := range cssPiece.FindAllStringSubmatch(content[1], -1) {
			text := p[1] + p[2]
			switch {
			case p[3] != "":
				counted = true
			case counted:
				style.after += text
			default:
				style.before += text
			}
		}
		g.counters[m[1]] = counterStyle{trim(style.before), trim(style.after)}
	}
	return g
}

// numbering numbers the items of one list.
type numbering struct {
	next, step int
	format     func(int) string
}

// list returns how the items of a <ol> or <ul> are numbered, or nil where they are not.
func (g generated) list(n *html.Node) *numbering {
	style, reset := attr(n, "style"), 0
	if m := cssReset.FindStringSubmatch(style); m != nil {
		reset, _ = strconv.Atoi(m[1])
	}
	for _, class := range strings.Fields(attr(n, "class")) {
		if c, ok := g.counters[class]; ok {
			return &numbering{next: reset + 1, step: 1, format: func(i int) string { return c.before + strconv.Itoa(i) + c.after }}
		}
	}
	if n.DataAtom != atom.Ol || cssNoMark.MatchString(style) {
		return nil
	}
	num := &numbering{next: reset + 1, step: 1, format: olFormat(attr(n, "type"), style)}
	if num.format == nil {
		return nil
	}
	if start, err := strconv.Atoi(attr(n, "start")); err == nil {
		num.next = start
	}
	if hasAttr(n, "reversed") {
		num.step = -1
		if !hasAttr(n, "start") {
			num.next = 0
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.DataAtom == atom.Li {
					num.next++
				}
			}
		}
	}
	return num
}

// item returns the number printed before an item of the list and counts on.
func (num *numbering) item(li *html.Node) string {
	if num == nil {
		return ""
	}
	if v, err := strconv.Atoi(attr(li, "value")); err == nil {
		num.next = v
	}
	style := attr(li, "style")
	if m := cssReset.FindStringSubmatch(style); m != nil {
		if v, err := strconv.Atoi(m[1]); err == nil {
			num.next = v + 1
		}
	}
	s := num.format(num.next)
	num.next += num.step
	if cssNoMark.MatchString(style) {
		return ""
	}
	return s
}

var cssListType = regexp.MustCompile(`list-style(?:-type)?\s*:\s*([\w-]+)`)

// olFormat returns how an <ol> prints its numbers, or nil for a style that prints signs.
func olFormat(typ, style string) func(int) string {
	if m := cssListType.FindStringSubmatch(style); m != nil {
		typ = m[1]
	}
	dot := func(f func(int) string) func(int) string { return func(i int) string { return f(i) + "." } }
	switch typ {
	case "a", "lower-alpha", "lower-latin":
		return dot(lowerLetter)
	case "A", "upper-alpha", "upper-latin":
		return dot(func(i int) string { return strings.ToUpper(lowerLetter(i)) })
	case "i", "lower-roman":
		return dot(func(i int) string { return strings.ToLower(roman(i)) })
	case "I", "upper-roman":
		return dot(roman)
	case "disc", "circle", "square":
		return nil
	case "katakana":
		return func(i int) string { return kanaAt(aiueo, i) + "、" }
	case "katakana-iroha":
		return func(i int) string { return kanaAt(irohaOrder, i) + "、" }
	}
	return dot(strconv.Itoa)
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}
