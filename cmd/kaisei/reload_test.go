package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

// early are numbers of pages whose first looks come within some seconds of the start.
func early(n int) []int {
	var out []int
	for i := 0; len(out) < n; i++ {
		if watch.Jitter(fmt.Sprintf("mihon/p%d", i))%watch.CatchUp < 6*time.Second {
			out = append(out, i)
		}
	}
	return out
}

// pagesOf is a catalogue of pages of a ministry, looked at once a year after their first look.
func pagesOf(site *ministry, pages []int) string {
	var b strings.Builder
	b.WriteString("[authority]\nmihon = { ja = \"見本省\", en = \"Ministry of Samples\" }\n")
	for _, i := range pages {
		fmt.Fprintf(&b, "[[source]]\nid = \"mihon/p%d\"\ntitle = { ja = \"頁\", en = \"page\" }\nkind = \"page\"\nurl = \"%s/%d\"\nschedule = \"0 3 1 1 *\"\nlayer = \"news\"\nlanguage = \"ja\"\n", i, site.URL, i)
	}
	return b.String()
}

// TestReloadsUnderWayLoseAndDoubleNoLook hammers a daemon with SIGHUP while its first looks run, adds a source to
// its catalogue and takes one away, breaks the catalogue, and counts what the ministry was asked for.
func TestReloadsUnderWayLoseAndDoubleNoLook(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as first looks are spread")
	}
	site := newMinistry(t)
	pages := early(13)
	first, new := pages[0], pages[12]
	for _, i := range pages {
		site.html(fmt.Sprintf("/%d", i), fmt.Sprintf("<!DOCTYPE html><html lang=ja><title>頁</title><main><h1>頁%d</h1><p>事業者は、利用者に対し、その旨を説明するよう努めなければならない。</p></main>", i))
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		// As an editor does: the file is never there by halves.
		if err := os.WriteFile(filepath.Join(dir, name+"~"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, name+"~"), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var shipped []string
	out, _, _ := runIn(t, dir, "sources", "list", "--json")
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var r sourceRow
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if top, _, _ := strings.Cut(r.ID, "/"); !strings.Contains(strings.Join(shipped, ","), `"`+top+`/"`) {
			shipped = append(shipped, fmt.Sprintf("%q", top+"/"))
		}
	}
	write("pages.toml", pagesOf(site, pages[:12]))
	write("kaisei.toml", fmt.Sprintf("state = \"state\"\nlanguage = \"en\"\nsources_files = [\"pages.toml\"]\ndisable = [%s]\n[fetch]\nallow_private = [\"127.0.0.1/32\"]\n", strings.Join(shipped, ", ")))
	serve := command(t, dir, "serve", "--config", "kaisei.toml")
	log := &syncBuffer{}
	serve.Stdout, serve.Stderr = log, log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer serve.Process.Kill()
	use := func(args ...string) (string, string, int) {
		t.Helper()
		return runIn(t, dir, append(args, "--config", "kaisei.toml")...)
	}
	eventually(t, "the daemon answers", func() bool { _, _, code := use("health"); return code == exitDone })
	hits := func(i int) int {
		site.mu.Lock()
		defer site.mu.Unlock()
		return site.hits[fmt.Sprintf("/%d", i)]
	}
	// The first looks are spread over half a minute; signals come all the while.
	paused := fmt.Sprintf("mihon/p%d", first)
	signals := 0
	eventually(t, "each page was looked at", func() bool {
		if err := serve.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		signals++
		<-time.After(20 * time.Millisecond)
		for _, i := range pages[:12] {
			if hits(i) == 0 {
				return false
			}
		}
		return true
	})
	write("pages.toml", pagesOf(site, append(slices.Clone(pages[:11]), new)))
	if out, stderr, code := use("reload"); code != exitDone || !strings.Contains(out, "12 sources are watched") {
		t.Fatalf("reload ended with %d: %s%s", code, out, stderr)
	}
	eventually(t, "the new source was looked at", func() bool { return hits(new) == 1 })
	write("pages.toml", strings.Replace(pagesOf(site, pages[:11]), "0 3 1 1 *", "0 9 31 2 *", 1))
	if _, stderr, code := use("reload"); code != exitFailed || !strings.Contains(stderr, "pages.toml:8") || !strings.Contains(stderr, "never comes round") {
		t.Errorf("a broken catalogue: %d, %s", code, stderr)
	}
	if err := serve.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log says why", func() bool { return strings.Count(log.String(), "reload refused") >= 2 })
	write("pages.toml", pagesOf(site, pages[:11]))
	if out, stderr, code := use("sources", "pause", paused, "--until", "365d", "--why", "maintenance"); code != exitDone || !strings.Contains(out, paused+" is left alone until") {
		t.Errorf("pause: %d %s%s", code, out, stderr)
	}
	out, _, _ = use("sources", "status")
	if !strings.Contains(out, "paused until") || !strings.Contains(out, "maintenance") {
		t.Errorf("the status does not show the pause:\n%s", out)
	}
	if out, _, _ := use("sources", "schedule", paused, "-n", "2"); !strings.Contains(out, "end of the pause") || !strings.Contains(out, "0 3 1 1 *, later by") {
		t.Errorf("the schedule does not show the pause:\n%s", out)
	}
	if _, stderr, code := use("sources", "pause", paused); code != exitUsage || !strings.Contains(stderr, "--until") {
		t.Errorf("a pause without an end: %d, %s", code, stderr)
	}
	if _, stderr, code := use("sources", "pause", paused, "--until", "2000-01-01"); code != exitFailed || !strings.Contains(stderr, "time to come") {
		t.Errorf("a pause that is over: %d, %s", code, stderr)
	}
	if out, stderr, code := use("sources", "resume", paused); code != exitDone || !strings.Contains(out, "looked at again") {
		t.Errorf("resume: %d, %s%s", code, out, stderr)
	}
	for _, i := range pages {
		if n := hits(i); n != 1 {
			t.Errorf("page %d was asked for %d times with %d signals", i, n, signals)
		}
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
	if n := strings.Count(log.String(), "msg=reloaded"); n < 3 {
		t.Errorf("%d of %d signals reloaded:\n%s", n, signals, log.String())
	}
	t.Logf("%d signals, %d reloads", signals, strings.Count(log.String(), "msg=reloaded"))
}

func TestTheEndOfAPauseIsReadInJapan(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"2026-12-01": "2026-12-02 00:00", "2026-12-01 09:30": "2026-12-01 09:30", "2026-12-01T09:30": "2026-12-01 09:30",
		"2026-12-01T00:00:00Z": "2026-12-01 09:00", "3d": "2026-03-05 21:00", "90m": "2026-03-02 22:30",
	} {
		if got, err := parseUntil(in, now); err != nil || got.In(kaisei.JST).Format("2006-01-02 15:04") != want {
			t.Errorf("%s: %s, %v", in, got.In(kaisei.JST), err)
		}
	}
	for _, in := range []string{"", "soon", "12/1", "3"} {
		if _, err := parseUntil(in, now); err == nil {
			t.Errorf("%q is accepted", in)
		}
	}
}
