package classify

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// planted are clauses before and after, authored after the wording of AI事業者ガイドライン, the
// statutes and the regulators' notices, with the shifts a reader finds: "▲9>10" hardened from rank 9
// to 10, "▼" softened, "＋9" obligation added, "－9" removed; "" none. Every third one was kept apart
// from the writing of the rules.
var planted = []struct {
	before, after, want, who string
}{
	{"AI提供者は、利用者に説明することが望ましい。", "AI提供者は、利用者に説明することが求められる。", "▲3>7", "AI提供者"},
	{"AI開発者は、学習データの出所を記録することが期待される。", "AI開発者は、学習データの出所を記録すべきである。", "▲2>4", "AI開発者"},
	{"AI利用者は、出力を確認しなければならない。", "AI利用者は、出力を確認するよう努めなければならない。", "▼9>6", "AI利用者"},
	{"各主体は、人権を侵すことがないようにすべきである。", "各主体は、人権を侵すことがないようにしなければならない。", "▲4>9", "各主体"},
	{"事業者は、記録を保存するものとする。", "事業者は、記録の保存に努めるものとする。", "▼8>5", "事業者"},
	{"個人情報取扱事業者は、本人の同意を得るよう努めるものとする。", "個人情報取扱事業者は、本人の同意を得なければならない。", "▲5>9", "個人情報取扱事業者"},
	{"委託先に再委託することができる。", "委託先に再委託してはならない。", "▲1>10", ""},
	{"利用者は、生成物を公開してはならない。", "利用者は、生成物を公開することができる。", "▼10>1", "利用者"},
	{"機密情報を入力しないことが望ましい。", "機密情報を入力してはならない。", "▲3>10", ""},
	{"国は、必要な措置を講ずるよう努める。", "国は、必要な措置を講ずるものとする。", "▲5>8", "国"},
	{"影響評価を実施することが推奨される。", "影響評価の実施が必要である。", "▲3>7", ""},
	{"外部監査を受けることが必要である。", "外部監査を受けることが有用である。", "▼7>2", ""},
	// Scope words are shown by the edit; how hard the clause binds is the same.
	{"AI提供者は、原則として、インシデントを公表しなければならない。", "AI提供者は、インシデントを公表しなければならない。", "", ""},
	{"AI提供者は、インシデントを公表すべきである。", "AI提供者は、可能な限り、インシデントを公表すべきである。", "", ""},
	{"事業者は、直ちに委員会に報告しなければならない。", "事業者は、遅滞なく委員会に報告しなければならない。", "", ""},
	// Provisos and exemptions.
	{"事業者は、本人に通知しなければならない。", "事業者は、本人に通知しなければならない。ただし、本人の権利利益を害するおそれが少ない場合は、この限りでない。", "", ""},
	{"事業者は、利用目的を公表しなければならない。ただし、軽微な変更の場合は、この限りでない。", "事業者は、利用目的を公表しなければならない。", "", ""},
	{"AI利用者は、説明を記録する必要がある。", "AI利用者は、説明を記録しなければならないわけではない。", "▼7>1", "AI利用者"},
	{"届出を要する。", "届出を要しない。", "▼9>1", ""},
	{"独自の基準を設けることを妨げるものではない。", "独自の基準を設けてはならない。", "▲1>10", ""},
	{"手数料の納付は不要である。", "手数料を納付しなければならない。", "▲1>9", ""},
	// Norms that come and go.
	{"", "AI開発者は、脆弱性を発見したときは、関係者に通知しなければならない。", "＋9", "AI開発者"},
	{"", "AI開発者は、脆弱性の情報を共有することが期待される。", "", ""},
	{"AI提供者は、利用規約を周知することが求められる。", "", "－7", "AI提供者"},
	{"この章は、AI提供者について述べる。", "", "", ""},
	{"事業者は、台帳を作成しなければならない。", "事業者は、台帳を作成しなければならない。事業者は、台帳を三年間保存しなければならない。", "＋9", "事業者"},
	{"政府は、計画を公表するものとする。政府は、計画を毎年見直すものとする。", "政府は、計画を公表するものとする。", "－8", "政府"},
	{"会議は、議長が招集する。", "会議は、議長が招集する。この場合において、委員長は、議事を公表するものとする。", "▲0>8", "委員長"},
	// Several sentences: the strongest decides, and beside it what obliges by itself.
	{"AI提供者は、脆弱性を収集する必要がある。", "AI提供者は、脆弱性を収集する必要がある。また、これを放置してはならない。", "▲7>10", "AI提供者"},
	{"AI提供者は、記録を保存しなければならない。利用者に説明することが望ましい。", "AI提供者は、記録を保存しなければならない。利用者に説明する必要がある。", "▲3>7", "AI提供者"},
	{"AI提供者は、記録を保存しなければならない。利用者に説明することが望ましい。", "AI提供者は、記録を保存しなければならない。利用者に説明することができる。", "", ""},
	// Several norms in one sentence: the last decides.
	{"組織は、報告書を公表することが望ましく、また、方針を更新すべきである。", "組織は、報告書を公表すべきであり、また、方針を更新すべきである。", "", ""},
	{"本部は、方針を定めるものとし、これを公表しなければならない。", "本部は、方針を定めるものとし、これを公表することが望ましい。", "▼9>3", "本部"},
	// Passive, polite and reported forms.
	{"記録の保存が期待されている。", "記録の保存が求められている。", "▲2>7", ""},
	{"AI利用者は、出力を検証することが望ましいと考えられる。", "AI利用者は、出力を検証する必要があります。", "▲3>7", "AI利用者"},
	{"事前に相談するようお勧めします。事前の届出が望ましいです。", "事前に相談するようお勧めします。事前の届出が必要です。", "▲3>7", ""},
	{"職員は、個人情報を入力しないようにすべきである。", "職員は、個人情報を入力しないこと。", "▲4>7", "職員"},
	{"利用前に設定を確認すること。", "利用前に設定を確認することが望ましい。", "▼7>3", ""},
	// Traps: nothing shifts.
	{"AI提供者は、安全性を確保することが重要である。", "AI提供者は、安全性及び公平性を確保することが重要である。", "", ""},
	{"同項中「本人」とあるのは、「代理人」と読み替えるものとする。", "同項中「本人」とあるのは、「代理人等」と読み替える。", "", ""},
	{"この規定は「しなければならない」と定めている。", "この規定は「してはならない」と定めている。", "", ""},
	{"当該行為は、同意したものとみなす。", "当該行為は、同意したものとする。", "", ""},
	{"AIは広く利用されている。", "AIは広く利用することができる。", "", ""},
	{"前条の規定は、国について準用する。", "前条の規定は、国及び地方公共団体について準用する。", "", ""},
	{"映画の著作物を含むものとする。", "映画の著作物を含む。", "", ""},
	{"この法律は、令和八年四月一日から施行する。", "この法律は、令和八年九月一日から施行する。", "", ""},
	{"透明性の確保は重要である。", "透明性の確保は大切である。", "", ""},
	{"AI提供者は、情報を提供すべきである。", "AI提供者は、情報を、提供すべきである49。", "", ""},
	{"通知は、次に掲げる事項（公表することが望ましい事項を除く。）について行う。", "通知は、次に掲げる事項（公表しなければならない事項を除く。）について行う。", "", ""},
	{"一　個人データを取得すること。", "一　個人データを取得し、又は提供すること。", "", ""},
	{"AI利用者は、提供者の定める範囲で利用することが重要である。", "AI利用者は、AI提供者が定めた利用上の留意点に従って利用することが重要である。", "", ""},
	{"認定の基準は、政令で定める。", "認定の基準は、内閣府令で定める。", "", ""},
	// A passage recast: what a sentence before covers, a pledge, a definition.
	{"AI開発者は、内部脅威を検知する仕組みを確立すべき", "これには、内部脅威を検知する仕組みの確立も含まれる。", "", ""},
	{"各主体は、緩和策を評価し、採用すべき", "各組織は、緩和策を評価し、採用することを約束する。", "", ""},
	{"", "攻撃的サイバー能力とは、脆弱性の発見を可能にする方法等であり、防御に応用し得ることを念頭に置くこと。", "", ""},
	{"", "フィジカルAIとは、現実世界に直接働きかけることを行うものとする。", "", ""},
	// The topic of the sentence before goes on only where a sentence has none.
	{"組織は、制度を設けることが奨励される。", "組織は、制度を設けることが奨励される。報告の仕組みは、誰もが利用できるものでなければならない。", "▲3>9", ""},
	// Translations.
	{"Providers must keep logs. It is desirable to publish them.", "Providers must keep logs. They may publish them.", "", ""},
	{"Providers should keep logs.", "Providers should keep logs. They must not alter them.", "▲4>10", "Providers"},
	{"AI providers should document incidents.", "AI providers must document incidents.", "▲4>9", "AI providers"},
	{"A business operator shall notify the person.", "A business operator shall endeavor to notify the person.", "▼9>6", "business operator"},
	{"Operators may reuse the data.", "Operators must not reuse the data.", "▲1>10", "Operators"},
	{"It is recommended to conduct an audit.", "It is desirable to conduct an audit.", "", ""},
}

func shown(shifts []kaisei.Shift) string {
	var out []string
	for _, s := range shifts {
		switch s.Direction {
		case kaisei.Hardened:
			out = append(out, fmt.Sprintf("▲%d>%d", s.RankBefore, s.RankAfter))
		case kaisei.Softened:
			out = append(out, fmt.Sprintf("▼%d>%d", s.RankBefore, s.RankAfter))
		case kaisei.ObligationAdded:
			out = append(out, fmt.Sprintf("＋%d", s.RankAfter))
		case kaisei.ObligationRemoved:
			out = append(out, fmt.Sprintf("－%d", s.RankBefore))
		}
	}
	return strings.Join(out, " ")
}

func TestPlantedShiftsAreFoundAndNothingIsInvented(t *testing.T) {
	var found, missed, invented [2]int
	for i, p := range planted {
		part := 0
		if i%3 == 2 {
			part = 1
		}
		shifts, _ := shiftsOf(pair(kaisei.LayerRegulatorNotice, changed(p.before, p.after, "第1部")), kaisei.LayerRegulatorNotice)
		got := shown(shifts)
		switch {
		case got == p.want && p.want != "":
			found[part]++
		case got != p.want && p.want != "":
			missed[part]++
		}
		if got != "" && got != p.want {
			invented[part]++
		}
		if got != p.want {
			t.Errorf("%s → %s: %q, want %q", p.before, p.after, got, p.want)
			continue
		}
		for _, s := range shifts {
			if s.Addressee != p.who {
				t.Errorf("%s → %s: addressee %q, want %q", p.before, p.after, s.Addressee, p.who)
			}
			if s.Before != "" && !strings.Contains(p.before, s.Before) || s.After != "" && !strings.Contains(p.after, s.After) {
				t.Errorf("the clauses of %+v are not those printed", s)
			}
		}
	}
	for part, name := range []string{"written against", "kept apart"} {
		t.Logf("%s: found %d, missed or wrong %d, invented %d", name, found[part], missed[part], invented[part])
	}
}

func TestTheHeadingTellsWhoIsBoundWhereTheClauseDoesNot(t *testing.T) {
	e := changed("学習データの出所を記録することが望ましい。", "学習データの出所を記録しなければならない。", "第3部 AI 開発者に関する事項", "D-2)")
	s, _ := shiftsOf(pair(kaisei.LayerBusinessGuideline, e), kaisei.LayerBusinessGuideline)
	if len(s) != 1 || s[0].Addressee != "AI開発者" || len(s[0].Path) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestABareBulletOfAGuidelineIsANormByPosition(t *testing.T) {
	e := changed("リスク評価の結果を文書化し、保存する", "リスク評価の結果を文書化し、保存することが望ましい", "C. 共通の指針")
	e.BlockKind = kaisei.BlockItem
	s, _ := shiftsOf(pair(kaisei.LayerBusinessGuideline, e), kaisei.LayerBusinessGuideline)
	if got := shown(s); got != "▼4>3" {
		t.Errorf("a bullet that became advice: %q", got)
	}
	e.After = "リスク評価の結果を文書化し、保存しなければならない"
	if s, _ := shiftsOf(pair(kaisei.LayerBusinessGuideline, e), kaisei.LayerBusinessGuideline); shown(s) != "▲4>9" {
		t.Errorf("a bullet that became a duty: %q", shown(s))
	}
	e.After = "リスク評価の結果を文書化し、保存する これには、評価の方法も含まれる"
	if s, _ := shiftsOf(pair(kaisei.LayerBusinessGuideline, e), kaisei.LayerBusinessGuideline); len(s) != 0 {
		t.Errorf("a bullet joined to the next line: %q", shown(s))
	}
}

func TestAnItemOfALawDemandsNothingByItself(t *testing.T) {
	e := changed("", "三　個人データを適切に管理すること。", "第二十条")
	if s, _ := shiftsOf(pair(kaisei.LayerLaw, e), kaisei.LayerLaw); len(s) != 0 {
		t.Errorf("%+v", s)
	}
	if s, _ := shiftsOf(pair(kaisei.LayerRegulatorNotice, e), kaisei.LayerRegulatorNotice); shown(s) != "＋7" {
		t.Errorf("in a notice: %q", shown(s))
	}
}

func TestMovedClausesWithTheSameWordsShiftNothing(t *testing.T) {
	e := changed("事業者は、報告しなければならない。", "事業者は、報告しなければならない。", "旧")
	e.Kind = kaisei.EditMoved
	if s, _ := shiftsOf(pair(kaisei.LayerLaw, e), kaisei.LayerLaw); len(s) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestShiftsAreCappedAndTheRestIsCounted(t *testing.T) {
	var edits []kaisei.Edit
	for range maxShifts + 7 {
		edits = append(edits, changed("", "事業者は、報告しなければならない。"))
	}
	c := mustLoad(t).Judge(pair(kaisei.LayerLaw, edits...))
	if len(c.Shifts) != maxShifts || len(c.Notes) != 1 || !strings.Contains(c.Notes[0].JA, "7") {
		t.Errorf("%d shifts, notes %+v", len(c.Shifts), c.Notes)
	}
}

func FuzzJudge(f *testing.F) {
	r := mustLoad(f)
	for _, p := range planted {
		f.Add(p.before, p.after, "AI事業者ガイドライン（第1.2版）", uint8(0))
	}
	f.Add("制定／公布 2003年5月30日／施行予定 2028年7月16日（…）／未施行", "／／／", "意見募集", uint8(3))
	f.Fuzz(func(t *testing.T, before, after, title string, kind uint8) {
		finding := pair(kaisei.Layers()[int(kind)%len(kaisei.Layers())], changed(before, after, title))
		finding.Source.Kind = []kaisei.Kind{kaisei.KindIndex, kaisei.KindPage, kaisei.KindFeed, kaisei.KindLaw}[kind%4]
		finding.Next.Title, finding.Next.Document = title, []string{"a/b", "a/revisions", "a/future/x", title}[kind/4%4]
		finding.Next.Blocks = []kaisei.Block{{Text: before}, {Text: after, Path: []string{title}}}
		if kind > 127 {
			finding.Prev = nil
		}
		c := r.Judge(finding)
		if c.Class == "" || c.Severity.Rank() < 0 || len(c.Reasons) == 0 {
			t.Fatalf("no judgement: %+v", c)
		}
	})
}
