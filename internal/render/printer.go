package render

import (
	"strings"

	"github.com/rivo/uniseg"
)

// minWidth is the narrowest column that text is wrapped to; below it wrapping makes nothing
// more readable.
const minWidth = 30

// printer collects plain text, wrapped and coloured as asked.
type printer struct {
	strings.Builder
	width int
	color bool
}

func newPrinter(o Options) *printer {
	p := &printer{width: o.Width, color: o.Color}
	if p.width > 0 && p.width < minWidth {
		p.width = minWidth
	}
	return p
}

// line writes text after indent and wraps it by the line breaking rules of UAX #14, which keep 。
// and 、 off the start of a line; continuations are indented by two columns more. Empty text
// writes nothing.
func (p *printer) line(indent, text string) {
	if text == "" {
		return
	}
	p.WriteString(indent)
	if p.width == 0 {
		p.WriteString(text)
		p.WriteByte('\n')
		return
	}
	at, next := uniseg.StringWidth(indent), indent+"  "
	var held strings.Builder
	state := -1
	for text != "" {
		var seg string
		seg, text, _, state = uniseg.FirstLineSegmentInString(text, state)
		w := visibleWidth(seg)
		if at+visibleWidth(strings.TrimRight(seg, " ")) > p.width && at > len(next) {
			p.WriteString(strings.TrimRight(held.String(), " "))
			held.Reset()
			p.WriteString("\n" + next)
			at = len(next)
		}
		held.WriteString(seg)
		at += w
	}
	p.WriteString(strings.TrimRight(held.String(), " "))
	p.WriteByte('\n')
}

// raw writes a line that must not be broken, such as one with an address.
func (p *printer) raw(text string) {
	p.WriteString(text)
	p.WriteByte('\n')
}

// The escape sequences used, from ECMA-48.
const (
	ansiBold  = "\x1b[1m"
	ansiFaint = "\x1b[2m"
	ansiRed   = "\x1b[31m"
	ansiGreen = "\x1b[32m"
	ansiReset = "\x1b[0m"
)

func (p *printer) strong(s string) string { return p.wrap(ansiBold, s) }
func (p *printer) faint(s string) string  { return p.wrap(ansiFaint, s) }

// paint colours s by what sign says: added and hardened green, removed and softened red.
func (p *printer) paint(sign, s string) string {
	switch sign {
	case "＋":
		return p.wrap(ansiGreen, s)
	case "－":
		return p.wrap(ansiRed, s)
	case "▲", "▼":
		return p.wrap(ansiBold, s)
	}
	return s
}

func (p *printer) wrap(code, s string) string {
	if !p.color || s == "" {
		return s
	}
	return code + s + ansiReset
}

// visibleWidth is the number of terminal columns of s without its escape sequences.
func visibleWidth(s string) int {
	for {
		i := strings.IndexByte(s, '\x1b')
		if i < 0 {
			return uniseg.StringWidth(s)
		}
		j := strings.IndexByte(s[i:], 'm')
		if j < 0 {
			return uniseg.StringWidth(s[:i])
		}
		s = s[:i] + s[i+j+1:]
	}
}
