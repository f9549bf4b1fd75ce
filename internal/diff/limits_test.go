package diff

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// clauses returns n different clauses of which every one ends in the same way.
func clauses(n int, ending string) []kaisei.Block {
	blocks := make([]kaisei.Block, n)
	for i := range blocks {
		c := func(k int) string { return string(rune(0x4e00 + (i*7919+k*104729)%0x5000)) }
		blocks[i] = kaisei.Block{Kind: kaisei.BlockParagraph, Text: c(1) + c(2) + c(3) + c(4) + "事業者は、" + c(5) + c(6) + c(7) + c(8) + ending}
	}
	return blocks
}

func TestMorePairsThanTheLimitAreComparedByRareSequences(t *testing.T) {
	n := 1
	for n*n <= maxPairs {
		n++
	}
	for _, n := range []int{n - 1, n, 3 * n} {
		edits := Blocks(clauses(n, "に努める。"), clauses(n, "を行わなければならない。"))
		if len(edits) != n {
			t.Errorf("%d clauses changed, %d edits", n, len(edits))
		}
		for _, e := range edits {
			if e.Kind != kaisei.EditChanged {
				t.Fatalf("%d clauses: %s %q", n, e.Kind, e.After)
			}
		}
	}
}

func TestMoreBlocksThanTheLimitAreComparedFast(t *testing.T) {
	prev := make([]kaisei.Block, maxExactBlocks)
	for i := range prev {
		prev[i] = kaisei.Block{Kind: kaisei.BlockRow, Text: fmt.Sprint(i % 7)}
	}
	next := append(append([]kaisei.Block(nil), prev[:100]...), prev[103:]...)
	if edits := Blocks(prev, next); len(edits) == 0 || len(edits) > 20 {
		t.Errorf("%d edits for three rows", len(edits))
	}
}

func TestMoreTokensThanTheLimitAreComparedFast(t *testing.T) {
	text := strings.Repeat("国は努める", maxExactTokens/4)
	spans := Inline(text, strings.Replace(text, "国", "県", 1)+"。")
	var after strings.Builder
	for _, s := range spans {
		if s.Op != kaisei.SpanDelete {
			after.WriteString(s.Text)
		}
	}
	if after.String() != strings.Replace(text, "国", "県", 1)+"。" {
		t.Error("the spans do not make the text")
	}
}

func TestATextBeyondTheLimitIsShownAsReplaced(t *testing.T) {
	before := strings.Repeat("あ", maxInline/6+1)
	spans := Inline(before, before+"い")
	if len(spans) != 2 || spans[0].Op != kaisei.SpanDelete || spans[1].Op != kaisei.SpanInsert {
		t.Errorf("%d spans", len(spans))
	}
}

func TestABlockInMorePartsThanTheLimitIsNotOneClause(t *testing.T) {
	for parts, want := range map[int]int{maxParts: 0, maxParts + 1: 1} {
		var whole string
		var next []kaisei.Block
		for i := range parts {
			part := string(rune(0x4e00+i)) + "事業者は、これを行う。"
			whole += part
			next = append(next, kaisei.Block{Kind: kaisei.BlockParagraph, Text: part})
		}
		edits := Blocks([]kaisei.Block{{Kind: kaisei.BlockParagraph, Text: whole}}, next)
		if min(len(edits), 1) != want {
			t.Errorf("%d parts: %d edits", parts, len(edits))
		}
	}
}

func TestOnlyTheBeginningOfALongBlockIsCompared(t *testing.T) {
	u := unit{key: strings.Repeat("国法", maxGrams)}
	if n := len(u.sequences()); n > maxGrams {
		t.Errorf("%d sequences", n)
	}
}

func TestChainKeepsTheHeaviestLinksInOrder(t *testing.T) {
	got := chain([]link{{0, 5, 1}, {1, 1, 3}, {2, 2, 3}, {3, 0, 5}, {4, 4, 1}, {4, 3, 2}})
	if fmt.Sprint(got) != "[{1 1 3} {2 2 3} {4 3 2}]" {
		t.Error(got)
	}
	if got := chain(nil); len(got) != 0 {
		t.Error(got)
	}
}
