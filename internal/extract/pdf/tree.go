package pdf

import (
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// tree gives blocks their addresses.
type tree struct {
	blocks []kaisei.Block
	heads  []string
	levels []int
	// clauses are the open numbered clauses below the headings.
	clauses []clause
}

// clause is an open numbered clause.
type clause struct {
	level  int
	mark   string
	indent float32
}

// maxLabel is how long an element of a path may be, in characters.
const maxLabel = 120

func label(s string) string {
	if utf8.RuneCountInString(s) <= maxLabel {
		return s
	}
	return string([]rune(s)[:maxLabel]) + "…"
}

func (t *tree) add(kind kaisei.BlockKind, path []string, text string, page, level int) {
	t.blocks = append(t.blocks, kaisei.Block{Path: path, Kind: kind, Text: text, Page: page, Level: level})
}

// path returns the address of what stands below the open headings and clauses.
func (t *tree) path(more ...string) []string {
	out := make([]string, 0, len(t.heads)+len(t.clauses)+len(more))
	out = append(out, t.heads...)
	for _, c := range t.clauses {
		out = append(out, c.mark)
	}
	return append(out, more...)
}

// block adds a block.
func (t *tree) block(d *draft) {
	text := plain(d.text)
	switch {
	case text == "":
	case d.title:
		t.add(kaisei.BlockHeading, []string{label(text)}, text, d.page, d.level)
	case d.level > 0:
		t.heading(d, text)
	case d.row:
		t.add(kaisei.BlockRow, t.path(), text, d.page, 0)
	case d.mark == "":
		t.leave(d.first.indent() - 0.3)
		t.add(kaisei.BlockParagraph, t.path(), text, d.page, 0)
	case strings.HasPrefix(d.mark, "※") || strings.HasPrefix(d.mark, "注"):
		t.add(kaisei.BlockNote, t.path(), text, d.page, 0)
	case isBullet(d.mark):
		t.leave(d.first.indent() + 0.6)
		t.add(kaisei.BlockItem, t.path(), text, d.page, 0)
	case strings.HasPrefix(d.mark, "図") || strings.HasPrefix(d.mark, "表"):
		t.add(kaisei.BlockParagraph, t.path(), text, d.page, 0)
	default:
		t.clause(d, text)
	}
}

func (t *tree) heading(d *draft, text string) {
	n := len(t.levels)
	for n > 0 && t.levels[n-1] >= d.level {
		n--
	}
	t.heads, t.levels = append(t.heads[:n:n], label(text)), append(t.levels[:n:n], d.level)
	t.clauses = nil
	t.add(kaisei.BlockHeading, t.path(), text, d.page, len(t.heads))
}

// leave closes clauses that begin to the right of an indent.
func (t *tree) leave(indent float32) {
	for n := len(t.clauses); n > 0 && t.clauses[n-1].indent > indent; n-- {
		t.clauses = t.clauses[:n-1]
	}
}

// clause adds a numbered clause. Enumerators nest as they usually do, except that a
// series that begins anew inside another is its child, whatever its sign.
func (t *tree) clause(d *draft, text string) {
	level := ja.EnumeratorLevel(d.mark)
	if level == 0 {
		level = gazetteLevel(d.mark)
	}
	c := clause{level: level, mark: d.mark, indent: d.first.indent()}
	t.open(c)
	kind := kaisei.BlockItem
	if strings.HasPrefix(d.mark, "第") && strings.Contains(d.mark, "条") {
		kind = kaisei.BlockArticle
	}
	t.add(kind, t.path(), text, d.page, 0)
}

func (t *tree) open(c clause) {
	defer func() { t.clauses = append(t.clauses, c) }()
	for i, o := range t.clauses {
		if o.level == c.level {
			t.clauses = t.clauses[:i:i]
			return
		}
	}
	if c.level >= ja.EnumeratorLevel("1") && firstOfSeries(c.mark) {
		t.clauses = t.clauses[:len(t.clauses):len(t.clauses)]
		return
	}
	n := len(t.clauses)
	for n > 0 && t.clauses[n-1].level > c.level {
		n--
	}
	t.clauses = t.clauses[:n:n]
}

// gazetteLevel is the depth of numbers that only the font knows.
func gazetteLevel(mark string) int {
	switch r := firstRune(mark); {
	case r >= 0xE7D1:
		return ja.EnumeratorLevel("①")
	case privateUse(r):
		return ja.EnumeratorLevel("(1)")
	}
	return ja.EnumeratorLevel("・")
}

// notes adds the footnotes whose marks stand in a block right after it.
func (t *tree) notes(marks []mark, byMark map[mark]*note) {
	for _, m := range marks {
		if n := byMark[m]; n != nil && !n.told {
			t.note(n)
		}
	}
}

func (t *tree) note(n *note) {
	n.told = true
	text := plain(n.text)
	if text == "" {
		return
	}
	path := t.path()
	if n.number != "" {
		path = t.path("脚注" + n.number)
	}
	t.add(kaisei.BlockNote, path, text, n.page, 0)
}
