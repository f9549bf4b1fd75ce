package fetch

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// written is what f writes as WARC.
func written(t testing.TB, zip bool, f func(w *WARCWriter) error) []byte {
	t.Helper()
	var b bytes.Buffer
	w := &WARCWriter{W: &b, Gzip: zip}
	if err := w.Info("kaisei/test", t0); err != nil {
		t.Fatal(err)
	}
	if err := f(w); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatWasFetchedIsWrittenAndReadBack(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "secret"})
			http.Redirect(w, r, "/moved", http.StatusMovedPermanently)
		case "/moved":
			http.Redirect(w, r, "/new.html", http.StatusTemporaryRedirect)
		default:
			w.Header().Set("Content-Type", "text/html; charset=Shift_JIS")
			w.Header().Set("ETag", `"7"`)
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			fmt.Fprint(z, "<p>\x89\xFC\x90\xB3</p>")
			z.Close()
		}
	})
	client := newClient(t)
	client.Now = func() time.Time { return t0 }
	c, err := client.Get(t.Context(), kaisei.Request{URL: s.URL + "/old", ETag: `"6"`})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(c.Hops) != "[301 307]" || c.Request["User-Agent"] == "" || c.Request["If-None-Match"] != `"6"` || c.Request["Cookie"] != "" {
		t.Errorf("evidence %v %v", c.Hops, c.Request)
	}
	for _, zip := range []bool{true, false} {
		data := written(t, zip, func(w *WARCWriter) error {
			if err := w.Exchange(Exchange{Snapshot: c.Snapshot, Body: c.Body}); err != nil {
				return err
			}
			if err := w.Revisit(Revisit{URL: c.URL, At: t0.Add(time.Hour), Of: c.Snapshot}); err != nil {
				return err
			}
			return w.Revisit(Revisit{URL: c.URL, At: t0.Add(2 * time.Hour), Of: c.Snapshot, NotModified: true})
		})
		if !zip {
			text := string(data)
			for _, want := range []string{
				"WARC/1.1\r\nWARC-Type: warcinfo\r\n", "HTTP/1.1 301 Moved Permanently\r\nLocation: ", "HTTP/1.1 307 Temporary Redirect\r\n", "GET /new.html HTTP/1.1\r\nHost: ",
				"WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n", "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\r\n",
				"WARC-Refers-To-Date: " + t0.Format(time.RFC3339Nano), "WARC-Block-Digest: sha256:", "WARC-Payload-Digest: sha256:", "WARC-Concurrent-To: <urn:uuid:", "If-None-Match: \"6\"",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("missing %q", want)
				}
			}
			for _, never := range []string{"secret", "Cookie", "Content-Encoding: gzip", "Transfer-Encoding: chunked"} {
				if strings.Contains(text, never) {
					t.Errorf("%q was written", never)
				}
			}
		}
		a := openBytes(t, data)
		if len(a.Warnings()) > 0 || len(a.Records()) != 5 {
			t.Errorf("%d records, %q", len(a.Records()), a.Warnings())
		}
		for hours, want := range []int{200, 200, 200} {
			a.Set(t0.Add(time.Duration(hours) * time.Hour))
			got, err := get(t, a, kaisei.Request{URL: c.URL})
			if err != nil || got.Status != want || got.Hash != c.Hash || got.FinalURL != c.FinalURL || got.ETag() != `"7"` || got.Header["Content-Type"] != "text/html; charset=Shift_JIS" {
				t.Errorf("after %d hours: %+v, %v", hours, got.Snapshot, err)
			}
		}
	}
}

func TestWhatWasNotKeptIsMarkedAsReconstructed(t *testing.T) {
	body := []byte("<!DOCTYPE html><p>本文</p>")
	data := string(written(t, false, func(w *WARCWriter) error {
		return w.Exchange(Exchange{Snapshot: kaisei.Snapshot{URL: "https://a.example/x?q=1", FinalURL: "https://a.example/y", Redirects: []string{"https://a.example/y"},
			Status: 200, At: t0, Hash: kaisei.Hash(body)}, Body: body})
	}))
	for _, want := range []string{"X-Kaisei-Reconstructed: status, response-headers\r\n", "HTTP/1.1 302 Found\r\n", "X-Kaisei-Reconstructed: response-headers\r\n", "X-Kaisei-Reconstructed: request-headers\r\n", "Content-Type: text/html\r\n"} {
		if !strings.Contains(data, want) {
			t.Errorf("missing %q in\n%s", want, data)
		}
	}
	data = string(written(t, false, func(w *WARCWriter) error {
		return w.Exchange(Exchange{Snapshot: kaisei.Snapshot{URL: "https://a.example/gone", Status: 404, At: t0}, NoBody: true})
	}))
	if !strings.Contains(data, "X-Kaisei-Reconstructed: response-headers, body\r\n") || !strings.Contains(data, "HTTP/1.1 404 Not Found\r\n") {
		t.Errorf("%s", data)
	}
}

func TestAFormIsWrittenAsItWasSent(t *testing.T) {
	data := string(written(t, false, func(w *WARCWriter) error {
		return w.Exchange(Exchange{Snapshot: kaisei.Snapshot{URL: "https://a.example/list?Page=2", Status: 200, At: t0, Form: true, Request: map[string]string{"Content-Type": formType}, Header: map[string]string{}}, Body: []byte("x")})
	}))
	if !strings.Contains(data, "POST /list HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nPage=2") {
		t.Errorf("%s", data)
	}
}

// FuzzWARCWriter writes what hostile sites may have sent and reads it back.
func FuzzWARCWriter(f *testing.F) {
	f.Add("https://a.example/", "text/html", "body", "v", true)
	f.Add("https://a.example/\r\nWARC-Type: x", "a\r\n\r\nHTTP/1.1 200 OK", "WARC/1.1\r\n", "\x00\xff", false)
	f.Add("https://a.example/日本", "", "\x1f\x8b\x08", "é\n", true)
	f.Add("http://[::1]:99999/", "x", "", "", false)
	f.Fuzz(func(t *testing.T, url, header, body, value string, zip bool) {
		s := kaisei.Snapshot{URL: "https://a.example/" + url, Status: 200, At: t0, Hash: kaisei.Hash([]byte(body)),
			Header: map[string]string{"Content-Type": header, "Server": value}, Request: map[string]string{"User-Agent": value}, Redirects: []string{url}}
		data := written(t, zip, func(w *WARCWriter) error {
			if err := w.Exchange(Exchange{Snapshot: s, Body: []byte(body)}); err != nil {
				return err
			}
			return w.Note(s.URL, t0, [][2]string{{"detail", value}})
		})
		file := filepath.Join(t.TempDir(), "x.warc")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := OpenArchive(file)
		if err != nil {
			t.Fatalf("%v\n%q", err, data)
		}
		defer a.Close()
		if len(a.Warnings()) > 0 {
			t.Errorf("%q\n%q", a.Warnings(), data)
		}
	})
}
