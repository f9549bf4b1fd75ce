package classify

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"kaisei/internal/kaisei"
)

//go:embed rules.toml
var embedded []byte

// Limits of rule files.
const (
	maxRuleFile = 1 << 20 // bytes
	maxRules    = 2000
)

// RuleFile is an operator's file of rules. It may add rules, replace one by giving its ID again,
// or switch some off by listing their IDs in disable. Its rules are asked before the built-in ones,
// so that where the first match decides, the operator's does; a replaced rule keeps its place.
type RuleFile struct {
	Name string
	Data []byte
}

// Rules is a checked set of rules. It is immutable and safe for concurrent use.
type Rules struct {
	all     []*Rule
	decides map[string][]*Rule
	hash    string
	// uses are the operator's uses of AI; see For.
	uses []use
}

// Hash identifies the rules that are asked, their order and their words included. A judgement keeps the
// hash of the rules that made it.
func (r *Rules) Hash() string { return r.hash }

// hashLength is how many digits of a hash tell sets of rules apart.
const hashLength = 16

// hashOf is the hash of rules as they are asked; comments and the place of a rule in its file do not
// alter it.
func hashOf(rules []*Rule) (string, error) {
	var asked []*Rule
	for _, r := range rules {
		if !r.off {
			asked = append(asked, r)
		}
	}
	b, err := json.Marshal(asked)
	if err != nil {
		return "", fmt.Errorf("hash the rules: %w", err)
	}
	return kaisei.Hash(b)[:hashLength], nil
}

// All returns every rule in the order in which they are asked, those switched off included.
func (r *Rules) All() []Rule {
	out := make([]Rule, len(r.all))
	for i, rule := range r.all {
		out[i] = *rule
	}
	return out
}

func (r *Rules) of(decides string) []*Rule { return r.decides[decides] }

// Disabled reports whether an operator's file switched the rule off: it is checked and not asked.
func (r Rule) Disabled() bool { return r.off }

// Origin says where the rule is defined: file:line.
func (r Rule) Origin() string { return fmt.Sprintf("%s:%d", r.file, r.line) }

// fileForm is the form of a rules file.
type fileForm struct {
	Disable []string `toml:"disable"`
	Rule    []Rule   `toml:"rule"`
}

// Load reads the built-in rules and then the operator's files, and checks every rule: its
// words, its conditions, and the sentences that it must and must not match. All failures
// are returned together, each with the file, the line and the rule's ID.
func Load(extra ...RuleFile) (*Rules, error) {
	var rules []*Rule
	var disabled []string
	var errs []error
	for i, file := range append([]RuleFile{{Name: "rules.toml", Data: embedded}}, extra...) {
		form, err := parse(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rules = merge(rules, form.Rule, i > 0, &errs)
		disabled = append(disabled, form.Disable...)
	}
	if len(rules) > maxRules {
		return nil, errors.Join(append(errs, fmt.Errorf("%d rules; %d are allowed", len(rules), maxRules))...)
	}
	r := &Rules{all: rules, decides: map[string][]*Rule{}}
	for _, id := range disabled {
		if !slices.ContainsFunc(rules, func(x *Rule) bool { return x.ID == id }) {
			errs = append(errs, fmt.Errorf("disable names the rule %q, which does not exist", id))
		}
	}
	for _, rule := range rules {
		if faults := rule.compile(); len(faults) > 0 {
			errs = append(errs, faults...)
			continue
		}
		errs = append(errs, rule.check()...)
		if rule.off = slices.Contains(disabled, rule.ID); rule.off {
			continue
		}
		r.decides[rule.Decides] = append(r.decides[rule.Decides], rule)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var err error
	r.hash, err = hashOf(rules)
	return r, err
}

// parse reads one file strictly and notes the line of each rule.
func parse(file RuleFile) (fileForm, error) {
	var form fileForm
	if len(file.Data) > maxRuleFile {
		return form, fmt.Errorf("%s: %d bytes; a rules file may have %d", file.Name, len(file.Data), maxRuleFile)
	}
	d := toml.NewDecoder(bytes.NewReader(file.Data))
	d.DisallowUnknownFields()
	if err := d.Decode(&form); err != nil {
		var unknown *toml.StrictMissingError
		var broken *toml.DecodeError
		switch {
		case errors.As(err, &unknown):
			var errs []error
			for _, e := range unknown.Errors {
				row, _ := e.Position()
				errs = append(errs, fmt.Errorf("%s:%d: unknown key %s", file.Name, row, strings.Join(e.Key(), ".")))
			}
			return form, errors.Join(errs...)
		case errors.As(err, &broken):
			row, _ := broken.Position()
			return form, fmt.Errorf("%s:%d: %s", file.Name, row, strings.TrimPrefix(broken.Error(), "toml: "))
		}
		return form, fmt.Errorf("%s: %w", file.Name, err)
	}
	lines := ruleLines(file.Data)
	for i := range form.Rule {
		form.Rule[i].file = file.Name
		if i < len(lines) {
			form.Rule[i].line = lines[i]
		}
	}
	return form, nil
}

// ruleLines returns the line of each [[rule]].
func ruleLines(data []byte) []int {
	var out []int
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.ArrayTable {
			continue
		}
		if it := e.Key(); it.Next() && string(it.Node().Data) == "rule" {
			out = append(out, p.Shape(it.Node().Raw).Start.Line)
		}
	}
	return out
}

// merge adds a file's rules in front of those before it; one with a known ID takes the
// place of the former.
func merge(rules []*Rule, more []Rule, operator bool, errs *[]error) []*Rule {
	var added []*Rule
	own := map[string]bool{}
	for i := range more {
		rule := &more[i]
		if own[rule.ID] {
			*errs = append(*errs, fmt.Errorf("%s: rule %q is defined twice in the file", rule.Origin(), rule.ID))
			continue
		}
		own[rule.ID] = true
		at := slices.IndexFunc(rules, func(x *Rule) bool { return x.ID == rule.ID })
		if at >= 0 && operator {
			rules[at] = rule
			continue
		}
		added = append(added, rule)
	}
	return append(added, rules...)
}

var ruleID = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

// compile folds words, compiles patterns and reports everything that makes the rule unusable.
func (r *Rule) compile() []error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: rule %q: %s", r.Origin(), r.ID, fmt.Sprintf(format, args...)))
	}
	if !ruleID.MatchString(r.ID) {
		fault("the ID must be lower-case words joined by dots and hyphens")
	}
	if r.Reason.JA == "" || r.Reason.EN == "" {
		fault("reason needs both ja and en")
	}
	if len(r.Must) == 0 || len(r.MustNot) == 0 {
		fault("needs at least one sentence in must and one in must_not")
	}
	r.value(fault)
	r.words(fault)
	r.When.known(fault)
	return errs
}

// value checks that the rule gives something that exists.
func (r *Rule) value(fault func(string, ...any)) {
	switch r.Decides {
	case decidesClass:
		if c := kaisei.Class(r.Value); !slices.Contains(kaisei.Classes(), c) || c.Notice() {
			fault("value %q is no class of change", r.Value)
		}
	case decidesLayer:
		if !kaisei.Layer(r.Value).Known() {
			fault("value %q is no layer", r.Value)
		}
	case decidesSeverity:
		switch r.Effect {
		case effectBase, effectAtLeast, effectAtMost:
			if kaisei.Severity(r.Value).Rank() < 0 {
				fault("value %q is no severity", r.Value)
			}
		case effectUp, effectDown:
			if r.Value != "" {
				fault("a step of severity has no value")
			}
		default:
			fault("effect %q is not base, up, down, at-least or at-most", r.Effect)
		}
	case decidesTheme, decidesRole, decidesSector:
		if r.Value == "" {
			fault("value is missing")
		}
	case decidesQuiet:
		if r.Value != "" {
			fault("a quiet rule has no value")
		}
	default:
		fault("decides %q is not class, layer, severity, theme, role, sector or quiet", r.Decides)
	}
	if r.Effect != "" && r.Decides != decidesSeverity {
		fault("effect is for severity rules")
	}
}

// words folds the words and compiles the patterns.
func (r *Rule) words(fault func(string, ...any)) {
	r.any, r.none, r.pat, r.not = nil, nil, nil, nil
	for _, l := range r.Look {
		if !slices.Contains(looks, l) {
			fault("look %q is not one of %s", l, strings.Join(looks, ", "))
		}
	}
	textual := len(r.Any)+len(r.Pattern) > 0
	switch {
	case textual && len(r.Look) == 0:
		fault("look is missing: which text do the words stand in?")
	case !textual && (len(r.Look) > 0 || r.Every || len(r.None)+len(r.Not) > 0):
		fault("look, every, none and not need any or pattern")
	}
	for _, list := range []struct {
		words []string
		into  *[]word
	}{{r.Any, &r.any}, {r.None, &r.none}} {
		for _, w := range list.words {
			folded := wordOf(w)
			if folded.folded == "" {
				fault("the word %q is empty when folded", w)
			}
			*list.into = append(*list.into, folded)
		}
	}
	for _, list := range []struct {
		patterns []string
		into     *[]*regexp.Regexp
	}{{r.Pattern, &r.pat}, {r.Not, &r.not}} {
		for _, p := range list.patterns {
			re, err := regexp.Compile("(?i)" + p)
			if err != nil {
				fault("pattern %q: %v", p, err)
				continue
			}
			if re.MatchString("") {
				fault("pattern %q matches the empty text", p)
			}
			*list.into = append(*list.into, re)
		}
	}
}

// known checks the words of the conditions.
func (w When) known(fault func(string, ...any)) {
	layers, classes := kaisei.Layers(), kaisei.Classes()
	for _, l := range w.Layer {
		if !slices.Contains(layers, kaisei.Layer(l)) {
			fault("when.layer %q is no layer", l)
		}
	}
	for _, c := range w.Class {
		if !slices.Contains(classes, kaisei.Class(c)) {
			fault("when.class %q is no class", c)
		}
	}
	for _, e := range w.Event {
		if !slices.Contains(events, e) {
			fault("when.event %q is not one of %s", e, strings.Join(events, ", "))
		}
	}
	kinds := []kaisei.Kind{kaisei.KindPage, kaisei.KindIndex, kaisei.KindFeed, kaisei.KindLaw}
	for _, k := range w.Kind {
		if !slices.Contains(kinds, kaisei.Kind(k)) {
			fault("when.kind %q is no kind of source", k)
		}
	}
	for _, s := range w.Shift {
		if !slices.Contains(directions, kaisei.Direction(s)) {
			fault("when.shift %q is no direction", s)
		}
	}
	if w.MinRank > 0 && len(w.Shift) == 0 {
		fault("when.min_rank needs when.shift")
	}
}

var directions = []kaisei.Direction{kaisei.Hardened, kaisei.Softened, kaisei.ObligationAdded, kaisei.ObligationRemoved}

// Failures takes apart the error of Load: one error for each fault.
func Failures(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, Failures(e)...)
	}
	return out
}

// Decides returns what rules can decide.
func Decides() []string {
	return []string{decidesClass, decidesLayer, decidesSeverity, decidesTheme, decidesRole, decidesSector, decidesQuiet}
}
