package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kaisei/internal/kaisei"
)

const annexSource = `
[authority]
mihon = { ja = "見本省", en = "Ministry of Samples" }

[[source]]
id = "mihon/annex"
authority = "mihon"
title = { ja = "見本指針 別添", en = "Sample annexes" }
kind = "index"
url = "%s/ai/index.html"
schedule = "0 0 1 1 *"
layer = "business-guideline"
language = "ja"
select = ["#contents"]

  [[source.follow]]
  text = "別添"
  as = "document"
`

const annexConfig = `
state = "state"
sources_files = ["mihon.toml"]

[fetch]
allow_private = ["127.0.0.1/32"]
`

// TestDocumentsAreRuledOnBesideADaemonAndWithoutOne links two documents, undoes that beside a
// running daemon, and lets the daemon look.
func TestDocumentsAreRuledOnBesideADaemonAndWithoutOne(t *testing.T) {
	site, dir := newMinistry(t), t.TempDir()
	// Whatever this machine reaches, the daemon under test reaches loopback alone.
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	for name, text := range map[string]string{
		"mihon.toml":  fmt.Sprintf(annexSource, site.URL),
		"kaisei.toml": annexConfig,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("KAISEI_CONFIG", "kaisei.toml")
	ok := func(args ...string) string {
		t.Helper()
		out, stderr, code := runIn(t, dir, args...)
		if code != exitDone {
			t.Fatalf("%v ended with %d: %s%s", args, code, out, stderr)
		}
		return out
	}
	refused := func(says string, args ...string) {
		t.Helper()
		if _, stderr, code := runIn(t, dir, args...); code == exitDone || !strings.Contains(stderr, says) {
			t.Errorf("%v ended with %d and said %q, want %q", args, code, stderr, says)
		}
	}
	offer := func(path, title string) {
		site.index(`<li><a href="`+path+`">`+title+`</a></li>`, "1", "", "2026年3月1日")
		site.html(path, `<!DOCTYPE html><html lang="ja"><head><title>`+title+`</title></head><body><main><h1>`+title+`</h1><p>事業者は、`+title+`により記録を保存するものとする。</p></main></body></html>`)
	}
	const first, second = "mihon/annex/別添対策集", "mihon/annex/別添安全の手引"

	refused("there is no store", "documents", "list")
	offer("/a1.html", "別添 対策集（第1.0版）")
	ok("check", "mihon/annex")
	offer("/a2.html", "別添 安全の手引（第1.1版）")
	ok("check", "mihon/annex")
	if out := ok("documents", "list"); !strings.Contains(out, first) || !strings.Contains(out, second) {
		t.Errorf("the list is\n%s", out)
	}
	refused("別添対策集 cannot be linked to itself", "documents", "link", first, first)
	if out := ok("documents", "link", first, second, "--note", "改題された"); !strings.Contains(out, first+"@2") || !strings.Contains(out, "改題された") {
		t.Errorf("the link printed\n%s", out)
	}
	if out := ok("documents", "show", first); !strings.Contains(out, "/a2.html") || strings.Contains(out, "同文掲載") {
		t.Errorf("the document's own address is another place of it:\n%s", out)
	}
	refused(`there is no source "nope"`, "looks", "nope")
	ok("looks", "meti/ai-guidelines") // in the catalogue, and never looked at
	refused("write the calendar no/x.ics: no such file", "upcoming", "--ics", "no/x.ics")
	refused("it is a folder", "upcoming", "--ics", ".")
	if _, stderr, _ := runIn(t, dir, "upcoming", "--ics", "x.ics"); !strings.Contains(stderr, "x.ics: 予定 0件") {
		t.Errorf("the calendar's size is not said: %s", stderr)
	}
	if _, stderr, _ := runIn(t, dir, "changes", "list", "--quiet", "-n", "1"); !strings.Contains(stderr, "ほかに古いものが1件") {
		t.Errorf("what is left out is not said: %s", stderr)
	}
	if _, stderr, _ := runIn(t, dir, "documents", "show", strings.Repeat("長", 30_000)); len(stderr) > 1000 {
		t.Errorf("a long name is repeated in %d bytes", len(stderr))
	}

	serve := command(t, dir, "serve")
	log := &syncBuffer{}
	serve.Stdout, serve.Stderr = log, log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer serve.Process.Kill()
	eventually(t, "the daemon answers", func() bool { _, _, code := runIn(t, dir, "health"); return code == exitDone })
	if _, stderr, _ := runIn(t, dir, "db", "check"); strings.Count(stderr, "stop") != 1 {
		t.Errorf("the check beside a daemon says %q", stderr)
	}
	refused("1 to 2", "documents", "split", first, "7")
	refused("not the number", "documents", "split", first, "x")
	refused("documents list", "documents", "show", "no/such")
	if out := ok("--lang", "en", "documents", "split", first, "2"); !strings.Contains(out, "another document, "+second) {
		t.Errorf("the split printed\n%s", out)
	}
	refused("version 2 of "+first+" is "+second+" already", "documents", "split", first, "2")
	ok("check", "--all", "mihon/annex")
	var v documentView
	if err := json.Unmarshal([]byte(ok("documents", "show", first, "--json")), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Versions) != 3 || len(v.Rulings) != 2 || v.Rulings[0].By == "" || v.Rulings[0].Note != "改題された" || v.Rulings[1].Action != kaisei.RuleSplit {
		t.Errorf("the document is %+v", v)
	}
	if out := ok("--lang", "en", "documents", "show", second); !strings.Contains(out, "operator's ruling") || !strings.Contains(out, "/a2.html") {
		t.Errorf("the other is\n%s", out)
	}
	if out := ok("--lang", "en", "stack"); !strings.Contains(out, second) || !strings.Contains(out, "第1.1版") || !strings.Contains(out, "(not read yet)") {
		t.Errorf("the stack is\n%s", out)
	}
	if out := ok("stack", "--json", "--layer", "law"); !strings.HasPrefix(out, `{"layer":"law","documents":[],"sources":`) {
		t.Errorf("the layer of laws is %s", out)
	}
	refused("business-guideline", "stack", "--layer", "laws")
	if out := ok("changes", "list", "--source", "mihon/annex", "--json"); strings.Count(out, "\n") != 1 {
		t.Errorf("told beside the new document:\n%s", out)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
	ok("db", "check")
}
