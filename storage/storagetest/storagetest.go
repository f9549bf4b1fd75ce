// Package storagetest is the contract that every store of kaisei must pass: what
// the walk, the outbox and the readers rely on, stated as tests. A store's own
// tests call Run and add what is particular to it (files, locks, crashes).
package storagetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kaisei/internal/kaisei"
)

// Walk is what the walk from bytes to a committed change needs of a store.
type Walk interface {
	Latest(document string) (kaisei.Version, bool, error)
	Head(document string) (kaisei.Version, bool, error)
	Version(document string, seq int) (kaisei.Version, bool, error)
	Versions(document string) ([]kaisei.Version, error)
	Documents(prefix string) ([]kaisei.Version, error)
	SaveCapture(c kaisei.Capture, like string) error
	Body(hash string) ([]byte, error)
	Commit(c kaisei.Commit) (kaisei.Change, error)
	Twin(textHash, document string) (kaisei.Version, bool, error)
	Seen(source, url string) (kaisei.Seen, bool, error)
	Noise(source string) ([]kaisei.PageNoise, error)
	ForgetNoise(source, url string) (bool, error)
	Leads(source string) ([]kaisei.Lead, error)
	SaveLeads(l []kaisei.Lead) error
	Rule(c kaisei.RulingCommit) (kaisei.RulingCommit, error)
	Rulings(document string) ([]kaisei.Ruling, error)
	Poll(source string) (kaisei.Poll, bool, error)
	SavePoll(p kaisei.Poll) error
	CommitQuiet(c kaisei.Commit) error
	SavePollQuiet(p kaisei.Poll) error
	Flush() error
	Polls() ([]kaisei.Poll, error)
	Sightings(source string) (kaisei.Sightings, error)
	SaveSightings(s kaisei.Sightings) error
	Captures(source string) ([]kaisei.Snapshot, error)
	AppendLook(l kaisei.Look) error
	Looks(source string, since time.Time, limit int) ([]kaisei.Look, error)
}

// Outbox is what telling needs of a store.
type Outbox interface {
	Due(now time.Time, limit int) ([]kaisei.Delivery, error)
	NextDue() (time.Time, bool, error)
	Delivery(id string) (kaisei.Delivery, bool, error)
	Deliveries(state kaisei.DeliveryState, limit int) ([]kaisei.Delivery, error)
	SaveDelivery(d kaisei.Delivery) error
	SaveDeliveries(ds []kaisei.Delivery) error
	Enqueue(ds []kaisei.Delivery, marks map[string]string) error
	Mark(name string) (string, bool, error)
	SetMark(name, value string) error
}

// Ledger is what readers and operators need of a store.
type Ledger interface {
	Change(id string) (kaisei.Change, bool, error)
	Changes(q kaisei.ChangeQuery) ([]kaisei.Change, error)
	LastNumber() (uint64, error)
	Rejudge(js []kaisei.Judgement, ds []kaisei.Delivery) ([]kaisei.Judgement, error)
	Judgements(change string) ([]kaisei.Judgement, error)
	Answer(a kaisei.Answer) (stored kaisei.Answer, recorded bool, err error)
	Answers(change string, since time.Time) ([]kaisei.Answer, error)
	Standings(prefix string) ([]kaisei.Standing, error)
	Check() error
	Stats() (kaisei.StoreStats, error)
	Prune(looksBefore time.Time) (int, error)
}

// Store is a whole store.
type Store interface {
	Walk
	Outbox
	Ledger
}

// Run runs the contract; open returns an empty store, closed by the test's cleanup. After each
// part the store must pass its own check.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, part := range []struct {
		name string
		test func(t *testing.T, s Store)
	}{
		{"a version comes back as committed", versionComesBack},
		{"versions list without blocks", versionsList},
		{"A then B then A are three versions", backAndForth},
		{"a version out of sequence changes nothing", outOfSequence},
		{"a document can go and come back", goneAndBack},
		{"a long history of small amendments stays readable", longHistory},
		{"documents list by prefix", documentsList},
		{"bodies are kept once and come back", bodies},
		{"a body unlike the named one comes back", bodyUnlike},
		{"evidence without a commit changes nothing else", evidenceOnly},
		{"a commit needs its body", commitNeedsBody},
		{"a refused commit leaves nothing", refusedCommit},
		{"only an unreferenced body is dropped", drop},
		{"the listing that led to a version is kept", listingKept},
		{"a twin is the earliest other document with the text", twin},
		{"what was seen is kept per source and URL", seen},
		{"what is set aside is listed by source and forgotten by address", noise},
		{"leads replace by source and document", leads},
		{"rulings are appended with what they make", rulings},
		{"a ruling that conflicts leaves nothing", rulingRefused},
		{"judgements are appended and alter nothing", judgements},
		{"a judgement of no change leaves nothing", judgementRefused},
		{"answers are appended, each once", answers},
		{"an answer to no change leaves nothing", answerRefused},
		{"a document stands where it was last seen and told", standings},
		{"polls replace by source", polls},
		{"sightings replace by source, alone or with a look", sightings},
		{"captures of listings go with their bodies", captures},
		{"looks come newest first", looks},
		{"looks out of order come in order", looksDisorder},
		{"quiet looks are read as if they were written", quietLooks},
		{"what must not be lost is not quiet", quietRefused},
		{"looks are pruned", looksPruned},
		{"unreferenced bodies are swept", sweep},
		{"deliveries insert once", deliveriesOnce},
		{"the longest overdue comes first", dueOrder},
		{"a settled delivery is no longer due", settle},
		{"deliveries list by state", deliveriesList},
		{"a digest and its mark are one step", enqueue},
		{"deliveries are saved together or not at all", together},
		{"changes are numbered and found", changesFound},
		{"a query selects as ChangeQuery says", queries},
		{"a change can come without a version", changeAlone},
		{"times are kept to the nanosecond, in UTC", times},
		{"no field is lost", fields},
		{"IDs are any text without a zero byte", ids},
		{"goroutines commit to different documents", concurrent},
		{"goroutines race for the next version", race},
		{"the store counts what it holds", stats},
	} {
		t.Run(part.name, func(t *testing.T) {
			s := open(t)
			part.test(t, s)
			if err := s.Check(); err != nil {
				t.Errorf("check after the test: %v", err)
			}
		})
	}
}

// start is the instant at which the tests begin; it is not a round number.
func start() time.Time { return time.Date(2026, 3, 31, 5, 4, 3, 217_864_531, time.UTC) }

func at(d time.Duration) time.Time { return start().Add(d) }

// must stops the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want compares what a method returned with what it should have.
func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}
