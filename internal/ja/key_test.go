package ja

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestKeyTakesPrintForWording(t *testing.T) {
	for _, same := range [][]string{
		{"AI事業者は、民間の長", "ＡＩ事業者は、⺠間の⻑", "AI 事業者は、\n民間の⾧", "\uf0b2 AI事業者は、民間の長", "➢　AI事業者は、民間の長"},
		{"戸籍の黄色い青", "⼾籍の⻩⾊い⻘"},
		{"(1)サーバー", "（１）サーバー", "（1） ｻｰﾊﾞｰ", "(1)サ\u200bーバー"},
		{"2020-2021~A", "2020―2021〜Ａ", "２０２０－２０２１～A", "2020——2021∼A"},
		{`"AI"・'x'`, "“AI”･‘x’", "〝AI〟·´x`"},
		{"AI model card", "AI  model\u00a0card", "AI\nmodel card\n"},
		{"含まない。", "含まない⁶。", "含まない†。", "含 ま な い。"},
		{"①と…", "1と...", "①と…"},
		{"が", "か\u3099", "か\u200b\u3099"},
		{"m2", "m²"},
		{"○○省", "○○ 省"},
		{"a-b", "a‐b", "a\u00ad-b"},
		{"", " ", "\u3000\n", "\u200b"},
	} {
		for _, s := range same[1:] {
			if got, want := Key(s), Key(same[0]); got != want {
				t.Errorf("Key(%q) = %q, want %q as of %q", s, got, want, same[0])
			}
		}
	}
}

func TestKeyKeepsWhatIsWording(t *testing.T) {
	for _, pair := range [][2]string{
		{"AI model", "AImodel"}, {"1 2", "12"}, {"する。", "する"}, {"A", "a"}, {"、", "，"}, {"○", "×"}, {"○ | 要", "◎ | 要"},
		{"○○省", "○省"}, {"②", "①"}, {"第1条", "第１条の２"}, {"ー", "-"}, {"は", "ば"}, {"カ", "ガ"}, {"・", "○"}, {"m²", "m³"},
	} {
		if a, b := Key(pair[0]), Key(pair[1]); a == b {
			t.Errorf("%q and %q have the same key %q", pair[0], pair[1], a)
		}
	}
}

func TestKeyFoldsEveryRadical(t *testing.T) {
	for r := rune(0x2e80); r <= 0x2fd5; r++ {
		if r == 0x2e80 || r == 0x2e9a || r > 0x2ef3 && r < 0x2f00 {
			continue // no ideograph, or not assigned
		}
		k, _ := utf8.DecodeRuneInString(Key(string(r)))
		if k < 0x3400 || Japanese(string(r)) != 1 {
			t.Errorf("radical %U has the key %q", r, k)
		}
	}
	if got, want := Key("⺠⻑⻘⻄⻁⻤⻭⻲⼀⿕"), "民長青西虎鬼歯亀一龠"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestKeyIsLinearInTheLengthOfTheText(t *testing.T) {
	for _, unit := range []string{"・", "○ ", "か\u3099", " \u200b", "①", "--", "\u3000"} {
		Key(strings.Repeat(unit, 1<<19))
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"AI 事業者 ⺠", "か゛", "・ ○ foo", "e\u0301 x", "㍻①²³", "\uf0b2\uf06c", "ﾊﾟ ･", "- -", "\u00a8a", "ﬁ ﬂ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "?")
		}
		k := Key(s)
		if again := Key(k); again != k {
			t.Errorf("Key(%q) = %q, and its key is %q", s, k, again)
		}
		if !utf8.ValidString(k) {
			t.Errorf("Key(%q) = %q is not UTF-8", s, k)
		}
	})
}

const clause = "AI 提供者は、AIシステム・サービスの利用に際し、最新のリスク（例：プライバシー）及びその対応策を、" +
	"個人情報保護法第２７条第１項の規定に基づき、令和８年３月31日までに関連するステークホルダーへ提供する。"

func BenchmarkKey(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"own", Key(clause)},
		{"printed", clause},
		{"normalised", clause + "ﾃﾞｰﾀ"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				Key(c.text)
			}
		})
	}
}
