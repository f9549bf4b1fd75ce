package fetch

import (
	"net/url"
	"strings"
)

// URLKey writes a URL so that equivalent ones are equal: scheme and host in lower
// case, no default port, no fragment, a path, and percent-encoding only where it
// makes a difference, in upper case (RFC 3986, section 6.2.2). http and https differ.
func URLKey(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return raw
	}
	host := strings.ToLower(u.Host)
	scheme := strings.ToLower(u.Scheme)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	s := scheme + "://" + host + normalEscapes(path)
	if u.RawQuery != "" || u.ForceQuery {
		s += "?" + normalEscapes(u.RawQuery)
	}
	return s
}

// normalEscapes undoes percent-encoding of unreserved characters, writes the rest of
// it in upper case, and encodes what may not stand bare in a URL.
func normalEscapes(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			hi, lo := strings.IndexByte(hex, upper(s[i+1])), strings.IndexByte(hex, upper(s[i+2]))
			if hi >= 0 && lo >= 0 {
				if d := byte(hi<<4 | lo); unreserved(d) {
					b.WriteByte(d)
				} else {
					b.Write([]byte{'%', hex[hi], hex[lo]})
				}
				i += 2
				continue
			}
		}
		if c <= ' ' || c >= 0x7F || c == '"' || c == '<' || c == '>' {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'f' {
		return c - 'a' + 'A'
	}
	return c
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
