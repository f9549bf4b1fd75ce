package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// The uses of AI of a company, as its legal department would describe them.
func hiring() kaisei.UseCase {
	return kaisei.UseCase{
		Name: "採用支援AI", Owner: "人事部", Roles: []string{"user"}, Sectors: []string{"employment"},
		Themes: []string{"fairness", "transparency"}, Laws: []string{"職業安定法"},
	}
}

func chatbot() kaisei.UseCase {
	return kaisei.UseCase{Name: "問い合わせチャットボット", Roles: []string{"provider"}, Themes: []string{"privacy"}, Laws: []string{"個人情報保護法"}}
}

func pricing() kaisei.UseCase {
	return kaisei.UseCase{Name: "価格の自動設定", Roles: []string{"user"}, Themes: []string{"fair-competition"}, Laws: []string{"独占禁止法"}}
}

func TestAClauseTouchesAUseByThemeWhereNothingContradicts(t *testing.T) {
	r := mustLoad(t)
	heading := "3) 公平性"
	for _, c := range []struct {
		name string
		use  kaisei.UseCase
		edit kaisei.Edit
		want bool
	}{
		{"theme and role in the clause", hiring(), changed("", "AI利用者は、出力に含まれるバイアスを点検する。", "第2部"), true},
		{"theme in the heading, no role: binds all", hiring(), changed("", "① 定期的に点検する。", "第2部", heading), true},
		{"everybody", hiring(), changed("", "各主体は、公平性に配慮する。", "第2部"), true},
		{"another theme", hiring(), changed("", "AI利用者は、出力の安全性を確認する。", "第2部"), false},
		{"another role in the clause", hiring(), changed("", "AI開発者は、学習データのバイアスを点検する。", "第2部"), false},
		{"another role in the heading", hiring(), changed("", "バイアスを点検する。", "第3部 AI開発者に関する事項"), false},
		{"another role in the heading, ours in the clause", hiring(), changed("", "AI利用者にバイアスの要因を伝える。", "第3部 AI開発者に関する事項"), true},
		{"another sector", hiring(), changed("", "医療機器では、患者の属性によるバイアスを点検する。", "第2部"), false},
		{"our sector", hiring(), changed("", "採用選考では、バイアスを点検する。", "第2部"), true},
		{"several sectors with ours", hiring(), changed("", "医療、金融、雇用では、差別に注意する。", "第2部"), true},
		{"whom it protects is not whom it binds", hiring(), changed("", "消費者の差別につながらないようにする。", "第2部"), true},
		{"who works with us is not whom it binds", hiring(), changed("", "大学と連携してバイアスを研究する。", "第2部"), true},
		{"addressed to citizens", hiring(), changed("", "国民は、AIのバイアスを理解するよう努める。", "第2部"), false},
		{"addressed to the state", hiring(), changed("", "国は、バイアスの調査を行う。", "第2部"), false},
		{"no role declared: not limited", kaisei.UseCase{Name: "u", Themes: []string{"fairness"}}, changed("", "AI開発者は、バイアスを点検する。", "第2部"), true},
		{"no sector declared: not limited", kaisei.UseCase{Name: "u", Themes: []string{"fairness"}}, changed("", "病院は、バイアスを点検する。", "第2部"), true},
		{"copyright is no privacy", chatbot(), changed("", "AI提供者は、著作物の利用について権利者に説明する。", "第2部"), false},
		{"only its place changed", hiring(), changed("バイアスを点検する。", "バイアスを 点検する。", "第2部"), false},
		{"what is gone touches too", hiring(), changed("AI利用者は、バイアスを点検する。", "", "第2部"), true},
		{"a cited law", chatbot(), changed("", "AI提供者は、個人情報保護法を遵守する。", "第2部"), true},
		{"a cited law by its title", kaisei.UseCase{Name: "u", Laws: []string{"415AC0000000057"}}, changed("", "個人情報の保護に関する法律第27条に従う。", "第2部"), true},
		{"a cited law, another role", kaisei.UseCase{Name: "u", Roles: []string{"provider"}, Laws: []string{"著作権法"}}, changed("", "AI利用者は、著作権法に留意する。", "第2部"), false},
		{"another law of like name", kaisei.UseCase{Name: "u", Laws: []string{"民法"}}, changed("", "国民法の例による。", "第2部"), false},
		{"the law itself beside it", kaisei.UseCase{Name: "u", Laws: []string{"民法"}}, changed("", "契約は、民法の例による。", "第2部"), true},
		{"roles alone, named", kaisei.UseCase{Name: "u", Roles: []string{"developer"}}, changed("", "AI開発者は、記録を残す。", "第2部"), true},
		{"roles alone, nobody named", kaisei.UseCase{Name: "u", Roles: []string{"developer"}}, changed("", "記録を残す。", "第2部"), false},
		{"sectors alone, named", kaisei.UseCase{Name: "u", Sectors: []string{"finance"}}, changed("", "銀行は、記録を残す。", "第2部"), true},
		{"sectors alone, another", kaisei.UseCase{Name: "u", Sectors: []string{"finance"}}, changed("", "病院は、記録を残す。", "第2部"), false},
		{"a document that is followed", kaisei.UseCase{Name: "u", Documents: []string{"meti/ai-guidelines/main"}}, changed("", "記録を残す。", "第2部"), true},
		{"a beginning that is followed", kaisei.UseCase{Name: "u", Documents: []string{"meti/"}}, changed("", "記録を残す。", "第2部"), true},
		{"a beginning that is no path", kaisei.UseCase{Name: "u", Documents: []string{"meti/ai-guide"}}, changed("", "記録を残す。", "第2部"), false},
		{"a followed document, another role", kaisei.UseCase{Name: "u", Roles: []string{"user"}, Documents: []string{"meti/"}}, changed("", "AI開発者は、記録を残す。", "第2部"), false},
	} {
		got := r.For([]kaisei.UseCase{c.use}).Judge(pair(kaisei.LayerBusinessGuideline, c.edit)).Touches
		if (len(got) == 1) != c.want {
			t.Errorf("%s: touches %+v, want %v", c.name, got, c.want)
		}
	}
}

func TestATouchNamesTheClauseAndWhy(t *testing.T) {
	f := pair(kaisei.LayerBusinessGuideline,
		changed("", "透明性を確保する。", "第2部", "6) 透明性"),
		changed("AI利用者は、バイアスを点検することが望ましい。", "AI利用者は、バイアスを点検しなければならない。", "第2部", "3) 公平性", "①"),
		changed("", "AI利用者は、公平性に配慮した採用選考を行う。", "第2部", "3) 公平性", "②"),
		changed("", "AI提供者は、個人情報保護法に基づき、プライバシーを守る。", "第2部"))
	c := mustLoad(t).For([]kaisei.UseCase{hiring(), pricing(), chatbot()}).Judge(f)
	if len(c.Touches) != 2 {
		t.Fatalf("%+v", c.Touches)
	}
	got := c.Touches[0]
	if got.UseCase != "採用支援AI" || got.Owner != "人事部" || strings.Join(got.Path, " › ") != "第2部 › 3) 公平性 › ①" || got.Clause != "AI利用者は、バイアスを点検しなければならない。" ||
		got.Reason.JA != "テーマ『公平性（バイアス）』・役割『AI利用者』が一致" || got.Reason.EN != "theme fairness (バイアス), role business users in common" {
		t.Errorf("the clause that hardened is not the strongest: %+v", got)
	}
	if got := c.Touches[1]; got.Reason.JA != "根拠法『個人情報保護法』の引用・テーマ『プライバシー・個人情報』・役割『AI提供者』が一致" {
		t.Errorf("%+v", got)
	}
	all := mustLoad(t).For([]kaisei.UseCase{hiring()}).Clauses(c, f.Source, nil)
	if len(all) != 3 || all[0].Clause != got.Clause || all[1].Clause != "AI利用者は、公平性に配慮した採用選考を行う。" {
		t.Errorf("all clauses: %+v", all)
	}
}

func TestTheSourcesSectorCounts(t *testing.T) {
	f := pair(kaisei.LayerSector, changed("", "バイアスを点検する。", "第2部"))
	f.Source.Sectors = []string{"finance"}
	bank := kaisei.UseCase{Name: "与信", Sectors: []string{"finance"}, Themes: []string{"fairness"}}
	c := mustLoad(t).For([]kaisei.UseCase{hiring(), bank}).Judge(f)
	if len(c.Touches) != 1 || c.Touches[0].UseCase != "与信" || !strings.Contains(c.Touches[0].Reason.JA, "分野『金融』") {
		t.Errorf("%+v", c.Touches)
	}
}

// lawChange is a change of the text of 個人情報保護法 at e-Gov.
func lawChange(edits ...kaisei.Edit) Finding {
	f := pair(kaisei.LayerLaw, edits...)
	f.Source = kaisei.Source{ID: "egov/appi", Kind: kaisei.KindLaw, Law: "415AC0000000057", Layer: kaisei.LayerLaw}
	f.Next.Document, f.Next.Title, f.Next.PageURL = "egov/appi/text", "個人情報の保護に関する法律", "https://laws.e-gov.go.jp/law/415AC0000000057"
	return f
}

func TestALawThatAUseRestsOnAlwaysTouchesIt(t *testing.T) {
	body := changed("報告しなければならない。", "速やかに報告しなければならない。", "第六章", "第百四十六条", "第一項")
	annexed := changed("", "この法律は、公布の日から施行する。", "附則（令和八年六月二四日法律第四六号）", "第一条")
	rests := kaisei.UseCase{Name: "医療", Roles: []string{"provider"}, Sectors: []string{"health"}, Laws: []string{"415AC0000000057"}}
	listed := lawChange(changed("", "個人情報の保護に関する法律の一部を改正する法律による改正／公布 2026年7月17日／施行日未定／未施行", "改正履歴"))
	listed.Next.Document, listed.Next.Title = "egov/appi/revisions", "個人情報の保護に関する法律 改正履歴"
	for _, c := range []struct {
		name, reason, clause string
		f                    Finding
	}{
		{"an article", "根拠法『個人情報保護法』の条文が変わった", "速やかに報告しなければならない。", lawChange(annexed, body)},
		{"supplementary provisions only", "根拠法『個人情報保護法』は附則だけが変わり、本則の条文は変わっていない", "この法律は、公布の日から施行する。", lawChange(annexed)},
		{"the list of revisions", "根拠法『個人情報保護法』の改正履歴が動いた", listed.Edits[0].After, listed},
		{"an article for others", "根拠法『個人情報保護法』の条文が変わった", "国は、施策を講ずる。", lawChange(changed("", "国は、施策を講ずる。", "第二章", "第八条"))},
		{"numbers only", "根拠法『個人情報保護法』は条の番号か位置だけが変わった", "", lawChange(kaisei.Edit{
			Kind: kaisei.EditRenumbered, BlockKind: kaisei.BlockParagraph, PathBefore: []string{"第三条"}, PathAfter: []string{"第四条"}, Before: "報告する。", After: "報告する。"})},
	} {
		got := mustLoad(t).For([]kaisei.UseCase{rests, pricing()}).Judge(c.f).Touches
		if len(got) != 1 || got[0].Reason.JA != c.reason || got[0].Clause != c.clause {
			t.Errorf("%s: %+v", c.name, got)
		}
	}

	future := lawChange()
	future.Prev, future.Next.Document = nil, "egov/appi/future/415AC0000000057_20280716_508AC0000000056"
	for i := range 5 {
		future.Next.Blocks = append(future.Next.Blocks, kaisei.Block{Kind: kaisei.BlockParagraph, Path: []string{fmt.Sprint("第", i, "条")}, Text: "報告しなければならない。"})
	}
	r := mustLoad(t).For([]kaisei.UseCase{rests})
	if got := r.Touches(r.Judge(future), future.Source, future.Next.Blocks); len(got) != 1 || got[0].Clause != "" || !strings.Contains(got[0].Reason.JA, "未施行の条文が示された") {
		t.Errorf("a text to come: %+v", got)
	}
	if all := r.Clauses(r.Judge(future), future.Source, future.Next.Blocks); len(all) != 1 {
		t.Errorf("a text to come touches as a whole, once: %+v", all)
	}
}

func TestTheDayOfALawTouchesTheUseThatRestsOnIt(t *testing.T) {
	f := lawChange()
	e := Elapsed{
		ID: "egov/appi/revisions@in-force-2026-12-31", Event: EventDayCame, Source: f.Source, Version: f.Next, Title: "個人情報の保護に関する法律 改正履歴", Now: now,
	}
	e.Version.Document = "egov/appi/revisions"
	got := mustLoad(t).For([]kaisei.UseCase{hiring(), chatbot()}).JudgeElapsed(e)
	if len(got.Touches) != 1 || got.Touches[0].Clause != "" || !strings.HasPrefix(got.Touches[0].Reason.JA, "根拠法『個人情報保護法』の改正の施行日が来た") {
		t.Errorf("%s: %+v", got.Class, got.Touches)
	}
}

func TestSupplementaryProvisionsAreStatedAsSuchForThemesToo(t *testing.T) {
	annexed := changed("", "個人情報の取扱いに関する経過措置は、政令で定める。", "附則（令和八年六月二四日法律第四六号）", "第五条")
	themed := kaisei.UseCase{Name: "u", Themes: []string{"privacy"}}
	got := mustLoad(t).For([]kaisei.UseCase{themed}).Judge(lawChange(annexed)).Touches
	if len(got) != 1 || !strings.HasSuffix(got[0].Reason.JA, "（附則のみの変更で、本則の条文は変わっていない）") {
		t.Errorf("%+v", got)
	}
	body := changed("", "個人データを適正に取り扱う。", "第四章", "第二十条")
	if got := mustLoad(t).For([]kaisei.UseCase{themed}).Judge(lawChange(annexed, body)).Touches; len(got) != 1 || got[0].Clause != body.After {
		t.Errorf("the body says more: %+v", got)
	}
}

func TestAnOrderOrGuidelineThatBearsTheLawsNameTouches(t *testing.T) {
	for title, want := range map[string]bool{
		"個人情報の保護に関する法律についてのガイドライン（通則編）": true, "個人情報の保護に関する法律施行規則": true, "著作権法施行令": false,
	} {
		f := pair(kaisei.LayerRegulatorNotice, changed("", "記録を残す。", "3-1"))
		f.Next.Title = title
		got := mustLoad(t).For([]kaisei.UseCase{chatbot()}).Judge(f).Touches
		if (len(got) == 1) != want || want && got[0].Reason.JA != "題名に根拠法『個人情報保護法』を含む" {
			t.Errorf("%s: %+v", title, got)
		}
	}
}

func TestADocumentWithoutEditsIsReadByItsTextOrTitle(t *testing.T) {
	r := mustLoad(t).For([]kaisei.UseCase{hiring(), chatbot()})
	fresh := pair(kaisei.LayerBusinessGuideline)
	fresh.Prev, fresh.Next.Title = nil, "新しい指針"
	fresh.Next.Blocks = []kaisei.Block{{Text: "安全性", Path: []string{"1"}}, {Kind: kaisei.BlockParagraph, Text: "AI利用者は、公平性に配慮する。", Path: []string{"2", "①"}}}
	if got := r.Judge(fresh).Touches; len(got) != 1 || got[0].Clause != "AI利用者は、公平性に配慮する。" || got[0].UseCase != "採用支援AI" {
		t.Errorf("a new document: %+v", got)
	}
	gone := pair(kaisei.LayerBusinessGuideline)
	gone.Next.Gone, gone.Next.Title = true, "個人情報保護法の手引き"
	if got := r.Judge(gone).Touches; len(got) != 1 || got[0].UseCase != "問い合わせチャットボット" || got[0].Clause != "" {
		t.Errorf("withdrawn: %+v", got)
	}
	if got := r.Judge(item("生成AIサービスの利用に関する個人情報の取扱いについて")).Touches; len(got) != 1 || got[0].UseCase != "問い合わせチャットボット" {
		t.Errorf("news: %+v", got)
	}
	quiet := pair(kaisei.LayerBusinessGuideline)
	quiet.Next.Title = "個人情報保護法の手引き"
	if got := r.Judge(quiet); got.Quiet == "" || len(got.Touches) != 0 {
		t.Errorf("what is told to nobody touches nobody: %q %+v", got.Quiet, got.Touches)
	}
}

func TestTouchesAreDeterministicAndBounded(t *testing.T) {
	f := pair(kaisei.LayerBusinessGuideline)
	for i := range maxTexts + 500 {
		f.Edits = append(f.Edits, changed("", fmt.Sprintf("%d AI利用者は、バイアスを点検する。", i), "第2部"))
	}
	r := mustLoad(t).For([]kaisei.UseCase{hiring(), chatbot()})
	c := kaisei.Change{ID: "meti/ai-guidelines/main@4", Document: "meti/ai-guidelines/main", BeforeHash: "aa", Edits: f.Edits}
	one, two := r.Clauses(c, f.Source, nil), r.Clauses(c, f.Source, nil)
	if len(one) != MaxClauses || !slices.EqualFunc(one, two, func(a, b kaisei.Touch) bool { return a.Clause == b.Clause }) {
		t.Errorf("%d clauses", len(one))
	}
	long := changed("", strings.Repeat("AIは広く使われている。", 60)+"AI利用者は、バイアスを点検する。"+strings.Repeat("今後も検討する。", 60), "第2部")
	if got := r.Judge(pair(kaisei.LayerBusinessGuideline, long)).Touches; len(got) != 1 || got[0].Clause != "AI利用者は、バイアスを点検する。" {
		t.Errorf("of a long clause the sentence that says so: %+v", got)
	}
}

func TestAnOperatorsOwnThemeIsOneOfTheKnown(t *testing.T) {
	r := mustLoad(t)
	for _, c := range []struct {
		list []string
		want string
	}{{r.Roles(), "user"}, {r.Themes(), "fair-competition"}, {r.Sectors(), "employment"}} {
		if !slices.Contains(c.list, c.want) {
			t.Errorf("%q lacks %s", c.list, c.want)
		}
	}
	own, err := Load(RuleFile{Name: "own.toml", Data: []byte(strings.ReplaceAll(strings.ReplaceAll(themeRule, "\t", ""), "NAME", "robotics"))})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(own.Themes(), "robotics") {
		t.Errorf("%q", own.Themes())
	}
	u := kaisei.UseCase{Name: "搬送", Themes: []string{"robotics"}}
	if got := own.For([]kaisei.UseCase{u}).Judge(pair(kaisei.LayerSector, changed("", "ロボットの安全を確保する。"))).Touches; len(got) != 1 || got[0].Reason.JA != "テーマ『robotics（ロボット）』が一致" {
		t.Errorf("%+v", got)
	}
}

const themeRule = `[[rule]]
id = "house.robots"
decides = "theme"
value = "NAME"
look = ["touched"]
any = ["ロボット"]
reason = { ja = "ロボットに触れる", en = "robots" }
must = ["ロボットの安全"]
must_not = ["安全"]
`

func BenchmarkTouches(b *testing.B) {
	r := mustLoad(b).For([]kaisei.UseCase{hiring(), chatbot(), pricing()})
	f := pair(kaisei.LayerBusinessGuideline)
	for range 20 {
		for _, p := range planted {
			f.Edits = append(f.Edits, changed(p.before, p.after, "第1部", "C. 共通の指針"))
		}
	}
	c := mustLoad(b).Judge(f)
	b.ReportMetric(float64(len(f.Edits)), "edits")
	for b.Loop() {
		r.Touches(c, f.Source, nil)
	}
}
