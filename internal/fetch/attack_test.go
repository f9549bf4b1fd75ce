package fetch

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"kaisei/internal/kaisei"
)

// The attack list runs by 'go test -run Attack ./...'. What stands here is what one request can meet;
// internal/watch has what a whole look can.

// allocates returns how many bytes f allocates.
func allocates(f func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

func TestAttackRedirectsToInsideAddressesInEveryForm(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(302)
	})
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("reached as %s", r.Host) })
	_, port, _ := strings.Cut(inside.Listener.Addr().String(), ":")
	for _, host := range []string{
		"169.254.169.254", "[::1]:" + port, "[::]:" + port, "2130706434:" + port, "0x7f000002:" + port, "0177.0.0.2:" + port, "127.2:" + port,
		"[::ffff:127.0.0.2]:" + port, "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::7f00:2]:" + port, "[2002:7f00:2::]", "[fe80::1%25eth0]", "metadata.google.internal",
		"localhost.localdomain:" + port, "127.0.0.2.:" + port, "①②⑦.0.0.2:" + port,
	} {
		c := newClient(t)
		_, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/?to=" + strings.ReplaceAll("http://"+host+"/", "%", "%25")})
		wantAnyCause(t, err, kaisei.CauseForbidden, kaisei.CauseDNS, kaisei.CauseRedirect)
	}
}

func TestAttackCredentialsInALocationAreNeitherSentNorTold(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("credentials were sent")
		}
		if r.URL.Path == "/" {
			w.Header().Set("Location", "http://user:hunter2@"+r.Host+"/next?token=hunter2")
			w.WriteHeader(302)
		}
	})
	_, err := newClient(t).Get(t.Context(), kaisei.Request{URL: s.URL})
	if f := wantCause(t, err, kaisei.CauseRedirect); strings.Contains(f.Error(), "hunter2") {
		t.Error(f)
	}
}

func TestAttackCookiesAreKeptForOneVisitAndOneHost(t *testing.T) {
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			t.Errorf("another host got %q", r.Header.Get("Cookie"))
		}
		fmt.Fprint(w, "text")
	})
	to := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	first := true
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/" && r.Header.Get("Cookie") != "":
			t.Errorf("a later visit brought %q", r.Header.Get("Cookie"))
		case r.URL.Path == "/":
			for i := range 200 {
				http.SetCookie(w, &http.Cookie{Name: fmt.Sprintf("c%d", i), Value: strings.Repeat("x", 500)})
			}
			http.SetCookie(w, &http.Cookie{Name: "wide", Value: "x", Domain: "jp"})
			http.Redirect(w, r, "/away", http.StatusFound)
		case first:
			first = false
			http.Redirect(w, r, to, http.StatusFound)
		default:
			http.Redirect(w, r, to, http.StatusFound)
		}
	})
	c := newClient(t)
	c.Resolver = resolver(t, func(string, int) []string { return []string{"127.0.0.1"} })
	for range 2 {
		if _, err := c.Get(t.Context(), kaisei.Request{URL: s.URL + "/"}); err != nil && kaisei.CauseOf(err) != kaisei.CauseForbidden && kaisei.CauseOf(err) != kaisei.CauseClient && kaisei.CauseOf(err) != kaisei.CauseRefused {
			t.Error(err)
		}
	}
}

func TestAttackNestedBombsAndClaimsOfEveryEncoding(t *testing.T) {
	inner := zipped(t, make([]byte, 64<<20))
	var zs bytes.Buffer
	e, _ := zstd.NewWriter(&zs, zstd.WithEncoderLevel(zstd.SpeedFastest))
	for range 64 {
		_, _ = e.Write(make([]byte, 1<<20))
	}
	e.Close()
	bodies := map[string][]byte{
		"gzip": inner, "gzip, gzip": zipped(t, inner), "zstd": zs.Bytes(), "zstd, gzip": zipped(t, zs.Bytes()), "gzip, zstd": zipped(t, inner),
		"br": inner, "gzip, gzip, gzip": zipped(t, zipped(t, inner)), "compress": inner, "deflate": inner[10:], strings.Repeat("gzip, ", 5000) + "gzip": inner,
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for name, body := range bodies {
			if strconv.Itoa(len(name)) == r.URL.Query().Get("n") && strings.HasPrefix(name, r.URL.Query().Get("p")) {
				w.Header().Set("Content-Encoding", name)
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write(body)
				return
			}
		}
	})
	for name := range bodies {
		start := time.Now()
		var err error
		got := allocates(func() {
			_, err = newClient(t).Get(t.Context(), kaisei.Request{URL: fmt.Sprintf("%s/?n=%d&p=%.2s", s.URL, len(name), name)})
		})
		wantAnyCause(t, err, kaisei.CauseTooLarge, kaisei.CauseDecode, kaisei.CauseTruncated)
		if took := time.Since(start); got > 96<<20 || took > 10*time.Second {
			t.Errorf("%.40s: %d MB in %v", name, got>>20, took)
		}
	}
}

func TestAttackAClaimOfAGigabyteAllocatesNothing(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", r.URL.Query().Get("n"))
		_, _ = w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	for n, cause := range map[int64]kaisei.Cause{1 << 30: kaisei.CauseTooLarge, 1 << 62: kaisei.CauseTooLarge, DefaultMaxBytes: kaisei.CauseTruncated} {
		var err error
		got := allocates(func() { _, err = newClient(t).Get(t.Context(), kaisei.Request{URL: fmt.Sprintf("%s/?n=%d", s.URL, n)}) })
		wantCause(t, err, cause)
		if got > 8<<20 {
			t.Errorf("%d bytes announced: %d MB allocated", n, got>>20)
		}
	}
}

func TestAttackHeadersThatDrip(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	defer open.Wait()
	defer l.Close()
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer conn.Close()
				// An answer before the question is another fault.
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
					return
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
				for i := 0; ; i++ {
					if _, err := fmt.Fprintf(conn, "X-%d: x\r\n", i); err != nil {
						return
					}
					<-time.After(20 * time.Millisecond)
				}
			})
		}
	})
	c := newClient(t)
	c.Timeout = time.Second
	start := time.Now()
	_, err = c.Get(t.Context(), kaisei.Request{URL: "http://" + l.Addr().String() + "/"})
	wantCause(t, err, kaisei.CauseTimeout)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// oddHTTP2 serves TLS with HTTP/2 frames written by hand.
func oddHTTP2(t *testing.T, answer func(f *http2.Framer, stream uint32)) (*Client, string) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.TLS = nil
	s.StartTLS() // for its certificate
	t.Cleanup(s.Close)
	config := s.TLS.Clone()
	config.NextProtos = []string{"h2"}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		open.Wait()
	})
	open.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer raw.Close()
				_ = raw.SetDeadline(time.Now().Add(10 * time.Second))
				conn := tls.Server(raw, config)
				if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
					return
				}
				f := http2.NewFramer(conn, conn)
				_ = f.WriteSettings()
				for {
					frame, err := f.ReadFrame()
					if err != nil {
						return
					}
					if h, ok := frame.(*http2.HeadersFrame); ok {
						answer(f, h.StreamID)
					}
				}
			})
		}
	})
	c := newClient(t) // whose connections close before the server waits for them
	c.TLS = s.Client().Transport.(*http.Transport).TLSClientConfig
	c.Timeout = 5 * time.Second
	return c, "https://" + l.Addr().String() + "/"
}

func TestAttackOddHTTP2EndsInACause(t *testing.T) {
	pack := func(fields ...string) []byte {
		var b bytes.Buffer
		e := hpack.NewEncoder(&b)
		for i := 0; i < len(fields); i += 2 {
			_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
		}
		return b.Bytes()
	}
	for name, answer := range map[string]func(f *http2.Framer, stream uint32){
		"endless continuation": func(f *http2.Framer, stream uint32) {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: pack(":status", "200")})
			block := pack("x-flood", strings.Repeat("x", 15<<10))
			for range 20_000 {
				if f.WriteContinuation(stream, false, block) != nil {
					return
				}
			}
		},
		"goaway": func(f *http2.Framer, stream uint32) { _ = f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, nil) },
		"reset":  func(f *http2.Framer, stream uint32) { _ = f.WriteRSTStream(stream, http2.ErrCodeInternal) },
		"data without headers": func(f *http2.Framer, stream uint32) {
			_ = f.WriteData(stream, true, []byte("text"))
		},
		"a push nobody asked for": func(f *http2.Framer, stream uint32) {
			_ = f.WritePushPromise(http2.PushPromiseParam{StreamID: stream, PromiseID: 2, BlockFragment: pack(":method", "GET"), EndHeaders: true})
		},
		"a length that is not kept": func(f *http2.Framer, stream uint32) {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: pack(":status", "200", "content-length", "1000"), EndHeaders: true})
			_ = f.WriteData(stream, true, []byte("text"))
		},
		"a flood of pings and settings": func(f *http2.Framer, stream uint32) {
			for range 50_000 {
				if f.WritePing(false, [8]byte{}) != nil || f.WriteSettings() != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, url := oddHTTP2(t, answer)
			var err error
			start := time.Now()
			got := allocates(func() { _, err = c.Get(t.Context(), kaisei.Request{URL: url}) })
			f := wantAnyCause(t, err, kaisei.CauseNetwork, kaisei.CauseTruncated, kaisei.CauseTooLarge, kaisei.CauseTimeout)
			if took := time.Since(start); took > 8*time.Second || got > 64<<20 {
				t.Errorf("%v, %d MB", took, got>>20)
			}
			t.Logf("%v", f)
		})
	}
}
