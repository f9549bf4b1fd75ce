package ja

import (
	"strings"
	"testing"
)

func TestEnumeratorTakesOffNumbersAndBullets(t *testing.T) {
	for _, c := range []struct{ text, mark, rest string }{
		{"第十六条の二　国は、", "第十六条の二", "国は、"},
		{"第十六条（定義）", "第十六条", "（定義）"},
		{"第2部 AI により目指すべき社会", "第2部", "AI により目指すべき社会"},
		{"第2部AIにより目指すべき社会", "第2部", "AIにより目指すべき社会"},
		{"第３章　罰則", "第３章", "罰則"},
		{"第一章総則", "第一章", "総則"},
		{"第 2 部 基本", "第 2 部", "基本"},
		{"第百五十五条から第百五十九条まで　削除", "第百五十五条から第百五十九条まで", "削除"},
		{"第二条", "第二条", ""},
		{"1) 人間中心", "1)", "人間中心"},
		{"１）人間中心", "１）", "人間中心"},
		{"(1) 目的", "(1)", "目的"},
		{"（１）この文書", "（１）", "この文書"},
		{"（ア）対象", "（ア）", "対象"},
		{"(一) 対象", "(一)", "対象"},
		{"（iv）x", "（iv）", "x"},
		{"1. 目的", "1.", "目的"},
		{"１．目的", "１．", "目的"},
		{"1-2 目的", "1-2", "目的"},
		{"1.2.3 目的", "1.2.3", "目的"},
		{"２　この法律において", "２", "この法律において"},
		{"6 消費者を支援する", "6", "消費者を支援する"},
		{"A. AIとは", "A.", "AIとは"},
		{"Ｃ．共通の指針", "Ｃ．", "共通の指針"},
		{"D-1. 対応", "D-1.", "対応"},
		{"①適正学習", "①", "適正学習"},
		{"① 適正学習", "①", "適正学習"},
		{"⑴　目的", "⑴", "目的"},
		{"㋐対象", "㋐", "対象"},
		{"ア　対象", "ア", "対象"},
		{"イ．対象", "イ．", "対象"},
		{"一　個人情報", "一", "個人情報"},
		{"二の二　個人情報", "二の二", "個人情報"},
		{"Ⅰ．はじめに", "Ⅰ．", "はじめに"},
		{"Ⅱ 対象", "Ⅱ", "対象"},
		{"VIII. 対象", "VIII.", "対象"},
		{"VＩＩＩ. 対象", "VＩＩＩ.", "対象"},
		{"○ 対象", "○", "対象"},
		{"●対象", "●", "対象"},
		{"・対象", "・", "対象"},
		{"➢ 対象", "➢", "対象"},
		{"✓対象", "✓", "対象"},
		{"■　対象", "■", "対象"},
		{"\uf0b2 対象", "\uf0b2", "対象"},
		{"\uf06c対象", "\uf06c", "対象"},
		{"– 対象", "–", "対象"},
		{"・(1) 対象", "・(1)", "対象"},
		{"　○　①　対象", "○　①", "対象"},
		{"別添1 AI提供者", "別添1", "AI提供者"},
		{"別表第一（第二条関係）", "別表第一", "（第二条関係）"},
		{"【別紙２】様式", "【別紙２】", "様式"},
		{"（参考１）用語", "（参考１）", "用語"},
		{"（注1）用語", "（注1）", "用語"},
		{"図 5. 基本理念", "図 5.", "基本理念"},
		{"注1）例", "注1）", "例"},
		{"脚注12 例", "脚注12", "例"},
		{"※ 例", "※", "例"},
	} {
		if mark, rest := Enumerator(c.text); mark != c.mark || rest != c.rest {
			t.Errorf("Enumerator(%q) = %q, %q; want %q, %q", c.text, mark, rest, c.mark, c.rest)
		}
	}
}

func TestEnumeratorLeavesWhatOnlyLooksLikeOne(t *testing.T) {
	for _, s := range []string{
		"", " ", "対象", "第十六条の規定により", "第16条第2項の規定により", "第三者に提供する", "第1回会議", "第1部及び第2部", "第2部で述べた", "第1.2版",
		"①から③まで", "①の場合", "（１）及び（２）", "2024 年度", "2026年", "3 つに大別", "1.5倍", "10:30", "○○省", "A.I.", "U.S.", "A社", "AI 提供者",
		"(2024)年", "5G", "1", "○", "・", "○ | 必要", "-5", "一般に", "一つの", "ア", "アクセス", "別添のとおり", "図るため", "図5に示す", "注意", "別表第一の", "（以下", "(AI)", "1 | 2",
	} {
		if mark, rest := Enumerator(s); mark != "" || rest != s {
			t.Errorf("Enumerator(%q) = %q, %q", s, mark, rest)
		}
	}
}

func TestEnumeratorLevelsFollowTheDepthOfLawsAndGuidelines(t *testing.T) {
	for _, order := range [][]string{
		{"別添1", "第一編", "第２部", "第三章", "第一節", "第二款", "第二目", "第十六条の二", "第二項", "第一号"},
		{"第2部", "第1章", "Ⅰ", "A.", "A-1.", "1.", "1-2", "1.2.3", "1)", "(1)", "①", "ア", "(ア)", "※", "■", "●", "➢", "✓", "・", "–"},
		{"２", "一", "イ"},
		{"\uf0b2", "\uf06c", "\uf0d8"},
	} {
		for i := 1; i < len(order); i++ {
			if a, b := EnumeratorLevel(order[i-1]), EnumeratorLevel(order[i]); a <= 0 || a >= b {
				t.Errorf("level of %q is %d, of %q %d", order[i-1], a, order[i], b)
			}
		}
	}
	for _, same := range [][2]string{{"1)", "２）"}, {"(1)", "⑴"}, {"●①", "②"}, {"第2部", "第十二部"}} {
		if a, b := EnumeratorLevel(same[0]), EnumeratorLevel(same[1]); a != b {
			t.Errorf("level of %q is %d, of %q %d", same[0], a, same[1], b)
		}
	}
	if EnumeratorLevel("") != 0 || EnumeratorLevel("対象") != 0 {
		t.Error("no enumerator has a level")
	}
}

func FuzzEnumerator(f *testing.F) {
	for _, s := range []string{"第十六条の二　国", "（１）a", "・①", "別添1 x", "D-1. x", "1.2. x", "図 5. x", "【別紙】", "(注1)x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mark, rest := Enumerator(s)
		if mark == "" && rest != s {
			t.Errorf("Enumerator(%q) leaves %q", s, rest)
		}
		if !strings.HasSuffix(s, rest) || !strings.Contains(s, mark) {
			t.Errorf("Enumerator(%q) = %q, %q", s, mark, rest)
		}
		if mark != "" && EnumeratorLevel(mark) < 0 {
			t.Errorf("level of %q", mark)
		}
	})
}
