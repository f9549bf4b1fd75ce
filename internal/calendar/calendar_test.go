package calendar_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/sources"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, kaisei.JST).UTC()
}

func day(s string) kaisei.Date {
	d, err := kaisei.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// appi is the real list of revisions of the Act on the Protection of Personal Information as the law
// source reads it.
func appi(t *testing.T) (kaisei.Version, []kaisei.Source) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "egov", "json", "415AC0000000057_law_revisions_20260720.json"))
	if err != nil {
		t.Skipf("the corpus is absent: %v", err)
	}
	catalog, err := sources.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := catalog.Sources()
	s := all[slices.IndexFunc(all, func(s kaisei.Source) bool { return s.ID == "egov/appi" })]
	seen := at("2026-07-20 12:00")
	targets, err := catalog.Targets(s, kaisei.Capture{Snapshot: kaisei.Snapshot{URL: s.URL, FinalURL: s.URL, Status: 200, At: seen}, Body: body}, "")
	if err != nil {
		t.Fatal(err)
	}
	list := targets[0]
	return kaisei.Version{
		Document: list.Document, Source: s.ID, Title: list.Title, Layer: list.Layer, Format: "record", Blocks: list.Blocks,
		PageURL: list.ShownAt, SeenAt: seen, Seq: 1, TextHash: "list",
	}, all
}

func TestTheRevisionsOfARealLawAreComingWithWhatTheyRestOn(t *testing.T) {
	v, all := appi(t)
	events := calendar.Coming(calendar.Events([]kaisei.Version{v}, all), at("2026-11-25 09:00"))
	var got []string
	for _, e := range events {
		line := e.On.String()
		if e.Open() {
			line += " by " + e.By.String()
		}
		got = append(got, line)
		if e.Kind != kaisei.ClassInForce || e.Title != "個人情報の保護に関する法律" || e.AuthorityName.JA == "" || e.URL != "https://laws.e-gov.go.jp/law/415AC0000000057" || e.What == "" {
			t.Errorf("%+v", e)
		}
	}
	want := []string{"2026-12-31", "2027-01-17", "2027-04-01", "2027-04-16 by 2027-04-16", "2028-07-16 by 2028-07-16", "2028-12-23"}
	if !slices.Equal(got, want) {
		t.Errorf("coming %q, want %q", got, want)
	}
	if events[0].ID != "egov/appi/revisions@in-force-2026-12-31" || events[0].Note != "防災庁設置法（令和八年法律第六十一号）の施行の日" {
		t.Errorf("first %+v", events[0])
	}
}

// The law API fills in the last possible day of a period; working it out from the promulgation
// gives the same day.
func TestTheLastPossibleDayIsTheOneTheLawAPIGives(t *testing.T) {
	v, _ := appi(t)
	n := 0
	for _, r := range classify.Revisions(v) {
		last, ok := calendar.Within(r.Effective.Note, r.Promulgated)
		if !ok {
			continue
		}
		n++
		if r.Future() && last != r.Effective.Date {
			t.Errorf("%s from %s: %s, the API says %s", r.Effective.Note, r.Promulgated, last, r.Effective.Date)
		}
	}
	if n < 2 {
		t.Errorf("%d periods read", n)
	}
	for note, want := range map[string]string{
		"公布の日から起算して一年六月を超えない範囲内において政令で定める日":   "2028-01-30",
		"公布の日から起算して３月を超えない範囲内において政令で定める日":     "2026-10-30",
		"公布の日から起算して七月を超えない範囲内において政令で定める日":     "2027-02-28",
		"公布の日から起算して二十日を超えない範囲内において政令で定める日":    "2026-08-19",
		"公布の日から起算して二年を経過した日":                  "",
		"防災庁設置法（令和八年法律第六十一号）の施行の日":            "",
		"公布の日から起算してを超えない範囲内において政令で定める日":       "",
		"公布の日から起算して九百九年九月を超えない範囲内において政令で定める日": "2936-04-30",
	} {
		last, _ := calendar.Within(note, day("2026-07-31"))
		if last.String() != want {
			t.Errorf("%s: %q, want %q", note, last, want)
		}
	}
}

func TestEventsAreInTimeOrderAndThoseWithoutADayLast(t *testing.T) {
	seen := at("2026-08-01 09:00")
	docs := []kaisei.Version{
		{Document: "b/order", Source: "b", Title: "見本令", Layer: kaisei.LayerOrder, SeenAt: seen, Dates: kaisei.Dates{Promulgated: day("2026-07-17"), Effective: []kaisei.Effective{
			{Date: day("2026-08-01")}, {Date: day("2026-07-01")}, {Date: day("2027-04-01")},
			{Note: "公布の日から起算して二年を超えない範囲内において政令で定める日"}, {Note: "別に定める日"},
		}}},
		{Document: "a/case", Source: "a", Title: "意見募集", Layer: kaisei.LayerConsultation, SeenAt: seen, URL: "https://a.example/case", TextHash: "h",
			Dates: kaisei.Dates{Opens: day("2026-08-10"), Deadline: at("2026-09-07 00:00")}},
		{Document: "a/copy", Source: "c", Title: "意見募集", SeenAt: seen.Add(time.Hour), TextHash: "h", Dates: kaisei.Dates{Deadline: at("2026-09-07 00:00")}},
		{Document: "a/gone", SeenAt: seen, Gone: true, Dates: kaisei.Dates{Deadline: at("2026-09-07 00:00")}},
		{Document: "l/text", SeenAt: seen, Format: "lawxml", Dates: kaisei.Dates{Effective: []kaisei.Effective{{Date: day("2028-01-01")}}}},
		{Document: "l/future/x", SeenAt: seen, Format: "lawxml", Dates: kaisei.Dates{Effective: []kaisei.Effective{{Date: day("2028-01-01")}}}},
	}
	events := calendar.Events(docs, nil)
	var got []string
	for _, e := range events {
		got = append(got, strings.Join([]string{e.ID[:strings.IndexByte(e.ID, '@')], string(e.Kind), e.On.String(), e.By.String()}, " "))
	}
	want := []string{
		"a/case consultation-opened 2026-08-10 ", "a/case consultation-closing 2026-09-06 ", "b/order in-force 2027-04-01 ",
		"b/order in-force  ", "b/order in-force  2028-07-16",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if !slices.Equal(events[1].Copies, []string{"a/copy"}) || events[1].URL != "https://a.example/case" || !events[1].At.Equal(at("2026-09-07 00:00")) {
		t.Errorf("closing %+v", events[1])
	}
	for now, n := range map[string]int{"2026-08-10 23:59": 5, "2026-08-11 00:00": 4, "2026-09-06 23:59": 4, "2026-09-07 00:00": 3, "2027-04-01 12:00": 3, "2027-04-02 00:00": 2, "2028-07-17 00:00": 1} {
		if left := calendar.Coming(events, at(now)); len(left) != n {
			t.Errorf("at %s %d are coming, want %d", now, len(left), n)
		}
	}
	ids := map[string]bool{}
	for _, e := range events {
		if ids[e.ID] {
			t.Errorf("%s twice", e.ID)
		}
		ids[e.ID] = true
	}
}
