package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Parent and child exchange frames: a kind of one byte, a length of four bytes (little
// endian), and that many bytes. The parent sends a frameLimits, which the child answers
// with a frameReady, and then a frameBody per document. The child answers that with one frameOutline, a frameSheet per page and a frameEnd, or with a
// frameError at any point before the end.
const (
	frameLimits  = 'L'
	frameReady   = 'R'
	frameBody    = 'B'
	frameOutline = 'O'
	frameSheet   = 'S'
	frameEnd     = 'E'
	frameError   = 'X'
)

// Limits of the exchange. They bound the memory that a hostile document, or a child
// that a hostile document has taken over, can claim in the parent.
const (
	// MaxBody is the size of the largest document read.
	MaxBody = 128 << 20
	// MaxGlyphs is how many characters a document may hold: about 1,000 dense pages.
	MaxGlyphs = 1_500_000
	// maxSheetGlyphs is how many characters a page may hold; a page of the gazette has 4,000.
	maxSheetGlyphs = 60_000
	// maxSheetFrame is the largest answer about one page.
	maxSheetFrame = maxSheetGlyphs*glyphBytes + maxSheetRules*16 + 1<<10
	// maxSheetRules is how many painted lines of one page are kept.
	maxSheetRules = 4000
	// maxBookmarks is how many outline entries are kept, maxBookmarkDepth how deep they nest.
	maxBookmarks     = 5000
	maxBookmarkDepth = 12
	maxTitleBytes    = 2000
)

var errFrame = errors.New("malformed answer of the reading process")

// writeFrame writes one frame.
func writeFrame(w io.Writer, kind byte, payload []byte) error {
	var head [5]byte
	head[0] = kind
	binary.LittleEndian.PutUint32(head[1:], uint32(len(payload)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// readFrame reads one frame of at most limit bytes into buf, which grows with what
// arrives and not with what the head announces. io.EOF means a clean end before a frame.
func readFrame(r io.Reader, buf []byte, limit int) (kind byte, payload []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, buf, err
	}
	n := int64(binary.LittleEndian.Uint32(head[1:]))
	if n > int64(limit) {
		return 0, buf, fmt.Errorf("%w: a frame of %d bytes, over %d", errFrame, n, limit)
	}
	const step = 1 << 20
	payload = buf[:0]
	for int64(len(payload)) < n {
		part := int(min(step, n-int64(len(payload))))
		at := len(payload)
		if cap(payload)-at < part {
			grown := make([]byte, at, max(2*cap(payload), at+part))
			copy(grown, payload)
			payload = grown
		}
		payload = payload[:at+part]
		if _, err := io.ReadFull(r, payload[at:]); err != nil {
			return 0, payload, io.ErrUnexpectedEOF
		}
	}
	return head[0], payload, nil
}

// glyphBytes is the size of one glyph on the wire: rune and flags, box, size.
const glyphBytes = 4 + 4*4 + 4

// Bits of a glyph's first word above the 21 bits of the rune.
const (
	shiftSpace = 24
	shiftAngle = 26
	bitBold    = 1 << 28
)

func appendFloat(b []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
}

// appendSheet appends the wire form of a sheet.
func appendSheet(b []byte, s *sheet) []byte {
	b = appendFloat(b, s.width)
	b = appendFloat(b, s.height)
	b = appendFloat(b, s.images)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.unmapped))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.rules)))
	for _, r := range s.rules {
		b = appendFloat(appendFloat(appendFloat(appendFloat(b, r.x0), r.y0), r.x1), r.y1)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.glyphs)))
	for i := range s.glyphs {
		g := &s.glyphs[i]
		word := uint32(g.r) | uint32(g.space)<<shiftSpace | uint32(g.angle)<<shiftAngle
		if g.bold {
			word |= bitBold
		}
		b = binary.LittleEndian.AppendUint32(b, word)
		b = appendFloat(appendFloat(appendFloat(appendFloat(b, g.x0), g.y0), g.x1), g.y1)
		b = appendFloat(b, g.size)
	}
	return b
}

// wireReader takes values off a payload; after the first that is not there, bad is
// set and everything reads as zero.
type wireReader struct {
	b   []byte
	bad bool
}

func (w *wireReader) word() uint32 {
	if len(w.b) < 4 {
		w.b, w.bad = nil, true
		return 0
	}
	v := binary.LittleEndian.Uint32(w.b)
	w.b = w.b[4:]
	return v
}

// coordinate limits: a PDF page is at most 14,400 points wide, and content may lie outside it.
const farAway = 1 << 20

func (w *wireReader) float() float32 {
	f := math.Float32frombits(w.word())
	if !(f > -farAway && f < farAway) { // also NaN
		return 0
	}
	return f
}

func (w *wireReader) text() string {
	n := int(w.word())
	if n > maxTitleBytes || n > len(w.b) {
		w.b, w.bad = nil, true
		return ""
	}
	s := string(w.b[:n])
	w.b = w.b[n:]
	return s
}

func (w *wireReader) rect() rect {
	r := rect{w.float(), w.float(), w.float(), w.float()}
	if r.x1 < r.x0 {
		r.x0, r.x1 = r.x1, r.x0
	}
	if r.y1 < r.y0 {
		r.y0, r.y1 = r.y1, r.y0
	}
	return r
}

// parseSheet reads the wire form of a sheet. It checks every count against the
// bytes that are there before it allocates.
func parseSheet(payload []byte) (sheet, error) {
	w := wireReader{b: payload}
	s := sheet{width: w.float(), height: w.float(), images: w.float(), unmapped: int(w.word())}
	n := int(w.word())
	if n > maxSheetRules || n*16 > len(w.b) {
		return sheet{}, fmt.Errorf("%w: %d lines on a page", errFrame, n)
	}
	s.rules = make([]rect, n)
	for i := range s.rules {
		s.rules[i] = w.rect()
	}
	n = int(w.word())
	if n > maxSheetGlyphs || n > len(w.b)/glyphBytes {
		return sheet{}, fmt.Errorf("%w: %d glyphs on a page in %d bytes", errFrame, n, len(w.b))
	}
	s.glyphs = make([]glyph, n)
	for i := range s.glyphs {
		word := w.word()
		g := &s.glyphs[i]
		g.r = rune(word & (1<<21 - 1))
		g.space = spacing(word >> shiftSpace & 3)
		g.angle = uint8(word >> shiftAngle & 3)
		g.bold = word&bitBold != 0
		box := w.rect()
		g.x0, g.y0, g.x1, g.y1 = box.x0, box.y0, box.x1, box.y1
		g.size = w.float()
	}
	if w.bad || len(w.b) != 0 {
		return sheet{}, fmt.Errorf("%w: a page of %d bytes", errFrame, len(payload))
	}
	return s, nil
}

// appendOutline appends the wire form of what is known before the first page.
func appendOutline(b []byte, p *paper) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(p.pages))
	b = appendText(b, p.title)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p.bookmarks)))
	for _, m := range p.bookmarks {
		b = binary.LittleEndian.AppendUint32(b, uint32(m.level))
		b = binary.LittleEndian.AppendUint32(b, uint32(m.page))
		b = appendText(b, m.title)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	if len(s) > maxTitleBytes {
		s = s[:maxTitleBytes]
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// parseOutline reads the wire form of what is known before the first page.
func parseOutline(payload []byte) (paper, error) {
	w := wireReader{b: payload}
	p := paper{pages: int(w.word()), title: w.text()}
	n := int(w.word())
	if n > maxBookmarks || n*12 > len(w.b) {
		return paper{}, fmt.Errorf("%w: an outline of %d entries", errFrame, n)
	}
	for range n {
		m := bookmark{level: int(w.word()), page: int(w.word()), title: w.text()}
		if m.level < 1 || m.level > maxBookmarkDepth || m.page > p.pages {
			w.bad = true
		}
		p.bookmarks = append(p.bookmarks, m)
	}
	if w.bad || len(w.b) != 0 {
		return paper{}, fmt.Errorf("%w: an outline of %d bytes", errFrame, len(payload))
	}
	return p, nil
}
