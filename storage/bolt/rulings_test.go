package bolt

import (
	"testing"

	"kaisei/internal/kaisei"
)

func TestRulingsOutliveACompaction(t *testing.T) {
	db := fresh(t)
	for range 3 {
		_, err := db.Rule(kaisei.RulingCommit{Ruling: kaisei.Ruling{Action: kaisei.RuleConfirm, Document: "a/b"}})
		must(t, err)
	}
	path := db.Path()
	must(t, db.Close())
	_, _, err := CompactInPlace(path)
	must(t, err)
	db, err = Open(path, Options{NoSync: true})
	must(t, err)
	defer db.Close()
	rs, err := db.Rulings("a/b")
	if len(rs) != 3 || err != nil {
		t.Errorf("%v, %v", rs, err)
	}
	must(t, db.Check())
	next, err := db.Rule(kaisei.RulingCommit{Ruling: kaisei.Ruling{Action: kaisei.RuleConfirm, Document: "a/b"}})
	if next.Ruling.Number != 4 || err != nil {
		t.Errorf("the next ruling has the number %d: %v", next.Ruling.Number, err)
	}
}
