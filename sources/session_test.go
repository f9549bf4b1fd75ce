package sources

import (
	"testing"

	"kaisei/internal/kaisei"
)

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
