package render

import (
	"encoding/json"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// TeamsMaxBytes is the largest message that is written for Teams, which refuses more than 28 KB.
const TeamsMaxBytes = 27 << 10

// teamsMaxActions is how many buttons a card shows in Teams.
const teamsMaxActions = 6

// The parts of an Adaptive Card 1.4 that are used here. Text from outside stands in TextRuns only: a
// TextBlock would read its * and [ as marks.
type (
	teamsRun struct {
		Type          string `json:"type"`
		Text          string `json:"text"`
		Weight        string `json:"weight,omitempty"`
		Size          string `json:"size,omitempty"`
		Color         string `json:"color,omitempty"`
		Strikethrough bool   `json:"strikethrough,omitempty"`
		Subtle        bool   `json:"isSubtle,omitempty"`
		Action        any    `json:"selectAction,omitempty"`
	}
	teamsLine struct {
		Type    string     `json:"type"`
		Inlines []teamsRun `json:"inlines"`
		Spacing string     `json:"spacing,omitempty"`
	}
	teamsAction struct {
		Type  string `json:"type"`
		Title string `json:"title,omitempty"`
		URL   string `json:"url"`
	}
	teamsCard struct {
		Schema   string        `json:"$schema"`
		Type     string        `json:"type"`
		Version  string        `json:"version"`
		Lang     string        `json:"lang"`
		Fallback string        `json:"fallbackText"`
		Body     []teamsLine   `json:"body"`
		Actions  []teamsAction `json:"actions,omitempty"`
		Teams    any           `json:"msteams"`
	}
)

func run(text string) teamsRun { return teamsRun{Type: "TextRun", Text: text} }

func small(text string) teamsRun {
	r := run(text)
	r.Size, r.Subtle = "Small", true
	return r
}

func bold(text string) teamsRun {
	r := run(text)
	r.Weight = "Bolder"
	return r
}

func teamsText(runs ...teamsRun) teamsLine {
	return teamsLine{Type: "RichTextBlock", Inlines: slices.DeleteFunc(runs, func(r teamsRun) bool { return r.Text == "" }), Spacing: "Small"}
}

// teamsMessage puts a card into the envelope that Workflows expect. Lines without text are left out.
func teamsMessage(lang, fallback string, lines []teamsLine, links []link) json.RawMessage {
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", Lang: lang,
		Fallback: fallback, Teams: map[string]string{"width": "Full"},
	}
	for _, l := range lines {
		if len(l.Inlines) > 0 {
			card.Body = append(card.Body, l)
		}
	}
	for i, a := range links {
		if i < teamsMaxActions {
			card.Actions = append(card.Actions, teamsAction{"Action.OpenUrl", a.text, a.url})
		}
	}
	raw, err := json.Marshal(map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card,
	}}})
	if err != nil {
		return json.RawMessage("{}") // every value is ours and encodes
	}
	return raw
}

// AlertTeams writes a change as a message for Teams. Differences beyond the limit are counted.
func AlertTeams(c kaisei.Change, o Options) json.RawMessage {
	k, l := newCard(c, o), o.lang()
	points := k.points
	for keep := len(points); ; keep-- {
		more := k.more
		if keep < len(points) {
			more = count(l, "more-edits", len(c.Edits)-keep)
		}
		raw := alertTeams(k, points[:keep], more, l)
		if len(raw) <= TeamsMaxBytes || keep == 0 {
			return raw
		}
	}
}

func alertTeams(k card, points []point, more string, lang Voice) json.RawMessage {
	head := bold(k.mark + " " + k.headline(" "))
	head.Size = "Medium"
	lines := []teamsLine{teamsText(head), teamsText(small(k.origin)), teamsText(run(k.counts))}
	for _, t := range k.touches {
		lines = append(lines, teamsText(bold("▶ "+t)))
	}
	for _, pt := range points {
		lines = append(lines, teamsPoint(pt, lang))
	}
	lines = append(lines, teamsText(small(more)))
	if k.reasons != "" {
		lines = append(lines, teamsText(small(say(lang, "reasons")+say(lang, "colon")+k.reasons)))
	}
	for _, n := range k.notes {
		lines = append(lines, teamsText(run("※ "+n)))
	}
	lines = append(lines, teamsText(small(k.dates)), teamsText(small(k.ids)))
	return teamsMessage(lang.ID(), k.mark+" "+k.headline(" "), lines, k.links)
}

func teamsPoint(pt point, lang Voice) teamsLine {
	runs := []teamsRun{bold(pt.sign + " " + pointHead(pt, lang))}
	for _, s := range pt.text {
		r := run(s.Text)
		switch s.Op {
		case kaisei.SpanDelete:
			r.Strikethrough, r.Color = true, "Attention"
		case kaisei.SpanInsert:
			r.Weight, r.Color = "Bolder", "Good"
		}
		runs = append(runs, r)
	}
	return teamsText(append(runs, small(moreOf(pt, lang)))...)
}

// NoticeTeams writes an operator notice as a message for Teams. Facts beyond the limit are counted.
func NoticeTeams(n NoticeData, o Options) json.RawMessage { return newNotice(n, o).teams(o) }

func (v notice) teams(o Options) json.RawMessage {
	l := o.lang()
	return noticeTeams(v.fitting(l, func(v notice) bool { return len(noticeTeams(v, l)) <= TeamsMaxBytes }), l)
}

func noticeTeams(v notice, lang Voice) json.RawMessage {
	head := bold(v.mark + " " + v.head)
	head.Size = "Medium"
	lines := []teamsLine{teamsText(head), teamsText(run(v.text))}
	for _, f := range v.facts {
		lines = append(lines, teamsText(run(f)))
	}
	var links []link
	if v.link.url != "" {
		links = []link{{runeHead(v.link.url, teamsTitle), v.link.url}}
	}
	return teamsMessage(lang.ID(), v.mark+" "+v.head, append(lines, teamsText(small(v.ids))), links)
}

// teamsTitle bounds the words of a button.
const teamsTitle = 80

// SummaryTeams writes many changes for Teams, in as many messages as it takes to name every one.
func SummaryTeams(d SummaryData, o Options) []json.RawMessage {
	s, l := newSummary(d, o), o.lang()
	message := func(lines []summaryLine, first bool) json.RawMessage {
		head := bold("🗂 " + s.head)
		head.Size = "Medium"
		body := []teamsLine{teamsText(head)}
		if first {
			body = append(body, teamsText(run(s.counts)), teamsText(run(s.why)))
		}
		for _, x := range lines {
			if x.group != "" {
				body = append(body, teamsText(bold(x.group)))
			}
			text := run(x.mark + " " + x.text)
			if x.url != "" {
				text.Action = teamsAction{Type: "Action.OpenUrl", URL: x.url}
			}
			body = append(body, teamsText(text, bold(gap(x.touches)), small(gap(x.id))))
		}
		return teamsMessage(l.ID(), s.head, append(body, teamsText(small(s.ids))), nil)
	}
	var out []json.RawMessage
	for rest := s.lines; len(rest) > 0; {
		n := len(rest)
		raw := message(rest, len(out) == 0)
		for len(raw) > TeamsMaxBytes && n > 1 {
			n = max(n*TeamsMaxBytes/(len(raw)+TeamsMaxBytes/8), 1)
			raw = message(rest[:n], len(out) == 0)
		}
		out = append(out, raw)
		rest = rest[n:]
	}
	return out
}

// gap sets a part off from what stands before it.
func gap(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return "  " + s
}
