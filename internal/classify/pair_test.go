package classify

import (
	"testing"
	"time"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

func text(title, name string, clauses ...string) Text {
	t := Text{Title: title, Name: name, Format: "html"}
	for _, c := range clauses {
		t.Blocks = append(t.Blocks, kaisei.Block{Path: []string{"第2部"}, Kind: kaisei.BlockItem, Text: c})
	}
	return t
}

func TestAPairIsJudgedAsTwoVersionsOfOneDocument(t *testing.T) {
	r := mustLoad(t)
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	judge := func(before, after Text) kaisei.Change {
		edits := diff.Blocks(before.Blocks, after.Blocks)
		return r.Judge(Pair(before, after, edits, kaisei.LayerBusinessGuideline, now))
	}
	const was, is = "① AI提供者は、記録を保存することが望ましい。", "① AI提供者は、記録を保存することが求められる。"
	c := judge(text("見本指針（第1.1版）", "a.html", was), text("見本指針（第1.2版）", "b.html", is))
	if c.Class != kaisei.ClassNewVersion || c.LabelBefore != "第1.1版" || c.LabelAfter != "第1.2版" || c.Severity != kaisei.High {
		t.Errorf("%s %s, %q → %q", c.Class, c.Severity, c.LabelBefore, c.LabelAfter)
	}
	if len(c.Shifts) != 1 || c.Shifts[0].Direction != kaisei.Hardened || c.Shifts[0].Addressee != "AI提供者" {
		t.Errorf("shifts %+v", c.Shifts)
	}
	if c := judge(text("見本指針", "v1.1.html", was), text("見本指針", "v1.2.html", is)); c.LabelAfter != "v1.2" || c.Class != kaisei.ClassNewVersion {
		t.Errorf("labels of file names: %q, %s", c.LabelAfter, c.Class)
	}
	if c := judge(text("見本指針", "a.html", was), text("見本指針", "b.html", is)); c.Class != kaisei.ClassAmended {
		t.Errorf("without labels: %s", c.Class)
	}
	if c := judge(text("見本指針", "a.html", is), text("見本指針", "b.html", is)); c.Class != kaisei.ClassReissued || len(c.Shifts) != 0 {
		t.Errorf("the same words: %s", c.Class)
	}
}

func TestTheLayerOfATextByItselfIsGuessedFromItsTitle(t *testing.T) {
	for title, want := range map[string]kaisei.Layer{
		"AI 事業者ガイドライン(第 1.2 版)":         kaisei.LayerBusinessGuideline,
		"個人情報の保護に関する法律":                 kaisei.LayerLaw,
		"個人情報の保護に関する法律施行令":              kaisei.LayerOrder,
		"個人情報の保護に関する法律施行規則":             kaisei.LayerOrder,
		"個人情報の保護に関する法律についてのガイドライン（通則編）": kaisei.LayerBusinessGuideline,
		"人工知能基本計画":                      kaisei.LayerPlan,
		"人工知能関連技術の研究開発及び活用の適正性確保に関する指針": kaisei.LayerStatutory,
		"「ガイドライン（案）」に関する意見募集について":       kaisei.LayerConsultation,
		"資料1": kaisei.LayerBusinessGuideline,
	} {
		if got := GuessLayer(Text{Title: title}); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
	if got := GuessLayer(Text{Title: "行政手続法", Format: "lawxml"}); got != kaisei.LayerLaw {
		t.Errorf("law XML: %s", got)
	}
}
