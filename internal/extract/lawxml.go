package extract

import (
	"regexp"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// readLawXML reads a law in the standard XML of Japanese laws (法令標準XMLスキーマ, version
// 3), as the e-Gov law API gives it bare (law_file) and wrapped (law data, versions 1
// and 2), and its English sibling of the Japanese Law Translation database.
//
// Every 条, 項, 号 and below is a block of its own. Its path is its place in the law
// down to its number: 第一章 総則 › 第一条 › 第一項 › 第三号 › イ. The paragraph is named
// even where an article has only one, so that adding a second does not move the first.
// Supplementary provisions stand below 附則（令和三年五月一九日法律第三七号）.
//
// Block.Key is the structural address by which a clause is found in another version of
// the law: A16_2-P1-I3-i1 is 第十六条の二第一項第三号イ, S:令和三年五月一九日法律第三七号-A1-P1 is in
// the supplementary provisions of that amendment, S-A1-P1 in the law's own. It follows
// numbers as the law does: an inserted paragraph gives those after it new keys. Rows,
// notes and captions have no number and no key.
func readLawXML(in Input) (Reading, error) {
	root, err := parseXML(in.Body)
	if err != nil {
		return Reading{}, err
	}
	return readLaw(root)
}

// readLaw reads the law below root.
func readLaw(root *element) (Reading, error) {
	if code := root.find("Code"); code != nil && root.name == "DataRoot" {
		if s := trim(plain(code)); s != "0" && s != "" {
			return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "the law API answered with code %s and no law: %s; check the law ID", s, cut(trim(plain(root.find("Message"))), MaxPathLabel))
		}
	}
	law := root.find("Law")
	if law == nil {
		return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "the XML (<%s>) holds no law; check the law ID and the address", root.name)
	}
	r := &lawReader{keys: map[string]int{}, english: law.get("Lang") == "en"}
	if r.english {
		r.gap, r.wide = " ", " "
	} else {
		r.wide = "\u3000"
	}
	body := law.child("LawBody")
	if body == nil {
		body = law
	}
	title := trim(r.text(body.child("LawTitle")))
	if title != "" {
		r.add(kaisei.BlockHeading, []string{label(title)}, title, "T", 1)
	}
	if num := trim(r.text(law.child("LawNum"))); num != "" {
		r.add(kaisei.BlockParagraph, []string{label(title)}, num, "N", 0)
	}
	for _, k := range body.kids {
		r.part(k, place{path: []string{}})
	}
	if r.hidden > 0 {
		r.notes.count(r.hidden, "hidden provision of the law left out", "hidden provisions of the law left out")
	}
	r.notes.count(r.figures, "figure of the law, which has no text", "figures of the law, which have no text")
	return Reading{Title: title, Blocks: r.blocks, Notes: r.notes.list}, nil
}

// lawReader walks a law.
type lawReader struct {
	blocks []kaisei.Block
	// bytes counts the text added, to stop hostile input early.
	bytes   int
	keys    map[string]int
	notes   notes
	english bool
	// gap stands between sentences, wide between a number and its text and between columns.
	gap, wide string
	hidden    int
	figures   int
}

// place is where in a law a provision stands.
type place struct {
	path []string
	// key is the address so far, or "" at the top; division that of the 章 or 節 around, which
	// is no part of the address of articles: they are numbered through the law.
	key, division string
	// level is the depth of the last heading.
	level int
	// quoted is true inside text that an amending law inserts into another one; it has no address.
	quoted bool
	// clause is true directly below a 項, whose items are cited as 第N号.
	clause bool
}

// in returns the place below p with this label and address.
func (p place) in(name, key string) place {
	out := p
	out.path = append(append(make([]string, 0, len(p.path)+1), p.path...), label(name))
	out.key = p.address(key)
	out.clause = false
	return out
}

// address returns the key of a part of p, or "" where it has none.
func (p place) address(key string) string {
	if p.quoted {
		return ""
	}
	return joinKey(p.key, key)
}

func joinKey(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "-" + b
}

// add adds a block. A key that was used before gets a number, so that keys stay unique.
func (r *lawReader) add(kind kaisei.BlockKind, path []string, text, key string, level int) {
	if text = trim(text); text == "" || len(r.blocks) > MaxBlocks || r.bytes > MaxTotalText {
		return
	}
	r.bytes += blockSize(path, text)
	if key != "" {
		r.keys[key]++
		if n := r.keys[key]; n > 1 {
			key += "~" + strconv.Itoa(n)
		}
	}
	r.blocks = append(r.blocks, kaisei.Block{Path: path, Kind: kind, Text: text, Key: key, Level: level})
}

// divisions are the headed divisions of a law with the letters of their address.
var divisions = map[string]struct{ title, key string }{
	"Part":       {"PartTitle", "Pt"},
	"Chapter":    {"ChapterTitle", "C"},
	"Section":    {"SectionTitle", "S"},
	"Subsection": {"SubsectionTitle", "Ss"},
	"Division":   {"DivisionTitle", "D"},
}

// part reads one element of a law's body or of a division of it.
func (r *lawReader) part(e *element, p place) {
	if len(r.blocks) > MaxBlocks || r.bytes > MaxTotalText {
		return
	}
	if e.name == "" {
		r.loose(e, p)
		return
	}
	if e.get("Hide") == "true" {
		r.hidden++
		return
	}
	if d, ok := divisions[e.name]; ok {
		r.division(e, p, d.title, d.key)
		return
	}
	switch e.name {
	case "LawTitle", "LawNum":
		if p.quoted {
			r.add(kaisei.BlockParagraph, p.path, r.text(e), "", 0)
		}
	case "TOC":
		if p.quoted {
			r.add(kaisei.BlockParagraph, p.path, r.flat(e), "", 0)
		}
	case "EnactStatement":
		r.add(kaisei.BlockParagraph, p.path, r.text(e), p.address("E"), 0)
	case "Preamble":
		r.each(e, p.in(r.name("前文", "Preamble"), "Pre"))
	case "MainProvision":
		r.each(e, p)
	case "SupplProvision":
		r.supplement(e, p)
	case "Article":
		r.article(e, p)
	case "Paragraph":
		r.paragraph(e, p)
	case "Item", "Subitem1", "Subitem2", "Subitem3", "Subitem4", "Subitem5", "Subitem6", "Subitem7", "Subitem8", "Subitem9", "Subitem10":
		r.item(e, p)
	case "Class":
		r.class(e, p)
	case "List", "Sublist1", "Sublist2", "Sublist3":
		r.list(e, p)
	case "TableStruct":
		r.each(e, p)
	case "Table":
		r.table(e, p)
	case "Remarks":
		r.remarks(e, p)
	case "AmendProvision", "NewProvision":
		q := p
		q.quoted, q.clause, q.key = true, false, ""
		r.each(e, q)
	case "AppdxTable", "AppdxNote", "AppdxStyle", "AppdxFormat", "AppdxFig", "Appdx",
		"SupplProvisionAppdxTable", "SupplProvisionAppdxStyle", "SupplProvisionAppdx":
		r.appendix(e, p)
	case "FigStruct", "StyleStruct", "NoteStruct", "FormatStruct", "Fig":
		r.figure(e, p)
	default:
		if holdsStructure(e) {
			r.each(e, p)
			return
		}
		kind := kaisei.BlockParagraph
		if strings.HasSuffix(e.name, "Title") || strings.HasSuffix(e.name, "Label") || strings.HasSuffix(e.name, "Caption") {
			kind = kaisei.BlockHeading
		}
		level := 0
		if kind == kaisei.BlockHeading {
			level = p.level + 1
			p = p.in(r.text(e), "")
		}
		r.add(kind, p.path, r.text(e), "", level)
	}
}

func (r *lawReader) each(e *element, p place) {
	for _, k := range e.kids {
		r.part(k, p)
	}
}

// loose keeps text that stands between elements, which the schema does not foresee.
func (r *lawReader) loose(e *element, p place) {
	r.add(kaisei.BlockParagraph, p.path, collapse(clean(e.text)), "", 0)
}

// name chooses a word by the language of the law.
func (r *lawReader) name(ja, en string) string {
	if r.english {
		return en
	}
	return ja
}

// division reads 編, 章, 節, 款 and 目.
func (r *lawReader) division(e *element, p place, titleName, letter string) {
	title := r.text(e.child(titleName))
	in := p.in(title, "")
	in.level++
	key := ""
	if !p.quoted {
		in.division = joinKey(p.division, letter+e.get("Num"))
		key = joinKey(p.key, in.division)
	}
	r.add(kaisei.BlockHeading, in.path, title, key, in.level)
	for _, k := range e.kids {
		if k.name != titleName {
			r.part(k, in)
		}
	}
}

var spaces = regexp.MustCompile(`[\s\x{3000}]+`)

// supplement reads supplementary provisions (附則), those of the law and of each law that
// amended it.
func (r *lawReader) supplement(e *element, p place) {
	text := r.text(e.child("SupplProvisionLabel"))
	if text == "" {
		text = r.name("附則", "Supplementary Provisions")
	}
	name := text
	if !r.english {
		name = spaces.ReplaceAllString(text, "")
	}
	key := "S"
	if num := e.get("AmendLawNum"); num != "" {
		name += "（" + num + "）"
		text += "（" + num + "）"
		key += ":" + num
	}
	if e.get("Extract") == "true" {
		text += r.name("抄", " (Extract)")
	}
	// A law can have two supplementary provisions of one amendment; all below the second has
	// a number in its address.
	if n := r.keys[key]; n > 0 && !p.quoted {
		r.keys[key]++
		key += "~" + strconv.Itoa(n+1)
	}
	in := p.in(name, key)
	in.level++
	r.add(kaisei.BlockHeading, in.path, text, in.key, in.level)
	for _, k := range e.kids {
		if k.name != "SupplProvisionLabel" {
			r.part(k, in)
		}
	}
}

// appendix reads 別表, 様式, 付録 and their kin.
func (r *lawReader) appendix(e *element, p place) {
	title, related := "", ""
	for _, k := range e.kids {
		switch {
		case k.name == e.name+"Title" || k.name == "ArithFormulaNum":
			title = r.text(k)
		case k.name == "RelatedArticleNum":
			related = r.text(k)
		}
	}
	name := title
	if name == "" {
		name = r.name("付録", "Appendix")
	}
	in := p.in(name, "X:"+spaces.ReplaceAllString(name, ""))
	in.level++
	r.add(kaisei.BlockHeading, in.path, title+related, in.key, in.level)
	for _, k := range e.kids {
		if k.name != e.name+"Title" && k.name != "RelatedArticleNum" && k.name != "ArithFormulaNum" {
			r.part(k, in)
		}
	}
}

// figure counts figures, which have no text, and reads what text stands with them.
func (r *lawReader) figure(e *element, p place) {
	if e.name == "Fig" {
		r.figures++
	}
	for _, k := range e.kids {
		switch {
		case k.name == "":
			r.loose(k, p)
		case k.name == "Fig", k.name == "Style", k.name == "Note", k.name == "Format":
			r.figure(k, p)
		default:
			r.part(k, p)
		}
	}
}
