package storagetest

import (
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// ruled is what a ruling that appends version seq of document leaves behind.
func ruled(document string, seq int, t time.Time, text string) kaisei.RulingCommit {
	_, k := commit(document, seq, t, text)
	return kaisei.RulingCommit{
		Ruling: kaisei.Ruling{Action: kaisei.RuleLink, Document: document, Other: "meti/other", By: "担当", Note: "改題", At: t},
		Leads:  []kaisei.Lead{{Source: "meti", Document: "meti/other", Key: "別の題", URL: "https://e.example/2", FirstSeen: t}},
		Steps:  []kaisei.Step{{Version: *k.Version, Change: k.Change}}, Deliveries: k.Deliveries,
	}
}

func rulings(t *testing.T, s Store) {
	if rs, err := s.Rulings(""); len(rs) != 0 || err != nil {
		t.Fatalf("rulings of an empty store: %v, %v", rs, err)
	}
	save(t, s, "meti/doc", 1, at(0), "一")
	looks, err := s.Looks("", time.Time{}, 0)
	must(t, err)
	c := ruled("meti/doc", 2, at(time.Hour), "一") // the body is stored already
	stored, err := s.Rule(c)
	must(t, err)
	first := c.Ruling
	first.Number = 1
	want(t, "ruling returned", stored.Ruling, first)
	if stored.Steps[0].Change.Number != 1 {
		t.Errorf("the change has the number %d", stored.Steps[0].Change.Number)
	}
	want(t, "version", latest(t, s, "meti/doc"), c.Steps[0].Version)
	change, ok, err := s.Change("meti/doc@2")
	if !ok || err != nil {
		t.Fatalf("change: %v, %v", ok, err)
	}
	want(t, "change", change, *stored.Steps[0].Change)
	leads, err := s.Leads("meti")
	must(t, err)
	want(t, "leads", leads, c.Leads)
	if ds, err := s.Deliveries("", 0); len(ds) != 1 || err != nil {
		t.Errorf("deliveries: %v, %v", ds, err)
	}
	after, err := s.Looks("", time.Time{}, 0)
	must(t, err)
	want(t, "looks: a ruling is no look", after, looks)

	second, err := s.Rule(kaisei.RulingCommit{Ruling: kaisei.Ruling{Action: kaisei.RuleConfirm, Document: "meti/third", At: at(0)}})
	must(t, err)
	for _, q := range []struct {
		document string
		want     []kaisei.Ruling
	}{
		{"", []kaisei.Ruling{first, second.Ruling}}, {"meti/doc", []kaisei.Ruling{first}}, {"meti/other", []kaisei.Ruling{first}},
		{"meti/third", []kaisei.Ruling{second.Ruling}}, {"meti", nil},
	} {
		got, err := s.Rulings(q.document)
		must(t, err)
		want(t, "rulings of "+q.document, got, q.want)
	}
	// Several versions in one ruling, of two documents.
	long := ruled("meti/doc", 3, at(2*time.Hour), "一")
	for _, seq := range []int{1, 2} {
		_, k := commit("meti/new", seq, at(2*time.Hour), "一")
		long.Steps = append(long.Steps, kaisei.Step{Version: *k.Version, Change: k.Change})
	}
	_, err = s.Rule(long)
	must(t, err)
	vs, err := s.Versions("meti/new")
	must(t, err)
	if len(vs) != 2 {
		t.Errorf("%d versions of the new document", len(vs))
	}
}

func rulingRefused(t *testing.T, s Store) {
	save(t, s, "meti/doc", 1, at(0), "一")
	good := ruled("meti/doc", 2, at(time.Hour), "一")
	for name, alter := range map[string]func(c *kaisei.RulingCommit){
		"out of sequence": func(c *kaisei.RulingCommit) { c.Steps[0].Version.Seq = 3 },
		"without a body":  func(c *kaisei.RulingCommit) { c.Steps[0].Version.Snapshot.Hash = strings.Repeat("0", 64) },
		"no document":     func(c *kaisei.RulingCommit) { c.Ruling.Document = "" },
		"bad lead":        func(c *kaisei.RulingCommit) { c.Leads = []kaisei.Lead{{Source: "meti"}} },
		"second step":     func(c *kaisei.RulingCommit) { c.Steps = append(c.Steps, c.Steps[0]) },
	} {
		c := good
		c.Steps = append([]kaisei.Step(nil), good.Steps...)
		alter(&c)
		if _, err := s.Rule(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if rs, err := s.Rulings(""); len(rs) != 0 || err != nil {
		t.Errorf("rulings: %v, %v", rs, err)
	}
	if ls, err := s.Leads("meti"); len(ls) != 0 || err != nil {
		t.Errorf("leads: %v, %v", ls, err)
	}
	if n, err := s.LastNumber(); n != 0 || err != nil {
		t.Errorf("changes: %d, %v", n, err)
	}
	if v := latest(t, s, "meti/doc"); v.Seq != 1 {
		t.Errorf("version %d", v.Seq)
	}
	stored, err := s.Rule(good)
	must(t, err)
	want(t, "number after refusals", stored.Ruling.Number, uint64(1))
}

func standings(t *testing.T, s Store) {
	save(t, s, "a/1", 1, at(0), "一")
	save(t, s, "a/1", 2, at(time.Hour), "一", "二")
	save(t, s, "a/2", 1, at(0), "三")
	save(t, s, "b/1", 1, at(0), "四")
	_, quiet := commit("a/1", 3, at(2*time.Hour), "一", "二")
	quiet.Change.Quiet = "reissued"
	_, err := s.Commit(quiet)
	must(t, err)
	own := kaisei.Lead{Source: "meti/ai-guidelines", Document: "a/1", Match: kaisei.MatchKey, As: kaisei.FollowDocument}
	joined := kaisei.Lead{Source: "meti/ai-guidelines", Document: "a/2", Match: kaisei.MatchSimilar, To: "a/1", As: kaisei.FollowDocument}
	item := kaisei.Lead{Source: "news", Document: "b/1", Match: kaisei.MatchNew, As: kaisei.FollowItem}
	must(t, s.SaveLeads([]kaisei.Lead{own, joined, item}))
	// A later look proves the text, and an alert that is no version's is the last told.
	_, err = s.Commit(kaisei.Commit{
		Look:   kaisei.Look{Source: "meti/ai-guidelines", URL: quiet.Look.URL, At: at(3 * time.Hour), Verdict: kaisei.VerdictNotModified},
		Seen:   &kaisei.Seen{URL: quiet.Look.URL, At: at(3 * time.Hour), Full: at(time.Hour)},
		Change: &kaisei.Change{ID: "a/2@in-force-2026-04-01", Source: "meti/ai-guidelines", Document: "a/2", Class: kaisei.ClassInForce, Severity: kaisei.High, SeenAt: at(3 * time.Hour)},
	})
	must(t, err)
	got, err := s.Standings("a/")
	must(t, err)
	want(t, "standings", got, []kaisei.Standing{
		{
			Version: bare(t, s, "a/1"), Verified: at(3 * time.Hour), Leads: []kaisei.Lead{own, joined},
			Change: &kaisei.Told{ID: "a/1@2", Class: kaisei.ClassAmended, Severity: kaisei.High, SeenAt: at(time.Hour)},
		},
		{
			Version: bare(t, s, "a/2"), Verified: at(3 * time.Hour), GoesOn: "a/1",
			Change: &kaisei.Told{ID: "a/2@in-force-2026-04-01", Class: kaisei.ClassInForce, Severity: kaisei.High, SeenAt: at(3 * time.Hour)},
		},
	})
	if m := got[0].Match(); m != kaisei.MatchSimilar || got[0].Item() {
		t.Errorf("the match is %q, an item %v", m, got[0].Item())
	}
	all, err := s.Standings("")
	must(t, err)
	if len(all) != 3 || !all[2].Item() || all[2].Change != nil {
		t.Errorf("all: %+v", all)
	}
	// A reading in doubt proves nothing.
	_, err = s.Commit(kaisei.Commit{
		Look: kaisei.Look{Source: "meti/ai-guidelines", URL: quiet.Look.URL, At: at(4 * time.Hour), Verdict: kaisei.VerdictSuspect},
		Seen: &kaisei.Seen{URL: quiet.Look.URL, At: at(4 * time.Hour), Full: at(time.Hour), Pending: kaisei.Pending{Shown: []kaisei.Shown{{Text: "x", At: at(4 * time.Hour)}}}},
	})
	must(t, err)
	got, err = s.Standings("a/1")
	must(t, err)
	want(t, "verified", got[0].Verified, at(time.Hour))
}

func bare(t *testing.T, s Store, document string) kaisei.Version {
	v, _, err := s.Head(document)
	must(t, err)
	return v
}
