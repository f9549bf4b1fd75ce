package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
)

// toldIn returns how often each change was told by messages, and how many messages there were of each kind.
func toldIn(ms []Message) (changes map[string]int, kinds map[string]int) {
	changes, kinds = map[string]int{}, map[string]int{}
	for _, m := range ms {
		kinds[m.Delivery.Kind]++
		all := m.Changes
		if m.Summary != nil {
			all = m.Summary.Changes
		}
		for _, c := range all {
			changes[c.ID]++
		}
	}
	return changes, kinds
}

func TestASiteThatPublishesThreeHundredFilesAnewIsToldInAFewMessagesThatNameAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := openStore(t)
		team, all := &record{}, &record{}
		o := &Outbox{Queue: db, Senders: map[string]Sender{"team": team, "all": all}}
		ctx, cancel := context.WithCancel(t.Context())
		done := run(t, o, ctx)
		n := 300
		if testing.Short() {
			n = 160
		}
		for i := range n {
			c := example(i)
			c.SeenAt = time.Now()
			if i%100 == 50 {
				c.Severity = kaisei.Critical
			}
			commit(t, db, c, "team", "all")
			o.Wake()
			time.Sleep(10 * time.Second) // the gap of METI
		}
		other := example(n)
		other.Source, other.SeenAt = "ppc/alert", time.Now()
		commit(t, db, other, "team")
		o.Wake()
		synctest.Wait()
		if last := team.last(); last.Delivery.ID != "alert/team/"+other.ID {
			t.Errorf("a change of another source waits for the flood; the last told is %s", last.Delivery.ID)
		}
		time.Sleep(FloodWait + time.Minute)
		synctest.Wait()
		cancel()
		<-done
		for name, ch := range map[string]*record{"team": team, "all": all} {
			changes, kinds := toldIn(ch.told)
			for i := range n {
				if c := example(i).ID; changes[c] != 1 {
					t.Errorf("%s: %s was told %d times", name, c, changes[c])
				}
			}
			// Ten as they came, three critical ones, and one summary for each half hour.
			if kinds[kaisei.DeliverySummary] > 2 || kinds[kaisei.DeliveryAlert] > FloodAlerts+3+1 {
				t.Errorf("%s: told in %v", name, kinds)
			}
			for _, m := range ch.told {
				if m.Summary != nil && slices.ContainsFunc(m.Summary.Changes, func(c kaisei.Change) bool { return c.Severity == kaisei.Critical }) {
					t.Errorf("%s: a critical change was not told singly", name)
				}
			}
		}
		if d := delivered(t, db, "alert/team/"+example(151).ID); d.State != kaisei.DeliveryGrouped || delivered(t, db, d.Into).State != kaisei.DeliverySent {
			t.Errorf("a grouped alert is %+v", d)
		}
	})
}

func TestTenAlertsOfASourceAreToldSingly(t *testing.T) {
	db, ch := openStore(t), &record{}
	now := monday()
	for i := range FloodAlerts {
		commit(t, db, example(i), "ops")
	}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
	if n, err := o.Flush(t.Context()); n != FloodAlerts || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	// The next one within the hour waits, alone, and is told as what it is.
	c := commit(t, db, example(FloodAlerts), "ops")
	if n, err := o.Flush(t.Context()); n != 0 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	if d := delivered(t, db, "alert/ops/"+c.ID); d.Held != kaisei.HeldFlood || !d.Due.Equal(monday().Add(FloodWait)) {
		t.Errorf("got %+v", d)
	}
	now = now.Add(FloodWait)
	if n, err := o.Flush(t.Context()); n != 1 || err != nil || ch.told[FloodAlerts].Summary != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	// An hour later ten more are told singly again.
	now = now.Add(FloodWindow)
	for i := range FloodAlerts {
		late := example(100 + i)
		late.SeenAt = now
		commit(t, db, late, "ops")
	}
	if n, err := o.Flush(t.Context()); n != FloodAlerts || err != nil {
		t.Errorf("an hour later: sent %d, %v", n, err)
	}
}

func TestSevereAlertsOfAFloodAreToldSinglyUpToABound(t *testing.T) {
	db, ch := openStore(t), &record{}
	now := monday()
	for i := range 3 * FloodSevere {
		c := example(i)
		c.Severity = kaisei.Critical
		commit(t, db, c, "ops")
	}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
	for _, want := range []int{FloodSevere, 0} {
		if n, err := o.Flush(t.Context()); n != want || err != nil {
			t.Fatalf("sent %d, %v; want %d", n, err, want)
		}
	}
	now = now.Add(FloodWait)
	if n, err := o.Flush(t.Context()); n != 1 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	if changes, _ := toldIn(ch.told); len(changes) != 3*FloodSevere {
		t.Errorf("%d changes were told", len(changes))
	}
}

func TestWhatANightHeldIsToldInOrderAndInOneMessageWhereItIsMuch(t *testing.T) {
	night := time.Date(2026, 4, 6, 22, 0, 0, 0, kaisei.JST)
	morning := time.Date(2026, 4, 7, 8, 0, 0, 0, kaisei.JST)
	for _, n := range []int{HeldAlerts, HeldAlerts + 1, MaxSummary + 7} {
		db, ch := openStore(t), &record{}
		r := &Router{Channels: []Channel{{Name: "ops", Alerts: true, Hours: Hours{From: 20 * 60, To: 8 * 60, Urgent: kaisei.Critical}}}}
		var want []string
		for i := range n {
			c := example(i)
			c.Source, c.SeenAt = fmt.Sprintf("source%d", i), night.Add(time.Duration(i)*time.Second)
			if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: c.Source, At: c.SeenAt}, Change: &c, Deliveries: r.Route(c, c.SeenAt)}); err != nil {
				t.Fatal(err)
			}
			want = append(want, c.ID)
		}
		now := morning.Add(-time.Second)
		o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
		if sent, err := o.Flush(t.Context()); sent != 0 || err != nil {
			t.Fatalf("%d: at night %d were sent, %v", n, sent, err)
		}
		waiting, err := db.Deliveries(kaisei.DeliveryDue, 0)
		if err != nil {
			t.Fatal(err)
		}
		if c := Count(waiting, now)["ops"]; c.Held != n || c.Waiting != n {
			t.Errorf("%d: counted %+v", n, c)
		}
		now = morning
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range ch.told {
			all := m.Changes
			if m.Summary != nil {
				all = m.Summary.Changes
				if !m.Summary.Held {
					t.Errorf("%d: the summary does not say why", n)
				}
			}
			for _, c := range all {
				got = append(got, c.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: told %d in another order or number", n, len(got))
		}
		if messages := map[int]int{HeldAlerts: HeldAlerts, HeldAlerts + 1: 1, MaxSummary + 7: 2}[n]; len(ch.told) != messages {
			t.Errorf("%d were told in %d messages, want %d", n, len(ch.told), messages)
		}
	}
}

// cut is a store that ends the program, as it were, at the nth write: before it or after it.
type cut struct {
	Queue
	at    int
	after bool
	n     int
}

var errCut = errors.New("the power is cut")

func (c *cut) write(do func() error) error {
	c.n++
	switch {
	case c.n < c.at:
		return do()
	case c.n == c.at && c.after:
		if err := do(); err != nil {
			return err
		}
	}
	return errCut
}

func (c *cut) SaveDelivery(d kaisei.Delivery) error {
	return c.write(func() error { return c.Queue.SaveDelivery(d) })
}

func (c *cut) Enqueue(ds []kaisei.Delivery, marks map[string]string) error {
	return c.write(func() error { return c.Queue.Enqueue(ds, marks) })
}

func (c *cut) SaveDeliveries(ds []kaisei.Delivery) error {
	if len(ds) == 0 {
		return nil
	}
	return c.write(func() error { return c.Queue.SaveDeliveries(ds) })
}

func TestACutAtAnyWriteOfAFloodLosesNothingAndRepeatsOnlyByTheSameID(t *testing.T) {
	for at := 1; ; at++ {
		survived := 0
		for _, after := range []bool{false, true} {
			db, ch := openStore(t), &record{}
			now := monday()
			for i := range 3 * FloodAlerts {
				c := example(i)
				if i == 7 {
					c.Severity = kaisei.Critical
				}
				commit(t, db, c, "ops")
			}
			store := &cut{Queue: db, at: at, after: after}
			flush := func(q Queue) {
				o := &Outbox{Queue: q, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
				if _, err := o.Flush(t.Context()); err != nil && !errors.Is(err, errCut) {
					t.Fatal(err)
				}
			}
			flush(store)
			now = now.Add(FloodWait)
			flush(store)
			if store.n < at {
				survived++
			}
			flush(db)
			flush(db)
			ids := map[string]int{}
			for _, m := range ch.told {
				ids[m.Delivery.ID]++
			}
			changes, _ := toldIn(ch.told)
			if len(changes) != 3*FloodAlerts {
				t.Errorf("cut at write %d, after it %v: %d of %d changes were told", at, after, len(changes), 3*FloodAlerts)
			}
			for id, times := range changes {
				if times > 1 && times > ids["alert/ops/"+id] && len(ids) > 2 {
					t.Errorf("cut at write %d, after it %v: %s was told by more than one delivery: %v", at, after, id, ids)
				}
			}
			if left, err := db.Deliveries(kaisei.DeliveryDue, 0); err != nil || len(left) > 0 {
				t.Errorf("cut at write %d: %d are left, %v", at, len(left), err)
			}
		}
		if survived == 2 {
			return
		}
		if at > 50 {
			t.Fatal("the writes do not end")
		}
	}
}

func TestNothingOvertakesWhatAChannelInTroubleOwes(t *testing.T) {
	db := openStore(t)
	now := monday()
	ch := &record{answer: func(n int, _ Message) error {
		if n <= 2 {
			return &Error{Temporary, 10 * time.Minute, errors.New("429")}
		}
		return nil
	}}
	outbox := func() *Outbox {
		return &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
	}
	o := outbox()
	flush := func(o *Outbox, want int) {
		t.Helper()
		if n, err := o.Flush(t.Context()); n != want || err != nil {
			t.Fatalf("sent %d, %v; want %d", n, err, want)
		}
	}
	first := commit(t, db, example(1), "ops")
	flush(o, 0)
	later := example(2)
	later.SeenAt = monday().Add(time.Minute)
	later = commit(t, db, later, "ops")
	now = now.Add(2 * time.Minute)
	flush(o, 0)
	// Another process knows as much.
	flush(outbox(), 0)
	if len(ch.ids) != 1 {
		t.Fatalf("the channel that asked for ten minutes was asked %d times", len(ch.ids))
	}
	now = monday().Add(10 * time.Minute)
	flush(o, 0)
	if len(ch.ids) != 2 {
		t.Fatalf("asked %d times", len(ch.ids))
	}
	now = now.Add(time.Minute)
	flush(o, 0)
	// An operator who asks for a retry need not wait.
	d := delivered(t, db, "alert/ops/"+first.ID)
	d.Due = now
	if err := db.SaveDelivery(d); err != nil {
		t.Fatal(err)
	}
	o.Release("ops")
	flush(o, 1)
	now = now.Add(10 * time.Minute)
	flush(o, 1)
	if want := "alert/ops/" + later.ID; ch.ids[3] != want {
		t.Errorf("asked for %q", ch.ids)
	}
}

func TestAChannelThatHangsDoesNotHideWhatFallsDueElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, good := openStore(t), &record{}
		// Each message takes as long as one may, and there are enough for hours.
		hanging := &record{hang: true}
		for i := range 5 {
			c := example(i)
			c.SeenAt = time.Now()
			commit(t, db, c, "hangs")
		}
		late := example(9)
		late.SeenAt = time.Now().Add(90 * time.Second)
		commit(t, db, late, "good")
		ctx, cancel := context.WithCancel(t.Context())
		done := run(t, &Outbox{Queue: db, Senders: map[string]Sender{"hangs": hanging, "good": good}}, ctx)
		time.Sleep(91 * time.Second)
		synctest.Wait()
		if good.count() != 1 {
			t.Error("what fell due while another channel hung was not told")
		}
		cancel()
		<-done
	})
}

func TestCountsTellWhatWaitsWhatIsHeldWhatFailsAndWhatIsDead(t *testing.T) {
	now := monday()
	d := func(channel string, state kaisei.DeliveryState, change func(*kaisei.Delivery)) kaisei.Delivery {
		one := delivery(kaisei.DeliveryAlert, channel, "x", nil, "", now)
		one.State = state
		if change != nil {
			change(&one)
		}
		return one
	}
	got := Count([]kaisei.Delivery{
		d("a", kaisei.DeliverySent, nil), d("a", kaisei.DeliveryGrouped, nil), d("a", kaisei.DeliveryDropped, nil),
		d("b", kaisei.DeliveryDue, nil), d("b", kaisei.DeliveryDead, nil),
		d("b", kaisei.DeliveryDue, func(d *kaisei.Delivery) { d.Attempts = 3; d.Created = now.Add(-time.Hour) }),
		d("b", kaisei.DeliveryDue, func(d *kaisei.Delivery) { d.Held = kaisei.HeldHours; d.Due = now.Add(time.Hour) }),
		d("b", kaisei.DeliveryDue, func(d *kaisei.Delivery) { d.Held = kaisei.HeldHours; d.Due = now }),
	}, now)
	if want := (Counts{Waiting: 4, Held: 1, Failing: 1, Dead: 1, Oldest: now.Add(-time.Hour)}); len(got) != 1 || got["b"] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
