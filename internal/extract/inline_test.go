package extract

import (
	"slices"
	"strings"
	"testing"
)

func TestWhiteSpaceFoldsAsABrowserShowsIt(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"個人情報の\n    保護", "個人情報の保護"},
		{"個人情報 の", "個人情報 の"},
		{"the\n  Act", "the Act"},
		{"AI\nの利用", "AI の利用"},
		{"　全角　字下げ", "　全角　字下げ"},
		{"a\u00a0b", "a b"},
		{" 前後 ", "前後"},
		{"一行\v \u00a0 二行", "一行\v　二行"},
		{"一行\u2028 二行", "一行\v二行"},
	} {
		if got := collapse(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCharactersWithoutWidthAreDropped(t *testing.T) {
	if got := clean("個\u200b人\u00ad情\ufeff報\u202e\x00\u0085保\v護\xff"); got != "個人情報保 護\uFFFD" {
		t.Errorf("got %q", got)
	}
}

func TestBreaksSplitParagraphsOnlyWhereTheirAuthorMeantIt(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"two breaks", "一つ目の段落は、||二つ目", []string{"一つ目の段落は、", "二つ目"}},
		{"inside a sentence", "本基準は、実効性の高い対策を|とりまとめたもので|ある。", []string{"本基準は、実効性の高い対策をとりまとめたものである。"}},
		{"after a sentence", "第一の文である。|第二の文である。", []string{"第一の文である。", "第二の文である。"}},
		{"an indentation", "状況です|　ＡＩの利用", []string{"状況です", "ＡＩの利用"}},
		{"an enumerator", "次のとおり|（１）甲|（２）乙", []string{"次のとおり", "（１）甲", "（２）乙"}},
		{"entries", "平成28年11月|（令和７年６月一部改正）|個人情報保護委員会", []string{"平成28年11月", "（令和７年６月一部改正）", "個人情報保護委員会"}},
		{"a date and what it dates", "平成１６年　４月　２日|閣議決定", []string{"平成１６年　４月　２日　閣議決定"}},
		{"a history", "平成７年７月７日（制定）|平成９年９月２４日（改定）", []string{"平成７年７月７日（制定）", "平成９年９月２４日（改定）"}},
		{"a numbered title", "１　趣旨|本文である。", []string{"１　趣旨", "本文である。"}},
		{"English", "the Act on|Promotion", []string{"the Act on Promotion"}},
		{"nothing", " | ", nil},
	} {
		if got := paragraphs(strings.ReplaceAll(c.in, "|", string(lineBreak))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNumbersArePrintedAsWordPrintsThem(t *testing.T) {
	for _, c := range []struct {
		format string
		n      int
		want   string
	}{
		{"decimal", 12, "12"}, {"decimalFullWidth", 12, "１２"}, {"decimalZero", 3, "03"},
		{"decimalEnclosedCircle", 20, "⑳"}, {"decimalEnclosedCircle", 21, "㉑"}, {"decimalEnclosedCircle", 36, "㊱"}, {"decimalEnclosedCircle", 51, "51"},
		{"decimalEnclosedParen", 3, "⑶"}, {"decimalEnclosedFullstop", 2, "⒉"},
		{"aiueoFullWidth", 1, "ア"}, {"aiueoFullWidth", 46, "ン"}, {"aiueoFullWidth", 47, "アア"}, {"aiueo", 2, "ｲ"}, {"iroha", 3, "ハ"},
		{"japaneseCounting", 21, "二十一"}, {"japaneseCounting", 110, "百十"}, {"ideographDigital", 105, "一〇五"},
		{"upperRoman", 1994, "MCMXCIV"}, {"lowerRoman", 4, "iv"}, {"upperLetter", 2, "B"}, {"lowerLetter", 27, "aa"},
		{"none", 1, ""}, {"unknown", 7, "7"}, {"upperRoman", 0, "0"}, {"lowerLetter", 1 << 19, "524288"},
	} {
		if got := wordNumber(c.format, c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.format, c.n, got, c.want)
		}
	}
}

func TestTitlesLoseTheNameOfTheirSite(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"第4節　納税義務の免除｜国税庁", "第4節　納税義務の免除"},
		{"総務省｜AI事業者ガイドライン", "AI事業者ガイドライン"},
		{"人工知能法（ＡＩ法） - 科学技術・イノベーション - 内閣府", "人工知能法（ＡＩ法） - 科学技術・イノベーション"},
		{"AI検討会／AI事業者ガイドライン（METI/経済産業省）", "AI検討会／AI事業者ガイドライン"},
		{"特性と留意点 | 政府CIOポータル", "特性と留意点"},
		{"デジタル庁", "デジタル庁"},
		{"AI-OCRの利用", "AI-OCRの利用"},
	} {
		if got := withoutSite(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}
