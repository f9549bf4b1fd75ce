package watch

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"kaisei/internal/extract"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Bounds of what is believed at the first look.
const (
	// CollapseFrom is how many characters a text must have had for a collapse to be doubted.
	CollapseFrom = 1_500
	// CollapseTo is the share of its characters, in percent, below which a text has collapsed.
	CollapseTo = 30
	// StandInMax is the most characters of a page that stands in for another (an error or
	// maintenance page); longer pages are believed whatever words they hold.
	StandInMax = 1_200
	// kinFrom is the share that a text must have in common with the one before to be of the same page,
	// whatever words it holds.
	kinFrom = 0.3
	// A text of at least replacedFrom characters is replaced where the share that is left of it is below
	// replacedBelow.
	replacedFrom  = 300
	replacedBelow = 0.02
	// maxElsewhere is how many addresses of a source are searched for the same text.
	maxElsewhere = 1_000
	// foreignFrom is the least length of a text that is judged by its script.
	foreignFrom = 20
)

// doubt is why a reading is not believed at once.
type doubt struct {
	cause kaisei.Cause
	// detail is what shows it: words of the page, sizes, addresses.
	detail string
	// stays is true where the same answer at a second look is no better: a maintenance page of two days is
	// no version. Only an operator's word makes it one (Options.Believe).
	stays bool
	// replaced is true where next to nothing is left of the text before: the reading is believed only
	// once it stood for ReplacedFor.
	replaced bool
}

// doubtful says why a reading is doubted; the zero doubt is none. prev is the latest version, where one is known.
func (v *visit) doubtful(p page, prev, next kaisei.Version, known bool) (doubt, error) {
	same := known && prev.TextHash == next.TextHash
	if same || v.believe {
		return doubt{}, nil
	}
	last := kaisei.Version{}
	if known {
		last = prev
		if prev.Gone {
			old, err := v.withdrawnText(prev)
			if err != nil {
				return doubt{}, err
			}
			last = old
		}
	}
	chars := count(next.Blocks)
	like := 0.0
	if known {
		like = shared(last.Blocks, next.Blocks)
	}
	kin := known && like >= kinFrom
	inPlace := known && last.Snapshot.URL == next.Snapshot.URL
	replaced := inPlace && like < replacedBelow && count(last.Blocks) >= replacedFrom
	stranger := false // a web page that bears no heading of the text before
	if next.Format == extract.FormatHTML && !kin {
		s := signsOf(p.capture, v.s.Charset)
		stranger = replaced && chars <= StandInMax && !s.names(headings(last.Blocks)...)
		named := !inPlace && s.names(p.called, v.s.Title.JA, v.s.Title.EN)
		sum := s.standIn(chars, func(w string) bool { return holds(last.Blocks, w) })
		if replaced && sum.points > 0 {
			sum.points++
		}
		if sum.points >= standInFrom && !named {
			return doubt{cause: sum.cause, detail: sum.shows, stays: true}, nil
		}
		if home(next.Snapshot) && !home(last.Snapshot) && !named {
			return doubt{cause: kaisei.CauseHomePage, detail: next.Snapshot.FinalURL, stays: true}, nil
		}
		if chars <= StandInMax && (replaced || !known) {
			other, err := v.elsewhere(next, replaced)
			if err != nil {
				return doubt{}, err
			}
			if other != "" {
				return doubt{cause: kaisei.CauseStandIn, detail: "= " + other, stays: replaced}, nil
			}
		}
		if d := v.foreign(p.called, last, next, known, chars); d.cause != "" {
			return d, nil
		}
	}
	if p.damage != "" {
		// A file that is published damaged is what there is, when a later look finds the same.
		return doubt{cause: kaisei.CauseDamaged, detail: fmt.Sprintf("%s · %d → %d", p.damage, count(last.Blocks), chars)}, nil
	}
	if v.shown == nil {
		v.shown = map[string]string{}
	}
	v.shown[next.TextHash] = next.Snapshot.URL
	if !known {
		return doubt{}, nil
	}
	if inPlace && last.Format != next.Format {
		return doubt{cause: kaisei.CauseImplausible, detail: last.Format + " → " + next.Format}, nil
	}
	if before := count(last.Blocks); before >= CollapseFrom && chars*100 < before*CollapseTo {
		d := doubt{cause: kaisei.CauseCollapsed, detail: fmt.Sprintf("%d → %d", before, chars), replaced: replaced}
		if stranger {
			d.cause = kaisei.CauseStandIn
		}
		return d, nil
	}
	if next.Format == extract.FormatHTML && !closed(p.capture.Body) {
		// A body that was dropped or never kept cannot be compared, and the page is believed.
		if old, err := v.w.Store.Body(prev.Snapshot.Hash); err == nil && cutShort(old, p.capture.Body) {
			return doubt{cause: kaisei.CauseTruncated, detail: fmt.Sprintf("</html> · %d → %d", count(last.Blocks), chars), stays: begins(last.Blocks, next.Blocks)}, nil
		}
	}
	if replaced && next.Format == extract.FormatHTML {
		return doubt{cause: kaisei.CauseImplausible, detail: fmt.Sprintf("%d → %d, %.0f %%", count(last.Blocks), chars, 100*like), replaced: true}, nil
	}
	return doubt{}, nil
}

// elsewhere returns another address that shows the same text in this visit or, where kept is true, that
// showed it at its last look without being believed: one page that stands at many addresses is none of them.
func (v *visit) elsewhere(next kaisei.Version, kept bool) (string, error) {
	if other := v.shown[next.TextHash]; other != "" && other != next.Snapshot.URL || !kept {
		return other, nil
	}
	for _, id := range v.leads.order[:min(len(v.leads.order), maxElsewhere)] {
		l := v.leads.byID[id]
		if l.URL == next.Snapshot.URL || l.As != kaisei.FollowDocument {
			continue
		}
		seen, _, err := v.w.Store.Seen(v.s.ID, l.URL)
		if err != nil {
			return "", fmt.Errorf("read what was seen at %s: %w", l.URL, err)
		}
		if seen.Pending.Last().Text == next.TextHash {
			return l.URL, nil
		}
	}
	return "", nil
}

// foreign doubts a page of a Japanese document that holds no Japanese, or garbled one. A page whose link and
// former text were not Japanese either may be so.
func (v *visit) foreign(called string, last, next kaisei.Version, known bool, chars int) doubt {
	if next.Language != "ja" || chars < foreignFrom {
		return doubt{}
	}
	if garbled(next.Blocks) {
		return doubt{cause: kaisei.CauseNoJapanese, detail: oneLine(wording(next.Blocks), 40), stays: true}
	}
	expected := !known && (ja.Japanese(called) > 0 || called == "" || called == next.Snapshot.URL) && !strings.HasSuffix(ja.Identity(called), "|translation")
	if !(expected || japanese(last.Blocks)) || japanese(next.Blocks) {
		return doubt{}
	}
	// A long text in English is a document in English; a short one is an error page.
	return doubt{cause: kaisei.CauseNoJapanese, detail: oneLine(wording(next.Blocks), 80), stays: chars <= StandInMax}
}

func japanese(blocks []kaisei.Block) bool {
	return slices.ContainsFunc(blocks, func(b kaisei.Block) bool { return ja.Japanese(b.Text) > 0 })
}

// wording is the text of all blocks.
func wording(blocks []kaisei.Block) string {
	var b strings.Builder
	for _, x := range blocks {
		b.WriteString(x.Text)
	}
	return b.String()
}

// headings returns the headings of a text.
func headings(blocks []kaisei.Block) []string {
	var out []string
	for _, b := range blocks {
		if b.Kind == kaisei.BlockHeading {
			out = append(out, b.Text)
		}
	}
	return out
}

// begins reports whether the next text is the beginning of the last one and no more: its last block may
// break off.
func begins(last, next []kaisei.Block) bool {
	if len(next) == 0 || len(next) > len(last) {
		return false
	}
	for i, b := range next {
		if x := ja.Key(last[i].Text); x != ja.Key(b.Text) && (i < len(next)-1 || !strings.HasPrefix(x, ja.Key(b.Text))) {
			return false
		}
	}
	return true
}

// home reports whether a redirect led from deeper in a site to its top page.
func home(s kaisei.Snapshot) bool {
	asked, err := url.Parse(s.URL)
	if err != nil || s.FinalURL == "" || s.FinalURL == s.URL {
		return false
	}
	got, err := url.Parse(s.FinalURL)
	if err != nil || got.RawQuery != "" {
		return false
	}
	top := func(p string) bool {
		p = strings.ToLower(strings.Trim(p, "/"))
		return p == "" || p == "home" || p == "top" || p == "index.html" || p == "index.htm" || p == "home.html" || p == "top.html"
	}
	return top(got.Path) && !top(asked.Path)
}

// cutShort reports whether a web page ends before its closing tag although the one before it
// had one: a connection that broke off without a length to tell by.
func cutShort(before, after []byte) bool {
	return closed(before) && !closed(after)
}

func closed(page []byte) bool {
	return bytes.Contains(bytes.ToLower(page[max(0, len(page)-tailBytes):]), []byte("</html"))
}

// tailBytes is how much of a page's end may stand behind its closing tag (comments, counters).
const tailBytes = 4 << 10

func holds(blocks []kaisei.Block, word string) bool {
	for _, b := range blocks {
		if ja.Contains(b.Text, word) {
			return true
		}
	}
	return false
}

func count(blocks []kaisei.Block) int {
	n := 0
	for _, b := range blocks {
		n += utf8.RuneCountInString(b.Text)
	}
	return n
}

// wrongKind refuses a web page that answers at the address of a file: an error page or a
// login in the place of a PDF.
func wrongKind(c kaisei.Capture, format string) error {
	if format != extract.FormatHTML {
		return nil
	}
	for _, address := range []string{c.URL, c.FinalURL} {
		u, err := url.Parse(address)
		if err != nil || address == "" {
			continue
		}
		switch ext := strings.ToLower(path.Ext(u.Path)); ext {
		case ".pdf", ".docx", ".xlsx", ".pptx", ".zip", ".xml", ".rdf", ".rss":
			return kaisei.Faultf(kaisei.CauseWrongType, "the address of a %s file answered a web page; open it in a browser: it may have been moved or put behind a wall", strings.TrimPrefix(ext, "."))
		}
	}
	return nil
}
