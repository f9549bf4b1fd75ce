package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"kaisei/internal/config"
	"kaisei/internal/render"
)

// smtpTimeout bounds one step of an SMTP session.
const smtpTimeout = 30 * time.Second

// Email tells by e-mail, over SMTP. The Message-ID is derived from the delivery ID, so that
// a repeat after a lost answer is the same message to every mail system that looks.
type Email struct {
	// Name is the channel's, for List-Id.
	Name string
	Host string
	Port int
	// Security is config.StartTLS (refused where the server does not offer it), config.TLS or
	// config.NoTLS.
	Security string
	User     string
	Password config.Secret
	From     string
	To       []string
	// Unsubscribe are mailto: and https: addresses at which a recipient can ask to be left out; without any,
	// mail to From asks for it.
	Unsubscribe []string
	// DKIM signs each message; nil leaves that to the relay.
	DKIM    *DKIM
	Options render.Options
	Log     *slog.Logger
	// TLS holds further settings, such as RootCAs for a relay with a private authority. The
	// server's certificate is verified whatever it says.
	TLS *tls.Config
	// Timeout bounds one step of a session; 0 means half a minute.
	Timeout time.Duration
}

// Send implements Sender. The receipt is the Message-ID and what the server answered.
// Where the server refuses some of several recipients for good, the others get the message
// and the receipt names the refused.
func (e *Email) Send(ctx context.Context, m Message) (string, error) {
	if err := onlySlack(m); err != nil {
		return "", err
	}
	msg, id, err := e.compose(m, e.To)
	if err != nil {
		return "", err
	}
	// The session ends with ctx, and its connection with the session, whatever state it is in.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, err := e.client(ctx)
	if err != nil {
		return "", e.fail(Setup, err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", e.fail(dialTrouble(err), fmt.Errorf("open a session with %s: %w", e.Host, err))
	}
	err = client.SendWithSMTPClient(session, msg)
	receipt, failure := e.outcome(msg, id, err)
	if failure != nil && recipientRefused(err) && len(e.To) > 1 {
		receipt, failure = e.each(m, func(one *mail.Msg) error { return client.SendWithSMTPClient(session, one) })
	}
	if failure == nil {
		// Delivered. A server that hangs on QUIT changes nothing.
		_ = client.CloseWithSMTPClient(session)
	}
	return receipt, failure
}

// outcome reads what became of a message. Once the server has taken it, trouble afterwards (a
// connection cut at RSET) is no failure: a repeat would be a second copy.
func (e *Email) outcome(msg *mail.Msg, id string, err error) (string, error) {
	if msg.IsDelivered() {
		return strings.TrimSpace("<" + id + "> " + msg.ServerResponse()), nil
	}
	if err == nil {
		err = errors.New("the server did not confirm the message")
	}
	return "", e.fail(sendTrouble(err), fmt.Errorf("send to %s: %w", e.Host, err))
}

// each sends the message to every recipient alone, so that one bad address does not keep it from
// the others. It fails where nobody got it, or where somebody may still get it later.
func (e *Email) each(m Message, send func(*mail.Msg) error) (string, error) {
	var told, refused []string
	var receipt string
	var last error
	for _, to := range e.To {
		msg, id, err := e.compose(m, []string{to})
		if err != nil {
			return "", err
		}
		sent := send(msg)
		r, failure := e.outcome(msg, id, sent)
		if failure == nil {
			told, receipt = append(told, to), r
			continue
		}
		if t, _ := troubleOf(failure); t != Final {
			// To be tried again, for all: at least once, with the same Message-ID.
			return "", failure
		}
		refused, last = append(refused, to), failure
	}
	if len(told) == 0 {
		return "", last
	}
	if e.Log != nil {
		e.Log.Warn("recipients were refused", "delivery", m.Delivery.ID, "channel", e.Name, "err", last)
	}
	return receipt + "; refused: " + strings.Join(refused, ", "), nil
}

// client returns a client for one session. The connection is closed when ctx ends: go-mail
// looks at ctx only while dialling.
func (e *Email) client(ctx context.Context) (*mail.Client, error) {
	timeout := e.Timeout
	if timeout == 0 {
		timeout = smtpTimeout
	}
	settings := &tls.Config{}
	if e.TLS != nil {
		settings = e.TLS.Clone()
	}
	settings.ServerName, settings.InsecureSkipVerify = e.Host, false
	settings.MinVersion = max(settings.MinVersion, tls.VersionTLS12)
	dial := func(dialCtx context.Context, network, address string) (net.Conn, error) {
		var c net.Conn
		var err error
		if e.Security == config.TLS {
			c, err = (&tls.Dialer{Config: settings}).DialContext(dialCtx, network, address)
		} else {
			c, err = (&net.Dialer{}).DialContext(dialCtx, network, address)
		}
		if err == nil {
			context.AfterFunc(ctx, func() { _ = c.Close() })
		}
		return c, err
	}
	options := []mail.Option{
		mail.WithPort(e.Port), mail.WithTimeout(timeout), mail.WithTLSConfig(settings),
		mail.WithDialContextFunc(dial),
	}
	switch e.Security {
	case config.TLS:
		options = append(options, mail.WithSSL())
	case config.NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if e.User != "" {
		// The strongest that the server offers, named one by one because go-mail's own discovery does
		// not see that a connection dialled by us is encrypted.
		method := mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin)
		if e.Security == config.NoTLS {
			// config.Load allows a password without TLS to this machine only.
			method = mail.WithSMTPAuth(mail.SMTPAuthPlainNoEnc)
		}
		options = append(options, method, mail.WithUsername(e.User), mail.WithPassword(e.Password.Reveal()))
	}
	return mail.NewClient(e.Host, options...)
}

func recipientRefused(err error) bool {
	var se *mail.SendError
	return errors.As(err, &se) && se.Reason == mail.ErrSMTPRcptTo
}

// sendTrouble classifies what went wrong after the session was open.
func sendTrouble(err error) Trouble {
	var se *mail.SendError
	if !errors.As(err, &se) || se.IsTemp() {
		return Temporary
	}
	switch code := se.ErrorCode(); {
	case code >= 500 && se.Reason == mail.ErrSMTPMailFrom:
		// The sender may not send: the same for every message.
		return Setup
	case code >= 500:
		return Final
	}
	// No answer of the server, so the connection broke.
	return Temporary
}

// dialTrouble classifies what went wrong before: the network passes, a certificate, a password or a
// missing STARTTLS does not.
func dialTrouble(err error) Trouble {
	var reply *textproto.Error
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var network net.Error
	switch {
	case errors.As(err, &reply):
		if reply.Code >= 500 {
			return Setup
		}
		return Temporary
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host):
		return Setup
	case errors.As(err, &network):
		return Temporary
	case strings.Contains(err.Error(), "STARTTLS"), strings.Contains(err.Error(), "AUTH"), strings.Contains(err.Error(), "Auth"):
		// go-mail has no types for what the server does not offer.
		return Setup
	}
	return Temporary
}

// fail wraps err without the password and cuts the chain, whose parts may hold it.
func (e *Email) fail(t Trouble, err error) *Error {
	return &Error{Trouble: t, Err: errors.New("smtp: " + redact(err.Error(), e.Password.Reveal()))}
}
