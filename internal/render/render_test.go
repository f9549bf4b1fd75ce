package render

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/net/html"

	"kaisei/internal/blockkit"
	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// large returns a change with more and longer of everything than any real one.
func large() kaisei.Change {
	c := kaisei.Change{
		ID: "meti/ai-guidelines/main@4", Title: strings.Repeat("人工知能の研究開発及び活用の推進に関する指針", 15), Class: kaisei.ClassNewVersion,
		Layer: kaisei.LayerStatutory, Severity: kaisei.Critical, LabelBefore: strings.Repeat("第1版", 40), LabelAfter: strings.Repeat("第2版", 40),
		AuthorityName: kaisei.Text{JA: "内閣府"}, URL: "https://www.cao.go.jp/" + strings.Repeat("a", 2000), BeforeURL: "https://www.cao.go.jp/before",
		Hash: strings.Repeat("ab", 32), BeforeHash: strings.Repeat("cd", 32), SeenAt: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
	}
	long := strings.Repeat("事業者は、適切な措置を講ずるよう努めるものとする。", 80)
	for i := range 400 {
		path := []string{strings.Repeat("第一部 長い見出し", 20), fmt.Sprintf("%d) %s", i, strings.Repeat("条項", 60))}
		e := kaisei.Edit{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockParagraph, PathBefore: path, PathAfter: path, Before: long, After: "新" + long, PageAfter: i}
		e.Spans = []kaisei.Span{{Op: kaisei.SpanInsert, Text: "新" + long[:3000]}, {Op: kaisei.SpanSame, Text: long}, {Op: kaisei.SpanDelete, Text: long}}
		c.Edits = append(c.Edits, e)
		c.Shifts = append(c.Shifts, kaisei.Shift{Direction: kaisei.Hardened, RankAfter: 9, Path: path, Before: long, After: "新" + long, Addressee: strings.Repeat("事業者", 30)})
		c.Reasons = append(c.Reasons, kaisei.Reason{Rule: strings.Repeat("rule", 30), Text: kaisei.Text{JA: long}, Match: long})
		c.Notes = append(c.Notes, kaisei.Text{JA: long})
		c.Roles = append(c.Roles, "role"+long)
		c.Touches = append(c.Touches, kaisei.Touch{UseCase: long, Owner: long, Path: path, Clause: long, Reason: kaisei.Text{JA: long}})
		c.Places = append(c.Places, kaisei.Place{URL: "https://" + strings.Repeat("h", 80) + ".go.jp/x"})
		c.Dates.Effective = append(c.Dates.Effective, kaisei.Effective{Note: long, What: long})
	}
	return c
}

func TestASlackAlertStaysWithinTheLimitsHoweverLargeTheChange(t *testing.T) {
	for _, lang := range []string{Japanese, English} {
		for _, n := range []int{0, 1, 400} {
			blocks, fallback := AlertSlack(large(), Options{Lang: lang, MaxEdits: n, Answers: n%2 == 0, Delivery: strings.Repeat("d", 400), BaseURL: "https://kaisei.example.jp"})
			for _, p := range blockkit.Check(blocks, fallback) {
				t.Errorf("%s, %d edits: %s", lang, n, p)
			}
		}
	}
	for _, class := range kaisei.Classes() {
		c := kaisei.Change{ID: "a/b@1", Class: class}
		blocks, fallback := AlertSlack(c, Options{})
		for _, p := range blockkit.Check(blocks, fallback) {
			t.Errorf("an almost empty %s: %s", class, p)
		}
	}
}

func TestASlackNoticeStaysWithinTheLimits(t *testing.T) {
	long := strings.Repeat("長い説明", 2000)
	n := NoticeData{Class: kaisei.ClassSourceFailing, Source: "a/b", Title: kaisei.Text{JA: long}, Detail: long, URL: "https://example.go.jp/" + strings.Repeat("x", 2900), Cause: kaisei.CauseBotWall, Failures: 3}
	blocks, fallback := NoticeSlack(n, Options{Delivery: "notice/ops/a/b"})
	for _, p := range blockkit.Check(blocks, fallback) {
		t.Error(p)
	}
	for range 300 {
		n.Also = append(n.Also, NoticeData{Class: n.Class, Source: "a/" + long, Title: n.Title, Cause: n.Cause})
	}
	blocks, fallback = NoticeSlack(n, Options{})
	for _, p := range blockkit.Check(blocks, fallback) {
		t.Errorf("about many sources: %s", p)
	}
}

func TestAnAlertOfALargeChangeCanStillBeReadAtOnce(t *testing.T) {
	if n := utf8.RuneCountInString(Alert(large(), Options{})); n > 9000 {
		t.Errorf("the alert has %d characters", n)
	}
}

func TestElisionNeverCutsInsideAChangedSpanWithoutSayingSo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	piece := func(n int) string {
		runes := []rune("事業者は適切な措置を講ずるシステム、AI agent 2026。")
		var b strings.Builder
		for range n {
			b.WriteRune(runes[r.IntN(len(runes))])
		}
		return b.String()
	}
	for range 2000 {
		var spans []kaisei.Span
		for range 1 + r.IntN(9) {
			op := []kaisei.SpanOp{kaisei.SpanSame, kaisei.SpanDelete, kaisei.SpanInsert}[r.IntN(3)]
			spans = append(spans, kaisei.Span{Op: op, Text: piece(1 + r.IntN(200))})
		}
		spans = tidy(spans)
		short, more := elide(spans, Voice{})
		whole := map[string]bool{}
		for _, s := range spans {
			whole[string(s.Op)+s.Text] = true
		}
		for _, s := range short {
			if s.Op != kaisei.SpanSame && !whole[string(s.Op)+s.Text] && !strings.Contains(s.Text, "字略〕") {
				t.Fatalf("%q was cut out of %v", s.Text, spans)
			}
		}
		if changesIn(short)+more != changesIn(spans) {
			t.Fatalf("%d places shown and %d left out of %d", changesIn(short), more, changesIn(spans))
		}
	}
}

func TestTidyKeepsBothTexts(t *testing.T) {
	spans := []kaisei.Span{
		{Op: kaisei.SpanInsert, Text: "新"}, {Op: kaisei.SpanDelete, Text: "旧"}, {Op: kaisei.SpanInsert, Text: "し"},
		{Op: kaisei.SpanSame, Text: "い \n"}, {Op: kaisei.SpanDelete, Text: ""}, {Op: kaisei.SpanSame, Text: "条文"},
	}
	got := tidy(spans)
	want := []kaisei.Span{{Op: kaisei.SpanDelete, Text: "旧"}, {Op: kaisei.SpanInsert, Text: "新し"}, {Op: kaisei.SpanSame, Text: "い 条文"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestWrappedTextFitsAndNoLineBeginsWithAFullStop(t *testing.T) {
	c := sample(t, "guideline")
	for _, width := range []int{40, 60, 80, 100} {
		for line := range strings.Lines(Alert(c, Options{Width: width, Color: width == 60, BaseURL: "https://kaisei.example.jp"})) {
			line = strings.TrimRight(line, "\n")
			if strings.Contains(line, "https://") || strings.Contains(line, "alert/") {
				continue
			}
			if w := visibleWidth(line); w > width {
				t.Errorf("width %d: %d columns in %q", width, w, line)
			}
			if s := strings.TrimLeft(line, " "); strings.HasPrefix(s, "。") || strings.HasPrefix(s, "、") || strings.HasSuffix(line, " ") {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}

func TestColourAddsOnlyEscapeSequences(t *testing.T) {
	c := sample(t, "guideline")
	plainText, coloured := Alert(c, Options{}), Alert(c, Options{Color: true})
	if plainText == coloured {
		t.Fatal("no colour")
	}
	for _, code := range []string{ansiBold, ansiFaint, ansiRed, ansiGreen, ansiReset} {
		coloured = strings.ReplaceAll(coloured, code, "")
	}
	if coloured != plainText {
		t.Error("the words differ")
	}
}

// hostileHTML reports markup that must not come from a watched page.
func hostileHTML(t *testing.T, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{"script", "img", "iframe", "object", "embed", "form", "svg", "base", "b"}, n.Data) {
			t.Errorf("<%s> came through", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || (a.Key == "href" && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "#")) {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
}

func TestMarkupOfAWatchedPageIsNeverMarkupOfOurs(t *testing.T) {
	c := sample(t, "hostile")
	c.Reasons = []kaisei.Reason{{Rule: "<script>", Text: kaisei.Text{JA: "<img src=x>"}, Match: "\"><svg onload=x>"}}
	c.AuthorityName.JA = "<iframe>"
	hostileHTML(t, Document(c.Title, AlertHTML(c, Options{}), Options{}))
	hostileHTML(t, ComparisonHTML(c, Options{}))
	_, page := Digest(DigestData{Changes: []kaisei.Change{c}, Unverified: []Unverified{{Source: "<script>", Detail: "<img>"}}}, Options{})
	hostileHTML(t, page)
	hostileHTML(t, NoticeHTML(NoticeData{Title: kaisei.Text{JA: "<script>"}, URL: "javascript:x", Detail: "<img>"}, Options{}))
}

func TestOnlyWebAddressesBecomeLinks(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.meti.go.jp/a.pdf":        "https://www.meti.go.jp/a.pdf",
		"http://example.go.jp/?a=<b>&c=\"d\"": "http://example.go.jp/?a=%3Cb%3E&c=%22d%22",
		"https://example.go.jp/資料.pdf":        "https://example.go.jp/%E8%B3%87%E6%96%99.pdf",
		"javascript:alert(1)":                 "", "data:text/html,x": "", "/relative": "", "https://": "", "": "", "http://[::1": "",
		"https://example.go.jp/" + strings.Repeat("x", maxURL): "",
	} {
		if got := safeURL(in); got != want {
			t.Errorf("safeURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTheOrderOfTheColumnsCanBeTurnedRound(t *testing.T) {
	c := sample(t, "guideline")
	official, turned := ComparisonHTML(c, Options{}), ComparisonHTML(c, Options{BeforeFirst: true})
	if strings.Index(official, "改正後") > strings.Index(official, "改正前") {
		t.Error("改正後 is not on the left")
	}
	if strings.Index(turned, "改正後") < strings.Index(turned, "改正前") {
		t.Error("改正前 is not on the left when asked for")
	}
	if strings.Count(official, "<ins>") != strings.Count(turned, "<ins>") {
		t.Error("the two orders mark differently")
	}
}

func TestEveryEditIsInEveryFormOfTheComparison(t *testing.T) {
	var edits []kaisei.Edit
	for i := range 700 {
		kind := []kaisei.EditKind{kaisei.EditAdded, kaisei.EditRemoved, kaisei.EditChanged, kaisei.EditMoved, kaisei.EditRenumbered}[i%5]
		e := kaisei.Edit{Kind: kind, Before: fmt.Sprintf("旧%dゾ", i), After: fmt.Sprintf("新%dゾ", i), PathBefore: []string{"前"}, PathAfter: []string{"後"}}
		if kind == kaisei.EditAdded {
			e.Before = ""
		}
		if kind == kaisei.EditRemoved {
			e.After = ""
		}
		e.Spans = []kaisei.Span{{Op: kaisei.SpanDelete, Text: e.Before}, {Op: kaisei.SpanInsert, Text: e.After}}
		edits = append(edits, e)
	}
	m := Meta{Title: "指針", TitleBefore: "a.pdf", TitleAfter: "b.pdf"}
	for name, out := range map[string]string{"text": EditsText(edits, m, Options{}), "markdown": EditsMarkdown(edits, m, Options{}), "html": EditsHTML(edits, m, Options{})} {
		for _, e := range edits {
			if !strings.Contains(out, e.Before) || !strings.Contains(out, e.After) {
				t.Fatalf("%s lacks %s → %s", name, e.Before, e.After)
			}
		}
	}
	if out := EditsHTML(nil, m, Options{}); !strings.Contains(out, "差分はありません") {
		t.Error("an empty comparison does not say so")
	}
}

func TestTermsAreFoundInDefinitions(t *testing.T) {
	for text, want := range map[string]string{
		"本ガイドラインにおけるAIエージェントとは、特定の目標を達成するために行動するAIシステムとする。": "AIエージェント",
		"17 事後学習(Post-training)とは、事前学習済みのモデルに対して行われる。":      "事後学習(Post-training)",
		"学習学習とは、データを用いてパラメータを決定するプロセスである。":                  "学習",
		"この法律において「個人情報」とは、生存する個人に関する情報をいう。":                 "個人情報",
		"これは定義ではない。AIとは、何か。":                                "",
		"このような長い前置きの文章が続いた末にようやく現れる用語の説明であるところのものとは、違う。":    "",
	} {
		if got := term(kaisei.Edit{Kind: kaisei.EditAdded, After: text}); got != want {
			t.Errorf("term(%s) = %q, want %q", text, got, want)
		}
	}
}

func TestSeveralNewDefinitionsAreNamedTogether(t *testing.T) {
	c := sample(t, "guideline")
	before := len(c.Edits)
	for _, term := range []string{"学習", "推論", "フィジカルAI"} {
		c.Edits = append(c.Edits, kaisei.Edit{Kind: kaisei.EditAdded, PathAfter: []string{"第1部"}, After: term + "とは、何かをいう。"})
	}
	text := Alert(c, Options{})
	if !strings.Contains(text, "＋ 定義を新設「AIエージェント」「学習」「推論」「フィジカルAI」\n") || strings.Count(text, "定義を新設") != 1 {
		t.Errorf("got\n%s", text)
	}
	if want := fmt.Sprintf("ほか%d件の差分", before-5); !strings.Contains(text, want) {
		t.Errorf("lacks %s:\n%s", want, text)
	}
}

func TestShiftsOfEveryDirectionAreQuotedAndLeaveRoomForTheRest(t *testing.T) {
	c := sample(t, "guideline")
	for i := range 9 {
		s := kaisei.Shift{Direction: kaisei.Hardened, RankBefore: 3, RankAfter: 9, Path: []string{"a"}, Before: fmt.Sprint("旧", i), After: fmt.Sprint("新", i)}
		c.Edits = append(c.Edits, kaisei.Edit{Kind: kaisei.EditChanged, Before: s.Before, After: s.After, PathAfter: s.Path})
		c.Shifts = append(c.Shifts, s)
	}
	c.Shifts = append(c.Shifts, kaisei.Shift{Direction: kaisei.Softened, RankBefore: 9, RankAfter: 3, After: "緩やか", Before: "厳しい"})
	text := Alert(c, Options{})
	if strings.Count(text, "▲") != 3 || strings.Count(text, "▼") != 1 || !strings.Contains(text, "定義を新設") {
		t.Errorf("got\n%s", text)
	}
}

func TestWhatOnlyRepeatsTheTitleIsNotQuoted(t *testing.T) {
	c := kaisei.Change{ID: "a/b@1", Title: "AIに関するお知らせ", Edits: []kaisei.Edit{{Kind: kaisei.EditAdded, After: "AIに関するお知らせ"}}}
	if text := Alert(c, Options{}); strings.Count(text, "AIに関するお知らせ") != 1 {
		t.Errorf("got\n%s", text)
	}
}

func TestSupplementaryProvisionsComeAfterTheBodyOfALaw(t *testing.T) {
	var c kaisei.Change
	for i := range 9 {
		c.Edits = append(c.Edits, kaisei.Edit{Kind: kaisei.EditAdded, BlockKind: kaisei.BlockArticle, PathAfter: []string{"附則（令和五年法律第五六号）", fmt.Sprint(i)}, After: fmt.Sprintf("第%d条（施行期日）", i)})
	}
	c.BeforeHash = "x"
	c.Edits = append(c.Edits, kaisei.Edit{Kind: kaisei.EditChanged, PathBefore: []string{"第一章"}, PathAfter: []string{"第一章"}, Before: "講ずるよう努める。", After: "講じなければならない。"})
	got, _ := points(c, 2, Voice{})
	if got[0].where != "第一章" {
		t.Errorf("got %+v", got)
	}
}

func TestAnObligationIsQuotedWithItsVerb(t *testing.T) {
	text := strings.Repeat("個人情報取扱事業者は、その利用目的の達成に必要な範囲内において、", 8) + "公表しなければならない。"
	c := kaisei.Change{ID: "a/b@2", BeforeHash: "x", Edits: []kaisei.Edit{{Kind: kaisei.EditAdded, After: text}}, Shifts: []kaisei.Shift{{Direction: kaisei.ObligationAdded, RankAfter: 9, After: text}}}
	if got := Alert(c, Options{}); !strings.Contains(got, "公表しなければならない。") || strings.Contains(got, text) {
		t.Errorf("got\n%s", got)
	}
}

func TestAnObligationIsQuotedFromTheBeginningOfItsSentence(t *testing.T) {
	duty := "報告の仕組みは、誰もが利用できるものでなければならない。"
	e := kaisei.Edit{Kind: kaisei.EditChanged, Before: "制度の検討を奨励", After: "制度の検討が奨励される。" + duty + "詳細は別に定める。"}
	c := kaisei.Change{ID: "a/b@2", BeforeHash: "x", Edits: []kaisei.Edit{e}, Shifts: []kaisei.Shift{{Direction: kaisei.ObligationAdded, RankAfter: 9, After: duty}}}
	if got := Alert(c, Options{Width: 200}); !strings.Contains(got, "{+"+duty+"+}") {
		t.Errorf("got\n%s", got)
	}
}

// checkPlain reports characters that must not reach a terminal or a header.
func checkPlain(t *testing.T, name, s string) {
	t.Helper()
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069') {
			t.Fatalf("%s holds %U", name, r)
		}
	}
}

func FuzzEveryFormOfAChange(f *testing.F) {
	f.Add("題\x1b[2J\u202e", "条\n1", "旧文", "新文 *a* ~b~ <@U1> & `c`", "https://a.go.jp", "changed", uint8(3))
	f.Add("", "", "", "とは、", "javascript:x", "added", uint8(0))
	f.Fuzz(func(t *testing.T, title, path, before, after, u, kind string, n uint8) {
		c := kaisei.Change{ID: title, Title: title, Class: kaisei.Class(kind), Layer: kaisei.Layer(path), URL: u, BeforeURL: u, Hash: after,
			Severity: kaisei.Severity(kind), LabelBefore: before, LabelAfter: after, Roles: []string{after}, Notes: []kaisei.Text{{JA: before}},
			Reasons: []kaisei.Reason{{Rule: path, Text: kaisei.Text{EN: after}, Match: before}}, Places: []kaisei.Place{{Source: title, URL: u}},
			Touches: []kaisei.Touch{{UseCase: title, Owner: before, Path: []string{path, title}, Clause: after, Reason: kaisei.Text{JA: before}}}}
		for i := range int(n % 20) {
			e := kaisei.Edit{Kind: kaisei.EditKind(kind), PathBefore: []string{path}, PathAfter: []string{path, title}, Before: before, After: after, PageAfter: i}
			c.Edits = append(c.Edits, e)
			c.Shifts = append(c.Shifts, kaisei.Shift{Direction: kaisei.Direction(kind), Before: before, After: after, Path: e.PathAfter, Addressee: path})
		}
		o := Options{Lang: English, Width: int(n), Delivery: title, BaseURL: u, MaxEdits: int(n % 7)}
		checkPlain(t, "alert", Alert(c, o))
		checkPlain(t, "comparison", Comparison(c, o, FormatText))
		checkPlain(t, "markdown", Comparison(c, o, FormatMarkdown))
		checkPlain(t, "headline", Headline(c, o))
		blocks, fallback := AlertSlack(c, o)
		for _, p := range blockkit.Check(blocks, fallback) {
			t.Fatal(p)
		}
		checkPlain(t, "fallback", fallback)
		_ = AlertHTML(c, o) + ComparisonHTML(c, o)
		text, _ := Digest(DigestData{Changes: []kaisei.Change{c, c}, Coming: []calendar.Event{{Title: c.Title, URL: c.URL, What: before, Note: after}}}, o)
		checkPlain(t, "digest", text)
		if !utf8.ValidString(text) && utf8.ValidString(title+path+before+after+u+kind) {
			t.Fatal("invalid UTF-8 was made")
		}
		if uniseg.GraphemeClusterCount(fallback) > blockkit.MaxText {
			t.Fatal("fallback too long")
		}
	})
}
