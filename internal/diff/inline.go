package diff

import (
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"znkr.io/diff"
)

// Inline returns the spans by which after differs from before. Numbers, dates, katakana
// and Latin words and article numbers change as a whole (see tokens), and what
// differs in print only is the same.
//
// The same and insert spans make after exactly. The same and delete spans make
// before in its wording: a same span whose print differs shows the print of after, so that
// a full-width bracket or a note number is not marked as a change (kaisei.Edit holds
// the exact text of both sides). Two texts without any difference in print give back both exactly.
func Inline(before, after string) []kaisei.Span {
	var s script
	switch {
	case before == after:
		s.add(kaisei.SpanSame, after)
	case len(before)+len(after) > maxInline:
		s.add(kaisei.SpanDelete, before)
		s.add(kaisei.SpanInsert, after)
	case len(before)+len(after) < minPieces:
		s.words(before, after)
	default:
		s.pieces(before, after)
	}
	return s.spans
}

// minPieces is the length in bytes, of both texts together, from which on they are
// compared by sentences before they are compared by words.
const minPieces = 4 << 10

// script collects spans.
type script struct{ spans []kaisei.Span }

// add appends text, to the last span where that has the same op.
func (s *script) add(op kaisei.SpanOp, text string) {
	if text == "" {
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].Op == op {
		s.spans[n-1].Text += text
		return
	}
	s.spans = append(s.spans, kaisei.Span{Op: op, Text: text})
}

// pieces compares by sentences, and by words those stretches of them that differ.
func (s *script) pieces(before, after string) {
	p, q := cut(before), cut(after)
	numbers := map[string]int{}
	x, y := ids(p, numbers), ids(q, numbers)
	var options []diff.Option
	if len(x)+len(y) > maxExactTokens {
		options = append(options, diff.Fast())
	}
	var run strings.Builder // same sentences, gathered so that adding is linear
	flush := func() {
		s.add(kaisei.SpanSame, run.String())
		run.Reset()
	}
	i, j := 0, 0
	for _, h := range hunks(x, y, options) {
		for ; j < h.y0; i, j = i+1, j+1 {
			run.WriteString(q[j])
		}
		flush()
		s.words(strings.Join(p[h.x0:h.x1], ""), strings.Join(q[h.y0:h.y1], ""))
		i, j = h.x1, h.y1
	}
	for ; j < len(q); j++ {
		run.WriteString(q[j])
	}
	flush()
}

// cut splits a text after every full stop and line break.
func cut(s string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		end := 0
		switch {
		case s[i] == '\n':
			end = i + 1
		case s[i] == 0xe3 && strings.HasPrefix(s[i:], "。"):
			end = i + len("。")
		default:
			continue
		}
		out = append(out, s[start:end])
		start, i = end, end-1
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func ids(pieces []string, numbers map[string]int) []int {
	out := make([]int, len(pieces))
	for i, p := range pieces {
		out[i] = number(numbers, maskNotes(ja.Key(p)))
	}
	return out
}

// words compares by tokens.
func (s *script) words(before, after string) {
	t, u := tokens(before), tokens(after)
	numbers := make(map[string]int, len(t))
	x, y := make([]int, len(t)), make([]int, len(u))
	for i := range t {
		x[i] = number(numbers, t[i].key)
	}
	for i := range u {
		y[i] = number(numbers, u[i].key)
	}
	head := 0
	for head < min(len(x), len(y)) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < min(len(x), len(y))-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	m, n := len(x)-tail, len(y)-tail
	var options []diff.Option
	switch size := m + n - 2*head; {
	case size <= maxMinimalTokens:
		options = append(options, diff.Minimal())
	case size > maxExactTokens:
		options = append(options, diff.Fast())
	}
	hs := hunks(x[head:m], y[head:n], options)
	for i := range hs {
		hs[i].x0, hs[i].x1 = hs[i].x0+head, hs[i].x1+head
		hs[i].y0, hs[i].y1 = hs[i].y0+head, hs[i].y1+head
	}
	hs = tidy(hs, t, u, x, y)
	from := func(t []token, i int) int {
		if i < len(t) {
			return t[i].start
		}
		if len(t) == 0 {
			return 0
		}
		return t[len(t)-1].end
	}
	at := 0
	for _, h := range hs {
		s.add(kaisei.SpanSame, after[at:from(u, h.y0)])
		s.add(kaisei.SpanDelete, before[from(t, h.x0):from(t, h.x1)])
		s.add(kaisei.SpanInsert, after[from(u, h.y0):from(u, h.y1)])
		at = from(u, h.y1)
	}
	s.add(kaisei.SpanSame, after[at:])
}

// maxMinimalTokens is the number of tokens up to which the shortest script is found
// whatever it costs.
const maxMinimalTokens = 3_000

// hunk is a stretch that differs: x[x0:x1] became y[y0:y1].
type hunk struct{ x0, x1, y0, y1 int }

// hunks returns the differing stretches of two sequences in order.
func hunks(x, y []int, options []diff.Option) []hunk {
	var out []hunk
	for _, h := range diff.Hunks(x, y, append(options, diff.Context(0))...) {
		out = append(out, hunk{h.PosX, h.EndX, h.PosY, h.EndY})
	}
	return out
}
