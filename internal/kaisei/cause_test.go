package kaisei

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

func TestCausesAndVerdictsListWhatIsDeclared(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range Causes() {
		listed[string(c)] = true
	}
	for _, v := range Verdicts() {
		listed[string(v)] = true
	}
	n := 0
	for _, file := range []string{"cause.go", "look.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				s, _ := strconv.Unquote(lit.Value)
				n++
				if !listed[s] {
					t.Errorf("%s is declared and not listed", s)
				}
			}
			return true
		})
	}
	if n != len(listed) {
		t.Errorf("%d are declared and %d listed", n, len(listed))
	}
}
