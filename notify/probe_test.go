package notify

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/config"
)

func TestAProbeOfMailOpensASessionAndSendsNothing(t *testing.T) {
	p := office(t)
	p.user, p.password = "kaisei", "geheim"
	e := p.email()
	e.User, e.Password = "kaisei", config.NewSecret("geheim")
	if err := e.Probe(t.Context()); err != nil {
		t.Errorf("a good password: %v", err)
	}
	e.Password = config.NewSecret("wrong-secret")
	if err := e.Probe(t.Context()); err == nil || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("a wrong password: %v", err)
	}
	if len(p.mails) != 0 {
		t.Errorf("%d messages were sent", len(p.mails))
	}
	e.Port = 1
	if err := e.Probe(t.Context()); err == nil {
		t.Error("a server that is not there was reached")
	}
}

func TestAProbeOfSlackTellsNobody(t *testing.T) {
	var asked []string
	answer := `{"ok":true,"user":"kaisei"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	s := &Slack{Token: config.NewSecret(botToken), Channel: "#ai", API: server.URL + "/", Client: server.Client()}
	if err := s.Probe(t.Context()); err != nil {
		t.Errorf("a good token: %v", err)
	}
	answer = `{"ok":false,"error":"invalid_auth"}`
	if err := s.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "invalid_auth") || strings.Contains(err.Error(), botToken) {
		t.Errorf("a revoked token: %v", err)
	}
	if strings.Join(asked, " ") != "/auth.test /auth.test" {
		t.Errorf("asked for %v", asked)
	}
}

func TestAProbeOfAWebhookReachesItsHostAlone(t *testing.T) {
	var asked []string
	h := hook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}))
	if err := h.Probe(t.Context()); err != nil {
		t.Errorf("a host that answers: %v", err)
	}
	if strings.Join(asked, " ") != "HEAD /" {
		t.Errorf("asked for %v", asked)
	}
	secret := config.NewSecret(h.Webhook.Reveal())
	for _, p := range []Prober{&Webhook{URL: secret, Client: h.Client}, &Teams{Webhook: secret, Client: h.Client}} {
		asked = nil
		if err := p.Probe(t.Context()); err != nil || strings.Join(asked, " ") != "HEAD /" {
			t.Errorf("%T asked for %v, %v", p, asked, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	gone := &Slack{Webhook: config.NewSecret("http://127.0.0.1:1/services/T0/B0/hooksecret")}
	if err := gone.Probe(ctx); err == nil || strings.Contains(err.Error(), "hooksecret") {
		t.Errorf("a host that is not there: %v", err)
	}
}

func TestAProbeOfAFileLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := (&File{Path: filepath.Join(dir, "alerts.jsonl")}).Probe(t.Context()); err != nil {
		t.Errorf("a folder that can be written to: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := (&File{Path: filepath.Join(dir, "gone", "alerts.jsonl")}).Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a folder that is not there: %v", err)
	}
}
