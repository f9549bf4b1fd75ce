package watch

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"kaisei/internal/kaisei"
)

// What is needed before operators are told.
const (
	// PairProof is how many items one list must have shown and the other not, while they never agreed or no
	// longer do, before the pair itself is told: what was declared does not hold, or a list is read wrongly.
	PairProof = 5
	// GapTries is how many looks may try to fill a gap before it is told.
	GapTries = 3
)

// MissCause is what explains that a list never showed an item.
type MissCause string

// The causes of a miss.
const (
	MissUnread MissCause = "unread" // ours: the list could not be read in all that time
	MissRolled MissCause = "rolled" // ours: the feed rolled over unseen in that time
	MissUnseen MissCause = "unseen" // theirs, or our reading of them: the list was read and did not show it
)

// Miss is an item that one list showed and another, which is expected to show it, did not within its time.
type Miss struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	// Document is under which the item was told from the list that shows it.
	Document  string      `json:"document"`
	Published kaisei.Date `json:"published,omitzero"`
	// ShownBy is the list that shows it, since Since; Missing the one that had until Until to do so.
	ShownBy string    `json:"shown_by"`
	Missing string    `json:"missing"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	Cause   MissCause `json:"cause"`
	// Good and Failed count the looks at the list it is missing from in that time; Detail is what the last failed
	// one found.
	Good   int    `json:"good"`
	Failed int    `json:"failed"`
	Detail string `json:"detail,omitempty"`
	// Held is true while the pair has not agreed on more items than it differed on: operators are not told.
	Held bool `json:"held,omitempty"`
	// Told is when operators were told.
	Told time.Time `json:"told,omitzero"`
}

// Pair is how two lists agreed lately.
type Pair struct {
	Shown    string `json:"shown"`
	Expected string `json:"expected"`
	// Agreed items were on both lists, Missed on the first only, and Pending ones still have time.
	Agreed  int `json:"agreed"`
	Missed  int `json:"missed"`
	Pending int `json:"pending"`
	// Apart is true where the lists never agreed or no longer do; Since is from when.
	Apart bool      `json:"apart,omitempty"`
	Since time.Time `json:"since,omitzero"`
	Told  time.Time `json:"told,omitzero"`
}

// FeedGap is a gap with the feed that has it.
type FeedGap struct {
	Source string `json:"source"`
	kaisei.Gap
}

// CrossCheck is what comparing lists came to.
type CrossCheck struct {
	At     time.Time `json:"at"`
	Misses []Miss    `json:"misses"`
	Pairs  []Pair    `json:"pairs"`
	Gaps   []FeedGap `json:"gaps"`
}

// SightingReader is what a cross-check reads.
type SightingReader interface {
	Sightings(source string) (kaisei.Sightings, error)
	Polls() ([]kaisei.Poll, error)
	Looks(source string, since time.Time, limit int) ([]kaisei.Look, error)
}

// Compare cross-checks the lists of all sources that are watched: what one showed and another never did, and
// what rolled out of feeds unseen.
func Compare(r SightingReader, list []kaisei.Source, now time.Time) (CrossCheck, error) {
	polls, err := r.Polls()
	if err != nil {
		return CrossCheck{}, fmt.Errorf("read schedule states: %w", err)
	}
	x := &crossing{reader: r, now: now, sources: map[string]kaisei.Source{}, polls: map[string]kaisei.Poll{}, lists: map[string]*sightedList{}}
	x.check.At = now
	for _, s := range list {
		x.sources[s.ID] = s
	}
	for _, p := range polls {
		x.polls[p.Source] = p
	}
	for _, s := range list {
		if s.Disabled != "" {
			continue
		}
		if s.Kind == kaisei.KindFeed || len(s.Elsewhere) > 0 {
			if err := x.source(s); err != nil {
				return CrossCheck{}, err
			}
		}
	}
	return x.check, nil
}

// crossing is one cross-check under way.
type crossing struct {
	reader  SightingReader
	now     time.Time
	sources map[string]kaisei.Source
	polls   map[string]kaisei.Poll
	lists   map[string]*sightedList
	check   CrossCheck
}

// list reads what a source showed, once.
func (x *crossing) list(id string) (*sightedList, error) {
	if l := x.lists[id]; l != nil {
		return l, nil
	}
	s, err := x.reader.Sightings(id)
	if err != nil {
		return nil, fmt.Errorf("read what %s showed: %w", id, err)
	}
	l := newSightedList(s)
	x.lists[id] = l
	return l, nil
}

// source takes up the gaps of a source and compares it with the lists on which its items are expected.
func (x *crossing) source(s kaisei.Source) error {
	shown, err := x.list(s.ID)
	if err != nil {
		return err
	}
	for _, g := range shown.Gaps {
		x.check.Gaps = append(x.check.Gaps, FeedGap{s.ID, g})
	}
	for _, e := range s.Elsewhere {
		to, ok := x.sources[e.Source]
		if !ok || to.Disabled != "" {
			continue
		}
		other, err := x.list(e.Source)
		if err != nil {
			return err
		}
		if err := x.pair(s, e, shown, other); err != nil {
			return err
		}
	}
	return nil
}

// pair compares one list with another on which its items are expected.
func (x *crossing) pair(s kaisei.Source, e kaisei.Elsewhere, shown, other *sightedList) error {
	url, text, err := expected(e)
	if err != nil {
		return err
	}
	p := Pair{Shown: s.ID, Expected: e.Source, Told: shown.Apart[e.Source]}
	watched := x.polls[e.Source].FirstGood
	var misses []Miss
	run := 0 // the newest items that the other list lacks, in a row
	var since time.Time
	for _, item := range shown.Items { // newest first
		if url != nil && !url.MatchString(item.URL) || text != nil && !text.MatchString(item.Title) {
			continue
		}
		until := item.First.Add(e.Within)
		switch {
		case other.shows(item, shown):
			if p.Agreed++; p.Agreed == 1 {
				run = p.Missed
			}
			continue
		case item.Baseline || watched.IsZero() || item.First.Before(watched) || kaisei.DateOf(watched).Start().After(dayOr(item).Start()) || item.First.Sub(dayOr(item).Start()) > KeepSightings:
			continue // it may have been there before it was watched, or longer ago than is remembered
		case x.now.Before(until):
			p.Pending++
			continue
		}
		p.Missed++
		since = item.First
		if item.Document == "" {
			continue
		}
		m := Miss{Title: item.Title, URL: item.URL, Document: item.Document, Published: item.Published, ShownBy: s.ID, Missing: e.Source, Since: item.First, Until: until, Told: item.Missed[e.Source]}
		if err := x.explain(&m, other); err != nil {
			return err
		}
		misses = append(misses, m)
	}
	if p.Agreed == 0 {
		run = p.Missed
	}
	if p.Apart = run >= PairProof; p.Apart {
		p.Since = since
	}
	for i := range misses {
		misses[i].Held = p.Agreed == 0 || p.Agreed < p.Missed
	}
	x.check.Pairs = append(x.check.Pairs, p)
	x.check.Misses = append(x.check.Misses, misses...)
	return nil
}

// expected compiles what an item must match to be expected elsewhere.
func expected(e kaisei.Elsewhere) (url, text *regexp.Regexp, err error) {
	for _, p := range []struct {
		dst  **regexp.Regexp
		expr string
	}{{&url, e.URL}, {&text, e.Text}} {
		if p.expr == "" {
			continue
		}
		if *p.dst, err = regexp.Compile(p.expr); err != nil {
			return nil, nil, fmt.Errorf("items expected at %s: %w", e.Source, err)
		}
	}
	return url, text, nil
}

// dayOr is the day of an item, or else the day on which it was first seen.
func dayOr(s kaisei.Sighting) kaisei.Date {
	if s.Published.IsZero() {
		return kaisei.DateOf(s.First)
	}
	return s.Published
}

// explain finds out whether the other list was read in the time in which it should have shown the item.
func (x *crossing) explain(m *Miss, other *sightedList) error {
	looks, err := x.reader.Looks(m.Missing, m.Since, 0)
	if err != nil {
		return fmt.Errorf("read the ledger of %s: %w", m.Missing, err)
	}
	for _, l := range looks { // newest first
		switch {
		case l.URL != x.sources[m.Missing].URL || l.At.After(m.Until):
		case l.Verdict.Good():
			m.Good++
		default:
			if m.Failed++; m.Failed == 1 {
				m.Detail = l.Detail
			}
		}
	}
	m.Cause = MissUnseen
	switch {
	case m.Good == 0:
		m.Cause = MissUnread
	case slices.ContainsFunc(other.Gaps, func(g kaisei.Gap) bool {
		return g.Filled.IsZero() && g.From.Before(m.Until) && g.To.After(m.Since.Add(-24*time.Hour))
	}):
		m.Cause = MissRolled
	}
	if m.Cause != MissUnread {
		m.Detail = ""
	}
	return nil
}

// Untold returns what of a cross-check operators were not told and should be.
func (c CrossCheck) Untold() CrossCheck {
	out := CrossCheck{At: c.At}
	for _, m := range c.Misses {
		if m.Told.IsZero() && !m.Held {
			out.Misses = append(out.Misses, m)
		}
	}
	for _, p := range c.Pairs {
		if p.Apart && p.Told.IsZero() {
			out.Pairs = append(out.Pairs, p)
		}
	}
	for _, g := range c.Gaps {
		if g.Filled.IsZero() && g.Told.IsZero() && (g.Tries == 0 || g.Tries >= GapTries) {
			out.Gaps = append(out.Gaps, g)
		}
	}
	return out
}

// Empty reports whether there is nothing in it.
func (c CrossCheck) Empty() bool { return len(c.Misses)+len(c.Pairs)+len(c.Gaps) == 0 }

// Reconcile tells operators, once and in one notice, what some list showed and another never did, and what
// feeds may have lost. It returns what it told.
func (w *Watcher) Reconcile(ctx context.Context) (CrossCheck, error) {
	all, err := Compare(w.Store, w.Catalog.Sources(), w.now())
	if err != nil {
		return CrossCheck{}, err
	}
	news := all.Untold()
	apart := map[string]Pair{}
	for _, p := range all.Pairs {
		if !p.Apart && !p.Told.IsZero() {
			apart[p.Shown+" "+p.Expected] = p // they agree again, so that the next time is news
		}
	}
	if news.Empty() && len(apart) == 0 {
		return news, nil
	}
	if !news.Empty() && w.Missed != nil && w.Enqueue != nil {
		d, err := w.Missed(news)
		if err != nil {
			return news, fmt.Errorf("write the notice on what lists missed: %w", err)
		}
		if len(d) > 0 {
			if err := w.Enqueue(d, nil); err != nil {
				return news, fmt.Errorf("keep the notice on what lists missed: %w", err)
			}
			if w.Committed != nil {
				w.Committed()
			}
		}
	}
	return news, w.markTold(ctx, news, apart)
}

// markTold remembers what operators were told. It holds each source, or a look that ends in the meantime
// would be undone.
func (w *Watcher) markTold(ctx context.Context, news CrossCheck, again map[string]Pair) error {
	marks := map[string][]func(s *kaisei.Sightings){}
	for _, m := range news.Misses {
		marks[m.ShownBy] = append(marks[m.ShownBy], func(s *kaisei.Sightings) {
			for i := range s.Items {
				if it := &s.Items[i]; it.Document == m.Document && it.First.Equal(m.Since) {
					if it.Missed == nil {
						it.Missed = map[string]time.Time{}
					}
					it.Missed[m.Missing] = news.At
				}
			}
		})
	}
	for _, p := range news.Pairs {
		marks[p.Shown] = append(marks[p.Shown], func(s *kaisei.Sightings) {
			if s.Apart == nil {
				s.Apart = map[string]time.Time{}
			}
			s.Apart[p.Expected] = news.At
		})
	}
	for _, p := range again {
		marks[p.Shown] = append(marks[p.Shown], func(s *kaisei.Sightings) { delete(s.Apart, p.Expected) })
	}
	for _, g := range news.Gaps {
		marks[g.Source] = append(marks[g.Source], func(s *kaisei.Sightings) {
			for i := range s.Gaps {
				if s.Gaps[i].To.Equal(g.To) {
					s.Gaps[i].Told = news.At
				}
			}
		})
	}
	for id, list := range marks {
		if err := w.mark(ctx, id, list); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watcher) mark(ctx context.Context, id string, marks []func(s *kaisei.Sightings)) error {
	release, err := w.hold(ctx, id)
	if err != nil {
		return err
	}
	defer release()
	s, err := w.Store.Sightings(id)
	if err != nil {
		return fmt.Errorf("read what %s showed: %w", id, err)
	}
	for _, m := range marks {
		m(&s)
	}
	if err := w.Store.SaveSightings(s); err != nil {
		return fmt.Errorf("keep what was told of %s: %w", id, err)
	}
	return nil
}
