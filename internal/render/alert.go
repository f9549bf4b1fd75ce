package render

import (
	"strconv"
	"strings"

	"kaisei/internal/kaisei"
)

// Alert writes a change as plain text: a line to decide by, where it comes from, what
// differs, why it was judged so, the dates, the addresses, and the IDs. It ends in a
// newline.
func Alert(c kaisei.Change, o Options) string {
	k, p := newCard(c, o), newPrinter(o)
	l := o.lang()
	p.line("", k.mark+" "+p.strong(k.headline("  ")))
	for _, s := range cleaned(o.Corrections) {
		p.line("   ", "✎ "+s)
	}
	p.line("   ", k.origin)
	p.line("   ", k.counts)
	for _, t := range k.touches {
		p.line("   ", "▶ "+t)
	}
	for _, pt := range k.points {
		p.line("   ", p.point(pt, l))
	}
	if k.more != "" {
		p.line("   ", "　"+k.more)
	}
	if k.reasons != "" {
		p.line("   ", say(l, "reasons")+say(l, "colon")+k.reasons)
	}
	for _, n := range k.notes {
		p.line("   ", "※ "+n)
	}
	p.line("   ", k.dates)
	for _, a := range k.links {
		p.raw("   " + a.text + say(l, "colon") + a.url)
	}
	for _, s := range cleaned(o.Answered) {
		p.line("   ", s)
	}
	p.line("   ", p.faint(k.ids))
	return p.String()
}

// Headline returns the first line of the alert on c without its mark, for a subject
// or a list.
func Headline(c kaisei.Change, o Options) string { return newCard(c, o).headline(" ") }

// point writes a difference on one line, its changed words marked [-old-]{+new+}.
func (p *printer) point(pt point, lang Voice) string {
	return p.paint(pt.sign, pt.sign) + " " + pointHead(pt, lang) + p.marked(pt.text) + moreOf(pt, lang)
}

// pointHead says what happened where and to whom: "強化 第2部 › C. › 2) 安全性 › ①（AI提供者、p. 23）: ".
func pointHead(pt point, lang Voice) string {
	s := pt.label
	if pt.where != "" {
		s += " " + pt.where
	}
	page := ""
	if pt.page > 0 {
		page = say(lang, "page", strconv.Itoa(pt.page))
	}
	if in := joined([]string{pt.who, page}, sentenceGap(lang)); in != "" {
		s += say(lang, "paren", in)
	}
	if len(pt.text) == 0 {
		return s
	}
	return s + say(lang, "colon")
}

func moreOf(pt point, lang Voice) string {
	if pt.more == 0 {
		return ""
	}
	return count(lang, "more-places", pt.more)
}

// marked writes spans in one line of text with wdiff's marks.
func (p *printer) marked(spans []kaisei.Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s.Op {
		case kaisei.SpanDelete:
			b.WriteString(p.paint("－", "[-"+s.Text+"-]"))
		case kaisei.SpanInsert:
			b.WriteString(p.paint("＋", "{+"+s.Text+"+}"))
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}
