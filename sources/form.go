package sources

import (
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// form is in which presentation and format a link offers its document.
type form struct {
	// presentation is ja.PresentationMerged, ja.PresentationMarked or "".
	presentation string
	// format is a file format ("pdf"), html for a page.
	format string
}

// formWord finds a file format in the words of a link.
var formWord = regexp.MustCompile(`(?i)(?:^|[^a-z])(pdf|docx?|word|xlsx?|excel|pptx?|powerpoint|html?|csv|zip|rtf|epub|jtd)(?:$|[^a-z])|(一太郎|ワード|エクセル|パワーポイント|テキスト)`)

// formOf reads the form of a link from its address, or else from its words.
func formOf(l *link) form {
	f := form{presentation: ja.Presentation(l.title)}
	if f.presentation == "" {
		f.presentation = ja.Presentation(l.text)
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(l.url.Path), "."))
	if _, known := formats[ext]; known {
		f.format = formats[ext].name
		return f
	}
	f.format = "html"
	if m := formWord.FindStringSubmatch(norm.NFKC.String(l.text)); m != nil {
		f.format = formats[strings.ToLower(m[1]+m[2])].name
	}
	return f
}

// formats are the file formats by extension and word, with how well they are read: the ministries'
// PDF first, because it is what they decided, then what keeps the structure of a text, and
// last what cannot be read at all. It is never written.
var formats = map[string]struct {
	name string
	rank int
}{
	"pdf": {"pdf", 0}, "docx": {"docx", 1}, "word": {"docx", 1}, "ワード": {"docx", 1}, "html": {"html", 2}, "htm": {"html", 2},
	"xlsx": {"xlsx", 3}, "excel": {"xlsx", 3}, "エクセル": {"xlsx", 3}, "pptx": {"pptx", 4}, "powerpoint": {"pptx", 4}, "パワーポイント": {"pptx", 4},
	"csv": {"csv", 5}, "txt": {"txt", 5}, "テキスト": {"txt", 5}, "zip": {"zip", 6},
	"doc": {"doc", unreadable}, "xls": {"xls", unreadable}, "ppt": {"ppt", unreadable}, "rtf": {"rtf", unreadable}, "epub": {"epub", unreadable},
	"jtd": {"jtd", unreadable}, "一太郎": {"jtd", unreadable},
}

// unreadable is the rank from which on a format cannot be read.
const unreadable = 9

// better reports whether a version is read better in the form f than in g: in a format that can be
// read, with amendments worked in rather than shown, and then by format.
func (f form) better(g form) bool {
	for _, by := range []func(form) int{form.unread, form.shown, form.rank} {
		if a, b := by(f), by(g); a != b {
			return a < b
		}
	}
	return false
}

func (f form) rank() int { return formats[f.format].rank }

func (f form) unread() int {
	if f.rank() >= unreadable {
		return 1
	}
	return 0
}

func (f form) shown() int {
	switch f.presentation {
	case ja.PresentationMerged:
		return 0
	case ja.PresentationMarked:
		return 2
	}
	return 1
}

// kindBeside says what a place in the form f is beside the text read in the form g.
func (f form) kindBeside(g form) string {
	switch {
	case f.presentation == g.presentation:
	case f.presentation == ja.PresentationMarked:
		return kaisei.PlaceMarked
	case f.presentation == ja.PresentationMerged:
		return kaisei.PlaceMerged
	}
	return f.format
}
