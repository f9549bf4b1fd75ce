package charset

import (
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

const (
	// headSize is how much of a body is searched for a declaration. The WHATWG standard says
	// 1,024 bytes; ministries put scripts and comments before their <meta>.
	headSize = 8 << 10
	// maxClaims bounds the labels taken from one body.
	maxClaims = 6
)

// claim is an encoding that someone named.
type claim struct {
	name string
	enc  encoding.Encoding
}

// singleByte reports whether the encoding gives a character to nearly every byte, so
// that decoding without error proves nothing.
func (c claim) singleByte() bool {
	for _, p := range []string{"windows-", "iso-8859-", "koi8-", "mac", "x-mac", "ibm", "x-user-defined"} {
		if strings.HasPrefix(c.name, p) {
			return true
		}
	}
	return false
}

// deliberate reports whether the claims name a single-byte encoding that no server sends
// of its own accord, as many do with ISO-8859-1.
func deliberate(claims []claim) bool {
	for _, c := range claims {
		if c.singleByte() && c.name != Windows1252 {
			return true
		}
	}
	return false
}

// The patterns find labels where they stand in bytes of unknown encoding, all of which
// share ASCII.
var (
	headerPattern = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]+)`)
	metaPattern   = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]+)`)
	xmlPattern    = regexp.MustCompile(`^(\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*)(?:"([A-Za-z0-9_:.\-]+)"|'([A-Za-z0-9_:.\-]+)')`)
)

// labels returns the encodings named by the header, the <meta> elements and XML
// declaration at the start of the body, and the hint, in this order, each once.
// Unknown names are passed over.
func labels(body []byte, contentType, hint string) []claim {
	var claims []claim
	add := func(label string) {
		c, ok := lookup(label)
		if !ok || len(claims) == maxClaims {
			return
		}
		for _, have := range claims {
			if have.name == c.name {
				return
			}
		}
		claims = append(claims, c)
	}
	if m := headerPattern.FindStringSubmatch(contentType); m != nil {
		add(m[1])
	}
	head := body[:min(len(body), headSize)]
	for _, m := range metaPattern.FindAllSubmatch(head, maxClaims) {
		add(string(m[1]))
	}
	if m := xmlPattern.FindSubmatch(head); m != nil {
		add(string(m[2]) + string(m[3]))
	}
	add(hint)
	return claims
}

// lookup finds the encoding of a label: those of the WHATWG standard, and names of the
// Japanese ones that it lacks but that servers send.
func lookup(label string) (claim, bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	switch label {
	case "":
		return claim{}, false
	case "cp932", "ms-932", "windows-932", "x-ms-cp932", "sjis-win", "sjis-open", "x-sjis-cp932", "shift_jis-2004", "shift-jis-2004", "shift_jisx0213", "mskanji":
		label = ShiftJIS
	case "eucjp", "eucjp-win", "eucjp-ms", "eucjpms", "eucjp-open", "cp51932", "euc_jp", "ujis", "euc-jp-ms":
		label = EUCJP
	case "cp50220", "cp50221", "cp50222", "iso-2022-jp-ms", "iso-2022-jp-1", "iso-2022-jp-2", "jis":
		label = ISO2022JP
	case "utf_8", "utf8mb4":
		label = UTF8
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return claim{}, false
	}
	name, err := htmlindex.Name(enc)
	if err != nil || name == "replacement" || name == UTF16LE || name == UTF16BE {
		// UTF-16 shows in the bytes; where it does not, any bytes would pass for it.
		return claim{}, false
	}
	return claim{name: name, enc: enc}, true
}
