package watch_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// siege is a kaisei with all its real parts that watches one hostile site on loopback.
type siege struct {
	t       *testing.T
	site    *httptest.Server
	asked   atomic.Int64
	now     time.Time
	catalog *sources.Catalog
	db      *bolt.DB
	path    string
	w       *watch.Watcher
}

// besieged watches "/" of the site as the rows say, which may use %[1]s for its address.
func besieged(t *testing.T, rows string, h http.HandlerFunc) *siege {
	t.Helper()
	s := &siege{t: t, now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), path: filepath.Join(t.TempDir(), "kaisei.db")}
	s.site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		h(w, r)
	}))
	t.Cleanup(s.site.Close)
	var err error
	head := "[authority]\nmihon = { ja = \"見本省\", en = \"Ministry of Samples\" }\n[[source]]\nid = \"mihon/site\"\nauthority = \"mihon\"\ntitle = { ja = \"見本\", en = \"Sample\" }\nschedule = \"0 * * * *\"\nlayer = \"news\"\n"
	if s.catalog, err = sources.Load(sources.File{Name: "siege.toml", Data: []byte(head + strings.ReplaceAll(rows, "SITE", s.site.URL))}); err != nil {
		t.Fatal(err)
	}
	if s.db, err = bolt.Open(s.path, bolt.Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := &fetch.Client{UserAgent: "kaisei-test", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Timeout: 20 * time.Second}
	t.Cleanup(func() {
		c.CloseIdle()
		if err := s.db.Check(); err != nil {
			t.Errorf("the store after the attack: %v", err)
		}
		s.db.Close()
	})
	s.w = &watch.Watcher{Catalog: s.catalog, Fetch: c, Read: &extract.Extractor{}, Rules: rules, Store: s.db, Now: func() time.Time { return s.now }}
	return s
}

// look looks an hour later and returns what it came to.
func (s *siege) look() watch.Report {
	s.t.Helper()
	s.now = s.now.Add(time.Hour)
	row, _ := s.catalog.Source("mihon/site")
	r, err := s.w.Check(s.t.Context(), row, watch.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// size is how large the store is.
func (s *siege) size() int64 {
	s.t.Helper()
	i, err := os.Stat(s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	return i.Size()
}

// cost runs f and returns its time and what it allocates and holds afterwards.
func cost(f func()) (took time.Duration, allocated, held int64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	allocated = int64(after.TotalAlloc - before.TotalAlloc)
	runtime.GC()
	runtime.ReadMemStats(&after)
	return took, allocated, int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

const attackedPage = "kind = \"page\"\nurl = \"SITE/\"\nlanguage = \"ja\"\n"

const attackedIndex = "kind = \"index\"\nurl = \"SITE/\"\nlanguage = \"ja\"\nrecheck = \"1h\"\n  [[source.follow]]\n  text = '指針'\n  as = \"document\"\n  [[source.follow]]\n  text = '次へ'\n  as = \"listing\"\n"

func TestAttackAWholeLookReachesNothingInside(t *testing.T) {
	inside := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the inside was reached as %s", r.Host) }))
	inside.Listener.Close()
	var err error
	if inside.Listener, err = net.Listen("tcp", "127.0.0.2:0"); err != nil {
		t.Skip("this system has one loopback address")
	}
	inside.Start()
	defer inside.Close()
	port := inside.URL[strings.LastIndexByte(inside.URL, ':')+1:]
	targets := []string{
		"http://169.254.169.254/latest/meta-data/", "http://[::1]:" + port + "/", "http://2130706434:" + port + "/", "http://[::ffff:127.0.0.2]:" + port + "/",
		"http://[64:ff9b::a9fe:a9fe]/", "http://user:hunter2@127.0.0.2:" + port + "/",
	}
	var links strings.Builder
	for i, to := range targets {
		fmt.Fprintf(&links, `<li><a href="/to?n=%d">指針 第%d部</a></li><li><a href="%s">指針 別添%d</a></li>`, i, i, to, i)
	}
	s := besieged(t, attackedIndex, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/to" {
			var n int
			fmt.Sscan(r.URL.Query().Get("n"), &n)
			w.Header().Set("Location", targets[n])
			w.WriteHeader(http.StatusFound)
			return
		}
		fmt.Fprint(w, html("一覧", "<ul>"+links.String()+"</ul>"))
	})
	r := s.look()
	refused, listed := 0, ""
	for _, l := range r.Looks {
		if strings.Contains(l.Detail+l.URL, "hunter2") {
			t.Errorf("the ledger holds a secret: %+v", l)
		}
		switch l.Cause {
		case kaisei.CauseForbidden, kaisei.CauseRedirectAway, kaisei.CauseRedirect:
			refused++
		case "":
			listed = l.Detail
		default:
			t.Errorf("%+v", l)
		}
	}
	if refused != len(targets) || !strings.Contains(listed, "169.254.169.254 (1)") || len(r.Changes) > 0 {
		t.Errorf("%d of %d redirects were refused; the listing says %q: %s", refused, len(targets), listed, describe(r.Looks))
	}
}

func TestAttackLinksLeadOnlyToHostsTheCatalogueAllows(t *testing.T) {
	var asked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, html("指針", duty))
	}))
	defer other.Close()
	away := strings.Replace(other.URL, "127.0.0.1", "localhost", 1) // another name
	for hosts, want := range map[string]int64{"": 0, "\n  [source.fetch]\n  hosts = [\"localhost.example.jp\"]\n": 0} {
		s := besieged(t, attackedIndex+hosts, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, html("一覧", `<ul><li><a href="/own">指針 本編</a></li><li><a href="`+away+`/a">指針 別添1</a></li><li><a href="`+away+`/b">指針 別添2</a></li></ul>`))
		})
		r := s.look()
		last := r.Looks[len(r.Looks)-1]
		if asked.Load() != want || !strings.Contains(last.Detail, "localhost (2)") || !last.Verdict.Good() {
			t.Errorf("%d requests went to the other host; the ledger says %s", asked.Load(), describe(r.Looks))
		}
	}
}

func TestAttackAnIndexOfManyThousandLinksIsBounded(t *testing.T) {
	var page strings.Builder
	links := 12_000
	if testing.Short() {
		links = 2_000
	}
	for i := range links {
		fmt.Fprintf(&page, `<li><a href="/d/%d.html">指針 第%d号</a></li>`, i, i)
	}
	index := html("一覧", "<ul>"+page.String()+"</ul>")
	s := besieged(t, attackedIndex, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			fmt.Fprint(w, index)
			return
		}
		fmt.Fprint(w, html("指針 "+r.URL.Path, "<p>"+r.URL.Path+"の記録を保存するものとする。</p>"))
	})
	var r watch.Report
	took, _, held := cost(func() { r = s.look() })
	if n := s.asked.Load(); n > watch.MaxFetches+1 {
		t.Errorf("%d requests in one look", n)
	}
	last := r.Looks[len(r.Looks)-1]
	if last.Cause != kaisei.CauseLimit {
		t.Errorf("the ledger ends with %+v", last)
	}
	if took > 60*time.Second || held > 64<<20 {
		t.Errorf("%v, %d MB held", took, held>>20)
	}
	t.Logf("%v, %d requests, %d MB held, store %d MB", took, s.asked.Load(), held>>20, s.size()>>20)
}

func TestAttackAFeedOfTwoHundredThousandItemsIsRefusedCheaply(t *testing.T) {
	var feed bytes.Buffer
	z := gzip.NewWriter(&feed)
	fmt.Fprint(z, `<?xml version="1.0"?><rss version="2.0"><channel><title>新着</title>`)
	for i := range 200_000 {
		fmt.Fprintf(z, "<item><title>生成AI 第%d号</title><link>https://a.example/%d.html</link><description>人工知能</description></item>", i, i)
	}
	fmt.Fprint(z, "</channel></rss>")
	z.Close()
	s := besieged(t, "kind = \"feed\"\nurl = \"SITE/\"\nlanguage = \"ja\"\n", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(feed.Bytes())
	})
	var r watch.Report
	took, allocated, held := cost(func() { r = s.look() })
	if len(r.Looks) != 1 || r.Looks[0].Cause != kaisei.CauseTooLarge || len(r.Changes) > 0 {
		t.Errorf("%s", describe(r.Looks))
	}
	if took > 15*time.Second || allocated > 256<<20 || held > 32<<20 {
		t.Errorf("%v, %d MB allocated, %d MB held", took, allocated>>20, held>>20)
	}
	t.Logf("%v, %d MB allocated, %d MB held", took, allocated>>20, held>>20)
}

func TestAttackBombsOfEntitiesAndTagsAreRefusedAtALook(t *testing.T) {
	entities := `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "` + strings.Repeat("x", 1000) + `">`
	for i := range 12 {
		entities += fmt.Sprintf(`<!ENTITY %c "%s">`, 'b'+i, strings.Repeat(fmt.Sprintf("&%c;", 'a'+i), 10))
	}
	entities += "]>"
	for name, body := range map[string]string{
		"feed":      entities + `<rss version="2.0"><channel><title>&m;</title><item><title>&m;</title><link>https://a.example/</link></item></channel></rss>`,
		"law":       entities + `<Law><LawBody><LawTitle>&m;</LawTitle></LawBody></Law>`,
		"external":  `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><Law><LawBody><LawTitle>&a;</LawTitle></LawBody></Law>`,
		"nesting":   "<html><body>" + strings.Repeat("<b><i><div>", 300_000),
		"attribute": `<html><body><p ` + strings.Repeat(`a="x" `, 500_000) + `>人工知能</p></body></html>`,
	} {
		s := besieged(t, attackedPage, func(w http.ResponseWriter, _ *http.Request) {
			if name != "nesting" && name != "attribute" {
				w.Header().Set("Content-Type", "application/xml")
			}
			fmt.Fprint(w, body)
		})
		var r watch.Report
		took, allocated, held := cost(func() { r = s.look() })
		if took > 20*time.Second || allocated > 1<<30 || held > 32<<20 {
			t.Errorf("%s: %v, %d MB allocated, %d MB held", name, took, allocated>>20, held>>20)
		}
		for _, l := range r.Looks {
			if strings.Contains(l.Detail, "root:") {
				t.Errorf("a file of this machine was read: %q", l.Detail)
			}
		}
		if v, ok, err := s.db.Latest("mihon/site"); err != nil || ok && len(fmt.Sprint(v.Blocks)) > 10_000 {
			t.Errorf("%s: it was expanded, or %v", name, err)
		}
		t.Logf("%s: %v, %d MB allocated, %s", name, took, allocated>>20, describe(r.Looks))
	}
}

// TestAttackACalendarWithoutEndFillsNothing has pages that link to themselves under addresses that are new at every
// look: listings that lead on, and documents. Five weeks of that must cost little.
func TestAttackACalendarWithoutEndFillsNothing(t *testing.T) {
	const linksEach = 15
	trap := 0
	s := besieged(t, attackedIndex, func(w http.ResponseWriter, r *http.Request) {
		var month int
		_, _ = fmt.Sscan(r.URL.Query().Get("m"), &month)
		var b strings.Builder
		for i := range linksEach {
			trap++
			fmt.Fprintf(&b, `<li><a href="/cal?m=%d&amp;sid=%d">次へ（%d月）</a></li><li><a href="/day?d=%d&amp;sid=%d">指針 %d日</a></li>`, month*linksEach+i, trap, i, i, trap, i)
		}
		fmt.Fprint(w, html("予定", "<p>この月の予定はありません。</p><ul>"+b.String()+"</ul>"))
	})
	s.look()
	s.now = s.now.Add(watch.FreshAfter + time.Hour)
	s.look()
	start, told := s.size(), 0
	var looks int64 = 6
	for range looks {
		before := s.asked.Load()
		s.now = s.now.Add(5 * 24 * time.Hour)
		r := s.look()
		told += len(r.Changes)
		if n := s.asked.Load() - before; n > watch.MaxFresh+2*linksEach+1 {
			t.Errorf("a look made %d requests", n)
		}
		if last := r.Looks[len(r.Looks)-1]; last.Cause != kaisei.CauseLimit {
			t.Errorf("that the look ended at a limit is not said: %+v", last)
		}
		if _, err := s.db.Prune(time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	leads, err := s.db.Leads("mihon/site")
	if err != nil {
		t.Fatal(err)
	}
	each := (s.size() - start) / looks >> 10
	// A document that no look came to before is news once.
	if told > linksEach || len(leads) > 2*linksEach || each > 100 {
		t.Errorf("%d changes, %d leads, %d kB for each look", told, len(leads), each)
	}
	t.Logf("%d requests in all, %d leads, %d kB for each look", s.asked.Load(), len(leads), each)
	var seen int
	for i := range trap {
		if _, ok, err := s.db.Seen("mihon/site", fmt.Sprintf("%s/day?d=%d&sid=%d", s.site.URL, i%linksEach, i+1)); err != nil {
			t.Fatal(err)
		} else if ok {
			seen++
		}
	}
	if most := (30/5 + 2) * (watch.MaxFresh + 2*linksEach); seen > most {
		t.Errorf("%d addresses of old looks are remembered, want %d at most", seen, most)
	}
}
