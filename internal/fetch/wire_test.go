package fetch

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"kaisei/internal/kaisei"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for ip, public := range map[string]bool{
		"8.8.8.8": true, "210.149.190.1": true, "2001:4860:4860::8888": true, "2400:cb00::1": true, "64:ff9b::808:808": true, "::ffff:8.8.8.8": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false, "127.0.0.1": false, "127.255.255.255": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.192": false, "192.168.1.1": false, "198.18.0.1": false, "224.0.0.1": false,
		"255.255.255.255": false, "::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "::7f00:1": false, "100::1": false, "5f00::1": false, "2001:4860::1%eth0": false,
		"172.32.0.1": true, "100.128.0.1": true, "11.0.0.1": true, "192.0.1.1": true,
	} {
		if why := whyNotPublic(netip.MustParseAddr(ip)); (why == "") != public {
			t.Errorf("%s is %q, want public: %v", ip, why, public)
		}
	}
}

func TestAttackPrivateAddressesAreNotReachedHoweverWritten(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("reached by %s", r.Host) })
	_, port, _ := strings.Cut(s.Listener.Addr().String(), ":")
	for _, host := range []string{"127.0.0.1", "127.0.0.2", "localhost", "0.0.0.0", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "[fe80::1%25lo]", "127.1", "0x7f.1", "2130706433", "127.0.0.1."} {
		c := &Client{}
		_, err := c.Get(t.Context(), kaisei.Request{URL: "http://" + host + ":" + port + "/"})
		f := wantAnyCause(t, err, kaisei.CauseForbidden, kaisei.CauseDNS)
		if strings.HasPrefix(host, "127.0.") && f.Cause != kaisei.CauseForbidden {
			t.Errorf("%s: %v", host, f)
		}
		c.CloseIdle()
	}
}

func wantAnyCause(t testing.TB, err error, causes ...kaisei.Cause) *kaisei.Fault {
	t.Helper()
	for _, c := range causes {
		if kaisei.CauseOf(err) == c {
			return wantCause(t, err, c)
		}
	}
	t.Fatalf("error %v, want one of %v", err, causes)
	return nil
}

func TestGetAllowsWhatTheOperatorAllowsAndNoMore(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "text") })
	c := newClient(t)
	if _, err := c.Get(t.Context(), kaisei.Request{URL: s.URL}); err != nil {
		t.Error(err)
	}
	mapped := strings.Replace(s.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1)
	if _, err := c.Get(t.Context(), kaisei.Request{URL: mapped}); err != nil {
		t.Error(err)
	}
	other := strings.Replace(s.URL, "127.0.0.1", "127.0.0.2", 1)
	_, err := c.Get(t.Context(), kaisei.Request{URL: other})
	wantCause(t, err, kaisei.CauseForbidden)
}

// TestAttackDNSThatChangesBetweenCheckAndDial has a name that is harmless whenever it is looked
// up by a check and not when it is looked up for the connection.
func TestAttackDNSThatChangesBetweenCheckAndDial(t *testing.T) {
	var reached sync.Map
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reached.Store(r.URL.Path, true)
		w.Header().Set("Connection", "close")
		fmt.Fprint(w, "text")
	})
	_, port, _ := strings.Cut(s.Listener.Addr().String(), ":")
	c := newClient(t)
	c.Gap = 1
	c.Resolver = resolver(t, func(name string, n int) []string {
		switch {
		case name == "rebind.example.go.jp." && n == 0:
			return []string{"127.0.0.1"} // allowed
		case name == "rebind.example.go.jp.":
			return []string{"127.0.0.2"}
		case name == "both.example.go.jp.":
			return []string{"127.0.0.3", "127.0.0.1"}
		}
		return []string{"127.0.0.4"}
	})
	if _, err := c.Get(t.Context(), kaisei.Request{URL: "http://rebind.example.go.jp:" + port + "/first"}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Get(t.Context(), kaisei.Request{URL: "http://rebind.example.go.jp:" + port + "/second"})
	if f := wantCause(t, err, kaisei.CauseForbidden); !strings.Contains(f.Detail, "rebind.example.go.jp") || !strings.Contains(f.Detail, "127.0.0.2") {
		t.Errorf("%v", f)
	}
	if _, again := reached.Load("/second"); again {
		t.Error("the second request arrived")
	}
	// Of several addresses the allowed one is taken.
	if _, err := c.Get(t.Context(), kaisei.Request{URL: "http://both.example.go.jp:" + port + "/both"}); err != nil {
		t.Error(err)
	}
	_, err = c.Get(t.Context(), kaisei.Request{URL: "http://inside.example.go.jp/"})
	wantCause(t, err, kaisei.CauseForbidden)
}

// resolver answers A queries from a DNS server of the test. The function gets the name
// and how often it was asked for before; nil means that the name does not exist.
func resolver(t testing.TB, lookup func(name string, n int) []string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			name := q.Name.String()
			if q.Type == dnsmessage.TypeA {
				ips := lookup(name, asked[name])
				asked[name]++
				if ips == nil {
					m.RCode = dnsmessage.RCodeNameError
				}
				for _, ip := range ips {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
						Body:   &dnsmessage.AResource{A: netip.MustParseAddr(ip).As4()},
					})
				}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestProxyIsTrustedWithNamesButNotWithPrivateAddresses(t *testing.T) {
	var asked []string
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		fmt.Fprint(w, "by proxy")
	})
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{Gap: 1, Proxy: func(r *http.Request) (*url.URL, error) {
		if strings.HasSuffix(r.URL.Hostname(), ".direct.example") {
			return nil, nil
		}
		return at, nil
	}}
	c.Resolver = resolver(t, func(string, int) []string { return []string{"127.0.0.1"} })
	defer c.CloseIdle()
	got, err := c.Get(t.Context(), kaisei.Request{URL: "http://www.example.go.jp/a"})
	if err != nil || string(got.Body) != "by proxy" {
		t.Errorf("%q, %v", got.Body, err)
	}
	for _, u := range []string{
		"http://127.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://localhost/", "http://metadata/", "http://metadata.google.internal/",
		"http://printer.local/", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://a.127/", "http://www.direct.example/",
	} {
		_, err := c.Get(t.Context(), kaisei.Request{URL: u})
		wantCause(t, err, kaisei.CauseForbidden)
	}
	if len(asked) != 1 {
		t.Errorf("the proxy was asked for %q", asked)
	}
}
