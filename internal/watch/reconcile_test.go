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

const listRows = `
[[source]]
id = "mihon/all"
authority = "betsu"
title = { ja = "各府省の新着", en = "News of all" }
kind = "index"
url = "https://all.example/list.html"
schedule = "0 * * * *"
layer = "news"
keywords = "default"

  [[source.follow]]
  as = "item"

  [[source.elsewhere]]
  source = "mihon/press"
  url = '^https://mihon\.example/press/'
  within = "1d"

[[source]]
id = "mihon/press"
authority = "mihon"
title = { ja = "報道発表", en = "Press releases" }
kind = "index"
url = "https://mihon.example/press/list.html"
schedule = "0 * * * *"
layer = "news"
keywords = "default"

  [[source.follow]]
  as = "item"
`

// lists is two lists that are expected to show the same items.
type lists struct {
	*town
	all, press []string
	told       []watch.CrossCheck
}

func newLists(t *testing.T) *lists {
	l := &lists{town: newTown(t)}
	var err error
	if l.catalog, err = sources.Load(sources.File{Name: "town.toml", Data: []byte(townRows)}, sources.File{Name: "lists.toml", Data: []byte(listRows)}); err != nil {
		t.Fatal(err)
	}
	l.w.Catalog = l.catalog
	l.w.Missed = func(c watch.CrossCheck) ([]kaisei.Delivery, error) {
		l.told = append(l.told, c)
		return []kaisei.Delivery{{ID: fmt.Sprint("notice/", len(l.told)), Channel: "ops", Kind: kaisei.DeliveryNotice, State: kaisei.DeliveryDue}}, nil
	}
	l.w.Enqueue = l.db.Enqueue
	return l
}

// entry is an item of a list; n numbers it, day is of March 2026.
func entry(n, day int, title string) string {
	return fmt.Sprintf(`<li><time datetime="2026-03-%02d">2026年3月%d日</time> <a href="https://mihon.example/press/%d.html">%s</a></li>`, day, day, n, title)
}

// pass shows both lists as they are to the watcher, hour by hour, and compares them after each.
func (l *lists) pass(hours int) {
	l.t.Helper()
	l.pages["https://all.example/list.html"] = html("新着", "<ul>"+strings.Join(l.all, "")+"</ul>")
	if l.press != nil {
		l.pages["https://mihon.example/press/list.html"] = html("報道発表", "<ul>"+strings.Join(l.press, "")+"</ul>")
	}
	for range hours {
		l.look("mihon/all")
		l.now = l.now.Add(-time.Hour)
		l.look("mihon/press")
		if _, err := l.w.Reconcile(l.t.Context()); err != nil {
			l.t.Fatal(err)
		}
	}
}

// both adds an item to both lists, worded differently.
func (l *lists) both(n, day int, title string) {
	l.all = append([]string{entry(n, day, title+"を公表しました")}, l.all...)
	l.press = append([]string{entry(n, day, "【報道発表】"+title)}, l.press...)
}

func TestWhatOneListShowsAndAnotherNeverDidIsToldOnce(t *testing.T) {
	l := newLists(t)
	l.both(1, 1, "AIに関する調査")
	l.pass(3)
	l.both(2, 2, "生成AIの利用に関する手引き")
	l.pass(3)
	l.all = append([]string{entry(3, 2, "人工知能に関する行政処分"), entry(4, 2, "花の展示")}, l.all...)
	l.pass(23)
	if len(l.told) != 0 {
		t.Fatalf("told before its time: %+v", l.told)
	}
	l.pass(48)
	if len(l.told) != 1 || len(l.told[0].Misses) != 1 {
		t.Fatalf("told %+v", l.told)
	}
	m := l.told[0].Misses[0]
	if m.Title != "人工知能に関する行政処分" || m.ShownBy != "mihon/all" || m.Missing != "mihon/press" || m.Cause != watch.MissUnseen || m.Good < 24 || m.Failed != 0 ||
		m.URL != "https://mihon.example/press/3.html" || m.Until.Sub(m.Since) != 24*time.Hour {
		t.Errorf("%+v", m)
	}
	if head, ok, err := l.db.Head(m.Document); !ok || err != nil || head.Title != m.Title {
		t.Errorf("the miss names %s, which is %q, %v", m.Document, head.Title, err)
	}
	c, err := watch.Compare(l.db, l.catalog.Sources(), l.now)
	if err != nil || len(c.Misses) != 1 || c.Misses[0].Told.IsZero() {
		t.Errorf("listed: %+v, %v", c.Misses, err)
	}
	for _, p := range c.Pairs {
		if p.Expected == "mihon/press" && (p.Agreed != 2 || p.Missed != 2 || p.Apart) {
			t.Errorf("%+v", p)
		}
	}
}

func TestAnItemThatComesLateIsNoMiss(t *testing.T) {
	l := newLists(t)
	l.both(1, 1, "AIに関する調査")
	l.pass(2)
	l.all = append([]string{entry(2, 1, "生成AIの手引き")}, l.all...)
	l.pass(20)
	l.press = append([]string{entry(2, 2, "生成ＡＩの手引きについて")}, l.press...)
	l.pass(48)
	if len(l.told) != 0 {
		t.Errorf("told %+v", l.told)
	}
}

func TestAListThatCouldNotBeReadExplainsTheMiss(t *testing.T) {
	l := newLists(t)
	l.both(1, 1, "AIに関する調査")
	l.pass(2)
	l.pages["https://mihon.example/press/list.html"], l.press = "", nil
	l.all = append([]string{entry(2, 1, "生成AIの手引き")}, l.all...)
	l.pass(30)
	if len(l.told) != 1 || len(l.told[0].Misses) != 1 {
		t.Fatalf("told %+v", l.told)
	}
	if m := l.told[0].Misses[0]; m.Cause != watch.MissUnread || m.Good != 0 || m.Failed < 20 || m.Detail == "" {
		t.Errorf("%+v", m)
	}
}

func TestListsThatNeverAgreeAreToldAsAPairAndNotItemByItem(t *testing.T) {
	l := newLists(t)
	l.press = []string{entry(900, 1, "別のこと")}
	l.all = []string{entry(901, 1, "さらに別のこと")}
	l.pass(2)
	for n := range watch.PairProof - 1 {
		l.all = append([]string{entry(n, 1, fmt.Sprintf("AIの話題、その%d", n))}, l.all...)
	}
	l.pass(30)
	if len(l.told) != 0 {
		t.Fatalf("told %+v", l.told)
	}
	l.all = append([]string{entry(77, 2, "花の展示")}, l.all...)
	l.pass(60)
	if len(l.told) != 1 || len(l.told[0].Misses) != 0 || len(l.told[0].Pairs) != 1 {
		t.Fatalf("told %+v", l.told)
	}
	if p := l.told[0].Pairs[0]; p.Shown != "mihon/all" || p.Missed != watch.PairProof || p.Agreed != 0 || p.Since.IsZero() {
		t.Errorf("%+v", p)
	}
	// They agree again, and part again: that is news.
	l.both(5, 5, "AIに関する報告書")
	l.pass(3)
	for n := range watch.PairProof {
		l.all = append([]string{entry(100+n, 6, fmt.Sprintf("花の展示、第%d回", n))}, l.all...)
	}
	l.pass(30)
	if len(l.told) != 2 || len(l.told[1].Pairs) != 1 {
		t.Errorf("told %+v", l.told)
	}
}

func TestWhatWasThereBeforeAListWasWatchedIsNoMiss(t *testing.T) {
	l := newLists(t)
	l.all = []string{entry(1, 1, "AIに関する調査")}
	l.pages["https://all.example/list.html"] = html("新着", l.all[0])
	l.look("mihon/all")
	l.all = append(l.all, entry(2, 1, "生成AIの手引き"))
	l.pages["https://all.example/list.html"] = html("新着", strings.Join(l.all, ""))
	l.look("mihon/all")
	l.now = l.now.Add(72 * time.Hour)
	l.press = []string{entry(50, 3, "AIの催し")}
	l.pass(48)
	if len(l.told) != 0 {
		t.Errorf("told %+v", l.told)
	}
}

func TestAGapThatStaysOpenIsToldOnce(t *testing.T) {
	c := newCases(t)
	var told []watch.CrossCheck
	c.w.Missed = func(x watch.CrossCheck) ([]kaisei.Delivery, error) { told = append(told, x); return nil, nil }
	c.w.Enqueue = c.db.Enqueue
	c.make(40)
	c.look("mihon/cases")
	c.make(30)
	delete(c.pages, "https://mihon.example/list?page=1")
	for n := range 5 {
		c.look("mihon/cases")
		if _, err := c.w.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := min(1, (n+1)/watch.GapTries); len(told) != want {
			t.Fatalf("after %d tries told %d times", n+1, len(told))
		}
	}
	if g := told[0].Gaps; len(g) != 1 || g[0].Source != "mihon/cases" || !strings.Contains(g[0].Why, "404") {
		t.Errorf("%+v", told)
	}
}
