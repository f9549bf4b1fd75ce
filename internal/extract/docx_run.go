package extract

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// field is an open field of Word: a code and, after the separator, its result.
type field struct {
	code   strings.Builder
	result bool
}

// silent reports whether text is not to be read: it is a field's code, or the result of a
// field that makes a table of contents or an index.
func (w *wordReader) silent() bool {
	for i := range w.fields {
		f := &w.fields[i]
		if !f.result || listing(f.code.String()) {
			return true
		}
	}
	return false
}

// listing reports whether a field's result repeats what stands elsewhere in the document:
// a table of contents, or the number of a note.
func listing(code string) bool {
	name, _, _ := strings.Cut(strings.TrimSpace(code), " ")
	switch strings.ToUpper(name) {
	case "TOC", "INDEX", "TOA", "NOTEREF":
		return true
	}
	return false
}

// runs writes the text of the runs in e.
func (w *wordReader) runs(e *element, c *wordParagraph) {
	for _, k := range e.kids {
		switch k.name {
		case "r":
			w.run(k, c)
		case "ins", "moveTo":
			w.inserted++
			w.runs(k, c)
		case "del", "moveFrom":
			w.deleted++
			w.fieldsOf(k)
		case "hyperlink", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo":
			if k.name != "sdt" || !tableOfContents(k) {
				w.runs(k, c)
			}
		case "fldSimple":
			if !listing(k.get("instr")) {
				w.runs(k, c)
			}
		case "oMath", "oMathPara":
			if !w.silent() {
				c.text.WriteString(mathText(k))
			}
		case "AlternateContent":
			w.runs(alternative(k), c)
		}
	}
}

// fieldsOf follows the field marks in deleted runs, which still open and close fields.
func (w *wordReader) fieldsOf(e *element) {
	for _, k := range e.kids {
		if k.name == "fldChar" {
			w.fieldMark(k.get("fldCharType"))
			continue
		}
		w.fieldsOf(k)
	}
}

func (w *wordReader) fieldMark(kind string) {
	switch kind {
	case "begin":
		if len(w.fields) < MaxDepth {
			w.fields = append(w.fields, field{})
		}
	case "separate":
		if n := len(w.fields); n > 0 {
			w.fields[n-1].result = true
		}
	case "end":
		if n := len(w.fields); n > 0 {
			w.fields = w.fields[:n-1]
		}
	}
}

// run reads one run.
func (w *wordReader) run(r *element, c *wordParagraph) {
	if on(r.child("rPr").child("vanish")) {
		if strings.TrimSpace(plain(r.child("t"))) != "" {
			w.hidden++
		}
		w.fieldsOf(r)
		return
	}
	for _, k := range r.kids {
		switch k.name {
		case "fldChar":
			w.fieldMark(k.get("fldCharType"))
			continue
		case "instrText":
			if n := len(w.fields); n > 0 && !w.fields[n-1].result {
				w.fields[n-1].code.WriteString(plain(k))
			}
			continue
		case "AlternateContent":
			w.run(alternative(k), c)
			continue
		}
		if w.silent() {
			continue
		}
		switch k.name {
		case "t":
			s := plain(k)
			if w.typedMark(r, s, c) {
				continue
			}
			c.text.WriteString(s)
		case "tab", "ptab":
			c.text.WriteByte(' ')
		case "br":
			if t := k.get("type"); t == "" || t == "textWrapping" {
				c.text.WriteRune(wordBreak)
			}
		case "cr":
			c.text.WriteRune(wordBreak)
		case "noBreakHyphen":
			c.text.WriteByte('-')
		case "sym":
			c.text.WriteString(symbol(k.get("font"), k.get("char")))
		case "ruby":
			if base := k.child("rubyBase"); base != nil {
				w.runs(base, c)
			}
		case "footnoteReference":
			w.reference(k, w.footnotes, c, false)
		case "endnoteReference":
			w.reference(k, w.endnotes, c, true)
		case "drawing", "pict", "object":
			findBoxes(k, &c.boxes)
		}
	}
}

// typedMark reports whether a run is the raised number of a note that was typed and not
// made by a reference: a second mark of the same note.
func (w *wordReader) typedMark(r *element, s string, c *wordParagraph) bool {
	if v := r.child("rPr").child("vertAlign"); v == nil || v.get("val") != "superscript" {
		return false
	}
	n, err := strconv.Atoi(strings.TrimSpace(s))
	before, _ := utf8.DecodeLastRuneInString(c.text.String())
	return err == nil && n >= 1 && n <= len(w.footnotes)+len(w.endnotes) && wide(before)
}

// wordBreak stands for a line break set by the author until clean has passed, which takes
// a lineBreak for a character of the document.
const wordBreak = '\u2028'

// reference notes a reference to a footnote. Its mark is not part of the text: it changes
// with every note before it.
func (w *wordReader) reference(ref *element, from map[string]*element, c *wordParagraph, late bool) {
	body := from[ref.get("id")]
	if body == nil {
		return
	}
	w.noteCount++
	n := wordNote{mark: strconv.Itoa(w.noteCount), body: body}
	if late {
		w.late = append(w.late, n)
		return
	}
	c.notes = append(c.notes, n)
}

// findBoxes collects the contents of text boxes in a drawing; what is drawn twice for old
// programs is taken once.
func findBoxes(e *element, out *[]*element) {
	for _, k := range e.kids {
		switch k.name {
		case "txbxContent":
			*out = append(*out, k)
		case "AlternateContent":
			findBoxes(alternative(k), out)
		default:
			findBoxes(k, out)
		}
	}
}

// mathText returns the characters of a formula in order.
func mathText(e *element) string {
	var b strings.Builder
	var walk func(e *element)
	walk = func(e *element) {
		if e.name == "t" {
			b.WriteString(plain(e))
			return
		}
		for _, k := range e.kids {
			walk(k)
		}
	}
	walk(e)
	return b.String()
}

// on reports whether a switch of Word is on: present, and not set to off.
func on(e *element) bool {
	if e == nil {
		return false
	}
	switch e.get("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

// symbol returns a character of a symbol font as the character it looks like, where that
// is known: bullets and arrows that government documents use.
func symbol(font, char string) string {
	v, err := strconv.ParseUint(char, 16, 32)
	if err != nil || v > 0x10ffff {
		return ""
	}
	return looksLike(font, string(rune(v)))
}

// looksLike replaces characters of symbol fonts.
func looksLike(font, s string) string {
	wing := strings.HasPrefix(font, "Wingdings")
	if !wing && font != "Symbol" && !strings.ContainsFunc(s, func(r rune) bool { return r >= 0xf000 && r <= 0xf0ff }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		c := r & 0xff
		if r > 0xff && (r < 0xf000 || r > 0xf0ff) {
			return r
		}
		if font == "Symbol" {
			if c == 0xb7 {
				return '•'
			}
			return r
		}
		if to, ok := wingdings(c); ok {
			return to
		}
		return r
	}, s)
}

func wingdings(c rune) (rune, bool) {
	switch c {
	case 'l', 0x9f:
		return '●', true
	case 'n':
		return '■', true
	case 'u':
		return '◆', true
	case 'v':
		return '❖', true
	case 'q':
		return '❑', true
	case 0xa1:
		return '○', true
	case 0xa7:
		return '▪', true
	case 0xa8:
		return '□', true
	case 0xb2:
		return '✧', true
	case 0xd8:
		return '➢', true
	case 0xe0:
		return '→', true
	case 0xe8:
		return '➔', true
	case 0xf0:
		return '⇨', true
	case 0xfc:
		return '✓', true
	case 0xfe:
		return '☑', true
	}
	return 0, false
}
