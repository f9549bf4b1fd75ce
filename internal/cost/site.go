package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/text/encoding/japanese"
)

// tally is what a server saw.
type tally struct {
	Requests    int64 `json:"requests"`
	NotModified int64 `json:"not_modified"`
	// Received and Sent are bytes of the connections, headers included.
	Received int64 `json:"received"`
	Sent     int64 `json:"sent"`
	// InFlight is the most requests of one host at once.
	InFlight int64 `json:"in_flight"`
}

// site serves pages of 20 to 200 KB, a quarter of them in Shift_JIS, half of them with validators.
type site struct {
	pages      []page
	validators bool
	changing   atomic.Int64

	requests, notModified, received, sent atomic.Int64

	mu       sync.Mutex
	inFlight map[string]int64
	most     int64
}

type page struct {
	plain, packed []byte
	charset, etag string
}

var sentences = []string{
	"人工知能関連技術を利用する事業者は、その利用の目的及び範囲をあらかじめ明らかにするものとする。",
	"提供者は、学習に用いたデータの出所について、利用者の求めに応じて説明することが望ましい。",
	"開発者は、出力の正確性に関する評価の結果を、毎年度公表しなければならない。",
	"本指針は、技術の進展及び社会情勢の変化に応じ、適時に見直すこととする。",
	"個人情報を含む入力を行う場合には、利用目的の範囲内であることを確認する必要がある。",
}

// prose returns n sentences in paragraphs.
func prose(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i%6 == 0 {
			fmt.Fprintf(&b, "</p>\n<h3>%d　確認事項</h3>\n<p>", i/6+1)
		}
		fmt.Fprintf(&b, "（%d）%s", r.IntN(1000), sentences[r.IntN(len(sentences))])
	}
	return b.String()
}

func newSite(n int, validators bool) (*site, error) {
	s := &site{validators: validators, inFlight: map[string]int64{}}
	for i := range n {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		size := 20<<10 + r.IntN(180<<10)
		text := fmt.Sprintf(`<!DOCTYPE html><html lang="ja"><head><title>第%d号の通知</title></head><body><nav><ul>%s</ul></nav><main><h1>第%d号の通知</h1><p>%s</p></main><footer>所管の窓口</footer></body></html>`,
			i, strings.Repeat(`<li><a href="/menu.html">政策について</a></li>`, 40), i, prose(r, size/140))
		p := page{plain: []byte(text), charset: "UTF-8"}
		if i%4 == 3 {
			b, err := japanese.ShiftJIS.NewEncoder().Bytes(p.plain)
			if err != nil {
				return nil, err
			}
			p.plain, p.charset = b, "Shift_JIS"
		}
		if i%2 == 0 {
			p.etag = fmt.Sprintf(`"%x"`, i)
		}
		p.packed = packed(p.plain)
		s.pages = append(s.pages, p)
	}
	return s, nil
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/-/tally":
		s.mu.Lock()
		t := tally{InFlight: s.most}
		s.most = 0
		s.mu.Unlock()
		t.Requests, t.NotModified = s.requests.Swap(0), s.notModified.Swap(0)
		t.Received, t.Sent = s.received.Swap(0), s.sent.Swap(0)
		_ = json.NewEncoder(w).Encode(t)
		return
	case "/robots.txt":
		s.requests.Add(1)
		http.NotFound(w, r)
		return
	}
	s.requests.Add(1)
	s.mu.Lock()
	s.inFlight[r.Host]++
	s.most = max(s.most, s.inFlight[r.Host])
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight[r.Host]--
		s.mu.Unlock()
	}()
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/page/"), ".html"))
	if err != nil || n < 0 || n >= len(s.pages) {
		http.NotFound(w, r)
		return
	}
	p := s.pages[n]
	h := w.Header()
	h.Set("Content-Type", "text/html; charset="+p.charset)
	if s.validators && p.etag != "" {
		h.Set("Etag", p.etag)
		if r.Header.Get("If-None-Match") == p.etag {
			s.notModified.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := p.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = p.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// counted counts the bytes of its connections.
type counted struct {
	net.Listener
	site *site
}

func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &countedConn{c, l.site}, nil
}

type countedConn struct {
	net.Conn
	site *site
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.site.received.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.site.sent.Add(int64(n))
	return n, err
}

// serve is the process of the server. It prints its port and ends with its standard input.
func serve(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	pages := f.Int("pages", 500, "")
	hosts := f.Int("hosts", 20, "")
	validators := f.Bool("validators", true, "")
	if err := f.Parse(args); err != nil {
		return err
	}
	s, err := newSite(*pages, *validators)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	port := "0"
	fail := make(chan error, *hosts)
	for i := range *hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(fmt.Sprintf("127.0.0.%d", i+1), port))
		if err != nil {
			return err
		}
		if _, port, err = net.SplitHostPort(l.Addr().String()); err != nil {
			return err
		}
		go func() { fail <- server.Serve(counted{l, s}) }()
	}
	fmt.Println(port)
	go func() {
		var b [1]byte
		_, err := os.Stdin.Read(b[:])
		fail <- err
	}()
	select {
	case <-ctx.Done():
	case err = <-fail:
	}
	return errors.Join(nil, server.Close())
}
