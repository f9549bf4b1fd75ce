package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/blockkit"
	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// reminding is a store that holds the list of revisions of the Act on the Protection of Personal Information as the law
// API gave it on 2026-07-20, and a planner whose clock a test moves.
type reminding struct {
	*Reminders
	t     *testing.T
	db    *bolt.DB
	now   time.Time
	heard *record
	box   *Outbox
}

func jst(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, kaisei.JST)
	if err != nil {
		panic(err)
	}
	return at
}

func remindingOfAPPI(t *testing.T) *reminding {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "shared", "corpus", "egov", "json", "415AC0000000057_law_revisions_20260720.json"))
	if err != nil {
		t.Skipf("the corpus is absent: %v", err)
	}
	catalog, err := sources.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := &reminding{t: t, db: openStore(t), now: jst("2026-07-20 12:00"), heard: &record{}}
	all := catalog.Sources()
	s := all[slices.IndexFunc(all, func(s kaisei.Source) bool { return s.ID == "egov/appi" })]
	targets, err := catalog.Targets(s, kaisei.Capture{Snapshot: kaisei.Snapshot{URL: s.URL, FinalURL: s.URL, Status: 200, At: x.now}, Body: body}, "")
	if err != nil {
		t.Fatal(err)
	}
	list := targets[0]
	x.seen(kaisei.Version{
		Document: list.Document, Source: s.ID, Title: list.Title, Layer: list.Layer, Format: "record", Blocks: list.Blocks,
		PageURL: list.ShownAt, URL: list.ShownAt, SeenAt: x.now.UTC(), Seq: 1, TextHash: "list",
	})
	w := &watch.Watcher{Catalog: catalog, Rules: rules}
	x.Reminders = &Reminders{
		Queue: x.db, Sources: all, Days: []int{90, 30, 7, 0}, Foresee: w.Foresee,
		Router: &Router{Channels: []Channel{{Name: "law", Alerts: true, Layers: []kaisei.Layer{kaisei.LayerLaw}}, {Name: "sector", Alerts: true, Layers: []kaisei.Layer{kaisei.LayerSector}}}},
	}
	x.box = &Outbox{Queue: x.db, Now: func() time.Time { return x.now }, Senders: map[string]Sender{"law": x.heard, "sector": &record{}}}
	return x
}

func (x *reminding) seen(v kaisei.Version) {
	x.t.Helper()
	look := kaisei.Look{Source: v.Source, URL: "u", At: v.SeenAt, Verdict: kaisei.VerdictFirst}
	if _, err := x.db.Commit(kaisei.Commit{Look: look, Version: &v}); err != nil {
		x.t.Fatal(err)
	}
}

// at plans and tells at an instant in Japan, and returns what was told: days before, the day and the days left.
func (x *reminding) at(when time.Time) []string {
	x.t.Helper()
	x.now = when
	before := len(x.heard.told)
	for range 2 { // asking again changes nothing
		if err := x.Plan(x.now); err != nil {
			x.t.Fatal(err)
		}
		if _, err := x.box.Flush(x.t.Context()); err != nil {
			x.t.Fatal(err)
		}
	}
	var got []string
	for _, m := range x.heard.told[before:] {
		r := m.Reminder
		if want := fmt.Sprintf("reminder/law/%s/%s-%d", r.Event.ID, r.Event.Day(), r.Days); m.Delivery.ID != want || m.Delivery.Kind != kaisei.DeliveryReminder {
			x.t.Errorf("told as %+v, want the ID %s", m.Delivery, want)
		}
		got = append(got, fmt.Sprintf("%s: %d before %s, %d left", x.now.In(kaisei.JST).Format("2006-01-02 15:04"), r.Days, r.Event.Day(), r.Left))
	}
	return got
}

// walk lets time pass in steps and returns all that was told.
func (x *reminding) walk(from, to string, step time.Duration) (got []string) {
	for at := jst(from); at.Before(jst(to)); at = at.Add(step) {
		got = append(got, x.at(at)...)
	}
	return got
}

func (x *reminding) tells(got []string, want ...string) {
	x.t.Helper()
	if !slices.Equal(got, want) {
		x.t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Days that fall on Saturday, Sunday or a holiday come on the business day before; 0 days before is told only where that
// day is none, because on a business day the change that time makes tells it.
func TestTheActOnPersonalInformationIsRemindedOfOverAYear(t *testing.T) {
	x := remindingOfAPPI(t)
	x.tells(x.at(jst("2026-07-20 12:00")))
	x.tells(x.walk("2026-07-20 13:00", "2027-08-01 00:00", time.Hour),
		"2026-09-01 09:00: 30 before 2026-10-01, 30 left",
		"2026-09-24 09:00: 7 before 2026-10-01, 7 left",
		"2026-10-02 09:00: 90 before 2026-12-31, 90 left",
		"2026-10-19 09:00: 90 before 2027-01-17, 90 left",
		"2026-12-01 09:00: 30 before 2026-12-31, 30 left",
		"2026-12-18 09:00: 30 before 2027-01-17, 30 left",
		"2026-12-24 09:00: 7 before 2026-12-31, 7 left",
		"2026-12-31 09:00: 90 before 2027-04-01, 91 left", // 2027-01-01 is a holiday
		"2027-01-08 09:00: 7 before 2027-01-17, 9 left",   // 2027-01-10 is a Sunday
		"2027-01-15 09:00: 0 before 2027-01-17, 2 left",   // so is the day itself
		"2027-01-15 09:00: 90 before 2027-04-16, 91 left", // 2027-01-16 is a Saturday
		"2027-03-02 09:00: 30 before 2027-04-01, 30 left",
		"2027-03-17 09:00: 30 before 2027-04-16, 30 left",
		"2027-03-25 09:00: 7 before 2027-04-01, 7 left",
		"2027-04-09 09:00: 7 before 2027-04-16, 7 left",
	)
}

// guideline is a document that takes force as stated, in a version read at an instant.
func (x *reminding) guideline(seq int, seen string, d kaisei.Dates) {
	x.seen(kaisei.Version{
		Document: "egov/appi/text-to-come", Source: "egov/appi", Title: "見本指針", Layer: kaisei.LayerLaw, Format: "html", URL: "https://mihon.example/a",
		SeenAt: jst(seen).UTC(), Seq: seq, TextHash: fmt.Sprint(seq), Dates: d,
	})
}

func on(day string) kaisei.Dates {
	d, err := kaisei.ParseDate(day)
	if err != nil {
		panic(err)
	}
	return kaisei.Dates{Effective: []kaisei.Effective{{Date: d}}}
}

func TestADayThatIsMovedHasRemindersOfItsOwn(t *testing.T) {
	x := remindingOfAPPI(t)
	x.Days = []int{7}
	x.guideline(1, "2026-07-20 12:00", on("2026-08-20"))
	got := x.walk("2026-07-20 13:00", "2026-08-14 00:00", 6*time.Hour)
	x.guideline(2, "2026-08-14 00:00", on("2026-09-10"))
	got = append(got, x.walk("2026-08-14 01:00", "2026-09-20 00:00", 6*time.Hour)...)
	x.tells(got, "2026-08-13 13:00: 7 before 2026-08-20, 7 left", "2026-09-03 13:00: 7 before 2026-09-10, 7 left")
}

func TestAfterAStopOnlyTheLastReminderIsToldAndNoneOfADayThatCame(t *testing.T) {
	x := remindingOfAPPI(t)
	x.tells(x.at(jst("2026-07-20 12:00")))
	// 30 days before 2026-10-01 was missed by an hour, ...
	x.tells(x.at(jst("2026-09-01 08:59")))
	x.tells(x.at(jst("2026-09-01 10:00")), "2026-09-01 10:00: 30 before 2026-10-01, 30 left")
	// ... then everything until four days before 2027-01-17: 2026-12-31 is past, of the others the last is told.
	x.tells(x.at(jst("2027-01-13 15:00")), "2027-01-13 15:00: 90 before 2027-04-01, 78 left", "2027-01-13 15:00: 7 before 2027-01-17, 4 left")
	x.tells(x.at(jst("2027-01-14 15:00")))
	list, next, err := x.Due(jst("2027-01-14 15:00"), jst("2027-01-17 00:00"))
	if err != nil || len(list) != 1 || list[0].Event.On.String() != "2027-04-16" || !next.Equal(jst("2027-03-02 09:00")) {
		t.Errorf("on the day itself %+v, next at %s, %v", list, next, err)
	}
}

func TestNeitherAFirstStartNorANewStepNorANewChannelIsAStorm(t *testing.T) {
	x := remindingOfAPPI(t)
	x.tells(x.at(jst("2027-01-14 10:00"))) // the first call, a day after many steps
	x.Days = []int{200, 90, 30, 7, 0}
	x.tells(x.at(jst("2027-01-14 11:00")))
	x.Days = nil
	x.tells(x.at(jst("2027-01-16 10:00"))) // two steps fell due while reminders were off
	x.Days = []int{90, 30, 7, 0}
	x.tells(x.at(jst("2027-01-16 11:00")))
	x.Router.Channels = append(x.Router.Channels, Channel{Name: "late", Alerts: true})
	x.tells(x.at(jst("2027-01-16 12:00")))
	due, err := x.db.Deliveries("", 0)
	if err != nil || len(due) != 0 {
		t.Errorf("promised %+v, %v", due, err)
	}
}

func TestALastPossibleDayIsRemindedOfUpToItsEnd(t *testing.T) {
	x := remindingOfAPPI(t)
	d := kaisei.Dates{Promulgated: kaisei.Date{Year: 2026, Month: time.March, Day: 2}, Effective: []kaisei.Effective{{Note: "公布の日から起算して六月を超えない範囲内において政令で定める日"}}}
	x.guideline(1, "2026-07-20 12:00", d)
	x.tells(x.walk("2026-07-20 13:00", "2026-09-03 00:00", time.Hour),
		"2026-07-31 09:00: 30 before 2026-09-01, 32 left", // 2026-08-02 is a Sunday
		"2026-08-25 09:00: 7 before 2026-09-01, 7 left",
		"2026-09-01 09:00: 30 before 2026-10-01, 30 left",
		"2026-09-01 09:00: 0 before 2026-09-01, 0 left", // nothing else tells that it came
	)
}

func TestRemindersKeepTheHoursOfTheirChannelAndAreDroppedOnTheDay(t *testing.T) {
	x := remindingOfAPPI(t)
	x.Days = []int{1}
	x.Router.Channels[0].Hours = Hours{From: 8 * 60, To: 18 * 60}
	x.tells(x.walk("2026-09-29 00:00", "2026-10-05 00:00", time.Hour), "2026-09-30 18:00: 1 before 2026-10-01, 1 left")
	// Hours that would hold it until the day leave it to the change that the day makes.
	x.Router.Channels[0].Hours = Hours{From: 8 * 60, To: 7 * 60}
	x.tells(x.walk("2026-12-29 00:00", "2027-01-02 00:00", time.Hour))
	if d, ok, err := x.db.Delivery("reminder/law/egov/appi/revisions@in-force-2026-12-31/2026-12-31-1"); err != nil || ok {
		t.Errorf("promised all the same: %+v, %v", d, err)
	}
	// A channel in trouble until the day is not told then either.
	x.Router.Channels[0].Hours = Hours{}
	x.heard.answer = func(int, Message) error { return failf(Temporary, "busy") }
	x.walk("2027-01-14 00:00", "2027-01-16 23:00", time.Hour)
	x.heard.answer = nil
	x.tells(x.walk("2027-01-17 00:00", "2027-01-18 00:00", time.Hour))
	d, ok, err := x.db.Delivery("reminder/law/egov/appi/revisions@in-force-2027-01-17/2027-01-17-1")
	if err != nil || !ok || d.State != kaisei.DeliveryDropped || !strings.Contains(d.LastError, "2027-01-17, had come") {
		t.Errorf("%+v %v %v", d, ok, err)
	}
}

// failing is a store whose next transactions with deliveries are lost, as by a kill.
type failing struct {
	*bolt.DB
	lost int
}

func (f *failing) Enqueue(ds []kaisei.Delivery, marks map[string]string) error {
	if len(ds) > 0 && f.lost > 0 {
		f.lost--
		return errors.New("killed")
	}
	return f.DB.Enqueue(ds, marks)
}

func TestAKillTellsAReminderOnceOrOnceMoreWithTheSameID(t *testing.T) {
	x := remindingOfAPPI(t)
	x.Days = []int{30}
	x.tells(x.at(jst("2026-08-31 12:00")))
	x.Queue = &failing{x.db, 2}
	for range 2 {
		if err := x.Plan(jst("2026-09-01 09:00")); err == nil {
			t.Fatal("the transaction was not lost")
		}
	}
	x.tells(x.at(jst("2026-09-01 09:05")), "2026-09-01 09:05: 30 before 2026-10-01, 30 left")
	// A mark that went back plans it again, under the ID that it has.
	if err := x.db.SetMark("reminders", jst("2026-08-31 12:00").UTC().Format(time.RFC3339)); err != nil {
		t.Fatal(err)
	}
	x.tells(x.at(jst("2026-09-01 09:10")))
}

func TestAReminderIsToldOnEveryKindOfChannel(t *testing.T) {
	x := remindingOfAPPI(t)
	list, err := x.Ahead(jst("2026-12-30 00:00"), jst("2027-01-01 00:00"))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	r := list[0]
	r.Left = 91
	r.Change.Touches = []kaisei.Touch{{UseCase: "採用支援AI", Owner: "人事部", Reason: kaisei.Text{JA: "根拠法が一致", EN: "rests on the law"}}}
	r.Event.Note = "<b>*注*</b>"
	m := Message{Delivery: kaisei.Delivery{ID: ReminderID("law", r), Kind: kaisei.DeliveryReminder, Created: r.At}, Reminder: &r}
	wants := map[string][]string{
		"ja": {"施行まであと91日  高  個人情報の保護に関する法律（令和六年法律第六十号による改正）", "2027-04-01に施行されます。", "施行されるもの: 出入国管理及び難民認定法", "該当する用途: 採用支援AI（人事部）", "https://laws.e-gov.go.jp/law/415AC0000000057", m.Delivery.ID},
		"en": {"in force in 91 days  HIGH  個人情報の保護に関する法律 (as amended by 令和六年法律第六十号)", "It enters into force on 2027-04-01.", "what enters into force: 出入国管理及び難民認定法", "Touches your use: 採用支援AI (人事部)", "https://laws.e-gov.go.jp/law/415AC0000000057"},
	}
	for lang, want := range wants {
		o := render.Options{Lang: lang, Delivery: m.Delivery.ID}
		subject, text, html := MailParts(m, o)
		slack, err := SlackJSON(m, o)
		if err != nil || len(slack) != 1 {
			t.Fatal(slack, err)
		}
		for form, said := range map[string]string{"console": ConsoleText(m, o), "mail": text, "page": html, "slack": string(slack[0]), "teams": fmt.Sprintf("%s", TeamsJSON(m, o))} {
			for _, w := range want {
				if !strings.Contains(said, w) {
					t.Errorf("%s in %s lacks %q:\n%s", form, lang, w, said)
				}
			}
		}
		if strings.Contains(html, "<b>*注*") || subject != "[kaisei] "+want[0] {
			t.Errorf("the subject is %q, the page\n%s", subject, html)
		}
	}
	b, err := EventJSON(m, render.Options{})
	var got struct {
		Type string
		Data struct {
			Event struct{ ID, On, What, URL string }
			Left  int `json:"days_left"`
			Step  int `json:"days_before"`
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if d := got.Data; err != nil || got.Type != EventReminder || d.Event.On != "2027-04-01" || d.Left != 91 || d.Step != 90 || d.Event.What == "" || d.Event.URL == "" {
		t.Errorf("the event is %s, %v", b, err)
	}
}

func TestAReminderOfAnythingFitsIntoSlack(t *testing.T) {
	x := remindingOfAPPI(t)
	list, err := x.Ahead(x.now, time.Time{})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	long := list[0]
	long.Event.Title, long.Event.What, long.Event.Note = strings.Repeat("長い題名", 100), strings.Repeat("改正する法律", 500), strings.Repeat("政令で定める日", 500)
	long.Event.URL = "https://mihon.example/" + strings.Repeat("a", 2500)
	for range 50 {
		long.Change.Touches = append(long.Change.Touches, kaisei.Touch{UseCase: strings.Repeat("用途", 100), Owner: strings.Repeat("部", 300), Clause: strings.Repeat("条", 900)})
	}
	for _, r := range append(list, long) {
		for _, lang := range []string{"ja", "en"} {
			blocks, text := render.ReminderSlack(r, render.Options{Lang: lang, Delivery: ReminderID("law", r)})
			if faults := blockkit.Check(blocks, text); len(faults) > 0 || text == "" {
				t.Errorf("%s in %s: %v", r.Event.ID, lang, faults)
			}
		}
	}
}
