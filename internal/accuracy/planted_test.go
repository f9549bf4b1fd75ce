package accuracy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/classify"
	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

const plantedDir = "testdata/planted"

// measurePlanted reads a guideline that we wrote in two versions, compares them and judges the
// difference, as the product does: every planted shift must be told as it was planted, and nothing else.
func measurePlanted(t *testing.T, l *library, r *report) {
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []kaisei.Block {
		body, err := os.ReadFile(filepath.Join(plantedDir, name))
		if err != nil {
			t.Fatal(err)
		}
		return l.parse(t, name, body)
	}
	planted, not := rowsOf(t, filepath.Join(plantedDir, "shifts.tsv")), rowsOf(t, filepath.Join(plantedDir, "not.tsv"))
	edits := diff.Blocks(read("before.html"), read("after.html"))
	r.heading("Planted shifts")
	r.text("A guideline that we wrote in two versions (`internal/accuracy/testdata/planted`), with %d shifts of normative strength in both directions and %d changes\n"+
		"that are none: provisions on how to read others, quotations, definitions, questions, scope words, other words of the same strength, clauses that moved. Read,\n"+
		"compared and judged as the product does, as a guideline of each layer named. A shift is *right* with the direction, both ranks, both clauses and whom it binds;\n"+
		"the test fails on one that is missing or wrong, and on any that was not planted.", len(planted), len(not))
	var rows [][]string
	for _, layer := range []kaisei.Layer{kaisei.LayerSector, kaisei.LayerBusinessGuideline} {
		shifts := judged(rules, layer, "ja", edits...)
		told := len(shifts)
		right := 0
		for _, p := range planted {
			at := slices.IndexFunc(shifts, func(s kaisei.Shift) bool { return isPlanted(t, s, p) })
			if at < 0 {
				t.Errorf("%s: %s (%s) is not told as planted", layer, p["id"], p["note"])
				continue
			}
			right++
			shifts = slices.Delete(shifts, at, at+1)
		}
		for _, s := range shifts {
			t.Errorf("%s: nobody planted %s %d>%d %q\n    %s\n    %s", layer, s.Direction, s.RankBefore, s.RankAfter, s.Addressee, s.Before, s.After)
		}
		rows = append(rows, []string{string(layer), fmt.Sprint(len(edits)), fmt.Sprint(len(planted)), fmt.Sprint(told), fmt.Sprint(right), fmt.Sprint(len(shifts))})
	}
	r.table([]string{"layer", "edits", "planted", "told", "right", "invented"}, rows)
}

// isPlanted reports whether a shift is told exactly as it was planted.
func isPlanted(t *testing.T, s kaisei.Shift, p labelled) bool {
	return string(s.Direction) == p["direction"] && s.Addressee == p["addressee"] &&
		s.RankBefore == max(0, rank(t, p["rank_before"])) && s.RankAfter == max(0, rank(t, p["rank_after"])) &&
		quotes(s.Before, p["before"]) && quotes(s.After, p["after"])
}

// quotes reports whether a shift shows a clause, apart from its number.
func quotes(shown, clause string) bool {
	return (shown == "") == (clause == "") && strings.HasSuffix(squeeze(shown), squeeze(clause))
}
