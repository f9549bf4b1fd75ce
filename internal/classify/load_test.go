package classify

import (
	"os"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

func mustLoad(t testing.TB) *Rules {
	t.Helper()
	r, err := Load()
	if err != nil {
		t.Fatalf("the built-in rules do not hold:\n%v", err)
	}
	return r
}

func TestTheBuiltInRulesMatchTheirOwnSentences(t *testing.T) {
	rules := mustLoad(t).All()
	for _, rule := range rules {
		if rule.line == 0 || rule.Reason.JA == "" || rule.Reason.EN == "" {
			t.Errorf("%s: no place or no reason", rule.ID)
		}
	}
}

const sound = `
[[rule]]
id = "house.sandbox"
decides = "theme"
value = "sandbox"
look = ["touched"]
any = ["サンドボックス"]
reason = { ja = "砂場", en = "sandbox" }
must = ["規制のサンドボックス制度"]
must_not = ["砂場の整備"]
`

func TestAnOperatorAddsOverridesAndDisablesRules(t *testing.T) {
	file := RuleFile{Name: "own.toml", Data: []byte(`disable = ["theme.safety"]` + "\n" + sound + `
[[rule]]
id = "severity.news"
decides = "severity"
effect = "base"
value = "medium"
when = { class = ["news"] }
reason = { ja = "当社では中", en = "medium in our house" }
must = ["[class=news]"]
must_not = ["[class=amended]"]

[[rule]]
id = "house.outlook"
decides = "class"
value = "minutes-posted"
when = { event = ["first"] }
look = ["title"]
any = ["月例報告"]
reason = { ja = "月例", en = "monthly" }
must = ["AI動向月例報告"]
must_not = ["年次報告"]
`)}
	r, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Judge(item("規制のサンドボックス制度における安全性の議論"))
	if strings.Join(c.Themes, " ") != "sandbox" {
		t.Errorf("themes %v, want the added one and not the disabled one", c.Themes)
	}
	if c.Severity != kaisei.Medium || !hasReason(c, "severity.news") {
		t.Errorf("severity %s, want the overriding rule's", c.Severity)
	}
	if c := r.Judge(item("AI動向月例報告について（公布）")); c.Class != kaisei.ClassMinutesPosted {
		t.Errorf("class %s, want the operator's rule asked first", c.Class)
	}
	if c := r.Judge(item("生成AIに関するガイドラインの説明会を開催します")); !hasReason(c, "severity.news-naming") {
		t.Error("an overriding rule must keep its place behind the more special one")
	}
}

func TestEveryFaultOfARulesFileIsReportedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"an unknown key", "[[rule]]\nid = \"a\"\ncolour = \"red\"\n", "own.toml:3: unknown key rule.colour"},
		{"broken TOML", "[[rule]]\nid = \n", "own.toml:2: "},
		{"a sentence that does not match", strings.Replace(sound, "規制のサンドボックス制度", "規制の砂箱", 1), `own.toml:2: rule "house.sandbox": must match "規制の砂箱" and does the opposite`},
		{"a sentence that matches", strings.Replace(sound, "砂場の整備", "サンドボックスの整備", 1), `must not match "サンドボックスの整備"`},
		{"no sentences", strings.Replace(sound, `must_not = ["砂場の整備"]`, "", 1), "at least one sentence"},
		{"no English reason", strings.Replace(sound, `en = "sandbox"`, `en = ""`, 1), "both ja and en"},
		{"an unknown decision", strings.Replace(sound, `"theme"`, `"mood"`, 1), `decides "mood"`},
		{"an unknown class", strings.NewReplacer(`"theme"`, `"class"`).Replace(sound), `value "sandbox" is no class`},
		{"a field that does not exist", strings.Replace(sound, `"touched"`, `"smell"`, 1), `look "smell"`},
		{"nowhere to look", strings.Replace(sound, `look = ["touched"]`, "", 1), "look is missing"},
		{"a broken pattern", strings.Replace(sound, `any = ["サンドボックス"]`, `pattern = ["("]`, 1), "pattern"},
		{"a pattern that matches nothing at all", strings.Replace(sound, `any = ["サンドボックス"]`, `pattern = ["x*"]`, 1), "matches the empty text"},
		{"an unknown layer", strings.Replace(sound, "look =", "when = { layer = [\"moon\"] }\nlook =", 1), `when.layer "moon"`},
		{"an unknown event", strings.Replace(sound, "look =", "when = { event = [\"eclipse\"] }\nlook =", 1), `when.event "eclipse"`},
		{"twice in one file", sound + sound, "defined twice"},
		{"disabling what is not there", `disable = ["no.such"]`, `"no.such"`},
		{"an ID in capitals", strings.Replace(sound, "house.sandbox", "House", 1), "lower-case"},
		{"conditions not closed", strings.Replace(sound, "規制のサンドボックス制度", "[layer=law サンドボックス", 1), "not closed"},
		{"an unknown condition", strings.Replace(sound, "規制のサンドボックス制度", "[mood=good] サンドボックス", 1), `"mood" is no condition`},
		{"a file too large", strings.Repeat("#", maxRuleFile+1), "may have"},
	} {
		_, err := Load(RuleFile{Name: "own.toml", Data: []byte(c.data)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	two := strings.Replace(sound, "砂場の整備", "サンドボックス", 1) + strings.NewReplacer("house.sandbox", "house.other", `value = "sandbox"`, "").Replace(sound)
	_, err := Load(RuleFile{Name: "own.toml", Data: []byte(two)})
	if err == nil || !strings.Contains(err.Error(), "house.sandbox") || !strings.Contains(err.Error(), "house.other") {
		t.Errorf("both faults at once: %v", err)
	}
}

func TestTooManyRulesAreRefused(t *testing.T) {
	var b strings.Builder
	for range maxRules + 1 {
		b.WriteString("[[rule]]\nid = \"a\"\n")
	}
	if _, err := Load(RuleFile{Name: "own.toml", Data: []byte(b.String())}); err == nil {
		t.Error("accepted")
	}
	var many strings.Builder
	for i := range maxRules {
		many.WriteString(strings.Replace(sound, "house.sandbox", "house.n"+strings.Repeat("x", i%40)+string(rune('a'+i/40%26))+string(rune('a'+i/1040)), 1))
	}
	if _, err := Load(RuleFile{Name: "own.toml", Data: []byte(many.String())}); err == nil || !strings.Contains(err.Error(), "are allowed") {
		t.Errorf("the bound on rules does not hold: %.200v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte("[[rule]]\nid=\"a\"\n[[rule]]\n[rule.when]\nshift=[\"hardened\"]\n"))
	f.Add([]byte("rule = 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := Load(RuleFile{Name: "f.toml", Data: data}); err == nil {
			r.Judge(item("AI事業者ガイドラインを改定しました"))
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	r := mustLoad(b)
	f := pair(kaisei.LayerBusinessGuideline)
	for range 20 {
		for _, p := range planted {
			f.Edits = append(f.Edits, changed(p.before, p.after, "第1部", "C. 共通の指針"))
		}
	}
	b.ReportMetric(float64(len(f.Edits)), "edits")
	for b.Loop() {
		r.Judge(f)
	}
}

func TestTheRuleOfTheManualHolds(t *testing.T) {
	b, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rule, ok := strings.Cut(string(b), "```toml\n")
	rule, _, closed := strings.Cut(rule, "```")
	if !ok || !closed {
		t.Fatal("docs/rules.md shows no rule")
	}
	r, err := Load(RuleFile{Name: "docs/rules.md", Data: []byte(rule)})
	if err != nil {
		t.Fatal(err)
	}
	if builtIn := mustLoad(t); r.Hash() == builtIn.Hash() || builtIn.Hash() != mustLoad(t).Hash() {
		t.Errorf("hashes %s and %s", r.Hash(), builtIn.Hash())
	}
	off, err := Load(RuleFile{Name: "own.toml", Data: []byte(`disable = ["theme.safety"]`)})
	if err != nil {
		t.Fatal(err)
	}
	if off.Hash() == mustLoad(t).Hash() || len(off.All()) != len(mustLoad(t).All()) {
		t.Error("a rule switched off is still listed, and alters the hash")
	}
}

func TestFailuresAreToldOneByOne(t *testing.T) {
	_, err := Load(RuleFile{Name: "own.toml", Data: []byte(`disable = ["no.such"]` + strings.ReplaceAll(sound, `["砂場の整備"]`, `["サンドボックス", "サンドボックス制度"]`))})
	if list := Failures(err); len(list) != 3 || !strings.Contains(list[2].Error(), "own.toml:2: rule") {
		t.Errorf("%d failures: %q", len(list), list)
	}
}

func TestEveryRuleThatIsAskedIsExplained(t *testing.T) {
	r := mustLoad(t)
	f := relabel(pair(kaisei.LayerSector, changed("AI提供者は、記録することが望ましい。", "AI提供者は、記録しなければならない。")), "第1.0版", "第1.1版")
	c, steps := r.Explain(f)
	if plain := r.Judge(f); plain.Class != c.Class || plain.Severity != c.Severity || len(plain.Reasons) != len(c.Reasons) {
		t.Errorf("explained as %s %s, judged as %s %s", c.Class, c.Severity, plain.Class, plain.Severity)
	}
	found := map[string]Step{}
	for _, s := range steps {
		found[s.Rule.ID] = s
	}
	if s := found["class.withdrawn"]; s.Outcome != NotMet || s.Unmet != "event" || s.Have != eventRelabelled {
		t.Errorf("class.withdrawn: %+v", s)
	}
	if s := found["severity.hardened"]; s.Outcome != Moved || s.From != kaisei.Medium || s.To != kaisei.High || s.Match == "" {
		t.Errorf("severity.hardened: %+v", s)
	}
	if s := found["severity.soft-law-ceiling"]; s.Outcome != Idle {
		t.Errorf("severity.soft-law-ceiling: %+v", s)
	}
	if s := found["role.provider"]; s.Outcome != Decided || s.Match != "AI提供者" {
		t.Errorf("role.provider: %+v", s)
	}
	if _, asked := found["class.news"]; asked {
		t.Error("a class rule after the one that decided was asked")
	}
	for _, m := range r.Matches(f) {
		if m.Rule.ID == "class.withdrawn" {
			t.Error("a rule that does not match is among the matches")
		}
	}
}
