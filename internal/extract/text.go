package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"kaisei/internal/charset"
	"kaisei/internal/kaisei"
)

var (
	mdHeading  = regexp.MustCompile(`^(#{1,6})\s+(.+?)\s*#*$`)
	mdSetAside = regexp.MustCompile(`^(?:<a\s+(?:id|name)=[^>]*>\s*</a>|<!--.*-->|\[[^\]]+\]:\s.*|\|[\s:|-]+\|?|[-*_]{3,})$`)
	mdLink     = regexp.MustCompile(`!?\[([^\[\]]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	mdStrong   = regexp.MustCompile(`\*\*([^*]+)\*\*|__([^_]+)__`)
	mdItem     = regexp.MustCompile(`^(\s*)[-*+]\s+(.*)$`)
	mdEscape   = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+.!|-])")
	mdTitle    = regexp.MustCompile(`(?m)^title:\s*"?(.*?)"?\s*$`)
)

// readText reads plain text and Markdown. Lines that belong together are joined; headings,
// items and tables of Markdown are read as such. A text with articles (第N条) reads like a
// law, with the paths and keys of law XML.
func readText(in Input) (Reading, error) {
	if len(in.Body) > MaxText {
		return Reading{}, tooLarge("a text", len(in.Body), MaxText)
	}
	b, _, err := charset.Decode(in.Body, in.MediaType, in.Charset)
	if err != nil {
		return Reading{}, err
	}
	if strings.ContainsRune(string(b[:min(len(b), sniffBytes)]), 0) {
		return Reading{}, unreadable(formatBinary)
	}
	s := clean(strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\r", "\n"))
	var n notes
	title, s := frontMatter(s, &n)
	t := &textReader{o: newOutline(), markdown: markdown(s, in.MediaType), title: title}
	lines := strings.Split(s, "\n")
	if countArticles(lines) >= minArticles {
		l := &lawText{o: t.o, keys: map[string]int{}}
		for _, line := range lines {
			l.line(line, t.markdown)
		}
		if title == "" {
			title = l.title
		}
		return Reading{Title: title, Blocks: t.o.done(), Notes: n.list}, nil
	}
	t.o.headed = t.markdown && hasHeadings(lines)
	for _, line := range lines {
		t.line(line)
	}
	t.flush()
	return Reading{Title: t.title, Blocks: t.o.done(), Notes: n.list}, nil
}

// frontMatter takes the properties off the beginning of a Markdown file and returns the
// title in them.
func frontMatter(s string, n *notes) (string, string) {
	rest, ok := strings.CutPrefix(s, "---\n")
	if !ok {
		return "", s
	}
	head, body, ok := strings.Cut(rest, "\n---\n")
	if !ok || !strings.Contains(head, ":") {
		return "", s
	}
	n.add("%sthe properties at the beginning of the Markdown file", setAside)
	if m := mdTitle.FindStringSubmatch(head); m != nil {
		return m[1], body
	}
	return "", body
}

// markdown reports whether a text is written in Markdown.
func markdown(s, mediaType string) bool {
	if strings.Contains(mediaType, "markdown") {
		return true
	}
	signs := 0
	for line := range strings.SplitSeq(s[:min(len(s), 1<<16)], "\n") {
		if mdHeading.MatchString(line) || mdStrong.MatchString(line) || mdLink.MatchString(line) {
			signs++
		}
	}
	return signs >= 2
}

func hasHeadings(lines []string) bool {
	for _, l := range lines {
		if m := mdHeading.FindStringSubmatch(l); m != nil && len(m[1]) > 1 {
			return true
		}
	}
	return false
}

// unmark takes the marks of Markdown off a line.
func unmark(s string) string {
	if !strings.ContainsAny(s, "[*_\\") {
		return s // the expressions below read every character of a text several times
	}
	s = mdLink.ReplaceAllString(s, "$1")
	s = mdStrong.ReplaceAllString(s, "$1$2")
	return mdEscape.ReplaceAllString(s, "$1")
}

// textReader reads text that is no law.
type textReader struct {
	o        *outline
	markdown bool
	title    string
	buf      strings.Builder
	// depth is the indentation of the open list items of Markdown.
	depth []int
}

func (t *textReader) line(line string) {
	switch {
	case trim(line) == "":
		t.flush()
		return
	case !t.markdown:
		t.gather(line)
		return
	case mdSetAside.MatchString(trim(line)):
		t.flush()
		return
	}
	if m := mdHeading.FindStringSubmatch(line); m != nil {
		t.flush()
		t.endList()
		text := trim(unmark(m[2]))
		if len(m[1]) == 1 && t.title == "" && len(t.o.blocks) == 0 {
			t.title = text
			t.o.title = text
		}
		t.o.heading(len(m[1]), text)
		return
	}
	if strings.HasPrefix(line, "|") {
		t.flush()
		t.endList()
		t.o.row(nil, mdRow(line))
		return
	}
	if m := mdItem.FindStringSubmatch(line); m != nil {
		t.flush()
		for len(t.depth) > 0 && t.depth[len(t.depth)-1] >= len(m[1]) {
			t.depth = t.depth[:len(t.depth)-1]
			t.o.pop()
		}
		t.depth = append(t.depth, len(m[1]))
		t.o.push("")
		t.o.item("", trim(unmark(m[2])), true)
		return
	}
	if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") && t.buf.Len() == 0 {
		t.endList()
	}
	t.gather(unmark(line))
}

func (t *textReader) endList() {
	for range t.depth {
		t.o.pop()
	}
	t.depth = nil
}

func (t *textReader) gather(line string) {
	if t.buf.Len() > 0 {
		t.buf.WriteRune(lineBreak)
	}
	t.buf.WriteString(line)
}

// flush adds the lines gathered since the last empty one.
func (t *textReader) flush() {
	s := collapse(t.buf.String())
	t.buf.Reset()
	for _, p := range paragraphs(s) {
		t.o.line(p, kaisei.BlockParagraph)
	}
}

// mdRow returns the text of a row of a Markdown table.
func mdRow(line string) string {
	line = strings.Trim(trim(line), "|")
	cells := strings.Split(line, "|")
	for i, c := range cells {
		cells[i] = trim(unmark(c))
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return strings.Join(cells, cellBreak)
}

// minArticles is how many articles make a text a law.
const minArticles = 2

func countArticles(lines []string) int {
	n := 0
	for _, l := range lines {
		if _, _, _, ok := articleLine(unmark(l)); ok {
			n++
		}
	}
	return n
}

// articleStart is the beginning of an article: its number and what may follow it.
var articleStart = regexp.MustCompile(`^第[一二三四五六七八九十百千0-9０-９]+条(?:の[一二三四五六七八九十百千0-9０-９]+)*(?:(?:から|及び)第[一二三四五六七八九十百千0-9０-９]+条(?:の[一二三四五六七八九十百千0-9０-９]+)*(?:まで)?)?`)

// articleLine takes a line apart that begins an article: 第一条（目的）　この法律は….
func articleLine(line string) (title, caption, rest string, ok bool) {
	line = trim(line)
	title = articleStart.FindString(line)
	if title == "" {
		return "", "", "", false
	}
	rest = line[len(title):]
	if strings.HasPrefix(rest, "（") {
		if i := closingBracket(rest); i > 0 && utf8.RuneCountInString(rest[:i]) <= 2*titleRunes {
			caption, rest = rest[:i], rest[i:]
		}
	}
	body := trim(rest)
	if body != "" && body == rest {
		return "", "", "", false // 第一条の規定により…
	}
	if strings.ContainsAny(title, "らび") && !strings.HasPrefix(body, "削除") {
		return "", "", "", false // several articles are one provision only where they were deleted
	}
	return title, caption, body, true
}

// closingBracket returns the end of the bracket that s begins with, or -1.
func closingBracket(s string) int {
	depth := 0
	for i, r := range s {
		switch r {
		case '（':
			depth++
		case '）':
			if depth--; depth == 0 {
				return i + len("）")
			}
		}
	}
	return -1
}
