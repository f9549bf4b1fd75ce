package pdf

import "testing"

func TestANumberSetTightBeginsTheVeryNextNoteOnly(t *testing.T) {
	for _, c := range []struct {
		line   string
		last   int
		number string
	}{
		{"12人間中心の考え方に立ち、", 11, "12"},
		{"12「責任ある AI」とは、", 11, "12"},
		{"12人間中心の考え方に立ち、", 10, ""},
		{"12月に公表された。", 11, ""},
		{"12人が参加した。", 11, ""},
		{"3つの原則からなる。", 2, ""},
		{"1人間中心の考え方に立ち、", 0, ""},
		{"12 人間中心の考え方に立ち、", 10, "12"},
	} {
		if number, _, _ := noteNumber(c.line, c.last); number != c.number {
			t.Errorf("%q after note %d: number %q, want %q", c.line, c.last, number, c.number)
		}
	}
}

// marked writes note marks as people see them in this test: ^3^.
func marked(lines ...string) leaf {
	f := leaf{}
	for _, s := range lines {
		open := true
		var text []rune
		for _, r := range s {
			if r == '^' {
				r = markOpen
				if !open {
					r = markClose
				}
				open = !open
			}
			text = append(text, r)
		}
		f.lines = append(f.lines, line{text: string(text)})
	}
	return f
}

func TestNumbersAreNoteMarksWhereTheNotesSaySo(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		notes []string
		want  []string
	}{
		"a raised quantity is none where a word bears the mark": {
			[]string{"そして、^3^ つのガイドラインを統合し、", "事業者(政府3・自治体^4^等)が行う。"}, []string{"3", "4"},
			[]string{"そして、3 つのガイドラインを統合し、", "事業者(政府・自治体等)が行う。"}},
		"a raised number before a counter stays a mark where no word bears one": {
			[]string{"公表した^3^年度の計画"}, []string{"3"}, []string{"公表した年度の計画"}},
		"numbers of ordinary size between words":   {[]string{"安全性評価13,14の枠組み"}, []string{"13", "14"}, []string{"安全性評価の枠組み"}},
		"a number with no note":                    {[]string{"安全性評価13,14の枠組み"}, []string{"13"}, []string{"安全性評価13,14の枠組み"}},
		"an ordinal and a quantity are no marks":   {[]string{"条例第3の規定", "約3つの原則"}, []string{"3"}, []string{"条例第3の規定", "約3つの原則"}},
		"the end of a sentence is looked at first": {[]string{"評価3の枠組み", "公表した3。"}, []string{"3"}, []string{"評価3の枠組み", "公表した。"}},
	} {
		leaves := []leaf{marked(c.lines...)}
		for _, n := range c.notes {
			leaves[0].notes = append(leaves[0].notes, note{number: n})
		}
		placeMarks(leaves)
		for i, want := range c.want {
			if got := plain(leaves[0].lines[i].text); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

func TestRomanNumbersAreASeries(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"IV)", "V)", true}, {"V)", "VI)", true}, {"ⅰ）", "ⅱ）", true}, {"IX)", "X)", true}, {"IV)", "VI)", false}, {"H.", "V)", false}, {"ア", "V)", false}} {
		if got := follow(c.a, c.b); got != c.want {
			t.Errorf("follow(%q, %q) is %v", c.a, c.b, got)
		}
	}
}
