package watch_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// town is a small web with a clock, and a kaisei that watches it with real parts.
type town struct {
	t       *testing.T
	now     time.Time
	pages   map[string]string
	asked   []kaisei.Request
	catalog *sources.Catalog
	db      *bolt.DB
	w       *watch.Watcher
}

const townRows = `
[authority]
mihon = { ja = "見本省", en = "Ministry of Samples" }
betsu = { ja = "別省", en = "Other Ministry" }

[[source]]
id = "mihon/guideline"
authority = "mihon"
title = { ja = "見本指針", en = "Sample guideline" }
kind = "index"
url = "https://mihon.example/index.html"
schedule = "0 * * * *"
layer = "business-guideline"
language = "ja"

  [[source.follow]]
  url = 'report'
  as = "listing"

  [[source.follow]]
  text = '本編'
  as = "document"
  document = "main"
  title = "見本指針 本編"

  [[source.follow]]
  text = '別添'
  as = "document"

[[source]]
id = "betsu/guideline"
authority = "betsu"
title = { ja = "見本指針（別省）", en = "Sample guideline (other ministry)" }
kind = "index"
url = "https://betsu.example/index.html"
schedule = "0 * * * *"
layer = "business-guideline"
language = "ja"

  [[source.follow]]
  text = '本編'
  as = "document"
  document = "main"
  title = "見本指針 本編"
  same_as = "mihon/guideline/main"

[[source]]
id = "mihon/notice"
authority = "mihon"
title = { ja = "見本の注意喚起", en = "Sample notice" }
kind = "page"
url = "https://mihon.example/notice.html"
schedule = "0 * * * *"
layer = "regulator-notice"
language = "ja"

[[source]]
id = "mihon/feed"
authority = "mihon"
title = { ja = "見本の新着", en = "Sample news" }
kind = "feed"
url = "https://mihon.example/news.rss"
schedule = "0 * * * *"
layer = "news"
language = "ja"
keywords = "default"
`

func newTown(t *testing.T) *town {
	t.Helper()
	n := &town{t: t, now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), pages: map[string]string{}}
	var err error
	if n.catalog, err = sources.Load(sources.File{Name: "town.toml", Data: []byte(townRows)}); err != nil {
		t.Fatal(err)
	}
	if n.db, err = bolt.Open(filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.db.Check(); err != nil {
			t.Errorf("the store after the story: %v", err)
		}
		n.judgedAgain()
		n.db.Close()
	})
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	n.w = &watch.Watcher{
		Catalog: n.catalog, Fetch: n, Read: &extract.Extractor{}, Rules: rules, Store: n.db,
		Now: func() time.Time { return n.now },
	}
	return n
}

// judgedAgain holds, at the end of every story, that what it stored is judged again by the same rules as it
// was told: the store keeps all that a judgement rests on.
func (n *town) judgedAgain() {
	rules, ok := n.w.Rules.(*classify.Rules)
	if !ok {
		return
	}
	list, err := n.db.Changes(kaisei.ChangeQuery{Quiet: true})
	if err != nil {
		n.t.Error(err)
	}
	j := &watch.Rejudger{Store: n.db, Rules: rules, Sources: n.w.Catalog.Sources()}
	for _, c := range list {
		switch again, err := j.Judge(c, n.now); {
		case err != nil:
			n.t.Errorf("judge %s again: %v", c.ID, err)
		case len(again.Differs) > 0:
			n.t.Errorf("%s is judged again with other %v:\n%+v\n%+v", c.ID, again.Differs, again.Before, again.After)
		}
	}
}

// Get implements watch.Getter: a page is its text, "" is a 404, and an ETag is its hash.
func (n *town) Get(_ context.Context, r kaisei.Request) (kaisei.Capture, error) {
	n.asked = append(n.asked, r)
	body := n.pages[r.URL]
	if body == "" {
		return kaisei.Capture{}, &kaisei.Fault{Cause: kaisei.CauseNotFound, Status: 404, Detail: r.URL + " answered 404"}
	}
	s := kaisei.Snapshot{
		URL: r.URL, FinalURL: r.URL, Status: 200, MediaType: "text/html; charset=UTF-8", At: n.now,
		Hash: kaisei.Hash([]byte(body)), Size: len(body), Header: map[string]string{"Etag": kaisei.Hash([]byte(body))},
	}
	if r.ETag == s.Hash {
		return kaisei.Capture{Snapshot: kaisei.Snapshot{URL: r.URL, FinalURL: r.URL, Status: 304, At: n.now}}, nil
	}
	if strings.Contains(body, "<rss") {
		s.MediaType = "application/rss+xml"
	}
	return kaisei.Capture{Snapshot: s, Body: []byte(body)}, nil
}

// look lets an hour pass, looks at a source and returns what was told and the looks.
func (n *town) look(id string) ([]kaisei.Change, []kaisei.Look) {
	n.t.Helper()
	n.now = n.now.Add(time.Hour)
	s, ok := n.catalog.Source(id)
	if !ok {
		n.t.Fatalf("no source %s", id)
	}
	r, err := n.w.Check(n.t.Context(), s, watch.Options{All: true})
	if err != nil {
		n.t.Fatal(err)
	}
	var told []kaisei.Change
	for _, c := range r.Changes {
		if c.Quiet == "" && c.CopyOf == "" {
			told = append(told, c)
		}
	}
	return told, r.Looks
}

// tells looks and wants exactly the changes named by "document class".
func (n *town) tells(id string, want ...string) []kaisei.Change {
	n.t.Helper()
	told, looks := n.look(id)
	var got []string
	for _, c := range told {
		got = append(got, c.Document+" "+string(c.Class))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		n.t.Errorf("%s at %s told %q, want %q; looks: %s", id, n.now.Format(time.DateTime), got, want, describe(looks))
	}
	return told
}

func describe(looks []kaisei.Look) string {
	var b strings.Builder
	for _, l := range looks {
		fmt.Fprintf(&b, "\n  %s %s %s %s %s", l.URL, l.Document, l.Verdict, l.Cause, l.Detail)
	}
	return b.String()
}

func html(title, body string) string {
	return `<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>` + title + `</title></head><body><main><h1>` + title + `</h1>` + body + `</main></body></html>`
}

func link(url, text string) string { return `<ul><li><a href="` + url + `">` + text + `</a></li></ul>` }

const duty = "<p>事業者は、AIの利用の記録を保存するものとする。</p><p>事業者は、安全性を確かめることが望ましい。</p>"

func version(n string) string {
	return html("見本指針 第"+n+"版", "<h2>第1章 総則</h2>"+duty+"<p>この指針の版は"+n+"である。</p>")
}

func (n *town) publish(host, v string) {
	n.pages["https://"+host+"/v"+v+".html"] = version(v)
	n.pages["https://"+host+"/index.html"] = html("一覧", link("/v"+v+".html", "見本指針（第"+v+"版）本編"))
}

func TestATextThatGoesBackIsTwoChanges(t *testing.T) {
	n := newTown(t)
	a, b := html("注意喚起", duty), html("注意喚起", duty+"<p>事業者は、本人に通知しなければならない。</p>")
	const page = "https://mihon.example/notice.html"
	n.pages[page] = a
	n.tells("mihon/notice")
	n.pages[page] = b
	n.tells("mihon/notice", "mihon/notice amended")
	n.tells("mihon/notice")
	n.pages[page] = a
	n.tells("mihon/notice", "mihon/notice amended")
}

func TestTheSameTextOnTwoSitesIsToldByTheFirst(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.publish("betsu.example", "1.1")
	n.tells("mihon/guideline")
	n.tells("betsu/guideline")
	n.publish("betsu.example", "1.2")
	n.tells("betsu/guideline", "betsu/guideline/main new-version")
	n.publish("mihon.example", "1.2")
	n.tells("mihon/guideline")
	c, ok, err := n.db.Change("mihon/guideline/main@2")
	if err != nil || !ok || c.CopyOf != "betsu/guideline/main@2" {
		t.Errorf("the copy is kept as %+v, %v, %v", c.CopyOf, ok, err)
	}
	// Going back is news wherever the old text still stands.
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline", "mihon/guideline/main new-version")
}

func TestATextKnownOnlyAsBaselineElsewhereIsTold(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.2")
	n.publish("betsu.example", "1.1")
	n.tells("mihon/guideline")
	n.tells("betsu/guideline")
	n.publish("betsu.example", "1.2")
	n.tells("betsu/guideline", "betsu/guideline/main new-version")
}

func TestWhatTheFirstLookCouldNotReadIsNotNewsLater(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	index := "https://mihon.example/index.html"
	n.pages[index] = html("一覧", link("/v1.1.html", "見本指針（第1.1版）本編")+link("/annex.html", "見本指針 別添"))
	n.tells("mihon/guideline") // the annex answers 404
	n.pages["https://mihon.example/annex.html"] = html("別添", duty)
	n.tells("mihon/guideline")
	n.pages[index] = html("一覧", link("/v1.1.html", "見本指針（第1.1版）本編")+link("/annex.html", "見本指針 別添")+link("/annex2.html", "見本指針 別添2 チェックリスト"))
	n.tells("mihon/guideline") // listed, and not readable yet
	n.pages["https://mihon.example/annex2.html"] = html("別添2", "<p>事業者は、点検表を備えなければならない。</p>")
	told, _ := n.look("mihon/guideline")
	if len(told) != 1 || told[0].Class != kaisei.ClassNewDocument {
		t.Errorf("a document listed after the first look was told as %+v", told)
	}
}

func TestDocumentsBelowAReportPageAreFoundAndTheirBaselineIsTheReports(t *testing.T) {
	n := newTown(t)
	index, r1, r2 := "https://mihon.example/index.html", "https://mihon.example/report1.html", "https://mihon.example/report2.html"
	n.pages[index] = html("一覧", link(r1, "「見本指針（第1.1版）」を取りまとめました"))
	n.tells("mihon/guideline") // the report answers 404
	n.pages[r1] = html("第1.1版", link("/v1.1.html", "見本指針（第1.1版）本編"))
	n.pages["https://mihon.example/v1.1.html"] = version("1.1")
	n.tells("mihon/guideline")
	n.pages[index] = html("一覧", link(r2, "「見本指針（第1.2版）」を取りまとめました")+link(r1, "「見本指針（第1.1版）」を取りまとめました"))
	n.pages[r2] = html("第1.2版", link("/v1.2.html", "見本指針（第1.2版）本編")+link("/new.html", "見本指針 別添"))
	n.pages["https://mihon.example/v1.2.html"] = version("1.2")
	n.pages["https://mihon.example/new.html"] = html("別添", duty)
	told, looks := n.look("mihon/guideline")
	classes := map[kaisei.Class]int{}
	for _, c := range told {
		classes[c.Class]++
	}
	if classes[kaisei.ClassNewVersion] != 1 || classes[kaisei.ClassNewDocument] != 1 || len(told) != 2 {
		t.Errorf("told %v, want one new version and one new document; looks: %s", classes, describe(looks))
	}
}

func TestAMaintenancePageIsNeverAVersionAndRecoveryIsNoChange(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/notice.html"
	long := html("注意喚起", duty+strings.Repeat("<p>個人情報の取扱いについては、法令の定めるところによる。</p>", 20))
	n.pages[page] = long
	n.tells("mihon/notice")
	n.pages[page] = html("お知らせ", "<p>ただいまメンテナンス中です。しばらくしてから再度アクセスしてください。</p>")
	_, looks := n.look("mihon/notice")
	if looks[0].Verdict != kaisei.VerdictSuspect || looks[0].Cause != kaisei.CauseStandIn {
		t.Errorf("the maintenance page was %s", describe(looks))
	}
	n.pages[page] = long
	n.tells("mihon/notice")
	if v, err := n.db.Versions("mihon/notice"); err != nil || len(v) != 1 {
		t.Errorf("%d versions in the history, want 1: %v", len(v), err)
	}
}

func TestACollapseIsBelievedWhenASecondLookAgrees(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", duty+strings.Repeat("<p>個人情報の取扱いについては、法令の定めるところによるものとし、その詳細は別に定める。</p>", 60))
	n.tells("mihon/notice")
	n.pages[page] = html("注意喚起", duty)
	if told, looks := n.look("mihon/notice"); len(told) != 0 || looks[0].Verdict != kaisei.VerdictSuspect {
		t.Errorf("a collapse was %v %s at the first look", told, describe(looks))
	}
	n.tells("mihon/notice", "mihon/notice amended")
}

func TestAPageThatIsGoneFailsAndItsReturnIsNoChange(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	delete(n.pages, "https://mihon.example/v1.1.html")
	_, looks := n.look("mihon/guideline")
	if failed := looks[0]; failed.Verdict != kaisei.VerdictFailed || failed.Cause != kaisei.CauseVanished {
		t.Errorf("the missing document was %s", describe(looks))
	}
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
}

func TestUnchangedPagesAreAskedConditionally(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	n.asked = nil
	_, looks := n.look("mihon/guideline")
	for _, l := range looks {
		if l.Verdict != kaisei.VerdictNotModified {
			t.Errorf("%s was %s, want not-modified", l.URL, l.Verdict)
		}
	}
	if len(n.asked) != 2 || n.asked[0].ETag == "" {
		t.Errorf("%d requests, first with ETag %q", len(n.asked), n.asked[0].ETag)
	}
}

// betterReader is the HTML reader after a release: another revision, other blocks.
type betterReader struct{ extract.Extractor }

func (b *betterReader) Read(ctx context.Context, in extract.Input) (extract.Reading, error) {
	r, err := b.Extractor.Read(ctx, in)
	r.Reader = "html/99"
	for i := range r.Blocks {
		r.Blocks[i].Text = "【" + r.Blocks[i].Text + "】"
	}
	return r, err
}

func TestABetterReaderIsNotNews(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.w.Read = &betterReader{}
	n.pages[page] = html("注意喚起", duty) + "<!-- new bytes -->"
	n.tells("mihon/notice")
	n.pages[page] = html("注意喚起", duty+"<p>事業者は、本人に通知しなければならない。</p>")
	told := n.tells("mihon/notice", "mihon/notice amended")
	if len(told) == 1 && len(told[0].Edits) != 1 {
		t.Errorf("the comparison across readers has %d edits, want the one that was made: %+v", len(told[0].Edits), told[0].Edits)
	}
}

func rss(items ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>新着</title><link>https://mihon.example/</link><description>x</description>` + strings.Join(items, "") + `</channel></rss>`
}

func newsItem(title, url, day string) string {
	return "<item><title>" + title + "</title><link>" + url + "</link><pubDate>" + day + " 00:00:00 GMT</pubDate></item>"
}

func TestNewsItemsAreToldOnceAndEditsOfThemAsEdits(t *testing.T) {
	n := newTown(t)
	const feed, base = "https://mihon.example/news.rss", "https://mihon.example/n/"
	old := newsItem("生成AIの利用指針を公表しました", base+"1", "Mon, 02 Mar 2026")
	n.pages[feed] = rss(old)
	n.tells("mihon/feed")
	fresh := newsItem("AI事業者ガイドライン検討会を開催しました", base+"2", "Tue, 03 Mar 2026")
	n.pages[feed] = rss(newsItem("次世代機「CONTRAIL」の運用開始", base+"3", "Tue, 03 Mar 2026"), newsItem("JIDAIファンドの募集", base+"4", "Tue, 03 Mar 2026"), fresh, old)
	told, looks := n.look("mihon/feed")
	if len(told) != 1 || !strings.Contains(told[0].Title, "AI事業者ガイドライン検討会") {
		t.Fatalf("told %+v; looks %s", told, describe(looks))
	}
	doc := told[0].Document
	edited := newsItem("AI事業者ガイドライン検討会（第10回）を開催しました", base+"2", "Tue, 03 Mar 2026")
	n.pages[feed] = rss(edited, old)
	if told, _ := n.look("mihon/feed"); len(told) != 1 || told[0].Document != doc {
		t.Errorf("an edited title was told as %+v, want an edit of %s", told, doc)
	}
	n.pages[feed] = rss(edited)
	n.tells("mihon/feed") // an item that rolls out of the window is no removal
	n.pages[feed] = rss(edited, old)
	n.tells("mihon/feed") // nor is its return news
}
