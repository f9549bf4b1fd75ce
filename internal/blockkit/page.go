package blockkit

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// Message is a message as a bot posts it: its blocks, and the hour that stands beside its name.
type Message struct {
	Blocks []byte
	At     string
}

// Page draws messages as a page of HTML in the look of Slack's light theme, for previews and pictures. What
// Check refuses is not drawn: the error says what it is.
func Page(lang string, messages ...Message) (string, error) {
	var views []messageView
	for i, m := range messages {
		v, err := view(m)
		if err != nil {
			return "", fmt.Errorf("draw message %d: %w", i+1, err)
		}
		views = append(views, v)
	}
	var b strings.Builder
	err := pageTemplate.Execute(&b, struct {
		Lang     string
		Messages []messageView
	}{lang, views})
	return b.String(), err
}

type messageView struct {
	At     string
	Blocks []blockView
}

type blockView struct {
	Type     string
	Text     string
	Sections []section
	Small    []string
	Controls []control
}

func view(m Message) (messageView, error) {
	v := messageView{At: m.At}
	if problems := Check(m.Blocks, "–"); len(problems) > 0 {
		return v, fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	var bs []block
	if err := json.Unmarshal(m.Blocks, &bs); err != nil {
		return v, err
	}
	for _, b := range bs {
		w := blockView{Type: b.Type}
		if b.Text != nil {
			w.Text = b.Text.Text
		}
		for _, raw := range b.Elements {
			var err error
			switch b.Type {
			case typeRich:
				var s section
				err = json.Unmarshal(raw, &s)
				w.Sections = append(w.Sections, s)
			case typeContext:
				var t text
				err = json.Unmarshal(raw, &t)
				w.Small = append(w.Small, t.Text)
			case typeActions:
				var c control
				err = json.Unmarshal(raw, &c)
				w.Controls = append(w.Controls, c)
			}
			if err != nil {
				return v, err
			}
		}
		v.Blocks = append(v.Blocks, w)
	}
	return v, nil
}

var pageTemplate = template.Must(template.New("slack").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kaisei</title>
<style>
*{box-sizing:border-box}
body{margin:0;padding:14px 22px 18px;max-width:760px;background:#fff;color:#1d1c1d;font:15px/1.47 Lato,"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic",Meiryo,Arial,sans-serif;overflow-wrap:anywhere}
.message{display:flex;gap:9px;padding:6px 0}
.face{flex:none;width:36px;height:36px;border-radius:6px;background:#1a3a5c;color:#fff;font-weight:700;font-size:19px;line-height:36px;text-align:center}
.body{flex:1;min-width:0}
.name{font-weight:900}
.app{margin:0 5px;padding:1px 4px;border-radius:3px;background:#e8e8e8;color:#616061;font-size:10px;font-weight:700;vertical-align:1px}
.at{color:#616061;font-size:12px}
h3{margin:4px 0 6px;font-size:18px;line-height:1.34;font-weight:900}
.rich{margin:4px 0;white-space:pre-wrap}
.rich b{font-weight:700}
a{color:#1264a3;text-decoration:none}
.small{display:flex;flex-wrap:wrap;gap:2px 9px;margin:5px 0;color:#616061;font-size:13px;line-height:1.45}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:9px 0 7px}
.button,.select{display:inline-flex;align-items:center;height:32px;padding:0 12px;border:1px solid rgba(29,28,29,.3);border-radius:8px;background:#fff;color:#1d1c1d;font-size:14px;font-weight:700}
.primary{border-color:#007a5a;background:#007a5a;color:#fff}
.danger{border-color:#e01e5a;color:#e01e5a}
.select{font-weight:400;color:#616061;min-width:150px;justify-content:space-between;gap:14px}
</style>
</head>
<body>
{{range .Messages}}<div class="message"><div class="face" aria-hidden="true">改</div><div class="body">
<div><span class="name">kaisei</span><span class="app">APP</span><span class="at">{{.At}}</span></div>
{{range .Blocks}}{{if eq .Type "header"}}<h3>{{.Text}}</h3>
{{else if eq .Type "rich_text"}}{{range .Sections}}<div class="rich">{{range .Elements}}{{if .URL}}<a href="{{.URL}}">{{.Text}}</a>{{else if .Style.Strike}}<s>{{.Text}}</s>{{else if .Style.Bold}}<b>{{.Text}}</b>{{else}}{{.Text}}{{end}}{{end}}</div>
{{end}}{{else if eq .Type "context"}}<div class="small">{{range .Small}}<span>{{.}}</span>{{end}}</div>
{{else if eq .Type "actions"}}<div class="actions">{{range .Controls}}{{if eq .Type "users_select"}}<span class="select">{{.Placeholder.Text}}<span>⌄</span></span>{{else if .URL}}<a class="button" href="{{.URL}}">{{.Text.Text}}</a>{{else}}<span class="button {{.Style}}">{{.Text.Text}}</span>{{end}}{{end}}</div>
{{end}}{{end}}</div></div>
{{end}}</body>
</html>
`))
