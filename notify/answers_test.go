package notify

import (
	"slices"
	"testing"
	"time"

	"kaisei/internal/kaisei"
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
