package watch

import (
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
}

func newLeads(source string, former []string, known []kaisei.Lead) *leads {
	l := &leads{source: source, former: former, byID: map[string]*kaisei.Lead{}, dirty: map[string]bool{}}
	for _, k := range known {
		l.byID[k.Document] = &k
		l.order = append(l.order, k.Document)
	}
	return l
}

// take returns the lead of t, an old one where t is recognised and else a new one.
// baseline marks what the source offered at its first good look. A lead that comes
// back with another label or address stops being baseline: what it leads to is news
// even if its earlier state was never read.
func (l *leads) take(t kaisei.Target, via string, baseline bool, at time.Time) kaisei.Lead {
	old, match := l.find(t)
	if old == nil {
		n := kaisei.Lead{
			Source: l.source, Document: t.Document, Key: t.Key, Title: t.Title, Label: t.Label, URL: t.URL,
			Published: t.Published, Baseline: baseline, FirstSeen: at, Via: via, As: t.As, Match: "new",
		}
		if n.Document == "" {
			n.Document = l.name(t)
		} else {
			n.Match = "catalogue"
		}
		l.byID[n.Document] = &n
		l.order = append(l.order, n.Document)
		l.dirty[n.Document] = true
		return n
	}
	if old.URL != t.URL || old.Label != t.Label || old.Title != t.Title || old.Via != via || old.Key != t.Key {
		if old.URL != t.URL || old.Label != t.Label {
			old.Baseline = false
		}
		old.URL, old.Label, old.Title, old.Via, old.Key = t.URL, t.Label, t.Title, via, t.Key
		old.Match = match
		if !t.Published.IsZero() {
			old.Published = t.Published
		}
		l.dirty[old.Document] = true
	}
	return *old
}

// find recognises a target: by the catalogue's name, by its identity key, by its address,
// or, for an item whose title was edited in place, by address, day and likeness.
func (l *leads) find(t kaisei.Target) (*kaisei.Lead, string) {
	if t.Document != "" {
		return l.named(t.Document), "catalogue"
	}
	var byKey, byURL, alike *kaisei.Lead
	for _, id := range l.order {
		k := l.byID[id]
		if k.As != t.As {
			continue
		}
		if t.As != kaisei.FollowItem {
			if k.Key != "" && k.Key == t.Key {
				byKey = k
			}
			if k.URL == t.URL {
				byURL = k
			}
			continue
		}
		if k.URL != t.URL && k.Key != t.Key {
			continue
		}
		same := ja.Key(k.Title) == ja.Key(t.Title) && !recurs(k.Published, t.Published)
		switch {
		case same && k.Published == t.Published:
			return k, "key"
		case same:
			byKey = k
		case k.Published == t.Published && ja.Likeness(ja.Key(k.Title), ja.Key(t.Title)) >= EditedTitle:
			alike = k
		}
	}
	switch {
	case byKey != nil:
		return byKey, "key"
	case byURL != nil:
		return byURL, "url"
	case alike != nil:
		return alike, "similar"
	}
	return nil, ""
}

// named finds a document that the catalogue names, also under a former ID of the source.
func (l *leads) named(document string) *kaisei.Lead {
	if k := l.byID[document]; k != nil {
		return k
	}
	rest := strings.TrimPrefix(document, l.source)
	for _, was := range l.former {
		if k := l.byID[was+rest]; k != nil {
			return k
		}
	}
	return nil
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

// unread reports whether a document offered by the listing at url has no version yet, so
// that the listing must be read again to try it.
func (l *leads) unread(s Store, url string) (bool, error) {
	for _, k := range l.byID {
		if k.Via != url || k.As != kaisei.FollowDocument {
			continue
		}
		if _, ok, err := s.Head(k.Document); err != nil || !ok {
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
