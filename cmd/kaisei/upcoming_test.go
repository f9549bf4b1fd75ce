package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// upcomingLaw holds what is coming in the replayed store, on 2026-07-20, to the law API's own answer of
// that day: every revision of the Act on the Protection of Personal Information that it calls
// unenforced, in the list and in the calendar file.
func upcomingLaw(t *testing.T, dir string) {
	body, err := os.ReadFile(filepath.Join(filepath.Dir(archive(t)), "egov", "json", "415AC0000000057_law_revisions_20260720.json"))
	if err != nil {
		t.Fatal(err) // the archive beside it is there
	}
	var list struct {
		Revisions []struct {
			Day     string `json:"amendment_enforcement_date"`
			Comment string `json:"amendment_enforcement_comment"`
			Status  string `json:"current_revision_status"`
		} `json:"revisions"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, r := range list.Revisions {
		if r.Status == "UnEnforced" {
			want[r.Day] = r.Comment
		}
	}
	if len(want) != 7 {
		t.Fatalf("the law API names %d days to come", len(want))
	}

	out, stderr, code := runIn(t, dir, "upcoming", "--state", "store", "--since", "2026-07-20", "--json")
	if code != exitDone {
		t.Fatalf("upcoming ended with %d: %s", code, stderr)
	}
	var days []string
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var e calendar.Event
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		if e.Document != "egov/appi/revisions" {
			continue
		}
		day := e.On.String()
		days = append(days, day)
		if note, ok := want[day]; !ok || e.Note != note || e.Kind != kaisei.ClassInForce || e.Open() != strings.Contains(note, "超えない範囲") {
			t.Errorf("%+v; the law API says %q", e, note)
		}
	}
	if !slices.IsSorted(days) || len(days) != len(want) {
		t.Errorf("days %v, want %v in order", days, want)
	}
	if text, _, _ := runIn(t, dir, "upcoming", "--state", "store", "--since", "2026-07-20"); !strings.Contains(text, "遅くとも 2028-07-16") || !strings.Contains(text, "二年を超えない範囲内") {
		t.Errorf("the table does not mark the day that is to be fixed:\n%s", text)
	}
	if _, _, code := runIn(t, dir, "upcoming", "--state", "store", "--since", "2026-07-20", "--ics", "law.ics"); code != exitDone {
		t.Fatalf("upcoming --ics ended with %d", code)
	}
	file, err := os.Open(filepath.Join(dir, "law.ics"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cal, err := ics.ParseCalendar(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range cal.Events() {
		start, err := v.GetAllDayStartAt()
		if err != nil {
			t.Errorf("%s: %v", v.Id(), err)
			continue
		}
		day := start.Format("2006-01-02")
		if _, ok := want[day]; ok && v.Id() == "egov/appi/revisions@in-force-"+day+"@kaisei" {
			n++
		}
	}
	if n != len(want) {
		t.Errorf("%d of %d days stand in the calendar file", n, len(want))
	}
	digestListsUpcoming(t, dir)
	digestOfAChannel(t, dir)
	remindersListed(t, dir)
	for _, args := range [][]string{{"--layer", "nonsense"}, {"--until", "soon"}, {"--ics", "-", "--json"}} {
		if _, _, code := runIn(t, dir, append([]string{"upcoming", "--state", "store"}, args...)...); code != exitUsage {
			t.Errorf("upcoming %v ended with %d, want %d", args, code, exitUsage)
		}
	}
	if out, _, _ := runIn(t, dir, "upcoming", "--state", "store", "--since", "2026-07-20", "--until", "2027-01-01", "--layer", "law", "--json"); strings.Count(out, "\n") != 2 {
		t.Errorf("until 2027-01-01 two days come, got %s", out)
	}
}

// digestListsUpcoming holds the days ahead of a digest to the list of what is coming at its end, and
// those of an earlier one to what was known then: nothing promulgated on 2026-07-17.
func digestListsUpcoming(t *testing.T, dir string) {
	t.Helper()
	ahead := func(since, until string) (out []calendar.Event) {
		t.Helper()
		text, stderr, code := runIn(t, dir, "digest", "--preview", "--state", "store", "--since", since, "--until", until, "--json")
		var d struct{ Coming []calendar.Event }
		if err := json.Unmarshal([]byte(text), &d); err != nil || code != exitDone {
			t.Fatalf("digest ended with %d: %v %s", code, err, stderr)
		}
		return d.Coming
	}
	list, _, _ := runIn(t, dir, "upcoming", "--state", "store", "--since", "2026-07-21", "--json")
	var coming []calendar.Event
	for dec := json.NewDecoder(strings.NewReader(list)); dec.More(); {
		var e calendar.Event
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		coming = append(coming, e)
	}
	if got := ahead("2026-07-14", "2026-07-21"); len(coming) < 7 || !reflect.DeepEqual(got, coming) {
		t.Errorf("the digest lists %+v\nupcoming lists %+v", got, coming)
	}
	for _, e := range ahead("2026-06-20", "2026-06-30") {
		if strings.Contains(e.What, "令和八年法律第五十六号") || e.SeenAt.After(time.Date(2026, 6, 30, 0, 0, 0, 0, kaisei.JST)) {
			t.Errorf("known later: %+v", e)
		}
	}
}

// remindersListed holds what will be told of the turn of the year, when and to whom: reminders on business days at
// 09:00, and the days of taking force as alerts.
func remindersListed(t *testing.T, dir string) {
	out, stderr, code := runIn(t, dir, "reminders", "--state", "store", "--since", "2026-12-20", "--until", "2027-01-18", "--json")
	if code != exitDone {
		t.Fatalf("reminders ended with %d: %s", code, stderr)
	}
	var got []string
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var one toldAhead
		if err := dec.Decode(&one); err != nil {
			t.Fatal(err)
		}
		if len(one.To) != 1 || one.To[0].Channel != "console" || one.Severity != kaisei.High {
			t.Errorf("%+v", one)
		}
		got = append(got, fmt.Sprintf("%s %s %d %s", clock(one.At), one.Kind, one.Days, one.Event.ID))
	}
	const law = "egov/appi/revisions@in-force-"
	want := []string{
		"2026-12-24 09:00 reminder 7 " + law + "2026-12-31", "2026-12-31 00:00 alert 0 " + law + "2026-12-31", "2026-12-31 09:00 reminder 90 " + law + "2027-04-01",
		"2027-01-08 09:00 reminder 7 " + law + "2027-01-17", "2027-01-15 09:00 reminder 0 " + law + "2027-01-17", "2027-01-15 09:00 reminder 90 " + law + "2027-04-16",
		"2027-01-17 00:00 alert 0 " + law + "2027-01-17",
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q\nwant %q", got, want)
	}
	if text, _, _ := runIn(t, dir, "notify", "preview", "--state", "store", "--reminder", law+"2028-12-23", "--lang", "en"); !strings.Contains(text, "It enters into force on 2028-12-23.") {
		t.Errorf("the preview says %q", text)
	}
	for _, args := range [][]string{{"reminders", "--until", "soon"}, {"reminders", "--since", "2027-01-01", "--until", "2026-01-01"}, {"notify", "preview", "--reminder", "a", "b"}} {
		if _, _, code := runIn(t, dir, append(args, "--state", "store")...); code != exitUsage {
			t.Errorf("%v ended with %d", args, code)
		}
	}
}

// timePasses lets two and a half years pass after the last record of the replayed store, in two runs: on
// each day on which a revision of the Act on the Protection of Personal Information takes force, that is
// told, and a third run tells nothing.
func timePasses(t *testing.T, dir, file string) {
	var told []string
	told = append(told, passed(t, dir, file, "2027-02-01")...)
	if len(told) != 3 {
		t.Fatalf("by 2027-02-01 told %q", told)
	}
	told = append(told, passed(t, dir, file, "2028-12-31")...)
	var want []string
	for _, day := range []string{"2026-10-01", "2026-12-31", "2027-01-17", "2027-04-01", "2027-04-16", "2028-07-16", "2028-12-23"} {
		want = append(want, "egov/appi/revisions@in-force-"+day+" in-force "+day+" 00:00")
	}
	if !slices.Equal(told, want) {
		t.Errorf("told %q\nwant %q", told, want)
	}
	if again := passed(t, dir, file, "2028-12-31"); len(again) > 0 {
		t.Errorf("told again: %q", again)
	}
	if out, stderr, code := runIn(t, dir, "db", "check", "--state", "store"); code != exitDone {
		t.Errorf("the store after time passed: %s%s", out, stderr)
	}
}

func passed(t *testing.T, dir, file, until string) []string {
	t.Helper()
	out, stderr, code := runIn(t, dir, "replay", file, "--state", "store", "--json", "--until", until)
	if code != exitDone {
		t.Fatalf("replay --until %s ended with %d: %s", until, code, stderr)
	}
	var told []string
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var c kaisei.Change
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		told = append(told, c.ID+" "+string(c.Class)+" "+clock(c.SeenAt))
	}
	return told
}
