package notify

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// realServer is Postfix as .ci/mail starts it: at port STARTTLS and a password required, at the next one neither; mail
// to example.co.jp kept in a folder; and senders that it treats badly: later@ (451), never@ (550) and cut@ (421 and cut
// after the text).
type realServer struct {
	t    *testing.T
	dir  string
	port int
	pool *x509.CertPool
}

func postfix(t *testing.T) *realServer {
	t.Helper()
	d := &realServer{t: t, dir: os.Getenv("KAISEI_SMTPD"), pool: x509.NewCertPool()}
	if d.dir == "" {
		t.Skip("run .ci/mail, which starts the server")
	}
	var err error
	if d.port, err = strconv.Atoi(os.Getenv("KAISEI_SMTPD_PORT")); err != nil {
		t.Fatal(err)
	}
	cert, err := os.ReadFile(filepath.Join(d.dir, "cert.pem"))
	if err != nil || !d.pool.AppendCertsFromPEM(cert) {
		t.Fatal(err)
	}
	return d
}

func (d *realServer) email(user string) *Email {
	return &Email{
		Name: "legal", Host: "127.0.0.1", Port: d.port, Security: config.StartTLS, User: "kaisei", Password: config.NewSecret("hunter2"),
		From: "kaisei <" + user + "@example.co.jp>", To: []string{"legal@example.co.jp"}, TLS: &tls.Config{RootCAs: d.pool}, Timeout: 10 * time.Second,
	}
}

// mails are those that were kept, by the delivery that they say they are, once there are n of them.
func (d *realServer) mails(n int) map[string][]string {
	d.t.Helper()
	for range 300 {
		files, err := filepath.Glob(filepath.Join(d.dir, "mail", "new", "*"))
		if err != nil {
			d.t.Fatal(err)
		}
		if len(files) < n {
			time.Sleep(100 * time.Millisecond) // another program's work
			continue
		}
		out := map[string][]string{}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				d.t.Fatal(err)
			}
			letter, _ := parts(d.t, string(b))
			id := letter.Header.Get("X-Kaisei-Delivery")
			out[id] = append(out[id], string(b))
		}
		return out
	}
	d.t.Fatalf("fewer than %d mails were kept", n)
	return nil
}

func TestPostfixKeepsWhatWasSentWhateverCameBefore(t *testing.T) {
	d := postfix(t)
	db := openStore(t)
	now := monday()
	planner := &DigestPlanner{Queue: db, Channels: legal()}
	plan(t, planner, now)
	good := d.email("kaisei")
	good.DKIM = &DKIM{Domain: "example.co.jp", Selector: "k1", Key: keys(t)["rsa"]}
	record := record6376(t, "rsa", good.DKIM.Key)
	if err := os.WriteFile(filepath.Join(d.dir, "record"), []byte(record), 0o644); err != nil {
		t.Fatal(err)
	}
	o := &Outbox{Queue: db, Now: func() time.Time { return now }}
	flush := func(e *Email) {
		t.Helper()
		o.Replace(map[string]Sender{"legal": e})
		now = now.Add(time.Hour)
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wrong, plain, stranger := d.email("kaisei"), d.email("kaisei"), d.email("kaisei")
	wrong.Password = config.NewSecret("wrong")
	plain.Security, plain.User = config.NoTLS, ""
	stranger.TLS = nil
	told := []string{}
	for i, trouble := range []struct {
		sender *Email
		says   string
	}{{d.email("later"), "451"}, {d.email("never"), "550"}, {d.email("cut"), "421"}, {wrong, "535"}, {plain, "530"}, {stranger, "certificate"}} {
		c := commit(t, db, example(i), "legal")
		id := "alert/legal/" + c.ID
		flush(trouble.sender)
		if got := delivered(t, db, id); got.State != kaisei.DeliveryDue || got.Attempts != 1 || !strings.Contains(got.LastError, trouble.says) {
			t.Errorf("%s after trouble: %s, %d attempts, %q, want %s", id, got.State, got.Attempts, got.LastError, trouble.says)
		}
		flush(good)
		if got := delivered(t, db, id); got.State != kaisei.DeliverySent {
			t.Errorf("%s: %s, %s", id, got.State, got.LastError)
		}
		told = append(told, id)
	}
	version(t, db, kaisei.Version{Document: "a/b", Source: "a", Title: "意見募集", SeenAt: now, Dates: kaisei.Dates{Deadline: now.AddDate(0, 1, 0)}})
	now = monday().AddDate(0, 0, 7).Add(time.Hour)
	plan(t, planner, now)
	flush(d.email("cut"))
	flush(good)
	digest := digests(t, db)[len(digests(t, db))-1]
	if digest.State != kaisei.DeliverySent || digest.Attempts != 2 {
		t.Errorf("the digest: %+v", digest)
	}
	told = append(told, digest.ID)
	elsewhere := commit(t, db, example(99), "legal")
	nobody := d.email("kaisei")
	nobody.To = []string{"somebody@example.org"}
	flush(nobody)
	if got := delivered(t, db, "alert/legal/"+elsewhere.ID); got.State != kaisei.DeliveryDead || !strings.Contains(got.LastError, "554") {
		t.Errorf("to an address that the server does not take: %s, %s", got.State, got.LastError)
	}

	kept := d.mails(len(told))
	if len(kept) != len(told) {
		t.Errorf("%d deliveries arrived, want %d", len(kept), len(told))
	}
	for _, id := range told {
		if len(kept[id]) != 1 {
			t.Errorf("%s was kept %d times", id, len(kept[id]))
			continue
		}
		d.compare(delivered(t, db, id), kept[id][0], db, record)
	}
}

// The connection passes through one that cuts it when the server has taken the message and before the sender
// hears of it, the first two times.
func TestPostfixIsSentAgainWhatItTookWhenTheAnswerWasLost(t *testing.T) {
	d := postfix(t)
	files, err := filepath.Glob(filepath.Join(d.dir, "mail", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if err := pass(c, fmt.Sprintf("127.0.0.1:%d", d.port+1), n <= 2); err != nil {
				t.Error(err)
			}
		}
	}()
	defer func() { _ = l.Close(); <-done }()
	db := openStore(t)
	now := monday()
	c := commit(t, db, example(1000), "legal")
	e := d.email("kaisei")
	e.Security, e.User, e.Port = config.NoTLS, "", l.Addr().(*net.TCPAddr).Port
	o := &Outbox{Queue: db, Senders: map[string]Sender{"legal": e}, Now: func() time.Time { return now }}
	for range 3 {
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	id := "alert/legal/" + c.ID
	if got := delivered(t, db, id); got.State != kaisei.DeliverySent || got.Attempts != 3 {
		t.Errorf("%s after %d attempts: %s", got.State, got.Attempts, got.LastError)
	}
	kept := d.mails(len(files) + 3)[id]
	ids := map[string]bool{}
	for _, raw := range kept {
		letter, _ := parts(t, raw)
		ids[letter.Header.Get("Message-ID")] = true
	}
	if len(kept) != 3 || len(ids) != 1 {
		t.Errorf("kept %d times with the Message-IDs %v", len(kept), ids)
	}
}

// pass copies between a client and a server until either ends. Where it is to cut, it keeps the answer to the
// text of a message and ends.
func pass(client net.Conn, address string, cut bool) error {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	var text atomic.Bool // the client has ended the text of a message
	go func() {
		defer func() { _ = server.Close() }()
		sent := make([]byte, 0, 1<<20)
		in := make([]byte, 32<<10)
		for {
			n, err := client.Read(in)
			sent = append(sent, in[:n]...)
			if bytes.HasSuffix(sent, []byte("\r\n.\r\n")) {
				text.Store(true)
			}
			if _, e := server.Write(in[:n]); e != nil || err != nil {
				return
			}
		}
	}()
	out := make([]byte, 32<<10)
	for {
		n, err := server.Read(out)
		if cut && text.Load() && bytes.HasPrefix(out[:n], []byte("250")) {
			return nil
		}
		if _, e := client.Write(out[:n]); e != nil || err != nil {
			return nil
		}
	}
}

// compare holds a mail as it was kept to what was to be said.
func (d *realServer) compare(del kaisei.Delivery, raw string, q Queue, record string) {
	d.t.Helper()
	letter, body := parts(d.t, raw)
	m := Message{Delivery: del}
	want := map[string]string{}
	if del.Kind == kaisei.DeliveryDigest {
		data, err := digestData(q, del)
		if err != nil || len(data.Coming) != 1 {
			d.t.Fatalf("%+v, %v", data.Coming, err)
		}
		m.Digest = &data
		want["text/calendar"] = render.ICS(data.Coming, render.Options{})
	} else {
		c, err := change(q, del.Changes[0])
		if err != nil {
			d.t.Fatal(err)
		}
		m.Changes = []kaisei.Change{c}
	}
	subject, text, page := MailParts(m, render.Options{Delivery: del.ID})
	want["text/plain"], want["text/html"] = text, page
	if fmt.Sprint(body) != fmt.Sprint(want) {
		d.t.Errorf("%s came as\n%v\nwant\n%v", del.ID, body, want)
	}
	if got := header(d.t, letter, "Subject"); got != subject {
		d.t.Errorf("%s: subject %q, want %q", del.ID, got, subject)
	}
	for name, value := range map[string]string{
		"Message-Id": "<" + messageID(del.ID, "example.co.jp") + ">", "From": `"kaisei" <kaisei@example.co.jp>`, "To": "<legal@example.co.jp>",
		"List-Id": "<legal.kaisei.example.co.jp>", "List-Unsubscribe": "<mailto:kaisei@example.co.jp?subject=unsubscribe%20legal>", "Auto-Submitted": "auto-generated",
	} {
		if got := letter.Header.Get(name); got != value {
			d.t.Errorf("%s: %s %q, want %q", del.ID, name, got, value)
		}
	}
	// A maildir has the line breaks of the system.
	found, err := dkim.VerifyWithOptions(strings.NewReader(strings.ReplaceAll(raw, "\n", "\r\n")), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
	if err != nil || len(found) != 1 || found[0].Err != nil {
		d.t.Errorf("%s: the signature %+v, %v", del.ID, found, err)
	}
}
