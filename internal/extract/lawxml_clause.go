package extract

import (
	"regexp"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// article reads a 条: its title and caption are one block, its paragraphs follow. The
// caption stands after the number (第一条（目的）), so that a comparison can take the number off.
func (r *lawReader) article(e *element, p place) {
	title, caption := r.text(e.child("ArticleTitle")), r.text(e.child("ArticleCaption"))
	name := title
	if name == "" {
		name = r.name("第"+e.get("Num")+"条", "Article "+e.get("Num"))
	}
	in := p.in(name, "A"+e.get("Num"))
	text := title + caption
	if r.english && title != "" && caption != "" {
		text = title + " " + caption
	}
	r.add(kaisei.BlockArticle, in.path, text, in.key, 0)
	for _, k := range e.kids {
		if k.name != "ArticleTitle" && k.name != "ArticleCaption" {
			r.part(k, in)
		}
	}
}

// paragraph reads a 項 with what it holds.
func (r *lawReader) paragraph(e *element, p place) {
	num := e.get("Num")
	printed := r.text(e.child("ParagraphNum"))
	in := p.in(r.paragraphName(num, printed), "P"+num)
	in.clause = true
	if caption := r.text(e.child("ParagraphCaption")); caption != "" {
		r.add(kaisei.BlockHeading, p.in(caption, "").path, caption, "", p.level+1)
	}
	text := r.joinNumber(printed, r.text(e.child("ParagraphSentence")))
	r.add(kaisei.BlockParagraph, in.path, text, in.key, 0)
	for _, k := range e.kids {
		switch k.name {
		case "ParagraphNum", "ParagraphCaption", "ParagraphSentence":
		default:
			r.part(k, in)
		}
	}
}

// paragraphName returns how a paragraph is cited: 第二項, Paragraph (2).
func (r *lawReader) paragraphName(num, printed string) string {
	if r.english {
		if printed == "" {
			printed = "(" + num + ")"
		}
		return "Paragraph " + printed
	}
	if s, ok := kanjiNumber(num); ok {
		return "第" + kanjiUnit(s, "項")
	}
	if printed != "" {
		return printed
	}
	return "第" + num + "項"
}

// kanjiNumber returns the kanji of a Num attribute: 2 → 二, 2_3 → 二の三.
func kanjiNumber(num string) (string, bool) {
	var out []string
	for part := range strings.SplitSeq(num, "_") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > 9999 {
			return "", false
		}
		out = append(out, kanji(n))
	}
	return strings.Join(out, "の"), true
}

// kanjiUnit puts the unit after the first number: 二の三, 項 → 二項の三.
func kanjiUnit(s, unit string) string {
	first, rest, branch := strings.Cut(s, "の")
	if !branch {
		return s + unit
	}
	return first + unit + "の" + rest
}

func (r *lawReader) joinNumber(num, text string) string {
	if num == "" || text == "" {
		return num + text
	}
	return num + r.wide + text
}

// itemNumber is the number of a 号 as laws print it, with branches.
var itemNumber = regexp.MustCompile(`^[一二三四五六七八九十百千]+(?:の[一二三四五六七八九十百千]+)*$`)

// item reads a 号 or one of the ten levels below it.
func (r *lawReader) item(e *element, p place) {
	title := r.text(e.child(e.name + "Title"))
	name, letter := title, "i"
	if e.name == "Item" {
		letter = "I"
		switch {
		case p.clause && itemNumber.MatchString(title):
			name = "第" + kanjiUnit(title, "号")
		case p.clause && r.english && title != "":
			name = "Item " + title
		}
	}
	if name == "" {
		name = e.get("Num")
	}
	in := p.in(name, letter+e.get("Num"))
	text := r.joinNumber(title, r.text(e.child(e.name+"Sentence")))
	r.add(kaisei.BlockItem, in.path, text, in.key, 0)
	for _, k := range e.kids {
		if k.name != e.name+"Title" && k.name != e.name+"Sentence" {
			r.part(k, in)
		}
	}
}

// class reads a 類, which divides a paragraph.
func (r *lawReader) class(e *element, p place) {
	title := r.text(e.child("ClassTitle"))
	in := p.in(title, "Cl"+e.get("Num"))
	r.add(kaisei.BlockItem, in.path, r.joinNumber(title, r.text(e.child("ClassSentence"))), in.key, 0)
	for _, k := range e.kids {
		if k.name != "ClassTitle" && k.name != "ClassSentence" {
			r.part(k, in)
		}
	}
}

// list reads an unnumbered enumeration.
func (r *lawReader) list(e *element, p place) {
	for _, k := range e.kids {
		if k.name == e.name+"Sentence" {
			r.add(kaisei.BlockItem, p.path, r.text(k), "", 0)
			continue
		}
		r.part(k, p)
	}
}

// remarks reads 備考.
func (r *lawReader) remarks(e *element, p place) {
	title := r.text(e.child("RemarksLabel"))
	in := p.in(title, "")
	in.key = p.address("R")
	var sentences []string
	for _, k := range e.kids {
		if k.name == "Sentence" {
			sentences = append(sentences, r.text(k))
		}
	}
	r.add(kaisei.BlockNote, in.path, r.joinNumber(title, strings.Join(sentences, r.gap)), "", 0)
	for _, k := range e.kids {
		if k.name != "RemarksLabel" && k.name != "Sentence" {
			r.part(k, in)
		}
	}
}

// table reads a table row by row. Laws mark a cell that goes on in the next row by an
// empty cell without a line between the two.
func (r *lawReader) table(e *element, p place) {
	var rows [][]*element
	for _, row := range e.kids {
		if row.name != "TableRow" && row.name != "TableHeaderRow" {
			continue
		}
		var cells []*element
		for _, c := range row.kids {
			if c.name != "" {
				cells = append(cells, c)
			}
		}
		rows = append(rows, cells)
	}
	var g grid
	at := 0
	for _, row := range e.kids {
		if row.name != "TableRow" && row.name != "TableHeaderRow" {
			r.part(row, p)
			continue
		}
		var cells []cell
		for i, c := range rows[at] {
			if goesOn(rows, at, i) {
				continue
			}
			n := spanOf(c.get("rowspan"))
			for n < maxSpan && at+n < len(rows) && goesOn(rows, at+n, i) {
				n++
			}
			cells = append(cells, cell{text: r.flat(c), rows: n, cols: spanOf(c.get("colspan"))})
		}
		at++
		labels, text := g.row(cells, row.name == "TableHeaderRow")
		path := p.path
		for _, l := range labels {
			path = append(path[:len(path):len(path)], label(l))
		}
		r.add(kaisei.BlockRow, path, text, "", 0)
	}
}

// goesOn reports whether the cell of a row is the empty continuation of the one above it.
func goesOn(rows [][]*element, row, col int) bool {
	if row == 0 || col >= len(rows[row]) || col >= len(rows[row-1]) || len(rows[row]) != len(rows[row-1]) {
		return false
	}
	c := rows[row][col]
	return c.get("BorderTop") == "none" && rows[row-1][col].get("BorderBottom") == "none" && trim(plain(c)) == ""
}

func spanOf(s string) int {
	v, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || v < 1 {
		return 1
	}
	return min(v, maxSpan)
}

// structure are the elements whose presence makes an element more than a text.
var structure = map[string]bool{
	"Article": true, "Paragraph": true, "Item": true, "Table": true, "TableStruct": true, "List": true, "Remarks": true,
	"Subitem1": true, "Subitem2": true, "Subitem3": true, "FigStruct": true, "StyleStruct": true, "NoteStruct": true,
	"FormatStruct": true, "Part": true, "Chapter": true, "Section": true, "Class": true, "AmendProvision": true,
	"SupplProvision": true, "AppdxTable": true, "Fig": true,
}

func holdsStructure(e *element) bool {
	for _, k := range e.kids {
		if structure[k.name] || holdsStructure(k) {
			return true
		}
	}
	return false
}

// text returns the words of an element in one line. Readings of ruby are left out;
// sentences follow one another, columns are set apart.
func (r *lawReader) text(e *element) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	r.write(e, &b)
	return trim(collapse(clean(b.String())))
}

func (r *lawReader) write(e *element, b *strings.Builder) {
	columns, sentences := 0, 0
	for _, k := range e.kids {
		switch k.name {
		case "":
			b.WriteString(k.text)
			continue
		case "Rt":
			continue
		case "Fig":
			r.figures++
			continue
		case "Column":
			if columns++; columns > 1 {
				b.WriteString(r.wide)
			}
		case "Sentence":
			if sentences++; sentences > 1 {
				b.WriteString(r.gap)
			}
		}
		r.write(k, b)
	}
}

// flat returns the words of an element that may hold provisions, these separated by spaces.
func (r *lawReader) flat(e *element) string {
	var out []string
	var walk func(e *element)
	walk = func(e *element) {
		plainText := true
		for _, k := range e.kids {
			switch k.name {
			case "", "Ruby", "Line", "Sup", "Sub", "QuoteStruct", "ArithFormula":
			default:
				plainText = false
			}
		}
		if plainText || e.name == "Sentence" {
			if s := r.text(e); s != "" {
				out = append(out, s)
			}
			return
		}
		for _, k := range e.kids {
			switch k.name {
			case "":
				if s := trim(collapse(clean(k.text))); s != "" {
					out = append(out, s)
				}
			case "Fig":
				r.figures++
			default:
				walk(k)
			}
		}
	}
	walk(e)
	return strings.Join(out, " ")
}

// plain returns all text of an element.
func plain(e *element) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	var walk func(e *element)
	walk = func(e *element) {
		b.WriteString(e.text)
		for _, k := range e.kids {
			walk(k)
		}
	}
	walk(e)
	return b.String()
}
