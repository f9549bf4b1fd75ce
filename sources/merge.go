package sources

import (
	"fmt"
	"maps"
	"slices"

	"kaisei/internal/kaisei"
)

// entry is a row after every file has had its say.
type entry struct {
	row     rowForm
	keys    map[string]place
	begin   place
	changed []place
}

// at returns where the value in force of a key was given.
func (e *entry) at(key string) place {
	if p, ok := e.keys[key]; ok {
		return p
	}
	return e.begin
}

// merged is all files in one.
type merged struct {
	entries     map[string]*entry
	authorities map[string]kaisei.Text
	keywords    map[string]keywordsForm
	hosts       map[string]hostForm
	problems    []error
}

func (m *merged) problem(at place, format string, args ...any) {
	m.problems = append(m.problems, fmt.Errorf("%v: %s", at, fmt.Sprintf(format, args...)))
}

// merge lays the files over one another in order.
func merge(files []parsed) *merged {
	m := &merged{
		entries:     map[string]*entry{},
		authorities: map[string]kaisei.Text{},
		keywords:    map[string]keywordsForm{},
		hosts:       map[string]hostForm{},
	}
	for _, f := range files {
		for id, name := range f.form.Authority {
			m.authorities[id] = over(m.authorities[id], name)
		}
		for name, list := range f.form.Keywords {
			old := m.keywords[name]
			set(&old.Any, list.Any)
			set(&old.None, list.None)
			m.keywords[name] = old
		}
		for name, h := range f.form.Host {
			old := m.hosts[name]
			set(&old.Select, h.Select)
			set(&old.Remove, h.Remove)
			setPtr(&old.Charset, h.Charset)
			old.Fetch = overFetch(old.Fetch, h.Fetch)
			m.hosts[name] = old
		}
	}
	for _, f := range files {
		m.addRows(f)
	}
	return m
}

// addRows adds or changes sources. The same ID twice in one file, or in two
// embedded files, is a mistake and not a change.
func (m *merged) addRows(f parsed) {
	for i, row := range f.form.Source {
		at := f.rows[i]
		old, known := m.entries[row.ID]
		switch {
		case row.ID == "":
			m.problem(at.begin, "a source needs an id such as %q", "meti/ai-guidelines")
		case !known:
			m.entries[row.ID] = &entry{row: row, keys: maps.Clone(at.keys), begin: at.begin}
		case old.begin.file == f.name || lastFile(old) == f.name || f.shipped:
			m.problem(at.at("id"), "source %q is defined twice, first at %v", row.ID, old.begin)
		default:
			old.change(row, at)
		}
	}
}

func lastFile(e *entry) string {
	if len(e.changed) == 0 {
		return ""
	}
	return e.changed[len(e.changed)-1].file
}

// change replaces the fields that row gives.
func (e *entry) change(row rowForm, at rowPlaces) {
	r := &e.row
	set(&r.Was, row.Was)
	if row.Title != nil {
		t := *row.Title
		if r.Title != nil {
			t = over(*r.Title, t)
		}
		r.Title = &t
	}
	setPtr(&r.Authority, row.Authority)
	setPtr(&r.Kind, row.Kind)
	setPtr(&r.URL, row.URL)
	setPtr(&r.Schedule, row.Schedule)
	setPtr(&r.Layer, row.Layer)
	setPtr(&r.Language, row.Language)
	set(&r.Select, row.Select)
	set(&r.Remove, row.Remove)
	setPtr(&r.Charset, row.Charset)
	if row.Keywords != nil {
		r.Keywords = row.Keywords
	}
	set(&r.Follow, row.Follow)
	setPtr(&r.WatchText, row.WatchText)
	setPtr(&r.Law, row.Law)
	setPtr(&r.SameAs, row.SameAs)
	setPtr(&r.Translates, row.Translates)
	set(&r.Sectors, row.Sectors)
	set(&r.Themes, row.Themes)
	setPtr(&r.Recheck, row.Recheck)
	setPtr(&r.Quiet, row.Quiet)
	set(&r.Elsewhere, row.Elsewhere)
	setPtr(&r.Backfill, row.Backfill)
	setPtr(&r.Pages, row.Pages)
	r.Fetch = overFetch(r.Fetch, row.Fetch)
	setPtr(&r.Confidence, row.Confidence)
	setPtr(&r.Note, row.Note)
	setPtr(&r.Disabled, row.Disabled)
	maps.Copy(e.keys, at.keys)
	e.changed = append(e.changed, at.begin)
}

// set replaces a slice where a new one was given, be it empty.
func set[T any](dst *[]T, src []T) {
	if src != nil {
		*dst = slices.Clone(src)
	}
}

func setPtr[T any](dst **T, src *T) {
	if src != nil {
		v := *src
		*dst = &v
	}
}

// over lays the languages given in b over a.
func over(a, b kaisei.Text) kaisei.Text {
	if b.JA != "" {
		a.JA = b.JA
	}
	if b.EN != "" {
		a.EN = b.EN
	}
	return a
}

// overFetch lays the fields given in b over a.
func overFetch(a, b *fetchForm) *fetchForm {
	var out fetchForm
	for _, f := range []*fetchForm{a, b} {
		if f == nil {
			continue
		}
		setPtr(&out.MinGap, f.MinGap)
		setPtr(&out.HTTP1, f.HTTP1)
		setPtr(&out.BrowserLike, f.BrowserLike)
		setPtr(&out.Post, f.Post)
		setPtr(&out.Timeout, f.Timeout)
		out.Hosts = append(out.Hosts, f.Hosts...) // what one allows another does not take back
	}
	return &out
}
