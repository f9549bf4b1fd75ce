package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"kaisei/internal/kaisei"
)

// The four transports of a client are told apart by these bits.
const (
	wireHTTP1   = 1 // refuses HTTP/2
	wireProxied = 2 // dials only proxies
)

// wire makes a transport. Each dial of an unproxied one checks the address that is
// about to be connected to, after resolution, so that a name cannot resolve to one
// address for a check and to another for the connection.
func (c *Client) wire(http1, proxied bool) *http.Transport {
	dialer := &net.Dialer{Timeout: ConnectTimeout, KeepAlive: 30 * time.Second, Resolver: c.Resolver}
	if !proxied {
		dialer.ControlContext = func(_ context.Context, network, address string, _ syscall.RawConn) error {
			return c.checkDial(network, address)
		}
	}
	config := &tls.Config{}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	config.InsecureSkipVerify = false
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!http1)
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    TLSTimeout,
		ResponseHeaderTimeout:  HeaderTimeout,
		MaxResponseHeaderBytes: MaxHeaderBytes,
		DisableCompression:     true, // the body reader unpacks, and counts
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        90 * time.Second,
		Protocols:              protocols,
	}
	if c.dial != nil {
		t.DialContext = c.dial
	}
	if proxied {
		t.Proxy = c.Proxy
	}
	return t
}

// errProxy replaces errors of the proxy setting, which quote it with its password.
var errProxy = errors.New("the proxy setting in the environment is not a usable URL")

// roundTripper chooses what carries req.
func (c *Client) roundTripper(req *http.Request, http1 bool) (http.RoundTripper, error) {
	if c.Transport != nil {
		return c.Transport, nil
	}
	i := 0
	if http1 {
		i |= wireHTTP1
	}
	proxied := false
	if c.Proxy != nil {
		p, err := c.Proxy(req)
		if err != nil {
			return nil, &kaisei.Fault{Cause: kaisei.CauseNetwork, Detail: "choose a proxy: correct HTTP_PROXY, HTTPS_PROXY and NO_PROXY", Err: errProxy}
		}
		proxied = p != nil
	}
	if fault := c.checkHost(req.URL, proxied); fault != nil {
		return nil, fault
	}
	if proxied {
		i |= wireProxied
	}
	return c.wires[i], nil
}

// checkHost refuses, before anything is sent, hosts that are literal addresses not
// allowed, and behind a proxy also names that can only be meant for an inside network.
func (c *Client) checkHost(u *url.URL, proxied bool) *kaisei.Fault {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		return c.permits(ip)
	}
	if !proxied {
		return nil // judged by address, when dialled
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case last == host, last == "localhost", last == "local", last == "internal",
		last != "" && last[0] >= '0' && last[0] <= '9': // 127.1, 0x7f000001: a proxy may read an address in it
		return kaisei.Faultf(kaisei.CauseForbidden, "%s is no public name, and behind a proxy its address cannot be checked; name it in NO_PROXY to reach it directly", host)
	}
	return nil
}

// checkDial is asked with each address just before it is connected to.
func (c *Client) checkDial(network, address string) error {
	if network != "tcp4" && network != "tcp6" && network != "tcp" {
		return kaisei.Faultf(kaisei.CauseForbidden, "dial over %s", network)
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return kaisei.Faultf(kaisei.CauseForbidden, "dial %s: not an address", address)
	}
	if fault := c.permits(at.Addr()); fault != nil {
		return fault
	}
	return nil
}

// permits returns nil for a public address or one in Allow.
func (c *Client) permits(ip netip.Addr) *kaisei.Fault {
	ip = ip.Unmap()
	for _, p := range c.Allow {
		if p.Contains(ip.WithZone("")) {
			return nil
		}
	}
	if why := whyNotPublic(ip); why != "" {
		return kaisei.Faultf(kaisei.CauseForbidden, "%s is %s; public sources never need it. If it is a server of yours, list it among the allowed addresses", ip, why)
	}
	return nil
}

// special lists the address blocks that are not public, from the IANA registries of
// special-purpose addresses (RFC 6890 and later).
var special = [...]struct{ prefix, why string }{
	{"0.0.0.0/8", "an address of this machine"},
	{"10.0.0.0/8", "a private address"},
	{"100.64.0.0/10", "an address behind a carrier's NAT"},
	{"127.0.0.0/8", "a loopback address"},
	{"169.254.0.0/16", "a link-local address, where clouds keep their metadata"},
	{"172.16.0.0/12", "a private address"},
	{"192.0.0.0/24", "a reserved address"},
	{"192.0.2.0/24", "a documentation address"},
	{"192.88.99.0/24", "a reserved address"},
	{"192.168.0.0/16", "a private address"},
	{"198.18.0.0/15", "a benchmarking address"},
	{"198.51.100.0/24", "a documentation address"},
	{"203.0.113.0/24", "a documentation address"},
	{"224.0.0.0/4", "a multicast address"},
	{"240.0.0.0/4", "a reserved address"},
	{"::/128", "an address of this machine"},
	{"::1/128", "a loopback address"},
	{"fc00::/7", "a private address"},
	{"fe80::/10", "a link-local address"},
	{"ff00::/8", "a multicast address"},
	{"2001::/23", "a reserved address"},
	{"2001:db8::/32", "a documentation address"},
	{"2002::/16", "a tunnel to an IPv4 address"},
	{"3fff::/20", "a documentation address"},
}

// whyNotPublic says what kind of address ip is, or "" where it is public.
func whyNotPublic(ip netip.Addr) string {
	ip = ip.Unmap()
	if ip.Zone() != "" {
		return "an address of one link"
	}
	for _, s := range special {
		if netip.MustParsePrefix(s.prefix).Contains(ip) {
			return s.why
		}
	}
	if ip.Is4() {
		return ""
	}
	b := ip.As16()
	if netip.MustParsePrefix("64:ff9b::/96").Contains(ip) { // NAT64: the last four bytes are an IPv4 address
		return whyNotPublic(netip.AddrFrom4([4]byte(b[12:])))
	}
	if b[0]&0xE0 != 0x20 {
		return "outside the public IPv6 range 2000::/3"
	}
	return ""
}
