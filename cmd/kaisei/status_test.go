package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

func statusOf(t *testing.T, lang string, bad, asJSON bool) (string, error) {
	t.Helper()
	now := time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	good := func(p kaisei.Poll) kaisei.Poll {
		p.LastLook, p.LastGood, p.LastVerdict, p.NextLook = ago(time.Hour), ago(time.Hour), kaisei.VerdictSameBytes, now.Add(2*time.Hour)
		p.FirstGood, p.GoodSince = ago(900*time.Hour), ago(900*time.Hour)
		return p
	}
	sources := []kaisei.Source{{ID: "a/well"}, {ID: "b/failing"}, {ID: "c/quiet", Quiet: 10 * 24 * time.Hour}, {ID: "d/new"}, {ID: "e/off", Disabled: "nobody needs it"}, {ID: "f/doubted"}, {ID: "g/blip"}}
	polls := map[string]kaisei.Poll{
		"a/well": good(kaisei.Poll{}),
		"b/failing": {LastLook: ago(time.Hour), LastGood: ago(75 * time.Hour), BadSince: ago(74 * time.Hour), Failures: 9, LastVerdict: kaisei.VerdictFailed,
			LastCause: kaisei.CauseBotWall, LastDetail: "status 202\nwith an empty body", NextLook: now.Add(time.Hour)},
		"c/quiet":   good(kaisei.Poll{NewsDays: []int{20300}}),
		"f/doubted": {LastLook: ago(time.Hour), BadSince: ago(time.Hour), Failures: 3, LastVerdict: kaisei.VerdictSuspect, LastCause: kaisei.CauseStandIn},
		"g/blip":    {LastLook: ago(time.Hour), BadSince: ago(time.Hour), Failures: 1, LastVerdict: kaisei.VerdictFailed, LastCause: kaisei.CauseTimeout},
		"z/former":  good(kaisei.Poll{}),
	}
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, lang: lang, json: asJSON}
	err := a.printStatus(a.statusRows(sources, polls, now), bad, now)
	return out.String(), err
}

func TestStatusShowsTheWorstFirstAndWhatToDo(t *testing.T) {
	out, err := statusOf(t, "ja", false, false)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, line := range strings.Split(out, "\n")[1:11] {
		if f := strings.Fields(line); len(f) > 0 {
			ids = append(ids, f[0])
		}
	}
	if got, want := strings.Join(ids[:8], " "), "b/failing f/doubted c/quiet g/blip d/new a/well e/off z/former"; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
	for _, want := range []string{"読み取り失敗", "3日前", "1時間後", "status 202 with an empty body", "情報源一覧の見込み（10日）", "nobody needs it", "自動アクセスの遮断: ", "情報源8件: 読み取り失敗 1 ・ 不自然な応答 1 ・ 更新の途絶 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("a pipe got colours")
	}
	// The columns line up although Japanese is two columns wide.
	lines := strings.Split(out, "\n")
	at := func(line, word string) int { before, _, _ := strings.Cut(line, word); return columns(before) }
	if x, y := at(lines[1], "3日前"), at(lines[0], "開始"); x != y {
		t.Errorf("the column begins at %d and its head at %d:\n%s", x, y, out)
	}
}

func TestStatusOfTheBadFailsForScripts(t *testing.T) {
	out, err := statusOf(t, "en", true, true)
	if !errors.Is(err, errReported) {
		t.Errorf("--bad ended with %v", err)
	}
	if n := strings.Count(out, "\n"); n != 4 || !strings.Contains(out, `"state":"failing"`) || !strings.Contains(out, `"by":"catalogue"`) || !strings.Contains(out, `"remedy":"`) {
		t.Errorf("%d rows:\n%s", n, out)
	}
	a := &app{stdout: &bytes.Buffer{}}
	if err := a.printStatus([]statusRow{{ID: "a", State: watch.StateOK}}, true, time.Now()); err != nil {
		t.Errorf("where all is well it ended with %v", err)
	}
}

func TestANarrowTerminalShortensTheReasonAlone(t *testing.T) {
	a := &app{stdout: &bytes.Buffer{}}
	rows := [][]string{{"a/b", "読み取り失敗", strings.Repeat("理由", 60)}}
	a.fit([]string{"ID", "STATE", "WHY"}, rows)
	if got := columns(rows[0][2]); got > a.width()-3-2-12-2 || got < a.width()-3-2-12-4 {
		t.Errorf("the reason takes %d columns of %d", got, a.width())
	}
}
