package notify

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

var errKilled = errors.New("killed")

// mortal is a store whose process is killed now and then, just before or just after a writing.
type mortal struct {
	*bolt.DB
	dies func(step string) bool
}

func (m mortal) Enqueue(ds []kaisei.Delivery, marks map[string]string) error {
	if m.dies(fmt.Sprint("before ", marks)) {
		return errKilled
	}
	if err := m.DB.Enqueue(ds, marks); err != nil {
		return err
	}
	if m.dies(fmt.Sprint("after ", marks)) {
		return errKilled
	}
	return nil
}

// SaveDelivery is where what was sent is settled: who is killed before it sends again.
func (m mortal) SaveDelivery(d kaisei.Delivery) error {
	if m.dies(fmt.Sprint("settle ", d.ID, d.Attempts)) {
		return errKilled
	}
	return m.DB.SaveDelivery(d)
}

// years is the life of a daemon with groups of every rhythm.
type years struct {
	t      *testing.T
	db     *bolt.DB
	queue  Queue
	groups []Channel
	told   map[string]*record
	rand   *rand.Rand
	now    time.Time
	kills  int
	// want are the changes that each group is to be told of.
	want map[string][]string

	mu    sync.Mutex
	seed  uint64
	tries map[string]int
	peace bool
}

// chance decides one in n by the seed, by what it is about and by how often that was asked: the order in
// which channels send does not matter.
func (y *years) chance(what string, n uint64) bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.tries[what]++; y.peace {
		return false
	}
	h := fnv.New64a()
	fmt.Fprint(h, what, y.tries[what])
	return rand.New(rand.NewPCG(y.seed, h.Sum64())).Uint64N(n) == 0
}

// turn plans and sends what is due; after a kill it is a new daemon that does.
func (y *years) turn() {
	y.t.Helper()
	senders := map[string]Sender{}
	for name, ch := range y.told {
		senders[name] = ch
	}
	o := &Outbox{Queue: y.queue, Senders: senders, Now: func() time.Time { return y.now }}
	p := &DigestPlanner{Queue: y.queue, Channels: y.groups}
	err := p.Plan(y.now)
	if err == nil {
		_, err = o.Flush(y.t.Context())
	}
	switch {
	case errors.Is(err, errKilled):
		y.kills++
	case err != nil:
		y.t.Fatal(err)
	}
}

// find stores a change, and notes for whom it is.
func (y *years) find(n int) {
	c := example(n)
	c.SeenAt = y.now.UTC()
	c.Layer = kaisei.Layers()[y.rand.IntN(3)]
	c.Severity = kaisei.Severities()[y.rand.IntN(5)]
	if y.rand.IntN(5) == 0 {
		c.Quiet = "reissued"
	}
	commit(y.t, y.db, c)
	for _, g := range y.groups {
		if c.Quiet == "" && g.matches(c) {
			y.want[g.Name] = append(y.want[g.Name], c.ID)
		}
	}
}

// live passes months: on for hours to days, off for hours to weeks; then a month in peace.
func (y *years) live(months int) {
	end := y.now.AddDate(0, months, 0)
	for n := 0; y.now.Before(end); {
		for range 1 + y.rand.IntN(60) {
			y.turn()
			y.now = y.now.Add(time.Duration(y.rand.IntN(300)) * time.Minute)
			if y.rand.IntN(5) == 0 {
				y.find(n)
				n++
			}
		}
		if y.rand.IntN(3) == 0 {
			y.now = y.now.Add(time.Duration(y.rand.IntN(21*24)) * time.Hour)
		}
	}
	y.peace = true
	for range 35 * 4 {
		y.now = y.now.Add(6 * time.Hour)
		y.turn()
	}
}

// check holds what one group was told to what it should have been: every change in one digest, periods that
// meet, each due instant in one of them, on the days that its rhythm allows.
func (y *years) check(g Channel, start time.Time) (digests, repeats, holidays int) {
	y.t.Helper()
	bad := func(format string, args ...any) {
		y.t.Helper()
		y.t.Errorf("seed %d, "+g.Name+": "+format, append([]any{y.seed}, args...)...)
	}
	first := map[string]string{}
	in := map[string]string{}
	covered, until := 0, g.Digest.Last(start)
	for _, m := range y.told[g.Name].told {
		said := fmt.Sprint(*m.Digest)
		if before, ok := first[m.Delivery.ID]; ok {
			if repeats++; before != said {
				bad("%s says something else when it is repeated", m.Delivery.ID)
			}
			continue
		}
		first[m.Delivery.ID] = said
		for _, c := range m.Digest.Changes {
			if in[c.ID] != "" {
				bad("%s is in %s and in %s", c.ID, in[c.ID], m.Delivery.ID)
			}
			in[c.ID] = m.Delivery.ID
		}
		if !m.Digest.Since.Equal(until) {
			bad("%s begins at %s, want %s", m.Delivery.ID, m.Digest.Since, until)
		}
		until = m.Digest.Until
		covered += 1 + m.Digest.Missed
		day, err := kaisei.ParseDate(strings.Split(m.Delivery.ID, "/")[2])
		if due := g.Digest.Last(day.Start().AddDate(0, 0, 1)); err != nil || kaisei.DateOf(due) != day || due.In(kaisei.JST).Hour() != 9 || until.Before(due) {
			bad("%s until %s, %v", m.Delivery.ID, until, err)
		}
		if _, off := calendar.Holiday(day); off {
			holidays++
		}
		if g.Digest.Cadence == Weekly && !g.Digest.Business && day.Start().Weekday() != time.Monday {
			bad("%s is on no Monday", m.Delivery.ID)
		}
	}
	var due int
	for t := g.Digest.Last(y.now); t.After(g.Digest.Last(start)); t = g.Digest.Last(t.Add(-1)) {
		due++
	}
	if covered != due {
		bad("%d instants are covered, %d were due", covered, due)
	}
	for _, id := range y.want[g.Name] {
		if in[id] == "" {
			bad("%s is in no digest", id)
		}
	}
	if len(in) != len(y.want[g.Name]) {
		bad("%d changes were told, want %d", len(in), len(y.want[g.Name]))
	}
	return len(first), repeats, holidays
}

func TestInTwoYearsOfDowntimeAndKillsEveryChangeIsInOneDigestOfEachGroup(t *testing.T) {
	seeds, months := []uint64{1, 2}, 24
	if testing.Short() {
		seeds, months = seeds[:1], 6 // the race detector takes ten times as long
	}
	for _, seed := range seeds {
		y := &years{
			t: t, db: openStore(t), rand: rand.New(rand.NewPCG(seed, 7)), seed: seed, now: monday(),
			told: map[string]*record{}, want: map[string][]string{}, tries: map[string]int{},
		}
		y.queue = mortal{y.db, func(step string) bool { return y.chance(step, 20) }}
		for _, cadence := range []Cadence{Daily, Weekly, Monthly} {
			for _, business := range []bool{false, true} {
				g := Channel{Name: string(cadence) + "-keep", Digest: Rhythm{cadence, business}}
				if business {
					g.Name, g.MinSeverity = string(cadence)+"-business", kaisei.Medium
				}
				if cadence == Monthly {
					g.Layers = []kaisei.Layer{kaisei.LayerLaw, kaisei.LayerOrder}
				}
				y.groups = append(y.groups, g)
				y.told[g.Name] = &record{answer: func(_ int, m Message) error {
					if y.chance("send "+m.Delivery.ID, 4) {
						return failf(Temporary, "the mail server is down")
					}
					return nil
				}}
			}
		}
		start := y.now
		plan(t, &DigestPlanner{Queue: y.db, Channels: y.groups}, start) // from here on they count
		y.live(months)
		least := map[Cadence]int{Daily: 200, Weekly: 50, Monthly: 15}
		repeats := 0
		for _, g := range y.groups {
			digests, again, holidays := y.check(g, start)
			repeats += again
			if digests < least[g.Digest.Cadence]*months/24 || len(y.want[g.Name]) < 30*months/24 {
				t.Errorf("seed %d, %s: only %d digests and %d changes", seed, g.Name, digests, len(y.want[g.Name]))
			}
			// Of the firsts of a month only New Year's Day is a holiday.
			if whole := months == 24 || g.Digest.Cadence != Monthly; g.Digest.Business && holidays > 0 || !g.Digest.Business && whole && holidays == 0 {
				t.Errorf("seed %d, %s: %d digests on holidays", seed, g.Name, holidays)
			}
			t.Logf("seed %d, %s: %d changes in %d digests, %d sent again, %d on holidays", seed, g.Name, len(y.want[g.Name]), digests, again, holidays)
		}
		if y.kills < 20*months/24 || repeats < 5*months/24 {
			t.Errorf("seed %d: %d kills, %d repeats", seed, y.kills, repeats)
		}
	}
}

func TestTheDigestAfterDowntimeSaysWhichItMakesUpFor(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: []Channel{{Name: "daily", Digest: Rhythm{Daily, true}}, {Name: "monthly", Digest: Rhythm{Monthly, false}}}}
	plan(t, p, monday())
	c := commit(t, db, example(1))
	plan(t, p, monday().AddDate(0, 2, 0).Add(time.Hour)) // Saturday 2026-06-06: until Friday
	got := map[string]int{}
	for _, d := range digests(t, db) {
		data, err := digestData(db, d)
		if err != nil {
			t.Fatal(err)
		}
		got[d.ID] = data.Missed
		if !slices.Equal(d.Changes, []string{c.ID}) {
			t.Errorf("%s tells %q", d.ID, d.Changes)
		}
	}
	// Of the days, the 40 business days from 04-06 to 06-04; of the months, May.
	if want := map[string]int{"digest/daily/2026-06-05/1-1": 40, "digest/monthly/2026-06-01/1-1": 1}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
