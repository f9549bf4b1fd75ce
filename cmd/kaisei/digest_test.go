package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const digestChannels = `
[[channel]]
name = "headquarters"
type = "email"
language = "en"
digest = "monthly"
digest_holidays = "next-business-day"
layers = ["law", "order"]
host = "smtp.example.co.jp"
from = "kaisei@example.co.jp"
to = ["policy-hq@example.com"]

[[channel]]
name = "alerts"
type = "console"
`

// digestOfAChannel previews, from the replayed store, what the channels of a configuration get.
func digestOfAChannel(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "digest.toml"), []byte(digestChannels), 0o600); err != nil {
		t.Fatal(err)
	}
	preview := func(args ...string) (string, string, int) {
		return runIn(t, dir, append([]string{"digest", "--preview", "--state", "store", "--config", "digest.toml", "--until", "2026-08-01"}, args...)...)
	}
	const guideline = "AI事業者ガイドライン"
	everything, _, code := preview("--since", "2026-03-01")
	if code != exitDone || !strings.Contains(everything, "日本のAIガバナンス 定期報告") || !strings.Contains(everything, guideline) {
		t.Fatalf("ended with %d:\n%s", code, everything)
	}
	if law, _, _ := preview("--since", "2026-03-01", "--channel", "headquarters"); strings.Contains(law, guideline) || !strings.Contains(law, "個人情報の保護に関する法律") {
		t.Errorf("a channel that asks for laws gets\n%s", law)
	}
	out, stderr, code := preview("--channel", "headquarters", "--html", "d.html", "--text", "d.txt", "--ics", "d.ics")
	if code != exitDone || out != "" {
		t.Fatalf("ended with %d: %s %s", code, stderr, out)
	}
	for name, want := range map[string][]string{
		"d.txt":  {"Japan AI governance, monthly digest", "2026-07-01 00:00 JST to 2026-08-01 00:00 JST", "個人情報の保護に関する法律"},
		"d.html": {`<html lang="en">`, "monthly digest", "個人情報の保護に関する法律"},
		"d.ics":  {"BEGIN:VCALENDAR", "BEGIN:VEVENT", "in force"},
	} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(b), w) {
				t.Errorf("%s lacks %q:\n%.800s", name, w, b)
			}
		}
	}
	for name, args := range map[string][]string{
		"gets no digest":        {"--channel", "alerts"},
		"there is no channel":   {"--channel", "nobody"},
		"is not before --until": {"--since", "2026-09-01"},
	} {
		if _, stderr, code := preview(args...); code != exitUsage || !strings.Contains(stderr, name) {
			t.Errorf("%v ended with %d: %s", args, code, stderr)
		}
	}
}
