package classify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

var now = time.Date(2026, 3, 31, 5, 5, 0, 0, time.UTC)

// item is a finding of a piece of news with one line of text.
func item(title string) Finding {
	return Finding{
		Source: kaisei.Source{ID: "govonline/info", Kind: kaisei.KindFeed, Layer: kaisei.LayerNews},
		Target: kaisei.Target{As: kaisei.FollowItem, Title: title, URL: "https://example.jp/1", Relevant: true},
		Next: kaisei.Version{
			Document: "govonline/info/1", Seq: 1, Title: title,
			Blocks: []kaisei.Block{{Kind: kaisei.BlockItem, Text: title}},
		},
		Now: now,
	}
}

// pair is a finding of a document that was read before; before and after are the texts of
// clauses that differ.
func pair(layer kaisei.Layer, edits ...kaisei.Edit) Finding {
	return Finding{
		Source: kaisei.Source{ID: "meti/ai-guidelines", Kind: kaisei.KindIndex, Layer: layer, URL: "https://www.meti.go.jp/index.html"},
		Target: kaisei.Target{As: kaisei.FollowDocument, Document: "meti/ai-guidelines/main", Relevant: true},
		Prev: &kaisei.Version{
			Document: "meti/ai-guidelines/main", Seq: 3, Label: "第1.1版",
			Snapshot: kaisei.Snapshot{URL: "https://www.meti.go.jp/20250328_1.pdf", Hash: "aa"},
		},
		Next: kaisei.Version{
			Document: "meti/ai-guidelines/main", Seq: 4, Label: "第1.1版", Title: "AI事業者ガイドライン 本編", Language: "ja",
			Snapshot: kaisei.Snapshot{URL: "https://www.meti.go.jp/20250328_1.pdf", Hash: "bb"},
		},
		Edits: edits,
		Now:   now,
	}
}

func changed(before, after string, path ...string) kaisei.Edit {
	e := kaisei.Edit{BlockKind: kaisei.BlockParagraph, Before: before, After: after}
	switch {
	case before == "":
		e.Kind, e.PathAfter = kaisei.EditAdded, path
	case after == "":
		e.Kind, e.PathBefore = kaisei.EditRemoved, path
	default:
		e.Kind, e.PathBefore, e.PathAfter = kaisei.EditChanged, path, path
	}
	return e
}

func relabel(f Finding, before, after string) Finding {
	prev := *f.Prev
	prev.Label = before
	f.Prev, f.Next.Label = &prev, after
	f.Next.Snapshot.URL = "https://www.meti.go.jp/20260331_1.pdf"
	return f
}

func hasReason(c kaisei.Change, rule string) bool {
	for _, r := range c.Reasons {
		if r.Rule == rule {
			return true
		}
	}
	return false
}

// Titles of the government-wide news list, 2025-05 to 2026-07, as printed.
func TestTitlesOfRealNewsAreClassed(t *testing.T) {
	r := mustLoad(t)
	for _, c := range []struct {
		title    string
		class    kaisei.Class
		severity kaisei.Severity
	}{
		{"AI法　全面施行 －次なるフェーズへ－", kaisei.ClassInForce, kaisei.High},
		{"AIと著作権に関する関係者ネットワークの総括［PDF：1MB］", kaisei.ClassNewDocument, kaisei.Medium},
		{"APECデジタルAI大臣会合（TELMIN11）の結果", kaisei.ClassNews, kaisei.Low},
		{"G7サイバー・エキスパート・グループによるAI及びサイバーセキュリティに関するステートメントの公表について", kaisei.ClassNewDocument, kaisei.Medium},
		{"「行政の進化と革新のための生成AIの調達・利活用に係るガイドライン」を策定しました", kaisei.ClassNewDocument, kaisei.Medium},
		{"「自治体におけるAI活用・導入ガイドブック＜導入手順編＞（第4版）」の公表", kaisei.ClassNewVersion, kaisei.Medium},
		{"「特定電気通信による情報の流通によって発生する権利侵害等への対処に関する法律第26条に関するガイドライン」（改定案）についての意見募集（違法オンラインカジノ対策）", kaisei.ClassConsultationOpened, kaisei.Medium},
		{"「特定電気通信による情報の流通によって発生する権利侵害等への対処に関する法律第26条に関するガイドライン」（改定案）に対する意見募集の結果及び改定したガイドラインの公表（違法オンラインカジノ対策）", kaisei.ClassNewVersion, kaisei.Medium},
		{"「デジタル空間における情報流通の諸課題への対処に関する検討会　中間取りまとめ」及び意見募集の結果の公表", kaisei.ClassNewDocument, kaisei.Medium},
		{"2026年版EDINETタクソノミの公表及び2027年版EDINETタクソノミ開発案に対するパブリックコメントの結果等について", kaisei.ClassNewVersion, kaisei.Low},
		{"「重要電子計算機に対する不正な行為による被害の防止に関する法律」及び「重要電子計算機に対する不正な行為による被害の防止に関する法律の施行に伴う関係法律の整備等に関する法律」が公布されました。", kaisei.ClassPromulgated, kaisei.High},
		{"令和7年6月11日自殺対策基本法の一部を改正する法律の公布について（通知）", kaisei.ClassPromulgated, kaisei.High},
		{"行政手続における特定の個人を識別するための番号の利用等に関する法律及び住民基本台帳法の一部を改正する法律案の成立日を掲載しました", kaisei.ClassNews, kaisei.Medium},
		{"年金制度改正法が成立しました", kaisei.ClassNews, kaisei.Medium},
		{"不正競争防止法等の一部を改正する法律の一部の施行期日を定める政令（令和7年8月14日政令第294号）", kaisei.ClassEnforcementScheduled, kaisei.High},
		{"持続可能な建設業の実現のため、建設業法等改正法が完全施行されます～「建設業法施行令の一部を改正する政令」等を閣議決定～", kaisei.ClassEnforcementScheduled, kaisei.High},
		{"2026年1月施行！～下請法は取適法へ～改正ポイント説明会の実施について", kaisei.ClassEnforcementScheduled, kaisei.High},
		{"「気象業務法及び水防法の一部を改正する法律案」を閣議決定～予報・警報を高度化・適正化します～", kaisei.ClassDraftPublished, kaisei.Medium},
		{"「第6次男女共同参画基本計画策定に当たっての基本的な考え方（素案）」を公表しました。", kaisei.ClassDraftPublished, kaisei.Medium},
		{"「民法（成年後見等関係）等の改正に関する中間試案」（令和7年6月10日）の取りまとめ", kaisei.ClassDraftPublished, kaisei.Medium},
		{"「金融分野におけるサイバーセキュリティに関するガイドライン」の英訳の公表について", kaisei.ClassTranslationPublished, kaisei.Low},
		{"半導体デバイス工場におけるOTセキュリティガイドラインの日本語版・英語版を策定しました", kaisei.ClassNewDocument, kaisei.Medium},
		{"株式会社中央ビジネスサービスに対する個人情報の保護に関する法律に基づく行政上の対応について", kaisei.ClassNews, kaisei.Medium},
		{"学校における個人情報の漏えい等事案を踏まえた個人情報の取扱いに関する留意点について", kaisei.ClassNewDocument, kaisei.Medium},
		{"人工知能戦略本部の設置等について", kaisei.ClassNews, kaisei.Medium},
		{"人工知能政策推進室の立ち上げについて", kaisei.ClassNews, kaisei.Low},
		{"個人情報を考える週間", kaisei.ClassNews, kaisei.Low},
		{"令和7年度個人情報保護委員会上半期報告の概要等を公表しました", kaisei.ClassNewDocument, kaisei.Low},
		{"生成AIに関する実態調査報告書ver.1.0について", kaisei.ClassNewDocument, kaisei.Medium},
		{"テキスト生成AI利活用におけるリスクへの対策ガイドブック（α版）", kaisei.ClassNewDocument, kaisei.Medium},
		{"住民自らの行動に結びつく水害・土砂災害ハザード・リスク情報共有プロジェクト第9回全体会議を開催します～行政やメディアそれぞれの特性を活かした連携方策を議論します～", kaisei.ClassMeetingAnnounced, kaisei.Low},
		{"若い世代の描くライフデザインや出会いを考えるワーキンググループ　議論のまとめ（最終報告）の資料を掲載しました", kaisei.ClassMaterialsPosted, kaisei.Low},
		{"爆発事案に対する高市内閣総理大臣コメント", kaisei.ClassNews, kaisei.Low},
		{"揮発油税等の特例税率の廃止について", kaisei.ClassNews, kaisei.Low},
		{"フリーランス・事業者間取引適正化等法施行から間もなく1年を迎えます", kaisei.ClassNews, kaisei.Low},
		{"「絶滅のおそれのある野生動植物の種の保存に関する法律 施行状況評価報告書」の公表について", kaisei.ClassNewDocument, kaisei.Low},
		{"対人地雷禁止条約（オタワ条約）第22回締約国会議", kaisei.ClassNews, kaisei.Low},
		{"こども性暴力防止法の施行に向けた「認定事業者マーク」「法定事業者マーク」の制定について", kaisei.ClassNews, kaisei.Low},
		{"第9回予防業務優良事例表彰の受賞団体の決定", kaisei.ClassNews, kaisei.Low},
		// Authored after the titles of the watched sites.
		{"第3回人工知能戦略専門調査会の開催について", kaisei.ClassMeetingAnnounced, kaisei.Low},
		{"人工知能戦略本部（第3回）議事要旨", kaisei.ClassMinutesPosted, kaisei.Low},
		{"「生成AIの業務利用に関するガイドライン」の廃止について", kaisei.ClassRepealed, kaisei.Medium},
		{"公表資料の訂正について", kaisei.ClassCorrected, kaisei.Medium},
		{"AI事業者ガイドライン（案）に関するパブリックコメントの実施について", kaisei.ClassConsultationOpened, kaisei.Medium},
	} {
		got := r.Judge(item(c.title))
		if got.Class != c.class || got.Severity != c.severity {
			t.Errorf("%s\n\tgot %s %s, want %s %s; reasons %+v", c.title, got.Class, got.Severity, c.class, c.severity, got.Reasons[:1])
		}
		if len(got.Reasons) < 2 || got.Quiet != "" {
			t.Errorf("%s: reasons %v, quiet %q", c.title, got.Reasons, got.Quiet)
		}
	}
}

// A route by layer works for the government-wide list too: the layer is read from the words or the site,
// and an announcement is never as urgent as the text.
func TestTheLayerOfNewsIsReadFromItsTitle(t *testing.T) {
	r := mustLoad(t)
	for _, c := range []struct {
		title, site string
		layer       kaisei.Layer
		severity    kaisei.Severity
	}{
		{"「人工知能関連技術の研究開発及び活用の推進に関する法律」が公布されました", "www8.cao.go.jp", kaisei.LayerLaw, kaisei.High},
		{"「人工知能関連技術の研究開発及び活用の推進に関する法律」を廃止する法律が公布されました", "www8.cao.go.jp", kaisei.LayerLaw, kaisei.High},
		{"人工知能戦略本部令の一部を改正する政令の閣議決定について", "www8.cao.go.jp", kaisei.LayerOrder, kaisei.High},
		{"人工知能基本計画の変更が閣議決定されました", "www8.cao.go.jp", kaisei.LayerPlan, kaisei.High},
		{"「AI事業者ガイドライン（第1.2版）」を公表しました", "www.meti.go.jp", kaisei.LayerBusinessGuideline, kaisei.High},
		{"「AI事業者ガイドライン（第1.2版）」の説明会を開催しました", "www.meti.go.jp", kaisei.LayerNews, kaisei.Medium},
		{"学校における個人情報の漏えい等事案を踏まえた個人情報の取扱いに関する留意点について", "www.ppc.go.jp", kaisei.LayerRegulatorNotice, kaisei.Medium},
		{"金融分野におけるAIの活用に関する監督指針の一部改正について", "www.fsa.go.jp", kaisei.LayerSector, kaisei.Medium},
		{"テキスト生成AI利活用におけるリスクへの対策ガイドブック（α版）", "www.digital.go.jp", kaisei.LayerProcurement, kaisei.Medium},
		{"テキスト生成AIの導入・運用ガイドラインを公開しました", "www.ipa.go.jp", kaisei.LayerTechnical, kaisei.Medium},
		{"APECデジタルAI大臣会合（TELMIN11）の結果", "www.soumu.go.jp", kaisei.LayerInternational, kaisei.Low},
		{"AI法案が成立しました", "www8.cao.go.jp", kaisei.LayerLaw, kaisei.Medium},
		{"「気象業務法及び水防法の一部を改正する法律案」を閣議決定", "www.mlit.go.jp", kaisei.LayerDeliberation, kaisei.Medium},
		{"人工知能政策推進室の立ち上げについて", "www8.cao.go.jp", kaisei.LayerNews, kaisei.Low},
	} {
		f := item(c.title)
		f.Target.URL = "https://" + c.site + "/item.html"
		got := r.Judge(f)
		if got.Layer != c.layer || got.Severity != c.severity {
			t.Errorf("%s\n\tgot %s %s, want %s %s; reasons %+v", c.title, got.Layer, got.Severity, c.layer, c.severity, got.Reasons)
		}
		moved := false
		for _, reason := range got.Reasons {
			moved = moved || strings.HasPrefix(reason.Rule, "layer.")
		}
		if moved != (c.layer != kaisei.LayerNews) {
			t.Errorf("%s: the reasons do not say why the layer is %s", c.title, got.Layer)
		}
	}
}

// What the catalogue knows of a source stands, but for a draft among the papers of a meeting.
func TestTheLayerThatASourceGivesStands(t *testing.T) {
	r := mustLoad(t)
	for title, want := range map[string]kaisei.Layer{
		"資料1 AI事業者ガイドラインの改定について": kaisei.LayerDeliberation,
		"資料3 人工知能基本計画（第Ⅱ期）素案":    kaisei.LayerConsultation,
	} {
		f := item(title)
		f.Source.Layer = kaisei.LayerDeliberation
		if got := r.Judge(f); got.Layer != want {
			t.Errorf("%s: layer %s, want %s", title, got.Layer, want)
		}
	}
}

func TestAChangeIsClassedByWhatHappenedToItsDocument(t *testing.T) {
	r := mustLoad(t)
	edit := changed("安全性を確保することが重要である。", "安全性及び公平性を確保することが重要である。", "第2部", "2) 安全性")
	first := pair(kaisei.LayerBusinessGuideline)
	first.Prev = nil
	named := first
	named.Next.Title = "AI事業者ガイドライン（第1.2版）別添"
	draft := first
	draft.Next.Title, draft.Next.Label = "AI事業者ガイドライン（案）", "（案）"
	moved := pair(kaisei.LayerBusinessGuideline, edit)
	moved.Next.Snapshot.URL = "https://www.meti.go.jp/new.pdf"
	gone := pair(kaisei.LayerBusinessGuideline)
	gone.Next.Gone = true
	english := first
	english.Target.Translates, english.Next.Language = "meti/ai-guidelines/main", "en"
	english.Next.Title = "AI Guidelines for Business Ver1.2"
	listing := pair(kaisei.LayerBusinessGuideline, edit, edit, edit)
	listing.Next.Document = listing.Source.ID
	unnamed := relabel(pair(kaisei.LayerBusinessGuideline), "第1.2版", "")
	corrected := pair(kaisei.LayerBusinessGuideline, changed("", "誤記があったため、12ページを差し替えました。"))
	for _, c := range []struct {
		name  string
		f     Finding
		class kaisei.Class
		rule  string
		sev   kaisei.Severity
	}{
		{"a new label", relabel(pair(kaisei.LayerBusinessGuideline, edit), "第1.1版", "第1.2版"), kaisei.ClassNewVersion, "class.new-version.label", kaisei.High},
		{"a new address", moved, kaisei.ClassNewVersion, "class.new-version.url", kaisei.High},
		{"the same place", pair(kaisei.LayerBusinessGuideline, edit, edit, edit), kaisei.ClassAmended, "class.amended", kaisei.High},
		{"one word in place", pair(kaisei.LayerBusinessGuideline, edit), kaisei.ClassAmended, "severity.small", kaisei.Medium},
		{"new bytes", pair(kaisei.LayerBusinessGuideline), kaisei.ClassReissued, "reissued", kaisei.Info},
		{"a new label on the same words", relabel(pair(kaisei.LayerBusinessGuideline), "第1.1版", "第1.2版"), kaisei.ClassNewVersion, "class.new-version.label", kaisei.High},
		{"a label no longer printed on the same words", unnamed, kaisei.ClassReissued, "reissued", kaisei.Info},
		{"the words of a listing", listing, kaisei.ClassAmended, "severity.listing", kaisei.Medium},
		{"the same label printed otherwise", relabel(pair(kaisei.LayerBusinessGuideline, edit), "第1.1版", "第１．１版"), kaisei.ClassNewVersion, "class.new-version.url", kaisei.High},
		{"a draft that became final", relabel(pair(kaisei.LayerBusinessGuideline, edit), "第1.2版（案）", "第1.2版"), kaisei.ClassNewVersion, "class.draft-final", kaisei.High},
		{"a draft of the next version", relabel(pair(kaisei.LayerBusinessGuideline, edit), "第1.1版", "第1.2版（案）"), kaisei.ClassDraftPublished, "class.draft-again", kaisei.Medium},
		{"a new document", first, kaisei.ClassNewDocument, "class.new-document", kaisei.High},
		{"a new document in a later version", named, kaisei.ClassNewVersion, "class.title.new-version", kaisei.High},
		{"a new draft", draft, kaisei.ClassDraftPublished, "class.title.draft", kaisei.Medium},
		{"a translation", english, kaisei.ClassTranslationPublished, "class.translation", kaisei.Low},
		{"gone", gone, kaisei.ClassWithdrawn, "class.withdrawn", kaisei.High},
		{"a correction", corrected, kaisei.ClassCorrected, "class.text.corrected", kaisei.Medium},
	} {
		got := r.Judge(c.f)
		if got.Class != c.class || !hasReason(got, c.rule) || got.Severity != c.sev {
			t.Errorf("%s: %s %s, want %s %s by %s; reasons %+v", c.name, got.Class, got.Severity, c.class, c.sev, c.rule, got.Reasons)
		}
	}
}

func TestAnAlertCarriesWhatIdentifiesIt(t *testing.T) {
	f := relabel(pair(kaisei.LayerBusinessGuideline, changed("a", "b")), "第1.1版", "第1.2版")
	f.Source.Authority, f.Source.AuthorityName = "meti", kaisei.Text{JA: "経済産業省", EN: "METI"}
	f.Next.PageURL = "https://www.meti.go.jp/20260331_report.html"
	c := mustLoad(t).Judge(f)
	if c.ID != "meti/ai-guidelines/main@4" || c.Title != "AI事業者ガイドライン 本編" || c.LabelBefore != "第1.1版" || c.LabelAfter != "第1.2版" ||
		c.URL != "https://www.meti.go.jp/20260331_1.pdf" || c.BeforeURL != "https://www.meti.go.jp/20250328_1.pdf" ||
		c.PageURL != "https://www.meti.go.jp/20260331_report.html" || c.Hash != "bb" || c.BeforeHash != "aa" ||
		c.AuthorityName.JA != "経済産業省" || !c.SeenAt.Equal(now) || c.Layer != kaisei.LayerBusinessGuideline {
		t.Errorf("%+v", c)
	}
}

func TestWhatIsKeptQuietSaysWhy(t *testing.T) {
	r := mustLoad(t)
	f := relabel(pair(kaisei.LayerBusinessGuideline, changed("a", "b")), "第1.1版", "第1.2版")
	f.Twin = &kaisei.Version{Document: "mic/ai-guidelines/main", Seq: 2, Snapshot: kaisei.Snapshot{URL: "https://www.soumu.go.jp/001064279.pdf"}}
	c := r.Judge(f)
	if c.CopyOf != "mic/ai-guidelines/main@2" || !strings.HasPrefix(c.Quiet, "copy: ") || !strings.Contains(c.Quiet, "soumu") || c.Class != kaisei.ClassNewVersion || !hasReason(c, "copy") || len(c.Places) != 1 {
		t.Errorf("copy: %q %q %s", c.CopyOf, c.Quiet, c.Class)
	}
	if c := r.Judge(pair(kaisei.LayerBusinessGuideline)); c.Quiet != "reissued" {
		t.Errorf("reissued: %q", c.Quiet)
	}
	set := item("トラフグの資源評価について")
	set.Target.Relevant = false
	if c := r.Judge(set); c.Quiet != "irrelevant" {
		t.Errorf("irrelevant: %q", c.Quiet)
	}
}

func TestAConsultationInTheNewsBelongsToItsLayer(t *testing.T) {
	if c := mustLoad(t).Judge(item("AI事業者ガイドライン案に関する意見募集について")); c.Layer != kaisei.LayerConsultation {
		t.Errorf("layer %s", c.Layer)
	}
}

func TestHousekeepingOfAPageIsInfo(t *testing.T) {
	f := pair(kaisei.LayerBusinessGuideline, changed("最終更新日：2026年3月1日", "最終更新日：2026年4月1日"), changed("お問い合わせ先 情報経済課", "お問い合わせ先 AI産業戦略室"))
	if c := mustLoad(t).Judge(f); c.Severity != kaisei.Info || !hasReason(c, "severity.housekeeping") {
		t.Errorf("%s %+v", c.Severity, c.Reasons)
	}
	f.Edits = append(f.Edits, changed("", "AI提供者は、記録を保存しなければならない。"))
	if c := mustLoad(t).Judge(f); c.Severity != kaisei.High {
		t.Errorf("with an obligation: %s", c.Severity)
	}
}

func TestFacetsComeFromTheClausesThatDiffer(t *testing.T) {
	f := pair(kaisei.LayerBusinessGuideline, changed("", "AIエージェントの運用に当たり、インシデントの情報を共有する。", "第4部 AI提供者に関する事項", "5) セキュリティ"))
	f.Next.Blocks = []kaisei.Block{{Text: "著作権及び公正競争については別途定める。"}}
	f.Source.Sectors = []string{"finance"}
	c := mustLoad(t).Judge(f)
	if got := strings.Join(c.Themes, " "); !strings.Contains(got, "ai-agents") || !strings.Contains(got, "incident-reporting") || !strings.Contains(got, "security") || strings.Contains(got, "copyright") {
		t.Errorf("themes %q", got)
	}
	if got := strings.Join(c.Roles, " "); got != "provider" {
		t.Errorf("roles %q", got)
	}
	if got := strings.Join(c.Sectors, " "); got != "finance" {
		t.Errorf("sectors %q", got)
	}
}

func TestAFacetNamedInPassingDoesNotCountInALargeRevision(t *testing.T) {
	var edits []kaisei.Edit
	for range 2 * fewTexts {
		edits = append(edits, changed("", "透明性を確保する。"))
	}
	edits = append(edits, changed("", "著作権に留意する。"))
	c := mustLoad(t).Judge(pair(kaisei.LayerBusinessGuideline, edits...))
	if got := strings.Join(c.Themes, " "); got != "transparency" {
		t.Errorf("themes %q", got)
	}
}

func TestSeverityFollowsBreadthDaysNearAndShifts(t *testing.T) {
	r := mustLoad(t)
	many := func(n int) (out []kaisei.Edit) {
		for i := range n {
			out = append(out, changed(fmt.Sprintf("%d件を公表した。", i), fmt.Sprintf("%d件余りを公表した。", i), fmt.Sprint(i)))
		}
		return out
	}
	soon := changed("本指針は公表する。", "本指針は令和8年4月20日から施行する。", "附則")
	for _, c := range []struct {
		name string
		f    Finding
		rule string
		want kaisei.Severity
	}{
		{"99 clauses", pair(kaisei.LayerSector, many(99)...), "severity.soft", kaisei.Medium},
		{"100 clauses", pair(kaisei.LayerSector, many(100)...), "severity.broad", kaisei.High},
		{"a norm binds harder", pair(kaisei.LayerSector, changed("記録することが望ましい。", "記録しなければならない。"), many(1)[0], many(2)[1]), "severity.hardened", kaisei.High},
		{"within 30 days", pair(kaisei.LayerProcurement, append(many(3), soon)...), "severity.soon", kaisei.High},
	} {
		c.f.Now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
		got := r.Judge(c.f)
		if got.Severity != c.want || !hasReason(got, c.rule) {
			t.Errorf("%s: %s, want %s by %s: %+v", c.name, got.Severity, c.want, c.rule, got.Reasons)
		}
	}
}
