package diff_test

import (
	"os"
	"path/filepath"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"

	"github.com/rivo/uniseg"
	znkr "znkr.io/diff"
)

// TestInlineMarksHardlyMoreThanTheLeastPossible measures against the shortest script
// over grapheme clusters. Numbers change as a whole, so they are counted apart.
func TestInlineMarksHardlyMoreThanTheLeastPossible(t *testing.T) {
	for _, numbers := range []bool{false, true} {
		before, after := sample(t, 300<<10, 62, numbers)
		ratio := marksAgainstLeast(t, before, after)
		if !numbers && ratio > 1.02 {
			t.Errorf("%.3f times the least possible", ratio)
		}
	}
}

func marksAgainstLeast(t *testing.T, before, after string) float64 {
	clusters := func(s string) []string {
		var out []string
		g := uniseg.NewGraphemes(s)
		for g.Next() {
			out = append(out, g.Str())
		}
		return out
	}
	least := 0
	for _, e := range znkr.Edits(clusters(before), clusters(after), znkr.Minimal()) {
		if e.Op != znkr.Match {
			least++
		}
	}
	count := func(spans []kaisei.Span) (n int) {
		for _, s := range spans {
			if s.Op != kaisei.SpanSame {
				n += uniseg.GraphemeClusterCount(s.Text)
			}
		}
		return n
	}
	inline := count(diff.Inline(before, after))
	blocks := 0
	edits := diff.Blocks(lines(before), lines(after))
	for _, e := range edits {
		blocks += count(e.Spans)
	}
	t.Logf("%d bytes; least %d characters, inline %d (%.3f), by %d edits %d (%.3f)", len(before), least,
		inline, float64(inline)/float64(least), len(edits), blocks, float64(blocks)/float64(least))
	ratio := float64(max(inline, blocks)) / float64(least)
	if dir := os.Getenv("KAISEI_DIFF_SAMPLE"); dir != "" {
		// For a comparison with other tools by hand.
		for name, s := range map[string]string{"before.txt": before, "after.txt": after} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return ratio
}
