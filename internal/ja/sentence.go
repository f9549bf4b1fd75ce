package ja

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences splits s after 。！？ and returns the sentences without the white space
// around them, nil for a blank text. What stands in brackets or quotation marks is
// not split: 「…する。」と定める is one sentence. Only brackets that are closed
// again count, so that the bracket of an enumerator 1) or a forgotten one swallows nothing.
// A text without Japanese is split after . ! ? where a capital follows.
func Sentences(s string) []string {
	if Japanese(s) == 0 {
		return englishSentences(s)
	}
	var out []string
	inside := bracketed(s)
	start, depthAt := 0, 0
	depthEnd := -1 // end of the bracket we are in
	for i, r := range s {
		for depthAt < len(inside) && inside[depthAt].open <= i {
			if inside[depthAt].close > depthEnd {
				depthEnd = inside[depthAt].close
			}
			depthAt++
		}
		if i < depthEnd || !sentenceEnd(r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		if next, _ := utf8.DecodeRuneInString(s[end:]); sentenceEnd(next) && next != utf8.RuneError {
			continue // ！？ end one sentence together
		}
		if t := strings.TrimSpace(s[start:end]); t != "" {
			out = append(out, t)
		}
		start = end
	}
	if t := strings.TrimSpace(s[start:]); t != "" {
		out = append(out, t)
	}
	return out
}

// englishEnd is the end of an English sentence and the beginning of the next.
var englishEnd = regexp.MustCompile(`[.!?]["”)]?\s+["“(]?[A-Z]`)

// englishShort are words that end in a full stop and no sentence.
var englishShort = regexp.MustCompile(`(?:^|[\s(])(?:[A-Z]|No|Art|Arts|Sec|Para|Fig|cf|vs|e\.g|i\.e|Mr|Ms|Dr|Co|St|U\.S)\.$`)

func englishSentences(s string) []string {
	var out []string
	start := 0
	for _, m := range englishEnd.FindAllStringIndex(s, -1) {
		end := m[0] + 1 + strings.IndexFunc(s[m[0]+1:], unicode.IsSpace)
		if englishShort.MatchString(s[start:end]) {
			continue
		}
		out = append(out, strings.TrimSpace(s[start:end]))
		start = end
	}
	if t := strings.TrimSpace(s[start:]); t != "" {
		out = append(out, t)
	}
	return out
}

func sentenceEnd(r rune) bool {
	switch r {
	case '。', '！', '？', '｡':
		return true
	}
	return false
}

// pair is an opening bracket and the byte offset of the one that closes it.
type pair struct{ open, close int }

// bracketed returns the outermost pairs of brackets and quotation marks of s in order.
func bracketed(s string) []pair {
	type opened struct {
		at    int
		close rune
	}
	var stack []opened
	var pairs []pair
	for i, r := range s {
		if c := closing(r); c != 0 {
			stack = append(stack, opened{i, c})
			continue
		}
		for k := len(stack) - 1; k >= 0 && k >= len(stack)-maxUnclosed; k-- {
			if stack[k].close != r {
				continue
			}
			for len(pairs) > 0 && pairs[len(pairs)-1].open > stack[k].at {
				pairs = pairs[:len(pairs)-1]
			}
			pairs = append(pairs, pair{stack[k].at, i})
			stack = stack[:k]
			break
		}
	}
	return pairs
}

// maxUnclosed is how many unclosed brackets a closing one looks back over for its
// own, which keeps the work linear in a text of brackets.
const maxUnclosed = 16

// closing returns the bracket that closes r, or 0 where r opens nothing.
func closing(r rune) rune {
	switch r {
	case '「':
		return '」'
	case '『':
		return '』'
	case '（':
		return '）'
	case '(':
		return ')'
	case '〔':
		return '〕'
	case '【':
		return '】'
	case '［':
		return '］'
	case '[':
		return ']'
	case '〈':
		return '〉'
	case '《':
		return '》'
	case '“':
		return '”'
	case '‘':
		return '’'
	}
	return 0
}
