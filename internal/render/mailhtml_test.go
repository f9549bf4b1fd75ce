package render

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// luminance is the relative luminance of a colour such as #b3261e (WCAG 2.2).
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("the colour %q", colour)
	}
	part := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

var inlineColour = regexp.MustCompile(`(background|[^-]color|solid)[: ](#[0-9a-f]{6})`)

func TestEveryColourOfAMailCanBeReadOnLightAndDarkScreens(t *testing.T) {
	known := map[string]shade{}
	for _, s := range palette() {
		known[s.property+s.light] = s
		if s.property != "color" {
			continue
		}
		if light, dark := contrast(t, s.light, "#ffffff"), contrast(t, s.dark, "#1e1f23"); light < 4.5 || dark < 4.5 {
			t.Errorf("%s has a contrast of %.1f on white, %s of %.1f on dark", s.light, light, s.dark, dark)
		}
	}
	accents := map[string]bool{}
	for _, s := range kaisei.Severities() {
		a := string(accent(s))
		accents[a] = true
		if c := contrast(t, a, "#ffffff"); c < 4.5 {
			t.Errorf("white on %s has a contrast of %.1f", a, c)
		}
		if _, ok := known["color"+a]; !ok {
			t.Errorf("%s has no dark form", a)
		}
	}
	seen := 0
	for _, f := range []string{"alerthtml.go", "digestform.go", "notice.go", "summary.go", "escalation.go"} {
		for _, s := range stringsIn(t, f) {
			for _, m := range inlineColour.FindAllStringSubmatch(s, -1) {
				property := strings.TrimLeft(m[1], ";\" ")
				seen++
				if _, ok := known[property+m[2]]; !ok && !accents[m[2]] && m[2] != "#ffffff" {
					t.Errorf("%s: %s has no dark form", f, m[0])
				}
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d colours were seen", seen)
	}
}

func TestAMailNeedsNeitherItsStyleSheetNorTheNet(t *testing.T) {
	d := DigestData{Changes: []kaisei.Change{sample(t, "guideline"), sample(t, "law")}, Verified: []Verified{{Source: "a"}}, Unverified: []Unverified{{Source: "b"}}}
	_, page := Digest(d, Options{})
	for name, html := range map[string]string{"digest": page, "alert": Document("題", AlertHTML(sample(t, "consultation"), Options{}), Options{})} {
		head, body, ok := strings.Cut(html, "<body")
		if !ok || strings.Count(head, "<style>") != 1 || !strings.Contains(head, "prefers-color-scheme:dark") || !strings.Contains(head, `<meta name="color-scheme" content="light dark">`) {
			t.Errorf("%s: head %s", name, head)
		}
		for _, word := range []string{"<style", "class=", "<img", "<link", "<script", "url(", "@import", "src=", "background="} {
			if strings.Contains(body, word) || word != "<style" && strings.Contains(head, word) {
				t.Errorf("%s holds %s", name, word)
			}
		}
		for _, table := range regexp.MustCompile(`<table[^>]*>`).FindAllString(body, -1) {
			if !strings.Contains(table, "border-collapse:collapse") || !strings.Contains(table, `role="presentation"`) {
				t.Errorf("%s: %s", name, table)
			}
		}
		for _, cell := range regexp.MustCompile(`<td[^>]*>`).FindAllString(body, -1) {
			if !strings.Contains(cell, "padding:") {
				t.Errorf("%s: %s", name, cell)
			}
		}
	}
}

func TestSourcesNeverReadHideNoneThatFails(t *testing.T) {
	until := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	d := DigestData{Until: until}
	for i := range digestNever {
		d.Unverified = append(d.Unverified, Unverified{Source: fmt.Sprintf("meti/%d", i), Title: kaisei.Text{JA: fmt.Sprintf("一覧%d", i)}, Authority: kaisei.Text{JA: "経済産業省"}})
	}
	if text, _ := Digest(d, Options{}); !strings.Contains(text, "✕ 経済産業省 一覧4: 一度も読み取れていません\n") || strings.Contains(text, "まだ一度も") {
		t.Errorf("few are not named:\n%s", text)
	}
	d.Unverified = append(d.Unverified, Unverified{Source: "ppc/news", Authority: kaisei.Text{JA: "個人情報保護委員会"}}, Unverified{Source: "cao/news", Title: kaisei.Text{JA: "新着"}, Failures: 2, Cause: kaisei.CauseBotWall})
	text, page := Digest(d, Options{})
	for _, want := range []string{"新着: 一度も読み取れていません（失敗2回、", "まだ一度も読み取れていない情報源 6か所（経済産業省 5・個人情報保護委員会 1）"} {
		if !strings.Contains(text, want) || !strings.Contains(page, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "一覧4") {
		t.Error("many are named")
	}
	d.Unverified = nil
	for i := range digestMissed + 2 {
		d.Unverified = append(d.Unverified, Unverified{Source: fmt.Sprintf("a/%d", i), Failures: 1, Since: until})
	}
	if text, page := Digest(d, Options{}); strings.Count(text, "✕") != digestMissed || !strings.Contains(text, "ほか2か所") || !strings.Contains(page, "ほか2か所") {
		t.Errorf("got\n%s", text)
	}
}
