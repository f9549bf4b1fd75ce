package sources

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/kaisei"
)

// maxBlocks bounds the words of one page; a longer page is cut, which its hash shows.
const maxBlocks = 5000

// words returns the text of a listing that is not a followed or ignored link, under its
// headings. Update stamps, counters and the furniture of a page are left out, and so are
// dates and file sizes that only accompany a followed link, since the link tells those.
func (x *indexer) words() []kaisei.Block {
	w := &wordReader{told: map[*html.Node]bool{}}
	for _, l := range x.links {
		if l.rule != nil {
			w.told[l.node] = true
		}
	}
	for _, r := range x.doc.roots {
		w.walk(r, 0)
		w.flush()
	}
	return w.blocks
}

// wordReader gathers the blocks of a page in its order.
type wordReader struct {
	told   map[*html.Node]bool
	blocks []kaisei.Block
	path   []string
	levels []int
	lines  []string
	line   strings.Builder
	// linked: the open block held a told link.
	linked bool
	kind   kaisei.BlockKind
}

func (w *wordReader) walk(n *html.Node, depth int) {
	if depth > maxDepth || len(w.blocks) >= maxBlocks {
		return
	}
	switch {
	case n.Type == html.TextNode:
		w.line.WriteString(n.Data)
		return
	case n.Type != html.ElementNode && n.Type != html.DocumentNode:
		return
	case isLink(n) && (w.told[n] || strings.HasPrefix(strings.TrimSpace(attr(n, "href")), "#")):
		w.linked = w.linked || w.told[n]
		return
	case n.DataAtom == atom.Br:
		w.endLine()
		return
	case headingLevel(n) > 0:
		w.flush()
		w.heading(n, headingLevel(n))
		return
	case n.DataAtom == atom.Tr:
		w.flush()
		w.row(n, depth)
		return
	}
	block := blockTags[n.DataAtom]
	if block {
		w.flush()
		if n.DataAtom == atom.Li {
			w.kind = kaisei.BlockItem
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, depth+1)
	}
	if block {
		w.flush()
	}
}

// heading opens a heading, closing those of its level and deeper.
func (w *wordReader) heading(n *html.Node, level int) {
	text := textOf(n)
	if text == "" || idle(text) {
		return
	}
	for len(w.levels) > 0 && w.levels[len(w.levels)-1] >= level {
		w.levels = w.levels[:len(w.levels)-1]
		w.path = w.path[:len(w.path)-1]
	}
	w.levels = append(w.levels, level)
	w.path = append(w.path[:len(w.path):len(w.path)], text)
	w.blocks = append(w.blocks, kaisei.Block{Path: w.path, Kind: kaisei.BlockHeading, Text: text, Level: level})
}

// row gathers a table row as one block, its cells parted by " | ".
func (w *wordReader) row(n *html.Node, depth int) {
	var cells []string
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		cell := &wordReader{told: w.told}
		for k := c.FirstChild; k != nil; k = k.NextSibling {
			cell.walk(k, depth+2)
		}
		cell.flush()
		w.linked = w.linked || cell.linked
		var text []string
		for _, b := range cell.blocks {
			text = append(text, b.Text)
		}
		if t := fold(strings.Join(text, " ")); t != "" {
			cells = append(cells, t)
		}
	}
	w.kind = kaisei.BlockRow
	w.line.WriteString(strings.Join(cells, " | "))
	w.flush()
}

func (w *wordReader) endLine() {
	if text := fold(w.line.String()); text != "" {
		w.lines = append(w.lines, text)
	}
	w.line.Reset()
}

// flush closes the open block.
func (w *wordReader) flush() {
	w.endLine()
	for _, text := range w.lines {
		if idle(text) || w.linked && companion(text) || bare(text) {
			continue
		}
		kind := w.kind
		if kind == "" {
			kind = kaisei.BlockParagraph
		}
		path := w.path
		if path == nil {
			path = []string{}
		}
		w.blocks = append(w.blocks, kaisei.Block{Path: path, Kind: kind, Text: text})
	}
	w.lines, w.kind, w.linked = nil, "", false
}

// stamps are lines that change although nothing happened, and lines that say nothing.
var stamps = regexp.MustCompile(`(?i)(?:最終更新|更新日時|ページ更新|更新年月日|最終変更日|last\s*(?:update|modified))` +
	`|^[（(［\[【]?\s*(?:更新日?|改訂日|公開日|掲載日|作成日|登録日|発表日)\s*[:：／/]?\s*(?:平成|令和|昭和|[0-9０-９]|R)` +
	`|人目の|訪問者|アクセス(?:数|カウンタ)|カウンター|閲覧(?:数|回数)|ページビュー|page\s*views?` +
	`|^(?:この)?ページの(?:先頭|トップ)|^ページトップ|^先頭へ|^トップ(?:ページ)?(?:へ)?(?:戻る)?$|^本文へ|^page\s*top|^back to top` +
	`|Adobe\s*(?:Acrobat\s*)?Reader|別(?:の)?ウ[ィイ]ンドウで開|^印刷(?:用|する)?|^シェア|^ツイート|^ポスト$|^Copyright|^©|Cookie` +
	`|^(?:前|次)(?:の[0-9]*件|へ|ページ)?$|^[<>＜＞«»]+$|^[0-9０-９]+\s*/\s*[0-9０-９]+\s*(?:ページ)?$|^[0-9０-９]+\s*件(?:中)?|検索結果`)

// maxStamp is how long, in bytes, a line may be to be dropped for a word in it; prose is longer.
const maxStamp = 300

// idle reports that a line is an update stamp, a counter or furniture.
func idle(text string) bool { return len(text) <= maxStamp && stamps.MatchString(text) }

// companion reports that nothing is left of a line without its dates, sizes, generic words and
// punctuation: it accompanies a link.
func companion(text string) bool {
	rest := sizes.ReplaceAllString(cutDates(text), " ")
	rest = fileWords.ReplaceAllString(rest, " ")
	return wordCount(rest) < minWords
}

// bare reports that a line is nothing but a date, a size or punctuation.
func bare(text string) bool {
	return wordCount(sizes.ReplaceAllString(cutDates(text), " ")) == 0
}

// minWords is how many letters make a line worth keeping beside a followed link.
const minWords = 4

var fileWords = regexp.MustCompile(`(?i)PDF|HTML|Word|Excel|PowerPoint|ZIP|形式|ファイル|NEW!?|新着|更新|公表|掲載|発表|公開|別添|参考|ページ|頁`)

func wordCount(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
