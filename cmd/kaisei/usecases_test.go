package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

// threeUses are uses of AI as a company would describe them. The guideline of the stories moves transparency and AI
// agents for providers, and leaves fair competition alone.
const threeUses = `
[[use_case]]
name = "採用支援AI"
owner = "人事部"
roles = ["user"]
sectors = ["employment"]
themes = ["fairness", "transparency"]
laws = ["職業安定法"]

[[use_case]]
name = "問い合わせチャットボット"
owner = "カスタマーサポート部"
roles = ["provider", "user"]
themes = ["privacy", "security", "transparency"]
laws = ["415AC0000000057"]

[[use_case]]
name = "価格の自動設定"
owner = "営業企画部"
roles = ["user"]
themes = ["fair-competition"]
laws = ["独占禁止法"]
`

// judgedFiles judges the difference of two local documents with the three uses described.
func judgedFiles(t *testing.T, layer, before, after string) pairJSON {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kaisei.toml"), []byte(threeUses), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := runIn(t, dir, "diff", before, after, "--judge", "--layer", layer, "--json", "--config", filepath.Join(dir, "kaisei.toml"))
	if code != exitDone {
		t.Fatalf("diff ended with %d: %s", code, stderr)
	}
	var p pairJSON
	if err := json.Unmarshal([]byte(stdout), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func usesOf(touches []kaisei.Touch) (names []string) {
	for _, t := range touches {
		names = append(names, t.UseCase)
	}
	return names
}

// corpusFile is a file of the corpus; the test skips without it.
func corpusFile(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(filepath.Dir(archive(t)), filepath.FromSlash(name))
}

func TestTheRealGuidelineTouchesTwoOfThreeUsesAndSaysWhichClause(t *testing.T) {
	p := judgedFiles(t, "business-guideline", corpusFile(t, "guideline/20250328_1.pdf"), corpusFile(t, "guideline/20260331_1.pdf"))
	if got := usesOf(p.Touches); !slices.Equal(got, []string{"採用支援AI", "問い合わせチャットボット"}) {
		t.Fatalf("touches %q", got)
	}
	for i, want := range []struct{ path, clause, reason string }{
		{"C. 共通の指針 › 3) 公平性 › ①", "バイアスを生み出す要因は多岐に渡るため、各技術要素(アルゴリズム、学習データ", "テーマ『公平性』・役割『各主体』が一致"},
		{"C. 共通の指針 › 5) セキュリティ確保 › ①", "脆弱性を完全に排除することはできないことを認識する", "テーマ『セキュリティ（脆弱性）』・役割『各主体』が一致"},
	} {
		got := p.Touches[i]
		if !strings.HasSuffix(strings.Join(got.Path, " › "), want.path) || !strings.Contains(got.Clause, want.clause) || got.Reason.JA != want.reason {
			t.Errorf("%s: %+v", got.UseCase, got)
		}
		// The clause is one of the edits, as printed.
		if !slices.ContainsFunc(p.Edits, func(e kaisei.Edit) bool {
			return slices.Equal(e.PathAfter, got.Path) && strings.Contains(e.After, got.Clause)
		}) {
			t.Errorf("%s: the clause is no edit of the guideline: %q", got.UseCase, got.Clause)
		}
	}
}

func TestTheRealPrivacyLawTouchesTheUseThatRestsOnIt(t *testing.T) {
	p := judgedFiles(t, "law", corpusFile(t, "egov/xml/415AC0000000057__lawdata_v1_20250924.xml"),
		corpusFile(t, "egov/xml/415AC0000000057_20260717_508AC0000000062__lawfile_v2_asof20260720.xml"))
	if got := usesOf(p.Touches); !slices.Equal(got, []string{"問い合わせチャットボット"}) {
		t.Fatalf("touches %q", got)
	}
	got := p.Touches[0]
	if i := slices.Index(got.Path, "第百五十条"); i < 0 || !strings.HasPrefix(got.Reason.JA, "根拠法『個人情報保護法』の条文が変わった") {
		t.Errorf("%+v", got)
	}
}

func TestAChangeThatTouchesTwoOfThreeUsesIsToldToThoseWhoAskForThem(t *testing.T) {
	s := newStory(t)
	s.write(t, "kaisei.toml", strings.NewReplacer(`min_severity = "medium"`, `use_cases = ["問い合わせチャットボット"]`, `password = "secret"`, "password = \"secret\"\nuse_cases = [\"価格の自動設定\"]").
		Replace(s.config())+strings.ReplaceAll(threeUses, `themes = ["fairness", "transparency"]`, `themes = ["ai-agents"]`))
	s.site.index(`<li><a href="/ai/1.pdf">見本AI利用指針（第1.1版）</a></li>`, "1", "", "2025年3月28日")
	s.site.pdf(t, "/ai/1.pdf", "guideline-1.1.pdf")
	s.look(t)
	s.site.index(`<li><a href="/ai/2.pdf">見本AI利用指針（第1.2版）</a></li>`, "1", "", "2026年3月31日")
	s.site.pdf(t, "/ai/2.pdf", "guideline-1.2.pdf")
	s.look(t)

	d := s.open(t)
	defer d.close()
	c, ok, err := d.db.Change("mihon/ai-guideline/main@2")
	if err != nil || !ok {
		t.Fatalf("the change is not stored: %v %v", ok, err)
	}
	if got := usesOf(c.Touches); !slices.Equal(got, []string{"採用支援AI", "問い合わせチャットボット"}) {
		t.Fatalf("touches %+v", c.Touches)
	}
	if got := c.Touches[0]; !strings.HasPrefix(strings.ReplaceAll(got.Clause, " ", ""), "AIエージェントとは") {
		t.Errorf("%+v", got)
	}
	if got := c.Touches[1]; !strings.Contains(got.Clause, "明示するものとする") || strings.ReplaceAll(strings.Join(got.Path, "›"), " ", "") != "第2部共通の指針›2)透明性›①" {
		t.Errorf("%+v", got)
	}
	for _, want := range []string{"該当する用途: 採用支援AI（人事部） — ", "該当する用途: 問い合わせチャットボット（カスタマーサポート部） — ", "役割『AI提供者』"} {
		if alerts := strings.Join(s.slack.messages(), ""); !strings.Contains(alerts, want) || strings.Contains(alerts, "価格の自動設定") {
			t.Errorf("the alert lacks %q, or names what is not touched:\n%s", want, alerts)
		}
	}
	if n, m := len(s.slack.messages()), len(s.mail.messages()); n != 1 || m != 0 {
		t.Errorf("told %d times on Slack, which asks for a use that is touched, and %d times by mail, which asks for one that is not", n, m)
	}
}

func TestAUseCaseWithAnUnknownWordIsRefusedWithItsPlace(t *testing.T) {
	dir := t.TempDir()
	text := "[[use_case]]\nname = \"a\"\nroles = [\"business-user\"]\nthemes = [\"privcy\"]\nlaws = [\"329AC0000000999\"]\ndocuments = [\"meti/ai-guidline/\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "kaisei.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := runIn(t, dir, "config", "check", "--config", "kaisei.toml")
	if code != exitFailed {
		t.Errorf("ended with %d", code)
	}
	for _, want := range []string{
		`kaisei.toml:3:1: use_case[1].roles: "business-user" is not one of developer, provider, user, government, research, citizens`,
		`kaisei.toml:4:1: use_case[1].themes: "privcy" is not one of human-centricity, fairness,`,
		`kaisei.toml:5:1: use_case[1].laws: no source watches the law "329AC0000000999"`,
		`kaisei.toml:6:1: use_case[1].documents: no source leads to "meti/ai-guidline/"`,
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("lacks %s in\n%s", want, stderr)
		}
	}
}

// exampleConfig is config.example.toml with its secrets set.
func exampleConfig(t *testing.T) string {
	t.Helper()
	for name, value := range map[string]string{
		"KAISEI_SLACK_TOKEN": "x", "KAISEI_SLACK_APP_TOKEN": "xapp-x", "KAISEI_SMTP_PASSWORD": "x", "KAISEI_SLACK_WEBHOOK": "https://hooks.slack.com/services/T/B/x",
		"KAISEI_TEAMS_WEBHOOK":  "https://prod-00.japaneast.logic.azure.com/workflows/x",
		"KAISEI_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "KAISEI_WEBHOOK_OLD_SECRET": "a secret of at least 24 bytes",
	} {
		t.Setenv(name, value)
	}
	example, err := filepath.Abs(filepath.Join(repository, "config.example.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return example
}

func TestTheUsesOfTheExampleAreKnownToRulesAndCatalogue(t *testing.T) {
	stdout, stderr, code := runIn(t, t.TempDir(), "config", "check", "--config", exampleConfig(t))
	if code != exitDone || !strings.Contains(stdout, "問題ありません") {
		t.Errorf("%d %s", code, stderr)
	}
}
