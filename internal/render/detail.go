package render

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"kaisei/internal/kaisei"
)

// Detail writes the detail of a look for people. The ledger and the logs hold details in English; in Japanese the
// sentences of kaisei are told by the same catalogue as all else, with what they fill in left as it is. What no
// sentence of kaisei is, such as the words of a server or of the operating system, stays in its own
// language between 「 and 」.
func Detail[L spoken](detail string, lang L) string {
	s := head(Clean(detail), maxTold)
	if s == "" || voiceOf(lang).ID() != Japanese {
		return s
	}
	return inJapanese(s)
}

// note writes a note on a change. What a reader remarked of a file is held in English, as a detail is.
func note(t kaisei.Text, lang Voice) string {
	if t.JA == "" {
		return Detail(t.EN, lang)
	}
	return Clean(in(t, lang))
}

// inJapanese tells a detail of one sentence or several, which stand side by side with "; " between them.
func inJapanese(s string) string {
	if t, ok := told(s, 0); ok {
		return t
	}
	out, _ := clauses(s, 0)
	return strings.Join(out, "。")
}

// told tells what consists of sentences of kaisei alone.
func told(s string, depth int) (string, bool) {
	if t, ok := phrase(s, depth, false); ok {
		return t, true
	}
	if out, ok := clauses(s, depth); ok {
		return strings.Join(out, "。"), true
	}
	return phrase(s, depth, true)
}

// clauses tells remarks that stand side by side: as many clauses as make a sentence are taken together. It
// reports whether all of them are sentences of kaisei.
func clauses(s string, depth int) (out []string, all bool) {
	parts := strings.Split(s, clauseGap)
	if len(parts) > maxClauses {
		return []string{foreign(s)}, false
	}
	all = true
	for i := 0; i < len(parts); {
		n := min(len(parts), i+maxSentence)
		for ; n > i; n-- {
			if t, ok := phrase(strings.Join(parts[i:n], clauseGap), depth, false); ok {
				out = append(out, t)
				break
			}
		}
		if n == i {
			all, n = false, i+1
			out = append(out, remark(parts[i]))
		}
		i = n
	}
	return out, all
}

const (
	// clauseGap stands between clauses of a sentence and between remarks.
	clauseGap = "; "
	// maxSentence is how many clauses a sentence of kaisei has at most, maxClauses how many are told one by one.
	maxSentence = 4
	maxClauses  = 100
)

// remark tells a sentence about a part that is named before it, or marks words that are not kaisei's.
func remark(s string) string {
	if part, rest, ok := strings.Cut(s, ": "); ok {
		if t, ok := phrase(rest, 0, false); ok {
			return part + ": " + t
		}
	}
	return foreign(s)
}

// foreign marks words that are not kaisei's; numbers, addresses and Japanese need no mark.
func foreign(s string) string {
	if !english.MatchString(s) {
		return s
	}
	return "「" + s + "」"
}

// english finds two words of letters side by side.
var english = regexp.MustCompile(`(?:^|\s)[A-Za-z']+,? [A-Za-z']+(?:$|[\s.,:;])`)

const (
	// maxNested is how deep a sentence may stand in another.
	maxNested = 3
	// maxTold is how many characters of a detail are told.
	maxTold = 1000
)

// phrase tells a sentence of kaisei, with the sentences within it. What it fills in holds other clauses only
// where wide says so.
func phrase(s string, depth int, wide bool) (string, bool) {
	if depth > maxNested {
		return "", false
	}
	for _, d := range details() {
		if !strings.Contains(s, d.words) {
			continue
		}
		m := d.form.FindStringSubmatch(s)
		if m == nil || !wide && slices.ContainsFunc(m[1:], func(a string) bool { return strings.Contains(a, clauseGap) }) {
			continue
		}
		args := make([]any, len(m)-1)
		for i, a := range m[1:] {
			if t, ok := told(a, depth+1); ok {
				a = t
			}
			args[i] = a
		}
		if len(args) == 0 {
			return d.ja, true
		}
		return fmt.Sprintf(d.ja, args...), true
	}
	return "", false
}

// detailForm is a sentence as it is recognised and told.
type detailForm struct {
	form *regexp.Regexp
	// words is the longest part that the sentence never goes without.
	words string
	ja    string
}

// details returns the sentences, those with the most words of their own first.
var details = sync.OnceValue(func() []detailForm {
	texts := detailTexts()
	slices.SortStableFunc(texts, func(a, b kaisei.Text) int {
		return cmp.Compare(len(strings.ReplaceAll(b.EN, "%s", "")), len(strings.ReplaceAll(a.EN, "%s", "")))
	})
	out := make([]detailForm, len(texts))
	for i, t := range texts {
		parts := strings.Split(t.EN, "%s")
		words := slices.MaxFunc(parts, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		for j := range parts {
			parts[j] = regexp.QuoteMeta(parts[j])
		}
		out[i] = detailForm{regexp.MustCompile("^" + strings.Join(parts, "(.+?)") + "$"), words, t.JA}
	}
	return out
})
