// Package noise tells what of a web page changes without saying anything: stamps, counters, clocks,
// session numbers, furniture by general rules, and what was learned of one page by looking twice.
//
// It works on edits and never on a text. Its one promise: a word that is not volatile is compared. A rule
// masks a number or a time inside a block and leaves the words around it, so that a block that was noise and
// gains a sentence is an edit; what is set aside is named with its rule, its place and its words; and
// a number or date in a sentence that binds is never masked.
package noise

import (
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Sifted is what became of edits.
type Sifted struct {
	// Real are the edits that say something, in their order.
	Real []kaisei.Edit
	// Aside are those that do not.
	Aside []kaisei.Aside
	// Showing holds, for the place in the list of each rotating spot that an edit concerned, what
	// it shows now.
	Showing map[int]string
}

// Sift sets aside the edits that the general rules or the learned spots of the document explain.
func Sift(edits []kaisei.Edit, spots []kaisei.Spot) Sifted {
	s := Sifted{Showing: map[int]string{}}
	if len(edits) == 0 {
		return s
	}
	left := make([]kaisei.Edit, 0, len(edits))
	for _, e := range edits {
		rule, at := explains(e, spots)
		if rule != "" {
			s.Aside = append(s.Aside, aside(e, rule))
			if at >= 0 {
				s.Showing[at] = e.After
			}
			continue
		}
		left = append(left, e)
	}
	s.Real = left
	for i, spot := range spots {
		if spot.Rule == RuleRotating && spot.Active() && len(s.Real) > 0 {
			s.rotate(i, spot)
		}
	}
	return s
}

func aside(e kaisei.Edit, rule string) kaisei.Aside {
	return kaisei.Aside{Rule: rule, Path: place(e), Before: e.Before, After: e.After}
}

// explains returns the rule that makes an edit by itself noise, or "", and the place of the learned spot or -1.
func explains(e kaisei.Edit, spots []kaisei.Spot) (rule string, spot int) {
	switch e.Kind {
	case kaisei.EditAdded:
		return Whole(e.After), -1
	case kaisei.EditRemoved:
		return Whole(e.Before), -1
	case kaisei.EditChanged:
	default:
		return "", -1
	}
	if rule := Whole(e.Before); rule != "" && rule == Whole(e.After) {
		return rule, -1
	}
	before, rules := Mask(e.Before)
	after, _ := Mask(e.After)
	if len(rules) > 0 && ja.Key(before) == ja.Key(after) {
		return rules[0], -1
	}
	for i, s := range spots {
		if s.Rule == RuleVolatile && samePath(s.Path, place(e)) && fits(s, e.Before) && fits(s, e.After) {
			return RuleVolatile, i
		}
	}
	return "", -1
}

// rotate sets aside the edits that only show another of the values of a rotating spot. What appears
// without another going, or goes without another appearing, is set aside only where the spot is sometimes
// empty.
func (s *Sifted) rotate(at int, spot kaisei.Spot) {
	values := map[string]bool{}
	for _, v := range spot.Values {
		values[ja.Key(v)] = true
	}
	holds := func(text string) bool { return values[ja.Key(Value(text))] }
	var mine, other []kaisei.Edit
	came, went, now := 0, 0, ""
	newCame, newWent := false, false
	for _, e := range s.Real {
		before, after := holds(e.Before), holds(e.After)
		switch {
		case !samePath(spot.Path, place(e)):
			other = append(other, e)
			continue
		case e.Kind == kaisei.EditAdded && after:
			came++
			now = e.After
		case e.Kind == kaisei.EditRemoved && before:
			went++
		case e.Kind == kaisei.EditChanged && before && after:
			now = e.After
		default:
			newCame = newCame || e.Kind == kaisei.EditAdded && LikeBanner(e)
			newWent = newWent || e.Kind == kaisei.EditRemoved && LikeBanner(e)
			other = append(other, e)
			continue
		}
		mine = append(mine, e)
	}
	// A known text that gave way to an unknown one, or the other way round, is a new value and no emptiness.
	if len(mine) == 0 || came != went && !values[""] || came > went && newWent || went > came && newCame {
		return
	}
	s.Real = other
	s.Showing[at] = now
	for _, e := range mine {
		s.Aside = append(s.Aside, aside(e, RuleRotating))
	}
}

// place is where an edit stands: the headings above it, without a heading's own words.
func place(e kaisei.Edit) []string {
	p := e.PathAfter
	if e.Kind == kaisei.EditRemoved {
		p = e.PathBefore
	}
	if e.BlockKind == kaisei.BlockHeading && len(p) > 0 {
		p = p[:len(p)-1]
	}
	return p
}

func samePath(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && ja.Key(a[i]) != ja.Key(b[i]) {
			return false
		}
	}
	return true
}

// Names returns the rules of what was set aside, each once, in their order.
func Names(list []kaisei.Aside) string {
	var names []string
	seen := map[string]bool{}
	for _, a := range list {
		if !seen[a.Rule] {
			seen[a.Rule] = true
			names = append(names, a.Rule)
		}
	}
	return strings.Join(names, ", ")
}
