package ja

import (
	"regexp"
	"sort"
	"strings"
)

// Words that soften a norm, leaving room to those it binds; a clause without one binds harder.
var softeners = []string{
	"原則として", "可能な限り", "できる限り", "できるだけ", "なるべく", "極力", "必要に応じて", "必要に応じ", "合理的な範囲内で", "合理的な範囲で", "合理的に可能な範囲で",
	"可能な範囲で", "適切な範囲で", "実行可能な範囲で", "適切な場合には", "状況に応じて", "実情に応じて", "リスクに応じて", "一般に", "概ね", "おおむね", "当分の間",
	"正当な理由がある場合を除き", "正当な理由がない限り", "正当な理由がなく", "特段の事情がない限り", "やむを得ない場合を除き", "困難な場合を除き", "を除き", "を除くほか", "ただし",
}

// Words that say how soon, slowest first: 遅滞なく, 速やかに, 直ちに are terms of art in this order.
var urgency = []string{"遅滞なく", "速やかに", "直ちに"}

// Words that sharpen a norm.
var sharpeners = []string{"例外なく", "必ず", "いかなる場合も", "いかなる場合においても", "あらかじめ", "全ての場合において", "すべての場合において", "少なくとも", "厳格に"}

// englishScope are the same in English.
var englishScope = []string{
	"in principle", "to the extent possible", "as far as possible", "where possible", "as necessary", "where appropriate", "as appropriate", "within a reasonable scope",
	"without delay", "promptly", "immediately", "unless", "except", "provided, however",
}

var englishSofteners = regexp.MustCompile(`(?i)in principle|possible|as necessary|appropriate|reasonable|unless|except|provided`)

// scopeWords returns the scope words of a folded text in the order printed. Of words that
// overlap, the longest counts.
func scopeWords(text string) []string {
	type hit struct {
		at   int
		word string
	}
	var hits []hit
	for _, list := range [][]string{softeners, urgency, sharpeners, englishScope} {
		for _, w := range list {
			if i := strings.Index(text, w); i >= 0 && !strings.HasPrefix(text[i:], "必ずしも") {
				hits = append(hits, hit{i, w})
			}
		}
	}
	sort.Slice(hits, func(i, j int) bool {
		if hits[i].at != hits[j].at {
			return hits[i].at < hits[j].at
		}
		return len(hits[i].word) > len(hits[j].word)
	})
	var out []string
	end := -1
	for _, h := range hits {
		if h.at >= end {
			out = append(out, h.word)
			end = h.at + len(h.word)
		} else if h.at+len(h.word) > end {
			// を除き inside 正当な理由がある場合を除き starts later and ends with it; anything that
			// reaches farther is a word of its own.
			out = append(out, h.word)
			end = h.at + len(h.word)
		}
	}
	return out
}

// CompareScope tells which of two lists of scope words, before and after, binds harder: +1
// where the words after leave less room (原則として is gone, 速やかに became 直ちに), -1 where they leave
// more, 0 where they are alike or pull both ways.
func CompareScope(before, after []string) int {
	soft := countIn(softeners, before) - countIn(softeners, after)
	for _, w := range before {
		if englishSofteners.MatchString(w) {
			soft++
		}
	}
	for _, w := range after {
		if englishSofteners.MatchString(w) {
			soft--
		}
	}
	sharp := countIn(sharpeners, after) - countIn(sharpeners, before)
	fast := soonest(after) - soonest(before)
	score := 0
	for _, n := range []int{soft, sharp, fast} {
		switch {
		case n > 0 && score >= 0:
			score = 1
		case n < 0 && score <= 0:
			score = -1
		case n != 0:
			return 0
		}
	}
	return score
}

func countIn(list, words []string) int {
	n := 0
	for _, w := range words {
		for _, l := range list {
			if w == l {
				n++
				break
			}
		}
	}
	return n
}

func soonest(words []string) int {
	best := 0
	for _, w := range words {
		for i, u := range urgency {
			if w == u && i+1 > best {
				best = i + 1
			}
		}
	}
	return best
}

// englishNorms rank an English sentence; the first row that matches decides.
var englishNorms = []ending{
	{rank: RankPermission, exempt: true, re: regexp.MustCompile(`(?i)\b(?:need not|(?:is|are|shall|will)? ?not (?:be )?(?:required|obliged|necessary)(?: to)?|does not (?:require|preclude|prevent|apply)|shall not (?:preclude|prevent|apply)|(?:is|are) not (?:required|obliged) to|this (?:shall|does) not apply)\b`)},
	{rank: RankProhibition, re: regexp.MustCompile(`(?i)\b(?:must not|shall not|cannot|may not|(?:is|are|be) prohibited(?: from)?|(?:is|are) not (?:permitted|allowed))\b`)},
	{rank: RankEndeavDuty, re: regexp.MustCompile(`(?i)\b(?:must|shall) (?:endeavou?r|strive|make (?:every )?efforts?)(?: to)?\b`)},
	{rank: RankEndeavour, re: regexp.MustCompile(`(?i)\b(?:(?:is|are) to (?:endeavou?r|make efforts)|endeavou?rs? to|strives? to|makes? efforts? to|gives? (?:due )?consideration|shall give (?:due )?consideration)\b`)},
	{rank: RankObligation, re: regexp.MustCompile(`\b(?:[Mm]ust|[Ss]hall|(?:is|are) obliged to|has to|have to|has the duty|bears? the obligation)\b`)},
	{rank: RankRequired, re: regexp.MustCompile(`(?i)\b(?:needs? to|it is necessary|(?:is|are) (?:required|requested|called upon)(?: to)?|required to)\b`)},
	{rank: RankShould, negated: true, re: regexp.MustCompile(`(?i)\bshould not\b`)},
	{rank: RankShould, re: regexp.MustCompile(`(?i)\b(?:should|ought to)\b`)},
	{rank: RankDesirable, re: regexp.MustCompile(`(?i)\b(?:desirable|recommended|encouraged|advisable|preferable|recommends?|encourages?)\b`)},
	{rank: RankExpected, re: regexp.MustCompile(`(?i)\b(?:(?:is|are) expected(?: to)?|(?:is|are) important|it is important|(?:is|are) useful|(?:is|are) conceivable)\b`)},
	{rank: RankPermission, re: regexp.MustCompile(`\b(?:may|can|(?:is|are) permitted(?: to)?|(?:is|are) allowed(?: to)?)\b`)},
}

// englishForce ranks an English sentence by the strongest modal in it: English puts the
// modal in the middle, and the weaker ones of a sentence stand in its relative clauses.
func englishForce(text string) Force {
	f := Force{Scope: scopeWords(strings.ToLower(text))}
	for _, e := range englishNorms {
		if m := e.re.FindStringIndex(text); m != nil {
			f.Rank, f.Ending, f.Exempt, f.Negated = e.rank, text[m[0]:m[1]], e.exempt, e.exempt || e.negated
			return f
		}
	}
	return f
}
