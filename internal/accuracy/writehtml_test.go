package accuracy

import (
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// look is how a document is printed: nothing of it is wording. A nil source of chance is
// the plain look.
type look struct{ *rand.Rand }

func (l look) plain() bool { return l.Rand == nil }

// one is true in one of n cases.
func (l look) one(n int) bool { return !l.plain() && l.IntN(n) == 0 }

var (
	full = strings.NewReplacer("(", "（", ")", "）", "0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９", "~", "～")
	half = strings.NewReplacer("（", "(", "）", ")", "０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "：", ":", "／", "/", "ＡＩ", "AI")
	// abbreviation is AI as a word of its own among Japanese.
	abbreviation = regexp.MustCompile(`([\p{Han}\p{Hiragana}\p{Katakana}]) ?AI ?([\p{Han}\p{Hiragana}\p{Katakana}])`)
	latin        = regexp.MustCompile(`[A-Za-z][0-9]|[0-9][A-Za-z]|://`)
)

// width prints characters in the other width; numbers inside Latin words and addresses stay.
func (l look) width(s string) string {
	switch {
	case l.one(4) && !latin.MatchString(s):
		return abbreviation.ReplaceAllString(full.Replace(s), "${1}ＡＩ$2")
	case l.one(4):
		return half.Replace(s)
	}
	return s
}

// inside returns a place between two kana or kanji of s, at least so many characters from
// its beginning, or 0.
func (l look) inside(s string, least int) int {
	if l.plain() {
		return 0
	}
	var at []int
	var before rune
	n := 0
	for i, r := range s {
		if n++; n > least && ja.Japanese(string(before)) == 1 && ja.Japanese(string(r)) == 1 {
			at = append(at, i)
		}
		before = r
	}
	if len(at) == 0 {
		return 0
	}
	return at[l.IntN(len(at))]
}

// minLine is the least length in characters of a line that an author breaks inside a sentence.
const minLine = 42

// writeHTML writes a document as a web page.
func writeHTML(blocks []kaisei.Block, l look) []byte {
	var b strings.Builder
	head := `<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>文書</title></head>`
	if l.one(2) {
		head = "<!doctype html>\n<html lang=ja>\n<head>\n<meta name=\"generator\" content=\"CMS 7\">\n<meta charset=\"utf-8\">\n<title>文書</title>\n<style>p{margin:1em}</style>\n</head>\n"
	}
	b.WriteString(head + `<body><main>`)
	if l.one(2) {
		b.WriteString("<div class=\"wrap\"><section id=s1>\n")
	}
	h := htmlWriter{b: &b, look: l}
	for i := range blocks {
		h.block(&blocks[i])
	}
	h.close()
	b.WriteString("</main></body></html>\n")
	return []byte(b.String())
}

// htmlWriter writes blocks; a list or table stays open while rows and bullets follow.
type htmlWriter struct {
	look
	b    *strings.Builder
	open string
}

func (h *htmlWriter) close() {
	if h.open != "" {
		h.b.WriteString("</" + h.open + ">\n")
	}
	h.open = ""
}

func (h *htmlWriter) in(element string) {
	if h.open != element {
		h.close()
		h.open = element
		h.tag(element)
	}
}

// tag opens an element with attributes in any order.
func (h *htmlWriter) tag(name string) {
	switch {
	case h.one(6):
		fmt.Fprintf(h.b, `<%s class="text" id="n%d">`, name, h.IntN(1e6))
	case h.one(6):
		fmt.Fprintf(h.b, `<%s id="n%d" class='text lead' style="font-family:serif">`, name, h.IntN(1e6))
	default:
		fmt.Fprintf(h.b, "<%s>", name)
	}
}

func (h *htmlWriter) element(name, text string) {
	h.tag(name)
	h.b.WriteString(h.text(text))
	h.b.WriteString("</" + name + ">")
	if h.plain() || h.one(2) {
		h.b.WriteByte('\n')
	}
}

// text writes words, in other widths, with line breaks of the source and of the page, with
// entities and with marks that only change the type.
func (h *htmlWriter) text(s string) string {
	s = h.width(s)
	if at := h.inside(s, minLine); at > 0 && h.one(4) {
		return html.EscapeString(s[:at]) + "<br>" + html.EscapeString(s[at:])
	}
	at := h.inside(s, 10)
	if at == 0 {
		return html.EscapeString(s)
	}
	before, after := html.EscapeString(s[:at]), html.EscapeString(s[at:])
	switch h.IntN(5) {
	case 0:
		return before + "\n      " + after
	case 2:
		return before + `<span style="font-size:110%">` + after + "</span>"
	case 3:
		return "<b>" + before + "</b>" + after
	case 1:
		var b strings.Builder
		for _, r := range s {
			if r > 0x80 {
				fmt.Fprintf(&b, "&#x%x;", r)
			} else {
				b.WriteString(html.EscapeString(string(r)))
			}
		}
		return b.String()
	}
	return before + after
}

func (h *htmlWriter) block(k *kaisei.Block) {
	switch {
	case k.Kind == kaisei.BlockHeading:
		h.close()
		h.element(fmt.Sprintf("h%d", min(max(k.Level, 1), 5)), k.Text)
	case k.Kind == kaisei.BlockArticle:
		h.close()
		h.element("h6", k.Text)
	case k.Kind == kaisei.BlockRow:
		h.in("table")
		h.tag("tr")
		for cell := range strings.SplitSeq(k.Text, " | ") {
			h.element("td", cell)
		}
		h.b.WriteString("</tr>\n")
	case bulleted(k.Text):
		h.in("ul")
		_, rest := ja.Enumerator(k.Text)
		h.element("li", rest)
	default:
		h.close()
		h.element("p", k.Text)
	}
}

// bulleted reports whether a text begins with a sign that numbers nothing.
func bulleted(s string) bool {
	mark, _ := ja.Enumerator(s)
	return mark != "" && strings.Trim(mark, bullets) == ""
}

const bullets = "・･○●■□◆◎➢✓✔⚫•‣▪–"

// writePage writes a document as a page to be printed, as ministries set theirs.
func writePage(blocks []kaisei.Block, l look) (string, sheet) {
	s := sheet{width: 8.27, height: 11.69, margin: 1, foot: `<div style="font-size:9px;width:100%;text-align:center"><span class="pageNumber"></span></div>`}
	size, family := 10.5, "Noto Serif CJK JP"
	if !l.plain() {
		switch l.IntN(4) {
		case 0:
			s.width, s.height = 7.17, 10.12 // B5
		case 1:
			s.width, s.height = 8.5, 11
		}
		s.margin = []float64{0.8, 1, 1.2}[l.IntN(3)]
		size = []float64{10, 10.5, 11, 12}[l.IntN(4)]
		if l.one(2) {
			family = "Noto Sans CJK JP"
		}
		if l.one(2) {
			s.head = `<div style="font-size:9px;width:100%;text-align:right;padding-right:60px">架空省　利用指針</div>`
			s.foot = `<div style="font-size:9px;width:100%;text-align:center">- <span class="pageNumber"></span> -</div>`
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><style>
body{font-family:"%s";font-size:%gpt;line-height:1.7;margin:0;line-break:strict;text-align:justify}
p{margin:0;text-indent:1em} p.item{padding-left:2em;text-indent:-1em} p.bullet{padding-left:3em;text-indent:-1em}
h1{font-size:160%%} h2{font-size:140%%} h3,h4,h5,h6{font-size:120%%} h1,h2,h3,h4,h5,h6{margin:.6em 0;text-align:left;break-after:avoid}
table{border-collapse:collapse;width:100%%;margin:.6em 0} td{border:1px solid #000;padding:2px 4px;vertical-align:top} tr{break-inside:avoid}
</style></head><body>`, family, size)
	table := false
	for i := range blocks {
		k := &blocks[i]
		if table != (k.Kind == kaisei.BlockRow) {
			b.WriteString(map[bool]string{true: "</table>", false: "<table>"}[table])
			table = !table
		}
		mark, rest := ja.Enumerator(k.Text)
		text := html.EscapeString(l.width(k.Text))
		switch {
		case k.Kind == kaisei.BlockHeading:
			fmt.Fprintf(&b, "<h%d>%s</h%[1]d>\n", min(max(k.Level, 1), 5), text)
		case k.Kind == kaisei.BlockArticle:
			fmt.Fprintf(&b, "<h6>%s</h6>\n", text)
		case k.Kind == kaisei.BlockRow:
			fmt.Fprintf(&b, "<tr><td>%s</td></tr>\n", strings.ReplaceAll(text, " | ", "</td><td>"))
		case bulleted(k.Text):
			fmt.Fprintf(&b, `<p class="bullet">%s %s</p>`+"\n", html.EscapeString(mark), html.EscapeString(l.width(rest)))
		case mark != "":
			fmt.Fprintf(&b, `<p class="item">%s</p>`+"\n", text)
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", text)
		}
	}
	if table {
		b.WriteString("</table>")
	}
	b.WriteString("</body></html>")
	return b.String(), s
}
