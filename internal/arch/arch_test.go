// Package arch holds the picture in docs/architecture.md: who may import whom.
package arch

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "kaisei"

// allowed says which rooms (first path element, or the whole path for internal/kaisei) a
// room's code may import. The files are parsed themselves: an answer of the go command
// may come from the test cache and pass a forbidden import.
var allowed = map[string][]string{
	"cmd":      {"internal", "sources", "storage", "notify"},
	"sources":  {"internal"},
	"storage":  {"internal", "storage"},
	"notify":   {"internal"},
	"internal": {"internal"},
}

func TestImportsFollowThePicture(t *testing.T) {
	for _, f := range files(t) {
		for _, imp := range f.imports {
			if err := judge(f.dir, imp, f.test); err != nil {
				t.Errorf("%s: %v", f.name, err)
			}
		}
	}
}

func TestTheTopLevelIsTheOneThatWasFixed(t *testing.T) {
	want := []string{"cmd", "internal", "sources", "storage", "notify", "config.example.toml", "go.mod", "go.sum",
		"Dockerfile", "README.md", "CHANGELOG.md", "LICENSE", "docs"}
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	ignored := []string{"state", "kaisei"}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || slices.Contains(ignored, e.Name()) {
			continue
		}
		if !slices.Contains(want, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
		if strings.HasSuffix(e.Name(), ".go") {
			t.Errorf("%s: no code at the root", e.Name())
		}
	}
	for _, w := range want {
		if _, err := os.Stat(filepath.Join(root(t), w)); err != nil {
			t.Errorf("the top level lacks %s", w)
		}
	}
}

// A rule that cannot fail holds nothing.
func TestForbiddenImportsAreSeen(t *testing.T) {
	for _, c := range []struct {
		dir, imp string
		test, ok bool
	}{
		{"internal/watch", "kaisei/storage/bolt", false, false},
		{"internal/watch", "kaisei/storage/bolt", true, true},
		{"internal/watch", "kaisei/cmd/kaisei", true, false},
		{"internal/kaisei", "kaisei/internal/ja", false, false},
		{"internal/kaisei", "golang.org/x/text/width", false, false},
		{"internal/kaisei", "time", false, true},
		{"sources", "kaisei/notify", false, false},
		{"notify", "kaisei/storage/bolt", false, false},
		{"storage/bolt", "kaisei/sources", false, false},
		{"internal/diff", "kaisei/internal/ja", false, true},
		{"internal/diff", "go.etcd.io/bbolt", false, false},
		{"storage/bolt", "go.etcd.io/bbolt", false, true},
		{"cmd/kaisei", "kaisei/notify", false, true},
	} {
		if err := judge(c.dir, c.imp, c.test); (err == nil) != c.ok {
			t.Errorf("%s imports %s (test %v): got %v, want allowed %v", c.dir, c.imp, c.test, err, c.ok)
		}
	}
}

func judge(dir, imp string, test bool) error {
	room, _, _ := strings.Cut(dir, "/")
	if dir == "internal/kaisei" && strings.Contains(strings.Split(imp, "/")[0], ".") && !test {
		return fmt.Errorf("imports %s: the nouns import the standard library only", imp)
	}
	if strings.HasPrefix(imp, "go.etcd.io/bbolt") && !strings.HasPrefix(dir, "storage/bolt") {
		return fmt.Errorf("imports %s: only storage/bolt knows bbolt", imp)
	}
	target, ok := strings.CutPrefix(imp, module+"/")
	if !ok {
		return nil
	}
	to, _, _ := strings.Cut(target, "/")
	switch {
	case to == "cmd":
		return fmt.Errorf("imports %s: nobody imports cmd", imp)
	case dir == "internal/kaisei" && !test:
		return fmt.Errorf("imports %s: the nouns import the standard library only", imp)
	case test:
		// A test is made of real parts.
		return nil
	case !slices.Contains(allowed[room], to):
		return fmt.Errorf("imports %s: %s imports only %s", imp, room, strings.Join(allowed[room], ", "))
	}
	return nil
}

type file struct {
	name, dir string
	test      bool
	imports   []string
}

func files(t *testing.T) []file {
	t.Helper()
	var out []file
	top := root(t)
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") && p != top {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f := file{name: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go") || strings.HasPrefix(rel, "storage/storagetest/")}
		for _, i := range parsed.Imports {
			v, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, v)
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("only %d Go files found: the test looks in the wrong place", len(out))
	}
	return out
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = parent
	}
}
