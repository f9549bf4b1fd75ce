package accuracy

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"kaisei/internal/kaisei"
)

// goalFound is the share of the characters that pdftotext finds which the reader must
// account for.
const goalFound = 0.999

// measurePoppler compares what stands in the blocks with what pdftotext writes. The
// glyphs that the reader saw are compared in its own tests; here the text must have reached
// the blocks or be furniture by the rules of this file.
func measurePoppler(t *testing.T, l *library, r *report) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	r.heading("PDF against poppler")
	var rows [][]string
	for _, name := range append(l.glob(t, "guideline/*.pdf"), l.glob(t, "pdf/*/*.pdf")...) {
		out, err := exec.Command("pdftotext", "-raw", l.path(name), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		have := map[rune]int{}
		for _, b := range l.read(t, name) {
			count(have, b.Text)
			if b.Kind == kaisei.BlockNote && len(b.Path) > 0 {
				count(have, digits.FindString(b.Path[len(b.Path)-1])) // the number before the note …
				count(have, digits.FindString(b.Path[len(b.Path)-1])) // … and its mark in the text
			}
		}
		text, aside := furniture(strings.Split(strings.TrimSuffix(string(out), "\f"), "\f"))
		all, found, apart := 0, 0, 0
		wanted, set := map[rune]int{}, map[rune]int{}
		count(wanted, text)
		count(set, aside)
		missing := map[rune]int{}
		for c, n := range wanted {
			all += n
			found += min(n, have[c])
			if n > have[c] {
				missing[c] = n - have[c]
			}
		}
		for _, n := range set {
			apart += n
		}
		part := portion(found+apart, all+apart)
		rows = append(rows, []string{name, fmt.Sprint(all + apart), fmt.Sprint(apart), fmt.Sprint(all), fmt.Sprint(found), fmt.Sprintf("%.5f", portion(found, all)), fmt.Sprintf("%.5f", part)})
		t.Logf("%s: %.5f of the text; missing %s", name, portion(found, all), runes(missing))
		if part < goalFound {
			t.Errorf("%s: %.5f of the characters are accounted for", name, part)
		}
	}
	r.text("Characters of `pdftotext -raw` (poppler) after NFKC, spaces apart. *Furniture* is told by rules that know nothing of the layout: lines that are\n"+
		"only a page number, lines that stand on every fifth page at its edge (three of four anywhere) with the same words, numbers apart, the lines of a\n"+
		"table of contents from its first dots to its last, and the hyphen of a Latin word that a line breaks. All other characters must stand in a block, or be the number of a footnote or its mark. *Accounted for* counts furniture in; goal %.3f.", goalFound)
	r.table([]string{"document", "characters", "furniture", "text", "in blocks", "share of the text", "accounted for"}, rows)
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	// headNumber is a number; those of the gazette's heads are in private use.
	headNumber = regexp.MustCompile(`[0-9\x{e000}-\x{f8ff}]+`)
)

func count(into map[rune]int, s string) {
	for _, c := range squeeze(s) {
		if !unicode.IsControl(c) && !unicode.Is(unicode.Variation_Selector, c) {
			into[c]++
		}
	}
}

func runes(m map[rune]int) string {
	var b strings.Builder
	for c, n := range m {
		fmt.Fprintf(&b, "%q×%d ", c, n)
	}
	return b.String()
}

var (
	pageNumber   = regexp.MustCompile(`^[-–—‐−ー\s(]*[0-9ivx]{1,4}[-–—‐−ー\s)]*$`)
	contentsHead = regexp.MustCompile(`^(?:目次|もくじ|ページ)$`)
	// brokenWord is the hyphen at the end of a line inside a Latin word.
	brokenWord   = regexp.MustCompile(`[A-Za-z]([-‐‑])\s*$`)
	contentsDots = regexp.MustCompile(`[.．‥…・･]{5,}|…{2,}|(?:[.．…] ){5,}`)
)

// furniture parts the pages of a document into text and what is printed around it.
func furniture(pages []string) (text, aside string) {
	words := func(line string) string { return headNumber.ReplaceAllString(squeeze(line), "#") }
	on := map[string]int{}
	for _, page := range pages {
		seen := map[string]bool{}
		for line := range strings.Lines(page) {
			if w := words(line); !seen[w] {
				seen[w] = true
				on[w]++
			}
			if first, _, found := strings.Cut(line, " "); found && !seen[first+" "] {
				seen[first+" "] = true
				on[first+" "]++
			}
		}
	}
	enough := max(3, len(pages)/5)
	if len(pages) <= 4 {
		enough = 2
	}
	var in, out strings.Builder
	for _, page := range pages {
		lines := strings.SplitAfter(page, "\n")
		first, last := len(lines), -1
		for i, line := range lines {
			if contentsDots.MatchString(line) {
				first, last = min(first, i), i
			}
		}
		if first < last && first > 0 && contentsHead.MatchString(squeeze(lines[first-1])) {
			first--
		}
		for i, line := range lines {
			edge := i < 3 || i >= len(lines)-4
			switch {
			case i >= first && i <= last, edge && (pageNumber.MatchString(squeeze(line)) || on[words(line)] >= enough),
				on[words(line)] >= max(enough, len(pages)*3/4):
				out.WriteString(line)
			default:
				// A head set beside the text may run into its line.
				if first, rest, found := strings.Cut(line, " "); found && bare(first) != "" && on[first+" "] >= max(enough, len(pages)*3/4) {
					out.WriteString(first)
					line = rest
				}
				if m := brokenWord.FindStringSubmatchIndex(line); m != nil {
					out.WriteString(line[m[2]:])
					line = line[:m[2]]
				}
				in.WriteString(line)
			}
		}
	}
	return in.String(), out.String()
}
