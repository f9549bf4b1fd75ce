package render

import (
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// Bounds of what an alert says of the uses of AI that a change touches.
const (
	maxTouches  = 3
	touchLength = 60
	maxWhy      = 120
)

// touches says which uses of AI a change touches, a line each with the clause that says so and why.
func touches(c kaisei.Change, lang Voice) []string {
	var out []string
	for i, t := range c.Touches {
		if i == maxTouches {
			out = append(out, say(lang, "touches")+say(lang, "colon")+say(lang, "more-reasons", thousands(len(c.Touches)-i)))
			break
		}
		if t.Clause == c.Title {
			t.Clause, t.Path = "", nil // the headline of a news item is its clause
		}
		out = append(out, say(lang, "touches")+say(lang, "colon")+touchLine(t, touchLength, lang))
	}
	return out
}

// touchLine writes 採用支援AI（人事部） — 第2部 › C. › 3) 公平性 › ①: …（テーマ『公平性』が一致）.
func touchLine(t kaisei.Touch, quoted int, lang Voice) string {
	return joined([]string{useName(t.UseCase, t.Owner, lang), clauseLine(t, quoted, lang)}, " — ")
}

func useName(name, owner string, lang Voice) string {
	s := head(Clean(name), partLength)
	if o := brief(owner); o != "" {
		s += say(lang, "paren", o)
	}
	return s
}

// clauseLine says where a clause stands, what it says and why it touches a use.
func clauseLine(t kaisei.Touch, quoted int, lang Voice) string {
	why := head(Clean(in(t.Reason, lang)), maxWhy)
	s := joined([]string{placeOf(t.Path, t.Clause), head(Clean(t.Clause), quoted)}, say(lang, "colon"))
	switch {
	case s == "":
		return why
	case why == "":
		return s
	}
	return s + say(lang, "paren", why)
}

// TouchLine writes one use of AI that a change touches, with where the clause stands, the clause
// and why.
func TouchLine(t kaisei.Touch, o Options) string { return touchLine(t, maxClause, o.lang()) }

// ClauseLine is TouchLine without the use.
func ClauseLine(t kaisei.Touch, o Options) string { return clauseLine(t, maxClause, o.lang()) }

// UseLine names a use of AI and how many clauses touch it, of how many differences of the change.
func UseLine(name, owner string, clauses, differences int, o Options) string {
	words := count(o.lang(), "clauses", clauses)
	if differences > clauses {
		words += say(o.lang(), "clauses.of", strconv.Itoa(differences))
	}
	return useName(name, owner, o.lang()) + say(o.lang(), "paren", words)
}

// UntouchedLine names the uses of AI that a change does not touch.
func UntouchedLine(names []string, o Options) string {
	short := make([]string, len(names))
	for i, n := range names {
		short[i] = brief(n)
	}
	return say(o.lang(), "untouched") + say(o.lang(), "colon") + strings.Join(short, say(o.lang(), "list"))
}
