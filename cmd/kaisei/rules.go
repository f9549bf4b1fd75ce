package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
)

func (a *app) rulesCommand() *cobra.Command {
	return group("rules", "See, test and explain the rules that judge", a.rulesListCommand(), a.rulesTestCommand(), a.rulesExplainCommand())
}

// ruleJSON is a rule as rules list prints it.
type ruleJSON struct {
	ID       string      `json:"id"`
	Decides  string      `json:"decides"`
	Value    string      `json:"value"`
	Effect   string      `json:"effect"`
	Reason   kaisei.Text `json:"reason"`
	Defined  string      `json:"defined"`
	Disabled bool        `json:"disabled"`
}

func (a *app) rulesListCommand() *cobra.Command {
	var decides string
	c := &cobra.Command{
		Use: "list", Short: "List the rules in the order in which they are asked", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if decides != "" && !slices.Contains(classify.Decides(), decides) {
				return usage{fmt.Errorf("--decides %q is not one of %s", decides, strings.Join(classify.Decides(), ", "))}
			}
			rules, err := a.rules()
			if err != nil {
				return err
			}
			return a.printRules(rules, decides)
		},
	}
	c.Flags().StringVar(&decides, "decides", "", "only rules that decide this: "+strings.Join(classify.Decides(), ", "))
	return c
}

func (a *app) printRules(rules *classify.Rules, decides string) error {
	lang := a.voice()
	var rows [][]string
	for _, r := range rules.All() {
		if decides != "" && r.Decides != decides {
			continue
		}
		if a.json {
			if err := a.printJSON(ruleJSON{r.ID, r.Decides, r.Value, r.Effect, r.Reason, r.Origin(), r.Disabled()}); err != nil {
				return err
			}
			continue
		}
		state := ""
		if r.Disabled() {
			state = "disabled"
		}
		rows = append(rows, []string{r.ID, strings.TrimSpace(r.Decides + " " + r.Effect), r.Value, r.Origin(), state, r.Reason.In(lang.ID())})
	}
	if !a.json {
		a.table([]string{"ID", "DECIDES", "VALUE", "DEFINED", "", "REASON"}, rows)
		a.remark("cli.rules", len(rows), rules.Hash())
	}
	return nil
}

// sentence is a sentence that rules test tries.
type sentence struct {
	title, text, before, layer string
	asked                      bool
}

func (a *app) rulesTestCommand() *cobra.Command {
	var s sentence
	c := &cobra.Command{
		Use: "test [FILE…]", Short: "Try every rule on its own sentences, or all rules on a sentence of yours",
		Long: `test loads the built-in rules and those of the configuration's rules_files, or of the files named instead, and tries
each on the sentences that it must and must not match. It prints every failure with its file and line, and
ends with 1 where there is one.

With --title, --text and --before it prints which rules match words of yours, and what would be judged: a title
alone is a new item; --text is a clause that was added to a document, or put in the place of --before.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			for _, name := range []string{"title", "text", "before"} {
				if f := c.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
					return usage{fmt.Errorf("--%s is empty: give it the words to try", name)}
				}
			}
			s.asked = s.title != "" || s.text != "" || s.before != ""
			if s.layer != "" && !kaisei.Layer(s.layer).Known() {
				return usage{fmt.Errorf("--layer %q is not one of %v", s.layer, kaisei.Layers())}
			}
			if s.layer != "" && !s.asked {
				return usage{errors.New("--layer is for --title, --text and --before")}
			}
			return a.rulesTest(args, s)
		},
	}
	f := c.Flags()
	f.StringVar(&s.title, "title", "", "the title of an item or document")
	f.StringVar(&s.text, "text", "", "a clause as it reads now")
	f.StringVar(&s.before, "before", "", "the clause as it read before")
	f.StringVar(&s.layer, "layer", "", "the layer of the governance stack (default: news for an item, business-guideline for a clause)")
	return c
}

func (a *app) rulesTest(names []string, s sentence) error {
	files, err := a.ruleFiles(names)
	if err != nil {
		return err
	}
	rules, err := classify.Load(files...)
	if err != nil {
		failures := classify.Failures(err)
		for _, f := range failures {
			if a.json {
				if err := a.printJSON(map[string]string{"failure": f.Error()}); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintln(a.stdout, render.Clean(f.Error()))
		}
		a.remark("cli.rule-failures", len(failures))
		return errReported
	}
	if s.asked {
		return a.printMatches(rules, s)
	}
	sentences := 0
	for _, r := range rules.All() {
		sentences += len(r.Must) + len(r.MustNot)
	}
	if a.json {
		return a.printJSON(map[string]any{"rules": len(rules.All()), "sentences": sentences, "files": len(files), "hash": rules.Hash()})
	}
	a.report("cli.rules-hold", len(rules.All()), sentences, len(files), rules.Hash())
	return nil
}

// ruleFiles reads the named rule files, or those of the configuration.
func (a *app) ruleFiles(names []string) ([]classify.RuleFile, error) {
	made := func(name string, b []byte) classify.RuleFile { return classify.RuleFile{Name: name, Data: b} }
	if len(names) == 0 {
		c, err := a.settings()
		if err != nil {
			return nil, err
		}
		files, err := load(c.RulesFiles, made)
		if err != nil {
			return nil, fmt.Errorf("read rules_files: %w", err)
		}
		return files, nil
	}
	var files []classify.RuleFile
	for _, n := range names {
		if err := regular(n); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no file %q of rules: to try words of yours, write them after --text or --title", n)
		} else if err != nil {
			return nil, err
		}
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		files = append(files, made(n, b))
	}
	return files, nil
}

// stepJSON is a rule that was asked.
type stepJSON struct {
	Rule    string      `json:"rule"`
	Decides string      `json:"decides"`
	Value   string      `json:"value"`
	Effect  string      `json:"effect"`
	Outcome string      `json:"outcome"`
	Unmet   string      `json:"unmet,omitempty"`
	Have    string      `json:"have,omitempty"`
	Reason  kaisei.Text `json:"reason"`
	Match   string      `json:"match"`
	Where   string      `json:"where"`
	Count   int         `json:"count"`
	From    string      `json:"from,omitempty"`
	To      string      `json:"to,omitempty"`
	Defined string      `json:"defined"`
}

func stepsJSON(steps []classify.Step) []stepJSON {
	out := []stepJSON{}
	for _, s := range steps {
		out = append(out, stepJSON{
			s.Rule.ID, s.Rule.Decides, s.Rule.Value, s.Rule.Effect, string(s.Outcome), s.Unmet, s.Have, s.Rule.Reason,
			s.Match, s.Where, s.Count, string(s.From), string(s.To), s.Rule.Origin(),
		})
	}
	return out
}

func (a *app) printMatches(rules *classify.Rules, s sentence) error {
	f := classify.Sentence(s.title, s.before, s.text, kaisei.Layer(s.layer), time.Now())
	ch, steps := rules.Judge(f), rules.Matches(f)
	ch.SeenAt = time.Time{}
	if a.json {
		return a.printJSON(struct {
			Matches []stepJSON `json:"matches"`
			pairJSON
		}{stepsJSON(steps), judgedPair(ch)})
	}
	o := a.writing()
	var rows [][]string
	for _, m := range steps {
		rows = append(rows, []string{m.Rule.ID, strings.TrimSpace(m.Rule.Decides + " " + m.Rule.Effect), m.Rule.Value, cut(m.Match, 40), cut(m.Where, 40), m.Rule.Reason.In(a.language())})
	}
	a.table([]string{"RULE", "DECIDES", "VALUE", "MATCH", "WHERE", "REASON"}, rows)
	fmt.Fprintln(a.stdout)
	for _, line := range render.Judgement(ch, o) {
		fmt.Fprintln(a.stdout, line)
	}
	return nil
}

func (a *app) rulesExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use: "explain CHANGE", Short: "Show how a change came to be judged: every rule that was asked",
		Long: `explain prints the reasons of a change in full, in Japanese and English, and then judges it again with the rules as
they are now and prints every rule that was asked: the class rules before the one that decided and what each lacked,
the base, steps and bounds of the severity, and where each role, theme and sector comes from. Where the
rules of today judge differently from what was told, it says so.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, done, err := a.reader(c.Context())
			if err != nil {
				return err
			}
			defer done()
			list, err := pickChanges(r, args, kaisei.ChangeQuery{})
			if err != nil {
				return err
			}
			j, _, err := a.rejudger(r)
			if err != nil {
				return err
			}
			rules, err := a.rules()
			if err != nil {
				return err
			}
			return a.explain(list[0], j, rules)
		},
	}
}

// explain prints how a stored change is judged.
func (a *app) explain(ch kaisei.Change, j *watch.Rejudger, rules *classify.Rules) error {
	one, err := j.Judge(ch, time.Now())
	switch {
	case errors.Is(err, watch.ErrNotJudged):
		a.remark("cli.as-stored", ch.ID, err)
	case err != nil:
		return err
	default:
		one.Differs = ch.Judgement().Differences(one.After)
	}
	if a.json {
		return a.printJSON(struct {
			Change  string            `json:"change"`
			Rules   string            `json:"rules"`
			Today   string            `json:"rules_today"`
			Reasons []kaisei.Reason   `json:"reasons"`
			Differs []string          `json:"differs"`
			Steps   []stepJSON        `json:"steps"`
			Shifts  []kaisei.Shift    `json:"shifts"`
			Told    kaisei.Judgement  `json:"told"`
			After   *kaisei.Judgement `json:"today,omitempty"`
		}{ch.ID, ch.Rules, rules.Hash(), list(ch.Reasons), list(one.Differs), stepsJSON(one.Steps), list(ch.Shifts), ch.Judgement(), different(one)})
	}
	o := a.printing()
	fmt.Fprint(a.stdout, render.Explanation(ch, origins(rules), o))
	if len(one.Differs) > 0 {
		fmt.Fprintln(a.stdout, "\n"+render.Today(ch.Judgement(), one.After, one.Differs, o))
	}
	if len(one.Steps) > 0 {
		fmt.Fprint(a.stdout, "\n"+render.Steps(stepLines(one.Steps), o))
	}
	return nil
}

// different is the judgement of today where it differs from what was told.
func different(one watch.Rejudged) *kaisei.Judgement {
	if len(one.Differs) == 0 {
		return nil
	}
	return &one.After
}

// origins says where each rule is defined.
func origins(rules *classify.Rules) map[string]string {
	out := map[string]string{}
	for _, r := range rules.All() {
		out[r.ID] = r.Origin()
	}
	return out
}

// stepLines takes the steps that a reader wants to see: every class rule and base asked, the steps and bounds that
// match or could not decide, and the facets whose words are there.
func stepLines(steps []classify.Step) []render.Step {
	var out []render.Step
	for _, s := range steps {
		facet := s.Rule.Decides == "theme" || s.Rule.Decides == "role" || s.Rule.Decides == "sector"
		if facet && s.Outcome == classify.NotMet {
			continue
		}
		out = append(out, render.Step{
			Rule: s.Rule.ID, Decides: s.Rule.Decides, Effect: s.Rule.Effect, Value: s.Rule.Value, Reason: s.Rule.Reason, Outcome: string(s.Outcome),
			Unmet: s.Unmet, Have: s.Have, Match: s.Match, Where: s.Where, Count: s.Count, From: s.From, To: s.To,
		})
	}
	return out
}
