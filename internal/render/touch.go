package render

import (
	"kaisei/internal/kaisei"
)

// Bounds of what an alert says of the uses of AI that a change touches.
const (
	maxTouches  = 3
	touchLength = 60
	maxWhy      = 120
)

// touches says which uses of AI a change touches, a line each with the clause that says so and why.
func touches(c kaisei.Change, lang string) []string {
	var out []string
	for i, t := range c.Touches {
		if i == maxTouches {
			out = append(out, say(lang, "touches")+say(lang, "colon")+say(lang, "more-reasons", thousands(len(c.Touches)-i)))
			break
		}
		out = append(out, say(lang, "touches")+say(lang, "colon")+touchLine(t, touchLength, lang))
	}
	return out
}

// touchLine writes 採用支援AI（人事部） — 第2部 › C. › 3) 公平性 › ①: …（テーマ『公平性』が一致）.
func touchLine(t kaisei.Touch, quoted int, lang string) string {
	s := head(Clean(t.UseCase), partLength)
	if owner := brief(t.Owner); owner != "" {
		s += say(lang, "paren", owner)
	}
	why := head(Clean(t.Reason.In(lang)), maxWhy)
	clause := head(Clean(t.Clause), quoted)
	where := placeOf(t.Path, t.Clause)
	switch {
	case clause == "" && where == "":
		return joined([]string{s, why}, " — ")
	case where == "":
		s += " — " + clause
	default:
		s = joined([]string{s + " — " + where, clause}, say(lang, "colon"))
	}
	if why != "" {
		s += say(lang, "paren", why)
	}
	return s
}

// TouchLine writes one use of AI that a change touches, with where the clause stands, the clause
// and why.
func TouchLine(t kaisei.Touch, o Options) string { return touchLine(t, maxClause, o.lang()) }
