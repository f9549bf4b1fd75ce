package notify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"kaisei/internal/config"
)

// postOffice is a real SMTP server whose refusals a test decides.
type postOffice struct {
	mu       sync.Mutex
	mails    []string
	to       [][]string
	sessions int
	// user and password are asked for where user is set.
	user, password string
	onMail         func(from string) error
	onRcpt         func(to string) error
	// onData is asked after the message was read; n counts from 1.
	onData func(n int) error
	// cut closes the connection after the message was read and before it is answered, n counting from 1.
	cut func(n int) bool

	port int
	pool *x509.CertPool
}

type letter struct {
	office *postOffice
	conn   *smtp.Conn
	authed bool
	to     []string
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions++
	return &letter{office: p, conn: c}, nil
}

func (l *letter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (l *letter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != l.office.user || password != l.office.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong: " + password}
		}
		l.authed = true
		return nil
	}), nil
}

func (l *letter) Mail(from string, _ *smtp.MailOptions) error {
	if l.office.user != "" && !l.authed {
		return smtp.ErrAuthRequired
	}
	if l.office.onMail != nil {
		return l.office.onMail(from)
	}
	return nil
}

func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error {
	if l.office.onRcpt != nil {
		if err := l.office.onRcpt(to); err != nil {
			return err
		}
	}
	l.to = append(l.to, to)
	return nil
}

func (l *letter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	p := l.office
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.mails) + 1
	if p.onData != nil {
		if err := p.onData(n); err != nil {
			p.mails, p.to = append(p.mails, ""), append(p.to, nil)
			return err
		}
	}
	p.mails, p.to = append(p.mails, string(b)), append(p.to, slices.Clone(l.to))
	if p.cut != nil && p.cut(n) {
		return l.conn.Conn().Close()
	}
	return nil
}

func (l *letter) Reset()        { l.to = nil }
func (l *letter) Logout() error { return nil }

// certificate returns a certificate for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// open starts the post office, with implicit TLS or else with STARTTLS.
func (p *postOffice) open(t *testing.T, implicit, startTLS bool) *postOffice {
	t.Helper()
	cert, pool := certificate(t)
	settings := &tls.Config{Certificates: []tls.Certificate{cert}}
	server := smtp.NewServer(p)
	server.Domain = "localhost"
	server.ReadTimeout, server.WriteTimeout = 10*time.Second, 10*time.Second
	server.ErrorLog = quiet{}
	if startTLS {
		server.TLSConfig = settings
	}
	server.AllowInsecureAuth = !startTLS && !implicit
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port, p.pool = l.Addr().(*net.TCPAddr).Port, pool
	if implicit {
		l = tls.NewListener(l, settings)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		// The server closes only listeners that it has got to serve already.
		_, _ = server.Close(), l.Close()
		<-done
	})
	return p
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (p *postOffice) email() *Email {
	return &Email{
		Name: "legal", Host: "127.0.0.1", Port: p.port, Security: config.StartTLS, User: p.user, Password: config.NewSecret(p.password),
		From: "kaisei <kaisei@example.co.jp>", To: []string{"legal@example.co.jp"}, TLS: &tls.Config{RootCAs: p.pool}, Timeout: 5 * time.Second,
	}
}

func office(t *testing.T) *postOffice {
	return (&postOffice{user: "kaisei", password: "hunter2"}).open(t, false, true)
}
