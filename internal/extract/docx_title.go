package extract

import "strings"

// Where the title of a document is looked for, and how much larger than the text it is set.
const (
	coverParagraphs = 30
	coverSize       = 1.25
)

// coverTitle returns the paragraphs that make up the document's title: those of Word's
// style for it, else the lines in the largest type before the first heading, where that
// is larger than the text.
func (w *wordReader) coverTitle(body *element) []*element {
	var title []*element
	largest, last := 0, -1
	for i, p := range body.all("p") {
		pr := p.child("pPr")
		style := w.styles.of(pr)
		if style.name == "title" {
			return []*element{p}
		}
		if l, _ := w.outlineLevel(pr); l < bodyLevel || strings.HasPrefix(style.name, "toc ") || i >= coverParagraphs {
			break
		}
		var c wordParagraph
		look := wordReader{o: newOutline(), styles: w.styles}
		look.runs(p, &c)
		text := oneLine(c.text.String())
		size := w.size(p, style)
		switch {
		case text == "" || isDate(text):
		case size > largest:
			title, largest, last = []*element{p}, size, i
		case size == largest && i == last+1:
			title, last = append(title, p), i
		}
	}
	if float64(largest) < coverSize*float64(w.styles.size) {
		return nil
	}
	return title
}

// size returns the largest type size in a paragraph, in half points.
func (w *wordReader) size(p *element, style wordStyle) int {
	largest := 0
	for _, r := range p.all("r") {
		if r.child("t") == nil {
			continue
		}
		size := style.size
		if s := r.child("rPr").child("sz"); s != nil {
			size = number(s.get("val"), size)
		}
		largest = max(largest, size)
	}
	return largest
}
