package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"kaisei/internal/kaisei"
)

// MaxNewsDays is how many days of news are remembered of a source: enough for a high quantile of the
// gaps between them.
const MaxNewsDays = 32

// Bounds of what is believed of a listing.
const (
	// LossFrom is how many links a listing must have had for a loss of most to be doubted.
	LossFrom = 10
	// LossTo is the share of its links, in percent, below which it has lost most.
	LossTo = 30
	// LossDoubted is how long a listing that lost most of its links is doubted; one that stays as it
	// is was remade.
	LossDoubted = 24 * time.Hour
)

// offer is what a source's own page offered at a look.
type offer struct {
	hash  string
	links int
	// dated is true where most of what is offered has a day of its own, which says more of news than
	// that the list changed.
	dated bool
}

func offerOf(targets []kaisei.Target) offer {
	h := sha256.New()
	dated := 0
	for _, t := range targets {
		fmt.Fprintf(h, "%s\x00%s\n", t.URL, t.Title)
		if !t.Published.IsZero() {
			dated++
		}
	}
	return offer{hash: hex.EncodeToString(h.Sum(nil))[:16], links: len(targets), dated: dated*2 >= len(targets) && dated > 0}
}

// dayOf counts the days since 1970-01-01 in Japan.
func dayOf(t time.Time) int {
	return int((t.Unix() + jstOffset) / secondsPerDay)
}

// dayStart is the first instant of a day.
func dayStart(day int) time.Time { return time.Unix(int64(day)*secondsPerDay-jstOffset, 0).UTC() }

const (
	jstOffset     = 9 * 3600
	secondsPerDay = 24 * 3600
)

// newsDays are the days printed beside what a listing offers, without those to come: a day of taking
// force is no day of news.
func newsDays(targets []kaisei.Target, now time.Time) []int {
	var out []int
	today := dayOf(now)
	for _, t := range targets {
		if t.Published.IsZero() {
			continue
		}
		if d := dayOf(t.Published.Start()); d <= today && d > 0 {
			out = append(out, d)
		}
	}
	return out
}

// lively notes on which days the source showed something new.
func (v *visit) lively(now time.Time) {
	p, days := &v.poll, v.days
	if len(v.report.Changes) > 0 {
		days = append(days, dayOf(now))
	}
	if v.offer.hash != "" && p.LastVerdict.Good() {
		if !v.offer.dated && p.Offer != "" && p.Offer != v.offer.hash {
			days = append(days, dayOf(now))
		}
		p.Offer, p.Links = v.offer.hash, v.offer.links
	}
	if len(days) == 0 {
		return
	}
	all := append(slices.Clone(p.NewsDays), days...)
	slices.Sort(all)
	all = slices.Compact(all)
	p.NewsDays = all[max(0, len(all)-MaxNewsDays):]
}

// lost says why an index is doubted that offers little of what it did and nothing new, or "". What it
// still offers is taken up as ever, so that doubt delays no news; what it no longer offers is not
// taken for dropped.
func (v *visit) lost(p page) string {
	before, after := v.poll.Links, v.offer.links
	switch {
	case p.same, v.s.Kind != kaisei.KindIndex, before < LossFrom, after*100 >= before*LossTo,
		v.leads.fresh(),
		!v.poll.BadSince.IsZero() && p.look.At.Sub(v.poll.BadSince) >= LossDoubted:
		return ""
	}
	return fmt.Sprintf("the list fell from %d links to %d and shows nothing new: see whether the page was cut or moved; if it stays so, it is believed after %d hours", before, after, int(LossDoubted.Hours()))
}
