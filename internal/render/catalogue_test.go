package render

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// stringsIn returns the string literals of a Go file.
func stringsIn(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				out = append(out, s)
			}
		}
		return true
	})
	return out
}

// keysAsked returns the keys that say and count are called with in a Go file.
func keysAsked(t *testing.T, file string) (keys []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		name, ok := call.Fun.(*ast.Ident)
		if !ok || (name.Name != "say" && name.Name != "count") {
			return true
		}
		if lit, ok := call.Args[1].(*ast.BasicLit); ok {
			s, _ := strconv.Unquote(lit.Value)
			keys = append(keys, s)
		}
		return true
	})
	return keys
}

func sources(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range all {
		if !strings.HasSuffix(f, "_test.go") {
			out = append(out, f)
		}
	}
	return out
}

func TestEveryMessageIsThereInBothLanguages(t *testing.T) {
	for key, m := range messages {
		if m.JA == "" || m.EN == "" {
			t.Errorf("%s: ja %q, en %q", key, m.JA, m.EN)
		}
		if strings.Count(m.JA, "%s") != strings.Count(m.EN, "%s") {
			t.Errorf("%s: the languages take different values", key)
		}
		for _, s := range []string{m.JA, m.EN} {
			if strings.Count(s, "%") != strings.Count(s, "%s") {
				t.Errorf("%s: %q has a verb other than %%s", key, s)
			}
		}
	}
}

func TestEveryMessageAskedForIsInTheCatalogueAndEveryOneThereIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, f := range sources(t) {
		for _, key := range keysAsked(t, f) {
			if _, ok := messages[key]; !ok && !strings.HasSuffix(key, ".") {
				t.Errorf("%s asks for %q", f, key)
			}
		}
		if f != "messages.go" {
			for _, s := range stringsIn(t, f) {
				used[s] = true
			}
		}
	}
	for key := range messages {
		base := strings.TrimSuffix(key, ".one")
		group, _, _ := strings.Cut(base, ".")
		if !used[base] && !used[group+"."] {
			t.Errorf("nothing says %q", key)
		}
	}
}

func TestEverythingWithAnIDHasANameInBothLanguages(t *testing.T) {
	want := map[string][]string{}
	for _, l := range kaisei.Layers() {
		want["layer"] = append(want["layer"], string(l))
		want["force"] = append(want["force"], string(l))
	}
	for _, c := range kaisei.Classes() {
		want["class"] = append(want["class"], string(c))
	}
	for _, s := range kaisei.Severities() {
		want["severity"] = append(want["severity"], string(s))
	}
	for _, c := range kaisei.Causes() {
		want["cause"] = append(want["cause"], string(c))
		want["remedy"] = append(want["remedy"], string(c))
	}
	for _, v := range kaisei.Verdicts() {
		want["verdict"] = append(want["verdict"], string(v))
	}
	for group, ids := range want {
		for _, id := range ids {
			if n := names[group][id]; n.JA == "" || n.EN == "" {
				t.Errorf("%s %s: ja %q, en %q", group, id, n.JA, n.EN)
			}
		}
	}
	for group, ids := range names {
		for id, n := range ids {
			if n.JA == "" || n.EN == "" {
				t.Errorf("%s %s: ja %q, en %q", group, id, n.JA, n.EN)
			}
		}
	}
}

func TestAnEnglishMessageHasNoJapaneseOfOurs(t *testing.T) {
	for key, m := range messages {
		for _, r := range m.EN {
			if r >= 0x3040 && r <= 0x9fff {
				t.Errorf("%s: %q", key, m.EN)
				break
			}
		}
	}
}
