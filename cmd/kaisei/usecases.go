package main

import (
	"slices"
	"strings"

	"kaisei/internal/classify"
	"kaisei/internal/config"
	"kaisei/internal/kaisei"
)

// useCases are the operator's uses of AI.
func useCases(c config.Config) []kaisei.UseCase {
	out := make([]kaisei.UseCase, 0, len(c.UseCases))
	for _, u := range c.UseCases {
		out = append(out, kaisei.UseCase(u))
	}
	return out
}

// useWords is a config.Check: the words of use cases are those of the rules, and what they name can be watched.
// Rules or sources that cannot be read are reported where they are used.
func useWords(c config.Config, problem func(key, format string, args ...any)) {
	if len(c.UseCases) == 0 {
		return
	}
	if rules, err := readRules(c); err == nil {
		known := map[string][]string{"roles": rules.Roles(), "sectors": rules.Sectors(), "themes": rules.Themes()}
		for i, u := range c.UseCases {
			for key, words := range map[string][]string{"roles": u.Roles, "sectors": u.Sectors, "themes": u.Themes} {
				for _, w := range words {
					if !slices.Contains(known[key], w) {
						problem(config.UseCaseKey(i, key), "%q is not one of %s", w, strings.Join(known[key], ", "))
					}
				}
			}
		}
	}
	cat, err := readSources(c)
	if err != nil {
		return
	}
	for i, u := range c.UseCases {
		for _, l := range u.Laws {
			watched := slices.ContainsFunc(cat.Sources(), func(s kaisei.Source) bool { return s.Law == l })
			if !watched && !classify.KnownLaw(l) {
				problem(config.UseCaseKey(i, "laws"), "no source watches the law %q and its name is not known: write its name, so that texts that cite it are found", l)
			}
		}
		for _, d := range u.Documents {
			if !slices.ContainsFunc(cat.Sources(), func(s kaisei.Source) bool { return leadsTo(s, d) }) {
				problem(config.UseCaseKey(i, "documents"), "no source leads to %q: 'kaisei sources list' names them, and their documents lie below", d)
			}
		}
	}
}

// unwatchedLaws returns the laws on which uses of AI rest and whose text no enabled source watches.
func unwatchedLaws(c config.Config, all []kaisei.Source) []string {
	var out []string
	for _, u := range c.UseCases {
		for _, l := range u.Laws {
			id := classify.LawID(l)
			watched := id != "" && slices.ContainsFunc(all, func(s kaisei.Source) bool { return s.Law == id && s.Disabled == "" })
			if !watched && !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// leadsTo reports whether the documents named by an ID, or by its beginning with a slash at the end, can be of a source.
func leadsTo(s kaisei.Source, document string) bool {
	for _, id := range append([]string{s.ID}, s.Was...) {
		if document == id || strings.HasPrefix(document, id+"/") || strings.HasSuffix(document, "/") && strings.HasPrefix(id, document) {
			return true
		}
	}
	return false
}
