package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// rec is a record to be written for a test.
type rec struct {
	kind, url  string
	at         time.Time
	header     string // further WARC headers, each with \r\n
	media      string // of the record; "" means an HTTP message
	block      string
	noDigest   bool
	version    string
	fakeLength int
}

func (r rec) bytes() []byte {
	var b bytes.Buffer
	version, media, length := r.version, r.media, len(r.block)+r.fakeLength
	if version == "" {
		version = "1.1"
	}
	if media == "" {
		media = "application/http; msgtype=response"
	}
	fmt.Fprintf(&b, "WARC/%s\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:test:%s@%d>\r\n", version, r.kind, r.url, r.at.Unix())
	fmt.Fprintf(&b, "WARC-Date: %s\r\nWARC-Target-URI: %s\r\n%s", r.at.Format(time.RFC3339), r.url, r.header)
	if !r.noDigest && !strings.Contains(r.header, "Block-Digest") {
		sum := sha256.Sum256([]byte(r.block))
		fmt.Fprintf(&b, "WARC-Block-Digest: sha256:%s\r\n", hex.EncodeToString(sum[:]))
	}
	fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", media, length, r.block)
	return b.Bytes()
}

func ok(body string, headers ...string) string {
	h := strings.Join(append([]string{"HTTP/1.1 200 OK", "Content-Type: text/html; charset=UTF-8"}, headers...), "\r\n")
	return fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n%s", h, len(body), body)
}

// packing is a way to write records into a file.
type packing string

const (
	plain     packing = "plain"
	perRecord packing = "gzip per record"
	whole     packing = "gzip as a whole"
)

func pack(t testing.TB, how packing, recs ...rec) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, r := range recs {
		switch how {
		case plain:
			b.Write(r.bytes())
			continue
		case perRecord:
			z.Reset(&b)
		}
		if _, err := z.Write(r.bytes()); err != nil {
			t.Fatal(err)
		}
		if how == perRecord {
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if how == whole {
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func openBytes(t testing.TB, data ...[]byte) *Archive {
	t.Helper()
	var names []string
	for i, d := range data {
		name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.warc", i))
		if err := os.WriteFile(name, d, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	a, err := OpenArchive(names...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func get(t testing.TB, a *Archive, r kaisei.Request) (kaisei.Capture, error) {
	t.Helper()
	c := &Client{Transport: a}
	return c.Get(context.Background(), r)
}

func wantBody(t testing.TB, a *Archive, url, want string) {
	t.Helper()
	c, err := get(t, a, kaisei.Request{URL: url})
	if err != nil || string(c.Body) != want {
		t.Errorf("%s at %s: %q, %v, want %q", url, a.Now(), c.Body, err, want)
	}
}

func wantCause(t testing.TB, err error, want kaisei.Cause) *kaisei.Fault {
	t.Helper()
	var f *kaisei.Fault
	if !errors.As(err, &f) || f.Cause != want {
		t.Fatalf("error %v, want cause %s", err, want)
	}
	if f.Detail == "" {
		t.Errorf("the fault %v has no detail", f)
	}
	return f
}

func FuzzArchive(f *testing.F) {
	seed := []rec{
		{kind: "response", url: "https://a.example/", at: t0, block: ok("text", `ETag: "x"`)},
		{kind: "revisit", url: "https://a.example/", at: t0.Add(time.Hour), header: "WARC-Refers-To: <urn:test:https://a.example/@1>\r\n"},
		{kind: "response", url: "https://a.example/c", at: t0, noDigest: true, block: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: deflate\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"},
		{kind: "resource", url: "http://a.example/r", at: t0, media: "text/plain", block: "r"},
	}
	for _, how := range []packing{plain, perRecord, whole} {
		f.Add(pack(f, how, seed...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a := &Archive{byURL: map[string][]*capture{}}
		if err := a.add("fuzz", &warcFile{r: bytes.NewReader(data), size: int64(len(data))}); err != nil {
			return
		}
		a.index()
		client := &Client{Transport: a, MaxBytes: 1 << 20}
		for _, r := range a.Records() {
			a.Set(r.At)
			c, err := client.Get(context.Background(), kaisei.Request{URL: r.URL})
			var fault *kaisei.Fault
			if err != nil && !errors.As(err, &fault) {
				t.Fatalf("%T: %v", err, err)
			}
			if len(c.Body) > 1<<20 {
				t.Fatal("the limit does not hold")
			}
		}
	})
}
