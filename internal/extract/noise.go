package extract

import (
	"regexp"
	"slices"
	"strings"

	"kaisei/internal/ja"
)

// Words that stand on a page and are not part of what it says. The rules are general
// shapes of Japanese government sites; what only one site does belongs into its
// catalogue entry.
var (
	// stamp is a line that says when the page was last touched. A day of adoption or
	// amendment (改定日, 施行日, 公布日) is content and not matched.
	stamp = regexp.MustCompile(`^[【\[（(〔「■●・\s]*(?:(?:このページの|ページの|当ページの|本ページの|ページ|記事|情報|コンテンツ)?(?:最終)?(?:更新|修正|変更)(?:年月)?(?:日時|日付|日|時刻)?|(?:最終)更新|(?i:last\s+(?:updated?|modified)(?:\s+(?:on|date))?|date\s+last\s+modified|updated(?:\s+on)?|update)|印刷日時?|出力日時|ページ作成日|ページ公開日)\s*[：:】\])）]?\s*`)
	// counter is a line that counts visitors.
	counter = regexp.MustCompile(`(?i)(?:あなたは.{0,20}?(?:人|番)目の(?:訪問者|お客様|来訪者|ご訪問)|[0-9０-９,，]+\s*(?:人|番)目の(?:訪問者|お客様|来訪者)|^アクセス(?:カウンター|カウンタ|数|件数)\s*[：:]?\s*[0-9０-９,，]*$|^(?:累計|本日|今日|昨日)(?:の)?(?:アクセス|訪問者)(?:件)?数?(?:は|は、)?\s*[：:]?\s*[0-9０-９,，]+\s*(?:人|件|回|名)?$|^visitors?\s*[:：]?\s*[0-9,]+$|^access\s*counter\s*[：:]?\s*[0-9０-９,，]*$)`)
	// counterHead and counterTail are what may stand before and behind the count.
	counterHead = regexp.MustCompile(`^[^。]{0,20}$`)
	counterTail = regexp.MustCompile(`^(?:様|さま|の方)?(?:です|でございます|となります)?[。．.！!\s]*$`)
	// today is a line that shows the present day or time.
	today = regexp.MustCompile(`^(?:本日は?|今日は?|現在の?(?:日時|時刻)は?)\s*[：:、]?\s*`)
	// steering is a line that steers a reader on the page.
	steering = regexp.MustCompile(`(?i)^[▲↑△＞>\[\s]*(?:(?:この)?ペー?ジ(?:の)?(?:先頭|トップ|上部|一番上)(?:へ|に)?(?:戻る|もどる|移動(?:します)?)?|(?:page\s*|back\s+to\s+)?top(?:\s+of\s+(?:this\s+)?page)?(?:へ)?|先頭へ(?:戻る)?|トップへ(?:戻る)?|本文へ(?:移動|スキップ|ジャンプ)?(?:します)?|印刷(?:する|用ページ)?|この(?:ページを)?(?:印刷|シェア|ツイート)(?:する)?|(?:前の?ページ|一覧|目次|元のページ)(?:に|へ)(?:戻る|もどる)|戻る|もどる|ここまで|(?:次|前)(?:の(?:ページ|[0-9０-９]+件))?へ?|[0-9]+\s*/\s*[0-9]+(?:\s*ページ)?|メニューを(?:開く|閉じる)|skip\s+to\s+(?:main\s+)?content|share|tweet|ポスト(?:する)?|シェア(?:する)?)[\]\s]*$`)
	// steeringWords are words of which each line in Japanese that steers has one.
	steeringWords = []string{"先頭", "トップ", "上部", "一番上", "本文", "印刷", "シェア", "ツイート", "戻る", "もどる", "ここまで", "次", "前", "/", "メニュー", "ポスト"}
	// plugin asks for a program to open files with.
	plugin = regexp.MustCompile(`(?i)(?:adobe|acrobat)\s*(?:acrobat\s*)?reader.{0,120}(?:必要です|ダウンロード|入手|お持ちでない)|(?:PDF|ＰＤＦ).{0,30}(?:ご覧|閲覧|ご利用).{0,40}(?:adobe|acrobat)`)
	// pluginWords are words of which each sentence of such a line has one.
	pluginWords = regexp.MustCompile(`(?i)adobe|acrobat|ダウンロード|インストール|プラグイン|無償|無料|(?:PDF|ＰＤＦ).{0,30}(?:ご覧|閲覧)|バナー|アイコン|入手`)
)

// stampRunes is the longest line that can be an update stamp.
const stampRunes = 60

// noiseKind says what noise a line is: "stamp", "counter", "today", "steering", "plugin",
// or "" for content.
func noiseKind(s string) string {
	// Nearly every line is content, and trying every expression at every place of it took a fifth of
	// reading a page: each is asked only where a word is there without which it cannot match.
	brief := short(s, stampRunes)
	if brief && hasDigit(s) {
		if hasLatin(s, "date", "modified") || containsAny(s, "更新", "修正", "変更", "印刷", "出力", "作成", "公開") {
			if m := stamp.FindString(s); m != "" && onlyDate(s[len(m):]) {
				return "stamp"
			}
		}
		if containsAny(s, "本日", "今日", "現在") {
			if m := today.FindString(s); m != "" && onlyDate(s[len(m):]) && len(s) > len(m) {
				return "today"
			}
		}
		if (hasLatin(s, "itor", "acce") || containsAny(s, "目の", "アクセス", "訪問")) && countsVisitors(s) {
			return "counter"
		}
	}
	if brief && !strings.HasSuffix(s, "。") && (hasLatin(s, "top", "ip", "hare", "tweet") || containsAny(s, steeringWords...)) && steering.MatchString(s) {
		return "steering"
	}
	if short(s, 4*stampRunes) && hasLatin(s, "adobe", "acrobat") && plugin.MatchString(s) && !slices.ContainsFunc(strings.Split(s, "。"), saysMore) {
		return "plugin"
	}
	return ""
}

// hasLatin reports whether a line holds one of the words, in small letters of ASCII, in any case. Letters that
// fold with a sign outside ASCII (k, s) are left out of the words, which are parts of those they stand for.
func hasLatin(s string, words ...string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			continue
		}
		for _, w := range words {
			if len(s)-i >= len(w) && s[i]|0x20 == w[0] && strings.EqualFold(s[i:i+len(w)], w) {
				return true
			}
		}
	}
	return false
}

// countsVisitors reports whether a line counts visitors and says nothing else: a sentence beside the count is content.
func countsVisitors(s string) bool {
	at := counter.FindStringIndex(s)
	return at != nil && counterHead.MatchString(s[:at[0]]) && counterTail.MatchString(s[at[1]:])
}

// saysMore reports whether a sentence of a line that asks for a reading program is about something else.
func saysMore(sentence string) bool {
	return trim(sentence) != "" && !pluginWords.MatchString(sentence)
}

func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// onlyDate reports whether s is one date or time with nothing said about it.
func onlyDate(s string) bool {
	if trim(s) == "" {
		return false
	}
	dates := ja.Dates(s)
	if len(dates) == 0 {
		return false
	}
	for i := len(dates) - 1; i >= 0; i-- {
		s = s[:dates[i].Start] + s[dates[i].End:]
	}
	for _, w := range []string{"更新", "時点", "現在", "JST", "です", "曜日", "午前", "午後"} {
		s = strings.ReplaceAll(s, w, "")
	}
	return strings.Trim(s, " 　()（）[]［］【】〕」/／:：月火水木金土日0123456789時分秒-.") == ""
}
