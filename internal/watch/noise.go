package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaisei/internal/diff"
	"kaisei/internal/extract"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"kaisei/internal/noise"
)

// Bounds of what is learned of a page.
const (
	// Relearn is how long what was learned is believed: then the page is looked at twice again, and a spot
	// that did not vary in the meantime is forgotten.
	Relearn = 30 * 24 * time.Hour
	// LearnLooks is how many looks, Watcher.Settle apart, follow the first reading to learn it.
	LearnLooks = 2
	// FlipWithin is within which time a text that comes back makes a page suspected of alternating; SuspectLooks
	// is at how many looks in a row such a page must show a text that is told.
	FlipWithin   = 24 * time.Hour
	SuspectLooks = 4
	// SteadyLooks is for how many looks in a row a spot that was seen returning may show another text than the
	// latest version before that text is told after all; FreshLooks the same for one that never returned.
	SteadyLooks = 24
	FreshLooks  = 3
	// MaxAside is how many things set aside are remembered of one page.
	MaxAside = 32
)

// noisy reports whether edits of a document are sifted: those of web pages, and of the words of an index page.
func (v *visit) noisy(t kaisei.Target, next kaisei.Version) bool {
	return next.Format == extract.FormatHTML || t.Blocks != nil && v.s.Kind == kaisei.KindIndex && next.Document == v.s.ID
}

// shownBlocks reads again what an address showed; ok is false where its bytes are gone.
func (v *visit) shownBlocks(ctx context.Context, t kaisei.Target, c kaisei.Capture, s kaisei.Shown) ([]kaisei.Block, bool, error) {
	body, err := v.w.Store.Body(s.Hash)
	if err != nil {
		v.w.log().Warn("the bytes of a reading that waits are not stored; it is looked at anew", "source", v.s.ID, "err", err)
		return nil, false, nil
	}
	c.Body = body
	read, err := v.w.Read.Read(ctx, v.input(t, c))
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	if err != nil {
		return nil, false, nil
	}
	return read.Blocks, true, nil
}

// sameAsLast reports whether a reading shows what the last one that waits showed, noise aside.
func (v *visit) sameAsLast(ctx context.Context, t kaisei.Target, p *page, next kaisei.Version, pending kaisei.Pending) (bool, error) {
	last := pending.Last()
	if last.Text == next.TextHash {
		return true, nil
	}
	if next.Format != extract.FormatHTML {
		return false, nil
	}
	blocks, ok, err := v.shownBlocks(ctx, t, p.capture, last)
	if err != nil || !ok {
		return false, err
	}
	return len(noise.Sift(diff.Blocks(blocks, next.Blocks), p.seen.Spots).Real) == 0, nil
}

// needs is at how many looks in a row a page must show the same before it is told. Two will do for a
// clause; more are needed where whole lines come and go as banners do, for each time that the looks so far
// disagreed, right after the first reading, and where the page is suspected of alternating between texts.
func (v *visit) needs(p page, prev, next kaisei.Version, pending kaisei.Pending, found comparison) (int, error) {
	n := 2
	loose := slices.ContainsFunc(found.edits, func(e kaisei.Edit) bool { return !noise.Binds(e) })
	if slices.ContainsFunc(found.edits, noise.LikeBanner) {
		n = 3
	}
	if loose {
		for _, s := range pending.Shown[1:] {
			if !s.Same {
				n++
			}
		}
		if prev.Seq == 1 && pending.Shown[0].At.Sub(prev.SeenAt) < (LearnLooks+2)*v.w.Settle {
			n = max(n, SuspectLooks)
		}
	}
	if slices.ContainsFunc(p.seen.Spots, func(s kaisei.Spot) bool {
		return s.Rule == noise.RuleRotating && slices.ContainsFunc(found.edits, func(e kaisei.Edit) bool { return noise.Concerns(s, e) })
	}) {
		return max(n, SuspectLooks), nil
	}
	versions, err := v.w.Store.Versions(next.Document)
	if err != nil {
		return 0, fmt.Errorf("read the versions of %s: %w", next.Document, err)
	}
	for _, old := range versions {
		if old.Seq != prev.Seq && old.TextHash == next.TextHash && p.look.At.Sub(prev.SeenAt) < FlipWithin {
			n = max(n, SuspectLooks)
		}
	}
	return n, nil
}

// learn looks for spots that say nothing in what the looks of a page showed that do not agree. It adds them
// to the page and reports whether there are any.
func (v *visit) learn(ctx context.Context, t kaisei.Target, p *page, prev, next kaisei.Version, pending kaisei.Pending) (bool, error) {
	readings := [][]kaisei.Block{prev.Blocks}
	var looks []time.Time
	for _, s := range pending.Shown[:len(pending.Shown)-1] {
		blocks, ok, err := v.shownBlocks(ctx, t, p.capture, s)
		if err != nil {
			return false, err
		}
		if ok {
			readings, looks = append(readings, blocks), append(looks, s.At)
		}
	}
	readings, looks = append(readings, next.Blocks), append(looks, p.look.At)
	if len(readings) < 3 {
		return false, nil
	}
	if len(noise.Lasting(prev.Blocks, readings[1:], p.seen.Spots)) > 0 {
		return false, nil // a sentence that stays is no text of a spot that rotates
	}
	sift := func(a, b []kaisei.Block) []kaisei.Edit { return noise.Sift(diff.Blocks(a, b), p.seen.Spots).Real }
	n := len(readings)
	var steps [][]kaisei.Edit
	for i := 1; i < n; i++ {
		steps = append(steps, sift(readings[i-1], readings[i]))
	}
	var grown bool
	p.seen.Spots, grown = noise.Grow(p.seen.Spots, steps[n-2])
	stamp := func(list []kaisei.Spot, times int) []kaisei.Spot {
		for i := range list {
			list[i].Since, list[i].Varied, list[i].Looks, list[i].Times = p.look.At, p.look.At, looks, times
		}
		return list
	}
	learned := stamp(noise.Tokens(steps[n-3], steps[n-2]), 0)
	if len(pending.Shown) > SettleLooks {
		learned = append(learned, stamp(noise.Restless(steps[1:]), 0)...)
	}
	p.seen.Spots = noise.Merge(p.seen.Spots, learned)
	if len(pending.Shown) > SettleLooks {
		// What those explain is no text that rotates.
		var passing [][]kaisei.Edit
		for i := 2; i < n; i++ {
			passing = append(passing, noise.Passing(sift(readings[i-1], readings[i]), readings))
		}
		rotating := stamp(noise.Rotating(passing, sift(prev.Blocks, next.Blocks)), kaisei.SpotTimes)
		p.seen.Spots = noise.Merge(p.seen.Spots, rotating)
		learned = append(learned, rotating...)
	}
	return grown || len(learned) > 0, nil
}

// restless reports whether an edit is of a spot that rotates: what it shows for the first time is not told
// because it stood still for a look.
func (p page) restless(edits []kaisei.Edit) bool {
	return slices.ContainsFunc(p.seen.Spots, func(s kaisei.Spot) bool {
		return s.Rule == noise.RuleRotating && s.Active() && slices.ContainsFunc(edits, func(e kaisei.Edit) bool { return noise.Concerns(s, e) })
	})
}

// lasting reports whether the last looks show a sentence that stays beside texts that rotate: it is told, with
// what rotates, because the page never shows the same twice.
func (v *visit) lasting(ctx context.Context, t kaisei.Target, p *page, prev, next kaisei.Version, pending kaisei.Pending) (bool, error) {
	if len(pending.Shown) < FreshLooks {
		return false, nil
	}
	readings := [][]kaisei.Block{next.Blocks}
	for _, s := range pending.Shown[len(pending.Shown)-FreshLooks : len(pending.Shown)-1] {
		blocks, ok, err := v.shownBlocks(ctx, t, p.capture, s)
		if err != nil || !ok {
			return false, err
		}
		readings = append(readings, blocks)
	}
	return len(noise.Lasting(prev.Blocks, readings, p.seen.Spots)) > 0, nil
}

// overdue reports whether a page that never shows the same twice shows something else besides that has been the
// same for two looks: it is told, with what does not settle, because nothing else would ever be.
func (v *visit) overdue(ctx context.Context, t kaisei.Target, p *page, next kaisei.Version, pending kaisei.Pending, found comparison) (bool, error) {
	if len(pending.Shown) <= SettleLooks {
		return false, nil
	}
	settled := found.edits
	later := next.Blocks
	for _, s := range slices.Backward(pending.Shown[len(pending.Shown)-3 : len(pending.Shown)-1]) {
		blocks, ok, err := v.shownBlocks(ctx, t, p.capture, s)
		if err != nil || !ok {
			return false, err
		}
		between := noise.Sift(diff.Blocks(blocks, later), p.seen.Spots).Real
		settled = slices.DeleteFunc(slices.Clone(settled), func(e kaisei.Edit) bool { return noise.Unsettled(e, between) })
		later = blocks
	}
	return len(settled) > 0 && !p.restless(settled), nil
}

// returned notes that what a page showed gave way to its latest version again. Texts that do so twice
// within FlipWithin alternate.
func (v *visit) returned(ctx context.Context, t kaisei.Target, p *page, prev kaisei.Version, pending kaisei.Pending) error {
	if pending.Cause != kaisei.CauseUnconfirmed {
		return nil
	}
	blocks, ok, err := v.shownBlocks(ctx, t, p.capture, pending.Last())
	if err != nil || !ok {
		return err
	}
	found := noise.Flips(noise.Sift(diff.Blocks(prev.Blocks, blocks), p.seen.Spots).Real)
	spots := slices.Clone(p.seen.Spots)
	for i, s := range spots {
		if !s.Active() && p.look.At.Sub(s.Varied) > FlipWithin {
			spots[i].Times = 0
		}
	}
	for i := range found {
		found[i].Since, found[i].Varied, found[i].Looks, found[i].Times, found[i].Back = p.look.At, p.look.At, []time.Time{pending.Last().At, p.look.At}, 1, true
	}
	p.seen.Spots = noise.Merge(spots, found)
	return nil
}

// learnLater has a page looked at again soon after its first reading, and rarely after that, to learn what of
// it changes without saying anything. page says that it is a web page.
func (v *visit) learnLater(s *kaisei.Seen, page bool) {
	switch {
	case v.w.Settle <= 0:
		return
	case s.Learning > 0:
		s.Learning--
	case page && s.At.Sub(s.Learned) >= Relearn:
		s.Spots = slices.DeleteFunc(slices.Clone(s.Spots), func(k kaisei.Spot) bool {
			return k.Showing == "" && s.At.Sub(k.Varied) >= Relearn
		})
		s.Learned, s.Learning = s.At, LearnLooks
	}
	if s.Learning > 0 {
		s.Again = s.At.Add(v.w.Settle)
	}
}

// nothing is what a rotating spot shows where nothing stands there.
const nothing = "∅"

// setAside takes what a comparison set aside into what is remembered of the page and into its look.
func (p *page) setAside(found comparison) {
	p.seen.Spots = moved(p.seen.Spots, found.showing, p.look.At)
	if len(found.aside) > 0 {
		a := found.aside[0]
		more := ""
		if n := len(found.aside) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		p.look.Detail = joined(p.look.Detail, fmt.Sprintf("set aside by %s: 「%s」→「%s」%s", noise.Names(found.aside), clip(a.Before, placeRunes), clip(a.After, placeRunes), more))
	}
	list := found.aside
	for _, n := range p.notes {
		if words, ok := strings.CutPrefix(n, setAside+": "); ok {
			if rule := noise.Whole(words); rule != "" {
				list = append(list, kaisei.Aside{Rule: rule, After: words})
			}
		}
	}
	for _, a := range list {
		p.seen.Aside = tally(p.seen.Aside, a, p.look.At)
	}
}

// moved notes what the spots of a page show now.
func moved(spots []kaisei.Spot, showing map[int]string, at time.Time) []kaisei.Spot {
	if len(spots) == 0 {
		return spots
	}
	out := slices.Clone(spots)
	for i := range out {
		s := &out[i]
		now, away := showing[i]
		if away && now == "" {
			now = nothing
		}
		if away {
			now = noise.Value(now)
		}
		switch {
		case !away && s.Showing != "":
			s.Showing, s.Steady, s.Varied, s.Back = "", 0, at, true
		case away && ja.Key(now) == ja.Key(s.Showing):
			s.Steady++
		case away:
			s.Showing, s.Steady, s.Varied = now, 1, at
		}
	}
	return out
}

// unrest returns the spots without the rotating ones that came to rest at a text that the latest version does
// not have: that text is told after all.
func unrest(spots []kaisei.Spot) []kaisei.Spot {
	return slices.DeleteFunc(slices.Clone(spots), func(s kaisei.Spot) bool {
		limit := FreshLooks
		if s.Back {
			limit = SteadyLooks
		}
		return s.Rule == noise.RuleRotating && s.Active() && s.Steady >= limit
	})
}

// stayed notes that the page shows what it showed at the look before.
func stayed(spots []kaisei.Spot) []kaisei.Spot {
	if !slices.ContainsFunc(spots, func(s kaisei.Spot) bool { return s.Showing != "" }) {
		return spots
	}
	out := slices.Clone(spots)
	for i := range out {
		if out[i].Showing != "" {
			out[i].Steady++
		}
	}
	return out
}

// tally counts one thing that was set aside; what differs from an earlier one in its numbers alone is the same.
func tally(list []kaisei.Aside, a kaisei.Aside, at time.Time) []kaisei.Aside {
	out := slices.Clone(list)
	a.First, a.Last, a.Count = at, at, 1
	a.Before, a.After = clip(a.Before, asideRunes), clip(a.After, asideRunes)
	i := slices.IndexFunc(out, func(k kaisei.Aside) bool {
		return k.Rule == a.Rule && slices.Equal(k.Path, a.Path) && (a.Rule == noise.RuleRotating || noise.Alike(k.After, a.After))
	})
	if i >= 0 {
		a.First, a.Count = out[i].First, out[i].Count+1
		out = slices.Delete(out, i, i+1)
	}
	out = slices.Insert(out, 0, a)
	return out[:min(len(out), MaxAside)]
}

// asideRunes bounds how much of a text that was set aside is remembered.
const asideRunes = 120

// ForgetNoise forgets what was learned and set aside at the address of a document's latest version, and reports
// whether there was anything. It waits for a look at the source that is under way.
func (w *Watcher) ForgetNoise(ctx context.Context, document string) (bool, error) {
	head, known, err := w.Store.Head(document)
	if err != nil {
		return false, fmt.Errorf("read the latest version of %s: %w", document, err)
	}
	if !known {
		return false, fmt.Errorf("there is no document %q: 'kaisei documents list' names them", document)
	}
	release, err := w.hold(ctx, head.Source)
	if err != nil {
		return false, err
	}
	defer release()
	return w.Store.ForgetNoise(head.Source, head.Snapshot.URL)
}
