package render

import (
	"kaisei/internal/kaisei"
)

// maxNoticeSources is how many sources a notice about many names; the rest is counted.
const maxNoticeSources = 20

// manyNotice is a notice about several sources in the same state.
func manyNotice(n NoticeData, o Options) notice {
	l := o.lang()
	all := append([]NoticeData{n}, n.Also...)
	key := map[kaisei.Class]string{
		kaisei.ClassSourceImplausible: "notice.implausible-many", kaisei.ClassSourceQuiet: "notice.quiet-many",
		kaisei.ClassSourceRecovered: "notice.recovered-many",
	}[n.Class]
	mark := "⚠️"
	switch {
	case key == "":
		key = "notice.failing-many"
	case n.Class == kaisei.ClassSourceRecovered:
		mark = "✅"
	}
	count := thousands(len(all))
	v := notice{
		mark: mark, head: ClassName(n.Class, l) + "  " + say(l, "notice.many", count, thousands(n.Watched)),
		text: say(l, key, count), ids: Clean(o.Delivery),
	}
	for i, s := range all {
		if i == maxNoticeSources {
			v.facts = append(v.facts, say(l, "notice.more", thousands(len(all)-i)))
			break
		}
		line := "・" + brief(s.Title.In(l)) + "  " + brief(s.Source)
		if s.Cause != "" {
			line += "  " + CauseName(s.Cause, l)
		}
		v.facts = append(v.facts, line)
	}
	if n.Class != kaisei.ClassSourceRecovered {
		v.facts = append(v.facts, say(l, "notice.look"))
	}
	return v
}
