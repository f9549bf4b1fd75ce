package classify

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestDatesAreToldApartByTheWordsBesideThem(t *testing.T) {
	r := mustLoad(t)
	f := relabel(pair(kaisei.LayerProcurement, changed("", "本ガイドラインは、令和8年9月1日から施行する。")), "第1.0版", "第2.0版")
	f.Next.Published = kaisei.Date{Year: 2026, Month: 3, Day: 30}
	f.Next.Blocks = []kaisei.Block{
		{Kind: kaisei.BlockHeading, Text: "行政の進化と革新のための生成AIの調達・利活用に係るガイドライン", Page: 1},
		{Kind: kaisei.BlockParagraph, Text: "令和 8 年 3 月 27 日 デジタル社会推進会議幹事会決定", Page: 1},
		{Kind: kaisei.BlockNote, Text: "（2026 年 3 月 29 日人工知能戦略本部決定）", Page: 1},
		{Kind: kaisei.BlockParagraph, Text: "令和7年6月4日に公布された人工知能関連技術の研究開発及び活用の推進に関する法律は、令和7年9月1日に全面施行されたものであり、本ガイドラインはこれを踏まえて策定したものである。政府は引き続き取組を進める。", Page: 2},
	}
	d := r.Judge(f).Dates
	if d.Promulgated.String() != "2026-03-27" || d.Published.String() != "2026-03-30" || len(d.Effective) != 1 || d.Effective[0].Date.String() != "2026-09-01" || !d.Deadline.IsZero() {
		t.Errorf("%+v", d)
	}
}

func TestATitlePageSignedByMinistriesGivesTheDayOfDecision(t *testing.T) {
	f := relabel(pair(kaisei.LayerBusinessGuideline, changed("a", "b")), "第1.1版", "第1.2版")
	f.Next.Blocks = []kaisei.Block{
		{Text: "AI 事業者ガイドライン(第 1.2 版)", Page: 1}, {Text: "令和 8 年 3 月 31 日総務省 経済産業省", Page: 1},
	}
	if d := mustLoad(t).Judge(f).Dates; d.Promulgated.String() != "2026-03-31" {
		t.Errorf("%+v", d)
	}
}

func TestAConsultationHasTheInstantOfItsDeadline(t *testing.T) {
	for text, want := range map[string]string{
		"案の公示日：2026/08/17\n受付締切日時：2026/09/06 23:59":     "2026-09-06T14:59:00Z",
		"意見募集期間は令和８年８月１７日から９月６日２３時５９分まで（必着）です。":         "2026-09-06T14:59:00Z",
		"提出期限は令和8年9月7日0時0分です。":                          "2026-09-06T15:00:00Z",
		"意見募集の期間：令和8年8月17日（月）～9月6日（日）まで":                "2026-09-06T14:59:59Z",
		"締切：令和8年9月1日から令和8年9月15日まで延長しました。令和8年9月15日17時必着": "2026-09-15T08:00:00Z",
		"この案は令和8年8月17日に公表した。":                           "",
	} {
		f := item("AI事業者ガイドライン（案）に関する意見募集について")
		f.Next.Blocks = append(f.Next.Blocks, kaisei.Block{Text: text})
		got := ""
		if d := mustLoad(t).Judge(f).Dates.Deadline; !d.IsZero() {
			got = d.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestAVersionStatesItsDaysWithoutAChange(t *testing.T) {
	r := mustLoad(t)
	f := item("AI事業者ガイドライン（案）に関する意見募集について")
	f.Next.SeenAt = time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"案の公示日：2026/08/17 受付締切日時：2026/09/06 23:59": "2026-08-17 2026-09-06T14:59:00Z",
		"意見募集期間：令和８年８月１７日（月）から９月６日（日）まで（必着）":       "2026-08-17 2026-09-06T14:59:59Z",
		"意見の提出期間は、令和8年8月17日～9月6日18時までです。":          "2026-08-17 2026-09-06T09:00:00Z",
		"結果の公示日：2026/10/01":                        "",
	} {
		g := f
		g.Next.Blocks = append(slices.Clip(f.Next.Blocks), kaisei.Block{Text: text})
		got := ""
		if d := r.Stated(g.Source, g.Target, g.Next); !d.Deadline.IsZero() || !d.Opens.IsZero() {
			got = d.Opens.String() + " " + d.Deadline.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}

	g := pair(kaisei.LayerSector)
	g.Next.SeenAt, g.Next.Title = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "見本指針"
	g.Next.Blocks = []kaisei.Block{
		{Kind: kaisei.BlockHeading, Text: "見本指針", Page: 1},
		{Kind: kaisei.BlockParagraph, Text: "第1条　事業者は、記録を保存する。", Page: 2},
		{Kind: kaisei.BlockParagraph, Text: "令和9年1月1日から施行される別の法律に従う。" + strings.Repeat("事業者は、これに従って記録を保存し、点検を行うものとする。", 4), Page: 2},
		{Kind: kaisei.BlockParagraph, Text: "１　この指針は、令和９年４月１日から適用する。", Path: []string{"附則"}, Page: 9},
		{Kind: kaisei.BlockParagraph, Text: "この指針は、平成29年5月30日から適用する。", Path: []string{"附則"}, Page: 9},
	}
	d := r.Stated(g.Source, g.Target, g.Next)
	if len(d.Effective) != 1 || d.Effective[0].Date.String() != "2027-04-01" || !d.Deadline.IsZero() {
		t.Errorf("a guideline states %+v", d)
	}
}

// The list of revisions of the Act on the Protection of Personal Information as it was on 2026-07-20.
func TestAListOfRevisionsStatesTheDaysOfItsRowsAndWhatTheyRestOn(t *testing.T) {
	rows := revisions(t, func(string) bool { return true }, func(_, was string) string { return was })
	f := lawFinding(nil, rows, time.Date(2026, 7, 20, 0, 0, 0, 0, time.UTC))
	f.Next.SeenAt = f.Now
	d := mustLoad(t).Stated(f.Source, f.Target, f.Next)
	var got []string
	notes := map[string]string{}
	for _, e := range d.Effective {
		got = append(got, e.Date.String())
		notes[e.Date.String()] = e.Note
	}
	want := []string{"2026-10-01", "2026-12-31", "2027-01-17", "2027-04-01", "2027-04-16", "2028-07-16", "2028-12-23"}
	if !slices.Equal(got, want) || d.Promulgated.String() != "2026-07-17" {
		t.Errorf("days %v, promulgated %s; want %v and 2026-07-17", got, d.Promulgated, want)
	}
	if notes["2028-07-16"] != "公布の日から起算して二年を超えない範囲内において政令で定める日" || notes["2026-12-31"] != "防災庁設置法（令和八年法律第六十一号）の施行の日" {
		t.Errorf("the days rest on %q", notes)
	}
}

// revisions reads the real answer of the law API and writes its rows as the law source
// prints them. keep chooses rows; status may say otherwise than the API.
func revisions(t *testing.T, keep func(id string) bool, status func(id, was string) string) []kaisei.Block {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above")
		}
		root = filepath.Dir(root)
	}
	body, err := os.ReadFile(filepath.Join(root, "../shared/corpus/egov/json/415AC0000000057_law_revisions_20260720.json"))
	if err != nil {
		t.Skipf("the corpus is absent: %v", err)
	}
	var list struct {
		Revisions []struct {
			ID          string `json:"law_revision_id"`
			Promulgated string `json:"amendment_promulgate_date"`
			Enforced    string `json:"amendment_enforcement_date"`
			Comment     string `json:"amendment_enforcement_comment"`
			Amending    string `json:"amendment_law_title"`
			Num         string `json:"amendment_law_num"`
			Status      string `json:"current_revision_status"`
		} `json:"revisions"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	day := func(s string) string {
		d, err := kaisei.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
	}
	var out []kaisei.Block
	for _, r := range list.Revisions {
		if !keep(r.ID) {
			continue
		}
		word := map[string]string{"UnEnforced": rowFuture, "CurrentEnforced": rowCurrent, "PreviousEnforced": rowFormer}[r.Status]
		word = status(r.ID, word)
		when := "施行 "
		if word == rowFuture {
			when = "施行予定 "
		}
		line := r.Amending + "（" + r.Num + "）による改正／公布 " + day(r.Promulgated) + "／" + when + day(r.Enforced)
		if r.Comment != "" {
			line += "（" + r.Comment + "）"
		}
		out = append(out, kaisei.Block{Kind: kaisei.BlockRow, Key: r.ID, Text: line + "／" + word})
	}
	return out
}

// lawFinding compares two lists of rows by their keys.
func lawFinding(before, after []kaisei.Block, at time.Time) Finding {
	f := Finding{
		Source: kaisei.Source{ID: "egov/appi", Kind: kaisei.KindLaw, Layer: kaisei.LayerLaw},
		Target: kaisei.Target{As: kaisei.FollowDocument, Document: "egov/appi/revisions", Relevant: true},
		Prev:   &kaisei.Version{Document: "egov/appi/revisions", Seq: 1, Blocks: before},
		Next:   kaisei.Version{Document: "egov/appi/revisions", Seq: 2, Blocks: after, Title: "個人情報の保護に関する法律 改正履歴"},
		Now:    at,
	}
	was := map[string]string{}
	for _, b := range before {
		was[b.Key] = b.Text
	}
	for _, b := range after {
		switch old, ok := was[b.Key]; {
		case !ok:
			f.Edits = append(f.Edits, kaisei.Edit{Kind: kaisei.EditAdded, BlockKind: b.Kind, After: b.Text, Key: b.Key})
		case old != b.Text:
			f.Edits = append(f.Edits, kaisei.Edit{Kind: kaisei.EditChanged, BlockKind: b.Kind, Before: old, After: b.Text, Key: b.Key})
		}
	}
	return f
}

// On 2026-07-17 the amendment of the Act on the Protection of Personal Information was
// promulgated and entered the real list with its several days of taking force.
func TestNewRevisionsOfALawScheduleItsForce(t *testing.T) {
	same := func(_, was string) string { return was }
	before := revisions(t, func(id string) bool {
		return id != "415AC0000000057_20280716_508AC0000000056" && id != "415AC0000000057_20270117_508AC0000000056"
	}, same)
	after := revisions(t, func(string) bool { return true }, same)
	c := mustLoad(t).Judge(lawFinding(before, after, time.Date(2026, 7, 17, 2, 0, 0, 0, time.UTC)))
	if c.Class != kaisei.ClassEnforcementScheduled || c.Severity.Rank() < kaisei.High.Rank() {
		t.Errorf("%s %s", c.Class, c.Severity)
	}
	if c.Dates.Promulgated.String() != "2026-07-17" || len(c.Dates.Effective) != 2 {
		t.Fatalf("dates %+v", c.Dates)
	}
	first, second := c.Dates.Effective[0], c.Dates.Effective[1]
	if first.Date.String() != "2027-01-17" || first.Note != "" {
		t.Errorf("first %+v", first)
	}
	if second.Date.String() != "2028-07-16" || second.Note != "公布の日から起算して二年を超えない範囲内において政令で定める日" || second.What != "個人情報の保護に関する法律等の一部を改正する法律（令和八年法律第五十六号）" {
		t.Errorf("second %+v", second)
	}
}

func TestARevisionWhoseDayHasComeIsInForce(t *testing.T) {
	const id = "415AC0000000057_20261001_507AC0000000070"
	all := func(string) bool { return true }
	before := revisions(t, all, func(_, was string) string { return was })
	after := revisions(t, all, func(i, was string) string {
		switch {
		case i == id:
			return rowCurrent
		case was == rowCurrent:
			return rowFormer
		}
		return was
	})
	c := mustLoad(t).Judge(lawFinding(before, after, time.Date(2026, 10, 1, 2, 0, 0, 0, time.UTC)))
	if c.Class != kaisei.ClassInForce || len(c.Dates.Effective) != 1 || c.Dates.Effective[0].Date.String() != "2026-10-01" {
		t.Errorf("%s %+v", c.Class, c.Dates)
	}
}

func TestRepealOfALawIsCritical(t *testing.T) {
	before := []kaisei.Block{{Key: "k", Text: "制定（平成十五年法律第五十七号）／公布 2003年5月30日／施行 2003年5月30日／現行"}}
	after := []kaisei.Block{{Key: "k", Text: "制定（平成十五年法律第五十七号）／公布 2003年5月30日／施行 2003年5月30日／廃止／廃止日 2026年3月31日"}}
	if c := mustLoad(t).Judge(lawFinding(before, after, now)); c.Class != kaisei.ClassRepealed || c.Severity != kaisei.Critical {
		t.Errorf("%s %s %+v", c.Class, c.Severity, c.Reasons)
	}
}

func TestAFutureTextOfALawIsScheduledByItsRevision(t *testing.T) {
	f := Finding{
		Source: kaisei.Source{ID: "egov/appi", Kind: kaisei.KindLaw, Layer: kaisei.LayerLaw},
		Next: kaisei.Version{
			Document: "egov/appi/future/415AC0000000057_20280716_508AC0000000056", Seq: 1, Title: "個人情報の保護に関する法律", Format: "lawxml",
			Blocks: []kaisei.Block{{Kind: kaisei.BlockArticle, Text: "第一条 …"}},
		},
		Now: now,
	}
	c := mustLoad(t).Judge(f)
	if c.Class != kaisei.ClassEnforcementScheduled || len(c.Dates.Effective) != 1 || c.Dates.Effective[0].Date.String() != "2028-07-16" {
		t.Errorf("%s %+v", c.Class, c.Dates)
	}
}

func TestTheTextOfALawIsAmendedAndSaysFromWhen(t *testing.T) {
	f := pair(kaisei.LayerLaw,
		changed("個人情報取扱事業者は、本人に通知するよう努めなければならない。", "個人情報取扱事業者は、本人に通知しなければならない。", "第四章", "第二十六条", "第二項"),
		changed("", "この法律は、公布の日から起算して二年を超えない範囲内において政令で定める日から施行する。", "附則（令和八年七月一七日法律第五六号）", "第一条"))
	f.Source.Kind = kaisei.KindLaw
	f.Next.Document, f.Next.Format, f.Next.Label = "egov/appi/text", "lawxml", "2026年7月17日施行"
	f.Now = time.Date(2026, 7, 20, 0, 0, 0, 0, time.UTC)
	c := mustLoad(t).Judge(f)
	if c.Class != kaisei.ClassAmended || c.Severity != kaisei.Critical {
		t.Errorf("%s %s", c.Class, c.Severity)
	}
	if len(c.Shifts) != 1 || c.Shifts[0].Direction != kaisei.Hardened || c.Shifts[0].Addressee != "個人情報取扱事業者" {
		t.Errorf("shifts %+v", c.Shifts)
	}
	if c.Dates.Promulgated.String() != "2026-07-17" || len(c.Dates.Effective) != 2 || c.Dates.Effective[1].Note == "" {
		t.Errorf("dates %+v", c.Dates)
	}
}
