package watch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

// health collects what operators are told of the sources.
func (n *town) health() *[]watch.Health {
	told := &[]watch.Health{}
	n.w.Notice = func(h watch.Health) ([]kaisei.Delivery, error) { *told = append(*told, h); return nil, nil }
	n.w.Enqueue = n.db.Enqueue
	return told
}

func (n *town) diagnose() {
	n.t.Helper()
	if _, err := n.w.Diagnose(); err != nil {
		n.t.Fatal(err)
	}
}

func (n *town) poll(id string) kaisei.Poll {
	n.t.Helper()
	p, _, err := n.db.Poll(id)
	if err != nil {
		n.t.Fatal(err)
	}
	return p
}

func annexList(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(link(fmt.Sprintf("https://mihon.example/annex%d.html", i), fmt.Sprintf("見本指針 別添%d 様式", i)))
	}
	return html("一覧", b.String())
}

func TestAListingThatLostMostOfItsLinksIsImplausible(t *testing.T) {
	n := newTown(t)
	told := n.health()
	const page = "https://mihon.example/index.html"
	for i := range 20 {
		n.pages[fmt.Sprintf("https://mihon.example/annex%d.html", i)] = html("別添", fmt.Sprintf("<p>様式%dの記載に当たっては、次の事項に留意する。</p>", i))
	}
	n.pages[page] = annexList(20)
	n.tells("mihon/guideline")
	if p := n.poll("mihon/guideline"); p.Links != 20 || p.Offer == "" {
		t.Fatalf("the poll remembers %d links", p.Links)
	}
	n.pages[page] = annexList(5)
	for range watch.FailingAfter {
		_, looks := n.look("mihon/guideline")
		if own := looks[len(looks)-1]; own.URL != page || own.Verdict != kaisei.VerdictSuspect || !strings.Contains(own.Detail, "from 20 links to 5") {
			t.Fatalf("the ledger says %s", describe(looks))
		}
	}
	n.diagnose()
	leads, err := n.db.Leads("mihon/guideline")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leads {
		if !l.Dropped.IsZero() {
			t.Errorf("%s is taken for dropped on the word of a doubted list", l.Document)
		}
	}
	if len(*told) != 1 || len((*told)[0].Implausible) != 1 {
		t.Fatalf("operators were told %+v", *told)
	}
	n.pages[page] = annexList(20)
	n.tells("mihon/guideline")
	n.diagnose()
	if len(*told) != 2 || len((*told)[1].Recovered) != 1 {
		t.Errorf("operators were told %+v", (*told)[1:])
	}
	// What stays so for a day was remade.
	n.pages[page] = annexList(5)
	n.look("mihon/guideline")
	n.now = n.now.Add(watch.LossDoubted)
	if n.look("mihon/guideline"); n.poll("mihon/guideline").Failures != 0 {
		t.Errorf("after a day it is still doubted: %+v", n.poll("mihon/guideline"))
	}
}

func TestAListingThatBeginsAnewWithNewEntriesIsBelieved(t *testing.T) {
	n := newTown(t)
	for i := range 30 {
		n.pages[fmt.Sprintf("https://mihon.example/annex%d.html", i)] = html("別添", fmt.Sprintf("<p>様式%dの記載に当たっては、次の事項に留意する。</p>", i))
	}
	n.pages["https://mihon.example/index.html"] = annexList(20)
	n.tells("mihon/guideline")
	// The first list of a fiscal year.
	n.pages["https://mihon.example/index.html"] = html("一覧", link("https://mihon.example/annex25.html", "見本指針 別添25 様式"))
	if n.look("mihon/guideline"); n.poll("mihon/guideline").Failures != 0 {
		t.Errorf("a list with new entries is doubted: %+v", n.poll("mihon/guideline"))
	}
}

func feed(days ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>新着</title><link>https://mihon.example/</link><description>x</description>`)
	for i, d := range days {
		at, err := time.Parse(time.DateOnly, d)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, `<item><title>道路の工事%d</title><link>https://mihon.example/n/%s-%d</link><pubDate>%s</pubDate></item>`, i, d, i, at.Format(time.RFC1123Z))
	}
	return b.String() + `</channel></rss>`
}

func TestWhatIsNotAboutTheSubjectShowsThatASourceLives(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/news.rss"
	n.pages[page] = feed("2026-02-27", "2026-02-25", "2026-02-25", "2026-05-01")
	n.tells("mihon/feed")
	p := n.poll("mihon/feed")
	if len(p.NewsDays) != 2 || p.NewsDays[1]-p.NewsDays[0] != 2 {
		t.Errorf("the days of news are %v, without the one to come two", p.NewsDays)
	}
	n.now = n.now.Add(48 * time.Hour)
	n.pages[page] = feed("2026-03-02", "2026-02-27")
	n.tells("mihon/feed")
	if p := n.poll("mihon/feed"); len(p.NewsDays) != 3 {
		t.Errorf("the days of news are %v", p.NewsDays)
	}
}

func TestACrashAfterTheNoticeTellsItOnce(t *testing.T) {
	n := newTown(t)
	told := n.health()
	for range watch.FailingAfter {
		n.look("mihon/feed")
	}
	stored := 0
	n.w.Enqueue = func(d []kaisei.Delivery, marks map[string]string) error {
		stored++
		if marks[watch.HealthMark] == "" {
			t.Error("the notice is stored without what was told")
		}
		return n.db.Enqueue(d, marks)
	}
	n.diagnose()
	n.diagnose()
	if len(*told) != 1 || stored != 1 {
		t.Errorf("told %d times, stored %d times", len(*told), stored)
	}
}
