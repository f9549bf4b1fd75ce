package storagetest

import (
	"errors"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func judgements(t *testing.T, s Store) {
	save(t, s, "meti/doc", 1, at(0), "一")
	first := save(t, s, "meti/doc", 2, at(time.Hour), "二")
	second := save(t, s, "meti/doc", 3, at(2*time.Hour), "三")
	deliveries, err := s.Deliveries("", 0)
	must(t, err)
	j := func(c kaisei.Change, when time.Time, class kaisei.Class) kaisei.Judgement {
		out := c.Judgement()
		out.At, out.Class, out.Rules = when, class, "abc"
		return out
	}
	made, err := s.Rejudge([]kaisei.Judgement{
		j(second, at(3*time.Hour), kaisei.ClassCorrected), j(first, at(3*time.Hour), kaisei.ClassNewVersion),
	}, nil)
	must(t, err)
	again, err := s.Rejudge([]kaisei.Judgement{j(second, at(4*time.Hour).In(kaisei.JST), kaisei.ClassRepealed)}, nil)
	must(t, err)
	if made[0].Number != 1 || made[1].Number != 2 || again[0].Number != 3 {
		t.Errorf("numbers %d, %d, %d", made[0].Number, made[1].Number, again[0].Number)
	}
	for change, expected := range map[string][]kaisei.Judgement{
		first.ID: {made[1]}, second.ID: {made[0], again[0]}, "": {made[1], made[0], again[0]}, "meti/doc@1": nil, "nothing": nil,
	} {
		got, err := s.Judgements(change)
		must(t, err)
		want(t, "judgements of "+change, got, expected)
	}
	if z := again[0].At.Location(); z != time.UTC {
		t.Errorf("judged in the zone %s", z)
	}
	// The change is as it was told, nothing counts as a new change, and nobody is told.
	got, ok, err := s.Change(second.ID)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	want(t, "change", got, second)
	if n, err := s.LastNumber(); n != second.Number || err != nil {
		t.Errorf("last number %d, %v", n, err)
	}
	after, err := s.Deliveries("", 0)
	must(t, err)
	want(t, "deliveries", after, deliveries)
}

func judgementRefused(t *testing.T, s Store) {
	save(t, s, "meti/doc", 1, at(0), "一")
	c := save(t, s, "meti/doc", 2, at(time.Hour), "二")
	_, err := s.Rejudge([]kaisei.Judgement{c.Judgement(), {Change: "meti/doc@3"}}, nil)
	if !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("a judgement of no change: %v", err)
	}
	if js, err := s.Judgements(""); len(js) != 0 || err != nil {
		t.Errorf("judgements: %v, %v", js, err)
	}
	correction := kaisei.Delivery{ID: "correction/ops/meti/doc@2/x", Channel: "ops", Kind: kaisei.DeliveryCorrection, Changes: []string{c.ID}, Due: at(0), Created: at(0), State: kaisei.DeliveryDue}
	if _, err := s.Rejudge([]kaisei.Judgement{{Change: "meti/doc@3"}}, []kaisei.Delivery{correction}); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("a correction of no change: %v", err)
	}
	if _, ok, err := s.Delivery(correction.ID); ok || err != nil {
		t.Errorf("a correction was kept without its judgement: %v", err)
	}
	made, err := s.Rejudge([]kaisei.Judgement{c.Judgement()}, []kaisei.Delivery{correction})
	must(t, err)
	if _, ok, err := s.Delivery(correction.ID); !ok || err != nil {
		t.Errorf("a correction was lost: %v", err)
	}
	want(t, "number after a refusal", made[0].Number, uint64(1))
}
