package accuracy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"kaisei/internal/extract"
	"kaisei/internal/extract/pdf"
	"kaisei/internal/kaisei"

	"golang.org/x/text/unicode/norm"
)

// childEnv marks a run of the test binary that is to be the process that reads PDFs.
const childEnv = "KAISEI_ACCURACY_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := pdf.Main(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// library reads the real documents as the product does.
type library struct {
	// root is the repository, corpus the folder of real documents beside it.
	root, corpus string
	reader       *extract.Extractor
	blocks       map[string][]kaisei.Block
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	corpus := filepath.Join(filepath.Dir(root), "shared", "corpus")
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the corpus of real documents is not here: %v", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &pdf.Worker{Command: []string{self}, Env: append(os.Environ(), childEnv+"=1"), CacheDir: filepath.Join(t.TempDir(), "code")}
	t.Cleanup(func() { w.Close() })
	return &library{root: root, corpus: corpus, reader: &extract.Extractor{PDF: w}, blocks: map[string][]kaisei.Block{}}
}

func (l *library) path(name string) string { return filepath.Join(l.corpus, filepath.FromSlash(name)) }

func (l *library) bytes(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(l.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// glob lists files of the corpus by their names inside it.
func (l *library) glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(l.path(pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	for i, f := range files {
		rel, err := filepath.Rel(l.corpus, f)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.ToSlash(rel)
	}
	return files
}

// read returns the blocks of a document of the corpus. They are shared: callers clone.
func (l *library) read(t testing.TB, name string) []kaisei.Block {
	t.Helper()
	if b, ok := l.blocks[name]; ok {
		return b
	}
	b := l.parse(t, name, l.bytes(t, name))
	l.blocks[name] = b
	return b
}

func (l *library) parse(t testing.TB, name string, body []byte) []kaisei.Block {
	t.Helper()
	r, err := l.reader.Read(context.Background(), extract.Input{Body: body, URL: "https://www.example.go.jp/" + name})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r.Blocks
}

// radicals are the look-alikes that fonts put in the place of ideographs and NFKC leaves.
var radicals = strings.NewReplacer("⻑", "長", "⺠", "民", "⻘", "青", "⻄", "西", "⻝", "食", "⻤", "鬼", "⻩", "黄", "⻲", "亀", "⺟", "母", "⻭", "歯", "⻫", "斉")

// squeeze folds widths and look-alikes and drops every space.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u00ad' {
			return -1
		}
		return r
	}, radicals.Replace(norm.NFKC.String(s)))
}

// bare leaves letters only: what readers and transcribers do to signs, note marks and
// spaces plays no part in it.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, squeeze(s))
}

func trail(p []string) string { return strings.Join(p, " › ") }

// show prints an edit for people who run the tests with -v.
func show(e kaisei.Edit) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s [%s] → [%s]\n    ", e.Kind, e.BlockKind, trail(e.PathBefore), trail(e.PathAfter))
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
	if len(e.Spans) == 0 {
		s.WriteString("[-" + e.Before + "-]{+" + e.After + "+}")
	}
	return s.String()
}
