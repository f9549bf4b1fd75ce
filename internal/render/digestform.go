package render

import (
	"html/template"
	"strings"
)

func (i issue) text(o Options) string {
	p, l := newPrinter(o), i.voice
	p.line("", p.strong(i.Name))
	p.line("", i.Period)
	p.line("", i.Missed)
	p.line("", i.Summary)
	section := func(key string) {
		p.WriteByte('\n')
		p.line("", p.strong("■ "+say(l, key)))
	}
	section("digest.h.changed")
	p.line("  ", i.Nothing)
	for _, g := range i.groups {
		p.line("", "── "+g.Name)
		for _, e := range g.Entries {
			k := e.card
			p.line("", SeverityMark(e.severity)+" "+p.strong(k.headline("  ")))
			p.line("   ", joined([]string{k.origin, k.counts}, say(l, "between")))
			for _, t := range k.touches {
				p.line("   ", "▶ "+t)
			}
			if e.detailed {
				for _, pt := range k.points {
					p.line("   ", p.point(pt, l))
				}
				for _, n := range k.notes {
					p.line("   ", "※ "+n)
				}
			}
			p.line("   ", k.dates)
			p.line("   ", e.answer)
			for n, a := range k.links {
				if e.detailed || n == 0 {
					p.raw("   " + a.text + say(l, "colon") + a.url)
				}
			}
			p.line("   ", p.faint(k.ids))
		}
	}
	section("digest.h.coming")
	if len(i.Coming) == 0 {
		p.line("  ", say(l, "digest.coming-none"))
	}
	for _, c := range i.Coming {
		when := c.When
		if c.Left != "" {
			when += say(l, "paren", c.Left)
		}
		p.line("  ", joined([]string{when, c.What, c.Title}, "  "))
		if c.URL != "" {
			p.raw("     " + c.URL)
		}
	}
	if i.ComingMore != "" {
		p.line("  ", i.ComingMore)
	}
	if len(i.Behind) > 0 {
		section("digest.h.behind")
	}
	for _, b := range i.Behind {
		p.line("  ", b.Title+"  "+b.Text)
		if b.URL != "" {
			p.raw("     " + b.URL)
		}
	}
	p.line("  ", i.BehindMore)
	if len(i.Waiting) > 0 {
		section("digest.h.waiting")
	}
	for _, w := range i.Waiting {
		p.line("  ", joined([]string{w.Mark + " " + w.Text, w.Since}, "  "))
		p.line("     ", p.faint(w.ID))
	}
	p.line("  ", i.WaitingMore)
	section("digest.h.missed")
	if len(i.Unverified) == 0 {
		p.line("  ", say(l, "digest.missed-none"))
	}
	for _, u := range i.Unverified {
		p.line("  ", "✕ "+u)
	}
	p.line("  ", i.UnverifiedMore)
	section("digest.h.verified")
	p.line("  ", i.Verified)
	for _, a := range i.Authorities {
		p.line("  ", "✓ "+a)
	}
	p.WriteByte('\n')
	p.line("", say(l, "digest.foot"))
	p.line("", p.faint(i.IDs))
	return p.String()
}

// DigestForm is what the template of a digest is given; docs/templates.md describes it for operators.
type DigestForm struct {
	issue
	Title, HChanged, HComing, HVerified, HMissed string
	HWaiting, HBehind                            string
	ComingNone, MissedNone, Foot                 string
	Layers                                       []LayerForm
}

// LayerForm is the changes of one layer in a digest.
type LayerForm struct {
	Name    string
	Entries []EntryForm
}

// EntryForm is one change in a digest.
type EntryForm struct {
	Card     CardForm
	Accent   template.CSS
	Detailed bool
	Answer   string
	// Line says who published it and how much differs.
	Line string
}

func (i issue) html() string { return strings.TrimLeft(execute(digestTemplate, i.form()), "\n") }

// form is the issue as its template needs it.
func (i issue) form() DigestForm {
	l := i.voice
	v := DigestForm{
		issue: i, Title: i.Name, HChanged: say(l, "digest.h.changed"), HComing: say(l, "digest.h.coming"),
		HBehind: say(l, "digest.h.behind"), HWaiting: say(l, "digest.h.waiting"), HVerified: say(l, "digest.h.verified"), HMissed: say(l, "digest.h.missed"),
		ComingNone: say(l, "digest.coming-none"), MissedNone: say(l, "digest.missed-none"), Foot: say(l, "digest.foot"),
	}
	for _, g := range i.groups {
		w := LayerForm{Name: g.Name}
		for _, e := range g.Entries {
			w.Entries = append(w.Entries, EntryForm{viewOf(e.card, l), accent(e.severity), e.detailed, e.answer, joined([]string{e.card.origin, e.card.counts}, say(l, "between"))})
		}
		v.Layers = append(v.Layers, w)
	}
	return v
}

var digestTemplate = withHead("digest", digestHTML)

const digestHTML = spansHTML + cardHTML + `<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
{{mailhead}}<title>{{.Title}}</title>
</head>
<body style="margin:0;padding:0;background:#f3f4f6">
{{define "h"}}<tr><td style="padding:22px 24px 6px 24px;font-size:17px;font-weight:bold;border-top:1px solid #dadce0">{{.}}</td></tr>{{end -}}
<table role="presentation" style="width:100%;border-collapse:collapse;background:#f3f4f6"><tr><td style="padding:16px 8px">
<table role="presentation" style="width:100%;border-collapse:collapse;max-width:720px;margin:0 auto;background:#ffffff;text-align:left;font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,Arial,sans-serif;font-size:15px;line-height:1.7;color:#202124">
<tr><td style="padding:22px 24px 2px 24px;font-size:21px;font-weight:bold;line-height:1.4">{{.Name}}</td></tr>
<tr><td style="padding:0 24px;font-size:13px;color:#5f6368">{{.Period}}{{if .Missed}}<br>{{.Missed}}{{end}}</td></tr>
<tr><td style="padding:8px 24px 18px 24px;font-size:15px;font-weight:bold">{{.Summary}}</td></tr>
{{template "h" .HChanged}}
{{if .Nothing}}<tr><td style="padding:4px 24px 12px 24px">{{.Nothing}}</td></tr>
{{end}}{{range .Layers}}<tr><td style="padding:12px 24px 4px 24px;font-size:13px;font-weight:bold;color:#5f6368">{{.Name}}</td></tr>
{{range .Entries}}<tr><td style="padding:4px 24px 12px 24px"><table role="presentation" style="width:100%;border-collapse:collapse;border-left:4px solid {{.Accent}};font-size:15px;line-height:1.7;color:#202124"><tr><td style="padding:0 0 0 12px">
<span style="display:inline-block;background:{{.Accent}};color:#ffffff;font-size:12px;font-weight:bold;padding:0 7px;border-radius:3px">{{.Card.Severity}}</span> <span style="font-size:13px;color:#5f6368">{{.Card.Class}} · {{.Card.Origin}}</span>
<div style="font-size:16px;font-weight:bold;line-height:1.5">{{.Card.Title}}{{if .Card.Labels}} <span style="white-space:nowrap">{{.Card.Labels}}</span>{{end}}</div>
{{if .Card.Counts}}<div style="font-size:13px;color:#5f6368">{{.Card.Counts}}</div>
{{end}}{{range .Card.Touches}}<div style="font-size:14px;font-weight:bold">▶ {{.}}</div>
{{end}}{{if .Detailed}}{{if .Card.Points}}<table role="presentation" style="border-collapse:collapse;font-size:14px;line-height:1.7;color:#202124">
{{range .Card.Points}}<tr><td style="vertical-align:top;padding:2px 8px 2px 0;color:{{.Color}};font-weight:bold">{{.Sign}}</td><td style="padding:2px 0"><span style="color:#5f6368;font-size:12px">{{.Head}}</span>{{if .Text}}<br>{{template "spans" .Text}}{{end}}{{if .More}}<span style="color:#5f6368">{{.More}}</span>{{end}}</td></tr>
{{end}}</table>
{{end}}{{range .Card.Notes}}<div style="font-size:13px">※ {{.}}</div>
{{end}}{{end}}<div style="font-size:13px">{{.Card.Dates}}</div>
{{if .Answer}}<div style="font-size:13px;font-weight:bold">{{.Answer}}</div>
{{end}}<div style="font-size:13px">{{template "links" .Card}}</div>
<div style="font-size:11px;color:#6b7076;word-break:break-all">{{.Card.IDs}}</div>
</td></tr></table></td></tr>
{{end}}{{end}}{{template "h" .HComing}}
{{if not .Coming}}<tr><td style="padding:4px 24px 14px 24px">{{.ComingNone}}</td></tr>
{{else}}<tr><td style="padding:4px 24px 14px 24px"><table role="presentation" style="width:100%;border-collapse:collapse;font-size:14px;line-height:1.6;color:#202124">
{{range .Coming}}<tr><td style="vertical-align:top;padding:3px 12px 3px 0;white-space:nowrap">{{.When}}<br><span style="font-size:12px;color:#5f6368">{{.Left}}</span></td><td style="vertical-align:top;padding:3px 0">{{.What}}<br>{{if .URL}}<a href="{{.URL}}" style="color:#1a56a8">{{.Title}}</a>{{else}}{{.Title}}{{end}}</td></tr>
{{end}}{{if .ComingMore}}<tr><td colspan="2" style="padding:3px 0">{{.ComingMore}}</td></tr>
{{end}}</table></td></tr>
{{end}}{{if .Behind}}{{template "h" .HBehind}}
<tr><td style="padding:4px 24px 14px 24px;font-size:14px">{{range .Behind}}<div style="padding:2px 0">{{if .URL}}<a href="{{.URL}}" style="color:#1a56a8">{{.Title}}</a>{{else}}{{.Title}}{{end}}<br>{{.Text}}</div>
{{end}}{{.BehindMore}}</td></tr>
{{end}}{{if .Waiting}}{{template "h" .HWaiting}}
<tr><td style="padding:4px 24px 14px 24px;font-size:14px">{{range .Waiting}}<div style="padding:2px 0"><span style="color:{{.Accent}}">●</span> {{if .URL}}<a href="{{.URL}}" style="color:#1a56a8">{{.Text}}</a>{{else}}{{.Text}}{{end}} <span style="color:#5f6368">{{.Since}}</span><br><span style="font-size:11px;color:#6b7076;word-break:break-all">{{.ID}}</span></div>
{{end}}{{.WaitingMore}}</td></tr>
{{end}}{{template "h" .HMissed}}
{{if not .Unverified}}<tr><td style="padding:4px 24px 14px 24px">{{.MissedNone}}</td></tr>
{{else}}<tr><td style="padding:4px 24px 14px 24px;font-size:14px">{{range $i, $u := .Unverified}}{{if $i}}<br>{{end}}<span style="color:#b3261e">✕</span> {{$u}}{{end}}{{if .UnverifiedMore}}<br>{{.UnverifiedMore}}{{end}}</td></tr>
{{end}}{{template "h" .HVerified}}
<tr><td style="padding:4px 24px">{{.Verified}}</td></tr>
<tr><td style="padding:4px 24px 18px 24px;font-size:13px;color:#3c4043">{{range $i, $a := .Authorities}}{{if $i}}<br>{{end}}<span style="color:#0b6b3a">✓</span> {{$a}}{{end}}</td></tr>
<tr><td style="padding:14px 24px 20px 24px;font-size:12px;color:#6b7076;border-top:1px solid #dadce0">{{.Foot}}<br>{{.IDs}}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`
