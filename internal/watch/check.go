package watch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kaisei/internal/kaisei"
)

// Check looks at a source once: it fetches the source's URL, works out what that
// offers, reads every document that is new or due and commits what it finds. A
// failure to fetch or read is a verdict in the ledger and not an error; an error
// means that the store failed or ctx ended, and that the look is to be made again.
//
// A reader that panics on a malformed page makes a failed look of it and stops nothing else.
func (w *Watcher) Check(ctx context.Context, s kaisei.Source, o Options) (r Report, err error) {
	release, err := w.hold(ctx, s.ID)
	if err != nil {
		return Report{Source: s.ID}, err
	}
	defer release()
	defer func() {
		if p := recover(); p != nil {
			w.log().Error("look panicked", "source", s.ID, "err", fmt.Sprint(p))
			r, err = w.broken(s, fmt.Sprintf("reading panicked: %v; please report this with the page", p))
		}
	}()
	v := &visit{w: w, s: s, all: o.All, believe: o.Believe, report: Report{Source: s.ID}, done: map[string]bool{}, probed: map[string]bool{}}
	defer v.rise()
	if err := v.sit(ctx); err != nil {
		return v.report, err
	}
	if err := v.begin(); err != nil {
		return v.report, err
	}
	if o.Waiting || o.Due && v.w.now().Before(scheduled(s, v.poll)) {
		if err := v.narrow(); err != nil {
			return v.report, err
		}
	}
	if v.only == nil || len(v.only) > 0 {
		if err := v.source(ctx); err != nil {
			return v.report, err
		}
	}
	if err := v.end(); err != nil {
		return v.report, err
	}
	return v.report, nil
}

// visit is the state of one look at one source. It lives for one Check.
type visit struct {
	w   *Watcher
	s   kaisei.Source
	all bool
	// believe takes what is read for what it says, on an operator's word.
	believe bool
	// shown holds the address that showed a text in this visit, by the hash of the text.
	shown  map[string]string
	poll   kaisei.Poll
	leads  *leads
	report Report
	// done holds URLs already asked for in this visit: a page that links to itself is read once.
	done map[string]bool
	// probed holds the URLs of documents that are no longer offered: that one of them is not there
	// is a finding and not a failure of the source.
	probed map[string]bool
	// fetches counts requests against MaxFetches; skipped counts targets left for the next look.
	fetches, skipped int
	// fresh counts requests for addresses that were never asked before, against MaxFresh.
	fresh int
	// retryAfter is how long a server asked to be left alone, askedBy which host.
	retryAfter time.Duration
	askedBy    string
	// alone holds hosts that asked to be left alone and are not asked in this visit any more; left counts
	// what was not asked for because of that.
	alone map[string]bool
	left  int
	// offered and relevant count the items of a feed or list.
	offered, relevant int
	// only, where not nil, holds the addresses that this visit is for: those that wait for a further
	// look, and the listings that lead to them.
	only map[string]bool
	// next is when the first of the addresses that wait is to be asked for again, or zero.
	next time.Time
	// days are those that the listings of this look print beside what they offer.
	days []int
	// offer is what the source's own page offers, where it was read.
	offer offer
	// seated is true while the visit holds a seat.
	seated bool
	// wrote is true once the visit wrote something that is not quiet.
	wrote bool
}

func (v *visit) begin() error {
	p, known, err := v.w.Store.Poll(v.s.ID)
	if err != nil {
		return fmt.Errorf("read schedule state of %s: %w", v.s.ID, err)
	}
	leads, err := v.w.Store.Leads(v.s.ID)
	if err != nil {
		return fmt.Errorf("read leads of %s: %w", v.s.ID, err)
	}
	// A source that was renamed goes on where it was under its former name.
	for i := 0; !known && i < len(v.s.Was); i++ {
		if p, known, err = v.w.Store.Poll(v.s.Was[i]); err != nil {
			return fmt.Errorf("read schedule state of %s: %w", v.s.Was[i], err)
		}
		if leads, err = v.w.Store.Leads(v.s.Was[i]); err != nil {
			return fmt.Errorf("read leads of %s: %w", v.s.Was[i], err)
		}
		for j := range leads {
			leads[j].Source = v.s.ID
		}
		if len(leads) > 0 {
			if err := v.w.Store.SaveLeads(leads); err != nil {
				return fmt.Errorf("keep leads of %s: %w", v.s.ID, err)
			}
		}
	}
	v.poll = p
	v.poll.Source = v.s.ID
	v.leads = newLeads(v.s.ID, v.s.Was, leads)
	return nil
}

// source looks at the source's own URL and then at everything it leads to.
func (v *visit) source(ctx context.Context) error {
	p, err := v.open(ctx, v.s.URL)
	if err != nil {
		return err
	}
	if p.unasked {
		return nil // it is looked at when the host may be asked: see end
	}
	if p.same && v.s.Kind == kaisei.KindPage {
		if done, err := v.unchanged(p, v.s.ID); done || err != nil {
			return err
		}
	}
	baseline := v.poll.FirstGood.IsZero()
	return v.listing(ctx, p, "", baseline, 0)
}

// listing takes up what a page offers. The page's own look and validators are
// committed last, after the documents it led to, so that a crash in between makes
// the next look read the page again instead of answering 304 to it.
func (v *visit) listing(ctx context.Context, p page, as kaisei.FollowAs, baseline bool, depth int) error {
	if err := v.fill(ctx, &p); err != nil {
		return err
	}
	if p.fault != nil {
		if depth == 0 {
			return v.missing(p, v.s.ID) // the page may be a document of its own
		}
		return v.record(p.look)
	}
	// What a page of its own shows is kept where it is read as a document.
	if !p.same && v.s.Kind != kaisei.KindPage {
		if err := v.w.Store.SaveCapture(p.capture, p.seen.Hash); err != nil {
			return fmt.Errorf("keep evidence of %s: %w", p.capture.URL, err)
		}
	}
	targets, err := v.w.Catalog.Targets(v.s, p.capture, as)
	if err != nil {
		return v.record(v.namedStandIn(p, p.failed(err)))
	}
	targets, away := v.allowed(targets)
	if len(targets) > MaxTargets {
		p.look.Detail = fmt.Sprintf("the page offers %d links; only the first %d are followed: narrow its follow rules", len(targets), MaxTargets)
		targets = targets[:MaxTargets]
	}
	own := len(targets) == 1 && targets[0].Document == v.s.ID && targets[0].Blocks == nil && targets[0].As == kaisei.FollowDocument
	if own {
		return v.document(ctx, targets[0], p, v.leads.take(targets[0], p.capture.URL, baseline, p.capture.At))
	}
	var shown *parade
	if depth == 0 {
		if shown, err = v.parade(ctx, p, targets, baseline); err != nil {
			return err
		}
	}
	found := make([]kaisei.Lead, len(targets))
	for i, t := range targets {
		if t.As == kaisei.FollowItem {
			v.offered++
			if !t.Relevant {
				continue
			}
			v.relevant++
			if shown.wasReadBack(t) {
				targets[i].Relevant = false
				continue
			}
		}
		found[i] = v.leads.take(t, p.capture.URL, baseline, p.capture.At)
	}
	doubt := ""
	if !p.same || v.poll.Offer == "" {
		v.days = append(v.days, newsDays(targets, v.w.now())...)
		if depth == 0 && as == "" {
			v.offer = offerOf(targets)
			doubt = v.lost(p)
		}
	}
	var dropped []kaisei.Lead
	if doubt == "" {
		dropped = v.leads.dropped(p.capture.URL, found, p.capture.At)
	}
	news := v.leads.changed()
	if len(news) > 0 {
		if err := v.w.Store.SaveLeads(news); err != nil {
			return fmt.Errorf("keep leads of %s: %w", v.s.ID, err)
		}
	}
	before := len(v.report.Changes)
	if err := shown.pass(ctx, found); err != nil {
		return err
	}
	order, err := v.order(targets)
	if err != nil {
		return err
	}
	for _, i := range order {
		if err := v.target(ctx, targets[i], found[i], p, depth); err != nil {
			return err
		}
	}
	if v.only == nil {
		if err := v.probe(ctx, p, dropped); err != nil {
			return err
		}
	}
	look := p.look
	if doubt != "" {
		look.Verdict, look.Cause, look.Detail = kaisei.VerdictSuspect, kaisei.CauseCollapsed, doubt
		seen := p.seen
		seen.URL, seen.At = look.URL, look.At
		seen.Pending = kaisei.Pending{Cause: look.Cause, Since: look.At, Shown: []kaisei.Shown{{Hash: p.capture.Hash, Text: v.offer.hash, At: look.At}}}
		return v.commit(kaisei.Commit{Look: look, Seen: &seen})
	}
	if !p.same {
		look.Verdict = kaisei.VerdictListing
	}
	if v.offered > 0 && look.Detail == "" {
		look.Detail = fmt.Sprintf("%d items, %d about the subject", v.offered, v.relevant)
	}
	look.Detail = joined(joined(shown.gapDetail(), look.Detail), away)
	if depth == 0 {
		v.pace(p.capture, &look)
	}
	c := kaisei.Commit{Look: look, Seen: p.remember(), Sightings: shown.sightings()}
	if !p.same {
		c.Capture = &p.capture.Snapshot
	}
	if !p.same && len(news) == 0 && len(v.report.Changes) == before {
		c.Drop = p.seen.Hash
	}
	return v.commit(c)
}

// order says in which order targets are taken up: first the records that need no request, in
// the order of events (feeds and lists show the newest first); then what was never asked
// for, then what was asked longest ago, so that nothing starves where one look cannot
// ask for everything.
func (v *visit) order(targets []kaisei.Target) ([]int, error) {
	var order []int
	asked := make([]time.Time, len(targets))
	for i := len(targets) - 1; i >= 0; i-- {
		t := targets[i]
		if t.As == kaisei.FollowItem && !t.Relevant {
			continue
		}
		order = append(order, i)
		if t.Blocks == nil {
			seen, _, err := v.w.Store.Seen(v.s.ID, t.URL)
			if err != nil {
				return nil, fmt.Errorf("read what was seen at %s: %w", t.URL, err)
			}
			asked[i] = newest(seen.At, v.w.lastTried(t.URL))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if ra, rb := targets[a].Blocks != nil, targets[b].Blocks != nil; ra != rb {
			if ra {
				return -1
			}
			return 1
		}
		return asked[a].Compare(asked[b])
	})
	return order, nil
}

// target takes up one thing that a listing offers.
func (v *visit) target(ctx context.Context, t kaisei.Target, l kaisei.Lead, from page, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case t.Blocks != nil:
		return v.inline(t, l, from)
	case t.As == kaisei.FollowListing:
		return v.follow(ctx, t, l, depth+1)
	case t.As != kaisei.FollowDocument:
		return nil
	}
	if earlier, err := v.earlier(t, l); err != nil || earlier {
		return err
	}
	due, err := v.due(t.URL)
	if err != nil || !due {
		return err
	}
	p, err := v.open(ctx, t.URL)
	if err != nil || p.unasked {
		return err
	}
	p.look.Document = l.Document
	p.from = &from
	return v.document(ctx, t, p, l)
}

// follow reads a further listing.
func (v *visit) follow(ctx context.Context, t kaisei.Target, l kaisei.Lead, depth int) error {
	if depth > MaxListingDepth || v.done[t.URL] {
		return nil
	}
	seen, read, err := v.w.Store.Seen(v.s.ID, t.URL)
	if err != nil {
		return fmt.Errorf("read what was seen at %s: %w", t.URL, err)
	}
	if v.only != nil && !v.only[t.URL] {
		return nil
	}
	if v.only == nil && read && !v.all && v.w.now().Before(seen.At.Add(v.s.Recheck)) {
		pending, err := v.leads.unread(v.w.Store, t.URL)
		if err != nil {
			return fmt.Errorf("look for unread documents of %s: %w", t.URL, err)
		}
		if !pending {
			return nil
		}
	}
	if v.exhausted(t.URL, !read) {
		return nil
	}
	p, err := v.open(ctx, t.URL)
	if err != nil || p.unasked {
		return err
	}
	p.look.Document = l.Document
	return v.listing(ctx, p, kaisei.FollowListing, l.Baseline && !read, depth)
}

// due reports whether a document's URL is to be asked for in this look.
func (v *visit) due(url string) (bool, error) {
	if v.done[url] {
		return false, nil
	}
	seen, read, err := v.w.Store.Seen(v.s.ID, url)
	if err != nil {
		return false, fmt.Errorf("read what was seen at %s: %w", url, err)
	}
	asked := !read || v.all || seen.Pending.Waits() || !v.w.now().Before(seen.At.Add(v.s.Recheck))
	if v.only != nil {
		asked = v.only[url]
	}
	if !asked {
		v.waiting(seen.Again)
		return false, nil
	}
	return !v.exhausted(url, !read), nil
}

// exhausted reports whether the URL, one that was never asked before where fresh is true, is left for the
// next look.
func (v *visit) exhausted(url string, fresh bool) bool {
	if v.alone[kaisei.Host(url)] {
		v.left++
		return true
	}
	settled := !v.poll.FirstGood.IsZero() && v.w.now().Sub(v.poll.FirstGood) > FreshAfter
	if v.fetches >= MaxFetches || fresh && settled && v.fresh >= MaxFresh {
		v.skipped++
		return true
	}
	if fresh {
		v.fresh++
	}
	return false
}
