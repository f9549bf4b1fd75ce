package render

import (
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

var answeredAt = time.Date(2026, 3, 31, 5, 5, 0, 0, time.UTC)

func TestAnAnswerSaysWhatWasDoneByWhomAndWhen(t *testing.T) {
	for _, c := range []struct {
		a      kaisei.Answer
		ja, en string
	}{
		{kaisei.Answer{Action: kaisei.AnswerAcknowledge, By: "山田", Note: "法務に共有"}, "確認済み（山田、2026-03-31 14:05 JST）: 法務に共有", "acknowledged (山田; 2026-03-31 14:05 JST): 法務に共有"},
		{kaisei.Answer{Action: kaisei.AnswerAssign, Assignee: "佐藤", By: "山田"}, "担当 佐藤（山田、2026-03-31 14:05 JST）", "assigned to 佐藤 (山田; 2026-03-31 14:05 JST)"},
		{kaisei.Answer{Action: kaisei.AnswerNotRelevant, By: "山田\x1b[2J\u202e"}, "該当なし（山田[2J、2026-03-31 14:05 JST）", "not relevant (山田[2J; 2026-03-31 14:05 JST)"},
		{kaisei.Answer{Action: kaisei.AnswerReopen, By: "山田"}, "未確認に戻す（山田、2026-03-31 14:05 JST）", "reopened (山田; 2026-03-31 14:05 JST)"},
	} {
		c.a.At = answeredAt
		if got := AnswerLine(c.a, Japanese); got != c.ja {
			t.Errorf("%q, want %q", got, c.ja)
		}
		if got := AnswerLine(c.a, English); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
	}
}

func TestADigestShowsAnswersAndWhatWaitsForOne(t *testing.T) {
	c := kaisei.Change{ID: "meti/a@2", Title: "指針 <本編>", Class: kaisei.ClassNewVersion, Layer: kaisei.LayerLaw, Severity: kaisei.High, LabelAfter: "第1.2版", URL: "https://meti.example/a", SeenAt: answeredAt}
	open := c
	open.ID, open.Severity = "meti/b@3", kaisei.Critical
	d := DigestData{
		Since: answeredAt, Until: answeredAt.Add(72 * time.Hour), First: 1, Last: 1, Changes: []kaisei.Change{c},
		Waiting: []Waiting{WaitingOf(open, answeredAt)}, WaitingMore: 1200,
		Answers: map[string]kaisei.Answer{c.ID: {Action: kaisei.AnswerAcknowledge, By: "山田", At: answeredAt}},
	}
	text, html := Digest(d, Options{})
	for _, want := range []string{"■ 対応の記録がない変更", "重大 改訂 指針 <本編> 第1.2版  検知 2026-03-31 14:05 JST（3日前）", "meti/b@3", "ほか1,200件（kaisei ack list --open で一覧）", "対応: 確認済み（山田、", "未確認 1,201件"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	for _, want := range []string{"対応の記録がない変更", `<a href="https://meti.example/a" style="color:#1a56a8">重大 改訂 指針 &lt;本編&gt; 第1.2版</a>`, "ほか1,200件", "対応: 確認済み（山田、"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q:\n%s", want, html)
		}
	}
	if text, html := Digest(DigestData{}, Options{Lang: English}); strings.Contains(text+html, "Not yet acknowledged") {
		t.Error("a digest without such changes has a section for them")
	}
}
