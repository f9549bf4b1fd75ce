package render

import (
	"testing"
	"time"
)

func TestSpansAreInWords(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		d      time.Duration
		ja, en string
	}{
		{20 * time.Second, "1分未満", "less than a minute"},
		{time.Minute, "1分", "1 minute"},
		{90 * time.Minute, "1時間30分", "1 hour 30 minutes"},
		{11*time.Hour + 20*time.Minute, "11時間", "11 hours"},
		{3*day + 4*time.Hour + 5*time.Minute, "3日4時間", "3 days 4 hours"},
		{40*day + 7*time.Hour, "40日", "40 days"},
	} {
		if ja, en := Span(c.d, Japanese), Span(c.d, English); ja != c.ja || en != c.en {
			t.Errorf("%s is %q and %q, want %q and %q", c.d, ja, en, c.ja, c.en)
		}
	}
	now := time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Ago(now.Add(-200*time.Minute), now, Japanese), "3時間前"},
		{Ago(now.Add(-time.Second), now, Japanese), "たった今"},
		{Ago(time.Time{}, now, English), "never"},
		{Until(now.Add(200*time.Minute), now, Japanese), "3時間後"},
		{Until(now.Add(-time.Minute), now, English), "soon"},
		{Until(time.Time{}, now, English), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
