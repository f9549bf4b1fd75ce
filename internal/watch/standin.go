package watch

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kaisei/internal/charset"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// A page stands in for another where a site answers something else with status 200: maintenance, a soft
// 404, a firewall's challenge, the default page of a server. Signs are counted, so that no single word
// decides where it may be a real document's own.

// standInFrom is how many points make a page a stand-in.
const standInFrom = 2

// Bounds of what is read of a page for its signs.
const (
	maxSignText  = 4 << 10
	maxSignBytes = 4 << 20
	// scriptOnly is the most characters of a page that only a script would fill.
	scriptOnly = 200
)

// signs are what the markup and the visible words of a web page tell about what it is.
type signs struct {
	// heads are its title and its headings of the first two levels, text its visible words, cut off.
	heads []string
	text  string
	// noscript are the words for readers without scripts.
	noscript                             string
	noindex, refresh, password, scripted bool
	markup                               []byte
}

// signsOf reads the signs of a web page.
func signsOf(c kaisei.Capture, hint string) signs {
	var s signs
	s.markup = c.Body[:min(len(c.Body), maxSignBytes)]
	text, _, err := charset.Decode(s.markup, c.Header["Content-Type"], hint)
	if err != nil {
		return s
	}
	var words, noscript, head strings.Builder
	var hidden, inHead, inNoscript int
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			s.text, s.noscript = words.String(), noscript.String()
			return s
		case html.TextToken:
			if inHead == 0 && words.Len() >= maxSignText && (inNoscript == 0 || noscript.Len() >= maxSignText) {
				continue // enough was read of both
			}
			t := strings.Join(strings.Fields(string(z.Text())), " ")
			switch {
			case t == "":
			case inHead > 0:
				head.WriteString(t)
				fallthrough
			case hidden == 0 && inNoscript == 0:
				if words.Len() < maxSignText {
					words.WriteString(t + "\n")
				}
			case inNoscript > 0 && noscript.Len() < maxSignText:
				noscript.WriteString(html.UnescapeString(t))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := atom.Lookup(name)
			switch tag {
			case atom.Script:
				s.scripted = true
			case atom.Input, atom.Meta:
				s.tag(tag, attributes(z, more))
			}
			switch tag {
			case atom.Script, atom.Style, atom.Template:
				if kind == html.StartTagToken {
					hidden++
				}
			case atom.Noscript:
				inNoscript++
			case atom.Title, atom.H1, atom.H2:
				inHead++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style, atom.Template:
				hidden = max(0, hidden-1)
			case atom.Noscript:
				inNoscript = max(0, inNoscript-1)
			case atom.Title, atom.H1, atom.H2:
				inHead = max(0, inHead-1)
				if h := strings.TrimSpace(html.UnescapeString(head.String())); h != "" && len(s.heads) < 8 {
					s.heads = append(s.heads, h)
				}
				head.Reset()
			}
		}
	}
}

// attributes returns those of the tag that z stands at, their values folded; of one that is repeated the first counts.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	out := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if _, known := out[string(key)]; !known {
			out[string(key)] = strings.ToLower(strings.TrimSpace(string(value)))
		}
	}
	return out
}

// tag notes what an <input> or <meta> with the given attributes tells.
func (s *signs) tag(tag atom.Atom, at map[string]string) {
	switch tag {
	case atom.Input:
		s.password = s.password || at["type"] == "password"
	case atom.Meta:
		s.noindex = s.noindex || at["name"] == "robots" && strings.Contains(at["content"], "noindex")
		s.refresh = s.refresh || at["http-equiv"] == "refresh" && strings.Contains(at["content"], "url")
	}
}

// found is one sign with its weight and what shows it.
type found struct {
	points int
	cause  kaisei.Cause
	shows  string
}

// standIn returns the points of a page of so many characters for standing in for another, with the cause
// and what shows it. Words that stood in the text before do not count, nor do those of a long page
// outside its title.
func (s signs) standIn(chars int, before func(word string) bool) found {
	sum := found{cause: kaisei.CauseStandIn}
	add := func(points int, shows string) {
		sum.points += points
		if sum.shows == "" || points > 1 && !strings.HasPrefix(sum.shows, "「") {
			sum.shows = shows
		}
	}
	heads, text := foldPhrase(strings.Join(s.heads, "\n")), ""
	short := chars <= StandInMax
	if short {
		text = foldPhrase(s.text)
	}
	told := false
	for _, p := range foldedPhrases() {
		if (strings.Contains(heads, p.folded) || short && strings.Contains(text, p.folded)) && !before(p.printed) {
			add(standInFrom, "「"+p.printed+"」")
			told = true
			break
		}
	}
	if !told && short {
		n := 0
		for _, p := range foldedHints() {
			if n < standInFrom && strings.Contains(text, p.folded) && !before(p.printed) {
				add(1, "「"+p.printed+"」")
				n++
			}
		}
	}
	if h := statusIn(s.heads); h != "" && short && !before(h) {
		add(standInFrom, "「"+h+"」")
	}
	if short {
		for _, m := range wallMarks() {
			if bytes.Contains(s.markup, []byte(m)) {
				sum.cause = kaisei.CauseBotWall
				add(standInFrom, m)
				break
			}
		}
		if s.password {
			if sum.points == 0 {
				sum.cause = kaisei.CauseLogin
			}
			add(standInFrom, `<input type="password">`)
		}
		if s.refresh && chars <= scriptOnly {
			add(standInFrom, `<meta http-equiv="refresh">`)
		}
		if s.scripted && s.text == "" && s.noscript == "" { // nothing but a program to run
			sum.cause = kaisei.CauseBotWall
			add(standInFrom, "<script>")
		}
		if s.scripted && chars <= scriptOnly && strings.Contains(strings.ToLower(s.noscript+s.text), "javascript") {
			add(standInFrom, "JavaScript")
		}
		if s.noindex {
			add(1, `<meta name="robots" content="noindex">`)
		}
	}
	return sum
}

// names reports whether a title or heading of the page holds one of the names that it should bear,
// as a page that stands in for it does not.
func (s signs) names(names ...string) bool {
	for _, n := range names {
		n = foldPhrase(n)
		if utf8.RuneCountInString(n) < minNameRunes {
			continue
		}
		for _, h := range s.heads {
			h = foldPhrase(h)
			if strings.Contains(h, n) || utf8.RuneCountInString(h) >= 2*minNameRunes && strings.Contains(n, h) || ja.Likeness(h, n) >= likeName {
				return true
			}
		}
	}
	return false
}

const (
	// minNameRunes is the least length of a name that tells a page.
	minNameRunes = 4
	// likeName is how alike a heading and a name must be.
	likeName = 0.6
)

// foldPhrase folds words for comparison: width, kind of space and case do not matter.
func foldPhrase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, ja.Key(s))
}

// phrase is a phrase with its folded form.
type phrase struct{ printed, folded string }

// The phrases and hints are folded once: folding all of them for each page cost more than looking for them.
var (
	foldedPhrases = sync.OnceValue(func() []phrase { return folded(standInPhrases()) })
	foldedHints   = sync.OnceValue(func() []phrase { return folded(standInHints()) })
)

func folded(list []string) []phrase {
	out := make([]phrase, len(list))
	for i, p := range list {
		out[i] = phrase{p, foldPhrase(p)}
	}
	return out
}

// statusIn returns the title or heading that is a status of HTTP: "503 Service Temporarily Unavailable",
// "エラー 404", "HTTP Status 500".
func statusIn(heads []string) string {
	for _, h := range heads {
		m := status.FindStringSubmatch(h)
		if m == nil {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil && n >= 400 && n < 600 {
			return h
		}
	}
	return ""
}

var status = regexp.MustCompile(`(?i)^[\s[(（]*(?:(?:http|https|error|status|code|エラー)[\s:：/]*)*(4[0-9]{2}|5[0-9]{2})[\s\])）:：.,-]*(?:$|[-–—|:：!]|error|エラー|bad|unauthorized|forbidden|not found|method|gone|too many|internal|bad gateway|service|gateway|アクセス|ページ|ファイル|サーバ)`)

// standInPhrases are words that a page says of itself where it stands in for another; a document does
// not speak so.
func standInPhrases() []string {
	return []string{
		// Soft 404.
		"ページが見つかりません", "ページは見つかりません", "お探しのページは", "お探しのページが", "指定されたページは存在", "指定されたページが見つか", "指定されたURLは存在",
		"ページは存在しません", "ファイルが見つかりません", "移動または削除された", "移動したか削除された", "削除されたか、移動", "アドレスが間違っている可能性", "URLが変更されたか",
		"Page Not Found", "File Not Found", "The page you requested", "page you are looking for", "could not be found on this server", "does not exist on this server",
		// Maintenance and overload.
		"ただいまメンテナンス", "只今メンテナンス", "現在メンテナンス", "メンテナンス中です", "メンテナンス中のため", "メンテナンス作業中", "メンテナンスのため停止",
		"アクセスが集中し", "一時的にアクセスできません", "一時的に利用できません", "一時的にご利用いただけません", "現在ご利用いただけません", "現在利用できません",
		"サービスを停止しています", "サービスを一時停止", "サイトを停止しています", "しばらくしてから再度", "しばらくたってから", "しばらく経ってから", "時間をおいて再度", "時間を置いて再度",
		"under maintenance", "down for maintenance", "temporarily unavailable", "Service Unavailable", "Temporarily Down", "currently unavailable",
		// Errors of servers and of what stands behind them.
		"Internal Server Error", "Bad Gateway", "Gateway Time-out", "Gateway Timeout", "404 Not Found", "403 Forbidden", "Application Error",
		"Error establishing a database connection", "データベース接続確立エラー", "データベースに接続できません", "SQLSTATE[", "Warning: mysql", "Uncaught exception", "Unhandled exception",
		"Server Error in '/' Application", "内部サーバーエラー", "内部サーバエラー",
		// Walls.
		"アクセスが拒否されました", "アクセスを拒否しました", "アクセスは許可されていません", "アクセスが制限されています", "閲覧する権限がありません",
		"Access Denied", "Request unsuccessful", "Incapsula incident", "Checking your browser", "Just a moment...", "Attention Required! | Cloudflare", "Enable JavaScript and cookies",
		"The requested URL was rejected", "Your support ID is", "verify you are human", "Verifying you are human", "not a robot", "blocked by network security", "you have been blocked",
		"ロボットではないことを", "JavaScriptを有効にしてください", "JavaScriptが無効", "Please enable JavaScript", "JavaScript is required", "You need to enable JavaScript",
		// Proxies and networks in between.
		"The requested URL could not be retrieved", "Web Page Blocked", "This site is blocked", "blocked by your administrator", "sign in to the network", "Sign in to network", "Captive Portal",
		"ネットワークにログイン", "インターネットに接続するには", "ウェブフィルタリング", "Webフィルタリング", "閲覧が禁止されています",
		// Default pages, listings of folders, parked names.
		"It works!", "Welcome to nginx", "Apache2 Debian Default Page", "Apache2 Ubuntu Default Page", "HTTP Server Test Page", "IIS Windows Server", "Test Page for the", "Congratulations! Your web server",
		"Index of /", "Directory listing for", "[To Parent Directory]",
		"domain is for sale", "buy this domain", "domain is parked", "domain has expired", "parked free", "ドメインは現在売り出し", "このドメインは販売", "このドメインを購入", "ドメインの有効期限が切れ",
	}
}

// standInHints are words that stand-ins use and that a real notice may use as well: two of them, or one
// with another sign, make a short page a stand-in.
func standInHints() []string {
	return []string{
		"システムメンテナンス", "メンテナンスを実施", "メンテナンス中", "定期メンテナンス", "エラーが発生", "システムエラー", "不正なアクセス", "ログインしてください", "しばらくお待ちください", "時間をおいて",
		"ご迷惑をおかけ", "ご不便をおかけ", "準備中", "工事中", "正しく表示されない", "トップページへ戻る", "ブラウザの戻る", "前のページに戻る",
		"unavailable", "maintenance", "try again later", "an error occurred", "forbidden", "unauthorized", "please wait", "redirecting", "Parent Directory", "incident id", "reference #",
	}
}

// wallMarks stand in the markup of challenges and blocks, and not in the pages behind them.
func wallMarks() []string {
	return []string{"Incapsula incident ID", "_cf_chl_opt", "cf-error-details", "gokuProps", "errors.edgesuite.net", "sec-if-cpt-container", "px-captcha", "captcha-delivery.com"}
}

// cutOff says where a page breaks off, or "": in the middle of a tag or of a character. A page may end without
// its closing tags; no page ends so.
func cutOff(body []byte) string {
	tail := bytes.TrimRight(body[max(0, len(body)-tailBytes):], " \t\r\n\x00\x1a")
	if len(tail) == 0 || closed(body) {
		return ""
	}
	if at := bytes.LastIndexByte(tail, '<'); at >= 0 && bytes.IndexByte(tail[at:], '>') < 0 && at+1 < len(tail) {
		if c := tail[at+1]; c == '/' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return string(tail[at:min(len(tail), at+40)])
		}
	}
	if utf8.Valid(body) {
		return ""
	}
	// All of it is UTF-8 but an unfinished last character.
	for n := 1; n < utf8.UTFMax && n < len(body); n++ {
		if last := body[len(body)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) && utf8.Valid(body[:len(body)-n]) {
				return strconv.QuoteToASCII(string(last))
			}
			break
		}
	}
	return ""
}

// garbled reports whether a text is Japanese read in a wrong encoding: signs that only that makes are
// a good part of it.
func garbled(text []kaisei.Block) bool {
	letters, bad := 0, 0
	for _, b := range text {
		for _, r := range b.Text {
			if r < 0x80 || unicode.IsSpace(r) {
				continue
			}
			letters++
			switch {
			case r == utf8.RuneError, r < 0xA0, r >= 0xC0 && r <= 0xFF, r == '縺', r == '繧', r == '繝', r == '荳':
				bad++
			}
		}
	}
	return letters >= 20 && bad*100 >= letters*garbledFrom
}

// garbledFrom is the share, in percent, of such signs from which a text is garbled.
const garbledFrom = 20

// namedStandIn names a look that failed because something else than the page answered, where the page
// that answered shows what it is.
func (v *visit) namedStandIn(p page, l kaisei.Look) kaisei.Look {
	switch l.Cause {
	case kaisei.CauseNoSelection, kaisei.CauseWrongType, kaisei.CauseEmpty, kaisei.CauseDecode:
	default:
		return l
	}
	s := signsOf(p.capture, v.s.Charset)
	sum := s.standIn(utf8.RuneCountInString(s.text), func(string) bool { return false })
	if sum.points >= standInFrom && !s.names(v.s.Title.JA, v.s.Title.EN) {
		l.Cause, l.Detail = sum.cause, sum.shows
	}
	return l
}
