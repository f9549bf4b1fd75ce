package notify

import (
	"slices"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/storage/bolt"
)

// reply stores an answer of a change.
func reply(t *testing.T, db *bolt.DB, change string, action kaisei.AnswerAction, by string, at time.Time) kaisei.Answer {
	t.Helper()
	a, recorded, err := db.Answer(kaisei.Answer{Change: change, Action: action, By: by, Via: kaisei.AnsweredByCommand, At: at})
	if err != nil || !recorded {
		t.Fatalf("%s by %s: recorded %v, %v", action, by, recorded, err)
	}
	return a
}

func TestWhatWasToldSinceAnswersCanBeGivenWaitsForOne(t *testing.T) {
	db := openStore(t)
	mild, quiet := example(4), example(5)
	mild.Severity, quiet.Quiet = kaisei.Medium, "reissued"
	for _, c := range []kaisei.Change{example(1), example(2), example(3), mild, quiet, example(6)} {
		commit(t, db, c)
	}
	// The first two are from before.
	if err := db.SetMark(kaisei.MarkUnanswered, "2"); err != nil {
		t.Fatal(err)
	}
	reply(t, db, example(2).ID, kaisei.AnswerAcknowledge, "山田", monday())
	reply(t, db, example(3).ID, kaisei.AnswerAcknowledge, "山田", monday())
	reply(t, db, example(3).ID, kaisei.AnswerReopen, "鈴木", monday())
	list, err := Await(db, kaisei.ChangeQuery{MinSeverity: AwaitSeverity})
	if err != nil {
		t.Fatal(err)
	}
	var all, open []string
	for _, x := range list {
		all = append(all, x.Change.ID)
		if x.Open() {
			open = append(open, x.Change.ID)
		}
		if x.Change.Edits != nil {
			t.Errorf("%s keeps its edits", x.Change.ID)
		}
	}
	if want := []string{example(2).ID, example(3).ID, example(6).ID}; !slices.Equal(all, want) {
		t.Errorf("awaited were %q, want %q", all, want)
	}
	if want := []string{example(3).ID, example(6).ID}; !slices.Equal(open, want) {
		t.Errorf("open are %q, want %q", open, want)
	}
	if n := len(list[1].Answers); n != 2 {
		t.Errorf("the reopened change has %d answers", n)
	}
	if list, err = Await(db, kaisei.ChangeQuery{First: 4, Last: 5}); len(list) != 1 || list[0].Change.ID != mild.ID || err != nil {
		t.Errorf("between two numbers: %+v, %v", list, err)
	}
}

func TestADigestNamesWhatNobodyAnsweredAndTheAnswersToWhatItTells(t *testing.T) {
	db := openStore(t)
	start := monday().AddDate(0, 0, -6)
	seen := func(n int, severity kaisei.Severity, after time.Duration) kaisei.Change {
		c := example(n)
		c.Severity, c.SeenAt = severity, start.Add(after)
		return commit(t, db, c)
	}
	p := &DigestPlanner{Queue: db, Channels: []Channel{{Name: "legal", Digest: Rhythm{Cadence: Weekly}}, {Name: "laws", Digest: Rhythm{Cadence: Weekly}, Layers: []kaisei.Layer{kaisei.LayerLaw}}}}
	plan(t, p, start)
	answered, assigned := seen(1, kaisei.High, time.Hour), seen(2, kaisei.Medium, 2*time.Hour)
	late, severe, reopened := seen(3, kaisei.High, 3*time.Hour), seen(4, kaisei.Critical, 4*time.Hour), seen(5, kaisei.High, time.Hour)
	reply(t, db, answered.ID, kaisei.AnswerAcknowledge, "山田", start.Add(5*time.Hour))
	reply(t, db, assigned.ID, kaisei.AnswerNotRelevant, "鈴木", start.Add(5*time.Hour))
	reply(t, db, reopened.ID, kaisei.AnswerAcknowledge, "山田", start.Add(5*time.Hour))
	back := reply(t, db, reopened.ID, kaisei.AnswerReopen, "鈴木", start.Add(6*time.Hour))
	plan(t, p, monday().Add(2*time.Hour))
	// What happens after it was planned changes nothing.
	reply(t, db, late.ID, kaisei.AnswerAcknowledge, "山田", monday().Add(3*time.Hour))
	ds := digests(t, db)
	if len(ds) != 2 {
		t.Fatalf("planned %+v", ds)
	}
	d, err := digestData(db, ds[0])
	if err != nil {
		t.Fatal(err)
	}
	var waiting []string
	for _, w := range d.Waiting {
		waiting = append(waiting, w.Change)
	}
	if want := []string{severe.ID, late.ID, reopened.ID}; !slices.Equal(waiting, want) || !d.Waiting[2].Since.Equal(back.At) {
		t.Errorf("waiting are %q since %s, want %q", waiting, d.Waiting[2].Since, want)
	}
	if len(d.Answers) != 3 || d.Answers[answered.ID].By != "山田" || d.Answers[reopened.ID].Action != kaisei.AnswerReopen {
		t.Errorf("the answers are %+v", d.Answers)
	}
	if d, err = digestData(db, ds[1]); err != nil || len(d.Waiting) != 0 {
		t.Errorf("a channel that asks for laws is told that %+v waits, %v", d.Waiting, err)
	}
}

func TestADigestCountsWhatItCannotNameOfTheUnanswered(t *testing.T) {
	db := openStore(t)
	for n := range render.DigestWaiting + 2 {
		commit(t, db, example(n+1))
	}
	d, err := (&DigestPlanner{Queue: db}).Preview(Channel{}, monday().AddDate(0, 0, -1), monday().AddDate(0, 0, 1))
	if err != nil || len(d.Waiting) != render.DigestWaiting || d.WaitingMore != 2 {
		t.Errorf("%d named, %d counted, %v", len(d.Waiting), d.WaitingMore, err)
	}
}
