package config

import (
	"strings"
	"testing"
)

func TestAWebhookIsHTTPSOrInAPrivateNetworkAndSigned(t *testing.T) {
	const good = "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n"
	for lines, want := range map[string]string{
		"url = \"https://hooks.example.com/x\"\n" + good: "",
		"url = \"https://10.1.2.3/x\"\n" + good:          "",
		"url = \"http://127.0.0.1:9000/x\"\n" + good:     "",
		"url = \"http://10.1.2.3/x\"\n" + good:           "",
		"url = \"http://[fd00::1]/x\"\n" + good:          "",
		"url = \"http://n8n:5678/x\"\n" + good:           "",
		"url = \"http://register.internal/x\"\n" + good:  "",
		"url = \"http://hooks.example.com/x\"\n" + good:  ":4:1: channel[1].url: must be https: http is for this machine",
		"url = \"http://203.0.113.9/x\"\n" + good:        "channel[1].url: must be https",
		"url = \"http://169.254.169.254/x\"\n" + good:    "channel[1].url: must be https",
		"url = \"ftp://hooks.example.com/x\"\n" + good:   "channel[1].url: is not an https URL",
		good: "channel[1].url: is needed",
		"url = \"https://hooks.example.com/x\"\n":                                                       "channel[1].secret: is needed to sign events: make one with 'openssl rand -base64 32'",
		"url = \"https://h.example.com/x\"\nsecret = \"short\"\n":                                       "channel[1].secret: must hold 24 to 64 bytes",
		"url = \"https://h.example.com/x\"\nsecret = \"whsec_c2hvcnQ=\"\n":                              "channel[1].secret: must hold 24 to 64 bytes",
		"url = \"https://h.example.com/x\"\nsecret = \"whsec_***\"\n":                                   "channel[1].secret: is not Base64 behind whsec_",
		"url = \"https://h.example.com/x\"\n" + good + strings.Replace(good, "secret", "old_secret", 1): "channel[1].old_secret: is the secret itself",
		"url = \"https://h.example.com/x\"\n" + good + "old_secret = \"short\"\n":                       "channel[1].old_secret: must hold",
		"url = \"https://h.example.com/x\"\n" + good + "token = \"x\"\n":                                "channel[1].token: is for channels of type slack",
		"url = \"https://h.example.com/x\"\n" + good + "digest = \"weekly\"\n":                          "channel[1].digest: is for channels of type email or console",
	} {
		got := problems(t, "[[channel]]\nname = \"w\"\ntype = \"webhook\"\n"+lines)
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s\ngot %q, want %q", lines, got, want)
		}
		for _, secret := range []string{"MfKQ9r8G", "c2hvcnQ", "hooks.example.com/x"} {
			if strings.Contains(got, secret) {
				t.Errorf("a secret is printed: %s", got)
			}
		}
	}
}

func TestTeamsNeedsAnHTTPSWebhookAndAFileItsPath(t *testing.T) {
	for text, want := range map[string]string{
		"type = \"teams\"\nwebhook = \"https://a.logic.azure.com/x\"": "",
		"type = \"teams\"\nwebhook = \"http://a.logic.azure.com/x\"":  "channel[1].webhook: must be the https URL",
		"type = \"teams\"": "channel[1].webhook: must be the https URL",
		"type = \"teams\"\nwebhook = \"https://a/x\"\nurl = \"https://a/x\"": "channel[1].url: is for channels of type webhook",
		"type = \"email\"\nwebhook = \"https://a/x\"":                        "channel[1].webhook: is for channels of type slack or teams",
		"type = \"file\"\npath = \"events.jsonl\"":                           "",
		"type = \"file\"":                                     "channel[1].path: must name a file",
		"type = \"file\"\npath = \"a/\"":                      "channel[1].path: must name a file",
		"type = \"file\"\npath = \"a\"\nmax_size = \"10KiB\"": "channel[1].max_size: must be at least 1MiB",
	} {
		if got := problems(t, "[[channel]]\nname = \"c\"\n"+text+"\n"); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s\ngot %q, want %q", text, got, want)
		}
	}
}
