package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// parts returns the decoded parts of a message by media type, those within others too.
func parts(t *testing.T, raw string) (*mail.Message, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	within(t, m.Header.Get("Content-Type"), m.Body, out)
	return m, out
}

func within(t *testing.T, contentType string, body io.Reader, out map[string]string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		t.Fatalf("content type %s, %v", contentType, err)
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if strings.HasPrefix(kind, "multipart/") {
			within(t, p.Header.Get("Content-Type"), p, out)
			continue
		}
		var body io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		out[kind] = string(b)
	}
}

func header(t *testing.T, m *mail.Message, name string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnAlertByMailIsTextAndHTMLWithADerivedMessageID(t *testing.T) {
	p := office(t)
	receipt, err := p.email().Send(t.Context(), alert())
	if err != nil {
		t.Fatal(err)
	}
	m, body := parts(t, p.mails[0])
	id := m.Header.Get("Message-ID")
	if want := "<" + messageID("alert/ops/meti/ai-guidelines/doc1@1", "example.co.jp") + ">"; id != want || !strings.HasPrefix(receipt, want) {
		t.Errorf("Message-ID %s, receipt %s", id, receipt)
	}
	if s := header(t, m, "Subject"); s != "🟠 高 改訂 AI事業者ガイドライン 別添1 第1.1版 → 第1.2版" {
		t.Errorf("subject %q", s)
	}
	if m.Header.Get("List-Id") != "<legal.kaisei.example.co.jp>" || m.Header.Get("X-Kaisei-Delivery") != "alert/ops/meti/ai-guidelines/doc1@1" || m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Date") == "" {
		t.Errorf("header %v", m.Header)
	}
	if !strings.Contains(body["text/plain"], "[-望ましい-]{+求められる+}") || !strings.Contains(body["text/html"], ">望ましい</del><ins") {
		t.Errorf("parts %v", body)
	}
	for line := range strings.Lines(p.mails[0]) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestADigestByMailIsWhatTheRendererMade(t *testing.T) {
	p := office(t)
	d := render.DigestData{Cadence: "weekly", Since: monday().AddDate(0, 0, -7), Until: monday(), First: 1, Last: 1, Changes: []kaisei.Change{example(1)}}
	m := Message{Delivery: delivery(kaisei.DeliveryDigest, "legal", "2026-04-06/1-1", nil, "", monday()), Digest: &d}
	if _, err := p.email().Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	n := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai"}
	if _, err := p.email().Send(t.Context(), Message{Delivery: delivery(kaisei.DeliveryNotice, "legal", "x", nil, "", monday()), Notice: &n}); err != nil {
		t.Fatal(err)
	}
	letter, body := parts(t, p.mails[0])
	if !strings.HasPrefix(header(t, letter, "Subject"), "日本のAIガバナンス 週報") || !strings.Contains(body["text/plain"], "digest/legal/2026-04-06/1-1") || !strings.Contains(body["text/html"], "<!DOCTYPE html>") {
		t.Errorf("digest %q %v", header(t, letter, "Subject"), body)
	}
	letter, _ = parts(t, p.mails[1])
	if !strings.HasPrefix(header(t, letter, "Subject"), "[kaisei] 読み取り失敗") {
		t.Errorf("notice %q", header(t, letter, "Subject"))
	}
}

func TestMailGoesOverSTARTTLSImplicitTLSOrLoopbackInTheClear(t *testing.T) {
	for security, p := range map[string]*postOffice{
		config.StartTLS: (&postOffice{user: "kaisei", password: "hunter2"}).open(t, false, true),
		config.TLS:      (&postOffice{user: "kaisei", password: "hunter2"}).open(t, true, false),
		config.NoTLS:    (&postOffice{user: "kaisei", password: "hunter2"}).open(t, false, false),
	} {
		e := p.email()
		e.Security = security
		if _, err := e.Send(t.Context(), alert()); err != nil || len(p.mails) != 1 {
			t.Errorf("%s: %v, %d mails", security, err, len(p.mails))
		}
	}
}

func TestMailTroubleIsTakenForWhatItIs(t *testing.T) {
	reply := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
	}
	for name, c := range map[string]struct {
		office  *postOffice
		change  func(*Email)
		trouble Trouble
		words   string
	}{
		"451 at the end":       {&postOffice{onData: func(int) error { return reply(451) }}, nil, Temporary, "451"},
		"550 at the end":       {&postOffice{onData: func(int) error { return reply(550) }}, nil, Final, "550"},
		"450 for the address":  {&postOffice{onRcpt: func(string) error { return reply(450) }}, nil, Temporary, "450"},
		"550 for the address":  {&postOffice{onRcpt: func(string) error { return reply(550) }}, nil, Final, "550"},
		"550 for the sender":   {&postOffice{onMail: func(string) error { return reply(550) }}, nil, Setup, "550"},
		"cut after the text":   {&postOffice{cut: func(int) bool { return true }}, nil, Temporary, ""},
		"wrong password":       {&postOffice{user: "kaisei", password: "right"}, func(e *Email) { e.Password = config.NewSecret("hunter2") }, Setup, "535"},
		"unknown authority":    {&postOffice{}, func(e *Email) { e.TLS = nil }, Setup, "certificate"},
		"no check by setting":  {&postOffice{}, func(e *Email) { e.TLS = &tls.Config{InsecureSkipVerify: true} }, Setup, "certificate"},
		"nobody there":         {&postOffice{}, func(e *Email) { e.Port = 1 }, Temporary, "refused"},
		"no such host":         {&postOffice{}, func(e *Email) { e.Host = "smtp.invalid" }, Temporary, "smtp.invalid"},
		"sender not a mailbox": {&postOffice{}, func(e *Email) { e.From = "nobody" }, Setup, "sender"},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.office.open(t, false, true)
			e := p.email()
			if c.change != nil {
				c.change(e)
			}
			_, err := e.Send(t.Context(), alert())
			if trouble, _ := troubleOf(err); err == nil || trouble != c.trouble || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestAServerWithoutSTARTTLSGetsNothing(t *testing.T) {
	p := (&postOffice{}).open(t, false, false)
	_, err := p.email().Send(t.Context(), alert())
	if trouble, _ := troubleOf(err); trouble != Setup || len(p.mails) != 0 {
		t.Errorf("got %v, %d mails", err, len(p.mails))
	}
}

func TestAServerThatAsksForNoPasswordIsNotGivenOne(t *testing.T) {
	p := (&postOffice{}).open(t, false, false)
	e := p.email()
	e.Security, e.User, e.Password = config.StartTLS, "kaisei", config.NewSecret("hunter2")
	_, err := e.Send(t.Context(), alert())
	if trouble, _ := troubleOf(err); trouble != Setup || len(p.mails) != 0 || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestOneBadAddressKeepsTheMailFromNobodyElse(t *testing.T) {
	p := office(t)
	p.onRcpt = func(to string) error {
		if strings.HasPrefix(to, "left") {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}
	e := p.email()
	e.To = []string{"a@example.co.jp", "left@example.co.jp", "b@example.co.jp"}
	receipt, err := e.Send(t.Context(), alert())
	if err != nil || !strings.Contains(receipt, "refused: left@example.co.jp") {
		t.Fatalf("got %q, %v", receipt, err)
	}
	var to []string
	ids := map[string]bool{}
	for i, raw := range p.mails {
		m, _ := parts(t, raw)
		ids[m.Header.Get("Message-ID")] = true
		to = append(to, p.to[i]...)
	}
	if !slices.Equal(to, []string{"a@example.co.jp", "b@example.co.jp"}) || len(ids) != 1 {
		t.Errorf("told %q with %d IDs", to, len(ids))
	}
	p.onRcpt = func(string) error { return &smtp.SMTPError{Code: 550, Message: "no such user"} }
	if _, err := e.Send(t.Context(), alert()); err == nil {
		t.Error("nobody got it, and that is no failure")
	} else if trouble, _ := troubleOf(err); trouble != Final {
		t.Errorf("got %v", err)
	}
	p.onRcpt = func(to string) error {
		if strings.HasPrefix(to, "b@") {
			return &smtp.SMTPError{Code: 450, Message: "greylisted"}
		}
		return nil
	}
	_, err = e.Send(t.Context(), alert())
	if trouble, _ := troubleOf(err); err == nil || trouble != Temporary {
		t.Errorf("somebody may get it later: %v", err)
	}
}

func TestARepeatAfterALostAnswerHasTheSameMessageID(t *testing.T) {
	p := office(t)
	p.cut = func(n int) bool { return n == 1 }
	db := openStore(t)
	c := commit(t, db, example(1), "legal")
	now := monday()
	o := &Outbox{Queue: db, Senders: map[string]Sender{"legal": p.email()}, Now: func() time.Time { return now }}
	for range 2 {
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	if d := delivered(t, db, "alert/legal/"+c.ID); d.State != kaisei.DeliverySent || d.Attempts != 2 {
		t.Fatalf("got %+v", d)
	}
	first, _ := parts(t, p.mails[0])
	second, _ := parts(t, p.mails[1])
	if a, b := first.Header.Get("Message-ID"), second.Header.Get("Message-ID"); a != b || a == "" {
		t.Errorf("%s and %s", a, b)
	}
}

func TestAMailThatTheServerTookIsNotSentAgainForTroubleAfterwards(t *testing.T) {
	// A server of few words: it takes the message and hangs up.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		in := make([]byte, 64<<10)
		say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		say("220 hello")
		data := false
		for {
			n, err := c.Read(in)
			if err != nil {
				return
			}
			switch line := string(in[:n]); {
			case data && bytes.HasSuffix(in[:n], []byte("\r\n.\r\n")):
				say("250 taken")
				return
			case data:
			case strings.HasPrefix(line, "DATA"):
				data = true
				say("354 go on")
			default:
				say("250 ok")
			}
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	e := &Email{Name: "legal", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: config.NoTLS, From: "a@example.com", To: []string{"b@example.com"}, Timeout: 5 * time.Second}
	if receipt, err := e.Send(t.Context(), alert()); err != nil || !strings.Contains(receipt, "taken") {
		t.Errorf("got %q, %v", receipt, err)
	}
}

func TestAServerThatHangsIsLeftWhenToldToStop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	e := &Email{Name: "legal", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: config.NoTLS, From: "a@example.com", To: []string{"b@example.com"}, Timeout: time.Minute}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := e.Send(ctx, alert()); err == nil {
		t.Error("a server that says nothing took the mail")
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestWhatADocumentIsCalledCannotAddAHeader(t *testing.T) {
	p := office(t)
	m := alert()
	m.Changes[0].Title = "題\r\nBcc: all@example.com\r\n\r\n本文"
	m.Changes[0].ID = "a\r\nX-Evil: 1@1"
	m.Delivery.ID = "alert/ops/a\r\nX-Evil: 1"
	if _, err := p.email().Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	letter, _ := parts(t, p.mails[0])
	if letter.Header.Get("Bcc") != "" || letter.Header.Get("X-Evil") != "" || !slices.Equal(p.to[0], []string{"legal@example.co.jp"}) {
		t.Errorf("header %v, to %v", letter.Header, p.to)
	}
}
