package watch

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// When operators are told again of what is not over.
const (
	// RemindFirst and RemindSecond count from the first notice, RemindEvery from the last.
	RemindFirst  = 24 * time.Hour
	RemindSecond = 3 * 24 * time.Hour
	RemindEvery  = 7 * 24 * time.Hour
	// RemindQuiet and RemindQuietEvery are of sources that are read and silent, which is less pressing.
	RemindQuiet      = 7 * 24 * time.Hour
	RemindQuietEvery = 30 * 24 * time.Hour
	// RemindTogether takes reminders that would come this soon into one that is due.
	RemindTogether = 12 * time.Hour
)

// When a source that flaps is believed to be back.
const (
	// RelapseWithin is how soon after a recovery was told new trouble counts as a relapse.
	RelapseWithin = 7 * 24 * time.Hour
	// SteadyFirst is how long a source must be read well to be called recovered after a relapse; it doubles
	// with each further relapse up to SteadyMost. Without a relapse, the first good look is believed.
	SteadyFirst = 6 * time.Hour
	SteadyMost  = 3 * 24 * time.Hour
)

// HealthMark is the mark that keeps what operators were told, as JSON of Memory.
const HealthMark = "health"

// Sick is one source whose state an operator must know.
type Sick struct {
	Source string      `json:"source"`
	Title  kaisei.Text `json:"title"`
	// Authority is its publisher, URL where it is looked at.
	Authority kaisei.Text `json:"authority"`
	URL       string      `json:"url"`
	// State is failing, implausible or quiet, of a recovered source the one it was in.
	State State `json:"state"`
	// Since is when the trouble began.
	Since    time.Time    `json:"since,omitzero"`
	Failures int          `json:"failures"`
	Cause    kaisei.Cause `json:"cause,omitempty"`
	Detail   string       `json:"detail,omitempty"`
	LastGood time.Time    `json:"last_good,omitzero"`
	// LastChange is when it last showed something new.
	LastChange time.Time `json:"last_change,omitzero"`
	NextLook   time.Time `json:"next_look,omitzero"`
	// Silence says of a quiet source what was expected of it.
	Silence Silence `json:"silence,omitzero"`
	// Again is true where operators were told of the same trouble before; Relapses is how often it came
	// back soon after it was over.
	Again    bool `json:"again,omitempty"`
	Relapses int  `json:"relapses,omitempty"`
}

// Health is what changed in the health of all sources since operators were last told, and what is not
// over and due to be told again. One Health is one notice, so that a dead network is one message.
type Health struct {
	At time.Time `json:"at"`
	// Failing cannot be read, in whole or in part; Implausible answer something that is not
	// believed; Quiet have shown nothing new for longer than is expected of them; Recovered are well again.
	Failing     []Sick `json:"failing,omitempty"`
	Implausible []Sick `json:"implausible,omitempty"`
	Quiet       []Sick `json:"quiet,omitempty"`
	Recovered   []Sick `json:"recovered,omitempty"`
	// Network is told where most hosts fail at once, NetworkBack where they answer again.
	Network     *Outage `json:"network,omitempty"`
	NetworkBack *Outage `json:"network_back,omitempty"`
	// Sources is how many sources are watched.
	Sources int `json:"sources"`
}

// Empty reports whether there is nothing to tell.
func (h Health) Empty() bool {
	return len(h.Failing)+len(h.Implausible)+len(h.Quiet)+len(h.Recovered) == 0 && h.Network == nil && h.NetworkBack == nil
}

// Memory is what operators were told of the health of the sources. It is stored in the transaction
// that stores the notice, so that a crash neither loses a notice nor tells it twice.
type Memory struct {
	// Network is the outage told last that is not over.
	Network *Told `json:"network,omitempty"`
	// NetworkBack is when the last one was over: what failed with it is told by itself only once it was
	// looked at since.
	NetworkBack time.Time `json:"network_back,omitzero"`
	// Sources are those that are or lately were in trouble.
	Sources map[string]Remembered `json:"sources,omitempty"`
}

// Remembered is what operators were told of one source.
type Remembered struct {
	// Sight is of a source that cannot be read or is not believed, Quiet of one that is silent.
	Sight *Told `json:"sight,omitempty"`
	Quiet *Told `json:"quiet,omitempty"`
	// Back is when recovery was last told, Relapses how often trouble came back soon after.
	Back     time.Time `json:"back,omitzero"`
	Relapses int       `json:"relapses,omitempty"`
}

// Told is a trouble of which operators were told.
type Told struct {
	State State     `json:"state"`
	Since time.Time `json:"since"`
	// LastGood is the last good look before it.
	LastGood time.Time `json:"last_good,omitzero"`
	// First and Last are when it was told, Times how often.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Times int       `json:"times"`
	// Folded is true where it was told only as part of a dead network.
	Folded bool `json:"folded,omitempty"`
}

// remind is when the trouble is told again while it lasts.
func (t Told) remind() time.Time {
	switch {
	case t.State == StateQuiet && t.Times <= 1:
		return t.First.Add(RemindQuiet)
	case t.State == StateQuiet:
		return t.Last.Add(RemindQuietEvery)
	case t.Times <= 1:
		return t.First.Add(RemindFirst)
	case t.Times == 2:
		return t.First.Add(RemindSecond)
	}
	return t.Last.Add(RemindEvery)
}

// again is the trouble once it was told again.
func (t Told) again(now time.Time) *Told {
	t.Last, t.Times = now, t.Times+1
	return &t
}

// judge compares each source's state with what operators were told. It returns what there is to tell
// and what they will then have been told.
func judge(sources []kaisei.Source, polls map[string]kaisei.Poll, told Memory, now time.Time) (Health, Memory) {
	next := Memory{Network: told.Network, NetworkBack: told.NetworkBack, Sources: maps.Clone(told.Sources)}
	if next.Sources == nil {
		next.Sources = map[string]Remembered{}
	}
	j := judging{Health: Health{At: now}, memory: &next, polls: polls}
	watched := map[string]bool{}
	for _, s := range sources {
		if s.Disabled == "" && !polls[s.ID].Pause.In(now) {
			j.watched = append(j.watched, s)
			watched[s.ID] = true
		}
	}
	j.Sources = len(j.watched)
	// Trouble of what is no longer watched is nobody's any more.
	maps.DeleteFunc(next.Sources, func(id string, _ Remembered) bool { return !watched[id] })
	j.network()
	for _, s := range j.watched {
		p, ok := polls[s.ID]
		if !ok {
			continue
		}
		r := next.Sources[s.ID]
		r = j.quiet(s, p, j.sight(s, p, r))
		if r == (Remembered{}) {
			delete(next.Sources, s.ID)
			continue
		}
		next.Sources[s.ID] = r
	}
	j.remind()
	for _, list := range [][]Sick{j.Failing, j.Implausible, j.Quiet, j.Recovered} {
		slices.SortFunc(list, func(a, b Sick) int { return strings.Compare(a.Source, b.Source) })
	}
	return j.Health, next
}

// judging is one call of judge.
type judging struct {
	Health
	watched []kaisei.Source
	polls   map[string]kaisei.Poll
	memory  *Memory
	// down is the network's outage that is under way, told or not.
	down *Outage
}

// sight judges whether a source can be read and believed.
func (j *judging) sight(s kaisei.Source, p kaisei.Poll, r Remembered) Remembered {
	state, now := sight(p), j.At
	switch bad := state == StateFailing || state == StateImplausible; {
	case bad && (r.Sight == nil || r.Sight.Folded):
		if j.folds(p) {
			r.Sight = &Told{State: state, Since: p.BadSince, LastGood: p.LastGood, Folded: true}
			return r
		}
		if !r.Back.IsZero() && now.Sub(r.Back) <= RelapseWithin {
			r.Relapses++
		}
		r.Sight = &Told{State: state, Since: p.BadSince, LastGood: p.LastGood, First: now, Last: now, Times: 1}
		j.add(s, p, r, state, false)
	case bad:
		// A site in trouble answers now with an error and now with a page about it: that is one trouble.
		t := *r.Sight
		t.State = state
		r.Sight = &t
	case state == StateOK && r.Sight != nil && r.Sight.Folded:
		r.Sight = nil
	case state == StateOK && r.Sight != nil && now.Sub(p.GoodSince) >= steady(r.Relapses):
		sick := j.sick(s, p, r, r.Sight.State)
		sick.Since, sick.LastGood = r.Sight.Since, r.Sight.LastGood
		j.Recovered = append(j.Recovered, sick)
		r.Sight, r.Back = nil, now
	case r.Sight == nil && !r.Back.IsZero() && now.Sub(r.Back) > RelapseWithin:
		r.Back, r.Relapses = time.Time{}, 0
	}
	return r
}

// steady is how long a source with relapses must be read well to be called recovered.
func steady(relapses int) time.Duration {
	if relapses == 0 {
		return 0
	}
	return min(SteadyFirst<<min(relapses-1, 10), SteadyMost)
}

// quiet judges whether a source that is read is silent. One that cannot be read stays as it was told.
func (j *judging) quiet(s kaisei.Source, p kaisei.Poll, r Remembered) Remembered {
	if sight(p) != StateOK || r.Sight != nil {
		return r
	}
	q := silence(s, p, j.At)
	switch {
	case q.By != "" && r.Quiet == nil:
		r.Quiet = &Told{State: StateQuiet, Since: q.Since, LastGood: p.LastGood, First: j.At, Last: j.At, Times: 1}
		j.add(s, p, r, StateQuiet, false)
	case q.By == "" && r.Quiet != nil:
		sick := j.sick(s, p, r, StateQuiet)
		sick.Since = r.Quiet.Since
		j.Recovered = append(j.Recovered, sick)
		r.Quiet = nil
	}
	return r
}

// remind tells again what is not over, once something of it is due: then all that is due soon.
func (j *judging) remind() {
	due := func(at time.Time) bool { return !at.After(j.At) }
	soon := func(at time.Time) bool { return !at.After(j.At.Add(RemindTogether)) }
	open := func(t *Told) bool { return t != nil && !t.Folded && t.Last.Before(j.At) }
	some := open(j.memory.Network) && due(j.memory.Network.remind())
	for _, r := range j.memory.Sources {
		some = some || open(r.Sight) && due(r.Sight.remind()) || r.Sight == nil && open(r.Quiet) && due(r.Quiet.remind())
	}
	if !some {
		return
	}
	if n := j.memory.Network; open(n) && soon(n.remind()) && j.down != nil {
		again := *j.down
		again.Since, again.Again = n.Since, true
		j.Network, j.memory.Network = &again, n.again(j.At)
	}
	for _, s := range j.watched {
		r, p := j.memory.Sources[s.ID], j.polls[s.ID]
		switch {
		case open(r.Sight) && soon(r.Sight.remind()):
			r.Sight = r.Sight.again(j.At)
			j.add(s, p, r, r.Sight.State, true)
		case r.Sight == nil && open(r.Quiet) && soon(r.Quiet.remind()):
			r.Quiet = r.Quiet.again(j.At)
			j.add(s, p, r, StateQuiet, true)
		default:
			continue
		}
		j.memory.Sources[s.ID] = r
	}
}

// add puts a source in trouble where it is told.
func (j *judging) add(s kaisei.Source, p kaisei.Poll, r Remembered, state State, again bool) {
	sick := j.sick(s, p, r, state)
	sick.Again = again
	switch state {
	case StateQuiet:
		j.Quiet = append(j.Quiet, sick)
	case StateImplausible:
		j.Implausible = append(j.Implausible, sick)
	default:
		j.Failing = append(j.Failing, sick)
	}
}

func (j *judging) sick(s kaisei.Source, p kaisei.Poll, r Remembered, state State) Sick {
	sick := Sick{
		Source: s.ID, Title: s.Title, Authority: s.AuthorityName, URL: s.URL, State: state, LastChange: p.LastChange,
		Failures: max(p.Failures, p.PartFailures), Cause: p.LastCause, Detail: p.LastDetail, LastGood: p.LastGood, NextLook: p.NextLook, Relapses: r.Relapses,
	}
	switch {
	case state == StateQuiet:
		sick.Silence = silence(s, p, j.At)
		sick.Since, sick.LastChange = sick.Silence.Since, sick.Silence.Since
	case r.Sight != nil:
		sick.Since = r.Sight.Since
	}
	return sick
}

func newest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Diagnose tells operators which sources began to fail, went quiet or recovered since the
// last call, and again which are not well: one notice for all of them, and none where there is
// nothing to tell.
func (w *Watcher) Diagnose() (Health, error) {
	list, err := w.Store.Polls()
	if err != nil {
		return Health{}, fmt.Errorf("read schedule states: %w", err)
	}
	polls := map[string]kaisei.Poll{}
	for _, p := range list {
		polls[p.Source] = p
	}
	told, err := w.memory(list)
	if err != nil {
		return Health{}, err
	}
	h, next := judge(w.Catalog.Sources(), polls, told, w.now())
	before, err := json.Marshal(told)
	if err != nil {
		return h, fmt.Errorf("encode what was told of the health of sources: %w", err)
	}
	after, err := json.Marshal(next)
	if err != nil {
		return h, fmt.Errorf("encode what is told of the health of sources: %w", err)
	}
	if string(before) == string(after) && h.Empty() || w.Enqueue == nil {
		return h, nil
	}
	var d []kaisei.Delivery
	if w.Notice != nil && !h.Empty() {
		if d, err = w.Notice(h); err != nil {
			return h, fmt.Errorf("write the notice on the health of sources: %w", err)
		}
	}
	if err := w.Enqueue(d, map[string]string{HealthMark: string(after)}); err != nil {
		return h, fmt.Errorf("keep the notice on the health of sources: %w", err)
	}
	if len(d) > 0 && w.Committed != nil {
		w.Committed()
	}
	return h, nil
}

// memory reads what operators were told. Earlier releases kept it with each source.
func (w *Watcher) memory(polls []kaisei.Poll) (Memory, error) {
	var m Memory
	text, ok, err := w.Store.Mark(HealthMark)
	if err != nil {
		return m, fmt.Errorf("read what was told of the health of sources: %w", err)
	}
	if ok {
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return m, fmt.Errorf("decode what was told of the health of sources: %w", err)
		}
		return m, nil
	}
	m.Sources = map[string]Remembered{}
	for _, p := range polls {
		switch t := (&Told{State: State(p.Notice), Since: p.LastGood, LastGood: p.LastGood, First: w.now(), Last: w.now(), Times: 1}); t.State {
		case StateFailing, StateImplausible:
			m.Sources[p.Source] = Remembered{Sight: t}
		case StateQuiet:
			m.Sources[p.Source] = Remembered{Quiet: t}
		}
	}
	return m, nil
}
