package charset

import (
	"bytes"
	"unicode/utf8"
)

// Control characters a text may hold: a few strays, or one in controlShare bytes.
const (
	allowedControls = 2
	controlShare    = 100
)

// plausible is the least score at which an unnamed Japanese encoding is believed.
const plausible = 0.5

// controls counts the C0 control characters that text does not use. No encoding of
// text that we read has them as part of a character, UTF-16 excepted.
func controls(body []byte) int {
	n := 0
	for _, b := range body {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1B && b != 0x1A {
			n++
		}
	}
	return n
}

// signature names the kind of binary file that begins like body, or "".
func signature(body []byte) string {
	for _, s := range []struct{ prefix, kind string }{
		{"%PDF-", "a PDF"},
		{"PK\x03\x04", "a ZIP archive or an Office document"},
		{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office document"},
		{"\x1F\x8B\x08", "compressed with gzip"},
		{"\x89PNG\r\n", "a picture"},
		{"GIF87a", "a picture"},
		{"GIF89a", "a picture"},
		{"\xFF\xD8\xFF", "a picture"},
		{"7z\xBC\xAF\x27\x1C", "a 7z archive"},
		{"\x28\xB5\x2F\xFD", "compressed with zstd"},
		{"\x7FELF", "a program"},
	} {
		if bytes.HasPrefix(body, []byte(s.prefix)) {
			return s.kind
		}
	}
	return ""
}

// utf8Survey is what a body looks like when read as UTF-8.
type utf8Survey struct {
	chars  int // whole characters outside ASCII
	broken int // broken sequences before the end
}

func surveyUTF8(body []byte) utf8Survey {
	var u utf8Survey
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r != utf8.RuneError || n > 1:
			u.chars++
		case !utf8.FullRune(body[i:]):
			return u // cut off at the very end, which counts as no damage
		default:
			u.broken++
			n = brokenLength(body[i:])
		}
		i += n
	}
	return u
}

// brokenLength is how many bytes at the start of b make one broken sequence: its lead
// and the continuation bytes that fit it (the "maximal subpart" of the Unicode
// Standard, section 3.9).
func brokenLength(b []byte) int {
	n := 1
	for n < len(b) && n < utf8.UTFMax && !utf8.RuneStart(b[n]) && !utf8.FullRune(b[:n]) {
		n++
	}
	if n > 1 && utf8.FullRune(b[:n]) {
		n-- // the last byte did not fit
	}
	return n
}

// hasEscape reports an escape sequence of ISO-2022-JP or its common extensions that
// leads out of ASCII.
func hasEscape(body []byte) bool {
	for {
		i := bytes.IndexByte(body, 0x1B)
		if i < 0 || i+2 >= len(body) {
			return false
		}
		switch string(body[i+1 : i+3]) {
		case "$B", "$@", "(J", "(I", "$(":
			return true
		}
		body = body[i+1:]
	}
}

// survey is what a body looks like when read in one of the two Japanese double-byte
// encodings, told by the row (区) of JIS X 0208 that each character stands in.
type survey struct {
	punct  int // punctuation, symbols, full-width letters, NEC row 13
	kana   int // full-width hiragana and katakana
	level1 int // the 2,965 common kanji
	level2 int // the rarer kanji
	ext    int // IBM extensions, JIS X 0212
	half   int // half-width katakana that stand alone or in pairs
	halves int // half-width katakana in runs of three and more
	bad    int // bytes that are no character
}

func (s survey) multi() int  { return s.punct + s.kana + s.level1 + s.level2 + s.ext }
func (s survey) chars() int  { return s.multi() + s.half + s.halves }
func (s survey) clean() bool { return s.bad == 0 && s.chars() > 0 }

// japanese reports whether the reading is beyond doubt Japanese: no errors and a fifth kana.
func (s survey) japanese() bool { return s.clean() && s.kana*5 >= s.chars() && s.kana > 1 }

// score says how plausible the reading is as Japanese, per character, from -30 to 4.
func (s survey) score() float64 {
	n := s.chars() + s.bad
	if n == 0 {
		return 0
	}
	sum := 4*s.kana + 3*s.level1 + 2*s.punct + s.halves - 3*s.level2 - s.ext - 2*s.half - 30*s.bad
	return float64(sum) / float64(n)
}

// better reports whether s is the better reading of the same bytes than t. Shift_JIS,
// the commoner, wins a draw.
func (s survey) better(t survey) bool {
	if s.clean() != t.clean() {
		return s.clean()
	}
	return s.score() > t.score()
}

// overrules reports whether the reading s disproves a label that named t: EUC-JP text
// read as Shift_JIS is an unbroken run of half-width katakana, and in the other
// reading has the kana of Japanese prose.
func overrules(s, t survey) bool {
	return s.japanese() && !t.japanese() && s.score() >= t.score()+1
}

// count adds the character of row ku.
func (s *survey) count(ku int) {
	switch {
	case ku == 4 || ku == 5:
		s.kana++
	case ku >= 16 && ku <= 47:
		s.level1++
	case ku >= 48 && ku <= 84:
		s.level2++
	case ku >= 1 && ku <= 8, ku == 13:
		s.punct++
	case ku >= 89 && ku <= 92, ku >= 115 && ku <= 119:
		s.ext++
	default:
		s.bad++
	}
}

// halfRun adds a run of n half-width katakana.
func (s *survey) halfRun(n int) {
	if n >= 3 {
		s.halves += n
	} else {
		s.half += n
	}
}

func surveyShiftJIS(body []byte) survey {
	var s survey
	run := 0
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c >= 0xA1 && c <= 0xDF {
			run++
			continue
		}
		s.halfRun(run)
		run = 0
		switch {
		case c < 0x80:
		case c >= 0x81 && c <= 0x9F, c >= 0xE0 && c <= 0xFC:
			if i+1 == len(body) {
				return s // cut off at the very end
			}
			t := body[i+1]
			if t < 0x40 || t == 0x7F || t > 0xFC {
				s.bad++ // a trail in ASCII is read again as itself
				continue
			}
			i++
			row := 2 * (int(c) - 0x81)
			if c >= 0xE0 {
				row = 2 * (int(c) - 0xC1)
			}
			if t >= 0x9F {
				row++
			}
			s.count(row + 1)
		default:
			s.bad++
		}
	}
	s.halfRun(run)
	return s
}

func surveyEUCJP(body []byte) survey {
	var s survey
	run := 0
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c == 0x8E && i+1 < len(body) && body[i+1] >= 0xA1 && body[i+1] <= 0xDF {
			run++
			i++
			continue
		}
		s.halfRun(run)
		run = 0
		size := 2
		switch {
		case c < 0x80:
			continue
		case c == 0x8F:
			size = 3
		case c == 0x8E, c >= 0xA1 && c <= 0xFE:
		default:
			s.bad++
			continue
		}
		if i+size > len(body) {
			for _, t := range body[i+1:] {
				if t < 0xA1 {
					s.bad++ // not merely cut off at the very end
				}
			}
			return s
		}
		whole := true
		for _, t := range body[i+1 : i+size] {
			whole = whole && t >= 0xA1 && t <= 0xFE
		}
		switch {
		case !whole || c == 0x8E:
			s.bad++
			continue
		case size == 3:
			s.ext++
		default:
			s.count(int(c) - 0xA0)
		}
		i += size - 1
	}
	s.halfRun(run)
	return s
}
