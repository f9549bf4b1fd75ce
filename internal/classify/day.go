package classify

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	form "golang.org/x/text/unicode/norm"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// DayRole is what a day in a text is the day of.
type DayRole string

// The roles of a day.
const (
	// DayPlain: the words do not say, or say something that kaisei does not follow (開催, 時点).
	DayPlain DayRole = "date"
	// DayPromulgated: of promulgation (公布) or decision, making and revision (決定, 策定, 改定, 一部変更).
	DayPromulgated DayRole = "promulgated"
	// DayEffective: of taking force (施行) or application (適用).
	DayEffective DayRole = "effective"
	// DayPublished: on which something was posted (掲載, 公表, 更新, 案の公示日).
	DayPublished DayRole = "published"
	// DayOpens and DayDeadline: between which comments are taken.
	DayOpens    DayRole = "opens"
	DayDeadline DayRole = "deadline"
	// DayByOrder: of taking force, left to a later Cabinet Order; there is a Note and no Date.
	DayByOrder DayRole = "effective-note"
)

// Day is a day that a sentence names, with what the words beside it make of it.
type Day struct {
	Role DayRole
	Date kaisei.Date
	// At is the instant of a deadline.
	At time.Time
	// Note is the words of a day that a Cabinet Order will fix, as printed.
	Note string
	// Text is the day as printed; Start and End are its bytes.
	Text       string
	Start, End int
}

// dayMark stands for a day in the words around another one.
const dayMark = "◆"

// What the words behind a day, up to the next stop and without what stands in brackets, make of it.
// The words are folded: NFKC, lower case, no spaces between Japanese characters; a ◆ is another day.
var (
	afterDone = regexp.MustCompile(`^[)」】\]]?(?:付けで|付けの|付け|付で|付|に|をもって)?、?(?:「[^」◆]{0,80}」(?:を|が|の))?(?:[^、。◆()「」:]{0,60}(?:公布|決定|裁定|承認|議決|閣議了解|申合せ|申し合わせ)|[^、。◆()「」:]{0,12}(?:策定|制定|改定|改訂|改正|取りまとめ|とりまとめ|見直し|改版|作成|一部変更)|変更(?:$|[)」】、。◆])|版(?:[^、。◆()「」:]{0,2}$|[)」、。 ])|(?:法律|政令|府省令|省令|府令|規則|告示|条例|訓令|[^、。◆()]{1,20}(?:省令|府令|告示|規則|訓令))第[0-9一二三四五六七八九十百千]+号)|^[)\]]?,? ?\(?[^.;:()◆]{0,60}(?:decision|decided|adopted|approved|revised|established|amended|promulgated)\b`)
	// notDone: the words name another act than the deciding itself.
	notDone        = regexp.MustCompile(`^[)」】]?(?:に|の)?[^、。◆()]{0,16}(?:取りまとめ|とりまとめ|策定|決定|改定|改正|公布)(?:予定|を目指|に向け|後|前)|^[^、。◆()]{0,10}(?:現在|時点)`)
	afterEffective = regexp.MustCompile(`^[)」】\]]?(?:の翌日)?(?:から|より|に|をもって|以降|以後|付けで)?(?:、)?(?:「[^」◆]{0,80}」(?:を|が|の))?(?:[^。◆、()]{0,40}(?:について|に|を|が|は|から|より|の))?(?:一部|全面|完全)?(?:的に|段階的に|順次)?(?:を)?(?:施行|適用|義務化|運用(?:を)?開始|効力を(?:生|発)|発効)|^(?:から|より)(?:これを)?実施する`)
	afterPublished = regexp.MustCompile(`^[)」】\]]?(?:付けで|付けの|付け|に|、)?(?:「[^」◆]{0,80}」(?:を|が|の))?(?:[^、。◆()]{0,16}(?:にて|において|で))?(?:[^、。◆()]{0,50}(?:を|が|に|へ)|[^、。◆()「」:]{0,12})?(?:新たに|最終)?(?:公表|掲載|公開|更新|発表|発出|発行|配信|公示|報道発表|プレスリリース|リリース|アップロード)|^,? ?\(?(?:press release|news release|posted|published|updated|released)`)
	afterDeadline  = regexp.MustCompile(`^[)」】\]]?(?:までに|まで|中に|必着|当日(?:必着|消印有効)|消印有効|厳守|締切|締め切り|〆切|期限|(?:で|に|を|をもって|をもちまして)?(?:募集|受付|意見募集)?(?:を|は)?(?:締め?切|終了))`)
	afterOpens     = regexp.MustCompile(`^[)」】\]]?(?:から|より|に)?(?:、)?[^。◆]{0,24}(?:意見(?:の)?(?:募集|公募)|パブリック・?コメント|募集|受付)(?:を|の)?(?:開始|始め|実施)|^(?:に|から|より)開始`)
	afterRange     = regexp.MustCompile(`^[)」】\]]? ?(?:から|より|~|-|to |through )(?:、)? ?(?:同年|翌年|同月|翌月)?◆`)
	afterList      = regexp.MustCompile(`^[)」】\]]?(?:から|より|に)?(?:、|・|及び|又は|並びに|と)[^。]{0,60}?◆`)
	afterExtended  = regexp.MustCompile(`^[)」】\]]?(?:必着|まで)?(?:から|→|⇒)[^。◆]{0,4}◆[^。]{0,12}(?:に|へ|まで)?(?:延長|変更|延期)|^[)」】\]]?(?:必着|まで)? ?(?:→|⇒)`)
	// A bracket directly behind a day says what it is: 令和8年3月31日（改訂）.
	inBracket   = regexp.MustCompile(`^[(\[【]([^()◆\[\]【】]{1,24})[)\]】]`)
	isDone      = regexp.MustCompile(`(?:公布|決定|策定|制定|改定|改訂|改正|承認|取りまとめ|とりまとめ|一部変更|法律第[0-9一二三四五六七八九十百]+号)$|^(?:decision|adopted|approved|revised|promulgated)`)
	isEffective = regexp.MustCompile(`(?:施行|適用|施行予定|適用予定|適用開始|施行日)$`)
	isPublished = regexp.MustCompile(`(?:公表|掲載|公開|更新|発表|発行|公示)(?:日)?$|^(?:published|updated|released)`)
	isDeadline  = regexp.MustCompile(`^(?:当日)?(?:必着|消印有効|厳守)|(?:締切|締切日|〆切|期限)$`)
	labelAhead  = regexp.MustCompile(`^[)」】\]]?[、/]?[^、。◆()]{0,8}(?:公布|決定|策定|制定|改定|改訂|改正|施行|適用|掲載|公表|公開|更新|締切|期限)(?:予定)?(?:年月日|期日|日時|日)?[:は/=]`)
	// happens names what happens on a day that kaisei does not follow.
	happens = regexp.MustCompile(`^[)」】]?[^。◆]{0,10}(?:開催|開会|実施予定|現在|時点|成立|付け(?:通知|事務連絡))`)
)

// What the words before a day, from the last stop, make of it.
var (
	beforeDone      = regexp.MustCompile(`(?:公布|決定|策定|制定|改定|改訂|改正|一部変更|取りまとめ|とりまとめ|作成)(?:年月日|日付|日時|日)?[)」】]?(?:は|:|/|=)?、?[「(]?$|promulgat[a-z_]*(?:[ _]date)?(?: on| in|[ :"=(])*$|promulgated [^.;◆]{0,40} on ?$|(?:promulgation|revision|adoption) of [^.;◆]{0,60}\($|no\. ?[0-9]+,?(?: of)? ?$|(?:decided|decision|adopted|approved)(?: of| by) [^.◆]{0,80}(?:on|,) ?$|(?:decided|adopted|approved|established|revised|amended|formulated|cabinet decision|decision)(?: on| of|:|,|\(| by[^.]{0,60} on)* ?$|(?:last |latest )?(?:revision|amendment)(?: date)?(?::| of| on)* ?$`)
	beforeEffective = regexp.MustCompile(`(?:施行|適用|適用開始|運用開始|効力発生|発効)(?:予定|期日|年月日)?(?:日|期日)?[)」】]?(?:である|となる|は|を|:|/|=)?、?[「(]?$|enforcement of [^.;◆]{0,60}\($|(?:effective|in force|into force|into effect|enforcement(?:date)?|enforced|applies|applicable|apply|takes effect|took effect|effect)(?:[ _]date)?(?: (?:from|as of|of|on|since|in full|in full on|and after|from and after))*[ :"=(>]*$`)
	beforePublished = regexp.MustCompile(`(?:掲載|公表|公開|更新|最終更新|発表|発行|発出|案の公示|公示|結果の公示|ページ更新|登録|投稿|新着|リリース)(?:年月日|日時|日)?[)」】]?(?:は|:|/|=)?、?[「(]?$|(?:updated|updatedat|updated_at|lastmod|last[- ]modified|modified|datemodified|pubdate|lastbuilddate|dc:date|published|datepublished|posted|released|release|publication date|release date|date published|issued)(?: on| at|,|[ :"=(>])*$|(?:^|[^a-z])date: ?$`)
	beforeDeadline  = regexp.MustCompile(`(?:締切|締切り|締め切り|〆切|期限|受付終了|募集終了|意見募集の?終了)(?:は|日時は|日は)?(?:日時|日|期日)?[)」】]?(?:は|:|が|を)?、?(?:[^。◆、]{0,10}(?:の場合|による場合|は)(?:は|、|:)?)?[「(]?$|(?:deadline|closing date|due|no later than|until|closes on|comments? (?:are )?due)(?: is| on| by|:| for[^.]{0,40}:?)* ?$|(?:submit|submitted|received|sent|comments)[^.]{0,60} (?:by|before)(?: (?:[0-9:]+|noon)(?: ?[ap]\.?m\.?)?(?: \(?jst\)?)?(?: on|,)?)? ?$`)
	beforeOpens     = regexp.MustCompile(`(?:募集開始|受付開始|意見募集開始|公募開始|公示開始)(?:日時|日)?(?:は|:)?$`)
	beforeOld       = regexp.MustCompile(`(?:当初|変更前|延長前|従前|従来|元|旧)(?:の)?[^。◆、]{0,10}(?:期限|締切|締切日)?[)」】\]]?(?:は|:)?[「(]?$`)
	calls           = regexp.MustCompile(`意見|パブリック・?コメント|パブコメ|募集|公募|受付|応募|締め?切|〆切|必着|消印|提出(?:期限|期間|締切|先|方法)|comment`)
	// dayMoved: the day that stands before another one is no deadline any more.
	dayMoved = regexp.MustCompile(`延長|延期|変更`)
	// weekdayBefore is the English day of the week that stands before a day.
	weekdayBefore = regexp.MustCompile(`(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ?$`)
)

// byOrderPrinted is a day of taking force that a Cabinet Order or ordinance will fix, as printed.
var byOrderPrinted = regexp.MustCompile(`(?:この法律の)?公布の?日から(?:起算して)?[^。、]{1,16}(?:を超えない範囲(?:内)?(?:において|で)|以内(?:において|に|で)?)[^。、]{0,24}定める日|公布後[^。、]{1,8}以内(?:で|に|の|において)?[^。、]{0,10}政令で定める日|within [^.,;]{1,40} (?:from|of|after) (?:the date of )?promulgation`)

// Days returns the days that a text names, in their order, each with its role. A weekday, a time of
// day and a second notation belong to their day. A day that an extension replaced is left out,
// because nobody may be told of it as a deadline.
func Days(text string) []Day { return days(text, false) }

// days is Days for a text that is known to ask for comments where call is true: what
// the words 「まで」 close is then the taking of comments.
func days(text string, call bool) []Day {
	var out []Day
	for _, s := range sentencesOf(text) {
		out = append(out, daysIn(text, s[0], s[1], call)...)
	}
	return out
}

// sentencesOf cuts a text after each 。 and at line ends.
func sentencesOf(text string) [][2]int {
	var out [][2]int
	from := 0
	for i, r := range text {
		if r == '。' || r == '\n' {
			end := i + len(string(r))
			out = append(out, [2]int{from, end})
			from = end
		}
	}
	return append(out, [2]int{from, len(text)})
}

func daysIn(text string, from, to int, call bool) []Day {
	sentence := text[from:to]
	found := ja.Dates(sentence)
	var out []Day
	for _, m := range byOrderPrinted.FindAllStringIndex(sentence, -1) {
		out = append(out, Day{Role: DayByOrder, Note: sentence[m[0]:m[1]], Text: sentence[m[0]:m[1]], Start: from + m[0], End: from + m[1]})
	}
	if len(found) == 0 {
		return out
	}
	w := surroundings(sentence, found)
	roles := make([]DayRole, len(found))
	call, moved := call || calls.MatchString(w.whole), dayMoved.MatchString(w.whole)
	for i := len(found) - 1; i >= 0; i-- {
		next := DayPlain
		if i >= maxDays {
			roles[i] = DayPlain
			continue
		}
		if i+1 < len(found) {
			next = roles[i+1]
		}
		roles[i] = roleOf(w.before[i], w.after[i], next, call, moved)
	}
	for i := range min(len(found), maxDays) {
		if i > 0 && roles[i] == DayDeadline && roles[i-1] == DayPlain && afterRange.MatchString(w.after[i-1]) && call {
			roles[i-1] = DayOpens
		}
	}
	for i, x := range found {
		if roles[i] == dayReplaced {
			continue
		}
		d := Day{Role: roles[i], Date: x.Date, Text: x.Text, Start: from + x.Start, End: from + x.End}
		if strings.HasPrefix(w.after[i], "の翌日") {
			d.Date = kaisei.DateOf(x.Date.Start().AddDate(0, 0, 1))
			x.Date = d.Date
		}
		if d.Role == DayDeadline {
			d.At = x.Deadline()
			if x.Carried && strings.HasPrefix(x.Text, "同日") && x.Clock == "" && closesOn(out, d.Date) {
				continue // 同日必着 says again what stands before it
			}
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b Day) int { return a.Start - b.Start })
	return out
}

// closesOn reports whether a deadline on the day is among days.
func closesOn(days []Day, on kaisei.Date) bool {
	return slices.ContainsFunc(days, func(d Day) bool { return d.Role == DayDeadline && d.Date == on })
}

// dayReplaced is the role of a deadline that an extension replaced.
const dayReplaced DayRole = "replaced"

// roleOf decides by the words on both sides; next is the role of the day that follows, call says that
// the sentence asks for comments, moved that it moves a day.
func roleOf(before, after string, next DayRole, call, moved bool) DayRole {
	bare := unbracketed(after)
	after = strings.TrimLeft(after, ":|・…")
	bare = strings.TrimLeft(bare, ":|・…")
	if labelAhead.MatchString(bare) {
		bare = ""
	}
	before = weekdayBefore.ReplaceAllString(before, "")
	if m := inBracket.FindStringSubmatch(after); m != nil {
		switch said := m[1]; {
		case isDeadline.MatchString(said):
			return DayDeadline
		case isEffective.MatchString(said):
			return DayEffective
		case isDone.MatchString(said):
			return DayPromulgated
		case isPublished.MatchString(said):
			return DayPublished
		}
	}
	switch {
	case beforeOld.MatchString(before), moved && afterExtended.MatchString(after):
		return dayReplaced
	case afterRange.MatchString(after):
		switch {
		case call && (next == DayDeadline || next == DayPlain && !happens.MatchString(bare)):
			return DayOpens
		case next == DayEffective, next == DayPromulgated:
			return next
		}
		return DayPlain
	case beforeOpens.MatchString(before):
		return DayOpens
	case beforeDeadline.MatchString(before):
		return DayDeadline
	case afterDeadline.MatchString(bare) && (call || !strings.HasPrefix(bare, "まで")):
		return DayDeadline
	case rangeEnd.MatchString(before):
		if call {
			return DayDeadline
		}
		return DayPlain
	case notDone.MatchString(bare), happens.MatchString(bare):
		return DayPlain
	case afterEffective.MatchString(bare):
		return DayEffective
	case afterDone.MatchString(bare):
		return DayPromulgated
	case afterPublished.MatchString(bare):
		return DayPublished
	case call && afterOpens.MatchString(bare):
		return DayOpens
	case beforeEffective.MatchString(before):
		return DayEffective
	case beforeDone.MatchString(before):
		return DayPromulgated
	case beforePublished.MatchString(before):
		return DayPublished
	case afterList.MatchString(bare) && !happens.MatchString(bare) && next == DayEffective:
		return next
	}
	return DayPlain
}

// rangeEnd stands before a day that ends a range which another day begins.
var rangeEnd = regexp.MustCompile(`◆[^。、◆]{0,4}(?:から|より|~|-|to |through )(?:、)? ?(?:同年|翌年|同月|翌月)?$`)

// dayWords holds the folded words on both sides of each day of a sentence.
type dayWords struct {
	whole         string
	before, after []string
}

// Limits of the words beside days.
const (
	// maxDayWords bounds, in bytes, the words looked at on each side of a day.
	maxDayWords = 300
	// maxDays is how many days of one sentence are asked what they are of; a sentence with more
	// is a list or hostile, and the rest of its days are plain.
	maxDays = 200
)

func surroundings(sentence string, found []ja.DateAt) dayWords {
	var w dayWords
	var b strings.Builder
	at := 0
	marks := make([]int, len(found))
	for i, x := range found {
		b.WriteString(foldWords(sentence[at:x.Start]))
		marks[i] = b.Len()
		b.WriteString(dayMark)
		at = x.End
	}
	b.WriteString(foldWords(sentence[at:]))
	w.whole = b.String()
	for _, m := range marks {
		rest := m + len(dayMark)
		w.before = append(w.before, strings.ToValidUTF8(w.whole[max(0, m-maxDayWords):m], ""))
		w.after = append(w.after, strings.ToValidUTF8(w.whole[rest:min(len(w.whole), rest+maxDayWords)], ""))
	}
	return w
}

// foldWords folds to NFKC in lower case, with dashes and tildes alike, and drops spaces but those
// between two Latin letters or digits.
func foldWords(s string) string {
	s = strings.ToLower(form.NFKC.String(s))
	s = strings.NewReplacer("〜", "~", "–", "-", "—", "-", "−", "-", "\t", " ", "\n", " ").Replace(s)
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		if r == ' ' {
			latin := func(j int) bool { return j >= 0 && j < len(runes) && runes[j] < 0x80 && runes[j] != ' ' }
			if !(latin(i-1) && (latin(i+1) || i+1 == len(runes))) && !(i == 0 && latin(1)) {
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unbracketed takes out what stands in round brackets behind a day: 令和8年4月1日（一部の規定については◆）施行.
func unbracketed(s string) string {
	var b strings.Builder
	depth := 0
	for i, r := range s {
		switch {
		case r == '(' && strings.ContainsRune(s[i:], ')'):
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0 && !unicode.IsControl(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
