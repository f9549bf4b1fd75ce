package render

import (
	"html/template"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// EditsHTML writes a list of edits in full as one self-contained page: a 新旧対照表 with
// the new text on the left (Options.BeforeFirst turns it round), changed words underlined,
// moves and renumbering marked. It needs no script, prints on A4, and follows the reader's
// choice of light or dark.
func EditsHTML(edits []kaisei.Edit, m Meta, o Options) string {
	l := o.lang()
	before, after := headings(m, l)
	p := page{
		Lang: l.ID(), DocLang: voiceOf(m.Language).ID(), Title: joined([]string{Clean(m.Title), say(l, "compare.title")}, " "),
		Heading: Clean(m.Title), Name: say(l, "compare.title"), Legend: say(l, "compare.legend"),
		Left: after, Right: before, Kind: say(l, "compare.kind"), None: say(l, "compare.none"),
		Counts: editCounts(edits, l),
	}
	if o.BeforeFirst {
		p.Left, p.Right = before, after
	}
	for _, s := range m.Lines {
		p.Lines = append(p.Lines, Clean(s))
	}
	for _, a := range m.Links {
		if u := safeURL(a[1]); u != "" {
			p.Links = append(p.Links, LinkForm{Clean(a[0]), u})
		}
	}
	for i, r := range rows(edits, l) {
		p.Rows = append(p.Rows, rowView(i+1, r, o))
	}
	return execute(comparisonTemplate, p)
}

// page is what the comparison template prints.
type page struct {
	Lang, DocLang, Title, Heading, Name, Legend string
	Left, Right, Kind, None, Counts             string
	Lines                                       []string
	Links                                       []LinkForm
	Rows                                        []pageRow
}

type pageRow struct {
	Number      int
	Class, Name string
	Heading     bool
	// Long rows may go on overleaf, as in the official tables; the others are kept whole.
	Long        bool
	Left, Right cell
}

// longRow is how many characters a side has that may be broken between two pages: some twelve
// lines of a column on A4.
const longRow = 250

type cell struct {
	Place, Page string
	// Empty is what stands for text that is not there: （新設）, （削る）.
	Empty string
	Text  []kaisei.Span
}

func rowView(n int, r row, o Options) pageRow {
	l := o.lang()
	before := cell{Place: r.before, Page: pageOf(r.pageBefore, l), Text: side(r.spans, kaisei.SpanInsert)}
	after := cell{Place: r.after, Page: pageOf(r.pageAfter, l), Text: side(r.spans, kaisei.SpanDelete)}
	switch r.kind {
	case kaisei.EditAdded:
		before = cell{Empty: say(l, "compare.new")}
	case kaisei.EditRemoved:
		after = cell{Empty: say(l, "compare.gone")}
	}
	v := pageRow{Number: n, Class: string(r.kind), Name: r.name, Heading: r.heading, Long: letters(before) > longRow || letters(after) > longRow, Left: after, Right: before}
	if o.BeforeFirst {
		v.Left, v.Right = before, after
	}
	return v
}

func letters(c cell) int {
	n := 0
	for _, s := range c.Text {
		n += utf8.RuneCountInString(s.Text)
	}
	return n
}

func pageOf(n int, lang Voice) string {
	if n <= 0 {
		return ""
	}
	return pageName(n, lang)
}

// side leaves out what stands on the other side.
func side(spans []kaisei.Span, without kaisei.SpanOp) []kaisei.Span {
	var out []kaisei.Span
	for _, s := range spans {
		if s.Op != without {
			out = append(out, s)
		}
	}
	return out
}

var comparisonTemplate = template.Must(template.New("comparison").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>` + comparisonCSS + `</style>
</head>
<body>
<header>
<p class="name">{{.Name}}</p>
<h1 lang="{{.DocLang}}">{{.Heading}}</h1>
{{range .Lines}}<p>{{.}}</p>
{{end}}{{if .Links}}<p>{{range $i, $l := .Links}}{{if $i}} · {{end}}<a href="{{$l.URL}}" rel="noreferrer">{{$l.Text}}</a>{{end}}</p>
{{end}}{{if .Counts}}<p class="counts">{{.Counts}}</p>
{{end}}</header>
{{if .Rows}}<p class="legend">{{.Legend}}</p>
<table>
<colgroup><col class="k"><col><col></colgroup>
<thead><tr><th scope="col">{{.Kind}}</th><th scope="col">{{.Left}}</th><th scope="col">{{.Right}}</th></tr></thead>
<tbody lang="{{.DocLang}}">
{{range .Rows}}<tr id="e{{.Number}}" class="{{.Class}}{{if .Heading}} heading{{end}}{{if .Long}} long{{end}}"><td class="k"><a href="#e{{.Number}}">{{.Number}}</a><br><span lang="{{$.Lang}}">{{.Name}}</span></td>{{template "cell" .Left}}{{template "cell" .Right}}</tr>
{{end}}</tbody>
</table>
{{else}}<p>{{.None}}</p>
{{end}}</body>
</html>
{{define "cell"}}<td>{{if .Empty}}<p class="empty">{{.Empty}}</p>{{else}}{{if or .Place .Page}}<p class="place">{{.Place}}{{if .Page}} <span>{{.Page}}</span>{{end}}</p>{{end}}<p>{{range .Text}}{{if eq .Op "insert"}}<ins>{{.Text}}</ins>{{else if eq .Op "delete"}}<del>{{.Text}}</del>{{else}}{{.Text}}{{end}}{{end}}</p>{{end}}</td>{{end}}`))

// comparisonCSS underlines on both sides, as the official tables do; colour only helps.
const comparisonCSS = `
:root{--bg:#fff;--fg:#1d1f23;--dim:#5f6368;--line:#b9bdc4;--head:#eef1f5;--ins:#e4f4e8;--insl:#0b6b3a;--del:#fbe9e7;--dell:#b3261e;--link:#1a56a8}
@media (prefers-color-scheme:dark){:root{--bg:#17181b;--fg:#e6e7ea;--dim:#a0a5ad;--line:#4a4e55;--head:#24272c;--ins:#12351f;--insl:#7fd6a0;--del:#43201d;--dell:#f2a49c;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:24px 20px 60px;background:var(--bg);color:var(--fg);font:16px/1.75 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic",Meiryo,system-ui,sans-serif;line-break:strict;overflow-wrap:anywhere}
header p{margin:2px 0;color:var(--dim);font-size:14px}
header .name{letter-spacing:.1em}
header .counts{color:var(--fg);font-size:15px;font-weight:600}
h1{margin:4px 0 8px;font-size:24px;line-height:1.4}
a{color:var(--link)}
.legend{margin:18px 0 6px;font-size:13px;color:var(--dim)}
table{width:100%;border-collapse:collapse;table-layout:fixed}
col.k{width:86px}
th,td{border:1px solid var(--line);padding:8px 12px;vertical-align:top;text-align:left}
th{background:var(--head);font-size:14px;position:sticky;top:0}
td p{margin:0}
td.k{font-size:12px;color:var(--dim);line-height:1.5}
td.k a{color:inherit;text-decoration:none}
.place{font-size:12px;line-height:1.5;color:var(--dim);margin-bottom:4px}
.place span{white-space:nowrap}
.empty{color:var(--dim)}
ins,del{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:4px;text-decoration-skip-ink:none}
ins{background:var(--ins);text-decoration-color:var(--insl)}
del{background:var(--del);text-decoration-color:var(--dell)}
tr.heading td p:not(.place):not(.empty){font-weight:700}
tr.moved td.k,tr.renumbered td.k{font-style:normal;font-weight:600}
tr:target td{box-shadow:inset 0 0 0 2px var(--link)}
@media (max-width:640px){body{padding:14px 8px 40px;font-size:14px}th,td{padding:6px}col.k{width:52px}}
@page{size:A4;margin:14mm 12mm;@bottom-center{content:counter(page) " / " counter(pages);font-size:8pt;color:#444}}
@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--line:#888;--head:#eee;--ins:#fff;--insl:#000;--del:#fff;--dell:#000;--link:#000}body{max-width:none;padding:0;font-size:10pt;line-height:1.6}th{position:static}thead{display:table-header-group}tr{break-inside:avoid-page}tr.long{break-inside:auto}td p{orphans:2;widows:2}.place{break-after:avoid-page}a{text-decoration:none}}
`
