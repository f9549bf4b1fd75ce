package watch_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
)

type panickingReader struct{}

func (panickingReader) Read(context.Context, extract.Input) (extract.Reading, error) {
	panic("index out of range")
}

func TestAReaderThatPanicsIsAFailedLook(t *testing.T) {
	n := newTown(t)
	n.pages["https://mihon.example/notice.html"] = html("注意喚起", duty)
	n.w.Read = panickingReader{}
	if _, looks := n.look("mihon/notice"); len(looks) != 1 || looks[0].Verdict != kaisei.VerdictFailed || looks[0].Cause != kaisei.CauseInternal {
		t.Errorf("the panic became %s", describe(looks))
	}
	n.w.Read = &extract.Extractor{}
	n.tells("mihon/notice")
	n.pages["https://mihon.example/notice.html"] = html("注意喚起", duty+"<p>事業者は、本人に通知しなければならない。</p>")
	n.tells("mihon/notice", "mihon/notice amended")
}

// notingReader could not read a part of the document.
type notingReader struct{ extract.Extractor }

func (r *notingReader) Read(ctx context.Context, in extract.Input) (extract.Reading, error) {
	out, err := r.Extractor.Read(ctx, in)
	out.Notes = []string{"set aside: the table of contents", "page 3 of annex.xls could not be read"}
	return out, err
}

func TestWhatAReaderCouldNotReadIsInTheLedgerAndInTheAlert(t *testing.T) {
	n := newTown(t)
	n.w.Read = &notingReader{}
	const page = "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", duty)
	if _, looks := n.look("mihon/notice"); !strings.Contains(looks[0].Detail, "annex.xls") || !strings.Contains(looks[0].Detail, "contents") {
		t.Errorf("the ledger says %q", looks[0].Detail)
	}
	n.pages[page] = html("注意喚起", duty+"<p>事業者は、本人に通知しなければならない。</p>")
	told := n.tells("mihon/notice", "mihon/notice amended")
	if len(told) == 1 && (len(told[0].Notes) != 1 || !strings.Contains(told[0].Notes[0].EN, "annex.xls")) {
		t.Errorf("the alert notes %+v, want what could not be read and not what was set aside", told[0].Notes)
	}
}

func TestARenamedSourceKeepsItsHistory(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	renamed := strings.Replace(townRows, `id = "mihon/guideline"`, "id = \"mihon/shishin\"\nwas = [\"mihon/guideline\"]", 1)
	renamed = strings.Replace(renamed, `same_as = "mihon/guideline/main"`, "", 1)
	var err error
	if n.catalog, err = sources.Load(sources.File{Name: "town.toml", Data: []byte(renamed)}); err != nil {
		t.Fatal(err)
	}
	n.w.Catalog = n.catalog
	n.tells("mihon/shishin")
	n.publish("mihon.example", "1.2")
	n.tells("mihon/shishin", "mihon/guideline/main new-version")
	n.tells("mihon/shishin")
}

func TestADocumentSplitOtherwiseOnTheOtherSiteIsStillACopy(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.publish("betsu.example", "1.1")
	n.tells("mihon/guideline")
	n.tells("betsu/guideline")
	n.publish("mihon.example", "1.2")
	n.tells("mihon/guideline", "mihon/guideline/main new-version")
	n.publish("betsu.example", "1.2")
	// The other ministry's page breaks the same paragraph in two.
	const page = "https://betsu.example/v1.2.html"
	n.pages[page] = strings.Replace(n.pages[page], "事業者は、安全性を確かめることが望ましい。", "事業者は、</p><p>安全性を確かめることが望ましい。", 1)
	n.tells("betsu/guideline")
}

func TestAnIndexWhoseDocumentsAreAllRefusedIsFailing(t *testing.T) {
	n := newTown(t)
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	var told []watch.Health
	n.w.Notice = func(h watch.Health) ([]kaisei.Delivery, error) { told = append(told, h); return nil, nil }
	n.w.Enqueue = n.db.Enqueue
	delete(n.pages, "https://mihon.example/v1.1.html")
	for range watch.FailingAfter + 2 {
		n.tells("mihon/guideline")
		if _, err := n.w.Diagnose(); err != nil {
			t.Fatal(err)
		}
	}
	n.publish("mihon.example", "1.1")
	n.tells("mihon/guideline")
	if _, err := n.w.Diagnose(); err != nil {
		t.Fatal(err)
	}
	if len(told) != 2 || len(told[0].Failing) != 1 || told[0].Failing[0].Failures < watch.FailingAfter || len(told[1].Recovered) != 1 {
		t.Errorf("operators were told %+v", told)
	}
}

func TestWhatOneLookCannotAskForIsNamedAndAskedNext(t *testing.T) {
	n := newTown(t)
	var links strings.Builder
	const extra = 30
	for i := range watch.MaxFetches + extra {
		url := fmt.Sprintf("https://mihon.example/annex%d.html", i)
		links.WriteString(link(url, fmt.Sprintf("見本指針 別添%d 様式", i)))
		n.pages[url] = html("別添", fmt.Sprintf("<p>様式%dの記載に当たっては、次の事項に留意する。</p>", i))
	}
	n.pages["https://mihon.example/index.html"] = html("一覧", links.String())
	_, looks := n.look("mihon/guideline")
	last := looks[len(looks)-1]
	if last.Cause != kaisei.CauseLimit || !strings.Contains(last.Detail, fmt.Sprint(extra+1)) || len(n.asked) != watch.MaxFetches {
		t.Errorf("%d requests; the ledger ends with %s %q", len(n.asked), last.Cause, last.Detail)
	}
	n.asked = nil
	n.tells("mihon/guideline")
	fresh := map[string]bool{}
	for _, r := range n.asked[:extra+2] {
		fresh[r.URL] = r.ETag == ""
	}
	unseen := 0
	for _, f := range fresh {
		if f {
			unseen++
		}
	}
	if unseen != extra+1 {
		t.Errorf("of the first requests of the next look %d are for what was never asked, want %d", unseen, extra+1)
	}
}

func TestTwoDaysOfPollingLookEveryHourAndStopWhenTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newTown(t)
		n.publish("mihon.example", "1.1")
		n.publish("betsu.example", "1.1")
		n.pages["https://mihon.example/notice.html"] = html("注意喚起", duty)
		w := &watch.Watcher{Catalog: only{n.catalog}, Fetch: locked{n, make(chan struct{}, 1)}, Read: n.w.Read, Rules: n.w.Rules, Store: n.db}
		// A look that a stop missed is made up once; a source that was just looked at waits.
		missed, fresh := time.Now().Add(-72*time.Hour), time.Now().Add(30*time.Minute)
		for id, next := range map[string]time.Time{"mihon/guideline": missed, "betsu/guideline": missed, "mihon/notice": fresh, "mihon/feed": missed} {
			if err := n.db.SavePoll(kaisei.Poll{Source: id, NextLook: next}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		start := time.Now()
		go func() { done <- w.Run(ctx) }()
		<-time.After(48 * time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
		polls, err := n.db.Polls()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range polls {
			switch {
			case p.Source == "mihon/feed": // answers 404: asked sooner at first, then by its schedule
				if p.Good != 0 || p.Looks < 48 || p.Looks > 56 {
					t.Errorf("the failing source was looked at %d times in two days, hourly would be 48", p.Looks)
				}
			case p.Looks < 47 || p.Looks > 50 || p.Good != p.Looks:
				t.Errorf("%s was looked at %d times in two days, %d of them good", p.Source, p.Looks, p.Good)
			}
			if p.LastLook.Before(start.Add(46 * time.Hour)) {
				t.Errorf("%s was last looked at %s after the start", p.Source, p.LastLook.Sub(start))
			}
		}
	})
}

// only is the town's own rows.
type only struct{ *sources.Catalog }

func (o only) Sources() []kaisei.Source {
	var out []kaisei.Source
	for _, s := range o.Catalog.Sources() {
		if strings.HasPrefix(s.ID, "mihon/") || strings.HasPrefix(s.ID, "betsu/") {
			out = append(out, s)
		}
	}
	return out
}

// locked lets one request at a time into a town.
type locked struct {
	*town
	turn chan struct{}
}

func (l locked) Get(ctx context.Context, r kaisei.Request) (kaisei.Capture, error) {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	c, err := l.town.Get(ctx, r)
	c.At = time.Now()
	return c, err
}

func TestDoubtfulAnswersWaitForASecondLook(t *testing.T) {
	const page = "https://mihon.example/notice.html"
	good := html("注意喚起", duty+strings.Repeat("<p>個人情報の取扱いについては、法令の定めるところによる。</p>", 9))
	for name, doubtful := range map[string]string{
		"a short error page over a short document": html("エラー", "<p>システムエラーが発生しました。時間をおいてお試しください。</p>"),
		"a page that breaks off":                   good[:len(good)*3/5],
	} {
		n := newTown(t)
		n.pages[page] = good
		n.tells("mihon/notice")
		n.pages[page] = doubtful
		told, looks := n.look("mihon/notice")
		if len(told) != 0 || looks[0].Verdict != kaisei.VerdictSuspect {
			t.Errorf("%s: told %d, %s", name, len(told), describe(looks))
		}
		n.pages[page] = good
		n.tells("mihon/notice")
	}
}

// A server that answers 304 whatever changed would hide a change for good.
func TestA304IsNotBelievedForEver(t *testing.T) {
	n := newTown(t)
	const page = "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", duty)
	n.tells("mihon/notice")
	n.asked = nil
	unconditional := 0
	for range 10 * 24 {
		n.look("mihon/notice")
	}
	for _, r := range n.asked {
		if r.ETag == "" {
			unconditional++
		}
	}
	if unconditional != 1 {
		t.Errorf("%d of %d requests in ten days were unconditional, want one a week", unconditional, len(n.asked))
	}
}

// brokenReader finds a file damaged, with what can still be read of it.
type brokenReader struct {
	extract.Extractor
	damage string
}

func (r *brokenReader) Read(ctx context.Context, in extract.Input) (extract.Reading, error) {
	out, err := r.Extractor.Read(ctx, in)
	out.Damage = r.damage
	return out, err
}

func TestADamagedFileWaitsForALookThatFindsTheSame(t *testing.T) {
	n := newTown(t)
	r := &brokenReader{}
	n.w.Read = r
	const page = "https://mihon.example/notice.html"
	whole := html("注意喚起", duty+"<p>事業者は、本人に通知しなければならない。</p>")
	n.pages[page] = whole
	n.tells("mihon/notice")
	n.pages[page], r.damage = html("注意喚起", duty), "3/40 streams"
	told, looks := n.look("mihon/notice")
	if len(told) != 0 || looks[0].Cause != kaisei.CauseDamaged || !strings.Contains(looks[0].Detail, "3/40") {
		t.Errorf("told %d, %s", len(told), describe(looks))
	}
	n.pages[page], r.damage = whole, ""
	n.tells("mihon/notice")
	// What stays is what is published.
	n.pages[page], r.damage = html("注意喚起", duty), "3/40 streams"
	n.tells("mihon/notice")
	n.tells("mihon/notice", "mihon/notice amended")
	// The same text in a damaged file is no change and no doubt.
	n.pages[page] = strings.Replace(n.pages[page], "<html", "<!-- again --><html", 1)
	n.tells("mihon/notice")
}
