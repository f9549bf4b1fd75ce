package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// split makes the versions from a number up to the next ruling another document, which goes on at the
// addresses at which they stand. The document ruled on goes back to what it was before, unless
// later versions, which stay, are what it is.
func (x *ruling) split(ctx context.Context) error {
	document, seq := x.Ruling.Document, x.Ruling.Seq
	if seq < 2 || seq > x.head.Seq {
		return fmt.Errorf("version %d of %s cannot begin another document: it has the versions 1 to %d, and the first stays", seq, document, x.head.Seq)
	}
	past, err := x.past()
	if err != nil {
		return err
	}
	last, err := past.run(document, seq)
	if err != nil {
		return err
	}
	moved := slices.Clone(past.versions[seq-1 : last])
	staying := past.staying(last)
	for _, v := range staying {
		if slices.ContainsFunc(moved, func(m kaisei.Version) bool { return m.Snapshot.URL == v.Snapshot.URL }) {
			return fmt.Errorf("version %d of %s would stay, and stands where the versions that the split takes do: 'kaisei documents split %s %d' first", v.Seq, document, document, v.Seq)
		}
	}
	for i, v := range moved {
		if moved[i], _, err = x.w.Store.Version(document, v.Seq); err != nil {
			return fmt.Errorf("read version %d of %s: %w", v.Seq, document, err)
		}
	}
	name, err := x.newName(moved)
	if err != nil {
		return err
	}
	x.Ruling.Other, x.Ruling.Last = name, last
	if err := x.move(ctx, name, moved); err != nil {
		return err
	}
	back, _, err := x.w.Store.Version(document, seq-1)
	if err != nil {
		return fmt.Errorf("read version %d of %s: %w", seq-1, document, err)
	}
	if len(staying) > 0 {
		x.redirect(name, staying[len(staying)-1], moved)
		return nil
	}
	back.Seq = x.head.Seq + 1
	tell := x.tell
	x.tell = false // that a document is again what it was is nobody's news
	err = x.follow(ctx, back, kaisei.Reason{
		Rule: ruleSplit, Match: name,
		Text: kaisei.Text{JA: "運用者が別の文書と判断した版を分けた", EN: "an operator ruled that the later versions are another document"},
	})
	x.tell = tell
	x.redirect(name, back, moved)
	return err
}

// What the first reason of a change that a ruling made names.
const (
	ruleLink  = "ruling.link"
	ruleSplit = "ruling.split"
)

// past is the history of a document as earlier rulings left it.
type past struct {
	// versions are all of them, from 1 on, without blocks.
	versions []kaisei.Version
	// taken names the document that a split made of a version, back the one on whose behalf the
	// document went back to an earlier text, linked the one whose text a link took over.
	taken, back, linked map[int]string
}

// past reads what earlier rulings made of the versions of the document ruled on.
func (x *ruling) past() (past, error) {
	document := x.Ruling.Document
	p := past{taken: map[int]string{}, back: map[int]string{}, linked: map[int]string{}}
	var err error
	if p.versions, err = x.w.Store.Versions(document); err != nil {
		return p, fmt.Errorf("read the versions of %s: %w", document, err)
	}
	rulings, err := x.w.Store.Rulings(document)
	if err != nil {
		return p, err
	}
	if len(rulings) == 0 {
		return p, nil
	}
	for _, v := range p.versions {
		change, _, err := x.w.Store.Change(kaisei.ChangeID(document, v.Seq))
		if err != nil {
			return p, fmt.Errorf("read the change of version %d of %s: %w", v.Seq, document, err)
		}
		for _, r := range change.Reasons {
			switch {
			case r.Rule == ruleLink:
				p.linked[v.Seq] = r.Match
			case r.Rule == ruleSplit && !strings.Contains(r.Match, "@"): // one that was moved here names a version
				p.back[v.Seq] = r.Match
			}
		}
	}
	for _, r := range rulings {
		if r.Action != kaisei.RuleSplit || r.Document != document {
			continue
		}
		for n := r.Seq; n <= len(p.versions) && (r.Last == 0 || n <= r.Last); n++ {
			if r.Last == 0 && p.back[n] == r.Other {
				break
			}
			if p.back[n] == "" && p.taken[n] == "" {
				p.taken[n] = r.Other
			}
		}
	}
	return p, nil
}

// run returns the last of the versions that a split at seq takes: those up to the next ruling.
func (p past) run(document string, seq int) (int, error) {
	if other := p.taken[seq]; other != "" {
		for n := len(p.versions); n > seq; n-- {
			if p.linked[n] == other && p.taken[n] == "" {
				return 0, fmt.Errorf("version %d of %s is %s already; 'kaisei documents split %s %d' undoes the link of the two", seq, document, other, document, n)
			}
		}
		return 0, fmt.Errorf("version %d of %s is %s already", seq, document, other)
	}
	if p.back[seq] != "" {
		return 0, fmt.Errorf("version %d of %s is the text to which a split went back: name a version that was read ('kaisei documents show %s')", seq, document, document)
	}
	last := seq
	for last < len(p.versions) && p.taken[last+1] == "" && p.back[last+1] == "" && p.linked[last+1] == "" {
		last++
	}
	return last, nil
}

// staying returns the versions after a number that no split took or made.
func (p past) staying(after int) []kaisei.Version {
	return slices.DeleteFunc(slices.Clone(p.versions[after:]), func(v kaisei.Version) bool { return p.taken[v.Seq] != "" || p.back[v.Seq] != "" })
}

// move appends the versions to the history of the document name, which may have one of its own.
func (x *ruling) move(ctx context.Context, name string, moved []kaisei.Version) error {
	prev, known, err := x.w.Store.Latest(name)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", name, err)
	}
	tell := x.tell
	x.tell = false // these texts were told as versions of the document that they were taken for
	defer func() { x.tell = tell }()
	for _, v := range moved {
		if known && v.TextHash == prev.TextHash {
			continue
		}
		from := kaisei.ChangeID(v.Document, v.Seq)
		next := v
		next.Document, next.Seq, next.Match = name, prev.Seq+1, kaisei.MatchOperator
		step := kaisei.Step{}
		if known {
			before := prev
			change, err := x.judged(ctx, &before, &next, kaisei.Reason{
				Rule: ruleSplit, Match: from,
				Text: kaisei.Text{JA: "運用者が別の文書と判断した", EN: "an operator ruled that it is another document"},
			})
			if err != nil {
				return err
			}
			step.Change = &change
		}
		step.Version = next
		x.Steps = append(x.Steps, step)
		prev, known = next, true
	}
	return nil
}

// newName is the name of the document that a split makes: the one that the operator gives, or that of
// a document that was linked and stands where the first of the versions does, or the next
// free number behind the old name.
func (x *ruling) newName(moved []kaisei.Version) (string, error) {
	document, name := x.Ruling.Document, x.Ruling.Other
	if name == "" {
		for _, id := range x.leads.order {
			if k := x.leads.byID[id]; k.To == document && k.URL == moved[0].Snapshot.URL {
				return id, nil
			}
		}
		for n := 2; ; n++ {
			name = fmt.Sprintf("%s-%d", document, n)
			_, taken, err := x.w.Store.Head(name)
			if err != nil {
				return "", fmt.Errorf("read the latest version of %s: %w", name, err)
			}
			if !taken && x.leads.byID[name] == nil {
				return name, nil
			}
		}
	}
	if k := x.leads.byID[name]; k != nil && k.To == document {
		return name, nil
	}
	if !strings.HasPrefix(name, x.s.ID+"/") || strings.ContainsAny(name[len(x.s.ID):], " \t\n\x00@?#%\\") || strings.HasSuffix(name, "/") {
		return "", fmt.Errorf("%q cannot name a document of %s: write %s/NAME, without spaces and the characters @ ? # %% \\", name, x.s.ID, x.s.ID)
	}
	_, taken, err := x.w.Store.Head(name)
	if err != nil {
		return "", fmt.Errorf("read the latest version of %s: %w", name, err)
	}
	if taken || x.leads.byID[name] != nil {
		return "", fmt.Errorf("there is a document %s already: choose another name after --as, or leave it out", name)
	}
	return name, nil
}

// redirect makes the leads follow a split: those that stand where a moved version stood lead to the new
// document, and the old one is looked for where it was before.
func (x *ruling) redirect(name string, back kaisei.Version, moved []kaisei.Version) {
	document := x.Ruling.Document
	at := func(url string) bool {
		return slices.ContainsFunc(moved, func(v kaisei.Version) bool { return v.Snapshot.URL == url })
	}
	led := false
	for _, id := range x.leads.order {
		k := x.leads.byID[id]
		if k.To != document || !at(k.URL) && id != name {
			continue
		}
		k.To, led = name, true
		if id == name {
			k.To = ""
		}
		x.leads.ruled(k)
	}
	// The document's own lead goes with the moved versions where it had got to them; a record has no
	// address of its own.
	own := x.leads.byID[document]
	last := moved[len(moved)-1]
	fresh := kaisei.Lead{
		Source: x.s.ID, Document: name, Key: ja.Identity(last.Title), Title: last.Title, Label: last.Label, URL: last.Snapshot.URL,
		Published: last.Published, Via: last.PageURL, As: kaisei.FollowDocument, Named: document,
	}
	switch {
	case own != nil && (at(own.URL) || last.Format == recordFormat || !led && own.URL != back.Snapshot.URL):
		fresh = *own
		fresh.Document = name
		if fresh.Named == "" {
			fresh.Named = document
		}
		own.Title, own.Label, own.Published, own.Via = back.Title, back.Label, back.Published, back.PageURL
		own.Key = ""
		if last.Format != recordFormat {
			own.URL, own.Key = back.Snapshot.URL, ja.Identity(back.Title)
		}
		if at(own.URL) {
			own.Via = "" // its address is the new document's now, and is not asked for on its behalf
		}
		x.leads.ruled(own)
	case led:
		return
	}
	if x.leads.byID[name] == nil {
		fresh.FirstSeen, fresh.Baseline, fresh.Match = x.Ruling.At, false, kaisei.MatchOperator
		x.leads.add(fresh)
	}
}
