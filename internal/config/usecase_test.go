package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kaisei/internal/kaisei"
)

func TestAUseCaseIsReadAsWritten(t *testing.T) {
	c, err := Load(write(t, `[[use_case]]
name = "採用支援AI"
owner = "人事部"
description = "一次選考"
roles = ["user"]
sectors = ["employment"]
themes = ["fairness"]
laws = ["職業安定法", "415AC0000000057"]
documents = ["meti/ai-guidelines/", "ppc/notices/生成aiサービスの利用"]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := kaisei.UseCase{
		Name: "採用支援AI", Owner: "人事部", Description: "一次選考", Roles: []string{"user"}, Sectors: []string{"employment"},
		Themes: []string{"fairness"}, Laws: []string{"職業安定法", "415AC0000000057"}, Documents: []string{"meti/ai-guidelines/", "ppc/notices/生成aiサービスの利用"},
	}
	if d := cmp.Diff(want, kaisei.UseCase(c.UseCases[0])); d != "" {
		t.Error(d)
	}
}

func TestWhatIsWrongWithAUseCaseIsToldWithItsPlace(t *testing.T) {
	got := problems(t, `[[use_case]]
name = "採用支援AI"
themes = ["fairness"]

[[use_case]]
name = "採用支援ＡＩ"
laws = ["privacy", "個人情報保護法"]
documents = ["Meti AI", "meti/"]

[[use_case]]
owner = "総務部"

[[use_case]]
name = "a@1"
role = ["user"]
roles = "user"

[[channel]]
name = "hr"
type = "console"
use_cases = ["採用支援AI", "採用"]
`)
	want := `:6:1: use_case[2].name: "採用支援ＡＩ" is the name of another use case too
:7:1: use_case[2].laws: "privacy" is neither the ID of a law at e-Gov, such as 415AC0000000057, nor the name of one, such as 個人情報保護法
:8:1: use_case[2].documents: "Meti AI" is not the ID of a document, such as meti/ai-guidelines/main, or its beginning with a slash at the end
:10:3: use_case[3].name: is missing: what do people call it, such as 採用支援AI?
:10:3: use_case[3]: says nothing that a change could touch: set themes, laws, documents, roles or sectors
:14:1: use_case[4].name: must be one line of at most 60 characters without @, which marks a change
:15:1: use_case[4].role: is not a known key; did you mean use_case.roles?
:16:9: use_case[4].roles: must be a list, not string
:21:1: channel[1].use_cases: "採用" is not one of 採用支援AI, 採用支援ＡＩ, a@1
`
	lines := func(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }
	if d := cmp.Diff(lines(want), lines(got)); d != "" {
		t.Error(d)
	}
	if got := problems(t, "[[channel]]\nname = \"hr\"\ntype = \"console\"\nuse_cases = [\"x\"]\n"); !strings.Contains(got, "there is no [[use_case]]") {
		t.Errorf("got %q", got)
	}
}

func TestWhatOnlyTheCallerKnowsIsToldWithItsPlace(t *testing.T) {
	path := write(t, "[[use_case]]\nname = \"a\"\nthemes = [\"privacy\",\n  \"privcy\"]\n")
	_, err := Load(path, func(c Config, problem func(key, format string, args ...any)) {
		for i, u := range c.UseCases {
			problem(UseCaseKey(i, "themes"), "%q is not one of %s", u.Themes[1], "privacy")
		}
	})
	var p Problems
	if !errors.As(err, &p) || err.Error() != path+`:3:1: use_case[1].themes: "privcy" is not one of privacy` {
		t.Errorf("got %v", err)
	}
}

func TestTooManyUseCasesAreRefused(t *testing.T) {
	var b strings.Builder
	for i := range MaxUseCases + 1 {
		fmt.Fprintf(&b, "[[use_case]]\nname = \"u%d\"\nthemes = [\"a\"]\n", i)
	}
	if got := problems(t, b.String()); !strings.Contains(got, "at most 200 are allowed") || strings.Count(got, "\n") > 1 {
		t.Errorf("got %q", got)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml")); err == nil {
		t.Error("no file is no error")
	}
}
