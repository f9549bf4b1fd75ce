package simulate_test

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/simulate"
	"kaisei/sources"
)

func small(pages int) simulate.Options {
	return simulate.Options{Seed: 1, Pages: pages, MinSize: 7_500, MaxSize: 12_000}
}

func get(t *testing.T, rt http.RoundTripper, url string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheSameSeedMakesTheSameSite(t *testing.T) {
	a, b, other := simulate.New(small(40)), simulate.New(small(40)), simulate.New(simulate.Options{Seed: 2, Pages: 40, MinSize: 7_500, MaxSize: 12_000})
	differ := 0
	for i, url := range a.Pages() {
		first := get(t, a, url)
		if !bytes.Equal(first, get(t, b, b.Pages()[i])) {
			t.Errorf("%s differs between two sites of one seed", url)
		}
		if u := other.Pages()[i]; u != url || !bytes.Equal(first, get(t, other, u)) {
			differ++
		}
	}
	if differ < 35 {
		t.Errorf("only %d of 40 pages differ between two seeds", differ)
	}
}

func TestPagesAreOfTheSizesAskedForAndAQuarterIsShiftJIS(t *testing.T) {
	site := simulate.New(simulate.Options{Seed: 3, Pages: 40})
	if _, err := sources.Load(sources.File{Name: "simulated.toml", Data: []byte(site.Sources(""))}); err != nil {
		t.Fatal(err)
	}
	client := &fetch.Client{Transport: site}
	read := &extract.Extractor{}
	sjis, tagged, dated, packed, noisy := 0, 0, 0, 0, 0
	for _, url := range site.Pages() {
		c, err := client.Get(t.Context(), kaisei.Request{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		again, err := client.Get(t.Context(), kaisei.Request{URL: url, ETag: c.ETag(), LastModified: c.LastModified()})
		if err != nil {
			t.Fatal(err)
		}
		if again.Status == http.StatusOK && again.Hash != c.Hash {
			noisy++
		}
		in := extract.Input{Body: c.Body, MediaType: c.MediaType, URL: url, Select: []string{"main"}}
		text, err := read.Read(t.Context(), in)
		if err != nil {
			t.Fatalf("read %s: %v", url, err)
		}
		var words strings.Builder
		for _, b := range text.Blocks {
			words.WriteString(b.Text)
		}
		size := words.Len()
		if !strings.Contains(words.String(), "第1条") || strings.Contains(words.String(), "\uFFFD") {
			t.Errorf("%s does not read as Japanese: %.200s", url, words.String())
		}
		if bytes.Contains(c.Body, []byte("\x91\xe6")) { // 第 in Shift_JIS
			sjis++
		} else if len(c.Body) < 18_000 || len(c.Body) > 240_000 {
			t.Errorf("%s has %d bytes, %d of text", url, len(c.Body), size)
		}
		if c.ETag() != "" {
			tagged++
		}
		if c.LastModified() != "" {
			dated++
		}
		if strings.Contains(c.ETag(), "-gzip") {
			packed++
		}
	}
	if sjis != 10 || tagged < 10 || tagged > 30 || dated < 10 || dated > 30 || packed == 0 || noisy < 30 {
		t.Errorf("of 40 pages %d are Shift_JIS, %d have an ETag (%d of them packed), %d a date, %d are noisy", sjis, tagged, packed, dated, noisy)
	}
}

func TestEveryFaultOfAPageIsNamedByTheFetcherOrReadsAsSomethingElse(t *testing.T) {
	site := simulate.New(small(40))
	server, err := site.Serve("", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	client := &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Timeout: 500 * time.Millisecond, MaxBytes: 1 << 20}
	t.Cleanup(client.CloseIdle)
	catalog, err := sources.Load(sources.File{Name: "simulated.toml", Data: []byte(site.Sources(""))})
	if err != nil {
		t.Fatal(err)
	}
	var src kaisei.Source
	for _, s := range catalog.Sources() {
		if strings.HasSuffix(s.ID, "/page-0004") {
			src = s
		}
	}
	healthy, err := client.Get(t.Context(), kaisei.Request{URL: src.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range simulate.Faults() {
		if !f.Page() {
			continue
		}
		// Another fetcher for each: one that was told to keep away would.
		client := &fetch.Client{Allow: client.Allow, Timeout: client.Timeout, MaxBytes: client.MaxBytes}
		t.Cleanup(client.CloseIdle)
		if err := site.Break(src.ID, f, 1); err != nil {
			t.Fatal(err)
		}
		c, err := client.Get(t.Context(), kaisei.Request{URL: src.URL})
		if err != nil {
			if cause := kaisei.CauseOf(err); !f.Named(cause) {
				t.Errorf("%s is called %s: %v", f, cause, err)
			}
			continue
		}
		if bytes.Contains(c.Body, healthy.Body[len(healthy.Body)/2:len(healthy.Body)/2+300]) {
			t.Errorf("%s shows the text of the page", f)
		}
	}
	if err := site.Break(src.ID, "", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(t.Context(), kaisei.Request{URL: src.URL}); err != nil {
		t.Errorf("a mended page fails: %v", err)
	}
	if n := site.Total(); n.InFlight > 2 || n.Requests < 25 || n.Bytes < 30_000 {
		t.Errorf("counted %+v", n)
	}
}

func TestFaultsOfAServerAreNamedInProcessAndOverLoopback(t *testing.T) {
	for _, served := range []bool{false, true} {
		site := simulate.New(small(8))
		client := &fetch.Client{Transport: site}
		if served {
			server, err := site.Serve("127.0.0.1", 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { server.Close() })
			client = &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
			t.Cleanup(client.CloseIdle)
		}
		url := site.Pages()[0]
		for _, f := range []simulate.Fault{simulate.FaultRefused, simulate.FaultTLS, simulate.FaultDNS} {
			if err := site.Down("", f); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Get(t.Context(), kaisei.Request{URL: url}); !f.Named(kaisei.CauseOf(err)) {
				t.Errorf("served %v: %s is called %s: %v", served, f, kaisei.CauseOf(err), err)
			}
			if err := site.Down("", ""); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Get(t.Context(), kaisei.Request{URL: url}); err != nil {
				t.Errorf("served %v: after %s: %v", served, f, err)
			}
		}
		if err := site.Break("mihon/page-0000", simulate.FaultDNS, 1); err == nil {
			t.Error("a fault of a server struck one page")
		}
	}
	if _, err := simulate.New(small(1)).Serve("192.0.2.1", 0); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("served beyond loopback: %v", err)
	}
}

// texts is what every page of the site says at one moment.
func texts(t *testing.T, site *simulate.Site) map[string]string {
	t.Helper()
	out := map[string]string{}
	client, read := &fetch.Client{Transport: site}, &extract.Extractor{}
	for _, url := range site.Pages() {
		c, err := client.Get(t.Context(), kaisei.Request{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		text, err := read.Read(t.Context(), extract.Input{Body: c.Body, MediaType: c.MediaType, URL: url, Select: []string{"main"}})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, block := range text.Blocks {
			b.WriteString(block.Text + "\n")
		}
		out[url] = b.String()
	}
	return out
}

func TestEpochsChangeWhatTheirTruthSaysAndNothingElse(t *testing.T) {
	o := small(60)
	o.Quiet, o.Feeds, o.Indexes = true, 3, 3
	site := simulate.New(o)
	ways := map[simulate.How]int{}
	faults := map[simulate.Fault]int{}
	before := texts(t, site)
	changed := map[string][]simulate.Change{}
	for _, want := range simulate.Epochs()[1:] {
		truth, err := site.Next()
		if err != nil {
			t.Fatal(err)
		}
		if truth.Name != want {
			t.Fatalf("after %q came %q", want, truth.Name)
		}
		for _, c := range truth.Changes {
			ways[c.How]++
			changed[c.URL] = append(changed[c.URL], c)
		}
		for _, f := range truth.Failing {
			faults[f.Fault]++
			if len(f.Causes) == 0 {
				t.Errorf("%s at %s has no cause", f.Fault, f.URL)
			}
		}
		if len(truth.Failing) > 0 {
			continue // what changed behind a fault shows in the epoch after it
		}
		after := texts(t, site)
		for url, page := range after {
			for _, c := range changed[url] {
				if !strings.Contains(page, c.After) || c.Before != "" && strings.Contains(page, c.Before) || c.Before == c.After {
					t.Errorf("%s: %s at %s does not show 「%s」→「%s」", want, c.How, url, c.Before, c.After)
				}
			}
			if was := before[url]; (page != was) != (len(changed[url]) > 0) {
				t.Errorf("%s: %s changed: %v; the truth names %+v", want, url, page != was, changed[url])
			}
		}
		before, changed = after, map[string][]simulate.Change{}
	}
	for _, how := range []simulate.How{
		simulate.HowDigit, simulate.HowRemoved, simulate.HowAdded, simulate.HowHardened, simulate.HowItem, simulate.HowReverted,
		simulate.HowNewVersion, simulate.HowInPlace, simulate.HowNewDocument, simulate.HowNewItem,
	} {
		if ways[how] == 0 {
			t.Errorf("nothing changes by %s", how)
		}
	}
	for _, f := range simulate.Faults() {
		if faults[f] == 0 {
			t.Errorf("nothing fails by %s", f)
		}
	}
}

func TestEachTrueChangeAccountsForOneThatWasTold(t *testing.T) {
	said := func(source, before, after string) kaisei.Change {
		return kaisei.Change{Source: source, Edits: []kaisei.Edit{{Before: before, After: after}}}
	}
	truth := []simulate.Change{{Source: "a/1", Before: "三十日", After: "九十日"}, {Source: "a/2", After: "新たな一文。"}}
	for _, c := range []struct {
		name          string
		told          []kaisei.Change
		false, missed int
	}{
		{"the truth", []kaisei.Change{said("a/2", "", "新たな一文。"), said("a/1", "三十日以内", "九十日以内")}, 0, 0},
		{"twice", []kaisei.Change{said("a/2", "", "新たな一文。"), said("a/1", "三十日", "九十日"), said("a/1", "三十日", "九十日")}, 1, 0},
		{"of another source", []kaisei.Change{said("a/2", "", "新たな一文。"), said("a/3", "三十日", "九十日")}, 1, 1},
		{"other words", []kaisei.Change{said("a/2", "", "新たな一文。"), said("a/1", "閲覧数 1", "閲覧数 2")}, 1, 1},
		{"nothing", nil, 0, 2},
	} {
		if h := simulate.Hold(truth, c.told); len(h.False) != c.false || len(h.Missed) != c.missed || h.Good() != (c.false+c.missed == 0) {
			t.Errorf("%s: %d false and %d missed", c.name, len(h.False), len(h.Missed))
		}
	}
}

func TestTwoChangesBetweenTwoLooksMayBeToldAsOne(t *testing.T) {
	truth := []simulate.Change{{Source: "a/1", After: "新たな一文。"}, {Source: "a/1", Before: "消えた一文。"}}
	added, gone := kaisei.Edit{After: "新たな一文。"}, kaisei.Edit{Before: "消えた一文。"}
	if h := simulate.Hold(truth, []kaisei.Change{{Source: "a/1", Edits: []kaisei.Edit{added, gone}}}); !h.Good() {
		t.Errorf("told together: %+v", h)
	}
	if h := simulate.Hold(truth, []kaisei.Change{{Source: "a/1", Edits: []kaisei.Edit{added}}}); len(h.Missed) != 1 || len(h.False) != 0 {
		t.Errorf("only one of them: %+v", h)
	}
}
