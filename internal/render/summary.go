package render

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// SummaryData is many changes told in one message, a line each.
type SummaryData struct {
	// Held says that they were found over quiet hours or days off, and not all at one source.
	Held bool `json:"held"`
	// Changes are what is told; their edits are not needed.
	Changes []kaisei.Change `json:"changes"`
}

// summary is a summary before it takes a form.
type summary struct {
	head, counts, why string
	lines             []summaryLine
	ids               string
}

type summaryLine struct {
	// group is the heading of the source, where it begins.
	group, mark, text, touches, url, id string
}

func newSummary(d SummaryData, o Options) summary {
	l := o.lang()
	n := thousands(len(d.Changes))
	s := summary{ids: Clean(o.Delivery), why: say(l, "summary.flood", n)}
	if d.Held {
		s.why = say(l, "summary.held", n)
	}
	sorted := slices.Clone(d.Changes)
	order := map[string]int{}
	for i, c := range sorted {
		if _, ok := order[c.Source]; !ok {
			order[c.Source] = i
		}
	}
	slices.SortStableFunc(sorted, func(a, b kaisei.Change) int {
		if n := order[a.Source] - order[b.Source]; n != 0 {
			return n
		}
		return b.Severity.Rank() - a.Severity.Rank()
	})
	by := map[kaisei.Severity]int{}
	from := ""
	last := ""
	for _, c := range sorted {
		by[c.Severity]++
		line := summaryLine{mark: SeverityMark(c.Severity), text: head(newCard(c, o).headline(" "), maxTitle), url: safeURL(c.URL), id: Clean(c.ID)}
		if line.url == "" {
			line.url = safeURL(c.PageURL)
		}
		if c.Source != last {
			last = c.Source
			line.group = joined([]string{authority(c, l), brief(c.Source)}, " ")
		}
		var uses []string
		for _, t := range c.Touches {
			if u := brief(t.UseCase); !slices.Contains(uses, u) {
				uses = append(uses, u)
			}
		}
		if len(uses) > 0 {
			line.touches = "▶ " + strings.Join(uses, say(l, "list"))
		}
		s.lines = append(s.lines, line)
	}
	if len(order) == 1 && len(sorted) > 0 {
		from = joined([]string{authority(sorted[0], l), brief(sorted[0].Source)}, " ")
	} else {
		from = count(l, "digest.sources", len(order))
	}
	s.head = say(l, "summary.head", count(l, "digest.changes", len(d.Changes)), from)
	var parts []string
	for _, sev := range slices.Backward(kaisei.Severities()) {
		if by[sev] > 0 {
			parts = append(parts, SeverityName(sev, l)+" "+thousands(by[sev]))
		}
	}
	s.counts = strings.Join(parts, say(l, "dot"))
	return s
}

// SummarySubject returns the first line of a summary.
func SummarySubject(d SummaryData, o Options) string { return newSummary(d, o).head }

// Summary writes many changes as plain text, a line and an address each. It ends in a newline.
func Summary(d SummaryData, o Options) string {
	s, p := newSummary(d, o), newPrinter(o)
	p.line("", "🗂 "+p.strong(s.head))
	p.line("   ", s.counts)
	p.line("   ", s.why)
	for _, x := range s.lines {
		if x.group != "" {
			p.line("   ", p.strong(x.group))
		}
		p.line("   ", joined([]string{x.mark + " " + x.text, x.touches}, "  "))
		if x.url != "" {
			p.raw("      " + x.url)
		}
		p.line("      ", p.faint(x.id))
	}
	p.line("   ", p.faint(s.ids))
	return p.String()
}

// SummaryHTML writes many changes as a fragment of HTML for e-mail.
func SummaryHTML(d SummaryData, o Options) string {
	s := newSummary(d, o)
	type row struct{ Group, Mark, Text, Touches, URL, ID string }
	var rows []row
	for _, x := range s.lines {
		rows = append(rows, row{x.group, x.mark, x.text, x.touches, x.url, x.id})
	}
	return execute(summaryTemplate, struct {
		Lang, Head, Counts, Why, IDs string
		Rows                         []row
	}{o.lang().ID(), s.head, s.counts, s.why, s.ids, rows})
}

var summaryTemplate = template.Must(template.New("summary").Parse(`<table role="presentation" lang="{{.Lang}}" style="width:100%;border-collapse:collapse;max-width:680px;border-left:5px solid #5f6368;font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,Arial,sans-serif;font-size:15px;line-height:1.7;color:#202124;background:#ffffff">
<tr><td style="padding:10px 16px 2px 16px;font-size:17px;font-weight:bold">{{.Head}}</td></tr>
<tr><td style="padding:2px 16px">{{.Counts}}</td></tr>
<tr><td style="padding:2px 16px 6px 16px">{{.Why}}</td></tr>
{{range .Rows}}{{if .Group}}<tr><td style="padding:8px 16px 2px 16px;font-weight:bold">{{.Group}}</td></tr>
{{end}}<tr><td style="padding:2px 16px">{{.Mark}} {{if .URL}}<a href="{{.URL}}" style="color:#1a56a8">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{if .Touches}} <b>{{.Touches}}</b>{{end}}<br><span style="font-size:11px;color:#6b7076;word-break:break-all">{{.ID}}</span></td></tr>
{{end}}<tr><td style="padding:2px 16px 10px 16px;font-size:11px;color:#6b7076;word-break:break-all">{{.IDs}}</td></tr>
</table>
`))

// SlackPart is one of the messages by which something too long for one is told.
type SlackPart struct {
	Blocks json.RawMessage
	Text   string
	// Plain names the same changes without blocks, escaped.
	Plain string
}

// slackPart bounds the characters of the lines in one part of a summary, addresses aside, which Slack
// counts too: with those a part stays below blockkit.MaxTotal.
const (
	slackPart  = 9000
	slackLines = 40
)

// SummarySlack writes many changes as Block Kit blocks, in as many messages as it takes to name every one.
func SummarySlack(d SummaryData, o Options) []SlackPart {
	s, l := newSummary(d, o), o.lang()
	var pages [][]summaryLine
	size := 0
	for _, x := range s.lines {
		n := utf8.RuneCountInString(x.group+x.text+x.touches+x.id) + len(x.url)
		if last := len(pages) - 1; last < 0 || size+n > slackPart || len(pages[last]) == slackLines {
			pages = append(pages, nil)
			size = 0
		}
		pages[len(pages)-1] = append(pages[len(pages)-1], x)
		size += n
	}
	var out []SlackPart
	for i, page := range pages {
		title := "🗂 " + s.head
		if len(pages) > 1 {
			title += say(l, "paren", thousands(i+1)+"/"+thousands(len(pages)))
		}
		bs := []slackBlock{slackHeader(title)}
		if i == 0 {
			bs = append(bs, slackRichText([]slackRich{rich(joined([]string{s.counts, s.why}, "\n"), nil)}))
		}
		plain := title + "\n" + s.counts
		for _, x := range page {
			plain += "\n" + joined([]string{x.mark + " " + x.text, x.touches, x.url, x.id}, " ")
			var line []slackRich
			if x.group != "" {
				line = append(line, rich(x.group+"\n", &slackStyle{Bold: true}))
			}
			line = append(line, rich(x.mark+" ", nil))
			if x.url != "" {
				line = append(line, slackRich{Type: "link", URL: x.url, Text: x.text})
			} else {
				line = append(line, rich(x.text, nil))
			}
			if x.touches != "" {
				line = append(line, rich("  "+x.touches, &slackStyle{Bold: true}))
			}
			line = append(line, rich("\n"+x.id, nil))
			bs = append(bs, slackRichText(line))
		}
		bs = append(bs, slackContext(s.ids))
		out = append(out, SlackPart{encode(bs), slackEscape(head(title+" — "+s.counts, slackFallback)), slackEscape(plain)})
	}
	return out
}
