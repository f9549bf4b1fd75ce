package notify

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// weekly is a digest with a change and a day ahead.
func weekly() Message {
	d := render.DigestData{
		Cadence: "weekly", Since: monday().AddDate(0, 0, -7), Until: monday(), First: 1, Last: 1, Changes: []kaisei.Change{example(1)},
		Coming: []calendar.Event{
			{ID: "a/b@closing", Kind: kaisei.ClassConsultationClosing, At: monday().AddDate(0, 0, 9), Title: "意見募集", SeenAt: monday()},
			{ID: "a/c@in-force", Kind: kaisei.ClassInForce, Title: "いつかの施行", SeenAt: monday()},
		},
	}
	return Message{Delivery: delivery(kaisei.DeliveryDigest, "legal", "2026-04-06/1-1", nil, "", monday()), Digest: &d}
}

func TestADigestCarriesTheDaysAheadAsACalendarFile(t *testing.T) {
	p := office(t)
	m := weekly()
	if _, err := p.email().Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Digest.Coming = m.Digest.Coming[1:] // that it takes force some day cannot stand in a calendar
	if _, err := p.email().Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if _, err := p.email().Send(t.Context(), alert()); err != nil {
		t.Fatal(err)
	}
	letter, body := parts(t, p.mails[0])
	if !strings.HasPrefix(letter.Header.Get("Content-Type"), "multipart/mixed") || !strings.Contains(p.mails[0], `filename="kaisei.ics"`) {
		t.Errorf("header %v", letter.Header)
	}
	if file := body["text/calendar"]; strings.Count(file, "BEGIN:VEVENT") != 1 || !strings.Contains(file, "UID:a/b@closing@kaisei") || strings.Contains(file, "METHOD") {
		t.Errorf("calendar %q", file)
	}
	if body["text/plain"] == "" || body["text/html"] == "" {
		t.Errorf("parts %v", body)
	}
	for _, raw := range p.mails[1:] {
		if _, body := parts(t, raw); len(body) != 2 || body["text/calendar"] != "" {
			t.Errorf("a calendar without a day: %v", body)
		}
	}
}

func TestEveryMailSaysThatItIsOfAListAndOfAProgram(t *testing.T) {
	p := office(t)
	e := p.email()
	for _, m := range []Message{alert(), weekly()} {
		if _, err := e.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	page := "https://example.co.jp/kaisei/unsubscribe?of=" + strings.Repeat("a", 850)
	e.Unsubscribe = []string{"mailto:admin@example.co.jp?subject=bye", page}
	if _, err := e.Send(t.Context(), weekly()); err != nil {
		t.Fatal(err)
	}
	for i, raw := range p.mails {
		letter, _ := parts(t, raw)
		want := map[string]string{
			"List-Id": "<legal.kaisei.example.co.jp>", "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
			"List-Unsubscribe": "<mailto:kaisei@example.co.jp?subject=unsubscribe%20legal>", "List-Unsubscribe-Post": "",
		}
		if i == 2 {
			want["List-Unsubscribe"], want["List-Unsubscribe-Post"] = "<mailto:admin@example.co.jp?subject=bye>, <"+page+">", "List-Unsubscribe=One-Click"
		}
		for name, value := range want {
			if got := letter.Header.Get(name); got != value {
				t.Errorf("mail %d: %s %q, want %q", i, name, got, value)
			}
		}
		if _, err := letter.Header.Date(); err != nil {
			t.Errorf("mail %d: %v", i, err)
		}
		for line := range strings.Lines(raw) {
			if len(line) > 1000 { // 998 and the line break
				t.Errorf("mail %d: a line of %d bytes", i, len(line))
			}
		}
	}
}

func TestAlertsAboutADocumentAreOneThreadInAChannel(t *testing.T) {
	p := office(t)
	e := p.email()
	again, other := alert(), alert()
	again.Delivery.ID, again.Changes[0].ID = "alert/ops/meti/ai-guidelines/doc1@2", "meti/ai-guidelines/doc1@2"
	other.Delivery.ID, other.Changes = "alert/ops/meti/ai-guidelines/doc2@1", []kaisei.Change{example(2)}
	var threads, ids []string
	for _, m := range []Message{alert(), again, other, weekly()} {
		if _, err := e.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		letter, _ := parts(t, p.mails[len(p.mails)-1])
		threads, ids = append(threads, letter.Header.Get("References")), append(ids, letter.Header.Get("Message-ID"))
	}
	if threads[0] == "" || threads[0] != threads[1] || threads[0] == threads[2] || threads[3] != "" || ids[0] == ids[1] {
		t.Errorf("threads %q, messages %q", threads, ids)
	}
}

// keys are a signer of each kind with its record in the DNS.
func keys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, short, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"rsa": long, "ed25519": short}
}

func record6376(t *testing.T, kind string, key crypto.Signer) string {
	t.Helper()
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		public = der
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public)
}

func TestASignedMailVerifiesAsItArrivesAndNotWhenChanged(t *testing.T) {
	for kind, key := range keys(t) {
		p := office(t)
		e := p.email()
		e.DKIM = &DKIM{Domain: "example.co.jp", Selector: "k1", Key: key}
		lookup := func(name string) ([]string, error) {
			if name != "k1._domainkey.example.co.jp" {
				return nil, errors.New("no record of " + name)
			}
			return []string{record6376(t, kind, key)}, nil
		}
		verify := func(raw string) error {
			t.Helper()
			found, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup})
			if err != nil || len(found) != 1 || found[0].Domain != "example.co.jp" {
				t.Fatalf("%s: %+v, %v", kind, found, err)
			}
			return found[0].Err
		}
		for i, m := range []Message{alert(), weekly()} {
			if _, err := e.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			raw := p.mails[i]
			if err := verify(raw); err != nil {
				t.Errorf("%s: %v\n%s", kind, err, raw[:600])
			}
			if err := verify("Received: from a by b; " + time.Now().Format(time.RFC1123Z) + "\r\n" + raw); err != nil {
				t.Errorf("%s, with the mark of a relay: %v", kind, err)
			}
			for what, changed := range map[string]string{
				"the subject":     strings.Replace(raw, "Subject:", "Subject: x", 1),
				"a second sender": "From: Mallory <m@example.com>\r\n" + raw,
				"a reply address": "Reply-To: m@example.com\r\n" + raw,
				"the way out":     strings.Replace(raw, "List-Unsubscribe: <mailto:kaisei", "List-Unsubscribe: <mailto:mallory", 1),
				"the text":        raw[:len(raw)/2] + "QUFB" + raw[len(raw)/2+4:],
			} {
				if changed == raw || verify(changed) == nil {
					t.Errorf("%s: %s can be changed", kind, what)
				}
			}
		}
	}
}

func TestWithoutAKeyTheRelaySigns(t *testing.T) {
	p := office(t)
	if _, err := p.email().Send(t.Context(), weekly()); err != nil {
		t.Fatal(err)
	}
	if letter, _ := parts(t, p.mails[0]); letter.Header.Get(dkimHeader) != "" {
		t.Errorf("signed: %v", letter.Header)
	}
}

// What a server does to one message, and what becomes of it: told at least once, with the same Message-ID each time,
// or dead with the reason.
func TestADigestOutlivesWhatAServerDoesToIt(t *testing.T) {
	reply := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
	}
	first := func(err error) func(int) error {
		return func(n int) error {
			if n == 1 {
				return err
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		office   *postOffice
		state    kaisei.DeliveryState
		attempts int
		arrived  int
	}{
		"451, then taken":                      {&postOffice{onData: first(reply(451))}, kaisei.DeliverySent, 2, 1},
		"550":                                  {&postOffice{onData: first(reply(550))}, kaisei.DeliveryDead, 1, 0},
		"taken, and cut before the answer":     {&postOffice{cut: func(n int) bool { return n == 1 }}, kaisei.DeliverySent, 2, 2},
		"cut three times before the answer":    {&postOffice{cut: func(n int) bool { return n <= 3 }}, kaisei.DeliverySent, 4, 4},
		"451, then cut, then taken with delay": {&postOffice{onData: first(reply(451)), cut: func(n int) bool { return n == 2 }}, kaisei.DeliverySent, 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.office.open(t, false, true)
			db := openStore(t)
			planner := &DigestPlanner{Queue: db, Channels: legal()}
			now := monday()
			plan(t, planner, now)
			change := commit(t, db, example(1))
			now = now.Add(time.Hour)
			plan(t, planner, now)
			o := &Outbox{Queue: db, Senders: map[string]Sender{"legal": p.email()}, Now: func() time.Time { return now }}
			for range 6 {
				if _, err := o.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				now = now.Add(time.Hour)
			}
			d := digests(t, db)[0]
			if d.State != c.state || d.Attempts != c.attempts || (c.state == kaisei.DeliveryDead) != strings.Contains(d.LastError, "550") {
				t.Errorf("got %s after %d attempts: %s", d.State, d.Attempts, d.LastError)
			}
			ids, arrived := map[string]bool{}, 0
			for _, raw := range p.mails {
				if raw == "" {
					continue // refused
				}
				arrived++
				letter, body := parts(t, raw)
				ids[letter.Header.Get("Message-ID")] = true
				if !strings.Contains(body["text/plain"], change.ID) {
					t.Errorf("it says %s", body["text/plain"])
				}
			}
			if arrived != c.arrived || len(ids) > 1 {
				t.Errorf("%d arrived with the IDs %v", arrived, ids)
			}
		})
	}
}
