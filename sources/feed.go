package sources

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"kaisei/internal/charset"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"kaisei/internal/noise"
)

// Limits of one feed. The longest watched feed has about 100 items.
const (
	maxItems      = 10_001
	maxTitle      = 1000 // bytes
	maxItemLines  = 20
	maxItemWords  = 4000 // bytes of a description that are read
	titleFromText = 120  // bytes of a description that stand in for a missing title
)

// feed reads RSS 1.0, RSS 2.0 and Atom: each item is a target that is complete in itself. The
// text of an item is its title; descriptions churn and are only searched for keywords, except for
// the labelled lines of public comments (受付締切日時：…), which are text. A feed without items
// is a fault.
func feed(s kaisei.Source, c kaisei.Capture, _ kaisei.FollowAs) ([]kaisei.Target, error) {
	parsed, err := parseFeed(s, c)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(finalURL(c))
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseInternal, Detail: "the feed has no usable URL", Err: err}
	}
	var out []kaisei.Target
	seen := map[string]bool{}
	for _, item := range parsed.Items[:min(len(parsed.Items), maxItems)] {
		t, ok := feedItem(s, base, item)
		if !ok || seen[t.Key] {
			continue
		}
		seen[t.Key] = true
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, kaisei.Faultf(kaisei.CauseEmpty, "the feed %q has no items with a title or link; the site may have retired it", fold(parsed.Title))
	}
	return out, nil
}

// parseFeed decodes and parses a feed.
func parseFeed(s kaisei.Source, c kaisei.Capture) (*gofeed.Feed, error) {
	switch {
	case len(bytes.TrimSpace(c.Body)) == 0:
		return nil, kaisei.Faultf(kaisei.CauseEmpty, "%s answered with no bytes", finalURL(c))
	case len(c.Body) > maxBody:
		return nil, kaisei.Faultf(kaisei.CauseTooLarge, "a feed of %d bytes; %d are read", len(c.Body), maxBody)
	}
	text, err := charset.UTF8XML(c.Body, c.Header["Content-Type"], s.Charset)
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseDecode, Detail: "the feed does not decode; set charset in the catalogue if the site no longer says what it uses", Err: err}
	}
	head := text[:min(len(text), sniffLen)]
	if htmlRoot.Match(head) && !feedRoot.Match(bytes.TrimSpace(head)) {
		return nil, kaisei.Faultf(kaisei.CauseWrongType, "%s answered an HTML page instead of a feed; the feed may have moved, or a firewall answers in its place", finalURL(c))
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(text))
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseDecode, Detail: "the feed does not parse; it may be cut short", Err: err}
	}
	return parsed, nil
}

// feedItem makes the target of one item; one with neither title nor link is nothing.
func feedItem(s kaisei.Source, base *url.URL, item *gofeed.Item) (kaisei.Target, bool) {
	words := plain(first2(item.Description, item.Content))
	title := cut(fold(item.Title), maxTitle)
	link := resolveIn(base, item)
	if title == "" {
		title = cut(fold(words), titleFromText)
	}
	if title == "" {
		title = link
	}
	if title == "" {
		return kaisei.Target{}, false
	}
	t := kaisei.Target{
		As:       kaisei.FollowItem,
		Title:    title,
		URL:      link,
		Layer:    s.Layer,
		Language: s.Language,
		Blocks:   []kaisei.Block{titleBlock(title)},
	}
	lines := labelled(words)
	for _, l := range lines {
		t.Blocks = append(t.Blocks, kaisei.Block{Path: []string{}, Kind: kaisei.BlockRow, Text: l.text, Key: l.name})
	}
	t.Published = itemDay(item, lines)
	if guid := fold(item.GUID); guid != "" && !isURL(guid) {
		t.Key = guid
	} else {
		t.Key = itemKey(link, title)
	}
	t.Relevant = relevant(s.Keywords, title, cut(fold(words), maxItemWords), strings.Join(item.Categories, "\n"))
	return t, true
}

// resolveIn returns the address of an item against the feed's own, without fragment, or "".
func resolveIn(base *url.URL, item *gofeed.Item) string {
	raw := strings.TrimSpace(item.Link)
	if raw == "" && len(item.Links) > 0 {
		raw = strings.TrimSpace(item.Links[0])
	}
	if raw == "" && isURL(strings.TrimSpace(item.GUID)) {
		raw = strings.TrimSpace(item.GUID)
	}
	if raw == "" {
		return ""
	}
	u, err := base.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User = nil
	return noise.Address(u).String()
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func first2(a, b string) string {
	if strings.TrimSpace(a) != "" {
		return a
	}
	return b
}

// plain returns the words of a description, which may be HTML, a line for each of its blocks.
func plain(description string) string {
	if len(description) > maxBody {
		return ""
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(description))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			if breaks[string(name)] {
				b.WriteByte('\n')
			}
		}
		if b.Len() > 2*maxItemWords {
			return b.String()
		}
	}
}

var breaks = map[string]bool{"br": true, "p": true, "div": true, "li": true, "tr": true, "ul": true, "table": true}

// field is a labelled line of a description.
type field struct{ name, text string }

// fieldLine are the lines with which the public comment site describes a case.
var fieldLine = regexp.MustCompile(`^(案の公示日|意見・情報受付(?:開始|締切)日時?|受付開始日時?|受付締切日時?|意見提出期限|結果の公示日|提出意見数|案件番号|カテゴリー|所管省庁(?:・部局名等)?|問合せ先(?:（[^）]*）)?|根拠法令条項|行政手続法に基づく手続であるか否か)\s*[:：]\s*(\S.*)$`)

// labelled returns the labelled lines of a description: facts about a case that are text, as a
// deadline is. Other descriptions have none.
func labelled(words string) []field {
	var out []field
	seen := map[string]bool{}
	for line := range strings.Lines(words) {
		m := fieldLine.FindStringSubmatch(fold(line))
		if m == nil || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		out = append(out, field{m[1], cut(m[0], maxTitle)})
		if len(out) == maxItemLines {
			break
		}
	}
	return out
}

// cut shortens s to at most n bytes at a character boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// itemDay returns the day of an item as printed: the day of a public comment's notice, which its
// feed's own timestamps miss by a day, then the item's timestamps.
func itemDay(item *gofeed.Item, lines []field) kaisei.Date {
	for _, name := range []string{"結果の公示日", "案の公示日"} {
		for _, l := range lines {
			if ds := ja.Dates(l.text); l.name == name && len(ds) > 0 {
				return ds[0].Date
			}
		}
	}
	stamps := []string{item.Published, item.Updated}
	if dc := item.DublinCoreExt; dc != nil {
		stamps = append(stamps, dc.Date...)
	}
	for _, s := range stamps {
		if d := stampDay(s); !d.IsZero() {
			return d
		}
	}
	return kaisei.Date{}
}
