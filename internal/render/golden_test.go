package render

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"kaisei/internal/kaisei"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// goldens runs want on in.json of every archive below testdata/dir and compares what it
// returns, by name, with the archive's other files.
func goldens(t *testing.T, dir string, want func(t *testing.T, in []byte) map[string]string, order []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens in testdata/%s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			have := map[string]string{}
			for _, f := range a.Files {
				have[f.Name] = string(f.Data)
			}
			got := want(t, []byte(have["in.json"]))
			if *update {
				out := &txtar.Archive{Comment: a.Comment, Files: []txtar.File{{Name: "in.json", Data: []byte(have["in.json"])}}}
				for _, name := range order {
					out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(got[name])})
				}
				if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, name := range order {
				if d := cmp.Diff(have[name], got[name]); d != "" {
					t.Errorf("%s differs (-want +got):\n%s", name, d)
				}
			}
		})
	}
}

func changeOf(t *testing.T, in []byte) kaisei.Change {
	t.Helper()
	var c kaisei.Change
	if err := json.Unmarshal(in, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// sample returns the change of a golden, for tests of other properties.
func sample(t *testing.T, name string) kaisei.Change {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", "alert", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return changeOf(t, a.Files[0].Data)
}

func TestAlertsReadAsTheGoldensDo(t *testing.T) {
	goldens(t, "alert", func(t *testing.T, in []byte) map[string]string {
		c := changeOf(t, in)
		o := Options{Lang: Japanese, Delivery: "alert/ops/" + c.ID, BaseURL: "https://kaisei.example.jp"}
		en := Options{Lang: English, Width: 90, MaxEdits: 3}
		blocks, fallback := AlertSlack(c, o)
		var indented strings.Builder
		enc := json.NewEncoder(&indented)
		enc.SetIndent("", " ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(blocks); err != nil {
			t.Fatal(err)
		}
		return map[string]string{
			"ja.txt": Alert(c, o), "en.txt": Alert(c, en), "slack.json": indented.String(), "slack.txt": fallback + "\n",
			"alert.html": AlertHTML(c, o), "comparison.txt": Comparison(c, o, FormatText), "comparison.md": Comparison(c, en, FormatMarkdown),
		}
	}, []string{"ja.txt", "en.txt", "comparison.txt", "comparison.md", "slack.txt", "slack.json", "alert.html"})
}
