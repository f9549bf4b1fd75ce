package sources

import (
	"fmt"
	"regexp"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/kaisei"
)

// rule is a follow rule ready to match.
type rule struct {
	kaisei.Follow
	text, url, not *regexp.Regexp
}

func compile(follow []kaisei.Follow) ([]rule, error) {
	rules := make([]rule, len(follow))
	for i, f := range follow {
		r := rule{Follow: f}
		for _, p := range []struct {
			dst  **regexp.Regexp
			expr string
		}{{&r.text, f.Text}, {&r.url, f.URL}, {&r.not, f.Not}} {
			if p.expr == "" {
				continue
			}
			re, err := regexp.Compile(p.expr)
			if err != nil {
				return nil, fmt.Errorf("follow rule %d: %w", i+1, err)
			}
			*p.dst = re
		}
		rules[i] = r
	}
	return rules, nil
}

// matches reports that a rule takes a link. The text is matched both as printed and folded to
// half-width forms (NFKC), so that AI and （ in a rule find ＡＩ and ( on the page and the other way round.
func (r *rule) matches(text, url string) bool {
	folded := norm.NFKC.String(text)
	if r.text != nil && !r.text.MatchString(text) && !r.text.MatchString(folded) {
		return false
	}
	if r.not != nil && (r.not.MatchString(text) || r.not.MatchString(folded)) {
		return false
	}
	return r.url == nil || r.url.MatchString(url)
}
