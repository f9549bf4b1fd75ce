package render

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// detailMakers are the functions that make the details of looks, with the argument that is the sentence.
var detailMakers = map[string]int{
	"Faultf": 1, "refuse": 1, "overLimit": 0, "tooLarge": 0, "stopped": 1, "unasked": 2, "broken": 1, "damaged": 0, "joined": 1,
}

// anyVerb is a verb of package fmt as the details use them.
var anyVerb = regexp.MustCompile(`%[-+ #.0-9]*[a-zA-Z]`)

// sentenceOf is what an expression says, with %s for what it fills in.
func sentenceOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(x.Value)
		return s
	case *ast.BinaryExpr:
		return sentenceOf(x.X) + sentenceOf(x.Y)
	case *ast.ParenExpr:
		return sentenceOf(x.X)
	case *ast.CallExpr:
		if f, ok := x.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return sentenceOf(x.Args[0])
		}
	}
	return "%s"
}

// detailsIn returns the sentences that a Go file makes details of.
func detailsIn(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	take := func(e ast.Expr) {
		s := strings.ReplaceAll(anyVerb.ReplaceAllString(sentenceOf(e), "%s"), "%%", "%")
		if rest, ok := strings.CutPrefix(s, "%s"); ok && rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
			s = "set aside: " + rest
		}
		if strings.TrimSpace(strings.ReplaceAll(s, "%s", "")) != "" {
			out = append(out, s)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			name, on := "", ""
			switch fun := x.Fun.(type) {
			case *ast.Ident:
				name = fun.Name
			case *ast.SelectorExpr:
				name = fun.Sel.Name
				if id, ok := fun.X.(*ast.Ident); ok {
					on = id.Name
				} else if sel, ok := fun.X.(*ast.SelectorExpr); ok {
					on = sel.Sel.Name
				}
			}
			if name == "add" && (on == "n" || on == "notes") && len(x.Args) > 0 {
				if _, ok := x.Args[0].(*ast.BasicLit); ok {
					take(x.Args[0])
				}
			}
			if name == "count" && len(x.Args) == 3 && sentenceOf(x.Args[1]) != "%s" {
				out = append(out, "1 "+sentenceOf(x.Args[1]), "%s "+sentenceOf(x.Args[2]))
			}
			if i, ok := detailMakers[name]; ok && len(x.Args) > i {
				take(x.Args[i])
			}
		case *ast.KeyValueExpr:
			if id, ok := x.Key.(*ast.Ident); ok && id.Name == "Detail" {
				take(x.Value)
			}
		case *ast.AssignStmt:
			for i, l := range x.Lhs {
				if sel, ok := l.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Detail" || sel.Sel.Name == "LastDetail") && len(x.Rhs) == len(x.Lhs) {
					take(x.Rhs[i])
				}
			}
		}
		return true
	})
	return out
}

// partial are what stands only within another sentence or joins two.
var partial = []string{". It said: %s", ", of which %s are kept", "%s: %s", "1 %s"}

func TestEverySentenceThatLooksGiveIsToldInJapanese(t *testing.T) {
	found := map[string]bool{}
	for _, dir := range []string{"../fetch", "../extract", "../extract/pdf", "../../sources", "../watch"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			for _, s := range detailsIn(t, f) {
				found[s] = true
				if slices.Contains(partial, s) {
					continue
				}
				n := 0
				sample := anyVerb.ReplaceAllStringFunc(s, func(string) string { n++; return strconv.Itoa(100 + n) })
				if got := Detail(sample, Japanese); english.MatchString(got) {
					t.Errorf("%s: %q is told as %q: give it Japanese in details.go", f, s, got)
				}
			}
		}
	}
	if len(found) < 150 {
		t.Errorf("only %d sentences were found", len(found))
	}
}

func TestDetailsTakeTheSameValuesInBothLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range detailTexts() {
		ja, _ := verbs(d.JA)
		en, _ := verbs(d.EN)
		if !slices.Equal(ja, en) || d.JA == "" || strings.HasSuffix(d.JA, "。") || strings.TrimSpace(d.JA) != d.JA {
			t.Errorf("%q, %q", d.EN, d.JA)
		}
		if seen[d.EN] {
			t.Errorf("%q stands twice", d.EN)
		}
		seen[d.EN] = true
	}
}

func TestDetailsAreToldInTheLanguageOfTheReader(t *testing.T) {
	for _, c := range []struct{ detail, ja string }{
		{"https://www.meti.go.jp/a answered 403: a firewall or a rule against programs. It said: Access Denied; sorry",
			"https://www.meti.go.jp/a が 403 を返しました（ファイアウォール、または自動アクセスの禁止）。相手の応答: 「Access Denied; sorry」"},
		{"3 of 12 addresses could not be read; first https://a.example/: the name a.example does not resolve",
			"12件のアドレスのうち3件を読めません。最初の失敗 https://a.example/: ホスト名 a.example を解決できません"},
		{"the file is an image, which is not read; its words cannot be read; follow a link to the document itself instead, or watch the page that shows it",
			"ファイルは画像で、読めません。文字を読み取れません。文書そのものへのリンクか、それを載せたページを監視してください"},
		{"別添.pdf in the ZIP file is empty; 本編.docx: a document embedded in the Word file was not read; set aside: hidden sheet 作業用",
			"ZIPファイル内の 別添.pdf は空です。本編.docx: Wordファイルに埋め込まれた文書は読んでいません。対象外: 非表示のシート「作業用」"},
		{"1200 → 90", "1200 → 90"},
		{"read tcp 10.0.0.1:443: connection reset by peer", "「read tcp 10.0.0.1:443: connection reset by peer」"},
		{"設定を読めません", "設定を読めません"},
		{"the feed asks for at most one look in 2h; 20 items, 3 about the subject", "フィードの指定する確認の間隔: 2h以上。項目 20件、うち対象の主題 3件"},
		{"the page differs in 2 places from the latest version, first changed 「甲」→「乙」 (第1条)", "最新の版と2か所で異なります。最初の差: 改正 「甲」→「乙」 (第1条)"},
	} {
		if got := Detail(c.detail, Japanese); got != c.ja {
			t.Errorf("%q\n got %s\nwant %s", c.detail, got, c.ja)
		}
		if got := Detail(c.detail, English); got != c.detail {
			t.Errorf("%q in English is %q", c.detail, got)
		}
	}
}

func TestAHostileDetailIsToldInBoundedTime(t *testing.T) {
	s := strings.Repeat("the name ; ", 400) + strings.Repeat(" in the ZIP file: ", 400)
	began := time.Now()
	_ = Detail(s, Japanese)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

func FuzzDetail(f *testing.F) {
	f.Add("a answered without a body. It said: x; y")
	f.Add("%s in the ZIP file: %d; page 3 of 4")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Detail(s, Japanese); Clean(s) != "" && got == "" || strings.Contains(got, "%!") && !strings.Contains(s, "%!") {
			t.Errorf("%q is told as %q", s, got)
		}
	})
}
