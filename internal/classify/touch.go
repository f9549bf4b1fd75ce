package classify

import (
	"net/url"
	"slices"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// use is a use of AI ready to be matched.
type use struct {
	kaisei.UseCase
	laws []law
}

// For returns the same rules, which also name the uses of AI that a change touches.
func (r *Rules) For(uses []kaisei.UseCase) *Rules {
	out := *r
	out.uses = nil
	for _, u := range uses {
		one := use{UseCase: u}
		for _, l := range u.Laws {
			one.laws = append(one.laws, lawOf(l))
		}
		out.uses = append(out.uses, one)
	}
	return &out
}

// Roles returns the roles that rules give, in the order of the rules.
func (r *Rules) Roles() []string { return r.values(decidesRole) }

// Themes returns the themes that rules give.
func (r *Rules) Themes() []string { return r.values(decidesTheme) }

// Sectors returns the sectors that rules give.
func (r *Rules) Sectors() []string { return r.values(decidesSector) }

func (r *Rules) values(decides string) []string {
	var out []string
	for _, rule := range r.of(decides) {
		if !slices.Contains(out, rule.Value) {
			out = append(out, rule.Value)
		}
	}
	return out
}

// Touches returns the uses of AI that a change touches, in the order of For, each with the clause that says so
// most strongly. Whole is the text of a document that is new and has no edits, or nil.
//
// A clause touches a use where it names one of its themes, or a law it rests on, or where the document is that
// law, bears its name, or is followed closely; and where nothing contradicts: roles that the clause is addressed to,
// or sectors, of which none is the use's. What a use does not say limits nothing. A use with neither themes nor
// laws is touched where a clause names its role or sector.
func (r *Rules) Touches(c kaisei.Change, s kaisei.Source, whole []kaisei.Block) []kaisei.Touch {
	var out []kaisei.Touch
	for _, list := range r.touching(c, s, whole, 1) {
		out = append(out, list...)
	}
	return out
}

// MaxClauses is the most clauses that Clauses returns for one use.
const MaxClauses = 500

// Clauses is Touches with every clause that touches a use, those that say so most strongly first.
func (r *Rules) Clauses(c kaisei.Change, s kaisei.Source, whole []kaisei.Block) []kaisei.Touch {
	var out []kaisei.Touch
	for _, list := range r.touching(c, s, whole, MaxClauses) {
		out = append(out, list...)
	}
	return out
}

// touching returns for every use at most n touches, the strongest first.
func (r *Rules) touching(c kaisei.Change, s kaisei.Source, whole []kaisei.Block, n int) [][]kaisei.Touch {
	if len(r.uses) == 0 {
		return nil
	}
	d := documentOf(c, s, whole)
	found := make([][]evidence, len(r.uses))
	for i := range d.clauses {
		x := d.look(r, i)
		for k, u := range r.uses {
			if e, ok := d.touches(u, x); ok {
				found[k] = append(found[k], e)
			}
		}
	}
	out := make([][]kaisei.Touch, len(r.uses))
	for k, list := range found {
		slices.SortStableFunc(list, evidence.compare)
		for _, e := range list[:min(n, len(list))] {
			t := d.touch(r.uses[k], e)
			out[k] = append(out[k], t)
			if t.Clause == "" {
				break // it is the document as a whole
			}
		}
	}
	return out
}

// document is a change laid out in clauses.
type document struct {
	change kaisei.Change
	source kaisei.Source
	title  located
	// bearing are the titles of document and source, which may bear the name of a law.
	bearing []located
	base    facts
	clauses []kaisei.Edit
	// fresh: there was nothing before. still: no wording differs, so that the title stands for the whole.
	// annexOnly: only what comes after the body of a law differs.
	fresh, still, annexOnly bool
	shifts                  map[string][]kaisei.Shift
}

func documentOf(c kaisei.Change, s kaisei.Source, whole []kaisei.Block) *document {
	d := &document{
		change: c, source: s, title: locate(c.Title, "title"), shifts: map[string][]kaisei.Shift{},
		fresh: c.BeforeHash == "" && c.LabelBefore == "",
		base: facts{
			class: c.Class, layer: c.Layer, kind: string(s.Kind), format: c.Format, language: c.Language,
			shifts: c.Shifts, edits: len(c.Edits), days: -1,
		},
	}
	if u, err := url.Parse(c.URL); err == nil {
		d.base.host = strings.ToLower(u.Hostname())
	}
	d.bearing = []located{d.title, locate(s.Title.JA, "source"), locate(s.Title.EN, "source")}
	edits := c.Edits
	if len(edits) == 0 && d.fresh {
		for _, b := range whole[:min(len(whole), maxTexts)] {
			edits = append(edits, kaisei.Edit{Kind: kaisei.EditAdded, BlockKind: b.Kind, PathAfter: b.Path, After: b.Text})
		}
	}
	body := false
	for _, e := range edits {
		if len(d.clauses) == maxTexts {
			break
		}
		if strings.TrimSpace(e.Before+e.After) == "" || e.Before != "" && e.After != "" && ja.Key(e.Before) == ja.Key(e.After) {
			continue
		}
		d.clauses = append(d.clauses, e)
		body = body || !annex(e)
	}
	d.annexOnly = len(d.clauses) > 0 && !body
	if len(d.clauses) == 0 {
		d.still = true
		d.clauses = []kaisei.Edit{{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockHeading, After: c.Title}}
	}
	for _, sh := range c.Shifts {
		at := strings.Join(sh.Path, "\x00")
		d.shifts[at] = append(d.shifts[at], sh)
	}
	return d
}

// pathOf is where a clause stands: after the change, or before it where it is gone.
func pathOf(e kaisei.Edit) []string {
	if e.After == "" || len(e.PathAfter) == 0 {
		return e.PathBefore
	}
	return e.PathAfter
}

// textOf is a clause as printed.
func textOf(e kaisei.Edit) string {
	if e.After == "" {
		return e.Before
	}
	return e.After
}

// annex reports whether a clause stands in the supplementary provisions (附則) of a law. Every act that amends the law
// adds its own there, mostly on days and transition.
func annex(e kaisei.Edit) bool {
	p := pathOf(e)
	return len(p) > 0 && strings.HasPrefix(strings.ReplaceAll(ja.Key(p[0]), " ", ""), "附則")
}

// named is what rules found in a clause.
type named struct {
	value, match string
	// own: the clause itself says so, and not only its headings or the title.
	own bool
}

func pick(list []named, want []string) (out []named) {
	for _, w := range want {
		if i := slices.IndexFunc(list, func(n named) bool { return n.value == w }); i >= 0 {
			out = append(out, list[i])
		}
	}
	return out
}

// clause is one clause with what it names.
type clause struct {
	kaisei.Edit
	text   located
	facts  *facts
	themes []named
	// roles and sectors are read only where a use could be touched.
	roles, sectors []named
	// addressed are the roles that the clause is addressed to; bound: it names somebody whom it binds.
	addressed []string
	bound     bool
	read      func(*clause)
}

// look reads the themes of a clause by the rules.
func (d *document) look(r *Rules, i int) *clause {
	x := &clause{Edit: d.clauses[i], text: locate(textOf(d.clauses[i]), "")}
	f := d.base
	f.texts = map[string][]located{lookTitle: {d.title}}
	f.add(lookLabel, d.change.LabelAfter, "label")
	f.add(lookURL, d.change.URL, "url")
	f.add(lookSource, d.source.Title.JA, "source")
	f.edit(x.Edit, map[string]bool{})
	if d.fresh {
		f.texts[lookTouched] = append(f.texts[lookTouched], d.title)
	}
	x.facts = &f
	x.themes = r.named(decidesTheme, x, func(v string) bool {
		return slices.ContainsFunc(r.uses, func(u use) bool { return slices.Contains(u.Themes, v) })
	})
	x.read = func(x *clause) {
		all := func(string) bool { return true }
		x.roles = r.named(decidesRole, x, all)
		x.sectors = r.named(decidesSector, x, all)
		for _, g := range d.source.Sectors {
			if len(pick(x.sectors, []string{g})) == 0 {
				x.sectors = append(x.sectors, named{value: g, match: d.source.ID})
			}
		}
		x.addressed = r.addressed(x)
		x.read = func(*clause) {}
	}
	return x
}

// named applies the rules of one facet to a clause.
func (r *Rules) named(decides string, x *clause, want func(value string) bool) []named {
	var out []named
	for _, rule := range r.of(decides) {
		if !want(rule.Value) {
			continue
		}
		h, ok := rule.match(x.facts)
		if !ok {
			continue
		}
		n := named{value: rule.Value, match: h.match}
		if m, ok := rule.matchText(x.text); ok {
			n.match, n.own = m, true
		}
		if at := slices.IndexFunc(out, func(o named) bool { return o.value == n.value }); at < 0 {
			out = append(out, n)
		} else if n.own && !out[at].own {
			out[at] = n
		}
	}
	return out
}

// addressed returns the roles that a clause is addressed to: those of its headings and those of the persons whom
// its sentences bind.
func (r *Rules) addressed(x *clause) []string {
	f := *x.facts
	f.texts = map[string][]located{}
	for _, h := range pathOf(x.Edit) {
		f.add(lookTouched, h, h)
	}
	for i, s := range ja.Sentences(textOf(x.Edit)) {
		if i == maxSentences {
			break
		}
		if who := ja.Addressee(s); who != "" {
			// The rules for the state ask for it as the topic of a sentence.
			f.add(lookTouched, who+"は", who)
			x.bound = true
		}
	}
	var out []string
	for _, rule := range r.of(decidesRole) {
		if _, ok := rule.match(&f); ok && !slices.Contains(out, rule.Value) {
			out = append(out, rule.Value)
		}
	}
	return out
}

// bystanders are roles that clauses name for whom they protect or work with far more often than for whom they
// bind (本人の同意, 消費者の利益, 大学等との連携): they contradict a use only where the clause is addressed to them.
var bystanders = map[string]bool{"citizens": true, "research": true, "government": true}

// binding reports whether a clause, by the roles it names, can concern one who holds the given roles.
func (x *clause) binding(roles []string) bool {
	if len(roles) == 0 || len(pick(x.roles, roles)) > 0 {
		return true
	}
	for _, n := range x.roles {
		if !bystanders[n.value] || slices.Contains(x.addressed, n.value) {
			return false
		}
	}
	return true
}
