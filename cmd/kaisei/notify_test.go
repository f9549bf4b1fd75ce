package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPreviewOfSlackIsDrawnWithTheButtonsThatWereAskedFor(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "slack.html")
	for _, c := range []struct {
		args    []string
		buttons bool
	}{{nil, false}, {[]string{"--answers"}, true}} {
		stdout, stderr, code := runIn(t, dir, append([]string{"notify", "preview", "--channel", "slack", "--html", page}, c.args...)...)
		if code != exitDone {
			t.Fatal(stderr)
		}
		html, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(html), "<h3>") || strings.Contains(string(html), "確認しました</span>") != c.buttons || strings.Contains(stdout, `"acknowledge"`) != c.buttons {
			t.Errorf("%v: %s\n%s", c.args, stdout, html)
		}
	}
	for _, args := range [][]string{{"--channel", "teams", "--html", page}, {"--channel", "email", "--answers"}} {
		if _, stderr, code := runIn(t, dir, append([]string{"notify", "preview"}, args...)...); code != exitUsage || !strings.Contains(stderr, "slack") {
			t.Errorf("%v: %d %s", args, code, stderr)
		}
	}
}
