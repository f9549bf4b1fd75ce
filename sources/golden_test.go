package sources

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/encoding/japanese"

	"kaisei/internal/kaisei"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata")

// TestTargetsOfPagesInTheShapeOfRealOnes reads testdata/*.txtar. The comment of a file gives url, as,
// type, charset, at; "source" names a catalogue row, or source.toml defines one; "in" is
// the page and "want" the targets.
func TestTargetsOfPagesInTheShapeOfRealOnes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := goldenTargets(t, a)
			want := section(a, "want")
			if *update {
				setSection(a, "want", got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("targets differ (-want +got):\n%s", diff)
			}
		})
	}
}

func goldenTargets(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	opt := options(a)
	var extra []File
	if src := section(a, "source.toml"); src != "" {
		extra = append(extra, File{Name: "source.toml", Data: []byte(src)})
	}
	c, err := Load(extra...)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Source(opt["source"])
	if !ok {
		t.Fatalf("no source %q", opt["source"])
	}
	body := []byte(section(a, "in"))
	if opt["charset"] == "Shift_JIS" {
		if body, err = japanese.ShiftJIS.NewEncoder().Bytes(body); err != nil {
			t.Fatal(err)
		}
	}
	c2 := kaisei.Capture{Body: body}
	c2.URL = s.URL
	if opt["url"] != "" {
		c2.URL = opt["url"]
	}
	c2.MediaType = opt["type"]
	c2.Header = map[string]string{"Content-Type": opt["type"]}
	c2.At = time.Date(2026, time.August, 1, 0, 0, 0, 0, time.UTC)
	targets, err := c.Targets(s, c2, kaisei.FollowAs(opt["as"]))
	return show(targets, err)
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func setSection(a *txtar.Archive, name, text string) {
	for i, f := range a.Files {
		if f.Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}

// show prints targets for reading.
func show(targets []kaisei.Target, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "fault %s\n", err)
	}
	for _, t := range targets {
		fmt.Fprintf(&b, "%s %s\n", t.As, t.URL)
		for _, f := range []struct{ name, v string }{
			{"document", t.Document}, {"key", t.Key}, {"title", t.Title}, {"label", t.Label}, {"published", t.Published.String()},
			{"layer", string(t.Layer)}, {"language", t.Language}, {"same as", t.SameAs}, {"translates", t.Translates}, {"format", t.Format},
		} {
			if f.v != "" {
				fmt.Fprintf(&b, "  %s: %s\n", f.name, f.v)
			}
		}
		for _, p := range t.Places {
			fmt.Fprintf(&b, "  also %s: %s %s\n", p.Kind, p.Source, p.URL)
		}
		if !t.Relevant {
			fmt.Fprintf(&b, "  not relevant\n")
		}
		for _, bl := range t.Blocks {
			fmt.Fprintf(&b, "  | %s %s", bl.Kind, strings.Join(bl.Path, " › "))
			if bl.Key != "" {
				fmt.Fprintf(&b, " #%s", bl.Key)
			}
			fmt.Fprintf(&b, ": %s\n", bl.Text)
		}
	}
	return b.String()
}

// goldenCapture is the page of a golden file as bytes.
type goldenCapture struct {
	source string
	body   []byte
}

func goldenCaptures(t testing.TB) []goldenCapture {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var out []goldenCapture
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		opt := options(a)
		body := []byte(section(a, "in"))
		if opt["charset"] == "Shift_JIS" {
			if body, err = japanese.ShiftJIS.NewEncoder().Bytes(body); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, goldenCapture{opt["source"], body})
	}
	return out
}

// options reads the "name: value" lines of a golden file's comment.
func options(a *txtar.Archive) map[string]string {
	opt := map[string]string{}
	for line := range strings.Lines(string(a.Comment)) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			opt[k] = v
		}
	}
	return opt
}
