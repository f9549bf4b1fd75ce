package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/storage/bolt"
)

// exported writes what the town's store saw to a file.
func (n *town) exported(name string, e watch.Export) string {
	n.t.Helper()
	file := filepath.Join(n.t.TempDir(), name)
	f, err := os.Create(file)
	if err != nil {
		n.t.Fatal(err)
	}
	e.Store, e.Software = n.db, "kaisei/test"
	e.Writer = &fetch.WARCWriter{W: f, Gzip: strings.HasSuffix(name, ".gz")}
	if err := e.Run(n.now); err != nil {
		n.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		n.t.Fatal(err)
	}
	return file
}

// replayed walks an archive into a new town.
func (n *town) replayed(file string) *town {
	n.t.Helper()
	a, err := fetch.OpenArchive(file)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { a.Close() })
	if w := a.Warnings(); len(w) > 0 {
		n.t.Errorf("the archive: %q", w)
	}
	m := newTown(n.t)
	m.catalog, m.w.Catalog = n.catalog, n.catalog
	m.w.Fetch = &fetch.Client{Transport: a, Now: func() time.Time { return m.now }}
	r := &watch.Replay{Watcher: m.w, Key: fetch.URLKey, Set: func(at time.Time) { m.now = at; a.Set(at) }}
	for _, rec := range a.Records() {
		r.Records = append(r.Records, watch.Archived{URL: rec.URL, At: rec.At, Status: rec.Status})
	}
	if _, err := r.Run(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
	return m
}

// history is what a store holds that people were told: versions by their words and changes by their meaning.
func history(t *testing.T, db *bolt.DB) []string {
	t.Helper()
	var out []string
	heads, err := db.Documents("")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		vs, err := db.Versions(h.Document)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vs {
			out = append(out, fmt.Sprintf("%s@%d %s %s gone %v %s %s", v.Document, v.Seq, v.Title, v.Label, v.Gone, v.TextHash, v.Snapshot.Hash))
		}
	}
	changes, err := db.Changes(kaisei.ChangeQuery{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%s %s %s quiet %q copy %q %d edits", c.ID, c.Class, c.Severity, c.Quiet, c.CopyOf, len(c.Edits)))
	}
	return out
}

// lived is a town in which much happened: versions at new addresses and in place, back and forth, a copy elsewhere,
// news, a withdrawal, failures, and looks that found nothing.
func lived(t *testing.T) *town {
	n := newTown(t)
	n.publish("mihon.example", "1.0")
	n.publish("betsu.example", "1.0")
	item := func(i int) string {
		return fmt.Sprintf("<item><title>AIの話題、その%d</title><link>https://mihon.example/n/%d</link></item>", i, i)
	}
	feed := func(items ...string) {
		n.pages["https://mihon.example/news.rss"] = `<rss version="2.0"><channel><title>新着</title>` + strings.Join(items, "") + `</channel></rss>`
	}
	feed(item(1))
	page := "https://mihon.example/notice.html"
	n.pages[page] = html("注意喚起", "<p>利用者は、慎重に扱うことが望ましい。この文書は、そのための注意を記す。</p>")
	all := func(times int) {
		for range times {
			for _, id := range []string{"mihon/guideline", "betsu/guideline", "mihon/notice", "mihon/feed"} {
				n.look(id)
				n.now = n.now.Add(-59 * time.Minute)
			}
			n.now = n.now.Add(6 * time.Hour)
		}
	}
	all(3)
	feed(item(2), item(1))
	first := n.pages[page]
	n.pages[page] = html("注意喚起", "<p>利用者は、慎重に扱わなければならない。この文書は、そのための注意を記す。</p>")
	all(2)
	n.publish("mihon.example", "1.1")
	all(2)
	n.publish("betsu.example", "1.1")
	n.pages[page] = first
	all(2)
	n.pages[page] = ""
	all(20)
	n.pages[page] = first
	feed(item(3), item(2), item(1))
	all(3)
	return n
}

func TestAnExportReplaysToTheSameHistory(t *testing.T) {
	n := lived(t)
	want := history(t, n.db)
	if len(want) < 12 {
		t.Fatalf("too little happened:\n%s", strings.Join(want, "\n"))
	}
	for _, name := range []string{"all.warc.gz", "all.warc"} {
		got := history(t, n.replayed(n.exported(name, watch.Export{})).db)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: the replay differs (-was +is):\n%s", name, diff)
		}
	}
}

func TestAnExportOfTwiceTheSameIsTheSameBytes(t *testing.T) {
	n := lived(t)
	a, errA := os.ReadFile(n.exported("a.warc.gz", watch.Export{}))
	b, errB := os.ReadFile(n.exported("b.warc.gz", watch.Export{}))
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Errorf("%d and %d bytes, %v, %v", len(a), len(b), errA, errB)
	}
}

func TestAnExportHoldsTheTimeAndTheSourcesAskedFor(t *testing.T) {
	n := lived(t)
	since := n.now.Add(-48 * time.Hour)
	file := n.exported("part.warc", watch.Export{Since: since, Sources: []string{"mihon/"}})
	a, err := fetch.OpenArchive(file)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if len(a.Warnings()) > 0 {
		t.Errorf("a revisit repeats what is not there: %q", a.Warnings())
	}
	late := 0
	for _, r := range a.Records() {
		if strings.Contains(r.URL, "betsu") {
			t.Errorf("%s was not asked for", r.URL)
		}
		if !r.At.Before(since) {
			late++
		}
	}
	if late == 0 || late > 100 {
		t.Errorf("%d records of the time asked for", late)
	}
	early, err := os.ReadFile(n.exported("early.warc", watch.Export{Until: n.now.Add(-1000 * time.Hour)}))
	if err != nil || strings.Count(string(early), "WARC-Type: ") != 1 {
		t.Errorf("before everything: %d records, %v", strings.Count(string(early), "WARC-Type: "), err)
	}
}
