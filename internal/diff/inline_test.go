package diff_test

import (
	"strings"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

// marked prints spans as [-deleted-]{+inserted+}.
func marked(spans []kaisei.Span) string {
	return strings.TrimSuffix(strings.SplitN(show([]kaisei.Edit{{Spans: spans}}), "\n    ", 2)[1], "\n")
}

func TestInlineChangesWordsAsAWhole(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"同じ", "同じ", "同じ"},
		{"", "新", "{+新+}"},
		{"旧", "", "[-旧-]"},
		{"罰金1,250万円以下", "罰金1,500万円以下", "罰金[-1,250万円-]{+1,500万円+}以下"},
		{"第16条の2第1項の規定", "第16条の3第1項の規定", "[-第16条の2-]{+第16条の3+}第1項の規定"},
		{"第十六条第一項", "第十六条第二十項", "第十六条[-第一項-]{+第二十項+}"},
		{"令和8年3月31日から施行", "令和8年4月1日から施行", "[-令和8年3月31日-]{+令和8年4月1日+}から施行"},
		{"サービスを提供", "サービサーを提供", "[-サービス-]{+サービサー+}を提供"},
		{"AI modelを", "AI modelsを", "AI [-model-]{+models+}を"},
		{"AIモデル、データ", "AIモデル、アルゴリズム、データ", "AIモデル、{+アルゴリズム、+}データ"},
		{"提供する。", "提供する（以下同じ。）。", "提供する{+（以下同じ。）+}。"},
		{"努めることが望ましい。", "努めることが求められる。", "努めることが[-望ましい-]{+求められる+}。"},
		{"報告する", "報告しなければならない", "報告[-する-]{+しなければならない+}"},
		{"AI 提供者は（例）", "ＡＩ提供者は(例)", "ＡＩ提供者は(例)"},
		{"⺠間の⻑", "民間の長", "民間の長"},
		{"前掲脚注15参照", "前掲脚注24参照", "前掲脚注24参照"},
		{"➢ 安全性", "⚫ 安全性", "⚫ 安全性"},
		{"foo bar", "foobar", "[-foo bar-]{+foobar+}"},
		{"①適正", "②適正", "[-①-]{+②+}適正"},
	} {
		if got := marked(diff.Inline(c.before, c.after)); got != c.want {
			t.Errorf("Inline(%q, %q)\n got %s\nwant %s", c.before, c.after, got, c.want)
		}
	}
}
