package render

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// Bounds of an alert within the limits of a message.
const (
	// slackSmall is what one piece of small print may have.
	slackSmall = 700
	// slackBudget is for all differences together, where the rest of the message leaves as much.
	slackBudget = 5500
	// slackAddresses is for all addresses together, which Slack counts like text.
	slackAddresses = 3500
	// slackTitle is the least of a title that the first line shows before the labels of the versions.
	slackTitle = 40
	// slackFallback is what a notification shows.
	slackFallback = 500
	// maxCorrections is how many lines of corrections stand in an alert.
	maxCorrections = 6
	// slackMore is room for the line that counts what was folded.
	slackMore = 100
)

// slackBlock is one block of Block Kit, as far as it is used here.
type slackBlock struct {
	Type     string `json:"type"`
	BlockID  string `json:"block_id,omitempty"`
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
// nothing beside a Japanese character, and a ~ or * in a ministry's own text would. What does not fit
// is folded into a line that counts it; SlackFolds says whether anything was.
func AlertSlack(c kaisei.Change, o Options) (blocks json.RawMessage, fallback string) {
	bs, k, _ := alertSlack(c, o)
	text := k.mark + " " + k.headline(" ") + " — " + k.origin
	return encode(bs), slackEscape(head(text, slackFallback))
}

// SlackFolds reports whether an alert in Slack shows less than all differences between two texts.
func SlackFolds(c kaisei.Change, o Options) bool {
	if whole(c) {
		return false
	}
	_, _, folded := alertSlack(c, o)
	return folded
}

func alertSlack(c kaisei.Change, o Options) (bs []slackBlock, k card, folded bool) {
	l := o.lang()
	k = newCard(c, o)
	top, bottom := k.slackTop(c, o), k.slackBottom(c, o)
	budget := min(slackBudget, blockkit.MaxTotal-slackFallback-slackMore-sizeOf(top)-sizeOf(bottom))
	room := blockkit.MaxBlocks - 1 - len(top) - len(bottom)
	var points []slackBlock
	for i, pt := range k.points {
		section := slackPoint(pt, l)
		n := richLength(section)
		folded = folded || pt.more > 0
		if n > budget || len(points) == room {
			k.more = count(l, "more-edits", len(c.Edits)-i)
			break
		}
		budget -= n
		points = append(points, slackRichText(section))
	}
	if k.more != "" {
		folded = true
		points = append(points, slackContext(k.more))
	}
	return slices.Concat(top, points, bottom), k, folded
}

// slackTop is what stands above the differences. A title too long for the first line is cut there and
// stands below in full.
func (k card) slackTop(c kaisei.Change, o Options) []slackBlock {
	first := k.mark + " " + k.headline(" ")
	var body []slackRich
	if over := utf8.RuneCountInString(first) - blockkit.MaxHeader; over > 0 {
		title := k
		title.title = runeHead(k.title, max(utf8.RuneCountInString(k.title)-over, slackTitle))
		first = k.mark + " " + title.headline(" ")
		body = append(body, rich(runeHead(Clean(c.Title), slackSmall)+"\n", &slackStyle{Bold: true}))
	}
	bs := []slackBlock{slackHeader(first)}
	if len(o.Corrections) > 0 {
		bs = append(bs, slackRichText([]slackRich{rich(runeHead("✎ "+strings.Join(latest(o.Corrections, maxCorrections, o.lang()), "\n✎ "), slackSmall), &slackStyle{Bold: true})}))
	}
	bs = append(bs, slackRichText(append(body, rich(joined([]string{k.origin, k.counts}, "\n"), nil))))
	if len(k.touches) > 0 {
		bs = append(bs, slackRichText([]slackRich{rich("▶ "+strings.Join(k.touches, "\n▶ "), &slackStyle{Bold: true})}))
	}
	return bs
}

// slackBottom is what stands below the differences.
func (k card) slackBottom(c kaisei.Change, o Options) []slackBlock {
	var why []string
	if k.reasons != "" {
		why = append(why, say(o.lang(), "reasons")+say(o.lang(), "colon")+k.reasons)
	}
	for _, n := range k.notes {
		why = append(why, "※ "+n)
	}
	return []slackBlock{k.slackLinks(c, o), slackAnswers(c, o), slackContext(append(why, k.dates)...), slackContext(k.ids)}
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
	return slackBlock{Type: "header", Text: slackText{"plain_text", runeHead(s, blockkit.MaxHeader), &emoji}}
}

// slackContext writes small print, one element per text; the last takes what is beyond Slack's number.
func slackContext(texts ...string) slackBlock {
	b := slackBlock{Type: "context"}
	for _, t := range texts {
		if t == "" || len(b.Elements) == blockkit.MaxContext {
			continue
		}
		b.Elements = append(b.Elements, slackText{Type: "plain_text", Text: runeHead(t, slackSmall)})
	}
	return b
}

// latest makes lines from outside safe to print, and counts those before the last n-1 where there are more
// than n: the latest say how things stand.
func latest(lines []string, n int, lang Voice) []string {
	if len(lines) <= n {
		return cleaned(lines)
	}
	first := len(lines) - n + 1
	return append([]string{say(lang, "more-reasons", thousands(first))}, cleaned(lines[first:])...)
}

// cleaned makes lines from outside safe to print.
func cleaned(lines []string) []string {
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = Clean(s)
	}
	return out
}

// sizeOf is how many characters blocks have as Slack counts them: texts, addresses and values.
func sizeOf(bs []slackBlock) (n int) {
	for _, b := range bs {
		if t, ok := b.Text.(slackText); ok {
			n += utf8.RuneCountInString(t.Text)
		}
		for _, e := range b.Elements {
			switch e := e.(type) {
			case slackText:
				n += utf8.RuneCountInString(e.Text)
			case slackSection:
				n += richLength(e.Elements)
				for _, r := range e.Elements {
					n += len(r.URL)
				}
			case slackControl:
				n += utf8.RuneCountInString(e.label()) + len(e.URL) + utf8.RuneCountInString(e.Value)
			}
		}
	}
	return n
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
	if len(kept) > blockkit.MaxBlocks {
		kept = kept[:blockkit.MaxBlocks]
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage("[]")
	}
	return raw
}
