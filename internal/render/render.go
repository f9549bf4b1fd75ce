// Package render turns what kaisei found into what people read: a change into an
// alert, a list of edits into a comparison table, a week into a digest, trouble with
// a source into a notice; each as plain text, as HTML and, where it is sent there, as
// Slack blocks, in Japanese and in English.
//
// All forms of one thing are written from one intermediate value (card, row, issue),
// so that they cannot say different things. The package is pure: it reads no clock,
// no file and no network. Everything that comes from a watched site is treated as
// hostile: control characters and direction overrides are taken out, markup is
// escaped for its form, only http and https addresses become links, and every
// length is bounded.
package render

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"kaisei/internal/blockkit"
	"kaisei/internal/kaisei"
)

// The languages of the message catalogue.
const (
	Japanese = "ja"
	English  = "en"
)

// DefaultMaxEdits is how many edits an alert quotes where Options.MaxEdits is zero.
// More than a handful and nobody reads the first.
const DefaultMaxEdits = 5

// Options says how to write. The zero value writes Japanese, unwrapped, without colour.
type Options struct {
	// Lang is "ja" or "en"; anything else is taken as "ja". Titles and quotations stay in
	// their own language.
	Lang string
	// Wording holds words of the operator's in place of the catalogue's; nil has none.
	Wording *Wording
	// Forms are the operator's templates for mail; nil has none.
	Forms *Forms
	// Width is the number of terminal columns to wrap plain text at; 0 leaves lines whole.
	Width int
	// Color adds ANSI colours to plain text. The marks [-old-]{+new+} stay, so that nothing is
	// lost where a colour is.
	Color bool
	// MaxEdits bounds the edits quoted in an alert and a digest entry; 0 means DefaultMaxEdits.
	MaxEdits int
	// Delivery is the ID of the delivery that carries the message, printed so that a repeat can
	// be recognised; empty prints none.
	Delivery string
	// BaseURL is where the web interface of this kaisei answers; comparisons link to
	// BaseURL/changes/<change ID>. Empty makes no such link.
	BaseURL string
	// BeforeFirst puts the old text into the left column of comparison tables. Japanese practice,
	// and the default, is 改正後 on the left.
	BeforeFirst bool
	// Answers says that a program answers clicks in Slack (the channel has an app token): an alert there
	// has buttons to acknowledge it, to assign it and to set it aside, and its addresses are buttons.
	Answers bool
	// Answered are lines that say who answered an alert and how; they stand in place of those buttons.
	Answered []string
	// Corrections are lines that say what of an alert was judged anew since it was told, and when.
	Corrections []string
}

// lang is the voice to write in.
func (o Options) lang() Voice { return Voice{lang: o.Lang, wording: o.Wording} }

// Voice is the voice that o writes in.
func (o Options) Voice() Voice { return o.lang() }

func (o Options) maxEdits() int {
	if o.MaxEdits <= 0 {
		return DefaultMaxEdits
	}
	return o.MaxEdits
}

// compareURL returns the address of the comparison of a change, or "".
func (o Options) compareURL(change string) string {
	if o.BaseURL == "" || change == "" {
		return ""
	}
	parts := strings.Split(change, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return safeURL(strings.TrimRight(o.BaseURL, "/") + "/changes/" + strings.Join(parts, "/"))
}

// safeURL returns u in its escaped form if it is an absolute http or https address, else "".
// A link on a watched page may be anything, javascript: included.
func safeURL(u string) string { return SafeURL(u) }

// SafeURL returns an address that may stand in a link, escaped, or "" where it is none of http or https.
func SafeURL(u string) string {
	p, err := url.Parse(strings.TrimSpace(u))
	if err != nil || p.Host == "" || (p.Scheme != "http" && p.Scheme != "https") {
		return ""
	}
	s := p.String()
	// String leaves the query as it was written.
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() > maxURL {
		return ""
	}
	return b.String()
}

// maxURL is Slack's limit for an address, the smallest of those that we write to.
const maxURL = blockkit.MaxURL

// Clean makes text from outside safe to print on one line: white space runs become one space,
// control characters (an escape sequence could redraw a terminal), invisible format characters
// and direction overrides are dropped.
func Clean(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case r == unicode.ReplacementChar, unicode.IsControl(r), hidden(r):
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// brief is clean for a name, which has no business being longer.
func brief(s string) string { return head(Clean(s), partLength) }

// cleanSpan is clean for a piece of a line: white space at its ends is kept as one space,
// because the pieces are joined again.
func cleanSpan(s string) string {
	t := Clean(s)
	if t == "" {
		if strings.TrimSpace(s) == "" && s != "" {
			return " "
		}
		return ""
	}
	if first, _ := firstRune(s); unicode.IsSpace(first) {
		t = " " + t
	}
	if last := lastRune(s); unicode.IsSpace(last) {
		t += " "
	}
	return t
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

func lastRune(s string) rune {
	var last rune
	for _, r := range s {
		last = r
	}
	return last
}

// hidden reports characters that change how neighbours are shown without showing themselves.
// Variation selectors and joiners stay: names in Japanese are written with them.
func hidden(r rune) bool {
	return r == '\u00ad' || r == '\ufeff' || r == '\u061c' ||
		(r >= '\u200b' && r <= '\u200c') || r == '\u200e' || r == '\u200f' ||
		(r >= '\u202a' && r <= '\u202e') || (r >= '\u2060' && r <= '\u2069') ||
		(r >= '\ue000' && r <= '\uf8ff')
}

// authority returns who published c, for people.
func authority(c kaisei.Change, lang Voice) string {
	if s := brief(in(c.AuthorityName, lang)); s != "" {
		return s
	}
	return brief(c.Authority)
}
