package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/slack-go/slack/slacktest"

	"kaisei/internal/extract/pdf"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/notify"
)

// The test binary is also the PDF child and the victim of the power cuts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "pdf-worker" {
		if err := pdf.Main(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv("KAISEI_TEST_CUT") != "" {
		os.Exit(cutChild())
	}
	if os.Getenv("KAISEI_TEST_RUN") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"kaisei": main})
}

// ministry is a government site on loopback whose pages a story changes.
type ministry struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]answer
	hits  map[string]int
}

type answer struct {
	media string
	body  []byte
}

func newMinistry(t *testing.T) *ministry {
	m := &ministry{pages: map[string]answer{}, hits: map[string]int{}}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		p, ok := m.pages[r.URL.Path]
		m.hits[r.URL.Path]++
		m.mu.Unlock()
		if !ok {
			http.NotFound(w, r)
			return
		}
		etag := `"` + kaisei.Hash(p.body)[:16] + `"`
		w.Header().Set("Content-Type", p.media)
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(p.body)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *ministry) put(path, media string, body []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pages[path] = answer{media, body}
}

func (m *ministry) html(path, body string) { m.put(path, "text/html; charset=UTF-8", []byte(body)) }

func (m *ministry) pdf(t *testing.T, path, fixture string) {
	b, err := os.ReadFile(filepath.Join("testdata", "guideline", fixture))
	if err != nil {
		t.Fatal(err)
	}
	m.put(path, "application/pdf", b)
}

// index is the ministry's listing; counter, nav and stamp are what changes without news.
func (m *ministry) index(items, counter, nav, stamp string) {
	m.html("/ai/index.html", `<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>見本省 AI指針</title></head><body>
<div id="header"><ul>`+nav+`</ul></div><main id="contents"><h1>AI利用指針</h1><ul>`+items+`</ul>
<p class="lastupdate">最終更新日：`+stamp+`</p></main><div id="footer"><p>あなたは`+counter+`人目の訪問者です</p></div></body></html>`)
}

const storySource = `
[authority]
mihon = { ja = "見本省", en = "Ministry of Samples" }

[[source]]
id = "mihon/ai-guideline"
authority = "mihon"
title = { ja = "見本AI利用指針", en = "Sample AI guideline" }
kind = "index"
url = "%s/ai/index.html"
schedule = "0 * * * *"
layer = "business-guideline"
language = "ja"
select = ["#contents"]

  [[source.follow]]
  text = "指針"
  url = '\.pdf$'
  as = "document"
  document = "main"
  title = "見本AI利用指針"
`

const storyConfig = `
state = "state"
language = "ja"
sources_files = ["mihon.toml"]

[fetch]
allow_private = ["127.0.0.1/32"]

[log]
level = "error"

[[channel]]
name = "slack"
type = "slack"
token = "xoxb-story"
channel = "#ai-reg-alerts"
min_severity = "medium"

[[channel]]
name = "mail"
type = "email"
host = "127.0.0.1"
port = %d
tls = "starttls"
user = "legal"
password = "secret"
from = "kaisei@example.jp"
to = ["legal@example.jp"]
`

// story is a whole kaisei with a ministry, a Slack and a mail server around it.
type story struct {
	site  *ministry
	slack *slackServer
	mail  *mailServer
	dir   string
}

func newStory(t *testing.T) *story {
	s := &story{site: newMinistry(t), slack: newSlackServer(t), mail: newMailServer(t), dir: t.TempDir()}
	s.write(t, "mihon.toml", fmt.Sprintf(storySource, s.site.URL))
	s.write(t, "kaisei.toml", s.config())
	return s
}

func (s *story) config() string { return fmt.Sprintf(storyConfig, s.mail.port) }

func (s *story) write(t *testing.T, name, text string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// open wires the daemon as serve does, with its channels pointed at the test's servers.
func (s *story) open(t *testing.T) *daemon {
	t.Helper()
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: os.Stderr, configFile: filepath.Join(s.dir, "kaisei.toml")}
	d, err := a.daemon(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.point(d)
	return d
}

func (s *story) point(d *daemon) {
	slack := d.outbox.Senders["slack"].(counted).Sender.(*notify.Slack)
	slack.API, slack.Gap = s.slack.url, time.Millisecond
	d.outbox.Senders["mail"].(counted).Sender.(*notify.Email).TLS = &tls.Config{RootCAs: s.mail.roots, ServerName: "localhost"}
}

// look makes one look at the ministry and tells what is due.
func (s *story) look(t *testing.T) []kaisei.Look {
	t.Helper()
	d := s.open(t)
	defer d.close()
	list, err := d.pick([]string{"mihon/ai-guideline"})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := lookAt(t.Context(), d.watcher, list, watch.Options{All: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.outbox.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, l := range reports[0].Failed() {
		t.Errorf("look failed: %s %s: %s", l.URL, l.Cause, l.Detail)
	}
	return reports[0].Looks
}

func (s *story) quiet(t *testing.T, what string) {
	t.Helper()
	if n, m := len(s.slack.messages()), len(s.mail.messages()); n+m > 0 {
		t.Fatalf("%s: told %d times on Slack and %d times by mail, want nobody told", what, n, m)
	}
}

func TestANewVersionAtANewAddressIsToldOnceAndNothingElseIs(t *testing.T) {
	s := newStory(t)
	const nav = `<li><a href="/">ホーム</a></li><li><a href="/press/">報道発表</a></li>`
	v11 := `<li>2025年3月28日　<a href="/ai/pdf/20250328_1.pdf">見本AI利用指針（第1.1版）（PDF形式：160KB）</a></li>`
	s.site.index(v11, "18,203", nav, "2025年3月28日")
	s.site.pdf(t, "/ai/pdf/20250328_1.pdf", "guideline-1.1.pdf")

	s.look(t)
	s.quiet(t, "the first look")

	s.site.index(v11, "18,204", nav, "2025年4月4日")
	s.look(t)
	s.quiet(t, "a changed access counter and update stamp")

	s.site.pdf(t, "/ai/pdf/20250328_1.pdf", "guideline-1.1-resaved.pdf")
	looks := s.look(t)
	s.quiet(t, "a re-saved PDF with the same text")
	if !verdicts(looks)[kaisei.VerdictReissued] {
		t.Errorf("the ledger does not say that the re-saved PDF has the same text: %+v", looks)
	}

	s.site.index(v11, "18,205", `<li><a href="/press/">報道発表</a></li><li><a href="/">ホーム</a></li>`, "2025年4月4日")
	s.look(t)
	s.quiet(t, "a re-ordered navigation")

	v12 := `<li>2026年3月31日　<a href="/ai/pdf/20260331_1.pdf">見本AI利用指針（第1.2版）（PDF形式：182KB）</a></li>`
	s.site.index(v12+v11, "20,001", nav, "2026年3月31日")
	s.site.pdf(t, "/ai/pdf/20260331_1.pdf", "guideline-1.2.pdf")
	s.look(t)
	s.look(t)

	alerts := s.slack.messages()
	if len(alerts) != 1 {
		t.Fatalf("told %d times on Slack, want once", len(alerts))
	}
	for _, want := range []string{"見本AI利用指針", "第1.1版", "第1.2版", "求められる", "AIエージェント", "mihon/ai-guideline/main@2"} {
		if !strings.Contains(alerts[0], want) {
			t.Errorf("the Slack alert lacks %q:\n%s", want, alerts[0])
		}
	}
	if f := s.slack.files; len(f) != 1 || !strings.Contains(f[0], "1700000000.000100") || !strings.Contains(f[0], "comparison/") {
		t.Errorf("the comparison that follows the alert: %v", f)
	}
	mails := s.mail.messages()
	if len(mails) != 1 {
		t.Fatalf("told %d times by mail, want once", len(mails))
	}
	d := s.open(t)
	defer d.close()
	c, ok, err := d.db.Change("mihon/ai-guideline/main@2")
	if err != nil || !ok {
		t.Fatalf("the change is not stored: %v %v", ok, err)
	}
	if c.Class != kaisei.ClassNewVersion || c.LabelBefore != "第1.1版" || c.LabelAfter != "第1.2版" {
		t.Errorf("class %s, %s → %s; want new-version, 第1.1版 → 第1.2版", c.Class, c.LabelBefore, c.LabelAfter)
	}
	if err := d.db.Check(); err != nil {
		t.Error(err)
	}
	wantEdits(t, c.Edits)
}

// wantEdits holds the comparison of the two fixtures to what their author changed.
func wantEdits(t *testing.T, edits []kaisei.Edit) {
	t.Helper()
	want := map[string]kaisei.EditKind{
		"AIエージェントとは": kaisei.EditAdded, "3) 記録": kaisei.EditAdded, "行動の記録を保存しなければならない": kaisei.EditAdded,
		"定期的に点検することが求められる": kaisei.EditChanged, "明示するものとする": kaisei.EditChanged, "50件を超える苦情": kaisei.EditChanged,
	}
	for _, e := range edits {
		found := false
		for words, kind := range want {
			if strings.Contains(strings.ReplaceAll(e.After, " ", ""), strings.ReplaceAll(words, " ", "")) && e.Kind == kind {
				delete(want, words)
				found = true
				break
			}
		}
		// The title and date lines name the version and change with it.
		if !found && !strings.Contains(e.After, "第1.2版") && !strings.Contains(e.After, "令和8年3月31日") {
			t.Errorf("an edit that nobody made: %s %q → %q", e.Kind, e.Before, e.After)
		}
	}
	for words, kind := range want {
		t.Errorf("no %s edit holds %q", kind, words)
	}
}

func verdicts(looks []kaisei.Look) map[kaisei.Verdict]bool {
	m := map[kaisei.Verdict]bool{}
	for _, l := range looks {
		m[l.Verdict] = true
	}
	return m
}

// slackServer is Slack's own test server with what was posted to it.
type slackServer struct {
	url string
	mu  sync.Mutex
	got []string
	// edits are the messages that were edited, files those that were shared.
	edits, files []string
}

func newSlackServer(t *testing.T) *slackServer {
	s := &slackServer{}
	answer := func(into *[]string, words func() string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			form, _ := url.ParseQuery(string(body))
			s.mu.Lock()
			*into = append(*into, fmt.Sprint(form))
			s.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, words())
		}
	}
	server := slacktest.NewTestServer(func(c slacktest.Customize) {
		var ignored []string
		c.Handle("/chat.update", answer(&s.edits, func() string { return `{"ok":true,"channel":"C1","ts":"1700000000.000100"}` }))
		c.Handle("/files.getUploadURLExternal", answer(&ignored, func() string { return `{"ok":true,"file_id":"F1","upload_url":"` + s.url + `upload"}` }))
		c.Handle("/upload", answer(&ignored, func() string { return "OK" }))
		c.Handle("/files.completeUploadExternal", answer(&s.files, func() string { return `{"ok":true,"files":[{"id":"F1","title":"x"}]}` }))
		c.Handle("/chat.postMessage", func(w http.ResponseWriter, r *http.Request) {
			s.take(r)
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"ok":true,"channel":"C1","ts":"1700000000.000100"}`)
		})
	})
	server.Start()
	t.Cleanup(server.Stop)
	s.url = server.GetAPIURL()
	return s
}

func (s *slackServer) take(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	text := string(body)
	if form, err := url.ParseQuery(text); err == nil {
		var b strings.Builder
		for k, vs := range form {
			for _, v := range vs {
				var decoded any
				if json.Unmarshal([]byte(v), &decoded) == nil {
					var plain bytes.Buffer
					enc := json.NewEncoder(&plain)
					enc.SetEscapeHTML(false)
					_ = enc.Encode(decoded)
					v = plain.String()
				}
				fmt.Fprintf(&b, "%s: %s\n", k, v)
			}
		}
		text = b.String()
	}
	s.mu.Lock()
	s.got = append(s.got, text)
	s.mu.Unlock()
}

func (s *slackServer) messages() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

// mailServer is a real SMTP server that insists on STARTTLS and a password.
type mailServer struct {
	port  int
	roots *x509.CertPool
	mu    sync.Mutex
	got   []string
}

func newMailServer(t *testing.T) *mailServer {
	m := &mailServer{}
	cert, roots := selfSigned(t)
	m.roots = roots
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = l.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{server: m}, nil }))
	server.Domain = "localhost"
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return m
}

func (m *mailServer) messages() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.got...)
}

type mailSession struct {
	server *mailServer
	known  bool
}

var errLogin = errors.New("log in first")

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "legal" || password != "secret" {
			return errLogin
		}
		s.known = true
		return nil
	}), nil
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	if !s.known {
		return errLogin
	}
	return nil
}

func (s *mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *mailSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.server.mu.Lock()
	s.server.got = append(s.server.got, string(b))
	s.server.mu.Unlock()
	return err
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
