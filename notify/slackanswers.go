package notify

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"kaisei/internal/kaisei"
)

// AnswerStore is what answering needs of the store.
type AnswerStore interface {
	Answer(a kaisei.Answer) (stored kaisei.Answer, recorded bool, err error)
	Answers(change string, since time.Time) ([]kaisei.Answer, error)
	Change(id string) (kaisei.Change, bool, error)
	Judgements(change string) ([]kaisei.Judgement, error)
	Delivery(id string) (kaisei.Delivery, bool, error)
	Mark(name string) (string, bool, error)
	SetMark(name, value string) error
}

// SlackAnswers records what people answer in Slack, and shows in the alerts there what was answered, wherever
// it was. It listens for each app token of its channels by one Socket Mode connection. An answer is in the
// store before Slack hears that it was taken, and a mark says up to which answer the alerts show them, so that a
// kill at any moment loses none and records none twice.
type SlackAnswers struct {
	Store AnswerStore
	// Log gets a line for each answer and each trouble; nil means none.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Gap is the least time between two connections, Refused how long to wait where Slack refuses a token; 0 means
	// as it should be.
	Gap, Refused time.Duration

	once sync.Once
	// wake says that there may be answers to show, changed that the channels are others.
	wake, changed chan struct{}

	// mu guards what follows.
	mu       sync.Mutex
	channels map[string]*Slack
	// again are changes whose alerts are to be shown anew though nothing was recorded.
	again map[string]bool
	// states are the states of the connections by a channel's name: nil is open.
	states map[string]error
}

func (x *SlackAnswers) setup() {
	x.once.Do(func() { x.wake, x.changed = make(chan struct{}, 1), make(chan struct{}, 1) })
}

// Replace sets the channels, at any time; those without an app token are left out.
func (x *SlackAnswers) Replace(senders map[string]*Slack) {
	x.setup()
	x.mu.Lock()
	x.channels, x.states = map[string]*Slack{}, map[string]error{}
	for name, s := range senders {
		if !s.AppToken.IsZero() {
			x.channels[name], x.states[name] = s, errConnecting
		}
	}
	x.mu.Unlock()
	poke(x.changed)
}

// Wake makes Run show new answers at once. It never blocks and may be called from anywhere.
func (x *SlackAnswers) Wake() {
	x.setup()
	poke(x.wake)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// States returns what is wrong with the connection of each channel, nil where answers are heard.
func (x *SlackAnswers) States() map[string]error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return maps.Clone(x.states)
}

func (x *SlackAnswers) now() time.Time {
	if x.Now != nil {
		return x.Now()
	}
	return time.Now()
}

func (x *SlackAnswers) log() *slog.Logger {
	if x.Log != nil {
		return x.Log
	}
	return slog.New(slog.DiscardHandler)
}

// Run listens and shows until ctx ends. Replace makes it listen for other channels.
func (x *SlackAnswers) Run(ctx context.Context) error {
	x.setup()
	// Before anybody can answer, so that the first answer is not taken for one of before.
	for err := x.begin(); err != nil && ctx.Err() == nil; err = x.begin() {
		x.log().Error("answers in Slack cannot begin yet", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(FirstWait):
		}
	}
	for ctx.Err() == nil {
		select {
		case <-x.changed: // which the channels read now are
		default:
		}
		part, cancel := context.WithCancel(ctx)
		var all sync.WaitGroup
		for _, s := range x.sockets() {
			all.Go(func() { s.run(part) })
		}
		all.Go(func() { x.showing(part) })
		select {
		case <-ctx.Done():
		case <-x.changed:
		}
		cancel()
		all.Wait()
	}
	return nil
}

// sockets are the connections that the channels need: one for each app token, since Slack reports a click to
// any one connection of an app.
func (x *SlackAnswers) sockets() (out []*slackSocket) {
	x.mu.Lock()
	defer x.mu.Unlock()
	by := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(x.channels)) {
		token := x.channels[name].AppToken.Reveal()
		by[token] = append(by[token], name)
	}
	for _, names := range by {
		s := &slackSocket{slack: x.channels[names[0]], log: x.log().With("channel", names[0]), gap: socketGap, refused: MaxWait, take: x.take}
		if x.Gap > 0 {
			s.gap = x.Gap
		}
		if x.Refused > 0 {
			s.refused = x.Refused
		}
		s.state = func(err error) {
			x.mu.Lock()
			defer x.mu.Unlock()
			for _, name := range names {
				if _, ok := x.channels[name]; ok {
					x.states[name] = err
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// take records what somebody clicked. An error means that it could not be, and may be later.
func (x *SlackAnswers) take(ctx context.Context, c clicked, name func(context.Context, string) string) error {
	a := kaisei.Answer{
		Change: c.change, Action: c.action, ByID: c.user, AssigneeID: c.assignee, Via: kaisei.AnsweredInSlack, Event: c.event,
		By: name(ctx, c.user), At: x.now(),
	}
	for _, other := range []string{personName(c.name), c.user} {
		if a.By == "" {
			a.By = other
		}
	}
	if c.assignee != "" {
		if a.Assignee = name(ctx, c.assignee); a.Assignee == "" {
			a.Assignee = c.assignee
		}
	}
	if err := a.Check(); err != nil {
		x.log().Warn("an answer in Slack was ignored", "change", c.change, "err", err)
		return nil
	}
	stored, recorded, err := x.Store.Answer(a)
	switch {
	case errors.Is(err, kaisei.ErrNotFound):
		x.log().Warn("an answer in Slack to an unknown change was ignored", "change", c.change)
		return nil
	case err != nil:
		return err
	case recorded:
		x.log().Info("answer recorded", "change", c.change, "answer", string(stored.Action), "by", stored.By)
	default:
		// Perhaps the alert does not show it yet.
		x.repeat(c.change)
	}
	x.Wake()
	return nil
}

// repeat asks that the alerts of a change be shown anew though nothing was recorded.
func (x *SlackAnswers) repeat(change string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.again == nil {
		x.again = map[string]bool{}
	}
	x.again[change] = true
}
