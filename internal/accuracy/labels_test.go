package accuracy

import (
	"bufio"
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
