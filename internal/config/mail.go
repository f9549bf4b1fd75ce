package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strings"
)

const (
	// MinDKIMBits is the least length of an RSA key that signs: verifiers may take shorter ones for none (RFC 8301).
	MinDKIMBits = 1024
	// MaxUnsubscribe bounds the addresses of one List-Unsubscribe, and MaxUnsubscribeLength each: a line of a
	// header has at most 998 bytes.
	MaxUnsubscribe       = 2
	MaxUnsubscribeLength = 900
)

func (r *reading) email(key func(string) string, c Channel) {
	if c.Host == "" || strings.ContainsAny(c.Host, " /:@") {
		r.problem(key("host"), "must be the name of the SMTP server, without a port")
	}
	if c.Port < 1 || c.Port > 65535 {
		r.problem(key("port"), "must be between 1 and 65535")
	}
	r.oneOf(key("tls"), c.TLS, StartTLS, TLS, NoTLS)
	if c.User != "" && c.TLS == NoTLS && !loopback(c.Host) {
		r.problem(key("tls"), "must not be none with a user: the password would be sent in the clear")
	}
	if (c.User == "") != c.Password.IsZero() {
		r.problem(key("user"), "and password go together")
	}
	if !address(c.From) {
		r.problem(key("from"), "must be a mail address")
	}
	if len(c.To) == 0 {
		r.problem(key("to"), "must name at least one mail address")
	}
	for _, a := range c.To {
		if !address(a) {
			r.problem(key("to"), "%q is not a mail address", a)
		}
	}
	r.unsubscribe(key, c)
	r.dkim(key, c)
}

func (r *reading) unsubscribe(key func(string) string, c Channel) {
	if len(c.Unsubscribe) > MaxUnsubscribe {
		r.problem(key("unsubscribe"), "must be at most %d addresses: one for mail and one of a page", MaxUnsubscribe)
	}
	for _, u := range c.Unsubscribe {
		p, err := url.Parse(u)
		mailed := err == nil && p.Scheme == "mailto" && address(strings.TrimPrefix(strings.SplitN(u, "?", 2)[0], "mailto:"))
		if len(u) > MaxUnsubscribeLength || !printable(u) || strings.ContainsAny(u, " <>,") || !mailed && (err != nil || p.Scheme != "https" || p.Host == "") {
			r.problem(key("unsubscribe"), "%q is neither a mailto: nor an https: address", u)
		}
	}
}

func (r *reading) dkim(key func(string) string, c Channel) {
	if c.DKIMKey.IsZero() {
		for k, v := range map[string]string{"dkim_selector": c.DKIMSelector, "dkim_domain": c.DKIMDomain} {
			if v != "" && r.has(key(k)) {
				r.problem(key(k), "goes with dkim_key")
			}
		}
		return
	}
	unread := slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Key == key("dkim_key") })
	if _, err := DKIMKey(c.DKIMKey); err != nil && !unread {
		r.problem(key("dkim_key"), "%v", err)
	}
	if c.DKIMSelector == "" || !hostname(c.DKIMSelector) {
		r.problem(key("dkim_selector"), "is needed with dkim_key: the name before ._domainkey in the DNS")
	}
	if !hostname(c.DKIMDomain) {
		r.problem(key("dkim_domain"), "must be a domain, such as example.co.jp")
	}
}

// DKIMKey reads a private key that signs mail: PEM of an RSA key (PKCS #1 or #8) or an Ed25519 key (PKCS #8). The
// error holds nothing of it.
func DKIMKey(s Secret) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(s.Reveal()))
	if block == nil {
		return nil, errors.New("is not a private key in PEM: make one with 'openssl genrsa -out dkim.pem 2048' and write file:dkim.pem")
	}
	var key any
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, errors.New("is not a private key in the form PKCS #1 or #8, without a password")
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < MinDKIMBits {
			return nil, fmt.Errorf("has %d bits; mail systems take RSA keys from %d bits", k.N.BitLen(), MinDKIMBits)
		}
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, errors.New("is neither an RSA nor an Ed25519 key")
}

func address(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && strings.Contains(a.Address, "@") && !strings.ContainsAny(s, "\r\n")
}

// domainOf is the part of a mail address behind the @, or "".
func domainOf(s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return ""
	}
	_, domain, _ := strings.Cut(a.Address, "@")
	return domain
}

// hostname reports whether s is of letters, digits, hyphens and dots.
func hostname(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-._") == "" && !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
