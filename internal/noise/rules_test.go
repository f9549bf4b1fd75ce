package noise

import "testing"

func TestEachRuleHoldsToItsSentences(t *testing.T) {
	for _, r := range Rules() {
		if r.About.JA == "" || r.About.EN == "" || len(r.Match) < 2 || len(r.Not) < 2 {
			t.Errorf("%s lacks a description or sentences", r.Name)
		}
		touches := func(s string) bool {
			if Whole(s) == r.Name {
				return true
			}
			_, by := Mask(s)
			for _, n := range by {
				if n == r.Name {
					return true
				}
			}
			return false
		}
		for _, s := range r.Match {
			if !touches(s) {
				t.Errorf("%s does not touch %q", r.Name, s)
			}
		}
		for _, s := range r.Not {
			m, by := Mask(s)
			if m != s || Whole(s) != "" {
				t.Errorf("%s: %q must be left alone, became %q by %v, whole %q", r.Name, s, m, by, Whole(s))
			}
		}
	}
}
