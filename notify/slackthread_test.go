package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// next returns the nth version of the document of an example, of a severity.
func next(doc, n int, s kaisei.Severity) kaisei.Change {
	c := example(doc)
	c.ID, c.Severity = kaisei.ChangeID(c.Document, n), s
	return c
}

func TestADocumentHasOneThreadAndSevereRepliesAreBroadcast(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	for i, c := range []kaisei.Change{
		next(1, 2, kaisei.Medium), next(2, 2, kaisei.Critical), next(1, 3, kaisei.Medium), next(1, 4, kaisei.High), next(2, 3, kaisei.Critical),
	} {
		commit(t, db, c, "ops")
		w.flush(db, monday().Add(time.Duration(i)*time.Hour), nil)
	}
	got := w.all()
	want := []posted{{}, {}, {thread: got[0].ts}, {thread: got[0].ts, broadcast: true}, {thread: got[1].ts, broadcast: true}}
	for i, m := range got {
		if m.thread != want[i].thread || m.broadcast != want[i].broadcast {
			t.Errorf("message %d stands in thread %q, broadcast %v; want %+v", i+1, m.thread, m.broadcast, want[i])
		}
	}
	w.valid()
	d := delivered(t, db, "alert/ops/"+kaisei.ChangeID(example(1).Document, 3))
	if d.Receipt != "C024/"+got[2].ts+"/"+got[0].ts {
		t.Errorf("the receipt is %s", d.Receipt)
	}
}

func TestAThreadThatIsGoneBeginsAnew(t *testing.T) {
	for _, refusal := range []string{"", "thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message", "restricted_action_thread_locked"} {
		t.Run(refusal, func(t *testing.T) {
			db, w := openStore(t), newWorkspace(t)
			for n := 2; n <= 4; n++ {
				commit(t, db, next(1, n, kaisei.Medium), "ops")
				w.flush(db, monday().Add(time.Duration(n)*time.Hour), nil)
				if n == 2 {
					w.deleted[w.all()[0].ts] = refusal
				}
			}
			got := w.all()
			if len(got) != 3 || got[1].thread != "" || got[2].thread != got[1].ts {
				t.Errorf("told %+v", got)
			}
		})
	}
}

func TestAnotherChannelBeginsItsOwnThreads(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	for n := 2; n <= 3; n++ {
		commit(t, db, next(1, n, kaisei.Medium), "ops")
		w.flush(db, monday(), func(s *Slack) { s.Channel = fmt.Sprintf("#ai-%d", n) })
	}
	if got := w.all(); got[1].thread != "" {
		t.Errorf("a reply to another channel's thread: %+v", got[1])
	}
}

func TestAWebhookTellsEveryVersionAlone(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	for n := 2; n <= 3; n++ {
		commit(t, db, next(1, n, kaisei.Medium), "ops")
		w.flush(db, monday(), func(s *Slack) { h := w.hook(); s.Token, s.Webhook = h.Token, h.Webhook })
	}
	if got := w.all(); len(got) != 2 || delivered(t, db, "alert/ops/"+next(1, 3, "").ID).Receipt != "ok" {
		t.Errorf("told %+v", got)
	}
	if _, ok, err := db.Mark("slack/ops/" + example(1).Document); ok || err != nil {
		t.Errorf("a webhook kept a thread: %v", err)
	}
}

func TestASampleBeginsNoThread(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	m := alert()
	m.Sample = true
	if _, err := w.bot("ops", db).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := db.Mark("slack/ops/" + example(1).Document); ok || err != nil {
		t.Errorf("a sample began a thread: %v", err)
	}
}

func TestAReceiptSaysWhereEveryMessageStands(t *testing.T) {
	at := []slackPlace{{"C1", "1.1", ""}, {"C1", "1.2", "1.1"}}
	if got := places(receiptOf(at)); !slices.Equal(got, at) {
		t.Errorf("got %+v", got)
	}
	if got := places("1712345678.000100"); len(got) != 1 || got[0] != (slackPlace{ts: "1712345678.000100"}) {
		t.Errorf("an old receipt is %+v", got)
	}
	for _, none := range []string{"", "ok", "ok,ok"} {
		if got := places(none); len(got) != 0 {
			t.Errorf("%q is %+v", none, got)
		}
	}
}

// slackFaults are the ways in which Slack fails a request.
var slackFaults = map[string]fault{
	"429 with Retry-After": {code: 429, retryAfter: "30"}, "429": {code: 429}, "500": {code: 500, body: "<html>"}, "hang": {hang: true}, "cut after it was taken": {cut: true},
}

func TestEveryFaultOfSlackLosesNothingAndHoldsUpNobodyElse(t *testing.T) {
	for name, f := range slackFaults {
		for _, form := range []string{"token", "webhook"} {
			t.Run(name+" "+form, func(t *testing.T) {
				db, w, other := openStore(t), newWorkspace(t), &record{}
				c := commit(t, db, example(1), "ops", "legal")
				s := w.bot("ops", db)
				method := "chat.postMessage"
				if form == "webhook" {
					s, method = w.hook(), "hook"
				}
				w.fail(method, f)
				now := monday()
				o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": s, "legal": other}, Now: func() time.Time { return now }}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if f.hang {
					// The other channel is told while Slack hangs; then the wait is given up.
					other.answer = func(int, Message) error { <-w.hung; cancel(); return nil }
				}
				if _, err := o.Flush(ctx); err != nil && !f.hang {
					t.Fatal(err)
				}
				if other.count() != 1 {
					t.Fatal("the other channel was not told")
				}
				d := delivered(t, db, "alert/ops/"+c.ID)
				if d.State != kaisei.DeliveryDue || !f.hang && d.Attempts != 1 || strings.Contains(d.LastError, "secret") {
					t.Errorf("after the fault: %+v", d)
				}
				if f.retryAfter != "" && d.Due != now.UTC().Add(30*time.Second) {
					t.Errorf("it waits until %v", d.Due)
				}
				now = now.Add(time.Hour)
				if _, err := o.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				got := w.all()
				if want := map[bool]int{true: 2, false: 1}[f.cut]; len(got) != want {
					t.Errorf("told %d times, want %d", len(got), want)
				}
				for _, m := range got {
					if form == "token" && m.delivery != "alert/ops/"+c.ID || !strings.Contains(m.blocks, "alert/ops/"+c.ID) {
						t.Errorf("a message of another delivery: %+v", m)
					}
				}
				if d := delivered(t, db, "alert/ops/"+c.ID); d.State != kaisei.DeliverySent || other.count() != 1 {
					t.Errorf("in the end: %+v, the other channel was told %d times", d, other.count())
				}
				w.valid()
			})
		}
	}
}

func TestASummaryOfSeveralMessagesGoesOnWhereItFailed(t *testing.T) {
	w := newWorkspace(t)
	m := Message{Delivery: kaisei.Delivery{ID: "summary/ops/x", Kind: kaisei.DeliverySummary}, Summary: &render.SummaryData{}}
	for i := range 100 {
		m.Summary.Changes = append(m.Summary.Changes, example(i))
	}
	s, tries := w.bot("ops", nil), 0
	var receipt string
	for err := fmt.Errorf("not tried"); err != nil && tries < 5; tries++ {
		if tries < 2 {
			w.trouble = func(string) (fault, bool) { return fault{code: 500}, len(w.messages) == tries+1 }
		} else {
			w.trouble = nil
		}
		receipt, err = s.Send(t.Context(), m)
	}
	var blocks []string
	for _, one := range w.all() {
		if slices.Contains(blocks, one.blocks) {
			t.Errorf("told twice: %.200s", one.blocks)
		}
		blocks = append(blocks, one.blocks)
	}
	if tries != 3 || len(blocks) < 3 || len(places(receipt)) != len(blocks) {
		t.Errorf("%d tries told %d messages, receipt %s", tries, len(blocks), receipt)
	}
	if _, err := s.Send(t.Context(), m); err != nil || len(w.all()) != 2*len(blocks) {
		t.Errorf("another attempt after it was told: %v, %d messages", err, len(w.all()))
	}
}
