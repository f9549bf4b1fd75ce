package classify

import (
	"strings"
	"testing"
	"time"
)

// sayDays writes what Days found as role=day, a deadline to the second in Japan.
func sayDays(s string) string {
	var out []string
	for _, d := range Days(s) {
		switch d.Role {
		case DayDeadline:
			out = append(out, "deadline="+d.At.Format("2006-01-02T15:04:05"))
		case DayByOrder:
			out = append(out, "by-order="+d.Note)
		default:
			out = append(out, string(d.Role)+"="+d.Date.String())
		}
	}
	return strings.Join(out, " ")
}

func TestTheWordsBesideADaySayWhatItIs(t *testing.T) {
	for in, want := range map[string]string{
		"令和8年4月1日（一部の規定については令和8年10月1日）施行":                        "effective=2026-04-01 effective=2026-10-01",
		"締切を4月10日から延長し、令和8年4月24日（金）までとします。":                      "deadline=2026-04-24T23:59:59",
		"意見募集期間を延長しました（令和8年4月10日（金）まで → 令和8年4月24日（金）まで）":         "deadline=2026-04-24T23:59:59",
		"（変更後）令和8年4月24日（金）17時必着　（変更前）令和8年4月10日（金）17時必着":          "deadline=2026-04-24T17:00:00",
		"意見募集期間：2026/03/13 ～ 2026/04/13":                         "opens=2026-03-13 deadline=2026-04-13T23:59:59",
		"令和8年7月10日、参議院本会議において可決・成立し、同月17日に公布されました。":              "date=2026-07-10 promulgated=2026-07-17",
		"令和8年3月31日に改訂し、同日公表した":                                   "promulgated=2026-03-31 published=2026-03-31",
		"平成16年4月2日閣議決定　平成20年4月25日一部変更　平成28年10月28日一部変更":           "promulgated=2004-04-02 promulgated=2008-04-25 promulgated=2016-10-28",
		"平成16年4月2日　閣議決定\n令和4年4月1日　変更":                            "promulgated=2004-04-02 promulgated=2022-04-01",
		"一部変更：令和4年4月1日、申込方法を令和4年5月1日に変更しました。":                    "promulgated=2022-04-01 date=2022-05-01",
		"公布日：R7.6.4　施行日：R7.9.1":                                  "promulgated=2025-06-04 effective=2025-09-01",
		"改正法（令和2年法律第44号）の施行日である令和4年4月1日":                         "effective=2022-04-01",
		"改正法は、公布の日から起算して２年を超えない範囲内において政令で定める日に施行されます。":           "by-order=公布の日から起算して２年を超えない範囲内において政令で定める日",
		"(Decided by the Cabinet on December 23, 2025)":          "promulgated=2025-12-23",
		"Comments must be received by 5 p.m. on April 13, 2026.": "deadline=2026-04-13T17:00:00",
		"令和9年3月31日までに必要な措置を講ずる":                                  "date=2027-03-31",
		"研修は令和8年4月1日から令和9年3月31日までとする":                            "date=2026-04-01 date=2027-03-31",
		"日時：令和８年６月30日（火）10時00分～11時30分":                           "date=2026-06-30",
		"令和7年度 令和七年法律第五十三号 第1.2版 2.3.1 03-5253-2111 令和7年2月30日":   "",
	} {
		if got := sayDays(in); got != want {
			t.Errorf("%s:\n\t%s, want\n\t%s", in, got, want)
		}
	}
}

func TestDaysStandWhereTheyArePrinted(t *testing.T) {
	const s = "これは前文。令和8年9月1日から施行する。"
	d := Days(s)
	if len(d) != 1 || s[d[0].Start:d[0].End] != "令和8年9月1日" || d[0].Text != "令和8年9月1日" {
		t.Fatalf("%+v", d)
	}
}

// FuzzDays holds that no text breaks the reading, that every day lies in the text, and that the
// time does not grow out of bounds with it.
func FuzzDays(f *testing.F) {
	f.Add("意見募集期間：令和8年3月2日（月）から同年4月1日（水）まで")
	f.Add("公布の日から起算して二年を超えない範囲内において政令で定める日（令和8年4月1日）")
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range Days(s) {
			if d.Start < 0 || d.End > len(s) || d.Start >= d.End {
				t.Fatalf("%+v outside of %d bytes", d, len(s))
			}
			if d.Role == DayDeadline && d.At.Equal(time.Time{}) {
				t.Fatalf("a deadline without an instant: %+v", d)
			}
		}
	})
}

func BenchmarkDaysOfASentenceThatNeverEnds(b *testing.B) {
	s := strings.Repeat("令和8年4月1日（水）から施行し、", 20_000)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if n := len(Days(s)); n != 20_000 {
			b.Fatal(n)
		}
	}
}
