package notify

import (
	"fmt"
	"strconv"
	"time"

	"kaisei/internal/kaisei"
)

// AwaitSeverity is from where on a change that was told waits for an answer.
const AwaitSeverity = kaisei.High

// awaitWindow is how many change numbers are asked for at once.
const awaitWindow = 500

// AnswerReader is what is read of a store to see what waits for an answer.
type AnswerReader interface {
	Changes(q kaisei.ChangeQuery) ([]kaisei.Change, error)
	Answers(change string, since time.Time) ([]kaisei.Answer, error)
	LastNumber() (uint64, error)
	Mark(name string) (string, bool, error)
}

// Awaited is a change that somebody was to answer, without its edits, and the answers to it, oldest first.
type Awaited struct {
	Change  kaisei.Change
	Answers []kaisei.Answer
}

// Open reports whether it still waits.
func (a Awaited) Open() bool { return kaisei.Open(a.Answers) }

// Since is from when on it waits: when it was seen, or reopened.
func (a Awaited) Since() time.Time {
	if n := len(a.Answers); n > 0 {
		return a.Answers[n-1].At
	}
	return a.Change.SeenAt
}

// Await returns the changes of a query that are answered or wait to be, in the order of their numbers.
// What was told before answers could be given is left out unless somebody answered it. Newest and Limit of
// the query do not count.
func Await(r AnswerReader, q kaisei.ChangeQuery) ([]Awaited, error) {
	after, err := unanswered(r)
	if err != nil {
		return nil, err
	}
	all, err := r.Answers("", time.Time{})
	if err != nil {
		return nil, err
	}
	answers := kaisei.Answered(all)
	last, err := r.LastNumber()
	if err != nil {
		return nil, err
	}
	if q.Last != 0 {
		last = min(last, q.Last)
	}
	q.Newest, q.Limit = false, 0
	var out []Awaited
	for first := max(q.First, 1); first <= last; first += awaitWindow {
		part := q
		part.First, part.Last = first, min(first+awaitWindow-1, last)
		cs, err := r.Changes(part)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			if a := answers[c.ID]; c.Number > after || len(a) > 0 {
				c.Edits = nil
				out = append(out, Awaited{c, a})
			}
		}
	}
	return out, nil
}

// unanswered returns the number of the last change that nobody could answer when it was told.
func unanswered(r AnswerReader) (uint64, error) {
	text, ok, err := r.Mark(kaisei.MarkUnanswered)
	if err != nil || !ok {
		return 0, err
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read from where on changes wait for answers: %w", err)
	}
	return n, nil
}
