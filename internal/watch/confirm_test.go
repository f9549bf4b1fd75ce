package watch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

const (
	notice = "https://mihon.example/notice.html"
	settle = 90 * time.Second
	// told is a sentence that an editor adds.
	obligation = "<p>事業者は、本人に通知しなければならない。</p>"
)

// confirming is a town whose in-place changes wait for a further look.
func confirming(t *testing.T) *town {
	n := newTown(t)
	n.w.Settle = settle
	return n
}

// settles lets the time pass until the addresses that wait are asked for again, looks, and wants exactly
// the changes named by "document class".
func (n *town) settles(id string, want ...string) []kaisei.Change {
	n.t.Helper()
	p, _, err := n.db.Poll(id)
	if err != nil || p.Again.IsZero() {
		n.t.Fatalf("%s waits for no further look: %+v, %v", id, p, err)
	}
	n.now = p.Again
	s, _ := n.catalog.Source(id)
	r, err := n.w.Check(n.t.Context(), s, watch.Options{Due: true})
	if err != nil {
		n.t.Fatal(err)
	}
	var got []string
	for _, c := range r.Changes {
		got = append(got, c.Document+" "+string(c.Class))
	}
	if strings.Join(got, ",") != strings.Join(want, ",") {
		n.t.Errorf("the further look at %s told %q, want %q; looks: %s", id, got, want, describe(r.Looks))
	}
	return r.Changes
}

// waits looks and wants nothing told and the address waiting for a further look.
func (n *town) waits(id string) kaisei.Look {
	n.t.Helper()
	told, looks := n.look(id)
	last := looks[len(looks)-1]
	if len(told) > 0 || last.Verdict != kaisei.VerdictSuspect || last.Cause != kaisei.CauseUnconfirmed {
		n.t.Errorf("told %d, want the page to wait; looks: %s", len(told), describe(looks))
	}
	return last
}

// rests wants nothing to wait for a further look, and makes the one that follows a first reading.
func (n *town) rests(id string) {
	n.t.Helper()
	for range 10 {
		p, _, err := n.db.Poll(id)
		if err != nil {
			n.t.Fatal(err)
		}
		if p.Again.IsZero() {
			return
		}
		n.settles(id)
	}
	n.t.Fatalf("%s does not come to rest", id)
}

func TestAnInPlaceChangeIsToldWhenTheNextLookShowsTheSame(t *testing.T) {
	n := confirming(t)
	n.pages[notice] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.rests("mihon/notice")
	n.pages[notice] = html("注意喚起", duty+obligation)
	look := n.waits("mihon/notice")
	if !strings.Contains(look.Detail, "本人に通知") {
		t.Errorf("the ledger says %q", look.Detail)
	}
	p, _, err := n.db.Poll("mihon/notice")
	if err != nil || p.Failures != 0 || !p.Again.Equal(n.now.Add(settle)) || !p.NextLook.After(p.Again) {
		t.Errorf("waiting counts %d failures and is asked again at %v, %v", p.Failures, p.Again, err)
	}
	n.asked = nil
	told := n.settles("mihon/notice", "mihon/notice amended")
	if len(told) == 1 && (len(told[0].Edits) != 1 || told[0].Edits[0].Kind != kaisei.EditAdded) {
		t.Errorf("told %+v", told[0].Edits)
	}
	if len(n.asked) != 1 || n.asked[0].ETag != "" {
		t.Errorf("the further look asked %+v, want one unconditional request", n.asked)
	}
	n.tells("mihon/notice")
}

func TestWhatIsGoneAtTheNextLookIsInTheLedgerAndNotTold(t *testing.T) {
	n := confirming(t)
	n.pages[notice] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.rests("mihon/notice")
	n.pages[notice] = html("注意喚起", duty+obligation)
	shown := n.waits("mihon/notice")
	n.pages[notice] = html("注意喚起", duty)
	n.settles("mihon/notice")
	looks, err := n.db.Looks("mihon/notice", time.Time{}, 1)
	if err != nil || !looks[0].Verdict.Good() || !strings.Contains(looks[0].Detail, "is gone") {
		t.Errorf("the ledger says %s, %v", describe(looks), err)
	}
	if _, err := n.db.Body(shown.Hash); err != nil {
		t.Errorf("the evidence of what was shown once: %v", err)
	}
	n.tells("mihon/notice")
}

func TestAClauseCorrectedTwiceWithinMinutesIsToldOnceAsItIs(t *testing.T) {
	n := confirming(t)
	clause := func(day string) string {
		return html("注意喚起", duty+"<p>事業者は、"+day+"までに届け出なければならない。</p>")
	}
	n.pages[notice] = clause("令和8年4月1日")
	n.tells("mihon/notice")
	n.rests("mihon/notice")
	n.pages[notice] = clause("令和8年5月1日")
	n.waits("mihon/notice")
	n.pages[notice] = clause("令和8年5月7日")
	n.settles("mihon/notice")
	told := n.settles("mihon/notice", "mihon/notice amended")
	if len(told) == 1 && (len(told[0].Edits) != 1 || !strings.Contains(told[0].Edits[0].Before, "4月1日") || !strings.Contains(told[0].Edits[0].After, "5月7日")) {
		t.Errorf("told %+v", told[0].Edits)
	}
	n.rests("mihon/notice")
	n.tells("mihon/notice")
}

func TestAnOutageBetweenTheLooksLosesNothing(t *testing.T) {
	n := confirming(t)
	n.pages[notice] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.rests("mihon/notice")
	n.pages[notice] = html("注意喚起", duty+obligation)
	n.waits("mihon/notice")
	up := n.pages[notice]
	n.pages[notice] = ""
	n.settles("mihon/notice")
	n.tells("mihon/notice")
	n.pages[notice] = up
	n.tells("mihon/notice", "mihon/notice amended")
	n.tells("mihon/notice")
}

// cutOff is a store whose machine dies before the schedule state is saved.
type cutOff struct{ watch.Store }

var errCut = errors.New("the power is cut")

func (cutOff) SavePoll(kaisei.Poll) error { return errCut }

func TestAKillBetweenTheLooksLosesNothing(t *testing.T) {
	n := confirming(t)
	n.pages[notice] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.rests("mihon/notice")
	n.pages[notice] = html("注意喚起", duty+obligation)
	whole := n.w.Store
	n.w.Store = cutOff{whole}
	n.now = n.now.Add(time.Hour)
	s, _ := n.catalog.Source("mihon/notice")
	if _, err := n.w.Check(t.Context(), s, watch.Options{}); !errors.Is(err, errCut) {
		t.Fatalf("the look ended with %v", err)
	}
	n.w.Store = whole
	n.tells("mihon/notice", "mihon/notice amended")
	n.tells("mihon/notice")
}

func TestFeedsAndNewAddressesAreToldAtOnce(t *testing.T) {
	n := confirming(t)
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	n.rests("mihon/guideline")
	n.publish("mihon.example", "1.2")
	n.tells("mihon/guideline", "mihon/guideline/main new-version")
	const feed = "https://mihon.example/news.rss"
	old := newsItem("生成AIの利用指針を公表しました", "https://mihon.example/n/1", "Mon, 02 Mar 2026")
	n.pages[feed] = rss(old)
	n.tells("mihon/feed")
	n.pages[feed] = rss(newsItem("AI事業者ガイドライン検討会を開催しました", "https://mihon.example/n/2", "Tue, 03 Mar 2026"), old)
	if told, looks := n.look("mihon/feed"); len(told) != 1 {
		t.Errorf("a new item was told %d times; looks: %s", len(told), describe(looks))
	}
}

func TestTheFurtherLookAsksOnlyForWhatWaits(t *testing.T) {
	n := confirming(t)
	n.publish("mihon.example", "1.1")
	index := "https://mihon.example/index.html"
	n.pages[index] = html("一覧", link("/v1.1.html", "見本指針（第1.1版）本編")+link("/annex.html", "見本指針 別添")+link("/report.html", "取りまとめ"))
	n.pages["https://mihon.example/annex.html"] = html("別添", duty)
	n.pages["https://mihon.example/report.html"] = html("取りまとめ", link("/annex2.html", "見本指針 別添2 様式"))
	n.pages["https://mihon.example/annex2.html"] = html("別添2", duty+"<p>様式の記載に当たっては、次の事項に留意する。</p>")
	n.tells("mihon/guideline")
	n.rests("mihon/guideline")
	asked := func(urls ...string) {
		t.Helper()
		var got []string
		for _, r := range n.asked {
			got = append(got, strings.TrimPrefix(r.URL, "https://mihon.example/"))
		}
		if strings.Join(got, " ") != strings.Join(urls, " ") {
			t.Errorf("asked for %q, want %q", got, urls)
		}
	}
	n.pages["https://mihon.example/annex.html"] = html("別添", duty+obligation)
	n.look("mihon/guideline")
	before, _, _ := n.db.Poll("mihon/guideline")
	n.asked = nil
	n.settles("mihon/guideline", "mihon/guideline/見本指針別添 amended")
	asked("index.html", "annex.html")
	if after, _, _ := n.db.Poll("mihon/guideline"); !after.NextLook.Equal(before.NextLook) || after.PartFailures != before.PartFailures {
		t.Errorf("the further look moved the schedule from %+v to %+v", before, after)
	}
	n.pages["https://mihon.example/annex2.html"] = html("別添2", duty+"<p>様式の記載に当たっては、次の8事項に留意する。</p>")
	n.look("mihon/guideline")
	n.asked = nil
	n.settles("mihon/guideline", "mihon/guideline/見本指針別添2様式 amended")
	asked("index.html", "report.html", "annex2.html")
	n.rests("mihon/guideline")
}

func TestTheDaemonAsksAgainAheadOfTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		for _, s := range n.catalog.Sources() {
			if s.ID != "mihon/notice" {
				if err := n.db.SavePoll(kaisei.Poll{Source: s.ID, NextLook: time.Now().Add(time.Hour)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		n.pages[notice] = html("注意喚起", duty)
		turn := make(chan struct{}, 1)
		var told []time.Time
		w := &watch.Watcher{Catalog: only{n.catalog}, Fetch: locked{n, turn}, Read: n.w.Read, Rules: n.w.Rules, Store: n.db, Settle: settle,
			Changed: func(kaisei.Change) { told = append(told, time.Now()) }}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		<-time.After(10 * time.Minute)
		turn <- struct{}{}
		n.pages[notice] = html("注意喚起", duty+obligation)
		<-turn
		<-time.After(75 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		looks, err := n.db.Looks("mihon/notice", time.Time{}, 0)
		if err != nil || len(told) != 1 {
			t.Fatalf("told at %v; looks: %s, %v", told, describe(looks), err)
		}
		for _, l := range looks {
			if l.Cause == kaisei.CauseUnconfirmed {
				if gap := told[0].Sub(l.At); gap < settle || gap > settle+time.Minute {
					t.Errorf("told %s after the change was first seen", gap)
				}
				return
			}
		}
		t.Errorf("no look waited: %s", describe(looks))
	})
}
