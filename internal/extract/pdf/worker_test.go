package pdf

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// sharedCache keeps compiled code between the tests of one run.
var sharedCache = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "kaisei-pdf-test") })

func newWorker(t testing.TB) *Worker {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := sharedCache()
	if err != nil {
		t.Fatal(err)
	}
	w := &Worker{Command: []string{self}, Env: []string{childEnv + "=1"}, CacheDir: dir}
	t.Cleanup(func() { w.Close() })
	return w
}

func onePage() []byte {
	return document(400, 300, say(50, 200, 10, "この文書は、一つの文だけからなる。"))
}

func TestReadKeepsTheChildForTheNextDocument(t *testing.T) {
	w := newWorker(t)
	for range 3 {
		r, err := w.Read(t.Context(), onePage())
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Blocks) != 1 || r.Blocks[0].Text != "この文書は、一つの文だけからなる。" {
			t.Fatalf("blocks %+v", r.Blocks)
		}
	}
	if w.child == nil || w.child.served != 3 {
		t.Fatal("the child did not serve all three documents")
	}
}

func TestReadStartsAnotherChildWhenTheOldOneHasDied(t *testing.T) {
	w := newWorker(t)
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatal(err)
	}
	old := w.child.cmd.Process.Pid
	w.child.kill()
	<-w.child.done
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatal(err)
	}
	if w.child.cmd.Process.Pid == old {
		t.Fatal("the dead child answered")
	}
}

func TestReadReplacesAChildThatHasServedEnough(t *testing.T) {
	w := newWorker(t)
	w.MaxDocuments = 1
	for range 2 {
		if _, err := w.Read(t.Context(), onePage()); err != nil {
			t.Fatal(err)
		}
		if w.child != nil {
			t.Fatal("the child is still there")
		}
	}
}

func TestReadNamesTheCauseOfWhatItCannotRead(t *testing.T) {
	whole := document(400, 300, strings.Repeat(say(50, 200, 10, "半分に切られた文書は壊れている。"), 30))
	encrypted, err := os.ReadFile(filepath.Join("testdata", "encrypted.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	blank := make([]string, DefaultMaxPages+1000)
	image := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>"
	scan := pdfFile("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", image,
		"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>\nstream\nx\nendstream", stream([]byte("100 0 0 100 0 0 cm /I Do")))
	w := newWorker(t)
	for name, c := range map[string]struct {
		body   []byte
		cause  kaisei.Cause
		detail string
	}{
		"nothing":        {nil, kaisei.CauseDecode, "header"},
		"garbage":        {bytes.Repeat([]byte("garbage"), 1000), kaisei.CauseDecode, "header"},
		"only a header":  {[]byte("%PDF-1.7\n" + strings.Repeat("x", 5000)), kaisei.CauseDecode, "fetch it again"},
		"cut in half":    {whole[:len(whole)/2], kaisei.CauseDecode, ""},
		"encrypted":      {encrypted, kaisei.CauseEncrypted, "password"},
		"too many pages": {document(100, 100, blank...), kaisei.CauseLimit, "pages"},
		"no text":        {document(100, 100, "", ""), kaisei.CauseNoText, "no Japanese text on 2 pages"},
		"a scan":         {scan, kaisei.CauseNoText, "images without text: page 1"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := w.Read(t.Context(), c.body)
			if kaisei.CauseOf(err) != c.cause || !strings.Contains(err.Error(), c.detail) {
				t.Fatalf("read %+v, error %v", r, err)
			}
		})
	}
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatalf("the worker does not read on: %v", err)
	}
}

func TestReadRefusesADocumentOverTheSizeLimitWithoutAskingTheChild(t *testing.T) {
	w := &Worker{}
	_, err := w.Read(t.Context(), make([]byte, MaxBody+1))
	if kaisei.CauseOf(err) != kaisei.CauseLimit {
		t.Fatal(err)
	}
}

func TestReadRefusesMoreGlyphsThanTheLimit(t *testing.T) {
	w := newWorker(t)
	w.MaxGlyphs = 100
	text := say(50, 200, 10, strings.Repeat("字", 60))
	if _, err := w.Read(t.Context(), document(400, 300, text)); err != nil {
		t.Fatal(err)
	}
	_, err := w.Read(t.Context(), document(400, 300, text, text))
	if kaisei.CauseOf(err) != kaisei.CauseLimit || !strings.Contains(err.Error(), "page 2") {
		t.Fatal(err)
	}
}

func TestReadEndsAFlateBombWithinItsLimits(t *testing.T) {
	line := say(10, 10, 10, strings.Repeat("爆弾", 100))
	bomb := document(400, 300, strings.Repeat(line, 100_000))
	t.Logf("%d bytes hold %d", len(bomb), len(line)*100_000)
	w := newWorker(t)
	w.Timeout = 4 * time.Second
	began := time.Now()
	_, err := w.Read(t.Context(), bomb)
	if c := kaisei.CauseOf(err); c != kaisei.CauseLimit && c != kaisei.CauseTimeout {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Fatalf("took %v", took)
	}
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatalf("the worker does not read on: %v", err)
	}
}

func TestReadKillsAChildAtTheDeadline(t *testing.T) {
	w := newWorker(t)
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatal(err)
	}
	w.Timeout = 50 * time.Millisecond
	pages := make([]string, 1000)
	for i := range pages {
		pages[i] = strings.Repeat(say(10, 10, 10, "時間のかかる文書"), 200)
	}
	_, err := w.Read(t.Context(), document(400, 300, pages...))
	if kaisei.CauseOf(err) != kaisei.CauseTimeout {
		t.Fatal(err)
	}
	if w.child != nil {
		t.Fatal("the child lives")
	}
}

func TestReadStopsWhenItIsTold(t *testing.T) {
	w := newWorker(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Read(ctx, onePage()); kaisei.CauseOf(err) != kaisei.CauseTimeout {
		t.Fatal(err)
	}
}

func TestReadSaysThatTheExecutableDoesNotServe(t *testing.T) {
	for _, command := range [][]string{nil, {"/nonexistent/kaisei"}, {"true"}, {"echo", "hello"}} {
		w := &Worker{Command: command}
		if _, err := w.Read(t.Context(), onePage()); kaisei.CauseOf(err) != kaisei.CauseInternal {
			t.Errorf("%q: %v", command, err)
		}
		w.Close()
	}
}

func TestReadMakesAPrivateCacheAndRefusesASharedOne(t *testing.T) {
	w := newWorker(t)
	dir, err := prepareCache(filepath.Join(t.TempDir(), "new"))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	w.CacheDir = t.TempDir()
	if err := os.Chmod(w.CacheDir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Read(t.Context(), onePage()); err == nil || !strings.Contains(err.Error(), "0700") {
		t.Fatalf("a cache that others can see was used: %v", err)
	}
}

func TestReadTakesAnEnglishDocumentAndSaysSo(t *testing.T) {
	w := newWorker(t)
	text := say(20, 200, 6, strings.Repeat("These are guidelines. ", 5))
	r, err := w.Read(t.Context(), document(400, 300, text, text, text))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(r.Notes) != "[no Japanese text]" {
		t.Fatal(r.Notes)
	}
}

func TestPageListWritesRanges(t *testing.T) {
	if got := pageList([]int{1, 2, 3, 7, 9, 10}); got != "1–3, 7, 9–10" {
		t.Fatal(got)
	}
}
