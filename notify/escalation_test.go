package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/storage/bolt"
)

// escalation is a store with an outbox and an escalator, whose clock a test moves.
type escalation struct {
	*Escalator
	t     *testing.T
	db    *bolt.DB
	now   time.Time
	box   *Outbox
	heard map[string]*record
}

// escalating tells a and b, and escalates to boss after four hours and to boss and a after a day.
func escalating(t *testing.T) *escalation {
	x := &escalation{t: t, db: openStore(t), now: monday(), heard: map[string]*record{"a": {}, "b": {}, "boss": {}}}
	x.Escalator = &Escalator{Queue: x.db, Channels: []Channel{{Name: "a"}, {Name: "b"}, {Name: "boss"}}, Steps: []Escalation{
		{4 * time.Hour, []string{"boss"}}, {24 * time.Hour, []string{"boss", "a"}},
	}}
	x.box = &Outbox{Queue: x.db, Now: func() time.Time { return x.now }, Senders: map[string]Sender{"a": x.heard["a"], "b": x.heard["b"], "boss": x.heard["boss"]}}
	x.at(0)
	return x
}

// critical finds a critical change at the present and tells it to channels.
func (x *escalation) critical(n int, channels ...string) kaisei.Change {
	x.t.Helper()
	c := example(n)
	c.Severity, c.SeenAt = kaisei.Critical, x.now
	return commit(x.t, x.db, c, channels...)
}

// at moves the clock to d after the beginning, plans by a planner that knows nothing of before, twice, and
// tells what is due.
func (x *escalation) at(d time.Duration) {
	x.t.Helper()
	x.now = monday().Add(d)
	for range 2 {
		fresh := *x.Escalator
		if err := fresh.Plan(x.now); err != nil {
			x.t.Fatal(err)
		}
		if _, err := x.box.Flush(x.t.Context()); err != nil {
			x.t.Fatal(err)
		}
	}
}

// escalated returns the IDs of the escalations that are stored, in order, and their states.
func (x *escalation) escalated() map[string]kaisei.DeliveryState {
	x.t.Helper()
	ds, err := x.db.Deliveries("", 0)
	if err != nil {
		x.t.Fatal(err)
	}
	out := map[string]kaisei.DeliveryState{}
	for _, d := range ds {
		if d.Kind == kaisei.DeliveryEscalation {
			out[d.ID] = d.State
		}
	}
	return out
}

func (x *escalation) holds(when string, ids ...string) {
	x.t.Helper()
	got := slices.Sorted(maps.Keys(x.escalated()))
	slices.Sort(ids)
	if !slices.Equal(got, ids) {
		x.t.Errorf("%s: escalated are %q, want %q", when, got, ids)
	}
}

func TestACriticalChangeThatNobodyAnswersIsToldAgainOnceForEachStep(t *testing.T) {
	x := escalating(t)
	x.at(time.Hour)
	c := x.critical(1, "a", "b")
	high := example(2)
	high.SeenAt = x.now
	commit(t, x.db, high, "a")
	x.at(time.Hour + time.Minute) // both channels are told
	x.at(5 * time.Hour)
	x.holds("before four hours have passed")
	x.at(5*time.Hour + time.Minute)
	first := "escalation/boss/" + c.ID + "/4h0m0s"
	x.holds("after four hours", first)
	m := x.heard["boss"].last()
	told := monday().Add(time.Hour + time.Minute)
	if e := m.Escalation; e == nil || e.Change.ID != c.ID || !e.Since.Equal(told) || e.After != 4*time.Hour || len(e.Told) != 2 || e.Told[0].Channel != "a" || !e.Told[1].At.Equal(told) {
		t.Errorf("told as %+v", m.Escalation)
	}
	for h := 6; h < 25; h++ {
		x.at(time.Duration(h) * time.Hour)
	}
	x.holds("before a day has passed", first)
	x.at(25*time.Hour + time.Minute)
	x.holds("after a day", first, "escalation/boss/"+c.ID+"/24h0m0s", "escalation/a/"+c.ID+"/24h0m0s")
	if n := x.heard["boss"].count(); n != 2 {
		t.Errorf("boss heard %d times", n)
	}
	x.at(24 * 100 * time.Hour)
	if n := len(x.escalated()); n != 3 {
		t.Errorf("%d escalations after a hundred days", n)
	}
}

func TestAnAnswerEndsTheEscalationAndAReopeningBeginsItAnew(t *testing.T) {
	x := escalating(t)
	c := x.critical(1, "a")
	x.at(time.Minute)
	reply(t, x.db, c.ID, kaisei.AnswerAcknowledge, "山田", x.now)
	x.at(100 * time.Hour)
	x.holds("though it was answered")
	back := reply(t, x.db, c.ID, kaisei.AnswerReopen, "鈴木", x.now)
	x.at(103 * time.Hour)
	x.holds("three hours after it was reopened")
	x.at(104*time.Hour + time.Minute)
	anew := "escalation/boss/" + c.ID + "/4h0m0s/2"
	x.holds("four hours after it was reopened", anew)
	if e := x.heard["boss"].last().Escalation; !e.Since.Equal(back.At) {
		t.Errorf("it waits since %s, reopened at %s", e.Since, back.At)
	}
	reply(t, x.db, c.ID, kaisei.AnswerNotRelevant, "山田", x.now)
	x.at(300 * time.Hour)
	x.holds("after a second answer", anew)
}

func TestWhatWasFoundBeforeAStepWasConfiguredIsLeftAlone(t *testing.T) {
	x := escalating(t)
	steps := x.Steps
	x.Steps = nil
	x.at(0)
	old := x.critical(1, "a")
	x.at(time.Minute)
	x.Steps = steps[:1]
	x.at(48 * time.Hour)
	c := x.critical(2, "a")
	x.at(49 * time.Hour)
	x.Steps = steps // a step more
	x.at(100 * time.Hour)
	x.holds("with the first step since the second change", "escalation/boss/"+c.ID+"/4h0m0s")
	later := x.critical(3, "b")
	x.at(101 * time.Hour)
	x.at(200 * time.Hour)
	x.holds("with both steps", "escalation/boss/"+c.ID+"/4h0m0s", "escalation/boss/"+later.ID+"/4h0m0s", "escalation/boss/"+later.ID+"/24h0m0s", "escalation/a/"+later.ID+"/24h0m0s")
	// Reopening a change from before makes no storm either.
	reply(t, x.db, old.ID, kaisei.AnswerAcknowledge, "山田", x.now)
	reply(t, x.db, old.ID, kaisei.AnswerReopen, "山田", x.now)
	x.at(300 * time.Hour)
	if n := len(x.escalated()); n != 4 {
		t.Errorf("%v", x.escalated())
	}
}

func TestOnlyWhatWasDeliveredEscalates(t *testing.T) {
	x := escalating(t)
	x.heard["a"].answer = func(int, Message) error { return failf(Temporary, "busy") }
	broken, nobody, fine := x.critical(1, "a"), x.critical(2), x.critical(3, "b")
	x.at(time.Minute)
	x.at(5 * time.Hour)
	x.holds("while a is broken", "escalation/boss/"+fine.ID+"/4h0m0s")
	x.heard["a"].answer = nil
	x.at(6 * time.Hour)
	x.at(11 * time.Hour)
	if got := x.escalated(); got["escalation/boss/"+broken.ID+"/4h0m0s"] == "" || got["escalation/boss/"+nobody.ID+"/4h0m0s"] != "" {
		t.Errorf("after a was told %v", got)
	}
}

func TestAChangeToldInASummaryEscalatesAsWell(t *testing.T) {
	x := escalating(t)
	var last kaisei.Change
	for n := range FloodAlerts + FloodSevere + 3 {
		last = x.critical(n+1, "a")
	}
	x.at(time.Hour)
	d := delivered(t, x.db, "alert/a/"+last.ID)
	if d.State != kaisei.DeliveryGrouped {
		t.Fatalf("the last of a flood is %s", d.State)
	}
	x.at(6 * time.Hour)
	if got := x.escalated(); got["escalation/boss/"+last.ID+"/4h0m0s"] != kaisei.DeliverySent {
		t.Errorf("escalated are %v", got)
	}
}

func TestEscalationsKeepTheHoursOfTheirChannel(t *testing.T) {
	night := Hours{From: 20 * 60, To: 8 * 60, Urgent: kaisei.Critical}
	for urgent, want := range map[kaisei.Severity]string{kaisei.Critical: "2026-04-06T21:01:00+09:00", "": "2026-04-07T08:00:00+09:00"} {
		x := escalating(t)
		night.Urgent = urgent
		x.Channels[2].Hours = night
		x.at(9 * time.Hour) // 17:00
		c := x.critical(1, "a")
		x.at(9 * time.Hour)
		x.at(13*time.Hour + time.Minute)
		d := delivered(t, x.db, "escalation/boss/"+c.ID+"/4h0m0s")
		if got := d.Due.In(kaisei.JST).Format(time.RFC3339); got != want || (urgent == "") != (d.Held == kaisei.HeldHours) {
			t.Errorf("with %q passing it is due at %s, held %q; want %s", urgent, got, d.Held, want)
		}
		if urgent != "" {
			continue
		}
		// Answered before the hours allowed it: nobody is told.
		reply(t, x.db, c.ID, kaisei.AnswerAcknowledge, "山田", x.now)
		x.at(26 * time.Hour)
		if d = delivered(t, x.db, d.ID); d.State != kaisei.DeliveryDropped || !strings.Contains(d.LastError, "answered by 山田") || x.heard["boss"].count() != 0 {
			t.Errorf("the escalation of what was answered is %s (%s)", d.State, d.LastError)
		}
	}
}

func TestAnEscalationIsToldOnEveryKindOfChannel(t *testing.T) {
	c := example(1)
	c.Severity = kaisei.Critical
	c.Title += " <b>*注*</b>"
	e := render.EscalationData{Change: c, Since: monday(), After: 4 * time.Hour, Told: []render.ToldTo{{Channel: "legal", At: monday()}, {Channel: "risk", At: monday().Add(time.Minute)}}}
	m := Message{Delivery: kaisei.Delivery{ID: "escalation/boss/" + c.ID + "/4h0m0s", Kind: kaisei.DeliveryEscalation, Created: monday()}, Escalation: &e}
	wants := map[string][]string{
		"ja": {"4時間以上未確認  重大 改訂 AI事業者ガイドライン 別添1", "未確認の始まり: 2026-04-06 08:00 JST", "通知先: legal（2026-04-06 08:00 JST）、risk（2026-04-06 08:01 JST）", "kaisei ack " + c.ID, m.Delivery.ID},
		"en": {"no answer for more than 4 hours  CRITICAL new version AI事業者ガイドライン 別添1", "without an answer since: 2026-04-06 08:00 JST", "told to: legal (2026-04-06 08:00 JST); risk (2026-04-06 08:01 JST)", "kaisei ack " + c.ID},
	}
	for lang, want := range wants {
		o := render.Options{Lang: lang, Delivery: m.Delivery.ID}
		subject, text, html := MailParts(m, o)
		slack, err := SlackJSON(m, o)
		if err != nil || len(slack) != 1 {
			t.Fatal(slack, err)
		}
		teams := TeamsJSON(m, o)
		for form, said := range map[string]string{"console": ConsoleText(m, o), "mail": text, "page": html, "slack": string(slack[0]), "teams": fmt.Sprintf("%s", teams)} {
			if form == "slack" || form == "teams" {
				said = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(said)
			}
			for _, w := range want {
				if !strings.Contains(said, w) {
					t.Errorf("%s in %s lacks %q:\n%s", form, lang, w, said)
				}
			}
		}
		if strings.Contains(html, "<b>*注*") || !strings.HasPrefix(subject, "[kaisei] "+strings.Split(want[0], " AI事")[0]) {
			t.Errorf("the subject is %q, the page\n%s", subject, html)
		}
	}
	b, err := EventJSON(m, render.Options{})
	var got struct {
		Type, Text string
		Data       struct {
			Change struct{ ID, Severity string }
			Since  time.Time
			After  int64 `json:"after_seconds"`
			Told   []struct {
				Channel string
				At      time.Time
			}
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if d := got.Data; err != nil || got.Type != EventEscalation || got.Text == "" || d.Change.ID != c.ID || d.Change.Severity != "critical" || d.After != 4*3600 || len(d.Told) != 2 || !d.Since.Equal(monday()) {
		t.Errorf("the event is %s, %v", b, err)
	}
}
