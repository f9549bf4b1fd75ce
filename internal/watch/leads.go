package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// leads recognises what a source offers as the documents it offered before. Nothing
// else gives an address its permanent identity.
type leads struct {
	source string
	// former are the IDs that the source had before; documents named under them keep their names.
	former []string
	byID   map[string]*kaisei.Lead
	order  []string
	dirty  map[string]bool
	// near finds leads by their keys and addresses, as places in order; a place may be one that no longer has
	// the key or address.
	near map[string][]int
	// place is where in order a lead stands.
	place map[string]int
	// joined are the documents to which a lead of another name leads.
	joined map[string]bool
	// offered are the leads that this look has met.
	offered map[string]bool
}

func newLeads(source string, former []string, known []kaisei.Lead) *leads {
	l := &leads{source: source, former: former, byID: map[string]*kaisei.Lead{}, dirty: map[string]bool{}, joined: map[string]bool{}, offered: map[string]bool{}, near: map[string][]int{}, place: map[string]int{}}
	for _, k := range known {
		l.byID[k.Document] = &k
		l.append(&k)
		if k.To != "" {
			l.joined[k.To] = true
		}
	}
	return l
}

// take returns the lead of t, an old one where t is recognised and else a new one. Its Document is
// the one of which t is a version, also where the lead was joined to another's.
// baseline marks what the source offered at its first good look. A lead that comes
// back with another label or address stops being baseline: what it leads to is news
// even if its earlier state was never read.
func (l *leads) take(t kaisei.Target, via string, baseline bool, at time.Time) kaisei.Lead {
	old, match := l.find(t)
	if old == nil {
		n := kaisei.Lead{
			Source: l.source, Document: t.Document, Key: t.Key, Title: t.Title, Label: t.Label, URL: t.URL,
			Published: t.Published, Baseline: baseline, FirstSeen: at, Via: via, As: t.As, Match: kaisei.MatchNew,
		}
		if n.Document == "" {
			n.Document = l.name(t)
		} else {
			n.Match = kaisei.MatchCatalogue
		}
		l.add(n)
		l.offered[n.Document] = true
		return n
	}
	l.offered[old.Document] = true
	if old.URL != t.URL || old.Label != t.Label || old.Title != t.Title || old.Via != via || old.Key != t.Key {
		if old.URL != t.URL || old.Label != t.Label {
			old.Baseline = false
		}
		if old.URL != t.URL || old.Label != t.Label || old.Key != t.Key {
			old.Match = match
		}
		moved := old.URL != t.URL || old.Key != t.Key
		old.URL, old.Label, old.Title, old.Via, old.Key = t.URL, t.Label, t.Title, via, t.Key
		if moved {
			l.index(old)
		}
		if !t.Published.IsZero() {
			old.Published = t.Published
		}
		l.dirty[old.Document] = true
	}
	found := *old
	found.Document = old.LeadsTo()
	return found
}

func (l *leads) add(k kaisei.Lead) {
	l.byID[k.Document] = &k
	l.append(&k)
	l.dirty[k.Document] = true
}

func (l *leads) append(k *kaisei.Lead) {
	l.place[k.Document] = len(l.order)
	l.order = append(l.order, k.Document)
	l.index(k)
}

// index makes a lead findable by its key and address.
func (l *leads) index(k *kaisei.Lead) {
	for _, by := range []string{nearKey(k.As, "key", k.Key), nearKey(k.As, "url", k.URL)} {
		at := l.place[k.Document]
		if list := l.near[by]; len(list) == 0 || list[len(list)-1] != at {
			l.near[by] = append(list, at)
		}
	}
}

func nearKey(as kaisei.FollowAs, field, value string) string {
	return string(as) + " " + field + " " + value
}

// find recognises a target: by the catalogue's name, by its identity key, by its address,
// or, for an item whose title was edited in place, by address, day and likeness.
func (l *leads) find(t kaisei.Target) (*kaisei.Lead, string) {
	if t.Document != "" {
		return l.named(t), kaisei.MatchCatalogue
	}
	if t.As == kaisei.FollowItem {
		return l.item(t)
	}
	var best *kaisei.Lead
	places := slices.Concat(l.near[nearKey(t.As, "key", t.Key)], l.near[nearKey(t.As, "url", t.URL)])
	slices.Sort(places) // of two that are as close the later one is taken
	for _, at := range places {
		if k := l.byID[l.order[at]]; k.As == t.As && closeness(k, t) > 0 && closer(k, best, t) {
			best = k
		}
	}
	switch {
	case best == nil:
		return nil, ""
	case closeness(best, t) == 1:
		return best, kaisei.MatchURL
	}
	return best, kaisei.MatchKey
}

// closeness says what a lead and a target have in common: 3 for key and address, 2 for the key, 1
// for the address, 0 for neither.
func closeness(k *kaisei.Lead, t kaisei.Target) int {
	n := 0
	if k.Key != "" && k.Key == t.Key {
		n = 2
	}
	if k.URL == t.URL {
		n++
	}
	return n
}

// closer reports whether a is a better lead than b, which may be nil, for t. Of two that are as
// close, which only a ruling makes, the younger one is where the source had got to.
func closer(a, b *kaisei.Lead, t kaisei.Target) bool {
	if b == nil {
		return true
	}
	if x, y := closeness(a, t), closeness(b, t); x != y {
		return x > y
	}
	return !a.FirstSeen.Before(b.FirstSeen)
}

// item recognises an item, which is its words, its address and its day.
func (l *leads) item(t kaisei.Target) (*kaisei.Lead, string) {
	var byKey, alike *kaisei.Lead
	for _, id := range l.order {
		k := l.byID[id]
		if k.As != t.As || k.URL != t.URL && k.Key != t.Key {
			continue
		}
		same := ja.Key(k.Title) == ja.Key(t.Title) && !recurs(k.Published, t.Published)
		switch {
		case same && k.Published == t.Published:
			return k, kaisei.MatchKey
		case same:
			byKey = k
		case k.Published == t.Published && ja.Likeness(ja.Key(k.Title), ja.Key(t.Title)) >= EditedTitle:
			alike = k
		}
	}
	switch {
	case byKey != nil:
		return byKey, kaisei.MatchKey
	case alike != nil:
		return alike, kaisei.MatchSimilar
	}
	return nil, ""
}

// named finds a document that the catalogue names, also under a former ID of the source, and of
// those that rulings split off from it the one that t is closest to.
func (l *leads) named(t kaisei.Target) *kaisei.Lead {
	best := l.byID[t.Document]
	rest := strings.TrimPrefix(t.Document, l.source)
	for i := 0; best == nil && i < len(l.former); i++ {
		best = l.byID[l.former[i]+rest]
	}
	for _, id := range l.order {
		if k := l.byID[id]; k.Named == t.Document && closer(k, best, t) {
			best = k
		}
	}
	return best
}

// shared reports whether several leads lead to a document.
func (l *leads) shared(document string) bool { return l.joined[document] }

// earlier reports whether t is an earlier version of a document to which several addresses lead: a
// listing may go on offering what it called something else.
func (v *visit) earlier(t kaisei.Target, l kaisei.Lead) (bool, error) {
	if !v.leads.shared(l.Document) {
		return false, nil
	}
	head, known, err := v.w.Store.Head(l.Document)
	if err != nil {
		return false, fmt.Errorf("read the latest version of %s: %w", l.Document, err)
	}
	if !known || head.Snapshot.URL == t.URL {
		return false, nil
	}
	return laterVersion(head.Label, head.Published, labelOf(t), t.Published) > 0, nil
}

// labelOf is the version label of a target, from its title where the link says none.
func labelOf(t kaisei.Target) string { return cmp.Or(t.Label, ja.Label(t.Title)) }

// laterVersion orders two versions by their labels, or else by their days: 1 where a is the later, -1 where b
// is, 0 where neither tells.
func laterVersion(labelA string, dayA kaisei.Date, labelB string, dayB kaisei.Date) int {
	if order, ok := ja.CompareLabels(labelA, labelB); ok && order != 0 {
		return order
	}
	switch {
	case dayA.IsZero() || dayB.IsZero() || dayA == dayB:
		return 0
	case dayA.Before(dayB):
		return -1
	}
	return 1
}

// EditedTitle is how alike (0 to 1) two titles of the same day at the same address must be
// to be one item whose title was edited, and not two items that share a landing page.
const EditedTitle = 0.5

// Recurs is after how long the same title at the same address, under a new day, is a new
// item (a monthly notice on one landing page) and not the old one re-dated.
const Recurs = 20 * 24 * time.Hour

func recurs(before, after kaisei.Date) bool {
	return !before.IsZero() && !after.IsZero() && after.Start().Sub(before.Start()) >= Recurs
}

// changed returns the leads that are new or altered since the last call.
func (l *leads) changed() []kaisei.Lead {
	var out []kaisei.Lead
	for _, id := range l.order {
		if l.dirty[id] {
			out = append(out, *l.byID[id])
		}
	}
	l.dirty = map[string]bool{}
	return out
}

// fresh reports whether this look has met a lead that is new or leads elsewhere than before.
func (l *leads) fresh() bool {
	for id := range l.dirty {
		if l.offered[id] {
			return true
		}
	}
	return false
}

// unread reports whether a document offered by the listing at url has no version yet, or shows
// something that waits for a further look, so that the listing must be read again to try it.
func (l *leads) unread(s Store, url string) (bool, error) {
	for _, k := range l.byID {
		if k.Via != url || k.As != kaisei.FollowDocument {
			continue
		}
		if _, ok, err := s.Head(k.LeadsTo()); err != nil || !ok {
			return true, err
		}
		if seen, _, err := s.Seen(l.source, k.URL); err != nil || seen.Pending.Waits() {
			return true, err
		}
	}
	return false, nil
}

// maxSlug is the most characters of a title that go into an ID.
const maxSlug = 40

// name makes the permanent ID of a document that the catalogue does not name: for an item
// its day and a hash, for a document the words that identify it.
func (l *leads) name(t kaisei.Target) string {
	hash := kaisei.Hash([]byte(t.URL + "\x00" + ja.Key(t.Title)))[:8]
	var slug string
	if t.As == kaisei.FollowItem {
		slug = hash
		if !t.Published.IsZero() {
			slug = t.Published.String() + "-" + hash
		}
	} else if slug = slugOf(t.Key); slug == "" {
		slug = hash
	}
	id := l.source + "/" + slug
	if l.byID[id] != nil {
		id += "-" + hash
	}
	return id
}

func slugOf(key string) string {
	var b strings.Builder
	n, gap := 0, false
	for _, r := range key {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
		if n++; n == maxSlug {
			break
		}
	}
	return b.String()
}
