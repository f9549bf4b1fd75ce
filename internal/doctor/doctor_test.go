package doctor

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kaisei/internal/kaisei"
)

// has asserts the one finding of a level, and that it says what to do where it is not well.
func has(t *testing.T, fs []Finding, level Level, words ...string) {
	t.Helper()
	for _, f := range fs {
		if f.Level != level {
			continue
		}
		for _, w := range words {
			if !strings.Contains(f.Text.EN+f.Text.JA, w) {
				t.Errorf("%q is not in %q", w, f.Text.EN)
			}
		}
		if (level == Warn || level == Fail) && (f.Do.JA == "" || f.Do.EN == "") {
			t.Errorf("%q does not say what to do", f.Text.EN)
		}
		if f.Text.JA == "" || f.Text.EN == "" || f.Text.JA == f.Text.EN {
			t.Errorf("%+v is not in both languages", f.Text)
		}
		return
	}
	t.Errorf("nothing is %s in %+v", level, fs)
}

func TestChecksRunTogetherInOrderAndWithinTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		defer close(stop)
		found := Run(t.Context(), []Check{
			{Name: "hangs", Run: func(context.Context) []Finding { <-stop; return nil }},
			{Name: "slow", Run: func(ctx context.Context) []Finding { <-ctx.Done(); return fine(T("遅い", "slow")) }},
			{Name: "breaks", Run: func(context.Context) []Finding { panic("index out of range") }},
			{Name: "asks", Network: true, Run: func(context.Context) []Finding { panic("asked") }},
			{Name: "well", Title: T("良", "well"), Run: func(context.Context) []Finding { return fine(T("はい", "yes")) }},
		}, true)
		var got []string
		for _, f := range found {
			got = append(got, f.Check+" "+string(f.Level))
		}
		if want := "[hangs fail slow ok breaks fail asks skip well ok]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
		if Worst(found) != Fail || Worst(found[3:]) != OK {
			t.Errorf("the worst is %s", Worst(found))
		}
		if b, err := json.Marshal(found[4]); err != nil || strings.Contains(string(b), `"do"`) {
			t.Errorf("%s, %v", b, err)
		}
	})
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	has(t, Folder(dir), OK, dir)
	has(t, Folder(filepath.Join(dir, "not", "yet")), OK, "not there yet")
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	has(t, Folder(dir), Warn, "0777")
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	has(t, Folder(file), Fail, "no folder")
	if left, _ := filepath.Glob(filepath.Join(dir, ".kaisei-doctor-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if os.Getuid() != 0 {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		has(t, Folder(dir), Fail, "cannot be written")
	}
}

func TestSecretsThatOthersMayRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kaisei.toml")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	has(t, Secrets(file, true), Warn, "0644")
	has(t, Secrets(file, false), OK)
	if err := os.Chmod(file, 0o622); err != nil {
		t.Fatal(err)
	}
	has(t, Secrets(file, false), Warn, "may write")
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	has(t, Secrets(file, true), OK)
	has(t, Secrets(file+".gone", true), Fail)
}

func TestDisks(t *testing.T) {
	has(t, Disk(t.TempDir(), 0, 0), Disk(t.TempDir(), 0, 0)[0].Level, "free")
	has(t, space(100<<30, 1<<30, 100<<20), OK, "100 MB a month", "room for about 1024 months")
	has(t, space(LeastFree-1, 0, 0), Fail)
	has(t, space(FewFree-1, 0, 0), Warn)
	has(t, space(20<<30, 30<<30, 0), Warn)
	has(t, space(20<<30, 1<<30, 10<<30), Warn, "2 months")
	has(t, Sync(t.TempDir()), Sync(t.TempDir())[0].Level)
	has(t, syncTook(time.Millisecond), OK, "1ms")
	has(t, syncTook(SlowSync), Warn)
	has(t, syncTook(DeadSync), Fail)
	has(t, files(LeastFiles-1), Fail)
	has(t, files(FewFiles-1), Warn)
	has(t, files(FewFiles), OK)
	has(t, Files(), Files()[0].Level)
	has(t, Zone("UTC"), OK, "UTC")
}

// site is a site of loopback, and a web that knows only it.
func site(t *testing.T, h http.HandlerFunc) *Web {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &Web{URLs: []string{s.URL + "/index.html"}, UserAgent: "kaisei/9", Roots: roots}
}

func dated(skew time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-skew).UTC().Format(http.TimeFormat))
		fmt.Fprint(w, "User-agent: *\n", r.Header.Get("User-Agent"))
	}
}

func TestAClockThatIsWrong(t *testing.T) {
	has(t, site(t, dated(0)).Clock(t.Context()), OK, "1")
	has(t, site(t, dated(5*time.Minute)).Clock(t.Context()), Fail, "fast")
	has(t, site(t, dated(-2*time.Hour)).Clock(t.Context()), Fail, "slow")
	none := &Web{URLs: []string{"https://127.0.0.1:1/"}}
	has(t, none.Clock(t.Context()), Skip)
}

func TestSitesInReach(t *testing.T) {
	var asked []string
	w := site(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("User-Agent"))
	})
	has(t, w.Reach(t.Context()), OK, "of 1 hosts, 1")
	has(t, w.Trust(t.Context()), OK)
	has(t, w.Clock(t.Context()), OK)
	if fmt.Sprint(asked) != "[/robots.txt kaisei/9]" {
		t.Errorf("asked for %v, once for robots.txt is polite", asked)
	}
	for _, status := range []int{http.StatusForbidden, http.StatusAccepted} {
		wall := site(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		has(t, wall.Reach(t.Context()), Warn, fmt.Sprint(status))
	}
	// One host of two is down.
	half := site(t, dated(0))
	half.URLs = append(half.URLs, "https://localhost:1/")
	fs := half.Reach(t.Context())
	has(t, fs, Warn, "localhost", "refused")
	has(t, fs, OK, "of 2 hosts, 1")
}

func TestWithoutANetworkThereAreFewLines(t *testing.T) {
	w := &Web{Resolver: dead()}
	for i := range 40 {
		w.URLs = append(w.URLs, fmt.Sprintf("https://h%d.example/", i))
	}
	var all []Finding
	for _, check := range []func(context.Context) []Finding{w.Names, w.Reach, w.Clock, w.Trust} {
		all = append(all, check(t.Context())...)
	}
	has(t, all[:1], Fail, "none of the names of 40 hosts")
	has(t, all[1:2], Fail, "no way to the internet", "dns 40")
	if len(all) != 4 || all[2].Level != Skip || all[3].Level != Skip {
		t.Errorf("%d lines: %+v", len(all), all)
	}
}

// dead is a resolver whose server is not there.
func dead() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, fmt.Errorf("network is unreachable")
	}}
}

func TestNamesThatDoNotResolve(t *testing.T) {
	w := &Web{URLs: []string{"https://localhost/", "https://nosuch.invalid/"}, Resolver: dead()}
	has(t, w.Names(t.Context()), Warn, "nosuch.invalid")
	has(t, (&Web{URLs: []string{"https://localhost/"}}).Names(t.Context()), OK)
}

func TestCertificatesThatDoNotVerify(t *testing.T) {
	w := site(t, dated(0))
	w.Roots = x509.NewCertPool()
	has(t, w.Trust(t.Context()), Fail, "no site")
	good := site(t, dated(0))
	good.URLs = append(good.URLs, strings.Replace(w.URLs[0], "127.0.0.1", "localhost", 1))
	has(t, good.Trust(t.Context()), Warn, "localhost")
}

func TestProxies(t *testing.T) {
	through := func(address string) *Web {
		u, err := url.Parse(address)
		return &Web{URLs: []string{"https://h.example/"}, Proxy: func(*http.Request) (*url.URL, error) { return u, err }}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fs := through("http://user:geheim@" + l.Addr().String()).Through(t.Context())
	has(t, fs, OK, l.Addr().String())
	fs = append(fs, through("http://user:geheim@127.0.0.1:1").Through(t.Context())...)
	has(t, fs, Fail, "127.0.0.1:1", "refused")
	fs = append(fs, through("http://user:geheim@ proxy").Through(t.Context())...)
	has(t, fs[2:], Fail, "no usable address")
	if b, err := json.Marshal(fs); err != nil || strings.Contains(string(b), "geheim") || strings.Contains(string(b), "user") {
		t.Errorf("the credentials of the proxy are shown: %s", b)
	}
	has(t, through("http://127.0.0.1:1").Names(t.Context()), Skip)
	has(t, (&Web{URLs: []string{"https://h.example/"}}).Through(t.Context()), OK)
}

func TestEveryRemedyIsInBothLanguages(t *testing.T) {
	for _, reason := range []string{"dns", "tls", "proxy", "refused", "timeout", "unreachable", "network"} {
		if do := doFor(reason); do.JA == "" || do.EN == "" {
			t.Errorf("%s: %+v", reason, do)
		}
	}
	if (kaisei.Text{}) != T("", "") {
		t.Error("an empty text is not empty")
	}
}
