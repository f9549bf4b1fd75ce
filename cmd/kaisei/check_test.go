package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const pageSource = `
[authority]
mihon = { ja = "見本省", en = "Ministry of Samples" }

[[source]]
id = "mihon/notice"
authority = "mihon"
title = { ja = "見本の注意喚起", en = "Sample notice" }
kind = "page"
url = "%s/notice.html"
schedule = "0 * * * *"
layer = "regulator-notice"
language = "ja"
`

const pageConfig = `
state = "state"
language = "ja"
sources_files = ["mihon.toml"]

[fetch]
allow_private = ["127.0.0.1/32"]

[watch]
settle = "1s"

[log]
level = "error"

[[channel]]
name = "console"
type = "console"
`

func noticePage(body string) string {
	return `<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>注意喚起</title></head><body><main><h1>注意喚起</h1><p>事業者は、AIの利用の記録を保存するものとする。</p>` + body + `</main></body></html>`
}

func TestCheckMakesTheFurtherLookItself(t *testing.T) {
	site, dir := newMinistry(t), t.TempDir()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	t.Setenv("KAISEI_CONFIG", "kaisei.toml")
	for name, text := range map[string]string{"mihon.toml": fmt.Sprintf(pageSource, site.URL), "kaisei.toml": pageConfig} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := func(args ...string) (string, string) {
		t.Helper()
		out, stderr, code := runIn(t, dir, append([]string{"check", "mihon/notice"}, args...)...)
		if code != exitDone {
			t.Fatalf("check ended with %d: %s%s", code, out, stderr)
		}
		return out, stderr
	}
	site.html("/notice.html", noticePage(""))
	check()
	site.html("/notice.html", noticePage("<p>事業者は、本人に通知しなければならない。</p>"))
	out, stderr := check("--once")
	if strings.Contains(out, "mihon/notice@2") || !strings.Contains(out, "再確認待ちの変更") || !strings.Contains(stderr, "変わったページが1件、通知の前の再確認を待っています") {
		t.Errorf("with --once check printed\n%s%s", out, stderr)
	}
	out, stderr = check("--lang", "en")
	if !strings.Contains(out, "mihon/notice@2") || !strings.Contains(out, "本人に通知しなければならない") {
		t.Errorf("the check after it printed\n%s%s", out, stderr)
	}
	site.html("/notice.html", noticePage("<p>事業者は、本人に速やかに通知しなければならない。</p>"))
	out, stderr = check()
	if !strings.Contains(stderr, "変わったページ1件を、通知の前に ") || !strings.Contains(out, "mihon/notice@3") {
		t.Errorf("check printed\n%s%s", out, stderr)
	}
}
