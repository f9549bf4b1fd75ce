package pdf

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// setAt sets paragraphs in a measure of thirty characters, the first and the other lines of each
// indented by so many ems.
func setAt(blocks ...setting) *sheet {
	const size, measure, left = 10, 30, 60
	s := &sheet{width: 420, height: 842}
	y := float32(60)
	for _, b := range blocks {
		for i, l := range breakLines(b.text, measure-b.first, measure-b.rest) {
			in := b.rest
			if i == 0 {
				in = b.first
			}
			printed(s, left+float32(in)*size, y, size, false, l)
			y += size * leading
		}
	}
	return s
}

func blocksOf(s *sheet) []string {
	p := paper{pages: 1, sheets: []sheet{*s}}
	return texts(p.layout().Blocks)
}

// fill repeats a text up to so many characters.
func fill(text string, n int) string { return string([]rune(strings.Repeat(text, n))[:n]) }

func textsOf(bs []setting) []string {
	var out []string
	for _, b := range bs {
		out = append(out, b.text)
	}
	return out
}

func TestAClauseThatFillsItsLineEndsWhereAParagraphIsIndented(t *testing.T) {
	for name, b := range map[string]setting{
		"a paragraph":              plainText(fill("監督指導業務委託事項", 29)),
		"an item":                  clauseText("①　" + fill("監督指導業務委託事項", 27)),
		"an item of two lines":     clauseText("①　" + fill("監督指導業務委託事項", 27+28)),
		"a caption":                plainText("図 3. " + fill("活用の流れにおける主体の対応", 26)),
		"a sentence":               plainText(fill("目的を定める", 28) + "。"),
		"a paragraph of two lines": plainText(fill("監督指導業務委託事項", 29+15)),
	} {
		t.Run(name, func(t *testing.T) {
			bs := []setting{plainText(longA), plainText(longB), plainText(longA), b, plainText(longB)}
			if diff := cmp.Diff(textsOf(bs), blocksOf(setAt(bs...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALineWithRoomForTheNextWordEndsAParagraph(t *testing.T) {
	// No paragraph is indented: nothing but the room at the end of the line tells.
	flush := func(text string) setting { return setting{text: text, size: 1} }
	for _, c := range []struct {
		name, before, after string
		joined              bool
	}{
		{"room for a character", fill("監督指導業務委託事項", 29), longB, false},
		{"a comma moves with it", fill("監督指導業務委託事項", 29), "件、" + longB, true},
		{"a bracket moves with it", fill("監督指導業務委託事項", 29), "「件」" + longB, true},
		{"no room", fill("監督指導業務委託事項", 30), longB, true},
		{"no room for a number", fill("監督指導業務委託事項", 29), "2024年の" + longB, true},
		{"room for two", fill("監督指導業務委託事項", 28), "件、" + longB, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := blocksOf(setAt(flush(longA), flush(longB), flush(longA), flush(c.before), flush(c.after)))
			want := []string{longA, longB, longA, c.before, c.after}
			if c.joined {
				want = append(want[:3], c.before+c.after)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABlockSetInGoesOnThoughParagraphsAreIndented(t *testing.T) {
	// Every line of the quotation is indented as far as the first line of a paragraph.
	quoted := setting{text: fill("引用された文章の全体が字下げされて続く場合", 29*3), size: 1, first: 1, rest: 1}
	bs := []setting{plainText(longA), plainText(longB), plainText(longA), quoted}
	if diff := cmp.Diff(textsOf(bs), blocksOf(setAt(bs...))); diff != "" {
		t.Error(diff)
	}
}

func TestThePlaceWhereLinesEndIsNotThatOfHangingPunctuation(t *testing.T) {
	at := func(ends ...float32) (ls []line) {
		for _, x := range ends {
			ls = append(ls, line{rect: rect{x0: 60, x1: x}, size: 10, right: slices.Max(ends)})
		}
		return ls
	}
	for _, c := range []struct {
		ends []float32
		want float32
	}{
		{[]float32{360, 360, 365, 360, 360, 200}, 360},
		{[]float32{360, 360.5, 359.6, 360, 350}, 360.5},
		{[]float32{360, 352, 345, 358, 341}, 0}, // ragged
		{[]float32{360, 360}, 0},
	} {
		if got := edgeOf(at(c.ends...)); got != c.want {
			t.Errorf("%v: %v, want %v", c.ends, got, c.want)
		}
	}
}

func TestAKanjiNumberIsSetOffByANarrowSpace(t *testing.T) {
	s := setAt(plainText(longA), plainText(longB))
	want := []string{"一 国会の議決による。", "十二 裁判の執行による。", "一般の利用に供する。", "三者で協議する。"}
	for i, text := range want {
		mark, rest, spaced := strings.Cut(text, " ")
		y := float32(300 + 17*i)
		printed(s, 60, y, 10, false, mark)
		if spaced {
			n := len(s.glyphs)
			printed(s, 60+10*float32(len([]rune(mark)))+2.5, y, 10, false, rest)
			s.glyphs[n].space = spaceGuessed
		}
	}
	if diff := cmp.Diff(want, blocksOf(s)[2:]); diff != "" {
		t.Error(diff)
	}
}
