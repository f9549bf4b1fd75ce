package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func pkcs8(t *testing.T, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func ed25519PEM(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return pkcs8(t, key)
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

const letterKeys = `[[channel]]
name = "legal"
type = "email"
host = "smtp.example.co.jp"
from = "kaisei <kaisei@example.co.jp>"
to = ["legal@example.co.jp"]
`

func TestAKeyThatSignsMailIsReadOrSaidToBeNone(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	long := rsaKey(t, 2048)
	for _, c := range []struct{ name, text, want string }{
		{"Ed25519", ed25519PEM(t), ""},
		{"RSA in PKCS #8", pkcs8(t, long), ""},
		{"RSA in PKCS #1", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(long)})), ""},
		{"a short key", pkcs8(t, rsaKey(t, MinDKIMBits-8)), "has 1016 bits; mail systems take RSA keys from 1024 bits"},
		{"the least key", pkcs8(t, rsaKey(t, MinDKIMBits)), ""},
		{"ECDSA", pkcs8(t, curve), "is neither an RSA nor an Ed25519 key"},
		{"a public key", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")})), "is not a private key in the form"},
		{"no PEM", "hunter2", "is not a private key in PEM: make one with"},
	} {
		path := write(t, letterKeys+"dkim_key = \"file:dkim.pem\"\ndkim_selector = \"k1\"\n")
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), "dkim.pem"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Load(path)
		switch {
		case c.want == "" && (err != nil || got.Channels[0].DKIMDomain != "example.co.jp"):
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), ":7:1: channel[1].dkim_key: "+c.want) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestMailKeysThatCannotBeRightAreShownWithTheirPlace(t *testing.T) {
	t.Setenv("KEY", ed25519PEM(t))
	long := "https://example.co.jp/" + strings.Repeat("a", MaxUnsubscribeLength)
	for text, want := range map[string]string{
		`dkim_selector = "k1"`:                                                               ":7:1: channel[1].dkim_selector: goes with dkim_key",
		`dkim_domain = "example.co.jp"`:                                                      ":7:1: channel[1].dkim_domain: goes with dkim_key",
		`dkim_key = "env:KEY"`:                                                               "channel[1].dkim_selector: is needed with dkim_key",
		"dkim_key = \"env:KEY\"\ndkim_selector = \"k 1\"":                                    ":8:1: channel[1].dkim_selector: is needed with dkim_key",
		"dkim_key = \"env:KEY\"\ndkim_selector = \"k1\"\ndkim_domain = \"a@b\"":              ":9:1: channel[1].dkim_domain: must be a domain",
		`dkim_key = "file:none.pem"`:                                                         ":7:1: channel[1].dkim_key: read the secret",
		`unsubscribe = ["mailto:a@example.co.jp?subject=x", "https://example.co.jp/u?id=1"]`: "",
		`unsubscribe = ["mailto:a@b", "mailto:a@b", "mailto:a@b"]`:                           ":7:1: channel[1].unsubscribe: must be at most 2 addresses",
		`unsubscribe = ["http://example.co.jp/"]`:                                            "is neither a mailto: nor an https: address",
		`unsubscribe = ["a@example.co.jp"]`:                                                  "is neither a mailto: nor an https: address",
		`unsubscribe = ["mailto:nobody"]`:                                                    "is neither a mailto: nor an https: address",
		"unsubscribe = [\"https://example.co.jp/>\\r\\nBcc: all@example.com\"]":              "is neither a mailto: nor an https: address",
		`unsubscribe = ["` + long[:MaxUnsubscribeLength] + `"]`:                              "",
		`unsubscribe = ["` + long[:MaxUnsubscribeLength+1] + `"]`:                            "is neither a mailto: nor an https: address",
	} {
		got := problems(t, letterKeys+text+"\n")
		if (want == "") != (got == "") || !strings.Contains(got, want) || strings.Count(got, ".dkim_key: ") > 1 {
			t.Errorf("%s\ngot %q, want %q", text, got, want)
		}
	}
}
