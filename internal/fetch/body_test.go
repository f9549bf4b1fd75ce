package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zstd"

	"kaisei/internal/kaisei"
)

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGetUnpacksWhatServersSend(t *testing.T) {
	text := strings.Repeat("人工知能関連技術の研究開発及び活用の推進に関する法律 ", 3000)
	z := zipped(t, []byte(text))
	var zl, fl, zs bytes.Buffer
	w := zlib.NewWriter(&zl)
	_, _ = io.WriteString(w, text)
	w.Close()
	f, _ := flate.NewWriter(&fl, 6)
	_, _ = io.WriteString(f, text)
	f.Close()
	e, _ := zstd.NewWriter(&zs)
	_, _ = io.WriteString(e, text)
	e.Close()
	half := len(text) / 3 / 2 * 3
	bodies := map[string][]byte{
		"gzip": z, "GZIP, identity": z, "x-gzip": z, "deflate": zl.Bytes(), "deflate, ": fl.Bytes(), "zstd": zs.Bytes(), "gzip, gzip": zipped(t, z),
		" gzip":    []byte(text),                                                              // named gzip and sent plain
		"gzip ":    append(bytes.Clone(z), 0, 0, 0),                                           // padded
		"gzip,":    append(zipped(t, []byte(text[:half])), zipped(t, []byte(text[half:]))...), // two members
		"identity": []byte(text), "": []byte(text),
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		w.Header()["Content-Encoding"] = []string{q.Get("e")}
		w.Header().Set("Content-Type", "text/html")
		if q.Has("chunked") {
			w.(http.Flusher).Flush()
		}
		_, _ = w.Write(bodies[q.Get("e")])
	})
	c := newClient(t)
	for e := range bodies {
		for _, how := range []string{"", "&chunked"} {
			got, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/?e=" + strings.ReplaceAll(strings.ReplaceAll(e, " ", "%20"), ",", "%2C") + how})
			if err != nil || string(got.Body) != text {
				t.Errorf("%q%s: %d bytes, %v", e, how, len(got.Body), err)
			}
		}
	}
}

func TestGetTellsTruncatedBodiesFromWholeOnes(t *testing.T) {
	noise := make([]byte, 100_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	z := zipped(t, noise)
	spoilt := bytes.Clone(z)
	spoilt[len(spoilt)-6] ^= 1
	cases := map[string]func(w http.ResponseWriter) []byte{
		"shorter than announced": func(w http.ResponseWriter) []byte {
			w.Header().Set("Content-Length", "1000")
			return []byte("half")
		},
		"gzip shorter than announced": func(w http.ResponseWriter) []byte {
			w.Header().Set("Content-Length", strconv.Itoa(len(z)))
			w.Header().Set("Content-Encoding", "gzip")
			return z[:len(z)/2]
		},
		"gzip cut, length right": func(w http.ResponseWriter) []byte {
			w.Header().Set("Content-Encoding", "gzip")
			return z[:len(z)/2]
		},
		"gzip cut in its trailer":  func(w http.ResponseWriter) []byte { w.Header().Set("Content-Encoding", "gzip"); return z[:len(z)-4] },
		"gzip cut in its header":   func(w http.ResponseWriter) []byte { w.Header().Set("Content-Encoding", "gzip"); return z[:5] },
		"gzip with a wrong digest": func(w http.ResponseWriter) []byte { w.Header().Set("Content-Encoding", "gzip"); return spoilt },
		"gzip, second member cut": func(w http.ResponseWriter) []byte {
			w.Header().Set("Content-Encoding", "gzip")
			return append(bytes.Clone(z), z[:100]...)
		},
		"a chunk that never ends": func(w http.ResponseWriter) []byte { w.(http.Flusher).Flush(); return noise[:5000] },
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("case")
		_, _ = w.Write(cases[name](w))
		if strings.Contains(name, "chunk") || strings.Contains(name, "announced") {
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	})
	for name := range cases {
		_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/?case=" + strings.ReplaceAll(name, " ", "+")})
		t.Run(name, func(t *testing.T) { wantCause(t, err, kaisei.CauseTruncated) })
	}
}

func TestGetRefusesEncodingsItCannotRead(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", r.URL.Query().Get("e"))
		fmt.Fprint(w, "text")
	})
	for _, e := range []string{"br", "gzip,gzip,gzip"} {
		_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/?e=" + e})
		wantCause(t, err, kaisei.CauseDecode)
	}
}

// TestAttackTwoGigabytesStopAtTheLimit has servers that send until they are hung up on.
func TestAttackTwoGigabytesStopAtTheLimit(t *testing.T) {
	const limit, total, slack = 16 << 20, 2 << 30, 64 << 20 // slack is what sockets may hold
	sent := map[string]*atomic.Int64{"/announced": {}, "/streamed": {}, "/bomb": {}}
	zeros := make([]byte, 1<<20)
	bomb := bytes.Repeat(zipped(t, make([]byte, 32<<20)), total/(32<<20))
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/announced":
			w.Header().Set("Content-Length", strconv.Itoa(total))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
			return
		}
		for range total / len(zeros) {
			n, err := w.Write(zeros)
			if sent[r.URL.Path].Add(int64(n)); err != nil {
				return
			}
		}
	})
	for path, most := range map[string]int64{"/announced": slack, "/streamed": limit + slack, "/bomb": 0} {
		c := newClient(t)
		c.MaxBytes = limit
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + path})
		runtime.ReadMemStats(&after)
		wantCause(t, err, kaisei.CauseTooLarge)
		if n := sent[path].Load(); n > most {
			t.Errorf("%s: %d bytes were sent", path, n)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 6*limit {
			t.Errorf("%s: %d bytes were allocated", path, grown)
		}
		t.Logf("%s: %d MB sent, %d MB allocated: %v", path, sent[path].Load()>>20, (after.TotalAlloc-before.TotalAlloc)>>20, err)
	}
}

func TestGetAcceptsABodyOfExactlyTheLimit(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/chunked" {
			w.(http.Flusher).Flush()
		}
		fmt.Fprint(w, strings.Repeat("x", 1000))
	})
	for _, path := range []string{"/", "/chunked"} {
		c := newClient(t)
		c.MaxBytes = 1000
		if got, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + path}); err != nil || got.Size != 1000 {
			t.Errorf("%d bytes, %v", got.Size, err)
		}
		c = newClient(t)
		c.MaxBytes = 999
		_, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + path})
		wantCause(t, err, kaisei.CauseTooLarge)
	}
}

func TestAttackABombIsRefusedAndDenseTextIsNot(t *testing.T) {
	table := bytes.Repeat([]byte("<tr><td>該当なし</td><td>該当なし</td></tr>\n"), 20_000) // packs well, and is small
	bomb := bytes.Repeat([]byte{0}, InflationFree+1<<20)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped(t, map[string][]byte{"/table": table, "/bomb": bomb}[r.URL.Path]))
	})
	if _, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/table"}); err != nil {
		t.Error(err)
	}
	_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL + "/bomb"})
	if f := wantCause(t, err, kaisei.CauseTooLarge); !strings.Contains(f.Detail, "bomb") {
		t.Error(f)
	}
}

func TestAttackAFloodOfHeadersIsRefused(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for i := range 2000 {
			w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
		}
		fmt.Fprint(w, "text")
	})
	_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL})
	wantCause(t, err, kaisei.CauseTooLarge)
}
