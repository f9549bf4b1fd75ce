package extract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// readPPTX reads a presentation slide by slide (ECMA-376, PresentationML): the title as a
// heading, then the text of the shapes in the order of the file, tables as rows, diagrams
// as items, and the speaker's notes. Slide numbers, dates, footers and hidden slides are
// left out. Block.Page is the number of the slide.
func readPPTX(in Input) (Reading, error) {
	p, err := openZip(in.Body)
	if err != nil {
		return Reading{}, err
	}
	const part = "ppt/presentation.xml"
	pres, err := p.xml(part)
	if err != nil {
		return Reading{}, err
	}
	if pres == nil {
		return Reading{}, kaisei.Faultf(kaisei.CauseDecode, "the PowerPoint file has no presentation in it; it is damaged")
	}
	rels, err := p.relations(part)
	if err != nil {
		return Reading{}, err
	}
	s := &slideReader{o: newOutline(), p: p}
	s.o.headed = true
	list := pres.child("sldIdLst")
	if list == nil {
		list = &element{}
	}
	for i, id := range list.kids {
		target := ""
		for _, a := range id.attr {
			if a.Name.Local == "id" && a.Name.Space != "" {
				target = rels[a.Value]
			}
		}
		if target == "" {
			continue
		}
		s.o.page = i + 1
		if err := s.slide(target); err != nil {
			return Reading{}, err
		}
	}
	title, err := officeTitle(p)
	if err != nil {
		return Reading{}, err
	}
	s.notes.count(s.images, "picture on the slides, whose words cannot be read", "pictures on the slides, whose words cannot be read")
	if len(s.o.blocks) == 0 {
		return Reading{}, kaisei.Faultf(kaisei.CauseNoText, "the %d slides hold no text (%d pictures); ask the publisher for a file with text", s.o.page, s.images)
	}
	return Reading{Title: title, Blocks: s.o.done(), Notes: s.notes.list}, nil
}

type slideReader struct {
	o      *outline
	p      *pack
	notes  notes
	images int
	rels   map[string]string
}

func (s *slideReader) slide(part string) error {
	root, err := s.p.xml(part)
	if err != nil {
		return fmt.Errorf("read slide %d: %w", s.o.page, err)
	}
	if root == nil {
		return kaisei.Faultf(kaisei.CauseDecode, "slide %d is missing from the PowerPoint file; it is damaged", s.o.page)
	}
	if root.get("show") == "0" {
		s.notes.add("%shidden slide %d", setAside, s.o.page)
		return nil
	}
	if s.rels, err = s.p.relations(part); err != nil {
		return err
	}
	tree := root.child("cSld").child("spTree")
	if tree == nil {
		return nil
	}
	title := slideTitle(tree)
	if title == "" {
		title = fmt.Sprintf("スライド%d", s.o.page)
		s.o.heads, s.o.frames = []head{{1, title}}, make([]frame, 1)
	} else {
		s.o.heading(1, title)
	}
	if err := s.shapes(tree); err != nil {
		return err
	}
	return s.speaker()
}

// placeholder returns the kind of placeholder a shape is, or "".
func placeholder(shape *element) string {
	for _, nv := range shape.kids {
		if ph := nv.child("nvPr").child("ph"); ph != nil {
			if t := ph.get("type"); t != "" {
				return t
			}
			return "body"
		}
	}
	return ""
}

func slideTitle(tree *element) string {
	for _, k := range tree.kids {
		if t := placeholder(k); k.name == "sp" && (t == "title" || t == "ctrTitle") {
			var out []string
			for _, para := range k.child("txBody").all("p") {
				if line := oneLine(slideText(para)); line != "" {
					out = append(out, line)
				}
			}
			return strings.Join(out, " ")
		}
	}
	return ""
}

// all returns the children of a name.
func (e *element) all(name string) []*element {
	if e == nil {
		return nil
	}
	var out []*element
	for _, k := range e.kids {
		if k.name == name {
			out = append(out, k)
		}
	}
	return out
}

// shapes reads the shapes of a slide or group.
func (s *slideReader) shapes(tree *element) error {
	for _, k := range tree.kids {
		if s.o.full() {
			return nil
		}
		switch k.name {
		case "sp", "cxnSp":
			switch placeholder(k) {
			case "title", "ctrTitle", "sldNum", "dt", "ftr", "hdr":
				continue
			}
			s.o.push("")
			s.paragraphs(k.child("txBody"))
			s.o.pop()
		case "grpSp":
			if err := s.shapes(k); err != nil {
				return err
			}
		case "AlternateContent":
			if err := s.shapes(alternative(k)); err != nil {
				return err
			}
		case "pic":
			s.images++
		case "graphicFrame":
			if err := s.frame(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// paragraphs reads the paragraphs of a text body, with their automatic numbers.
func (s *slideReader) paragraphs(body *element) {
	var counts [9]int
	for _, para := range body.all("p") {
		pr := para.child("pPr")
		level := min(number(pr.get("lvl"), 0), len(counts)-1)
		text := slideText(para)
		mark := ""
		if auto := pr.child("buAutoNum"); auto != nil && trim(text) != "" {
			if counts[level] == 0 {
				counts[level] = max(number(auto.get("startAt"), 1), 1) - 1
			}
			counts[level]++
			mark = slideNumber(auto.get("type"), counts[level])
		} else if auto == nil {
			counts[level] = 0
		}
		for i := level + 1; i < len(counts); i++ {
			counts[i] = 0
		}
		kind := kaisei.BlockParagraph
		if mark != "" || pr.child("buChar") != nil || level > 0 {
			kind = kaisei.BlockItem
		}
		for i, line := range paragraphs(collapse(clean(text))) {
			if i == 0 {
				line = withNumber(mark, line)
			}
			s.o.line(line, kind)
		}
	}
}

// slideText returns the text of a paragraph of a slide.
func slideText(para *element) string {
	var b strings.Builder
	for _, k := range para.kids {
		switch k.name {
		case "r":
			b.WriteString(plain(k.child("t")))
		case "fld":
			if !strings.HasPrefix(k.get("type"), "slidenum") && !strings.HasPrefix(k.get("type"), "datetime") {
				b.WriteString(plain(k.child("t")))
			}
		case "br":
			b.WriteRune(wordBreak)
		case "tab":
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// slideNumber returns an automatic number of a slide (ECMA-376, 20.1.10.61).
func slideNumber(kind string, i int) string {
	text := ""
	switch {
	case strings.HasPrefix(kind, "circleNum"):
		return circled(i)
	case strings.HasPrefix(kind, "alphaLc"):
		text = lowerLetter(i)
	case strings.HasPrefix(kind, "alphaUc"):
		text = strings.ToUpper(lowerLetter(i))
	case strings.HasPrefix(kind, "romanLc"):
		text = strings.ToLower(roman(i))
	case strings.HasPrefix(kind, "romanUc"):
		text = roman(i)
	case strings.HasPrefix(kind, "arabicDb"):
		text = fullWidth(i)
	case strings.HasPrefix(kind, "ea1"):
		text = kanji(i)
	default:
		text = wordNumber("decimal", i)
	}
	switch {
	case strings.HasSuffix(kind, "ParenBoth"):
		return "(" + text + ")"
	case strings.HasSuffix(kind, "ParenR"):
		return text + ")"
	case strings.HasSuffix(kind, "Period"):
		return text + "."
	}
	return text
}

// frame reads a table or diagram.
func (s *slideReader) frame(k *element) error {
	data := k.child("graphic").child("graphicData")
	if data == nil {
		return nil
	}
	if t := data.child("tbl"); t != nil {
		s.table(t)
		return nil
	}
	ids := data.child("relIds")
	if ids == nil {
		if strings.HasSuffix(data.get("uri"), "/chart") {
			s.notes.add("a chart on slide %d was not read", s.o.page)
		}
		return nil
	}
	root, err := s.p.xml(s.rels[ids.get("dm")])
	if root == nil || err != nil {
		return err
	}
	for _, pt := range root.child("ptLst").all("pt") {
		s.paragraphs(pt.child("t"))
	}
	return nil
}

func (s *slideReader) table(t *element) {
	s.o.push("")
	defer s.o.pop()
	var g grid
	rows := t.all("tr")
	for i, r := range rows {
		var cells []cell
		for _, c := range r.all("tc") {
			if c.get("hMerge") == "1" || c.get("vMerge") == "1" {
				continue
			}
			var parts []string
			for _, para := range c.child("txBody").all("p") {
				parts = appendText(parts, oneLine(slideText(para)))
			}
			cells = append(cells, cell{
				text: strings.Join(parts, " "),
				rows: min(spanOf(c.get("rowSpan")), len(rows)-i),
				cols: spanOf(c.get("gridSpan")),
			})
		}
		labels, text := g.row(cells, i == 0 && t.child("tblPr").get("firstRow") == "1")
		s.o.row(labels, text)
	}
}

// speaker reads the speaker's notes of the slide.
func (s *slideReader) speaker() error {
	for _, id := range slices.Sorted(maps.Keys(s.rels)) {
		target := s.rels[id]
		if !strings.Contains(target, "notesSlides/") {
			continue
		}
		root, err := s.p.xml(target)
		if root == nil || err != nil {
			return err
		}
		tree := root.child("cSld").child("spTree")
		if tree == nil {
			return nil
		}
		for _, k := range tree.kids {
			if k.name != "sp" || placeholder(k) != "body" {
				continue
			}
			for _, para := range k.child("txBody").all("p") {
				if line := oneLine(slideText(para)); line != "" {
					s.o.add(kaisei.BlockNote, append(s.o.path(false), "ノート"), line, 0)
				}
			}
		}
		return nil
	}
	return nil
}
