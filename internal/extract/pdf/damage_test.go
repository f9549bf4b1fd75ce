package pdf

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFlippedAndMissingBytesOfAPDFAreFound(t *testing.T) {
	var pages []string
	for range 20 {
		pages = append(pages, say(60, 700, 10, strings.Repeat("事業者は、記録を保存するものとする。", 3)))
	}
	whole := document(595, 842, pages...)
	if d := Damage(whole); d != "" {
		t.Fatalf("a whole file is called damaged: %s", d)
	}
	// Junk before the header and behind the end is common, and no damage.
	if d := Damage(append([]byte("\r\n"), append(bytes.Clone(whole), "\r\n\r\n"...)...)); d != "" {
		t.Errorf("junk around the file: %s", d)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 50 {
		spoilt := bytes.Clone(whole)
		at := bytes.Index(spoilt, []byte("stream\n")) + 9 + r.IntN(40) // in the first stream
		spoilt[at] ^= byte(1 + r.IntN(255))
		if Damage(spoilt) == "" {
			t.Errorf("round %d: a flipped byte at %d was not found", i, at)
		}
	}
	for _, n := range []int{len(whole) / 4, len(whole) / 2, len(whole) - 30} {
		if Damage(whole[:n]) == "" {
			t.Errorf("a file cut at %d of %d is called whole", n, len(whole))
		}
	}
	moved := bytes.Replace(whole, []byte("1 0 obj"), []byte("1 0 obj"+strings.Repeat(" ", 500)), 1)
	if Damage(moved) == "" {
		t.Error("a table of objects that is elsewhere was not missed")
	}
}

func TestNoRealPDFIsCalledDamaged(t *testing.T) {
	files, _ := filepath.Glob("../../../../shared/corpus/*/*.pdf")
	more, _ := filepath.Glob("../../../../shared/corpus/*/*/*.pdf")
	if files = append(files, more...); len(files) == 0 {
		t.Skip("the corpus of real documents (../shared/corpus) is not here")
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if d := Damage(body); d != "" {
			t.Errorf("%s: %s", f, d)
		}
	}
}

func FuzzDamage(f *testing.F) {
	f.Add(document(595, 842, say(60, 700, 10, "本文")))
	f.Fuzz(func(t *testing.T, body []byte) { Damage(body) })
}
