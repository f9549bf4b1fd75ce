package storagetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// fields stores nouns with every field set, found by reflection, so that a field
// that a store does not know of yet fails here and not in somebody's archive.
func fields(t *testing.T, s Store) {
	c := capture("body", at(0))
	must(t, s.SaveCapture(c, ""))
	f := &filler{}
	v, change, look, delivery, seen := fill[kaisei.Version](f), fill[kaisei.Change](f), fill[kaisei.Look](f), fill[kaisei.Delivery](f), fill[kaisei.Seen](f)
	lead, poll, ruling, judgement := fill[kaisei.Lead](f), fill[kaisei.Poll](f), fill[kaisei.Ruling](f), fill[kaisei.Judgement](f)
	shown, snapshot, answer := fill[kaisei.Sightings](f), fill[kaisei.Snapshot](f), fill[kaisei.Answer](f)
	snapshot.Hash = c.Hash
	v.Document, v.Seq, v.Snapshot.Hash = "d", 1, c.Hash
	change.ID, change.Document, change.Number = "d@1", "d", 1
	delivery.State = kaisei.DeliveryDead
	stored, err := s.Commit(kaisei.Commit{Look: look, Version: &v, Change: &change, Deliveries: []kaisei.Delivery{delivery}, Seen: &seen, Sightings: &shown, Capture: &snapshot})
	must(t, err)
	must(t, s.SaveLeads([]kaisei.Lead{lead}))
	must(t, s.SavePoll(poll))
	want(t, "change returned", stored, change)
	want(t, "version", latest(t, s, "d"), v)
	gotChange, _, err := s.Change("d@1")
	must(t, err)
	want(t, "change", gotChange, change)
	looks, err := s.Looks(look.Source, time.Time{}, 0)
	must(t, err)
	want(t, "looks", looks, []kaisei.Look{look})
	gotDelivery, _, err := s.Delivery(delivery.ID)
	must(t, err)
	want(t, "delivery", gotDelivery, delivery)
	gotSeen, _, err := s.Seen(look.Source, seen.URL)
	must(t, err)
	want(t, "seen", gotSeen, seen)
	leads, err := s.Leads(lead.Source)
	must(t, err)
	want(t, "leads", leads, []kaisei.Lead{lead})
	gotPoll, _, err := s.Poll(poll.Source)
	must(t, err)
	want(t, "poll", gotPoll, poll)
	snapshots, err := s.Captures(look.Source)
	must(t, err)
	want(t, "captures", snapshots, []kaisei.Snapshot{snapshot})
	gotShown, err := s.Sightings(shown.Source)
	must(t, err)
	want(t, "sightings", gotShown, shown)
	ruled, err := s.Rule(kaisei.RulingCommit{Ruling: ruling})
	must(t, err)
	ruling.Number = 1
	want(t, "ruling returned", ruled.Ruling, ruling)
	gotRulings, err := s.Rulings("")
	must(t, err)
	want(t, "rulings", gotRulings, []kaisei.Ruling{ruling})
	judgement.Change = change.ID
	judged, err := s.Rejudge([]kaisei.Judgement{judgement}, nil)
	must(t, err)
	judgement.Number = 1
	want(t, "judgement returned", judged, []kaisei.Judgement{judgement})
	gotJudgements, err := s.Judgements(change.ID)
	must(t, err)
	want(t, "judgements", gotJudgements, []kaisei.Judgement{judgement})
	answer.Change, answer.Action, answer.Number = change.ID, kaisei.AnswerAssign, 1
	gave, _, err := s.Answer(answer)
	must(t, err)
	want(t, "answer returned", gave, answer)
	gotAnswers, err := s.Answers(change.ID, time.Time{})
	must(t, err)
	want(t, "answers", gotAnswers, []kaisei.Answer{answer})
	bare := v
	bare.Blocks = nil
	vs, err := s.Versions("d")
	must(t, err)
	want(t, "versions", vs, []kaisei.Version{bare})
	vs, err = s.Documents("")
	must(t, err)
	want(t, "documents", vs, []kaisei.Version{bare})
}

// filler gives every field a value of its own.
type filler struct{ n int }

func fill[T any](f *filler) T {
	var v T
	f.set(reflect.ValueOf(&v).Elem())
	return v
}

func (f *filler) set(v reflect.Value) {
	f.n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = at(time.Duration(f.n) * time.Second)
		return
	case *kaisei.Date:
		*x = kaisei.Date{Year: 2000 + f.n%100, Month: time.May, Day: 1 + f.n%28}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("値%d", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint64:
		v.SetUint(uint64(f.n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.set(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.set(key)
		f.set(value)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			f.set(v.Field(i))
		}
	default:
		panic("storagetest: a noun has a field of kind " + v.Kind().String())
	}
}
