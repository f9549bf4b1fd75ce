package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryHeadOfATableHasJapanese reads the heads from the code itself, so that a new table cannot
// speak one language only.
func TestEveryHeadOfATableHasJapanese(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`\.table\(\[\]string\{([^}]*)\}`)
	word := regexp.MustCompile(`"([^"]*)"`)
	tables := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range table.FindAllStringSubmatch(string(code), -1) {
			tables++
			for _, w := range word.FindAllStringSubmatch(m[1], -1) {
				if _, ok := headings[w[1]]; !ok {
					t.Errorf("%s: the head %q has no Japanese", name, w[1])
				}
			}
		}
	}
	if tables < 10 {
		t.Errorf("only %d tables were found in the code", tables)
	}
}
