package render

import (
	"encoding/json"
	"html/template"
	"time"

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
	LastChange time.Time    `json:"last_change,omitzero"`
	NextLook   time.Time    `json:"next_look,omitzero"`
	Failures   int          `json:"failures,omitempty"`
	Cause      kaisei.Cause `json:"cause,omitempty"`
	Detail     string       `json:"detail,omitempty"`
	// Also lists further sources in the same state, so that a dead network is one message;
	// Watched is how many sources are watched in all.
	Also    []NoticeData `json:"also,omitempty"`
	Watched int          `json:"watched,omitempty"`
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
	if len(n.Also) > 0 {
		return manyNotice(n, o)
	}
	l := o.lang()
	name := Clean(n.Title.In(l))
	if name == "" {
		name = Clean(n.Source)
	}
	key := map[kaisei.Class]string{
		kaisei.ClassSourceImplausible: "notice.implausible", kaisei.ClassSourceQuiet: "notice.quiet",
		kaisei.ClassSourceRecovered: "notice.recovered",
	}[n.Class]
	mark := "⚠️"
	switch {
	case key == "":
		key = "notice.failing"
	case n.Class == kaisei.ClassSourceRecovered:
		mark = "✅"
	}
	name = head(name, maxTitle)
	v := notice{
		mark: mark, head: joined([]string{ClassName(n.Class, l), Clean(n.Authority.In(l)), name}, "  "),
		text: say(l, key, name), ids: joined([]string{Clean(n.Source), Clean(o.Delivery)}, " · "),
		link: link{Clean(n.URL), safeURL(n.URL)},
	}
	fact := func(key, value string) {
		if value != "" {
			v.facts = append(v.facts, say(l, key)+say(l, "colon")+value)
		}
	}
	last := say(l, "notice.never")
	if !n.LastGood.IsZero() {
		last = clock(n.LastGood)
	}
	switch n.Class {
	case kaisei.ClassSourceRecovered:
		if !n.LastGood.IsZero() && !n.At.IsZero() {
			fact("notice.gap", say(l, "from-to", clock(n.LastGood), clock(n.At)))
		}
	case kaisei.ClassSourceQuiet:
		if !n.LastChange.IsZero() {
			fact("notice.last-change", clock(n.LastChange))
		}
		fact("notice.since", last)
	default:
		fact("notice.since", last)
		if n.Failures > 0 {
			fact("notice.failures", thousands(n.Failures))
		}
		if n.Cause != "" {
			fact("notice.cause", CauseName(n.Cause, l))
			fact("notice.remedy", Remedy(n.Cause, l))
		}
	}
	if d := head(Clean(n.Detail), maxDetail); d != "" {
		v.facts = append(v.facts, d)
	}
	if !n.NextLook.IsZero() && n.Class != kaisei.ClassSourceRecovered {
		fact("notice.next", clock(n.NextLook))
	}
	if n.Class != kaisei.ClassSourceRecovered {
		v.facts = append(v.facts, say(l, "notice.look"))
	}
	return v
}

// NoticeHeadline returns the first line of a notice without its mark.
func NoticeHeadline(n NoticeData, o Options) string { return newNotice(n, o).head }

// Notice writes an operator notice as plain text, ending in a newline.
func Notice(n NoticeData, o Options) string {
	v, p := newNotice(n, o), newPrinter(o)
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
func NoticeHTML(n NoticeData, o Options) string {
	v := newNotice(n, o)
	return execute(noticeTemplate, struct {
		Lang, Mark, Head, Text, URL, IDs string
		Facts                            []string
	}{o.lang(), v.mark, v.head, v.text, v.link.url, v.ids, v.facts})
}

var noticeTemplate = template.Must(template.New("notice").Parse(`<table role="presentation" lang="{{.Lang}}" width="100%" cellpadding="0" cellspacing="0" style="max-width:680px;border-left:5px solid #5f6368;font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,Arial,sans-serif;font-size:15px;line-height:1.7;color:#202124;background:#ffffff">
<tr><td style="padding:10px 16px 2px 16px;font-size:17px;font-weight:bold">{{.Mark}} {{.Head}}</td></tr>
<tr><td style="padding:2px 16px">{{.Text}}</td></tr>
<tr><td style="padding:6px 16px;font-size:13px">{{range $i, $f := .Facts}}{{if $i}}<br>{{end}}{{$f}}{{end}}</td></tr>
{{if .URL}}<tr><td style="padding:2px 16px;font-size:13px;word-break:break-all"><a href="{{.URL}}" style="color:#1a56a8">{{.URL}}</a></td></tr>
{{end}}<tr><td style="padding:2px 16px 10px 16px;font-size:11px;color:#80868b;word-break:break-all">{{.IDs}}</td></tr>
</table>
`))

// NoticeSlack writes an operator notice as Block Kit blocks and a fallback text.
func NoticeSlack(n NoticeData, o Options) (blocks json.RawMessage, fallback string) {
	v := newNotice(n, o)
	body := []slackRich{rich(v.text, nil)}
	for _, f := range v.facts {
		body = append(body, rich("\n"+f, nil))
	}
	if v.link.url != "" {
		body = append(body, rich("\n", nil), slackRich{Type: "link", URL: v.link.url, Text: runeHead(v.link.url, SlackMaxHeader)})
	}
	bs := []slackBlock{slackHeader(v.mark + " " + v.head), slackRichText(body), slackContext(v.ids)}
	return encode(bs), slackEscape(head(v.mark+" "+v.head+" — "+v.text, SlackMaxText/6))
}
