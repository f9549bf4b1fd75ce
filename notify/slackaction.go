package notify

import (
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// clicked is an answer that somebody gave by a control of an alert in Slack, before it is known whether the
// change exists and what the people are called.
type clicked struct {
	action kaisei.AnswerAction
	// change is the ID of the change, user and assignee are IDs of people, event names the click.
	change, user, assignee, event string
	// name is what Slack calls the user here.
	name string
}

// clicks reads the answers out of what Slack reports of clicks. It leaves out all that is not a control of
// an alert of ours: buttons that only open an address, blocks of other messages, messages of another app.
func clicks(ic slack.InteractionCallback, payload json.RawMessage) (out []clicked) {
	var of struct {
		Message struct {
			AppID string `json:"app_id"`
		} `json:"message"`
	}
	if err := json.Unmarshal(payload, &of); err != nil || ic.Type != slack.InteractionTypeBlockActions || ic.User.ID == "" {
		return nil
	}
	if app := of.Message.AppID; app != "" && app != ic.APIAppID {
		return nil
	}
	for _, act := range ic.ActionCallback.BlockActions {
		if act == nil || act.ActionTs == "" {
			continue
		}
		c := clicked{action: kaisei.AnswerAction(act.ActionID), user: ic.User.ID, name: ic.User.Name, event: "slack/" + ic.User.ID + "/" + act.ActionID + "/" + act.ActionTs, change: changeOf(*act, ic.Message)}
		switch c.action {
		case kaisei.AnswerAcknowledge, kaisei.AnswerNotRelevant:
		case kaisei.AnswerAssign:
			if c.assignee = act.SelectedUser; c.assignee == "" {
				continue // a choice was taken back
			}
		default:
			continue
		}
		if c.change != "" && render.AnswerBlock(c.change) == act.BlockID {
			out = append(out, c)
		}
	}
	return out
}

// changeOf returns the ID of the change that a control is about: its value; of a choice of people, which has
// none, what its block is called, or the value of a button beside it where that is too long for a name.
func changeOf(act slack.BlockAction, m slack.Message) string {
	if act.Value != "" {
		return act.Value
	}
	for _, b := range m.Blocks.BlockSet {
		beside, ok := b.(*slack.ActionBlock)
		if !ok || beside.BlockID != act.BlockID || beside.Elements == nil {
			continue
		}
		for _, e := range beside.Elements.ElementSet {
			if button, ok := e.(*slack.ButtonBlockElement); ok && button.ActionID == string(kaisei.AnswerAcknowledge) {
				return button.Value
			}
		}
	}
	id, _ := strings.CutPrefix(act.BlockID, render.AnswerBlock(""))
	return id
}
