package pdf

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/kaisei"
)

// corpus returns the folder of real documents, or skips the test.
func corpus(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
	dir = filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the corpus of real documents is not here: %v", err)
	}
	return dir
}

func corpusPDFs(t testing.TB) []string {
	t.Helper()
	dir := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "guideline", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join(dir, "pdf", "*", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return append(files, more...)
}

func load(t testing.TB, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// counted counts characters but for spaces, after folding.
func counted(s string) map[rune]int {
	out := map[rune]int{}
	for _, r := range norm.NFKC.String(s) {
		if !unicode.IsSpace(r) && !unicode.IsControl(r) {
			out[r]++
		}
	}
	return out
}

func TestEveryCharacterThatPopplerFindsIsFound(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	w := newWorker(t)
	for _, file := range corpusPDFs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			out, err := exec.Command("pdftotext", "-raw", file, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			p, err := w.paper(t.Context(), load(t, file))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for i := range p.sheets {
				for _, g := range p.sheets[i].glyphs {
					b.WriteRune(g.r)
				}
			}
			have := counted(b.String())
			all, found := 0, 0
			for r, n := range counted(string(out)) {
				all += n
				found += min(n, have[r])
			}
			written := 0
			for _, k := range p.layout().Blocks {
				for _, n := range counted(k.Text) {
					written += n
				}
			}
			part := float64(found) / float64(all)
			t.Logf("%d of %d characters (%.5f), %d of them in blocks", found, all, part, written)
			if part < 0.999 {
				t.Errorf("%.5f of the characters", part)
			}
		})
	}
}

// docxHeadings reads the headings of a Word file with their levels.
func docxHeadings(t *testing.T, file string) (levels []int, headings []string) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	styles := map[string]int{}
	var style string
	walk(t, z, "word/styles.xml", func(e xml.StartElement, _ string) {
		switch e.Name.Local {
		case "style":
			style = attr(e, "styleId")
		case "name":
			var n int
			if _, err := fmt.Sscanf(attr(e, "val"), "heading %d", &n); err == nil {
				styles[style] = n
			}
		}
	})
	level, text := 0, ""
	flush := func() {
		if level > 0 && strings.TrimSpace(text) != "" {
			levels, headings = append(levels, level), append(headings, text)
		}
		level, text = 0, ""
	}
	walk(t, z, "word/document.xml", func(e xml.StartElement, chars string) {
		switch {
		case chars != "":
			text += chars
		case e.Name.Local == "p":
			flush()
		case e.Name.Local == "pStyle":
			level = styles[attr(e, "val")]
		}
	})
	flush()
	return levels, headings
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// walk calls f for every element of a part, and for the text in w:t.
func walk(t *testing.T, z *zip.ReadCloser, part string, f func(xml.StartElement, string)) {
	t.Helper()
	r, err := z.Open(part)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	in := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			in = e.Name.Local
			f(e, "")
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in == "t" {
				f(xml.StartElement{}, string(e))
			}
		}
	}
}

var sectionMark = regexp.MustCompile(`^[0-9.()]+`)

func headingKey(s string) string {
	return sectionMark.ReplaceAllString(titleKey(s), "")
}

func TestHeadingsAreThoseOfTheWordFile(t *testing.T) {
	w := newWorker(t)
	for _, name := range []string{"dp2020_01", "dp2020_03", "dp2021_07"} {
		t.Run(name, func(t *testing.T) {
			base := filepath.Join(corpus(t), "pdf", "cio", name)
			levels, headings := docxHeadings(t, base+".docx")
			blocks := read(t, w, load(t, base+".pdf")).Blocks
			same := 0
			for i, h := range headings {
				at := slices.IndexFunc(blocks, func(b kaisei.Block) bool {
					return b.Level == levels[i] && headingKey(b.Text) == headingKey(h)
				})
				if at < 0 {
					t.Logf("not at level %d: %q", levels[i], h)
					continue
				}
				same++
				blocks = blocks[at+1:]
			}
			t.Logf("%d of %d headings at the same level", same, len(headings))
			if len(headings) == 0 || float64(same) < 0.95*float64(len(headings)) {
				t.Error("too few")
			}
		})
	}
}

// bare drops what the transcription and the reading may have differently: spaces,
// numbers (note marks), bullets.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsDigit(r) || unicode.Is(unicode.Co, r) || strings.ContainsRune("➢●○⚫✓・", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

func TestTheSentencesOfTheGuidelineAreWhole(t *testing.T) {
	w := newWorker(t)
	for version, name := range map[string]string{"v1.1": "20250328_1", "v1.2": "20260331_1"} {
		t.Run(version, func(t *testing.T) {
			dir := filepath.Join(corpus(t), "guideline")
			r := read(t, w, load(t, filepath.Join(dir, name+".pdf")))
			var texts, headings []string
			for _, b := range r.Blocks {
				texts = append(texts, bare(b.Text))
				if b.Kind == kaisei.BlockHeading {
					headings = append(headings, bare(b.Text))
				} else if regexp.MustCompile(`^[0-9]+$`).MatchString(b.Text) {
					t.Errorf("a number alone: %+v", b)
				}
				if leaders.MatchString(b.Text) {
					t.Errorf("a line of contents: %+v", b)
				}
			}
			pages, err := filepath.Glob(filepath.Join(dir, version, "p*.txt"))
			if err != nil {
				t.Fatal(err)
			}
			all, whole := 0, 0
			for _, page := range pages[2:] { // after the title and the contents
				for sentence := range strings.SplitSeq(string(load(t, page)), "。") {
					// A line break in the transcription may part paragraphs: the last line is the sentence.
					lines := strings.Split(strings.TrimSpace(sentence), "\n")
					s := strings.TrimRight(bare(lines[len(lines)-1]), ",")
					for _, h := range headings {
						s = strings.TrimPrefix(s, h) // the transcription lost the line break after it
					}
					if len([]rune(s)) < 12 {
						continue
					}
					all++
					if slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, s) }) {
						whole++
					} else {
						t.Logf("%s: %s", filepath.Base(page), s)
					}
				}
			}
			t.Logf("%d of %d sentences stand in one block", whole, all)
			if float64(whole) < 0.995*float64(all) {
				t.Error("too few")
			}
		})
	}
}

func TestTheClausesOfTheGuidelineHaveTheirPlace(t *testing.T) {
	r := read(t, newWorker(t), load(t, filepath.Join(corpus(t), "guideline", "20250328_1.pdf")))
	if r.Title != "AI 事業者ガイドライン(第 1.1 版)" {
		t.Errorf("title %q", r.Title)
	}
	part := "第2部 AI により目指すべき社会及び各主体が取り組む事項"
	for text, path := range map[string][]string{
		"関連するステークホルダーが講ずべき措置及び利用規則を明記する": {part, "C. 共通の指針", "2) 安全性", "①"},
		"標準仕様がある場合には、それに準拠する":            {part, "C. 共通の指針", "10) イノベーション", "②"},
		"必要な対策については、前掲脚注 15 を参照。":        {part, "C. 共通の指針", "3) 公平性", "②", "脚注28"},
		"この基本的な考え方自体は、":                  {part, "A. 基本理念"},
	} {
		at := slices.IndexFunc(r.Blocks, func(b kaisei.Block) bool { return strings.Contains(b.Text, text) })
		if at < 0 {
			t.Errorf("%s: not found", text)
		} else if !slices.Equal(r.Blocks[at].Path, path) {
			t.Errorf("%s: path %q", text, r.Blocks[at].Path)
		}
	}
}

// BenchmarkRead reads a document with a warm child and, in turn with it, has pdftotext do so,
// its own start included. It tells the time of a page, how many times that of pdftotext (medians), and
// the largest size of the child.
func BenchmarkRead(b *testing.B) {
	for _, file := range corpusPDFs(b) {
		b.Run(filepath.Base(file), func(b *testing.B) {
			w := newWorker(b)
			body := load(b, file)
			if _, err := w.Read(b.Context(), body); err != nil {
				b.Fatal(err)
			}
			pages := 0
			var ours, theirs []time.Duration
			for b.Loop() {
				start := time.Now()
				r, err := w.Read(b.Context(), body)
				if err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start))
				pages = r.Pages
				b.StopTimer()
				start = time.Now()
				if exec.Command("pdftotext", "-raw", file, os.DevNull).Run() == nil {
					theirs = append(theirs, time.Since(start))
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(median(ours).Nanoseconds())/float64(pages), "ns/page")
			if len(theirs) > 0 {
				b.ReportMetric(float64(median(ours))/float64(median(theirs)), "x-pdftotext")
			}
			b.ReportMetric(peakMiB(w), "MiB-child")
		})
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// peakMiB is the largest resident size of the child so far, or 0 where the system does not say.
func peakMiB(w *Worker) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.child.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kib); err == nil {
			return kib / 1024
		}
	}
	return 0
}

// BenchmarkLayout lays out a document that has been read.
func BenchmarkLayout(b *testing.B) {
	w := newWorker(b)
	p, err := w.paper(b.Context(), load(b, filepath.Join(corpus(b), "guideline", "20260331_1.pdf")))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p.layout()
	}
}
