package render

import "time"

// Span writes a length of time in words, in at most two units: 3日4時間, 3 days 4 hours.
func Span[L spoken](d time.Duration, lang L) string {
	if d < time.Minute {
		return say(lang, "span.moment")
	}
	minutes := int(d / time.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	big, small := "", ""
	switch {
	case days > 0:
		big = count(lang, "span.days", days)
		if hours > 0 && days < 10 {
			small = count(lang, "span.hours", hours)
		}
	case hours > 0:
		big = count(lang, "span.hours", hours)
		if minutes > 0 && hours < 10 {
			small = count(lang, "span.minutes", minutes)
		}
	default:
		big = count(lang, "span.minutes", minutes)
	}
	if small == "" {
		return big
	}
	return say(lang, "span.two", big, small)
}

// Ago says how long before now an instant was, in one unit: 3時間前, 3 hours ago. The zero instant
// is never.
func Ago[L spoken](t, now time.Time, lang L) string {
	if t.IsZero() {
		return say(lang, "span.never")
	}
	if d := now.Sub(t); d >= time.Minute {
		return say(lang, "span.ago", Span(oneUnit(d), lang))
	}
	return say(lang, "span.now")
}

// Until says how long after now an instant is: 3時間後, in 3 hours. The zero instant is "".
func Until[L spoken](t, now time.Time, lang L) string {
	if t.IsZero() {
		return ""
	}
	if d := t.Sub(now); d >= time.Minute {
		return say(lang, "span.in", Span(oneUnit(d), lang))
	}
	return say(lang, "span.soon")
}

// oneUnit leaves the largest unit of a length of time.
func oneUnit(d time.Duration) time.Duration {
	for _, u := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if d >= u {
			return d.Truncate(u)
		}
	}
	return d
}
