package diff_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// corpus returns the path of a file or folder of the real documents beside the repository.
func corpus(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{filepath.Dir(dir), "shared", "corpus"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	return path
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	noteLine = regexp.MustCompile(`^[0-9]{1,3} \S`)
	noteMark = regexp.MustCompile(`([\p{Han}\p{Hiragana}\p{Katakana}ー」』）)])[0-9]{1,2}([。、「」)）\s]|$)`)
	topLine  = regexp.MustCompile(`^(第[0-9]部|[A-E]\. |[0-9]{1,2}\) |はじめに|別添)`)
)

// pages reads the guideline as transcribed, a file per page. It knows just enough of
// the layout to make blocks: notes at the foot, lines re-joined, bullets, headings.
func pages(t testing.TB, version string) []kaisei.Block {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus(t, "guideline", version), "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	slices.Sort(files)
	var blocks []kaisei.Block
	var path []string
	open := -1 // the block that the next line may continue
	for n, file := range files {
		note := -1
		for line := range strings.Lines(read(t, file)) {
			line = noteMark.ReplaceAllString(strings.TrimSpace(line), "$1$2")
			b := kaisei.Block{Kind: kaisei.BlockParagraph, Text: line, Page: n + 1}
			mark, _ := ja.Enumerator(line)
			switch {
			case line == "":
				continue
			case noteLine.MatchString(line):
				b.Kind = kaisei.BlockNote
				note = len(blocks)
			case topLine.MatchString(line):
				level := 1
				switch {
				case line[0] >= 'A' && line[0] <= 'E':
					level = 2
				case line[0] >= '0' && line[0] <= '9':
					level = 3
				}
				title, _, _ := strings.Cut(line, "各主体は")
				path = append(slices.Clone(path[:min(len(path), level-1)]), title)
				open, note = len(blocks), -1
			case note >= 0:
				blocks[note].Text += line
				continue
			case mark == "" && open >= 0 && !strings.HasSuffix(blocks[open].Text, "。"):
				blocks[open].Text += line
				continue
			default:
				open = len(blocks)
			}
			if mark != "" && b.Kind == kaisei.BlockParagraph {
				b.Kind = kaisei.BlockItem
			}
			b.Path = path
			blocks = append(blocks, b)
		}
	}
	return blocks
}

var (
	lawHeading = regexp.MustCompile(`^(#+) (.*)`)
	lawArticle = regexp.MustCompile(`^\*\*(第[^（*]*条[^（*]*)(（.*）)?\*\*　?(.*)`)
	lawNumber  = regexp.MustCompile(`^\*\*([０-９]+)\*\*　(.*)`)
)

// law reads a law in Markdown, one file per revision.
func law(t testing.TB, file string) []kaisei.Block {
	t.Helper()
	_, body, _ := strings.Cut(strings.TrimPrefix(read(t, file), "---"), "\n---\n")
	var blocks []kaisei.Block
	var path []string
	part, article := "", ""
	paragraph, item, annex := 0, 0, 0
	add := func(kind kaisei.BlockKind, text, key string, more ...string) {
		p := slices.Clone(path)
		blocks = append(blocks, kaisei.Block{Kind: kind, Text: text, Path: append(p, more...), Key: key})
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if m := lawHeading.FindStringSubmatch(line); m != nil {
			level := len(m[1]) - 2
			path = append(slices.Clone(path[:min(len(path), max(level-1, 0))]), m[2])
			if strings.Contains(m[2], "附則") || strings.Contains(m[2], "附　則") {
				annex++
				article = ""
				part = m[2] + strconv.Itoa(annex)
			}
			article = ""
			add(kaisei.BlockHeading, m[2], "")
			blocks[len(blocks)-1].Level = max(level, 1)
			continue
		}
		if m := lawArticle.FindStringSubmatch(line); m != nil {
			article = part + "/" + m[1]
			paragraph, item = 1, 0
			add(kaisei.BlockArticle, m[1]+m[2], article, m[1])
			if m[3] != "" {
				add(kaisei.BlockParagraph, m[3], article+"-1", m[1])
			}
			continue
		}
		if strings.HasPrefix(line, "**別表") {
			line, article = strings.Trim(line, "*"), ""
		}
		text, kind := line, kaisei.BlockParagraph
		if m := lawNumber.FindStringSubmatch(line); m != nil {
			text = m[1] + "　" + m[2]
			paragraph++
			item = 0
		} else if s, ok := strings.CutPrefix(line, "- "); ok {
			text, kind = s, kaisei.BlockItem
			item++
		} else {
			item++
		}
		key := ""
		if article != "" {
			key = article + "-" + strconv.Itoa(paragraph)
			if item > 0 {
				key += "-" + strconv.Itoa(item)
			}
		}
		add(kind, text, key, strings.TrimPrefix(article, part+"/"))
	}
	return blocks
}

// laws returns the revisions of every law in time order.
func laws(t testing.TB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	dirs, err := filepath.Glob(filepath.Join(corpus(t, "derived", "lawmd_revisions"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(files)
		out[filepath.Base(dir)] = files
	}
	return out
}

// show prints edits for people who run a test with -v.
func show(edits []kaisei.Edit) string {
	var s strings.Builder
	for _, e := range edits {
		path := e.PathAfter
		if path == nil {
			path = e.PathBefore
		}
		fmt.Fprintf(&s, "%-10s %-9s %s\n    ", e.Kind, e.BlockKind, strings.Join(path, " › "))
		for _, p := range e.Spans {
			switch p.Op {
			case kaisei.SpanInsert:
				s.WriteString("{+" + p.Text + "+}")
			case kaisei.SpanDelete:
				s.WriteString("[-" + p.Text + "-]")
			default:
				s.WriteString(p.Text)
			}
		}
		s.WriteByte('\n')
	}
	return s.String()
}
