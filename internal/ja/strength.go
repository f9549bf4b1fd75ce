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
	RankPermission  = 1  // することができる, 差し支えない, 妨げない
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
	// Rank is one of the Rank constants, 0 to 10.
	Rank int
	// Ending is the words that decide, as printed but folded: for a Bare sentence its last
	// characters, for any other of rank 0 "".
	Ending string
	// Negated is true where what is asked is not to do something (しないものとする, しないことが望ましい), or
	// where a norm is denied.
	Negated bool
	// Exempt is true where a norm is denied or lifted: この限りでない, 要しない,
	// しなければならないわけではない, 妨げるものではない. Its rank is RankPermission.
	Exempt bool
	// Bare is true for rank 0 where the sentence ends in a plain verb of doing (確保する). Such
	// bullets of a guideline's principles are norms by position.
	Bare bool
	// Scope lists the words that limit or sharpen the norm (原則として, 可能な限り, 遅滞なく, ただし), in
	// the order printed.
	Scope []string
}

// maxStrengthText bounds, in bytes, the part of a sentence that is judged: its end decides,
// so of a longer one only the end is read.
const maxStrengthText = 8192

// Strength ranks a sentence by its ending. Words in quotations and brackets do not count; nor
// do ものとする and the like in provisions on how to read others (読替規定), in deeming and in
// definitions. Of a sentence that joins several norms (…なければならず、…ことができる) it is the last;
// Strengths gives all.
func Strength(sentence string) Force {
	all := Strengths(sentence)
	return all[len(all)-1]
}

// Strengths ranks each of the norms that a sentence joins by conjunctive endings
// (すべきであり、 …ものとし、), in order. A verb that merely continues (…に努め、…しなければならない) shares
// the ending of the last. There is at least one, that of the sentence's end.
func Strengths(sentence string) []Force {
	text := strengthText(sentence)
	if Japanese(text) == 0 {
		f := englishForce(text)
		return []Force{f}
	}
	var out []Force
	at := 0
	for _, m := range strengthJoint.FindAllStringIndex(text, -1) {
		part := text[at:m[1]]
		if f := force(conclusive(part)); f.Rank > RankNone {
			f.Scope = scopeWords(part)
			out = append(out, f)
			at = m[1]
		}
	}
	last := force(text[at:])
	last.Scope = scopeWords(text[at:])
	return append(out, last)
}

// strengthText folds a sentence and takes off what does not count: quotations, bracketed
// remarks, spaces, the full stop and note marks behind it.
func strengthText(s string) string {
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
	return strings.TrimRight(outer, "。.．!?、,;:・※*†0123456789 ]")
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
		if strengthCloser(r) != 0 {
			open = append(open, i)
			continue
		}
		for k := len(open) - 1; k >= 0 && k >= len(open)-maxOpen; k-- {
			if strengthCloser(runes[open[k]]) == r {
				out[open[k]] = i
				open = open[:k]
				break
			}
			if r == ')' && quotation(runes[open[k]]) {
				break
			}
		}
	}
	return out
}

// maxOpen bounds how many unclosed brackets are looked through for the one that is closed.
const maxOpen = 16

func quotation(r rune) bool { return r == '「' || r == '『' || r == '“' }

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
	case '〔':
		return '〕'
	}
	return 0
}

// strengthJoint finds the conjunctive forms of norms in the middle of a sentence.
var strengthJoint = regexp.MustCompile(`(?:なければならず|てはならず|ねばならず|なければならないが|てはならないが|べきであり|べきであるが|べきで|ものとし|ものとするが|求められており|求められるが|求められ|` +
	`必要があり|必要があるが|必要であり|必要であるが|望ましく|望ましいが|推奨され|期待され|期待されるが|期待されており|重要であり|重要であるが|ことができるが)、`)

// conclusive turns a conjunctive form at the end of a part into the form that ends a sentence.
func conclusive(part string) string {
	part = strings.TrimSuffix(part, "、")
	for _, c := range [][2]string{
		{"ならず", "ならない"}, {"ならないが", "ならない"}, {"べきであり", "べきである"}, {"べきであるが", "べきである"}, {"べきで", "べきである"},
		{"ものとし", "ものとする"}, {"ものとするが", "ものとする"}, {"求められており", "求められる"}, {"求められるが", "求められる"}, {"求められ", "求められる"},
		{"必要があり", "必要がある"}, {"必要があるが", "必要がある"}, {"必要であり", "必要である"}, {"必要であるが", "必要である"},
		{"望ましく", "望ましい"}, {"望ましいが", "望ましい"}, {"推奨され", "推奨される"}, {"期待され", "期待される"}, {"期待されるが", "期待される"},
		{"期待されており", "期待される"}, {"重要であり", "重要である"}, {"重要であるが", "重要である"}, {"ことができるが", "ことができる"},
	} {
		if strings.HasSuffix(part, c[0]) {
			return strings.TrimSuffix(part, c[0]) + c[1]
		}
	}
	return part
}

// reported are the wrappers that leave the norm before them standing (…べきであると考えられる).
var reported = regexp.MustCompile(`(い|べき|である|べし|する|られる|される|ない)と(?:は|も)?(?:考えられ|考え|され|いえ|言え|思われ|解され|整理され|し)(?:る|ます|ている|ています|た|ました|よう|ておく)$`)

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
			return Force{Negated: e.negated}
		}
		f := Force{Rank: e.rank, Ending: text[m[0]:m[1]], Exempt: e.exempt}
		f.Negated = e.exempt || e.negated || e.rank < RankProhibition && negatedVerb(text[:m[0]])
		return f
	}
	f := Force{Bare: bareVerb(text), Negated: bareNegative.MatchString(text)}
	if f.Bare {
		runes := []rune(text)
		f.Ending = string(runes[max(0, len(runes)-bareShown):])
	}
	return f
}

// bareShown is how many characters of a bare verb are shown as its ending.
const bareShown = 4

// negatedVerb reports whether the verb before an ending is negative: しない｜ものとする, しないことが｜望ましい,
// ないよう｜努める.
func negatedVerb(before string) bool {
	for _, end := range []string{"ことが", "ことを", "ことは", "ことに", "ことも", "ように", "よう", "ようにする", "ようにし", "こと", "もの"} {
		if strings.HasSuffix(before, "ない"+end) {
			return true
		}
	}
	if strings.HasSuffix(before, "ないようにすることが") || strings.HasSuffix(before, "ないようにすることも") {
		return true
	}
	return strings.HasSuffix(before, "ない")
}

var bareNegative = regexp.MustCompile(`[わさしかたなまらばがきりえけせてねめれいみ]ない$`)

// bareVerb reports whether text ends in the plain form of a verb of doing. Verbs that
// state, define or say how a law applies do not count.
func bareVerb(text string) bool {
	if bareStative.MatchString(text) {
		return false
	}
	return bareDoing.MatchString(text) || bareNegative.MatchString(text) && !strings.HasSuffix(text, "ではない") && !strings.HasSuffix(text, "でない")
}

var (
	bareDoing   = regexp.MustCompile(`(?:[ぁ-んァ-ヴー一-龠々](?:する|ずる|じる|行う|図る|払う|促す|示す|努める|得る|保つ|尽くす|果たす|立てる|設ける|定める|高める|進める|整える|備える|伝える|付ける|用いる|続ける|決める|確かめる)|[一-龠]+(?:る|う|く|す|つ|ぶ|む|ぐ|ける|げる|える|める|せる|れる))$`)
	bareStative = regexp.MustCompile(`(?:である|がある|にある|ている|ておる|なる|という|をいう|いう|指す|含む|含まれる|異なる|準用する|適用する|施行する|みなす|推定する|による|よる|処する|[をにがも](?:有する|属する|存する)|存在する|意味する|該当する|由来する|関する|対する|相当する|見込まれる|られる|される|かかる|生じる|生ずる|増える|至る|言える|失う|除く|限る|同様とする|例とする|とする)$`)
)
