package sources

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func capture(url, mediaType, body string) kaisei.Capture {
	c := kaisei.Capture{Body: []byte(body)}
	c.URL, c.MediaType = url, mediaType
	c.Header = map[string]string{"Content-Type": mediaType}
	return c
}

func TestSniffKindTellsFeedsAndLawsFromPages(t *testing.T) {
	for _, x := range []struct {
		body string
		want kaisei.Kind
	}{
		{`<?xml version="1.0"?><rss version="2.0"></rss>`, kaisei.KindFeed},
		{"\xef\xbb\xbf\n<?xml version='1.0' encoding='Shift_JIS'?>\n<!-- x --><rdf:RDF xmlns='x'>", kaisei.KindFeed},
		{`<feed xmlns="http://www.w3.org/2005/Atom">`, kaisei.KindFeed},
		{`<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><rss>`, kaisei.KindFeed},
		{`<!DOCTYPE html><html><body>&lt;rss&gt;</body></html>`, kaisei.KindPage},
		{`<?xml version="1.0"?><html xmlns="x"><body/></html>`, kaisei.KindPage},
		{`<?xml version="1.0"?><Law Era="Reiwa">`, kaisei.KindPage},
		{`{"law_info":{"law_id":"507AC0000000053"},"revisions":[{}]}`, kaisei.KindLaw},
		{`{"law_info":{"law_id":"507AC0000000053"},"revisions":[]}`, kaisei.KindPage},
		{`{"items":[]}`, kaisei.KindPage},
		{"%PDF-1.7", kaisei.KindPage},
		{"", kaisei.KindPage},
	} {
		if got := SniffKind(capture("https://x.example/", "", x.body)); got != x.want {
			t.Errorf("%.40q is %s, want %s", x.body, got, x.want)
		}
	}
}

func TestAdhocSourceIsTheSameForTheSameURL(t *testing.T) {
	seen := map[string]string{}
	for _, u := range []string{
		"https://www.example.go.jp/a/b.html", "https://www.example.go.jp/a/B.html", "https://www.example.go.jp/a/b.html?page=2",
		"https://www.example.go.jp/a/b.html?page=3", "https://www.example.go.jp/a b", "https://www.example.go.jp/a%20b", "https://www.example.go.jp/",
		"https://www.example.go.jp:8443/", "https://www.example.go.jp/資料", "https://x.example/" + strings.Repeat("a", 500), "https://x.example/" + strings.Repeat("a", 501),
		"://", "https://www.example.go.jp/../../etc",
	} {
		s := Adhoc(kaisei.KindPage, u)
		if s.ID != Adhoc(kaisei.KindPage, u).ID {
			t.Errorf("%s: two IDs", u)
		}
		if other, ok := seen[s.ID]; ok {
			t.Errorf("%s and %s are both %s", u, other, s.ID)
		}
		seen[s.ID] = u
		if !strings.HasPrefix(s.ID, "adhoc/") || strings.ContainsAny(s.ID, " ?&=%:") || strings.Contains(s.ID, "//") || len(s.ID) > maxAdhocID+adhocHashLen+1 {
			t.Errorf("%s: ID %q", u, s.ID)
		}
	}
	if f := Adhoc(kaisei.KindFeed, "https://x.example/feed"); len(f.Keywords.Any) == 0 || f.Layer != kaisei.LayerNews {
		t.Errorf("a feed of its own: %+v", f)
	}
	if l := Adhoc(kaisei.KindLaw, "https://laws.e-gov.go.jp/api/2/law_revisions/405AC0000000088"); l.Law != "405AC0000000088" {
		t.Errorf("a law of its own: %+v", l)
	}
	if m := Adhoc(kaisei.KindPage, "https://www.meti.go.jp/x.html"); !m.Fetch.HTTP1 || m.Fetch.MinGap != 10*time.Second {
		t.Errorf("what METI needs is known of any page of METI: %+v", m.Fetch)
	}
}

func TestPageIsItsOwnDocument(t *testing.T) {
	c := catalogue(t)
	s, _ := c.Source("digital/ds-920-en")
	x := capture(s.URL, "text/html", `<html><head><title>DS-920 Guideline｜Digital Agency</title></head><body><header><h1>Digital Agency</h1></header><main><p>Version 2.0</p></main></body></html>`)
	x.FinalURL = s.URL + "/"
	ts, err := c.Targets(s, x, "")
	if err != nil || len(ts) != 1 {
		t.Fatal(ts, err)
	}
	if got := ts[0]; got.Document != s.ID || got.URL != s.URL+"/" || got.Title != "DS-920 Guideline" || got.Language != "en" || got.Translates != "digital/ds-920/main" || got.Blocks != nil {
		t.Errorf("%s", show(ts, nil))
	}
	s, _ = c.Source("meti/ai-contract-checklist")
	if ts, err = c.Targets(s, capture(s.URL, "application/pdf", "%PDF-1.7 …"), ""); err != nil || ts[0].Title != s.Title.JA {
		t.Errorf("%s", show(ts, err))
	}
	if _, err = c.Targets(s, capture(s.URL, "application/pdf", ""), ""); kaisei.CauseOf(err) != kaisei.CauseEmpty {
		t.Errorf("no bytes: %v", err)
	}
}

// TestWordsStayCalm holds that what the site counts and stamps, and how it orders its navigation,
// leaves the targets as they were.
func TestWordsStayCalm(t *testing.T) {
	c := catalogue(t)
	s, _ := c.Source("cao/ai-act")
	page := func(nav, visitor, stamp, extra string) string {
		return `<html><body><header><nav>` + nav + `</nav></header><main><div id="mainContents"><p>あなたは` + visitor + `人目の訪問者です</p>
<h2>概要</h2><p>ＡＩ法が公布されました。</p><p>最終更新日：` + stamp + `</p><ul><li><a href="../ai_hou_gaiyou.pdf">概要（PDF形式：` + extra + `KB）</a></li></ul></div></main></body></html>`
	}
	look := func(body string) string {
		ts, err := c.Targets(s, capture(s.URL, "text/html", body), "")
		return show(ts, err)
	}
	a := look(page(`<a href="/a">甲</a><a href="/b">乙</a>`, "18,203", "2025年3月28日", "396"))
	b := look(page(`<a href="/b">乙</a><a href="/a">甲</a>`, "24,977", "令和8年7月20日", "401"))
	if a != b {
		t.Errorf("the same page twice:\n%s\n%s", a, b)
	}
	if !strings.Contains(a, "ＡＩ法が公布されました。") || strings.Contains(a, "訪問者") || strings.Contains(a, "更新") {
		t.Errorf("the words:\n%s", a)
	}
	if moved := look(strings.ReplaceAll(page("", "1", "2025年3月28日", "396"), "公布されました", "全面施行されました")); moved == a {
		t.Error("a changed sentence is not seen")
	}
}

func TestStampsOfFeeds(t *testing.T) {
	for in, want := range map[string]string{
		"2026-08-16T15:00:Z":              "2026-08-17",
		"2026-08-17T09:01:09+0900":        "2026-08-17",
		"2026-08-17T00:00:00+09:00":       "2026-08-17",
		"2026-08-16T15:00:00Z":            "2026-08-17",
		"2026-08-17T00:00:00Z":            "2026-08-17",
		"2026-08-17":                      "2026-08-17",
		"2026-08-17 23:30":                "2026-08-17",
		"Fri, 26 Dec 2025 00:00:00 GMT":   "2025-12-26",
		"Fri, 26 Dec 2025 10:00:00 JST":   "2025-12-26",
		"Fri, 26 Dec 2025 23:00:00 JST":   "2025-12-26",
		"Fri, 26 Dec 2025 16:00:00 +0000": "2025-12-27",
		"26 December 2025":                "2025-12-26",
		"2025-07-11 11:49:06 GMT":         "2025-07-11",
		"令和７年１２月２６日":                      "2025-12-26",
		"2025年12月26日 10:00":               "2025-12-26",
		"2026-02-30T00:00:00Z":            "",
		"2026-13-01":                      "",
		"Fri, 32 Dec 2025 00:00:00 GMT":   "",
		"yesterday":                       "",
		"":                                "",
	} {
		if got := stampDay(in).String(); got != want {
			t.Errorf("stampDay(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestItemsOfAFeedKeepTheirIdentity(t *testing.T) {
	c := catalogue(t)
	s, _ := c.Source("mic/news")
	item := func(title, link string) string {
		return "<item><title>" + title + "</title><link>" + link + "</link></item>"
	}
	keys := func(items ...string) map[string]string {
		ts, err := c.Targets(s, capture(s.URL, "text/xml", `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>`+strings.Join(items, "")+`</channel></rss>`), "")
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, x := range ts {
			out[x.Title] = x.Key
		}
		return out
	}
	a, b := item("甲", "https://www.soumu.go.jp/x.html"), item("乙", "https://www.soumu.go.jp/x.html")
	both, alone := keys(a, b), keys(b)
	if len(both) != 2 || both["甲"] == both["乙"] || both["乙"] != alone["乙"] {
		t.Errorf("an item's identity must not depend on its neighbours: %v %v", both, alone)
	}
	if again := keys(item("　乙 ", "https://www.soumu.go.jp/x.html")); again["乙"] != alone["乙"] {
		t.Errorf("white space made another item: %v", again)
	}
	if twice := keys(a, a); len(twice) != 1 {
		t.Errorf("the same item twice: %v", twice)
	}
}

func TestLimits(t *testing.T) {
	c := catalogue(t)
	feedSource, _ := c.Source("mic/news")
	indexSource, _ := c.Source("govonline/ministry-news")
	lawSource, _ := c.Source("egov/appi")
	repeat := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	items := repeat(maxItems+50, func(i int) string {
		return fmt.Sprintf("<item><title>生成AI %d</title><link>https://a.example/%d</link></item>", i, i)
	})
	ts, err := c.Targets(feedSource, capture(feedSource.URL, "text/xml", `<rss version="2.0"><channel><title>x</title>`+items+`</channel></rss>`), "")
	if err != nil || len(ts) != maxItems {
		t.Errorf("%d items, %v; want %d", len(ts), err, maxItems)
	}
	for _, s := range []kaisei.Source{feedSource, indexSource, lawSource} {
		body := "<html><body>" + strings.Repeat("<p>x</p>", maxBody/8+1)
		if s.Kind != kaisei.KindIndex {
			body = strings.Repeat("x", maxBody+1)
		}
		if _, err := c.Targets(s, capture(s.URL, "text/html", body), ""); kaisei.CauseOf(err) != kaisei.CauseTooLarge {
			t.Errorf("%s of more than %d bytes: %v", s.Kind, maxBody, err)
		}
	}
	links := repeat(maxLinks+50, func(i int) string { return fmt.Sprintf(`<a href="https://a.example/%d">生成AI %d</a> `, i, i) })
	start := time.Now()
	ts, err = c.Targets(indexSource, capture(indexSource.URL, "text/html", "<html><body><ul><li>"+links+"</li></ul></body></html>"), "")
	if err != nil || len(ts) != maxLinks {
		t.Errorf("%d links, %v; want %d", len(ts), err, maxLinks)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("%d links in one list took %v", maxLinks, took)
	}
	revisions := repeat(maxRevisions+50, func(i int) string {
		return fmt.Sprintf(`{"law_revision_id":"r%d","current_revision_status":"UnEnforced"},`, i)
	})
	ts, err = c.Targets(lawSource, capture(lawSource.URL, "application/json", `{"revisions":[`+strings.TrimSuffix(revisions, ",")+`]}`), "")
	if err != nil || len(ts) != 2+maxFuture || len(ts[0].Blocks) != maxRevisions {
		t.Errorf("%d targets, %v", len(ts), err)
	}
}

func TestAttackDeepNestingIsBounded(t *testing.T) {
	c := catalogue(t)
	s, _ := c.Source("cao/ai-act")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	body := strings.Repeat("<div>", 300_000) + `<a href="/x.pdf">概要</a>`
	_, err := c.Targets(s, capture(s.URL, "text/html", "<html><body><main>"+body), "")
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 512<<20 {
		t.Errorf("%d MB allocated, %v", got>>20, err)
	}
}

func seeds(f *testing.F, kind kaisei.Kind) {
	f.Helper()
	c := catalogue(f)
	for _, x := range goldenCaptures(f) {
		if s, ok := c.Source(x.source); ok && s.Kind == kind {
			f.Add(x.body)
		}
	}
}

// checkTargets holds what every answer must keep, whatever the bytes were.
func checkTargets(t *testing.T, s kaisei.Source, body []byte) {
	t.Helper()
	c, err := shippedCatalog()
	if err != nil {
		t.Fatal(err)
	}
	x := kaisei.Capture{Body: bytes.Clone(body)}
	x.URL, x.MediaType = s.URL, "text/html"
	x.Header = map[string]string{}
	for _, as := range []kaisei.FollowAs{"", kaisei.FollowListing} {
		ts, err := c.Targets(s, x, as)
		if err != nil {
			if cause := kaisei.CauseOf(err); cause == kaisei.CauseInternal {
				t.Errorf("%v", err)
			}
			continue
		}
		if !bytes.Equal(x.Body, body) {
			t.Error("the capture was altered")
		}
		again, _ := c.Targets(s, x, as)
		if show(ts, nil) != show(again, nil) {
			t.Error("two answers for the same bytes")
		}
		for _, target := range ts {
			if target.Title == "" || target.As == "" || target.As == kaisei.FollowIgnore || target.As != kaisei.FollowItem && target.URL == "" {
				t.Errorf("a target without a name or address: %+v", target)
			}
			if target.As == kaisei.FollowItem && (len(target.Blocks) == 0 || target.Key == "") {
				t.Errorf("an item without text or identity: %+v", target)
			}
			if strings.Contains(target.URL, "#") && target.As != kaisei.FollowItem {
				t.Errorf("a fragment: %s", target.URL)
			}
		}
	}
}

func FuzzIndex(f *testing.F) {
	seeds(f, kaisei.KindIndex)
	s, _ := catalogue(f).Source("cao/ai-strategy")
	f.Fuzz(func(t *testing.T, body []byte) { checkTargets(t, s, append([]byte("<html>"), body...)) })
}

func FuzzFeed(f *testing.F) {
	seeds(f, kaisei.KindFeed)
	s, _ := catalogue(f).Source("egov/public-comments")
	f.Fuzz(func(t *testing.T, body []byte) { checkTargets(t, s, body) })
}

func FuzzLaw(f *testing.F) {
	seeds(f, kaisei.KindLaw)
	s, _ := catalogue(f).Source("egov/appi")
	f.Fuzz(func(t *testing.T, body []byte) { checkTargets(t, s, body) })
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("[[source]]\nid = \"ppc/x\"\nkind = \"page\"\nschedule = \"TZ=\"\n"))
	f.Add([]byte("[[source]]\nid = \"ppc/news\"\ndisabled = \"x\"\n[[source.follow]]\ntext = '('\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load(File{Name: "fuzz.toml", Data: data})
		if (c == nil) == (err == nil) {
			t.Errorf("catalogue %v, error %v", c, err)
		}
	})
}

func BenchmarkIndexOfMIC(b *testing.B) {
	c := catalogue(b)
	for _, x := range goldenCaptures(b) {
		if x.source != "mic/ai-guidelines" {
			continue
		}
		s, _ := c.Source(x.source)
		page := capture(s.URL, "text/html", string(x.body))
		b.SetBytes(int64(len(x.body)))
		for b.Loop() {
			if _, err := c.Targets(s, page, ""); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
