package render

import (
	"html/template"
	"strings"
)

// Colours of HTML for mail. Each inline colour has a counterpart here for a reader whose screen is dark: the
// only style sheet of a mail finds them by the inline styles, so that a client that drops it shows the light form
// whole. A property of both forms is "color", "background" or the colour of a "solid" line.
type shade struct{ property, light, dark string }

func palette() []shade {
	return []shade{
		{"background", "#f3f4f6", "#121316"}, {"background", "#ffffff", "#1e1f23"},
		{"color", "#202124", "#e6e7e9"}, {"color", "#3c4043", "#c9cdd2"}, {"color", "#5f6368", "#a8aeb5"}, {"color", "#6b7076", "#9aa0a7"},
		{"color", "#1a56a8", "#8ab4f8"}, {"color", "#0b6b3a", "#7fd6a2"}, {"color", "#b3261e", "#f2a19b"},
		{"color", "#b8500b", "#f0a768"}, {"color", "#8a6d00", "#dcbc55"}, {"color", "#1f5fa8", "#8ab4f8"},
		{"solid", "#dadce0", "#3c4043"}, {"solid", "#5f6368", "#a8aeb5"},
	}
}

// narrow is the width in pixels below which the margins shrink: that of a phone.
const narrow = "480px"

// mailHead is the head of a page for mail but for its title. Clients choose by the metas; the padding of 24 and 16
// pixels is that of the templates.
func mailHead() template.HTML {
	var b strings.Builder
	b.WriteString(`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
`)
	for _, s := range palette() {
		find, property := s.property+":"+s.light, s.property
		if property == "solid" {
			find, property = "solid "+s.light, "border-color"
		}
		b.WriteString(`[style*="` + find + `"]{` + property + `:` + s.dark + "!important}\n")
	}
	b.WriteString(`}
@media (max-width:` + narrow + `){
td[style*=" 24px"]{padding-left:14px!important;padding-right:14px!important}
}
</style>
`)
	return template.HTML(b.String()) // #nosec: of this package's own words
}

// withHead is a template of a whole page, whose head calls mailHead.
func withHead(name, text string) *template.Template {
	return template.Must(template.New(name).Funcs(template.FuncMap{"mailhead": mailHead}).Parse(text))
}
