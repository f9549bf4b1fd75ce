package watch

import (
	"fmt"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

const (
	// SimilarText is how much of two texts (0 to 1, by characters, both counted) must stand in both,
	// clause for clause, for them to be versions of one document under another title. A revision keeps
	// most of its clauses; another document of the same author shares hardly any.
	SimilarText = 0.5
	// minSimilar is how many characters a text must have to be compared so: forms and notices of a few
	// lines are alike without being one.
	minSimilar = 400
)

// similar finds the document of which next, a new document to all that the listing says, is a
// version under another title. Everything must speak for it: the listing no longer offers the known document
// and its own place is taken (same listing, a later label or day); language and format are the
// same; the titles are similar, part for part; and so are the texts. Where two documents
// answer that, none does: a wrong match hides a new document.
func (v *visit) similar(t kaisei.Target, l kaisei.Lead, next kaisei.Version) (document string, ok bool, err error) {
	if t.Document != "" || l.Baseline || l.Match != kaisei.MatchNew || length(next.Blocks) < minSimilar {
		return "", false, nil
	}
	for _, id := range v.leads.order {
		k := v.leads.byID[id]
		if id == l.Document || k.As != kaisei.FollowDocument || k.Via != l.Via || k.Match == kaisei.MatchCatalogue || k.Named != "" ||
			v.leads.offered[id] || v.leads.offered[k.LeadsTo()] || !ja.Similar(k.Title, t.Title) {
			continue
		}
		known, found, err := v.w.Store.Latest(k.LeadsTo())
		if err != nil {
			return "", false, fmt.Errorf("read the latest version of %s: %w", k.LeadsTo(), err)
		}
		if !found || known.Gone || known.Language != next.Language || known.Format != next.Format ||
			laterVersion(next.Label, next.Published, known.Label, known.Published) <= 0 || shared(known.Blocks, next.Blocks) < SimilarText {
			continue
		}
		if document != "" && document != k.LeadsTo() {
			return "", false, nil
		}
		document = k.LeadsTo()
	}
	return document, document != "", nil
}

// shared is the part of two texts, from 0 to 1, that stands in both, clause for clause.
func shared(a, b []kaisei.Block) float64 {
	left := map[string]int{}
	for _, x := range a {
		left[ja.Key(x.Text)]++
	}
	common, total := 0, length(a)
	for _, x := range b {
		key := ja.Key(x.Text)
		n := utf8.RuneCountInString(key)
		total += n
		if left[key] > 0 {
			left[key]--
			common += 2 * n
		}
	}
	if total == 0 {
		return 0
	}
	return float64(common) / float64(total)
}

// length is how many characters of wording a text has.
func length(blocks []kaisei.Block) (n int) {
	for _, b := range blocks {
		n += utf8.RuneCountInString(ja.Key(b.Text))
	}
	return n
}

// join makes a new lead show versions of a known document, and says so in the store before anything
// is committed to that document.
func (v *visit) join(l kaisei.Lead, document string) (kaisei.Lead, error) {
	k := v.leads.byID[l.Document]
	k.To, k.Match = document, kaisei.MatchSimilar
	v.leads.joined[document], v.leads.dirty[k.Document] = true, true
	if err := v.w.Store.SaveLeads(v.leads.changed()); err != nil {
		return l, fmt.Errorf("keep leads of %s: %w", v.s.ID, err)
	}
	v.w.log().Info("matched automatically", "source", v.s.ID, "document", document)
	joined := *k
	joined.Document = document
	return joined, nil
}
