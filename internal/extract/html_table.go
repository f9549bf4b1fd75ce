package extract

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/kaisei"
)

// cellBreak stands between the cells of a row.
const cellBreak = " | "

// maxSpan bounds the rows and columns that one cell may cover.
const maxSpan = 1000

// table reads a data table row by row. Header cells and cells that cover several rows
// head the path of the rows they speak for. A table that only lays out the page is read
// as if it were not there.
func (w *htmlWalker) table(n *html.Node) {
	rows, caption := tableRows(n)
	if layout(n, rows) {
		if caption != nil {
			w.children(caption)
			w.flush()
		}
		for _, r := range rows {
			for _, c := range r.cells {
				w.children(c)
				w.flush()
			}
		}
		return
	}
	title := ""
	if caption != nil {
		title = cellText(caption)
	}
	w.item = nil
	w.o.push(title)
	defer w.o.pop()
	if title != "" {
		w.o.add(kaisei.BlockParagraph, w.o.path(false), title, 0)
	}
	var g grid
	for _, r := range rows {
		cells := make([]cell, 0, len(r.cells))
		for _, c := range r.cells {
			cells = append(cells, cell{
				text:   cellText(c),
				header: c.DataAtom == atom.Th,
				rows:   span(c, "rowspan"),
				cols:   span(c, "colspan"),
			})
		}
		labels, text := g.row(cells, r.head)
		w.o.row(labels, text)
	}
}

type tableRow struct {
	cells []*html.Node
	head  bool
}

// tableRows returns the rows of a table, not those of tables inside it.
func tableRows(n *html.Node) (rows []tableRow, caption *html.Node) {
	var walk func(n *html.Node, head bool)
	walk = func(n *html.Node, head bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Tr:
				r := tableRow{head: head}
				for d := c.FirstChild; d != nil; d = d.NextSibling {
					if d.DataAtom == atom.Td || d.DataAtom == atom.Th {
						r.cells = append(r.cells, d)
					}
				}
				if len(r.cells) > 0 {
					rows = append(rows, r)
				}
			case atom.Thead:
				walk(c, true)
			case atom.Tbody, atom.Tfoot:
				walk(c, false)
			case atom.Caption:
				if caption == nil {
					caption = c
				}
			}
		}
	}
	walk(n, false)
	return rows, caption
}

// Limits by which a table without header cells is told to be layout.
const (
	layoutRows = 2
	layoutText = 1000
)

// layout reports whether a table lays out the page rather than data.
func layout(n *html.Node, rows []tableRow) bool {
	if r := attr(n, "role"); r == "presentation" || r == "none" {
		return true
	}
	wide, header, inner := 0, false, false
	longest := 0
	for _, r := range rows {
		wide = max(wide, len(r.cells))
		for _, c := range r.cells {
			header = header || c.DataAtom == atom.Th
			inner = inner || structured(c)
			longest = max(longest, utf8.RuneCountInString(cellText(c)))
		}
	}
	switch {
	case wide <= 1:
		return true
	case inner && !header:
		return true
	}
	return !header && len(rows) <= layoutRows && longest > layoutText
}

// structured reports whether a cell holds headings or tables.
func structured(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Table || headingLevel(c) > 0 || structured(c) {
			return true
		}
	}
	return false
}

// cellText returns the text of a cell in one line; blocks and list items in it are
// separated by a space.
func cellText(n *html.Node) string {
	var b strings.Builder
	inlineText(n, &b)
	lines := paragraphs(collapse(b.String()))
	return strings.Join(lines, " ")
}

func span(n *html.Node, key string) int {
	v, err := strconv.Atoi(strings.TrimSpace(attr(n, key)))
	if err != nil || v < 1 {
		return 1
	}
	return min(v, maxSpan)
}

// cell is one cell of a table of any format.
type cell struct {
	text       string
	header     bool
	rows, cols int
}

// grid follows what rows of a table say about the rows below them.
type grid struct {
	// open are the covering cells by their column.
	open map[int]*cover
	body bool
	// wide is the number of columns of the widest row so far or, where known, of the table.
	wide int
	// section is the text of the last row that was a single cell across the table.
	section string
}

type cover struct {
	text  string
	left  int
	label bool
}

// row returns the text of the next row, its cells joined, and the labels that head its
// path: header cells at its beginning and cells that cover it from above. A covering
// cell is printed once, in its first row, and keeps its place empty in the others.
func (g *grid) row(cells []cell, head bool) (labels []string, text string) {
	if g.open == nil {
		g.open = map[int]*cover{}
	}
	all := len(cells) > 1 || len(cells) == 1 && cells[0].cols == 1
	for _, c := range cells {
		all = all && (c.header || c.text == "")
	}
	head = head || all && !g.body
	if !head {
		g.body = true
	}
	var texts []string
	col, lead := 0, true
	covered := func() {
		for g.open[col] != nil && col < MaxColumns {
			c := g.open[col]
			switch {
			case c.text == "": // a further column of a cell that covers several
			case c.label && lead:
				labels = append(labels, c.text)
				texts = append(texts, "")
			default:
				lead = false
				texts = append(texts, "")
			}
			if c.left--; c.left == 0 {
				delete(g.open, col)
			}
			col++
		}
	}
	for _, c := range cells {
		covered()
		texts = append(texts, c.text)
		names := lead && !head && (c.header || c.rows > 1)
		if names && c.text != "" {
			labels = append(labels, c.text)
		}
		if !names {
			lead = false
		}
		for i := range min(c.cols, MaxColumns) {
			if c.rows > 1 {
				text := c.text
				if i > 0 {
					text = ""
				}
				g.open[col] = &cover{text: text, left: c.rows - 1, label: names}
			}
			col++
		}
		if col >= MaxColumns {
			break
		}
	}
	covered()
	text = strings.Join(texts, cellBreak)
	if strings.Trim(text, " |") == "" {
		return nil, ""
	}
	for strings.HasSuffix(text, cellBreak) {
		text = strings.TrimSuffix(text, cellBreak)
	}
	g.wide = max(g.wide, col)
	if head {
		return nil, text
	}
	if len(cells) == 1 && len(texts) == 1 && g.wide > 1 && cells[0].cols >= g.wide {
		g.section = text
		return []string{text}, text
	}
	if g.section != "" {
		labels = append([]string{g.section}, labels...)
	}
	return labels, text
}
