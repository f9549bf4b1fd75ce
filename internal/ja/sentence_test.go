package ja

import (
	"slices"
	"strings"
	"testing"
)

func TestSentencesEndOutsideBracketsAndQuotations(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" 　\n", nil},
		{"国は、努める。ただし、この限りでない。", []string{"国は、努める。", "ただし、この限りでない。"}},
		{"「努める。」と定める。次。", []string{"「努める。」と定める。", "次。"}},
		{"努める（例外を除く。以下同じ。）。次", []string{"努める（例外を除く。以下同じ。）。", "次"}},
		{"1) 努める。次。", []string{"1) 努める。", "次。"}},
		{"（努める。次。", []string{"（努める。", "次。"}},
		{"努める！？ 次？", []string{"努める！？", "次？"}},
		{"『「一。」二。』三。（四。", []string{"『「一。」二。』三。", "（四。"}},
		{"「（一。」と二。", []string{"「（一。」と二。"}},
		{"See Art. 5 of the U.S. Act. It applies.", []string{"See Art. 5 of the U.S. Act.", "It applies."}},
		{"It costs 1.5 yen, e.g. Often?  \"Yes.\" No", []string{"It costs 1.5 yen, e.g. Often?", "\"Yes.\"", "No"}},
	} {
		if got := Sentences(c.text); !slices.Equal(got, c.want) {
			t.Errorf("Sentences(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSentencesOfUnclosedBracketsAreLinear(t *testing.T) {
	if got := len(Sentences(strings.Repeat("「（", 1<<18) + strings.Repeat("）」。", 1<<10))); got == 0 {
		t.Error("nothing")
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("「努める。」と（定める。）。次。")
	f.Add("）」。（「")
	f.Fuzz(func(t *testing.T, s string) {
		strip := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := strip(strings.Join(Sentences(s), "")); got != strip(s) {
			t.Errorf("the sentences of %q are %q", s, got)
		}
	})
}

func TestContainsKnowsWordsOfBothScripts(t *testing.T) {
	for _, c := range []struct {
		text, word string
		want       bool
	}{
		{"生成AIの利用", "AI", true},
		{"生成 ＡＩの利用", "生成ai", true},
		{"AI-based", "AI", true},
		{"CONTRAIL", "AI", false},
		{"JIDAIファンド", "AI", false},
		{"ＪＩＤＡＩ とAI", "AI", true},
		{"GPT4", "GPT", true},
		{"G70", "G7", false},
		{"人工知能基本計画", "知能", true},
		{"人⼯知能", "人工知能", true},
		{"AI 事業者", "AI事業者", true},
		{"", "AI", false},
		{"AI", "", false},
		{"aiai ai", "AI", true},
		{"AI Business User", "business user", true},
	} {
		if got := Contains(c.text, c.word); got != c.want {
			t.Errorf("Contains(%q, %q) = %v", c.text, c.word, got)
		}
	}
}
