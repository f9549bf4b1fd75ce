package watch

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
)

// Export writes what was seen as WARC. It reads through short transactions and holds the ledger of one source and one
// body at a time, so that it may run beside the daemon.
type Export struct {
	Store interface {
		Polls() ([]kaisei.Poll, error)
		Looks(source string, since time.Time, limit int) ([]kaisei.Look, error)
		Documents(prefix string) ([]kaisei.Version, error)
		Versions(document string) ([]kaisei.Version, error)
		Captures(source string) ([]kaisei.Snapshot, error)
		Body(hash string) ([]byte, error)
	}
	Writer *fetch.WARCWriter
	// Software names the program in the file.
	Software string
	// Since and Until bound the looks; zero leaves that side open. What a revisit in that time repeats is written too,
	// under its own earlier date.
	Since, Until time.Time
	// Sources limits the export to these sources, and those below an ID that ends in a slash; nil means all.
	Sources []string
}

// Run writes the export made at now.
func (e *Export) Run(now time.Time) error {
	if err := e.Writer.Info(e.Software, now); err != nil {
		return err
	}
	polls, err := e.Store.Polls()
	if err != nil {
		return fmt.Errorf("read schedule states: %w", err)
	}
	heads, err := e.Store.Documents("")
	if err != nil {
		return fmt.Errorf("read documents: %w", err)
	}
	documents := map[string][]string{}
	for _, h := range heads {
		documents[h.Source] = append(documents[h.Source], h.Document)
	}
	for _, p := range polls {
		if !e.wants(p.Source) {
			continue
		}
		if err := e.source(p.Source, documents[p.Source]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Export) wants(source string) bool {
	return len(e.Sources) == 0 || slices.ContainsFunc(e.Sources, func(s string) bool { return kaisei.Below(source, s) })
}

// seenAs is an answer at an address that later looks may repeat.
type seenAs struct {
	kaisei.Snapshot
	written bool
}

// exporting is the export of one source.
type exporting struct {
	*Export
	// snapshots are what is known of answers, by address and hash.
	snapshots map[string]kaisei.Snapshot
	// answers are those met so far, by address and hash; last leads to the latest one at an address.
	answers map[string]*seenAs
	last    map[string]*seenAs
}

func (e *Export) source(source string, documents []string) error {
	x := &exporting{Export: e, snapshots: map[string]kaisei.Snapshot{}, answers: map[string]*seenAs{}, last: map[string]*seenAs{}}
	list, err := e.Store.Captures(source)
	if err != nil {
		return err
	}
	for _, d := range documents {
		vs, err := e.Store.Versions(d)
		if err != nil {
			return err
		}
		for _, v := range vs {
			list = append(list, v.Snapshot)
		}
	}
	for _, s := range list {
		if k := s.URL + "\x00" + s.Hash; s.Hash != "" && (x.snapshots[k].At.IsZero() || s.At.Before(x.snapshots[k].At)) {
			x.snapshots[k] = s
		}
	}
	looks, err := e.Store.Looks(source, time.Time{}, 0)
	if err != nil {
		return err
	}
	slices.SortStableFunc(looks, func(a, b kaisei.Look) int { return a.At.Compare(b.At) })
	for _, l := range looks {
		if !e.Until.IsZero() && l.At.After(e.Until) {
			break
		}
		if err := x.look(l); err != nil {
			return fmt.Errorf("export the look of %s at %s: %w", l.At.Format(time.RFC3339), l.URL, err)
		}
	}
	return nil
}

// look writes one look.
func (x *exporting) look(l kaisei.Look) error {
	within := !l.At.Before(x.Since)
	switch {
	case l.URL == "":
		return nil
	case l.Status == http.StatusNotModified:
		return x.again(l, x.last[l.URL], within)
	case l.Hash != "":
		k := l.URL + "\x00" + l.Hash
		known := x.answers[k]
		if known == nil {
			known = &seenAs{Snapshot: x.snapshot(l, k)}
			x.answers[k] = known
			x.last[l.URL] = known
			if !within {
				return nil
			}
			return x.first(l, known)
		}
		x.last[l.URL] = known
		return x.again(l, known, within)
	case !within:
		return nil
	case l.Status >= http.StatusBadRequest:
		return x.Writer.Exchange(fetch.Exchange{Snapshot: kaisei.Snapshot{URL: l.URL, Status: l.Status, At: l.At}, NoBody: true})
	}
	return x.note(l)
}

// snapshot is what is known of the answer that a look found first.
func (x *exporting) snapshot(l kaisei.Look, key string) kaisei.Snapshot {
	s, ok := x.snapshots[key]
	if !ok {
		return kaisei.Snapshot{URL: l.URL, Hash: l.Hash, Status: l.Status, At: l.At}
	}
	// A text that came back is kept as it was first read; the look says when that was.
	if s.At.Before(l.At) || s.At.Sub(l.At) > time.Hour {
		s.At = l.At
	}
	return s
}

// first writes an answer with its bytes, or that they were not kept.
func (x *exporting) first(l kaisei.Look, s *seenAs) error {
	body, err := x.Store.Body(s.Hash)
	switch {
	case errors.Is(err, kaisei.ErrNotFound):
		return x.note(l)
	case err != nil:
		return err
	}
	s.written = true
	return x.Writer.Exchange(fetch.Exchange{Snapshot: s.Snapshot, Body: body})
}

// again writes that an address answered what it had answered before.
func (x *exporting) again(l kaisei.Look, s *seenAs, within bool) error {
	switch {
	case !within:
		return nil
	case s == nil:
		return x.note(l)
	case !s.written:
		// The answer itself is older than the export; a revisit of nothing would say nothing.
		if err := x.first(l, s); err != nil || !s.written {
			return err
		}
	}
	return x.Writer.Revisit(fetch.Revisit{URL: l.URL, At: l.At, Of: s.Snapshot, NotModified: l.Status == http.StatusNotModified})
}

// note writes what the ledger says of a look that left no bytes.
func (x *exporting) note(l kaisei.Look) error {
	return x.Writer.Note(l.URL, l.At, [][2]string{
		{"source", l.Source}, {"verdict", string(l.Verdict)}, {"cause", string(l.Cause)}, {"detail", l.Detail}, {"sha256", l.Hash},
	})
}
