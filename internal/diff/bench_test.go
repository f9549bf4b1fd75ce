package diff_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

// sample returns a text of about size bytes with edits edits made in it: words of law and
// guideline replaced, put in and left out at even distances, and numbers where asked for.
func sample(t testing.TB, size, edits int, numbers bool) (before, after string) {
	t.Helper()
	var s strings.Builder
	files := laws(t)["415AC0000000057"]
	for _, b := range append(law(t, files[len(files)-1]), pages(t, "v1.1")...) {
		if s.Len() > size {
			break
		}
		s.WriteString(b.Text)
		s.WriteByte('\n')
	}
	before = s.String()
	lines := strings.SplitAfter(before, "\n")
	swap := [][2]string{{"しなければならない", "するよう努めなければならない"}, {"個人情報", "個人関連情報"}, {"措置", "必要な措置"}, {"提供", "利用"}, {"ときは", "場合には"}}
	if numbers {
		swap = append(swap, [2]string{"第一項", "第二項"})
	}
	r := rand.New(rand.NewPCG(62, 1))
	for n := range edits {
		at := (n*len(lines) + r.IntN(len(lines)/edits)) / edits
		for k := 0; ; k++ {
			w := swap[(n+k)%len(swap)]
			if k >= len(swap) {
				at, k = (at+1)%len(lines), 0
			}
			if strings.Contains(lines[at], w[0]) {
				lines[at] = strings.Replace(lines[at], w[0], w[1], 1)
				break
			}
		}
	}
	return before, strings.Join(lines, "")
}

// lines makes a block of every line.
func lines(s string) []kaisei.Block {
	var out []kaisei.Block
	for line := range strings.Lines(s) {
		out = append(out, kaisei.Block{Kind: kaisei.BlockParagraph, Text: strings.TrimSuffix(line, "\n")})
	}
	return out
}

func BenchmarkBlocks(b *testing.B) {
	before, after := sample(b, 300<<10, 62, true)
	b.Run("300 KB, 62 edits", func(b *testing.B) {
		x, y := lines(before), lines(after)
		b.ReportAllocs()
		for b.Loop() {
			diff.Blocks(x, y)
		}
	})
	b.Run("300 KB, equal", func(b *testing.B) {
		x, y := lines(before), lines(before)
		b.ReportAllocs()
		for b.Loop() {
			diff.Blocks(x, y)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(hostile())) {
		pair := hostile()[name]
		b.Run(name, func(b *testing.B) {
			x, y := lines(pair[0]), lines(pair[1])
			b.ReportAllocs()
			for b.Loop() {
				diff.Blocks(x, y)
			}
		})
	}
}

func BenchmarkInline(b *testing.B) {
	before, after := sample(b, 300<<10, 62, true)
	b.Run("clause", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			diff.Inline("個人情報取扱事業者は、利用目的を変更する場合には、変更前の利用目的と相当の関連性を有すると合理的に認められる範囲を超えて行ってはならない。",
				"個人情報取扱事業者は、利用目的を変更する場合には、変更前の利用目的と関連性を有すると合理的に認められる範囲を超えて行ってはならない。")
		}
	})
	b.Run("300 KB, 62 edits", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			diff.Inline(before, after)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(hostile())) {
		pair := hostile()[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				diff.Inline(pair[0], pair[1])
			}
		})
	}
}
