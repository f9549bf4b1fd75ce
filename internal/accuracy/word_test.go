package accuracy

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/diff"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Goals of reading a PDF like the Word file that it was made from.
const (
	goalSimilar  = 0.995
	goalHeadings = 0.95
)

// papers exist as PDF and as Word file.
var papers = []string{"dp2020_01", "dp2020_03", "dp2021_07"}

// Reasons for an edit between a PDF and its Word file, each seen on the printed page.
const (
	picture     = "the Word file holds a picture where the PDF has text"
	painted     = "the PDF paints the number of a heading as a shape, without characters"
	staleField  = "the number of a caption is a field: the Word file stores another one than Word printed"
	unexplained = "not explained"
)

func measureWord(t *testing.T, l *library, r *report) {
	r.heading("PDF against Word")
	var rows [][]string
	reasons := map[string]map[string]int{}
	for _, name := range papers {
		pdf, word := l.read(t, "pdf/cio/"+name+".pdf"), l.read(t, "pdf/cio/"+name+".docx")
		source := wordText(t, l.bytes(t, "pdf/cio/"+name+".docx"))
		edits := diff.Blocks(pdf, word)
		reasons[name] = map[string]int{}
		drawn := map[string]bool{}
		for _, e := range edits {
			why := reason(e, source)
			reasons[name][why]++
			if why == picture {
				drawn[squeeze(e.Before)] = true
			}
			if why == unexplained {
				t.Errorf("%s: %s", name, show(e))
			}
		}
		// What Word holds as a picture cannot be compared as text.
		comparable := slices.DeleteFunc(slices.Clone(pdf), func(b kaisei.Block) bool { return drawn[squeeze(b.Text)] })
		similar, whole := similarity(keys(comparable), keys(word)), similarity(keys(pdf), keys(word))
		same, all := sameHeadings(t, pdf, word)
		rows = append(rows, []string{name, fmt.Sprint(len([]rune(keys(word)))), fmt.Sprintf("%.4f", similar), fmt.Sprintf("%.4f", whole),
			fmt.Sprintf("%d of %d", same, all), fmt.Sprint(len(edits)), reasonList(reasons[name])})
		if similar < goalSimilar {
			t.Errorf("%s: similarity %.4f", name, similar)
		}
		if portion(same, all) < goalHeadings {
			t.Errorf("%s: %d of %d headings at the same level", name, same, all)
		}
	}
	r.text("Papers of the Government CIO that were published as both. *Similarity* is 2·L / (m+n) for the longest common subsequence L of the\n"+
		"comparison keys of all blocks, run together in reading order (m and n characters; exact, by Myers' algorithm): words in another place count as\n"+
		"missing. Goal %.3f, without what the Word file holds as a picture; the next column has it with the pictures. *Headings* are those of\n"+
		"the Word file that stand in the tree of the PDF, in order, with the same words at the same level; goal %.2f. *Edits* are those of\n"+
		"`kaisei diff X.pdf X.docx`; every one was looked at on the printed page, and the test fails on one without a reason in this list.", goalSimilar, goalHeadings)
	r.table([]string{"paper", "characters", "similarity", "with pictures", "headings", "edits", "why"}, rows)
}

func reasonList(count map[string]int) string {
	var out []string
	for _, why := range []string{picture, painted, staleField, unexplained} {
		if count[why] > 0 {
			out = append(out, fmt.Sprintf("%d: %s", count[why], why))
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, "; ")
}

var caption = regexp.MustCompile(`^([図表])([0-9]+)(.*)$`)

// reason says why the PDF and the Word file differ. source is all text that the Word
// file has as text.
func reason(e kaisei.Edit, source string) string {
	before, after := squeeze(e.Before), squeeze(e.After)
	switch e.Kind {
	case kaisei.EditRemoved:
		// Single signs of a picture may stand anywhere in the text too.
		if !strings.Contains(source, strings.ReplaceAll(before, "|", "")) || len([]rune(bare(e.Before))) < 6 {
			return picture
		}
	case kaisei.EditRenumbered:
		b, a := caption.FindStringSubmatch(before), caption.FindStringSubmatch(after)
		if b != nil && a != nil && b[1] == a[1] && b[3] == a[3] {
			return staleField
		}
		if rest, found := strings.CutSuffix(after, before); found && e.BlockKind == kaisei.BlockHeading && strings.HasSuffix(rest, ")") {
			return painted
		}
	}
	return unexplained
}

// wordText returns all text of a Word file, squeezed, whatever holds it.
func wordText(t testing.TB, body []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, part := range []string{"word/document.xml", "word/footnotes.xml", "word/endnotes.xml"} {
		f, err := z.Open(part)
		if err != nil {
			continue
		}
		d := xml.NewDecoder(f)
		in := ""
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				in = e.Name.Local
			case xml.EndElement:
				in = ""
			case xml.CharData:
				if in == "t" {
					b.Write(e)
				}
			}
		}
		f.Close()
	}
	return squeeze(b.String())
}

// keys runs the comparison keys of all blocks together.
func keys(blocks []kaisei.Block) string {
	var b strings.Builder
	for _, k := range blocks {
		mark, rest := ja.Enumerator(k.Text)
		b.WriteString(ja.Key(mark))
		b.WriteString(ja.Key(rest))
	}
	return b.String()
}

// sameHeadings counts the headings of the Word file that the PDF has in order, at the same
// level, and all that the Word file has. Numbers are not compared: Word keeps them apart.
func sameHeadings(t *testing.T, pdf, word []kaisei.Block) (same, all int) {
	title := func(s string) string {
		_, rest := ja.Enumerator(s)
		return squeeze(rest)
	}
	for _, w := range word {
		if w.Kind != kaisei.BlockHeading {
			continue
		}
		all++
		at := slices.IndexFunc(pdf, func(b kaisei.Block) bool {
			return b.Kind == kaisei.BlockHeading && b.Level == w.Level && title(b.Text) == title(w.Text)
		})
		if at < 0 {
			t.Logf("not in the PDF at level %d: %s", w.Level, w.Text)
			continue
		}
		same++
		pdf = pdf[at+1:]
	}
	return same, all
}

// similarity is 2·L / (m+n) for the longest common subsequence L of two strings of m and n
// characters, by the greedy algorithm of E. W. Myers (1986).
func similarity(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	all := len(x) + len(y)
	if all == 0 {
		return 1
	}
	v := make([]int, 2*all+3)
	at := func(k int) *int { return &v[k+all+1] }
	for d := range all + 1 {
		for k := -d; k <= d; k += 2 {
			var i int
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				i = *at(k + 1)
			} else {
				i = *at(k - 1) + 1
			}
			for i < len(x) && i-k < len(y) && i-k >= 0 && x[i] == y[i-k] {
				i++
			}
			*at(k) = i
			if i >= len(x) && i-k >= len(y) {
				return float64(all-d) / float64(all)
			}
		}
	}
	return 0
}

func TestSimilarityIsTheShareOfTheLongestCommonSubsequence(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"", "", 1}, {"条文", "条文", 1}, {"条文", "", 0}, {"あいうえ", "あいえ", 6.0 / 7}, {"あい", "うえ", 0}, {"あいう", "いうあ", 4.0 / 6}} {
		if got := similarity(c.a, c.b); got != c.want {
			t.Errorf("similarity(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
