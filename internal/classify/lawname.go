package classify

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaisei/internal/kaisei"
)

// law is a law that a use of AI rests on.
type law struct {
	// said is what people call it: as the operator wrote it, or the shortest name of an ID.
	said string
	// id is its ID at e-Gov, or "" for a law that only its name is known of.
	id    string
	names []word
}

// lawNames are the laws on which uses of AI rest most often: the ID at e-Gov, the title, and the short names that
// e-Gov lists and ministries print. A law that is not here is known by what the operator calls it alone.
func lawNames() [][]string {
	return [][]string{
		{"415AC0000000057", "個人情報の保護に関する法律", "個人情報保護法", "Act on the Protection of Personal Information", "APPI"},
		{"345AC0000000048", "著作権法", "Copyright Act"},
		{"507AC0000000053", "人工知能関連技術の研究開発及び活用の推進に関する法律", "AI推進法", "AI法", "人工知能法", "AI Act"},
		{"405AC0000000047", "不正競争防止法", "不競法"},
		{"322AC0000000054", "私的独占の禁止及び公正取引の確保に関する法律", "独占禁止法", "独禁法", "Antimonopoly Act"},
		{"334AC0000000121", "特許法"},
		{"322AC0000000049", "労働基準法", "労基法"},
		{"322AC0000000141", "職業安定法", "職安法"},
		{"419AC0000000128", "労働契約法", "労契法"},
		{"347AC0000000113", "雇用の分野における男女の均等な機会及び待遇の確保等に関する法律", "男女雇用機会均等法"},
		{"341AC0000000132", "労働施策の総合的な推進並びに労働者の雇用の安定及び職業生活の充実等に関する法律", "労働施策総合推進法"},
		{"360AC0000000088", "労働者派遣事業の適正な運営の確保及び派遣労働者の保護等に関する法律", "労働者派遣法"},
		{"335AC0000000123", "障害者の雇用の促進等に関する法律", "障害者雇用促進法"},
		{"425AC0000000065", "障害を理由とする差別の解消の推進に関する法律", "障害者差別解消法"},
		{"412AC0000000061", "消費者契約法"},
		{"337AC0000000134", "不当景品類及び不当表示防止法", "景品表示法", "景表法"},
		{"351AC0000000057", "特定商取引に関する法律", "特定商取引法"},
		{"406AC0000000085", "製造物責任法", "PL法"},
		{"335AC0000000145", "医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律", "薬機法", "医薬品医療機器等法"},
		{"323AC0000000201", "医師法"},
		{"323AC0000000205", "医療法"},
		{"323AC0000000025", "金融商品取引法", "金商法"},
		{"421AC0000000059", "資金決済に関する法律", "資金決済法"},
		{"358AC1000000032", "貸金業法"},
		{"336AC0000000159", "割賦販売法", "割販法"},
		{"419AC0000000022", "犯罪による収益の移転防止に関する法律", "犯罪収益移転防止法", "犯収法"},
		{"413AC0000000137", "特定電気通信による情報の流通によって発生する権利侵害等への対処に関する法律", "情報流通プラットフォーム対処法", "プロバイダ責任制限法"},
		{"502AC0000000038", "特定デジタルプラットフォームの透明性及び公正性の向上に関する法律"},
		{"331AC0000000120", "製造委託等に係る中小受託事業者に対する代金の支払の遅延等の防止に関する法律", "取適法", "中小受託取引適正化法"},
		{"505AC0000000025", "特定受託事業者に係る取引の適正化等に関する法律", "フリーランス・事業者間取引適正化等法"},
		{"425AC0000000027", "行政手続における特定の個人を識別するための番号の利用等に関する法律", "マイナンバー法", "番号法"},
		{"405AC0000000088", "行政手続法"},
		{"335AC0000000105", "道路交通法", "道交法"},
		{"324AC1000000205", "弁護士法"},
		{"129AC0000000089", "民法"},
		{"417AC0000000086", "会社法"},
	}
}

// egovLaw finds the ID of a law in an address of e-Gov, of the API or of the site for people.
var egovLaw = regexp.MustCompile(`^https?://(?:laws\.e-gov\.go\.jp|elaws\.e-gov\.go\.jp)/.*?([0-9]{3}[A-Z][A-Z0-9]{3,12}[0-9]{6})(?:_|/|$)`)

// lawID is the form of the ID of a law.
var lawID = regexp.MustCompile(`^[0-9]{3}[A-Z][A-Z0-9]{3,12}[0-9]{6}$`)

// KnownLaw reports whether what an operator calls a law can be recognised in a text: a name always, an ID where
// its name is known.
func KnownLaw(said string) bool { return !lawID.MatchString(said) || len(lawOf(said).names) > 0 }

// LawID returns the e-Gov ID of what an operator calls a law, or "" where it is not known.
func LawID(said string) string { return lawOf(said).id }

// lawOf reads what the operator calls a law.
func lawOf(said string) law {
	want := wordOf(said)
	for _, l := range lawNames() {
		if !slices.ContainsFunc(l, func(n string) bool { return wordOf(n).folded == want.folded }) {
			continue
		}
		out := law{said: said, id: l[0]}
		if lawID.MatchString(said) {
			out.said = l[min(2, len(l)-1)]
			if utf8.RuneCountInString(out.said) > utf8.RuneCountInString(l[1]) || !isJapanese(out.said) {
				out.said = l[1]
			}
		}
		for _, n := range l[1:] {
			out.names = append(out.names, wordOf(n))
		}
		return out
	}
	if lawID.MatchString(said) {
		return law{said: said, id: said}
	}
	return law{said: said, names: []word{want}}
}

func isJapanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// is reports whether a change is one of the law itself: of its text, its list of revisions or a text to come.
func (l law) is(c kaisei.Change, s kaisei.Source, title located) bool {
	if l.id != "" {
		if s.Law == l.id {
			return true
		}
		for _, u := range []string{c.PageURL, c.URL} {
			if m := egovLaw.FindStringSubmatch(u); m != nil && m[1] == l.id {
				return true
			}
		}
	}
	if c.Layer != kaisei.LayerLaw && c.Layer != kaisei.LayerOrder {
		return false
	}
	return slices.ContainsFunc(l.names, func(w word) bool {
		rest, ok := strings.CutPrefix(title.lower, w.folded)
		return ok && (rest == "" || rest == "改正履歴" || strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "("))
	})
}

// shortName is how many characters a name may have to be taken for the end of a longer one (民法 of 国民法).
const shortName = 3

// cited reports whether a text names the law.
func (l law) cited(t located) bool {
	return slices.ContainsFunc(l.names, func(w word) bool {
		if !w.in(t) {
			return false
		}
		return utf8.RuneCountInString(w.folded) > shortName || standsAlone(t.lower, w.folded)
	})
}

// standsAlone reports whether a short name stands in a text where no character of a longer name precedes it.
func standsAlone(text, name string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return false
		}
		before := text[:from+at]
		r, _ := utf8.DecodeLastRuneInString(before)
		if !unicode.Is(unicode.Han, r) && !unicode.Is(unicode.Katakana, r) ||
			strings.HasSuffix(before, "改正") || strings.HasSuffix(before, "新") || strings.HasSuffix(before, "旧") || strings.HasSuffix(before, "現行") {
			return true
		}
		from += at + len(name)
	}
}
