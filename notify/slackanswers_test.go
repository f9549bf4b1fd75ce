package notify

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/storage/bolt"
)

// answering is a store with a told alert about one change, and Slack to answer it.
type answering struct {
	*SlackAnswers
	t      *testing.T
	slack  *socketServer
	db     *bolt.DB
	change kaisei.Change
	logged *logged
	stop   func()
}

// logged is a log that may be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newAnswering(t *testing.T) *answering {
	x := &answering{t: t, slack: newSocketServer(t), db: openStore(t), logged: &logged{}, stop: func() {}}
	x.change = commit(t, x.db, example(1), "alerts")
	x.told("alert/alerts/" + x.change.ID)
	x.SlackAnswers = &SlackAnswers{Store: x.db}
	t.Cleanup(func() {
		x.stop()
		if t.Failed() {
			t.Log(x.logged)
		}
	})
	return x
}

// told settles a delivery as one that Slack took.
func (x *answering) told(id string) {
	x.t.Helper()
	d := delivered(x.t, x.db, id)
	d.State, d.Receipt, d.SentAt = kaisei.DeliverySent, "C1/1712345678.000100", monday()
	if err := x.db.SaveDelivery(d); err != nil {
		x.t.Fatal(err)
	}
}

func (x *answering) sender() *Slack {
	return &Slack{
		Token: config.NewSecret("xoxb-hunter2"), AppToken: config.NewSecret("xapp-hunter2"), Channel: "C1", API: x.slack.URL + "/", Gap: time.Millisecond,
		Options: render.Options{Answers: true},
	}
}

// start listens, as a new process does, until stop.
func (x *answering) start() {
	x.t.Helper()
	x.stop()
	x.SlackAnswers = &SlackAnswers{Store: x.Store, Log: slog.New(slog.NewTextHandler(x.logged, nil)), Now: monday, Gap: time.Millisecond, Refused: time.Millisecond}
	x.Replace(map[string]*Slack{"alerts": x.sender(), "plain": {Token: config.NewSecret("t")}})
	ctx, cancel := context.WithCancel(x.t.Context())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	x.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			x.t.Errorf("answering ended with %v", err)
		}
	})
}

// connected starts and returns the connection.
func (x *answering) connected() *websocket.Conn {
	x.t.Helper()
	x.start()
	return await(x.t, "connection", x.slack.conns)
}

func (x *answering) answers() []kaisei.Answer {
	x.t.Helper()
	as, err := x.db.Answers("", time.Time{})
	if err != nil {
		x.t.Fatal(err)
	}
	return as
}

// acked fails unless the next envelope confirmed is the named one.
func (x *answering) acked(envelope string) {
	x.t.Helper()
	if got := await(x.t, "confirmation of "+envelope, x.slack.acks); got != envelope {
		x.t.Fatalf("%q was confirmed, want %q", got, envelope)
	}
}

// shows fails unless the next message updated is the alert and holds the parts.
func (x *answering) shows(parts ...string) {
	x.t.Helper()
	form := await(x.t, "update of the alert", x.slack.updates)
	if form.Get("ts") != "1712345678.000100" {
		x.t.Errorf("the message %s was updated", form.Get("ts"))
	}
	for _, p := range parts {
		if blocks := form.Get("blocks"); !strings.Contains(blocks, p) {
			x.t.Errorf("%q is not in the blocks\n%s", p, blocks)
		}
	}
}

func TestAnAnswerInSlackIsRecordedBeforeItIsConfirmedAndShown(t *testing.T) {
	x := newAnswering(t)
	conn := x.connected()
	c := click{envelope: "e1", change: x.change.ID, action: "acknowledge", user: "U1", ts: "1.1"}
	c.send(t, conn)
	x.acked("e1")
	// It stands when Slack hears of it.
	want := kaisei.Answer{
		Number: 1, Change: x.change.ID, Action: kaisei.AnswerAcknowledge, By: "山田 花子", ByID: "U1", Via: kaisei.AnsweredInSlack, Event: "slack/U1/acknowledge/1.1", At: monday().UTC(),
	}
	if as := x.answers(); len(as) != 1 || as[0] != want {
		t.Fatalf("recorded %+v", as)
	}
	x.shows("確認済み（山田 花子、2026-04-06 08:00 JST）")

	// The same report again, in another envelope, after somebody else answered.
	click{envelope: "e2", change: x.change.ID, action: "assign", user: "U2", chosen: "U1", ts: "2.1"}.send(t, conn)
	x.acked("e2")
	x.shows("確認済み（山田 花子、", "担当 山田 花子（佐藤 次郎、")
	c.envelope = "e3"
	c.send(t, conn)
	x.acked("e3")
	if as := x.answers(); len(as) != 2 || as[1].Assignee != "山田 花子" || as[1].AssigneeID != "U1" || as[1].ByID != "U2" {
		t.Errorf("recorded %+v", as)
	}
	x.shows("担当 山田 花子")
	click{envelope: "e4", change: x.change.ID, action: "not-relevant", user: "U1", ts: "3.1"}.send(t, conn)
	x.acked("e4")
	x.shows("該当なし（山田 花子、")
	if err, ok := x.States()["alerts"]; err != nil || !ok || len(x.States()) != 1 {
		t.Errorf("the states are %v", x.States())
	}
	if x.slack.asked != 2 {
		t.Errorf("names were asked for %d times", x.slack.asked)
	}
	if log := x.logged.String(); strings.Contains(log, "hunter2") || !strings.Contains(log, "answer recorded") {
		t.Errorf("logged %s", log)
	}
}

func TestWhatIsNoAnswerToAnAlertOfOursRecordsNothing(t *testing.T) {
	x := newAnswering(t)
	conn := x.connected()
	good := click{change: x.change.ID, action: "acknowledge", user: "U1", ts: "1.1"}
	for name, alter := range map[string]func(c *click){
		"unknown":      func(c *click) { c.change = "meti/none@7" },
		"other-app":    func(c *click) { c.app = "A2" },
		"other-block":  func(c *click) { c.block = "approve/" + c.change },
		"other-change": func(c *click) { c.block = "kaisei/" + c.change + "9" },
		"link":         func(c *click) { c.action, c.block = "open-1", "kaisei-links/"+c.change },
		"other-action": func(c *click) { c.action = "delete" },
		"nobody":       func(c *click) { c.action, c.chosen = "assign", "" },
		"no-user":      func(c *click) { c.user = "" },
		"no-time":      func(c *click) { c.ts = "" },
		"empty":        func(c *click) { c.change, c.block = "", "kaisei/" },
	} {
		c := good
		c.envelope = name
		alter(&c)
		c.send(t, conn)
		x.acked(name)
	}
	for _, text := range []string{
		`{"type":"interactive","envelope_id":"b1","payload":{"type":"view_submission","user":{"id":"U1"}}}`,
		`{"type":"slash_commands","envelope_id":"b2","payload":{"command":"/x"}}`,
	} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	x.acked("b1")
	x.acked("b2")
	for _, text := range []string{"{not JSON", `{"type":"interactive","envelope_id":"b3","payload":"text"}`, `[]`, `{"type":"unheard-of","envelope_id":"b4"}`} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if as := x.answers(); len(as) != 0 {
		t.Fatalf("recorded %+v", as)
	}
	// And the connection still works.
	good.envelope = "good"
	good.send(t, conn)
	x.acked("good")
	if as := x.answers(); len(as) != 1 {
		t.Errorf("recorded %+v", as)
	}
}

func TestAPersonChosenForAChangeWithALongNameIsRecorded(t *testing.T) {
	x := newAnswering(t)
	long := example(2)
	long.Document = "meti/" + strings.Repeat("長い名前", 70)
	long.ID = kaisei.ChangeID(long.Document, 1)
	long = commit(t, x.db, long, "alerts")
	x.told("alert/alerts/" + long.ID)
	blocks, _ := render.AlertSlack(long, render.Options{Answers: true})
	conn := x.connected()
	click{envelope: "e1", action: "assign", user: "U1", chosen: "U2", ts: "1.1", block: render.AnswerBlock(long.ID), message: string(blocks)}.send(t, conn)
	x.acked("e1")
	if as := x.answers(); len(as) != 1 || as[0].Change != long.ID || as[0].Assignee != "佐藤 次郎" {
		t.Errorf("recorded %+v", as)
	}
}

func TestAKillBetweenTheRecordAndTheMessageLosesNeither(t *testing.T) {
	x := newAnswering(t)
	x.slack.broken = []string{`{"ok":false,"error":"internal_error"}`}
	conn := x.connected()
	click{envelope: "e1", change: x.change.ID, action: "acknowledge", user: "U1", ts: "1.1"}.send(t, conn)
	x.acked("e1")
	await(t, "update that fails", x.slack.failed)
	// A new process knows from the store what is not shown yet; Slack, which perhaps never heard, reports again.
	conn = x.connected()
	x.shows("確認済み（山田 花子、")
	click{envelope: "e2", change: x.change.ID, action: "acknowledge", user: "U1", ts: "1.1"}.send(t, conn)
	x.acked("e2")
	x.shows("確認済み（山田 花子、")
	if as := x.answers(); len(as) != 1 {
		t.Errorf("recorded %+v", as)
	}
	// What was shown is not shown again by the next process.
	x.connected()
	x.answer("鈴木")
	x.shows("確認済み（鈴木、")
	select {
	case form := <-x.slack.updates:
		t.Errorf("a message was updated once more: %v", form)
	default:
	}
}

// answer answers the change elsewhere.
func (x *answering) answer(by string) {
	x.t.Helper()
	reply(x.t, x.db, x.change.ID, kaisei.AnswerAcknowledge, by, monday())
	x.Wake()
}

func TestAnswersGivenElsewhereAreShownAndThoseOfBeforeLeftAlone(t *testing.T) {
	x := newAnswering(t)
	old := commit(t, x.db, example(2), "alerts")
	x.told("alert/alerts/" + old.ID)
	reply(t, x.db, old.ID, kaisei.AnswerAcknowledge, "山田", monday())
	waits := commit(t, x.db, example(3), "alerts") // not told yet
	x.connected()
	reply(t, x.db, waits.ID, kaisei.AnswerAcknowledge, "山田", monday())
	// What Slack will never take does not hold up what follows.
	x.slack.mu.Lock()
	x.slack.broken = []string{`{"ok":false,"error":"message_not_found"}`}
	x.slack.mu.Unlock()
	x.answer("山田")
	await(t, "update that fails", x.slack.failed)
	x.answer("鈴木")
	x.shows("確認済み（山田、", "確認済み（鈴木、")
	// A channel that an operator has to see to is tried again, and shows what it missed.
	x.slack.mu.Lock()
	x.slack.broken = []string{`{"ok":false,"error":"missing_scope"}`}
	x.slack.mu.Unlock()
	x.answer("高橋")
	await(t, "update that fails", x.slack.failed)
	x.Wake()
	x.shows("確認済み（高橋、")
	reply(t, x.db, x.change.ID, kaisei.AnswerReopen, "佐藤", monday())
	x.Wake()
	x.shows(`"action_id":"acknowledge"`)
}

func TestWithoutTheScopePeopleAreKnownByTheirShortNames(t *testing.T) {
	x := newAnswering(t)
	x.slack.names = nil
	conn := x.connected()
	click{envelope: "e1", change: x.change.ID, action: "assign", user: "U1", chosen: "U2", ts: "1.1"}.send(t, conn)
	x.acked("e1")
	if as := x.answers(); len(as) != 1 || as[0].By != "short-U1" || as[0].Assignee != "U2" || as[0].AssigneeID != "U2" || x.slack.asked != 1 {
		t.Errorf("recorded %+v after %d questions", as, x.slack.asked)
	}
}

func TestAnEscalationInSlackHasTheButtonsAndShowsTheAnswer(t *testing.T) {
	x := newAnswering(t)
	grave := example(2)
	grave.Severity = kaisei.Critical
	e := &Escalator{Queue: x.db, Channels: []Channel{{Name: "alerts"}}, Steps: []Escalation{{time.Hour, []string{"alerts"}}}}
	plan := func(now time.Time) {
		t.Helper()
		if err := e.Plan(now); err != nil {
			t.Fatal(err)
		}
	}
	plan(monday())
	grave = commit(t, x.db, grave, "alerts")
	x.told("alert/alerts/" + grave.ID)
	plan(monday().Add(time.Hour))
	x.told("escalation/alerts/" + grave.ID + "/1h0m0s")
	data := render.EscalationData{Change: grave, After: time.Hour}
	if blocks, _ := render.EscalationSlack(data, render.Options{Answers: true}); !strings.Contains(string(blocks), `"block_id":"`+render.AnswerBlock(grave.ID)) {
		t.Errorf("no buttons are in %s", blocks)
	}
	conn := x.connected()
	click{envelope: "e1", change: grave.ID, action: "acknowledge", user: "U1", ts: "1.1"}.send(t, conn)
	x.acked("e1")
	x.shows("1時間以上未確認", "確認済み（山田 花子、")
	x.shows("確認済み（山田 花子、")
	// And of one that comes after a reopening.
	back := reply(t, x.db, grave.ID, kaisei.AnswerReopen, "鈴木", monday().Add(2*time.Hour))
	plan(monday().Add(3 * time.Hour))
	x.told(escalationID("alerts", grave.ID, "1h0m0s", back.Number))
	click{envelope: "e2", change: grave.ID, action: "not-relevant", user: "U1", ts: "2.1"}.send(t, conn)
	x.acked("e2")
	for n := 0; n < 3; { // the alert and both escalations, perhaps after the reopening was shown
		if form := await(t, "update", x.slack.updates); strings.Contains(form.Get("blocks"), "該当なし（山田 花子、") {
			n++
		}
	}
}

// busyStore fails to record as often as failures says.
type busyStore struct {
	*bolt.DB
	failures int
}

func (b *busyStore) Answer(a kaisei.Answer) (kaisei.Answer, bool, error) {
	if b.failures > 0 {
		b.failures--
		return kaisei.Answer{}, false, errors.New("the disk is full")
	}
	return b.DB.Answer(a)
}

func TestAnAnswerThatCannotBeRecordedIsNotConfirmed(t *testing.T) {
	x := newAnswering(t)
	x.Store = &busyStore{x.db, 1}
	conn := x.connected()
	for _, e := range []string{"e1", "e2"} { // Slack reports again what was not confirmed
		click{envelope: e, change: x.change.ID, action: "acknowledge", user: "U1", ts: "1.1"}.send(t, conn)
	}
	x.acked("e2")
	if as := x.answers(); len(as) != 1 || !strings.Contains(x.logged.String(), "the disk is full") {
		t.Errorf("recorded %+v, logged %s", as, x.logged)
	}
}
