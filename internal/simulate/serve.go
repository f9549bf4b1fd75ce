package simulate

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server answers for a Site on loopback, one port for each host. Serve makes it, Run runs it.
type Server struct {
	site *Site
	ip   string
	// ports and listeners are of the hosts in their order; a host that is down has no listener.
	ports []int

	mu      sync.Mutex
	servers []*http.Server
	open    []net.Listener
	group   sync.WaitGroup
	expired *http.Server
}

// Serve makes the site answer on loopback at the given IP address (127.0.0.1 where it is empty),
// the first host at the given port and the others at free ones; port 0 takes a free one for it too. The
// site's addresses are loopback ones from then on. Hosts whose servers refuse connections close their
// ports. Close ends it.
func (s *Site) Serve(ip string, port int) (*Server, error) {
	if ip == "" {
		ip = "127.0.0.1"
	}
	if addr := net.ParseIP(ip); addr == nil || !addr.IsLoopback() {
		return nil, fmt.Errorf("serve the simulated sites at %q: they are served on loopback only, such as 127.0.0.1", ip)
	}
	v := &Server{site: s, ip: ip, servers: make([]*http.Server, len(s.hosts)), open: make([]net.Listener, len(s.hosts))}
	for i, h := range s.hosts {
		at := 0
		if i == 0 {
			at = port
		}
		if err := v.start(i, at); err != nil {
			return nil, errors.Join(err, v.Close())
		}
		h.base = "http://" + v.open[i].Addr().String()
		v.ports = append(v.ports, v.open[i].Addr().(*net.TCPAddr).Port)
	}
	if err := v.startExpired(); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	s.mu.Lock()
	s.server = v
	s.mu.Unlock()
	return v, nil
}

// start opens the port of a host.
func (v *Server) start(i, port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort(v.ip, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("listen for the simulated host %s: %w", ministries[i].key, err)
	}
	srv := &http.Server{Handler: v.site.Handler(i), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.servers[i], v.open[i] = srv, l
	v.group.Go(func() { _ = srv.Serve(l) }) // which ends with ErrServerClosed
	return nil
}

// startExpired opens the port that the certificate of last year stands at.
func (v *Server) startExpired() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make the key of the simulated certificate: %w", err)
	}
	over := time.Now().Add(-24 * time.Hour)
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "expired.example"},
		NotBefore: over.Add(-365 * 24 * time.Hour), NotAfter: over, IPAddresses: []net.IP{net.ParseIP(v.ip)},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("make the simulated certificate: %w", err)
	}
	l, err := tls.Listen("tcp", net.JoinHostPort(v.ip, "0"), &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		return fmt.Errorf("listen with the simulated certificate: %w", err)
	}
	v.site.mu.Lock()
	v.site.tlsBase = "https://" + l.Addr().String()
	v.site.mu.Unlock()
	v.expired = &http.Server{Handler: http.NotFoundHandler(), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	v.group.Go(func() { _ = v.expired.Serve(l) })
	return nil
}

// refuse closes the port of a host and the connections to it, or opens it again.
func (v *Server) refuse(i int, down bool) error {
	v.mu.Lock()
	srv, l := v.servers[i], v.open[i]
	if down {
		v.servers[i] = nil
	}
	v.mu.Unlock()
	switch {
	case down && srv != nil:
		l.Close() // a server that does not accept yet does not know its port; else its Close says so again
		return ignoreClosed(srv.Close())
	case !down && srv == nil:
		return v.start(i, v.ports[i])
	}
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close ends all servers and waits for them.
func (v *Server) Close() error {
	var errs []error
	v.mu.Lock()
	list := append([]*http.Server{v.expired}, v.servers...)
	v.mu.Unlock()
	for _, srv := range list {
		if srv != nil {
			errs = append(errs, ignoreClosed(srv.Close()))
		}
	}
	v.group.Wait()
	return errors.Join(errs...)
}

// Handler answers for one host of the site, by its number.
func (s *Site) Handler(at int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := s.take(at, req)
		defer s.done(at, a)
		switch f := s.state(at); f {
		case FaultTLS:
			a = redirect(s.tlsBase + req.URL.EscapedPath())
		case FaultDNS:
			a = redirect("http://" + unresolvable + req.URL.EscapedPath())
		}
		a.send(w, req)
	})
}

// unresolvable is a name that no resolver knows (RFC 6761).
const unresolvable = "www.kasetsu.invalid"

// take counts a request in and answers it.
func (s *Site) take(at int, req *http.Request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hosts[at]
	h.flying++
	h.counts.InFlight = max(h.counts.InFlight, h.flying)
	return s.answer(at, req)
}

// done counts a request out.
func (s *Site) done(at int, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hosts[at].flying--
	s.hosts[at].counts.Bytes += int64(len(a.body))
}

func (s *Site) state(at int) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hosts[at].down
}

// send writes the answer to the wire, broken where it is to break.
func (a answer) send(w http.ResponseWriter, req *http.Request) {
	if a.hang {
		<-req.Context().Done()
		panic(http.ErrAbortHandler)
	}
	for k, v := range a.header {
		w.Header()[k] = v
	}
	switch {
	case a.cut && !a.chunked:
		w.Header().Set("Content-Length", strconv.Itoa(a.announced()))
	case !a.cut && !a.endless && a.status != http.StatusNotModified:
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	flush := http.NewResponseController(w)
	for a.drip && len(a.body) > 0 && pause(req.Context(), slowly) {
		w.Write(a.body[:1])
		flush.Flush()
		a.body = a.body[1:]
	}
	for {
		if _, err := w.Write(a.body); err != nil || !a.endless {
			break
		}
	}
	if a.cut {
		flush.Flush()
		panic(http.ErrAbortHandler)
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// hostOf returns the number of the host that a request is for.
func (s *Site) hostOf(req *http.Request) (int, bool) {
	for i, h := range s.hosts {
		if strings.EqualFold("http://"+req.URL.Host, h.base) {
			return i, true
		}
	}
	return 0, false
}
