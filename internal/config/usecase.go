package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/ja"
)

// UseCase is one use of AI in the operator's organisation; a change names those that it touches.
// Its fields are those of kaisei.UseCase.
type UseCase struct {
	Name        string   `toml:"name"`
	Owner       string   `toml:"owner"`
	Description string   `toml:"description"`
	Roles       []string `toml:"roles"`
	Sectors     []string `toml:"sectors"`
	Themes      []string `toml:"themes"`
	Laws        []string `toml:"laws"`
	Documents   []string `toml:"documents"`
}

// Bounds of a use case.
const (
	MaxUseCases    = 200
	MaxUseCaseName = 60 // characters
)

// lawID is the form of a law's ID at e-Gov, lawName that of a law's name in Japanese.
var (
	lawID   = regexp.MustCompile(`^[0-9]{3}[A-Z][A-Z0-9]{3,12}[0-9]{6}$`)
	lawName = regexp.MustCompile(`^\S*(?:法|法律|令|規則|条例|条約|告示)$`)
)

// UseCaseKey is the dotted key of a use case in a Problem, i counting from 0: use_case[2].roles.
func UseCaseKey(i int, key string) string { return fmt.Sprintf("use_case[%d].%s", i+1, key) }

// useCases notes what cannot be right whatever the rules and the catalogue say.
func (r *reading) useCases(c *Config) {
	if len(c.UseCases) > MaxUseCases {
		r.problem(fmt.Sprintf("use_case[%d]", MaxUseCases+1), "is one too many: at most %d are allowed", MaxUseCases)
		return
	}
	names := map[string]bool{}
	for i, u := range c.UseCases {
		key := func(k string) string { return UseCaseKey(i, k) }
		switch folded := strings.ToLower(ja.Key(u.Name)); {
		case strings.TrimSpace(u.Name) == "" || folded == "":
			r.problem(key("name"), "is missing: what do people call it, such as 採用支援AI?")
		case u.Name != strings.TrimSpace(u.Name), strings.Contains(u.Name, "@"), strings.ContainsFunc(u.Name, unicode.IsControl),
			utf8.RuneCountInString(u.Name) > MaxUseCaseName:
			r.problem(key("name"), "must be one line of at most %d characters without @, which marks a change", MaxUseCaseName)
		case names[folded]:
			r.problem(key("name"), "%q is the name of another use case too", u.Name)
		default:
			names[folded] = true
		}
		unread := slices.ContainsFunc([]string{"roles", "sectors", "themes", "laws", "documents"}, func(k string) bool { return r.untyped[key(k)] })
		if len(u.Roles)+len(u.Sectors)+len(u.Themes)+len(u.Laws)+len(u.Documents) == 0 && !unread {
			r.problem(fmt.Sprintf("use_case[%d]", i+1), "says nothing that a change could touch: set themes, laws, documents, roles or sectors")
		}
		for _, l := range u.Laws {
			if !lawID.MatchString(l) && !lawName.MatchString(l) {
				r.problem(key("laws"), "%q is neither the ID of a law at e-Gov, such as 415AC0000000057, nor the name of one, such as 個人情報保護法", l)
			}
		}
		for _, d := range u.Documents {
			if !documentID.MatchString(d) {
				r.problem(key("documents"), "%q is not the ID of a document, such as meti/ai-guidelines/main, or its beginning with a slash at the end", d)
			}
		}
	}
}

// documentID is an ID, or its beginning with a slash at the end. What stands behind the source may be
// in Japanese: an identity worked out from a link.
var documentID = regexp.MustCompile(`^[a-z0-9_.-]+(?:/[^/\s]+)*/?$`)

// declared notes the use cases that a channel names and the file does not describe.
func (r *reading) declared(key string, names []string, all []UseCase) {
	var known []string
	for _, u := range all {
		if u.Name != "" {
			known = append(known, u.Name)
		}
	}
	for _, n := range names {
		switch {
		case len(known) == 0:
			r.problem(key, "%q is not described: there is no [[use_case]]", n)
		case !slices.Contains(known, n):
			r.problem(key, "%q is not one of %s", n, strings.Join(known, ", "))
		}
	}
}
