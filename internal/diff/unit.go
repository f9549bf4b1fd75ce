package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// unit is a block as it is compared.
type unit struct {
	block *kaisei.Block
	// mark is the key of the enumerator, without bullets; "" for a note, whose number is
	// no wording.
	mark string
	// key is the wording without the enumerator.
	key string
	// text and id are equal where key is, and where key and the headings above are.
	text, id int
	// above is equal where the headings above are, their numbers aside.
	above int
	// parent is the index of the heading or article that the unit stands under, or -1.
	parent int
	// runes is the length of key.
	runes int
	// grams is made when first asked for.
	grams []uint32
	// made says that grams was.
	made bool
}

// outline is whether the unit is one under which others stand.
func (u *unit) outline() bool {
	return u.block.Kind == kaisei.BlockHeading || u.block.Kind == kaisei.BlockArticle
}

func (u *unit) note() bool { return u.block.Kind == kaisei.BlockNote }

// reader makes units of the blocks of both sides with common numbers for equal texts.
type reader struct {
	texts  map[string]int
	ids    map[[2]int]int
	paths  map[[2]int]int
	titles map[string]int
	// splits holds how a wording was split into enumerator and text when first met.
	splits map[string][2]string
}

func newReader() *reader {
	return &reader{texts: map[string]int{}, ids: map[[2]int]int{}, paths: map[[2]int]int{}, titles: map[string]int{}, splits: map[string][2]string{}}
}

// units returns the blocks that hold any wording, as they are compared.
func (r *reader) units(blocks []kaisei.Block) []unit {
	units := make([]unit, 0, len(blocks))
	var open []int // the outline units above, outermost first
	for i := range blocks {
		b := &blocks[i]
		u := unit{block: b, parent: -1}
		if u.mark, u.key = r.wording(blocks, i); u.key == "" && u.mark == "" {
			continue
		}
		u.runes = utf8.RuneCountInString(u.key)
		u.text = number(r.texts, u.key)
		u.above = r.above(b, u.mark)
		u.id = number(r.ids, [2]int{u.text, u.above})
		if u.outline() {
			for len(open) > 0 && depth(*units[open[len(open)-1]].block) >= depth(*b) {
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			u.parent = open[len(open)-1]
		}
		if u.outline() {
			open = append(open, len(units))
		}
		units = append(units, u)
	}
	return units
}

// wording returns the mark and the key of the unit that a block makes; where both are empty it holds no wording.
func (r *reader) wording(blocks []kaisei.Block, i int) (mark, key string) {
	b := &blocks[i]
	sign, rest := split(b)
	whole := ja.Key(rest)
	key = maskNotes(whole)
	if b.Kind != kaisei.BlockNote {
		mark = markKey(sign)
		// A number that one print sets off from its words and another does not (1 目的, 1目的) is one
		// in both or in none.
		if rest != b.Text {
			whole = ja.Key(b.Text)
		}
		if s, met := r.splits[whole]; met {
			mark, key = s[0], s[1]
		} else {
			r.splits[whole] = [2]string{mark, key}
		}
	}
	if b.Kind == kaisei.BlockRow || besideRow(blocks, i) {
		// Empty cells at the edge of a table are no wording; a row that a page break leaves by itself
		// may be read as a paragraph.
		key = strings.Trim(key, "|")
	}
	return mark, key
}

// number returns the number of k in m, a new one where k is new.
func number[K comparable](m map[K]int, k K) int {
	n, ok := m[k]
	if !ok {
		n = len(m) + 1
		m[k] = n
	}
	return n
}

// depth orders outline blocks; an article is inside every heading.
func depth(b kaisei.Block) int {
	if b.Kind == kaisei.BlockArticle {
		return 1 << 16
	}
	return b.Level
}

// above numbers the path above a block: without the block's own heading or number, and
// with the numbers of the headings taken off.
func (r *reader) above(b *kaisei.Block, mark string) int {
	path := b.Path
	if n := len(path); n > 0 {
		own := b.Kind == kaisei.BlockHeading || b.Kind == kaisei.BlockArticle
		if own || mark != "" && markKey(path[n-1]) == mark {
			path = path[:n-1]
		}
	}
	at := 0
	for _, p := range path {
		title, ok := r.titles[p]
		if !ok {
			mark, rest := ja.Enumerator(p)
			if rest == "" {
				rest = mark
			}
			title = number(r.texts, ja.Key(rest))
			r.titles[p] = title
		}
		at = number(r.paths, [2]int{at, title})
	}
	return at
}

// split takes the enumerator off a block's text; for a note, its number.
func split(b *kaisei.Block) (mark, rest string) {
	if b.Kind == kaisei.BlockNote {
		if rest, ok := cutNoteNumber(b.Text); ok {
			return "", rest
		}
	}
	mark, rest = ja.Enumerator(b.Text)
	if mark == "" && b.Kind == kaisei.BlockArticle {
		// （定義）第二条: the caption is printed above the number.
		if at := strings.LastIndex(b.Text, "第"); at > 0 {
			if m, r := ja.Enumerator(b.Text[at:]); m != "" && r == "" {
				return m, b.Text[:at]
			}
		}
	}
	return mark, rest
}

// markKey is the comparison key of an enumerator: without bullets and without the
// numbers of notes (※1, 注2), and "" where nothing else is there.
func markKey(mark string) string {
	for mark != "" {
		r, n := utf8.DecodeRuneInString(mark)
		if !bullet(r) {
			break
		}
		mark = strings.TrimLeftFunc(mark[n:], unicode.IsSpace)
	}
	key := ja.Key(mark)
	for _, note := range [...]string{"※", "注", "脚注", "(注", "[注"} {
		if strings.HasPrefix(key, note) {
			return ""
		}
	}
	return key
}

// bullet reports whether r is a sign that stands in front of a clause without numbering it.
func bullet(r rune) bool {
	if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '(' || r == '（' {
		return false
	}
	return ja.EnumeratorLevel(string(r)) >= bulletLevel
}

// bulletLevel is the depth that ja.EnumeratorLevel gives to the outermost bullet.
const bulletLevel = 200

// besideRow reports whether the block before or after block i is a row of a table.
func besideRow(blocks []kaisei.Block, i int) bool {
	return i > 0 && blocks[i-1].Kind == kaisei.BlockRow || i+1 < len(blocks) && blocks[i+1].Kind == kaisei.BlockRow
}
