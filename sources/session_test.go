package sources

import (
	"net/url"
	"testing"

	"kaisei/internal/kaisei"
)

func TestSessionsAndMomentsAreNoPartOfAnAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/list;jsessionid=0A1B2C?id=3":            "https://a.example/list?id=3",
		"https://a.example/list.php?PHPSESSID=d41d8cd98f00&id=3":   "https://a.example/list.php?id=3",
		"https://a.example/a.pdf?_=1774915200000":                  "https://a.example/a.pdf",
		"https://a.example/a.pdf?v=1774915200&lang=ja":             "https://a.example/a.pdf?lang=ja",
		"https://a.example/d?sid=0123456789abcdef0123":             "https://a.example/d",
		"https://a.example/d?sid=12&v=2":                           "https://a.example/d?sid=12&v=2",
		"https://a.example/d?v=20260331&b=%E6%94%B9&a=1":           "https://a.example/d?v=20260331&b=%E6%94%B9&a=1",
		"https://a.example/servlet/Public?CLASSNAME=X&id=49500021": "https://a.example/servlet/Public?CLASSNAME=X&id=49500021",
		"https://a.example/%E6%8C%87%E9%87%9D;jsessionid=AB.c1":    "https://a.example/%E6%8C%87%E9%87%9D",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := withoutSession(u).String(); got != want {
			t.Errorf("%s is read as %s, want %s", in, got, want)
		}
	}
}

func TestAListWhoseLinksCarryASessionOffersTheSameAtEveryLook(t *testing.T) {
	s := kaisei.Source{ID: "a/list", URL: "https://a.example/", Kind: kaisei.KindIndex, Language: "ja", Follow: []kaisei.Follow{{As: kaisei.FollowDocument}}}
	feed := kaisei.Source{ID: "a/feed", URL: "https://a.example/f", Kind: kaisei.KindFeed, Language: "ja"}
	offered := func(session string) string {
		page := kaisei.Capture{Snapshot: kaisei.Snapshot{URL: s.URL, MediaType: "text/html"},
			Body: []byte(`<html><body><a href="/guide;jsessionid=` + session + `?id=1">生成AI利用指針 第2版</a></body></html>`)}
		items := kaisei.Capture{Snapshot: kaisei.Snapshot{URL: feed.URL, MediaType: "application/rss+xml"},
			Body: []byte(`<rss version="2.0"><channel><title>t</title><item><title>指針</title><link>https://a.example/n?id=2&amp;PHPSESSID=` + session + `</link></item></channel></rss>`)}
		said := ""
		for _, look := range []struct {
			s kaisei.Source
			c kaisei.Capture
		}{{s, page}, {feed, items}} {
			targets, err := (&Catalog{}).Targets(look.s, look.c, "")
			if err != nil || len(targets) != 1 {
				t.Fatalf("%s offers %+v, %v", look.s.ID, targets, err)
			}
			said += targets[0].URL + " " + targets[0].Key + "\n"
		}
		return said
	}
	if a, b := offered("0a1b2c3d"), offered("ffee9988"); a != b {
		t.Errorf("two looks are offered\n%s and\n%s", a, b)
	}
}
