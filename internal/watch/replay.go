package watch

import (
	"context"
	"fmt"
	"sort"
	"time"

	"kaisei/internal/kaisei"
)

// Archived is one answer in an archive.
type Archived struct {
	URL    string
	At     time.Time
	Status int
}

// Replay walks an archive in the order of its time. At each moment at which it holds a
// new answer, the sources that ask for that address are looked at, and see the web as
// the archive held it then: what it does not hold yet is a failed look and never a
// removal, so that a page, the report it leads to and the document that leads to,
// captured minutes apart, are found at the moment the last of them is there.
type Replay struct {
	// Watcher's Fetch answers as of the time given to Set, and its Now returns that time.
	Watcher *Watcher
	// Records in time order.
	Records []Archived
	// Set moves the virtual clock.
	Set func(t time.Time)
	// Until, where set, is how long time passes after the last record: what falls due is told.
	Until time.Time
	// Key makes spellings of one address equal, as the archive does.
	Key func(url string) string
	// Adopt returns a source for an address captured at least twice that no source asks for,
	// or false. Nil adopts nothing.
	Adopt func(url string) (kaisei.Source, bool)
	// Passed is called whenever time came to an instant, after what time makes was told, and returns when it
	// wants to be called next; the zero time leaves that to the replay. It may be nil.
	Passed func(now time.Time) (next time.Time, err error)
	// Progress is called after each moment with the number of records done. It may be nil.
	Progress func(done, total int)
}

// Summary is what a replay came to.
type Summary struct {
	Records int `json:"records"`
	Looks   int `json:"looks"`
	Failed  int `json:"failed"`
	Changes int `json:"changes"`
	Quiet   int `json:"quiet"`
	// Sources looked at, and of these the ones adopted from the archive.
	Sources int      `json:"sources"`
	Adopted []string `json:"adopted,omitempty"`
	// Unused lists addresses in the archive that nobody asked for.
	Unused []string `json:"unused,omitempty"`
}

// Run replays the archive. A source never looks back: moments at or before its last look
// in the store are passed over, so a second replay into the same store adds nothing.
func (r *Replay) Run(ctx context.Context) (Summary, error) {
	g := &asking{Getter: r.Watcher.Fetch, key: r.Key, by: map[string]map[string]bool{}}
	st := &replaying{Replay: r, w: r.Watcher.fetching(g), asked: g, sources: map[string]kaisei.Source{}, last: map[string]time.Time{},
		first: map[string]time.Time{}, looked: map[string]bool{}}
	if err := st.recall(); err != nil {
		return Summary{}, err
	}
	for i := 0; i < len(r.Records); {
		j := i
		for j < len(r.Records) && r.Records[j].At.Equal(r.Records[i].At) {
			j++
		}
		if err := st.moment(ctx, r.Records[i:j]); err != nil {
			return st.sum, err
		}
		if r.Progress != nil {
			r.Progress(j, len(r.Records))
		}
		i = j
	}
	end := r.Until
	if len(r.Records) > 0 {
		end = newest(end, r.Records[len(r.Records)-1].At)
	}
	if err := st.elapse(ctx, end); err != nil {
		return st.sum, err
	}
	return st.finish(), nil
}

type replaying struct {
	*Replay
	w       *Watcher
	asked   *asking
	sources map[string]kaisei.Source
	// last is each source's last look; first the first capture of an address nobody asks for.
	last   map[string]time.Time
	first  map[string]time.Time
	looked map[string]bool
	sum    Summary
}

// recall learns from the catalogue and the ledger who asks for which address.
func (r *replaying) recall() error {
	for _, s := range r.w.Catalog.Sources() {
		if s.Disabled == "" {
			r.sources[s.ID] = s
			r.asked.note(s.ID, s.URL)
		}
	}
	polls, err := r.w.Store.Polls()
	if err != nil {
		return fmt.Errorf("read schedule states: %w", err)
	}
	for _, p := range polls {
		r.last[p.Source] = p.LastLook
		looks, err := r.w.Store.Looks(p.Source, time.Time{}, 0)
		if err != nil {
			return fmt.Errorf("read the ledger of %s: %w", p.Source, err)
		}
		for _, l := range looks {
			r.asked.note(p.Source, l.URL)
		}
	}
	return nil
}

// moment looks at every source concerned by the records of one instant.
func (r *replaying) moment(ctx context.Context, records []Archived) error {
	at := records[0].At
	if err := r.elapse(ctx, at); err != nil {
		return err
	}
	concerned := map[string]bool{}
	for _, rec := range records {
		r.sum.Records++
		askers := r.asked.askers(rec.URL)
		if len(askers) == 0 {
			id, err := r.adopt(ctx, rec)
			if err != nil {
				return err
			}
			if id != "" {
				askers = []string{id}
			}
		}
		for _, id := range askers {
			concerned[id] = true
		}
	}
	ids := make([]string, 0, len(concerned))
	for id := range concerned {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		if err := r.look(ctx, id, at); err != nil {
			return err
		}
	}
	return nil
}

// elapse lets time pass to an instant and tells what fell due on the way, each at its own time.
func (r *replaying) elapse(ctx context.Context, to time.Time) error {
	for {
		changes, next, err := r.w.Elapse(ctx)
		if err != nil {
			return fmt.Errorf("tell what fell due by %s: %w", to.Format(time.RFC3339), err)
		}
		for _, c := range changes {
			if c.Quiet != "" || c.CopyOf != "" {
				r.sum.Quiet++
				continue
			}
			r.sum.Changes++
		}
		if r.Passed != nil {
			more, err := r.Passed(r.w.now())
			if err != nil {
				return err
			}
			if next.IsZero() || (!more.IsZero() && more.Before(next)) {
				next = more
			}
		}
		if next.IsZero() || next.After(to) {
			return nil
		}
		r.Set(next)
	}
}

// adopt makes a source of an address at its second capture, and first looks at it as it
// was at the first one, which is its baseline.
func (r *replaying) adopt(ctx context.Context, rec Archived) (string, error) {
	if r.Adopt == nil || rec.Status != 200 {
		return "", nil
	}
	key := r.Key(rec.URL)
	first, again := r.first[key]
	if !again {
		r.first[key] = rec.At
		return "", nil
	}
	if first.Equal(rec.At) {
		return "", nil
	}
	s, ok := r.Adopt(rec.URL)
	if !ok {
		return "", nil
	}
	r.sources[s.ID] = s
	r.asked.note(s.ID, s.URL)
	delete(r.first, key)
	r.sum.Adopted = append(r.sum.Adopted, s.URL)
	return s.ID, r.look(ctx, s.ID, first)
}

func (r *replaying) look(ctx context.Context, id string, at time.Time) error {
	s, ok := r.sources[id]
	if !ok {
		// The ledger knows a source adopted by an earlier replay.
		if s, ok = r.readopt(id); !ok {
			return nil
		}
	}
	if !at.After(r.last[id]) {
		return nil
	}
	r.last[id] = at
	r.Set(at)
	r.asked.source = id
	report, err := r.w.Check(ctx, s, Options{All: true})
	if err != nil {
		return fmt.Errorf("replay %s at %s: %w", id, at.Format(time.RFC3339), err)
	}
	r.looked[id] = true
	r.sum.Looks += len(report.Looks)
	r.sum.Failed += len(report.Failed())
	for _, c := range report.Changes {
		if c.Quiet != "" || c.CopyOf != "" {
			r.sum.Quiet++
			continue
		}
		r.sum.Changes++
	}
	return nil
}

func (r *replaying) readopt(id string) (kaisei.Source, bool) {
	if r.Adopt == nil {
		return kaisei.Source{}, false
	}
	for url, by := range r.asked.by {
		if !by[id] {
			continue
		}
		if s, ok := r.Adopt(url); ok && s.ID == id {
			r.sources[id] = s
			return s, true
		}
	}
	return kaisei.Source{}, false
}

func (r *replaying) finish() Summary {
	r.sum.Sources = len(r.looked)
	unused := map[string]bool{}
	for _, rec := range r.Records {
		if len(r.asked.askers(rec.URL)) == 0 {
			unused[rec.URL] = true
		}
	}
	for u := range unused {
		r.sum.Unused = append(r.sum.Unused, u)
	}
	sort.Strings(r.sum.Unused)
	return r.sum
}

// asking remembers which source asked for which address.
type asking struct {
	Getter
	// key makes spellings of one address equal, as the archive does.
	key    func(url string) string
	source string
	by     map[string]map[string]bool
}

// Get implements Getter.
func (a *asking) Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error) {
	a.note(a.source, r.URL)
	c, err := a.Getter.Get(ctx, r)
	if err == nil && c.FinalURL != "" {
		a.note(a.source, c.FinalURL) // a redirect led there: what the archive holds of it is that source's
	}
	return c, err
}

func (a *asking) note(source, url string) {
	url = a.key(url)
	if a.by[url] == nil {
		a.by[url] = map[string]bool{}
	}
	a.by[url][source] = true
}

func (a *asking) askers(url string) []string {
	var ids []string
	for id := range a.by[a.key(url)] {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}
