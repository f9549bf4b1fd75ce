package watch

import (
	"errors"
	"fmt"
	"time"

	"kaisei/internal/kaisei"
)

// The reasons why a pause is refused.
var (
	ErrPausePast = errors.New("the pause would be over already; name a time to come")
	ErrPauseLong = fmt.Errorf("a pause lasts %d days at most, and can be renewed; disable the source in the configuration to be rid of it", int(MaxPause/(24*time.Hour)))
)

// Pause leaves a source alone until p.Until. A look under way finishes. When the pause ends the source is
// taken up by itself, and what it missed is made up once. A later pause replaces an earlier one.
func (w *Watcher) Pause(source string, p kaisei.Pause) (kaisei.Poll, error) {
	now := w.now()
	switch {
	case !p.Until.After(now):
		return kaisei.Poll{}, ErrPausePast
	case p.Until.Sub(now) > MaxPause:
		return kaisei.Poll{}, ErrPauseLong
	}
	p.Since, p.Until = now, p.Until.UTC()
	return w.setPause(source, p)
}

// Resume ends the pause of a source; what it missed is made up once.
func (w *Watcher) Resume(source string) (kaisei.Poll, error) {
	return w.setPause(source, kaisei.Pause{})
}

func (w *Watcher) setPause(source string, pause kaisei.Pause) (kaisei.Poll, error) {
	of := w.shared()
	of.states.Lock()
	defer of.states.Unlock()
	p, _, err := w.Store.Poll(source)
	if err != nil {
		return p, fmt.Errorf("read schedule state of %s: %w", source, err)
	}
	p.Source, p.Pause = source, pause
	if err := w.Store.SavePoll(p); err != nil {
		return p, fmt.Errorf("save schedule state of %s: %w", source, err)
	}
	w.Replan()
	return p, nil
}

// savePoll keeps the schedule state that a look leaves, with the pause that an operator may have set or
// ended while it was made.
func (w *Watcher) savePoll(p *kaisei.Poll, save func(kaisei.Poll) error) error {
	of := w.shared()
	of.states.Lock()
	defer of.states.Unlock()
	stored, known, err := w.Store.Poll(p.Source)
	if err != nil {
		return fmt.Errorf("read schedule state of %s: %w", p.Source, err)
	}
	if known {
		p.Pause = stored.Pause
	}
	if err := save(*p); err != nil {
		return fmt.Errorf("save schedule state of %s: %w", p.Source, err)
	}
	return nil
}
