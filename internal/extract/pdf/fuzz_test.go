package pdf

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// childSaying is a child of which only the answer exists.
func childSaying(said []byte) *child { return &child{out: bufio.NewReader(bytes.NewReader(said))} }

// letters are what soup is made of: everything that layout looks at.
var letters = []rune("あのをるーカ法第部章条項一二1234567890１２①②➢●・○※注図表目次.…。、，「」（）()[]ABCabciv- 　\uf06c\ue7b2/:=⾧")

// soup makes a page of bytes, eight for a glyph: which, where, how large, how far on.
// Glyphs go on from the one before unless a byte says otherwise.
func soup(data []byte) sheet {
	s := sheet{width: 595, height: 842}
	var x, y float32 = 50, 50
	for ; len(data) >= 8 && len(s.glyphs) < 1500; data = data[8:] {
		size := 4 + float32(data[2]%32)/2
		switch data[3] % 16 {
		case 0:
			x, y = float32(data[4])*2.4, float32(data[5])*3.4
		case 1, 2:
			x, y = 50+float32(data[4]%4)*size, y+size*(1+float32(data[5]%8)/4)
		case 3:
			y += size
		case 4:
			s.rules = append(s.rules, rect{x, y, x + float32(data[4])*2, y + float32(data[5]%3)})
		case 5:
			s.rules = append(s.rules, rect{x, y, x + float32(data[5]%3), y + float32(data[4])*2})
		}
		for range data[6]%12 + 1 {
			r := letters[(int(data[0])+int(data[1])*len(s.glyphs))%len(letters)]
			w := size * float32(em(r))
			s.glyphs = append(s.glyphs, glyph{r: r, x0: x, y0: y, x1: x + w, y1: y + size, size: size, bold: data[7]&1 > 0, angle: data[7] >> 1 & data[7] >> 3 & data[7] >> 5 & 3, space: spacing(data[7]>>6) % 3})
			if data[7]&2 > 0 && data[7]&4 > 0 {
				y += size
			} else {
				x += w
			}
		}
	}
	return s
}

// FuzzLayout lays out whatever glyphs a page could hold.
func FuzzLayout(f *testing.F) {
	f.Add([]byte("12345678abcdefgh12345678ABCDEFGHzyxwvuts"), uint8(2), "目次")
	f.Add(bytes.Repeat([]byte{3, 1, 12, 1, 0, 4, 11, 0, 9, 2, 12, 6, 0, 0, 7, 0}, 40), uint8(3), "第1部　総則")
	f.Add(bytes.Repeat([]byte{40, 0, 12, 1, 0, 4, 11, 0, 20, 1, 3, 6, 0, 0, 1, 0, 0, 0, 12, 4, 90, 0, 3, 1}, 30), uint8(1), "1")
	f.Fuzz(func(t *testing.T, data []byte, copies uint8, title string) {
		s := soup(data)
		p := paper{title: title, bookmarks: []bookmark{{title: title, level: 1, page: 1}}}
		for range copies%4 + 1 {
			p.sheets = append(p.sheets, s)
			p.pages++
		}
		began := time.Now()
		p.readable()
		r := p.layout()
		if took := time.Since(began); took > 5*time.Second {
			t.Fatalf("took %v for %d glyphs", took, len(s.glyphs))
		}
		written := 0
		for _, b := range r.Blocks {
			written += utf8.RuneCountInString(b.Text)
			if strings.TrimSpace(b.Text) == "" || b.Page < 1 || b.Page > p.pages {
				t.Fatalf("block %+v", b)
			}
			for _, c := range b.Text {
				if c == markOpen || c == markClose {
					t.Fatalf("a note mark is left in %q", b.Text)
				}
			}
		}
		if written > 4*p.pages*(len(s.glyphs)+10)+10*len(s.rules) {
			t.Fatalf("%d characters from %d pages of %d", written, p.pages, len(s.glyphs))
		}
	})
}
