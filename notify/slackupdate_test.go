package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// judge stores a later judgement of a change with what is to be told of it, as rejudging does.
func judge(t *testing.T, db *bolt.DB, c kaisei.Change, at time.Time, change func(*kaisei.Judgement)) []kaisei.Delivery {
	t.Helper()
	j := c.Judgement()
	j.At, j.Rules = at, "new"
	change(&j)
	ds, err := Corrections(db, []kaisei.Judgement{j}, []string{"ops"}, at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Rejudge([]kaisei.Judgement{j}, ds); err != nil {
		t.Fatal(err)
	}
	return ds
}

func severity(s kaisei.Severity) func(*kaisei.Judgement) {
	return func(j *kaisei.Judgement) { j.Severity = s }
}

func TestAnAlertThatIsJudgedAnewIsEditedAndSaysSo(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	c := commit(t, db, example(1), "ops")
	w.flush(db, monday(), nil)
	judge(t, db, c, monday().Add(time.Hour), severity(kaisei.Low))
	w.flush(db, monday().Add(time.Hour), nil)
	judge(t, db, c, monday().Add(2*time.Hour), func(j *kaisei.Judgement) { j.Severity, j.Class = kaisei.Low, kaisei.ClassCorrected })
	w.flush(db, monday().Add(2*time.Hour), nil)

	got := w.all()
	if len(got) != 1 || got[0].edits != 2 || got[0].delivery != "alert/ops/"+c.ID {
		t.Fatalf("told %+v", got)
	}
	for _, want := range []string{"✎ 判定を訂正（2026-04-06 09:00 JST）: 重要度 高 → 低", "判定を訂正（2026-04-06 10:00 JST）: 種別 改訂 → 訂正", " 低 訂正 AI事業者ガイドライン"} {
		if !strings.Contains(got[0].blocks, want) {
			t.Errorf("the message lacks %s: %s", want, got[0].blocks)
		}
	}
	w.valid()
	if d := delivered(t, db, "correction/ops/"+c.ID+"/20260406T000000.000Z"); d.State != kaisei.DeliverySent {
		t.Errorf("got %+v", d)
	}
}

func TestOnlyASeverityOrClassThatChangesIsCorrected(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	c := commit(t, db, example(1), "ops")
	if ds := judge(t, db, c, monday(), severity(kaisei.Low)); len(ds) != 0 {
		t.Errorf("an alert that was not told yet is corrected: %v", ds)
	}
	w.flush(db, monday(), nil)
	for name, x := range map[string]struct {
		after  time.Duration
		change func(*kaisei.Judgement)
		want   int
	}{
		"other reasons":             {time.Hour, func(j *kaisei.Judgement) { j.Severity, j.Roles = kaisei.Low, []string{"provider"} }, 0},
		"the same as judged before": {2 * time.Hour, severity(kaisei.Low), 0},
		"at the end of the window":  {CorrectionWindow, severity(kaisei.Medium), 1},
		"after the window":          {CorrectionWindow + time.Second, severity(kaisei.Critical), 0},
	} {
		j := c.Judgement()
		j.At = monday().Add(x.after)
		x.change(&j)
		ds, err := Corrections(db, []kaisei.Judgement{j}, []string{"ops", "another"}, j.At)
		if err != nil || len(ds) != x.want {
			t.Errorf("%s: %d corrections, %v", name, len(ds), err)
		}
	}
}

func TestWhatCannotBeEditedIsRepliedTo(t *testing.T) {
	for _, refusal := range []string{"edit_window_closed", "cant_update_message", "message_not_found", "channel_not_found", "is_inactive"} {
		t.Run(refusal, func(t *testing.T) {
			db, w := openStore(t), newWorkspace(t)
			commit(t, db, next(1, 2, kaisei.Medium), "ops")
			w.flush(db, monday(), nil)
			c := commit(t, db, next(1, 3, kaisei.Medium), "ops")
			w.flush(db, monday(), nil)
			judge(t, db, c, monday().Add(time.Hour), severity(kaisei.Critical))
			w.fail("chat.update", word(refusal))
			w.flush(db, monday().Add(time.Hour), nil)
			got := w.all()
			if len(got) != 3 || got[2].thread != got[0].ts || !strings.Contains(got[2].blocks, "重要度 中 → 重大") || !strings.Contains(got[2].text, "✎ 判定の訂正") {
				t.Fatalf("told %+v", got)
			}
			if !strings.HasPrefix(got[2].delivery, "correction/ops/"+c.ID+"/") {
				t.Errorf("a reply of delivery %s", got[2].delivery)
			}
			w.valid()
		})
	}
}

func TestAnEditIsTriedAgainWhereSlackIsInTrouble(t *testing.T) {
	for name, f := range slackFaults {
		if f.hang {
			continue
		}
		db, w := openStore(t), newWorkspace(t)
		c := commit(t, db, example(1), "ops")
		w.flush(db, monday(), nil)
		judge(t, db, c, monday(), severity(kaisei.Low))
		w.fail("chat.update", f)
		w.flush(db, monday(), nil)
		w.flush(db, monday().Add(time.Hour), nil)
		if got := w.all(); len(got) != 1 || got[0].edits == 0 || !strings.Contains(got[0].blocks, "高 → 低") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestACorrectionOfWhatASummaryToldIsAReplyToIt(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	var last kaisei.Change
	for i := range 2 * FloodAlerts {
		last = commit(t, db, example(i), "ops")
	}
	for i := range 3 {
		w.flush(db, monday().Add(time.Duration(i)*FloodWait), nil)
	}
	if d := delivered(t, db, "alert/ops/"+last.ID); d.State != kaisei.DeliveryGrouped {
		t.Fatalf("no summary: %+v", d)
	}
	before := w.all()
	judge(t, db, last, monday().Add(3*time.Hour), severity(kaisei.Low))
	w.flush(db, monday().Add(3*time.Hour), nil)
	got := w.all()
	if len(got) != len(before)+1 || got[len(before)].thread != before[len(before)-1].ts || !strings.Contains(got[len(before)].blocks, "高 → 低") {
		t.Errorf("told %+v", got[len(before):])
	}
}

func TestWhatAnOlderKaiseiToldIsRepliedTo(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	c := commit(t, db, example(1), "ops")
	w.flush(db, monday(), nil)
	d := delivered(t, db, "alert/ops/"+c.ID)
	d.Receipt = places(d.Receipt)[0].ts
	if err := db.SaveDelivery(d); err != nil {
		t.Fatal(err)
	}
	judge(t, db, c, monday(), severity(kaisei.Low))
	w.flush(db, monday(), nil)
	if got := w.all(); len(got) != 2 || got[1].thread != got[0].ts {
		t.Errorf("told %+v", got)
	}
}

func TestWhatAWebhookToldStaysAsItIs(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	c := commit(t, db, example(1), "ops")
	w.flush(db, monday(), func(s *Slack) { s.Webhook = w.hook().Webhook })
	if ds := judge(t, db, c, monday(), severity(kaisei.Low)); len(ds) != 0 || len(w.all()) != 1 {
		t.Errorf("corrected by %v", ds)
	}
}

func TestUpdateShowsAnswersAndCorrectionsTogether(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	c := commit(t, db, example(1), "ops")
	buttons := func(s *Slack) { s.Options.Answers = true }
	w.flush(db, monday(), buttons)
	if got := w.all()[0].blocks; !strings.Contains(got, `"action_id":"acknowledge"`) || !strings.Contains(got, `"block_id":"kaisei/`+c.ID+`"`) {
		t.Fatalf("no buttons: %s", got)
	}
	judge(t, db, c, monday().Add(time.Hour), severity(kaisei.Low))
	if _, _, err := db.Answer(kaisei.Answer{Change: c.ID, Action: kaisei.AnswerAcknowledge, By: "山田", Via: kaisei.AnsweredInSlack, At: monday()}); err != nil {
		t.Fatal(err)
	}
	// Told after both, the correction shows the answer too.
	w.flush(db, monday().Add(time.Hour), buttons)
	got := w.all()[0]
	if !strings.Contains(got.blocks, "山田") || !strings.Contains(got.blocks, "高 → 低") || strings.Contains(got.blocks, `"acknowledge"`) {
		t.Errorf("shown as %s", got.blocks)
	}
	w.valid()
	s := w.bot("ops", db)
	w.fail("chat.update", word("edit_window_closed"))
	told := Told{Delivery: delivered(t, db, "alert/ops/"+c.ID), Change: c}
	if trouble, _ := troubleOf(s.Update(t.Context(), told)); trouble != Final {
		t.Errorf("an edit that is not allowed is %s", trouble)
	}
	if err := s.Update(t.Context(), told); err != nil {
		t.Error(err)
	}
	w.fail("chat.update", word("invalid_blocks"))
	if err := s.Update(t.Context(), told); err != nil || w.all()[0].blocks != "[]" && w.all()[0].blocks != "" {
		t.Errorf("refused blocks: %v, %s", err, w.all()[0].blocks)
	}
	told.Delivery.Receipt = "ok"
	if err := s.Update(t.Context(), told); err == nil || strings.Contains(fmt.Sprint(err), "secret") {
		t.Errorf("what a webhook told was edited: %v", err)
	}
}

func TestAChannelThatIsSlackNoMoreRefusesAnEditForGood(t *testing.T) {
	m := Message{Delivery: kaisei.Delivery{ID: "correction/ops/a@1/x", Kind: kaisei.DeliveryCorrection}, Told: &Told{}}
	for name, s := range map[string]Sender{
		"console": &Console{}, "email": &Email{}, "teams": &Teams{}, "file": &File{}, "webhook": &Webhook{}, "a webhook of Slack": newWorkspace(t).hook(),
	} {
		_, err := s.Send(t.Context(), m)
		if trouble, _ := troubleOf(err); err == nil || trouble != Final {
			t.Errorf("%s: %v", name, err)
		}
	}
}
