package schedule

import (
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestSchedulesThatCannotBeMeantAreRefusedWithWhatToWrite(t *testing.T) {
	for spec, want := range map[string]string{
		"":                      "write five fields",
		"TZ= * * * *":           "write five fields",
		"TZ=":                   "write five fields",
		"CRON_TZ=":              "write five fields",
		"CRON_TZ=UTC 0 9 * * *": "write five fields",
		"TZ=Asia/Tokyo 9 * * *": "write five fields",
		"@every 1s":             `such as "0 * * * *"`,
		"@every 1h":             `such as "0 * * * *"`,
		"@daily":                `such as "0 6 * * *"`,
		"0 9 31 2 *":            "never comes round",
		"0 9 * * *; 0 9 31 4 *": `the day of "0 9 31 4 *"`,
		"0 9 * * 7":             "0 (Sunday) to 6",
		"0 9 L * *":             "9-18",
		"H 9 * * *":             "9-18",
		"60 9 * * *":            "above maximum",
		"0 9 * *":               "write five fields",
		"0 9 * * * *":           "write five fields",
		"* * * * *":             "asks twice within 1m0s (00:01 and 00:02)",
		"*/4 * * * *":           "leave at least 5m0s",
		"0,2 9 1 1 *":           "asks twice within 2m0s",
		"0 9 * * *; 3 9 * * 1":  "asks twice within 3m0s",
		"0 9 * * *;":            "write five fields",
		"0 1 * * *;0 2 * * *;0 3 * * *;0 4 * * *;0 5 * * *;0 6 * * *;0 7 * * *": "at most 6",
	} {
		err := Check(spec, MinInterval)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", spec, err, want)
		}
	}
	for _, spec := range []string{"TZ=Asia/Tokyo", "TZ= 0 9 * *", "CRON_TZ=x 0 9 * *", "0 9 30 2 *", "L * * * *"} {
		if Check(spec, MinInterval) == nil {
			t.Errorf("%q is accepted", spec)
		}
	}
	for _, spec := range []string{"*/10 1-23/6 * * 1-5", "0 0 29 2 *", "*/5 * * * *", "0 9 * * 1", "0 9 29 2 *", "15 8-20 * * MON-FRI; 15 */3 * * *", " 0 9 * * 1 ; 0 12 * * 2 "} {
		if err := Check(spec, MinInterval); err != nil {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestAMachineOfOnesOwnMayBeAskedEveryMinute(t *testing.T) {
	if err := Check("* * * * *", time.Minute); err != nil {
		t.Error(err)
	}
}

func TestTimesOfJoinedExpressionsArePutTogetherInJapan(t *testing.T) {
	p, err := Parse("24 9-11 * * 1-5; 24 */6 * * *")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	at := time.Date(2026, 3, 27, 8, 0, 0, 0, kaisei.JST) // a Friday
	for range 8 {
		at = p.Next(at.UTC())
		got = append(got, at.Format("Mon 15:04"))
	}
	if want := "Fri 09:24,Fri 10:24,Fri 11:24,Fri 12:24,Fri 18:24,Sat 00:24,Sat 06:24,Sat 12:24"; strings.Join(got, ",") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ","), want)
	}
	if d, err := p.Longest(); err != nil || d != 6*time.Hour {
		t.Errorf("longest %v, %v", d, err)
	}
}

func TestTheLeastTimeApartIsNeverMoreThanTheScheduleLeaves(t *testing.T) {
	for spec, want := range map[string]time.Duration{
		"0 9 * * *":               24 * time.Hour,
		"24 9-11 * * 1-5":         time.Hour,
		"50 23 * * *; 0 0 * * *":  10 * time.Minute,
		"*/10 * * * *":            10 * time.Minute,
		"0 9 * * 1; 2 9 * * 2":    2 * time.Minute, // of different days: Check looks closer
		"0,30 9 * * *; 7 9 1 1 *": 7 * time.Minute,
	} {
		p, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.apart(); got != want {
			t.Errorf("%q: %s apart, want %s", spec, got, want)
		}
	}
	if err := Check("0 9 * * 1; 2 9 * * 2", MinInterval); err != nil {
		t.Error(err)
	}
}
