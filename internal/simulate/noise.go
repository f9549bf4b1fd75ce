package simulate

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Noise is what of a page changes at every fetch without being its content; classes are or-ed.
type Noise int

// The classes of noise.
const (
	NoiseMarkup  Noise = 1 << iota // order of attributes, class names, comments, tokens, cache-busters
	NoiseClock                     // a visible clock outside the main element
	NoiseCounter                   // a view counter inside it
	NoiseSidebar                   // a side column of links that rotate
	NoiseReflow                    // white space and line breaks inside the text
	NoiseBanner                    // a notice that rotates at the top of the main element
	noiseEnd
)

// noiseClasses is how many classes there are.
const noiseClasses = 6

// String names the classes.
func (n Noise) String() string {
	var out []string
	for i, name := range [noiseClasses]string{"markup", "clock", "counter", "sidebar", "reflow", "banner"} {
		if n&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	if out == nil {
		return "none"
	}
	return strings.Join(out, "+")
}

// noiseOf gives six pages in ten one class each, three several, and one none.
func noiseOf(n int, r *rand.Rand) Noise {
	switch k := n % 10; k {
	case 0, 1, 2, 3, 4, 5:
		return 1 << k
	case 6, 7:
		first := r.IntN(noiseClasses)
		return 1<<first | 1<<((first+1+r.IntN(noiseClasses-1))%noiseClasses)
	case 8:
		return Noise(r.IntN(int(noiseEnd)))
	}
	return 0
}

// clock writes the time of day.
func (w *writer) clock() {
	now := w.site.now().In(jst)
	w.line("<p%s>%s</p>", w.attr("clock"), [...]string{
		"現在の日時：" + now.Format("2006年1月2日 15時04分05秒"), now.Format("2006/01/02 15:04:05") + " 現在", "ただいまの時刻は" + now.Format("15:04:05") + "です", now.Format("Mon Jan 2 15:04:05 JST 2006"),
	}[w.p.noises%4])
}

// counter is how often the page was seen.
func (w *writer) counter() string {
	seen := 1000 + w.p.noises%5000 + w.turn*(1+w.p.noises%37)
	s := strconv.Itoa(seen)
	if w.p.noises%2 == 0 {
		s = s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return w.joined(NoiseCounter) + fmt.Sprintf([...]string{
		"閲覧数：%s", "このページは%s回閲覧されています。", "Views: %s", "アクセス数 %s", "%s PV", "閲覧件数　%s件", "この記事を読んだ人：%s人", "参考になった（%s）",
	}[w.p.noises/64%8], s)
}

// side writes the side column.
func (w *writer) side() {
	w.line(`<aside%s><h2>注目情報</h2><ul>`, w.attr("side"))
	from := 0
	if w.p.noise&NoiseSidebar != 0 {
		from = w.turn * 5
	}
	for i := range 5 {
		k := (from + i) % 23
		w.line(`<li><a href="/topics/%d.html%s">%s%s</a></li>`, k, w.buster(), topics[k%len(topics)], papers[k%len(papers)])
	}
	w.line("</ul></aside>")
}

// banner writes the notice at the top, another one than at the fetch before; sometimes none.
func (w *writer) banner() {
	notices := [...]string{
		"【重要】当機関の職員を装った不審な電話にご注意ください。", "台風の接近に伴い、一部の窓口の受付時間を変更しています。", "オンライン申請の利用者アンケートを実施しています。", "",
		"令和8年度の職員採用試験の申込みを受け付けています。", "本サイトは推奨ブラウザの最新版でご覧ください。", "夏季の軽装の励行について（お知らせ）", "メールマガジンの登録はこちらから。",
	}
	// Steps of three through eight meet all of them and never the same twice in a row.
	n := notices[(w.p.noises+3*w.turn)%len(notices)]
	if n += w.joined(NoiseBanner); n == "" {
		return
	}
	if w.p.noises/8%2 == 0 {
		w.line(`<div%s><p>%s</p></div>`, w.attr("notice-area"), n)
	} else {
		w.line(`<ul%s><li><a href="/info/%d.html">%s</a></li></ul>`, w.attr("emergency"), w.turn%97, n)
	}
}

// joined is the sentence that joined the block of a noise, where the page has one: the counter's,
// else the banner's.
func (w *writer) joined(n Noise) string {
	if n == NoiseBanner && w.p.noise&NoiseCounter != 0 {
		return ""
	}
	return w.p.text.joined
}

// flow writes words as the page's editor saved them this time.
func (w *writer) flow(text string) string {
	if w.p.noise&(NoiseReflow|NoiseMarkup) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 64)
	left := 12 + w.r.IntN(60)
	prev := rune(0)
	for _, r := range text {
		if left--; left <= 0 && prev > 0x2E80 && r > 0x2E80 {
			if w.p.noise&NoiseReflow != 0 {
				b.WriteString("\n" + strings.Repeat(" ", w.r.IntN(7)))
			} else if w.r.IntN(4) == 0 {
				fmt.Fprintf(&b, "<!-- %x -->", w.r.Uint32())
			}
			left = 12 + w.r.IntN(60)
		}
		b.WriteRune(r)
		prev = r
	}
	return b.String()
}
