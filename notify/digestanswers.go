package notify

import (
	"cmp"
	"fmt"
	"slices"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// answers adds what the channel was to be told of and nobody has answered, and the answers to the changes
// that the digest covers, both as they stand now.
func (p *DigestPlanner) answers(pay *payload, ch Channel) error {
	list, err := Await(p.Queue, kaisei.ChangeQuery{MinSeverity: AwaitSeverity, Until: pay.Until})
	if err != nil {
		return fmt.Errorf("read what waits for an answer: %w", err)
	}
	for _, x := range list {
		if !x.Open() || !ch.matches(x.Change) {
			continue
		}
		pay.Waiting = append(pay.Waiting, render.WaitingOf(x.Change, x.Since()))
	}
	slices.SortStableFunc(pay.Waiting, func(a, b render.Waiting) int {
		return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), a.Since.Compare(b.Since))
	})
	if n := len(pay.Waiting); n > render.DigestWaiting {
		pay.Waiting, pay.WaitingMore = pay.Waiting[:render.DigestWaiting], n-render.DigestWaiting
	}
	given, err := p.Queue.Answers("", pay.Since)
	if err != nil {
		return err
	}
	for id, as := range kaisei.Answered(given) {
		c, ok, err := p.Queue.Change(id)
		if err != nil {
			return err
		}
		if ok && c.Number >= pay.First && c.Number <= pay.Last {
			if pay.Answers == nil {
				pay.Answers = map[string]kaisei.Answer{}
			}
			pay.Answers[id] = as[len(as)-1]
		}
	}
	return nil
}
