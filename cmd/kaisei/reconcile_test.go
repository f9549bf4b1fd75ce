package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/storage/bolt"
)

func TestReconcileShowsWhatAListMissedInBothLanguages(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("KAISEI_STATE", filepath.Join(dir, "state"))
	db, err := bolt.Open(filepath.Join(dir, "state", storeFile), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	shown := func(n, days int, title string) kaisei.Sighting {
		at := now.AddDate(0, 0, -days)
		return kaisei.Sighting{Title: title, URL: "https://www.soumu.go.jp/menu_news/s-news/01kiban18_0100020" + string(rune('0'+n)) + ".html",
			Published: kaisei.DateOf(at), First: at, Document: "govonline/ministry-news/x"}
	}
	both := shown(1, 8, "AIに関する報告書を公表しました")
	for _, s := range []kaisei.Sightings{
		{Source: "govonline/ministry-news", Items: []kaisei.Sighting{shown(3, 1, "AIの話題"), shown(2, 6, "人工知能に関する行政指導"), both}},
		{Source: "mic/press", Items: []kaisei.Sighting{both}},
		{Source: "mic/news", Gaps: []kaisei.Gap{{From: now.AddDate(0, 0, -3), To: now.AddDate(0, 0, -2)}}},
	} {
		if err := db.SaveSightings(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"govonline/ministry-news", "mic/press"} {
		if err := db.SavePoll(kaisei.Poll{Source: id, FirstGood: now.AddDate(0, 0, -30)}); err != nil {
			t.Fatal(err)
		}
	}
	look := kaisei.Look{Source: "mic/press", URL: "https://www.soumu.go.jp/menu_news/s-news/index.html", At: now.AddDate(0, 0, -5), Verdict: kaisei.VerdictListing}
	if _, err := db.Commit(kaisei.Commit{Look: look}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for lang, wants := range map[string][]string{
		"ja": {"人工知能に関する行政指導", "載っていない一覧", "先方か読み方: 1回読めた", "読み戻す一覧はない"},
		"en": {"人工知能に関する行政指導", "MISSING FROM", "theirs, or our reading: read 1 times", "no listing to read back"},
	} {
		out, stderr, code := runIn(t, dir, "sources", "reconcile", "--lang", lang)
		if code != exitDone {
			t.Fatalf("%d: %s", code, stderr)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: missing %q in\n%s", lang, want, out)
			}
		}
	}
	out, _, _ := runIn(t, dir, "sources", "reconcile", "--json")
	var x watch.CrossCheck
	if err := json.Unmarshal([]byte(out), &x); err != nil || len(x.Misses) != 1 || x.Misses[0].Cause != watch.MissUnseen {
		t.Errorf("%v\n%s", err, out)
	}
	for _, p := range x.Pairs {
		if p.Shown == "govonline/ministry-news" && p.Expected == "mic/press" && (p.Agreed != 1 || p.Missed != 1 || p.Pending != 1) {
			t.Errorf("%+v", p)
		}
	}
}
