package extract

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"kaisei/internal/charset"
	"kaisei/internal/kaisei"
)

// MaxFeed is the size of a feed in bytes; its parser takes twenty times as much memory.
const MaxFeed = 8 << 20

// xmlEncoding is the encoding that an XML declaration claims.
var xmlEncoding = regexp.MustCompile(`^(\s*<\?xml[^>]{0,100}?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')`)

// readFeed reads RSS 1.0, RSS 2.0 and Atom, each item as a row of date, title and address
// with its summary below. Block.Key is the item's own ID or its address.
func readFeed(in Input) (r Reading, err error) {
	if len(in.Body) > MaxFeed {
		return Reading{}, tooLarge("a feed", len(in.Body), MaxFeed)
	}
	b, _, err := charset.Decode(in.Body, in.MediaType, in.Charset)
	if err != nil {
		return Reading{}, err
	}
	// The parser would decode once more what is UTF-8 by now.
	b = xmlEncoding.ReplaceAll(bytes.TrimLeft(b, " \t\r\n"), []byte(`$1 encoding="utf-8"`))
	defer func() {
		if v := recover(); v != nil {
			r, err = Reading{}, kaisei.Faultf(kaisei.CauseDecode, "the feed could not be read (%v); it is damaged", v)
		}
	}()
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(b))
	if err != nil {
		return Reading{}, &kaisei.Fault{Cause: kaisei.CauseDecode, Detail: "the feed does not parse; it may be cut off, or an error page", Err: err}
	}
	title := oneLine(feed.Title)
	var blocks []kaisei.Block
	if title != "" {
		blocks = append(blocks, kaisei.Block{Kind: kaisei.BlockHeading, Path: []string{label(title)}, Text: title, Level: 1})
	}
	keys := map[string]int{}
	for _, it := range feed.Items {
		if len(blocks) > MaxBlocks {
			break
		}
		name := oneLine(it.Title)
		row := joinCells([]string{strings.TrimSpace(firstOf(it.Published, it.Updated)), name, strings.TrimSpace(it.Link)})
		key := strings.TrimSpace(firstOf(it.GUID, it.Link))
		if keys[key]++; keys[key] > 1 {
			key = ""
		}
		path := []string{label(firstOf(name, it.Link))}
		if row == "" {
			continue
		}
		blocks = append(blocks, kaisei.Block{Kind: kaisei.BlockRow, Path: path, Text: row, Key: key})
		if s := markupText(firstOf(it.Description, it.Content)); s != "" && s != name {
			blocks = append(blocks, kaisei.Block{Kind: kaisei.BlockParagraph, Path: path, Text: s})
		}
	}
	return Reading{Title: title, Blocks: blocks}, nil
}

func firstOf(a, b string) string {
	if strings.TrimSpace(a) != "" {
		return a
	}
	return b
}

// markupText returns the words of a fragment of HTML in one line.
func markupText(s string) string {
	if len(s) > MaxBlockText {
		return ""
	}
	if !strings.Contains(s, "<") {
		return oneLine(html.UnescapeString(s))
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return oneLine(b.String())
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken:
			if name, _ := z.TagName(); len(name) > 0 && (string(name) == "br" || string(name) == "p" || string(name) == "div" || string(name) == "li") {
				b.WriteRune(wordBreak)
			}
		}
	}
}
