package accuracy

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The two parts of a labelled set: rules are written against one and measured on the other, of
// which nothing but counts is ever printed.
const (
	partRules = "rules"
	partKept  = "kept"
)

// labelled is a row of a labelled set, by the names of its columns.
type labelled map[string]string

// labels reads one part of a labelled set.
func labels(t *testing.T, part, name string) []labelled {
	t.Helper()
	return rowsOf(t, filepath.Join("testdata", "labels", part, name+".tsv"))
}

// rowsOf reads a table whose first line names its columns.
func rowsOf(t *testing.T, name string) []labelled {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var head []string
	var out []labelled
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for line := 1; s.Scan(); line++ {
		cells := strings.Split(s.Text(), "\t")
		if head == nil {
			head = cells
			continue
		}
		if len(cells) != len(head) {
			t.Fatalf("%s:%d: %d cells, the head has %d", name, line, len(cells), len(head))
		}
		row := labelled{}
		for i, h := range head {
			row[h] = cells[i]
		}
		out = append(out, row)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// floor is a figure with the goal that it has and the floor below which it must not fall again.
type floor struct {
	what              string
	have, goal, least float64
}

// fellShort fails the test where a figure is below its floor, and names those below their goal.
func fellShort(t *testing.T, floors []floor) string {
	t.Helper()
	var short []string
	for _, f := range floors {
		if f.have < f.least {
			t.Errorf("%s is %.4f, which held %.4f before", f.what, f.have, f.least)
		}
		if f.have < f.goal {
			short = append(short, fmt.Sprintf("%s %.4f (goal %g)", f.what, f.have, f.goal))
		}
	}
	if len(short) == 0 {
		return ""
	}
	return "**Below the goal on the kept part: " + strings.Join(short, ", ") + ".**"
}
