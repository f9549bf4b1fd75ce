package watch

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"

	"kaisei/internal/extract"
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
		"404 Not Found", "Page Not Found", "File not found", "Service Unavailable", "Access Denied",
		"Request unsuccessful", "Checking your browser", "Enable JavaScript and cookies", "The requested URL was rejected",
	}
}

// implausible says why a reading is doubted, or "". Doubt is not disbelief: the same
// words at a second look are believed.
func implausible(prev, next kaisei.Version, known bool) string {
	chars := count(next.Blocks)
	if chars <= StandInMax && (!known || count(prev.Blocks) > 2*chars) {
		for _, b := range next.Blocks {
			for _, w := range standIns() {
				if ja.Contains(b.Text, w) && !holds(prev.Blocks, w) {
					return fmt.Sprintf("the page says 「%s」: an error or maintenance page in its place; a second look that finds the same is believed", w)
				}
			}
		}
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
