package watch

import (
	"context"
	"fmt"
	"slices"

	"kaisei/internal/classify"
	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

// Rule carries out an operator's ruling on the identity of documents and returns what it stored.
// No look at the source is under way meanwhile; the next one follows the ruling. What the ruling
// changes about a history is appended to it, and told to nobody unless tell. An error that is no failure
// of the store says what is wrong with the ruling and what to do instead.
func (w *Watcher) Rule(ctx context.Context, r kaisei.Ruling, tell bool) (kaisei.RulingCommit, error) {
	head, known, err := w.Store.Head(r.Document)
	if err != nil {
		return kaisei.RulingCommit{}, fmt.Errorf("read the latest version of %s: %w", r.Document, err)
	}
	if !known {
		return kaisei.RulingCommit{}, unknownDocument(r.Document)
	}
	s := w.source(head)
	release, err := w.hold(ctx, s.ID)
	if err != nil {
		return kaisei.RulingCommit{}, err
	}
	defer release()
	c, err := w.ruling(ctx, s, r, tell)
	if err != nil {
		return kaisei.RulingCommit{}, err
	}
	if c, err = w.Store.Rule(c); err != nil {
		return c, err
	}
	w.log().Info("ruling", "source", s.ID, "document", r.Document, "action", r.Action, "other", c.Ruling.Other, "by", r.By)
	if w.Changed != nil {
		for _, step := range c.Steps {
			if step.Change != nil {
				w.Changed(*step.Change)
			}
		}
	}
	if len(c.Deliveries) > 0 && w.Committed != nil {
		w.Committed()
	}
	return c, nil
}

func unknownDocument(id string) error {
	return fmt.Errorf("there is no document %q: 'kaisei documents list' names them", id)
}

// source is the catalogue's source of a version, or what the version says of one that is no longer
// in the catalogue.
func (w *Watcher) source(v kaisei.Version) kaisei.Source {
	all := w.Catalog.Sources()
	i := slices.IndexFunc(all, func(s kaisei.Source) bool { return s.ID == v.Source || slices.Contains(s.Was, v.Source) })
	if i < 0 {
		return kaisei.Source{ID: v.Source, Layer: v.Layer, Language: v.Language}
	}
	return all[i]
}

// ruling is one ruling while it is worked out.
type ruling struct {
	visit
	kaisei.RulingCommit
	// head is the latest version of the document ruled on, without blocks.
	head kaisei.Version
	// tell: the changes that the ruling makes are told as any other.
	tell bool
}

// ruling works out what a ruling leaves behind. The caller holds the source.
func (w *Watcher) ruling(ctx context.Context, s kaisei.Source, r kaisei.Ruling, tell bool) (kaisei.RulingCommit, error) {
	x := &ruling{visit: visit{w: w, s: s}, tell: tell}
	if err := x.begin(); err != nil {
		return x.RulingCommit, err
	}
	var err error
	// Read again: a look may have been under way before.
	if x.head, _, err = w.Store.Head(r.Document); err != nil {
		return x.RulingCommit, fmt.Errorf("read the latest version of %s: %w", r.Document, err)
	}
	r.At = w.now()
	x.Ruling = r
	own := x.leads.byID[r.Document]
	if own != nil && own.To != "" {
		return x.RulingCommit, fmt.Errorf("%s goes on as %s: rule on that document", r.Document, own.To)
	}
	switch r.Action {
	case kaisei.RuleConfirm:
		err = x.confirm()
	case kaisei.RuleLink:
		err = x.link(ctx)
	case kaisei.RuleSplit:
		err = x.split(ctx)
	default:
		err = fmt.Errorf("%q is not confirm, link or split", r.Action)
	}
	x.Leads = x.leads.changed()
	return x.RulingCommit, err
}

// confirm makes the matches that the program made the operator's.
func (x *ruling) confirm() error {
	for _, id := range x.leads.order {
		if k := x.leads.byID[id]; k.LeadsTo() == x.Ruling.Document && k.Automatic() {
			x.leads.ruled(k)
		}
	}
	if len(x.leads.dirty) == 0 {
		return fmt.Errorf("%s rests on no automatic match: there is nothing to confirm ('kaisei documents list --auto' names what there is)", x.Ruling.Document)
	}
	return nil
}

// ruled notes that an operator decided where a lead leads.
func (l *leads) ruled(k *kaisei.Lead) {
	k.Match = kaisei.MatchOperator
	l.dirty[k.Document] = true
}

// link makes the other document's address and title lead to the document, which takes over the
// other's text where that is the newer.
func (x *ruling) link(ctx context.Context) error {
	document, other := x.Ruling.Document, x.Ruling.Other
	if document == other {
		return fmt.Errorf("%s cannot be linked to itself: name the document that goes on and the one that is the same", document)
	}
	head, known, err := x.w.Store.Head(other)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", other, err)
	}
	if !known {
		return unknownDocument(other)
	}
	if from := x.w.source(head); from.ID != x.s.ID {
		return fmt.Errorf("%s is of the source %s and %s of %s: the same text on two sites is told once without a ruling, and a copy under other words needs same_as in the catalogue", document, x.s.ID, other, from.ID)
	}
	k := x.leads.byID[other]
	switch {
	case k == nil:
		return fmt.Errorf("kaisei does not remember where %s was offered: run 'kaisei check --all %s' first", other, x.s.ID)
	case k.To == document:
		return fmt.Errorf("%s goes on as %s already", other, document)
	case k.To != "":
		return fmt.Errorf("%s goes on as %s: undo that first with 'kaisei documents split %s SEQ --as %s'", other, k.To, k.To, other)
	case x.head.Reader == inlineReader || head.Reader == inlineReader:
		return fmt.Errorf("only documents can be linked: an item or record of a list (%s, %s) is its own news", document, other)
	case x.head.Language != head.Language:
		return fmt.Errorf("%s is in %q and %s in %q: a translation is a document of its own", document, x.head.Language, other, head.Language)
	}
	for _, id := range x.leads.order {
		if l := x.leads.byID[id]; l.LeadsTo() == other {
			l.To, l.Baseline = document, false
			x.leads.ruled(l)
		}
	}
	if head.Gone || head.TextHash == x.head.TextHash || !newer(head, x.head) {
		return nil
	}
	next, _, err := x.w.Store.Latest(other)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", other, err)
	}
	next.Document, next.Seq = document, x.head.Seq+1
	return x.follow(ctx, next, kaisei.Reason{
		Rule: ruleLink, Match: other,
		Text: kaisei.Text{JA: "運用者が同じ文書と判断した", EN: "an operator ruled that it is the same document"},
	})
}

// newer reports whether a is a later version than b: by label, by day, or because it was seen later.
func newer(a, b kaisei.Version) bool {
	if order := laterVersion(a.Label, a.Published, b.Label, b.Published); order != 0 {
		return order > 0
	}
	return a.SeenAt.After(b.SeenAt)
}

// follow appends next to the document ruled on, with the change that it means.
func (x *ruling) follow(ctx context.Context, next kaisei.Version, why kaisei.Reason) error {
	prev, _, err := x.w.Store.Latest(next.Document)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", next.Document, err)
	}
	if prev.Gone {
		if prev, err = x.withdrawnText(prev); err != nil {
			return err
		}
	}
	next.SeenAt, next.Match = x.Ruling.At, kaisei.MatchOperator
	change, err := x.judged(ctx, &prev, &next, why)
	if err != nil {
		return err
	}
	x.Steps = append(x.Steps, kaisei.Step{Version: next, Change: &change})
	if x.tell && change.Quiet == "" && x.w.Route != nil {
		x.Deliveries = append(x.Deliveries, x.w.Route(change)...)
	}
	return nil
}

// judged compares two versions, by one reader, and says what the difference means; why stands before
// the reasons of the rules. It is quiet unless it is to be told.
func (x *ruling) judged(ctx context.Context, prev, next *kaisei.Version, why kaisei.Reason) (kaisei.Change, error) {
	t := kaisei.Target{
		As: kaisei.FollowDocument, Document: next.Document, Title: next.Title, Label: next.Label, URL: next.Snapshot.URL,
		Published: next.Published, Layer: next.Layer, Language: next.Language, Translates: next.Translates, Relevant: true,
	}
	if k := x.leads.byID[x.Ruling.Document]; k != nil {
		t.As = k.As
	}
	if prev.Reader != next.Reader {
		// Only two readings by one reader are compared: both are made again.
		for _, v := range []*kaisei.Version{prev, next} {
			t.Format = v.Format
			if err := x.reread(ctx, t, v, ""); err != nil {
				return kaisei.Change{}, err
			}
		}
	}
	f := classify.Finding{Source: x.s, Target: t, Prev: prev, Next: *next, Edits: diff.Blocks(prev.Blocks, next.Blocks), Now: x.Ruling.At}
	change := x.w.Rules.Judge(f)
	change.ID = kaisei.ChangeID(next.Document, next.Seq)
	change.Reasons = append([]kaisei.Reason{why}, change.Reasons...)
	if !x.tell && change.Quiet == "" {
		change.Quiet = why.Rule + ": " + why.Match
	}
	return change, nil
}
