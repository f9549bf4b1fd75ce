package watch

import (
	"context"
	"fmt"
	"sort"
	"time"

	"kaisei/internal/kaisei"
)

// FailingAfter is how many looks in a row that failed, or in which a part failed, make a source
// failing.
const FailingAfter = 3

// Sick is one source whose state an operator must know.
type Sick struct {
	Source string      `json:"source"`
	Title  kaisei.Text `json:"title"`
	// Authority is its publisher, URL where it is looked at.
	Authority kaisei.Text  `json:"authority"`
	URL       string       `json:"url"`
	Failures  int          `json:"failures"`
	Cause     kaisei.Cause `json:"cause,omitempty"`
	Detail    string       `json:"detail,omitempty"`
	LastGood  time.Time    `json:"last_good,omitzero"`
	// LastChange is when it last showed something new.
	LastChange time.Time `json:"last_change,omitzero"`
	NextLook   time.Time `json:"next_look,omitzero"`
}

// Health is what changed in the health of all sources since operators were last told. One
// Health is one notice, so that a dead network is one message.
type Health struct {
	At time.Time `json:"at"`
	// Failing cannot be read, in whole or in part; Implausible answer something that is not
	// believed; Quiet have shown nothing new for longer than the catalogue expects; Recovered are read
	// again.
	Failing     []Sick `json:"failing,omitempty"`
	Implausible []Sick `json:"implausible,omitempty"`
	Quiet       []Sick `json:"quiet,omitempty"`
	Recovered   []Sick `json:"recovered,omitempty"`
	// Sources is how many sources are watched.
	Sources int `json:"sources"`
}

// Empty reports whether there is nothing to tell.
func (h Health) Empty() bool {
	return len(h.Failing)+len(h.Implausible)+len(h.Quiet)+len(h.Recovered) == 0
}

// states of Poll.Notice.
const (
	noticeFailing     = "failing"
	noticeImplausible = "implausible"
	noticeQuiet       = "quiet"
)

// judge compares each source's state with what operators were last told. It returns the
// notice and the polls whose Notice changed.
func judge(sources []kaisei.Source, polls map[string]kaisei.Poll, now time.Time) (Health, []kaisei.Poll) {
	h := Health{At: now}
	var told []kaisei.Poll
	for _, s := range sources {
		if s.Disabled != "" {
			continue
		}
		h.Sources++
		p, ok := polls[s.ID]
		if !ok {
			continue
		}
		state := ""
		switch last := newest(p.LastChange, p.FirstGood); {
		case p.Failures >= FailingAfter && p.LastCause.Implausible():
			state = noticeImplausible
		case p.Failures >= FailingAfter, p.PartFailures >= FailingAfter:
			state = noticeFailing
		case s.Quiet > 0 && !last.IsZero() && now.Sub(last) > s.Quiet:
			state = noticeQuiet
		}
		if state == p.Notice {
			continue
		}
		sick := Sick{Source: s.ID, Title: s.Title, Authority: s.AuthorityName, URL: s.URL, LastChange: p.LastChange, Failures: max(p.Failures, p.PartFailures), Cause: p.LastCause, Detail: p.LastDetail, LastGood: p.LastGood, NextLook: p.NextLook}
		switch state {
		case noticeFailing:
			h.Failing = append(h.Failing, sick)
		case noticeImplausible:
			h.Implausible = append(h.Implausible, sick)
		case noticeQuiet:
			h.Quiet = append(h.Quiet, sick)
		default:
			h.Recovered = append(h.Recovered, sick)
		}
		p.Notice = state
		told = append(told, p)
	}
	for _, list := range [][]Sick{h.Failing, h.Implausible, h.Quiet, h.Recovered} {
		sort.Slice(list, func(i, j int) bool { return list[i].Source < list[j].Source })
	}
	return h, told
}

func newest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Diagnose tells operators which sources began to fail, went quiet or recovered since the
// last call: one notice for all of them, and none where nothing changed.
func (w *Watcher) Diagnose(ctx context.Context) (Health, error) {
	list, err := w.Store.Polls()
	if err != nil {
		return Health{}, fmt.Errorf("read schedule states: %w", err)
	}
	polls := map[string]kaisei.Poll{}
	for _, p := range list {
		polls[p.Source] = p
	}
	h, told := judge(w.Catalog.Sources(), polls, w.now())
	if h.Empty() {
		return h, nil
	}
	if w.Notice != nil && w.Enqueue != nil {
		d, err := w.Notice(h)
		if err != nil {
			return h, fmt.Errorf("write the notice on the health of sources: %w", err)
		}
		if len(d) > 0 {
			if err := w.Enqueue(d, nil); err != nil {
				return h, fmt.Errorf("keep the notice on the health of sources: %w", err)
			}
			if w.Committed != nil {
				w.Committed()
			}
		}
	}
	for _, p := range told {
		if err := w.tell(ctx, p.Source, p.Notice); err != nil {
			return h, err
		}
	}
	return h, nil
}

// tell remembers what operators were told of a source. It holds the source, or a look that
// ends in the meantime would be undone.
func (w *Watcher) tell(ctx context.Context, source, state string) error {
	release, err := w.hold(ctx, source)
	if err != nil {
		return err
	}
	defer release()
	p, _, err := w.Store.Poll(source)
	if err != nil {
		return fmt.Errorf("read schedule state of %s: %w", source, err)
	}
	p.Source, p.Notice = source, state
	if err := w.Store.SavePoll(p); err != nil {
		return fmt.Errorf("save schedule state of %s: %w", source, err)
	}
	return nil
}
