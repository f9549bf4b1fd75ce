package watch

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/width"

	"kaisei/internal/kaisei"
	"kaisei/sources"
)

func sighting(title, url, day string) kaisei.Sighting {
	s := kaisei.Sighting{Title: title, URL: url, First: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	if day != "" {
		d, err := time.Parse("2006-01-02", day)
		if err != nil {
			panic(err)
		}
		s.Published = kaisei.Date{Year: d.Year(), Month: d.Month(), Day: d.Day()}
	}
	return s
}

func TestAnItemIsRecognisedOnAnotherList(t *testing.T) {
	const title, day = "「AIセーフティに関する評価観点ガイド」を公表しました", "2026-03-10"
	for _, c := range []struct {
		other kaisei.Sighting
		want  bool
	}{
		{sighting(title, "https://a.example/1.html", day), true},
		{sighting("AIセーフティに関する評価観点ガイド", "https://a.example/other", day), true},
		{sighting("【報道発表】ＡＩセーフティに関する評価観点ガイドの公表について（PDF：1,024KB）", "", "2026-03-11"), true},
		{sighting("AIセーフティに関する評価観点ガイド（第2弾）", "", day), false},
		{sighting("[お知らせ] ＡＩセーフティに関する評価観点ガイドの掲載", "", "2026-03-09"), true},
		{sighting(title, "", "2026-03-14"), false},
		{sighting(title, "", ""), true},
		{sighting("全く別のことば", "http://www.a.example/1.html#top", "2026-03-12"), true},
		{sighting("全く別のことば", "https://a.example/1.html", "2026-05-10"), false}, // a page that is used again
		{sighting("AIセーフティに関するレッドチーミング手法ガイドを公表しました", "https://a.example/3", day), false},
	} {
		b := newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{c.other}})
		item := sighting(title, "https://a.example/1.html", day)
		if got := b.shows(item, newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{item}})); got != c.want {
			t.Errorf("%s %s %s is it: %v", c.other.Title, c.other.URL, c.other.Published, got)
		}
	}
}

// Lists link to the top of a ministry's site, and to one page for several items; an address that is not an item's
// own proves nothing.
func TestAnAddressOfSeveralItemsDoesNotTellThemApart(t *testing.T) {
	item := sighting("AIの利用に関する実態調査の結果", "https://a.example/", "2026-03-10")
	b := newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{sighting("別のお知らせ", "https://a.example/index.html", "2026-03-10")}})
	if b.shows(item, newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{item}})) {
		t.Error("the top of a site was taken for the item")
	}
	item.URL = "https://a.example/topics.html"
	b = newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{
		sighting("別のお知らせ", "https://a.example/topics.html", "2026-03-10"), sighting("もう一つのお知らせ", "https://a.example/topics.html", "2026-03-10"),
	}})
	if b.shows(item, newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{item}})) {
		t.Error("a page that several items share was taken for the item")
	}
	// The list that shows the item may share the address, too.
	b = newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{sighting("別のお知らせ", "https://a.example/topics.html", "2026-03-10")}})
	both := newSightedList(kaisei.Sightings{Items: []kaisei.Sighting{item, sighting("別のお知らせ", "https://a.example/topics.html", "2026-03-10")}})
	if b.shows(item, both) {
		t.Error("the other item at a shared address was taken for the item")
	}
}

// realNews are the items of fifteen months of the government-wide list; of all its states where KAISEI_ALL_NEWS is
// set.
func realNews(t *testing.T) []kaisei.Sighting {
	files, err := filepath.Glob("../../../shared/corpus/feeds/govonline_info_history/*.rss")
	if err != nil || len(files) == 0 {
		t.Skip("the corpus is not here")
	}
	cat, err := sources.Load()
	if err != nil {
		t.Fatal(err)
	}
	src := cat.Adhoc(kaisei.KindFeed, "https://govonline-feed.example/info/index.rss")
	var all []kaisei.Sighting
	r := newRegister(nil, nil)
	if os.Getenv("KAISEI_ALL_NEWS") == "" {
		// A third of the states holds nearly all items: each stays for days.
		files = slices.DeleteFunc(files, func(name string) bool { return name[len(name)-5]%3 != 0 })
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := kaisei.Capture{Body: body}
		c.URL, c.MediaType = src.URL, "application/rss+xml"
		targets, err := cat.Targets(src, c, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range targets {
			if _, known := r.find(it.URL, it.Title, it.Published); !known {
				r.add(it.URL, it.Title, it.Published, len(all))
				all = append(all, kaisei.Sighting{Title: it.Title, URL: it.URL, Published: it.Published, First: it.Published.Start()})
			}
		}
	}
	return all
}

// otherwise is a title as another list may word it.
func otherwise(title string, n int) string {
	switch n % 6 {
	case 0:
		return width.Widen.String(title)
	case 1:
		return "【報道発表】" + width.Narrow.String(title)
	case 2:
		return strings.NewReplacer("「", "", "」", "", "『", "", "』", "").Replace(title)
	case 3:
		if cut, ok := strings.CutSuffix(title, "を公表しました"); ok {
			return cut + "の公表について"
		}
		if cut, ok := strings.CutSuffix(title, "について"); ok {
			return cut
		}
		return title + "について"
	case 4:
		return title + "［PDF：1,024KB］"
	}
	return "[お知らせ]　" + title
}

// TestRealNewsIsRecognisedAndNotConfused measures the comparison on all titles of fifteen months of the
// government-wide list: worded, dated and linked otherwise, each must be found (else a false alarm), and where another
// list lacks one, no other item may stand for it (else a hidden miss).
func TestRealNewsIsRecognisedAndNotConfused(t *testing.T) {
	if testing.Short() {
		t.Skip("compares 2,000 titles with each other")
	}
	all := realNews(t)
	of := newSightedList(kaisei.Sightings{Items: all})
	reworded := make([]kaisei.Sighting, len(all))
	for i, s := range all {
		reworded[i] = s
		reworded[i].Title = otherwise(s.Title, i)
		if u, err := url.Parse(s.URL); err == nil {
			u.Path, u.RawQuery, u.Fragment = fmt.Sprintf("/elsewhere/%d", i), "", ""
			reworded[i].URL = u.String()
		}
		if !s.Published.IsZero() {
			reworded[i].Published = kaisei.DateOf(s.Published.Start().AddDate(0, 0, i%3-1))
		}
	}
	other := newSightedList(kaisei.Sightings{Items: reworded})
	var lost, confused []string
	for _, s := range all {
		if !other.shows(s, of) {
			lost = append(lost, s.Title)
		}
	}
	// The other list is the same without the item.
	rest := newSightedList(kaisei.Sightings{Items: all})
	for i, s := range all {
		key, at := rest.keys[i], rest.byAddress[address(s.URL)]
		rest.keys[i] = ""
		rest.byAddress[address(s.URL)] = slices.DeleteFunc(slices.Clone(at), func(n int) bool { return n == i })
		if rest.shows(s, of) {
			confused = append(confused, s.Title+" "+s.URL)
		}
		rest.keys[i], rest.byAddress[address(s.URL)] = key, at
	}
	t.Logf("%d items: %d not recognised when worded otherwise, %d confused with another", len(all), len(lost), len(confused))
	slices.Sort(confused)
	for _, s := range append(lost, confused...) {
		t.Log(s)
	}
	if len(lost) > len(all)/100 || len(confused) > len(all)/50 {
		t.Errorf("%d of %d items were not recognised, %d confused", len(lost), len(all), len(confused))
	}
}
