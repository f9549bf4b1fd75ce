package classify

import (
	"slices"
	"sort"

	"kaisei/internal/kaisei"
)

// SourceRule is the rule ID of the reason for a facet that the catalogue gives a source.
const SourceRule = "source"

// A facet that is named in passing says little about a document rewritten in many places:
// of more than fewTexts texts at least one in leastShare must name it.
const (
	fewTexts   = 30
	leastShare = 40
)

// facets gives roles, themes and sectors: those of rules that match the changed clauses,
// their headings or the title of an item, most matches first, then those that the
// catalogue gives the source.
func (r *Rules) facets(c *kaisei.Change, f Finding, facts *facts) {
	if facts.event == eventSame {
		return
	}
	for _, facet := range []struct {
		decides string
		given   []string
		into    *[]string
	}{
		{decidesRole, f.Source.Roles, &c.Roles},
		{decidesTheme, f.Source.Themes, &c.Themes},
		{decidesSector, f.Source.Sectors, &c.Sectors},
	} {
		counts := map[string]int{}
		var found []string
		for _, rule := range r.of(facet.decides) {
			hit, ok := facts.ask(rule)
			if !ok {
				continue
			}
			if len(facts.texts[lookTouched]) > fewTexts && hit.count*leastShare < len(facts.texts[lookTouched]) {
				facts.came(rule, hit, Passing)
				continue
			}
			facts.came(rule, hit, Decided)
			if counts[rule.Value] == 0 {
				found = append(found, rule.Value)
				c.Reasons = append(c.Reasons, rule.reason(hit))
			}
			counts[rule.Value] += hit.count
		}
		sort.SliceStable(found, func(i, j int) bool { return counts[found[i]] > counts[found[j]] })
		for _, g := range facet.given {
			if !slices.Contains(found, g) {
				found = append(found, g)
				c.Reasons = append(c.Reasons, kaisei.Reason{
					Rule: SourceRule, Match: g, Where: f.Source.ID,
					Text: kaisei.Text{JA: "監視先の設定による", EN: "given by the source in the catalogue"},
				})
			}
		}
		*facet.into = found
	}
}
