package watch

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Bounds of what is remembered of the items that a feed or list showed.
const (
	// KeepSightings is how long an item is remembered that its list does not show any more.
	KeepSightings = 30 * 24 * time.Hour
	// MaxSightings is how many items of one list are remembered, the newest first.
	MaxSightings = 2_000
	// MaxGaps is how many gaps of one feed are remembered.
	MaxGaps = 20
)

// parade is what a feed or list showed before a look and shows at it.
type parade struct {
	*visit
	before, after kaisei.Sightings
	known         *register
	targets       []kaisei.Target
	baseline      bool
	at            time.Time
	back          []backfilled
	changed       bool
}

// parade compares what the source's own page shows with what it showed before, and reads back what a feed
// lost in between. It is nil where nothing is compared: a page that leads to no items, or shows what it did.
func (v *visit) parade(ctx context.Context, p page, targets []kaisei.Target, baseline bool) (*parade, error) {
	if !slices.ContainsFunc(targets, func(t kaisei.Target) bool { return t.As == kaisei.FollowItem }) || !v.w.compared(v.s) {
		return nil, nil
	}
	before, err := v.w.Store.Sightings(v.s.ID)
	if err != nil {
		return nil, fmt.Errorf("read what %s showed: %w", v.s.ID, err)
	}
	open := slices.ContainsFunc(before.Gaps, func(g kaisei.Gap) bool { return g.Filled.IsZero() })
	if p.same && len(before.Items) > 0 && !open {
		return nil, nil
	}
	s := &parade{visit: v, before: before, known: newRegister(sameBy(v.s.Backfill), before.Items), targets: targets, baseline: baseline, at: p.look.At}
	gaps := before.Gaps
	if v.s.Kind == kaisei.KindFeed && !baseline {
		if s.back, err = v.fillGaps(ctx, &s.before, s.known, targets, s.at); err != nil {
			return nil, err
		}
	}
	s.changed = !slices.Equal(gaps, s.before.Gaps)
	return s, nil
}

// wasReadBack reports whether an item is known from another list, which worded it in its own way: what the
// feed says of it is no change.
func (s *parade) wasReadBack(t kaisei.Target) bool {
	if s == nil {
		return false
	}
	i, ok := s.known.find(t.URL, t.Title, t.Published)
	return ok && i < len(s.before.Items) && s.before.Items[i].Backfilled
}

// pass takes up what was read back and works out what the list is now known to have shown; found are the
// leads of the targets.
func (s *parade) pass(ctx context.Context, found []kaisei.Lead) error {
	if s == nil {
		return nil
	}
	s.after = kaisei.Sightings{Source: s.s.ID, Apart: s.before.Apart, Gaps: s.before.Gaps}
	s.shown(found)
	for _, b := range s.back {
		taken, err := s.takeBack(ctx, b, s.at)
		if err != nil {
			return err
		}
		s.after.Items = append(s.after.Items, taken...)
		s.changed = s.changed || len(taken) > 0
	}
	s.gone()
	return nil
}

// compared reports whether what a source shows is compared with something: with what it showed before, or
// with another list.
func (w *Watcher) compared(s kaisei.Source) bool {
	if s.Kind == kaisei.KindFeed || len(s.Elsewhere) > 0 {
		return true
	}
	for _, o := range w.Catalog.Sources() {
		if slices.ContainsFunc(o.Elsewhere, func(e kaisei.Elsewhere) bool { return e.Source == s.ID }) {
			return true
		}
	}
	return false
}

// register finds the items that a list showed before: by address and title, by title and day, or by
// what the catalogue says tells them apart.
type register struct {
	same  func(url string) string
	index map[string]int
}

func newRegister(same func(string) string, items []kaisei.Sighting) *register {
	r := &register{same: same, index: make(map[string]int, 2*len(items))}
	for i, s := range items {
		r.add(s.URL, s.Title, s.Published, i)
	}
	return r
}

// names are the names by which an item is found.
func (r *register) names(url, title string, day kaisei.Date) []string {
	if r.same != nil {
		if id := r.same(url); id != "" {
			return []string{id}
		}
	}
	key := ja.Key(title)
	names := []string{address(url) + "\x00" + key}
	if !day.IsZero() {
		names = append(names, day.String()+"\x00"+key)
	}
	return names
}

func (r *register) add(url, title string, day kaisei.Date, i int) {
	for _, n := range r.names(url, title, day) {
		if _, taken := r.index[n]; !taken {
			r.index[n] = i
		}
	}
}

func (r *register) find(url, title string, day kaisei.Date) (int, bool) {
	for _, n := range r.names(url, title, day) {
		if i, ok := r.index[n]; ok {
			return i, true
		}
	}
	return 0, false
}

// address writes an address so that those of one page are equal: without scheme, www., fragment and the
// name of an index file.
func address(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return raw
	}
	path := u.EscapedPath()
	if i := strings.LastIndexByte(path, '/'); i >= 0 && (path[i+1:] == "index.html" || path[i+1:] == "index.htm") {
		path = path[:i]
	}
	s := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") + strings.TrimSuffix(path, "/")
	if u.RawQuery != "" {
		s += "?" + u.RawQuery
	}
	return s
}

// shown takes up what the list shows now.
func (s *parade) shown(found []kaisei.Lead) {
	there := make(map[int]bool, len(s.before.Items))
	for i, t := range s.targets {
		if t.As != kaisei.FollowItem {
			continue
		}
		n, known := s.known.find(t.URL, t.Title, t.Published)
		if !known {
			s.changed = true
			s.known.add(t.URL, t.Title, t.Published, len(s.before.Items))
			s.after.Items = append(s.after.Items, kaisei.Sighting{
				Title: t.Title, URL: t.URL, Published: t.Published, First: s.at, Baseline: s.baseline, Document: found[i].Document,
			})
			continue
		}
		if n == len(s.before.Items) || there[n] {
			continue // twice on one page
		}
		there[n] = true
		old := &s.before.Items[n]
		s.changed = s.changed || !old.Gone.IsZero() || old.Document == "" && found[i].Document != ""
		old.Gone = time.Time{}
		if old.Document == "" {
			old.Document = found[i].Document
		}
		s.after.Items = append(s.after.Items, *old)
	}
	rest := s.before.Items[:0:0]
	for n, old := range s.before.Items {
		if !there[n] {
			rest = append(rest, old)
		}
	}
	s.before.Items = rest
}

// gone keeps for a while what the list does not show any more.
func (s *parade) gone() {
	for _, old := range s.before.Items {
		switch {
		case old.Gone.IsZero():
			old.Gone = s.at
			s.changed = true
		case s.at.Sub(old.Gone) > KeepSightings:
			s.changed = true
			continue
		}
		s.after.Items = append(s.after.Items, old)
	}
	if len(s.after.Items) > MaxSightings {
		s.after.Items = s.after.Items[:MaxSightings]
	}
	for g := s.after.Gaps; len(g) > MaxGaps || len(g) > 0 && s.at.Sub(g[0].To) > KeepSightings; g = s.after.Gaps {
		s.after.Gaps, s.changed = g[1:], true
	}
}

// sightings is what to commit of it, or nil where nothing changed.
func (s *parade) sightings() *kaisei.Sightings {
	if s == nil || !s.changed {
		return nil
	}
	return &s.after
}
