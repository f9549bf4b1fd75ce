package kaisei

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// AnswerAction is what somebody did about a change that was told.
type AnswerAction string

// The answers.
const (
	// AnswerAcknowledge: it was read and is seen to.
	AnswerAcknowledge AnswerAction = "acknowledge"
	// AnswerAssign: Assignee sees to it.
	AnswerAssign AnswerAction = "assign"
	// AnswerNotRelevant: it does not concern the organisation.
	AnswerNotRelevant AnswerAction = "not-relevant"
	// AnswerReopen takes the answers before it back: the change waits again.
	AnswerReopen AnswerAction = "reopen"
)

// AnswerActions returns every answer.
func AnswerActions() []AnswerAction {
	return []AnswerAction{AnswerAcknowledge, AnswerAssign, AnswerNotRelevant, AnswerReopen}
}

// The longest texts of an answer, in characters.
const (
	MaxAnswerName = 200
	MaxAnswerNote = 2000
)

// Answer says who did what about a change, and when. Answers are only ever appended: they are the
// record of what was known and decided, and a later one does not erase an earlier.
type Answer struct {
	// Number counts the answers of a store from 1.
	Number uint64 `json:"number"`
	// Change is the ID of the change answered.
	Change string       `json:"change"`
	Action AnswerAction `json:"action"`
	// Assignee is who is to see to it, where Action is AnswerAssign.
	Assignee string `json:"assignee,omitempty"`
	// By is who answered, Note why, in their words.
	By   string `json:"by"`
	Note string `json:"note,omitempty"`
	// Via is where the answer was given: AnsweredByCommand or AnsweredInSlack. There ByID and
	// AssigneeID are the IDs of the people, who may change their names.
	Via        string `json:"via"`
	ByID       string `json:"by_id,omitempty"`
	AssigneeID string `json:"assignee_id,omitempty"`
	// Event names the event by which the answer came, so that one that comes twice is one answer; "" where
	// none can.
	Event string    `json:"event,omitempty"`
	At    time.Time `json:"at"`
}

// Where answers are given.
const (
	AnsweredByCommand = "command"
	AnsweredInSlack   = "slack"
)

// Check says what an answer lacks, or nil.
func (a Answer) Check() error {
	var errs []error
	if !slices.Contains(AnswerActions(), a.Action) {
		errs = append(errs, fmt.Errorf("the answer %q is not one of %v", a.Action, AnswerActions()))
	}
	if (a.Action == AnswerAssign) != (a.Assignee != "") {
		errs = append(errs, errors.New("an assignee goes with assign, and assign with an assignee"))
	}
	if a.By == "" {
		errs = append(errs, errors.New("an answer must say by whom"))
	}
	for _, f := range []struct {
		what, text string
		most       int
	}{
		{"name of who answers", a.By, MaxAnswerName}, {"name of the assignee", a.Assignee, MaxAnswerName}, {"note", a.Note, MaxAnswerNote},
		{"ID of who answers", a.ByID, MaxAnswerName}, {"ID of the assignee", a.AssigneeID, MaxAnswerName}, {"name of the event", a.Event, MaxAnswerName},
	} {
		switch n := utf8.RuneCountInString(f.text); {
		case !utf8.ValidString(f.text):
			errs = append(errs, fmt.Errorf("the %s is not UTF-8", f.what))
		case n > f.most:
			errs = append(errs, fmt.Errorf("the %s has %d characters; the most is %d", f.what, n, f.most))
		case f.text != strings.TrimSpace(f.text):
			errs = append(errs, fmt.Errorf("the %s begins or ends with white space", f.what))
		}
	}
	return errors.Join(errs...)
}

// Open reports whether a change with these answers, oldest first, waits for one: nobody answered, or
// the last reopened it.
func Open(answers []Answer) bool {
	return len(answers) == 0 || answers[len(answers)-1].Action == AnswerReopen
}

// Repeats returns the answer of a change that a says again, ok false where it says something new: the
// same event, or the same answer by the same person without a new note since anybody answered
// otherwise. Reopening a change that is open says nothing new; where it has no answer yet, same is zero.
func (a Answer) Repeats(answers []Answer) (same Answer, ok bool) {
	for _, b := range answers {
		if a.Event != "" && a.Event == b.Event {
			return b, true
		}
	}
	if a.Action == AnswerReopen && len(answers) == 0 {
		return Answer{}, true
	}
	for _, b := range slices.Backward(answers) {
		switch {
		case a.Action != b.Action || a.Assignee != b.Assignee || a.AssigneeID != b.AssigneeID:
			return Answer{}, false
		case a.Action == AnswerReopen, a.By == b.By && a.ByID == b.ByID && (a.Note == "" || a.Note == b.Note):
			return b, true
		}
	}
	return Answer{}, false
}

// MarkUnanswered is the mark with the number of the last change before answers could be given: those up
// to it are not waited for. A store that could take answers from its beginning has no such mark.
const MarkUnanswered = "answers/after"

// Answered groups answers by their changes.
func Answered(answers []Answer) map[string][]Answer {
	by := map[string][]Answer{}
	for _, a := range answers {
		by[a.Change] = append(by[a.Change], a)
	}
	return by
}
