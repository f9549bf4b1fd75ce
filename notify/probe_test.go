package notify

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	gone := &Slack{Webhook: config.NewSecret("http://127.0.0.1:1/services/T0/B0/hooksecret")}
	if err := gone.Probe(ctx); err == nil || strings.Contains(err.Error(), "hooksecret") {
		t.Errorf("a host that is not there: %v", err)
	}
}
