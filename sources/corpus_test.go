package sources

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// corpus returns the folder of real captures beside the repository, or skips.
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
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the corpus is absent: %v", err)
	}
	return path
}

// archive returns the responses of the WARC file in the corpus, in its order. They are shared.
func archive(t testing.TB) []kaisei.Capture {
	t.Helper()
	corpus(t)
	list, err := archived()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var archived = sync.OnceValues(func() ([]kaisei.Capture, error) {
	f, err := os.Open("../../shared/corpus/history.warc.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	r := bufio.NewReader(z)
	var out []kaisei.Capture
	for {
		c, err := record(r)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, *c)
		}
	}
})

// record reads one WARC record; nil for one that is not a response.
func record(r *bufio.Reader) (*kaisei.Capture, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(line, "WARC/") {
		return nil, fmt.Errorf("not a record: %q", line)
	}
	head := map[string]string{}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(line) == "" {
			break
		}
		k, v, _ := strings.Cut(line, ":")
		head[strings.ToLower(k)] = strings.TrimSpace(v)
	}
	n, err := strconv.Atoi(head["content-length"])
	if err != nil {
		return nil, err
	}
	block := make([]byte, n)
	if _, err := io.ReadFull(r, block); err != nil {
		return nil, err
	}
	if _, err := r.Discard(len("\r\n\r\n")); err != nil {
		return nil, err
	}
	if head["warc-type"] != "response" {
		return nil, nil
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(block)), nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	c := &kaisei.Capture{}
	if c.Body, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	if res.Header.Get("Content-Encoding") == "gzip" {
		return nil, errors.New("a compressed body in the archive")
	}
	c.URL = strings.Trim(head["warc-target-uri"], "<>")
	c.Status = res.StatusCode
	c.Header = map[string]string{"Content-Type": res.Header.Get("Content-Type")}
	c.MediaType, _, _ = strings.Cut(res.Header.Get("Content-Type"), ";")
	c.At, err = time.Parse(time.RFC3339, head["warc-date"])
	return c, err
}

// catalogue loads the shipped catalogue.
func catalogue(t testing.TB, extra ...File) *Catalog {
	t.Helper()
	c, err := Load(extra...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sourceFor returns the catalogue's source for a URL, or one made of it.
func sourceFor(c *Catalog, capture kaisei.Capture) kaisei.Source {
	for _, s := range c.Sources() {
		if s.URL == capture.URL {
			return s
		}
	}
	return c.Adhoc(SniffKind(capture), capture.URL)
}

// targetsAt returns the targets of each archived answer of a URL.
func targetsAt(t *testing.T, c *Catalog, url, source string, as kaisei.FollowAs) [][]kaisei.Target {
	t.Helper()
	var out [][]kaisei.Target
	for _, capture := range archive(t) {
		if capture.URL != url {
			continue
		}
		s := sourceFor(c, capture)
		if source != "" {
			s, _ = c.Source(source)
		}
		targets, err := c.Targets(s, capture, as)
		if err != nil {
			t.Fatalf("%s at %v: %v", url, capture.At, err)
		}
		out = append(out, targets)
	}
	if len(out) == 0 {
		t.Fatalf("the archive has no %s", url)
	}
	return out
}

func TestGuidelineMovesFromOneAddressToTheNextOnBothSites(t *testing.T) {
	corpus(t)
	c := catalogue(t)
	const dir = "https://www.meti.go.jp/shingikai/mono_info_service/ai_shakai_jisso/"
	looks := targetsAt(t, c, dir+"index.html", "", "")
	want := []string{"20250328_report.html", "20250328_report.html", "20260331_report.html", "20260331_report.html"}
	if len(looks) != len(want) {
		t.Fatalf("%d looks at the index, want %d", len(looks), len(want))
	}
	for i, ts := range looks {
		if len(ts) != 1 || ts[0].As != kaisei.FollowListing || ts[0].URL != dir+want[i] {
			t.Errorf("look %d: %s, want only the listing %s", i, show(ts, nil), want[i])
		}
	}
	for _, v := range []struct{ report, pdf, label, day string }{
		{"20250328_report.html", "pdf/20250328_1.pdf", "第1.1版", "2025-03-28"},
		{"20260331_report.html", "pdf/20260331_1.pdf", "第1.2版", "2026-03-31"},
	} {
		ts := targetsAt(t, c, dir+v.report, "meti/ai-guidelines", kaisei.FollowListing)[0]
		ids := map[string]kaisei.Target{}
		for _, x := range ts {
			ids[x.Document] = x
		}
		main := ids["meti/ai-guidelines/main"]
		if main.URL != dir+v.pdf || main.Label != v.label || main.Published.String() != v.day {
			t.Errorf("main of %s is %s", v.report, show([]kaisei.Target{main}, nil))
		}
		for _, name := range []string{"summary", "annex", "checklist"} {
			if x, ok := ids["meti/ai-guidelines/"+name]; !ok || x.Label != v.label {
				t.Errorf("%s: %s has label %q, want %q", v.report, name, x.Label, v.label)
			}
		}
		if len(ts) != 4 {
			t.Errorf("%s leads to %d documents, want 4", v.report, len(ts))
		}
	}
	mic := targetsAt(t, c, "https://www.soumu.go.jp/main_sosiki/kenkyu/ai_network/02ryutsu20_04000019.html", "", "")
	for i, v := range []struct{ url, label string }{
		{"https://www.soumu.go.jp/main_content/001002576.pdf", "第1.1版"},
		{"https://www.soumu.go.jp/main_content/001064279.pdf", "第1.2版"},
	} {
		x := mic[i][0]
		if len(mic[i]) != 1 || x.Document != "mic/ai-guidelines/main" || x.SameAs != "meti/ai-guidelines/main" || x.URL != v.url || x.Label != v.label {
			t.Errorf("MIC look %d: %s", i, show(mic[i], nil))
		}
	}
}

func TestRevisionsOfTheArchivedLawsGrowByTheRowsThatCame(t *testing.T) {
	corpus(t)
	c := catalogue(t)
	looks := targetsAt(t, c, "https://laws.e-gov.go.jp/api/2/law_revisions/415AC0000000057", "", "")
	want := []struct{ rows, future int }{{27, 2}, {29, 3}, {35, 7}, {35, 7}}
	if len(looks) != len(want) {
		t.Fatalf("%d lists, want %d", len(looks), len(want))
	}
	for i, ts := range looks {
		if ts[0].Document != "egov/appi/revisions" || len(ts[0].Blocks) != want[i].rows || len(ts)-2 != want[i].future {
			t.Errorf("list %d: %d rows and %d future texts, want %v", i, len(ts[0].Blocks), len(ts)-2, want[i])
		}
		now := 0
		for _, b := range ts[0].Blocks {
			if strings.HasSuffix(b.Text, "／現行") {
				now++
			}
		}
		if now != 1 {
			t.Errorf("list %d has %d revisions in force, want 1", i, now)
		}
	}
	if a, b := show(looks[2][:1], nil), show(looks[3][:1], nil); a != b {
		t.Errorf("a touched record is no change of the text:\n%s\n%s", a, b)
	}
	if looks[2][1].URL != "https://laws.e-gov.go.jp/api/2/law_file/xml/415AC0000000057" || looks[2][1].Label != "2026年7月17日施行" {
		t.Errorf("the text in force: %s", show(looks[2][1:2], nil))
	}
	ai := targetsAt(t, c, "https://laws.e-gov.go.jp/api/2/law_revisions/507AC0000000053", "", "")
	if a, b := show(ai[0], nil), show(ai[1], nil); len(ai) != 2 || a != b || len(ai[0]) != 2 {
		t.Errorf("the AI Act did not change between its two looks:\n%s\n%s", a, b)
	}
}

func TestArchivedPagesOfTheCatalogueAreRead(t *testing.T) {
	corpus(t)
	c := catalogue(t)
	cao := targetsAt(t, c, "https://www8.cao.go.jp/cstp/ai/ai_act/ai_act.html", "", "")[0]
	got := show(cao, nil)
	for _, want := range []string{
		"document: cao/ai-act/outline\n", "document: cao/ai-act/outline-en\n", "translates: cao/ai-act/outline\n",
		"ai_hou_sangiin_futai.pdf", "20250612-1.html", "全面施行されました。",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the AI Act page lacks %q:\n%s", want, got)
		}
	}
	for _, noise := range []string{"label: 案", "ページの先頭", "PDFを別ウィンドウ", "サイトマップ", "laws.e-gov.go.jp"} {
		if strings.Contains(got, noise) {
			t.Errorf("the AI Act page has %q:\n%s", noise, got)
		}
	}
	ppc := show(targetsAt(t, c, "https://www.ppc.go.jp/news/press/2026/260717/", "", "")[0], nil)
	for _, want := range []string{"ppc/amendment-2026/act\n", "ppc/amendment-2026/comparison\n", "ppc/amendment-2026/outline\n", "政令で定める日から施行されます"} {
		if !strings.Contains(ppc, want) {
			t.Errorf("the PPC page lacks %q:\n%s", want, ppc)
		}
	}
	for _, slug := range []string{"guidelines_tsusoku", "guidelines_offshore", "fundamental_policy"} {
		ts := targetsAt(t, c, "https://www.ppc.go.jp/personalinfo/legal/"+slug+"/", "", "")[0]
		if len(ts) != 1 || ts[0].As != kaisei.FollowDocument || !strings.HasPrefix(ts[0].Document, "ppc/") {
			t.Errorf("%s: %s", slug, show(ts, nil))
		}
	}
	for _, page := range []string{"", "?page=2"} {
		ts := targetsAt(t, c, "https://www.gov-online.go.jp/info/index.html"+page, "govonline/ministry-news", "")[0]
		dated, relevant := 0, 0
		for _, x := range ts {
			if !x.Published.IsZero() {
				dated++
			}
			if x.Relevant {
				relevant++
				t.Logf("relevant: %s", x.Title)
			}
		}
		t.Logf("page %q: %d items, %d dated, %d relevant", page, len(ts), dated, relevant)
		if len(ts) != 20 || dated != len(ts) {
			t.Errorf("page %q: %d items, %d dated", page, len(ts), dated)
		}
	}
}

func TestEveryArchivedAnswerIsReadOrRefusedWithoutPanic(t *testing.T) {
	c := catalogue(t)
	kindsSeen, urls := map[kaisei.Kind]int{}, map[string]bool{}
	for _, capture := range archive(t) {
		kind := SniffKind(capture)
		kindsSeen[kind]++
		if _, err := c.Targets(c.Adhoc(kind, capture.URL), capture, ""); err != nil {
			t.Errorf("%s read as the %s it is: %v", capture.URL, kind, err)
		}
		if urls[capture.URL] {
			continue
		}
		urls[capture.URL] = true
		for k := range kinds {
			_, err := c.Targets(c.Adhoc(k, capture.URL), capture, kaisei.FollowListing)
			if kaisei.CauseOf(err) == kaisei.CauseInternal {
				t.Errorf("%s as %s: %v", capture.URL, k, err)
			}
		}
	}
	if kindsSeen[kaisei.KindFeed] != 144 || kindsSeen[kaisei.KindLaw] != 6 {
		t.Errorf("kinds told from the bytes: %v, want 144 feeds and 6 laws", kindsSeen)
	}
}

// TestKeywordsOnFifteenMonthsOfNews holds the filter against every item of the government-wide
// list, judged by eye: what must pass, and what must not although it looks like it.
func TestKeywordsOnFifteenMonthsOfNews(t *testing.T) {
	c := catalogue(t)
	passed, all := map[string]bool{}, map[string]bool{}
	states := 0
	for _, capture := range archive(t) {
		if SniffKind(capture) != kaisei.KindFeed {
			continue
		}
		states++
		targets, err := c.Targets(c.Adhoc(kaisei.KindFeed, capture.URL), capture, "")
		if err != nil {
			t.Fatalf("%v: %v", capture.At, err)
		}
		for _, x := range targets {
			if x.Published.IsZero() {
				t.Errorf("no day: %s", x.Title)
			}
			all[x.Title] = true
			if x.Relevant {
				passed[x.Title] = true
			}
		}
	}
	if states != 144 {
		t.Errorf("%d states of the feed, want 144", states)
	}
	for title := range all {
		if passed[title] {
			t.Logf("pass %s", title)
		}
	}
	t.Logf("%d of %d items pass", len(passed), len(all))
	for _, want := range newsThatPasses {
		if !all[want] {
			t.Errorf("not in the corpus: %s", want)
		} else if !passed[want] {
			t.Errorf("missed: %s", want)
		}
	}
	for _, not := range newsThatDoesNot {
		if !all[not] {
			t.Errorf("not in the corpus: %s", not)
		} else if passed[not] {
			t.Errorf("falsely told: %s", not)
		}
	}
}

func TestFeedsWithFaultsAreReadAsFarAsTheyGo(t *testing.T) {
	c := catalogue(t)
	for _, f := range []struct {
		file, source string
		items        int
		relevant     []string
	}{
		{"meti_atom.xml", "meti/news", 3, []string{"高性能AIへの対応に関して赤澤経済産業大臣が重要インフラ事業者との意見交換を実施しました"}},
		{"mext_rdf.xml", "mext/news", 3, nil},
		{"mic_rdf.xml", "mic/news", 3, []string{"AIネットワーク社会推進会議(第15回)の開催について"}},
	} {
		body, err := os.ReadFile(filepath.Join(corpus(t), "feeds", "fixtures_trimmed", f.file))
		if err != nil {
			t.Fatal(err)
		}
		s, _ := c.Source(f.source)
		capture := kaisei.Capture{Body: body}
		capture.URL = s.URL
		ts, err := c.Targets(s, capture, "")
		if err != nil {
			t.Errorf("%s: %v", f.file, err)
			continue
		}
		var relevant []string
		for _, x := range ts {
			if x.Published.IsZero() || x.URL == "" || x.Title == "" {
				t.Errorf("%s: %s", f.file, show([]kaisei.Target{x}, nil))
			}
			if x.Relevant {
				relevant = append(relevant, x.Title)
			}
		}
		if len(ts) != f.items || !slices.Equal(relevant, f.relevant) {
			t.Errorf("%s: %d items, relevant %q", f.file, len(ts), relevant)
		}
	}
}

func TestUnofficialGazetteFeedIsDated(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus(t), "feeds", "kanpo_unofficial_history", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Skipf("no gazette feeds: %v", err)
	}
	c := catalogue(t)
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		capture := kaisei.Capture{Body: body}
		capture.URL = "https://feed.example/kanpo.xml"
		ts, err := c.Targets(c.Adhoc(SniffKind(capture), capture.URL), capture, "")
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		for _, x := range ts {
			if x.Published.IsZero() {
				t.Errorf("%s: no day: %s", filepath.Base(file), x.Title)
			}
		}
	}
}
