package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kaisei/internal/simulate"
)

// tally is what a server saw.
type tally struct {
	// Pages and Robots are the requests for pages and for robots.txt.
	Pages, Robots int64
	NotModified   int64
	// Received and Sent are bytes of the connections, headers included.
	Received, Sent int64
	// InFlight is the most requests that one host had at once.
	InFlight int64
}

// site serves the pages of the simulated ministries without noise, each ministry at an address
// of its own, and counts.
type site struct {
	simulate *simulate.Site
	// full is whether every answer is in full and none 304.
	full atomic.Bool
	// edit, where not nil, is what stands at /text: a text that changes a little at every request.
	edit *amended

	pages, robots, notModified, received, sent, most atomic.Int64
}

// hostKey finds the names of the simulated hosts in their order.
var hostKey = regexp.MustCompile(`(?m)^\[authority\.([a-z]+)\]$`)

// handler answers for one host.
func (s *site) handler(at int) http.Handler {
	pages := s.simulate.Handler(at)
	var flying atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := flying.Add(1)
		defer flying.Add(-1)
		for old := s.most.Load(); n > old && !s.most.CompareAndSwap(old, n); old = s.most.Load() {
		}
		switch r.URL.Path {
		case "/-/tally":
			_ = json.NewEncoder(w).Encode(tally{
				Pages: s.pages.Swap(0), Robots: s.robots.Swap(0), NotModified: s.notModified.Swap(0),
				Received: s.received.Swap(0), Sent: s.sent.Swap(0), InFlight: s.most.Swap(0),
			})
			return
		case "/-/full":
			s.full.Store(r.URL.RawQuery == "yes")
			return
		case "/text.html":
			s.edit.ServeHTTP(w, r)
			return
		case "/robots.txt":
			s.robots.Add(1)
		default:
			s.pages.Add(1)
		}
		if s.full.Load() {
			r.Header.Del("If-None-Match")
			r.Header.Del("If-Modified-Since")
		}
		pages.ServeHTTP(&noting{ResponseWriter: w, notModified: &s.notModified}, r)
	})
}

// noting counts answers of 304.
type noting struct {
	http.ResponseWriter
	notModified *atomic.Int64
}

func (n *noting) WriteHeader(status int) {
	if status == http.StatusNotModified {
		n.notModified.Add(1)
	}
	n.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer.
func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }

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

// serve is the process of the server. It prints the address of the tally and of every page, then an empty
// line, and ends with its standard input.
func serve(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	pages := f.Int("pages", simulate.DefaultPages, "")
	if err := f.Parse(args); err != nil {
		return err
	}
	s := &site{simulate: simulate.New(simulate.Options{Seed: 1, Pages: *pages, Quiet: true}), edit: newAmended()}
	keys := hostKey.FindAllStringSubmatch(s.simulate.Sources(""), -1)
	at := map[string]string{}
	fail := make(chan error, len(keys)+1)
	var servers sync.WaitGroup
	server := make([]*http.Server, len(keys))
	for i, key := range keys {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+1))
		if err != nil {
			return err
		}
		at["www."+key[1]+".example"] = l.Addr().String()
		server[i] = &http.Server{Handler: s.handler(i), ReadHeaderTimeout: time.Minute}
		servers.Go(func() { fail <- server[i].Serve(counted{l, s}) })
	}
	var out strings.Builder
	fmt.Fprintf(&out, "http://%s/\n", at["www."+keys[0][1]+".example"])
	for _, page := range s.simulate.Pages() {
		u, err := url.Parse(page)
		if err != nil {
			return err
		}
		u.Host = at[u.Host]
		fmt.Fprintln(&out, u)
	}
	fmt.Println(out.String())
	go func() {
		var b [1]byte
		_, err := os.Stdin.Read(b[:])
		fail <- err
	}()
	select {
	case <-ctx.Done():
	case <-fail:
	}
	var errs []error
	for _, s := range server {
		errs = append(errs, s.Close())
	}
	servers.Wait()
	return errors.Join(errs...)
}
