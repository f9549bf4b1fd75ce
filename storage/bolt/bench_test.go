package bolt_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// repository returns the root of the repository.
func repository(t testing.TB) string {
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("go.mod not found above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// guideline returns paragraphs of a real guideline, about n bytes of them. Where the corpus is
// absent the test is skipped.
func guideline(t testing.TB, n int) []string {
	files, _ := filepath.Glob(filepath.Join(repository(t), "../shared/corpus/guideline/v1.1/*"))
	if len(files) == 0 {
		t.Skip("the corpus (../shared/corpus) is not here")
	}
	sort.Strings(files)
	var texts []string
	size := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" && size < n {
				texts = append(texts, line)
				size += len(line)
			}
		}
	}
	return texts
}

// page is a document whose text is amended again and again.
type page struct {
	id    string
	texts []string
	seq   int
	like  string
	r     *rand.Rand
}

// amend changes one sentence: a number and a few words.
func (p *page) amend() (before, after string, at int) {
	for {
		at = p.r.IntN(len(p.texts))
		before = p.texts[at]
		if runes := []rune(before); len(runes) > 30 {
			k := p.r.IntN(len(runes) - 10)
			after = string(runes[:k]) + fmt.Sprintf("第%d項の改正", p.r.IntN(1000)) + string(runes[k+p.r.IntN(10):])
			p.texts[at] = after
			return before, after, at
		}
	}
}

// next returns the capture and the commit of the next version, as large as a real one: headers
// that change at every fetch, a change with its edit, two deliveries, what was seen.
func (p *page) next(when time.Time) (kaisei.Capture, kaisei.Commit) {
	p.seq++
	var before, after string
	edited := 0
	if p.seq > 1 {
		before, after, edited = p.amend()
	}
	var html strings.Builder
	html.WriteString("<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>AI事業者ガイドライン</title></head>\n<body><main>\n")
	blocks := make([]kaisei.Block, len(p.texts))
	heading := ""
	for i, s := range p.texts {
		html.WriteString("<p class=\"text\">" + s + "</p>\n")
		if i%8 == 0 {
			heading = s
		}
		blocks[i] = kaisei.Block{Path: []string{"第2部", heading, fmt.Sprintf("(%d)", i%8)}, Kind: kaisei.BlockItem, Text: s, Page: 1 + i/20}
	}
	html.WriteString("</main></body></html>\n")
	body := html.String()
	url := "https://www.meti.go.jp/" + p.id + ".html"
	c := kaisei.Capture{Body: []byte(body), Snapshot: kaisei.Snapshot{
		Hash: kaisei.Hash([]byte(body)), URL: url, Status: 200, MediaType: "text/html; charset=UTF-8", Size: len(body), At: when,
		Header: map[string]string{"Content-Type": "text/html; charset=UTF-8", "Date": when.Format(time.RFC1123), "Last-Modified": when.Add(-time.Hour).Format(time.RFC1123), "Etag": fmt.Sprintf("\"%x-%x\"", len(body), when.UnixMicro())},
	}}
	source := "meti/" + p.id
	v := &kaisei.Version{
		Document: source + "/main", Seq: p.seq, Source: source, Label: fmt.Sprintf("第1.%d版", p.seq), Title: "AI事業者ガイドライン 本編", Layer: kaisei.LayerBusinessGuideline, Language: "ja",
		Snapshot: c.Snapshot, Format: "html", Reader: "html/1", TextHash: kaisei.TextHash(p.texts), Blocks: blocks, SeenAt: when,
	}
	k := kaisei.Commit{
		Version: v,
		Look:    kaisei.Look{Source: source, Document: v.Document, At: when, Verdict: kaisei.VerdictChanged, URL: url, Status: 200, Size: len(body), Hash: c.Hash, Took: 312 * time.Millisecond},
		Seen:    &kaisei.Seen{URL: url, Hash: c.Hash, ETag: c.ETag(), LastModified: c.LastModified(), At: when},
	}
	if p.seq > 1 {
		path := blocks[edited].Path
		k.Change = &kaisei.Change{
			ID: kaisei.ChangeID(v.Document, p.seq), Source: source, Document: v.Document, Authority: "meti", AuthorityName: kaisei.Text{JA: "経済産業省", EN: "Ministry of Economy, Trade and Industry"},
			Title: v.Title, Class: kaisei.ClassAmended, Layer: v.Layer, Language: "ja", Severity: kaisei.High,
			Reasons: []kaisei.Reason{
				{Rule: "amended.business-guideline", Text: kaisei.Text{JA: "事業者向け指針の本文が改められた", EN: "the text of a guideline for business was amended"}, Match: v.Label, Where: "title"},
				{Rule: "breadth.single-clause", Text: kaisei.Text{JA: "変更は一項にとどまる", EN: "one clause changed"}},
			},
			LabelBefore: fmt.Sprintf("第1.%d版", p.seq-1), LabelAfter: v.Label, URL: url, BeforeURL: url, Hash: c.Hash, BeforeHash: p.like, Format: "html",
			Edits: []kaisei.Edit{{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockItem, PathBefore: path, PathAfter: path, Before: before, After: after, PageBefore: blocks[edited].Page, PageAfter: blocks[edited].Page,
				Spans: []kaisei.Span{{Op: kaisei.SpanSame, Text: commonPrefix(before, after)}, {Op: kaisei.SpanDelete, Text: "旧"}, {Op: kaisei.SpanInsert, Text: "改正"}, {Op: kaisei.SpanSame, Text: after[len(commonPrefix(before, after)):]}}}},
			Roles: []string{"provider"}, Themes: []string{"safety"}, SeenAt: when,
		}
		k.Deliveries = []kaisei.Delivery{{ID: "alert/slack/" + k.Change.ID, Channel: "slack", Kind: kaisei.DeliveryAlert, Changes: []string{k.Change.ID}, Due: when, Created: when, State: kaisei.DeliveryDue}}
	}
	p.like = c.Hash
	return c, k
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}

// commitNext saves the next version of p as the walk does, and settles its deliveries.
func commitNext(t testing.TB, db *bolt.DB, p *page, when time.Time) {
	like := p.like
	c, k := p.next(when)
	if err := db.SaveCapture(c, like); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Commit(k); err != nil {
		t.Fatal(err)
	}
	for _, d := range k.Deliveries {
		d.State, d.Attempts, d.SentAt, d.Receipt = kaisei.DeliverySent, 1, when.Add(2*time.Second), fmt.Sprintf("%d.%06d", when.Unix(), when.Nanosecond()/1000)
		if err := db.SaveDelivery(d); err != nil {
			t.Fatal(err)
		}
	}
}

func pages(t testing.TB, n int) []*page {
	texts := guideline(t, 50_000)
	ps := make([]*page, n)
	for i := range ps {
		ps[i] = &page{id: fmt.Sprintf("ai-guidelines-%d", i), texts: append([]string(nil), texts...), r: rand.New(rand.NewPCG(1, uint64(i)))}
		ps[i].texts[0] = fmt.Sprintf("文書 %d", i)
	}
	return ps
}

func monday() time.Time { return time.Date(2026, 3, 30, 0, 4, 11, 318_221_904, time.UTC) }

func size(t testing.TB, db *bolt.DB) (file, used int64) {
	st, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return st.FileBytes, st.FileBytes - st.FreeBytes
}

// TestThousandLaterVersionsCostAMegabyte measures the goal of the design: 1,000 later versions of a
// text of 50 KB with small amendments, everything included (bodies, versions, changes, a delivery
// each, looks, indexes), without a separate packing run. Spread over fifty documents, each keeps an
// open page of its ledger and its first change, which resembles no earlier one.
func TestThousandLaterVersionsCostAMegabyte(t *testing.T) {
	for documents, limit := range map[int]int64{1: 1_000_000, 50: 1_100_000} {
		t.Run(fmt.Sprintf("of %d documents", documents), func(t *testing.T) {
			if bolt.Raced {
				t.Skip("nothing runs at the same time here")
			}
			if testing.Short() && documents > 1 {
				t.Skip("one document is enough for a short test")
			}
			db := open(t, filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
			ps := pages(t, documents)
			when := monday()
			for _, p := range ps {
				commitNext(t, db, p, when)
			}
			file, used := size(t, db)
			for i := range 1000 {
				when = when.Add(time.Hour + 17*time.Second + 3517*time.Microsecond)
				commitNext(t, db, ps[i%documents], when)
			}
			fileAfter, usedAfter := size(t, db)
			t.Logf("1,000 later versions: %d bytes in use, the file grew by %d", usedAfter-used, fileAfter-file)
			if usedAfter-used > limit {
				t.Errorf("they take %d bytes, more than %d", usedAfter-used, limit)
			}
			if err := db.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// BenchmarkCommit commits later versions of a text of 50 KB with all that belongs to them, synced
// to disk. B/version is what the file grows by.
func BenchmarkCommit(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{})
	p := pages(b, 1)[0]
	when := monday()
	commitNext(b, db, p, when)
	before, _ := size(b, db)
	for b.Loop() {
		b.StopTimer()
		like := p.like
		when = when.Add(time.Hour + 3517*time.Microsecond)
		c, k := p.next(when)
		b.StartTimer()
		if err := db.SaveCapture(c, like); err != nil {
			b.Fatal(err)
		}
		if _, err := db.Commit(k); err != nil {
			b.Fatal(err)
		}
	}
	after, _ := size(b, db)
	b.ReportMetric(float64(after-before)/float64(b.N), "B/version")
}

// BenchmarkThousandVersions reports what 1,000 later versions cost on disk.
func BenchmarkThousandVersions(b *testing.B) {
	for b.Loop() {
		db := open(b, filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
		p := pages(b, 1)[0]
		when := monday()
		commitNext(b, db, p, when)
		before, _ := size(b, db)
		for range 1000 {
			when = when.Add(time.Hour + 17*time.Second + 3517*time.Microsecond)
			commitNext(b, db, p, when)
		}
		after, _ := size(b, db)
		b.ReportMetric(float64(after-before)/1e6, "MB/1000-versions")
	}
}

// history returns a store with 200 versions of one document of 50 KB.
func history(b *testing.B) (*bolt.DB, string) {
	db := open(b, filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	p := pages(b, 1)[0]
	for i := range 200 {
		commitNext(b, db, p, monday().Add(time.Duration(i)*time.Hour))
	}
	return db, "meti/" + p.id + "/main"
}

// BenchmarkLatest reads the latest version with its blocks; the 200th is eight frames deep.
func BenchmarkLatest(b *testing.B) {
	db, id := history(b)
	for b.Loop() {
		if _, ok, err := db.Latest(id); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

// BenchmarkHead reads the latest version without its blocks.
func BenchmarkHead(b *testing.B) {
	db, id := history(b)
	for b.Loop() {
		if _, ok, err := db.Head(id); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

// BenchmarkChanges reads the newest 50 of 200 changes.
func BenchmarkChanges(b *testing.B) {
	db, _ := history(b)
	for b.Loop() {
		if cs, err := db.Changes(kaisei.ChangeQuery{Newest: true, Limit: 50}); len(cs) != 50 || err != nil {
			b.Fatal(len(cs), err)
		}
	}
}

// BenchmarkDue looks for what is due among 10,000 deliveries, of which 20 are.
func BenchmarkDue(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	var ds []kaisei.Delivery
	for i := range 10_000 {
		ds = append(ds, kaisei.Delivery{ID: fmt.Sprint("alert/slack/", i), Channel: "slack", Due: monday().Add(time.Duration(i) * time.Minute), State: kaisei.DeliveryDue})
	}
	if err := db.Enqueue(ds, nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ds, err := db.Due(monday().Add(19*time.Minute), 0); len(ds) != 20 || err != nil {
			b.Fatal(len(ds), err)
		}
	}
}

// BenchmarkLook appends a look that found nothing new, synced to disk. B/look is what the file
// grows by.
func BenchmarkLook(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{})
	before, _ := size(b, db)
	i := 0
	for b.Loop() {
		l := kaisei.Look{
			Source: fmt.Sprintf("meti/source-%d", i%50), Document: fmt.Sprintf("meti/source-%d/main", i%50), At: monday().Add(time.Duration(i) * time.Minute),
			Verdict: kaisei.VerdictSameBytes, URL: "https://www.meti.go.jp/policy/main.html", Status: 200, Size: 51234, Hash: kaisei.Hash([]byte{byte(i % 50)}), Took: time.Duration(300+i%99) * time.Millisecond,
		}
		if err := db.AppendLook(l); err != nil {
			b.Fatal(err)
		}
		i++
	}
	after, _ := size(b, db)
	b.ReportMetric(float64(after-before)/float64(b.N), "B/look")
}

// BenchmarkStandings reads where five thousand documents stand.
func BenchmarkStandings(b *testing.B) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for i := range 5000 {
		id := fmt.Sprintf("source%d/doc%d", i%100, i)
		v := kaisei.Version{Document: id, Seq: 1, Source: fmt.Sprint("source", i%100), Title: "見本指針 別添", Blocks: []kaisei.Block{{Path: []string{"第1部"}, Text: strings.Repeat("事業者は、記録を保存するものとする。", 100)}}}
		_, err := db.Commit(kaisei.Commit{
			Look:    kaisei.Look{Source: v.Source, URL: id, Document: id},
			Version: &v, Change: &kaisei.Change{ID: kaisei.ChangeID(id, 1), Document: id, Source: v.Source}, Seen: &kaisei.Seen{URL: id},
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := db.SaveLeads([]kaisei.Lead{{Source: v.Source, Document: id, Key: "見本指針別添", Title: v.Title, URL: id}}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if list, err := db.Standings(""); len(list) != 5000 || err != nil {
			b.Fatal(len(list), err)
		}
	}
}
