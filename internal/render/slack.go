package render

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// Limits of a Slack message. The first four are documented for Block Kit; the total is
// what chat.postMessage was seen to refuse above (msg_blocks_too_long at about
// 13,200 characters), with room to spare.
const (
	SlackMaxBlocks  = 50
	SlackMaxHeader  = 150
	SlackMaxText    = 3000
	SlackMaxContext = 10
	SlackMaxTotal   = 12000
	// slackSmall is what one piece of small print may have.
	slackSmall = 700
	// slackBudget is for all differences together; the rest of a message stays below 6,000.
	slackBudget = 5500
)

// slackBlock is one block of Block Kit, as far as it is used here.
type slackBlock struct {
	Type     string `json:"type"`
	Text     any    `json:"text,omitempty"`
	Elements []any  `json:"elements,omitempty"`
}

type slackText struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji,omitempty"`
}

type slackSection struct {
	Type     string      `json:"type"`
	Elements []slackRich `json:"elements"`
}

type slackRich struct {
	Type  string      `json:"type"`
	Text  string      `json:"text,omitempty"`
	URL   string      `json:"url,omitempty"`
	Style *slackStyle `json:"style,omitempty"`
}

type slackStyle struct {
	Bold   bool `json:"bold,omitempty"`
	Strike bool `json:"strike,omitempty"`
}

// AlertSlack writes a change as Block Kit blocks, and as a short text in mrkdwn for
// notifications and for clients without blocks.
//
// Differences are rich_text with strike and bold, not mrkdwn: there ~ and * mark
// nothing beside a Japanese character, and a ~ or * in a ministry's own text would. Links are
// links, not buttons, so that no endpoint has to answer a click.
func AlertSlack(c kaisei.Change, o Options) (blocks json.RawMessage, fallback string) {
	k, l := newCard(c, o), o.lang()
	var bs []slackBlock
	bs = append(bs, slackHeader(k.mark+" "+k.headline(" ")))
	bs = append(bs, slackRichText([]slackRich{rich(joined([]string{k.origin, k.counts}, "\n"), nil)}))
	if len(k.touches) > 0 {
		bs = append(bs, slackRichText([]slackRich{rich("▶ "+strings.Join(k.touches, "\n▶ "), &slackStyle{Bold: true})}))
	}
	budget := slackBudget
	for i, pt := range k.points {
		section := slackPoint(pt, l)
		n := richLength(section)
		if n > budget {
			k.more = count(l, "more-edits", len(c.Edits)-i)
			break
		}
		budget -= n
		bs = append(bs, slackRichText(section))
	}
	if k.more != "" {
		bs = append(bs, slackContext(k.more))
	}
	if ls := slackLinks(k.links); len(ls) > 0 {
		bs = append(bs, slackRichText(ls))
	}
	var why []string
	if k.reasons != "" {
		why = append(why, say(l, "reasons")+say(l, "colon")+k.reasons)
	}
	for _, n := range k.notes {
		why = append(why, "※ "+n)
	}
	bs = append(bs, slackContext(append(why, k.dates)...), slackContext(k.ids))
	text := k.mark + " " + k.headline(" ") + " — " + k.origin
	return encode(bs), slackEscape(head(text, SlackMaxText/6))
}

func slackPoint(pt point, lang Voice) []slackRich {
	bold := &slackStyle{Bold: true}
	out := []slackRich{rich(pt.sign+" "+pointHead(pt, lang), bold)}
	if len(pt.text) > 0 {
		out = append(out, rich("\n", nil))
	}
	for _, s := range pt.text {
		switch s.Op {
		case kaisei.SpanDelete:
			out = append(out, rich(s.Text, &slackStyle{Strike: true}))
		case kaisei.SpanInsert:
			out = append(out, rich(s.Text, bold))
		default:
			out = append(out, rich(s.Text, nil))
		}
	}
	if m := moreOf(pt, lang); m != "" {
		out = append(out, rich(m, nil))
	}
	return out
}

func slackLinks(links []link) []slackRich {
	var out []slackRich
	for i, a := range links {
		if i > 0 {
			out = append(out, rich("  ・  ", nil))
		}
		out = append(out, slackRich{Type: "link", URL: a.url, Text: a.text})
	}
	return out
}

func rich(s string, style *slackStyle) slackRich {
	return slackRich{Type: "text", Text: s, Style: style}
}

func slackRichText(elements []slackRich) slackBlock {
	kept := elements[:0:0]
	for _, e := range elements {
		if e.Text != "" {
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 {
		return slackBlock{Type: "rich_text"}
	}
	return slackBlock{Type: "rich_text", Elements: []any{slackSection{"rich_text_section", kept}}}
}

func slackHeader(s string) slackBlock {
	emoji := true
	return slackBlock{Type: "header", Text: slackText{"plain_text", runeHead(s, SlackMaxHeader), &emoji}}
}

// slackContext writes small print, one element per text; the last takes what is beyond Slack's number.
func slackContext(texts ...string) slackBlock {
	b := slackBlock{Type: "context"}
	for _, t := range texts {
		if t == "" || len(b.Elements) == SlackMaxContext {
			continue
		}
		b.Elements = append(b.Elements, slackText{Type: "plain_text", Text: runeHead(t, slackSmall)})
	}
	return b
}

func richLength(elements []slackRich) int {
	n := 0
	for _, e := range elements {
		n += utf8.RuneCountInString(e.Text)
	}
	return n
}

// runeHead keeps the first n-1 code points, which is how Slack counts, and an ellipsis.
func runeHead(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// slackEscape escapes the three characters that Slack reads as control in mrkdwn; without it
// a page that says <!channel> would ring every phone.
func slackEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// encode writes blocks without empty ones. Every value is ours and encodes.
func encode(bs []slackBlock) json.RawMessage {
	kept := bs[:0:0]
	for _, b := range bs {
		if b.Type == "header" || len(b.Elements) > 0 {
			kept = append(kept, b)
		}
	}
	if len(kept) > SlackMaxBlocks {
		kept = kept[:SlackMaxBlocks]
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage("[]")
	}
	return raw
}
