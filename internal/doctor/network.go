package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"kaisei/internal/kaisei"
)

// Bounds of the questions put to others.
const (
	// HostTimeout bounds one question to one host, Abreast is how many hosts are asked at once.
	HostTimeout = 5 * time.Second
	Abreast     = 24
	// MaxSkew is how far the clock may be from that of the sites.
	MaxSkew = time.Minute
	// maxNamed is how many hosts one line names.
	maxNamed = 6
)

// Web is how the sites are asked.
type Web struct {
	// URLs are addresses of the catalogue, one for each host.
	URLs []string
	// UserAgent is what the daemon says of itself.
	UserAgent string
	// Resolver looks names up; nil means the system's.
	Resolver *net.Resolver
	// Proxy chooses the proxy of a request, as http.ProxyFromEnvironment does; nil means none.
	Proxy func(*http.Request) (*url.URL, error)
	// Roots are the certificates to trust; nil means the system's.
	Roots *x509.CertPool
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	once    sync.Once
	answers []answer
}

// answer is what one host said.
type answer struct {
	host   string
	status int
	empty  bool
	date   time.Time
	// took is how long the answer took, so that half of it can be taken off the skew.
	asked, got time.Time
	err        error
}

func (w *Web) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// Names checks that the resolver answers for the hosts. Behind a proxy it is the proxy's affair.
func (w *Web) Names(ctx context.Context) []Finding {
	if p := w.proxy(); p != nil {
		return one(Skip, T("プロキシーが名前を解決します", "the proxy looks names up"), kaisei.Text{})
	}
	resolver := cmp.Or(w.Resolver, net.DefaultResolver)
	var mu sync.Mutex
	var bad []string
	var last error
	var g errgroup.Group
	g.SetLimit(Abreast)
	hosts := w.hosts()
	for _, h := range hosts {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, HostTimeout)
			defer cancel()
			if _, err := resolver.LookupHost(ctx, h); err != nil {
				mu.Lock()
				bad, last = append(bad, h), err
				mu.Unlock()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		last = err
	}
	slices.Sort(bad)
	switch {
	case len(bad) == 0:
		return fine(T("%dホストすべての名前を解決できます", "the names of all %d hosts resolve", len(hosts)))
	case len(bad) == len(hosts):
		return one(Fail, T("%dホストのどれも名前を解決できません（%s）", "none of the names of %d hosts resolves (%s)", len(hosts), dnsWhy(last)),
			T("/etc/resolv.conf とDNSサーバー、回線を確かめてください。社内からプロキシーでしか出られない場合は HTTPS_PROXY を設定してください。", "See /etc/resolv.conf, the DNS server and the network. Where only a proxy leads out, set HTTPS_PROXY."))
	}
	return one(Warn, T("%dホスト中%dの名前を解決できません: %s", "of the names of %d hosts, %d do not resolve: %s", len(hosts), len(bad), named(bad)),
		T("サイトが移転していないか、DNSの制限がないかを確かめてください。", "See whether the sites have moved, or the resolver filters."))
}

func dnsWhy(err error) string {
	var d *net.DNSError
	switch {
	case !errors.As(err, &d):
		return "?"
	case d.IsTimeout:
		return "timeout"
	case d.IsNotFound:
		return "no such host"
	}
	return "server failure"
}

func (w *Web) hosts() []string {
	var out []string
	for _, u := range w.URLs {
		if p, err := url.Parse(u); err == nil && !slices.Contains(out, p.Hostname()) {
			out = append(out, p.Hostname())
		}
	}
	return out
}

// proxy is the proxy that the first host would be asked through, or nil.
func (w *Web) proxy() *url.URL {
	if w.Proxy == nil || len(w.URLs) == 0 {
		return nil
	}
	r, err := http.NewRequest(http.MethodGet, w.URLs[0], nil)
	if err != nil {
		return nil
	}
	p, err := w.Proxy(r)
	if err != nil {
		return nil
	}
	return p
}

// Through checks the proxy, of which only the host is ever shown.
func (w *Web) Through(ctx context.Context) []Finding {
	if w.Proxy != nil && len(w.URLs) > 0 {
		if r, err := http.NewRequest(http.MethodGet, w.URLs[0], nil); err == nil {
			if _, err := w.Proxy(r); err != nil {
				return one(Fail, T("環境変数のプロキシーの設定を読めません", "the proxy in the environment is no usable address"), T("HTTP_PROXY、HTTPS_PROXY、NO_PROXY を直してください。", "Correct HTTP_PROXY, HTTPS_PROXY and NO_PROXY."))
			}
		}
	}
	p := w.proxy()
	if p == nil {
		return fine(T("プロキシーは使いません", "no proxy is used"))
	}
	address := p.Host
	if p.Port() == "" {
		address = net.JoinHostPort(p.Hostname(), map[string]string{"https": "443", "socks5": "1080"}[p.Scheme])
		if strings.HasSuffix(address, ":") {
			address += "80"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, HostTimeout)
	defer cancel()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return one(Fail, T("プロキシー %s につながりません: %s", "the proxy %s cannot be reached: %s", address, why(err)), T("HTTPS_PROXY とプロキシーの稼働を確かめてください。", "See HTTPS_PROXY, and whether the proxy runs."))
	}
	c.Close()
	return fine(T("プロキシー %s につながります", "the proxy %s can be reached", address))
}

// ask asks every host once, for robots.txt, which is the politest thing to ask for.
func (w *Web) ask(ctx context.Context) []answer {
	w.once.Do(func() {
		t := &http.Transport{
			Proxy: w.Proxy, DialContext: (&net.Dialer{Timeout: HostTimeout, Resolver: w.Resolver}).DialContext, TLSHandshakeTimeout: HostTimeout,
			TLSClientConfig: &tls.Config{RootCAs: w.Roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		}
		defer t.CloseIdleConnections()
		c := &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		w.answers = make([]answer, len(w.URLs))
		var g errgroup.Group
		g.SetLimit(Abreast)
		for i, u := range w.URLs {
			g.Go(func() error { w.answers[i] = w.askOne(ctx, c, u); return nil })
		}
		_ = g.Wait() // which has no errors
	})
	return w.answers
}

func (w *Web) askOne(ctx context.Context, c *http.Client, address string) answer {
	u, err := url.Parse(address)
	if err != nil {
		return answer{err: errors.New("the address does not parse")}
	}
	a := answer{host: u.Hostname(), asked: w.now()}
	ctx, cancel := context.WithTimeout(ctx, HostTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.Scheme+"://"+u.Host+"/robots.txt", nil)
	if err != nil {
		a.err = errors.New("the address does not parse")
		return a
	}
	r.Header.Set("User-Agent", w.UserAgent)
	resp, err := c.Do(r)
	if err != nil {
		a.err = err
		return a
	}
	defer resp.Body.Close()
	n, _ := io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // what cannot be read is empty
	a.got, a.status, a.empty = w.now(), resp.StatusCode, n == 0
	a.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero where there is none
	return a
}

// blocked reports whether a host answers like a firewall that takes kaisei for a robot to be kept out.
func (a answer) blocked() bool {
	return a.status == http.StatusForbidden || a.status == http.StatusAccepted && a.empty || a.status == http.StatusTooManyRequests
}

// Reach checks that the sites answer. Where none does, it is one line and not one for each.
func (w *Web) Reach(ctx context.Context) []Finding {
	answers := w.ask(ctx)
	groups := map[string][]string{}
	var blocked []string
	reached := 0
	for _, a := range answers {
		switch {
		case a.err != nil:
			groups[why(a.err)] = append(groups[why(a.err)], a.host)
		case a.blocked():
			blocked = append(blocked, fmt.Sprintf("%s (%d)", a.host, a.status))
			reached++
		default:
			reached++
		}
	}
	if reached == 0 && len(answers) > 0 {
		return one(Fail, T("このコンピューターからはインターネットに出られません。%dホストのどれにも届きません（%s）", "there is no way to the internet from this machine: none of %d hosts can be reached (%s)", len(answers), counted(groups)),
			T("回線、ファイアウォール、プロキシーの設定を確かめてください。直れば kaisei は自動で読み直します。", "See the network, the firewall and the proxy setting. kaisei reads on by itself once it works."))
	}
	var out []Finding
	for _, k := range sorted(groups) {
		out = append(out, Finding{Level: Warn, Text: T("%dホストに届きません（%s）: %s", "%d hosts cannot be reached (%s): %s", len(groups[k]), k, named(groups[k])), Do: doFor(k)})
	}
	if len(blocked) > 0 {
		out = append(out, Finding{Level: Warn, Text: T("%dホストが自動アクセスを拒んでいるようです: %s", "%d hosts seem to keep robots out: %s", len(blocked), named(blocked)),
			Do: T("contact を設定し、source に fetch.browser_like と fetch.http1 を試してください。クラウドからの接続を拒むサイトもあります。", "Set contact, and try fetch.browser_like and fetch.http1 for the sources. Some sites refuse connections from clouds.")})
	}
	return append(out, Finding{Level: OK, Text: T("%dホスト中%dに届きます", "of %d hosts, %d can be reached", len(answers), reached)})
}

// Clock compares the machine's clock with the Date of the answers; the middle of them counts.
func (w *Web) Clock(ctx context.Context) []Finding {
	var skews []time.Duration
	for _, a := range w.ask(ctx) {
		if a.err == nil && !a.date.IsZero() {
			middle := a.asked.Add(a.got.Sub(a.asked) / 2)
			skews = append(skews, middle.Sub(a.date))
		}
	}
	if len(skews) == 0 {
		return one(Skip, T("どのサイトにも届かないため、時計を比べられません", "no site can be reached to compare the clock with"), kaisei.Text{})
	}
	slices.Sort(skews)
	skew := skews[len(skews)/2]
	if skew.Abs() > MaxSkew {
		text := T("時計が %s 進んでいます", "the clock is %s fast", skew.Abs().Round(time.Second))
		if skew < 0 {
			text = T("時計が %s 遅れています", "the clock is %s slow", skew.Abs().Round(time.Second))
		}
		return one(Fail, text, T("時刻の同期（timedatectl set-ntp true、chrony など）を有効にしてください。施行日や締切の通知がずれ、証明書も検証できなくなります。", "Turn time synchronisation on (timedatectl set-ntp true, chrony). Days of taking force and deadlines are told at the wrong time, and certificates do not verify."))
	}
	return fine(T("時計は %dサイトと1分以内で合っています", "the clock agrees within a minute with that of %d sites", len(skews)))
}

// Trust checks that there are root certificates and that those of the sites verify.
func (w *Web) Trust(ctx context.Context) []Finding {
	if w.Roots == nil {
		pool, err := x509.SystemCertPool()
		if err != nil || pool.Equal(x509.NewCertPool()) {
			return one(Fail, T("このコンピューターにルート証明書がありません", "this machine has no root certificates"), T("ca-certificates を入れてください。", "Install ca-certificates."))
		}
	}
	var bad []string
	shook, https := 0, 0
	for i, a := range w.ask(ctx) {
		if !strings.HasPrefix(w.URLs[i], "https://") {
			continue
		}
		https++
		switch {
		case a.err == nil:
			shook++
		case why(a.err) == "tls":
			bad = append(bad, a.host)
		}
	}
	switch {
	case shook == 0 && len(bad) == 0:
		return one(Skip, T("どのサイトにも届かないため、証明書を調べられません", "no site can be reached to verify certificates"), kaisei.Text{})
	case shook == 0:
		return one(Fail, T("どのサイトの証明書も検証できません（%dホスト）", "the certificate of no site verifies (%d hosts)", len(bad)), T("時計、ca-certificates、通信を検査するプロキシーの証明書を確かめてください。検証は外せません。", "See the clock, ca-certificates, and the certificate of a proxy that inspects traffic. Verification cannot be switched off."))
	case len(bad) > 0:
		return one(Warn, T("証明書を検証できないサイト: %s", "certificates that do not verify: %s", named(bad)), T("ブラウザーで確かめ、サイトの問題なら直るのを待ってください。検証は外せません。", "Look in a browser; if it is the site's trouble, wait until it is repaired. Verification cannot be switched off."))
	}
	return fine(T("%dサイトの証明書を検証できます", "the certificates of %d sites verify", shook))
}

// why names the trouble of a request in one word that holds no address.
func why(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	text := err.Error()
	switch {
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &verify), errors.As(err, &record), strings.Contains(text, "tls: "), strings.Contains(text, "x509: "):
		return "tls"
	case strings.Contains(text, "connection refused"):
		return "refused"
	case strings.Contains(text, "proxyconnect"), strings.Contains(text, "Proxy Authentication"), strings.Contains(text, "Bad Gateway"), strings.Contains(text, "Forbidden"):
		return "proxy"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case strings.Contains(text, "no route to host"), strings.Contains(text, "network is unreachable"):
		return "unreachable"
	}
	return "network"
}

func doFor(reason string) kaisei.Text {
	switch reason {
	case "dns":
		return T("サイトが移転していないか、DNSの制限がないかを確かめてください。", "See whether the sites have moved, or the resolver filters.")
	case "tls":
		return T("時計と ca-certificates を確かめてください。検証は外せません。", "See the clock and ca-certificates. Verification cannot be switched off.")
	case "proxy":
		return T("プロキシーがこれらの宛先を許しているか、認証の設定を確かめてください。", "See whether the proxy allows these sites, and its credentials.")
	}
	return T("ファイアウォールを確かめ、ブラウザーでも開けなければサイトの復旧を待ってください。", "See the firewall; if a browser cannot open them either, wait for the sites.")
}

func sorted(m map[string][]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(len(m[b]), len(m[a])), cmp.Compare(a, b)) })
	return keys
}

func counted(m map[string][]string) string {
	var parts []string
	for _, k := range sorted(m) {
		parts = append(parts, fmt.Sprintf("%s %d", k, len(m[k])))
	}
	return strings.Join(parts, ", ")
}

func named(hosts []string) string {
	hosts = slices.Clone(hosts)
	slices.Sort(hosts)
	if len(hosts) > maxNamed {
		return strings.Join(hosts[:maxNamed], ", ") + fmt.Sprintf(", … (+%d)", len(hosts)-maxNamed)
	}
	return strings.Join(hosts, ", ")
}
