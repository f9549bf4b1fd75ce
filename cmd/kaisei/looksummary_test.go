package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// ledgerOfAMonth fills a store with looks every six hours at one source, with an outage of two days, a maintenance
// page and a change.
func ledgerOfAMonth(t *testing.T, dir string) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(dir, "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Date(2026, 2, 28, 15, 0, 0, 0, time.UTC) // the first of March in Japan
	for i := range 120 {
		l := kaisei.Look{Source: "ppc/notices", Document: "ppc/notices", URL: "https://www.ppc.go.jp/news/careful_information/", At: at.Add(time.Duration(i) * 6 * time.Hour), Verdict: kaisei.VerdictNotModified, Status: 304}
		switch {
		case i == 0:
			l.Verdict = kaisei.VerdictFirst
		case i == 30:
			l.Verdict, l.Change = kaisei.VerdictChanged, "ppc/notices@2"
		case i >= 40 && i < 48:
			l.Verdict, l.Cause, l.Detail, l.Status = kaisei.VerdictFailed, kaisei.CauseServer, "HTTP 503", 503
		case i == 60:
			l.Verdict, l.Cause, l.Detail = kaisei.VerdictSuspect, kaisei.CauseStandIn, "「メンテナンス中です」"
		}
		if err := db.AppendLook(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SavePoll(kaisei.Poll{Source: "ppc/notices", LastLook: at}); err != nil {
		t.Fatal(err)
	}
}

func TestLooksProveHowOftenASourceWasVerified(t *testing.T) {
	dir := t.TempDir()
	ledgerOfAMonth(t, dir)
	run := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"--state", dir}, args...), nil, &out, &errs); code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs.String())
		}
		return out.String()
	}
	for lang, wants := range map[string][]string{
		"en": {"verified unchanged 109 times between 2026-03-01 00:00 JST and 2026-03-30 18:00 JST", "changes 2 / doubted 1 / failed 8", "largest gap between two looks that read it: 2 days 6 hours", "server trouble (5xx): 8 (The trouble is the site's.", "2026-03-11  4"},
		"ja": {"変更のないことを109回確認しました", "最大の間隔: 2日6時間", "相手サーバーの障害（5xx）: 8（サイト側の障害です。", "別の画面（メンテナンス、エラーなど）: 1"},
	} {
		got := run("--lang", lang, "looks", "ppc/notices", "--summary")
		for _, w := range wants {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, got)
			}
		}
	}
	if got := run("--lang", "en", "looks", "--summary", "--json", "--since", "2026-03-21"); !strings.Contains(got, `"verified":40`) || !strings.Contains(got, `"looks":40`) {
		t.Errorf("since a day: %s", got)
	}
	if got := run("--lang", "ja", "looks", "--cause", "stand-in"); strings.Count(got, "\n") != 4 || !strings.Contains(got, "kaisei check --believe") {
		t.Errorf("by cause:\n%s", got)
	}
	if got := run("--lang", "en", "looks", "--verdict", "failed,suspect", "-n", "3", "--document", "ppc/notices", "--json"); strings.Count(got, "\n") != 3 || strings.Contains(got, "not-modified") {
		t.Errorf("by verdict:\n%s", got)
	}
}
