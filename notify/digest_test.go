package notify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

func legal() []Channel {
	return []Channel{{Name: "legal", Digest: Rhythm{Cadence: Weekly}}, {Name: "ops", Alerts: true}}
}

// digests returns the digest deliveries of a store, the first planned first.
func digests(t *testing.T, db *bolt.DB) (out []kaisei.Delivery) {
	t.Helper()
	ds, err := db.Deliveries("", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range slices.Backward(ds) {
		if d.Kind == kaisei.DeliveryDigest {
			out = append(out, d)
		}
	}
	return out
}

func plan(t *testing.T, p *DigestPlanner, now time.Time) {
	t.Helper()
	if err := p.Plan(now); err != nil {
		t.Fatal(err)
	}
}

func TestPlanIsIdempotentWithinAWeek(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: legal()}
	plan(t, p, monday())
	for _, d := range []time.Duration{0, time.Hour, time.Hour + time.Second, 2 * time.Hour, 6 * 24 * time.Hour} {
		plan(t, p, monday().Add(d))
	}
	if ds := digests(t, db); len(ds) != 1 || ds[0].Channel != "legal" {
		t.Errorf("planned %+v", ds)
	}
}

func TestTheFirstDigestTellsTheWeekAndNotTheHistory(t *testing.T) {
	db := openStore(t)
	old, recent := example(1), example(2)
	old.SeenAt, recent.SeenAt = monday().AddDate(0, -3, 0), monday().AddDate(0, 0, -1)
	commit(t, db, old)
	commit(t, db, recent)
	p := &DigestPlanner{Queue: db, Channels: legal()}
	plan(t, p, monday())
	if ds := digests(t, db); len(ds) != 0 {
		t.Fatalf("a digest before its Monday: %+v", ds)
	}
	plan(t, p, monday().Add(time.Hour))
	if ds := digests(t, db); len(ds) != 1 || !slices.Equal(ds[0].Changes, []string{recent.ID}) {
		t.Errorf("planned %+v", ds)
	}
}

func TestAMondayMissedIsMadeUpOnTuesday(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: legal()}
	plan(t, p, monday())
	c := example(1)
	c.SeenAt = monday().Add(26 * time.Hour) // after the Monday, before the daemon plans again
	commit(t, db, c)
	plan(t, p, monday().Add(27*time.Hour))
	ds := digests(t, db)
	if len(ds) != 1 || !slices.Equal(ds[0].Changes, []string{c.ID}) || ds[0].ID != "digest/legal/2026-04-06/1-1" {
		t.Fatalf("planned %+v", ds)
	}
	plan(t, p, monday().Add(7*24*time.Hour+time.Hour))
	if ds = digests(t, db); len(ds) != 2 || len(ds[1].Changes) != 0 {
		t.Errorf("the next Monday: %+v", ds)
	}
}

func TestADigestSaysWhatWasVerifiedAndWhatWasNot(t *testing.T) {
	db := openStore(t)
	at := monday().Add(time.Hour) // nine o'clock
	source := func(id string) kaisei.Source {
		return kaisei.Source{ID: id, Title: kaisei.Text{JA: id}, AuthorityName: kaisei.Text{JA: "省"}}
	}
	p := &DigestPlanner{Queue: db, Channels: legal(), Sources: []kaisei.Source{
		source("a/same"), source("a/changed"), source("a/hiccup"), source("a/failing"), source("a/never"), source("a/idle"),
		{ID: "a/disabled", Disabled: "because"},
	}}
	plan(t, p, at.AddDate(0, 0, -7))
	for i := range 14 {
		look(t, db, "a/same", at.Add(-time.Duration(i)*12*time.Hour-time.Minute))
		look(t, db, "a/hiccup", at.Add(-time.Duration(i)*12*time.Hour-2*time.Hour))
	}
	look(t, db, "a/same", at.AddDate(0, 0, -10)) // before the period
	c := example(1)
	c.Source, c.SeenAt = "a/changed", at.AddDate(0, 0, -2)
	commit(t, db, c)
	for _, poll := range []kaisei.Poll{
		{Source: "a/same", LastGood: at.Add(-time.Minute)},
		{Source: "a/changed", LastGood: at.Add(-time.Minute)},
		{Source: "a/hiccup", LastGood: at.Add(-2 * time.Hour), Failures: 1, LastCause: kaisei.CauseTimeout},
		{Source: "a/failing", LastGood: at.Add(-48 * time.Hour), Failures: 9, LastCause: kaisei.CauseBotWall, LastDetail: "202"},
		{Source: "a/idle", LastGood: at.AddDate(0, 0, -20)},
	} {
		if err := db.SavePoll(poll); err != nil {
			t.Fatal(err)
		}
	}
	plan(t, p, at)
	ds := digests(t, db)
	data, err := digestData(db, ds[len(ds)-1])
	if err != nil {
		t.Fatal(err)
	}
	var verified, missed []string
	for _, v := range data.Verified {
		verified = append(verified, fmt.Sprint(v.Source, " ", v.Looks))
	}
	for _, u := range data.Unverified {
		missed = append(missed, fmt.Sprint(u.Source, " ", u.Failures, " ", u.Cause))
	}
	if !slices.Equal(verified, []string{"a/same 14", "a/hiccup 14"}) {
		t.Errorf("verified %q", verified)
	}
	if !slices.Equal(missed, []string{"a/failing 9 bot-wall", "a/never 0 ", "a/idle 0 "}) {
		t.Errorf("not verified %q", missed)
	}
}

// A source that is looked at on Wednesdays is neither verified nor missing in Friday's digest, unless it
// is left alone for a reason.
func TestASourceWithoutAPlannedLookIsNotCalledUnverified(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: []Channel{{Name: "legal", Digest: Rhythm{Cadence: Daily}}}, Sources: []kaisei.Source{{ID: "a/weekly"}, {ID: "a/overdue"}, {ID: "a/paused"}, {ID: "a/waits"}, {ID: "a/failing"}}}
	friday := monday().AddDate(0, 0, 4).Add(time.Hour)
	plan(t, p, friday.AddDate(0, 0, -1))
	good, next := friday.AddDate(0, 0, -2), friday.AddDate(0, 0, 5)
	for _, poll := range []kaisei.Poll{
		{Source: "a/weekly", LastGood: good, NextLook: next},
		{Source: "a/overdue", LastGood: good, NextLook: friday.Add(-time.Hour)},
		{Source: "a/paused", LastGood: good, NextLook: next, Pause: kaisei.Pause{Until: next}},
		{Source: "a/waits", LastGood: good, NextLook: next, Wait: kaisei.Wait{Until: next}},
		{Source: "a/failing", LastGood: good, NextLook: next, Failures: 2},
	} {
		if err := db.SavePoll(poll); err != nil {
			t.Fatal(err)
		}
	}
	plan(t, p, friday)
	data, err := digestData(db, digests(t, db)[0])
	if err != nil {
		t.Fatal(err)
	}
	var missed []string
	for _, u := range data.Unverified {
		missed = append(missed, u.Source)
	}
	if data.NotDue != 1 || !slices.Equal(missed, []string{"a/overdue", "a/paused", "a/waits", "a/failing"}) {
		t.Errorf("not due %d, not verified %q", data.NotDue, missed)
	}
}

func TestADigestRepeatedLaterSaysTheSame(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: legal(), Sources: []kaisei.Source{{ID: "a/b"}}}
	plan(t, p, monday())
	c := example(1)
	c.SeenAt = monday()
	commit(t, db, c)
	version(t, db, kaisei.Version{Document: c.Document, Source: c.Source, Title: c.Title, SeenAt: c.SeenAt, Dates: kaisei.Dates{Deadline: monday().AddDate(0, 1, 0)}})
	plan(t, p, monday().Add(time.Hour))
	before, err := digestData(db, digests(t, db)[0])
	if err != nil {
		t.Fatal(err)
	}
	later := example(2)
	later.SeenAt = monday().Add(2 * time.Hour)
	commit(t, db, later)
	version(t, db, kaisei.Version{Document: c.Document, Source: c.Source, Title: c.Title, SeenAt: later.SeenAt, Dates: kaisei.Dates{Deadline: monday().AddDate(0, 2, 0)}})
	if err := db.SavePoll(kaisei.Poll{Source: "a/b", LastGood: monday().Add(2 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	after, err := digestData(db, digests(t, db)[0])
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(before) != fmt.Sprint(after) || len(after.Changes) != 1 || len(after.Coming) != 1 {
		t.Errorf("first %+v\nthen %+v", before, after)
	}
}

// A law of which two days were known when it was first read, and a third and fourth, both by one amending
// law, were added later.
func TestADigestListsWhatTheCalendarListedAtItsEnd(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: legal()}
	amending := "個人情報の保護に関する法律等の一部を改正する法律（令和八年法律第五十六号）"
	row := func(key, what, day string) kaisei.Block {
		return kaisei.Block{Key: key, Text: what + "による改正／公布2026年4月2日／施行予定" + day + "／未施行"}
	}
	rows := []kaisei.Block{row("a", "甲法", "2026年12月31日"), row("b", "乙法", "2027年4月1日")}
	list := kaisei.Version{Document: "egov/appi/revisions", Source: "egov/appi", Title: "個人情報の保護に関する法律 改正履歴", Layer: kaisei.LayerLaw, Format: "record", Blocks: rows, SeenAt: monday().AddDate(0, 0, -30)}
	version(t, db, list)
	list.Blocks = append(rows, row("c", amending, "2027年1月17日"), row("d", amending, "2028年7月16日"))
	list.SeenAt = monday().AddDate(0, 0, 2)
	version(t, db, list)
	version(t, db, kaisei.Version{Document: "a/new", Source: "a", Title: "意見募集", SeenAt: monday().AddDate(0, 0, 3), Dates: kaisei.Dates{Deadline: monday().AddDate(0, 2, 0)}})
	ahead := func(until time.Time) (days []string) {
		t.Helper()
		d, err := p.Preview(Channel{}, until.AddDate(0, 0, -7), until)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range d.Coming {
			days = append(days, e.On.String())
		}
		return days
	}
	for until, want := range map[time.Time][]string{
		monday().AddDate(0, 0, -31): nil,
		monday():                    {"2026-12-31", "2027-04-01"},
		monday().AddDate(0, 0, 2):   {"2026-12-31", "2027-01-17", "2027-04-01", "2028-07-16"},
		monday().AddDate(0, 0, 7):   {"2026-06-06", "2026-12-31", "2027-01-17", "2027-04-01", "2028-07-16"},
		monday().AddDate(1, 0, 0):   {"2028-07-16"},
	} {
		if got := ahead(until); !slices.Equal(got, want) {
			t.Errorf("at %s %q, want %q", until, got, want)
		}
	}
	if ds := digests(t, db); len(ds) != 0 {
		t.Error("the preview planned something")
	}
}

func TestADigestNamesTheTranslationsThatWereBehindAtItsEnd(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Translates: map[string]string{"g/en": "g/main"}}
	labelled := func(document, label string, seen time.Time) {
		version(t, db, kaisei.Version{Document: document, Source: "g", Layer: kaisei.LayerBusinessGuideline, Title: document, Label: label, SeenAt: seen, Dates: kaisei.Dates{Promulgated: kaisei.DateOf(seen)}})
	}
	labelled("g/main", "第1.1版", monday().AddDate(-1, 0, 0))
	labelled("g/en", "Ver1.1", monday().AddDate(-1, 0, 0))
	labelled("g/main", "第1.2版", monday())
	labelled("g/main", "第1.3版", monday().AddDate(0, 1, 0))
	labelled("g/en", "Ver1.3", monday().AddDate(0, 3, 0))
	law := Channel{Layers: []kaisei.Layer{kaisei.LayerLaw}}
	for _, c := range []struct {
		channel Channel
		until   time.Time
		want    string
	}{
		{Channel{}, monday().AddDate(0, 0, -1), ""},
		{Channel{}, monday().AddDate(0, 0, 1), "Ver1.1 第1.2版 1 2026-04-06"},
		{Channel{}, monday().AddDate(0, 2, 0), "Ver1.1 第1.3版 2 2026-04-06"},
		{Channel{}, monday().AddDate(0, 4, 0), ""},
		{law, monday().AddDate(0, 2, 0), ""},
	} {
		d, err := p.Preview(c.channel, c.until.AddDate(0, 0, -7), c.until)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, b := range d.Behind {
			got += fmt.Sprint(b.Version, " ", b.Current, " ", b.Missed, " ", b.Since)
		}
		if got != c.want {
			t.Errorf("until %s %q, want %q", c.until, got, c.want)
		}
	}
}

func TestADigestHoldsOnlyWhatItsChannelAsksFor(t *testing.T) {
	db := openStore(t)
	p := &DigestPlanner{Queue: db, Channels: []Channel{
		{Name: "law", Digest: Rhythm{Cadence: Weekly}, Layers: []kaisei.Layer{kaisei.LayerLaw}}, {Name: "all", Digest: Rhythm{Cadence: Weekly}},
	}}
	plan(t, p, monday())
	commit(t, db, example(1))
	law := example(2)
	law.Layer = kaisei.LayerLaw
	commit(t, db, law)
	for _, c := range []kaisei.Change{law, example(1)} {
		version(t, db, kaisei.Version{Document: c.Document, Source: c.Source, Title: c.Title, Layer: c.Layer, SeenAt: c.SeenAt, Dates: kaisei.Dates{Deadline: monday().AddDate(0, 1, 0)}})
	}
	plan(t, p, monday().Add(time.Hour))
	got, ahead := map[string]int{}, map[string]int{}
	for _, d := range digests(t, db) {
		data, err := digestData(db, d)
		if err != nil {
			t.Fatal(err)
		}
		got[d.Channel], ahead[d.Channel] = len(data.Changes), len(data.Coming)
	}
	if got["law"] != 1 || got["all"] != 2 || ahead["law"] != 1 || ahead["all"] != 2 {
		t.Errorf("got %v, ahead %v", got, ahead)
	}
}
