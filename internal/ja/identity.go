package ja

import (
	"regexp"
	"strings"
	"unicode"
)

// Patterns of what a link text says beside the name of its document, on folded lower-case text.
var (
	identityFormats = `(?:pdf|word|excel|powerpoint|docx?|xlsx?|pptx?|zip|html|csv|xml|rtf|epub|一太郎|ワード|エクセル|パワーポイント|テキスト)`
	identityFormat  = regexp.MustCompile(`[(\[【〔<]\s*` + identityFormats + `[^)\]】〕>]{0,40}[)\]】〕>]` +
		`|[(\[【〔<]\s*[0-9][0-9,.]*\s*[kmg]?(?:b|byte|バイト)[^)\]】〕>]{0,10}[)\]】〕>]` +
		`|` + identityFormats + `\s?(?:形式|ファイル|版|file)?\s?[:/]?\s?[0-9][0-9,.]*\s?[kmg]?b(?:yte)?` +
		`|[0-9][0-9,.]*\s?(?:[kmg]b(?:yte)?s?|(?:キロ|メガ)?バイト)` +
		`|` + identityFormats + `\s?(?:形式|ファイル|版)|\.` + identityFormats + `$|[(\[]\s*全?[0-9]+\s?(?:ページ|頁|p|枚)\s*[)\]]`)
	identityLoneFormat = regexp.MustCompile(`(?:^|[^a-z0-9])(?:pdf|word|excel|docx|xlsx|pptx)$`)
	identityWindow     = regexp.MustCompile(`[(\[【<]?\s*(?:別|新しい|新規)?(?:ウィンドウ|ウインドウ|タブ)(?:で|が)(?:表示|開き?(?:ます|く)?)\s*[)\]】>]?|[(\[【]?(?:外部サイト|外部リンク|リンク先は外部サイト)(?:へ(?:リンク|移動)(?:します)?)?[)\]】]?|^new[!！ ]|[(\[【]new!?[)\]】]`)
	identityShown      = regexp.MustCompile(`見え?消し(?:版)?|溶け?込み(?:版)?|(?:変更|修正)履歴(?:付き?|あり)?(?:版)?|反映版|クリーン版`)
	identityTranslated = regexp.MustCompile(`英語仮訳|英語版|英文|英訳|仮英訳|仮訳|英語|[(\[【]\s*(?:in )?(?:english|eng|en)(?: version)?\s*[)\]】]|provisional translation|tentative translation|english(?: translation| version)?$|_(?:en|eng)(?:_|\.|$)`)
	identityJapanese   = regexp.MustCompile(`_ja(?:_|\.|$)|[(\[【]\s*(?:日本語|和文|japanese)(?:版)?\s*[)\]】]`)
	identityPosted     = regexp.MustCompile(`[(\[【]?\s*(?:` + labelDay + `)?\s*(?:公表|公開|掲載|更新|時点|現在|発表|作成|発出|付け?)\s*[)\]】]`)
	identityStamp      = regexp.MustCompile(`(^|[_\-])(?:20[0-9]{6}|[rh][0-9]{6})($|[_\-.])`)
	identityEmpty      = regexp.MustCompile(`[(\[【〔<「『]\s*[、,・:/\-]*\s*[)\]】〕>」』]`)
	identityVerb       = `(?:取りまとめ|取り?纏め|とりまとめ|公表|公開|掲載|策定|制定|改定|改訂|改正|更新|決定|作成|発出|発表|公示)`
	identityEnding     = regexp.MustCompile(`(?:を|が|は|の|に)?(?:一部|新たに|本日)?(?:を)?` + identityVerb + `(?:を)?(?:いた)?(?:(?:し)?ました|します|した|する|されました|されます|された)(?:。|!)*$` +
		`|(?:の|を)` + identityVerb + `$|(?:の` + identityVerb + `)?に(?:ついて|関して|関する(?:お知らせ|こと))(?:の?(?:お知らせ|ご?案内|公表))?(?:します|しました)?。?$|(?:取りまとめ|とりまとめ|まとめ)(?:ました|ます)。?$`)
)

// maxEndings bounds how many announcing endings are taken off one text (…の改定についてを公表しました).
const maxEndings = 4

// translationMark ends the identity of a translation, which is another document than its original.
const translationMark = "|translation"

// Identity returns what names the document in the text of a link: the text without version
// label, dates, draft status, presentation (溶け込み, 見え消し), file format and size, announcing
// endings (を取りまとめました, について) and brackets, folded, in lower case and without spaces and
// punctuation. It is the same for all versions of one document and differs between 本編, 概要 and
// 別添, between meetings (第3回) and between a document and its translation, whose identity ends in
// "|translation". It is "" where the text names nothing but a version, as a link 「第1.2版（PDF）」 does;
// such a link is named by what stands around it.
func Identity(linkText string) string {
	f := foldLabel(linkText)
	s := f.folded
	for _, re := range []*regexp.Regexp{labelDated, labelNumber, labelTerm, labelYearly, labelBare} {
		s = cutLabels(s, re)
	}
	s = strings.ToLower(s)
	s = identityFormat.ReplaceAllString(s, " ")
	s = identityWindow.ReplaceAllString(s, " ")
	s = identityShown.ReplaceAllString(s, " ")
	s = strings.TrimSpace(s)
	s = identityStamp.ReplaceAllString(s, "$1$2")
	translated := identityTranslated.MatchString(s)
	s = identityTranslated.ReplaceAllString(s, " ")
	s = identityJapanese.ReplaceAllString(s, " ")
	s = identityPosted.ReplaceAllString(s, " ")
	s = cutLabels(s, labelStatus)
	s = cutLabels(s, labelDraft)
	s = labelAnyDate.ReplaceAllString(s, " ")
	s = identityLoneFormat.ReplaceAllString(strings.TrimSpace(s), " ")
	for range maxEndings {
		t := strings.TrimSpace(identityEmpty.ReplaceAllString(s, " "))
		t = identityEnding.ReplaceAllString(t, "")
		if t == s {
			break
		}
		s = t
	}
	s = identityLetters(s)
	if s != "" && translated {
		s += translationMark
	}
	return s
}

// cutLabels replaces the labels that re finds in s by a space.
func cutLabels(s string, re *regexp.Regexp) string {
	var b strings.Builder
	at := 0
	for _, m := range labelsIn(labelText{folded: s}, re) {
		b.WriteString(s[at:m[0]])
		b.WriteByte(' ')
		at = m[1]
	}
	b.WriteString(s[at:])
	return b.String()
}

// identityLetters keeps letters and digits, and a hyphen or stop between two digits (資料1-2).
func identityLetters(s string) string {
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == 'ー':
			b.WriteRune(r)
		case (r == '-' || r == '.') && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1]):
			b.WriteRune('-')
		}
	}
	return b.String()
}

// The presentations of one text.
const (
	PresentationMerged = "溶け込み" // amendments worked into the text
	PresentationMarked = "見え消し" // deletions and insertions shown
)

// Presentation tells from a link text or title in which presentation a document is offered:
// PresentationMerged, PresentationMarked, or "" where the text does not say. Both have the same
// Identity.
func Presentation(s string) string {
	switch f := foldDate(s); {
	case strings.Contains(f, "溶け込み"), strings.Contains(f, "溶込"), strings.Contains(f, "反映版"), strings.Contains(f, "クリーン版"):
		return PresentationMerged
	case strings.Contains(f, "見え消し"), strings.Contains(f, "見消し"), strings.Contains(f, "変更履歴"), strings.Contains(f, "修正履歴"):
		return PresentationMarked
	}
	return ""
}
