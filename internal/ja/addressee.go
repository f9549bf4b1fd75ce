package ja

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxAddressee bounds, in runes, what is returned as an addressee; a longer subject is cut
// to its last part, which names the person.
const maxAddressee = 40

// addresseeHeads are the words that end the name of someone who can be bound, by what they
// name: people, bodies of the state, other bodies, and parties by their place in a deal.
var addresseeHeads = strings.Fields(`
	者 主体 人 官 員 師 生徒 学生 国民 住民 市民 会長 委員長 理事長 本部長 組織の長 機関の長 団体の長 長官 所長 市長 町長 村長 首長 役員 取締役 監査役 執行役
	経営層 経営陣 経営トップ 管理職 事業主 荷主 弁護士 税理士 会計士 担当 人材 CAIO CIO CISO DPO ユーザー ユーザ スタッフ リーダー エンジニア オーナー アドバイザー ステークホルダー
	国 政府 府省 省 庁 府 大臣 当局 本部 内閣 国会 議会 裁判所 検察 警察 自治体 地方公共団体 都道府県 市町村 市区町村 区市町村
	機関 機構 組織 団体 法人 組合 財団 公社 協会 学会 連合会 委員会 審議会 部会 分科会 調査会 研究会 協議会 検討会 理事会 取締役会 会議体 ボード センター インスティテュート
	AISI IPA PMDA PJMO PMO 会社 各社 当社 自社 企業 銀行 代理店 事業所 研究所 保健所 学校 大学 病院 医療機関 部門 部署 部局 事務局 チーム グループ コミュニティ 社会 加盟国
	ベンダー ベンダ メーカー プロバイダー プロバイダ プラットフォーマー プラットフォーム サプライヤー サプライヤ オペレーター オペレータ
	受託先 委託先 委託元 提供先 提供元 開発元 発注元 取引先 我が国`)

// addresseeTails may follow the head of a name.
var addresseeTails = []string{"等の長", "等", "ら", "たち"}

// named reports whether s ends in the name of someone who can be bound.
func named(s string) bool {
	s = bracketedShort.ReplaceAllString(s, "")
	for _, tail := range addresseeTails {
		if t := strings.TrimSuffix(s, tail); t != s {
			s = t
			break
		}
	}
	for _, h := range addresseeHeads {
		if strings.HasSuffix(s, h) {
			return true
		}
	}
	return false
}

// Particles that make a noun the topic of its sentence, the longer first.
var topicParticles = []string{"においては", "においても", "にあっては", "にあつては", "としては", "であっても", "であって", "には", "は", "も"}

// Joints of a list of subjects.
var subjectJoints = []string{"、", "・", "及び", "又は", "並びに", "若しくは", "や", "と"}

var (
	// A short name in brackets behind a title.
	bracketedShort = regexp.MustCompile(`\([A-Za-z]{2,8}\)$`)
	// Whom an authority asks: …に対し、…よう求める.
	addresseeAsked = regexp.MustCompile(`(?:よう|ように|ことを)(?:求め|要請し|要請す|要求す|指示す|お願い)[^、。]{0,6}$`)
	// What introduces a sentence before its subject.
	addresseeLead = regexp.MustCompile(`^(?:また|なお|ただし|さらに|更に|特に|このため|したがって|なかでも|中でも|加えて|その際|この場合(?:において)?(?:は)?|一方(?:で)?|そこで|よって|前項の場合において)、?`)
	// Words before a subject that are no part of its name.
	addresseeFront = regexp.MustCompile(`^.*(?:において|に際して|にあたって|に当たって|に当たり|ため(?:に)?|について|によって|により|とき|場合|ては|では)`)
	// A role that a guideline or law defines needs no clause to name it: 高度なAIシステムを開発するAI開発者.
	addresseeRole = regexp.MustCompile(`^.*[るうくぐすつぬぶむたない](` + definedRole + `(?:等)?)$`)
	// After は, には names who is asked only where asking is all that is said of it; elsewhere it names who receives.
	addresseeAsks = regexp.MustCompile(`(?:求めら|期待さ|推奨さ|望ま|要請さ|要求さ|課さ|義務|責務|責任|必要|不可欠|重要|配慮)[^、]{0,14}$`)
	// Those to whom something is done are not bound by it.
	addresseePatient = regexp.MustCompile(`[さらかたまわがなば]れ(?:て(?:は|も)なら|なければなら|るべき|るものと|る必要|ないものと)[^、]{0,6}$`)
	// What makes a part before 、 a condition or a reason, whose subject is not the sentence's.
	addresseeCondition = regexp.MustCompile(`(?:とき|場合|際|ため|よう|限り|ので|から|後|前|上|うち|間|もの|こと|ところ)(?:は|に|には|で|では|において|においては|も)?$`)
)

// definedRole are the names that guidelines and laws give to those whom they bind.
const definedRole = `AI(?:開発者|提供者|利用者|事業者)|(?:個人情報|仮名加工情報|匿名加工情報|個人関連情報)取扱事業者|活用事業者|研究開発機関|地方公共団体|各主体`

// Addressee returns whom a sentence binds, as printed but folded and without spaces: the person or body that
// is its topic (AI提供者, 国, 個人情報取扱事業者, AI開発者及びAI提供者); "" where the topic is a thing or none is
// named. In a list it is the whole list; of a long subject the last 40 characters. The person to whom something is
// done (本人に対し) is not the addressee. An English subject loses its article. Whether the sentence binds at all is
// for Strength to say.
func Addressee(sentence string) string {
	if len(sentence) > maxStrengthText {
		sentence = strings.ToValidUTF8(sentence[:maxStrengthText], "")
	}
	folded := foldDate(sentence)
	text := outside(folded)
	if Japanese(text) == 0 {
		return englishAddressee(text)
	}
	text = outside(abbreviated.ReplaceAllString(folded, "〈$1〉$2"))
	text = strings.NewReplacer("〈", "(", "〉", ")").Replace(text)
	text = strings.Join(strings.Fields(text), "")
	_, text = Enumerator(text)
	text = strings.TrimRight(strings.TrimLeft(text, "0123456789・○●■➢✓⚫ "), "。")
	if i := strings.IndexByte(text, ':'); i > 0 && i <= maxLabel && !strings.ContainsAny(text[:i], "。、") && named(text[:i]) {
		return text[:i] // a speaker label before a clause: AI提供者:…
	}
	for range 3 {
		text = addresseeLead.ReplaceAllString(text, "")
	}
	if who, ok := topic(text); ok {
		return who
	}
	if who, ok := subject(text); ok {
		return who
	}
	head, _, _ := strings.Cut(text, "、")
	if about, ok := strings.CutSuffix(head, "については"); ok && named(about) && !strings.Contains(about, "は") {
		return addresseeName("", about)
	}
	if asked, _, ok := strings.Cut(text, "に対し"); ok && named(asked) && !strings.ContainsAny(asked, "、。は") && addresseeAsked.MatchString(text) {
		return addresseeName("", asked)
	}
	return ""
}

// maxLabel is the length, in bytes, of the longest label before a clause.
const maxLabel = 80

// topic returns the first person or body that is marked as topic. It ends the search with "" where
// that one only suffers what is to be done or not.
func topic(text string) (who string, ok bool) {
	passive := addresseePatient.FindStringIndex(text)
	start := 0
	for i, r := range text {
		switch r {
		case '、', '。', ';':
			start = i + utf8.RuneLen(r)
			continue
		case 'は', 'も', 'に', 'と', 'で':
		default:
			continue
		}
		p := particleAt(text[i:])
		if p == "" || i < start || !named(text[start:i]) || p == "には" && !addresseeAsks.MatchString(text) {
			continue
		}
		end := i + len(p)
		if strings.HasPrefix(text[end:], "。") {
			continue
		}
		if passive != nil && passive[0] >= end && !strings.ContainsAny(text[end:passive[0]], "はが") {
			return "", true
		}
		if name := addresseeName(text[:start], text[start:i]); name != "" {
			return name, true
		}
		start = end
	}
	return "", false
}

func particleAt(s string) string {
	for _, p := range topicParticles {
		if strings.HasPrefix(s, p) {
			return p
		}
	}
	return ""
}

// maxLeadIn is the length, in bytes, of what may stand before the comma ahead of a subject.
const maxLeadIn = 60

// subject returns the person or body that が marks at the head of a sentence, before any topic and not
// as the subject of a condition.
func subject(text string) (who string, ok bool) {
	start := 0
	if i := strings.Index(text, "、"); i >= 0 && i <= maxLeadIn && !strings.ContainsAny(text[:i], "はが") {
		start = i + len("、")
	}
	part, _, _ := strings.Cut(text[start:], "、")
	before, rest, ok := strings.Cut(part, "が")
	if !ok || !named(before) || strings.ContainsAny(before, "はをで。") {
		return "", false
	}
	if rest != "" && (addresseeCondition.MatchString(rest) || strings.HasSuffix(rest, "は")) {
		return "", false
	}
	who = addresseeName(text[:start], before)
	return who, who != ""
}

// abbreviated is a short name in brackets behind a title, which belongs to it: AI統括責任者(CAIO)は.
var abbreviated = regexp.MustCompile(`\(([A-Za-z]{2,8})\)(は|が|に|も|及び|又は|、|・)`)

// ownTopic is a topic that is no time, place or circumstance.
var ownTopic = regexp.MustCompile(`[^いてたでにときもこ合際限て]は、`)

// HasTopic reports whether a sentence says itself what it is about, person or thing, so that the
// topic of the sentence before it does not go on.
func HasTopic(sentence string) bool {
	text := outside(foldDate(sentence))
	return Japanese(text) == 0 && !englishPronoun.MatchString(text) || ownTopic.MatchString(text)
}

// addresseeName trims a subject to the name and puts the list before it in front.
func addresseeName(before, name string) string {
	name = addresseeFront.ReplaceAllString(name, "")
	if name == "" || addresseeThing.MatchString(name) {
		return ""
	}
	name = addresseeRole.ReplaceAllString(name, "$1")
	for {
		at, ok := listed(before)
		if !ok {
			break
		}
		name, before = before[at:]+name, before[:at]
	}
	if n := utf8.RuneCountInString(name); n > maxAddressee {
		runes := []rune(name)
		name = string(runes[n-maxAddressee:])
	}
	return strings.Trim(name, "、・ ")
}

// maxListed is the length, in bytes, of the longest subject in a list.
const maxListed = 90

// listed finds where the subject begins that stands last in a list before another.
func listed(before string) (at int, ok bool) {
	for _, joint := range subjectJoints {
		name, cut := strings.CutSuffix(before, joint)
		if !cut {
			continue
		}
		name = strings.TrimSuffix(name, "、")
		for _, stop := range []string{"、", "。", "「", "」"} {
			if i := strings.LastIndex(name[at:], stop); i >= 0 {
				at += i + len(stop)
			}
		}
		return at, len(name)-at <= maxListed && named(name[at:])
	}
	return 0, false
}

// addresseeThing are phrases that end like a person and are none.
var addresseeThing = regexp.MustCompile(`(?:^(?:者|人|等|社会|機関|長|省|庁|府|員|官|師|両者|前者|後者)(?:等)?$|諸外国|外国$|個人$|第三者$|^その他の者$|人工知能の社会$|母国|全員$|満員$|動員$|役員会$|器官$)`)
