package render

import (
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

func TestEveryCauseHasANameAndARemedyInBothLanguages(t *testing.T) {
	table := causeTable()
	for _, c := range kaisei.Causes() {
		for _, lang := range []string{Japanese, English} {
			name, remedy := CauseName(c, lang), Remedy(c, lang)
			if name == string(c) && c != "internal" || name == "" {
				t.Errorf("%s has no name in %s", c, lang)
			}
			end := map[string]string{Japanese: "。", English: "."}[lang]
			if !strings.HasSuffix(remedy, end) || len(remedy) < 30 {
				t.Errorf("%s: the remedy in %s is %q", c, lang, remedy)
			}
			if n := len([]rune(remedy)); n > 220 {
				t.Errorf("%s: the remedy in %s has %d characters", c, lang, n)
			}
		}
		delete(table, c)
	}
	if len(table) > 0 {
		t.Errorf("texts of causes that are none: %v", table)
	}
	if Remedy("moon", English) != "" {
		t.Error("a remedy for an unknown cause")
	}
}
