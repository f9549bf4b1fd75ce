package ja

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxAddressee bounds, in runes, what is returned as an addressee; a longer subject is cut
// to its last part, which names the person.
const maxAddressee = 40

// addresseeHeads are the words that end the name of someone who can be bound.
const addresseeHeads = `(?:者等?|主体|国|政府|地方公共団体(?:の機関|の長)?|機関(?:等|の長(?:等)?)?|組織|団体|委員会|審議会|大臣|長官|本部(?:長|員)?|会長|委員長?|理事長?|各?府省(?:庁)?|省庁|各?省|庁|自治体|法人(?:等)?|会社|企業|国民|何人|本人|ベンダー|ベンダ|職員|従業員|役員|役職員|従業者|学校|教員|教師|児童生徒|学生|医師|病院|医療機関|大学|銀行|金融機関|事業所|受託先|委託元|委託先|プラットフォーム|開発元|部門|人材|人|学術研究機関等?|政府職員|CAIO|CIO|DPO|チーム|コミュニティ|社会|加盟国|行政機関(?:の長(?:等)?)?|裁判所|認定団体|当事者|我が国)`

var (
	// The subject marked as topic; は after に is one too (事業者には…が求められる).
	addresseeTopic = regexp.MustCompile(`([^、。;]{0,80}?` + addresseeHeads + `)(?:は|には|においては|においても|にあっては|にあつては|としては|も)(?:、|[^、。]|$)`)
	// The subject marked by が, which counts only at the head of a sentence.
	addresseeSubject = regexp.MustCompile(`^(?:[^、。]{0,20}、)?([^、。]{0,40}?` + addresseeHeads + `)が(?:、|[^、。])`)
	// A speaker label before a clause: AI提供者:…
	addresseeLabel = regexp.MustCompile(`^[^:。、]{0,3}?((?:AI)?[^:。、]{0,20}?` + addresseeHeads + `):`)
	// What introduces a sentence before its subject.
	addresseeLead = regexp.MustCompile(`^(?:また|なお|ただし|さらに|特に|このため|したがって|なかでも|加えて|その際|この場合(?:において)?(?:は)?|一方(?:で)?|そこで|よって|前項の場合において)、?`)
	// A list of subjects: everything before the last joint belongs to it where it ends in a head.
	addresseeListed = regexp.MustCompile(`([^、。「」]{1,24}` + addresseeHeads + `)(?:、|・|及び|又は|並びに|若しくは|や|と)$`)
	// Words before a subject that are no part of its name.
	addresseeFront = regexp.MustCompile(`^.*(?:において|に際して|にあたって|に当たって|に当たり|ため(?:に)?|について|によって|により|とき|場合|ては|では)`)

	englishAddressee = regexp.MustCompile(`(?:^|, |; |that )((?:[A-Z][A-Za-z-]*|the|each|every|all|an?|AI|any)(?: [A-Za-z-]+){0,7}?) (?:must|shall|should|may|can|need|needs|is|are|has|have|endeavou?rs?|strives?)\b`)
)

// Addressee returns whom a sentence binds, as printed but folded and without spaces: the person or body that
// is its topic (AI提供者, 国, 個人情報取扱事業者, AI開発者及びAI提供者); "" where the topic is a thing or none is
// named. In a list it is the whole list; of a long subject the last 40 characters. The person to whom something is
// done (本人に対し) is not the addressee.
func Addressee(sentence string) string {
	if len(sentence) > maxStrengthText {
		sentence = strings.ToValidUTF8(sentence[:maxStrengthText], "")
	}
	text := outside(foldDate(sentence))
	if Japanese(text) == 0 {
		if m := englishAddressee.FindStringSubmatch(text); m != nil && !englishThing.MatchString(m[1]) {
			return m[1]
		}
		return ""
	}
	text = strings.Join(strings.Fields(text), "")
	_, text = Enumerator(text)
	text = strings.TrimLeft(text, "0123456789・○●■➢✓⚫ ")
	if m := addresseeLabel.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	for range 3 {
		text = addresseeLead.ReplaceAllString(text, "")
	}
	for _, m := range addresseeTopic.FindAllStringSubmatchIndex(text, -1) {
		if name := addresseeName(text[:m[2]], text[m[2]:m[3]]); name != "" {
			return name
		}
	}
	if m := addresseeSubject.FindStringSubmatchIndex(text); m != nil && !strings.ContainsAny(text[m[2]:m[3]], "をがで") {
		return addresseeName(text[:m[2]], text[m[2]:m[3]])
	}
	return ""
}

// addresseeName trims a subject to the name and puts the list before it in front.
func addresseeName(before, name string) string {
	name = addresseeFront.ReplaceAllString(name, "")
	if name == "" || addresseeThing.MatchString(name) {
		return ""
	}
	for {
		m := addresseeListed.FindStringSubmatchIndex(before)
		if m == nil {
			break
		}
		name = before[m[2]:] + name
		before = before[:m[2]]
	}
	if n := utf8.RuneCountInString(name); n > maxAddressee {
		runes := []rune(name)
		name = string(runes[n-maxAddressee:])
	}
	return strings.Trim(name, "、・ ")
}

// addresseeThing are phrases that end like a person and are none.
var addresseeThing = regexp.MustCompile(`(?:^(?:者|人|等|社会|機関|長|省|庁|両者|前者|後者)$|諸外国|外国$|個人$|第三者$|^その他の者$|人工知能の社会$|母国)`)

// englishThing are English subjects that are no persons.
var englishThing = regexp.MustCompile(`(?i)^(?:ai$|it|this|that|these|those|the following|there|which|such|the (?:information|data|provisions?|guidelines?|measures?|purpose|system|model)s?)\b`)
