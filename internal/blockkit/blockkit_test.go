package blockkit

import (
	"fmt"
	"strings"
	"testing"
)

// good is a message with every block and element that is used.
const good = `[
 {"type":"header","text":{"type":"plain_text","text":"🟠 高 改訂","emoji":true}},
 {"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
  {"type":"text","text":"望ましい","style":{"strike":true}},{"type":"text","text":"<b>求められる</b>","style":{"bold":true}},{"type":"link","url":"https://example.go.jp/a.pdf","text":"原文"}]}]},
 {"type":"actions","block_id":"a","elements":[
  {"type":"button","action_id":"open-1","text":{"type":"plain_text","text":"新旧"},"url":"https://example.go.jp/"},
  {"type":"users_select","action_id":"assign","placeholder":{"type":"plain_text","text":"担当者"}},
  {"type":"button","action_id":"acknowledge","text":{"type":"plain_text","text":"確認"},"value":"a@1","style":"primary"}]},
 {"type":"context","elements":[{"type":"plain_text","text":"検知"}]}
]`

func TestAMessageWithinTheLimitsHasNoProblem(t *testing.T) {
	if p := Check([]byte(good), "高 改訂"); len(p) > 0 {
		t.Error(p)
	}
}

func TestEveryLimitIsHeld(t *testing.T) {
	header := func(s string) string {
		return `{"type":"header","text":{"type":"plain_text","text":"` + s + `"}}`
	}
	button := func(id, text, url, value string) string {
		return fmt.Sprintf(`{"type":"button","action_id":%q,"text":{"type":"plain_text","text":%q},"url":%q,"value":%q}`, id, text, url, value)
	}
	actions := func(id string, elements ...string) string {
		return fmt.Sprintf(`{"type":"actions","block_id":%q,"elements":[%s]}`, id, strings.Join(elements, ","))
	}
	rich := func(s string) string {
		return `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"` + s + `"}]}]}`
	}
	small := func(n int, s string) string {
		return `{"type":"context","elements":[` + strings.TrimSuffix(strings.Repeat(`{"type":"plain_text","text":"`+s+`"},`, n), ",") + `]}`
	}
	long := func(n int) string { return strings.Repeat("あ", n) }
	many := func(n int, s string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = s
		}
		return out
	}
	var buttons []string
	for i := range MaxActions + 1 {
		buttons = append(buttons, button(fmt.Sprint(i), "b", "", "v"))
	}
	for name, c := range map[string]struct {
		blocks   []string
		fallback string
		want     string
	}{
		"no blocks":             {nil, "x", "0 blocks"},
		"too many blocks":       {many(MaxBlocks+1, header("h")), "x", "51 blocks"},
		"a long header":         {[]string{header(long(MaxHeader + 1))}, "x", "151 characters"},
		"an empty header":       {[]string{header("")}, "x", "0 characters"},
		"no fallback":           {[]string{header("h")}, "", "fallback"},
		"a long fallback":       {[]string{header("h")}, long(MaxText + 1), "fallback"},
		"small print too often": {[]string{small(MaxContext+1, "x")}, "x", "11 elements"},
		"an empty block":        {[]string{actions("a")}, "x", "no elements"},
		"too many buttons":      {[]string{actions("a", buttons...)}, "x", "26 elements"},
		"a long button":         {[]string{actions("a", button("1", long(MaxButton+1), "", ""))}, "x", "76 characters"},
		"a long address":        {[]string{actions("a", button("1", "b", "https://x.jp/"+strings.Repeat("a", MaxURL), ""))}, "x", "address"},
		"an odd address":        {[]string{actions("a", button("1", "b", "javascript:alert(1)", ""))}, "x", "address"},
		"a long value":          {[]string{actions("a", button("1", "b", "", long(MaxValue+1)))}, "x", "value"},
		"an action twice":       {[]string{actions("a", button("1", "b", "", ""), button("1", "b", "", ""))}, "x", "not its own"},
		"a long action_id":      {[]string{actions("a", button(long(MaxID+1), "b", "", ""))}, "x", "action_id"},
		"a block_id twice":      {[]string{actions("a", button("1", "b", "", "")), actions("a", button("1", "b", "", ""))}, "x", "block_id"},
		"a long block_id":       {[]string{actions(long(MaxID+1), button("1", "b", "", ""))}, "x", "block_id"},
		"too much in all":       {many(5, rich(long(MaxTotal/4))), "x", "in all"},
		"too much of JSON":      {many(40, small(10, strings.Repeat("x", 29)+strings.Repeat(" ", 80))), "x", "of JSON"},
		"a field Slack lacks":   {[]string{`{"type":"header","txt":"h"}`}, "x", "do not parse"},
		"an unknown block":      {[]string{`{"type":"image","elements":[{}]}`}, "x", "known type"},
	} {
		got := strings.Join(Check([]byte("["+strings.Join(c.blocks, ",")+"]"), c.fallback), "\n")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestAPageShowsWhatAMessageSays(t *testing.T) {
	page, err := Page("ja", Message{Blocks: []byte(good), At: "9:05"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<h3>🟠 高 改訂</h3>", "<s>望ましい</s><b>&lt;b&gt;求められる&lt;/b&gt;</b>", `<a href="https://example.go.jp/a.pdf">原文</a>`,
		`<a class="button" href="https://example.go.jp/">新旧</a>`, `<span class="button primary">確認</span>`, "担当者<span>", `<span>検知</span>`, `class="at">9:05<`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if _, err := Page("ja", Message{Blocks: []byte("[]")}); err == nil {
		t.Error("what Slack refuses was drawn")
	}
}
