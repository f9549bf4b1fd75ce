package watch

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"kaisei/internal/extract"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Bounds of what is believed at the first look.
const (
	// CollapseFrom is how many characters a text must have had for a collapse to be doubted.
	CollapseFrom = 1_500
	// CollapseTo is the share of its characters, in percent, below which a text has collapsed.
	CollapseTo = 30
	// StandInMax is the most characters of a page that stands in for another (an error or
	// maintenance page); longer pages are believed whatever words they hold.
	StandInMax = 1_200
)

// standIns are words of pages that a site shows instead of the one asked for, with status 200.
func standIns() []string {
	return []string{
		"ページが見つかりません", "お探しのページ", "指定されたページは存在", "ページは存在しません", "ファイルが見つかりません",
		"メンテナンス中", "メンテナンスを実施", "システムメンテナンス", "サービスを停止しています", "ただいまアクセスが集中",
		"アクセスが集中し", "一時的にアクセスできません", "しばらくしてから再度アクセス", "しばらく経ってから",
		"システムエラー", "エラーが発生しました", "不正なアクセス", "アクセスが拒否されました", "現在ご利用いただけません", "ログインしてください",
		"404 Not Found", "Page Not Found", "Internal Server Error", "Bad Gateway", "File not found", "Service Unavailable", "Access Denied",
		"Request unsuccessful", "Checking your browser", "Enable JavaScript and cookies", "The requested URL was rejected",
	}
}

// implausible says why a reading is doubted, or "". Doubt is not disbelief: the same
// words at a second look are believed.
func implausible(prev, next kaisei.Version, known bool) string {
	chars := count(next.Blocks)
	if chars <= StandInMax {
		for _, b := range next.Blocks {
			for _, w := range standIns() {
				if ja.Contains(b.Text, w) && !holds(prev.Blocks, w) {
					return fmt.Sprintf("the page says 「%s」: an error or maintenance page in its place; a second look that finds the same is believed", w)
				}
			}
		}
	}
	if home(next.Snapshot) && !home(prev.Snapshot) {
		return fmt.Sprintf("the address leads to the top page %s; a second look that finds the same is believed", next.Snapshot.FinalURL)
	}
	if known && prev.Format != next.Format && prev.Snapshot.URL == next.Snapshot.URL {
		return fmt.Sprintf("the address gave a file of the form %s and now one of the form %s; a second look that finds the same is believed", prev.Format, next.Format)
	}
	if !known {
		return ""
	}
	before := count(prev.Blocks)
	if before >= CollapseFrom && chars*100 < before*CollapseTo {
		return fmt.Sprintf("the text fell from %d to %d characters; a second look that finds the same is believed", before, chars)
	}
	return ""
}

// home reports whether a redirect led from deeper in a site to its top page.
func home(s kaisei.Snapshot) bool {
	asked, err := url.Parse(s.URL)
	if err != nil || s.FinalURL == "" || s.FinalURL == s.URL {
		return false
	}
	got, err := url.Parse(s.FinalURL)
	if err != nil || got.RawQuery != "" {
		return false
	}
	top := func(p string) bool {
		p = strings.ToLower(strings.Trim(p, "/"))
		return p == "" || p == "home" || p == "top" || p == "index.html" || p == "index.htm" || p == "home.html" || p == "top.html"
	}
	return top(got.Path) && !top(asked.Path)
}

// cutShort reports whether a web page ends before its closing tag although the one before it
// had one: a connection that broke off without a length to tell by.
func cutShort(before, after []byte) bool {
	return closed(before) && !closed(after)
}

func closed(page []byte) bool {
	return bytes.Contains(bytes.ToLower(page[max(0, len(page)-tailBytes):]), []byte("</html"))
}

// tailBytes is how much of a page's end may stand behind its closing tag (comments, counters).
const tailBytes = 4 << 10

func holds(blocks []kaisei.Block, word string) bool {
	for _, b := range blocks {
		if ja.Contains(b.Text, word) {
			return true
		}
	}
	return false
}

func count(blocks []kaisei.Block) int {
	n := 0
	for _, b := range blocks {
		n += utf8.RuneCountInString(b.Text)
	}
	return n
}

// wrongKind refuses a web page that answers at the address of a file: an error page or a
// login in the place of a PDF.
func wrongKind(c kaisei.Capture, read extract.Reading) error {
	if read.Format != "html" {
		return nil
	}
	for _, address := range []string{c.URL, c.FinalURL} {
		u, err := url.Parse(address)
		if err != nil || address == "" {
			continue
		}
		switch ext := strings.ToLower(path.Ext(u.Path)); ext {
		case ".pdf", ".docx", ".xlsx", ".pptx", ".zip", ".xml", ".rdf", ".rss":
			return kaisei.Faultf(kaisei.CauseWrongType, "the address of a %s file answered a web page; open it in a browser: it may have been moved or put behind a wall", strings.TrimPrefix(ext, "."))
		}
	}
	return nil
}
