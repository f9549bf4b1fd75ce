package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
)

// Bounds of what waits for a further look. There is one mechanism for what is implausible and for a
// web page that changed in place: the reading is kept with the address and settled by looks that agree.
const (
	// DoubtFor is how long an implausible reading must have been shown before it is believed.
	DoubtFor = 50 * time.Minute
	// ReplacedFor is the same for a reading that leaves next to nothing of the text before at its address:
	// sites word their maintenance and error pages in ways that no list knows, and outages last for days.
	ReplacedFor = 3 * 24 * time.Hour
	// SettleLooks is how many further looks follow Watcher.Settle apart where a page shows something
	// else each time; after them the source's own schedule asks on.
	SettleLooks = 6
	// MaxShown is how many readings that wait are remembered of one address.
	MaxShown = 8
	// settleEarly is how much sooner than asked a look may come and still settle something.
	settleEarly = 5 * time.Second
)

// waits says why the next version of a document is not believed at this look alone, or "" where
// it is told at once. An in-place change of a web page waits, because pages hold counters and banners
// and come from several servers; feeds, records and files are told at once.
func (v *visit) waits(prev, next kaisei.Version, found comparison, d doubt) kaisei.Cause {
	switch {
	case d.cause != "":
		return d.cause
	case v.believe || v.w.Settle <= 0 || found.same || prev.Seq == 0 || prev.Gone:
		return ""
	case next.Format != extract.FormatHTML || prev.Snapshot.URL != next.Snapshot.URL:
		return ""
	}
	return kaisei.CauseUnconfirmed
}

// confirm decides what of a comparison is told at this look. It returns waits where the reading was
// committed as one that waits. What it learns of the page is in p.
func (v *visit) confirm(ctx context.Context, t kaisei.Target, p *page, prev, next kaisei.Version, found comparison, d doubt) (comparison, bool, error) {
	cause := v.waits(prev, next, found, d)
	pending := p.seen.Pending
	if pending.Document != next.Document {
		pending = kaisei.Pending{}
	}
	if cause == "" {
		if !found.same || !pending.Waits() {
			return found, false, nil
		}
		p.look.Detail = joined(gone(pending), p.look.Detail)
		return found, false, v.returned(ctx, t, p, prev, pending)
	}
	if doubted := cause != kaisei.CauseUnconfirmed; pending.Waits() && doubted != (pending.Cause != kaisei.CauseUnconfirmed) {
		if d.stays {
			return found, true, v.passOver(*p, pending, cause, d)
		}
		// A page that answers now with its text and now with something else is no page that rotates.
		pending = kaisei.Pending{}
	}
	shown := kaisei.Shown{Hash: next.Snapshot.Hash, Text: next.TextHash, At: p.look.At}
	var err error
	if pending.Waits() {
		if shown.Same, err = v.sameAsLast(ctx, t, p, next, pending); err != nil {
			return found, false, err
		}
	}
	pending.Shown = append(slices.Clone(pending.Shown), shown)
	needs, err := v.needs(*p, prev, next, pending, found)
	if err != nil {
		return found, false, err
	}
	long := DoubtFor
	if d.replaced {
		long = ReplacedFor
	}
	if !d.stays && (cause == kaisei.CauseUnconfirmed && settled(pending, v.w.Settle, needs) || cause != kaisei.CauseUnconfirmed && stood(pending, long)) {
		return found, false, nil
	}
	if cause == kaisei.CauseUnconfirmed && len(pending.Shown) > 1 && !shown.Same {
		if tell, err := v.lasting(ctx, t, p, prev, next, pending); err != nil || tell {
			return found, false, err
		}
		learned, err := v.learn(ctx, t, p, prev, next, pending)
		if err != nil {
			return found, false, err
		}
		if learned {
			if found, err = v.compare(t, prev, true, next, p.seen.Spots); err != nil {
				return found, false, err
			}
			if found.same {
				return found, false, nil
			}
			if again, err := v.sameAsLast(ctx, t, p, next, p.seen.Pending); err != nil || again && !p.restless(found.edits) {
				return found, false, err // all that still differed between the looks is noise
			}
		}
		if tell, err := v.overdue(ctx, t, p, next, pending, found); err != nil || tell {
			return found, false, err
		}
	}
	return found, true, v.wait(*p, next, pending, cause, cmp.Or(d.detail, unconfirmed(found.edits)))
}

// settled reports whether the looks so far bear out the last reading; needs is how many must agree.
func settled(p kaisei.Pending, settle time.Duration, needs int) bool {
	since, looks := lastRun(p)
	return looks >= needs && !p.Last().At.Before(since.Add(time.Duration(looks-1)*(settle-settleEarly)))
}

// stood reports whether the last reading, which is doubted, was shown for some time without another in between.
func stood(p kaisei.Pending, long time.Duration) bool {
	since, looks := lastRun(p)
	return looks > 1 && !p.Last().At.Before(since.Add(long))
}

// lastRun returns since when the last reading was shown without another in between, and at how many looks.
func lastRun(p kaisei.Pending) (since time.Time, looks int) {
	for _, s := range slices.Backward(p.Shown) {
		since, looks = s.At, looks+1
		if !s.Same {
			break
		}
	}
	return since, looks
}

// wait keeps a reading out of the history until a further look settles it.
func (v *visit) wait(p page, next kaisei.Version, pending kaisei.Pending, cause kaisei.Cause, why string) error {
	if pending.Since.IsZero() {
		pending.Since = p.look.At
	}
	pending.Document, pending.Cause = next.Document, cause
	if len(pending.Shown) > MaxShown {
		// The beginning of a run is kept: it says since when the page shows what it does.
		drop := 0
		if pending.Shown[1].Same {
			drop = 1
		}
		pending.Shown = slices.Delete(pending.Shown, drop, drop+1)
	}
	seen := p.seen
	seen.URL, seen.At = p.look.URL, p.look.At
	seen.Pending = pending
	seen.Again = v.again(pending, p.look.At)
	look := p.look
	look.Verdict, look.Cause, look.Detail = kaisei.VerdictSuspect, cause, why
	return v.commit(kaisei.Commit{Look: look, Seen: &seen})
}

// passOver records a page that stands in for another while a change of that one waits to be confirmed: it says
// nothing about the change, as a failed look does not.
func (v *visit) passOver(p page, pending kaisei.Pending, cause kaisei.Cause, d doubt) error {
	seen := p.seen
	seen.URL, seen.At = p.look.URL, p.look.At
	seen.Again = v.again(pending, p.look.At)
	look := p.look
	look.Verdict, look.Cause, look.Detail = kaisei.VerdictSuspect, cause, d.detail
	return v.commit(kaisei.Commit{Look: look, Seen: &seen})
}

// again is when an address is asked for again that shows something that waits, or the zero time where
// the schedule's own look will do.
func (v *visit) again(p kaisei.Pending, now time.Time) time.Time {
	_, looks := lastRun(p)
	switch {
	case v.w.Settle <= 0:
	case p.Cause != kaisei.CauseUnconfirmed && looks == 1:
		return now.Add(DoubtFor)
	case p.Cause == kaisei.CauseUnconfirmed && len(p.Shown) <= SettleLooks:
		return now.Add(v.w.Settle)
	}
	return time.Time{}
}

// unconfirmed says in the ledger what waits to be confirmed.
func unconfirmed(edits []kaisei.Edit) string {
	const more = "; it is told when a further look shows the same"
	if len(edits) == 0 {
		return "the page differs from the latest version" + more
	}
	return fmt.Sprintf("the page differs in %d places from the latest version, first %s%s", len(edits), place(edits[0]), more)
}

// gone says in the ledger that what an earlier look showed was not there any more.
func gone(p kaisei.Pending) string {
	at := p.Last().At.In(kaisei.JST).Format(time.DateTime)
	return fmt.Sprintf("what the look of %s (JST) showed is gone; it was not told, and its bytes %.12s are kept for a while", at, p.Last().Hash)
}

// placeRunes bounds how many characters of a text stand in the ledger's words on one place.
const placeRunes = 30

// place quotes what one edit changed and where.
func place(e kaisei.Edit) string {
	path := e.PathAfter
	if len(path) == 0 {
		path = e.PathBefore
	}
	where := ""
	if len(path) > 0 {
		where = " (" + clip(strings.Join(path, " › "), 2*placeRunes) + ")"
	}
	before, after := differing(e)
	return fmt.Sprintf("%s 「%s」→「%s」%s", e.Kind, clip(before, placeRunes), clip(after, placeRunes), where)
}

// differing returns the words of an edit from the first that differs on, and the whole where nothing is the same.
func differing(e kaisei.Edit) (before, after string) {
	if len(e.Spans) == 0 {
		return e.Before, e.After
	}
	var b, a strings.Builder
	for _, s := range e.Spans {
		switch s.Op {
		case kaisei.SpanDelete:
			b.WriteString(s.Text)
		case kaisei.SpanInsert:
			a.WriteString(s.Text)
		}
	}
	return b.String(), a.String()
}

// oneLine is the beginning of a text of several lines as one.
func oneLine(s string, n int) string { return clip(strings.Join(strings.Fields(s), " "), n) }

// clip cuts a text to n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// waiting notes when an address is to be asked for again.
func (v *visit) waiting(at time.Time) {
	if !at.IsZero() && (v.next.IsZero() || at.Before(v.next)) {
		v.next = at
	}
}

// narrow limits the visit to the addresses whose further look is due, and the listings that lead to them.
func (v *visit) narrow() error {
	v.only = map[string]bool{}
	via := map[string]string{}
	for _, id := range v.leads.order {
		if l := v.leads.byID[id]; l.As == kaisei.FollowListing {
			via[l.URL] = l.Via
		}
	}
	want := func(url, from string) error {
		seen, _, err := v.w.Store.Seen(v.s.ID, url)
		switch {
		case err != nil:
			return fmt.Errorf("read what was seen at %s: %w", url, err)
		case seen.Again.IsZero():
			return nil
		case v.w.now().Before(seen.Again.Add(-settleEarly)):
			v.waiting(seen.Again)
			return nil
		}
		v.only[url], v.only[v.s.URL] = true, true
		for range MaxListingDepth {
			v.only[from] = true
			from = via[from]
		}
		return nil
	}
	if err := want(v.s.URL, v.s.URL); err != nil {
		return err
	}
	for _, id := range v.leads.order {
		if l := v.leads.byID[id]; l.As == kaisei.FollowDocument {
			if err := want(l.URL, l.Via); err != nil {
				return err
			}
		}
	}
	return nil
}
