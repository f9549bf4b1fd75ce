// Package charset turns the bytes of a page, feed or text file into UTF-8.
//
// Its model is evidence against claims. A Japanese site may be UTF-8, Shift_JIS (as
// Windows writes it, code page 932), EUC-JP or ISO-2022-JP, and what the header or
// the page says about it is often missing or wrong. So the bytes are asked first: a
// byte order mark, validity as UTF-8, escape sequences. Only then claims count, in
// the order HTTP header, <meta>, XML declaration, hint, and only where the bytes
// agree with them. Where no claim holds, the better reading of Shift_JIS and
// EUC-JP wins, and what is Japanese in neither is read as Windows-1252.
//
// Its promise: plausible text is always decoded, with U+FFFD where single
// characters are damaged, in time and memory proportional to the body; a body that
// is no text is refused. It never changes the text otherwise: no normalisation, no
// new line endings.
package charset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"kaisei/internal/kaisei"
)

// The names of the encodings that need no claim to be recognised, as the WHATWG
// Encoding Standard spells them.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	ShiftJIS    = "shift_jis"
	EUCJP       = "euc-jp"
	ISO2022JP   = "iso-2022-jp"
	Windows1252 = "windows-1252"
)

// How much damage a reading may show.
const (
	// damagedUTF8 is how many whole characters outside ASCII must stand against each broken
	// sequence for a body to be UTF-8 with damage rather than something else.
	damagedUTF8 = 10
	// damagedLabelled and damagedGuessed are the same for Shift_JIS and EUC-JP, where the
	// encoding was named and where it is a guess.
	damagedLabelled = 10
	damagedGuessed  = 20
	// damagedUTF16 is the same after a byte order mark, in which any pairs of bytes pass for
	// characters but lone surrogates.
	damagedUTF16 = 100
)

// Decode returns body as UTF-8 without a byte order mark, and the name of the encoding
// found, in the spelling of the WHATWG Encoding Standard. contentType is the
// Content-Type header and hint an encoding label; both may be empty and both may be
// wrong. A character cut off at the very end, like any single damaged character,
// becomes U+FFFD and is no error. The result may share memory with body. The error is
// a *kaisei.Fault with CauseDecode for a body that is not text.
//
// A declaration inside the text (<?xml encoding="Shift_JIS"?>, <meta charset>) is left
// as it stands and no longer holds: a parser that believes declarations must be given
// the result of UTF8XML, or be told that the text is UTF-8.
func Decode(body []byte, contentType, hint string) (text []byte, name string, err error) {
	if text, name, ok := decodeMarked(body); ok {
		return text, name, nil
	}
	if kind := signature(body); kind != "" {
		return nil, "", kaisei.Faultf(kaisei.CauseDecode, "the body is %s, not text; check which reader the source names", kind)
	}
	if name := unmarkedUTF16(body); name != "" {
		text, _ := decodeAll(utf16(name), body)
		return text, name, nil
	}
	if n := controls(body); n > allowedControls+len(body)/controlShare {
		return nil, "", kaisei.Faultf(kaisei.CauseDecode, "%d of %d bytes are control characters: the body is not text; check the file and its format", n, len(body))
	}
	if utf8.Valid(body) {
		if hasEscape(body) && surveyUTF8(body).chars == 0 {
			text, _ := decodeAll(japanese.ISO2022JP, body)
			return text, ISO2022JP, nil
		}
		return body, UTF8, nil
	}
	u := surveyUTF8(body)
	if u.chars > 0 && u.chars >= damagedUTF8*u.broken {
		return repairUTF8(body), UTF8, nil
	}
	return decodeLegacy(body, labels(body, contentType, hint), u)
}

// decodeLegacy decodes a body that is not UTF-8.
func decodeLegacy(body []byte, claims []claim, u utf8Survey) ([]byte, string, error) {
	sjis, euc := surveyShiftJIS(body), surveyEUCJP(body)
	for _, c := range claims {
		switch {
		case c.name == ShiftJIS:
			if sjis.clean() && !overrules(euc, sjis) {
				return decodeJapanese(body, ShiftJIS)
			}
		case c.name == EUCJP:
			if euc.clean() && !overrules(sjis, euc) {
				return decodeJapanese(body, EUCJP)
			}
		case c.name == UTF8 || c.name == Windows1252 || c.singleByte():
			// UTF-8 has been tried; what accepts any byte proves nothing yet.
		case sjis.japanese() || euc.japanese():
			// Other double-byte encodings accept much Japanese text; kana tell it apart.
		default:
			if text, damaged := decodeAll(c.enc, body); damaged == 0 {
				return text, c.name, nil
			}
		}
	}
	best, bestName := sjis, ShiftJIS
	if euc.better(sjis) {
		best, bestName = euc, EUCJP
	}
	if best.clean() && best.score() >= plausible && (best.japanese() || !deliberate(claims)) {
		return decodeJapanese(body, bestName)
	}
	for _, c := range claims {
		s := sjis
		switch c.name {
		case EUCJP:
			s = euc
		case ShiftJIS:
		default:
			continue
		}
		if s.chars() > 0 && s.bad*damagedLabelled <= s.chars() {
			return decodeJapanese(body, c.name)
		}
	}
	if best.kana > 0 && best.bad*damagedGuessed <= best.chars() {
		return decodeJapanese(body, bestName)
	}
	for _, c := range claims {
		if c.singleByte() {
			if text, damaged := decodeAll(c.enc, body); damaged == 0 {
				return text, c.name, nil
			}
		}
	}
	if u.chars > 0 && u.chars >= u.broken {
		return repairUTF8(body), UTF8, nil
	}
	text, _ := decodeAll(charmap.Windows1252, body)
	return text, Windows1252, nil
}

func decodeJapanese(body []byte, name string) ([]byte, string, error) {
	enc := encoding.Encoding(japanese.ShiftJIS)
	if name == EUCJP {
		enc = japanese.EUCJP
	}
	text, _ := decodeAll(enc, body)
	return text, name, nil
}

// decodeAll decodes the whole body and counts the U+FFFD in the result. The decoders
// of x/text put U+FFFD where bytes do not decode and return no error.
func decodeAll(enc encoding.Encoding, body []byte) (text []byte, damaged int) {
	// Most double-byte characters become three bytes.
	dst := make([]byte, 0, len(body)+len(body)/2+utf8.UTFMax)
	text, _, err := transform.Append(enc.NewDecoder(), dst, body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), len(body)
	}
	return text, bytes.Count(text, []byte("\uFFFD"))
}

// decodeMarked decodes a body that begins with a byte order mark which its bytes bear
// out.
func decodeMarked(body []byte) (text []byte, name string, ok bool) {
	switch {
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		rest := body[3:]
		if utf8.Valid(rest) {
			return rest, UTF8, true
		}
		if u := surveyUTF8(rest); u.chars >= u.broken {
			return repairUTF8(rest), UTF8, true
		}
	case bytes.HasPrefix(body, []byte("\xFF\xFE")):
		name = UTF16LE
	case bytes.HasPrefix(body, []byte("\xFE\xFF")):
		name = UTF16BE
	}
	if name == "" {
		return nil, "", false
	}
	text, damaged := decodeAll(utf16(name), body[2:])
	if damaged*damagedUTF16 > len(body)/2 || controls(text) > allowedControls+len(text)/controlShare {
		return nil, "", false
	}
	return text, name, true
}

func utf16(name string) encoding.Encoding {
	if name == UTF16BE {
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
}

// unmarkedUTF16 recognises UTF-16 without a mark by its zero bytes, which stand on one
// side of every ASCII character, of which markup has many.
func unmarkedUTF16(body []byte) string {
	head := body[:min(len(body), headSize)]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	const share = 5 // at least a fifth of the bytes are zero, nearly all on one side
	switch {
	case (zeros[0]+zeros[1])*share < len(head) || len(head) < 8:
		return ""
	case zeros[0] > 20*zeros[1]:
		return UTF16BE
	case zeros[1] > 20*zeros[0]:
		return UTF16LE
	}
	return ""
}

// repairUTF8 replaces each broken sequence by one U+FFFD, as browsers do.
func repairUTF8(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		if r == utf8.RuneError && n == 1 {
			n = brokenLength(body)
			out = append(out, "\uFFFD"...)
		} else {
			out = append(out, body[:n]...)
		}
		body = body[n:]
	}
	return out
}
