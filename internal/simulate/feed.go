package simulate

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// feed is a list of news in one of three formats.
type feed struct {
	form int // RSS 1.0, RSS 2.0 or Atom
	// window is how many items it shows: the newest only, where it rolls.
	window int
	items  []item
}

// The formats of feeds.
const (
	feedRDF = iota
	feedRSS
	feedAtom
	feedForms
)

type item struct {
	title, link string
	at          time.Time
}

// Windows of feeds: a rolling one shows as many items as the public comment feed does.
const (
	rollingWindow = 7
	wideWindow    = 60
	firstItems    = 12
)

func newFeed(s *Site, k, n int) *resource {
	at := k % hostTLS
	res := &resource{
		n: n, host: at, id: fmt.Sprintf("%s/feed-%d", ministries[at].key, k), title: fmt.Sprintf("%s 新着情報%d", ministries[at].name, k+1),
		path: fmt.Sprintf("/news/%d.%s", k, [feedForms]string{"rdf", "rss", "xml"}[k%feedForms]),
		feed: &feed{form: k % feedForms, window: rollingWindow},
	}
	if k/feedForms%2 == 1 {
		res.feed.window = wideWindow
	}
	for range firstItems {
		s.addItem(res, true)
	}
	return res
}

// addItem puts an item on a feed. Those that are not about the subject are told to nobody.
func (s *Site) addItem(res *resource, relevant bool) item {
	f := res.feed
	k := len(f.items)
	r := s.rand(streamText, res.n, k)
	it := item{link: fmt.Sprintf("%s/news/%d/%d.html", s.hosts[res.host].base, res.n, k), at: s.now().Add(time.Duration(k) * time.Second)}
	if relevant {
		// The shipped keywords find the subject in the title; descriptions say nothing of it.
		it.title = fmt.Sprintf("生成AIに係る%s%s（%s分野）を公表しました（第%d報）", pick(r, heads), pick(r, papers), pick(r, sectors), k+1)
	} else {
		it.title = fmt.Sprintf("%s分野における統計調査の結果（第%d回）", pick(r, sectors), k+1)
	}
	f.items = append(f.items, it)
	return it
}

// publish is an item that people are told of.
func (s *Site) publish(res *resource) Change {
	it := s.addItem(res, true)
	return Change{Source: res.id, URL: it.link, How: HowNewItem, After: it.title}
}

// xml writes the feed. When it was built changes at every fetch, and so do the descriptions.
func (s *Site) xml(res *resource) answer {
	f := res.feed
	r := s.rand(streamNoise, res.n, res.hits)
	now := s.now()
	shown := f.items[max(0, len(f.items)-f.window):]
	var b strings.Builder
	base := s.hosts[res.host].base
	entry := func(format string) {
		for i := len(shown) - 1; i >= 0; i-- {
			it := shown[i]
			fmt.Fprintf(&b, format, it.title, it.link, it.at.In(jst).Format([feedForms]string{time.RFC3339, time.RFC1123Z, time.RFC3339}[f.form]),
				fmt.Sprintf("%s課が発表しました。詳しくは本文をご覧ください（本日の閲覧 %d 件）", pick(r, heads), r.IntN(900)))
		}
	}
	name, media := "UTF-8", "application/xml"
	switch f.form {
	case feedRDF:
		name, media = "Shift_JIS", "application/rdf+xml"
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="Shift_JIS"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="ja"><channel rdf:about="%s"><title>%s</title><link>%s/</link><dc:date>%s</dc:date></channel>`, s.url(res), res.title, base, now.In(jst).Format(time.RFC3339))
		entry("<item rdf:about=\"%[2]s\"><title>%[1]s</title><link>%[2]s</link><dc:date>%[3]s</dc:date><description>%[4]s</description></item>\n")
		b.WriteString("</rdf:RDF>")
	case feedRSS:
		media = "application/rss+xml; charset=UTF-8"
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>%s</title><link>%s/</link><lastBuildDate>%s</lastBuildDate><ttl>60</ttl>`, res.title, base, now.In(jst).Format(time.RFC1123Z))
		entry("<item><title>%[1]s</title><link>%[2]s</link><guid isPermaLink=\"true\">%[2]s</guid><pubDate>%[3]s</pubDate><description>%[4]s</description></item>\n")
		b.WriteString("</channel></rss>")
	case feedAtom:
		media = "application/atom+xml; charset=UTF-8"
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>%s</title><id>%s</id><updated>%s</updated>`, res.title, s.url(res), now.In(jst).Format(time.RFC3339))
		entry("<entry><title>%[1]s</title><id>%[2]s</id><link href=\"%[2]s\"/><updated>%[3]s</updated><summary>%[4]s</summary></entry>\n")
		b.WriteString("</feed>")
	}
	a := answer{status: http.StatusOK, header: http.Header{"Content-Type": {media}}, body: []byte(b.String())}
	if name == "Shift_JIS" {
		sjis, err := encoding.ReplaceUnsupported(japanese.ShiftJIS.NewEncoder()).Bytes(a.body)
		if err != nil {
			panic("encode a simulated feed: " + err.Error()) // every unsupported rune is replaced
		}
		a.body = sjis
	}
	return a
}

// hollowXML is a feed that lost its items, as where a site retired it.
func hollowXML(title string) answer {
	return answer{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/rss+xml"}},
		body: []byte(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>` + title + `</title><link>/</link></channel></rss>`),
	}
}
