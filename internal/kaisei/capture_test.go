package kaisei

import "testing"

func TestHostIsLowerCaseAndKeepsItsPort(t *testing.T) {
	for in, want := range map[string]string{
		"https://WWW.Soumu.go.jp/a?b=https://x.example/": "www.soumu.go.jp",
		"http://127.0.0.1:8080/":                         "127.0.0.1:8080",
		"/menu/index.html":                               "",
		"http://[::1":                                    "",
	} {
		if got := Host(in); got != want {
			t.Errorf("the host of %q is %q, want %q", in, got, want)
		}
	}
}
