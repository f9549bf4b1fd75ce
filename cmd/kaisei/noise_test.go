package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatWasSetAsideIsListedAndForgotten(t *testing.T) {
	site, dir := newMinistry(t), t.TempDir()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	t.Setenv("KAISEI_CONFIG", "kaisei.toml")
	for name, text := range map[string]string{"mihon.toml": fmt.Sprintf(pageSource, site.URL), "kaisei.toml": pageConfig} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (string, string) {
		t.Helper()
		out, stderr, code := runIn(t, dir, args...)
		if code != exitDone {
			t.Fatalf("%v ended with %d: %s%s", args, code, out, stderr)
		}
		return out, stderr
	}
	for i := range 3 {
		site.html("/notice.html", noticePage(fmt.Sprintf("<p>このページは%d回閲覧されています。</p>", 120+i)))
		if out, _ := run("check", "mihon/notice"); strings.Contains(out, "mihon/notice@2") {
			t.Errorf("the counter was told:\n%s", out)
		}
	}
	out, _ := run("looks", "--noise", "mihon/notice")
	for _, want := range []string{"access-counter", "120回", "122回", "mihon/notice", "閲覧数や訪問者数", "2"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list lacks %q:\n%s", want, out)
		}
	}
	if out, _ = run("looks", "--noise", "--json", "--lang", "en"); !strings.Contains(out, `"rule":"access-counter"`) || !strings.Contains(out, `"count":2`) {
		t.Errorf("as JSON:\n%s", out)
	}
	if _, stderr := run("looks", "--forget", "mihon/notice"); !strings.Contains(stderr, "学習したものを消しました") {
		t.Errorf("forgetting said %q", stderr)
	}
	if _, stderr := run("looks", "--noise"); !strings.Contains(stderr, "対象外とした差はありません") {
		t.Errorf("after it the list says %q", stderr)
	}
	if _, stderr, code := runIn(t, dir, "looks", "--forget", "mihon/none"); code == exitDone || !strings.Contains(stderr, "kaisei documents list") {
		t.Errorf("an unknown document: %d %q", code, stderr)
	}
}
