package render

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
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
	for key, m := range Catalogue() {
		if m.JA == "" || m.EN == "" {
			t.Errorf("%s: ja %q, en %q", key, m.JA, m.EN)
		}
		ja, _ := verbs(m.JA)
		en, _ := verbs(m.EN)
		if !slices.Equal(ja, en) {
			t.Errorf("%s: the languages take different values: %v, %v", key, ja, en)
		}
		for _, v := range ja {
			if !strings.HasSuffix(v, "]s") {
				t.Errorf("%s has the verb %s; values come as text", key, v)
			}
		}
	}
}

func TestNoKeyNamesTwoTexts(t *testing.T) {
	for group, ids := range names {
		for id := range ids {
			if m, ok := messages[group+"."+id]; ok {
				t.Errorf("%s.%s is a message %v and a name", group, id, m)
			}
		}
	}
}

// gaps are the messages that join others and so begin or end with a space.
var gaps = []string{"between", "dot", "list", "paren", "colon", "channel.and"}

func TestEveryMessageIsPunctuatedAsItsLanguage(t *testing.T) {
	for key, m := range Catalogue() {
		if slices.Contains(gaps, strings.TrimPrefix(key, "field.")) {
			continue
		}
		if strings.TrimSpace(m.JA) != m.JA {
			t.Errorf("%s: %q begins or ends with a space", key, m.JA)
		}
		if strings.TrimRight(m.EN, " ") != m.EN {
			t.Errorf("%s: %q ends with a space", key, m.EN)
		}
		for _, bad := range []string{"、 ", "。 ", " 。", " 、", ". ", ", ", ",", "! ", "? ", "(", ")", "：", "!", "?", "“", "”", "。。", "ﾞ"} {
			if strings.Contains(m.JA, bad) && !(bad == "(" || bad == ")" && strings.Contains(m.JA, "(JST)")) {
				t.Errorf("%s: %q holds %q", key, m.JA, bad)
			}
		}
		for _, bad := range []string{"。", "、", "「", "」", "（", "）", " .", " ,", "''", "\""} {
			if strings.Contains(m.EN, bad) {
				t.Errorf("%s: %q holds %q", key, m.EN, bad)
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
		if f != "messages.go" && f != "messagescli.go" {
			for _, s := range stringsIn(t, f) {
				used[s] = true
			}
		}
	}
	commands, err := filepath.Glob("../../cmd/kaisei/*.go")
	if err != nil || len(commands) == 0 {
		t.Fatal(err)
	}
	for _, f := range commands {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		for _, s := range stringsIn(t, f) {
			if strings.HasPrefix(s, "cli.") {
				used[s] = true
				if _, ok := messages[s]; !ok {
					t.Errorf("%s asks for %q", f, s)
				}
			}
		}
	}
	for key := range messages {
		base := strings.TrimSuffix(key, ".one")
		group, _, _ := strings.Cut(base, ".")
		if !used[base] && (!used[group+"."] || group == "cli") {
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
	for key, m := range Catalogue() {
		for _, r := range m.EN {
			if r >= 0x3040 && r <= 0x9fff {
				t.Errorf("%s: %q", key, m.EN)
				break
			}
		}
	}
}
