package render

import (
	"strings"

	"kaisei/internal/kaisei"
)

const (
	// digestMissed bounds the sources that a digest lists as not verified; the others are counted.
	digestMissed = 60
	// digestNever is how many sources that were never asked are named; more are counted by authority: who begins
	// to watch has a hundred of them, which would hide the one that fails.
	digestNever = 5
)

// unverifiedLines are the sources whose state is not known, and how many more there are.
func unverifiedLines(list []Unverified, lang Voice) (lines []string, more string) {
	never := map[string]int{}
	var authorities []string
	var rest []Unverified
	for _, u := range list {
		if !u.Since.IsZero() || u.Failures > 0 {
			rest = append(rest, u)
			continue
		}
		name := authorityOf(u.Authority, u.Source, lang)
		if never[name]++; never[name] == 1 {
			authorities = append(authorities, name)
		}
	}
	n := len(list) - len(rest)
	if n <= digestNever {
		rest, n = list, 0
	}
	for i, u := range rest {
		if i == digestMissed {
			more = count(lang, "digest.missed-more", len(rest)-i)
			break
		}
		lines = append(lines, unverified(u, lang))
	}
	if n > 0 {
		for i, name := range authorities {
			authorities[i] = name + " " + thousands(never[name])
		}
		lines = append(lines, say(lang, "digest.never", count(lang, "digest.sources", n), strings.Join(authorities, say(lang, "list"))))
	}
	return lines, more
}

// authorityOf names who publishes a source, or the source where that is not known.
func authorityOf(authority kaisei.Text, source string, lang Voice) string {
	if name := Clean(in(authority, lang)); name != "" {
		return name
	}
	return Clean(source)
}

func unverified(u Unverified, lang Voice) string {
	name := Clean(in(u.Title, lang))
	if name == "" {
		name = Clean(u.Source)
	}
	since := say(lang, "digest.missed-never")
	if !u.Since.IsZero() {
		since = say(lang, "digest.missed-since", clock(u.Since))
	}
	var why []string
	if u.Failures > 0 {
		why = append(why, count(lang, "digest.failures", u.Failures))
	}
	if u.Cause != "" {
		why = append(why, CauseName(u.Cause, lang))
	}
	s := joined([]string{Clean(in(u.Authority, lang)), name}, " ") + say(lang, "colon") + since
	if len(why) > 0 {
		s += say(lang, "paren", strings.Join(why, sentenceGap(lang)))
	}
	if detail := head(Detail(u.Detail, lang), maxDetail); detail != "" {
		s += " " + detail
	}
	return s
}
