package watch

import (
	"context"
	"fmt"
	"time"

	"kaisei/internal/kaisei"
)

// Bounds of the search for what was withdrawn.
const (
	// GoneLooks is how many looks in a row must find nothing at a document's address, over at least
	// GoneOver, before the document is called withdrawn.
	GoneLooks = 3
	GoneOver  = 3 * 24 * time.Hour
	// ProbeEvery is how often the address of a document that its listing no longer offers is asked for,
	// ProbeFor how long. What still answers after that was only taken off the list.
	ProbeEvery = 20 * time.Hour
	ProbeFor   = 14 * 24 * time.Hour
	// MaxProbes is the most such addresses in one look.
	MaxProbes = 20
)

// dropped returns the leads that the page at via led to and does not offer any more, and notes since
// when; one that is offered again is no longer dropped.
func (l *leads) dropped(via string, offered []kaisei.Lead, at time.Time) []kaisei.Lead {
	there := map[string]bool{}
	for _, o := range offered {
		there[o.Document] = true
	}
	var out []kaisei.Lead
	for _, id := range l.order {
		k := l.byID[id]
		switch {
		case k.As != kaisei.FollowDocument:
		case there[k.LeadsTo()]:
			if !k.Dropped.IsZero() {
				k.Dropped = time.Time{}
				l.dirty[id] = true
			}
		case k.Via == via:
			if k.Dropped.IsZero() {
				k.Dropped = at
				l.dirty[id] = true
			}
			out = append(out, *k)
		}
	}
	return out
}

// probe asks, at the address where they stood, for documents that the listing no longer offers: a list
// that grew too long leaves out what is still there. What changed there is read as ever.
func (v *visit) probe(ctx context.Context, from page, gone []kaisei.Lead) error {
	n := 0
	for _, l := range gone {
		if n == MaxProbes || v.w.now().Sub(l.Dropped) > ProbeFor || v.done[l.URL] {
			continue
		}
		l.Document = l.LeadsTo()
		head, known, err := v.w.Store.Head(l.Document)
		if err != nil {
			return fmt.Errorf("read the latest version of %s: %w", l.Document, err)
		}
		if !known || head.Gone || head.Source != v.s.ID || head.Snapshot.URL != l.URL {
			continue
		}
		seen, _, err := v.w.Store.Seen(v.s.ID, l.URL)
		if err != nil {
			return fmt.Errorf("read what was seen at %s: %w", l.URL, err)
		}
		if v.w.now().Sub(newest(seen.At, v.w.lastTried(l.URL))) < ProbeEvery || v.exhausted(l.URL, false) {
			continue
		}
		n++
		v.probed[l.URL] = true
		p, err := v.open(ctx, l.URL)
		if err != nil {
			return err
		}
		if p.unasked {
			continue
		}
		if p.fault != nil {
			if err := v.missing(p, l.Document); err != nil {
				return err
			}
			continue
		}
		p.look.Document, p.from = l.Document, &from
		t := kaisei.Target{
			As: kaisei.FollowDocument, Document: l.Document, Key: l.Key, Title: head.Title, Label: head.Label, URL: l.URL, Published: head.Published,
			Layer: head.Layer, Language: head.Language, Translates: v.w.Translates[l.Document], Relevant: true,
		}
		if err := v.document(ctx, t, p, l); err != nil {
			return err
		}
	}
	return nil
}

// missing records that a document was not found where it stood. Found missing often and long enough it
// is withdrawn, which is told once; every other failure is only a failure.
func (v *visit) missing(p page, document string) error {
	head, known, err := v.w.Store.Head(document)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", document, err)
	}
	if !p.look.Cause.Missing() || !known || head.Gone || head.Snapshot.URL != p.look.URL {
		return v.record(p.look)
	}
	p.look.Document = document
	since, n, err := v.missingSince(p.look)
	if err != nil {
		return err
	}
	if n < GoneLooks || p.look.At.Sub(since) < GoneOver {
		return v.record(p.look)
	}
	next := kaisei.Version{
		Document: document, Seq: head.Seq + 1, Source: v.s.ID, Label: head.Label, Title: head.Title, Layer: head.Layer, Language: head.Language,
		Published: head.Published, Snapshot: kaisei.Snapshot{URL: p.look.URL, Status: p.look.Status, At: p.look.At},
		PageURL: head.PageURL, Format: head.Format, Reader: head.Reader, Gone: true, SeenAt: v.w.now(),
	}
	t := kaisei.Target{As: kaisei.FollowDocument, Document: document, Title: head.Title, URL: p.look.URL, Relevant: true}
	return v.observe(t, p, kaisei.Lead{Document: document}, head, true, next)
}

// missingSince counts the looks in a row, with this one, that found nothing at an address, and
// returns the time of the first of them.
func (v *visit) missingSince(look kaisei.Look) (since time.Time, n int, err error) {
	looks, err := v.w.Store.Looks(v.s.ID, look.At.Add(-2*ProbeFor), 0)
	if err != nil {
		return since, 0, fmt.Errorf("read the ledger of %s: %w", v.s.ID, err)
	}
	since, n = look.At, 1
	for _, l := range looks {
		switch {
		case l.URL != look.URL:
			continue
		case l.Verdict.Good():
			return since, n, nil
		case l.Cause.Missing():
			since, n = l.At, n+1
		}
	}
	return since, n, nil
}

// withdrawnText is the last text of a document before it was withdrawn: what comes back is
// compared with it.
func (v *visit) withdrawnText(gone kaisei.Version) (kaisei.Version, error) {
	for seq := gone.Seq - 1; seq > 0; seq-- {
		old, ok, err := v.w.Store.Version(gone.Document, seq)
		if err != nil {
			return gone, fmt.Errorf("read version %d of %s: %w", seq, gone.Document, err)
		}
		if ok && !old.Gone {
			return old, nil
		}
	}
	return gone, nil
}
