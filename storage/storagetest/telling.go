package storagetest

import (
	"fmt"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func deliveriesOnce(t *testing.T, s Store) {
	d := delivery("alert/slack/a@2", at(0))
	must(t, s.Enqueue([]kaisei.Delivery{d, d}, nil))
	d.State, d.Receipt, d.SentAt = kaisei.DeliverySent, "1774933443.000100", at(1)
	must(t, s.SaveDelivery(d))
	again := delivery(d.ID, at(time.Hour))
	must(t, s.Enqueue([]kaisei.Delivery{again}, nil))
	_, err := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: "a"}, Deliveries: []kaisei.Delivery{again}})
	must(t, err)
	got, ok, err := s.Delivery(d.ID)
	if !ok || err != nil {
		t.Fatalf("delivery: %v, %v", ok, err)
	}
	want(t, "delivery", got, d)
	ds, err := s.Deliveries("", 0)
	must(t, err)
	want(t, "deliveries", ds, []kaisei.Delivery{d})
	if _, ok, err := s.Delivery("none"); ok || err != nil {
		t.Errorf("a delivery never made: %v, %v", ok, err)
	}
	d.State = "lost"
	if err := s.SaveDelivery(d); err == nil {
		t.Error("an unknown state was accepted")
	}
}

func dueOrder(t *testing.T, s Store) {
	if _, ok, err := s.NextDue(); ok || err != nil {
		t.Fatalf("next due of an empty outbox: %v, %v", ok, err)
	}
	for _, n := range []int{5, 2, 9, 1, 7, 3} {
		must(t, s.SaveDelivery(delivery(fmt.Sprint(n), at(time.Duration(n)))))
	}
	must(t, s.SaveDelivery(delivery("never set", time.Time{})))
	must(t, s.SaveDelivery(delivery("2 too", at(2))))
	for _, q := range []struct {
		now   time.Time
		limit int
		ids   []string
	}{
		{at(5), 0, []string{"never set", "1", "2", "2 too", "3", "5"}},
		{at(5), 2, []string{"never set", "1"}},
		{at(0), 0, []string{"never set"}},
		{at(time.Hour), 0, []string{"never set", "1", "2", "2 too", "3", "5", "7", "9"}},
	} {
		ds, err := s.Due(q.now, q.limit)
		must(t, err)
		var ids []string
		for _, d := range ds {
			ids = append(ids, d.ID)
		}
		want(t, fmt.Sprintf("due %+v", q), ids, q.ids)
	}
	next, ok, err := s.NextDue()
	if !ok || err != nil || !next.IsZero() {
		t.Errorf("next due: %v, %v, %v", next, ok, err)
	}
}

func settle(t *testing.T, s Store) {
	d := delivery("a", at(0))
	must(t, s.SaveDelivery(d))
	d.Due, d.Attempts, d.LastError = at(time.Hour), 1, "timeout"
	must(t, s.SaveDelivery(d))
	if ds, _ := s.Due(at(0), 0); len(ds) != 0 {
		t.Error("it is due at the old time")
	}
	next, _, err := s.NextDue()
	must(t, err)
	want(t, "next due", next, at(time.Hour))
	for _, state := range []kaisei.DeliveryState{
		kaisei.DeliverySent, kaisei.DeliveryDead, kaisei.DeliveryDue, kaisei.DeliveryGrouped, kaisei.DeliveryDue, kaisei.DeliveryDropped, kaisei.DeliveryDead,
	} {
		d.State = state
		must(t, s.SaveDelivery(d))
		ds, err := s.Due(at(time.Hour), 0)
		must(t, err)
		want(t, "due when "+string(state), len(ds) == 1, state == kaisei.DeliveryDue)
		st, err := s.Stats()
		must(t, err)
		want(t, "counted when "+string(state), [2]bool{st.Due == 1, st.Dead == 1}, [2]bool{state == kaisei.DeliveryDue, state == kaisei.DeliveryDead})
	}
}

func deliveriesList(t *testing.T, s Store) {
	states := []kaisei.DeliveryState{kaisei.DeliverySent, kaisei.DeliveryDead, kaisei.DeliveryDue}
	for n := range 30 {
		d := delivery(fmt.Sprint(n), at(time.Duration(-n)))
		must(t, s.SaveDelivery(d))
		d.State = states[n%3]
		must(t, s.SaveDelivery(d))
	}
	for _, state := range append(states, "") {
		for _, limit := range []int{0, 4} {
			var expect []string
			for n := 29; n >= 0; n-- {
				if (state == "" || states[n%3] == state) && (limit == 0 || len(expect) < limit) {
					expect = append(expect, fmt.Sprint(n))
				}
			}
			ds, err := s.Deliveries(state, limit)
			must(t, err)
			var ids []string
			for _, d := range ds {
				ids = append(ids, d.ID)
			}
			want(t, fmt.Sprintf("%d deliveries %q", limit, state), ids, expect)
		}
	}
}

func enqueue(t *testing.T, s Store) {
	if _, ok, err := s.Mark("digest"); ok || err != nil {
		t.Fatalf("a mark never set: %v, %v", ok, err)
	}
	must(t, s.Enqueue([]kaisei.Delivery{delivery("digest/mail/1-5", at(0))}, map[string]string{"digest": "5", "cron/weekly": "x"}))
	if err := s.Enqueue([]kaisei.Delivery{delivery("digest/mail/6-9", at(0)), delivery("", at(0))}, map[string]string{"digest": "9"}); err == nil {
		t.Fatal("a delivery without an ID was accepted")
	}
	value, ok, err := s.Mark("digest")
	if !ok || err != nil {
		t.Fatalf("mark: %v, %v", ok, err)
	}
	want(t, "mark", value, "5")
	if _, ok, _ := s.Delivery("digest/mail/6-9"); ok {
		t.Error("half of a refused digest is there")
	}
	must(t, s.SetMark("digest", ""))
	value, ok, err = s.Mark("digest")
	if value != "" || !ok || err != nil {
		t.Errorf("an empty mark: %q, %v, %v", value, ok, err)
	}
	if err := s.SetMark("", "x"); err == nil {
		t.Error("a mark without a name was accepted")
	}
}

func together(t *testing.T, s Store) {
	one, two := delivery("one", at(0)), delivery("two", at(1))
	must(t, s.Enqueue([]kaisei.Delivery{one, two}, nil))
	one.State, one.Into, two.State, two.Into = kaisei.DeliveryGrouped, "both", kaisei.DeliveryGrouped, "both"
	both := delivery("both", at(2))
	bad := delivery("bad", at(3))
	bad.State = "lost"
	if err := s.SaveDeliveries([]kaisei.Delivery{one, both, bad}); err == nil {
		t.Fatal("an unknown state was accepted")
	}
	if _, ok, _ := s.Delivery("both"); ok {
		t.Error("half of what was refused is there")
	}
	must(t, s.SaveDeliveries(nil))
	must(t, s.SaveDeliveries([]kaisei.Delivery{both, one, two}))
	due, err := s.Due(at(9), 0)
	must(t, err)
	want(t, "due", due, []kaisei.Delivery{both})
	grouped, err := s.Deliveries(kaisei.DeliveryGrouped, 0)
	must(t, err)
	want(t, "grouped", grouped, []kaisei.Delivery{two, one})
}
