package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// threeRoutes are routes for the sample guideline, whose change is of a business guideline and high.
const threeRoutes = `
[[channel]]
name = "team"
type = "console"
language = "en"
quiet_hours = "20:00-08:00"
business_days = true

[[route]]
name = "law"
layers = ["law"]
channels = ["team"]

[[route]]
name = "important"
min_severity = "high"
channels = ["team"]

[[route]]
default = true
channels = ["team"]
`

func TestRoutesExplainSaysWhoIsToldAndWhy(t *testing.T) {
	s := changedStory(t)
	s.write(t, "routes.toml", threeRoutes)
	const id = "mihon/ai-guideline/main@2"
	explain := func(args ...string) string {
		t.Helper()
		out, errs, code := runIn(t, s.dir, append([]string{"routes", "explain", id, "--config", "routes.toml", "--state", "state"}, args...)...)
		if code != exitDone {
			t.Fatalf("%d %s", code, errs)
		}
		return out
	}
	// A Saturday night before the three holidays of September 2026.
	for lang, want := range map[string][]string{
		"ja": {id, "✗ 1 law: 該当しません", "✗ 層: 法律（law） ← 事業者向け指針（business-guideline）", "✓ 2 important: 該当 → team", "✓ 重要度（以上）: 高（high） ← 高（high）",
			"✗ 3: 経路2が先に該当したため、調べません", "→ team: 2026-09-24 08:00 JST に通知（通知を控える時間帯・休日のため）"},
		"en": {"✗ 1 law: does not match", "✓ 2 important: matches → team", "→ team: told at 2026-09-24 08:00 JST (held over quiet hours or days off) (English)"},
	} {
		out := explain("--lang", lang, "--at", "2026-09-19T21:00:00+09:00")
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, out)
			}
		}
	}
	var trace render.RouteTrace
	if err := json.Unmarshal([]byte(explain("--json", "--at", "2026-09-24T12:00:00+09:00")), &trace); err != nil {
		t.Fatal(err)
	}
	if len(trace.Steps) != 3 || trace.Steps[1].Outcome != render.RouteMatched || len(trace.Told) != 1 ||
		!trace.Told[0].Due.Equal(time.Date(2026, 9, 24, 12, 0, 0, 0, kaisei.JST)) || trace.Told[0].Held != "" {
		t.Errorf("%+v", trace)
	}
	if _, stderr, code := runIn(t, s.dir, "routes", "explain", "none@1", "--config", "routes.toml", "--state", "state"); code != exitFailed || !strings.Contains(stderr, "'kaisei changes list' names them") {
		t.Errorf("%d %s", code, stderr)
	}
}
