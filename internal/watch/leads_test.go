package watch

import (
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func day(s string) kaisei.Date {
	d, err := kaisei.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func item(title, url, published string) kaisei.Target {
	t := kaisei.Target{As: kaisei.FollowItem, Key: url, Title: title, URL: url, Relevant: true}
	if published != "" {
		t.Published = day(published)
	}
	return t
}

func TestItemsAreRecognisedAcrossLooks(t *testing.T) {
	const page = "https://www.example.go.jp/ai/"
	for _, c := range []struct {
		name          string
		before, after kaisei.Target
		same          bool
	}{
		{"unchanged", item("AI戦略を公表しました", page+"1", "2026-03-01"), item("AI戦略を公表しました", page+"1", "2026-03-01"), true},
		{"title edited in place", item("AI戦略を公表しました", page+"1", "2026-03-01"), item("AI戦略（改訂版）を公表しました", page+"1", "2026-03-01"), true},
		{"re-dated by a day", item("AI戦略を公表しました", page+"1", "2026-03-01"), item("AI戦略を公表しました", page+"1", "2026-03-02"), true},
		{"monthly notice on one page", item("AI統計を更新しました", page+"stat", "2026-03-01"), item("AI統計を更新しました", page+"stat", "2026-04-01"), false},
		{"another item on a landing page", item("AI相談窓口の開設", page, "2026-03-01"), item("生成AI研修の募集", page, "2026-03-01"), false},
		{"same words elsewhere", item("AI戦略を公表しました", page+"1", "2026-03-01"), item("AI戦略を公表しました", page+"2", "2026-03-01"), false},
	} {
		l := newLeads("s", nil, nil)
		first := l.take(c.before, page, true, time.Time{})
		again := newLeads("s", nil, l.changed())
		second := again.take(c.after, page, false, time.Time{})
		if (first.Document == second.Document) != c.same {
			t.Errorf("%s: %s then %s, want same %v", c.name, first.Document, second.Document, c.same)
		}
	}
}

func TestADocumentKeepsItsIdentityAtANewAddress(t *testing.T) {
	l := newLeads("meti/x", nil, nil)
	v1 := kaisei.Target{As: kaisei.FollowDocument, Key: "aiガイドライン本編", Title: "AIガイドライン（第1.1版）本編", Label: "第1.1版", URL: "https://e.example/1.pdf"}
	v2 := v1
	v2.Title, v2.Label, v2.URL = "AIガイドライン（第1.2版）本編", "第1.2版", "https://e.example/2.pdf"
	a := l.take(v1, "p", true, time.Time{})
	if !a.Baseline {
		t.Fatal("what the first look offers is baseline")
	}
	b := l.take(v2, "p", false, time.Time{})
	if a.Document != b.Document {
		t.Errorf("new address, new document: %s, %s", a.Document, b.Document)
	}
	if b.Baseline {
		t.Error("a lead that comes back with another label is news even if it was never read")
	}
	if n := len(l.changed()); n != 1 {
		t.Errorf("%d leads to save, want 1", n)
	}
	if n := len(l.changed()); n != 0 {
		t.Errorf("%d leads to save after saving, want 0", n)
	}
}

func TestNamesAreURLPathsAndDistinct(t *testing.T) {
	l := newLeads("cao/act", nil, nil)
	seen := map[string]bool{}
	for _, key := range []string{"概要", "概要/全文", "", "人工知能関連技術の研究開発及び活用の推進に関する法律案に対する附帯決議(衆議院)", "人工知能関連技術の研究開発及び活用の推進に関する法律案に対する附帯決議(参議院)"} {
		d := l.take(kaisei.Target{As: kaisei.FollowDocument, Key: key, Title: key, URL: "https://e.example/" + key}, "", false, time.Time{}).Document
		if seen[d] {
			t.Errorf("%q got the name of another document, %s", key, d)
		}
		seen[d] = true
		for _, r := range d {
			if r == ' ' || r == '?' || r == '#' || r == '@' || r == '%' {
				t.Errorf("%q: %s is no URL path", key, d)
			}
		}
	}
}
