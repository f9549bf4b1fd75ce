package watch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
)

const elapseRows = `
[authority]
mihon = { ja = "見本省", en = "Ministry of Samples" }

[[source]]
id = "mihon/act"
authority = "mihon"
title = { ja = "見本法", en = "Sample Act" }
kind = "law"
law = "999AC0000000001"
url = "https://laws.e-gov.go.jp/api/2/law_revisions/999AC0000000001"
schedule = "0 * * * *"
layer = "law"

[[source]]
id = "mihon/cases"
authority = "mihon"
title = { ja = "見本の意見募集", en = "Sample consultations" }
kind = "feed"
url = "https://mihon.example/cases.rss"
schedule = "0 * * * *"
layer = "consultation"

[[source]]
id = "mihon/cases-too"
authority = "mihon"
title = { ja = "見本の意見募集（分野別）", en = "Sample consultations by field" }
kind = "feed"
url = "https://mihon.example/cases-too.rss"
schedule = "0 * * * *"
layer = "consultation"
`

func newElapsingTown(t *testing.T) *town {
	n := newTown(t)
	var err error
	if n.catalog, err = sources.Load(sources.File{Name: "elapse.toml", Data: []byte(elapseRows)}); err != nil {
		t.Fatal(err)
	}
	n.w.Catalog = n.catalog
	return n
}

// cases puts consultations with a deadline into both feeds.
func (n *town) cases(deadline string, titles ...string) {
	var items strings.Builder
	for _, title := range titles {
		fmt.Fprintf(&items, `<item><title>%s</title><link>https://mihon.example/case?id=%s</link><description>案の公示日：2026/03/01&lt;br&gt;受付締切日時：%s</description></item>`, title, kaisei.Hash([]byte(title))[:8], deadline)
	}
	feed := `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>意見募集</title><link>https://mihon.example/</link><description>x</description>` + items.String() + `</channel></rss>`
	n.pages["https://mihon.example/cases.rss"], n.pages["https://mihon.example/cases-too.rss"] = feed, feed
}

// row is a revision of the law: day of force, amending law, status, comment.
type row struct{ day, by, status, comment string }

func (n *town) law(rows ...row) {
	var list []string
	for _, r := range rows {
		list = append(list, fmt.Sprintf(`{"law_revision_id":"999AC0000000001_%s_%s","law_title":"見本法","amendment_promulgate_date":"2026-01-15","amendment_enforcement_date":"%s","amendment_enforcement_comment":"%s","amendment_law_title":"改正法%s","amendment_law_num":"令和八年法律第%s号","current_revision_status":"%s"}`,
			strings.ReplaceAll(r.day, "-", ""), "508AC0000000"+r.by, r.day, r.comment, r.by, r.by, r.status))
	}
	n.pages["https://laws.e-gov.go.jp/api/2/law_revisions/999AC0000000001"] = `{"law_info":{"law_id":"999AC0000000001","law_num":"平成十一年法律第一号"},"revisions":[` + strings.Join(list, ",") + `]}`
}

func jst(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, kaisei.JST)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// elapse lets time pass to an instant and returns the IDs of what it made, told or not.
func (n *town) elapse(to string) []string {
	n.t.Helper()
	n.now = jst(to)
	changes, _, err := n.w.Elapse(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	var ids []string
	for _, c := range changes {
		ids = append(ids, c.ID)
	}
	return ids
}

func (n *town) elapses(to string, want ...string) {
	n.t.Helper()
	if got := n.elapse(to); !slices.Equal(got, want) {
		n.t.Errorf("by %s time made %q, want %q", to, got, want)
	}
}

func TestARevisionIsToldInForceOnItsDayAndOnceWhoeverTellsFirst(t *testing.T) {
	n := newElapsingTown(t)
	const list = "mihon/act/revisions"
	n.law(row{"2028-01-14", "900", "UnEnforced", "公布の日から起算して二年を超えない範囲内において政令で定める日"}, row{"2026-06-01", "200", "UnEnforced", ""},
		row{"2026-04-01", "100", "UnEnforced", ""}, row{"2026-01-15", "050", "CurrentEnforced", ""}, row{"2025-01-01", "010", "UnEnforced", "API の誤り"})
	n.look("mihon/act")
	n.elapses("2026-03-31 23:59")
	n.elapses("2026-04-01 00:00", list+"@in-force-2026-04-01")
	n.elapses("2026-04-01 00:05")
	c, ok, err := n.db.Change(list + "@in-force-2026-04-01")
	if err != nil || !ok || c.Class != kaisei.ClassInForce || c.Severity != kaisei.High || c.Title != "見本法" || len(c.Reasons) == 0 || c.Reasons[0].Rule != "class.day-came" ||
		len(c.Notes) == 0 || !strings.Contains(c.Notes[0].JA, "改正法100") || c.AuthorityName.JA != "見本省" || c.Number == 0 {
		t.Errorf("%v %v %+v", ok, err, c)
	}

	// Next morning the list shows the revision as current: kept, and told to nobody.
	n.now = jst("2026-04-02 06:00")
	n.law(row{"2028-01-14", "900", "UnEnforced", "公布の日から起算して二年を超えない範囲内において政令で定める日"}, row{"2026-06-01", "200", "UnEnforced", ""},
		row{"2026-04-01", "100", "CurrentEnforced", ""}, row{"2026-01-15", "050", "PreviousEnforced", ""}, row{"2025-01-01", "010", "UnEnforced", "API の誤り"})
	n.tells("mihon/act")
	copied, ok, _ := n.db.Change(list + "@2")
	if !ok || copied.CopyOf != list+"@in-force-2026-04-01" || copied.Class != kaisei.ClassInForce || copied.Quiet == "" {
		t.Errorf("the list's own change is %s, copy of %q, quiet %q", copied.Class, copied.CopyOf, copied.Quiet)
	}
	n.elapses("2026-04-02 08:00")

	// The list tells first where it moves a day forward to one that is here.
	n.now = jst("2026-05-20 06:00")
	n.law(row{"2028-01-14", "900", "UnEnforced", "公布の日から起算して二年を超えない範囲内において政令で定める日"}, row{"2026-06-01", "200", "CurrentEnforced", ""},
		row{"2026-04-01", "100", "PreviousEnforced", ""}, row{"2026-01-15", "050", "PreviousEnforced", ""}, row{"2025-01-01", "010", "UnEnforced", "API の誤り"})
	n.tells("mihon/act", list+" in-force")
	n.elapses("2026-06-01 12:00")

	// A day missed during a stop is made up once; the last possible day says that it is that.
	n.elapses("2028-03-01 09:00", list+"@in-force-2028-01-14")
	n.elapses("2028-03-02 09:00")
	late, _, _ := n.db.Change(list + "@in-force-2028-01-14")
	if !late.LastDay() || !late.Dates.Effective[0].Date.IsZero() || late.Dates.Effective[0].By.String() != "2028-01-14" || late.Reasons[0].Rule != "class.last-day-came" {
		t.Errorf("made up as %+v with %+v", late.Dates, late.Reasons)
	}
	if len(late.Notes) != 2 || !strings.Contains(late.Notes[0].JA, "2028-01-14") || !strings.Contains(late.Notes[1].JA, "政令で定められた日はまだ確認できていません") {
		t.Errorf("made up as %+v", late.Notes)
	}
	looks, err := n.db.Looks("mihon/act", time.Time{}, 0)
	if err != nil || slices.ContainsFunc(looks, func(l kaisei.Look) bool { return strings.Contains(l.Change, "in-force") }) {
		t.Errorf("time passing is in the ledger as a look: %v %s", err, describe(looks))
	}
}

func TestTheListAddingToWhatWasToldIsStillTold(t *testing.T) {
	n := newElapsingTown(t)
	n.law(row{"2026-04-01", "100", "UnEnforced", ""}, row{"2026-01-15", "050", "CurrentEnforced", ""})
	n.look("mihon/act")
	n.elapses("2026-04-01 00:00", "mihon/act/revisions@in-force-2026-04-01")
	n.law(row{"2027-04-01", "300", "UnEnforced", ""}, row{"2026-04-01", "100", "CurrentEnforced", ""}, row{"2026-01-15", "050", "PreviousEnforced", ""})
	n.tells("mihon/act", "mihon/act/revisions enforcement-scheduled")
}

func TestAConsultationOpenAtTheFirstLookIsToldToClose(t *testing.T) {
	n := newElapsingTown(t)
	n.cases("2026/04/10 23:59", "見本指針（案）に関する意見募集について")
	n.tells("mihon/cases")
	n.tells("mihon/cases-too")
	n.elapses("2026-03-26 23:59")
	got := n.elapse("2026-03-27 00:00")
	if len(got) != 1 || !strings.HasSuffix(got[0], "@closing-2026-04-10-14") || !strings.HasPrefix(got[0], "mihon/cases/") {
		t.Fatalf("14 days before: %q", got)
	}
	id := strings.TrimSuffix(got[0], "14")
	c, _, err := n.db.Change(got[0])
	if err != nil || c.Class != kaisei.ClassConsultationClosing || c.Severity != kaisei.Medium || !c.Dates.Deadline.Equal(jst("2026-04-10 23:59")) || !strings.HasPrefix(c.URL, "https://mihon.example/case?id=") || !strings.Contains(c.Notes[0].JA, "あと14日") {
		t.Errorf("%v %+v", err, c)
	}
	n.elapses("2026-03-30 12:00")
	n.elapses("2026-04-03 00:00", id+"7")
	n.elapses("2026-04-09 00:00", id+"1")
	n.elapses("2026-04-10 12:00")
	n.elapses("2026-04-20 12:00")
	if c, _, _ := n.db.Change(id + "1"); c.Severity != kaisei.High {
		t.Errorf("the day before it is %s", c.Severity)
	}
}

func TestAnExtendedDeadlineIsToldAndCountsAnew(t *testing.T) {
	n := newElapsingTown(t)
	n.cases("2026/03/20 17:00", "見本指針（案）に関する意見募集について")
	n.look("mihon/cases")
	n.elapse("2026-03-13 00:00")
	n.cases("2026/04/03 17:00", "見本指針（案）に関する意見募集について")
	n.now = jst("2026-03-18 09:00")
	told, looks := n.look("mihon/cases")
	if len(told) != 1 || told[0].Reasons[0].Rule != "class.deadline-extended" || told[0].Severity != kaisei.Medium || len(told[0].Notes) == 0 || !strings.Contains(told[0].Notes[0].JA, "2026-03-20 17:00 → 2026-04-03 17:00") {
		t.Fatalf("%+v %s", told, describe(looks))
	}
	n.elapses("2026-03-18 23:59")       // neither one day before the old deadline nor what had passed of the new one
	got := n.elapse("2026-03-19 00:00") // 14 days before is the equinox, when offices are closed
	if len(got) != 1 || !strings.HasSuffix(got[0], "@closing-2026-04-03-14") {
		t.Errorf("14 days before the new deadline: %q", got)
	}
	n.elapses("2026-03-20 00:00")
}

func TestClosingsAreToldOnTheDaysThatAreAskedFor(t *testing.T) {
	for _, days := range [][]int{{}, {3}, {30, 3, 0}} {
		n := newElapsingTown(t)
		n.w.Closing = days
		n.cases("2026/04/10 23:59", "見本指針（案）に関する意見募集について")
		n.look("mihon/cases")
		var want, got []string
		for _, d := range days {
			want = append(want, fmt.Sprintf("@closing-2026-04-10-%d", d))
		}
		for day := range 40 {
			for _, id := range n.elapse(jst("2026-03-11 08:00").AddDate(0, 0, day).In(kaisei.JST).Format("2006-01-02 15:04")) {
				_, what, _ := strings.Cut(id, "@")
				got = append(got, "@"+what)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("with %v it is told as %q, want %q", days, got, want)
		}
	}
}

func TestAfterAStopOnlyTheMostUrgentClosingIsTold(t *testing.T) {
	n := newElapsingTown(t)
	n.cases("2026/04/10 23:59", "見本指針（案）に関する意見募集について")
	n.look("mihon/cases")
	got := n.elapse("2026-04-09 10:00")
	if len(got) != 1 || !strings.HasSuffix(got[0], "-1") {
		t.Errorf("after the stop: %q", got)
	}
	n.elapses("2026-04-09 11:00")
}

func TestWhatHadPassedWhenAConsultationWasFirstSeenIsNotTold(t *testing.T) {
	n := newElapsingTown(t)
	n.now = jst("2026-04-05 09:00")
	n.cases("2026/04/10 23:59", "見本指針（案）に関する意見募集について")
	n.look("mihon/cases")
	n.elapses("2026-04-05 11:00")
	// Another wording of the same case does not count the days anew.
	n.cases("2026/04/10 23:59", "見本指針（改定案）に関する意見募集について")
	n.elapses("2026-04-08 11:00")
	if got := n.elapse("2026-04-09 00:10"); len(got) != 1 || !strings.HasSuffix(got[0], "-1") {
		t.Errorf("the day before: %q", got)
	}
}

// restart forgets what a process holds in memory.
func (n *town) restart() {
	n.w = &watch.Watcher{Catalog: n.w.Catalog, Fetch: n, Read: n.w.Read, Rules: n.w.Rules, Store: n.db, Translates: n.w.Translates, Route: n.w.Route, Now: n.w.Now}
}

// A kill between two calls, or between the change and the memory of the call, tells nothing twice.
func TestTimeTellsOnceAcrossRestarts(t *testing.T) {
	n := newElapsingTown(t)
	n.law(row{"2026-04-01", "100", "UnEnforced", ""}, row{"2026-01-15", "050", "CurrentEnforced", ""})
	n.look("mihon/act")
	delivered := 0
	n.w.Route = func(c kaisei.Change) []kaisei.Delivery {
		delivered++
		return []kaisei.Delivery{{ID: "alert/slack/" + c.ID, Channel: "slack", Kind: kaisei.DeliveryAlert, Changes: []string{c.ID}, State: kaisei.DeliveryDue, Due: n.now, Created: n.now}}
	}
	n.elapses("2026-04-01 00:00", "mihon/act/revisions@in-force-2026-04-01")
	for range 3 {
		n.restart()
		n.elapses("2026-04-01 09:00")
	}
	due, err := n.db.Deliveries(kaisei.DeliveryDue, 0)
	if err != nil || len(due) != 1 || delivered != 1 {
		t.Errorf("%d deliveries of %d, %v", len(due), delivered, err)
	}
}

func lawText(clause string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Law Era="Heisei" Lang="ja" LawType="Act" Num="1" Year="11"><LawNum>平成十一年法律第一号</LawNum><LawBody><LawTitle>見本法</LawTitle><MainProvision><Article Num="1"><ArticleTitle>第一条</ArticleTitle><Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>` +
		clause + `</Sentence></ParagraphSentence></Paragraph></Article></MainProvision></LawBody></Law>`
}

// The text that follows is told for its words, and names what told that it took force.
func TestTheTextOfALawNamesWhatToldThatItTookForce(t *testing.T) {
	n := newElapsingTown(t)
	const xml = "https://laws.e-gov.go.jp/api/2/law_file/xml/999AC0000000001"
	n.law(row{"2026-04-01", "100", "UnEnforced", ""}, row{"2026-01-15", "050", "CurrentEnforced", ""})
	n.pages[xml] = lawText("事業者は、記録を保存するよう努めなければならない。")
	n.look("mihon/act")
	n.elapses("2026-04-01 00:00", "mihon/act/revisions@in-force-2026-04-01")
	n.law(row{"2026-04-01", "100", "CurrentEnforced", ""}, row{"2026-01-15", "050", "PreviousEnforced", ""})
	n.pages[xml] = lawText("事業者は、記録を保存しなければならない。")
	told := n.tells("mihon/act", "mihon/act/text amended")
	if len(told) == 1 && !strings.Contains(notesIn(told[0]), "mihon/act/revisions@in-force-2026-04-01") {
		t.Errorf("%+v", told[0].Notes)
	}
}
