package render

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// card is an alert before it takes a form. Its strings are clean but not yet escaped.
type card struct {
	mark, severity, class string
	title, labels         string
	// origin says who published it, in which layer of what force, and whom it concerns.
	origin string
	counts string
	// touches says which uses of AI it touches, a line each.
	touches []string
	points  []point
	more    string
	// reasons says why it was judged as it was.
	reasons string
	notes   []string
	dates   string
	links   []link
	// ids says which change this is, of which bytes, carried by which delivery.
	ids string
}

type link struct{ text, url string }

// Bounds of what an alert prints of lists whose length a watched site decides.
const (
	maxTitle   = 180
	maxReasons = 4
	maxNotes   = 4
	maxDays    = 6
	maxPlaces  = 4
	maxRoles   = 6
	hashPrefix = 12
	maxNote    = 200
)

// headline is the first line without the mark: "高  改訂  AI事業者ガイドライン 本編  第1.1版 → 第1.2版".
func (k card) headline(gap string) string {
	parts := []string{k.severity, k.class, k.title}
	if k.labels != "" {
		parts = append(parts, k.labels)
	}
	return strings.Join(parts, gap)
}

func newCard(c kaisei.Change, o Options) card {
	l := o.lang()
	k := card{
		mark:     SeverityMark(c.Severity),
		severity: SeverityName(c.Severity, l),
		class:    ChangeName(c, l),
		title:    head(Clean(c.Title), maxTitle),
		labels:   labels(c, l),
		origin:   origin(c, l),
		counts:   counts(c, l),
		touches:  touches(c, l),
		reasons:  reasons(c, l),
		notes:    notes(c, l),
		dates:    dates(c, l),
		links:    links(c, o),
		ids:      ids(c, o),
	}
	if k.title == "" {
		k.title = Clean(c.Document)
	}
	if c.Class == kaisei.ClassInForce && len(c.Edits) == 0 && len(c.Dates.Effective) == 1 {
		k.title += amendment(c.Dates.Effective[0].What, l)
	}
	var rest int
	k.points, rest = points(c, o.maxEdits(), l)
	if rest > 0 {
		k.more = count(l, "more-edits", rest)
	}
	return k
}

func labels(c kaisei.Change, lang Voice) string {
	b, a := brief(c.LabelBefore), brief(c.LabelAfter)
	switch {
	case a == "" || a == b:
		// A label that the title already ends in need not be said twice.
		if strings.HasSuffix(Clean(c.Title), a) {
			return ""
		}
		return a
	case b == "":
		if strings.Contains(Clean(c.Title), a) {
			return ""
		}
		return a
	}
	return say(lang, "from-to", b, a)
}

// origin describes where a change comes from: authority, layer with its force, roles.
func origin(c kaisei.Change, lang Voice) string {
	layer := LayerName(c.Layer, lang)
	if f := Force(c.Layer, lang); f != "" {
		layer += say(lang, "paren", f)
	}
	parts := []string{authority(c, lang), strings.TrimSpace(layer)}
	roles := make([]string, 0, len(c.Roles))
	for i, r := range c.Roles {
		if i == maxRoles {
			break
		}
		roles = append(roles, RoleName(r, lang))
	}
	if len(roles) > 0 {
		parts = append(parts, strings.Join(roles, say(lang, "list")))
	}
	return joined(parts, say(lang, "between"))
}

// counts says how many differences there are of each kind and how the norms moved.
func counts(c kaisei.Change, lang Voice) string {
	n := c.Count()
	var edits, norms []string
	if whole(c) {
		// Nothing was there before, so that nothing was added to it.
		if len(c.Edits) > 1 {
			edits = append(edits, say(lang, "count.whole", thousands(len(c.Edits))))
		}
		n = nil
	}
	for _, k := range []kaisei.EditKind{kaisei.EditAdded, kaisei.EditChanged, kaisei.EditRemoved, kaisei.EditMoved, kaisei.EditRenumbered} {
		if n[k] > 0 {
			edits = append(edits, say(lang, "count."+string(k), thousands(n[k])))
		}
	}
	shifts := map[kaisei.Direction]int{}
	for _, s := range c.Shifts {
		shifts[s.Direction]++
	}
	for _, d := range []struct {
		direction kaisei.Direction
		key       string
	}{
		{kaisei.Hardened, "count.hardened"}, {kaisei.Softened, "count.softened"},
		{kaisei.ObligationAdded, "count.obligation+"}, {kaisei.ObligationRemoved, "count.obligation-"},
	} {
		if shifts[d.direction] > 0 {
			norms = append(norms, say(lang, d.key, thousands(shifts[d.direction])))
		}
	}
	return joined([]string{strings.Join(edits, say(lang, "dot")), strings.Join(norms, say(lang, "dot"))}, say(lang, "between"))
}

// whole reports whether the edits of c are a document seen for the first time.
func whole(c kaisei.Change) bool {
	return c.ID != "" && c.BeforeHash == "" && c.Count()[kaisei.EditAdded] == len(c.Edits)
}

// reasons says why, each with the words that matched and the rule that it can be traced to.
func reasons(c kaisei.Change, lang Voice) string {
	var parts []string
	seen := map[string]bool{}
	for i, r := range c.Reasons {
		if len(parts) == maxReasons {
			parts = append(parts, say(lang, "more-reasons", thousands(len(c.Reasons)-i)))
			break
		}
		text := head(Clean(in(r.Text, lang)), maxNote)
		if m := brief(r.Match); m != "" && !strings.Contains(text, m) {
			text += say(lang, "paren", m)
		}
		if seen[text] {
			continue
		}
		seen[text] = true
		if r.Rule != "" {
			text = strings.TrimSpace(text + " [" + brief(r.Rule) + "]")
		}
		parts = append(parts, text)
	}
	return joined(parts, sentenceGap(lang))
}

// sentenceGap separates remarks that may hold commas themselves.
func sentenceGap(lang Voice) string {
	if lang.ID() == English {
		return "; "
	}
	return "、"
}

func notes(c kaisei.Change, lang Voice) []string {
	var out []string
	for i, n := range c.Notes {
		if i == maxNotes {
			break
		}
		if s := head(note(n, lang), maxNote); s != "" {
			out = append(out, s)
		}
	}
	var hosts []string
	for _, p := range c.Places {
		if p.Kind != "" || len(hosts) == maxPlaces {
			continue // another form of the text has a link of its own
		}
		if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
			hosts = append(hosts, brief(u.Host))
		} else {
			hosts = append(hosts, brief(p.Source))
		}
	}
	if len(hosts) > 0 {
		out = append(out, say(lang, "places")+say(lang, "colon")+strings.Join(hosts, say(lang, "list")))
	}
	if c.CopyOf != "" {
		out = append(out, say(lang, "quiet")+say(lang, "colon")+say(lang, "copy-of", head(Clean(c.CopyOf), maxNote)))
	} else if c.Quiet != "" {
		out = append(out, say(lang, "quiet")+say(lang, "colon")+head(Clean(c.Quiet), maxNote))
	}
	return out
}

// dates keeps the four days apart: decided, in force, published, detected.
func dates(c kaisei.Change, lang Voice) string {
	var parts []string
	day := func(key, value string) {
		if value != "" {
			parts = append(parts, say(lang, key)+" "+value)
		}
	}
	day(decided(c.Layer), c.Dates.Promulgated.String())
	days := effectiveDays(c.Dates.Effective)
	for i, e := range days {
		if i == maxDays {
			parts = append(parts, say(lang, "date.more", thousands(len(days)-i)))
			break
		}
		day("date.effective", effective(e, c.SeenAt, lang))
	}
	day("date.published", c.Dates.Published.String())
	if !c.Dates.Deadline.IsZero() {
		day("date.deadline", clock(c.Dates.Deadline))
	}
	if !c.SeenAt.IsZero() {
		day("date.seen", clock(c.SeenAt))
	}
	return joined(parts, say(lang, "between"))
}

// decided names the act that gave the text its standing: what binds is promulgated, a plan is
// decided by the Cabinet, the rest is decided.
func decided(l kaisei.Layer) string {
	switch l {
	case kaisei.LayerLaw, kaisei.LayerOrder:
		return "date.promulgated"
	case kaisei.LayerPlan:
		return "date.cabinet"
	}
	return "date.decided"
}

// effectiveDays leaves out repeated days, and keeps of those without a date the first: they are
// long, and a reader cannot put them into a calendar.
func effectiveDays(all []kaisei.Effective) []kaisei.Effective {
	var dated, vague []kaisei.Effective
	for _, e := range all {
		switch {
		case !e.By.IsZero():
			dated = append(dated, e)
		case e.Date.IsZero() && len(vague) == 0 && e.Note != "":
			vague = append(vague, e)
		case !e.Date.IsZero() && !slices.ContainsFunc(dated, func(d kaisei.Effective) bool { return d.Date == e.Date }):
			dated = append(dated, e)
		}
	}
	return append(dated, vague...)
}

// effective is a day of taking force as it was known at an instant: marked where it is only the last
// possible one.
func effective(e kaisei.Effective, at time.Time, lang Voice) string {
	s := e.Date.String()
	switch {
	case !e.By.IsZero():
		s = say(lang, "event.by", e.By.String())
	case kaisei.DateOf(at).Before(e.Date) && calendar.Unfixed(e.Note):
		s = say(lang, "event.by", s)
	}
	note := head(Clean(e.Note), maxNote/2)
	switch what := head(Clean(e.What), partLength/2); {
	case s == "":
		s = note
	case what != "":
		s += say(lang, "paren", what)
	}
	return s
}

// clock writes an instant for people: in Japan, to the minute.
func clock(t time.Time) string { return t.In(kaisei.JST).Format("2006-01-02 15:04") + " JST" }

func links(c kaisei.Change, o Options) []link {
	l := o.lang()
	var out []link
	add := func(text, u string) {
		if u = safeURL(u); u != "" {
			for _, have := range out {
				if have.url == u {
					return
				}
			}
			out = append(out, link{text, u})
		}
	}
	if !whole(c) {
		add(say(l, "link.compare"), o.compareURL(c.ID))
	}
	add(strings.TrimSpace(say(l, "link.original")+" "+formatName(c)), c.URL)
	for i, p := range c.Places {
		if p.Kind != "" && i < maxPlaces {
			add(PlaceName(p, l), p.URL)
		}
	}
	add(say(l, "link.before"), c.BeforeURL)
	add(say(l, "link.page"), c.PageURL)
	return out
}

// formatName is what a reader must expect behind a link that is no page: PDF, DOCX.
func formatName(c kaisei.Change) string {
	switch c.Format {
	case "pdf", "docx", "xlsx", "pptx":
		return strings.ToUpper(c.Format)
	case "":
		if u, err := url.Parse(c.URL); err == nil && strings.EqualFold(path.Ext(u.Path), ".pdf") {
			return "PDF"
		}
	}
	return ""
}

func ids(c kaisei.Change, o Options) string {
	parts := []string{Clean(c.ID)}
	if h := []rune(Clean(c.Hash)); len(h) >= hashPrefix {
		parts = append(parts, "sha256 "+string(h[:hashPrefix]))
	}
	if d := Clean(o.Delivery); d != "" {
		parts = append(parts, d)
	}
	return joined(parts, " · ")
}

// joined is strings.Join without the empty parts.
func joined(parts []string, gap string) string {
	kept := make([]string, 0, len(parts))
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	// A full-width bracket has its space built in.
	return strings.ReplaceAll(strings.Join(kept, gap), "） ／", "）／")
}
