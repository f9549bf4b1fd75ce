package watch_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"kaisei/internal/classify"
	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// BenchmarkLookWithoutChange is one look at one page of 50 KB over loopback that finds nothing new,
// with a synced commit to the store: answered 304, with the same bytes, and with
// new bytes (a counter) whose text is the same.
func BenchmarkLookWithoutChange(b *testing.B) {
	body := html("通知", strings.Repeat(duty, 300))
	for _, mode := range []string{"not-modified", "same-bytes", "same-text"} {
		b.Run(mode, func(b *testing.B) {
			var visits atomic.Int64
			site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=UTF-8")
				if mode == "not-modified" {
					w.Header().Set("ETag", `"1"`)
					if r.Header.Get("If-None-Match") == `"1"` {
						w.WriteHeader(http.StatusNotModified)
						return
					}
				}
				fmt.Fprint(w, body)
				if mode == "same-text" {
					fmt.Fprintf(w, "<footer>あなたは%d人目の訪問者です</footer>", visits.Add(1))
				}
			}))
			defer site.Close()
			db, err := bolt.Open(filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			rules, err := classify.Load()
			if err != nil {
				b.Fatal(err)
			}
			catalog, err := sources.Load()
			if err != nil {
				b.Fatal(err)
			}
			w := &watch.Watcher{
				Catalog: catalog, Read: &extract.Extractor{}, Rules: rules, Store: db,
				Fetch: &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
			}
			s := sources.Adhoc(kaisei.KindPage, site.URL+"/notice.html")
			look := func() kaisei.Verdict {
				r, err := w.Check(b.Context(), s, watch.Options{All: true})
				if err != nil {
					b.Fatal(err)
				}
				return r.Looks[0].Verdict
			}
			if v := look(); v != kaisei.VerdictFirst {
				b.Fatalf("the first look was %s", v)
			}
			b.ReportAllocs()
			for b.Loop() {
				if v := look(); string(v) != mode {
					b.Fatalf("the look was %s, want %s", v, mode)
				}
			}
		})
	}
}
