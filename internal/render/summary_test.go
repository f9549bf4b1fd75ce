package render

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// flood is a summary of many changes with long titles and addresses, of two sources.
func flood(n int) SummaryData {
	var d SummaryData
	for i := range n {
		d.Changes = append(d.Changes, kaisei.Change{
			ID: fmt.Sprintf("meti/ai/文書%d@2", i), Source: []string{"meti/ai", "mic/ai"}[i%2], AuthorityName: kaisei.Text{JA: "経済産業省", EN: "METI"},
			Title: strings.Repeat("長い題名 <!channel> *", 20), Class: kaisei.ClassNewVersion, Severity: kaisei.Severities()[i%3],
			URL: fmt.Sprintf("https://www.meti.go.jp/%d/%s.pdf", i, strings.Repeat("x", 300)), Edits: []kaisei.Edit{{Kind: kaisei.EditChanged}},
			Touches: []kaisei.Touch{{UseCase: "採用支援AI"}, {UseCase: "採用支援AI"}},
		})
	}
	return d
}

func TestASummaryNamesEveryChangeInEveryForm(t *testing.T) {
	d := flood(300)
	for _, lang := range []string{"ja", "en"} {
		o := Options{Lang: lang, Delivery: "summary/slack/meti/ai/0123"}
		slack, plain := "", ""
		for _, p := range SummarySlack(d, o) {
			slack += string(p.Blocks)
			plain += p.Plain
		}
		for form, text := range map[string]string{"text": Summary(d, o), "html": SummaryHTML(d, o), "slack": slack, "slack plain": plain, "teams": fmt.Sprintf("%s", SummaryTeams(d, o))} {
			for _, c := range d.Changes {
				if !strings.Contains(text, c.ID) {
					t.Fatalf("%s %s does not name %s", lang, form, c.ID)
				}
			}
			if strings.Contains(text, "<!channel>") && form != "text" && form != "teams" && form != "slack" {
				t.Errorf("%s %s lets a page call the channel", lang, form)
			}
			if strings.Count(text, "採用支援AI") > len(d.Changes) {
				t.Errorf("%s %s names a use twice", lang, form)
			}
		}
	}
	if s := Summary(d, Options{}); !strings.Contains(s, "まとめ: 変更 300件（2か所）") || !strings.Contains(s, "中 100 ・ 低 100 ・ 参考 100") {
		t.Errorf("it begins %.200s", s)
	}
	d.Held = true
	if s := Summary(d, Options{Lang: "en"}); !strings.Contains(s, "over quiet hours or days off") {
		t.Errorf("it begins %.200s", s)
	}
}

func TestEveryPartOfASummaryKeepsSlacksLimits(t *testing.T) {
	for _, n := range []int{1, 39, 40, 41, 500} {
		parts := SummarySlack(flood(n), Options{Delivery: "summary/x"})
		for i, p := range parts {
			for _, problem := range blockkit.Check(p.Blocks, p.Text) {
				t.Errorf("%d: part %d: %s", n, i, problem)
			}
		}
	}
}
