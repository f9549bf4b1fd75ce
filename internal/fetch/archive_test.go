package fetch

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

var t0 = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func TestArchiveAnswersAsOfTheVirtualTime(t *testing.T) {
	const u = "https://www.example.go.jp/index.html"
	recs := []rec{
		{kind: "warcinfo", at: t0, media: "application/warc-fields", block: "software: test\r\n"},
		{kind: "response", url: u, at: t0, block: ok("old")},
		{kind: "request", url: u, at: t0, block: "GET / HTTP/1.1\r\n\r\n"},
		{kind: "response", url: u, at: t0.Add(2 * time.Hour), block: ok("new")},
		{kind: "resource", url: "https://www.example.go.jp/a.pdf", at: t0.Add(time.Hour), media: "application/pdf", block: "%PDF"},
		{kind: "response", url: "https://www.example.go.jp/gone", at: t0.Add(time.Hour), block: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
	}
	for _, how := range []packing{plain, perRecord, whole} {
		t.Run(string(how), func(t *testing.T) {
			a := openBytes(t, pack(t, how, recs...))
			if len(a.Warnings()) != 0 {
				t.Error(a.Warnings())
			}
			wantBody(t, a, u, "new") // as of the last record, until Set
			a.Set(t0.Add(-time.Second))
			_, err := get(t, a, kaisei.Request{URL: u})
			wantCause(t, err, kaisei.CauseNotArchived)
			a.Set(t0)
			wantBody(t, a, u, "old")
			a.Set(t0.Add(2*time.Hour - time.Nanosecond))
			wantBody(t, a, u, "old")
			a.Set(t0.Add(2 * time.Hour))
			wantBody(t, a, u, "new")
			a.Set(t0)
			wantBody(t, a, u, "old")
			a.Set(t0.Add(5 * time.Hour))
			c, err := get(t, a, kaisei.Request{URL: "https://www.example.go.jp/a.pdf"})
			if err != nil || c.MediaType != "application/pdf" || string(c.Body) != "%PDF" || !c.At.Equal(t0.Add(5*time.Hour)) {
				t.Errorf("%+v, %v", c, err)
			}
			_, err = get(t, a, kaisei.Request{URL: "https://www.example.go.jp/gone"})
			wantCause(t, err, kaisei.CauseNotFound)

			var got []string
			for _, r := range a.Records() {
				got = append(got, fmt.Sprintf("%s %d %s %s", r.At.Format("15:04"), r.Status, r.MediaType, r.URL[len("https://www.example.go.jp"):]))
			}
			want := "00:00 200 text/html /index.html, 01:00 200 application/pdf /a.pdf, 01:00 404  /gone, 02:00 200 text/html /index.html"
			if s := strings.Join(got, ", "); s != want {
				t.Errorf("records are\n%s\nwant\n%s", s, want)
			}
		})
	}
}

func TestArchiveFindsEquivalentURLsOnly(t *testing.T) {
	a := openBytes(t, pack(t, perRecord,
		rec{kind: "response", url: "https://www.example.go.jp/%e6%94%b9/~x?q=%2f", at: t0, block: ok("a")},
		rec{kind: "response", url: "<http://www.example.go.jp:80>", at: t0, block: ok("b"), version: "1.0"},
	))
	for _, u := range []string{
		"https://www.example.go.jp/%E6%94%B9/~x?q=%2F", "HTTPS://WWW.example.go.jp:443/%E6%94%B9/%7Ex?q=%2f#part", "https://www.example.go.jp/改/~x?q=%2F",
	} {
		wantBody(t, a, u, "a")
	}
	wantBody(t, a, "http://www.example.go.jp/", "b")
	for _, u := range []string{
		"http://www.example.go.jp/%E6%94%B9/~x?q=%2F", "https://www.example.go.jp/%E6%94%B9/~x", "https://www.example.go.jp/%E6%94%B9/~x?q=/",
		"https://www.example.go.jp:8443/%E6%94%B9/~x?q=%2F", "https://www.example.go.jp/", "https://www.example.go.jp/%E6%94%B9/~X?q=%2F",
	} {
		_, err := get(t, a, kaisei.Request{URL: u})
		wantCause(t, err, kaisei.CauseNotArchived)
	}
	resp, err := (&http.Client{Transport: a}).Get("https://www.example.go.jp/none")
	if err == nil {
		resp.Body.Close()
	}
	wantCause(t, err, kaisei.CauseNotArchived) // through url.Error
}

func TestArchiveHonoursValidators(t *testing.T) {
	const u, tag, when = "https://www.example.go.jp/", `W/"5-1"`, "Tue, 31 Mar 2026 15:00:00 GMT"
	a := openBytes(t, pack(t, perRecord, rec{kind: "response", url: u, at: t0, block: ok("text", "ETag: "+tag, "Last-Modified: "+when)}))
	c, err := get(t, a, kaisei.Request{URL: u})
	if err != nil || c.ETag() != tag || c.LastModified() != when {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, r := range []kaisei.Request{
		{ETag: tag}, {ETag: `"5-1"`}, {LastModified: when}, {LastModified: "Wed, 01 Apr 2026 00:00:00 GMT"}, {ETag: tag, LastModified: "Sun, 01 Mar 2026 00:00:00 GMT"},
	} {
		r.URL = u
		if c, err := get(t, a, r); err != nil || c.Status != 304 || c.Body != nil || c.Hash != "" {
			t.Errorf("%+v: %+v, %v", r, c, err)
		}
	}
	for _, r := range []kaisei.Request{
		{ETag: `"5-2"`}, {ETag: `"5-2"`, LastModified: when}, {LastModified: "Sun, 01 Mar 2026 00:00:00 GMT"}, {LastModified: "yesterday"},
	} {
		r.URL = u
		if c, err := get(t, a, r); err != nil || c.Status != 200 || string(c.Body) != "text" {
			t.Errorf("%+v: %+v, %v", r, c, err)
		}
	}
}

func TestArchiveResolvesRevisits(t *testing.T) {
	const u = "https://www.example.go.jp/"
	hour := func(n int) time.Time { return t0.Add(time.Duration(n) * time.Hour) }
	sum := sha1.Sum([]byte("A"))
	digest := "WARC-Payload-Digest: sha1:" + base32.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	const profile = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n"
	data := pack(t, perRecord,
		rec{kind: "response", url: u, at: hour(0), header: digest, block: ok("A", `ETag: "a"`)},
		rec{kind: "response", url: u, at: hour(1), block: ok("B", `ETag: "b"`)},
		rec{kind: "revisit", url: u, at: hour(2), header: profile + digest, block: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"a2\"\r\n\r\n"},
		rec{kind: "revisit", url: u, at: hour(3), header: fmt.Sprintf("WARC-Refers-To: <urn:test:%s@%d>\r\n", u, hour(1).Unix())},
		rec{kind: "revisit", url: u, at: hour(4), header: "WARC-Refers-To-Target-URI: " + u + "\r\nWARC-Refers-To-Date: " + hour(2).Format(time.RFC3339) + "\r\n"},
		rec{kind: "response", url: u, at: hour(5), block: "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"},
		rec{kind: "revisit", url: u, at: hour(6), header: "WARC-Payload-Digest: sha1:NONE\r\n"},
	)
	a := openBytes(t, data)
	for i, want := range []string{"A", "B", "A", "B", "A", "A"} {
		a.Set(hour(i))
		wantBody(t, a, u, want)
		if r := a.Records()[i]; r.Status != 200 || r.MediaType != "text/html" {
			t.Errorf("record %d is %+v", i, r)
		}
	}
	a.Set(hour(2))
	if c, err := get(t, a, kaisei.Request{URL: u}); err != nil || c.ETag() != `"a2"` {
		t.Errorf("the validator of the revisit is lost: %q, %v", c.ETag(), err)
	}
	a.Set(hour(6))
	_, err := get(t, a, kaisei.Request{URL: u})
	wantCause(t, err, kaisei.CauseNotArchived)
	if w := a.Warnings(); len(w) != 1 || !strings.Contains(w[0], "06:00") {
		t.Errorf("warnings: %q", w)
	}
}

func TestArchiveUndoesTheEncodingsOfRecordedMessages(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write([]byte("unpacked"))
	_ = w.Close()
	u := func(s string) string { return "https://www.example.go.jp/" + s }
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	chunk := func(s string) string { return fmt.Sprintf("%x;ext=1\r\n%s\r\n0\r\nX: y\r\n\r\n", len(s), s) }
	recs := []rec{
		{url: u("chunked"), block: head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("unpacked")},
		{url: u("gzip"), block: head + "Content-Encoding: gzip\r\n\r\n" + z.String()},
		{url: u("both"), block: head + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(z.String())},
		{url: u("said-chunked"), block: head + "Transfer-Encoding: chunked\r\n\r\nunpacked"},
		{url: u("said-gzip"), block: head + "Content-Encoding: gzip\r\n\r\nunpacked"},
		{url: u("longer-than-said"), noDigest: true, block: head + "Content-Length: 8\r\n\r\nunpacked and more"},
		{url: u("unpacked-by-the-crawler"), block: head + "Content-Length: 3\r\n\r\nunpacked"},
		{url: u("sloppy"), block: "HTTP/2 200\nContent-Type: text/plain\nno colon here\nX: 1\n folded\n\nunpacked"},
	}
	for i := range recs {
		recs[i].kind, recs[i].at = "response", t0
	}
	a := openBytes(t, pack(t, perRecord, recs...))
	for _, r := range recs {
		wantBody(t, a, r.url, "unpacked")
		resp, err := (&http.Client{Transport: a}).Get(r.url) // which leaves gzip to the transport
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(resp.Body); err != nil || string(b) != "unpacked" || resp.Header.Get("Content-Encoding") != "" && r.url != u("said-gzip") {
			t.Errorf("%s by http.Client: %q, %v", r.url, b, err)
		}
		resp.Body.Close()
	}
}

func TestArchiveTellsDamageFromAnswers(t *testing.T) {
	u := func(s string) string { return "https://www.example.go.jp/" + s }
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	recs := []rec{
		{url: u("short"), noDigest: true, block: head + "Content-Length: 20\r\n\r\nhalf"},
		{url: u("half-a-chunk"), noDigest: true, block: head + "Transfer-Encoding: chunked\r\n\r\n20\r\nhalf"},
		{url: u("cut-by-the-crawler"), header: "WARC-Truncated: length\r\n", block: ok("half")},
		{url: u("segment"), header: "WARC-Segment-Number: 1\r\n", block: ok("half")},
		{url: u("block-digest"), header: "WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n", block: ok("other")},
		{url: u("payload-digest"), noDigest: true, header: "WARC-Payload-Digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n", block: ok("other")},
	}
	for i := range recs {
		recs[i].kind, recs[i].at = "response", t0
	}
	a := openBytes(t, pack(t, perRecord, recs...))
	for _, r := range recs {
		_, err := get(t, a, kaisei.Request{URL: r.url})
		wantCause(t, err, kaisei.CauseTruncated)
	}
}

func TestArchiveOfDamagedFileServesWhatStandsBeforeTheDamage(t *testing.T) {
	u := func(i int) string { return fmt.Sprintf("https://www.example.go.jp/%d", i) }
	var recs []rec
	for i := range 4 {
		recs = append(recs, rec{kind: "response", url: u(i), at: t0, block: ok(strings.Repeat("text ", 1000) + u(i))})
	}
	for _, how := range []packing{plain, perRecord, whole} {
		data := pack(t, how, recs...)
		for _, cut := range []int{1, 10, len(data) / 8} {
			if how == plain && cut == 1 {
				continue // a newline after the block
			}
			a := openBytes(t, data[:len(data)-cut-4])
			if w := a.Warnings(); len(w) != 1 || !strings.Contains(w[0], "byte ") || !strings.Contains(w[0], "are used") {
				t.Errorf("%s, %d bytes cut: warnings %q", how, cut, w)
			}
			n := len(a.Records())
			if n == 0 || n == 4 && cut > 10 {
				t.Errorf("%s, %d bytes cut: %d records", how, cut, n)
			}
			for i := range n {
				wantBody(t, a, u(i), strings.Repeat("text ", 1000)+u(i))
			}
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "no WARC": []byte("<html>"), "half a header": []byte("WARC/1.1\r\nWARC-Type: resp"), "half a member": pack(t, perRecord, recs[0])[:30],
		"no captures": pack(t, plain, rec{kind: "warcinfo", at: t0, media: "application/warc-fields"}), "a negative length": []byte("WARC/1.1\r\nWARC-Date: 2026-01-01\r\nContent-Length: -1\r\n\r\n"),
		"an endless header": append([]byte("WARC/1.1\r\nX: "), bytes.Repeat([]byte("x"), 2*maxWARCHeader)...), "another version": []byte("WARC/7.0\r\n\r\n"),
		"no date": []byte("WARC/1.0\r\nContent-Length: 0\r\n\r\n"), "a line without a name": []byte("WARC/1.0\r\nrubbish\r\n\r\n"),
	} {
		file := filepath.Join(t.TempDir(), "x.warc")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := OpenArchive(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	if _, err := OpenArchive(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestArchiveLeavesOutRecordsItCannotRead(t *testing.T) {
	a := openBytes(t, pack(t, perRecord,
		rec{kind: "response", url: "dns:www.example.go.jp", at: t0, media: "text/dns", block: "192.0.2.1"},
		rec{kind: "response", url: "https://www.example.go.jp/ftp", at: t0, media: "application/x-ftp", block: "x"},
		rec{kind: "response", url: "https://www.example.go.jp/noise", at: t0, block: "noise"},
		rec{kind: "response", url: "https://www.example.go.jp/flood", at: t0, block: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", maxHTTPHead) + "\r\n\r\n"},
		rec{kind: "response", url: "https://www.example.go.jp/", at: t0, block: ok("text")},
	))
	if len(a.Records()) != 1 || len(a.Warnings()) != 3 {
		t.Errorf("%d records, warnings %q", len(a.Records()), a.Warnings())
	}
}

func TestArchiveSeveralFilesAreOneHistory(t *testing.T) {
	const u = "https://www.example.go.jp/"
	a := openBytes(t,
		pack(t, whole, rec{kind: "response", url: u, at: t0.Add(time.Hour), block: ok("2")}, rec{kind: "response", url: u, at: t0.Add(3 * time.Hour), block: ok("4")}),
		pack(t, plain, rec{kind: "response", url: u, at: t0, block: ok("1")}, rec{kind: "response", url: u, at: t0.Add(2 * time.Hour), block: ok("3")}),
	)
	for i, want := range []string{"1", "2", "3", "4"} {
		a.Set(t0.Add(time.Duration(i) * time.Hour))
		wantBody(t, a, u, want)
	}
	for i, want := range []string{"4", "3", "2", "1"} { // backwards too
		a.Set(t0.Add(time.Duration(3-i) * time.Hour))
		wantBody(t, a, u, want)
	}
}

func TestArchiveReadsTheWholeCorpus(t *testing.T) {
	a := openCorpus(t)
	defer a.Close()
	if w := a.Warnings(); len(w) != 0 {
		t.Error(w)
	}
	records := a.Records()
	if len(records) != 193 {
		t.Fatalf("%d records", len(records))
	}
	var size int
	client := &Client{Transport: a}
	for i, r := range records {
		if i > 0 && r.At.Before(records[i-1].At) {
			t.Errorf("record %d is out of order", i)
		}
		a.Set(r.At)
		c, err := client.Get(t.Context(), kaisei.Request{URL: r.URL})
		if err != nil || c.MediaType != r.MediaType || c.Status != r.Status || !c.At.Equal(r.At) {
			t.Errorf("%s at %s: %+v, %v", r.URL, r.At, c.Snapshot, err)
		}
		cap := a.captures[i]
		if last := a.byURL[URLKey(r.URL)]; cap.At.Equal(c.At) && "sha256:"+c.Hash != cap.payload && len(last) > 0 && !sharesTime(last, cap) {
			t.Errorf("%s at %s has hash %s, want %s", r.URL, r.At, c.Hash, cap.payload)
		}
		size += c.Size
	}
	t.Logf("%d bytes in %d bodies", size, len(records))
	a.Set(records[0].At.Add(-time.Hour))
	_, err := client.Get(t.Context(), kaisei.Request{URL: records[0].URL})
	wantCause(t, err, kaisei.CauseNotArchived)
}

// sharesTime reports whether another capture of the same URL has the time of c, so that
// only the later one can be asked for.
func sharesTime(all []*capture, c *capture) bool {
	for _, o := range all {
		if o != c && o.At.Equal(c.At) {
			return true
		}
	}
	return false
}

func openCorpus(t testing.TB) *Archive {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	name := filepath.Join(dir, "..", "shared", "corpus", "history.warc.gz")
	if _, err := os.Stat(name); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	a, err := OpenArchive(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestArchiveHoldsNoBodiesInMemory(t *testing.T) {
	const u = "https://www.example.go.jp/"
	big := ok(strings.Repeat("0123456789", 400_000))
	var recs []rec
	for i := range 25 { // 100 MB
		recs = append(recs, rec{kind: "response", url: u, at: t0.Add(time.Duration(i) * time.Hour), block: big})
	}
	for _, how := range []packing{perRecord, whole} {
		data := pack(t, how, recs...)
		before := heap()
		a := openBytes(t, data)
		for _, r := range a.Records() {
			a.Set(r.At)
			if _, err := get(t, a, kaisei.Request{URL: u}); err != nil {
				t.Fatal(err)
			}
		}
		if after := heap(); after > before+4<<20 {
			t.Errorf("%s: the heap grew by %d kB", how, (after-before)>>10)
		}
		runtime.KeepAlive(a)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestArchiveOfAFileDamagedInTheMiddleServesWhatFollows(t *testing.T) {
	u := func(i int) string { return fmt.Sprintf("https://www.example.go.jp/%d", i) }
	var recs []rec
	var starts []int
	for i := range 5 {
		recs = append(recs, rec{kind: "response", url: u(i), at: t0, block: ok(strings.Repeat("text ", 300+i) + u(i))})
	}
	for _, how := range []packing{plain, perRecord} {
		data := pack(t, how, recs...)
		starts = starts[:0]
		for i := range recs {
			starts = append(starts, len(pack(t, how, recs[:i]...)))
		}
		for name, damage := range map[string]func(b []byte){
			"a torn head":   func(b []byte) { copy(b, "XXXXXXXXXXXX") },
			"zeros":         func(b []byte) { clear(b[:len(b)/2]) },
			"a lost length": func(b []byte) { copy(b[bytes.Index(b, []byte("Content-Length: "))+1:], "onteNt-Wrong") },
		} {
			if how == perRecord && name == "a lost length" {
				continue // nothing of it shows in a packed record
			}
			hurt := bytes.Clone(data)
			damage(hurt[starts[2]:starts[3]])
			a := openBytes(t, hurt)
			if w := a.Warnings(); len(w) != 1 || !strings.Contains(w[0], fmt.Sprintf("byte %d", starts[2])) || !strings.Contains(w[0], fmt.Sprintf("from byte %d on is used again", starts[3])) {
				t.Errorf("%s, %s: warnings %q; the record is at %d to %d", how, name, w, starts[2], starts[3])
			}
			if len(a.Records()) != 4 {
				t.Errorf("%s, %s: %d records", how, name, len(a.Records()))
			}
			for _, i := range []int{0, 1, 3, 4} {
				wantBody(t, a, u(i), strings.Repeat("text ", 300+i)+u(i))
			}
		}
	}
}
