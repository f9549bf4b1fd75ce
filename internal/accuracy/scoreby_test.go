package accuracy

import (
	"fmt"
	"slices"
	"strings"

	"kaisei/internal/kaisei"
)

// labelCount is how a label did: given and right, given and wrong, not given.
type labelCount struct{ hit, wrong, missed int }

// scoreBy counts how each label did.
type scoreBy map[string]*labelCount

// add compares the labels given with those wanted and reports what differs.
func (t scoreBy) add(given, want []string) (differs bool) {
	at := func(label string) *labelCount {
		if t[label] == nil {
			t[label] = &labelCount{}
		}
		return t[label]
	}
	for _, g := range given {
		if slices.Contains(want, g) {
			at(g).hit++
		} else {
			at(g).wrong++
			differs = true
		}
	}
	for _, w := range want {
		if !slices.Contains(given, w) {
			at(w).missed++
			differs = true
		}
	}
	return differs
}

// micro returns precision and recall of all labels together.
func (t scoreBy) micro() (precision, recall float64) {
	var all labelCount
	for _, c := range t {
		all.hit, all.wrong, all.missed = all.hit+c.hit, all.wrong+c.wrong, all.missed+c.missed
	}
	return portion(all.hit, all.hit+all.wrong), portion(all.hit, all.hit+all.missed)
}

// macro returns the means over the labels that stand in some row.
func (t scoreBy) macro() (precision, recall float64) {
	n := 0
	for _, label := range t.labels() { // in order, because sums of floats depend on it
		c := t[label]
		if c.hit+c.missed == 0 {
			continue
		}
		n++
		precision += portion(c.hit, c.hit+c.wrong)
		recall += portion(c.hit, c.hit+c.missed)
	}
	if n == 0 {
		return 1, 1
	}
	return precision / float64(n), recall / float64(n)
}

func (t scoreBy) labels() []string {
	var out []string
	for l := range t {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// itemScore is how the rows of one part did.
type itemScore struct {
	rows                                     int
	class, layer, themes, sectors, relevance scoreBy
}

func newItemScore() *itemScore {
	return &itemScore{class: scoreBy{}, layer: scoreBy{}, themes: scoreBy{}, sectors: scoreBy{}, relevance: scoreBy{}}
}

// add scores a row and returns what was judged otherwise than labelled.
func (s *itemScore) add(item labelledItem, target kaisei.Target, c kaisei.Change) []string {
	s.rows++
	var miss []string
	one := func(name string, t scoreBy, given, want []string) {
		if t.add(given, want) {
			miss = append(miss, fmt.Sprintf("%s %s want %s", name, strings.Join(given, "+"), strings.Join(want, "+")))
		}
	}
	one("class", s.class, []string{string(c.Class)}, []string{item.class})
	one("layer", s.layer, []string{string(c.Layer)}, []string{item.layer})
	one("themes", s.themes, c.Themes, item.themes)
	one("sectors", s.sectors, c.Sectors, item.sectors)
	relevant := func(yes bool) []string {
		if yes {
			return []string{"relevant"}
		}
		return nil
	}
	one("relevance", s.relevance, relevant(target.Relevant), relevant(item.relevant))
	return miss
}

type facet struct {
	name string
	by   scoreBy
}

func (s *itemScore) facets() []facet {
	return []facet{{"class", s.class}, {"layer", s.layer}, {"theme", s.themes}, {"sector", s.sectors}, {"relevance", s.relevance}}
}

func (s *itemScore) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows", s.rows)
	for _, f := range s.facets() {
		p, q := f.by.micro()
		fmt.Fprintf(&b, "; %s %.4f %.4f", f.name, p, q)
	}
	return b.String()
}
