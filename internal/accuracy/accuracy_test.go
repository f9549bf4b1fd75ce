package accuracy

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/accuracy.md")

// TestAccuracy measures everything, in the order of docs/accuracy.md. With -short it takes
// a sample of the recovered edits.
func TestAccuracy(t *testing.T) {
	l := newLibrary(t)
	r := &report{}
	complete := true
	for _, part := range []struct {
		name    string
		measure func(*testing.T, *library, *report)
	}{
		{"Word", measureWord},
		{"Poppler", measurePoppler},
		{"Guideline", measureGuideline},
		{"Laws", measureLaws},
		{"Edits", measureEdits},
		{"Items", measureItems},
		{"Dates", measureDates},
		{"Links", measureLinks},
		{"Strength", measureStrength},
		{"Planted", measurePlanted},
	} {
		t.Run(part.name, func(t *testing.T) {
			finished := false
			defer func() { complete = complete && finished }()
			part.measure(t, l, r)
			finished = true
		})
	}
	file := filepath.Join(l.root, "docs", "accuracy.md")
	text := r.markdown()
	if *update {
		if !complete || testing.Short() {
			t.Fatal("part of the measurement was left out; docs/accuracy.md stays as it is")
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if complete && !testing.Short() && string(have) != text {
		t.Logf("docs/accuracy.md shows other figures than these (-update writes it): %s", firstDifference(string(have), text))
	}
}

// firstDifference returns the first line of b that a has otherwise.
func firstDifference(a, b string) string {
	as := strings.Split(a, "\n")
	for i, line := range strings.Split(b, "\n") {
		if i >= len(as) || as[i] != line {
			return line
		}
	}
	return "it has more lines"
}
