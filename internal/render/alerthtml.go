package render

import (
	"html/template"
	"strings"

	"kaisei/internal/kaisei"
)

// AlertHTML writes a change as a fragment of HTML for e-mail: tables and inline
// styles only, because mail clients drop style sheets, and no image, because a remote one
// would tell the sender who reads.
func AlertHTML(c kaisei.Change, o Options) string {
	return execute(alertTemplate, alertForm(c, o))
}

// Document puts a fragment of HTML into a complete page with the given title.
func Document(title, body string, o Options) string {
	return execute(documentTemplate, struct {
		Lang, Title string
		Body        template.HTML
	}{o.lang().ID(), Clean(title), template.HTML(body)}) // #nosec: body is made by this package's own templates
}

// AlertForm is what the template of an alert is given of a change; docs/templates.md describes it for operators.
type AlertForm struct {
	Lang string
	Card CardForm
	// Reasons is the word for them.
	Reasons string
	// Accent is the colour of the severity.
	Accent template.CSS
	// Corrections say what was judged anew since the change was told, Answered who answered it.
	Corrections, Answered []string
}

func alertForm(c kaisei.Change, o Options) AlertForm {
	k, l := newCard(c, o), o.lang()
	return AlertForm{
		Lang: l.ID(), Card: viewOf(k, l), Reasons: say(l, "reasons"), Accent: accent(c.Severity),
		Corrections: cleaned(o.Corrections), Answered: cleaned(o.Answered),
	}
}

// CardForm is a change in words: a card with exported names, as html/template needs.
type CardForm struct {
	Mark, Severity, Class, Title, Labels, Origin, Counts string
	// Headline is severity, class, title and labels in a line.
	Headline      string
	Touches       []string
	Points        []PointForm
	More, Reasons string
	Notes         []string
	Dates         string
	Links         []LinkForm
	IDs           string
}

// PointForm is one difference; More says in how many more places it is found.
type PointForm struct {
	Sign, Head, More string
	Color            template.CSS
	Text             []kaisei.Span
}

// LinkForm is an address and what it leads to.
type LinkForm struct{ Text, URL string }

func viewOf(k card, lang Voice) CardForm {
	v := CardForm{
		Headline: k.headline("  "), Mark: k.mark, Severity: k.severity, Class: k.class, Title: k.title, Labels: k.labels,
		Origin: k.origin, Counts: k.counts, Touches: k.touches, More: k.more, Reasons: k.reasons, Notes: k.notes,
		Dates: k.dates, IDs: k.ids,
	}
	for _, p := range k.points {
		v.Points = append(v.Points, PointForm{
			Sign: p.sign, Head: strings.TrimSuffix(pointHead(p, lang), say(lang, "colon")),
			Color: signColor(p.sign), Text: p.text, More: moreOf(p, lang),
		})
	}
	for _, a := range k.links {
		v.Links = append(v.Links, LinkForm{a.text, a.url})
	}
	return v
}

// accent is the colour of a severity, dark enough for white text beside it (WCAG AA).
func accent(s kaisei.Severity) template.CSS {
	switch s {
	case kaisei.Critical:
		return "#b3261e"
	case kaisei.High:
		return "#b8500b"
	case kaisei.Medium:
		return "#8a6d00"
	case kaisei.Low:
		return "#1f5fa8"
	}
	return "#5f6368"
}

func signColor(sign string) template.CSS {
	switch sign {
	case "▲", "＋":
		return "#0b6b3a"
	case "▼", "－":
		return "#b3261e"
	}
	return "#5f6368"
}

// execute runs a template of ours on a value of ours. An error can only be a fault in the two,
// which the tests would have seen; its words are then better than an empty message.
func execute(t *template.Template, v any) string {
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		return template.HTMLEscapeString("render: " + err.Error())
	}
	return b.String()
}

// spansHTML is the shared form of marked text: <del> and <ins> are understood without styles too.
const spansHTML = `{{define "spans"}}{{range .}}{{if eq .Op "delete"}}<del style="color:#b3261e;text-decoration:line-through">{{.Text}}</del>{{else if eq .Op "insert"}}<ins style="color:#0b6b3a;font-weight:bold;text-decoration:underline">{{.Text}}</ins>{{else}}{{.Text}}{{end}}{{end}}{{end}}`

const cardHTML = `{{define "points"}}{{range .Points}}<tr><td style="vertical-align:top;padding:3px 8px 3px 0;color:{{.Color}};font-weight:bold">{{.Sign}}</td><td style="padding:3px 0"><span style="color:#5f6368;font-size:13px">{{.Head}}</span>{{if .Text}}<br>{{template "spans" .Text}}{{end}}{{if .More}}<span style="color:#5f6368">{{.More}}</span>{{end}}</td></tr>
{{end}}{{if .More}}<tr><td style="padding:0"></td><td style="padding:3px 0;color:#5f6368">{{.More}}</td></tr>
{{end}}{{end}}{{define "links"}}{{range $i, $l := .Links}}{{if $i}} &nbsp;·&nbsp; {{end}}<a href="{{$l.URL}}" style="color:#1a56a8">{{$l.Text}}</a>{{end}}{{end}}`

var alertTemplate = template.Must(template.New("alert").Parse(spansHTML + cardHTML + alertHTML))

const alertHTML = `<table role="presentation" lang="{{.Lang}}" style="width:100%;border-collapse:collapse;max-width:680px;border-left:5px solid {{.Accent}};font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,Arial,sans-serif;font-size:15px;line-height:1.7;color:#202124;background:#ffffff">
{{with .Card}}<tr><td style="padding:10px 16px 2px 16px"><span style="display:inline-block;background:{{$.Accent}};color:#ffffff;font-size:13px;font-weight:bold;padding:0 8px;border-radius:3px">{{.Severity}}</span> <span style="font-size:13px;color:#5f6368">{{.Class}}</span></td></tr>
<tr><td style="padding:2px 16px;font-size:18px;font-weight:bold;line-height:1.45">{{.Title}}{{if .Labels}} <span style="white-space:nowrap">{{.Labels}}</span>{{end}}</td></tr>
<tr><td style="padding:2px 16px;font-size:13px;color:#5f6368">{{.Origin}}</td></tr>
{{if .Counts}}<tr><td style="padding:2px 16px">{{.Counts}}</td></tr>
{{end}}{{range .Touches}}<tr><td style="padding:2px 16px;font-weight:bold">▶ {{.}}</td></tr>
{{end}}{{if or .Points .More}}<tr><td style="padding:6px 16px"><table role="presentation" style="border-collapse:collapse;font-size:15px;line-height:1.7;color:#202124">
{{template "points" .}}</table></td></tr>
{{end}}{{range .Notes}}<tr><td style="padding:2px 16px">※ {{.}}</td></tr>
{{end}}{{if .Reasons}}<tr><td style="padding:2px 16px;font-size:13px;color:#5f6368">{{$.Reasons}}: {{.Reasons}}</td></tr>
{{end}}<tr><td style="padding:2px 16px;font-size:13px">{{.Dates}}</td></tr>
{{if .Links}}<tr><td style="padding:6px 16px">{{template "links" .}}</td></tr>
{{end}}<tr><td style="padding:2px 16px 10px 16px;font-size:11px;color:#6b7076;word-break:break-all">{{.IDs}}</td></tr>
{{end}}</table>
`

var documentTemplate = withHead("document", documentHTML)

const documentHTML = `<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
{{mailhead}}<title>{{.Title}}</title>
</head>
<body style="margin:0;padding:16px;background:#ffffff">
{{.Body}}</body>
</html>
`
