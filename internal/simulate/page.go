package simulate

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// page is a web page with a text of its own.
type page struct {
	size    int
	layout  int
	noise   Noise
	noises  int // how a noise shows itself, where it can do so in several ways
	sjis    bool
	labels  labelling
	etag    bool
	dated   bool
	gzip    bool
	selects bool      // the catalogue selects its main element
	touched time.Time // when its text last changed
	text    text
	past    []earlier
}

// labelling is how a page says what its encoding is.
type labelling int

// The ways to label an encoding.
const (
	labelBoth   labelling = iota
	labelHeader           // only Content-Type says it
	labelMeta             // only the page itself says it
	labelNone             // nothing says it
	labelWrong            // Content-Type says another one
	labellings
)

// layouts is how many forms of page there are.
const layouts = 4

func newPage(s *Site, n, at int) *resource {
	r := s.rand(streamKind, n, 0)
	p := &page{
		size: s.options.MinSize + r.IntN(s.options.MaxSize-s.options.MinSize+1), layout: r.IntN(layouts), sjis: n%4 == 3,
		etag: r.IntN(2) == 0, dated: r.IntN(2) == 0, gzip: r.IntN(2) == 0, selects: r.IntN(2) == 0, noises: r.IntN(1 << 16),
		touched: time.Date(2026, 2, 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.UTC),
	}
	if p.sjis || r.IntN(3) == 0 {
		p.labels = labelling(r.IntN(int(labellings)))
	}
	if !p.sjis && p.labels == labelNone {
		p.labels = labelBoth
	}
	if !s.options.Quiet {
		p.noise = noiseOf(n, r)
	}
	title := pick(r, topics) + pick(r, papers) + "（" + pick(r, sectors) + "分野）"
	return &resource{
		n: n, host: at, id: fmt.Sprintf("%s/page-%04d", ministries[at].key, n), title: fmt.Sprintf("%s第%d号", title, n+1),
		path: fmt.Sprintf("/policy/%s/%04d.html", []string{"ai", "joho", "torikumi", "kokuji"}[r.IntN(4)], n), page: p,
	}
}

// parts is the text of a page as it stands now.
func (r *resource) parts(s *Site) []part {
	out := article(s.rand(streamText, r.n, 0), r.page.size-chromeBytes)
	for _, e := range r.page.text.edits {
		out = e.apply(out)
	}
	return out
}

// number is the number of a page as a document.
func (r *resource) number() int { return 100 + r.n + r.page.text.number }

// chromeBytes is about how much of a page is not its text.
const chromeBytes = 6_000

// writer writes one answer of a page.
type writer struct {
	strings.Builder
	r    *rand.Rand
	p    *page
	site *Site
	res  *resource
	turn int
}

// html writes a page as it is shown at the given request.
func (s *Site) html(res *resource) []byte {
	p := res.page
	w := &writer{r: s.rand(streamNoise, res.n, res.hits), p: p, site: s, res: res, turn: res.hits}
	w.Grow(p.size + p.size/4)
	w.head(res.title)
	w.top()
	w.open()
	if p.noise&NoiseBanner != 0 {
		w.banner()
	}
	w.line("<h1%s>%s</h1>", w.attr("title"), res.title)
	w.meta()
	w.body(res.parts(s))
	w.bottom()
	w.shut()
	return p.encode(w.String())
}

func (p *page) encode(text string) []byte {
	if !p.sjis {
		return []byte(text)
	}
	b, err := encoding.ReplaceUnsupported(japanese.ShiftJIS.NewEncoder()).Bytes([]byte(text))
	if err != nil {
		panic("encode a simulated page: " + err.Error()) // every unsupported rune is replaced
	}
	return b
}

// charsets returns what the header and the page itself call the encoding; "" says nothing.
func (p *page) charsets() (header, meta string) {
	name, wrong := "UTF-8", "Shift_JIS"
	if p.sjis {
		name, wrong = []string{"Shift_JIS", "shift-jis", "x-sjis", "Windows-31J"}[p.noises%4], "UTF-8"
	}
	switch p.labels {
	case labelHeader:
		return name, ""
	case labelMeta:
		return "", name
	case labelNone:
		return "", ""
	case labelWrong:
		return wrong, name
	}
	return name, name
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
	if w.p.noise&NoiseReflow != 0 {
		w.WriteString(strings.Repeat("\n", w.r.IntN(3)) + strings.Repeat(" ", w.r.IntN(9)))
	}
}

// attr is the attributes of an element of the given class.
func (w *writer) attr(class string) string {
	if w.p.noise&NoiseMarkup == 0 {
		return ` class="` + class + `"`
	}
	all := []string{
		fmt.Sprintf(`class="%s css-%06x"`, class, w.r.IntN(1<<24)), fmt.Sprintf(`data-id="%d"`, w.r.IntN(1<<20)), fmt.Sprintf(`id="b%08x"`, w.r.Uint32()),
	}
	w.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return " " + strings.Join(all, " ")
}

// buster is what stands behind the address of a script or style sheet.
func (w *writer) buster() string {
	if w.p.noise&NoiseMarkup == 0 {
		return "?v=20260401"
	}
	return fmt.Sprintf("?v=%d", w.r.Uint32())
}

func (w *writer) head(title string) {
	w.line("<!DOCTYPE html>\n<html lang=\"ja\">\n<head>")
	if _, meta := w.p.charsets(); meta != "" {
		if w.p.layout%2 == 0 {
			w.line(`<meta charset="%s">`, meta)
		} else {
			w.line(`<meta http-equiv="Content-Type" content="text/html; charset=%s">`, meta)
		}
	}
	w.line("<title>%s｜%s</title>", title, ministries[w.res.host].name)
	w.line(`<link rel="stylesheet" href="/css/base.css%s">`, w.buster())
	w.line(`<script src="/js/site.js%s"></script>`, w.buster())
	if w.p.noise&NoiseMarkup != 0 {
		w.line(`<meta name="csrf-token" content="%016x%016x">`, w.r.Uint64(), w.r.Uint64())
		w.line("<!-- cache node %d, %08x, %d ms -->", w.r.IntN(9), w.r.Uint32(), w.r.IntN(400))
	}
	w.line("</head>\n<body%s>", w.attr("lower"))
}

func (w *writer) top() {
	name := ministries[w.res.host].name
	w.line(`<header%s><p class="site"><a href="/">%s</a></p>`, w.attr("l-header"), name)
	if w.p.noise&NoiseClock != 0 {
		w.clock()
	}
	w.line(`<form action="/search" method="get"><input type="hidden" name="token" value="%x"><input type="text" name="q"><button>検索</button></form>`, w.turnOf(NoiseMarkup))
	w.line(`<nav%s><ul><li><a href="/news/">新着情報</a></li><li><a href="/policy/">政策</a></li><li><a href="/law/">所管法令</a></li><li><a href="/about/">組織案内</a></li><li><a href="/english/">English</a></li></ul></nav></header>`, w.attr("gnav"))
	w.line(`<div%s><a href="/">ホーム</a> &gt; <a href="/policy/">政策</a> &gt; %s</div>`, w.attr("breadcrumb"), w.res.title)
}

// turnOf is a number that changes at every fetch where the page has the noise.
func (w *writer) turnOf(n Noise) uint64 {
	if w.p.noise&n == 0 {
		return 0x5eed
	}
	return w.r.Uint64()
}

// open begins the main element in one of several layouts.
func (w *writer) open() {
	if w.p.layout == 3 { // the side column stands first, as on older sites
		w.side()
	}
	switch w.p.layout {
	case 0:
		w.line(`<div class="wrap"><main id="contents">`)
	case 1:
		w.line(`<div id="wrapper"><main class="l-main" role="main"><article>`)
	case 2:
		w.line(`<main><div class="contents"><div class="text">`)
	case 3:
		w.line(`<main id="main"><div id="maincontents">`)
	}
}

func (w *writer) shut() {
	switch w.p.layout {
	case 0:
		w.line(`</main>`)
		w.side()
		w.line(`</div>`)
	case 1:
		w.line(`</article></main>`)
		w.side()
		w.line(`</div>`)
	case 2:
		w.line(`</div></div></main>`)
		w.side()
	case 3:
		w.line(`</div></main>`)
	}
	w.line(`<footer%s><ul><li><a href="/privacy.html">プライバシーポリシー</a></li><li><a href="/copyright.html">著作権・リンクについて</a></li></ul>`, w.attr("l-footer"))
	w.line(`<address>〒100-0000 東京都千代田区架空町%d-1 電話：03-0000-0000（代表）</address><p>Copyright (C) %s</p></footer>`, w.res.host+1, ministries[w.res.host].name)
	if w.p.noise&NoiseMarkup != 0 {
		w.line(`<script>window.__s="%016x";</script><!-- %d -->`, w.r.Uint64(), w.r.Uint32())
	}
	w.line("</body>\n</html>")
}

// meta is the line under the title: when it was posted, its number, and on some pages the counter.
func (w *writer) meta() {
	posted := fmt.Sprintf("令和8年%d月%d日", 1+w.res.n%3, 1+w.res.n%28)
	number := fmt.Sprintf("%s総第%d号", string([]rune(ministries[w.res.host].name)[0]), w.res.number())
	counter := ""
	if w.p.noise&NoiseCounter != 0 {
		counter = w.counter()
	}
	switch where := w.p.noises / 16 % 3; {
	case counter == "" || where == 2: // at the foot
		w.line(`<p%s>掲載日：%s　文書番号：%s</p>`, w.attr("meta"), posted, number)
	case where == 0:
		w.line(`<p%s>掲載日：%s　文書番号：%s　<span class="cnt">%s</span></p>`, w.attr("meta"), posted, number, counter)
	default:
		w.line(`<p%s>掲載日：%s　文書番号：%s</p>`, w.attr("meta"), posted, number)
		w.line(`<div%s>%s</div>`, w.attr("pv"), counter)
	}
}

func (w *writer) bottom() {
	if w.p.noise&NoiseCounter != 0 && w.p.noises/16%3 == 2 {
		w.line(`<p%s>%s</p>`, w.attr("small"), w.counter())
	}
	w.line(`<div%s><h2>お問い合わせ先</h2><p>%s 政策課 情報係　電話：03-0000-%04d</p></div>`, w.attr("contact"), ministries[w.res.host].name, 1000+w.res.n)
	w.line(`<p%s>最終更新日：%s</p>`, w.attr("update"), w.p.touched.In(jst).Format("2006年1月2日"))
	w.line(`<p class="totop"><a href="#">このページの先頭へ</a></p>`)
}

var jst = time.FixedZone("JST", 9*60*60)

// body writes the article. Items and rows that follow one another share a list or table.
func (w *writer) body(parts []part) {
	inside := ""
	for _, p := range parts {
		if p.tag != inside && inside != "" {
			w.line("%s", map[string]string{"li": "</ul>", "tr": "</table>"}[inside])
			inside = ""
		}
		if p.tag != inside && (p.tag == "li" || p.tag == "tr") {
			w.line("%s", map[string]string{"li": `<ul class="list">`, "tr": `<table class="tbl">`}[p.tag])
			inside = p.tag
		}
		if p.tag == "tr" {
			w.line("<tr><th>%s</th><td>%s</td></tr>", p.mark, w.flow(strings.Join(p.words, "")))
			continue
		}
		w.line("<%s%s>%s</%s>", p.tag, w.attr("c"), w.flow(p.text()), p.tag)
	}
	if inside != "" {
		w.line("%s", map[string]string{"li": "</ul>", "tr": "</table>"}[inside])
	}
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}
