package watch

import (
	"time"

	"kaisei/internal/kaisei"
)

// FailingAfter is how many looks in a row that failed, or in which a part failed, make a source
// failing.
const FailingAfter = 3

// State is how well a source is seen.
type State string

// The states, worst first.
const (
	StateFailing     State = "failing"     // cannot be read, in whole or in part
	StateImplausible State = "implausible" // answers something that is not believed
	StateQuiet       State = "quiet"       // is read well and has shown nothing new for unusually long
	StateRetrying    State = "retrying"    // failed once or twice and is tried again
	StatePartial     State = "partial"     // a part failed once or twice
	StateWaiting     State = "waiting"     // was not looked at yet
	StatePaused      State = "paused"
	StateOK          State = "ok"
	StateDisabled    State = "disabled"
	StateUnlisted    State = "unlisted" // is in the store and not in the catalogue
)

// States returns every state, worst first.
func States() []State {
	return []State{StateFailing, StateImplausible, StateQuiet, StateRetrying, StatePartial, StateWaiting, StatePaused, StateOK, StateDisabled, StateUnlisted}
}

// Bad reports whether an operator should look at a source in the state.
func (s State) Bad() bool {
	return s == StateFailing || s == StateImplausible || s == StateQuiet || s == StateRetrying || s == StatePartial
}

// Assess says how well a source is seen, since when, and how long it has been silent.
func Assess(s kaisei.Source, p kaisei.Poll, now time.Time) (state State, since time.Time, q Silence) {
	switch {
	case s.Disabled != "":
		return StateDisabled, time.Time{}, q
	case p.Pause.In(now):
		return StatePaused, p.Pause.Since, q
	case p.LastLook.IsZero():
		return StateWaiting, time.Time{}, q
	}
	if state := sight(p); state != StateOK {
		return state, p.BadSince, q
	}
	if q = silence(s, p, now); q.By != "" {
		return StateQuiet, q.Since, q
	}
	return StateOK, newest(p.GoodSince, p.FirstGood), q
}

// sight says whether a source can be read.
func sight(p kaisei.Poll) State {
	switch {
	case p.Failures >= FailingAfter && doubted(p.LastCause):
		return StateImplausible
	case p.Failures >= FailingAfter, p.PartFailures >= FailingAfter:
		return StateFailing
	case p.Failures > 0:
		return StateRetrying
	case p.PartFailures > 0:
		return StatePartial
	}
	return StateOK
}

// doubted reports whether a cause is of an answer that came and is not believed: an error page, a
// collapse in size, a selection that matches nothing, a feed without items, another kind of file.
func doubted(c kaisei.Cause) bool {
	switch c {
	case kaisei.CauseEmpty, kaisei.CauseNoSelection, kaisei.CauseNoText, kaisei.CauseWrongType:
		return true
	}
	return c.Implausible()
}

// Unreachable reports whether a cause is of a network: nothing answered.
func Unreachable(c kaisei.Cause) bool {
	switch c {
	case kaisei.CauseDNS, kaisei.CauseRefused, kaisei.CauseNetwork, kaisei.CauseTimeout:
		return true
	}
	return false
}
