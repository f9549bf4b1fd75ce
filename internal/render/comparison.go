package render

import (
	"html"
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// The formats of Comparison.
const (
	FormatText     = "text"
	FormatMarkdown = "markdown"
)

// Meta heads a comparison of two texts that need not come from a change.
type Meta struct {
	// Title names the document; TitleBefore and TitleAfter the two texts (file names, labels).
	Title, TitleBefore, TitleAfter string
	// Lines are further facts to print under the title: origin, dates, IDs.
	Lines []string
	// Links are addresses to print with their texts; only http and https are.
	Links [][2]string
	// Language of the documents, "ja" where empty: fonts and line breaking depend on it.
	Language string
}

// Comparison writes every edit of a change in full, as plain text or Markdown.
func Comparison(c kaisei.Change, o Options, format string) string {
	if format == FormatMarkdown {
		return EditsMarkdown(c.Edits, metaOf(c, o), o)
	}
	return EditsText(c.Edits, metaOf(c, o), o)
}

// ComparisonHTML writes every edit of a change as one self-contained page with the
// table that Japanese amendments come with, 新旧対照表.
func ComparisonHTML(c kaisei.Change, o Options) string {
	return EditsHTML(c.Edits, metaOf(c, o), o)
}

// ComparisonTitle names the comparison of a change: 人工知能… 新旧対照表.
func ComparisonTitle(c kaisei.Change, o Options) string {
	k := newCard(c, o)
	return joined([]string{k.title, k.labels, say(o.lang(), "compare.title")}, " ")
}

// ComparisonNote says what a file with the comparison of a change holds, and which delivery brought it.
func ComparisonNote(c kaisei.Change, delivery string, o Options) string {
	return joined([]string{count(o.lang(), "compare.note", len(c.Edits)), Clean(delivery)}, "  ")
}

func metaOf(c kaisei.Change, o Options) Meta {
	k, l := newCard(c, o), o.lang()
	m := Meta{
		Title: k.title, TitleBefore: Clean(c.LabelBefore), TitleAfter: Clean(c.LabelAfter),
		Language: c.Language,
	}
	m.Lines = append(m.Lines, k.severity+say(l, "dot")+k.class, k.origin)
	if k.reasons != "" {
		m.Lines = append(m.Lines, say(l, "reasons")+say(l, "colon")+k.reasons)
	}
	for _, n := range k.notes {
		m.Lines = append(m.Lines, "※ "+n)
	}
	m.Lines = append(m.Lines, k.dates, k.ids)
	for _, a := range k.links {
		if a.url != o.compareURL(c.ID) {
			m.Links = append(m.Links, [2]string{a.text, a.url})
		}
	}
	return m
}

// row is one edit, ready to be laid out.
type row struct {
	kind          kaisei.EditKind
	name          string
	before, after string // paths
	pageBefore    int
	pageAfter     int
	spans         []kaisei.Span
	heading       bool
}

func rows(edits []kaisei.Edit, lang Voice) []row {
	out := make([]row, 0, len(edits))
	for _, e := range edits {
		out = append(out, row{
			kind: e.Kind, name: say(lang, "edit."+string(e.Kind)),
			before: fullPath(e.PathBefore), after: fullPath(e.PathAfter),
			pageBefore: e.PageBefore, pageAfter: e.PageAfter,
			spans: spansOf(e), heading: heading(e.BlockKind),
		})
	}
	return out
}

// place says where an edit stands: one path where both are equal, else both.
func (r row) place(lang Voice) string {
	b, a := withPage(r.before, r.pageBefore, lang), withPage(r.after, r.pageAfter, lang)
	switch {
	case r.kind == kaisei.EditAdded:
		return a
	case r.kind == kaisei.EditRemoved:
		return b
	case r.before == r.after && r.pageBefore == r.pageAfter:
		return a
	case r.before == r.after:
		return joined([]string{r.after, "(" + say(lang, "from-to", pageName(r.pageBefore, lang), pageName(r.pageAfter, lang)) + ")"}, " ")
	}
	return say(lang, "from-to", b, a)
}

func withPage(path string, page int, lang Voice) string {
	if page <= 0 {
		return path
	}
	return joined([]string{path, "(" + pageName(page, lang) + ")"}, " ")
}

func pageName(page int, lang Voice) string {
	if page <= 0 {
		return "–"
	}
	return say(lang, "page", strconv.Itoa(page))
}

// headings returns the titles of the two sides: 改正前 第1.1版, 改正後 第1.2版.
func headings(m Meta, lang Voice) (before, after string) {
	return joined([]string{say(lang, "compare.before"), Clean(m.TitleBefore)}, "　"),
		joined([]string{say(lang, "compare.after"), Clean(m.TitleAfter)}, "　")
}

func editCounts(edits []kaisei.Edit, lang Voice) string {
	return counts(kaisei.Change{Edits: edits}, lang)
}

// EditsText writes a list of edits in full as plain text, changed words marked
// [-old-]{+new+} as wdiff does.
func EditsText(edits []kaisei.Edit, m Meta, o Options) string {
	p, l := newPrinter(o), o.lang()
	title := Clean(m.Title)
	if m.TitleBefore != "" || m.TitleAfter != "" {
		title = joined([]string{title, say(l, "from-to", Clean(m.TitleBefore), Clean(m.TitleAfter))}, "  ")
	}
	p.line("", p.strong(title))
	for _, s := range m.Lines {
		p.line("", s)
	}
	for _, a := range m.Links {
		if u := safeURL(a[1]); u != "" {
			p.raw(Clean(a[0]) + say(l, "colon") + u)
		}
	}
	if len(edits) == 0 {
		p.line("", say(l, "compare.none"))
		return p.String()
	}
	p.line("", editCounts(edits, l))
	for _, r := range rows(edits, l) {
		p.WriteByte('\n')
		p.line("", p.strong("["+r.name+"]")+" "+r.place(l))
		switch r.kind {
		case kaisei.EditAdded:
			p.line("  ", p.paint("＋", "+ "+plain(r.spans)))
		case kaisei.EditRemoved:
			p.line("  ", p.paint("－", "- "+plain(r.spans)))
		default:
			p.line("  ", p.marked(r.spans))
		}
	}
	return p.String()
}

// plain returns the text of spans without marks.
func plain(spans []kaisei.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// EditsMarkdown writes a list of edits in full as Markdown. Changed words are <del>
// and <ins>, because ** and ~~ do not take effect beside Japanese punctuation.
func EditsMarkdown(edits []kaisei.Edit, m Meta, o Options) string {
	l := o.lang()
	var b strings.Builder
	title := joined([]string{Clean(m.Title), say(l, "compare.title")}, " ")
	if m.TitleBefore != "" || m.TitleAfter != "" {
		title += say(l, "paren", say(l, "from-to", Clean(m.TitleBefore), Clean(m.TitleAfter)))
	}
	b.WriteString("# " + Markdown(title) + "\n\n")
	for _, s := range m.Lines {
		b.WriteString("- " + Markdown(s) + "\n")
	}
	for _, a := range m.Links {
		if u := safeURL(a[1]); u != "" {
			b.WriteString("- [" + Markdown(Clean(a[0])) + "](<" + u + ">)\n")
		}
	}
	if len(edits) == 0 {
		b.WriteString("\n" + say(l, "compare.none") + "\n")
		return b.String()
	}
	b.WriteString("- " + Markdown(editCounts(edits, l)) + "\n")
	for _, r := range rows(edits, l) {
		b.WriteString("\n## " + r.name)
		if p := r.place(l); p != "" {
			b.WriteString(" " + Markdown(p))
		}
		b.WriteString("\n\n")
		for _, s := range r.spans {
			switch {
			case s.Op == kaisei.SpanDelete:
				b.WriteString("<del>" + Markdown(s.Text) + "</del>")
			case s.Op == kaisei.SpanInsert:
				b.WriteString("<ins>" + Markdown(s.Text) + "</ins>")
			default:
				b.WriteString(Markdown(s.Text))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Markdown escapes s so that it is read as text: HTML first, then every character that
// CommonMark gives a meaning within a line, and what would begin a list or a heading.
func Markdown(s string) string {
	s = html.EscapeString(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]~|", r),
			i == 0 && strings.ContainsRune("#+-=", r),
			i > 0 && (r == '.' || r == ')') && digits(s[:i]):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
