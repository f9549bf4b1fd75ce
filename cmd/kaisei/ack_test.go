package main

import (
	"context"
	"strings"
	"testing"

	"kaisei/internal/web"
)

// TestAChangeIsAnsweredWithTheDaemonAndWithoutIt answers one change through each way and reads both back.
func TestAChangeIsAnsweredWithTheDaemonAndWithoutIt(t *testing.T) {
	s := changedStory(t)
	const id = "mihon/ai-guideline/main@2"
	run := func(want int, args ...string) string {
		t.Helper()
		out, errs, code := s.run(t, args...)
		if code != want {
			t.Fatalf("%q ended with %d: %s%s", args, code, out, errs)
		}
		return out + errs
	}
	holds := func(out string, parts ...string) {
		t.Helper()
		for _, p := range parts {
			if !strings.Contains(out, p) {
				t.Errorf("%q is not in\n%s", p, out)
			}
		}
	}
	holds(run(exitDone, "ack", "list", "--open"), id, "未確認")
	holds(run(exitDone, "ack", id, "--by", "山田", "--note", "法務に共有"), id+": 確認済み（山田、", "）: 法務に共有")
	holds(run(exitDone, "ack", id, "--by", "山田"), "すでに記録されています", "法務に共有")
	holds(run(exitDone, "ack", "list", "--open"), "該当する変更はありません")

	// And while a daemon holds the store.
	d := s.open(t)
	defer d.close()
	socket, err := web.Listen(d.config.State)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, socket, d.handler()) }()
	defer func() { cancel(); <-served }()
	holds(run(exitDone, "ack", id, "--reopen", "--by", "鈴木", "--lang", "en"), id+": reopened (鈴木; ")
	holds(run(exitDone, "ack", id, "--assign", "佐藤", "--by", "鈴木", "--json"), `"recorded":true`, `"action":"assign"`, `"assignee":"佐藤"`, `"via":"command"`)
	holds(run(exitDone, "ack", id, "--assign", "佐藤", "--by", "鈴木", "--json"), `"recorded":false`, `"number":3`)
	holds(run(exitDone, "ack", "list", "--lang", "en"), "assigned to 佐藤 (鈴木)", id)
	holds(run(exitDone, "ack", "list", "--json"), `"open":false`, `"answers":[{"number":1`)
	holds(run(exitDone, "ack", "list", "--since", "2999-01-01"), "該当する変更はありません")
	holds(run(exitDone, "changes", "show", id), "対応: 確認済み（山田、", "対応: 未確認に戻す（鈴木、", "対応: 担当 佐藤（鈴木、")
	holds(run(exitDone, "changes", "show", id, "--json"), `"answers":[{"number":1,`)

	// What cannot be recorded says what to do, and leaves nothing.
	holds(run(exitFailed, "ack", id, "nothing@1"), `there is no change "nothing@1": 'kaisei changes list' names them`)
	holds(run(exitUsage, "ack", id, "--not-relevant"), "say with --note why")
	holds(run(exitUsage, "ack", id, "--assign", " "), "--assign needs the name")
	holds(run(exitUsage, "ack", id, "--reopen", "--assign", "佐藤"), "exclude each other")
	holds(run(exitUsage, "ack", id, "--note", strings.Repeat("長", 2001)), "the note has 2001 characters; the most is 2000")
	holds(run(exitUsage, "ack"), "requires at least 1 arg")
	holds(run(exitUsage, "ack", "list", "--severity", "grave"), `--severity "grave" is not one of`)
	if as, err := d.db.Answers(id, d.pulse.started.AddDate(-100, 0, 0)); len(as) != 3 || err != nil {
		t.Errorf("stored %+v, %v", as, err)
	}
}
