package storagetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kaisei/internal/kaisei"
)

// quietLooks holds that what waits to be written is read as if it were written.
func quietLooks(t *testing.T, s Store) {
	before := kaisei.Look{Source: "a", URL: "u", At: at(0), Verdict: kaisei.VerdictFirst}
	_, err := s.Commit(kaisei.Commit{Look: before, Seen: &kaisei.Seen{URL: "u", ETag: `"1"`, At: at(0)}})
	must(t, err)
	same := kaisei.Look{Source: "a", URL: "u", At: at(time.Hour), Verdict: kaisei.VerdictNotModified, Status: 304}
	must(t, s.CommitQuiet(kaisei.Commit{Look: same, Seen: &kaisei.Seen{ETag: `"2"`, At: at(time.Hour)}}))
	must(t, s.SavePollQuiet(kaisei.Poll{Source: "a", Looks: 2}))
	check := func(when string) {
		t.Helper()
		seen, ok, err := s.Seen("a", "u")
		if want := (kaisei.Seen{URL: "u", ETag: `"2"`, At: at(time.Hour)}); !ok || err != nil || !cmp.Equal(seen, want, cmpopts.EquateEmpty()) {
			t.Errorf("%s: seen %+v, %v, %v", when, seen, ok, err)
		}
		if p, ok, err := s.Poll("a"); !ok || err != nil || p.Looks != 2 {
			t.Errorf("%s: poll %+v, %v, %v", when, p, ok, err)
		}
	}
	check("before the flush")
	must(t, s.Flush())
	check("after the flush")
	must(t, s.CommitQuiet(kaisei.Commit{Look: kaisei.Look{Source: "b", At: at(2 * time.Hour)}}))
	must(t, s.SavePollQuiet(kaisei.Poll{Source: "b"}))
	if ps, err := s.Polls(); err != nil || len(ps) != 2 {
		t.Errorf("polls: %v, %v", ps, err)
	}
	must(t, s.CommitQuiet(kaisei.Commit{Look: kaisei.Look{Source: "a", At: at(3 * time.Hour)}}))
	if st, err := s.Stats(); err != nil || st.Looks != 4 {
		t.Errorf("the store counts %d looks of 4: %v", st.Looks, err)
	}
	// What is written after a quiet look stands after it in the ledger.
	must(t, s.CommitQuiet(kaisei.Commit{Look: kaisei.Look{Source: "a", At: at(4 * time.Hour), Detail: "quiet"}}))
	must(t, s.AppendLook(kaisei.Look{Source: "a", At: at(4 * time.Hour), Detail: "loud"}))
	must(t, s.CommitQuiet(kaisei.Commit{Look: kaisei.Look{Source: "a", At: at(5 * time.Hour)}}))
	got, err := s.Looks("a", time.Time{}, 0)
	must(t, err)
	var details []string
	for _, l := range got {
		details = append(details, l.At.Sub(start()).String()+l.Detail)
	}
	if diff := cmp.Diff([]string{"5h0m0s", "4h0m0sloud", "4h0m0squiet", "3h0m0s", "1h0m0s", "0s"}, details); diff != "" {
		t.Errorf("looks (-want +got):\n%s", diff)
	}
}

// quietRefused holds that what must not be lost is not taken as quiet.
func quietRefused(t *testing.T, s Store) {
	look := kaisei.Look{Source: "a", URL: "u", At: at(0)}
	for name, c := range map[string]kaisei.Commit{
		"a version":           {Look: look, Version: &kaisei.Version{Document: "a/b", Seq: 1}},
		"a change":            {Look: look, Change: &kaisei.Change{ID: "x"}},
		"a delivery":          {Look: look, Deliveries: []kaisei.Delivery{{ID: "d"}}},
		"a body that ends":    {Look: look, Drop: kaisei.Hash(nil)},
		"a look at no source": {Look: kaisei.Look{URL: "u"}},
		"no address":          {Look: kaisei.Look{Source: "a"}, Seen: &kaisei.Seen{}},
	} {
		if err := s.CommitQuiet(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := s.SavePollQuiet(kaisei.Poll{}); err == nil {
		t.Error("a schedule state of no source was taken")
	}
	must(t, s.Flush())
	if ls, err := s.Looks("", time.Time{}, 0); err != nil || len(ls) != 0 {
		t.Errorf("refused looks left %v, %v", ls, err)
	}
}
