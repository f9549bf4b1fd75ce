package ja

import (
	"regexp"
	"strings"
	"unicode"
)

// Ranks of normative strength, from description to prohibition. The scale follows the
// conventions of Japanese legislative drafting and of ministry guidelines: the ending of the
// clause decides.
const (
	RankNone        = 0  // である, plain する
	RankPermission  = 1  // することができる, 差し支えない, 妨げない, 要しない
	RankExpected    = 2  // 期待される, 重要である, 有用である
	RankDesirable   = 3  // 望ましい, 推奨される
	RankShould      = 4  // べきである
	RankEndeavour   = 5  // 努める, 努めるものとする, 配慮する
	RankEndeavDuty  = 6  // 努めなければならない
	RankRequired    = 7  // 求められる, 必要がある
	RankRule        = 8  // ものとする
	RankObligation  = 9  // しなければならない, 要する, 義務を負う
	RankProhibition = 10 // してはならない, することができない, 禁止する
)

// Force is how hard a sentence binds.
type Force struct {
	// Rank is one of the Rank constants, 0 to 10. A norm that is denied or lifted (要しない,
	// しなければならないわけではない) leaves free: RankPermission.
	Rank int
	// Ending is the words that decide, as printed but folded: for a Bare sentence its last
	// characters, for any other of rank 0 "".
	Ending string
	// Bare is true for rank 0 where the sentence ends in a plain verb of doing (確保する). Such
	// bullets of a guideline's principles are norms by position.
	Bare bool
}

// maxStrengthText bounds, in bytes, the part of a sentence that is judged: its end decides,
// so of a longer one only the end is read.
const maxStrengthText = 8192

// Strength ranks a sentence by its ending. Words in quotations and brackets do not count; nor
// do ものとする and the like in provisions on how to read others (読替規定), in deeming and in
// definitions, nor norms in questions and reports of the past. Of a sentence that joins several
// norms (…てはならないが、…ことができる) the last decides; a duty that a plain verb continues
// (…なければならず、これを公表する) stands.
func Strength(sentence string) Force {
	text, question := strengthText(sentence)
	switch {
	case question:
		return Force{}
	case Japanese(text) == 0:
		return englishForce(text)
	}
	last := force(text)
	switch {
	case strengthDefines.MatchString(text) && (last.Rank == RankRule || strings.HasSuffix(last.Ending, "こと")):
		return Force{}
	case last.Rank > RankNone || strengthPast.MatchString(text):
		return last
	}
	joints := strengthJoint.FindAllStringIndex(text, -1)
	for i := len(joints) - 1; i >= 0; i-- {
		if f := force(conclusive(text[:joints[i][1]])); f.Rank > RankNone {
			return f
		}
	}
	return last
}

// strengthText folds a sentence and takes off what does not count: quotations, bracketed
// remarks, spaces, the full stop and note marks behind it. It tells whether a question mark
// stood there.
func strengthText(s string) (text string, question bool) {
	if len(s) > maxStrengthText {
		s = strings.ToValidUTF8(s[len(s)-maxStrengthText:], "")
	}
	folded := foldDate(s)
	outer := outside(folded)
	if strings.TrimFunc(outer, func(r rune) bool { return !unicode.IsLetter(r) }) == "" {
		// The sentence stands in brackets as a whole.
		outer = outside(strings.Trim(folded, "()（）[]〔〕 。"))
	}
	if Japanese(outer) > 0 {
		outer = strings.Join(strings.Fields(outer), "")
	}
	text = strings.TrimRight(outer, "。.．!?、,;:・※*†0123456789 ]")
	return text, strings.ContainsRune(outer[len(text):], '?')
}

// outside returns s with the insides of quotations and brackets taken out. A bracket that is
// never closed hides nothing.
func outside(s string) string {
	runes := []rune(s)
	partner := partners(runes)
	var b strings.Builder
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		end, ok := partner[i]
		if !ok {
			b.WriteRune(r)
			continue
		}
		if quotation(r) {
			b.WriteRune(r)
			b.WriteRune(runes[end])
		}
		i = end
	}
	return b.String()
}

// partners finds for each bracket and quotation mark that is closed where it is closed. A round
// bracket inside a quotation that is still open belongs to an enumerator: (「5) セキュリティ確保」).
func partners(runes []rune) map[int]int {
	var open []int
	out := map[int]int{}
	for i, r := range runes {
		closed := false
		for k := len(open) - 1; k >= 0 && k >= len(open)-maxOpen; k-- {
			if strengthCloser(runes[open[k]]) == r {
				out[open[k]] = i
				open = open[:k]
				closed = true
				break
			}
			if r == ')' && quotation(runes[open[k]]) {
				break
			}
		}
		if !closed && strengthCloser(r) != 0 {
			open = append(open, i)
		}
	}
	return out
}

// maxOpen bounds how many unclosed brackets are looked through for the one that is closed.
const maxOpen = 16

func quotation(r rune) bool { return r == '「' || r == '『' || r == '“' || r == '"' }

func strengthCloser(r rune) rune {
	switch r {
	case '「':
		return '」'
	case '『':
		return '』'
	case '(':
		return ')'
	case '“':
		return '”'
	case '"':
		return '"'
	case '〔':
		return '〕'
	}
	return 0
}

// conjunctive are the forms in which a duty, a rule or a prohibition goes on in the middle of a
// sentence, each with the form that would end it. Weaker norms in the middle leave the word to
// the sentence's end.
var conjunctive = [][2]string{
	{"ならず", "ならない"}, {"ならないが", "ならない"}, {"ものとし", "ものとする"}, {"ものとするが", "ものとする"},
	{"こととし", "こととする"}, {"こととするが", "こととする"}, {"禁止し", "禁止する"}, {"禁止するが", "禁止する"},
}

var strengthJoint = func() *regexp.Regexp {
	var forms []string
	for _, c := range conjunctive {
		forms = append(forms, c[0])
	}
	return regexp.MustCompile(`(?:` + strings.Join(forms, "|") + `)、`)
}()

// conclusive turns a conjunctive form at the end of a part into the form that ends a sentence.
func conclusive(part string) string {
	part = strings.TrimSuffix(part, "、")
	for _, c := range conjunctive {
		if strings.HasSuffix(part, c[0]) {
			return strings.TrimSuffix(part, c[0]) + c[1]
		}
	}
	return part
}

var (
	// strengthPast tells a report of what was done, or a question.
	strengthPast = regexp.MustCompile(`(?:[たか]|でした|ました)$`)
	// strengthDefines tells a sentence that says what something is: ものとする and こと end it and demand nothing.
	strengthDefines = regexp.MustCompile(`^[^、]{1,80}[^こ]とは、`)
	// reported are the wrappers that leave the norm before them standing (…べきであると考えられる).
	reported = regexp.MustCompile(`([いるぬ]|べき|べし)と(?:は|も)?(?:考えられ|考え|され|いえ|言え|思われ|解され|整理され|し)(?:る|ます|ている|ています|よう|ておく)$`)
)

// maxEndingBytes is how much of the end of a text the table looks at.
const maxEndingBytes = 240

// force ranks one text by its end.
func force(text string) Force {
	if len(text) > maxEndingBytes {
		text = strings.ToValidUTF8(text[len(text)-maxEndingBytes:], "")
	}
	if m := reported.FindStringSubmatchIndex(text); m != nil {
		if f := force(text[:m[3]]); f.Rank > RankNone {
			return f
		}
	}
	for _, e := range endings {
		m := e.re.FindStringIndex(text)
		if m == nil {
			continue
		}
		if e.rank == RankNone {
			return Force{}
		}
		return Force{Rank: e.rank, Ending: text[m[0]:m[1]]}
	}
	f := Force{Bare: bareVerb(text)}
	if f.Bare {
		runes := []rune(text)
		f.Ending = string(runes[max(0, len(runes)-bareShown):])
	}
	return f
}

// bareShown is how many characters of a bare verb are shown as its ending.
const bareShown = 4

// bareVerb reports whether text ends in the plain form of a verb of doing. Verbs that
// state, define or say how a law applies do not count.
func bareVerb(text string) bool {
	if bareStative.MatchString(text) {
		return false
	}
	return bareDoing.MatchString(text) || bareNegative.MatchString(text) && !strings.HasSuffix(text, "ではない") && !strings.HasSuffix(text, "でない")
}

var (
	bareDoing    = regexp.MustCompile(`(?:[ぁ-んァ-ヴー一-龠々](?:する|ずる|じる|行う|図る|払う|促す|示す|努める|得る|保つ|尽くす|果たす|立てる|設ける|定める|高める|進める|整える|備える|伝える|付ける|用いる|続ける|決める|確かめる)|[一-龠]+(?:る|う|く|す|つ|ぶ|む|ぐ|ける|げる|える|める|せる|れる))$`)
	bareNegative = regexp.MustCompile(`[わさしかたなまらばがきりえけせてねめれいみ]ない$`)
	bareStative  = regexp.MustCompile(`(?:である|がある|にある|ている|ておる|なる|という|をいう|いう|指す|含む|含まれる|異なる|準用する|適用する|施行する|みなす|推定する|による|よる|処する|[をにがも](?:有する|属する|存する)|存在する|意味する|該当する|由来する|関する|対する|相当する|見込まれる|られる|される|かかる|生じる|生ずる|増える|至る|言える|失う|除く|限る|同様とする|例とする|とする)$`)
)
