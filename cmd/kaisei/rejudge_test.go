package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/web"
)

// calm is an operator's rule that judges everything of the story's layer as low.
const calm = `
[[rule]]
id = "house.calm"
decides = "severity"
effect = "at-most"
value = "low"
when = { class = ["new-version"] }
reason = { ja = "当社では低", en = "low in our house" }
must = ["[class=new-version]"]
must_not = ["[class=amended]"]
`

func TestHistoryIsJudgedAgainBesideADaemonAndSlackIsOnlyEdited(t *testing.T) {
	s := newStory(t)
	s.site.index(`<li>2025年3月28日　<a href="/ai/pdf/20250328_1.pdf">見本AI利用指針（第1.1版）（PDF形式：160KB）</a></li>`, "1", "", "2025年3月28日")
	s.site.pdf(t, "/ai/pdf/20250328_1.pdf", "guideline-1.1.pdf")
	s.look(t)
	s.site.index(`<li>2026年3月31日　<a href="/ai/pdf/20260331_1.pdf">見本AI利用指針（第1.2版）（PDF形式：182KB）</a></li>`, "2", "", "2026年3月31日")
	s.site.pdf(t, "/ai/pdf/20260331_1.pdf", "guideline-1.2.pdf")
	s.look(t)
	const id = "mihon/ai-guideline/main@2"

	d := s.open(t)
	defer d.close()
	told, _, err := d.db.Change(id)
	if err != nil || told.Severity != kaisei.High || told.Rules == "" {
		t.Fatalf("told as %s by the rules %q: %v", told.Severity, told.Rules, err)
	}
	deliveries, err := d.db.Deliveries("", 0)
	if err != nil || len(deliveries) == 0 {
		t.Fatal(deliveries, err)
	}
	slack, mail := len(s.slack.messages()), len(s.mail.messages())
	last, _ := d.db.LastNumber()

	socket, err := web.Listen(d.config.State)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, socket, d.handler()) }()
	defer func() { cancel(); <-served }()
	run := func(args ...string) (string, string) {
		t.Helper()
		stdout, stderr, code := runIn(t, s.dir, append(args, "--config", "kaisei.toml")...)
		if code != exitDone {
			t.Fatalf("%v ended with %d: %s", args, code, stderr)
		}
		return stdout, stderr
	}

	if out, errs := run("rejudge"); out != "" || !strings.Contains(errs, "変更1件を再判定しました") || !strings.Contains(errs, "相違 0件") {
		t.Errorf("the same rules: %s%s", out, errs)
	}
	s.write(t, "own.toml", calm)
	s.write(t, "kaisei.toml", `rules_files = ["own.toml"]`+"\n"+s.config())
	if out, errs := run("rejudge", "--dry-run"); !strings.Contains(out, "重要度 高 → 低") || !strings.Contains(errs, "相違 1件（重要度 1）、追記の見込み 1件") {
		t.Errorf("a dry run: %s%s", out, errs)
	}
	if out, _ := run("changes", "show", id, "--json"); !strings.Contains(out, `"judgements":[]`) {
		t.Errorf("a dry run stored something: %s", out)
	}
	if out, errs := run("rejudge", id, "--json"); !strings.Contains(out, `"differs":["severity"]`) || !strings.Contains(errs, "、追記 1件") {
		t.Errorf("judged again: %s%s", out, errs)
	}
	if _, errs := run("rejudge"); !strings.Contains(errs, "相違 0件") {
		t.Errorf("judged a third time: %s", errs)
	}
	if out, _ := run("changes", "show", id); !strings.Contains(out, "高  改訂") || !strings.Contains(out, "再判定 ") || !strings.Contains(out, "重要度 高 → 低") {
		t.Errorf("shown as %s", out)
	}
	if out, _ := run("changes", "show", id, "--json"); !strings.Contains(out, `"severity":"high"`) || !strings.Contains(out, `"judgements":[{"number":1,"change":"`+id+`"`) || !strings.Contains(out, `"severity":"low"`) {
		t.Errorf("shown as %s", out)
	}

	explained, _ := run("rules", "explain", id)
	for _, want := range []string{
		"版の表示が変わった / ", "class.new-version.label  rules.toml:", "▲ 強化 ", "✗ class.withdrawn", "条件 event を満たさない（relabelled）",
		"✓ class.new-version.label", "✓ severity.guideline base 高", "✓ house.calm at-most 低: 当社では低 重大 → 低", "✓ role.provider", "「AI提供者」", "では: 重要度 高 → 低",
	} {
		if !strings.Contains(explained, want) {
			t.Errorf("the explanation lacks %q:\n%s", want, explained)
		}
	}
	if out, _ := run("rules", "explain", id, "--json"); !strings.Contains(out, `"differs":["severity"],"steps":[{"rule":"class.withdrawn"`) || !strings.Contains(out, `"rule":"house.calm","decides":"severity","value":"low","effect":"at-most","outcome":"moved"`) {
		t.Errorf("explained as %s", out)
	}

	after, err := d.db.Deliveries("", 0)
	if err != nil || len(after) != len(deliveries)+1 || after[0].Kind != kaisei.DeliveryCorrection {
		t.Errorf("%d deliveries became %d, %v", len(deliveries), len(after), err)
	}
	if n, err := d.outbox.Flush(t.Context()); n != 1 || err != nil || len(s.slack.messages()) != slack || len(s.mail.messages()) != mail {
		t.Errorf("somebody was told: %d sent, %v", n, err)
	}
	if e := s.slack.edits; len(e) != 1 || !strings.Contains(e[0], "判定を訂正") || !strings.Contains(e[0], "高 → 低") || !strings.Contains(e[0], "1700000000.000100") {
		t.Errorf("edited %v", e)
	}
	if n, _ := d.db.LastNumber(); n != last {
		t.Errorf("the last change has the number %d, before it %d", n, last)
	}
	if again, _, err := d.db.Change(id); err != nil || again.Severity != told.Severity || again.Rules != told.Rules {
		t.Errorf("the change is now %s by %s: %v", again.Severity, again.Rules, err)
	}
	if err := d.db.Check(); err != nil {
		t.Error(err)
	}
	if _, errs, code := runIn(t, s.dir, "rejudge", "no/such@2", "--config", filepath.Join(s.dir, "kaisei.toml")); code != exitFailed || !strings.Contains(errs, "changes list") {
		t.Errorf("a change that is not there: %d %s", code, errs)
	}
}
