package render

import (
	"cmp"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// maxNoticeSources is how many lines a notice about many sources has in each part; the rest is counted.
const maxNoticeSources = 20

// manyNotice is a notice about several sources, in parts by what they are in.
func manyNotice(n NoticeData, o Options) notice {
	l := o.lang()
	all := append([]NoticeData{n}, n.Also...)
	parts := map[kaisei.Class][]NoticeData{}
	var order []kaisei.Class
	v := notice{mark: noticeMark(n), ids: Clean(o.Delivery)}
	for i, s := range all {
		s.Also = nil
		if s.Network {
			one := networkNotice(s, o)
			v.facts = append(v.facts, say(l, "notice.part", say(l, networkName(s)), thousands(s.Dead)))
			v.facts = append(v.facts, one.text)
			v.facts = append(v.facts, one.facts...)
			all[i] = s
			continue
		}
		if parts[s.Class] == nil {
			order = append(order, s.Class)
		}
		parts[s.Class] = append(parts[s.Class], s)
	}
	if len(order) == 1 && len(v.facts) == 0 {
		count := thousands(len(all))
		v.head = ClassName(n.Class, l) + "  " + say(l, "notice.many", count, thousands(n.Watched))
		v.text = say(l, manyText(n.Class), count)
		v.facts = partLines(all, l)
	} else {
		var names []string
		for _, s := range all {
			if s.Network {
				names = append(names, say(l, networkName(s)))
			}
		}
		for _, c := range order {
			names = append(names, ClassName(c, l)+" "+thousands(len(parts[c])))
			v.facts = append(v.facts, say(l, "notice.part", ClassName(c, l), thousands(len(parts[c]))))
			v.facts = append(v.facts, partLines(parts[c], l)...)
		}
		v.head = say(l, "notice.mixed") + "  " + strings.Join(names, say(l, "dot"))
		v.text = say(l, "notice.mixed-text")
	}
	if slices.ContainsFunc(all, func(s NoticeData) bool { return s.Class != kaisei.ClassSourceRecovered }) {
		v.facts = append(v.facts, say(l, "notice.look"))
	}
	return v
}

func manyText(c kaisei.Class) string {
	switch c {
	case kaisei.ClassSourceImplausible:
		return "notice.implausible-many"
	case kaisei.ClassSourceQuiet:
		return "notice.quiet-many"
	case kaisei.ClassSourceRecovered:
		return "notice.recovered-many"
	}
	return "notice.failing-many"
}

// partLines are the lines about sources in the same state: the sources of one host that fail for
// the same cause are one line, and what to do is said once for each cause.
func partLines(all []NoticeData, l Voice) []string {
	type group struct {
		host  string
		cause kaisei.Cause
		of    []NoticeData
	}
	var groups []*group
	for _, s := range all {
		host := kaisei.Host(s.URL)
		i := slices.IndexFunc(groups, func(g *group) bool { return g.host == host && g.cause == s.Cause && host != "" })
		if i < 0 || s.Class == kaisei.ClassSourceQuiet {
			groups = append(groups, &group{host: host, cause: s.Cause, of: []NoticeData{s}})
			continue
		}
		groups[i].of = append(groups[i].of, s)
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(len(b.of), len(a.of)) })
	var lines, remedies []string
	for i, g := range groups {
		if i == maxNoticeSources {
			rest := 0
			for _, g := range groups[i:] {
				rest += len(g.of)
			}
			lines = append(lines, say(l, "notice.more", thousands(rest)))
			break
		}
		lines = append(lines, groupLine(g.host, g.of, l))
		if r := noticeRemedy(g.of[0], l); r != "" {
			about := ""
			if g.cause != "" {
				about = say(l, "paren", CauseName(g.cause, l))
			}
			if r = say(l, "notice.remedy") + about + say(l, "colon") + r; !slices.Contains(remedies, r) {
				remedies = append(remedies, r)
			}
		}
	}
	if slices.ContainsFunc(all, func(s NoticeData) bool {
		return s.Class == kaisei.ClassSourceRecovered && s.Was != kaisei.ClassSourceQuiet
	}) {
		lines = append(lines, say(l, "notice.unseen"))
	}
	return append(lines, remedies[:min(len(remedies), maxRemedies)]...)
}

// maxRemedies is how many different things to do a part of a notice names.
const maxRemedies = 3

// maxGroupIDs is how many sources of a host are named.
const maxGroupIDs = 5

// groupLine is one source, or the sources of one host.
func groupLine(host string, of []NoticeData, l Voice) string {
	s := of[0]
	var b strings.Builder
	if len(of) == 1 {
		b.WriteString("・" + brief(in(s.Title, l)) + "  " + brief(s.Source))
	} else {
		var ids []string
		for i, x := range of {
			if i == maxGroupIDs {
				ids = append(ids, say(l, "notice.more", thousands(len(of)-i)))
				break
			}
			ids = append(ids, brief(x.Source))
		}
		b.WriteString("・" + say(l, "notice.host", brief(host), thousands(len(of)), strings.Join(ids, say(l, "list"))))
	}
	if s.Cause != "" && s.Class != kaisei.ClassSourceRecovered {
		b.WriteString("  " + CauseName(s.Cause, l))
	}
	switch {
	case s.At.IsZero():
	case s.Class == kaisei.ClassSourceRecovered && !s.Since.IsZero():
		b.WriteString("  " + Span(s.At.Sub(s.Since), l))
	case s.Class == kaisei.ClassSourceQuiet && !s.LastChange.IsZero():
		b.WriteString("  " + whenAgo(s.LastChange, s.At, l) + "  " + QuietWhy(s.Expected, s.Usual, l))
	case !s.Since.IsZero():
		b.WriteString("  " + whenAgo(s.Since, s.At, l))
	}
	return strings.TrimRight(b.String(), " ")
}

// networkNotice is a notice about the network here.
func networkNotice(n NoticeData, o Options) notice {
	l := o.lang()
	v := notice{mark: noticeMark(n), ids: Clean(o.Delivery)}
	if n.Class == kaisei.ClassSourceRecovered {
		v.head = say(l, networkName(n))
		v.text = say(l, "notice.network-answered")
		v.facts = []string{
			say(l, "notice.gap") + say(l, "colon") + between(n.Since, n.At, l),
			say(l, "notice.network-missed") + say(l, "colon") + thousands(n.Sources),
			say(l, "notice.network-unseen"),
		}
		return v
	}
	v.head = say(l, networkName(n)) + "  " + say(l, "notice.network-many", thousands(n.Hosts), thousands(n.Dead))
	v.text = say(l, "notice.network-text")
	if n.Again {
		v.text = joined([]string{say(l, "notice.again"), v.text}, gapAfterStop(l))
	}
	fact := func(key, value string) { v.facts = append(v.facts, say(l, key)+say(l, "colon")+value) }
	fact("notice.begun", whenAgo(n.Since, n.At, l))
	if !n.LastGood.IsZero() {
		fact("notice.since", whenAgo(n.LastGood, n.At, l))
	}
	fact("notice.network-sources", thousands(n.Sources))
	if n.Cause != "" {
		fact("notice.cause", CauseName(n.Cause, l))
	}
	fact("notice.remedy", say(l, "notice.network-do"))
	return v
}

func networkName(n NoticeData) string {
	if n.Class == kaisei.ClassSourceRecovered {
		return "notice.network-back"
	}
	return "notice.network"
}
