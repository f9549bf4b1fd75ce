package config

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"strings"
)

// The least and greatest length of the key of a webhook's secret, in bytes (Standard Webhooks).
const (
	MinWebhookKey = 24
	MaxWebhookKey = 64
)

// webhookPrefix begins a secret whose key is written in Base64.
const webhookPrefix = "whsec_"

// WebhookKey returns the key of a secret: what Base64 stands for behind whsec_, or the secret itself.
func WebhookKey(s Secret) []byte {
	if text, ok := strings.CutPrefix(s.Reveal(), webhookPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil {
			return key
		}
	}
	return []byte(s.Reveal())
}

func (r *reading) webhook(key func(string) string, c Channel) {
	u, err := url.Parse(c.URL.Reveal())
	switch {
	case c.URL.IsZero():
		r.problem(key("url"), "is needed: where are events posted?")
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		r.problem(key("url"), "is not an https URL")
	case u.Scheme == "http" && !internal(u.Hostname()):
		r.problem(key("url"), "must be https: http is for this machine, private addresses and names without a dot or under .internal only")
	}
	if c.Secret.IsZero() {
		r.problem(key("secret"), "is needed to sign events: make one with 'openssl rand -base64 32' and write whsec_ before it")
	}
	for _, k := range []struct {
		key    string
		secret Secret
	}{{"secret", c.Secret}, {"old_secret", c.OldSecret}} {
		text, encoded := strings.CutPrefix(k.secret.Reveal(), webhookPrefix)
		_, err := base64.StdEncoding.DecodeString(text)
		switch n := len(WebhookKey(k.secret)); {
		case k.secret.IsZero():
		case encoded && err != nil:
			r.problem(key(k.key), "is not Base64 behind whsec_")
		case n < MinWebhookKey || n > MaxWebhookKey:
			r.problem(key(k.key), "must hold %d to %d bytes: make one with 'openssl rand -base64 32' and write whsec_ before it", MinWebhookKey, MaxWebhookKey)
		}
	}
	if !c.OldSecret.IsZero() && c.OldSecret.Reveal() == c.Secret.Reveal() {
		r.problem(key("old_secret"), "is the secret itself: leave it out")
	}
}

// internal reports whether a host is in a network of the operator's own by its name or address, where
// http is allowed.
func internal(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsPrivate()
	}
	return host != "" && (!strings.Contains(host, ".") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".localhost"))
}
