package fetch

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"kaisei/internal/kaisei"
)

// BenchmarkNoChange is a look at a page of 50 kB that did not change, on loopback: by
// the client, and by a bare http.Client that asks the same and reads the body. The
// time of the server is in both.
func BenchmarkNoChange(b *testing.B) {
	page := bytes.Repeat([]byte("<p>人工知能関連技術の研究開発及び活用の推進</p>\n"), 750)
	packed := zipped(b, page)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if r.Header.Get("Accept-Encoding") == "gzip" && r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed)
			return
		}
		_, _ = w.Write(page)
	}))
	defer s.Close()
	for _, c := range []struct{ name, path, etag string }{
		{"304", "/", `"1"`}, {"same bytes", "/", ""}, {"same bytes gzip", "/gzip", ""},
	} {
		b.Run("kaisei/"+c.name, func(b *testing.B) {
			client := newClient(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Get(b.Context(), kaisei.Request{URL: s.URL + c.path, ETag: c.etag}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("bare/"+c.name, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
			defer client.CloseIdleConnections()
			b.ReportAllocs()
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.URL+c.path, nil)
				if err != nil {
					b.Fatal(err)
				}
				if c.etag != "" {
					req.Header.Set("If-None-Match", c.etag)
				}
				resp, err := client.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadAll(resp.Body); err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
			}
		})
	}
}

// BenchmarkArchive opens the corpus, and walks it.
func BenchmarkArchive(b *testing.B) {
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			openCorpus(b).Close()
		}
	})
	b.Run("walk", func(b *testing.B) {
		a := openCorpus(b)
		defer a.Close()
		client := &Client{Transport: a}
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range a.Records() {
				a.Set(r.At)
				if _, err := client.Get(b.Context(), kaisei.Request{URL: r.URL}); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
