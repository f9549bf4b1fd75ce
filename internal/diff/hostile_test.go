package diff_test

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/diff"
)

// noise returns a text of size bytes of random ideographs in lines of n characters,
// all below the limit after first.
func noise(size, n int, first, limit rune) string {
	r := rand.New(rand.NewPCG(uint64(first), 2))
	var s strings.Builder
	for i := 1; s.Len() < size; i++ {
		s.WriteRune(first + rune(r.IntN(int(limit-first))))
		if i%n == 0 {
			s.WriteByte('\n')
		}
	}
	return s.String()
}

// hostile are pairs of texts that diff algorithms are slow on, 1 MB each.
func hostile() map[string][2]string {
	const mb = 1 << 20
	shuffled := func(seed uint64) string {
		r := rand.New(rand.NewPCG(seed, 9))
		words := strings.Split("この 法律 は 個人 情報 の 保護 に 関する 事業者 が 提供 する 措置 を 定め る 。 、 第一項 及び 又は 規定 により", " ")
		var s strings.Builder
		for i := 0; s.Len() < mb; i++ {
			s.WriteString(words[r.IntN(len(words))])
			if i%40 == 39 {
				s.WriteString("。\n")
			}
		}
		return s.String()
	}
	return map[string][2]string{
		"unrelated":               {noise(mb, 120, 0x4e00, 0x6fff), noise(mb, 120, 0x7000, 0x9fff)},
		"unrelated, common signs": {noise(mb, 120, 0x4e00, 0x5200), noise(mb, 120, 0x5000, 0x5400)},
		"unrelated prose":         {shuffled(1), shuffled(2)},
		"unrelated without lines": {noise(mb, 1<<30, 0x4e00, 0x5200), noise(mb, 1<<30, 0x5000, 0x5400)},
		"repetitive":              {strings.Repeat("あいう。\n", mb/13), strings.Repeat("あい。\nあいう。\n", mb/23)},
		"repetitive one line":     {strings.Repeat("あい", mb/6), strings.Repeat("あいう", mb/9)},
		"one character":           {strings.Repeat("あ", mb/3), strings.Repeat("あ", mb/3-500) + "い"},
		"reversed":                {noise(mb, 40, 0x4e00, 0x9fff), reverse(noise(mb, 40, 0x4e00, 0x9fff))},
		"short lines":             {noise(mb, 2, 0x4e00, 0x4e40), noise(mb, 2, 0x4e20, 0x4e60)},
	}
}

func reverse(s string) string {
	l := strings.SplitAfter(s, "\n")
	for i, j := 0, len(l)-1; i < j; i, j = i+1, j-1 {
		l[i], l[j] = l[j], l[i]
	}
	return strings.Join(l, "")
}

// slow is how long a comparison of hostile texts may take in a test. It is a hundred
// times what it takes (docs/benchmarks.md), since a test machine may be busy; work that
// grows with the square of the text takes longer still.
const slow = time.Minute

func TestHostileTextsAreComparedInBoundedTimeAndMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, name := range slices.Sorted(maps.Keys(hostile())) {
		pair := hostile()[name]
		for _, way := range []string{"blocks", "inline"} {
			t.Run(name+" "+way, func(t *testing.T) {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				start := time.Now()
				if way == "blocks" {
					diff.Blocks(lines(pair[0]), lines(pair[1]))
				} else {
					diff.Inline(pair[0], pair[1])
				}
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				t.Logf("%v, %d MB allocated in all", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
				if took > slow {
					t.Errorf("took %v", took)
				}
			})
		}
	}
}
