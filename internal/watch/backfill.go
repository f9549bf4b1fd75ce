package watch

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/kaisei"
)

// MaxBackfillPages is how many pages of a listing one look reads back; what is left is told.
const MaxBackfillPages = 10

// rolledOver reports whether a feed may have shown items that nobody saw: none in the older half of what it
// shows was there before. New items come at the top of a feed, so that where it did not roll over its end is
// known; an item that is pinned to the top would be known for ever.
func rolledOver(r *register, targets []kaisei.Target) bool {
	older := targets[len(targets)/2:]
	return !slices.ContainsFunc(older, func(t kaisei.Target) bool {
		_, known := r.find(t.URL, t.Title, t.Published)
		return known
	})
}

// backfilled are items that were read back, newest first, and the page that shows them.
type backfilled struct {
	page    page
	targets []kaisei.Target
}

// fillGaps notices that a feed rolled over since the look before and reads back from the listing that the
// catalogue names what was missed, also what an earlier look could not read back. The gaps are noted in s.
// The pages that were read back come oldest first.
func (v *visit) fillGaps(ctx context.Context, s *kaisei.Sightings, r *register, targets []kaisei.Target, at time.Time) ([]backfilled, error) {
	s.Gaps = slices.Clone(s.Gaps)
	if len(s.Items) > 0 && rolledOver(r, targets) {
		s.Gaps = append(s.Gaps, kaisei.Gap{From: v.poll.LastGood, To: at})
	}
	open := slices.IndexFunc(s.Gaps, func(g kaisei.Gap) bool { return g.Filled.IsZero() && g.Tries < maxFillTries })
	if open < 0 || v.s.Backfill.Source == "" {
		return nil, nil
	}
	list, ok := v.w.row(v.s.Backfill.Source)
	switch {
	case !ok:
		return nil, fmt.Errorf("read back what %s lost: the catalogue has no source %s", v.s.ID, v.s.Backfill.Source)
	case list.Disabled == "":
		closeGaps(s.Gaps[open:], kaisei.Gap{Filled: at, By: list.ID})
		return nil, nil
	}
	// One reading back to before the first open gap fills all of them.
	f := &filling{visit: v, since: s.Gaps[open].From, items: s.Items, known: r, current: newRegister(r.same, nil)}
	for i, t := range targets {
		f.current.add(t.URL, t.Title, t.Published, i)
	}
	why, err := f.run(ctx, list)
	if err != nil {
		return nil, err
	}
	result := kaisei.Gap{Why: why, By: list.ID}
	for _, b := range f.out {
		result.Read += len(b.targets)
	}
	if why == "" {
		result.Filled = at
	}
	closeGaps(s.Gaps[open:], result)
	slices.Reverse(f.out)
	return f.out, nil
}

// closeGaps notes in every open gap what came of filling it.
func closeGaps(gaps []kaisei.Gap, result kaisei.Gap) {
	for i := range gaps {
		if g := &gaps[i]; g.Filled.IsZero() {
			g.Tries++
			g.Read += result.Read
			g.Filled, g.By, g.Why = result.Filled, result.By, result.Why
		}
	}
}

// gapDetail is what the ledger says of a gap that the look found, or "".
func (s *parade) gapDetail() string {
	if s == nil || len(s.after.Gaps) == 0 {
		return ""
	}
	g := s.after.Gaps[len(s.after.Gaps)-1]
	if !g.To.Equal(s.at) {
		return ""
	}
	what := fmt.Sprintf("nothing in the older half of the feed was there at the look of %s, so that items may have come and gone unseen", g.From.In(kaisei.JST).Format("2006-01-02 15:04"))
	switch {
	case g.Filled.IsZero():
		return what + ": " + cmp.Or(g.Why, whyNoListing)
	case g.Read == 0:
		return what + "; " + g.By + " shows them too"
	}
	return fmt.Sprintf("%s; %d were read back from %s", what, g.Read, g.By)
}

// takeBack takes up the items of a page that was read back, and returns them as seen.
func (v *visit) takeBack(ctx context.Context, b backfilled, at time.Time) ([]kaisei.Sighting, error) {
	out := make([]kaisei.Sighting, len(b.targets))
	kept := false
	for i := len(b.targets) - 1; i >= 0; i-- {
		t := b.targets[i]
		out[i] = kaisei.Sighting{Title: t.Title, URL: t.URL, Published: t.Published, First: at, Gone: at, Backfilled: true}
		v.offered++
		if !t.Relevant {
			continue
		}
		v.relevant++
		if !kept {
			if err := v.w.Store.SaveCapture(b.page.capture, ""); err != nil {
				return nil, fmt.Errorf("keep evidence of %s: %w", b.page.capture.URL, err)
			}
			kept = true
		}
		l := v.leads.take(t, b.page.capture.URL, false, at)
		out[i].Document = l.Document
		if news := v.leads.changed(); len(news) > 0 {
			if err := v.w.Store.SaveLeads(news); err != nil {
				return nil, fmt.Errorf("keep leads of %s: %w", v.s.ID, err)
			}
		}
		if err := v.target(ctx, t, l, b.page, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// maxFillTries is how many looks try to fill a gap: after days the listing shows it no more.
const maxFillTries = 24

// whyNoListing is why a gap is open in a feed that has no longer listing.
const whyNoListing = "the catalogue names no listing from which to read back"

// filling is one reading back.
type filling struct {
	*visit
	// since is the last look at which the feed was whole, items what it had shown, known and current find
	// an item among those and among what it shows now.
	since          time.Time
	items          []kaisei.Sighting
	known, current *register
	// reached: an item was met that the feed had shown; over: what follows is older still.
	reached, over bool
	out           []backfilled
}

// run reads pages of the listing until one shows what the feed had shown. It returns why it could not, or "".
func (f *filling) run(ctx context.Context, list kaisei.Source) (why string, err error) {
	list.Keywords, list.Layer, list.Language = f.s.Keywords, f.s.Layer, f.s.Language
	pages := MaxBackfillPages
	if list.Pages == "" {
		pages = 1
	}
	for n := 1; n <= pages && !f.over; n++ {
		url := list.URL
		if list.Pages != "" {
			url = strings.ReplaceAll(list.Pages, "{page}", strconv.Itoa(n))
		}
		if f.exhausted(url, false) {
			return fmt.Sprintf("one look makes %d requests at most, and none at a host that asked to be left alone", MaxFetches), nil
		}
		if why, err := f.page(ctx, list, url); err != nil || why != "" {
			return why, err
		}
	}
	if !f.reached {
		return fmt.Sprintf("the first %d pages of %s do not reach back to the look before", pages, list.ID), nil
	}
	return "", nil
}

// page reads one page of the listing.
func (f *filling) page(ctx context.Context, list kaisei.Source, url string) (why string, err error) {
	p := page{look: kaisei.Look{Source: f.s.ID, At: f.w.now(), URL: url}}
	if err := f.ask(ctx, &p, kaisei.Request{URL: url, Policy: list.Fetch}); err != nil {
		return "", err
	}
	if p.unasked {
		return list.ID + " could not be read: " + p.look.Detail, nil
	}
	if p.fault != nil {
		return list.ID + " could not be read: " + p.look.Detail, f.record(p.look)
	}
	targets, err := f.w.Catalog.Targets(list, p.capture, "")
	if err != nil {
		look := p.failed(err)
		return list.ID + " could not be read: " + look.Detail, f.record(look)
	}
	day := f.newestDay()
	b := backfilled{page: p}
	for _, t := range targets {
		if t.As != kaisei.FollowItem {
			continue
		}
		t.URL = f.addressOf(t.URL)
		// Of the day of the last look there may be more than the feed had room for.
		f.over = f.reached && (day.IsZero() || t.Published.Before(day))
		if i, ok := f.known.find(t.URL, t.Title, t.Published); ok {
			f.reached = f.reached || i < len(f.items) && !f.items[i].First.After(f.since)
			continue
		}
		if _, ok := f.current.find(t.URL, t.Title, t.Published); ok || f.over {
			continue
		}
		f.current.add(t.URL, t.Title, t.Published, 0)
		b.targets = append(b.targets, t)
	}
	f.out = append(f.out, b)
	p.look.Verdict = kaisei.VerdictListing
	p.look.Detail = fmt.Sprintf("read back for %s: %d items that it had not shown", f.s.ID, len(b.targets))
	return "", f.record(p.look)
}

// newestDay is the latest day of what the feed had shown at the look before the gap: of that day there may
// be more.
func (f *filling) newestDay() kaisei.Date {
	var day kaisei.Date
	for _, s := range f.items {
		if !s.First.After(f.since) && day.Before(s.Published) {
			day = s.Published
		}
	}
	return day
}

// addressOf is the address that the feed would have given an item of the listing.
func (f *filling) addressOf(url string) string {
	if f.s.Backfill.URL == "" || f.known.same == nil {
		return url
	}
	if id := f.known.same(url); id != "" {
		return strings.ReplaceAll(f.s.Backfill.URL, "{same}", id)
	}
	return url
}

// sameBy returns what tells an item from others in its address, nil where that is the whole address.
func sameBy(b kaisei.Backfill) func(url string) string {
	if b.Same == "" {
		return nil
	}
	re, err := regexp.Compile(b.Same)
	if err != nil {
		return nil // the catalogue was checked when it was loaded
	}
	return func(url string) string {
		if m := re.FindStringSubmatch(url); len(m) > 1 {
			return m[1]
		}
		return ""
	}
}

// row returns a source of the catalogue, also one that is not watched.
func (w *Watcher) row(id string) (kaisei.Source, bool) {
	all := w.Catalog.Sources()
	if i := slices.IndexFunc(all, func(s kaisei.Source) bool { return s.ID == id }); i >= 0 {
		return all[i], true
	}
	return kaisei.Source{}, false
}
