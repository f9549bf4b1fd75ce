package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// forms are the ways in which an alert is shown in Slack over its life.
func forms(lang string) map[string]Options {
	answered := make([]string, 14)
	for i := range answered {
		answered[i] = fmt.Sprintf("✅ 確認 山田 2026-04-%02d", i+1)
	}
	o := Options{Lang: lang, Delivery: "alert/ops/x", BaseURL: "https://kaisei.example.jp"}
	with := func(change func(*Options)) Options {
		p := o
		change(&p)
		return p
	}
	return map[string]Options{
		"plain":     o,
		"buttons":   with(func(o *Options) { o.Answers = true }),
		"answered":  with(func(o *Options) { o.Answers, o.Answered = true, answered }),
		"corrected": with(func(o *Options) { o.Corrections = []string{strings.Repeat("訂正 2026-04-01 ", 60), "訂正"} }),
	}
}

func TestAnAlertOfEveryClassKeepsSlacksLimitsInBothLanguages(t *testing.T) {
	long := sample(t, "guideline")
	long.Title = strings.Repeat("指針", 150)
	for i := 0; len(long.Edits) < 400; i++ {
		long.Edits = append(long.Edits, long.Edits[i])
	}
	check := func(c kaisei.Change, classes []kaisei.Class, maxEdits int) {
		t.Helper()
		for _, class := range classes {
			for _, lang := range []string{Japanese, English} {
				for name, o := range forms(lang) {
					c.Class, o.MaxEdits = class, maxEdits
					blocks, fallback := AlertSlack(c, o)
					for _, p := range blockkit.Check(blocks, fallback) {
						t.Errorf("%.20s %s %s %s: %s", c.ID, class, lang, name, p)
					}
				}
			}
		}
	}
	check(sample(t, "guideline"), kaisei.Classes(), 0)
	check(kaisei.Change{ID: "a/b@1"}, kaisei.Classes(), 0)
	one := []kaisei.Class{kaisei.ClassNewVersion}
	check(long, one, 0)
	check(long, one, 400)
	check(kaisei.Change{ID: strings.Repeat("長い/", 100) + "@1", Title: "t", URL: "https://example.go.jp"}, one, 0)
	check(kaisei.Change{ID: strings.Repeat("x", 2100), Title: "t"}, one, 0)
}

func TestATitleTooLongForTheFirstLineStandsBelowInFull(t *testing.T) {
	c := sample(t, "guideline")
	c.Title = strings.Repeat("指針", 149) + "終り"
	blocks, _ := AlertSlack(c, Options{})
	if !strings.Contains(string(blocks), c.Title) {
		t.Error("the title is nowhere in full")
	}
	var bs []slackBlock
	if err := json.Unmarshal(blocks, &bs); err != nil {
		t.Fatal(err)
	}
	first := bs[0].Text.(map[string]any)["text"].(string)
	if utf8.RuneCountInString(first) > blockkit.MaxHeader || !strings.Contains(first, "… 第1.1版 → 第1.2版") {
		t.Errorf("the first line is %s", first)
	}
}

func TestAddressesAreButtonsOnlyWhereClicksAreAnswered(t *testing.T) {
	c := sample(t, "guideline")
	links, _ := AlertSlack(c, Options{})
	buttons, _ := AlertSlack(c, Options{Answers: true})
	if s := string(links); strings.Contains(s, `"button"`) || !strings.Contains(s, `"type":"link"`) {
		t.Errorf("without answers: %s", s)
	}
	if s := string(buttons); strings.Contains(s, `"type":"link"`) || !strings.Contains(s, `"action_id":"open-1"`) || !strings.Contains(s, c.URL) || !strings.Contains(s, c.BeforeURL) {
		t.Errorf("with answers: %s", s)
	}
}

// The program that answers the buttons relies on these names.
func TestTheButtonsOfAnAlertNameItsChange(t *testing.T) {
	c := sample(t, "guideline")
	blocks, _ := AlertSlack(c, Options{Answers: true})
	for _, want := range []string{
		`"block_id":"kaisei/` + c.ID + `"`, `"type":"button","action_id":"acknowledge"`, `"type":"users_select","action_id":"assign"`,
		`"type":"button","action_id":"not-relevant"`, `"value":"` + c.ID + `"`, "確認しました", "担当者を選ぶ", "該当なし",
	} {
		if !strings.Contains(string(blocks), want) {
			t.Errorf("the blocks lack %s", want)
		}
	}
	if id := AnswerBlock(strings.Repeat("長", 300)); utf8.RuneCountInString(id) > blockkit.MaxID || !strings.HasPrefix(id, "kaisei/") {
		t.Errorf("the block of a long ID is %s", id)
	}
	blocks, _ = AlertSlack(c, Options{Answers: true, Answered: []string{"✅ 確認 山田 <!channel> 2026-04-01 09:10"}})
	if s := string(blocks); strings.Contains(s, "acknowledge") || !strings.Contains(s, "✅ 確認 山田") || strings.Contains(s, "mrkdwn") {
		t.Errorf("answered: %s", s)
	}
}

func TestManyAnswersAreFoldedAndTheLatestStay(t *testing.T) {
	blocks, _ := AlertSlack(sample(t, "guideline"), forms(Japanese)["answered"])
	if s := string(blocks); !strings.Contains(s, `"ほか5件"`) || strings.Contains(s, "2026-04-05\"") || !strings.Contains(s, "2026-04-06\"") || !strings.Contains(s, "2026-04-14\"") {
		t.Errorf("got %s", s)
	}
}

func TestACorrectionStandsInEveryFormOfAnAlert(t *testing.T) {
	o := Options{Corrections: []string{"訂正 重要度 中 → 高"}, Answered: []string{"✅ 確認 山田"}}
	c := sample(t, "guideline")
	blocks, _ := AlertSlack(c, o)
	for form, text := range map[string]string{"text": Alert(c, o), "slack": string(blocks)} {
		if !strings.Contains(text, "✎ 訂正 重要度 中 → 高") || !strings.Contains(text, "✅ 確認 山田") {
			t.Errorf("%s: %s", form, text)
		}
	}
}

func TestAnAlertKnowsWhetherItShowsAllDifferences(t *testing.T) {
	edit := kaisei.Edit{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockParagraph, Before: "努めることが望ましい。", After: "努めることが求められる。"}
	few := kaisei.Change{ID: "a@2", BeforeHash: "x", Class: kaisei.ClassAmended, Edits: []kaisei.Edit{edit, edit}}
	many := few
	for range 50 {
		many.Edits = append(many.Edits, edit)
	}
	first := many
	first.BeforeHash, first.Edits = "", nil
	for range 50 {
		first.Edits = append(first.Edits, kaisei.Edit{Kind: kaisei.EditAdded, BlockKind: kaisei.BlockParagraph, After: "条文の全文。"})
	}
	if SlackFolds(few, Options{}) || !SlackFolds(many, Options{}) || SlackFolds(first, Options{}) {
		t.Errorf("few %v, many %v, a first version %v", SlackFolds(few, Options{}), SlackFolds(many, Options{}), SlackFolds(first, Options{}))
	}
}

func TestAShiftToANewSentenceShowsTheClauseThatItIsComparedWith(t *testing.T) {
	c := sample(t, "guideline")
	c.Edits = []kaisei.Edit{{
		Kind: kaisei.EditChanged, BlockKind: kaisei.BlockParagraph, Before: "開示を検討することを奨励", After: "開示を検討することが奨励される。仕組みは、利用できるものでなければならない。",
		Spans: []kaisei.Span{
			{Op: kaisei.SpanSame, Text: "開示を検討すること"}, {Op: kaisei.SpanDelete, Text: "を"}, {Op: kaisei.SpanInsert, Text: "が"}, {Op: kaisei.SpanSame, Text: "奨励"},
			{Op: kaisei.SpanInsert, Text: "される。仕組みは、利用できるものでなければならない。"},
		},
	}}
	c.Shifts = []kaisei.Shift{{
		Direction: kaisei.Hardened, RankBefore: 3, RankAfter: 9, EndingBefore: "を奨励", EndingAfter: "なければならない",
		Before: "開示を検討することを奨励", After: "仕組みは、利用できるものでなければならない。",
	}}
	if s := Alert(c, Options{}); !strings.Contains(s, "[-開示を検討することを奨励-] → {+仕組みは、利用できるものでなければならない。+}") {
		t.Errorf("got %s", s)
	}
}

func TestEscalationsAndCorrectionsKeepSlacksLimits(t *testing.T) {
	at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []kaisei.Change{sample(t, "guideline"), {ID: "a/b@1"}, large()} {
		for _, lang := range []string{Japanese, English} {
			if lang == English && len(c.Edits) == 400 {
				continue // takes seconds, and only the words of the catalogue differ
			}
			o := Options{Lang: lang, Delivery: strings.Repeat("d", 400)}
			d := EscalationData{Change: c, Since: at, After: time.Hour}
			var later []kaisei.Judgement
			for i := range 60 {
				d.Told = append(d.Told, ToldTo{Channel: strings.Repeat("c", 60), At: at})
				j := c.Judgement()
				j.At, j.Severity = at.AddDate(0, 0, i), []kaisei.Severity{kaisei.Low, kaisei.Medium}[i%2]
				later = append(later, j)
			}
			for _, p := range blockkit.Check(EscalationSlack(d, o)) {
				t.Errorf("escalation of %.20s in %s: %s", c.ID, lang, p)
			}
			for _, p := range blockkit.Check(CorrectionSlack(c, later, o)) {
				t.Errorf("correction of %.20s in %s: %s", c.ID, lang, p)
			}
			if len(c.Edits) == 400 {
				continue
			}
			o.Corrections = Corrections(c, later, o)
			for _, p := range blockkit.Check(AlertSlack(Corrected(c, later), o)) {
				t.Errorf("corrected alert of %.20s in %s: %s", c.ID, lang, p)
			}
		}
	}
}

func TestCorrectionsFoldTheEarliest(t *testing.T) {
	c := sample(t, "guideline")
	lines := make([]string, 60)
	for i := range lines {
		lines[i] = fmt.Sprintf("判定を訂正 %d: 重要度 中 → 高", i)
	}
	blocks, _ := AlertSlack(c, Options{Corrections: lines})
	if s := string(blocks); strings.Contains(s, "訂正 0:") || !strings.Contains(s, "訂正 59:") || !strings.Contains(s, "ほか55件") {
		t.Errorf("got %.900s", s)
	}
}

func TestAddressesTooLongTogetherAreLeftOutFromTheEnd(t *testing.T) {
	c := sample(t, "guideline")
	long := func(name string) string { return "https://example.go.jp/" + name + strings.Repeat("a", 2800) }
	c.URL, c.BeforeURL, c.PageURL = long("original"), long("before"), "https://example.go.jp/page"
	c.Places = nil
	for _, answers := range []bool{false, true} {
		o := Options{Answers: answers, MaxEdits: 400}
		blocks, fallback := AlertSlack(c, o)
		if p := blockkit.Check(blocks, fallback); len(p) > 0 {
			t.Error(p)
		}
		if s := string(blocks); !strings.Contains(s, "/original") || strings.Contains(s, "/before") || !strings.Contains(s, "/page") {
			t.Errorf("answers %v: the addresses are %d bytes", answers, len(s))
		}
	}
}
