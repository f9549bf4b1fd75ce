package storagetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func changesFound(t *testing.T, s Store) {
	if cs, err := s.Changes(kaisei.ChangeQuery{}); len(cs) != 0 || err != nil {
		t.Fatalf("changes of an empty store: %v, %v", cs, err)
	}
	save(t, s, "a", 1, at(0), "A")
	c, k := commit("a", 2, at(1), "B")
	must(t, s.SaveCapture(c, ""))
	stored, err := s.Commit(k)
	must(t, err)
	expect := *k.Change
	expect.Number = 1
	want(t, "change as stored", stored, expect)
	want(t, "number in the caller's change", k.Change.Number, 0)
	got, ok, err := s.Change("a@2")
	if !ok || err != nil {
		t.Fatalf("change: %v, %v", ok, err)
	}
	want(t, "change", got, expect)
	for _, id := range []string{"", "a", "a@", "a@1", "a@3", "a@02", "b@2", "a@99999999999999999999", "@2"} {
		if _, ok, err := s.Change(id); ok || err != nil {
			t.Errorf("change %q: %v, %v", id, ok, err)
		}
	}
	ls, err := s.Looks("", time.Time{}, 1)
	must(t, err)
	want(t, "change of the look", ls[0].Change, "a@2")
	n, err := s.LastNumber()
	must(t, err)
	want(t, "last number", n, 1)
}

// queries compares random queries with ChangeQuery's own words, over changes that were not quite
// committed in the order in which they were seen.
func queries(t *testing.T, s Store) {
	r := rand.New(rand.NewPCG(7, 8))
	layers := []kaisei.Layer{kaisei.LayerLaw, kaisei.LayerNews}
	classes := []kaisei.Class{kaisei.ClassAmended, kaisei.ClassNews, kaisei.ClassReissued}
	sources := []string{"meti/ai", "meti/ai-2", "cao"}
	documents := []string{"meti/ai/main", "meti/ai", "cao/x/y", "meti"}
	var all []kaisei.Change
	seqs := map[string]int{}
	for n := range 200 {
		document := documents[r.IntN(len(documents))]
		seqs[document]++
		when := at(time.Duration(n+r.IntN(20)) * time.Hour)
		c, k := commit(document, seqs[document], when, fmt.Sprint(n))
		k.Change = &kaisei.Change{
			ID: kaisei.ChangeID(document, seqs[document]), Document: document, Source: sources[r.IntN(len(sources))], SeenAt: when,
			Layer: layers[r.IntN(2)], Class: classes[r.IntN(3)], Severity: kaisei.Severities()[r.IntN(5)],
		}
		switch r.IntN(5) {
		case 0:
			k.Change.Quiet = "reissued"
		case 1:
			k.Change.CopyOf = "x@1"
		}
		must(t, s.SaveCapture(c, ""))
		stored, err := s.Commit(k)
		must(t, err)
		all = append(all, stored)
	}
	maybe := func(set func()) {
		if r.IntN(3) == 0 {
			set()
		}
	}
	for range 300 {
		var q kaisei.ChangeQuery
		maybe(func() { q.Since = at(time.Duration(r.IntN(240)-10) * time.Hour) })
		maybe(func() { q.Until = at(time.Duration(r.IntN(240)-10) * time.Hour) })
		maybe(func() { q.First = r.Uint64N(220) })
		maybe(func() { q.Last = r.Uint64N(220) })
		maybe(func() { q.Source = append(sources, "meti/", "none")[r.IntN(5)] })
		maybe(func() { q.Document = append(documents, "meti/", "cao/")[r.IntN(6)] })
		maybe(func() { q.Layer = layers[r.IntN(2)] })
		maybe(func() { q.Class = classes[r.IntN(3)] })
		maybe(func() { q.MinSeverity = kaisei.Severities()[r.IntN(5)] })
		maybe(func() { q.Limit = r.IntN(20) })
		q.Quiet, q.Newest = r.IntN(2) == 0, r.IntN(2) == 0
		var expect []kaisei.Change
		for i := range all {
			c := all[i]
			if q.Newest {
				c = all[len(all)-1-i]
			}
			if q.Match(c) && (q.Limit == 0 || len(expect) < q.Limit) {
				expect = append(expect, c)
			}
		}
		got, err := s.Changes(q)
		must(t, err)
		want(t, fmt.Sprintf("changes %+v", q), changeIDs(got), changeIDs(expect))
		want(t, "contents", got, expect)
	}
}

func changeIDs(cs []kaisei.Change) []string {
	var ids []string
	for _, c := range cs {
		ids = append(ids, c.ID)
	}
	return ids
}

func changeAlone(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	save(t, s, "a", 2, at(1), "B")
	for _, id := range []string{"a@2#closing", "a@1", "z@1"} {
		c := kaisei.Change{ID: id, Source: "a", Document: "a", Class: kaisei.ClassConsultationClosing, SeenAt: at(2)}
		stored, err := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: "a", At: at(2)}, Change: &c})
		must(t, err)
		c.Number = stored.Number
		got, ok, err := s.Change(id)
		if !ok || err != nil {
			t.Fatalf("change %s: %v, %v", id, ok, err)
		}
		want(t, "change", got, c)
		if _, err := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: "a"}, Change: &c}); err == nil {
			t.Errorf("change %s was accepted twice", id)
		}
	}
	cs, err := s.Changes(kaisei.ChangeQuery{})
	must(t, err)
	want(t, "changes", changeIDs(cs), []string{"a@2", "a@2#closing", "a@1", "z@1"})
}

func times(t *testing.T, s Store) {
	jst := func(d time.Duration) time.Time { return at(d).In(kaisei.JST) }
	c, k := commit("a", 1, jst(0), "A")
	must(t, s.SaveCapture(c, ""))
	k.Change = &kaisei.Change{ID: "a@1", Document: "a", SeenAt: jst(0), Dates: kaisei.Dates{Deadline: jst(1)}}
	k.Deliveries = []kaisei.Delivery{{ID: "d", State: kaisei.DeliverySent, Due: jst(0), Created: jst(1), SentAt: jst(2), Begun: jst(3)}}
	k.Seen = &kaisei.Seen{URL: "u", At: jst(3)}
	stored, err := s.Commit(k)
	must(t, err)
	must(t, s.SaveLeads([]kaisei.Lead{{Source: "a", Document: "a", FirstSeen: jst(5)}}))
	must(t, s.SavePoll(kaisei.Poll{Source: "a", LastLook: jst(1), LastGood: jst(2), NextLook: jst(3), LastChange: jst(4), FirstGood: jst(5)}))
	v := latest(t, s, "a")
	change, _, _ := s.Change("a@1")
	d, _, _ := s.Delivery("d")
	n, _, _ := s.Seen("meti/ai-guidelines", "u")
	ls, _ := s.Leads("a")
	p, _, _ := s.Poll("a")
	looks, _ := s.Looks("", time.Time{}, 0)
	instants := 0
	for _, noun := range []any{v, stored, change, d, n, ls[0], p, looks[0]} {
		instants += eachTime(reflect.ValueOf(noun), func(got time.Time) {
			if got.Location() != time.UTC || got.Nanosecond() < start().Nanosecond() {
				t.Errorf("%T has the time %v", noun, got)
			}
		})
	}
	want(t, "instants compared", instants, 2+2+2+4+1+1+5+1)
}

// eachTime calls fn for every instant in v that is set, and counts them.
func eachTime(v reflect.Value, fn func(time.Time)) (n int) {
	if t, ok := v.Interface().(time.Time); ok {
		if t.IsZero() {
			return 0
		}
		fn(t)
		return 1
	}
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			n += eachTime(v.Field(i), fn)
		}
	}
	return n
}

func ids(t *testing.T, s Store) {
	odd := "日本/法令 № 1?a=b&c=@3\x01…\n"
	save(t, s, "令和7年/AI法@2", 1, at(0), "A")
	save(t, s, "令和7年/AI法@2", 2, at(1), "B")
	if _, ok, err := s.Change("令和7年/AI法@2@2"); !ok || err != nil {
		t.Errorf("change of an ID with @: %v, %v", ok, err)
	}
	must(t, s.AppendLook(kaisei.Look{Source: odd, At: at(0)}))
	ls, err := s.Looks(odd, time.Time{}, 0)
	must(t, err)
	want(t, "looks", len(ls), 1)
	must(t, s.SetMark(odd, odd))
	value, _, err := s.Mark(odd)
	must(t, err)
	want(t, "mark", value, odd)
	long := string(make([]byte, 100_000))
	for _, bad := range []string{"", "a\x00b", "a\xff", long} {
		c, k := commit(bad, 1, at(0), "A")
		must(t, s.SaveCapture(c, ""))
		_, errVersion := s.Commit(k)
		_, errLook := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: bad}})
		_, errChange := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: "a"}, Change: &kaisei.Change{ID: bad}})
		_, errSeen := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: "a", URL: bad}, Seen: &kaisei.Seen{}})
		for what, err := range map[string]error{
			"document": errVersion, "look": errLook, "change": errChange, "seen": errSeen,
			"poll": s.SavePoll(kaisei.Poll{Source: bad}), "mark": s.SetMark(bad, ""), "delivery": s.SaveDelivery(delivery(bad, at(0))),
			"lead": s.SaveLeads([]kaisei.Lead{{Source: bad, Document: "a"}}), "lead's document": s.SaveLeads([]kaisei.Lead{{Source: "a", Document: bad}}),
		} {
			if err == nil {
				t.Errorf("%s %.10q was accepted", what, bad)
			} else if len(err.Error()) > 1000 {
				t.Errorf("%s: the message has %d bytes", what, len(err.Error()))
			}
		}
	}
}

func concurrent(t *testing.T, s Store) {
	const writers, rounds = 8, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			document := fmt.Sprintf("doc/%d", w)
			like := ""
			for seq := 1; seq <= rounds; seq++ {
				c, k := commit(document, seq, at(time.Duration(seq)*time.Second), "共通の長い本文"+document, fmt.Sprint(seq))
				if err := s.SaveCapture(c, like); err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Commit(k); err != nil {
					t.Error(err)
					return
				}
				like = c.Hash
				if v, ok, err := s.Latest(document); err != nil || !ok || v.Seq != seq {
					t.Errorf("latest of %s: %d, %v, %v", document, v.Seq, ok, err)
				}
				if _, err := s.Looks("", time.Time{}, 10); err != nil {
					t.Error(err)
				}
				if _, err := s.Due(at(time.Hour), 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	cs, err := s.Changes(kaisei.ChangeQuery{})
	must(t, err)
	want(t, "changes", len(cs), writers*(rounds-1))
	for i, c := range cs {
		want(t, "number", c.Number, uint64(i+1))
	}
}

// race lets goroutines commit the same next version; one of them must win each round.
func race(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	for seq := 2; seq <= 6; seq++ {
		var wg sync.WaitGroup
		won := make(chan int, 4)
		for w := range 4 {
			wg.Go(func() {
				c, k := commit("a", seq, at(time.Duration(seq)), fmt.Sprint(seq, w))
				if err := s.SaveCapture(c, ""); err != nil {
					t.Error(err)
				}
				if _, err := s.Commit(k); err == nil {
					won <- w
				}
			})
		}
		wg.Wait()
		want(t, "winners", len(won), 1)
		want(t, "text", latest(t, s, "a").Blocks[0].Text, fmt.Sprint(seq, <-won))
	}
}

func stats(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	save(t, s, "a", 2, at(1), "B")
	save(t, s, "b", 1, at(2), "C")
	d := delivery("dead", at(0))
	d.State = kaisei.DeliveryDead
	must(t, s.SaveDelivery(d))
	st, err := s.Stats()
	must(t, err)
	if st.FileBytes <= 0 || st.StoreBytes <= 0 || st.Path == "" {
		t.Errorf("sizes: %+v", st)
	}
	st.FileBytes, st.FreeBytes, st.StoreBytes, st.Path = 0, 0, 0, ""
	want(t, "stats", st, kaisei.StoreStats{Documents: 2, Versions: 3, Changes: 1, Looks: 3, Bodies: 3, BodyBytes: 27, Due: 1, Dead: 1})
}
