package render

import (
	"time"

	"kaisei/internal/kaisei"
)

// ReasonName names what decided when a source is looked at.
func ReasonName[L spoken](reason string, lang L) string { return nameOf(lang, "reason", reason) }

// reasonNames are the names of watch.Reason.
func reasonNames() map[string]kaisei.Text {
	return map[string]kaisei.Text{
		"first":    {JA: "初回の取得", EN: "first look"},
		"schedule": {JA: "周期", EN: "schedule"},
		"retry":    {JA: "失敗後の再取得", EN: "retry after a failure"},
		"host":     {JA: "サイトの指定による待機", EN: "its host asked to wait"},
		"feed":     {JA: "フィードの指定による間隔", EN: "the feed asks for less"},
		"pause":    {JA: "休止の終わり", EN: "end of the pause"},
		"confirm":  {JA: "変更の再確認", EN: "further look at a change"},
		"missed":   {JA: "停止中の分の取得", EN: "making up what a stop missed"},
	}
}

// PausedUntil says until when a source is paused, and why where somebody said so.
func PausedUntil[L spoken](p kaisei.Pause, lang L) string {
	s := say(lang, "pause.until", minute(p.Until))
	if p.Why != "" {
		s += say(lang, "colon") + Clean(p.Why)
	}
	return s
}

// WaitsUntil says until when the host of a source asked to be left alone.
func WaitsUntil[L spoken](w kaisei.Wait, lang L) string {
	return say(lang, "wait.until", Clean(w.Host), minute(w.Until))
}

// FeedAsks says how often a feed wants to be looked at, and what of it is kept.
func FeedAsks[L spoken](every, kept time.Duration, lang L) string {
	if kept < every {
		return say(lang, "feed.asks-more", Span(every, lang), Span(kept, lang))
	}
	return say(lang, "feed.asks", Span(every, lang))
}

// Jittered says by how much the looks of a source come later than its schedule.
func Jittered[L spoken](schedule string, jitter time.Duration, lang L) string {
	return say(lang, "schedule.jitter", Clean(schedule), jitter.Round(time.Second).String())
}

// PauseSet tells an operator that a source is left alone, PauseOver that it is not any more, and Reloaded
// that the daemon goes on by a new configuration.
func PauseSet[L spoken](source string, p kaisei.Pause, lang L) string {
	return say(lang, "pause.set", source, minute(p.Until))
}

// PauseOver tells that a source is looked at again.
func PauseOver[L spoken](source string, lang L) string { return say(lang, "pause.over", source) }

// Reloaded tells that the daemon goes on by a new configuration.
func Reloaded[L spoken](enabled int, lang L) string { return say(lang, "reloaded", thousands(enabled)) }

func minute(t time.Time) string { return t.In(kaisei.JST).Format("2006-01-02 15:04 (JST)") }
