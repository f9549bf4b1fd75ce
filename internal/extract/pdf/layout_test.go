package pdf

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"kaisei/internal/kaisei"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	a4 = format{width: 595, height: 842, margin: 70, size: 10.5, head: "架空省　生成ＡＩ利用指針"}
	a5 = format{width: 420, height: 595, margin: 50, size: 11, head: "架空省　生成ＡＩ利用指針"}
	b5 = format{width: 516, height: 729, margin: 60, size: 12, head: "架空省　生成ＡＩ利用指針"}
)

// heading, clause and the others are the settings of a guideline.
func heading(text string) setting { return setting{text: text, size: 1.4, space: 1} }
func section(text string) setting { return setting{text: text, size: 1.2, space: 0.5} }
func plainText(text string) setting {
	return setting{text: text, size: 1, first: 1}
}
func clauseText(text string) setting { return setting{text: text, size: 1, first: 1, rest: 2} }
func bullet(text string) setting     { return setting{text: text, size: 1, first: 2, rest: 3} }

var guidelineNotes = map[string]string{
	"1": "目的規定の趣旨については、別紙の解説を参照すること。",
	"2": "データの出所を明らかにする方法には、一覧表の公開等が含まれる。なお、営業秘密に当たるものはこの限りでない。ただし、監督官庁に対しては営業秘密を理由として拒むことはできない。",
	"3": "重大な影響とは、回復に長期間を要するものをいう。",
}

var guidelineText = []setting{
	{text: "生成ＡＩ利用指針（第2.0版）", size: 2, first: 3, rest: 3, space: 3},
	heading("第1部　総則"),
	section("1　目的"),
	plainText("この指針は、事業者が生成ＡＩを利用するに当たって守るべき事項を定めることにより、利用者の権利利益を保護し、あわせて健全な事業活動の発展に寄与することを目的とする^1^。この指針において用いる用語の意義は、法令に定めるもののほか、次に定めるところによる。事業者は、その規模及び業務の性質に応じ、必要かつ適切な措置を講じなければならない。"),
	plainText("事業者は、システムの提供に当たり、脆弱性の有無をあらかじめ確認し、その結果を記録しておくものとする。記録の保存期間は三年を下らないものとし、求めがあったときは遅滞なく開示することが望ましい。また、学習に用いたデータの出所を可能な範囲で明らかにするよう努めなければならない^2^。"),
	section("2　基本的な考え方"),
	plainText("事業者は、次に掲げる事項に配慮する。"),
	clauseText("①　人間の尊厳を守り、利用者の自律的な判断を妨げないよう、表示の方法及び説明の内容を工夫すること"),
	clauseText("②　公平性を確保するため、学習用データに含まれる偏りを定期的に点検し、必要な場合には是正の措置を講じること"),
	bullet("➢　点検の結果は、年に一回以上、経営を担う者に報告しなければならない。報告に当たっては、前回からの変化が分かるように記載し、関係者の意見を付すものとする。"),
	bullet("➢　是正が困難な場合には、その理由を明らかにする"),
	clauseText("③　安全性に関する情報を利用者に提供すること"),
	plainText("なお、前項に掲げる事項のうち特に重要なものについては、別に定める様式により届け出るものとする。この場合において、届出は電磁的方法によることができる。届出を受けた者は、その内容を確認し、必要があると認めるときは、事業者に対して追加の資料の提出を求めることができる。事業者は、正当な理由がない限り、これに応じなければならない。"),
	heading("第2部　各主体が取り組む事項"),
	section("1　開発者"),
	plainText("開発者は、設計の段階から、予見される危険を洗い出し、その程度を評価した上で、低減するための手段を選ばなければならない。手段の選択に当たっては、費用と効果の均衡を考慮しつつ、利用者の生命、身体又は財産に重大な影響を与えるおそれがあるものについては、効果を優先するものとする^3^。"),
	section("2　提供者"),
	plainText("提供者は、開発者から受け取った情報を、利用者が理解しやすい形に改めて提供する。情報の内容に変更があったときは、速やかに利用者に通知しなければならない。通知の方法は、利用者があらかじめ同意した方法によるものとし、同意がない場合には書面によるものとする。提供者は、利用者からの問合せに応じるための窓口を設け、その連絡先を見やすい箇所に掲示しなければならない。"),
	plainText("提供者は、事故が発生したときは、被害の拡大を防ぐため直ちに提供を停止し、原因の調査に着手する。調査の結果は、開発者及び関係行政機関に報告するものとする。"),
}

func dump(r Reading) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n", r.Title)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	for _, k := range r.Blocks {
		kind := string(k.Kind)
		if k.Level > 0 {
			kind += fmt.Sprint(k.Level)
		}
		fmt.Fprintf(&b, "%s [%s] %s\n", kind, strings.Join(k.Path, " › "), k.Text)
	}
	return []byte(b.String())
}

func read(t *testing.T, w *Worker, body []byte) Reading {
	t.Helper()
	r, err := w.Read(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".txtar")
	if *update {
		if err := os.WriteFile(file, txtar.Format(&txtar.Archive{Files: []txtar.File{{Name: "want", Data: got}}}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(a.Files[0].Data), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

func TestAGuidelineIsReadAsATreeOfClauses(t *testing.T) {
	golden(t, "guideline", dump(read(t, newWorker(t), typeset(a4, guidelineNotes, guidelineText))))
}

func TestTheSameTextOnOtherPagesGivesTheSameBlocks(t *testing.T) {
	w := newWorker(t)
	want := read(t, w, typeset(a4, guidelineNotes, guidelineText))
	for name, f := range map[string]format{"a5": a5, "b5": b5, "landscape": {width: 842, height: 420, margin: 60, size: 11, head: "別の見出し"}} {
		t.Run(name, func(t *testing.T) {
			got := read(t, w, typeset(f, guidelineNotes, guidelineText))
			if got.Pages == want.Pages {
				t.Fatalf("also %d pages", got.Pages)
			}
			if diff := cmp.Diff(string(dump(want)), string(dump(got))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func texts(blocks []kaisei.Block) []string {
	var out []string
	for _, b := range blocks {
		out = append(out, b.Text)
	}
	return out
}

// justified sets text in lines of so many characters from x, with its first line indented.
func justified(x, y, size float64, perLine int, paragraphs ...string) (content string, foot float64) {
	for _, p := range paragraphs {
		for i, l := range breakLines(p, float64(perLine-1), float64(perLine)) {
			at := x
			if i == 0 {
				at += size
			}
			content += say(at, y, size, l)
			y -= size * leading
		}
	}
	return content, y
}

const (
	longA = "甲は、この告示の定めるところにより、毎年度、その事業の状況に関する報告書を作成し、公表しなければならない。報告書には、前年度との比較を記載するものとする。甲は、報告書を作成したときは、遅滞なく、その写しを保管しなければならない。"
	longB = "乙は、甲の報告書を受け取ったときは、その内容を確認し、必要があると認めるときは、甲に対して説明を求めることができる。甲は、正当な理由がない限り、これに応じなければならない。乙は、説明を受けたときは、その記録を作るものとする。"
)

func TestColumnsAreReadOneAfterTheOther(t *testing.T) {
	left, _ := justified(50, 680, 10, 22, longA, longB)
	right, _ := justified(310, 680, 10, 22, longB, longA)
	// Painted row by row, as some writers do.
	l, r := strings.SplitAfter(left, "ET\n"), strings.SplitAfter(right, "ET\n")
	content := say(200, 740, 20, "二段組の告示")
	for i := range max(len(l), len(r)) {
		if i < len(l) {
			content += l[i]
		}
		if i < len(r) {
			content += r[i]
		}
	}
	got := texts(read(t, newWorker(t), document(595, 842, content)).Blocks)
	if diff := cmp.Diff([]string{"二段組の告示", longA, longB, longB, longA}, got); diff != "" {
		t.Error(diff)
	}
}

// printed sets text on a sheet without a file: horizontally, or for down vertically.
func printed(s *sheet, x, y, size float32, down bool, text string) {
	for _, r := range text {
		s.glyphs = append(s.glyphs, glyph{r: r, x0: x, y0: y, x1: x + size*float32(em(r)), y1: y + size, size: size})
		if down {
			y += size
		} else {
			x += size * float32(em(r))
		}
	}
}

func TestVerticalTextIsReadFromRightToLeft(t *testing.T) {
	s := sheet{width: 595, height: 842}
	x := float32(500)
	for _, p := range []string{longA, longB} {
		for i, l := range breakLines(p, 29, 30) {
			y := float32(100)
			if i == 0 {
				y += 12
			}
			printed(&s, x, y, 12, true, l)
			x -= 22
		}
	}
	p := paper{pages: 1, sheets: []sheet{s}}
	if diff := cmp.Diff([]string{longA, longB}, texts(p.layout().Blocks)); diff != "" {
		t.Error(diff)
	}
}

func TestRubyIsNoText(t *testing.T) {
	content := say(50, 700, 12, "事業者は、脆弱性の有無を確認する。") + say(110, 713, 5, "ぜいじゃくせい")
	got := texts(read(t, newWorker(t), document(595, 842, content)).Blocks)
	if diff := cmp.Diff([]string{"事業者は、脆弱性の有無を確認する。"}, got); diff != "" {
		t.Error(diff)
	}
}

// tableAt draws a table with lines at xs, its rows 20 points high.
func tableAt(y float64, xs []float64, rows ...[]string) string {
	var b strings.Builder
	foot := y - 20*float64(len(rows))
	for _, x := range xs {
		b.WriteString(upright(x, foot, y-foot))
	}
	for i := range len(rows) + 1 {
		b.WriteString(rule(xs[0], y-20*float64(i), xs[len(xs)-1]-xs[0]))
	}
	for i, row := range rows {
		for k, text := range row {
			b.WriteString(say(xs[k]+4, y-20*float64(i)-14, 10, text))
		}
	}
	return b.String()
}

func TestATableIsReadAsRowsAndItsRepeatedHeadOnce(t *testing.T) {
	xs := []float64{50, 150, 350, 450}
	head := []string{"区分", "求められる措置", "期限"}
	first := say(60, 780, 10, "次の表に掲げる措置を講じる。") + tableAt(700, xs, head, []string{"高い危険", "第三者による評価", "提供開始前"}, []string{"中程度", "自己評価", ""})
	second := tableAt(780, xs, head, []string{"低い危険", "特段の措置を要しない", "なし"}) + say(60, 600, 10, "前の表は、毎年度見直す。")
	r := read(t, newWorker(t), document(595, 842, first, second))
	want := []string{"次の表に掲げる措置を講じる。", "区分 | 求められる措置 | 期限", "高い危険 | 第三者による評価 | 提供開始前", "中程度 | 自己評価 | ", "低い危険 | 特段の措置を要しない | なし", "前の表は、毎年度見直す。"}
	if diff := cmp.Diff(want, texts(r.Blocks)); diff != "" {
		t.Error(diff)
	}
	rows := slices.DeleteFunc(r.Blocks, func(b kaisei.Block) bool { return b.Kind != kaisei.BlockRow })
	if len(rows) != 4 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestATableOfContentsIsNoTextButNamesTheHeadings(t *testing.T) {
	dots := strings.Repeat(".", 40)
	contents := say(50, 760, 14, "目　次") + say(50, 730, 10, "第1章 総則"+dots+"2") + say(60, 710, 10, "1 目的"+dots+"2") + say(60, 690, 10, "2 定義"+dots+"2")
	body := say(50, 760, 10, "第1章 総則") + say(50, 740, 10, "1 目的") + say(60, 720, 10, "この規程は、手続を定める。") + say(50, 700, 10, "2 定義") + say(60, 680, 10, "用語の意義は、法令による。")
	r := read(t, newWorker(t), document(595, 842, contents, body))
	want := []string{"第1章 総則", "1 目的", "この規程は、手続を定める。", "2 定義", "用語の意義は、法令による。"}
	if diff := cmp.Diff(want, texts(r.Blocks)); diff != "" {
		t.Error(diff)
	}
	if got := r.Blocks[4].Path; !slices.Equal(got, []string{"第1章 総則", "2 定義"}) {
		t.Errorf("path %q", got)
	}
}

func TestAnImagePageAmongOthersIsNoted(t *testing.T) {
	p := paper{pages: 3, sheets: []sheet{{images: 1}, {}, {}}}
	for i := 1; i < 3; i++ {
		p.sheets[i] = sheet{width: 595, height: 842, glyphs: []glyph{{r: '字', x1: 10, y1: 10, size: 10}}}
	}
	if err := p.readable(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.layout().Notes); got != "[images without text: page 1]" {
		t.Error(got)
	}
}
