package extract

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/charset"
	"kaisei/internal/kaisei"
)

// readHTML reads the main content of a page; see mainContent for how it is found.
func readHTML(in Input) (Reading, error) {
	if len(in.Body) > MaxHTML {
		return Reading{}, tooLarge("an HTML page", len(in.Body), MaxHTML)
	}
	text, _, err := charset.Decode(in.Body, in.MediaType, in.Charset)
	if err != nil {
		return Reading{}, err
	}
	if err := weighHTML(text); err != nil {
		return Reading{}, err
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return Reading{}, err
	}
	var n notes
	doc := goquery.NewDocumentFromNode(root)
	title := pageTitle(doc)
	css := readCSS(doc)
	if err := checkSelectors(doc, in); err != nil {
		return Reading{}, err
	}
	empty := emptyPage(doc)
	parts := mainContent(doc, in, &n)
	w := &htmlWalker{o: newOutline(), css: css, notes: &n, contents: findContents(root)}
	w.o.title = title
	for _, p := range parts {
		if w.declaresHeadings(p) {
			w.o.headed = true
		}
	}
	for _, p := range parts {
		w.block(p)
		w.flush()
	}
	if !hasText(w.o.blocks) {
		if len(n.list) > 0 {
			return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "nothing was left of the page (%s); check select and remove of the source", strings.Join(boundNotes(n.list), "; "))
		}
		return Reading{}, empty
	}
	return Reading{Title: title, Blocks: w.o.done(), Notes: n.list}, nil
}

// emptyPage is the fault of a page without text, with what its markup tells about why.
func emptyPage(doc *goquery.Document) error {
	why := "the page holds no readable text; open it in a browser, and name its content with select if there is any"
	switch {
	case doc.Find("frameset, frame").Length() > 0:
		why = "the page is a set of frames; let the source lead to the frame that holds the text"
	case doc.Find("meta[http-equiv=refresh], meta[http-equiv=Refresh]").Length() > 0:
		why = "the page only leads on to another one; let the source lead there"
	case doc.Find("script").Length() > 0:
		why = "the page is filled in by a script and holds no text of its own; look for a feed, an API or a PDF of the same content"
	}
	return kaisei.Faultf(kaisei.CauseEmpty, "%s", why)
}

// formatting are the elements that the HTML parser re-opens in every block after a block
// that did not close them, so that a small page can become a huge tree.
var formatting = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true,
	atom.Nobr: true, atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// weighHTML counts the nodes that parsing will make, at most, and refuses a page of too
// many before any is made.
func weighHTML(text []byte) error {
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(MaxHTML)
	nodes, open, depth := 0, 0, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return nil
		case html.TextToken:
			nodes++
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			nodes++
			for attrs := 0; more; attrs++ {
				if attrs > maxAttributes {
					return overLimit("an element of the page has more than %d attributes", maxAttributes)
				}
				_, _, more = z.TagAttr()
			}
			if a := atom.Lookup(name); formatting[a] {
				open++
			} else if open > 0 {
				depth += open
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); formatting[atom.Lookup(name)] && open > 0 {
				open--
			}
		}
		if nodes > MaxHTMLNodes || nodes+depth > maxReopened {
			return overLimit("the page has more than %d elements", MaxHTMLNodes)
		}
	}
}

// maxAttributes is the number of attributes of one element; maxReopened bounds the nodes
// that unclosed formatting elements may multiply into.
const (
	maxAttributes = 1000
	maxReopened   = 2 * MaxHTMLNodes
)

// siteSuffix matches the part of a page title that names the site.
var siteSuffix = regexp.MustCompile(`(?i)(?:省|庁|委員会|府|本部|局|院|会議|機構|センター|協会|研究所|ホームページ|ホーム|ポータル|オンライン|公式サイト|ウェブサイト|webサイト|website|home\s*page|e-Gov.*|translation)$`)

// titleBreaks separate a page's title from its site's name.
var titleBreaks = regexp.MustCompile(`\s*[｜|«»‹›:：]\s*|\s+[-‐–—－―]\s+`)

// siteInBrackets matches a site's name at the end of a title: （METI/経済産業省）.
var siteInBrackets = regexp.MustCompile(`^(.+?)\s*[（(][^（）()]*(?:省|庁|府|委員会|機構)[）)]$`)

// pageTitle returns the title of a page without the name of its site: the first-level
// heading where the title repeats it, else the title's own words.
func pageTitle(doc *goquery.Document) string {
	full := oneLine(doc.Find("title").First().Text())
	h1 := ""
	doc.Find("h1").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		h1 = oneLine(s.Text())
		return h1 == "" || full != "" && !strings.Contains(full, h1)
	})
	if h1 != "" && (full == "" || strings.Contains(full, h1)) {
		return h1
	}
	if full == "" {
		if h := oneLine(doc.Find("h1, h2").First().Text()); utf8.RuneCountInString(h) <= titleRunes*2 {
			return h
		}
		return ""
	}
	return withoutSite(full)
}

// withoutSite takes the name of the site off a title, at its end or its beginning.
func withoutSite(full string) string {
	if m := siteInBrackets.FindStringSubmatch(full); m != nil {
		full = m[1]
	}
	parts := titleBreaks.Split(full, -1)
	for len(parts) > 1 && (siteSuffix.MatchString(parts[len(parts)-1]) || parts[len(parts)-1] == "") {
		parts = parts[:len(parts)-1]
	}
	for len(parts) > 1 && (siteSuffix.MatchString(parts[0]) || parts[0] == "") {
		parts = parts[1:]
	}
	if len(parts) == 1 {
		return parts[0]
	}
	// What is left of the title keeps its own separators.
	from := strings.Index(full, parts[0])
	to := strings.LastIndex(full, parts[len(parts)-1]) + len(parts[len(parts)-1])
	if from < 0 || to < from {
		return full
	}
	return full[from:to]
}

// oneLine folds text with breaks to one line.
func oneLine(s string) string {
	var out sentence
	for line := range strings.SplitSeq(collapse(clean(s)), string(lineBreak)) {
		out.add(line)
	}
	return out.text()
}
