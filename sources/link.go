package sources

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"kaisei/internal/noise"
)

// link is a link of a page with what stands around it.
type link struct {
	node *html.Node
	url  *url.URL
	// text is its own words; an image's description only where it has no words.
	text string
	// around is the words of the list item, row or paragraph that holds it, without links.
	around string
	// day is the date in an element of its own, which no prose can contradict.
	day kaisei.Date
	// heading is the last heading above it, term the dt of its dd, parent the words of the list
	// item that holds its list.
	heading, term, parent string
	// title is what it is called once a word like 本文 has been completed, and rule what it leads to.
	title string
	rule  *rule
	// inURL: the day was found in the address only.
	inURL bool
}

// maxLinks bounds how many links of a page are looked at; the longest lists of the
// watched sites have some hundreds.
const maxLinks = 10_001

// links returns the links of the content that lead elsewhere, in the order of the page.
func (d *document) links() []*link {
	var out []*link
	heading := ""
	seen := 0
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		if depth > maxDepth || seen >= maxLinks {
			return
		}
		if headingLevel(n) > 0 {
			heading = textOf(n)
		}
		if n.DataAtom == atom.A && n.Type == html.ElementNode {
			seen++
			if u := d.resolve(n); u != nil {
				out = append(out, describe(n, u, heading))
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	for _, r := range d.roots {
		walk(r, 0)
	}
	return out
}

// resolve returns the absolute address of a link without its fragment, or nil where it leads
// to the page itself or to nothing that can be fetched.
func (d *document) resolve(a *html.Node) *url.URL {
	href := strings.TrimSpace(attr(a, "href"))
	if strings.HasPrefix(strings.ToLower(href), "javascript:") {
		href = clickAddress(a)
	}
	if href == "" || strings.HasPrefix(href, "#") {
		return nil
	}
	u, err := d.base.Parse(href)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	v := *noise.Address(u)
	v.Fragment, v.RawFragment, v.User = "", "", nil
	if self := *d.self; v.Host == self.Host && v.Path == self.Path && v.RawQuery == self.RawQuery {
		return nil
	}
	return &v
}

// clickAddress is where a link leads that a script opens: the path named in its onclick, or in that of the
// card it stands in, as the public comment site has it. It is "" where none is named.
func clickAddress(a *html.Node) string {
	for n, up := a, 0; n != nil && up < maxCard; n, up = n.Parent, up+1 {
		if m := clickPath.FindStringSubmatch(attr(n, "onclick")); m != nil {
			return m[1]
		}
	}
	return ""
}

// maxCard is how many elements above a link its card may be.
const maxCard = 5

// clickPath is an address in quotes that begins at the root of the site or names one.
var clickPath = regexp.MustCompile(`['"]((?:https?:/)?/[^'"\s<>\\]+)['"]`)

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// isDate reports that an element holds a date beside the words: a time element, or one whose class
// says so and which holds nothing else.
func isDate(n *html.Node) bool {
	if n.DataAtom == atom.Time {
		return true
	}
	if !dateClass.MatchString(attr(n, "class")) {
		return false
	}
	words := textWithout(n, func(*html.Node) bool { return false })
	return len(words) < maxDateHeading && wordCount(fileWords.ReplaceAllString(cutDates(words), " ")) == 0
}

var dateClass = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:date|day|time)(?:$|[\s_-])`)

// describe reads a link and what stands around it.
func describe(a *html.Node, u *url.URL, heading string) *link {
	l := &link{node: a, url: u, text: textOf(a), heading: heading, day: dayIn(a)}
	if l.text == "" {
		l.text = fold(attr(a, "title"))
	}
	if l.text == "" {
		if img := findTag(a, atom.Img, 0); img != nil {
			l.text = fold(attr(img, "alt"))
		}
	}
	holder := holderOf(a)
	if holder == nil {
		return l
	}
	l.around = ownWords(holder)
	if l.day.IsZero() {
		l.day = dayIn(holder)
	}
	switch holder.DataAtom {
	case atom.Dd:
		if dt := previous(holder, atom.Dt); dt != nil {
			l.term = textWithout(dt, isLink)
			if l.day.IsZero() {
				l.day = dayIn(dt)
			}
			if len(ja.Dates(l.term)) > 0 {
				l.around = fold(l.term + " " + l.around)
			}
		}
	case atom.Li:
		if list := holder.Parent; list != nil && list.Parent != nil && list.Parent.DataAtom == atom.Li {
			l.parent = ownWords(list.Parent)
		}
	}
	return l
}

// maxClimb is how far up the element that holds a link is looked for.
const maxClimb = 8

// holderOf returns the list item, row or entry that holds a link and no other address,
// or the smallest list item, row, entry or paragraph that holds it.
func holderOf(a *html.Node) *html.Node {
	var nearest, alone *html.Node
	for n, up := a.Parent, 0; n != nil && up < maxClimb; n, up = n.Parent, up+1 {
		switch n.DataAtom {
		case atom.Li, atom.Tr, atom.Dd, atom.Article:
			if small(n) {
				return n
			}
			return first(alone, nearest)
		case atom.Body, atom.Main, atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Tbody:
			return first(alone, nearest)
		case atom.P, atom.Dt, atom.Td:
			if nearest == nil && n.DataAtom != atom.Td {
				nearest = n
			}
		}
		if (n.DataAtom == atom.Div || n.DataAtom == atom.P || n.DataAtom == atom.Section) && small(n) && linksIn(n) == 1 {
			alone = n
		}
	}
	return first(alone, nearest)
}

func first(nodes ...*html.Node) *html.Node {
	for _, n := range nodes {
		if n != nil {
			return n
		}
	}
	return nil
}

// maxHolder is the greatest number of nodes in an element whose words belong to one link.
const maxHolder = 200

// small reports that an element has at most maxHolder nodes below it.
func small(n *html.Node) bool {
	budget := maxHolder
	var count func(*html.Node) bool
	count = func(n *html.Node) bool {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if budget--; budget < 0 || !count(c) {
				return false
			}
		}
		return true
	}
	return count(n)
}

// linksIn counts the addresses in a small element.
func linksIn(n *html.Node) int {
	seen := map[string]bool{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if isLink(n) && attr(n, "href") != "" {
			seen[attr(n, "href")] = true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return len(seen)
}

func isLink(n *html.Node) bool { return n.Type == html.ElementNode && n.DataAtom == atom.A }

// ownWords returns the words of an element outside links and lists below it.
func ownWords(n *html.Node) string {
	return textWithout(n, func(c *html.Node) bool {
		return isLink(c) || c.DataAtom == atom.Ul || c.DataAtom == atom.Ol
	})
}

// previous returns the last element of the given tag before n among its siblings.
func previous(n *html.Node, tag atom.Atom) *html.Node {
	for p, steps := n.PrevSibling, 0; p != nil && steps < maxHolder; p, steps = p.PrevSibling, steps+1 {
		if p.DataAtom == tag {
			return p
		}
	}
	return nil
}

// dayIn returns the date in the first element of n that holds one, by its datetime attribute or
// its words.
func dayIn(n *html.Node) kaisei.Date {
	budget := maxHolder
	var walk func(*html.Node) kaisei.Date
	walk = func(n *html.Node) kaisei.Date {
		if budget--; budget < 0 {
			return kaisei.Date{}
		}
		if n.Type == html.ElementNode && isDate(n) {
			words := textWithout(n, func(*html.Node) bool { return false })
			for _, s := range []string{attr(n, "datetime"), words} {
				if ds := ja.Dates(s); len(ds) > 0 {
					return ds[0].Date
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if d := walk(c); !d.IsZero() {
				return d
			}
		}
		return kaisei.Date{}
	}
	return walk(n)
}

// name returns what a link is called. A word that names nothing by itself (本文, PDF, こちら) is
// completed by the words of its list item, its term or the heading above it.
func (x *indexer) name(l *link) string {
	text := l.text
	if !generic(text) {
		return text
	}
	around := x.withoutNoise(l.around)
	for _, before := range []string{around, l.term, l.parent, l.heading, x.page} {
		before = strings.TrimRight(fold(before), ":： 　-–—…・,、")
		if len(before) > maxName || alphanumerics(before) < minName || generic(before) {
			continue
		}
		if pointer.MatchString(ja.Identity(text)) {
			return before
		}
		return fold(before + " " + text)
	}
	if text == "" {
		return fileName(l.url)
	}
	return text
}

// minName and maxName bound, in letters and digits and in bytes, the words that complete a generic
// link; 第3回 is the shortest name.
const (
	minName = 3
	maxName = 400
)

// withoutNoise drops dates and file sizes from words around a link.
func (x *indexer) withoutNoise(s string) string {
	return fold(sizes.ReplaceAllString(cutDates(s), " "))
}

// pointer matches identities that only point: the words that complete them are the whole name.
var pointer = regexp.MustCompile(`^(?:こちら|ここ|詳細(?:は?こちら)?|詳しくはこちら|詳細を見る|続きを読む|もっと見る|ダウンロード|download|開く|表示|リンク|link|pdf|html|word|excel|powerpoint|zip|csv|txt|ワード|エクセル|パワーポイント|一太郎|テキスト|経過|view|more|here)?$`)

// sizes are file formats and sizes in brackets.
var sizes = regexp.MustCompile(`(?i)[（(［\[【]\s*(?:PDF|Word|Excel|PowerPoint|ZIP|HTML)(?:形式|ファイル|版)?\s*[)）］\]】]|(?i)[（(［\[【]?\s*(?:PDF|Word|Excel|PowerPoint|ZIP|HTML)?(?:形式|ファイル)?\s*[:：／/]?\s*[0-9０-９,.]*\s*(?:KB|MB|バイト|キロバイト|メガバイト)\s*[)）］\]】]?`)

// cutDates takes the dates out of a text.
func cutDates(s string) string {
	var b strings.Builder
	at := 0
	for _, d := range ja.Dates(s) {
		if d.Start < at {
			continue
		}
		b.WriteString(s[at:d.Start])
		b.WriteByte(' ')
		at = d.End
	}
	b.WriteString(s[at:])
	return b.String()
}

func alphanumerics(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// maxGeneric is the length, in bytes, beyond which a link text is taken to name something.
const maxGeneric = 150

// generic reports that a link text names nothing by itself.
func generic(text string) bool {
	if len(text) > maxGeneric {
		return false
	}
	id := strings.TrimSuffix(ja.Identity(text), "|translation")
	return id == "" || genericWord.MatchString(id)
}

// genericWord matches identities that many documents share. What is a document of its own beside the text
// (概要, 別添) is completed too: the identity keeps the word.
var genericWord = regexp.MustCompile(`^(?:こちら|ここ|詳細(?:は?こちら)?|詳しくはこちら|詳細を見る|続きを読む|もっと見る|ダウンロード|download|開く|表示|リンク|link` +
	`|pdf|html|word|excel|powerpoint|zip|csv|txt|ワード|エクセル|パワーポイント|一太郎|テキスト|本文|本体|本編|全文|全体版?|一括|一括版|統合版|概要版?|要旨|要約|ポイント|参考|参考資料|資料[0-9-]*|別添[0-9-]*|別紙[0-9-]*|別表[0-9-]*|付録|付属資料|様式[0-9-]*` +
	`|関連資料|関係資料|添付資料|資料|資料等|関連情報|関連リンク|関連ページ|参考情報|お知らせ|詳細資料|掲載資料|公表資料|リンク集|目次|一覧|報道資料|報道発表|報道発表資料|プレスリリース|発表資料|配布資料|会議資料|資料一覧|議事次第|議事録|議事要旨|議事概要|開催案内|開催状況|新旧対照表|条文|要綱|法律案?|法律案要綱|理由|新旧|経過|提出法律案|本文情報|審議情報` +
	`|q&?a|faq|よくある質問|チェックリスト|ワークシート|日本語|日本語版|和文|english|英語|英文|version|index|more|view|here|text|summary|overview|main(?:text)?|news)$`)

// dayNumber is a day in a file name or folder.
var dayNumber = regexp.MustCompile(`(?:^|[^0-9])(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?:[0-9]{3})?(?:[^0-9]|$)`)

// dayInURL returns the day in a document number (20260331_1.pdf, 20250218003), never the
// year and month of a folder: METI's /press/2024/02/ is a fiscal year.
func dayInURL(u *url.URL) kaisei.Date {
	all := dayNumber.FindAllStringSubmatch(u.Path, -1)
	if len(all) == 0 {
		return kaisei.Date{}
	}
	m := all[len(all)-1]
	y, _ := strconv.Atoi(m[1])
	mo, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	d := kaisei.Date{Year: y, Month: time.Month(mo), Day: day}
	if got := kaisei.DateOf(d.Start()); got != d {
		return kaisei.Date{}
	}
	return d
}

// versionName is a version in a file name; a lone _v2 is not one.
var versionName = regexp.MustCompile(`(?i)(?:^|[_-])(v(?:er\.?)?[0-9]+\.[0-9]+)(?:[_.-]|$)`)

// versionInName returns the version in a file name (ai_safety_eval_v1.20_ja.pdf), or "".
func versionInName(u *url.URL) string {
	if m := versionName.FindStringSubmatch(fileName(u)); m != nil {
		return m[1]
	}
	return ""
}

// dateAtEnd returns the date at the beginning or end of a text.
func dateAtEnd(s string) (kaisei.Date, bool) {
	ds := ja.Dates(s)
	if len(ds) == 0 {
		return kaisei.Date{}, false
	}
	if d := ds[0]; strings.Trim(s[:d.Start], edges) == "" {
		return d.Date, true
	}
	if d := ds[len(ds)-1]; !d.Carried && strings.Trim(s[d.End:], edges) == "" {
		return d.Date, true
	}
	return kaisei.Date{}, false
}

// edges are the signs that may stand between a date and the end of a title.
const edges = " 　()（）[]［］【】〔〕<>＜＞・:：,、。"

// withoutDate takes a date off the beginning of a title, or in brackets off its end.
func withoutDate(s string) string {
	ds := ja.Dates(s)
	if len(ds) == 0 {
		return s
	}
	out := s
	if d := ds[len(ds)-1]; d.Start > 0 && strings.Trim(s[d.End:], edges) == "" {
		before := strings.TrimRight(s[:d.Start], " 　")
		if strings.HasSuffix(norm.NFKC.String(before), "(") || strings.HasSuffix(before, "［") || strings.HasSuffix(before, "【") {
			out = strings.TrimRight(before, "(（［[【 　")
		}
	}
	if d := ds[0]; strings.Trim(s[:d.Start], edges) == "" && d.End < len(out) {
		out = strings.TrimLeft(out[d.End:], " 　)）］]】:：・")
	}
	if out == "" {
		return s
	}
	return out
}
