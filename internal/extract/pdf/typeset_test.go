package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"unicode/utf16"
)

// pdfFile writes a PDF of numbered objects; the first is the catalogue.
func pdfFile(objects ...string) []byte {
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
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return b.Bytes()
}

// stream writes a compressed stream object.
func stream(content []byte) string {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	w.Write(content)
	w.Close()
	return fmt.Sprintf("<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream", b.Len(), b.String())
}

// document writes a PDF of pages given as content streams. Its font is not embedded;
// ASCII is half an em wide, everything else an em.
func document(width, height float64, contents ...string) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type0/BaseFont/Mincho/Encoding/UniJIS-UCS2-H/DescendantFonts[4 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/Mincho/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 6>>/DW 1000/W[1 94 500]/FontDescriptor 5 0 R>>",
		"<</Type/FontDescriptor/FontName/Mincho/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>"}
	var kids []string
	for _, c := range contents {
		n := len(objects) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", n))
		objects = append(objects, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>", width, height, n+1), stream([]byte(c)))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(contents), strings.Join(kids, " "))
	return pdfFile(objects...)
}

// say paints text with its baseline at y points from the foot of the page.
func say(x, y, size float64, text string) string {
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	return fmt.Sprintf("BT /F %g Tf 1 0 0 1 %.2f %.2f Tm <%s> Tj ET\n", size, x, y, hex.String())
}

// rule paints a horizontal line, upright a vertical one.
func rule(x, y, width float64) string {
	return fmt.Sprintf("%.2f %.2f %.2f 0.5 re f\n", x, y, width)
}

func upright(x, y, height float64) string {
	return fmt.Sprintf("%.2f %.2f 0.5 %.2f re f\n", x, y, height)
}

// setting is a block of a document that typeset sets.
type setting struct {
	text string // ^3^ is a note mark
	// size is in parts of the size of the text; first and rest are indents in ems.
	size, first, rest float64
	space             float64 // above, in lines
}

// format is a page and its type.
type format struct {
	width, height, margin, size float64
	head                        string
}

// typesetter sets paragraphs on pages with running heads, page numbers and footnotes.
type typesetter struct {
	format
	notes  map[string]string
	pages  []string
	page   strings.Builder
	y      float64
	marked []string // the notes of this page
}

const leading = 1.7

func em(r rune) float64 {
	if r < 0x80 {
		return 0.5
	}
	return 1
}

// breakLines breaks text into lines so wide (in ems); a line does not begin with punctuation.
func breakLines(text string, first, rest float64) []string {
	var out []string
	var b strings.Builder
	left, mark := first, false
	for _, r := range text {
		if r == '^' {
			mark = !mark
			b.WriteRune(r)
			continue
		}
		w := em(r)
		if mark {
			w /= 2
		}
		if left < w && !strings.ContainsRune("、。」）", r) && !mark {
			out = append(out, b.String())
			b.Reset()
			left = rest
		}
		left -= w
		b.WriteRune(r)
	}
	return append(out, b.String())
}

// noteSizeParts is the size of notes, markSize that of their marks.
const noteSizeParts, markSize = 0.8, 0.55

func (t *typesetter) noteLines(n string) []string {
	return breakLines(t.notes[n], (t.width-2*t.margin)/(t.size*noteSizeParts)-2, (t.width-2*t.margin)/(t.size*noteSizeParts)-1)
}

func (t *typesetter) notesHeight(more []string) float64 {
	h := 0.0
	for _, n := range append(append([]string{}, t.marked...), more...) {
		h += float64(len(t.noteLines(n))) * t.size * noteSizeParts * leading
	}
	if h > 0 {
		h += 12
	}
	return h
}

func (t *typesetter) set(blocks []setting) {
	t.y = t.height - t.margin
	for _, b := range blocks {
		size := b.size * t.size
		t.y -= b.space * t.size * leading
		measure := (t.width - 2*t.margin) / size
		for i, l := range breakLines(b.text, measure-b.first, measure-b.rest) {
			var marks []string
			parts := strings.Split(l, "^")
			for k := 1; k < len(parts); k += 2 {
				marks = append(marks, parts[k])
			}
			if t.y-size*leading < t.margin+t.notesHeight(marks) {
				t.finish()
			}
			t.marked = append(t.marked, marks...)
			t.y -= size * leading
			x := t.margin + b.rest*size
			if i == 0 {
				x = t.margin + b.first*size
			}
			for k, part := range parts {
				s, up := size, 0.0
				if k%2 == 1 {
					s, up = size*markSize, 0.4*size
				}
				t.page.WriteString(say(x, t.y+up, s, part))
				for _, r := range part {
					x += em(r) * s
				}
			}
		}
	}
	t.finish()
}

// finish ends a page.
func (t *typesetter) finish() {
	y := t.margin + t.notesHeight(nil)
	if len(t.marked) > 0 {
		t.page.WriteString(rule(t.margin, y-4, 140))
		y -= 8
	}
	for _, n := range t.marked {
		for i, l := range t.noteLines(n) {
			s := t.size * noteSizeParts
			y -= s * leading
			x := t.margin + s
			if i == 0 {
				t.page.WriteString(say(t.margin, y+0.35*s, s*markSize, n))
				x += s
			}
			t.page.WriteString(say(x, y, s, l))
		}
	}
	t.marked = nil
	number := fmt.Sprint(len(t.pages) + 1)
	t.page.WriteString(say(t.width/2-float64(len(number))*2, t.margin/2, 8, number))
	t.page.WriteString(say(t.width-t.margin-float64(len([]rune(t.head)))*8, t.height-t.margin/2, 8, t.head))
	t.pages = append(t.pages, t.page.String())
	t.page.Reset()
	t.y = t.height - t.margin
}

func typeset(f format, notes map[string]string, blocks []setting) []byte {
	t := typesetter{format: f, notes: notes}
	t.set(blocks)
	return document(f.width, f.height, t.pages...)
}
