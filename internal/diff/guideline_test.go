package diff_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"kaisei/internal/diff"
	"kaisei/internal/extract"
	"kaisei/internal/extract/pdf"
	"kaisei/internal/kaisei"
)

// childEnv marks a run of the test binary that is to be the process that reads PDFs.
const childEnv = "KAISEI_DIFF_TEST_CHILD"

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

// readFiles reads files of any format as the product does.
func readFiles(t *testing.T, files ...string) [][]kaisei.Block {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &pdf.Worker{Command: []string{self}, Env: append(os.Environ(), childEnv+"=1")}
	defer w.Close()
	x := &extract.Extractor{PDF: w}
	var out [][]kaisei.Block
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := x.Read(context.Background(), extract.Input{Body: body, URL: "file:///" + filepath.Base(file)})
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		out = append(out, r.Blocks)
	}
	return out
}

// bare leaves letters only, so that what pdf readers and transcribers do to signs, note marks and
// spaces plays no part in the check.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, squeeze(s))
}

var contentsLine = regexp.MustCompile(`\.{6,}|…{3,}`)

// transcribed returns the sentences of the transcription, bare, without the table of contents.
func transcribed(t *testing.T, version string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus(t, "guideline", version), "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	out := map[string]bool{}
	add := func(s string) {
		for _, sentence := range strings.FieldsFunc(s, func(r rune) bool { return r == '。' }) {
			if b := bare(sentence); len([]rune(b)) >= 8 {
				out[b] = true
			}
		}
	}
	for _, file := range files {
		for line := range strings.Lines(read(t, file)) {
			if !contentsLine.MatchString(line) {
				add(line)
			}
		}
	}
	return out
}

// TestGuidelineEditsHoldEverySentenceThatIsNewOrGone compares the two published
// versions of the AI guideline for business and checks the edits against the page texts,
// line by line, with another normalisation than the comparison uses.
func TestGuidelineEditsHoldEverySentenceThatIsNewOrGone(t *testing.T) {
	both := readFiles(t, corpus(t, "guideline", "20250328_1.pdf"), corpus(t, "guideline", "20260331_1.pdf"))
	prev, next := both[0], both[1]
	edits := diff.Blocks(prev, next)
	old, new := transcribed(t, "v1.1"), transcribed(t, "v1.2")
	var wholeOld, wholeNew strings.Builder
	for _, b := range prev {
		wholeOld.WriteString(bare(b.Text))
	}
	for _, b := range next {
		wholeNew.WriteString(bare(b.Text))
	}
	var before, after strings.Builder
	for _, e := range edits {
		before.WriteString("\n" + bare(e.Before))
		after.WriteString("\n" + bare(e.After))
	}
	check := func(what string, from, to map[string]bool, whole, edited string) {
		differ, stand, unread := 0, 0, 0
		for s := range from {
			// What stands somewhere in the other version as read is not new, however its
			// lines were broken; what the reader did not find is the reader's to answer for.
			if to[s] || strings.Contains(map[bool]string{true: wholeOld.String(), false: wholeNew.String()}[what == "new"], s) {
				continue
			}
			if !strings.Contains(whole, s) {
				unread++
				continue
			}
			differ++
			if strings.Contains(edited, s) {
				stand++
			} else {
				t.Logf("%s, and in no edit: %s", what, s)
			}
		}
		recall := float64(stand) / float64(max(differ, 1))
		t.Logf("%s: %d sentences, %d of them in an edit: recall %.4f; %d more are broken otherwise by the reader", what, differ, stand, recall, unread)
		if recall < 0.99 {
			t.Errorf("%s: recall %.4f", what, recall)
		}
	}
	check("new", new, old, wholeNew.String(), after.String())
	check("gone", old, new, wholeOld.String(), before.String())
	kinds := map[kaisei.EditKind]int{}
	real := 0
	for _, e := range edits {
		kinds[e.Kind]++
		differs := false
		switch {
		case e.Kind == kaisei.EditRenumbered, e.Kind == kaisei.EditMoved:
			differs = true
		case e.Kind == kaisei.EditAdded:
			differs = !strings.Contains(wholeOld.String(), bare(e.After)) || bare(e.After) == ""
		case e.Kind == kaisei.EditRemoved:
			differs = !strings.Contains(wholeNew.String(), bare(e.Before)) || bare(e.Before) == ""
		default:
			differs = squeeze(e.Before) != squeeze(e.After)
		}
		if differs {
			real++
		} else {
			t.Logf("no difference: %s", show([]kaisei.Edit{e}))
		}
	}
	precision := float64(real) / float64(len(edits))
	t.Logf("%d and %d blocks, %d edits %v, %.4f of them real", len(prev), len(next), len(edits), kinds, precision)
	if precision < 0.97 {
		t.Errorf("%.4f of the edits hold a difference", precision)
	}
	for _, want := range []string{"AIエージェント", "エージェンティックAI", "フィジカルAI", "アルゴリズム、", "人工知能関連技術の研究開発及び活用の推進に関する法律", "D.広島AIプロセス"} {
		if !slices.ContainsFunc(edits, func(e kaisei.Edit) bool {
			return slices.ContainsFunc(e.Spans, func(s kaisei.Span) bool {
				return s.Op == kaisei.SpanInsert && strings.Contains(squeeze(s.Text), want)
			}) || strings.Contains(squeeze(e.After), want) && !strings.Contains(squeeze(e.Before), want)
		}) {
			t.Errorf("%s is shown nowhere", want)
		}
	}
	if testing.Verbose() {
		t.Log(show(edits))
	}
}
