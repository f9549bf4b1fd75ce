package render

import (
	"strings"
	"testing"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

const (
	reform = "個人情報の保護に関する法律等の一部を改正する法律（令和八年法律第五十六号）"
	period = "公布の日から起算して九月を超えない範囲内において政令で定める日"
)

func TestTheLastPossibleDayIsNotToldAsTheDayOfTakingForce(t *testing.T) {
	day := kaisei.Date{Year: 2027, Month: 4, Day: 16}
	c := kaisei.Change{
		ID: "egov/appi/revisions@in-force-2027-04-16", Title: "個人情報の保護に関する法律", Class: kaisei.ClassInForce, Layer: kaisei.LayerLaw, Severity: kaisei.High,
		SeenAt: day.Start(), Dates: kaisei.Dates{Effective: []kaisei.Effective{{By: day, What: reform, Note: period}}},
	}
	text := Alert(c, Options{})
	for _, want := range []string{"高  遅くとも施行される日  個人情報の保護に関する法律（令和八年法律第五十六号による改正）\n", "施行 遅くとも 2027-04-16（"} {
		if !strings.Contains(text, want) {
			t.Errorf("the alert lacks %q:\n%s", want, text)
		}
	}
	if got := Headline(c, Options{Lang: English}); got != "HIGH last possible day of entry into force 個人情報の保護に関する法律 (as amended by 令和八年法律第五十六号)" {
		t.Errorf("got %q", got)
	}
	c.Dates.Effective = []kaisei.Effective{{Date: day, What: reform}}
	if text = Alert(c, Options{}); !strings.Contains(text, "高  施行  個人情報") || !strings.Contains(text, "施行 2027-04-16（") {
		t.Errorf("a day that is fixed:\n%s", text)
	}
}

// The law API fills in the last possible day; once it is past, what it says is the day that was fixed.
func TestAnAlertShowsAllDaysAheadAndMarksThoseNotFixed(t *testing.T) {
	c := kaisei.Change{Title: "個人情報の保護に関する法律 改正履歴", Class: kaisei.ClassEnforcementScheduled, Layer: kaisei.LayerLaw, SeenAt: time.Date(2026, 7, 17, 6, 0, 0, 0, time.UTC)}
	for y := range 6 {
		c.Dates.Effective = append(c.Dates.Effective, kaisei.Effective{Date: kaisei.Date{Year: 2026 + y, Month: 4, Day: 1}, Note: period})
	}
	text := Alert(c, Options{})
	if !strings.Contains(text, "施行 2026-04-01 ／ 施行 遅くとも 2027-04-01 ／") || !strings.Contains(text, "遅くとも 2031-04-01") || strings.Contains(text, "ほか") || !strings.Contains(text, "施行予定") {
		t.Errorf("got\n%s", text)
	}
}

func TestATitleNamesTheAmendmentThatTakesForce(t *testing.T) {
	for what, want := range map[string]string{
		"":     "見本法",
		reform: "見本法（令和八年法律第五十六号による改正）",
		"甲法（令和八年法律第1号）、乙法（平成三十年法律第二号）": "見本法（令和八年法律第1号・平成三十年法律第二号による改正）",
		"附則第三条（令和八年法律第一号の準備）":          "見本法（附則第三条（令和八年法律第一号の準備））",
		"改正法": "見本法（改正法）",
	} {
		if got := EventTitle(calendar.Event{Kind: kaisei.ClassInForce, Title: "見本法", What: what}, Japanese); got != want {
			t.Errorf("%q: %q, want %q", what, got, want)
		}
	}
	by := kaisei.Date{Year: 2027, Month: 4, Day: 16}
	file := strings.ReplaceAll(ICS([]calendar.Event{{ID: "a", Kind: kaisei.ClassInForce, On: by, By: by, Title: "見本法", What: reform}}, Options{}), "\r\n ", "")
	if !strings.Contains(file, "SUMMARY:施行（遅くともこの日まで）: 見本法（令和八年法律第五十六号による改正）\r\n") || !strings.Contains(file, `DESCRIPTION:施行: 遅くとも 2027-04-16\n`) {
		t.Errorf("got\n%s", file)
	}
}
