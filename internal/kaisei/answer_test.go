package kaisei

import (
	"strings"
	"testing"
)

func TestOnlyAReopeningTakesAnAnswerBack(t *testing.T) {
	for _, c := range []struct {
		actions []AnswerAction
		open    bool
	}{
		{nil, true},
		{[]AnswerAction{AnswerAcknowledge}, false},
		{[]AnswerAction{AnswerAssign}, false},
		{[]AnswerAction{AnswerNotRelevant}, false},
		{[]AnswerAction{AnswerAcknowledge, AnswerReopen}, true},
		{[]AnswerAction{AnswerAcknowledge, AnswerReopen, AnswerNotRelevant}, false},
	} {
		var as []Answer
		for _, a := range c.actions {
			as = append(as, Answer{Action: a})
		}
		if got := Open(as); got != c.open {
			t.Errorf("after %v open is %v", c.actions, got)
		}
	}
}

func TestAnAnswerIsARepeatWhereItSaysNothingNew(t *testing.T) {
	ack := Answer{Number: 1, Action: AnswerAcknowledge, By: "山田", Note: "確認", Event: "e1"}
	other := Answer{Number: 2, Action: AnswerAcknowledge, By: "鈴木"}
	assign := Answer{Number: 3, Action: AnswerAssign, Assignee: "佐藤", By: "山田"}
	reopen := Answer{Number: 4, Action: AnswerReopen, By: "鈴木"}
	for _, c := range []struct {
		name   string
		before []Answer
		now    Answer
		repeat uint64
	}{
		{"the first", nil, ack, 0},
		{"the same person", []Answer{ack}, Answer{Action: AnswerAcknowledge, By: "山田"}, 1},
		{"the same person with another note", []Answer{ack}, Answer{Action: AnswerAcknowledge, By: "山田", Note: "法務へ"}, 0},
		{"another person", []Answer{ack}, other, 0},
		{"the same person beside another", []Answer{ack, other}, Answer{Action: AnswerAcknowledge, By: "山田"}, 1},
		{"another answer", []Answer{ack}, assign, 0},
		{"another assignee", []Answer{assign}, Answer{Action: AnswerAssign, Assignee: "田中", By: "山田"}, 0},
		{"the same again after another", []Answer{ack, assign}, Answer{Action: AnswerAcknowledge, By: "山田"}, 0},
		{"the same event late", []Answer{ack, assign, reopen}, Answer{Action: AnswerAcknowledge, By: "山田", Event: "e1"}, 1},
		{"the same after a reopening", []Answer{ack, reopen}, Answer{Action: AnswerAcknowledge, By: "山田"}, 0},
		{"a reopening of what is open", []Answer{ack, reopen}, Answer{Action: AnswerReopen, By: "山田", Note: "別"}, 4},
	} {
		same, ok := c.now.Repeats(c.before)
		if same.Number != c.repeat || ok != (c.repeat != 0) {
			t.Errorf("%s: repeats %d, %v", c.name, same.Number, ok)
		}
	}
	if same, ok := (Answer{Action: AnswerReopen, By: "山田"}).Repeats(nil); !ok || same != (Answer{}) {
		t.Errorf("a reopening of what nobody answered repeats %v, %v", same, ok)
	}
}

func TestAnAnswerThatIsIncompleteOrTooLongIsRefused(t *testing.T) {
	good := Answer{Action: AnswerAcknowledge, By: strings.Repeat("山", MaxAnswerName), Note: strings.Repeat("注", MaxAnswerNote)}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, alter := range map[string]func(*Answer){
		"is not one of":                 func(a *Answer) { a.Action = "read" },
		"by whom":                       func(a *Answer) { a.By = "" },
		"has 201 characters":            func(a *Answer) { a.By += "田" },
		"has 2001 characters":           func(a *Answer) { a.Note += "記" },
		"an assignee goes with":         func(a *Answer) { a.Assignee = "佐藤" },
		"assign with an assignee":       func(a *Answer) { a.Action = AnswerAssign },
		"begins or ends with":           func(a *Answer) { a.By = "山田 " },
		"the note is not UTF-8":         func(a *Answer) { a.Note = "\xff" },
		"the name of the event has 201": func(a *Answer) { a.Event = strings.Repeat("e", MaxAnswerName+1) },
	} {
		a := good
		alter(&a)
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
