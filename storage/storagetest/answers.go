package storagetest

import (
	"errors"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func answers(t *testing.T, s Store) {
	save(t, s, "meti/doc", 1, at(0), "一")
	first := save(t, s, "meti/doc", 2, at(time.Hour), "二")
	second := save(t, s, "meti/doc", 3, at(2*time.Hour), "三")
	record := func(a kaisei.Answer) kaisei.Answer {
		t.Helper()
		got, recorded, err := s.Answer(a)
		must(t, err)
		if !recorded {
			t.Fatalf("%+v was not recorded", a)
		}
		a.Number, a.At = got.Number, a.At.UTC()
		want(t, "answer returned", got, a)
		return got
	}
	ack := record(kaisei.Answer{Change: second.ID, Action: kaisei.AnswerAcknowledge, By: "山田", Note: "確認", Via: kaisei.AnsweredByCommand, At: at(3 * time.Hour).In(kaisei.JST)})
	assign := record(kaisei.Answer{Change: first.ID, Action: kaisei.AnswerAssign, Assignee: "佐藤", AssigneeID: "U2", By: "鈴木", ByID: "U1", Via: kaisei.AnsweredInSlack, Event: "e1", At: at(4 * time.Hour)})
	reopen := record(kaisei.Answer{Change: second.ID, Action: kaisei.AnswerReopen, By: "鈴木", At: at(5 * time.Hour)})
	again := record(kaisei.Answer{Change: second.ID, Action: kaisei.AnswerAcknowledge, By: "山田", At: at(6 * time.Hour)})
	if ack.Number != 1 || assign.Number != 2 || reopen.Number != 3 || again.Number != 4 {
		t.Errorf("numbers %d, %d, %d, %d", ack.Number, assign.Number, reopen.Number, again.Number)
	}
	// What says the same again is not recorded: by the same person, by the same event.
	for _, a := range []kaisei.Answer{
		{Change: second.ID, Action: kaisei.AnswerAcknowledge, By: "山田", At: at(7 * time.Hour)},
		{Change: first.ID, Action: kaisei.AnswerAcknowledge, By: "鈴木", Event: "e1", At: at(7 * time.Hour)},
	} {
		got, recorded, err := s.Answer(a)
		must(t, err)
		if expected := map[string]kaisei.Answer{second.ID: again, first.ID: assign}[a.Change]; recorded || got != expected {
			t.Errorf("%+v: recorded %v as %+v", a, recorded, got)
		}
	}
	for _, q := range []struct {
		change string
		since  time.Time
		want   []kaisei.Answer
	}{
		{first.ID, time.Time{}, []kaisei.Answer{assign}},
		{second.ID, time.Time{}, []kaisei.Answer{ack, reopen, again}},
		{"", time.Time{}, []kaisei.Answer{ack, assign, reopen, again}},
		{"", at(5 * time.Hour), []kaisei.Answer{reopen, again}},
		{second.ID, at(6 * time.Hour), []kaisei.Answer{again}},
		{"meti/doc@1", time.Time{}, nil},
		{"nothing", time.Time{}, nil},
	} {
		got, err := s.Answers(q.change, q.since)
		must(t, err)
		want(t, "answers of "+q.change, got, q.want)
	}
	// The change stays as it was told.
	got, ok, err := s.Change(second.ID)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	want(t, "change", got, second)
}

func answerRefused(t *testing.T, s Store) {
	save(t, s, "meti/doc", 1, at(0), "一")
	c := save(t, s, "meti/doc", 2, at(time.Hour), "二")
	if _, _, err := s.Answer(kaisei.Answer{Change: "meti/doc@3", Action: kaisei.AnswerAcknowledge, By: "山田", At: at(0)}); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("an answer to no change: %v", err)
	}
	if _, _, err := s.Answer(kaisei.Answer{Change: c.ID, Action: "read", By: "山田", At: at(0)}); err == nil {
		t.Error("an answer that is none was taken")
	}
	if a, recorded, err := s.Answer(kaisei.Answer{Change: c.ID, Action: kaisei.AnswerReopen, By: "山田", At: at(0)}); recorded || a != (kaisei.Answer{}) || err != nil {
		t.Errorf("a reopening of what nobody answered: %+v, %v, %v", a, recorded, err)
	}
	if as, err := s.Answers("", time.Time{}); len(as) != 0 || err != nil {
		t.Errorf("answers: %v, %v", as, err)
	}
	made, _, err := s.Answer(kaisei.Answer{Change: c.ID, Action: kaisei.AnswerAcknowledge, By: "山田", At: at(0)})
	must(t, err)
	want(t, "number after refusals", made.Number, uint64(1))
}
