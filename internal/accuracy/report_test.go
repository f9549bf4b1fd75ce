package accuracy

import (
	"fmt"
	"strings"
)

// report is docs/accuracy.md while it is written.
type report struct{ b strings.Builder }

const preface = `# How well documents are read and compared

Measured on real documents by one command, which also writes this page:

    go test ./internal/accuracy -run Accuracy -update

Without ` + "`-update`" + ` the same test measures again and fails where a figure falls below its goal. The documents stand beside
the repository (` + "`../shared/corpus`" + `); where they are absent, and where pdftotext or Chromium is not installed, the test says so
and skips what needs them. The checks fold and cut text by simpler means of their own, never by the code that they measure.
`

func (r *report) markdown() string { return preface + r.b.String() }

func (r *report) heading(s string) { fmt.Fprintf(&r.b, "\n## %s\n\n", s) }

func (r *report) text(format string, a ...any) { fmt.Fprintf(&r.b, format+"\n\n", a...) }

// table writes a table; a cell holds no line break.
func (r *report) table(head []string, rows [][]string) {
	line := func(cells []string) {
		for i, c := range cells {
			cells[i] = strings.NewReplacer("|", `\|`, "\n", " ").Replace(c)
		}
		fmt.Fprintf(&r.b, "| %s |\n", strings.Join(cells, " | "))
	}
	line(head)
	fmt.Fprintf(&r.b, "|%s\n", strings.Repeat("---|", len(head)))
	for _, row := range rows {
		line(row)
	}
	r.b.WriteByte('\n')
}

// share writes part of all with four digits; nothing of nothing is all of it.
func share(part, all int) string { return fmt.Sprintf("%.4f", portion(part, all)) }

func portion(part, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(part) / float64(all)
}
