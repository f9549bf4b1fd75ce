package extract

import (
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// readDOCX reads a Word file (ECMA-376, WordprocessingML) as Word prints it: automatic
// numbers in front of headings and list items, tracked changes in their final state,
// field results without their codes. Tables of contents, headers, footers, comments
// and hidden text are left out. A footnote follows the paragraph that refers to it.
func readDOCX(in Input) (Reading, error) {
	p, err := openZip(in.Body)
	if err != nil {
		return Reading{}, err
	}
	doc, err := p.xml("word/document.xml")
	if err != nil {
		return Reading{}, err
	}
	if doc == nil || doc.child("body") == nil {
		return Reading{}, kaisei.Faultf(kaisei.CauseDecode, "the Word file has no document in it; it is damaged")
	}
	w := &wordReader{o: newOutline()}
	if w.styles, err = readWordStyles(p); err != nil {
		return Reading{}, err
	}
	if w.numbers, err = readWordNumbers(p); err != nil {
		return Reading{}, err
	}
	if w.footnotes, err = readWordNotes(p, "word/footnotes.xml", "footnote"); err != nil {
		return Reading{}, err
	}
	if w.endnotes, err = readWordNotes(p, "word/endnotes.xml", "endnote"); err != nil {
		return Reading{}, err
	}
	body := doc.child("body")
	w.o.headed = w.declaresHeadings(body)
	w.cover = w.coverTitle(body)
	w.blocks(body)
	w.endPending()
	for _, n := range w.late {
		w.note(n)
	}
	if w.title == "" {
		if w.title, err = officeTitle(p); err != nil {
			return Reading{}, err
		}
	}
	if w.inserted+w.deleted > 0 {
		w.notes.add("tracked changes resolved to the final text (insertions: %d, deletions: %d)", w.inserted, w.deleted)
	}
	w.notes.count(w.hidden, "hidden run of text left out", "hidden runs of text left out")
	return Reading{Title: w.title, Blocks: w.o.done(), Notes: w.notes.list}, nil
}

// officeTitle returns the title in a file's properties, where it is in Japanese: others
// are the leavings of templates.
func officeTitle(p *pack) (string, error) {
	core, err := p.xml("docProps/core.xml")
	if core == nil || err != nil {
		return "", err
	}
	if t := oneLine(plain(core.child("title"))); ja.Japanese(t) > 1 {
		return t, nil
	}
	return "", nil
}

// wordReader walks a Word document.
type wordReader struct {
	o                   *outline
	styles              wordStyles
	numbers             *wordNumbers
	footnotes, endnotes map[string]*element
	notes               notes
	title               string
	// cover are the paragraphs that make up the title of the document, where no style says so.
	cover []*element
	// fields are the open fields, outermost first.
	fields []field
	// pending is the text of a paragraph whose end was deleted in a tracked change.
	pending strings.Builder
	// late are endnotes, which come last.
	late                      []wordNote
	noteCount                 int
	inserted, deleted, hidden int
}

type wordNote struct {
	mark string
	body *element
	path []string
}

// wordParagraph is what the runs of a paragraph hold.
type wordParagraph struct {
	text  strings.Builder
	boxes []*element
	notes []wordNote
}

// declaresHeadings reports whether any paragraph has an outline level.
func (w *wordReader) declaresHeadings(e *element) bool {
	for _, k := range e.kids {
		if k.name == "p" {
			if l, ok := w.outlineLevel(k.child("pPr")); ok && l < bodyLevel {
				return true
			}
		} else if w.declaresHeadings(k) {
			return true
		}
	}
	return false
}

// blocks reads the paragraphs and tables in e.
func (w *wordReader) blocks(e *element) {
	for _, k := range e.kids {
		if w.o.full() {
			return
		}
		switch k.name {
		case "p":
			w.paragraph(k)
		case "tbl":
			w.endPending()
			w.table(k)
		case "sdt":
			if !tableOfContents(k) {
				w.blocks(k)
			}
		case "sdtContent", "customXml", "smartTag", "ins", "moveTo":
			w.blocks(k)
		case "AlternateContent":
			w.blocks(alternative(k))
		case "altChunk":
			w.notes.add("a document embedded in the Word file was not read")
		}
	}
}

// alternative returns the content that a current reader is to use.
func alternative(e *element) *element {
	if c := e.child("Choice", "Fallback"); c != nil {
		return c
	}
	return &element{}
}

// tableOfContents reports whether a content control is one.
func tableOfContents(sdt *element) bool {
	pr := sdt.child("sdtPr")
	if pr == nil {
		return false
	}
	g := pr.child("docPartObj").child("docPartGallery")
	return g != nil && strings.Contains(g.get("val"), "Table of")
}

// paragraph reads one paragraph of the body.
func (w *wordReader) paragraph(p *element) {
	pr := p.child("pPr")
	var c wordParagraph
	w.runs(p, &c)
	text := c.text.String()
	if w.markDeleted(pr) {
		w.pending.WriteString(text)
		w.boxes(&c)
		return
	}
	if w.pending.Len() > 0 {
		text = w.pending.String() + text
		w.pending.Reset()
	}
	style := w.styles.of(pr)
	if strings.HasPrefix(style.name, "toc ") || style.name == "toc heading" || style.name == "table of figures" {
		return
	}
	lines := brokenLines(collapse(clean(text)))
	number := ""
	if len(lines) > 0 || len(c.boxes) == 0 && strings.TrimSpace(text) != "" {
		number = w.numbers.next(w.styles.numbering(pr))
	}
	level, _ := w.outlineLevel(pr)
	switch {
	case len(lines) == 0:
	case len(w.cover) > 0 && p == w.cover[0]:
		w.cover = w.cover[1:]
		w.title = oneLine(w.title + string(wordBreak) + strings.Join(lines, string(wordBreak)))
		if len(w.cover) == 0 {
			w.o.add(kaisei.BlockHeading, []string{label(w.title)}, w.title, 1)
		}
	case level < bodyLevel && utf8.RuneCountInString(lines[0]) <= MaxPathLabel:
		w.o.heading(level+1, oneLine(withNumber(number, strings.Join(lines, " "))))
	default:
		kind := kaisei.BlockParagraph
		if number != "" {
			kind = kaisei.BlockItem
			lines[0] = withNumber(number, lines[0])
		}
		for _, l := range lines {
			w.o.line(l, kind)
			kind = kaisei.BlockParagraph
		}
	}
	w.boxes(&c)
}

// boxes adds what stands beside a paragraph: its text boxes and footnotes.
func (w *wordReader) boxes(c *wordParagraph) {
	for _, b := range c.boxes {
		w.blocks(b)
	}
	for _, n := range c.notes {
		n.path = w.o.path(false)
		w.note(n)
	}
}

// note adds a footnote or endnote. Its number is in its path, not in its words.
func (w *wordReader) note(n wordNote) {
	var c wordParagraph
	for _, k := range n.body.kids {
		if k.name == "p" {
			if c.text.Len() > 0 {
				c.text.WriteRune(wordBreak)
			}
			w.runs(k, &c)
		}
	}
	if s := oneLine(c.text.String()); s != "" {
		w.o.add(kaisei.BlockNote, append(n.path[:len(n.path):len(n.path)], "脚注"+n.mark), s, 0)
	}
}

// endPending adds a paragraph whose end was deleted although nothing follows that it could join.
func (w *wordReader) endPending() {
	s := oneLine(w.pending.String())
	w.pending.Reset()
	w.o.line(s, kaisei.BlockParagraph)
}

// withNumber puts an automatic number before a text.
func withNumber(number, text string) string {
	if number == "" || text == "" {
		return number + text
	}
	return number + " " + text
}

// markDeleted reports whether the end of a paragraph was deleted or moved away.
func (w *wordReader) markDeleted(pr *element) bool {
	mark := pr.child("rPr")
	switch {
	case mark.child("del", "moveFrom") != nil:
		w.deleted++
		return true
	case mark.child("ins", "moveTo") != nil:
		w.inserted++
	}
	return false
}

// table reads a table row by row. One of a single column is a frame around text.
func (w *wordReader) table(t *element) {
	rows := w.tableRows(t)
	wide, nested := 0, false
	for _, r := range rows {
		wide = max(wide, len(r.cells))
		for _, c := range r.cells {
			nested = nested || c.e.child("tbl") != nil
		}
	}
	if wide <= 1 || nested {
		for _, r := range rows {
			for _, c := range r.cells {
				w.blocks(c.e)
				w.endPending()
			}
		}
		return
	}
	w.o.push("")
	defer w.o.pop()
	var g grid
	for i, r := range rows {
		var cells []cell
		var notes []wordNote
		for _, c := range r.cells {
			if c.continued {
				continue
			}
			text, refs := w.cellText(c.e)
			notes = append(notes, refs...)
			cells = append(cells, cell{text: text, rows: covered(rows[i+1:], c.col), cols: c.cols})
		}
		labels, text := g.row(cells, r.head)
		w.o.row(labels, text)
		for _, n := range notes {
			n.path = w.o.path(false)
			w.note(n)
		}
	}
}

type wordRow struct {
	cells []wordCell
	head  bool
}

type wordCell struct {
	e         *element
	col, cols int
	continued bool
}

// covered counts the row itself and the rows below it into which the cell at col goes on.
func covered(below []wordRow, col int) int {
	n := 1
	for _, r := range below {
		goesOn := false
		for _, c := range r.cells {
			goesOn = goesOn || c.col == col && c.continued
		}
		if !goesOn || n >= maxSpan {
			break
		}
		n++
	}
	return n
}

// tableRows returns the rows of a table, without those that a tracked change deleted.
func (w *wordReader) tableRows(t *element) []wordRow {
	var rows []wordRow
	for _, k := range t.kids {
		switch k.name {
		case "tr":
			pr := k.child("trPr")
			if pr.child("del") != nil {
				w.deleted++
				continue
			}
			if pr.child("ins") != nil {
				w.inserted++
			}
			r := wordRow{head: on(pr.child("tblHeader"))}
			r.cells, _ = rowCells(k, nil, 0)
			rows = append(rows, r)
		case "sdt", "sdtContent", "customXml", "ins":
			rows = append(rows, w.tableRows(k)...)
		}
	}
	return rows
}

func rowCells(tr *element, cells []wordCell, col int) ([]wordCell, int) {
	for _, k := range tr.kids {
		switch k.name {
		case "tc":
			pr := k.child("tcPr")
			c := wordCell{e: k, col: col, cols: 1}
			if s := pr.child("gridSpan"); s != nil {
				c.cols = spanOf(s.get("val"))
			}
			if m := pr.child("vMerge"); m != nil && m.get("val") != "restart" {
				c.continued = true
			}
			col += c.cols
			cells = append(cells, c)
		case "sdt", "sdtContent", "customXml":
			cells, col = rowCells(k, cells, col)
		}
	}
	return cells, col
}

// cellText returns the text of a cell in one line and the notes it refers to.
func (w *wordReader) cellText(tc *element) (string, []wordNote) {
	var out []string
	var notes []wordNote
	var walk func(e *element)
	walk = func(e *element) {
		for _, k := range e.kids {
			switch k.name {
			case "p":
				var c wordParagraph
				w.runs(k, &c)
				notes = append(notes, c.notes...)
				if s := strings.Join(paragraphs(collapse(clean(c.text.String()))), " "); s != "" {
					out = append(out, withNumber(w.numbers.next(w.styles.numbering(k.child("pPr"))), s))
				}
				for _, b := range c.boxes {
					walk(b)
				}
			case "sdt", "sdtContent", "customXml", "ins", "moveTo", "tbl", "tr", "tc":
				walk(k)
			case "AlternateContent":
				walk(alternative(k))
			}
		}
	}
	walk(tc)
	return strings.Join(out, " "), notes
}

// readWordNotes reads the footnotes or endnotes of a file by their ID.
func readWordNotes(p *pack, part, name string) (map[string]*element, error) {
	root, err := p.xml(part)
	if root == nil || err != nil {
		return nil, err
	}
	out := map[string]*element{}
	for _, k := range root.kids {
		if t := k.get("type"); k.name == name && (t == "" || t == "normal") {
			out[k.get("id")] = k
		}
	}
	return out, nil
}

// brokenLines splits the text of a paragraph at the breaks that its author set. Word breaks
// lines by itself, so that a set break is meant, except after a comma and inside a sentence
// that fills a line.
func brokenLines(s string) []string {
	var out []string
	var cur sentence
	for line := range strings.SplitSeq(s, string(lineBreak)) {
		text := cur.text()
		inside := !short(text, shortLine) && !sentenceEnd(text) && trim(line) != "" && !strings.HasPrefix(line, "\u3000") && !enumerated(line)
		if !inside && !strings.HasSuffix(text, "、") && !strings.HasSuffix(text, "，") {
			out = appendText(out, cur.text())
			cur = sentence{}
		}
		cur.add(line)
	}
	return appendText(out, cur.text())
}
