package watch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
)

const rollingRows = `
[[source]]
id = "mihon/cases"
authority = "mihon"
title = { ja = "案件", en = "Cases" }
kind = "feed"
url = "https://mihon.example/cases.rss"
schedule = "0 * * * *"
layer = "consultation"

  [source.backfill]
  source = "mihon/case-list"
  same = '[?&]id=(\d+)'
  url = "https://mihon.example/public?id={same}"

[[source]]
id = "mihon/case-list"
authority = "mihon"
title = { ja = "案件一覧", en = "List of cases" }
kind = "index"
url = "https://mihon.example/list?page=1"
pages = "https://mihon.example/list?page={page}"
schedule = "0 5 * * *"
layer = "consultation"
disabled = "read back only"

  [[source.follow]]
  url = '[?&]id='
  as = "item"

[[source]]
id = "mihon/topics"
authority = "mihon"
title = { ja = "トピックス", en = "Topics" }
kind = "feed"
url = "https://mihon.example/topics.rss"
schedule = "0 * * * *"
layer = "news"
`

// cases is a service whose feed has room for few of its cases and whose listing shows all of them, newest
// first, some a page.
type cases struct {
	*town
	made        int
	room, paged int
}

func newCases(t *testing.T) *cases {
	n := newTown(t)
	var err error
	if n.catalog, err = sources.Load(sources.File{Name: "town.toml", Data: []byte(townRows)}, sources.File{Name: "rolling.toml", Data: []byte(rollingRows)}); err != nil {
		t.Fatal(err)
	}
	n.w.Catalog = n.catalog
	return &cases{town: n, room: 6, paged: 20}
}

// title is what case n is called; day the day of its notice: four cases a day.
func (c *cases) title(n int) string {
	return fmt.Sprintf("第%d号 AIに関する省令案の意見募集", n)
}

func (c *cases) day(n int) time.Time { return time.Date(2026, 2, 1+n/4, 0, 0, 0, 0, time.UTC) }

// make lets so many more cases appear.
func (c *cases) make(more int) {
	c.made += more
	var feed strings.Builder
	for n := c.made; n > max(0, c.made-c.room); n-- {
		fmt.Fprintf(&feed, "<item><title>%s</title><link>https://mihon.example/public?id=%d</link><description>案の公示日：%s&lt;br/&gt;</description></item>", c.title(n), n, c.day(n).Format("2006/01/02"))
	}
	c.pages["https://mihon.example/cases.rss"] = `<rss version="2.0"><channel><title>案件</title>` + feed.String() + `</channel></rss>`
	for page := 1; (page-1)*c.paged < c.made; page++ {
		var list strings.Builder
		for n := c.made - (page-1)*c.paged; n > max(0, c.made-page*c.paged); n-- {
			fmt.Fprintf(&list, `<li><div onclick="go('/detail?id=%d&amp;Mode=0')"><h2><a href="javascript:void(0)">%s</a></h2><span>案の公示日</span>%s</div></li>`, n, c.title(n), c.day(n).Format("2006年1月2日"))
		}
		c.pages[fmt.Sprintf("https://mihon.example/list?page=%d", page)] = html("案件一覧", "<ul>"+list.String()+"</ul>")
	}
}

// told are the cases that the store knows as told, in their order.
func (c *cases) told() map[string]int {
	c.t.Helper()
	list, err := c.db.Changes(kaisei.ChangeQuery{})
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string]int{}
	for _, ch := range list {
		out[ch.Title]++
	}
	return out
}

// all holds that each case after the first looks was told exactly once.
func (c *cases) all(after int) {
	c.t.Helper()
	told := c.told()
	for n := after + 1; n <= c.made; n++ {
		if told[c.title(n)] != 1 {
			c.t.Errorf("%s was told %d times", c.title(n), told[c.title(n)])
		}
		delete(told, c.title(n))
	}
	for title := range told {
		c.t.Errorf("%s was told and is no news", title)
	}
}

func (c *cases) listAsked() int {
	n := 0
	for _, r := range c.asked {
		if strings.Contains(r.URL, "/list?") {
			n++
		}
	}
	return n
}

func TestAFeedThatRollsFasterThanWeLookMissesNothing(t *testing.T) {
	c := newCases(t)
	c.make(40)
	c.look("mihon/cases")
	for _, more := range []int{1, 5, 6, 7, 13, 0, 45, 6, 2, 100} {
		c.make(more)
		c.look("mihon/cases")
	}
	// Of the day of the first look, which is no news as far as the feed had room, cases 37 to 40 are known.
	c.all(40)
	s, err := c.db.Sightings("mihon/cases")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, g := range s.Gaps {
		if g.Filled.IsZero() || g.By != "mihon/case-list" || g.From.IsZero() {
			t.Errorf("gap %+v", g)
		}
		read += g.Read
	}
	if len(s.Gaps) != 6 || read != 1+7+39+94 {
		t.Errorf("%d gaps, %d items read back", len(s.Gaps), read)
	}
}

func TestAFeedThatDoesNotRollOverIsNotReadBack(t *testing.T) {
	c := newCases(t)
	c.make(40)
	c.look("mihon/cases")
	for range 8 {
		c.make(3)
		c.look("mihon/cases")
	}
	c.all(40)
	if n := c.listAsked(); n != 0 {
		t.Errorf("the listing was asked for %d times", n)
	}
}

func TestAfterALongStopTheFeedIsReadBack(t *testing.T) {
	c := newCases(t)
	c.make(40)
	c.look("mihon/cases")
	c.now = c.now.Add(9 * 24 * time.Hour)
	c.make(60)
	_, looks := c.look("mihon/cases")
	c.all(40)
	if got := describe(looks); !strings.Contains(got, "54 were read back from mihon/case-list") {
		t.Errorf("the ledger says nothing of the gap:\n%s", got)
	}
}

func TestAGapThatCannotBeFilledIsTriedAgainAndThenFilled(t *testing.T) {
	c := newCases(t)
	c.make(40)
	c.look("mihon/cases")
	c.make(30)
	first := c.pages["https://mihon.example/list?page=1"]
	c.pages["https://mihon.example/list?page=2"] = ""
	c.look("mihon/cases")
	s, _ := c.db.Sightings("mihon/cases")
	if len(s.Gaps) != 1 || !s.Gaps[0].Filled.IsZero() || !strings.Contains(s.Gaps[0].Why, "could not be read") {
		t.Fatalf("gaps %+v", s.Gaps)
	}
	c.pages["https://mihon.example/list?page=1"] = first
	c.make(1)
	c.look("mihon/cases")
	c.all(40)
	if s, _ = c.db.Sightings("mihon/cases"); len(s.Gaps) != 1 || s.Gaps[0].Filled.IsZero() || s.Gaps[0].Tries != 2 {
		t.Errorf("gaps %+v", s.Gaps)
	}
}

func TestReadingBackIsBounded(t *testing.T) {
	c := newCases(t)
	c.make(40)
	c.look("mihon/cases")
	c.make(20 * (watch.MaxBackfillPages + 5))
	c.look("mihon/cases")
	if n := c.listAsked(); n != watch.MaxBackfillPages {
		t.Errorf("%d pages were read back", n)
	}
	s, _ := c.db.Sightings("mihon/cases")
	if len(s.Gaps) != 1 || !s.Gaps[0].Filled.IsZero() || !strings.Contains(s.Gaps[0].Why, "do not reach back") {
		t.Errorf("gaps %+v", s.Gaps)
	}
}

func TestAFeedWithoutAListingHasItsGapNoted(t *testing.T) {
	c := newCases(t)
	feed := func(from, to int) {
		var b strings.Builder
		for n := to; n >= from; n-- {
			fmt.Fprintf(&b, "<item><title>話題%d</title><link>https://mihon.example/t/%d</link></item>", n, n)
		}
		c.pages["https://mihon.example/topics.rss"] = `<rss version="2.0"><channel><title>話題</title>` + b.String() + `</channel></rss>`
	}
	feed(1, 8)
	c.look("mihon/topics")
	feed(5, 12)
	c.look("mihon/topics")
	if s, _ := c.db.Sightings("mihon/topics"); len(s.Gaps) != 0 {
		t.Errorf("gaps %+v", s.Gaps)
	}
	feed(13, 20)
	_, looks := c.look("mihon/topics")
	s, _ := c.db.Sightings("mihon/topics")
	if len(s.Gaps) != 1 || !strings.Contains(describe(looks), "unseen") {
		t.Errorf("gaps %+v\n%s", s.Gaps, describe(looks))
	}
}

func TestSightingsAreForgottenAfterAWhile(t *testing.T) {
	c := newCases(t)
	feed := func(from, to int) kaisei.Sightings {
		t.Helper()
		var b strings.Builder
		for n := to; n >= from; n-- {
			fmt.Fprintf(&b, "<item><title>催し%d</title><link>https://mihon.example/t/%d</link></item>", n, n)
		}
		c.pages["https://mihon.example/news.rss"] = `<rss version="2.0"><channel><title>新着</title>` + b.String() + `</channel></rss>`
		c.look("mihon/feed")
		s, err := c.db.Sightings("mihon/feed")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	feed(1, 6)
	c.now = c.now.Add(watch.KeepSightings)
	feed(4, 9)
	c.now = c.now.Add(watch.KeepSightings + time.Hour)
	if s := feed(5, 10); len(s.Items) != 7 { // 4 is remembered, and 5 to 10
		t.Errorf("%d items are remembered", len(s.Items))
	}
	if s := feed(1, watch.MaxSightings+5); len(s.Items) != watch.MaxSightings {
		t.Errorf("%d items are remembered", len(s.Items))
	}
}
