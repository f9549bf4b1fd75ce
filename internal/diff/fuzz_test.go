package diff_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"kaisei/internal/diff"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// reconstruct checks that spans make both texts.
func reconstruct(t *testing.T, spans []kaisei.Span, before, after string) {
	t.Helper()
	var x, y strings.Builder
	for i, s := range spans {
		if s.Text == "" || i > 0 && spans[i-1].Op == s.Op {
			t.Errorf("span %d of %v is empty or goes on with the one before it", i, spans)
		}
		if s.Op != kaisei.SpanInsert {
			x.WriteString(s.Text)
		}
		if s.Op != kaisei.SpanDelete {
			y.WriteString(s.Text)
		}
	}
	if y.String() != after {
		t.Errorf("spans make %q, not %q", y.String(), after)
	}
	if got, want := wording(x.String()), wording(before); got != want && withoutHead(x.String()) != withoutHead(before) {
		t.Errorf("spans make %q, not %q", got, want)
	}
}

// noteHead is the number of a note with its sign, which is numbering and no wording: spans show it
// as the new text has it, and the old one beside it where only one of two texts has a number.
var noteHead = regexp.MustCompile(`^(?:[\s\x00-\x1f(\[（［]*(?:脚注|注釈|注|※|[*＊])?[ \x{3000}]*[0-9０-９]+[ \x{3000}\t)\]）］.．:：]*)+`)

func withoutHead(s string) string { return wording(noteHead.ReplaceAllString(s, "")) }

// wording is what equal texts have in common: their key without bullets and note numbers.
func wording(s string) string {
	s = ja.Key(s)
	return strings.Map(func(r rune) rune {
		if r == '#' || r >= '0' && r <= '9' || ja.EnumeratorLevel(string(r)) >= 200 || r == ' ' {
			return -1
		}
		return r
	}, s)
}

func FuzzInline(f *testing.F) {
	for _, s := range [][2]string{{"令和8年3月31日", "令和8年4月1日"}, {"AI 提供者", "ＡＩ提供者"}, {"か\u3099 ¹ m²", "が"}, {"○ a\n● b", "b - - c"},
		{"前掲脚注15", "前掲脚注24"}, {"foo bar", "foo、bar"}, {"第16条の2第1項", "第16条の3"}, {"a\u00ad b", "\uf0b2 ab"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if !utf8.ValidString(before) || !utf8.ValidString(after) {
			t.Skip()
		}
		reconstruct(t, diff.Inline(before, after), before, after)
		if got := diff.Inline(after, after); after != "" && (len(got) != 1 || got[0].Op != kaisei.SpanSame) {
			t.Errorf("a text differs from itself: %v", got)
		}
	})
}

func FuzzBlocks(f *testing.F) {
	f.Add("第1章 総則\n第一条 目的\n一　あああ", "第1章 総則\n第二条 目的\n二　いいい")
	f.Add("a\nb\nc\na\nb", "b\na\nc\nc")
	f.Add("注1 脚注\n1. x", "注2 脚注\n2. x")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			t.Skip()
		}
		kinds := []kaisei.BlockKind{kaisei.BlockParagraph, kaisei.BlockHeading, kaisei.BlockItem, kaisei.BlockNote, kaisei.BlockRow, kaisei.BlockArticle}
		make := func(s string) []kaisei.Block {
			var blocks []kaisei.Block
			var path []string
			for i, block := range lines(s) {
				block.Kind = kinds[len(block.Text)%len(kinds)]
				if block.Kind == kaisei.BlockHeading {
					block.Level = 1 + len(block.Text)%3
					path = append(path[:min(len(path), block.Level-1):min(len(path), block.Level-1)], block.Text)
				}
				if len(block.Text)%7 == 0 {
					block.Key = fmt.Sprint(i % 5)
				}
				block.Path = path
				blocks = append(blocks, block)
			}
			return blocks
		}
		prev, next := make(a), make(b)
		if edits := diff.Blocks(prev, prev); len(edits) > 0 {
			t.Errorf("a document differs from itself:\n%s", show(edits))
		}
		texts := func(blocks []kaisei.Block) map[string]int {
			m := map[string]int{}
			for _, b := range blocks {
				m[b.Text]++
			}
			return m
		}
		before, after := texts(prev), texts(next)
		for _, e := range diff.Blocks(prev, next) {
			if e.Kind != kaisei.EditAdded && !strings.Contains(e.Before, "\n") && before[e.Before] == 0 {
				t.Errorf("%q stands in no old block", e.Before)
			}
			if e.Kind != kaisei.EditRemoved && !strings.Contains(e.After, "\n") && after[e.After] == 0 {
				t.Errorf("%q stands in no new block", e.After)
			}
			reconstruct(t, e.Spans, e.Before, e.After)
		}
		if diff.TextHash(prev) == diff.TextHash(next) && len(diff.Blocks(prev, next)) > 0 {
			t.Error("equal hashes and edits")
		}
	})
}
