package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"kaisei/internal/kaisei"
)

// markShown is the mark with the number of the last answer that was shown in Slack.
const markShown = "answers/shown"

// showing shows answers as they come until ctx ends, and again where Slack was in trouble.
func (x *SlackAnswers) showing(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		wait := idle
		if err := x.show(ctx); err != nil && ctx.Err() == nil {
			wait = min(FirstWait<<min(failures, 10), MaxWait)
			failures++
			x.log().Warn("answers could not be shown in Slack, will be tried again", "err", err)
		} else {
			failures = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-x.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// begin sets the mark where there is none: what was answered before the first time is left as it is.
func (x *SlackAnswers) begin() error {
	_, ok, err := x.Store.Mark(markShown)
	if err != nil || ok {
		return err
	}
	all, err := x.Store.Answers("", time.Time{})
	if err != nil {
		return err
	}
	return x.Store.SetMark(markShown, strconv.Itoa(len(all)))
}

// show shows what was answered since the mark and what is asked for again, and moves the mark.
func (x *SlackAnswers) show(ctx context.Context) (err error) {
	x.mu.Lock()
	again := x.again
	x.again = nil
	x.mu.Unlock()
	defer func() {
		for id := range again {
			if err != nil {
				x.repeat(id)
			}
		}
	}()
	all, err := x.Store.Answers("", time.Time{})
	if err != nil {
		return err
	}
	last := uint64(len(all))
	text, _, err := x.Store.Mark(markShown)
	if err != nil {
		return err
	}
	shown, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("read up to which answer Slack shows them: %w", err)
	}
	answers := kaisei.Answered(all)
	var ids []string
	for _, a := range all[min(shown, last):] {
		ids = append(ids, a.Change)
	}
	done := map[string]bool{}
	var failed error
	for _, id := range append(ids, slices.Sorted(maps.Keys(again))...) {
		if done[id] {
			continue
		}
		done[id] = true
		err := x.update(ctx, id, answers[id])
		failed = errors.Join(failed, err)
		if trouble, _ := troubleOf(err); err != nil && trouble != Setup {
			return failed
		}
	}
	if failed != nil || last == shown {
		return failed
	}
	return x.Store.SetMark(markShown, strconv.FormatUint(last, 10))
}

// update shows the answers of a change in the alerts and escalations that told it. What Slack will never take is logged and
// left. A channel that an operator has to see to does not hold up the others; its error is returned, to try again.
func (x *SlackAnswers) update(ctx context.Context, change string, answers []kaisei.Answer) error {
	c, ok, err := x.Store.Change(change)
	if err != nil || !ok {
		return err
	}
	judged, err := x.Store.Judgements(change)
	if err != nil {
		return err
	}
	x.mu.Lock()
	channels := maps.Clone(x.channels)
	x.mu.Unlock()
	var waits error
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		ids, err := escalations(x.Store, name, change, answers)
		if err != nil {
			return err
		}
		for _, id := range append(ids, kaisei.DeliveryAlert+"/"+name+"/"+change) {
			d, ok, err := x.Store.Delivery(id)
			if err != nil {
				return err
			}
			if !ok || d.State != kaisei.DeliverySent {
				continue // what is told later shows them from the first
			}
			err = channels[name].Update(ctx, Told{Delivery: d, Change: c, Judgements: judged, Answers: answers})
			switch trouble, _ := troubleOf(err); {
			case err == nil:
			case trouble == Temporary:
				return err
			case trouble == Setup:
				waits = err
			default:
				x.log().Warn("a message in Slack cannot show its answers", "delivery", d.ID, "channel", name, "err", err)
			}
		}
	}
	return waits
}
