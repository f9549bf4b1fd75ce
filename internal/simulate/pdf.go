package simulate

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The page of a simulated PDF, in points.
const (
	paperWidth, paperHeight = 595, 842
	paperMargin             = 72
	typeSize                = 10.5
	lineEms                 = 40
	lineHeight              = 18
)

// printed makes a PDF of the parts. Files of the same text saved another time differ in bytes.
func printed(title string, parts []part, saved int) []byte {
	var pages []string
	var b strings.Builder
	y := paperHeight - paperMargin
	line := func(size float64, text string) {
		if y < paperMargin+lineHeight {
			pages = append(pages, b.String())
			b.Reset()
			y = paperHeight - paperMargin
		}
		fmt.Fprintf(&b, "BT /F %.1f Tf 1 0 0 1 %d %d Tm <", size, paperMargin, y)
		for _, u := range utf16.Encode([]rune(text)) {
			fmt.Fprintf(&b, "%04X", u)
		}
		b.WriteString("> Tj ET\n")
		y -= lineHeight
	}
	line(14, title)
	for _, p := range parts {
		y -= lineHeight / 2
		text := []rune(strings.ReplaceAll(p.text(), "　", " "))
		for len(text) > 0 {
			n := lineEnd(text)
			line(typeSize, string(text[:n]))
			text = text[n:]
		}
	}
	pages = append(pages, b.String())
	return assemble(pages, saved)
}

// lineEnd is how many characters stand in the next line: as many as its measure holds. As typesetters do
// (JIS X 4051), it neither begins a line with a stop or a closing bracket nor divides a number or a Latin word.
func lineEnd(text []rune) int {
	n, halves := 0, 0
	for n < len(text) {
		halves += 2
		if text[n] < utf8.RuneSelf {
			halves--
		}
		if halves > 2*lineEms {
			break
		}
		n++
	}
	for n < len(text) && (strings.ContainsRune("、。）", text[n]) || western(text[n-1]) && western(text[n])) {
		n++
	}
	return n
}

func western(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// assemble writes the objects of a PDF whose font is not embedded: ASCII is half an em wide,
// everything else an em.
func assemble(pages []string, saved int) []byte {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "",
		"<</Type/Font/Subtype/Type0/BaseFont/Mincho/Encoding/UniJIS-UCS2-H/DescendantFonts[4 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/Mincho/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 6>>/DW 1000/W[1 94 500]/FontDescriptor 5 0 R>>",
		"<</Type/FontDescriptor/FontName/Mincho/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>",
	}
	var kids []string
	for _, content := range pages {
		n := len(objects) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", n))
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>", paperWidth, paperHeight, n+1), stream(content, saved))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), strings.Join(kids, " "))
	objects = append(objects, fmt.Sprintf("<</Producer(Simulated Office %d.%d)/ModDate(D:2026%02d01090000+09'00')>>", 1+saved, saved*7%10, 1+saved%12))
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, len(objects), at)
	return b.Bytes()
}

// stream compresses a content stream, another time as well as before.
func stream(content string, saved int) string {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, []int{zlib.BestCompression, zlib.BestSpeed}[saved%2])
	if err != nil {
		panic("compress: " + err.Error()) // the levels are the package's own
	}
	w.Write([]byte(content))
	w.Close()
	return fmt.Sprintf("<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream", b.Len(), b.String())
}
