package sources

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/classify"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// index reads a listing: its links, judged by the source's follow rules, and where the
// source asks for it the words around them. A page of the source's own URL on which no
// rule matches any link is a fault: the site has a new form, or the answer is not the page.
func index(s kaisei.Source, c kaisei.Capture, as kaisei.FollowAs) ([]kaisei.Target, error) {
	if len(c.Body) == 0 {
		return nil, kaisei.Faultf(kaisei.CauseEmpty, "%s answered with no bytes", finalURL(c))
	}
	if !looksHTML(c) {
		return nil, kaisei.Faultf(kaisei.CauseWrongType, "%s is %q and not an HTML page; see url and kind in the catalogue", finalURL(c), c.MediaType)
	}
	rules, err := compile(s.Follow)
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseInternal, Detail: "a follow rule of " + s.ID, Err: err}
	}
	d, err := parseHTML(s, c)
	if err != nil {
		return nil, err
	}
	x := &indexer{source: s, doc: d, page: d.title(), rules: rules, as: as}
	x.capture = kaisei.DateOf(c.At)
	x.links = d.links()
	x.judge()
	targets := x.targets()
	if as != kaisei.FollowListing {
		if len(targets) == 0 {
			return nil, kaisei.Faultf(kaisei.CauseNoSelection, "none of the %d links of the page %q matches a follow rule; the site may have a new form, see select and follow in the catalogue", len(x.links), x.page)
		}
		if s.WatchText {
			if blocks := x.words(); len(blocks) > 0 {
				targets = append(targets, kaisei.Target{
					As: kaisei.FollowDocument, Document: s.ID, Title: x.titleOfPage(), URL: d.self.String(),
					Layer: s.Layer, Language: s.Language, Blocks: blocks, Relevant: true,
				})
			}
		}
	}
	return targets, nil
}

// indexer is one listing on its way to targets.
type indexer struct {
	source  kaisei.Source
	doc     *document
	page    string
	rules   []rule
	as      kaisei.FollowAs
	capture kaisei.Date
	links   []*link
}

func (x *indexer) titleOfPage() string {
	if x.page != "" {
		return x.page
	}
	return x.source.Title.In(x.source.Language)
}

// judge gives each link its name and the first rule that matches it.
func (x *indexer) judge() {
	for _, l := range x.links {
		l.title = x.name(l)
		for i := range x.rules {
			if x.rules[i].matches(l.title, l.url.String()) {
				l.rule = &x.rules[i]
				break
			}
		}
	}
}

// targets turns the judged links into targets, in the order of the page.
func (x *indexer) targets() []kaisei.Target {
	var out []candidate
	items := map[string]bool{}
	for pos, l := range x.links {
		if l.rule == nil || l.rule.As == kaisei.FollowIgnore {
			continue
		}
		t := x.target(l)
		if t.As == kaisei.FollowItem {
			if !items[t.Key] {
				items[t.Key] = true
				out = append(out, candidate{Target: t, pos: pos, history: true})
			}
			continue
		}
		out = append(out, candidate{Target: t, pos: pos, history: l.rule.History, order: x.order(t, l), form: formOf(l)})
	}
	return newest(x.source.ID, joined(out))
}

// target makes the target of one link.
func (x *indexer) target(l *link) kaisei.Target {
	r := l.rule
	t := kaisei.Target{
		As:         r.As,
		Title:      l.title,
		URL:        l.url.String(),
		Published:  x.published(l),
		Layer:      x.source.Layer,
		Language:   x.source.Language,
		SameAs:     r.SameAs,
		Translates: r.Translates,
		Relevant:   true,
	}
	if r.Layer != "" {
		t.Layer = r.Layer
	}
	if r.Language != "" {
		t.Language = r.Language
	}
	if r.As == kaisei.FollowItem {
		return x.item(t, l)
	}
	if title := fold(sizes.ReplaceAllString(t.Title, " ")); title != "" {
		t.Title = title
	}
	t.Label = x.label(l)
	t.Key = ja.Identity(l.title)
	if t.Key == "" {
		t.Key = ja.Identity(fileName(l.url))
	}
	t.Key += x.session(l)
	if r.Document != "" {
		t.Document = documentID(x.source.ID, r.Document)
	}
	if r.Title != "" {
		t.Title = r.Title
	}
	return t
}

// session is what the identity of a meeting's material needs besides its name, because every meeting
// has its 資料1: the number of the meeting, from the page that lists it or from the address.
func (x *indexer) session(l *link) string {
	if !material.MatchString(l.title) || meeting.MatchString(l.title) {
		return ""
	}
	for _, s := range []string{l.heading, x.page, x.titleOfPage()} {
		if m := meeting.FindString(norm.NFKC.String(s)); m != "" {
			return "|" + m
		}
	}
	if m := meetingInURL.FindStringSubmatch(l.url.Path); m != nil {
		return "|" + cmp.Or(m[1], m[2])
	}
	return ""
}

var (
	material = regexp.MustCompile(`^[\s　・○●■]*(?:参考)?(?:資料|会議資料|配[布付]資料|議事)`)
	meeting  = regexp.MustCompile(`第\s?[0-9０-９一二三四五六七八九十]+\s?回`)
	// meetingInURL is a folder (3kai) or a file of a numbered meeting (009_04_00.pdf).
	meetingInURL = regexp.MustCompile(`/([0-9]+)kai/|/(?:[0-9]{8}_)?([0-9]{3})_(?:[0-9]{2}_[0-9]{2}|[a-z]+)\.`)
)

// item makes a link complete in itself. Its identity is its words, its address and its
// day: lists of news reuse one address for many items and one title for many days.
func (x *indexer) item(t kaisei.Target, l *link) kaisei.Target {
	// Words of which folding leaves nothing name as little as none at all.
	t.Title = cmp.Or(withoutDate(t.Title), fileName(l.url), t.URL)
	name, state := bill(t.Title)
	t.Title = name
	t.Key = itemKey(t.URL, t.Title)
	if !t.Published.IsZero() && !l.inURL {
		t.Key += " " + t.Published.String()
	}
	t.Blocks = []kaisei.Block{titleBlock(t.Title)}
	if state != nil {
		t.Blocks = append(t.Blocks, *state)
	}
	for _, f := range caseFields(l.around) {
		t.Blocks = append(t.Blocks, kaisei.Block{Path: []string{}, Kind: kaisei.BlockRow, Text: f.text, Key: f.name})
		if day, ok := noticeDay(f); ok {
			t.Published = day
		}
	}
	t.Relevant = relevant(x.source.Keywords, t.Title, l.around)
	t.Label = ""
	return t
}

// label returns the version of a link: from its words, from those around it, from its file
// name, and on a further listing, which is about one version, from the name of the page. The 案 of
// a bill (法律案に対する附帯決議) is no draft.
func (x *indexer) label(l *link) string {
	for _, words := range []string{l.title, l.around, versionInName(l.url)} {
		if v := ja.Label(strings.ReplaceAll(words, "法律案", "法律")); v != "" {
			return v
		}
	}
	if x.as == kaisei.FollowListing {
		return ja.Label(x.page)
	}
	return ""
}

// published returns the day printed for a link: in the words around it, at an end of its own
// words, in the heading above it, or last in its address (20260331_1.pdf).
func (x *indexer) published(l *link) kaisei.Date {
	if !l.day.IsZero() {
		return l.day
	}
	for _, d := range ja.Dates(l.around) {
		if !d.Carried {
			return d.Date
		}
	}
	if d, ok := dateAtEnd(l.text); ok {
		return d
	}
	if d := dayOfRole(l.text, classify.DayPublished); !d.IsZero() {
		return d
	}
	if len(l.heading) < maxDateHeading {
		if ds := ja.Dates(l.heading); len(ds) == 1 {
			return ds[0].Date
		}
	}
	if d := dayInURL(l.url); !d.IsZero() && (x.capture.Year <= 1 || !x.capture.Before(d)) {
		l.inURL = true
		return d
	}
	return kaisei.Date{}
}

// maxDateHeading is how long, in bytes, a heading may be to date the links below it.
const maxDateHeading = 120

// order is the day by which versions of one document are compared.
func (x *indexer) order(t kaisei.Target, l *link) kaisei.Date {
	for _, d := range []kaisei.Date{t.Published, dayOfRole(l.title, classify.DayPromulgated)} {
		if !d.IsZero() {
			return d
		}
	}
	return dayInURL(l.url)
}

// dayOfRole returns the last day of a text that its words make the day of the given act.
func dayOfRole(text string, role classify.DayRole) kaisei.Date {
	var last kaisei.Date
	for _, d := range classify.Days(text) {
		if d.Role == role {
			last = d.Date
		}
	}
	return last
}

// candidate is a target with what decides between versions.
type candidate struct {
	kaisei.Target
	pos     int
	history bool
	order   kaisei.Date
	form    form
}

func (c candidate) identity() string {
	if c.Document != "" {
		return string(c.As) + " " + c.Document
	}
	return string(c.As) + " " + c.Language + " " + c.Key
}

// joined leaves one of several links to the same address, the first that names a document or
// a version.
func joined(list []candidate) []candidate {
	at := map[string]int{}
	var out []candidate
	for _, c := range list {
		if c.As == kaisei.FollowItem {
			out = append(out, c)
			continue
		}
		i, seen := at[c.URL]
		switch {
		case !seen:
			at[c.URL] = len(out)
			out = append(out, c)
		case out[i].Document == "" && c.Document != "", out[i].Key == "" && c.Key != "":
			c.pos = out[i].pos
			out[i] = c
		}
		if seen && out[i].Published.IsZero() {
			out[i].Published, out[i].order = c.Published, c.order
		}
	}
	return out
}

// newest leaves of several versions of one document the newest: by their labels, then by their day,
// then the one that is read best, then the one that stands first, since lists grow at the top. The
// other forms of the version that is left are its places.
func newest(source string, list []candidate) []kaisei.Target {
	best := map[string]int{}
	keys := make([]string, len(list)) // made once: a list may have ten thousand
	same := map[string][]int{}
	for i, c := range list {
		if c.As == kaisei.FollowItem {
			continue
		}
		key := c.key()
		keys[i] = key
		same[key] = append(same[key], i)
		j, ok := best[key]
		if !ok || later(c, list[j]) || sameVersion(c, list[j]) && c.form.better(list[j].form) {
			best[key] = i
		}
	}
	var out []kaisei.Target
	for i, c := range list {
		if c.As == kaisei.FollowItem {
			out = append(out, c.Target)
			continue
		}
		if best[keys[i]] != i {
			continue
		}
		for _, j := range same[keys[i]] {
			if len(c.Places) == maxForms {
				break
			}
			if o := list[j]; j != i && sameVersion(o, c) && o.form != c.form {
				c.Places = append(c.Places, kaisei.Place{Source: source, URL: o.URL, Kind: o.form.kindBeside(c.form)})
			}
		}
		out = append(out, c.Target)
	}
	return out
}

// maxForms is how many other forms of one version are noted.
const maxForms = 8

// key is what newest leaves one of: the document, or each version of it where the history is followed.
func (c candidate) key() string {
	if !c.history {
		return c.identity()
	}
	if version := ja.Key(c.Label) + " " + c.order.String(); version != " " {
		return c.identity() + " " + version
	}
	return c.identity() + " " + c.URL
}

// sameVersion reports that nothing tells two candidates of one document apart as versions.
func sameVersion(a, b candidate) bool {
	if a.Label != "" && b.Label != "" && ja.Key(a.Label) != ja.Key(b.Label) {
		if order, ok := ja.CompareLabels(a.Label, b.Label); !ok || order != 0 {
			return false
		}
	}
	return a.order.IsZero() || b.order.IsZero() || a.order == b.order
}

// later reports that a is a later version than b, which stands above it.
func later(a, b candidate) bool {
	if order, ok := ja.CompareLabels(a.Label, b.Label); ok && order != 0 {
		return order > 0
	}
	if !a.order.IsZero() && !b.order.IsZero() {
		return b.order.Before(a.order)
	}
	return false
}

// fileName returns the last part of an address.
func fileName(u *url.URL) string {
	path := u.Path
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
