package pdf

// glyph is one character as it is painted: what it says, where, and how large.
// Coordinates are points from the top left corner of the page as it is seen
// (rotation applied), y growing downwards.
type glyph struct {
	r              rune
	x0, y0, x1, y1 float32
	// size is the type size as painted, in points.
	size float32
	// angle is the direction of writing in quarter turns clockwise: 0 for ordinary text.
	angle uint8
	// bold is told by the font's name; fonts without a name are not bold.
	bold bool
	// space says that the file holds a space or line end before this character, or that the
	// reader of the file put one there.
	space spacing
}

// spacing says what stood between a glyph and the one before it.
type spacing uint8

const (
	spaceNone    spacing = iota
	spaceGuessed         // the file's reader guessed a space or a line end
	spacePrinted         // the file holds a space character
)

// rect is a box on a page, in the coordinates of glyph.
type rect struct{ x0, y0, x1, y1 float32 }

func (r rect) width() float32  { return r.x1 - r.x0 }
func (r rect) height() float32 { return r.y1 - r.y0 }

// sheet is what one page holds, before any judgement of its layout.
type sheet struct {
	width, height float32
	glyphs        []glyph
	// rules are thin painted lines and the sides of painted boxes.
	rules []rect
	// images is the part of the page, from 0 to 1, that images cover.
	images float32
	// unmapped counts glyphs for which the file does not say which character they are.
	unmapped int
}

// bookmark is an entry of the file's own outline.
type bookmark struct {
	title string
	level int // from 1
	page  int // from 1, or 0 where the entry leads nowhere
}

// paper is what the child process says about a document.
type paper struct {
	title     string
	pages     int
	sheets    []sheet
	bookmarks []bookmark
}
