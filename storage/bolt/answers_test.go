package bolt

import (
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestAnswersOutliveACompaction(t *testing.T) {
	db := fresh(t)
	_, err := db.Commit(kaisei.Commit{Change: &kaisei.Change{ID: "alone", Source: "a", Document: "a/b", SeenAt: time.Unix(1, 0)}})
	must(t, err)
	for _, by := range []string{"山田", "鈴木"} {
		_, _, err := db.Answer(kaisei.Answer{Change: "alone", Action: kaisei.AnswerAcknowledge, By: by})
		must(t, err)
	}
	path := db.Path()
	must(t, db.Close())
	_, _, err = CompactInPlace(path)
	must(t, err)
	db, err = Open(path, Options{NoSync: true})
	must(t, err)
	defer db.Close()
	as, err := db.Answers("alone", time.Time{})
	if len(as) != 2 || err != nil {
		t.Errorf("%v, %v", as, err)
	}
	must(t, db.Check())
	next, _, err := db.Answer(kaisei.Answer{Change: "alone", Action: kaisei.AnswerReopen, By: "山田"})
	if next.Number != 3 || err != nil {
		t.Errorf("the next answer has the number %d: %v", next.Number, err)
	}
}
