package render

import (
	"strconv"
	"unicode/utf8"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// What the buttons of an alert are called by the program that answers them. The value of a button is the ID
// of the change; a person is chosen in ActionAssign.
const (
	ActionAcknowledge = string(kaisei.AnswerAcknowledge)
	ActionAssign      = string(kaisei.AnswerAssign)
	ActionNotRelevant = string(kaisei.AnswerNotRelevant)
	// actionOpen begins the names of buttons that only open an address. Slack reports a click on them too.
	actionOpen = "open-"
)

// slackControl is a button or a choice of a person.
type slackControl struct {
	Type        string     `json:"type"`
	ActionID    string     `json:"action_id"`
	Text        *slackText `json:"text,omitempty"`
	Placeholder *slackText `json:"placeholder,omitempty"`
	URL         string     `json:"url,omitempty"`
	Value       string     `json:"value,omitempty"`
	Style       string     `json:"style,omitempty"`
}

func (c slackControl) label() string {
	if c.Text != nil {
		return c.Text.Text
	}
	return c.Placeholder.Text
}

// AnswerBlock is the block_id of the buttons that answer an alert about a change: "kaisei/" and the ID of the
// change, of which only a hash is left where that would be too long for Slack.
func AnswerBlock(change string) string { return blockID("kaisei/", change) }

func blockID(prefix, change string) string {
	if id := prefix + change; utf8.RuneCountInString(id) <= blockkit.MaxID {
		return id
	}
	return prefix + kaisei.Hash([]byte(change))
}

// slackLinks are the addresses of an alert: buttons where somebody answers clicks, for Slack marks a button
// that nobody answers with a warning, although it opens its address; else links.
func (k card) slackLinks(c kaisei.Change, o Options) slackBlock {
	actions := slackBlock{Type: "actions", BlockID: blockID("kaisei-links/", c.ID)}
	var out []slackRich
	room := slackAddresses
	for _, a := range k.links {
		if room -= len(a.url); room < 0 || len(actions.Elements) == blockkit.MaxActions {
			room += len(a.url)
			continue
		}
		if len(out) > 0 {
			out = append(out, rich("  ・  ", nil))
		}
		out = append(out, slackRich{Type: "link", URL: a.url, Text: a.text})
		actions.Elements = append(actions.Elements, slackButton(actionOpen+strconv.Itoa(len(actions.Elements)+1), a.text, a.url, ""))
	}
	if o.Answers {
		return actions
	}
	return slackRichText(out)
}

// slackAnswers are the buttons by which people answer an alert, or what they answered.
func slackAnswers(c kaisei.Change, o Options) slackBlock {
	l := o.lang()
	switch {
	case len(o.Answered) > 0:
		return slackContext(latest(o.Answered, blockkit.MaxContext, l)...)
	case !o.Answers || c.ID == "" || utf8.RuneCountInString(c.ID) > blockkit.MaxValue:
		return slackBlock{}
	}
	take := slackButton(ActionAcknowledge, say(l, "button.acknowledge"), "", c.ID)
	take.Style = "primary"
	return slackBlock{Type: "actions", BlockID: AnswerBlock(c.ID), Elements: []any{
		take,
		slackControl{Type: "users_select", ActionID: ActionAssign, Placeholder: &slackText{Type: "plain_text", Text: say(l, "button.assign")}},
		slackButton(ActionNotRelevant, say(l, "button.not-relevant"), "", c.ID),
	}}
}

func slackButton(action, text, url, value string) slackControl {
	return slackControl{
		Type: "button", ActionID: action, Text: &slackText{Type: "plain_text", Text: runeHead(text, blockkit.MaxButton)}, URL: url, Value: value,
	}
}
