package render

import (
	"strings"

	"github.com/rivo/uniseg"

	"kaisei/internal/diff"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Lengths of quotations, in characters as a reader counts them (grapheme clusters).
const (
	// contextLength is how much unchanged text is kept on each side of a changed span.
	contextLength = 28
	// quoteLength is where a quotation in an alert ends, changed spans counted whole.
	quoteLength = 220
	// wholeLength is the most that is quoted of a clause that is new or gone as a whole.
	wholeLength = 100
	// markLength is the most that is shown of one changed span. A longer one says inside its marks
	// how much was left out, so that a mark never ends early without saying so.
	markLength = 140
	// pathLength is where the upper parts of a path are shortened to their numbers.
	pathLength = 46
	// pathParts is how many parts of a path are shown, the last ones.
	pathParts = 8
	// partLength is the most that is shown of one part of a path.
	partLength = 40
)

// spansOf returns the marked text of an edit: its own spans where it has them, a
// comparison of its two texts where it does not. Moved text without a change of words is one same span.
func spansOf(e kaisei.Edit) []kaisei.Span {
	if len(e.Spans) > 0 {
		return tidy(e.Spans)
	}
	switch {
	case e.Before == e.After:
		return tidy([]kaisei.Span{{Op: kaisei.SpanSame, Text: e.After}})
	case e.Before == "":
		return tidy([]kaisei.Span{{Op: kaisei.SpanInsert, Text: e.After}})
	case e.After == "":
		return tidy([]kaisei.Span{{Op: kaisei.SpanDelete, Text: e.Before}})
	}
	return tidy(diff.Inline(e.Before, e.After))
}

// tidy cleans spans, drops empty ones and joins neighbours of one kind. Between two changes a
// deletion comes before an insertion.
func tidy(spans []kaisei.Span) []kaisei.Span {
	var out []kaisei.Span
	add := func(s kaisei.Span) {
		if s.Text == "" {
			return
		}
		n := len(out)
		switch {
		case n > 0 && out[n-1].Op == s.Op:
			out[n-1].Text += s.Text
		case n > 1 && s.Op == kaisei.SpanDelete && out[n-1].Op == kaisei.SpanInsert && out[n-2].Op == kaisei.SpanDelete:
			out[n-2].Text += s.Text
		case n > 0 && s.Op == kaisei.SpanDelete && out[n-1].Op == kaisei.SpanInsert:
			out = append(out[:n-1], s, out[n-1])
		default:
			out = append(out, s)
		}
	}
	for _, s := range spans {
		add(kaisei.Span{Op: s.Op, Text: cleanSpan(s.Text)})
	}
	if n := len(out); n > 0 {
		out[0].Text = strings.TrimLeft(out[0].Text, " ")
		out[n-1].Text = strings.TrimRight(out[n-1].Text, " ")
	}
	return out
}

// elide shortens the unchanged parts of spans around the changed ones, and ends after
// quoteLength at the next unchanged part; more is how many changed places were left out. A
// changed span is never cut without saying so inside it.
func elide(spans []kaisei.Span, lang Voice) (short []kaisei.Span, more int) {
	used := 0
	for i, s := range spans {
		if s.Op != kaisei.SpanSame {
			t := shorten(s.Text, markLength, lang)
			used += uniseg.GraphemeClusterCount(t)
			short = append(short, kaisei.Span{Op: s.Op, Text: t})
			continue
		}
		if used >= quoteLength && changesIn(spans[i+1:]) > 0 {
			return append(short, kaisei.Span{Op: kaisei.SpanSame, Text: head(s.Text, contextLength)}), changesIn(spans[i+1:])
		}
		var t string
		switch first, last := i == 0, i == len(spans)-1; {
		case first && last:
			t = head(s.Text, quoteLength)
		case first:
			t = tail(s.Text, contextLength)
		case last:
			t = head(s.Text, contextLength)
		default:
			t = middle(s.Text, contextLength)
		}
		used += uniseg.GraphemeClusterCount(t)
		short = append(short, kaisei.Span{Op: s.Op, Text: t})
	}
	return short, 0
}

// changesIn counts the changed places in spans; a deletion and the insertion after it are one.
func changesIn(spans []kaisei.Span) int {
	n := 0
	for i, s := range spans {
		if s.Op != kaisei.SpanSame && (i == 0 || spans[i-1].Op == kaisei.SpanSame) {
			n++
		}
	}
	return n
}

// head keeps about the first n characters of s, to the end of a word, and an ellipsis where there
// was more.
func head(s string, n int) string {
	g := words(s, n)
	k := take(g, n)
	if k == len(g) {
		return s
	}
	return strings.TrimRight(strings.Join(g[:k], ""), " ") + "…"
}

// tail keeps about the last n characters of s, beginning after a full stop if one is near.
func tail(s string, n int) string {
	g := words(s, n)
	k := takeLast(g, n)
	if k == 0 {
		return s
	}
	for i, w := range g[k:] {
		if i > n/2 {
			break
		}
		if w == "。" && k+i+1 < len(g) {
			return "…" + strings.Join(g[k+i+1:], "")
		}
	}
	return "…" + strings.TrimLeft(strings.Join(g[k:], ""), " ")
}

// middle keeps about n characters at each end of s.
func middle(s string, n int) string {
	g := words(s, n)
	if take(g, 2*n+trifle) == len(g) {
		return s
	}
	return strings.Join(g[:take(g, n)], "") + "…" + strings.Join(g[takeLast(g, n):], "")
}

// trifle is how few characters are not worth an ellipsis.
const trifle = 4

// take returns how many words from the start are needed for n characters, all of them where
// hardly more would be left.
func take(g []string, n int) int {
	count := 0
	for i, w := range g {
		if count >= n {
			if left := strings.Join(g[i:], ""); len(left) > trifle*4 || uniseg.GraphemeClusterCount(left) > trifle {
				return i
			}
			return len(g)
		}
		count += uniseg.GraphemeClusterCount(w)
	}
	return len(g)
}

// takeLast is take from the end: the index of the first word kept.
func takeLast(g []string, n int) int {
	count := 0
	for i := len(g) - 1; i >= 0; i-- {
		if count >= n {
			if left := strings.Join(g[:i+1], ""); len(left) > trifle*4 || uniseg.GraphemeClusterCount(left) > trifle {
				return i + 1
			}
			return 0
		}
		count += uniseg.GraphemeClusterCount(g[i])
	}
	return 0
}

// words splits s at the word boundaries of UAX #29, which keep katakana words and numbers whole and
// take kanji one by one. A word longer than n characters (an address) is split into characters.
func words(s string, n int) []string {
	var out []string
	state := -1
	for s != "" {
		var w string
		w, s, state = uniseg.FirstWordInString(s, state)
		if len(w) > n && uniseg.GraphemeClusterCount(w) > n {
			out = append(out, graphemes(w)...)
			continue
		}
		out = append(out, w)
	}
	return out
}

// shorten keeps the first n characters of s and says how many were left out.
func shorten(s string, n int, lang Voice) string {
	g := graphemes(s)
	if len(g) <= n+20 {
		return s
	}
	return strings.Join(g[:n], "") + say(lang, "cut", thousands(len(g)-n))
}

// graphemes splits s into characters as a reader counts them.
func graphemes(s string) []string {
	out := make([]string, 0, len(s)/3+1)
	state := -1
	for s != "" {
		var c string
		c, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		out = append(out, c)
	}
	return out
}

// shortPath writes a path on one line. In a long path the upper parts are shortened to their
// numbers (第2部, C.), because the last two say where to look.
func shortPath(path []string) string {
	path = path[max(len(path)-pathParts, 0):]
	parts := make([]string, 0, len(path))
	for _, p := range path {
		if p = brief(p); p != "" {
			parts = append(parts, p)
		}
	}
	for i := 0; i < len(parts)-1 && uniseg.GraphemeClusterCount(strings.Join(parts, "")) > pathLength; i++ {
		parts[i] = number(parts[i])
	}
	return strings.Join(parts, " › ")
}

// number returns the number at the start of a heading (第2部 of 第2部 基本理念), or the heading shortened.
func number(s string) string {
	if mark, rest := ja.Enumerator(s); mark != "" && rest != "" {
		return mark
	}
	return head(s, partLength/2)
}

// fullPath writes every part of a path in full.
func fullPath(path []string) string {
	parts := make([]string, 0, len(path))
	for _, p := range path {
		if p = Clean(p); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " › ")
}
