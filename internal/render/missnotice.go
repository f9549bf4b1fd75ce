package render

import (
	"time"

	"kaisei/internal/kaisei"
)

// MissedData is what lists that are compared with each other missed, for a notice of kaisei.ClassSourceMissed.
type MissedData struct {
	Items []MissedItem `json:"items,omitempty"`
	Pairs []MissedPair `json:"pairs,omitempty"`
	Gaps  []MissedGap  `json:"gaps,omitempty"`
}

// ListName names a list for people.
type ListName struct {
	ID    string      `json:"id"`
	Title kaisei.Text `json:"title"`
}

// The causes of a missed item.
const (
	MissUnread = "unread"
	MissRolled = "rolled"
	MissUnseen = "unseen"
)

// MissedItem is an item that one list shows and another, which should, does not.
type MissedItem struct {
	Title   string    `json:"title"`
	URL     string    `json:"url,omitempty"`
	ShownBy ListName  `json:"shown_by"`
	Missing ListName  `json:"missing"`
	Since   time.Time `json:"since"`
	Cause   string    `json:"cause"`
	// Good and Failed count the looks at the list it is missing from.
	Good   int    `json:"good"`
	Failed int    `json:"failed"`
	Detail string `json:"detail,omitempty"`
}

// MissedPair is two lists that should show the same items and do not.
type MissedPair struct {
	Shown    ListName  `json:"shown"`
	Expected ListName  `json:"expected"`
	Missed   int       `json:"missed"`
	Since    time.Time `json:"since"`
}

// MissedGap is a time in which items may have come and gone in a feed.
type MissedGap struct {
	Feed ListName  `json:"feed"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why,omitempty"`
}

// missNotice is a notice about what lists missed.
func missNotice(n NoticeData, o Options) notice {
	l, m := o.lang(), n.Missed
	total := len(m.Items) + len(m.Pairs) + len(m.Gaps)
	v := notice{
		mark: "⚠️", head: ClassName(n.Class, l) + "  " + say(l, "missed.count", thousands(total)),
		text: say(l, "missed.text"), ids: Clean(o.Delivery),
	}
	if len(m.Items) > 0 {
		v.link = link{Clean(m.Items[0].URL), safeURL(m.Items[0].URL)}
	} else {
		v.text = say(l, "missed.text-unnamed")
	}
	shown := 0
	line := func(lines ...string) {
		if shown++; shown <= maxNoticeSources {
			v.facts = append(v.facts, lines...)
		}
	}
	for _, it := range m.Items {
		line("・"+brief(it.Title), "  "+say(l, "missed.where", it.ShownBy.in(l), clock(it.Since), it.Missing.in(l)), "  "+it.why(l))
	}
	for _, p := range m.Pairs {
		line("・"+say(l, "missed.pair", p.Shown.in(l), p.Expected.in(l), thousands(p.Missed), clock(p.Since)), "  "+say(l, "missed.pair-do"))
	}
	for _, g := range m.Gaps {
		why := head(Detail(g.Why, l), maxDetail)
		if why == "" {
			why = say(l, "missed.gap-alone")
		}
		line("・"+say(l, "missed.gap", g.Feed.in(l), clock(g.From), clock(g.To)), "  "+why)
	}
	if total > maxNoticeSources {
		v.facts = append(v.facts, say(l, "notice.more", thousands(total-maxNoticeSources)))
	}
	v.facts = append(v.facts, say(l, "missed.look"))
	return v
}

func (n ListName) in(lang Voice) string {
	if title := brief(in(n.Title, lang)); title != "" {
		return title + say(lang, "missed.id", brief(n.ID))
	}
	return brief(n.ID)
}

// why says whose miss it probably is and what to do.
func (it MissedItem) why(lang Voice) string {
	id := brief(it.Missing.ID)
	switch it.Cause {
	case MissUnread:
		s := say(lang, "missed.unread", thousands(it.Failed), id)
		if d := head(Detail(it.Detail, lang), maxDetail); d != "" {
			s = joined([]string{s, say(lang, "missed.detail", d)}, gapAfterStop(lang))
		}
		return s
	case MissRolled:
		return say(lang, "missed.rolled")
	}
	return say(lang, "missed.unseen", thousands(it.Good), id)
}
