package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
)

// lookFilter says which looks of the ledger are wanted; an empty field wants all.
type lookFilter struct {
	verdicts, causes []string
	document         string
}

// check is an error where a filter names something that does not exist.
func (f lookFilter) check() error {
	var verdicts, causes []string
	for _, v := range kaisei.Verdicts() {
		verdicts = append(verdicts, string(v))
	}
	for _, c := range kaisei.Causes() {
		causes = append(causes, string(c))
	}
	for _, v := range f.verdicts {
		if !slices.Contains(verdicts, v) {
			return usage{fmt.Errorf("--verdict %q is not one of %v", v, verdicts)}
		}
	}
	for _, c := range f.causes {
		if !slices.Contains(causes, c) {
			return usage{fmt.Errorf("--cause %q is not one of %v", c, causes)}
		}
	}
	return nil
}

func (f lookFilter) empty() bool { return len(f.verdicts)+len(f.causes) == 0 && f.document == "" }

func (f lookFilter) wants(l kaisei.Look) bool {
	return (len(f.verdicts) == 0 || slices.Contains(f.verdicts, string(l.Verdict))) &&
		(len(f.causes) == 0 || slices.Contains(f.causes, string(l.Cause))) &&
		(f.document == "" || l.Document == f.document)
}

// looks reads at most limit of the wanted looks, newest first; 0 means all.
func (f lookFilter) looks(r web.Reader, source string, since time.Time, limit int) ([]kaisei.Look, error) {
	if f.empty() {
		return r.Looks(source, since, limit)
	}
	looks, err := r.Looks(source, since, 0)
	if err != nil {
		return nil, err
	}
	looks = slices.DeleteFunc(looks, func(l kaisei.Look) bool { return !f.wants(l) })
	if limit > 0 && len(looks) > limit {
		looks = looks[:limit]
	}
	return looks, nil
}

// summarizeLooks prints what the ledger proves of one source, or of each that was ever looked at, one after
// the other so that not all looks are held at once.
func (a *app) summarizeLooks(r web.Reader, source string, since time.Time, f lookFilter) error {
	cat, err := a.catalog()
	if err != nil {
		return err
	}
	sources := []string{source}
	if source == "" {
		polls, err := r.Polls()
		if err != nil {
			return err
		}
		sources = nil
		for _, p := range polls {
			sources = append(sources, p.Source)
		}
		slices.Sort(sources)
	} else if err := a.knownSource(r, source); err != nil {
		return err
	}
	for _, id := range sources {
		looks, err := f.looks(r, id, since, 0)
		if err != nil {
			return err
		}
		url := ""
		if s, ok := cat.Source(id); ok {
			url = s.URL
		}
		if err := a.printSummary(summarize(id, f.document, url, looks)); err != nil {
			return err
		}
	}
	return nil
}

// lookCounts counts looks by what they came to.
type lookCounts struct {
	Looks int `json:"looks"`
	// Unchanged are looks that proved that the text is what it was.
	Unchanged int `json:"unchanged"`
	// New are first readings and changes.
	New     int `json:"new"`
	Suspect int `json:"suspect"`
	Failed  int `json:"failed"`
}

func (c *lookCounts) add(l kaisei.Look) {
	c.Looks++
	switch {
	case l.Verdict == kaisei.VerdictFailed:
		c.Failed++
	case l.Verdict == kaisei.VerdictSuspect:
		c.Suspect++
	case l.Verdict == kaisei.VerdictFirst || l.Verdict == kaisei.VerdictChanged:
		c.New++
	default:
		c.Unchanged++
	}
}

// lookDay is one day of a summary, in Japan.
type lookDay struct {
	Day string `json:"day"`
	lookCounts
}

// lookSummary is the proof that one source, or one document of it, was looked at.
type lookSummary struct {
	Source   string    `json:"source"`
	Document string    `json:"document,omitempty"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	lookCounts
	// Verified is how often what the summary is about was read, at the source's own address or the
	// document's; LargestGap is the longest time between two of these looks, from GapFrom to GapTo.
	Verified   int                  `json:"verified"`
	LargestGap time.Duration        `json:"largest_gap_ns"`
	GapFrom    time.Time            `json:"gap_from,omitzero"`
	GapTo      time.Time            `json:"gap_to,omitzero"`
	Causes     map[kaisei.Cause]int `json:"causes,omitempty"`
	Days       []lookDay            `json:"days"`
}

// summarize counts looks, newest first, of one source whose own address is url.
func summarize(source, document, url string, looks []kaisei.Look) lookSummary {
	s := lookSummary{Source: source, Document: document, Causes: map[kaisei.Cause]int{}}
	var last time.Time
	for _, l := range slices.Backward(looks) {
		if s.From.IsZero() {
			s.From = l.At
		}
		s.To = l.At
		s.add(l)
		if l.Cause != "" {
			s.Causes[l.Cause]++
		}
		day := kaisei.DateOf(l.At).String()
		if n := len(s.Days); n == 0 || s.Days[n-1].Day != day {
			s.Days = append(s.Days, lookDay{Day: day})
		}
		s.Days[len(s.Days)-1].add(l)
		if !l.Verdict.Good() || document == "" && url != "" && l.URL != url {
			continue
		}
		if gap := l.At.Sub(last); !last.IsZero() && gap > s.LargestGap {
			s.LargestGap, s.GapFrom, s.GapTo = gap, last, l.At
		}
		s.Verified++
		last = l.At
	}
	return s
}

// printSummary prints one summary: a sentence for each thing that it proves, and a row for each day.
func (a *app) printSummary(s lookSummary) error {
	if a.json {
		return a.printJSON(s)
	}
	what := s.Source
	if s.Document != "" {
		what = s.Document
	}
	fmt.Fprintln(a.stdout, harmless(what))
	for _, line := range render.LooksProof(render.Proof{
		Unchanged: s.Unchanged, New: s.New, Suspect: s.Suspect, Failed: s.Failed, From: s.From, To: s.To,
		Gap: s.LargestGap, GapFrom: s.GapFrom, GapTo: s.GapTo, Causes: s.Causes,
	}, a.voice()) {
		fmt.Fprintln(a.stdout, "  "+line)
	}
	if len(s.Days) == 0 {
		return nil
	}
	var rows [][]string
	for _, d := range s.Days {
		rows = append(rows, []string{d.Day, strconv.Itoa(d.Looks), strconv.Itoa(d.Unchanged), strconv.Itoa(d.New), strconv.Itoa(d.Suspect), strconv.Itoa(d.Failed)})
	}
	a.table([]string{"DAY (JST)", "LOOKS", "UNCHANGED", "NEW", "SUSPECT", "FAILED"}, rows)
	fmt.Fprintln(a.stdout)
	return nil
}
