package extract

import (
	"strconv"
	"strings"
)

// bodyLevel is the outline level of running text; headings are 0 to 8.
const bodyLevel = 9

// wordStyles are the styles of a Word file by their ID.
type wordStyles struct {
	byID map[string]wordStyle
	// standard is the ID of the style of paragraphs that name none.
	standard string
	// size is the type size of running text in half points.
	size int
}

// wordStyle is a paragraph style with what it inherits.
type wordStyle struct {
	// name is in lower case; Word stores the English names of its own styles.
	name    string
	outline int
	// size is the type size in half points.
	size int
	// numbered says that the style has numbering of its own; then num and ilvl hold it.
	numbered bool
	num      string
	ilvl     int
	based    string
}

func readWordStyles(p *pack) (wordStyles, error) {
	s := wordStyles{byID: map[string]wordStyle{}, size: wordTypeSize}
	root, err := p.xml("word/styles.xml")
	if root == nil || err != nil {
		return s, err
	}
	own := map[string]wordStyle{}
	if sz := root.child("docDefaults").child("rPrDefault").child("rPr").child("sz"); sz != nil {
		s.size = number(sz.get("val"), s.size)
	}
	for _, k := range root.kids {
		if k.name != "style" || k.get("type") != "paragraph" {
			continue
		}
		id := k.get("styleId")
		st := wordStyle{outline: -1, ilvl: -1}
		if n := k.child("name"); n != nil {
			st.name = strings.ToLower(n.get("val"))
		}
		if b := k.child("basedOn"); b != nil {
			st.based = b.get("val")
		}
		if sz := k.child("rPr").child("sz"); sz != nil {
			st.size = number(sz.get("val"), 0)
		}
		pr := k.child("pPr")
		if l := pr.child("outlineLvl"); l != nil {
			st.outline = number(l.get("val"), bodyLevel)
		} else if l := headingStyle(st.name); l >= 0 {
			st.outline = l
		}
		if n := pr.child("numPr"); n != nil {
			st.numbered = true
			if id := n.child("numId"); id != nil {
				st.num = id.get("val")
			}
			if l := n.child("ilvl"); l != nil {
				st.ilvl = number(l.get("val"), 0)
			}
		}
		if on, err := strconv.ParseBool(k.get("default")); err == nil && on {
			s.standard = id
		}
		own[id] = st
	}
	for id := range own {
		st := inherit(own, id)
		if st.size == 0 {
			st.size = s.size
		}
		s.byID[id] = st
	}
	if st, ok := s.byID[s.standard]; ok {
		s.size = st.size
	}
	return s, nil
}

// wordTypeSize is the type size of a file that names none, in half points.
const wordTypeSize = 20

// headingStyle returns the outline level that the name of a style tells, or -1.
func headingStyle(name string) int {
	for _, prefix := range []string{"heading ", "見出し "} {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, prefix)); err == nil && strings.HasPrefix(name, prefix) && n >= 1 && n <= 9 {
			return n - 1
		}
	}
	return -1
}

// inherit fills what a style leaves to those it is based on.
func inherit(own map[string]wordStyle, id string) wordStyle {
	st := own[id]
	base := st.based
	for range maxStyleDepth {
		b, ok := own[base]
		if !ok {
			break
		}
		if st.outline < 0 {
			st.outline = b.outline
		}
		if st.size == 0 {
			st.size = b.size
		}
		if b.numbered && (!st.numbered || st.num == "") {
			st.numbered, st.num = true, b.num
			if st.ilvl < 0 {
				st.ilvl = b.ilvl
			}
		}
		base = b.based
	}
	if st.outline < 0 {
		st.outline = bodyLevel
	}
	return st
}

// maxStyleDepth is how long a chain of styles may be; a cycle ends there.
const maxStyleDepth = 12

// of returns the style of a paragraph.
func (s wordStyles) of(pr *element) wordStyle {
	id := s.standard
	if p := pr.child("pStyle"); p != nil {
		id = p.get("val")
	}
	st, ok := s.byID[id]
	if !ok {
		return wordStyle{outline: bodyLevel, ilvl: -1, size: s.size}
	}
	return st
}

// outlineLevel returns the level of a paragraph, 0 to 8 for headings.
func (w *wordReader) outlineLevel(pr *element) (int, bool) {
	st := w.styles.of(pr)
	if strings.HasPrefix(st.name, "toc") {
		return bodyLevel, false
	}
	if l := pr.child("outlineLvl"); l != nil {
		return number(l.get("val"), bodyLevel), true
	}
	return st.outline, true
}

// numbering returns the list and level by which a paragraph is numbered; the list is "" or
// "0" for none.
func (s wordStyles) numbering(pr *element) (string, int, string) {
	st := s.of(pr)
	id := ""
	if p := pr.child("pStyle"); p != nil {
		id = p.get("val")
	}
	num, ilvl := st.num, st.ilvl
	if n := pr.child("numPr"); n != nil {
		if e := n.child("numId"); e != nil {
			num = e.get("val")
		}
		if e := n.child("ilvl"); e != nil {
			ilvl = number(e.get("val"), 0)
		}
	}
	return num, ilvl, id
}

// number reads a small number, or returns otherwise.
func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<20 {
		return otherwise
	}
	return n
}
