package noise

import (
	"regexp"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// The names of the rules. RuleVolatile and RuleRotating are of learned spots.
const (
	RuleUpdated   = "last-updated"
	RuleCounter   = "access-counter"
	RuleClock     = "clock"
	RuleSession   = "session-id"
	RuleBuster    = "cache-buster"
	RuleFurniture = "page-furniture"
	RuleVolatile  = "learned-volatile"
	RuleRotating  = "learned-rotating"
)

// Rule is one general rule.
type Rule struct {
	Name string
	// About says what it sets aside, for people.
	About kaisei.Text
	// Match are blocks of which it masks or sets aside something, Not blocks that it leaves alone.
	Match, Not []string
	// parts match words of which the first group is volatile; alone, those of a block that holds nothing else.
	parts, alone []*regexp.Regexp
}

// What the patterns are made of.
const (
	num  = `[0-9０-９][0-9０-９,，]*`
	wday = `(?:\s*[（(](?:月|火|水|木|金|土|日)(?:曜日?)?[)）])?`
	day  = `(?:(?:令和|平成|[RrHh])\s*)?[0-9０-９元]{1,4}\s*[年./．／\-－]\s*[0-9０-９]{1,2}\s*[月./．／\-－]\s*[0-9０-９]{1,2}\s*日?` + wday
	hour = `(?:午前|午後)?\s*[0-9０-９]{1,2}\s*[:：時]\s*[0-9０-９]{1,2}(?:\s*[:：分]\s*[0-9０-９]{1,2}秒?|\s*分)?`
	secs = `[0-9０-９]{1,2}\s*[:：時]\s*[0-9０-９]{1,2}\s*[:：分]\s*[0-9０-９]{1,2}\s*秒?`
	unix = `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(?:[A-Z][a-z]{2}\s+[0-9]{1,2}|[0-9]{1,2}\s+[A-Z][a-z]{2}\s+[0-9]{4})\s+[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\s+[A-Z+0-9]{3,5})?(?:\s+[0-9]{4})?`
	// sessions are the parameters by which servers number visitors.
	sessions = `phpsessid|jsessionid|sessionid|session_id|cfid|cftoken|aspsessionid[a-z]*`
	seen     = `(?:閲覧|アクセス|訪問|来訪|表示|ダウンロード|視聴|再生)`
)

func all(patterns ...string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, p := range patterns {
		out = append(out, regexp.MustCompile(p))
	}
	return out
}

// rules are tried in this order.
var rules = []Rule{
	{
		Name: RuleUpdated,
		About: kaisei.Text{
			JA: "ページの更新日や掲載日だけを示す行。ほかの言葉と並ぶ日付は比較します。",
			EN: "Lines that hold nothing but the day on which the page was updated or posted. A date beside other words is compared.",
		},
		Match: []string{"最終更新日：2026年3月31日", "更新日 令和8年3月31日（火曜日）", "掲載日：2026年3月31日", "掲載日：2025年3月28日　更新日：2026年3月31日", "2026年3月31日更新", "［最終更新：R7.6.4］", "Last updated: 2026-03-31", "更新日：2026年3月31日　ページ番号：1004512"},
		Not:   []string{"施行日：令和7年9月1日", "改定日：2026年3月31日", "許可の更新日は令和7年6月4日とする。", "更新日：2026年3月31日　第2部を改定しました", "AI利用指針（令和8年3月31日更新）", "令和7年6月1日現在", "2026年3月31日", "更新日：未定"},
		alone: all(`[（(【［\[]?\s*(?i:このページの|ページの)?(?:(?:最終)?更新(?:日時|年月日|日付|日)?|(?:ページ|記事)?(?:掲載|登録|公開|作成)(?:年月)?日|印刷日時?|(?i:last\s+(?:updated?|modified)|updated?)(?:\s+on)?)\s*[：:／]?\s*(`+day+`(?:\s*`+hour+`)?)\s*(?:現在|更新)?\s*[）)】］\]]?`,
			`[（(【［\[]?\s*(`+day+`(?:\s*`+hour+`)?)\s*(?:最終)?更新\s*[）)】］\]]?`, `(?i:ページ(?:番号|ID))\s*[：:]?\s*([0-9０-９\-]+)`),
	},
	{
		Name: RuleCounter,
		About: kaisei.Text{
			JA: "閲覧数や訪問者数などの数。周りの言葉は比較し、日付や年度のある文と規範の文の数は隠しません。",
			EN: "Numbers of views or visitors. The words around them are compared; numbers in sentences that hold a date or bind are not masked.",
		},
		Match: []string{"閲覧数：1,234", "このページは1,234回閲覧されています。", "Views: 1234", "アクセス数 1,234", "1,234 PV", "閲覧件数　1,234件", "この記事を読んだ人：1,234人", "参考になった（12）", "あなたは31,040人目の訪問者です", "累計アクセス 98,765", "これまでに12,345人が閲覧しました。", "ダウンロード数：120", "12,345 views"},
		Not:   []string{"令和6年度のアクセス数は12,345件であった。", "アクセス数が1,000件を超える事業者は、記録を保存しなければならない。", "閲覧数の上限は100件とする。", "相談件数：1,234", "第3条", "参考になった資料（3）を添付する。", "事業者は、利用者100人を訪問する。"},
		parts: all(`あなたは[^。0-9０-９]{0,10}(`+num+`)\s*(?:人|番)目の(?:訪問者|お客様|来訪者|ご訪問)(?:です)?`,
			`(?:累計|総|本日の|今日の|昨日の|月間)?(?:ページ)?`+seen+`(?:者数|件数|回数|数|カウンター?)\s*[：:は　 ]?\s*(`+num+`)\s*(?:回|人|件|名|PV)?`,
			`(?:累計|本日|今日|昨日)の?(?:アクセス|訪問者?|閲覧)\s*[：:]?\s*(`+num+`)\s*(?:回|人|件|名)?`,
			`(?:この(?:ページ|記事|サイト|資料)は、?)?(?:これまでに|累計で?|延べ)?(`+num+`)\s*(?:回|人|件|名)(?:が|に|の方が|の方に)?`+seen+`(?:されて(?:い)?ます|しています|されました|しました)`,
			`この(?:ページ|記事|資料)を(?:見た|読んだ|閲覧した)(?:人|方)(?:の数)?\s*[：:は]?\s*(`+num+`)\s*(?:人|名)?`,
			`(?i:page\s*views?|views?|visitors?|hits|downloads?)\s*[：:]\s*(`+num+`)`, `(?i)^\s*(`+num+`)\s*(?:views?|PV|hits|visitors?)\s*$`,
			`^\s*(?:参考になった|役に立った|いいね[！!]?)\s*[（(]?\s*(`+num+`)\s*(?:人|件)?\s*[）)]?\s*$`),
	},
	{
		Name: RuleClock,
		About: kaisei.Text{
			JA: "現在の日時を示す時計。時点を示す「…現在」や締切の時刻は比較します。",
			EN: "Clocks that show the present time. A day as of which something is so, and the hour of a deadline, are compared.",
		},
		Match: []string{"現在の日時：2026年3月31日 14時05分09秒", "2026/03/31 14:05:09 現在", "ただいまの時刻は14:05:09です", "Tue Mar 31 14:05:09 JST 2026", "現在時刻 14:05", "本日は2026年3月31日です", "2026年3月31日（火）14:05:09"},
		Not:   []string{"令和7年6月1日現在", "令和7年6月1日17時現在", "締切：令和8年4月30日 23時59分", "令和8年4月30日 23時59分", "受付は14時05分に終了する。", "2026年3月31日 14:05 公表"},
		parts: all(`(?:現在の?(?:日時|時刻|日付と時刻)|ただ(?:いま|今)の?(?:時刻|日時))\s*[：:は　 ]?\s*((?:` + day + `\s*)?` + hour + `)`),
		alone: all(`(`+unix+`)`, `((?:`+day+`\s*)?`+secs+`)\s*(?:現在)?`, `(?:本日|今日)は?\s*[：:]?\s*(`+day+`)\s*(?:です)?`),
	},
	{
		Name: RuleSession,
		About: kaisei.Text{
			JA: "アドレスの中のセッション番号。",
			EN: "Session numbers in addresses.",
		},
		Match: []string{"https://www.example.go.jp/list;jsessionid=0A1B2C3D4E5F?id=3", "/guide.php?PHPSESSID=d41d8cd98f00b204&id=3"},
		Not:   []string{"セッションIDは、推測が困難なものでなければならない。", "https://www.example.go.jp/list?id=3"},
		parts: all(`(?i);jsessionid=([0-9a-z.!_\-]+)`, `(?i)[?&](?:`+sessions+`|sid)=([0-9a-z.!_\-]+)`),
	},
	{
		Name: RuleBuster,
		About: kaisei.Text{
			JA: "アドレスの中の、保存された写しを避けるための番号。",
			EN: "Numbers in addresses that only keep caches from answering.",
		},
		Match: []string{"https://www.example.go.jp/style.css?v=20260401", "/guide.html?_=1711843200"},
		Not:   []string{"https://www.example.go.jp/detail?id=495260123", "第1.2版（v=1）とする。"},
		parts: all(`(?i)\.(?:html?|css|js|pdf|png|jpe?g|gif|docx?|xlsx?|pptx?|zip)\?(?:v|ver|t|ts|_|cb|nocache|timestamp)=([0-9a-z.\-]+)`, `[?&](?:_|nocache)=([0-9]{6,})`),
	},
	{
		Name: RuleFurniture,
		About: kaisei.Text{
			JA: "ページの案内（先頭へ戻る、印刷用、閲覧ソフトの案内など）。",
			EN: "Furniture of the page: back to top, print, programs to open files with.",
		},
		Match: []string{"ページの先頭へ戻る", "印刷用ページを表示する", "PDF形式のファイルをご覧いただくには、Adobe Acrobat Readerが必要です。", "文字サイズ 標準 拡大"},
		Not:   []string{"先頭の事業者", "印刷物の配布について", "Adobeのファイルを提出しなければならない。"},
		alone: all(`(?:▲|↑|△)?\s*(?:この)?ページの?(?:先頭|トップ|上部)(?:へ|に)(?:戻る|もどる|移動)?`, `(?:この)?(?:ページを)?印刷(?:用)?(?:ページ)?(?:を表示)?(?:する)?`, `文字(?:の)?(?:サイズ|大きさ)(?:を?変更)?[\s　:：]*(?:(?:小|中|大|標準|縮小|拡大|特大)[\s　|｜]*)+`,
			`[^。]{0,60}(?i:adobe|acrobat)\s*(?:acrobat\s*)?(?i:reader)[^。]{0,80}(?:必要です|必要になります|ダウンロードしてください|入手してください|お持ちでない[^。]{0,40})。?(?:[^。]{0,60}(?:ダウンロード|入手)[^。]{0,20}。?)?`),
	},
}

// Rules returns the general rules.
func Rules() []Rule { return rules }

// mark stands for what a rule masked; rules mask alike on both sides.
func mark(rule string) string { return "⟦" + rule + "⟧" }

// MaxBlock is the longest block, in bytes, in which noise is looked for: what is longer is prose.
const MaxBlock = 2_000

// Mask replaces what is volatile in a block by a mark and returns the rules that did.
func Mask(text string) (masked string, by []string) {
	if len(text) > MaxBlock {
		return text, nil
	}
	masked = text
	for _, r := range rules {
		hit := false
		for _, p := range r.parts {
			masked = replace(masked, p, mark(r.Name), &hit)
		}
		if hit {
			by = append(by, r.Name)
		}
	}
	return masked, by
}

// replace puts with in the place of the first group of each match, except in sentences that it must not touch.
func replace(text string, p *regexp.Regexp, with string, hit *bool) string {
	var b strings.Builder
	at := 0
	for _, m := range p.FindAllStringSubmatchIndex(text, -1) {
		if m[2] < at || guarded(sentenceAround(text, m[0], m[1]), text[m[0]:m[1]]) {
			continue
		}
		b.WriteString(text[at:m[2]])
		b.WriteString(with)
		at = m[3]
		*hit = true
	}
	if at == 0 {
		return text
	}
	return b.String() + text[at:]
}

// Whole returns the rule of which a block holds nothing else, or "".
func Whole(text string) string {
	if len(text) > MaxBlock {
		return ""
	}
	for _, r := range rules {
		left := text
		for _, p := range r.alone {
			left = p.ReplaceAllString(left, "")
		}
		for _, p := range r.parts {
			left = p.ReplaceAllStringFunc(left, func(m string) string {
				at := strings.Index(text, m)
				if at < 0 || guarded(sentenceAround(text, at, at+len(m)), m) {
					return m
				}
				return ""
			})
		}
		if left != text && strings.Trim(left, " 　\t\n。、．,|｜/／・:：-—（）()［］[]【】") == "" {
			return r.Name
		}
	}
	return ""
}

// sentenceAround returns the sentence of text that holds text[from:to].
func sentenceAround(text string, from, to int) string {
	if from < 0 {
		return text
	}
	if i := strings.LastIndexAny(text[:from], "。\n"); i >= 0 {
		for i < from && text[i] >= 0x80 && text[i] < 0xC0 {
			i++
		}
		from = i
	} else {
		from = 0
	}
	if i := strings.IndexAny(text[to:], "。\n"); i >= 0 {
		return text[from : to+i]
	}
	return text[from:]
}

// factWords are of sentences whose numbers and times say something.
var factWords = regexp.MustCompile(`年度|上限|下限|基準|以上|以下|以内|未満|超え|超過|締切|締め切り|期限|[日月年時分]までに|提出|申請|届出|罰金|過料|条|公表`)

// guarded reports whether a sentence may not be masked: it binds, or words beside the match make a fact of it.
func guarded(sentence, match string) bool {
	rest := strings.Replace(sentence, match, "", 1)
	return factWords.MatchString(rest) || ja.Strength(sentence).Rank > ja.RankNone || len(ja.Dates(rest)) > 0
}
