package sources

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// defaultRecheck is how long a document read from an index is left before it is asked
// for again in case it was replaced in place, where the row does not say.
const defaultRecheck = 24 * time.Hour

// defaultKeywords is the name of the list that news rows share.
const defaultKeywords = "default"

// build turns the entries into sources and checks them; the problems it returns
// come after those of the merge.
func (m *merged) build() (*Catalog, []error) {
	c := &Catalog{
		byID:        map[string]int{},
		authorities: m.authorities,
		notes:       map[string]string{},
		standing:    map[string]standing{},
		words:       kaisei.Keywords(m.keywords[defaultKeywords]),
		hosts:       m.hosts,
	}
	k := &checker{m: m}
	for _, id := range slices.Sorted(maps.Keys(m.entries)) {
		e := m.entries[id]
		s := k.source(e)
		c.byID[id] = len(c.sources)
		c.sources = append(c.sources, s)
		c.notes[id] = value(e.row.Note)
		if e.row.SameAs != nil || e.row.Translates != nil {
			c.standing[id] = standing{value(e.row.SameAs), value(e.row.Translates)}
		}
	}
	k.former(c)
	k.references(c)
	k.lists(c)
	return c, k.problems
}

// source makes the source of an entry.
func (k *checker) source(e *entry) kaisei.Source {
	r := e.row
	authority, _, _ := strings.Cut(r.ID, "/")
	s := kaisei.Source{
		ID:         r.ID,
		Was:        r.Was,
		Title:      valueOf(r.Title),
		Authority:  authority,
		Kind:       kaisei.Kind(value(r.Kind)),
		URL:        value(r.URL),
		Schedule:   value(r.Schedule),
		Layer:      kaisei.Layer(value(r.Layer)),
		Language:   value(r.Language),
		Select:     r.Select,
		Remove:     r.Remove,
		Charset:    value(r.Charset),
		WatchText:  valueOf(r.WatchText),
		Law:        value(r.Law),
		Sectors:    r.Sectors,
		Themes:     r.Themes,
		Confidence: value(r.Confidence),
		Disabled:   value(r.Disabled),
		Origin:     origin(e),
	}
	if r.Authority != nil {
		s.Authority = *r.Authority
	}
	s.AuthorityName = k.m.authorities[s.Authority]
	if s.Language == "" {
		s.Language = "ja"
	}
	if s.Kind == kaisei.KindLaw && s.URL == "" {
		s.URL = lawRevisionsURL(s.Law)
	}
	s.Keywords = k.keywords(e)
	for _, f := range r.Follow {
		s.Follow = append(s.Follow, kaisei.Follow{
			Text: f.Text, URL: f.URL, Not: f.Not, As: kaisei.FollowAs(f.As), Document: f.Document,
			Title: f.Title, Layer: kaisei.Layer(f.Layer), Language: f.Language,
			SameAs: f.SameAs, Translates: f.Translates, History: f.History,
		})
	}
	switch {
	case r.Recheck != nil:
		s.Recheck = time.Duration(*r.Recheck)
	case s.Kind == kaisei.KindIndex:
		s.Recheck = defaultRecheck
	}
	if r.Quiet != nil {
		s.Quiet = time.Duration(*r.Quiet)
	}
	s.Elsewhere, s.Backfill, s.Pages = elsewhere(r.Elsewhere), kaisei.Backfill(valueOf(r.Backfill)), value(r.Pages)
	applyHost(&s, k.m.hosts, r.Fetch)
	k.check(e, s)
	return s
}

// applyHost fills in what the host of the source is known to need; fields that the
// source gives itself win.
func applyHost(s *kaisei.Source, hosts map[string]hostForm, own *fetchForm) {
	host := hosts[hostOf(s.URL)]
	if s.Select == nil {
		s.Select = host.Select
	}
	if s.Remove == nil {
		s.Remove = host.Remove
	}
	if s.Charset == "" {
		s.Charset = value(host.Charset)
	}
	f := overFetch(overFetch(hosts["*"].Fetch, host.Fetch), own)
	s.Fetch = kaisei.FetchPolicy{
		MinGap:      time.Duration(valueOf(f.MinGap)),
		HTTP1:       valueOf(f.HTTP1),
		BrowserLike: valueOf(f.BrowserLike),
		Post:        valueOf(f.Post),
		Timeout:     time.Duration(valueOf(f.Timeout)),
		Hosts:       append([]string{}, f.Hosts...),
	}
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// origin says where a source was defined and which files changed it.
func origin(e *entry) string {
	s := e.begin.String()
	for _, p := range e.changed {
		s += ", changed by " + p.String()
	}
	return s
}

// keywords reads the keywords of a row: the name of a shared list, or a table with any and
// none, in which a word beginning with "@" stands for a shared list.
func (k *checker) keywords(e *entry) kaisei.Keywords {
	at := e.at("keywords")
	switch v := e.row.Keywords.(type) {
	case nil:
		return kaisei.Keywords{}
	case string:
		if v == "" {
			return kaisei.Keywords{}
		}
		list, ok := k.m.keywords[v]
		if !ok {
			k.problem(at, "no list of keywords is called %q; lists: %s", v, strings.Join(slices.Sorted(maps.Keys(k.m.keywords)), ", "))
		}
		return kaisei.Keywords(list)
	case map[string]any:
		var out kaisei.Keywords
		for _, key := range slices.Sorted(maps.Keys(v)) {
			words := k.words(e, key, v[key])
			switch key {
			case "any":
				out.Any = words
			case "none":
				out.None = words
			default:
				k.problem(at, "unknown key %q in keywords; it takes any and none", key)
			}
		}
		return out
	}
	k.problem(at, "keywords must be the name of a list or a table with any and none")
	return kaisei.Keywords{}
}

// words reads one list of words, with shared lists put in.
func (k *checker) words(e *entry, key string, v any) []string {
	list, ok := v.([]any)
	if !ok {
		k.problem(e.at("keywords"), "keywords.%s must be an array of words", key)
		return nil
	}
	out := []string{}
	for _, item := range list {
		w, ok := item.(string)
		if !ok || w == "" {
			k.problem(e.at("keywords"), "keywords.%s holds something that is not a word", key)
			continue
		}
		name, shared := strings.CutPrefix(w, "@")
		if !shared {
			out = append(out, w)
			continue
		}
		named, ok := k.m.keywords[name]
		if !ok {
			k.problem(e.at("keywords"), "no list of keywords is called %q", name)
		}
		if key == "any" {
			out = append(out, named.Any...)
		} else {
			out = append(out, named.None...)
		}
	}
	return out
}

func value(p *string) string { return valueOf(p) }

func valueOf[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// The forms of IDs. A source has at least two segments, the first being its authority.
var (
	sourceID   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+([-._][a-z0-9]+)*)+$`)
	documentIn = regexp.MustCompile(`^[a-z0-9]+([-._][a-z0-9]+)*(/[a-z0-9]+([-._][a-z0-9]+)*)*$`)
	hostName   = regexp.MustCompile(`^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	lawID      = regexp.MustCompile(`^[0-9]{3}[A-Z0-9]{12}$`)
)
