package pdf

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"unicode"
)

// errGlyphs is returned where a document or one of its pages holds more characters
// than the limits allow.
var errGlyphs = errors.New("more characters than the limit")

// view turns coordinates of a page (points, y upwards, before rotation) into those
// of a sheet.
type view struct {
	box    rect // y1 is the upper side
	turned int  // quarter turns clockwise
}

func (v view) point(x, y float32) (float32, float32) {
	x, y = x-v.box.x0, y-v.box.y0
	w, h := v.box.width(), v.box.height()
	switch v.turned {
	case 1:
		return y, x
	case 2:
		return w - x, y
	case 3:
		return h - y, w - x
	}
	return x, h - y
}

func (v view) rect(x0, y0, x1, y1 float32) rect {
	x0, y0 = v.point(x0, y0)
	x1, y1 = v.point(x1, y1)
	return rect{finite(min(x0, x1)), finite(min(y0, y1)), finite(max(x0, x1)), finite(max(y0, y1))}
}

// hyphenAtLineEnd is what pdfium answers for a hyphen that ends a line.
const hyphenAtLineEnd = 2

// painting is how the glyphs of one text object are painted.
type painting struct {
	size  float32
	angle uint8
	bold  bool
}

// page reads one page, counted from 0. budget is how many glyphs it may hold.
func (in *instance) page(doc uint64, index, budget int) (*sheet, error) {
	page := in.call("FPDF_LoadPage", doc, uint64(index))
	if in.err != nil {
		return nil, in.err
	}
	if page == 0 {
		return nil, errFormat
	}
	text := in.call("FPDFText_LoadPage", page)
	if in.err != nil {
		return nil, in.err
	}
	if text == 0 {
		return nil, errFormat
	}
	// pdfium forgets a font with the last page that uses it: the page before stays open
	// until this one has its fonts, which saves a third of the time.
	in.closePage()
	in.openPage, in.openText = page, text
	v := view{turned: int(in.call("FPDFPage_GetRotation", page)) & 3}
	in.call("FPDF_GetPageBoundingBox", page, uint64(in.out))
	v.box = rect{in.float(0), in.float(12), in.float(8), in.float(4)} // left, top, right, bottom
	s := &sheet{width: finite(v.box.width()), height: finite(v.box.height())}
	if v.turned&1 == 1 {
		s.width, s.height = s.height, s.width
	}
	if err := in.glyphs(text, v, s, budget); err != nil {
		return nil, err
	}
	objects := maxSheetObjects
	in.paths(page, "FPDFPage_CountObjects", "FPDFPage_GetObject", v, s, 0, &objects)
	return s, in.err
}

// closePage closes the page that was read last.
func (in *instance) closePage() {
	if in.openPage != 0 {
		in.call("FPDFText_ClosePage", in.openText)
		in.call("FPDF_ClosePage", in.openPage)
	}
	in.openPage, in.openText = 0, 0
}

// glyphs reads the characters of a page in the order in which the file paints them.
func (in *instance) glyphs(text uint64, v view, s *sheet, budget int) error {
	unicodeOf, boxOf, objectOf := in.function("FPDFText_GetUnicode"), in.function("FPDFText_GetLooseCharBox"), in.function("FPDFText_GetTextObject")
	originOf := in.function("FPDFText_GetCharOrigin")
	unmapped := in.function("FPDFText_HasUnicodeMapError")
	n := int(int32(in.call("FPDFText_CountChars", text)))
	if n > budget || n > maxSheetGlyphs {
		return errGlyphs
	}
	if n <= 0 {
		return in.err
	}
	s.glyphs = make([]glyph, 0, n)
	painted := map[uint64]painting{}
	bold := map[uint64]bool{}
	var last uint64
	var how painting
	pending := spaceNone
	var high rune
	for i := range uint64(n) {
		r := rune(uint32(in.invoke(unicodeOf, text, i)))
		object := in.invoke(objectOf, text, i)
		if in.err != nil {
			return in.err
		}
		if r >= 0xD800 && r < 0xDC00 {
			high = r
			continue
		}
		if r >= 0xDC00 && r < 0xE000 {
			if high == 0 {
				continue
			}
			r = 0x10000 + (high-0xD800)<<10 + (r - 0xDC00)
		}
		high = 0
		if r == hyphenAtLineEnd {
			r = '-'
		}
		switch {
		case object == 0 || r == '\r' || r == '\n':
			pending = max(pending, spaceGuessed)
			continue
		case r == ' ' || r == '\u00a0' || r == '\t':
			pending = spacePrinted
			continue
		case r == 0 || r > unicode.MaxRune || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD || r < ' ' || unicode.Is(unicode.Cf, r):
			if in.invoke(unmapped, text, i) == 1 || r == 0xFFFD {
				s.unmapped++
			}
			continue
		}
		if object != last {
			var known bool
			if how, known = painted[object]; !known {
				how = in.painting(text, i, object, v, bold)
				painted[object] = how
			}
			last = object
		}
		in.invoke(boxOf, text, i, uint64(in.out))
		box := v.rect(in.float(0), in.float(12), in.float(8), in.float(4))
		if how.angle == 0 {
			// The height of the box depends on the font and, in some fonts, on the glyph; that of
			// the baseline does not.
			in.invoke(originOf, text, i, uint64(in.out), uint64(in.out)+8)
			x, y := v.point(float32(in.double(0)), float32(in.double(8)))
			if x, y = finite(x), finite(y); abs(x-(box.x0+box.x1)/2) < how.size && abs(y-box.y1) < 2*how.size {
				box.y0, box.y1 = y-ascent*how.size, y+(1-ascent)*how.size
			}
		}
		s.glyphs = append(s.glyphs, glyph{
			r: r, x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1,
			size: how.size, angle: how.angle, bold: how.bold, space: pending,
		})
		pending = spaceNone
	}
	unswap(s.glyphs)
	return in.err
}

// unswap puts a character in front of the wide opening bracket in whose empty half it is
// set. pdfium orders glyphs by where their squares begin, and reads (「 as 「(.
func unswap(gs []glyph) {
	for i := 0; i+1 < len(gs); i++ {
		a, b := &gs[i], &gs[i+1]
		if strings.ContainsRune("「『（〔【［〈《", a.r) && !isWide(b.r) && b.x0 >= a.x0 && b.x1 <= a.x0+0.62*a.size && abs(a.y1-b.y1) < 0.2*a.size {
			a.space, b.space = b.space, a.space
			gs[i], gs[i+1] = gs[i+1], gs[i]
			if i+2 < len(gs) && gs[i+2].space == spaceGuessed {
				gs[i+2].space = spaceNone
			}
		}
	}
}

// ascent is the part of the em square of Japanese type that stands above the baseline.
const ascent = 0.88

// painting asks how the glyphs of the text object at character i are painted.
func (in *instance) painting(text, i, object uint64, v view, bold map[uint64]bool) painting {
	size := math.Float64frombits(in.call("FPDFText_GetFontSize", text, i))
	in.call("FPDFText_GetMatrix", text, i, uint64(in.out))
	a, b, c, d := float64(in.float(0)), float64(in.float(4)), float64(in.float(8)), float64(in.float(12))
	how := painting{size: finite(float32(math.Abs(size) * math.Hypot(c, d)))}
	turns := int(math.Round(-math.Atan2(b, a)/(math.Pi/2))) + v.turned
	how.angle = uint8(turns & 3)
	font := in.call("FPDFTextObj_GetFont", object)
	heavy, known := bold[font]
	if !known {
		heavy = in.isBold(font)
		bold[font] = heavy
	}
	how.bold = heavy
	return how
}

// gothicShiftJIS is ゴシック in the character code in which older writers name fonts.
var gothicShiftJIS = []byte("\x83S\x83V\x83b\x83N")

// isBold judges a font by its name: Japanese documents set headings in a Gothic
// face beside a Mincho text, which is no weight but reads as one.
func (in *instance) isBold(font uint64) bool {
	if font == 0 {
		return false
	}
	const size = 128
	buf := in.call("malloc", size)
	defer in.call("free", buf)
	n := uint32(in.call("FPDFFont_GetBaseFontName", font, buf, size))
	if n == 0 || n > size {
		return false
	}
	raw, ok := in.mem.Read(uint32(buf), n)
	if !ok {
		return false
	}
	if bytes.Contains(raw, gothicShiftJIS) {
		return true
	}
	name := strings.ToLower(string(raw))
	return strings.Contains(name, "bold") || strings.Contains(name, "heavy") || strings.Contains(name, "gothic")
}

// maxSheetObjects is how many painted objects of a page are looked at for lines and images.
const maxSheetObjects = 20_000

// maxFormDepth is how deep groups of painted objects nest.
const maxFormDepth = 6

// Object types of FPDFPageObj_GetType.
const (
	objectPath  = 2
	objectImage = 3
	objectForm  = 5
)

// maxStroke is how thick a rectangle may be to count as a line, in points.
const maxStroke = 2.5

// paths collects painted lines and boxes, and the area of images. Objects inside
// groups are looked at too; their coordinates are those of the page only where the group is not
// moved, which is how the writers met use them.
func (in *instance) paths(owner uint64, count, get string, v view, s *sheet, depth int, left *int) {
	counter, getter := in.function(count), in.function(get)
	kindOf, boundsOf, modeOf := in.function("FPDFPageObj_GetType"), in.function("FPDFPageObj_GetBounds"), in.function("FPDFPath_GetDrawMode")
	n := int(int32(in.invoke(counter, owner)))
	for i := 0; i < n && *left > 0 && in.err == nil; i++ {
		*left--
		object := in.invoke(getter, owner, uint64(i))
		if object == 0 {
			continue
		}
		kind := in.invoke(kindOf, object)
		if kind == objectForm && depth < maxFormDepth {
			in.paths(object, "FPDFFormObj_CountObjects", "FPDFFormObj_GetObject", v, s, depth+1, left)
			continue
		}
		if kind != objectPath && kind != objectImage {
			continue
		}
		out := uint64(in.out)
		if in.invoke(boundsOf, object, out, out+4, out+8, out+12) == 0 {
			continue
		}
		box := v.rect(in.float(0), in.float(4), in.float(8), in.float(12))
		if kind == objectImage {
			if s.width > 0 && s.height > 0 {
				s.images += min(1, max(0, box.width()*box.height()/(s.width*s.height)))
			}
			continue
		}
		in.invoke(modeOf, object, out, out+4)
		stroked, _ := in.mem.ReadUint32Le(in.out + 4)
		s.addRules(box, stroked != 0)
	}
	s.images = min(s.images, 1)
}

// addRules keeps a thin box as a line, and a larger box with a drawn outline as its four sides.
func (s *sheet) addRules(box rect, stroked bool) {
	if len(s.rules)+4 > maxSheetRules {
		return
	}
	w, h := box.width(), box.height()
	switch {
	case w <= maxStroke && h <= maxStroke:
	case w <= maxStroke || h <= maxStroke:
		s.rules = append(s.rules, box)
	case stroked:
		s.rules = append(s.rules,
			rect{box.x0, box.y0, box.x1, box.y0}, rect{box.x0, box.y1, box.x1, box.y1},
			rect{box.x0, box.y0, box.x0, box.y1}, rect{box.x1, box.y0, box.x1, box.y1})
	}
}
