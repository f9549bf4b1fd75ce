package accuracy

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

const (
	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// wordWriter writes blocks as WordprocessingML.
type wordWriter struct {
	look
	body, notes strings.Builder
	note        int
	table       bool
}

// writeDOCX writes a document as a Word file: styled headings, bullets by automatic numbering,
// tables, footnotes at the paragraph before them.
func writeDOCX(t testing.TB, blocks []kaisei.Block, l look) []byte {
	t.Helper()
	w := &wordWriter{look: l}
	for i := 0; i < len(blocks); i++ {
		k := &blocks[i]
		if w.table != (k.Kind == kaisei.BlockRow) {
			w.body.WriteString(map[bool]string{true: "</w:tbl>", false: "<w:tbl><w:tblPr/>"}[w.table])
			w.table = !w.table
		}
		if k.Kind == kaisei.BlockRow {
			w.row(k.Text)
			continue
		}
		var notes []string
		for i+1 < len(blocks) && blocks[i+1].Kind == kaisei.BlockNote {
			i++
			notes = append(notes, blocks[i].Text)
		}
		w.paragraph(k, notes)
	}
	if w.table {
		w.body.WriteString("</w:tbl>")
	}
	page := `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>`
	if l.one(2) {
		page = `<w:sectPr><w:pgSz w:h="14570" w:w="10318"/><w:pgMar w:top="1000" w:left="900"/></w:sectPr>`
	}
	parts := [][2]string{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", xmlHead + `<w:document ` + wordSpace + `><w:body>` + w.body.String() + page + `</w:body></w:document>`},
		{"word/styles.xml", wordStyles(l)},
		{"word/numbering.xml", xmlHead + `<w:numbering ` + wordSpace + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="・"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`},
		{"word/footnotes.xml", xmlHead + `<w:footnotes ` + wordSpace + `>` + w.notes.String() + `</w:footnotes>`},
	}
	if l.one(2) { // saved again by another program
		for i := range len(parts) - 3 {
			j := 2 + i
			parts[j], parts[len(parts)-1] = parts[len(parts)-1], parts[j]
		}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	method := zip.Deflate
	if l.one(3) {
		method = zip.Store
	}
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p[0], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(p[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func wordStyles(l look) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles ` + wordSpace + `><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>`)
	for n := 1; n <= 6; n++ {
		size := ""
		if l.one(2) {
			size = `<w:rPr><w:sz w:val="28"/></w:rPr>`
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="h%d"><w:name w:val="heading %[1]d"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="%d"/></w:pPr>%s</w:style>`, n, n-1, size)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

func (w *wordWriter) paragraph(k *kaisei.Block, notes []string) {
	properties, text := "", k.Text
	switch {
	case k.Kind == kaisei.BlockHeading:
		properties = fmt.Sprintf(`<w:pStyle w:val="h%d"/>`, min(max(k.Level, 1), 5))
	case k.Kind == kaisei.BlockArticle:
		properties = `<w:pStyle w:val="h6"/>`
	case bulleted(k.Text):
		properties = `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>`
		_, text = ja.Enumerator(k.Text)
	}
	if w.one(3) {
		properties += `<w:jc w:val="left"/>`
	}
	w.body.WriteString("<w:p>")
	if w.one(3) {
		w.body.WriteString(`<w:proofErr w:type="spellStart"/>`)
	}
	if properties != "" {
		w.body.WriteString("<w:pPr>" + properties + "</w:pPr>")
	}
	w.runs(&w.body, text)
	for _, n := range notes {
		w.note++
		fmt.Fprintf(&w.body, `<w:r><w:footnoteReference w:id="%d"/></w:r>`, w.note)
		fmt.Fprintf(&w.notes, `<w:footnote w:id="%d"><w:p><w:r><w:footnoteRef/></w:r>`, w.note)
		w.runs(&w.notes, " "+n)
		w.notes.WriteString(`</w:p></w:footnote>`)
	}
	w.body.WriteString("</w:p>\n")
}

// runs writes words, in other widths, cut into runs and broken into lines anywhere.
func (w *wordWriter) runs(b *strings.Builder, s string) {
	s = w.width(s)
	run := func(properties, s string) {
		fmt.Fprintf(b, `<w:r>%s<w:t xml:space="preserve">%s</w:t></w:r>`, properties, html.EscapeString(s))
	}
	if at := w.inside(s, minLine); at > 0 && w.one(4) {
		run("", s[:at])
		b.WriteString(`<w:r><w:br/></w:r>`)
		run("", s[at:])
		return
	}
	at := w.inside(s, 10)
	if at == 0 {
		run("", s)
		return
	}
	switch w.IntN(3) {
	case 0:
		run(`<w:rPr><w:rFonts w:eastAsia="ＭＳ ゴシック" w:ascii="Arial"/></w:rPr>`, s[:at])
		run(`<w:rPr><w:rFonts w:ascii="Century"/><w:sz w:val="22"/></w:rPr>`, s[at:])
	case 1:
		run(`<w:rPr><w:b/></w:rPr>`, s[:at])
		b.WriteString(`<w:bookmarkStart w:id="3" w:name="_Toc1"/><w:bookmarkEnd w:id="3"/>`)
		run("", s[at:])
	default:
		run("", s)
	}
}

func (w *wordWriter) row(s string) {
	w.body.WriteString("<w:tr>")
	for cell := range strings.SplitSeq(s, " | ") {
		w.body.WriteString("<w:tc><w:p>")
		w.runs(&w.body, cell)
		w.body.WriteString("</w:p></w:tc>")
	}
	w.body.WriteString("</w:tr>\n")
}
