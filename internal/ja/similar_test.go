package ja

import (
	"os"
	"strings"
	"testing"
)

func TestSimilarTitlesAreOfOneDocumentAndPartsOfOneWorkAreNot(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"AI利活用における民事責任の解釈適用に関する手引き（第1.0版）", "AIの利活用における民事責任の解釈・適用に関する手引（第1.1版）", true},
		{"テキスト生成AI利活用におけるリスクへの対策ガイドブック（α版）", "テキスト生成AI利活用におけるリスク対策ガイドブック（β版）", true},
		{"AI事業者ガイドライン（第1.1版）本編", "AI事業者ガイドライン（第1.2版）概要", false},
		{"AI事業者ガイドライン（第1.1版）", "AI事業者ガイドライン（第1.2版）本編", false},
		{"別添1 契約チェックリスト", "別添2 契約チェックリスト", false},
		{"AI開発者向けガイドブック 第1版", "AI提供者向けガイドブック 第2版", false},
		{"AI戦略専門調査会（第3回）議事要旨", "AI戦略専門調査会（第4回）議事要旨", false},
		{"AI推進法案に対する附帯決議（衆議院）", "AI推進法案に対する附帯決議（参議院）", false},
		{"AI事業者ガイドライン（第1.2版）", "AI事業者ガイドライン（第1.2版）（英語仮訳）", false},
		{"人工知能基本計画", "個人情報の保護に関する基本方針", false},
		{"", "AI事業者ガイドライン", false},
	} {
		if got := Similar(c.a, c.b); got != c.want || got != Similar(c.b, c.a) {
			t.Errorf("%q and %q: %v (identities %q, %q, likeness %.2f)", c.a, c.b, got, Identity(c.a), Identity(c.b), Likeness(Identity(c.a), Identity(c.b)))
		}
	}
}

// TestSimilarAddsNoPairThatIsNotOneDocument reads the labelled links that rules may be written
// against: beyond what Identity says, no two documents are taken for one.
func TestSimilarAddsNoPairThatIsNotOneDocument(t *testing.T) {
	b, err := os.ReadFile("../accuracy/testdata/labels/rules/links.tsv")
	if err != nil {
		t.Fatal(err)
	}
	right, wrong, missed := 0, 0, 0
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 6 || f[0] == "id" || Identity(f[1]) == Identity(f[3]) {
			continue
		}
		switch similar := Similar(f[1], f[3]); {
		case similar && f[5] == "yes":
			right++
		case similar:
			wrong++
			t.Errorf("%s: %q and %q are two documents", f[0], f[1], f[3])
		case f[5] == "yes":
			missed++
			t.Logf("%s: %q and %q are one document (likeness %.2f)", f[0], f[1], f[3], Likeness(Identity(f[1]), Identity(f[3])))
		}
	}
	t.Logf("of pairs with different identities: %d recognised, %d wrongly, %d left as two", right, wrong, missed)
}
