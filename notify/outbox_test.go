package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

func TestWhatIsSentIsSettledAndNotSentAgain(t *testing.T) {
	db, ch := openStore(t), &record{}
	c := commit(t, db, example(1), "ops")
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}}
	for want := 1; want >= 0; want-- {
		n, err := o.Flush(t.Context())
		if err != nil || n != want {
			t.Fatalf("sent %d, %v; want %d", n, err, want)
		}
	}
	d := delivered(t, db, "alert/ops/"+c.ID)
	if d.State != kaisei.DeliverySent || d.Receipt != "receipt" || d.Attempts != 1 || d.SentAt.IsZero() {
		t.Errorf("got %+v", d)
	}
	if len(ch.told) != 1 || ch.told[0].Changes[0].ID != c.ID {
		t.Errorf("told %+v", ch.told)
	}
}

func TestTemporaryTroubleIsTriedAgainWithTheSameIDLaterAndLater(t *testing.T) {
	db := openStore(t)
	c := commit(t, db, example(1), "ops")
	now := monday()
	ch := &record{answer: func(n int, _ Message) error {
		if n <= 8 {
			return failf(Temporary, "busy")
		}
		return nil
	}}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
	var waits []time.Duration
	for range 9 {
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := delivered(t, db, "alert/ops/"+c.ID)
		if d.State == kaisei.DeliverySent {
			break
		}
		if d.LastError != "temporary: busy" {
			t.Fatalf("recorded %q", d.LastError)
		}
		if n, err := o.Flush(t.Context()); n != 0 || err != nil || len(ch.ids) != d.Attempts {
			t.Fatal("it was tried again before its time")
		}
		waits = append(waits, d.Due.Sub(now))
		now = d.Due
	}
	if len(waits) != 8 || waits[0] < FirstWait || waits[0] > FirstWait*11/10 || waits[7] < MaxWait || waits[7] > MaxWait*11/10 || !slices.IsSorted(waits[:7]) {
		t.Errorf("the waits are %v", waits)
	}
	for _, id := range ch.ids {
		if id != ch.ids[0] {
			t.Errorf("the IDs are %q", ch.ids)
		}
	}
}

func TestADeliveryIsGivenUpAfterTooManyAttemptsAndAtOnceWhenRefused(t *testing.T) {
	db := openStore(t)
	slow, refused := commit(t, db, example(1), "slow"), commit(t, db, example(2), "refused")
	now := monday()
	senders := map[string]Sender{
		"slow":    &record{answer: func(int, Message) error { return errors.New("who knows") }},
		"refused": &record{answer: func(int, Message) error { return failf(Final, "no") }},
	}
	o := &Outbox{Queue: db, Senders: senders, Now: func() time.Time { return now }}
	for range MaxAttempts + 5 {
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * MaxWait)
	}
	for id, attempts := range map[string]int{"alert/slow/" + slow.ID: MaxAttempts, "alert/refused/" + refused.ID: 1} {
		if d := delivered(t, db, id); d.State != kaisei.DeliveryDead || d.Attempts != attempts || d.LastError == "" {
			t.Errorf("%s: %+v", id, d)
		}
	}
}

func TestARefusedMessageDoesNotHoldUpTheNext(t *testing.T) {
	db := openStore(t)
	for i := range 3 {
		commit(t, db, example(i), "ops")
	}
	ch := &record{answer: func(n int, _ Message) error {
		if n == 2 {
			return failf(Final, "invalid")
		}
		return nil
	}}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}}
	if n, err := o.Flush(t.Context()); n != 2 || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
}

func TestMessagesOfAChannelKeepTheirOrderThroughTrouble(t *testing.T) {
	db := openStore(t)
	var want []string
	for i := range 5 {
		c := example(i)
		c.SeenAt = c.SeenAt.Add(time.Duration(i) * time.Minute)
		want = append(want, "alert/ops/"+commit(t, db, c, "ops").ID)
	}
	now := monday().Add(time.Hour)
	ch := &record{answer: func(n int, _ Message) error {
		if n == 2 || n == 3 {
			return failf(Temporary, "busy")
		}
		return nil
	}}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
	for range 4 {
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	var got []string
	for _, m := range ch.told {
		got = append(got, m.Delivery.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("told %q", got)
	}
	if len(ch.ids) != 7 {
		t.Errorf("%d attempts, want 7: a channel in trouble is not asked for every message", len(ch.ids))
	}
}

func TestTheOtherSideCanAskForTime(t *testing.T) {
	db := openStore(t)
	c := commit(t, db, example(1), "ops")
	now := monday()
	for ask, want := range map[time.Duration]time.Duration{90 * time.Second: 90 * time.Second, 1000 * time.Hour: MaxAfter} {
		ch := &record{answer: func(int, Message) error { return &Error{Temporary, ask, errors.New("429")} }}
		o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}, Now: func() time.Time { return now }}
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := delivered(t, db, "alert/ops/"+c.ID)
		if got := d.Due.Sub(now); got != want {
			t.Errorf("asked for %v, waits %v", ask, got)
		}
		now = d.Due
	}
}

func TestADeliveryThatCannotBeMadeIsDeadWithAReason(t *testing.T) {
	db := openStore(t)
	ds := []kaisei.Delivery{
		delivery(kaisei.DeliveryAlert, "ops", "gone@1", []string{"gone@1"}, "", monday()),
		delivery(kaisei.DeliveryAlert, "removed", "a@1", []string{"a@1"}, "", monday()),
		delivery(kaisei.DeliveryDigest, "ops", "d", nil, "{", monday()),
		delivery(kaisei.DeliveryNotice, "ops", "n", nil, "", monday()),
		delivery(kaisei.DeliveryAlert, "panics", "n", nil, "", monday()),
	}
	c := commit(t, db, example(1))
	ds[4].Changes = []string{c.ID}
	if err := db.Enqueue(ds, nil); err != nil {
		t.Fatal(err)
	}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": &record{}, "panics": &record{answer: func(int, Message) error { panic("boom") }}}}
	if n, err := o.Flush(t.Context()); n != 0 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	for i, want := range []string{"gone@1 is not in the store", `no channel "removed" is configured`, "decode the digest", "about nothing", "boom"} {
		if d := delivered(t, db, ds[i].ID); d.State != kaisei.DeliveryDead || !strings.Contains(d.LastError, want) {
			t.Errorf("%s: %s, %q", d.ID, d.State, d.LastError)
		}
	}
}

// lossy is a store whose settling fails as often as a test says.
type lossy struct {
	Queue
	fail int
}

func (l *lossy) SaveDelivery(d kaisei.Delivery) error {
	if l.fail > 0 {
		l.fail--
		return errors.New("no space left on device")
	}
	return l.Queue.SaveDelivery(d)
}

func TestADeliveryThatWasSentButNotSettledIsSentAgainWithTheSameID(t *testing.T) {
	db, ch := openStore(t), &record{}
	c := commit(t, db, example(1), "ops")
	// What a crash between sending and settling leaves behind is what a failed save does.
	o := &Outbox{Queue: &lossy{db, 1}, Senders: map[string]Sender{"ops": ch}}
	if _, err := o.Flush(t.Context()); err == nil {
		t.Fatal("the failed save went unnoticed")
	}
	o = &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}}
	if n, err := o.Flush(t.Context()); n != 1 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	if want := "alert/ops/" + c.ID; !slices.Equal(ch.ids, []string{want, want}) {
		t.Errorf("sent %q", ch.ids)
	}
}

func TestRunDoesNotRepeatWhatItCannotSettleInATightLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, ch := openStore(t), &record{}
		c := example(1)
		c.SeenAt = time.Now()
		commit(t, db, c, "ops")
		ctx, cancel := context.WithCancel(t.Context())
		done := run(t, &Outbox{Queue: &lossy{db, 3}, Senders: map[string]Sender{"ops": ch}}, ctx)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := ch.count(); n != 1 {
			t.Errorf("sent %d times in ten seconds", n)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n := ch.count(); n != 4 {
			t.Errorf("sent %d times in five minutes, want 4", n)
		}
		cancel()
		<-done
	})
}

// run starts o.Run and returns a channel that closes when it has returned nil.
func run(t *testing.T, o *Outbox, ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := o.Run(ctx); err != nil {
			t.Errorf("Run returned %v", err)
		}
	}()
	return done
}

func TestRunTellsWhatBecomesDueAndWakesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, ch := openStore(t), &record{}
		o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}}
		ctx, cancel := context.WithCancel(t.Context())
		done := run(t, o, ctx)
		synctest.Wait()
		later := example(1)
		later.SeenAt = time.Now().Add(3 * time.Minute)
		commit(t, db, later, "ops")
		now := example(2)
		now.SeenAt = time.Now()
		commit(t, db, now, "ops")
		o.Wake()
		synctest.Wait()
		if n := ch.count(); n != 1 {
			t.Fatalf("after Wake %d were told, want the one that is due", n)
		}
		time.Sleep(3*time.Minute + time.Second)
		synctest.Wait()
		if n := ch.count(); n != 2 {
			t.Errorf("at its time the second was not told: %d", n)
		}
		cancel()
		<-done
	})
}

func TestABrokenChannelDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, good := openStore(t), &record{}
		hanging := &record{hang: true}
		failing := &record{answer: func(int, Message) error { return failf(Temporary, "down") }}
		// More than one batch of the broken channels stands before what is to be told.
		var ds []kaisei.Delivery
		c := example(0)
		c.SeenAt = time.Now()
		commit(t, db, c)
		for i := range 2 * batch {
			for _, name := range []string{"hangs", "fails"} {
				ds = append(ds, delivery(kaisei.DeliveryAlert, name, fmt.Sprint(i), []string{c.ID}, "", time.Now().Add(-time.Hour)))
			}
		}
		if err := db.Enqueue(ds, nil); err != nil {
			t.Fatal(err)
		}
		o := &Outbox{Queue: db, Senders: map[string]Sender{"hangs": hanging, "fails": failing, "good": good}}
		ctx, cancel := context.WithCancel(t.Context())
		done := run(t, o, ctx)
		synctest.Wait()
		for i := 1; i <= 20; i++ {
			c := example(i)
			c.SeenAt, c.Source = time.Now(), fmt.Sprintf("source%d", i) // of one source they would be gathered
			commit(t, db, c, "good")
			o.Wake()
			synctest.Wait()
			if n := good.count(); n != i {
				t.Fatalf("message %d waits: %d were told", i, n)
			}
			time.Sleep(time.Minute)
		}
		if n := len(failing.ids); n > 10 {
			t.Errorf("the failing channel was asked %d times in twenty minutes", n)
		}
		start := time.Now()
		cancel()
		<-done
		if took := time.Since(start); took > time.Second {
			t.Errorf("Run took %v to stop", took)
		}
		d := delivered(t, db, "alert/hangs/0")
		if d.State != kaisei.DeliveryDue {
			t.Errorf("the interrupted delivery is %+v", d)
		}
	})
}

func TestAnAttemptThatWasInterruptedByStoppingDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := openStore(t)
		c := example(1)
		c.SeenAt = time.Now()
		commit(t, db, c, "ops")
		ctx, cancel := context.WithCancel(t.Context())
		done := run(t, &Outbox{Queue: db, Senders: map[string]Sender{"ops": &record{hang: true}}}, ctx)
		synctest.Wait()
		cancel()
		<-done
		if d := delivered(t, db, "alert/ops/"+c.ID); d.Attempts != 0 || d.LastError != "" {
			t.Errorf("got %+v", d)
		}
	})
}

func TestOneAttemptIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := openStore(t)
		c := example(1)
		c.SeenAt = time.Now()
		commit(t, db, c, "ops")
		start := time.Now()
		o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": &record{hang: true}}}
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != SendTimeout {
			t.Errorf("took %v", took)
		}
		if d := delivered(t, db, "alert/ops/"+c.ID); d.Attempts != 1 || d.State != kaisei.DeliveryDue {
			t.Errorf("got %+v", d)
		}
	})
}

func TestNoticesReachTheirChannelFromAPayloadAndFromAChange(t *testing.T) {
	db, ch := openStore(t), &record{}
	r := Router{Channels: []Channel{{Name: "ops", Notices: true}}}
	n := render.NoticeData{Class: kaisei.ClassSourceQuiet, Source: "meti/ai", Title: kaisei.Text{JA: "一覧"}, At: monday()}
	ds, err := r.RouteNotice(n, monday())
	if err != nil {
		t.Fatal(err)
	}
	c := example(1)
	c.Class = kaisei.ClassSourceFailing
	if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: c.Source, At: c.SeenAt, Verdict: kaisei.VerdictFailed, URL: c.URL}, Change: &c, Deliveries: append(ds, r.Route(c, monday())...)}); err != nil {
		t.Fatal(err)
	}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": ch}}
	if n, err := o.Flush(t.Context()); n != 2 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	classes := []kaisei.Class{ch.told[0].Notice.Class, ch.told[1].Notice.Class}
	slices.Sort(classes)
	if !slices.Equal(classes, []kaisei.Class{kaisei.ClassSourceFailing, kaisei.ClassSourceQuiet}) {
		t.Errorf("told %q", classes)
	}
}

func TestTheConsolePrintsEveryKindOfMessage(t *testing.T) {
	var out strings.Builder
	c := &Console{W: &out}
	notice := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai"}
	for _, m := range []Message{{Changes: []kaisei.Change{example(1)}}, {Notice: &notice}, {Digest: &render.DigestData{Cadence: "weekly"}}} {
		if _, err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"AI事業者ガイドライン 別添1", "読み取り失敗", "週報"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
	if _, err := (&Console{W: broken{}}).Send(t.Context(), Message{Notice: &notice}); err == nil {
		t.Error("a console that takes nothing is no failure")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }
