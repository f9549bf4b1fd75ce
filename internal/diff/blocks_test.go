package diff_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// outline reads blocks from lines: "# heading", "## heading", "! article", "| row", "* note",
// "@key text" for a block with a key, anything else a paragraph or, with an
// enumerator, an item.
func outline(s string) []kaisei.Block {
	var out []kaisei.Block
	var path []string
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		b := kaisei.Block{Kind: kaisei.BlockParagraph, Text: line}
		if key, text, found := strings.Cut(strings.TrimPrefix(line, "@"), " "); found && line[0] == '@' {
			b.Key, b.Text = key, text
		}
		switch text := b.Text; {
		case strings.HasPrefix(text, "#"):
			b.Kind, b.Level = kaisei.BlockHeading, strings.Count(strings.Fields(text)[0], "#")
			b.Text = strings.TrimSpace(text[b.Level:])
			path = append(path[:min(len(path), b.Level-1):min(len(path), b.Level-1)], b.Text)
		case strings.HasPrefix(text, "! "):
			b.Kind, b.Text = kaisei.BlockArticle, text[2:]
		case strings.HasPrefix(text, "| "):
			b.Kind, b.Text = kaisei.BlockRow, text[2:]
		case strings.HasPrefix(text, "* "):
			b.Kind, b.Text = kaisei.BlockNote, text[2:]
		default:
			if mark, _ := ja.Enumerator(text); mark != "" {
				b.Kind = kaisei.BlockItem
			}
		}
		b.Path = path
		out = append(out, b)
	}
	return out
}

// TestBlocksReadsLikeAnEditor holds the golden files: each is a story of two texts
// (before, after) and what is said of them (want).
func TestBlocksReadsLikeAnEditor(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			section := map[string]*[]byte{}
			for i := range a.Files {
				section[a.Files[i].Name] = &a.Files[i].Data
			}
			prev, next := outline(string(*section["before"])), outline(string(*section["after"]))
			edits := diff.Blocks(prev, next)
			got := show(edits)
			for _, e := range edits {
				reconstruct(t, e.Spans, e.Before, e.After)
			}
			if *update {
				*section["want"] = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(*section["want"]); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestTextHashIsEqualForPrintOnly(t *testing.T) {
	prev := outline("# 第1部 AI とは\n① 民間の長は、（例）を示す。\n* 6 消費者を支援する。\n➢ 対象")
	same := outline("# 第１部　AIとは\n①民間の⻑は、(例)を示す。\n* 15 消費者を支援する。\n⚫ 対象")
	for _, other := range []string{
		"# 第2部 AI とは\n① 民間の長は、（例）を示す。\n* 6 消費者を支援する。\n➢ 対象",
		"# 第1部 AI とは\n② 民間の長は、（例）を示す。\n* 6 消費者を支援する。\n➢ 対象",
		"# 第1部 AI とは\n① 民間の長は、（例）を示した。\n* 6 消費者を支援する。\n➢ 対象",
	} {
		if diff.TextHash(outline(other)) == diff.TextHash(prev) {
			t.Errorf("equal hashes for %q", other)
		}
		if len(diff.Blocks(prev, outline(other))) != 1 {
			t.Errorf("not one edit for %q", other)
		}
	}
	if diff.TextHash(prev) != diff.TextHash(same) {
		t.Error("different hashes for a difference in print")
	}
	if edits := diff.Blocks(prev, same); len(edits) > 0 {
		t.Errorf("edits for a difference in print:\n%s", show(edits))
	}
}

func TestARowThatIsReadAsAParagraphIsTheSameWords(t *testing.T) {
	row := []kaisei.Block{{Kind: kaisei.BlockParagraph, Text: "次の表による。"}, {Kind: kaisei.BlockRow, Text: " | AIの使用範囲 | "}, {Kind: kaisei.BlockRow, Text: "政府内 | 外部"}}
	alone := []kaisei.Block{row[0], {Kind: kaisei.BlockParagraph, Text: "| AIの使用範囲"}, row[2]}
	if got := diff.Blocks(row, alone); len(got) > 0 {
		t.Errorf("got %+v", got)
	}
}

func TestBlocksOfEmptyReadings(t *testing.T) {
	some := outline("# 第1部\n本文である。")
	for _, c := range []struct {
		prev, next []kaisei.Block
		kind       kaisei.EditKind
		n          int
	}{{nil, nil, "", 0}, {some, nil, kaisei.EditRemoved, 2}, {nil, some, kaisei.EditAdded, 2}} {
		edits := diff.Blocks(c.prev, c.next)
		if len(edits) != c.n {
			t.Errorf("%d edits, want %d", len(edits), c.n)
		}
		for _, e := range edits {
			if e.Kind != c.kind {
				t.Errorf("%s, want %s", e.Kind, c.kind)
			}
		}
	}
}

func TestEditsQuoteBothSidesAsPrinted(t *testing.T) {
	prev := []kaisei.Block{{Kind: kaisei.BlockItem, Path: []string{"第1部", "①"}, Text: "① 事業者は、（安全）に努める。", Page: 3}}
	next := []kaisei.Block{{Kind: kaisei.BlockItem, Path: []string{"第１部", "②"}, Text: "②事業者は、(安全)に努めなければならない。", Page: 5, Key: "k"}}
	edits := diff.Blocks(prev, next)
	if len(edits) != 1 {
		t.Fatalf("%d edits", len(edits))
	}
	e := edits[0]
	if e.Kind != kaisei.EditChanged || e.Before != prev[0].Text || e.After != next[0].Text || e.PageBefore != 3 || e.PageAfter != 5 ||
		e.PathBefore[0] != "第1部" || e.PathAfter[0] != "第１部" || e.Key != "k" || e.BlockKind != kaisei.BlockItem {
		t.Errorf("%+v", e)
	}
}
