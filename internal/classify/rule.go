package classify

import (
	"regexp"
	"slices"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// What a rule decides.
const (
	decidesClass    = "class"
	decidesLayer    = "layer"
	decidesSeverity = "severity"
	decidesTheme    = "theme"
	decidesRole     = "role"
	decidesSector   = "sector"
	decidesQuiet    = "quiet"
)

// What a severity rule does: the first base that matches sets the level, every step moves
// it by one, and bounds come last.
const (
	effectBase    = "base"
	effectUp      = "up"
	effectDown    = "down"
	effectAtLeast = "at-least"
	effectAtMost  = "at-most"
)

// Rule is one line of reasoning as the rules file holds it. Conditions in When must all
// hold; where Any or Pattern is given, one text among the fields of Look must hold one of
// them and nothing of None and Not.
type Rule struct {
	ID      string `toml:"id"`
	Decides string `toml:"decides"`
	// Value is the class, layer, theme, role or sector given, or the severity of a base or bound.
	Value  string `toml:"value"`
	Effect string `toml:"effect"`
	// Look names the texts looked at; see the head of rules.toml.
	Look []string `toml:"look"`
	// Any and None are words for ja.Contains, Pattern and Not regular expressions (RE2, without
	// regard to case) on the comparison key of a text.
	Any     []string `toml:"any"`
	None    []string `toml:"none"`
	Pattern []string `toml:"pattern"`
	Not     []string `toml:"not"`
	// Every demands that all texts of Look match, not one.
	Every bool `toml:"every"`
	When  When `toml:"when"`
	// Reason says why, for people.
	Reason kaisei.Text `toml:"reason"`
	// Must and MustNot are the rule's own test: texts, each with conditions in square brackets in
	// front where the rule has such, that it must and must not match. They are checked at load.
	Must    []string `toml:"must"`
	MustNot []string `toml:"must_not"`

	file string
	line int
	off  bool
	any  []word
	none []word
	pat  []*regexp.Regexp
	not  []*regexp.Regexp
}

// When are a rule's conditions on other things than text. An empty list is no condition.
type When struct {
	Event    []string `toml:"event"`
	Class    []string `toml:"class"`
	Layer    []string `toml:"layer"`
	Kind     []string `toml:"kind"`
	Format   []string `toml:"format"`
	Language []string `toml:"language"`
	// Host asks that the change's address be on one of these hosts or below one.
	Host []string `toml:"host"`
	// Item is true for news that is complete in itself, false for fetched documents.
	Item *bool `toml:"item"`
	// Listing is true for the words of a listing itself, beside the documents it leads to.
	Listing *bool `toml:"listing"`
	// Translation is true for a translation of a document that is tracked too.
	Translation *bool `toml:"translation"`
	// DraftBefore and DraftAfter tell whether the labels mark drafts.
	DraftBefore *bool `toml:"draft_before"`
	DraftAfter  *bool `toml:"draft_after"`
	// Shift asks for a normative shift of one of these directions, of at least MinRank after
	// it (before it for one that is removed).
	Shift   []string `toml:"shift"`
	MinRank int      `toml:"min_rank"`
	// NoShift asks that no norm shifted.
	NoShift bool `toml:"no_shift"`
	// MinEdits and MaxEdits bound the number of edits; 0 is no bound.
	MinEdits int `toml:"min_edits"`
	MaxEdits int `toml:"max_edits"`
	// WithinDays asks for a day of taking force or a deadline that lies ahead by at most so many days.
	WithinDays int `toml:"within_days"`
}

// word is a word of a rule, with its folded form as a quick first test.
type word struct {
	printed, folded string
}

func wordOf(s string) word { return word{printed: s, folded: strings.ToLower(ja.Key(s))} }

func (w word) in(t located) bool {
	return w.folded != "" && strings.Contains(t.lower, w.folded) && ja.Contains(t.key, w.printed)
}

// located is a text with its folded forms and the place it stands in.
type located struct {
	key, lower, where string
}

func locate(text, where string) located {
	if where != lookURL {
		text = address.ReplaceAllString(text, " ")
	}
	k := ja.Key(text)
	return located{key: k, lower: strings.ToLower(k), where: where}
}

// address is a web address within a text: its words are names of hosts and folders and say nothing
// (https://transparency.oecd.ai is no clause on transparency).
var address = regexp.MustCompile(`https?://[!-~]+`)

// hit is what made a rule match.
type hit struct {
	match, where string
	count        int
}

func (r *Rule) reason(h hit) kaisei.Reason {
	return kaisei.Reason{Rule: r.ID, Text: r.Reason, Match: h.match, Where: h.where}
}

// textual reports whether the rule looks at words.
func (r *Rule) textual() bool { return len(r.any)+len(r.pat) > 0 }

// match applies the rule to the facts.
func (r *Rule) match(f *facts) (hit, bool) {
	h, unmet := r.ask(f)
	return h, unmet == ""
}

// unmetWords is what keeps a rule from matching where its conditions hold.
const unmetWords = "words"

// ask applies the rule to the facts and names the first condition that does not hold, or unmetWords;
// "" where the rule matches.
func (r *Rule) ask(f *facts) (hit, string) {
	h, unmet := r.When.hold(f)
	if unmet != "" {
		return hit{}, unmet
	}
	if !r.textual() {
		return h, ""
	}
	for _, field := range r.Look {
		for _, t := range f.texts[field] {
			m, ok := r.matchText(t)
			switch {
			case !ok && r.Every:
				return hit{}, unmetWords
			case ok && h.count == 0:
				h = hit{match: m, where: t.where, count: 1}
			case ok:
				h.count++
			}
		}
	}
	if h.count == 0 {
		return hit{}, unmetWords
	}
	return h, ""
}

func (r *Rule) matchText(t located) (string, bool) {
	for _, w := range r.none {
		if w.in(t) {
			return "", false
		}
	}
	for _, re := range r.not {
		if re.MatchString(t.key) {
			return "", false
		}
	}
	for _, w := range r.any {
		if w.in(t) {
			return w.printed, true
		}
	}
	for _, re := range r.pat {
		if m := re.FindString(t.key); m != "" {
			return m, true
		}
	}
	return "", false
}

// hold names the first condition that does not hold, or "" where all do, with the strongest of the
// shifts asked for.
func (w When) hold(f *facts) (h hit, unmet string) {
	for _, c := range []struct {
		name    string
		allowed []string
		have    string
	}{
		{"event", w.Event, f.event}, {"class", w.Class, string(f.class)}, {"layer", w.Layer, string(f.layer)},
		{"kind", w.Kind, f.kind}, {"format", w.Format, f.format}, {"language", w.Language, f.language},
	} {
		if len(c.allowed) > 0 && !slices.Contains(c.allowed, c.have) {
			return h, c.name
		}
	}
	if len(w.Host) > 0 && !slices.ContainsFunc(w.Host, func(h string) bool { return f.host == h || strings.HasSuffix(f.host, "."+h) }) {
		return h, "host"
	}
	for _, c := range []struct {
		name string
		want *bool
		have bool
	}{
		{"item", w.Item, f.item}, {"listing", w.Listing, f.listing}, {"translation", w.Translation, f.translation},
		{"draft_before", w.DraftBefore, f.draftBefore}, {"draft_after", w.DraftAfter, f.draftAfter},
	} {
		if c.want != nil && *c.want != c.have {
			return h, c.name
		}
	}
	switch {
	case w.MinEdits > 0 && f.edits < w.MinEdits:
		return h, "min_edits"
	case w.MaxEdits > 0 && f.edits > w.MaxEdits:
		return h, "max_edits"
	case w.NoShift && len(f.shifts) > 0:
		return h, "no_shift"
	case w.WithinDays > 0 && (f.days < 0 || f.days > w.WithinDays):
		return h, "within_days"
	case len(w.Shift) == 0:
		return h, ""
	}
	best := -1
	for _, s := range f.shifts {
		rank := s.RankAfter
		if s.Direction == kaisei.ObligationRemoved || s.Direction == kaisei.Softened {
			rank = max(s.RankBefore, s.RankAfter)
		}
		if slices.Contains(w.Shift, string(s.Direction)) && rank >= w.MinRank && rank > best {
			best = rank
			h = hit{match: shiftMatch(s), where: strings.Join(s.Path, " › ")}
		}
	}
	if best < 0 {
		return h, "shift"
	}
	return h, ""
}
