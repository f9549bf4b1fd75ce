package render

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"time"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// NoticeData is news of kaisei's own sight: a source that cannot be read, answers
// implausibly, has gone quiet, or is back. It is the payload of a notice delivery.
type NoticeData struct {
	// Class is one of the operator notices (kaisei.Class.Notice).
	Class     kaisei.Class `json:"class"`
	Source    string       `json:"source"`
	Title     kaisei.Text  `json:"title"`
	Authority kaisei.Text  `json:"authority"`
	URL       string       `json:"url"`
	// At is when the trouble or the recovery was noticed.
	At time.Time `json:"at"`
	// LastGood is the last good look, zero where there never was one; of a recovered source, the
	// last one before the trouble.
	LastGood time.Time `json:"last_good,omitzero"`
	// LastChange is when the source last showed something new, for a quiet one.
	LastChange time.Time `json:"last_change,omitzero"`
	NextLook   time.Time `json:"next_look,omitzero"`
	// Since is when the trouble began, Was what a recovered source was in.
	Since    time.Time    `json:"since,omitzero"`
	Was      kaisei.Class `json:"was,omitempty"`
	Failures int          `json:"failures,omitempty"`
	Cause    kaisei.Cause `json:"cause,omitempty"`
	Detail   string       `json:"detail,omitempty"`
	// Again marks what was told before and is not over; Relapses is how often it came back soon after it
	// was over.
	Again    bool `json:"again,omitempty"`
	Relapses int  `json:"relapses,omitempty"`
	// Expected is how long the catalogue lets a quiet source be silent, Usual the usual longest interval of
	// its own news in working days; the one by which it is quiet is set.
	Expected time.Duration `json:"expected_ns,omitempty"`
	Usual    int           `json:"usual_days,omitempty"`
	// Network marks the trouble of the network here: of Hosts that were looked at, Dead do not answer, with
	// Sources sources.
	Network bool `json:"network,omitempty"`
	Hosts   int  `json:"hosts,omitempty"`
	Dead    int  `json:"dead,omitempty"`
	Sources int  `json:"sources,omitempty"`
	// Also lists further sources in the same state, so that a dead network is one message;
	// Watched is how many sources are watched in all.
	Also    []NoticeData `json:"also,omitempty"`
	Watched int          `json:"watched,omitempty"`
	// Missed is set in a notice about what lists missed, and nothing but Class and At beside it.
	Missed *MissedData `json:"missed,omitempty"`
}

// NoticeOf makes a notice of a change of an operator class, for a store that keeps
// notices as changes.
func NoticeOf(c kaisei.Change) NoticeData {
	n := NoticeData{
		Class: c.Class, Source: c.Source, Title: kaisei.Text{JA: c.Title, EN: c.Title},
		Authority: c.AuthorityName, URL: c.URL, At: c.SeenAt,
	}
	for _, r := range c.Reasons {
		if n.Detail == "" {
			n.Detail = r.Text.In(Japanese)
		}
	}
	return n
}

// notice is a notice before it takes a form.
type notice struct {
	mark, head, text string
	facts            []string
	link             link
	ids              string
}

func newNotice(n NoticeData, o Options) notice {
	switch {
	case n.Missed != nil:
		return missNotice(n, o)
	case len(n.Also) > 0:
		return manyNotice(n, o)
	case n.Network:
		return networkNotice(n, o)
	}
	l := o.lang()
	name := Clean(in(n.Title, l))
	if name == "" {
		name = Clean(n.Source)
	}
	name = head(name, maxTitle)
	v := notice{
		mark: noticeMark(n), head: joined([]string{ClassName(n.Class, l), Clean(in(n.Authority, l)), name}, "  "),
		text: say(l, noticeText(n), name), ids: joined([]string{Clean(n.Source), Clean(o.Delivery)}, " · "),
		link: link{Clean(n.URL), safeURL(n.URL)},
	}
	if n.Again {
		v.text = joined([]string{say(l, "notice.again"), v.text}, gapAfterStop(l))
	}
	v.facts = noticeFacts(n, l)
	return v
}

func noticeMark(n NoticeData) string {
	if n.Class == kaisei.ClassSourceRecovered {
		return "✅"
	}
	return "⚠️"
}

// noticeText is the message of a notice about one source.
func noticeText(n NoticeData) string {
	switch {
	case n.Class == kaisei.ClassSourceRecovered && n.Was == kaisei.ClassSourceQuiet:
		return "notice.back-quiet"
	case n.Class == kaisei.ClassSourceImplausible:
		return "notice.implausible"
	case n.Class == kaisei.ClassSourceQuiet:
		return "notice.quiet"
	case n.Class == kaisei.ClassSourceRecovered:
		return "notice.recovered"
	}
	return "notice.failing"
}

// noticeFacts are the lines below the text of a notice about one source.
func noticeFacts(n NoticeData, l Voice) []string {
	var facts []string
	fact := func(key, value string) {
		if value != "" {
			facts = append(facts, say(l, key)+say(l, "colon")+value)
		}
	}
	line := func(text string) {
		if text != "" {
			facts = append(facts, text)
		}
	}
	last := say(l, "notice.never")
	if !n.LastGood.IsZero() {
		last = whenAgo(n.LastGood, n.At, l)
	}
	switch n.Class {
	case kaisei.ClassSourceRecovered:
		switch from := n.LastGood; {
		case n.Was == kaisei.ClassSourceQuiet:
			fact("notice.silent", between(n.Since, n.At, l))
		case !from.IsZero() && !n.At.IsZero():
			fact("notice.gap", between(from, n.At, l))
			line(say(l, "notice.unseen"))
		}
		if n.Relapses > 0 {
			line(count(l, "notice.flapped", n.Relapses))
		}
		return facts
	case kaisei.ClassSourceQuiet:
		line(QuietWhy(n.Expected, n.Usual, l))
		if !n.LastChange.IsZero() {
			fact("notice.last-change", whenAgo(n.LastChange, n.At, l))
		}
		fact("notice.since", last)
	default:
		if !n.Since.IsZero() {
			fact("notice.begun", whenAgo(n.Since, n.At, l))
		}
		fact("notice.since", last)
		if n.Failures > 0 {
			fact("notice.failures", thousands(n.Failures))
		}
		if n.Cause != "" {
			fact("notice.cause", CauseName(n.Cause, l))
		}
		if n.Relapses > 0 {
			line(count(l, "notice.flaps", n.Relapses))
		}
	}
	line(head(Detail(n.Detail, l), maxDetail))
	fact("notice.remedy", noticeRemedy(n, l))
	if !n.NextLook.IsZero() {
		fact("notice.next", clock(n.NextLook))
	}
	return append(facts, say(l, "notice.look"))
}

// QuietWhy says by which expectation a source is quiet: the catalogue's, or its own usual longest
// interval of news in working days; the other is 0.
func QuietWhy[L spoken](expected time.Duration, usual int, lang L) string {
	switch {
	case expected > 0:
		return say(lang, "notice.quiet-catalogue", Span(expected, lang))
	case usual > 0:
		return say(lang, "notice.quiet-history", thousands(usual))
	}
	return ""
}

// QuietRemedy says what an operator can do about a quiet source.
func QuietRemedy[L spoken](lang L) string { return say(lang, "notice.quiet-do") }

// StatusSummary counts sources: all, and how many are in each state.
func StatusSummary[L spoken](all int, parts []string, lang L) string {
	s := count(lang, "status.sources", all)
	if len(parts) > 0 {
		s += say(lang, "colon") + strings.Join(parts, say(lang, "dot"))
	}
	return s
}

// noticeRemedy says what to do, or "".
func noticeRemedy(n NoticeData, l Voice) string {
	switch {
	case n.Class == kaisei.ClassSourceQuiet:
		return QuietRemedy(l)
	case n.Class == kaisei.ClassSourceRecovered:
		return ""
	}
	return Remedy(n.Cause, l)
}

// whenAgo writes an instant with how long before now it was.
func whenAgo(t, now time.Time, l Voice) string {
	if now.IsZero() {
		return clock(t)
	}
	return say(l, "notice.when", clock(t), Ago(t, now, l))
}

// between writes a period with how long it lasted.
func between(from, to time.Time, l Voice) string {
	return say(l, "notice.lasted", clock(from), clock(to), Span(to.Sub(from), l))
}

// NoticeHeadline returns the first line of a notice without its mark.
func NoticeHeadline(n NoticeData, o Options) string { return newNotice(n, o).head }

// Notice writes an operator notice as plain text, ending in a newline.
func Notice(n NoticeData, o Options) string { return newNotice(n, o).plain(o) }

func (v notice) plain(o Options) string {
	p := newPrinter(o)
	p.line("", v.mark+" "+p.strong(v.head))
	p.line("   ", v.text)
	for _, f := range v.facts {
		p.line("   ", f)
	}
	if v.link.url != "" {
		p.raw("   " + v.link.url)
	}
	p.line("   ", p.faint(v.ids))
	return p.String()
}

// NoticeHTML writes an operator notice as a fragment of HTML for e-mail.
func NoticeHTML(n NoticeData, o Options) string { return newNotice(n, o).html(o) }

func (v notice) html(o Options) string {
	return execute(noticeTemplate, struct {
		Lang, Mark, Head, Text, URL, IDs string
		Facts                            []string
	}{o.lang().ID(), v.mark, v.head, v.text, v.link.url, v.ids, v.facts})
}

var noticeTemplate = template.Must(template.New("notice").Parse(`<table role="presentation" lang="{{.Lang}}" style="width:100%;border-collapse:collapse;max-width:680px;border-left:5px solid #5f6368;font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,Arial,sans-serif;font-size:15px;line-height:1.7;color:#202124;background:#ffffff">
<tr><td style="padding:10px 16px 2px 16px;font-size:17px;font-weight:bold">{{.Mark}} {{.Head}}</td></tr>
<tr><td style="padding:2px 16px">{{.Text}}</td></tr>
<tr><td style="padding:6px 16px;font-size:13px">{{range $i, $f := .Facts}}{{if $i}}<br>{{end}}{{$f}}{{end}}</td></tr>
{{if .URL}}<tr><td style="padding:2px 16px;font-size:13px;word-break:break-all"><a href="{{.URL}}" style="color:#1a56a8">{{.URL}}</a></td></tr>
{{end}}<tr><td style="padding:2px 16px 10px 16px;font-size:11px;color:#6b7076;word-break:break-all">{{.IDs}}</td></tr>
</table>
`))

// fitting returns the notice with as many of its facts as fit, the last of which, where to see all, stays;
// what is left out is counted.
func (v notice) fitting(lang Voice, fits func(notice) bool) notice {
	all := v.facts
	for n := len(all) - 1; n > 0 && !fits(v); {
		n--
		v.facts = append(slices.Clone(all[:n]), say(lang, "notice.more-lines", thousands(len(all)-1-n)), all[len(all)-1])
	}
	return v
}

// NoticeSlack writes an operator notice as Block Kit blocks and a fallback text. Facts beyond Slack's limit
// are counted.
func NoticeSlack(n NoticeData, o Options) (blocks json.RawMessage, fallback string) {
	return newNotice(n, o).slack(o)
}

// slack writes a notice with further blocks above its small print.
func (v notice) slack(o Options, more ...slackBlock) (blocks json.RawMessage, fallback string) {
	v = v.fitting(o.lang(), func(v notice) bool {
		return richLength(noticeRich(v))+len(v.link.url)+sizeOf(more) <= blockkit.MaxTotal-blockkit.MaxHeader-slackSmall
	})
	bs := append([]slackBlock{slackHeader(v.mark + " " + v.head), slackRichText(noticeRich(v))}, append(more, slackContext(v.ids))...)
	return encode(bs), slackEscape(head(v.mark+" "+v.head+" — "+v.text, slackFallback))
}

func noticeRich(v notice) []slackRich {
	body := []slackRich{rich(v.text, nil)}
	for _, f := range v.facts {
		body = append(body, rich("\n"+f, nil))
	}
	if v.link.url != "" {
		body = append(body, rich("\n", nil), slackRich{Type: "link", URL: v.link.url, Text: runeHead(v.link.url, blockkit.MaxHeader)})
	}
	return body
}
