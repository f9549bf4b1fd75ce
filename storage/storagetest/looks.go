package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func seen(t *testing.T, s Store) {
	if _, ok, err := s.Seen("a", "u"); ok || err != nil {
		t.Fatalf("a URL never seen: %v, %v", ok, err)
	}
	for i, source := range []string{"a", "b", "a"} {
		n := kaisei.Seen{URL: "https://x/y", Hash: fmt.Sprint(i), LastModified: "m", At: at(time.Duration(i)), Pending: kaisei.Pending{Shown: []kaisei.Shown{{Text: "s", At: at(time.Duration(i))}}}}
		_, err := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: source, URL: n.URL, At: n.At, Verdict: kaisei.VerdictSameBytes}, Seen: &n})
		must(t, err)
	}
	_, err := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: "a", URL: "https://x/y", Verdict: kaisei.VerdictFailed}})
	must(t, err)
	for source, hash := range map[string]string{"a": "2", "b": "1"} {
		n, ok, err := s.Seen(source, "https://x/y")
		if !ok || err != nil {
			t.Fatalf("seen by %s: %v, %v", source, ok, err)
		}
		want(t, "seen by "+source, n.Hash, hash)
	}
}

func noise(t *testing.T, s Store) {
	for _, source := range []string{"a", "ab"} {
		for _, n := range []kaisei.Seen{
			{URL: "https://x/loud", Hash: "h", ETag: "e", At: at(1), Spots: []kaisei.Spot{{Rule: "r", Parts: []string{"", "人"}}}, Aside: []kaisei.Aside{{Rule: "r", Count: 3}}, Learned: at(0)},
			{URL: "https://x/still", Hash: "h", At: at(1)},
		} {
			_, err := s.Commit(kaisei.Commit{Look: kaisei.Look{Source: source, URL: n.URL, At: n.At, Verdict: kaisei.VerdictSameText}, Seen: &n})
			must(t, err)
		}
	}
	all, err := s.Noise("")
	must(t, err)
	one, err := s.Noise("a")
	must(t, err)
	if len(all) != 2 || len(one) != 1 || one[0].Source != "a" || one[0].URL != "https://x/loud" || len(one[0].Spots) != 1 || len(one[0].Aside) != 1 {
		t.Errorf("the noise of all is %+v, of a %+v", all, one)
	}
	for _, want := range []bool{true, false} {
		if forgot, err := s.ForgetNoise("a", "https://x/loud"); err != nil || forgot != want {
			t.Errorf("forgetting: %v, %v, want %v", forgot, err, want)
		}
	}
	if n, _, err := s.Seen("a", "https://x/loud"); err != nil || len(n.Spots)+len(n.Aside) > 0 || n.ETag != "" || !n.Learned.IsZero() {
		t.Errorf("after forgetting the address is seen as %+v, %v", n, err)
	}
	if left, err := s.Noise(""); err != nil || len(left) != 1 || left[0].Source != "ab" {
		t.Errorf("left: %+v, %v", left, err)
	}
}

func leads(t *testing.T, s Store) {
	one := kaisei.Lead{Source: "a", Document: "a/1", Key: "k", Title: "題", URL: "u", Baseline: true, FirstSeen: at(0), Match: "key", Published: kaisei.Date{Year: 2026, Month: 3, Day: 31}}
	two := one
	two.Document = "a/0"
	other := one
	other.Source = "a/b"
	must(t, s.SaveLeads(nil))
	must(t, s.SaveLeads([]kaisei.Lead{one, two, other}))
	one.Label = "第2版"
	must(t, s.SaveLeads([]kaisei.Lead{one}))
	got, err := s.Leads("a")
	must(t, err)
	want(t, "leads", got, []kaisei.Lead{two, one})
	got, err = s.Leads("")
	must(t, err)
	want(t, "leads of all sources", got, []kaisei.Lead{two, one, other})
	if err := s.SaveLeads([]kaisei.Lead{{Source: "c", Document: "c/1"}, {Source: "c"}}); err == nil {
		t.Error("a lead without a document was accepted")
	}
	if got, _ := s.Leads("c"); len(got) != 0 {
		t.Error("half of a refused list was saved")
	}
}

func polls(t *testing.T, s Store) {
	if _, ok, err := s.Poll("a"); ok || err != nil {
		t.Fatalf("a source never polled: %v, %v", ok, err)
	}
	p := kaisei.Poll{Source: "b", LastLook: at(0), NextLook: at(1), Failures: 3, LastVerdict: kaisei.VerdictFailed, LastCause: kaisei.CauseDNS, Looks: 5, Good: 2}
	must(t, s.SavePoll(p))
	must(t, s.SavePoll(kaisei.Poll{Source: "a"}))
	p.Failures, p.Notice = 4, "failing"
	must(t, s.SavePoll(p))
	got, ok, err := s.Poll("b")
	if !ok || err != nil {
		t.Fatalf("poll: %v, %v", ok, err)
	}
	want(t, "poll", got, p)
	all, err := s.Polls()
	must(t, err)
	want(t, "polls", all, []kaisei.Poll{{Source: "a"}, p})
}

func sightings(t *testing.T, s Store) {
	got, err := s.Sightings("a")
	must(t, err)
	want(t, "what a source never read showed", got, kaisei.Sightings{Source: "a"})
	first := kaisei.Sightings{Source: "a", Items: []kaisei.Sighting{{Title: "題", URL: "https://a.example/1", First: at(0)}}}
	_, err = s.Commit(kaisei.Commit{Look: look("a", 1), Sightings: &first})
	must(t, err)
	got, err = s.Sightings("a")
	must(t, err)
	want(t, "what came with a look", got, first)
	second := kaisei.Sightings{Source: "a", Gaps: []kaisei.Gap{{From: at(0), To: at(1), Why: "何も重ならない"}}}
	must(t, s.SaveSightings(second))
	got, err = s.Sightings("a")
	must(t, err)
	want(t, "what replaced it", got, second)
	if err := s.SaveSightings(kaisei.Sightings{}); err == nil {
		t.Error("sightings of no source were accepted")
	}
}

func captures(t *testing.T, s Store) {
	old, next := capture("old", at(0)), capture("next", at(time.Hour))
	for _, c := range []*kaisei.Capture{&old, &next} {
		c.URL = "https://a.example/list"
		must(t, s.SaveCapture(*c, ""))
	}
	l := look("a", 1)
	l.URL = old.URL
	_, err := s.Commit(kaisei.Commit{Look: l, Capture: &old.Snapshot})
	must(t, err)
	got, err := s.Captures("a")
	must(t, err)
	want(t, "captures", got, []kaisei.Snapshot{old.Snapshot})
	_, err = s.Commit(kaisei.Commit{Look: l, Capture: &next.Snapshot, Drop: old.Hash})
	must(t, err)
	got, err = s.Captures("a")
	must(t, err)
	want(t, "captures after the drop", got, []kaisei.Snapshot{next.Snapshot})
	if got, _ := s.Captures("aa"); len(got) != 0 {
		t.Error("another source has captures")
	}
}

// look makes the n-th look of a source; some fields repeat, some do not.
func look(source string, n int) kaisei.Look {
	l := kaisei.Look{
		Source: source, Document: fmt.Sprintf("%s/%d", source, n%3), At: at(time.Duration(n) * time.Minute), Verdict: kaisei.VerdictSameBytes,
		URL: fmt.Sprintf("https://x/%d", n%5), Status: 200, Size: n * 100, Hash: kaisei.Hash([]byte{byte(n % 7)}), Took: time.Duration(n) * time.Millisecond,
	}
	if n%10 == 0 {
		l.Verdict, l.Cause, l.Detail, l.Hash = kaisei.VerdictFailed, kaisei.CauseTimeout, fmt.Sprintf("応答がない: %d 秒", n), ""
	}
	return l
}

func looks(t *testing.T, s Store) {
	var all []kaisei.Look
	for n := range 500 {
		l := look([]string{"a", "b", "c/d"}[n%3], n)
		must(t, s.AppendLook(l))
		all = append(all, l)
	}
	slices.Reverse(all)
	for _, q := range []struct {
		source string
		since  time.Time
		limit  int
	}{{}, {limit: 7}, {source: "a"}, {source: "b", limit: 150}, {since: at(400 * time.Minute)}, {source: "c/d", since: at(100 * time.Minute), limit: 30}, {source: "none"}, {since: at(time.Hour * 1000)}} {
		var expect []kaisei.Look
		for _, l := range all {
			if (q.source == "" || l.Source == q.source) && !l.At.Before(q.since) && (q.limit == 0 || len(expect) < q.limit) {
				expect = append(expect, l)
			}
		}
		got, err := s.Looks(q.source, q.since, q.limit)
		must(t, err)
		want(t, fmt.Sprintf("looks %+v", q), got, expect)
	}
	if err := s.AppendLook(kaisei.Look{}); err == nil {
		t.Error("a look without a source was accepted")
	}
}

// looksDisorder appends looks whose clock goes back and forth, once by years.
func looksDisorder(t *testing.T, s Store) {
	r := rand.New(rand.NewPCG(5, 6))
	var all []kaisei.Look
	for n := range 400 {
		l := look([]string{"a", "b"}[n%2], n+1)
		l.At = l.At.Add(time.Duration(r.IntN(100)-50) * time.Minute)
		if n == 200 || n == 201 {
			l.At = l.At.AddDate(3, 0, 0)
		}
		if n == 100 {
			l.At = time.Unix(n64(n), 0).UTC()
		}
		l.Size = n // makes each look distinct
		must(t, s.AppendLook(l))
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(a, b kaisei.Look) int { return b.At.Compare(a.At) })
	since := at(150 * time.Minute)
	for _, source := range []string{"", "a"} {
		var expect, recent []time.Time
		for _, l := range all {
			if source == "" || l.Source == source {
				if expect = append(expect, l.At); !l.At.Before(since) {
					recent = append(recent, l.At)
				}
			}
		}
		got, err := s.Looks(source, time.Time{}, 0)
		must(t, err)
		want(t, "looks of "+source, lookTimes(got), expect)
		got, err = s.Looks(source, since, 0)
		must(t, err)
		want(t, "recent looks of "+source, lookTimes(got), recent)
		got, err = s.Looks(source, time.Time{}, 50)
		must(t, err)
		want(t, "last looks of "+source, lookTimes(got), expect[:50])
	}
}

func n64(n int) int64 { return int64(n) }

func lookTimes(ls []kaisei.Look) []time.Time {
	var ts []time.Time
	for _, l := range ls {
		ts = append(ts, l.At)
	}
	return ts
}

func looksPruned(t *testing.T, s Store) {
	for n := range 400 {
		must(t, s.AppendLook(look([]string{"a", "b"}[n%2], n)))
	}
	must(t, s.AppendLook(look("old", 1)))
	cut := at(250 * time.Minute)
	n, err := s.Prune(cut)
	must(t, err)
	want(t, "pruned", n, 251)
	ls, err := s.Looks("", time.Time{}, 0)
	must(t, err)
	want(t, "left", len(ls), 150)
	want(t, "oldest left", ls[len(ls)-1].At, cut)
	n, err = s.Prune(cut)
	must(t, err)
	want(t, "pruned the second time", n, 0)
	must(t, s.AppendLook(look("a", 500)))
	ls, err = s.Looks("a", at(500*time.Minute), 0)
	must(t, err)
	want(t, "appended after pruning", len(ls), 1)
}

func sweep(t *testing.T, s Store) {
	const day = 24 * time.Hour
	save(t, s, "a", 1, at(0), "A", "長い文")
	first := latest(t, s, "a").Snapshot.Hash
	lost := capture("<p>A</p>\n<p>長い文。</p>\n", at(0))
	must(t, s.SaveCapture(lost, first))
	afterLost := capture("<p>A</p>\n<p>長い文。。</p>\n", at(0))
	must(t, s.SaveCapture(afterLost, lost.Hash))
	again := capture("evidence captured again later", at(0))
	must(t, s.SaveCapture(again, ""))
	again.At = at(5 * day)
	must(t, s.SaveCapture(again, ""))
	for day6 := range 2 {
		must(t, s.AppendLook(kaisei.Look{Source: "a", At: at(6*day + time.Duration(day6)*2*day), Verdict: kaisei.VerdictSameBytes}))
		_, err := s.Prune(time.Time{})
		must(t, err)
		for hash, stays := range map[string]bool{first: true, lost.Hash: day6 == 0, afterLost.Hash: day6 == 0, again.Hash: true} {
			if _, err := s.Body(hash); errors.Is(err, kaisei.ErrNotFound) == stays || err != nil && !errors.Is(err, kaisei.ErrNotFound) {
				t.Errorf("day %d, body %s: %v", 6+2*day6, hash, err)
			}
		}
	}
}
