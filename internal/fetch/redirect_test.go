package fetch

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

func TestGetFollowsAndRecordsRedirects(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a":
			http.Redirect(w, r, "b?x=1#part", http.StatusMovedPermanently)
		case "/b":
			http.Redirect(w, r, "/c", http.StatusTemporaryRedirect)
		case "/c":
			fmt.Fprint(w, "text")
		}
	})
	got, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/a"})
	if err != nil || got.URL != s.URL+"/a" || got.FinalURL != s.URL+"/c" || !slices.Equal(got.Redirects, []string{s.URL + "/b?x=1", s.URL + "/c"}) {
		t.Errorf("%+v, %v", got.Snapshot, err)
	}
}

func TestAttackEndlessRedirectsAreGivenUp(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		switch {
		case strings.HasPrefix(r.URL.Path, "/circle"):
			http.Redirect(w, r, "/circle"+map[string]string{"/circle": "2", "/circle2": ""}[r.URL.Path], http.StatusFound)
		default:
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}
	})
	_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/x"})
	if f := wantCause(t, err, kaisei.CauseRedirectLoop); n != MaxRedirects+1 || f.Status != 302 {
		t.Errorf("%d requests, %v", n, f)
	}
	n = 0
	_, err = newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/circle"})
	if wantCause(t, err, kaisei.CauseRedirectLoop); n != 2 {
		t.Errorf("%d requests for a circle", n)
	}
}

func TestGetFollowsARedirectToItselfThatSetsACookie(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("seen"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return
		}
		fmt.Fprint(w, "text")
	})
	c := newClient(t)
	for range 2 { // the second visit starts without cookies and ends the same
		got, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/"})
		if err != nil || string(got.Body) != "text" || len(got.Redirects) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestAttackRedirectsAreCheckedOneByOne(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(302)
			return
		}
		t.Errorf("reached as %s", r.Host)
	})
	_, port, _ := strings.Cut(s.Listener.Addr().String(), ":")
	for to, cause := range map[string]kaisei.Cause{
		"http://127.0.0.2:" + port + "/":           kaisei.CauseForbidden,
		"http://[::1]:" + port + "/":               kaisei.CauseForbidden,
		"http://[::ffff:127.0.0.2]:" + port + "/":  kaisei.CauseForbidden,
		"http://169.254.169.254/latest/meta-data/": kaisei.CauseForbidden,
		"http://[fd00:ec2::254]/":                  kaisei.CauseForbidden,
		"http://0.0.0.0:" + port + "/":             kaisei.CauseForbidden,
		"//127.0.0.2:" + port + "/":                kaisei.CauseForbidden,
		s.URL + "/?to=http://10.0.0.1/":            kaisei.CauseForbidden,
		"file:///etc/passwd":                       kaisei.CauseRedirect,
		"gopher://127.0.0.1:" + port + "/":         kaisei.CauseRedirect,
		"javascript:alert(1)":                      kaisei.CauseRedirect,
		"http://user:pw@127.0.0.1:" + port + "/":   kaisei.CauseRedirect,
		"http://%zz/":                              kaisei.CauseRedirect,
		"http:///nowhere":                          kaisei.CauseRedirect,
	} {
		_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/?to=" + strings.ReplaceAll(to, "%", "%25")})
		wantCause(t, err, cause)
	}
}

func TestGetLeadsOnlyToTheHostsOfTheRequest(t *testing.T) {
	v := func(first string, hosts []string) *visit {
		u, fault := parseURL(first)
		if fault != nil {
			t.Fatal(fault)
		}
		return &visit{first: u, request: kaisei.Request{Policy: kaisei.FetchPolicy{Hosts: hosts}}}
	}
	for _, c := range []struct {
		first string
		hosts []string
		to    string
		want  bool
	}{
		{"https://www8.cao.go.jp/", nil, "https://example.com/", true},
		{"https://www8.cao.go.jp/", []string{}, "https://www.cao.go.jp/", true},
		{"https://www8.cao.go.jp/", []string{}, "https://WWW8.cao.go.jp:8443/", true},
		{"https://www8.cao.go.jp/", []string{}, "https://www.meti.go.jp/", false}, // go.jp is no registrable domain
		{"https://www8.cao.go.jp/", []string{"www.meti.go.jp"}, "https://WWW.METI.go.jp/", true},
		{"https://www8.cao.go.jp/", []string{"meti.go.jp"}, "https://www.meti.go.jp/", false},
		{"https://www8.cao.go.jp/", []string{".go.jp"}, "https://www.METI.go.jp/", true},
		{"https://www8.cao.go.jp/", []string{".go.jp"}, "https://notgo.jp/", false},
		{"https://www8.cao.go.jp/", []string{".go.jp"}, "https://go.jp.example.com/", false},
		{"https://www8.cao.go.jp/", []string{".go.jp"}, "https://.go.jp/", false},
		{"http://127.0.0.1:1/", []string{}, "http://127.0.0.1:2/", true},
		{"http://127.0.0.1/", []string{}, "http://127.0.0.2/", false},
		{"https://cao.go.jp.example.com/", []string{}, "https://www.cao.go.jp/", false},
	} {
		u, fault := parseURL(c.to)
		if fault != nil {
			t.Fatal(fault)
		}
		if got := v(c.first, c.hosts).mayLead(u); got != c.want {
			t.Errorf("%s with %q to %s: %v", c.first, c.hosts, c.to, got)
		}
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://www.example.com/home", http.StatusFound)
	})
	_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL, Policy: kaisei.FetchPolicy{Hosts: []string{"www.example.go.jp"}}})
	if f := wantCause(t, err, kaisei.CauseRedirectAway); !strings.Contains(f.Detail, "www.example.com") {
		t.Errorf("%v", f)
	}
}

// TestValidatorsDoNotFollowToWhereTheyMeanSomethingElse: a URL that begins to redirect to
// an older file must not be called unchanged.
func TestValidatorsDoNotFollowToWhereTheyMeanSomethingElse(t *testing.T) {
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
			t.Errorf("another host was asked conditionally: %v", r.Header)
		}
		fmt.Fprint(w, "other")
	})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			if r.Header.Get("If-Modified-Since") == "" || r.Header.Get("If-None-Match") == "" {
				t.Errorf("the URL itself was not asked conditionally: %v", r.Header)
			}
			http.Redirect(w, r, "/new", http.StatusFound)
		case "/new":
			if r.Header.Get("If-Modified-Since") != "" || r.Header.Get("If-None-Match") != `"1"` {
				t.Errorf("after a redirect on the host: %v", r.Header)
			}
			fmt.Fprint(w, "new")
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusFound)
		}
	})
	for path, want := range map[string]string{"/moved": "new", "/away": "other"} {
		got, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + path, ETag: `"1"`, LastModified: "Tue, 31 Mar 2026 15:00:00 GMT"})
		if err != nil || string(got.Body) != want {
			t.Errorf("%s: %q, %v", path, got.Body, err)
		}
	}
}
