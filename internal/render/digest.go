package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// DigestData is what a digest tells: a closed range of change numbers and the state
// of every source when the digest was planned.
type DigestData struct {
	// Since and Until bound the period, Until exclusive.
	Since, Until time.Time
	// First and Last are the range of change numbers; Last < First where there are none.
	First, Last uint64
	// Cadence is "daily", "weekly" or "monthly"; "" where the period is of no rhythm.
	Cadence string
	// Missed counts the digests before that were not made when they were due, whose time this one covers.
	Missed  int
	Changes []kaisei.Change
	// Verified are the sources that were read in the period and showed nothing new.
	Verified []Verified
	// Unverified are the sources whose state today is not known.
	Unverified []Unverified
	// NotDue counts the sources of which no look was planned in the period.
	NotDue int
	// Coming is what the calendar lists at Until, in its order.
	Coming []calendar.Event
	// Behind are the translations that had not followed their originals at Until.
	Behind []Behind
	// Waiting are changes that nobody answered, the severest first and then the longest; WaitingMore counts those
	// that are left out.
	Waiting     []Waiting
	WaitingMore int
	// Answers are the last answers to changes of the digest, by their IDs.
	Answers map[string]kaisei.Answer
}

// Verified is a source that was read and showed nothing new.
type Verified struct {
	Source    string      `json:"source"`
	Title     kaisei.Text `json:"title"`
	Authority kaisei.Text `json:"authority"`
	// Looks counts the good looks in the period, Last is the latest.
	Looks int       `json:"looks"`
	Last  time.Time `json:"last"`
}

// Unverified is a source that could not be read.
type Unverified struct {
	Source    string      `json:"source"`
	Title     kaisei.Text `json:"title"`
	Authority kaisei.Text `json:"authority"`
	// Since is the last good look, zero where there never was one.
	Since    time.Time    `json:"since,omitzero"`
	Failures int          `json:"failures"`
	Cause    kaisei.Cause `json:"cause,omitempty"`
	Detail   string       `json:"detail,omitempty"`
}

// Bounds of a digest. Every change is named; only what surrounds it is bounded.
const (
	digestEdits     = 2  // differences quoted per change
	digestDetailed  = 60 // changes quoted with differences; the rest are named only
	digestComing    = 40
	maxDetail       = 240
	digestAuthority = 60 // authorities listed under verified
)

// DigestSubject returns the subject line of a digest.
func DigestSubject(d DigestData, o Options) string {
	l := o.lang()
	days := d.Since.In(kaisei.JST).Format("01-02") + "–" + d.Until.In(kaisei.JST).Format("01-02")
	return say(l, "digest.subject", digestName(d, l), days, digestSummary(d, l))
}

// digestName is what a digest of its cadence is called.
func digestName(d DigestData, lang Voice) string {
	switch d.Cadence {
	case "daily":
		return say(lang, "digest.daily")
	case "weekly":
		return say(lang, "digest.weekly")
	case "monthly":
		return say(lang, "digest.monthly")
	}
	return say(lang, "digest.of-period")
}

// Digest writes a period as plain text and as a complete HTML page: what changed, by
// layer and then severity, what is coming, what was verified unchanged, and what could not be verified
// and since when.
func Digest(d DigestData, o Options) (text, html string) {
	i := newIssue(d, o)
	return i.text(o), i.html()
}

// digestSummary is the digest in a line: "変化 7 件（高 1・中 2・低 4）／ …".
func digestSummary(d DigestData, lang Voice) string {
	changed := say(lang, "digest.nothing")
	if len(d.Changes) > 0 {
		n := map[kaisei.Severity]int{}
		for _, c := range d.Changes {
			n[c.Severity]++
		}
		var by []string
		for _, s := range slices.Backward(kaisei.Severities()) {
			if n[s] > 0 {
				by = append(by, SeverityName(s, lang)+" "+thousands(n[s]))
			}
		}
		changed = count(lang, "digest.changes", len(d.Changes)) + say(lang, "paren", strings.Join(by, say(lang, "list")))
	}
	parts := []string{changed}
	if n := len(d.Verified); n > 0 {
		parts = append(parts, say(lang, "digest.verified-short", count(lang, "digest.sources", n)))
	}
	if n := len(d.Waiting) + d.WaitingMore; n > 0 {
		parts = append(parts, count(lang, "digest.waiting-short", n))
	}
	if n := len(d.Unverified); n > 0 {
		parts = append(parts, say(lang, "digest.missed-short", count(lang, "digest.sources", n)))
	}
	return joined(parts, say(lang, "between"))
}

// issue is a digest before it takes a form.
type issue struct {
	voice                               Voice
	Lang, Name, Period, Missed, Summary string
	groups                              []group
	Nothing                             string
	Coming                              []comingLine
	ComingMore                          string
	Behind                              []behindLine
	BehindMore                          string
	Waiting                             []waitingLine
	WaitingMore                         string
	Verified                            string
	Authorities                         []string
	Unverified                          []string
	UnverifiedMore                      string
	IDs                                 string
}

type group struct {
	Name    string
	Entries []entry
}

// entry is one change in a digest.
type entry struct {
	severity kaisei.Severity
	card     card
	detailed bool
	answer   string
}

type comingLine struct{ When, Left, What, Title, URL string }

func newIssue(d DigestData, o Options) issue {
	l := o.lang()
	i := issue{
		voice: l, Lang: l.ID(), Name: digestName(d, l), Summary: digestSummary(d, l),
		Period: say(l, "digest.period", clock(d.Since), clock(d.Until)),
		groups: groups(d, o),
	}
	if d.Missed > 0 {
		i.Missed = count(l, "digest.missed", d.Missed)
	}
	i.Coming, i.ComingMore = comingLines(d, o)
	i.Behind, i.BehindMore = behindLines(d, o)
	i.Waiting, i.WaitingMore = waitingLines(d, o)
	if len(d.Changes) == 0 {
		i.Nothing = say(l, "digest.nothing-long")
		if n := len(d.Unverified); n > 0 {
			i.Nothing = joined([]string{i.Nothing, say(l, "digest.not-proof", count(l, "digest.sources", n))}, gapAfterStop(l))
		}
	}
	i.Verified, i.Authorities = verified(d.Verified, l)
	if d.NotDue > 0 {
		i.Verified = joined([]string{i.Verified, say(l, "digest.not-due", count(l, "digest.sources", d.NotDue))}, gapAfterStop(l))
	}
	i.Unverified, i.UnverifiedMore = unverifiedLines(d.Unverified, l)
	numbers := say(l, "digest.range-none")
	if d.Last >= d.First && d.Last > 0 {
		numbers = say(l, "digest.range", strconv.FormatUint(d.First, 10)+"–"+strconv.FormatUint(d.Last, 10))
	}
	i.IDs = joined([]string{numbers, Clean(o.Delivery)}, " · ")
	return i
}

func gapAfterStop(lang Voice) string {
	if lang.ID() == English {
		return " "
	}
	return ""
}

// groups orders changes by layer, strongest first, then severity, then number.
func groups(d DigestData, o Options) []group {
	l := o.lang()
	rank := map[kaisei.Layer]int{}
	for i, k := range kaisei.Layers() {
		rank[k] = i + 1
	}
	place := func(c kaisei.Change) int {
		if r := rank[c.Layer]; r > 0 {
			return r
		}
		return len(rank) + 1
	}
	changes := slices.Clone(d.Changes)
	slices.SortStableFunc(changes, func(a, b kaisei.Change) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
			cmp.Compare(a.Number, b.Number))
	})
	quote := o
	quote.MaxEdits, quote.Delivery = digestEdits, ""
	var out []group
	for i, c := range changes {
		if i == 0 || c.Layer != changes[i-1].Layer {
			name := LayerName(c.Layer, l)
			if f := Force(c.Layer, l); f != "" {
				name += say(l, "paren", f)
			}
			out = append(out, group{Name: name})
		}
		e := entry{severity: c.Severity, card: newCard(c, quote), detailed: i < digestDetailed}
		e.card.origin = authority(c, l)
		if a, ok := d.Answers[c.ID]; ok {
			e.answer = say(l, "answers") + say(l, "colon") + AnswerLine(a, l)
		}
		if n := len(c.Edits); n > 0 {
			e.card.more = count(l, "digest.more", n)
		}
		g := &out[len(out)-1]
		g.Entries = append(g.Entries, e)
	}
	return out
}

// comingLines are the days ahead, the nearest first, and how many more there are.
func comingLines(d DigestData, o Options) (lines []comingLine, more string) {
	l := o.lang()
	for i, e := range d.Coming {
		if i == digestComing {
			return lines, count(l, "digest.coming-more", len(d.Coming)-i)
		}
		w := comingLine{When: EventDay(e, l), What: EventName(e, l), Title: head(Clean(e.Title), maxTitle/2), URL: safeURL(e.URL)}
		if !e.At.IsZero() {
			w.When = clock(e.At)
		}
		for _, n := range []string{e.What, e.Note} {
			if n = head(Clean(n), maxNote/2); n != "" {
				w.What += say(l, "paren", n)
			}
		}
		if day := e.Day(); !day.IsZero() {
			w.Left = daysLeft(d.Until, day, l)
		}
		lines = append(lines, w)
	}
	return lines, ""
}

// daysLeft counts calendar days in Japan.
func daysLeft(from time.Time, to kaisei.Date, lang Voice) string {
	n := int(to.Start().Sub(kaisei.DateOf(from).Start()) / (24 * time.Hour))
	if n <= 0 {
		return say(lang, "digest.today")
	}
	return count(lang, "digest.days", n)
}

// verified sums the sources up by authority; the list of a hundred would not be read.
func verified(list []Verified, lang Voice) (sum string, authorities []string) {
	if len(list) == 0 {
		return say(lang, "digest.verified-none"), nil
	}
	type tally struct {
		name           string
		sources, looks int
		last           time.Time
	}
	by := map[string]*tally{}
	total := 0
	for _, v := range list {
		name := authorityOf(v.Authority, v.Source, lang)
		t := by[name]
		if t == nil {
			t = &tally{name: name}
			by[name] = t
		}
		t.sources++
		t.looks += v.Looks
		total += v.Looks
		if v.Last.After(t.last) {
			t.last = v.Last
		}
	}
	sorted := make([]*tally, 0, len(by))
	for _, t := range by {
		sorted = append(sorted, t)
	}
	slices.SortFunc(sorted, func(a, b *tally) int {
		return cmp.Or(cmp.Compare(b.sources, a.sources), cmp.Compare(b.looks, a.looks), cmp.Compare(a.name, b.name))
	})
	for i, t := range sorted {
		if i == digestAuthority {
			break
		}
		authorities = append(authorities, t.name+" "+joined([]string{
			count(lang, "digest.sources", t.sources), count(lang, "digest.looks", t.looks)}, say(lang, "dot")))
	}
	key := "digest.verified"
	if len(list) == 1 {
		key = "digest.verified.one"
	}
	return say(lang, key, count(lang, "digest.sources", len(list)), count(lang, "digest.looks", total)), authorities
}
