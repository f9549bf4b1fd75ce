package extract

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"kaisei/internal/charset"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// corpus returns the files of the corpus of real documents that match the patterns.
func corpus(t testing.TB, patterns ...string) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no go.mod above the test")
		}
		dir = up
	}
	root := filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the corpus of real documents (../shared/corpus) is not here")
	}
	var out []string
	for _, p := range patterns {
		m, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(p)))
		if err != nil || len(m) == 0 {
			t.Fatalf("the corpus has no %s (%v)", p, err)
		}
		out = append(out, m...)
	}
	return out
}

func readFile(t testing.TB, file string, in Input) Reading {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in.Body = body
	r, err := (&Extractor{}).Read(context.Background(), in)
	if err != nil {
		t.Fatalf("read %s: %v", filepath.Base(file), err)
	}
	return r
}

// letters returns the letters and numbers of a text, so that two readings compare by words alone.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, s)
}

func blockTexts(blocks []kaisei.Block) string {
	var b strings.Builder
	for _, k := range blocks {
		b.WriteString(k.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// counts counts the characters of a text.
func counts(s string) map[rune]int {
	m := map[rune]int{}
	for _, r := range s {
		m[r]++
	}
	return m
}

// TestEveryCorpusFileReads reads every page, law, paper, feed and text of the corpus and checks
// what holds of every reading.
func TestEveryCorpusFileReads(t *testing.T) {
	files := corpus(t, "html/*/*", "egov/*/*", "pdf/cio/*.docx", "feeds/*/*", "derived/lawmd/*", "derived/lawmd_revisions/*/*", "derived/lexdiff/*.json", "derived/*/*.csv")
	leaks := regexp.MustCompile(`jQuery|function\s*\(|\{\s*(?:margin|padding|display|width)\s*:|googletagmanager|<[a-z]+[ >]|&(?:nbsp|amp|#\d+);`)
	for _, file := range files {
		r := readFile(t, file, Input{MediaType: typeByName(file)})
		if r.Reader != Revision(r.Format) || r.Reader == "" {
			t.Errorf("%s: reader %q of format %q", file, r.Reader, r.Format)
		}
		keys := map[string]bool{}
		for _, b := range r.Blocks {
			switch {
			case b.Text == "" || b.Text != trim(b.Text) && b.Kind != kaisei.BlockRow:
				t.Errorf("%s: text %q", file, b.Text)
			case (b.Kind == kaisei.BlockHeading) != (b.Level > 0):
				t.Errorf("%s: %s of level %d", file, b.Kind, b.Level)
			case b.Key != "" && keys[b.Key]:
				t.Errorf("%s: key %q twice", file, b.Key)
			case r.Format == FormatHTML && leaks.MatchString(b.Text):
				t.Errorf("%s: markup in %q", file, b.Text)
			case strings.ContainsFunc(b.Text, func(r rune) bool { return r < ' ' || r == '\uFFFD' }):
				t.Errorf("%s: control or broken characters in %q", file, b.Text)
			case slices.Contains(b.Path, ""):
				t.Errorf("%s: path %q", file, b.Path)
			}
			keys[b.Key] = true
		}
	}
}

// lawFacts is what a law says when its XML is read by a plain decoder.
type lawFacts struct {
	text     map[rune]int
	articles []string
	items    int
}

// factsOf walks the tokens of law XML, independent of the reader under test.
func factsOf(t *testing.T, body []byte) lawFacts {
	t.Helper()
	f := lawFacts{text: map[rune]int{}}
	dec := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff")))
	skip, in := 0, 0
	suppl := ""
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return f
		}
		if err != nil {
			t.Fatal(err)
		}
		switch k := tok.(type) {
		case xml.StartElement:
			name := k.Name.Local
			if skip > 0 || name == "TOC" || name == "Rt" {
				skip++
				continue
			}
			if name == "Law" || in > 0 {
				in++
			}
			attr := map[string]string{}
			for _, a := range k.Attr {
				attr[a.Name.Local] = a.Value
			}
			switch name {
			case "SupplProvision":
				suppl = "S"
				if n := attr["AmendLawNum"]; n != "" {
					suppl += ":" + n
					for r := range counts(letters(n)) {
						f.text[r] += strings.Count(letters(n), string(r))
					}
				}
				if attr["Extract"] == "true" {
					f.text['抄']++
				}
				suppl += "-"
			case "AppdxTable":
				suppl = ""
			case "Article":
				f.articles = append(f.articles, suppl+"A"+attr["Num"])
			case "Item":
				f.items++
			}
		case xml.EndElement:
			if skip > 0 {
				skip--
				continue
			}
			if in > 0 {
				in--
			}
		case xml.CharData:
			if skip == 0 && in > 0 {
				for _, r := range letters(string(k)) {
					f.text[r]++
				}
			}
		}
	}
}

// TestLawXMLHoldsEveryWordAndArticle compares each law with an independent walk over its
// XML: every character outside the table of contents and the readings of ruby, every article.
func TestLawXMLHoldsEveryWordAndArticle(t *testing.T) {
	for _, file := range corpus(t, "egov/xml/*.xml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := factsOf(t, body)
			r := readFile(t, file, Input{})
			got := counts(letters(blockTexts(r.Blocks)))
			for _, c := range slices.Sorted(maps.Keys(want.text)) {
				if got[c] != want.text[c] {
					t.Errorf("%q stands %d times in the reading, %d times in the XML", c, got[c], want.text[c])
				}
			}
			for c := range got {
				if want.text[c] == 0 {
					t.Errorf("%q is not in the XML", c)
				}
			}
			var articles []string
			items := 0
			for _, b := range r.Blocks {
				switch {
				case b.Kind == kaisei.BlockArticle && b.Key != "":
					key, _, _ := strings.Cut(b.Key, "~")
					articles = append(articles, key)
				case b.Kind == kaisei.BlockItem && strings.HasPrefix(b.Key[strings.LastIndex(b.Key, "-")+1:], "I"):
					items++
				}
			}
			if !slices.Equal(articles, want.articles) {
				t.Errorf("articles %v, want %v", articles, want.articles)
			}
			if !strings.Contains(file, "JLT") && items != want.items {
				t.Errorf("%d items, want %d", items, want.items)
			}
		})
	}
}

// TestLawTextHasTheAddressesOfLawXML reads the same law as Markdown and as XML: the clauses of
// the main provisions have the same keys and paths and, by comparison key, the same words.
func TestLawTextHasTheAddressesOfLawXML(t *testing.T) {
	law := readFile(t, corpus(t, "egov/xml/507AC0000000053_2025*.xml")[0], Input{})
	text := readFile(t, corpus(t, "derived/lawmd_revisions/507AC0000000053/2025-09-01*.md")[0], Input{})
	byKey := map[string]kaisei.Block{}
	for _, b := range text.Blocks {
		byKey[b.Key] = b
	}
	n := 0
	for _, b := range law.Blocks {
		if b.Key == "" || b.Kind == kaisei.BlockHeading || b.Key == "N" {
			continue
		}
		n++
		k, ok := byKey[b.Key]
		switch {
		case !ok:
			t.Errorf("%s is not in the text", b.Key)
		case !slices.Equal(k.Path, b.Path):
			t.Errorf("%s: path %q, in XML %q", b.Key, k.Path, b.Path)
		case ja.Key(k.Text) != ja.Key(b.Text):
			t.Errorf("%s: %q, in XML %q", b.Key, k.Text, b.Text)
		}
	}
	if n < 75 {
		t.Errorf("only %d clauses compared", n)
	}
}

// TestHTMLKeepsTheWordsOfTheMainElement compares pages with the text below their main element,
// collected by a walk of its own: nothing but contents, noise and hidden text may be missing.
func TestHTMLKeepsTheWordsOfTheMainElement(t *testing.T) {
	for _, c := range []struct {
		file, main string
		share      float64
	}{
		{"html/ppc/ppc-guideline*", "l-main", 0.985},
		{"html/ppc/ppc-offshore*", "l-main", 0.975},
		{"html/ppc/ppc-policy*", "l-main", 0.995},
		{"html/nta/law_tsu*", "bodyArea", 0.995},
		{"html/nta/law_jimu*", "bodyArea", 0.985},
		{"html/cao/*", "contents", 0.97},
		{"html/meti/*", "MainContentsArea", 0.99},
	} {
		file := corpus(t, c.file)[0]
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := charset.Decode(body, "", "")
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		want := letters(wordsOf(root, c.main))
		got := counts(letters(blockTexts(readFile(t, file, Input{}).Blocks)))
		missing, total := 0, 0
		for r, n := range counts(want) {
			total += n
			missing += max(0, n-got[r])
		}
		if total == 0 {
			t.Errorf("%s: no element %q", filepath.Base(file), c.main)
			continue
		}
		share := 1 - float64(missing)/float64(total)
		t.Logf("%s: %.4f of %d characters", filepath.Base(file), share, total)
		if share < c.share {
			t.Errorf("%s: %.4f of the words of the page are in the reading, want %.3f", filepath.Base(file), share, c.share)
		}
	}
}

// wordsOf returns the text below the first element whose id or class is name.
func wordsOf(n *html.Node, name string) string {
	var b strings.Builder
	var walk func(n *html.Node, in bool)
	walk = func(n *html.Node, in bool) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script", "style", "noscript", "rt", "rp":
				return
			}
			for _, a := range n.Attr {
				if (a.Key == "id" || a.Key == "class") && slices.Contains(strings.Fields(a.Val), name) {
					in = true
				}
			}
		}
		if n.Type == html.TextNode && in {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(n, false)
	return b.String()
}

// TestPagesReadLikeTheirAuthorsMeantThem holds facts of real pages that were read by eye.
func TestPagesReadLikeTheirAuthorsMeantThem(t *testing.T) {
	for _, c := range []struct {
		file, title string
		// clause must stand at path; a clause that begins with none must be nowhere.
		path   []string
		clause string
		none   []string
	}{
		{"html/ppc/ppc-guideline*", "個人情報の保護に関する法律についてのガイドライン（通則編）",
			[]string{"2 定義", "2-1 個人情報（法第2条第1項関係）", "法第2条（第1項）", "1.", "(2)"}, "(2) 個人識別符号が含まれるもの",
			[]string{"1目的", "ホーム", "サイトマップ"}},
		{"html/nta/law_tsu*", "第4節　納税義務の免除",
			[]string{"（新規開業等した場合の納税義務の免除）", "1－4－6", "(2) 法人", "イ"}, "イ　法第9条第4項の規定の適用を受ける法人",
			[]string{"ホーム", "税法（e-Gov", "このページの先頭"}},
		{"html/meti/*", "コンピュータウイルス対策基準",
			[]string{"４．システムユーザ基準", "ｂ．", "（１２）"}, "（１２）ウイルスの被害に備えるため、ファイルのバックアップを定期的に行い、一定期間保管すること。",
			[]string{"経済産業省ホーム", "ページトップ"}},
		{"html/cao/*", "人工知能関連技術の研究開発及び活用の推進に関する法律（ＡＩ法）",
			[]string{"関連資料"}, "法文全文（e-Gov 法令検索）", []string{"内閣府ホーム", "このページの先頭", "〒100"}},
		{"html/govonline/*page1*", "各府省の新着情報", nil, "内閣府 | 2025年5月23日 | 月例経済報告（5月）を掲載しました", []string{"サイト内検索", "皇室チャンネル"}},
		{"html/cio/dp2020_01.html", "AIシステムにおけるデータ利用の特性と取扱い上の留意点", nil, "（掲載期間：2022年６月）", []string{"本サイトは、過去の", "関連リンク集"}},
	} {
		r := readFile(t, corpus(t, c.file)[0], Input{})
		if r.Title != c.title {
			t.Errorf("%s: title %q, want %q", c.file, r.Title, c.title)
		}
		found := false
		for _, b := range r.Blocks {
			found = found || b.Text == c.clause && slices.Equal(b.Path, c.path)
			for _, n := range c.none {
				if strings.HasPrefix(b.Text, n) {
					t.Errorf("%s: %q leaked", c.file, b.Text)
				}
			}
		}
		if !found {
			t.Errorf("%s: no %q at %q", c.file, c.clause, c.path)
		}
	}
}

// TestWordFilesHoldEveryRun compares the papers that exist as Word files with the text of
// their runs, tables of contents aside.
func TestWordFilesHoldEveryRun(t *testing.T) {
	for _, c := range []struct {
		file     string
		headings []string
		notes    int
	}{
		{"pdf/cio/dp2020_01.docx", []string{"1 はじめに", "1.1 背景と目的", "2.3 データ来歴と安全性と責任", "4 参考情報"}, 10},
		{"pdf/cio/dp2020_03.docx", []string{"１ はじめに"}, 1},
		{"pdf/cio/dp2021_07.docx", []string{"１ はじめに", "１.４ 概要", "6) ディストリビューション"}, 12},
	} {
		file := corpus(t, c.file)[0]
		r := readFile(t, file, Input{})
		want := counts(letters(runsOf(t, file)))
		got := counts(letters(blockTexts(r.Blocks)))
		for ch, n := range want {
			// A raised number that is a second mark of a note is left out on purpose.
			if got[ch] < n && !unicode.IsNumber(ch) {
				t.Errorf("%s: %q stands %d times in the reading, %d times in the file", c.file, ch, got[ch], n)
			}
		}
		notes := 0
		texts := map[string]bool{}
		for _, b := range r.Blocks {
			if b.Kind == kaisei.BlockNote {
				notes++
			}
			if b.Kind == kaisei.BlockHeading {
				texts[b.Path[len(b.Path)-1]] = true
			}
		}
		if notes != c.notes {
			t.Errorf("%s: %d notes, want %d", c.file, notes, c.notes)
		}
		for _, h := range c.headings {
			if !texts[h] {
				t.Errorf("%s: no heading %q among %v", c.file, h, slices.Sorted(maps.Keys(texts)))
			}
		}
	}
}

// runsOf returns the text of the runs of a Word file outside content controls and paragraphs
// of tables of contents, by regular expression.
func runsOf(t *testing.T, file string) string {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := openZip(body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := p.read("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(doc)
	for _, re := range []string{`(?s)<w:sdt>.*?</w:sdt>`, `(?s)<mc:Fallback>.*?</mc:Fallback>`} {
		s = regexp.MustCompile(re).ReplaceAllString(s, "")
	}
	var b strings.Builder
	for _, m := range regexp.MustCompile(`<w:t(?: [^>]*)?>([^<]*)</w:t>`).FindAllStringSubmatch(s, -1) {
		b.WriteString(html.UnescapeString(m[1]))
	}
	return b.String()
}

// TestLawTextsHaveEveryArticle counts the articles of each revision of each law by its marks.
// A reference at the beginning of a sentence is bold in some of the texts and is no article.
func TestLawTextsHaveEveryArticle(t *testing.T) {
	line := regexp.MustCompile(`(?m)^\*\*第[^*\n]*条[^*\n]*\*\*(?:　.*)?$`)
	for _, file := range corpus(t, "derived/lawmd_revisions/*/*.md", "derived/lawmd/415*.md", "derived/lawmd/507*.md") {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		keyed := 0
		r := readFile(t, file, Input{})
		for _, b := range r.Blocks {
			if b.Kind == kaisei.BlockArticle {
				got++
			}
			if b.Key != "" {
				keyed++
			}
		}
		if want := len(line.FindAll(body, -1)); got != want {
			t.Errorf("%s: %d articles, want %d", filepath.Base(file), got, want)
		}
		if strings.Contains(file, "revisions") && keyed*10 < len(r.Blocks)*8 {
			t.Errorf("%s: %d of %d blocks have a key", filepath.Base(file), keyed, len(r.Blocks))
		}
	}
}
