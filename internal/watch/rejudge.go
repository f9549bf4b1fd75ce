package watch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/diff"
	"kaisei/internal/kaisei"
)

// ErrNotJudged is wrapped where a stored change cannot be judged again; the error says why.
var ErrNotJudged = errors.New("cannot be judged again")

// Past is what judging again reads of a store.
type Past interface {
	Version(document string, seq int) (kaisei.Version, bool, error)
	Versions(document string) ([]kaisei.Version, error)
	Change(id string) (kaisei.Change, bool, error)
	Judgements(change string) ([]kaisei.Judgement, error)
}

// Explainer judges as the rules do, and tells every rule that was asked.
type Explainer interface {
	Explain(f classify.Finding) (kaisei.Change, []classify.Step)
	ExplainElapsed(e classify.Elapsed) (kaisei.Change, []classify.Step)
}

// Rejudger judges stored changes again, with the rules of today and on the evidence of then. It stores
// nothing and tells nobody.
type Rejudger struct {
	Store   Past
	Rules   Explainer
	Sources []kaisei.Source
}

// Rejudged is what came of judging a change again.
type Rejudged struct {
	// Change is as it is stored, with the judgement by which it was told.
	Change kaisei.Change
	// Before is its latest judgement so far, After the one by the rules of today.
	Before, After kaisei.Judgement
	// Differs names what After says differently; see Judgement.Differences.
	Differs []string
	// Edits is how many edits the comparison of today finds, where that is not what is stored with the
	// change; else -1.
	Edits int
	// Steps are the rules that were asked.
	Steps []classify.Step
}

// Judge judges a stored change again. The error wraps ErrNotJudged where the change has nothing that
// could be judged.
func (r *Rejudger) Judge(c kaisei.Change, now time.Time) (Rejudged, error) {
	out := Rejudged{Change: c, Before: c.Judgement(), Edits: -1}
	judged, err := r.judge(c, &out)
	if err != nil {
		return out, err
	}
	later, err := r.Store.Judgements(c.ID)
	if err != nil {
		return out, err
	}
	if len(later) > 0 {
		out.Before = later[len(later)-1]
	}
	keepRuling(&judged, c)
	out.After = judged.Judgement()
	out.After.Change, out.After.At = c.ID, now.UTC()
	out.Differs = out.Before.Differences(out.After)
	return out, nil
}

// judge judges a change anew: what the difference of two versions means, or what time made.
func (r *Rejudger) judge(c kaisei.Change, out *Rejudged) (judged kaisei.Change, err error) {
	if _, _, ok := kaisei.VersionOf(c.ID); !ok {
		e, err := r.elapsed(c)
		if err != nil {
			return judged, err
		}
		judged, out.Steps = r.Rules.ExplainElapsed(e)
		return judged, nil
	}
	f, err := r.finding(c)
	if err != nil {
		return judged, err
	}
	if len(f.Edits) != len(c.Edits) {
		out.Edits = len(f.Edits)
	}
	judged, out.Steps = r.Rules.Explain(f)
	return judged, nil
}

// elapsed makes again what time made of a document: its version of then, and the days and words as they
// were told.
func (r *Rejudger) elapsed(c kaisei.Change) (classify.Elapsed, error) {
	e := classify.Elapsed{
		ID: c.ID, Title: c.Title, URL: c.URL, PageURL: c.PageURL, LabelBefore: c.LabelBefore, LabelAfter: c.LabelAfter, Dates: c.Dates, Notes: c.Notes, Now: c.SeenAt,
	}
	what := strings.TrimPrefix(c.ID, c.Document+"@")
	for _, k := range []struct{ prefix, event string }{
		{"in-force-", classify.EventDayCame}, {"closing-", classify.EventClosing}, {"lag-", classify.EventLag},
	} {
		if strings.HasPrefix(what, k.prefix) {
			e.Event = k.event
		}
	}
	if c.LastDay() {
		e.Event = classify.EventLastDay
	}
	if e.Event == "" {
		return e, fmt.Errorf("%w: no version led to it, and its ID does not say what time made of the document", ErrNotJudged)
	}
	versions, err := r.Store.Versions(c.Document)
	if err != nil {
		return e, err
	}
	for _, v := range versions {
		if v.Snapshot.Hash == c.Hash && !v.SeenAt.After(c.SeenAt) {
			e.Version = v
		}
	}
	if e.Version.Seq == 0 {
		return e, fmt.Errorf("%w: the version of which it tells is not stored", ErrNotJudged)
	}
	e.Source = r.source(c, e.Version)
	return e, nil
}

// keepRuling keeps what an operator ruled about a change: rules do not undo it.
func keepRuling(judged *kaisei.Change, stored kaisei.Change) {
	var ruled []kaisei.Reason
	for _, r := range stored.Reasons {
		if strings.HasPrefix(r.Rule, rulingRule) {
			ruled = append(ruled, r)
		}
	}
	judged.Reasons = append(ruled, judged.Reasons...)
	if judged.Quiet == "" && strings.HasPrefix(stored.Quiet, rulingRule) {
		judged.Quiet = stored.Quiet
	}
}

// rulingRule begins the rule of a reason that is an operator's ruling.
const rulingRule = "ruling."

// finding makes the finding of a stored change again: its versions, their differences, and the source
// as the catalogue has it today, or what the store says of one that is gone. The edits are those of a comparison
// made anew, or the stored ones where the two versions were read by different readers: those
// were compared after the older was read again, and its bytes may be gone. What came back after it was
// withdrawn was compared with its last text, and keeps those edits too.
func (r *Rejudger) finding(c kaisei.Change) (classify.Finding, error) {
	document, seq, _ := kaisei.VersionOf(c.ID)
	next, ok, err := r.Store.Version(document, seq)
	if err != nil {
		return classify.Finding{}, err
	}
	if !ok {
		return classify.Finding{}, fmt.Errorf("%w: its version is not stored", ErrNotJudged)
	}
	f := classify.Finding{Source: r.source(c, next), Next: next, Now: c.SeenAt}
	f.Target = kaisei.Target{
		As: followed(f.Source, next), Document: next.Document, Title: next.Title, Label: next.Label, URL: c.URL, Published: next.Published,
		Layer: next.Layer, Language: next.Language, Translates: r.translates(f.Source, next), Relevant: true,
	}
	if seq > 1 {
		prev, ok, err := r.Store.Version(document, seq-1)
		if err != nil {
			return f, err
		}
		if !ok {
			return f, fmt.Errorf("%w: the version before it is not stored", ErrNotJudged)
		}
		f.Prev = &prev
	}
	f.Edits = comparedAgain(c, f)
	if f.Prev != nil {
		if f.Told, err = r.told(c, *f.Prev); err != nil {
			return f, err
		}
	}
	if _, _, ok := kaisei.VersionOf(c.CopyOf); ok {
		if f.Twin, err = r.twin(c); err != nil {
			return f, err
		}
	}
	return f, nil
}

// comparedAgain compares the versions of a finding as observe does.
func comparedAgain(c kaisei.Change, f classify.Finding) []kaisei.Edit {
	switch {
	case f.Next.Gone:
		return nil
	case f.Prev == nil && f.Next.Reader == inlineReader:
		return diff.Blocks(nil, f.Next.Blocks)
	case f.Prev == nil:
		return nil
	case f.Prev.Gone, f.Prev.Reader != f.Next.Reader:
		return c.Edits
	case f.Prev.TextHash == f.Next.TextHash:
		return nil
	}
	edits := diff.Blocks(f.Prev.Blocks, f.Next.Blocks)
	return slices.DeleteFunc(edits, func(e kaisei.Edit) bool {
		return slices.ContainsFunc(c.Aside, func(a kaisei.Aside) bool { return a.Before == e.Before && a.After == e.After })
	})
}

// told are the days of taking force that had been told when a list of revisions was read.
func (r *Rejudger) told(c kaisei.Change, prev kaisei.Version) (map[kaisei.Date]string, error) {
	told := map[kaisei.Date]string{}
	for date, id := range daysTold(prev) {
		earlier, ok, err := r.Store.Change(id)
		if err != nil {
			return nil, err
		}
		if ok && earlier.Number < c.Number {
			told[date] = id
		}
	}
	return told, nil
}

// twin is the version of which the change is a copy.
func (r *Rejudger) twin(c kaisei.Change) (*kaisei.Version, error) {
	document, seq, _ := kaisei.VersionOf(c.CopyOf)
	v, ok, err := r.Store.Version(document, seq)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s, of which it is a copy, is not stored", ErrNotJudged, c.CopyOf)
	}
	return &v, nil
}

// source is the catalogue's source of a change, or one made of what the store says. The facets that
// the catalogue gave it then are among the reasons.
func (r *Rejudger) source(c kaisei.Change, v kaisei.Version) kaisei.Source {
	i := slices.IndexFunc(r.Sources, func(s kaisei.Source) bool { return s.ID == v.Source || slices.Contains(s.Was, v.Source) })
	if i >= 0 {
		return r.Sources[i]
	}
	s := kaisei.Source{
		ID: v.Source, Authority: c.Authority, AuthorityName: c.AuthorityName, Kind: v.Kind, URL: c.PageURL, Layer: v.Layer, Language: v.Language,
	}
	if s.Kind == "" {
		s.Kind = kindOf(v)
	}
	for _, reason := range c.Reasons {
		if reason.Rule != classify.SourceRule {
			continue
		}
		for _, facet := range []struct {
			given []string
			into  *[]string
		}{{c.Roles, &s.Roles}, {c.Themes, &s.Themes}, {c.Sectors, &s.Sectors}} {
			if slices.Contains(facet.given, reason.Match) {
				*facet.into = append(*facet.into, reason.Match)
			}
		}
	}
	return s
}

// kindOf tells the kind of the source of a version that was stored before versions kept it, from
// how the version was read and what it is called.
func kindOf(v kaisei.Version) kaisei.Kind {
	_, below, _ := strings.Cut(v.Document, v.Source+"/")
	switch {
	case below == "revisions" && v.Reader == inlineReader, below == "text" && v.Format == "lawxml", strings.HasPrefix(below, "future/"):
		return kaisei.KindLaw
	case v.Reader == inlineReader || v.PageURL != "":
		return kaisei.KindIndex
	}
	return kaisei.KindPage
}

// followed is what led to a version: it is kept with the version, or told from the reader for one
// that was stored before that.
func followed(s kaisei.Source, v kaisei.Version) kaisei.FollowAs {
	switch {
	case v.As != "":
		return v.As
	case v.Reader == inlineReader && v.Document != v.Source && s.Kind != kaisei.KindLaw:
		return kaisei.FollowItem
	}
	return kaisei.FollowDocument
}

// translates is the document that a version translates: as it was offered, or as the catalogue says.
func (r *Rejudger) translates(s kaisei.Source, v kaisei.Version) string {
	if v.Translates != "" {
		return v.Translates
	}
	for _, f := range s.Follow {
		if f.Document != "" && v.Document == s.ID+"/"+f.Document {
			return f.Translates
		}
	}
	return ""
}
