package watch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"kaisei/internal/classify"
	"kaisei/internal/diff"
	"kaisei/internal/extract"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"kaisei/internal/noise"
)

// inlineReader is the reader revision of text that a feed, a list or an API gave as
// records: it is compared as it came.
const (
	inlineReader = "record/1"
	recordFormat = "record"
)

// document reads a fetched page as the next version of a document.
func (v *visit) document(ctx context.Context, t kaisei.Target, p page, l kaisei.Lead) error {
	p.look.Document = l.Document
	if p.same {
		if done, err := v.unchanged(p, l.Document); done || err != nil {
			return err
		}
	}
	if err := v.fill(ctx, &p); err != nil {
		return err
	}
	if p.fault != nil {
		return v.record(p.look)
	}
	prev, known, err := v.w.Store.Latest(l.Document)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", l.Document, err)
	}
	p.seen.Spots = unrest(p.seen.Spots)
	keep := func() error {
		if err := v.w.Store.SaveCapture(p.capture, prev.Snapshot.Hash); err != nil {
			return fmt.Errorf("keep evidence of %s: %w", p.capture.URL, err)
		}
		return nil
	}
	// A page that is known to change without saying anything is read first, and kept where it says something.
	chatty := known && len(p.seen.Aside) > 0 && !p.seen.Pending.Waits()
	if !chatty {
		if err := keep(); err != nil {
			return err
		}
	}
	in := v.input(t, p.capture)
	read, err := v.w.Read.Read(ctx, in)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = wrongKind(p.capture, read.Format)
	} else if wrong := wrongKind(p.capture, extract.Sniff(p.capture.Body, p.capture.MediaType)); wrong != nil {
		err = wrong // a web page in place of a file is that first, whatever is the matter with it
	}
	if err != nil {
		if chatty {
			if err := keep(); err != nil {
				return err
			}
		}
		return v.record(v.namedStandIn(p, p.failed(err)))
	}
	if read.Format == extract.FormatHTML {
		if at := cutOff(p.capture.Body); at != "" && !v.believe {
			if chatty {
				if err := keep(); err != nil {
					return err
				}
			}
			return v.record(p.failed(kaisei.Faultf(kaisei.CauseTruncated, "…%s", at)))
		}
	}
	next := v.version(t, l, p.capture)
	next.Format, next.Reader, next.Blocks = read.Format, read.Reader, read.Blocks
	if p.from != nil {
		p.called = t.Title // the title of a page of its own is what the page itself says
	}
	if read.Title != "" && (t.Title == "" || t.Title == t.URL) {
		// An address is no title: a source that was made of one says what the document calls itself.
		t.Title = read.Title
		next.Title = read.Title
	}
	next.TextHash = diff.TextHash(read.Blocks)
	p.notes, p.damage = read.Notes, read.Damage
	p.look.Detail = noted(read.Notes)
	if p.from != nil {
		next.PageURL, next.PageHash = cmp.Or(t.ShownAt, p.from.capture.URL), p.from.capture.Hash
	}
	if !known {
		of, ok, err := v.similar(t, l, next)
		if err != nil {
			return err
		}
		if ok {
			if l, err = v.join(l, of); err != nil {
				return err
			}
			if prev, known, err = v.w.Store.Latest(of); err != nil {
				return fmt.Errorf("read the latest version of %s: %w", of, err)
			}
			next.Document, next.Match, p.look.Document = of, l.Match, of
		}
	}
	if known {
		if err := v.reread(ctx, t, &prev, next.Reader); err != nil {
			return err
		}
		next.Seq = prev.Seq
	}
	next.Seq++
	d, err := v.doubtful(p, prev, next, known)
	if err != nil {
		return err
	}
	found, err := v.compare(t, prev, known, next, p.seen.Spots)
	if err != nil {
		return err
	}
	p.unkept = chatty && found.same
	if chatty && !found.same {
		if err := keep(); err != nil {
			return err
		}
	}
	found, waits, err := v.confirm(ctx, t, &p, prev, next, found, d)
	if err != nil || waits {
		return err
	}
	return v.tell(t, p, l, prev, known, next, found)
}

// joined puts two remarks of the ledger together.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// unchanged commits the look at a page that answered what was last seen there, and reports
// whether that settles the document. It does only while the document still stands at
// that address: a listing that leads back to an earlier one shows an earlier text. Where several
// addresses lead to the document, each counts when what it shows changes.
func (v *visit) unchanged(p page, document string) (bool, error) {
	head, known, err := v.w.Store.Head(document)
	if err != nil {
		return false, fmt.Errorf("read the latest version of %s: %w", document, err)
	}
	if !known || head.Gone || head.Snapshot.URL != p.look.URL && !v.leads.shared(document) {
		return false, nil
	}
	p.look.Document = document
	p.seen.Spots = stayed(p.seen.Spots)
	if len(unrest(p.seen.Spots)) < len(p.seen.Spots) {
		return false, nil // a text that was set aside came to rest: it is read and told
	}
	seen := p.remember()
	v.learnLater(seen, !seen.Learned.IsZero())
	return true, v.commit(kaisei.Commit{Look: p.look, Seen: seen})
}

// inline takes a record that a listing gave in full as the next version of its document.
func (v *visit) inline(t kaisei.Target, l kaisei.Lead, from page) error {
	prev, known, err := v.w.Store.Latest(l.Document)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", l.Document, err)
	}
	next := v.version(t, l, from.capture)
	next.Format, next.Reader, next.Blocks = recordFormat, inlineReader, t.Blocks
	next.PageURL, next.PageHash = cmp.Or(t.ShownAt, from.capture.URL), from.capture.Hash
	if t.As == kaisei.FollowItem {
		next.URL = t.URL
	}
	next.Seq = prev.Seq + 1
	keys := []string{diff.TextHash(t.Blocks)}
	if t.As == kaisei.FollowItem {
		// Two items of the same words at different addresses are different news.
		keys = append(keys, t.URL)
	}
	next.TextHash = kaisei.TextHash(keys)
	if known && (prev.TextHash == next.TextHash || diff.TextHash(prev.Blocks) == diff.TextHash(t.Blocks)) {
		return nil
	}
	p := from
	p.look.URL, p.look.Document, p.look.Detail = from.look.URL, l.Document, ""
	p.from = &from
	return v.observe(t, p, l, prev, known, next)
}

// comparison is how the next version of a document differs from the one before.
type comparison struct {
	// edits are what differs and says something, aside what does not.
	edits []kaisei.Edit
	aside []kaisei.Aside
	// showing is what rotating spots show now, by their place in the list of spots.
	showing map[int]string
	// same is true where the words are the same, noise aside.
	same bool
}

// compare finds what differs between the next version of a document and the one before, and sets noise
// aside by the general rules and the spots learned of the page.
func (v *visit) compare(t kaisei.Target, prev kaisei.Version, known bool, next kaisei.Version, spots []kaisei.Spot) (comparison, error) {
	switch {
	case next.Gone:
		return comparison{}, nil
	case prev.Gone:
		old, err := v.withdrawnText(prev)
		if err != nil {
			return comparison{}, err
		}
		return comparison{edits: diff.Blocks(old.Blocks, next.Blocks), same: prev.TextHash == next.TextHash}, nil
	case known && prev.TextHash == next.TextHash:
		return comparison{same: true}, nil
	case known:
		// Another hash is not yet another wording: a paragraph cut in two, a note that moved.
		edits := diff.Blocks(prev.Blocks, next.Blocks)
		if !v.noisy(t, next) {
			return comparison{edits: edits, same: len(edits) == 0}, nil
		}
		s := noise.Sift(edits, spots)
		return comparison{edits: s.Real, aside: s.Aside, showing: s.Showing, same: len(s.Real) == 0}, nil
	case t.Blocks != nil:
		return comparison{edits: diff.Blocks(nil, next.Blocks)}, nil
	}
	return comparison{}, nil
}

// observe compares the next version with the one before and commits what that means.
func (v *visit) observe(t kaisei.Target, p page, l kaisei.Lead, prev kaisei.Version, known bool, next kaisei.Version) error {
	found, err := v.compare(t, prev, known, next, nil)
	if err != nil {
		return err
	}
	return v.tell(t, p, l, prev, known, next, found)
}

// tell commits what a comparison means.
func (v *visit) tell(t kaisei.Target, p page, l kaisei.Lead, prev kaisei.Version, known bool, next kaisei.Version, found comparison) error {
	p.setAside(found)
	c := kaisei.Commit{Look: p.look}
	if t.Blocks == nil && !next.Gone {
		c.Seen = p.remember()
		v.learnLater(c.Seen, next.Format == extract.FormatHTML)
	}
	c.Look.Document = l.Document
	next.Dates = v.w.Rules.Stated(v.s, t, next)
	edits, sameText := found.edits, found.same
	sameName := prev.Label == next.Label && prev.Snapshot.URL == next.Snapshot.URL
	switch {
	case sameText && (sameName || prev.Label == next.Label && sameButQuery(prev.Snapshot.URL, next.Snapshot.URL)):
		c.Look.Verdict = sameTextVerdict(prev, next)
		if !p.unkept {
			c.Drop = next.Snapshot.Hash
		}
		return v.commit(c)
	case !known && l.Baseline:
		c.Look.Verdict = kaisei.VerdictFirst
		c.Version = &next
		return v.commit(c)
	}
	f := classify.Finding{Source: v.s, Target: t, Next: next, Edits: edits, Now: v.w.now()}
	if known {
		f.Prev = &prev
	}
	twin, err := v.twin(t, prev, known, next)
	if err != nil {
		return err
	}
	f.Twin = twin
	if f.Told, err = v.w.toldInForce(prev); err != nil {
		return err
	}
	change := v.w.Rules.Judge(f)
	change.ID = kaisei.ChangeID(next.Document, next.Seq)
	change.Aside = found.aside
	for _, n := range p.notes {
		if !strings.HasPrefix(n, setAside) {
			change.Notes = append(change.Notes, kaisei.Text{EN: n})
		}
	}
	change.Places = append(change.Places, t.Places...)
	if n, ok := matchNote(prev, next); known && ok {
		change.Notes = append(change.Notes, n)
	}
	for _, from := range []struct {
		applies bool
		note    func(kaisei.Version) (kaisei.Text, bool, error)
	}{
		{!sameText, v.w.lagNote},
		{true, v.w.forceNote},
		{change.Class == kaisei.ClassConsultationResult, v.caseNote},
	} {
		if !from.applies {
			continue
		}
		n, ok, err := from.note(next)
		if err != nil {
			return err
		}
		if ok {
			change.Notes = append(change.Notes, n)
		}
	}
	c.Look.Verdict, c.Look.Change = kaisei.VerdictChanged, change.ID
	switch {
	case sameText:
		c.Look.Verdict = kaisei.VerdictReissued
	case next.Gone:
		c.Look.Verdict = p.look.Verdict // nothing was found, which is what there is to tell
	}
	c.Version, c.Change = &next, &change
	if v.w.Route != nil {
		c.Deliveries = v.w.Route(change)
	}
	return v.commit(c)
}

// sameButQuery reports whether two addresses differ in the values of their queries alone: a session, a
// cache-buster or a day. The same text there is no new issue of it.
func sameButQuery(a, b string) bool {
	x, err := url.Parse(a)
	if err != nil {
		return false
	}
	y, err := url.Parse(b)
	if err != nil || x.RawQuery == "" || y.RawQuery == "" {
		return false
	}
	p, q := x.Query(), y.Query()
	x.RawQuery, y.RawQuery = "", ""
	return x.String() == y.String() && slices.Equal(slices.Sorted(maps.Keys(p)), slices.Sorted(maps.Keys(q)))
}

// sameTextVerdict names a look whose words are those of the version before. Other bytes of a file are a
// new issue of it; a web page is made anew for each request, and its bytes say nothing. The bytes
// of the version itself come back after a look that was doubted.
func sameTextVerdict(prev, next kaisei.Version) kaisei.Verdict {
	switch {
	case prev.Snapshot.Hash == next.Snapshot.Hash:
		return kaisei.VerdictSameBytes
	case next.Format != extract.FormatHTML && next.Format != recordFormat && next.Format != extract.FormatJSON && next.Format != extract.FormatFeed:
		return kaisei.VerdictReissued
	}
	return kaisei.VerdictSameText
}

// matchNote tells the reader of a change that it rests on an automatic match: the text stands at
// another address than before, or under an edited title, and nobody said that it is the same document.
func matchNote(prev, next kaisei.Version) (kaisei.Text, bool) {
	moved := prev.Snapshot.URL != next.Snapshot.URL || next.Match == kaisei.MatchSimilar && prev.Title != next.Title
	if !moved || !kaisei.AutomaticMatch(next.Match) {
		return kaisei.Text{}, false
	}
	why := map[string]kaisei.Text{
		kaisei.MatchKey:     {JA: "題名の一致", EN: "the same title"},
		kaisei.MatchURL:     {JA: "アドレスの一致", EN: "the same address"},
		kaisei.MatchSimilar: {JA: "題名と本文の類似", EN: "a similar title and text"},
	}[next.Match]
	return kaisei.Text{
		JA: fmt.Sprintf("自動照合: %s（違うときは kaisei documents split %s %d）", why.JA, next.Document, next.Seq),
		EN: fmt.Sprintf("Matched automatically by %s (if wrong: kaisei documents split %s %d)", why.EN, next.Document, next.Seq),
	}, true
}

// twin finds another document that told the same words after this document's previous
// version was seen: METI and MIC publish one guideline, a ministry and the
// government-wide list one item. The words are the same where their keys are, or, for a document
// that the catalogue names as a copy, where comparing them finds no edit. Words that were only
// ever baseline elsewhere do not count, nor do words that another document showed
// earlier, or a return to an old text would be silenced.
func (v *visit) twin(t kaisei.Target, prev kaisei.Version, known bool, next kaisei.Version) (*kaisei.Version, error) {
	other, ok, err := v.w.Store.Twin(next.TextHash, next.Document)
	if err != nil {
		return nil, fmt.Errorf("look for the text of %s elsewhere: %w", next.Document, err)
	}
	if !ok && t.SameAs != "" {
		if other, ok, err = v.w.Store.Latest(t.SameAs); err != nil {
			return nil, fmt.Errorf("read the latest version of %s: %w", t.SameAs, err)
		}
		ok = ok && len(diff.Blocks(other.Blocks, next.Blocks)) == 0
	}
	if !ok || (known && !other.SeenAt.After(prev.SeenAt)) {
		return nil, nil
	}
	told, ok, err := v.w.Store.Change(kaisei.ChangeID(other.Document, other.Seq))
	if err != nil {
		return nil, fmt.Errorf("read the change that led to %s@%d: %w", other.Document, other.Seq, err)
	}
	if !ok || told.Quiet != "" {
		return nil, nil
	}
	return &other, nil
}

// setAside begins the notes of a reader about what it left out on purpose; other notes name
// what it could not read.
const setAside = "set aside"

// maxNotes is how many notes of a reader a look records.
const maxNotes = 5

// noted is what a look records of a reader's notes.
func noted(notes []string) string {
	if len(notes) > maxNotes {
		notes = append(notes[:maxNotes:maxNotes], fmt.Sprintf("and %d more notes", len(notes)-maxNotes))
	}
	return strings.Join(notes, "; ")
}

// reread reads the previous version's bytes again where another revision of the reader
// read them, so that a better reader is not news. Where that cannot be done the old
// reading stands.
func (v *visit) reread(ctx context.Context, t kaisei.Target, prev *kaisei.Version, reader string) error {
	if prev.Reader == reader || prev.Reader == inlineReader || prev.Gone {
		return nil
	}
	body, err := v.w.Store.Body(prev.Snapshot.Hash)
	if err != nil {
		v.w.log().Warn("old bytes are not stored; comparing with the old reading", "document", prev.Document, "err", err)
		return nil
	}
	read, err := v.w.Read.Read(ctx, v.input(t, kaisei.Capture{Snapshot: prev.Snapshot, Body: body}))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.w.log().Warn("old bytes are not readable now; comparing with the old reading", "document", prev.Document, "err", err)
		return nil
	}
	prev.Blocks, prev.Reader, prev.Format = read.Blocks, read.Reader, read.Format
	prev.TextHash = diff.TextHash(read.Blocks)
	return nil
}

func (v *visit) input(t kaisei.Target, c kaisei.Capture) extract.Input {
	in := extract.Input{
		Body: c.Body, MediaType: c.MediaType, URL: c.URL,
		Charset: v.s.Charset, Format: t.Format, Select: t.Select, Remove: t.Remove,
	}
	if len(in.Select) == 0 {
		in.Select = v.s.Select
	}
	if len(in.Remove) == 0 {
		in.Remove = v.s.Remove
	}
	return in
}

// version is the part of a version that does not depend on its text.
func (v *visit) version(t kaisei.Target, l kaisei.Lead, c kaisei.Capture) kaisei.Version {
	next := kaisei.Version{
		Document: l.Document, Source: v.s.ID, Title: t.Title, Label: t.Label,
		Layer: t.Layer, Language: t.Language, Published: t.Published, Kind: v.s.Kind, As: t.As, Translates: t.Translates,
		Snapshot: c.Snapshot, SeenAt: v.w.now(), Match: l.Match, Places: t.Places,
	}
	if next.Label == "" {
		next.Label = ja.Label(t.Title)
	}
	if next.Layer == "" {
		next.Layer = v.s.Layer
	}
	if next.Language == "" {
		next.Language = v.s.Language
	}
	return next
}
