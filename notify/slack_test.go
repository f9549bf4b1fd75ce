package notify

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack/slacktest"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// fault is one answer of a Slack that is in trouble.
type fault struct {
	code       int
	retryAfter string
	body       string
	cut        bool // takes the request and closes the connection
	hang       bool // never answers
}

// troubled answers with its faults in turn and then as Slack does, and remembers the requests.
type troubled struct {
	mu     sync.Mutex
	faults []fault
	forms  []url.Values
	bodies []string
}

func (s *troubled) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forms, s.bodies = append(s.forms, form), append(s.bodies, string(body))
	if len(s.faults) == 0 {
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1","ts":"1712345678.000100"}`)
		return
	}
	f := s.faults[0]
	s.faults = s.faults[1:]
	if f.cut {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	if f.retryAfter != "" {
		w.Header().Set("Retry-After", f.retryAfter)
	}
	w.WriteHeader(f.code)
	_, _ = io.WriteString(w, f.body)
}

const botToken = "xoxb-1234-secret"

// bot returns a bot that talks to the Slack test server, whose chat.postMessage is s.
func bot(t *testing.T, s http.Handler) *Slack {
	t.Helper()
	server := slacktest.NewTestServer(func(c slacktest.Customize) { c.Handle("/chat.postMessage", s.ServeHTTP) })
	server.Start()
	t.Cleanup(server.Stop)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &Slack{Token: config.NewSecret(botToken), Channel: "#ai", API: server.GetAPIURL(), Gap: time.Microsecond,
		Client: &http.Client{Transport: transport, Timeout: 5 * time.Second}}
}

// hook returns a webhook that is answered by s.
func hook(t *testing.T, s http.Handler) *Slack {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &Slack{Webhook: config.NewSecret(server.URL + "/services/T0/B0/hooksecret"), Gap: time.Microsecond, Client: server.Client()}
}

func alert() Message {
	c := example(1)
	return Message{Delivery: delivery(kaisei.DeliveryAlert, "ops", c.ID, []string{c.ID}, "", monday()), Changes: []kaisei.Change{c}}
}

func TestASlackAlertCarriesBlocksFallbackAndDeliveryID(t *testing.T) {
	s := &troubled{}
	receipt, err := bot(t, s).Send(t.Context(), alert())
	if err != nil || receipt != "C1/1712345678.000100" {
		t.Fatalf("got %q, %v", receipt, err)
	}
	form := s.forms[0]
	if form.Get("channel") != "#ai" || !strings.Contains(form.Get("text"), "AI事業者ガイドライン 別添1") {
		t.Errorf("posted %v", form)
	}
	var metadata struct {
		EventType    string            `json:"event_type"`
		EventPayload map[string]string `json:"event_payload"`
	}
	if err := json.Unmarshal([]byte(form.Get("metadata")), &metadata); err != nil || metadata.EventPayload["delivery"] != "alert/ops/meti/ai-guidelines/doc1@1" {
		t.Errorf("metadata %q, %v", form.Get("metadata"), err)
	}
	for _, want := range []string{`"style":{"strike":true},"text":"望ましい"`, `"style":{"bold":true},"text":"求められる"`, "alert/ops/meti/ai-guidelines/doc1@1"} {
		if !strings.Contains(canonical(t, form.Get("blocks")), want) {
			t.Errorf("the blocks lack %s: %s", want, form.Get("blocks"))
		}
	}
}

// canonical writes JSON with sorted keys.
func canonical(t *testing.T, s string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSlackTroubleIsTakenForWhatItIs(t *testing.T) {
	for name, c := range map[string]struct {
		fault   fault
		trouble Trouble
		after   time.Duration
		words   string
	}{
		"429 with Retry-After":    {fault{code: 429, retryAfter: "30"}, Temporary, 30 * time.Second, "rate limit"},
		"429 without Retry-After": {fault{code: 429}, Temporary, 0, "429"},
		"500":                     {fault{code: 500, body: "<html>"}, Temporary, 0, "500"},
		"503":                     {fault{code: 503}, Temporary, 0, "503"},
		"cut":                     {fault{cut: true}, Temporary, 0, "EOF"},
		"ratelimited":             {fault{code: 200, body: `{"ok":false,"error":"ratelimited"}`}, Temporary, 0, "ratelimited"},
		"internal_error":          {fault{code: 200, body: `{"ok":false,"error":"internal_error"}`}, Temporary, 0, "internal_error"},
		"not in channel":          {fault{code: 200, body: `{"ok":false,"error":"not_in_channel"}`}, Setup, 0, "invite the bot to #ai"},
		"revoked":                 {fault{code: 200, body: `{"ok":false,"error":"token_revoked"}`}, Setup, 0, "valid bot token"},
		"scope":                   {fault{code: 200, body: `{"ok":false,"error":"missing_scope","needed":"chat:write"}`}, Setup, 0, "chat:write"},
		"unheard of":              {fault{code: 200, body: `{"ok":false,"error":"some_new_word"}`}, Setup, 0, "some_new_word"},
		"no text":                 {fault{code: 200, body: `{"ok":false,"error":"no_text"}`}, Final, 0, "no_text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bot(t, &troubled{faults: []fault{c.fault}}).Send(t.Context(), alert())
			trouble, after := troubleOf(err)
			if err == nil || trouble != c.trouble || after != c.after || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v after %v: %v", trouble, after, err)
			}
			if err != nil && strings.Contains(err.Error(), botToken) {
				t.Errorf("the token is in %v", err)
			}
		})
	}
}

func TestBlocksThatSlackRefusesAreSentAsText(t *testing.T) {
	for _, word := range []string{"invalid_blocks", "msg_blocks_too_long"} {
		s := &troubled{faults: []fault{{code: 200, body: `{"ok":false,"error":"` + word + `"}`}}}
		if _, err := bot(t, s).Send(t.Context(), alert()); err != nil {
			t.Fatal(err)
		}
		if last := s.forms[len(s.forms)-1]; len(s.forms) != 2 || last.Get("blocks") != "" || !strings.Contains(last.Get("text"), "[-望ましい-]{+求められる+}") {
			t.Errorf("%s: posted %v", word, last)
		}
	}
	s := &troubled{faults: []fault{{code: 400, body: "invalid_blocks"}}}
	if _, err := hook(t, s).Send(t.Context(), alert()); err != nil || len(s.bodies) != 2 || strings.Contains(s.bodies[1], `"blocks"`) {
		t.Errorf("webhook: %v, posted %q", err, s.bodies)
	}
}

func TestTextThatIsRefusedTooIsFinal(t *testing.T) {
	refused := fault{code: 200, body: `{"ok":false,"error":"invalid_blocks"}`}
	_, err := bot(t, &troubled{faults: []fault{refused, refused}}).Send(t.Context(), alert())
	if trouble, _ := troubleOf(err); err == nil || trouble != Final {
		t.Errorf("got %v", err)
	}
}

func TestAWebhookIsToldBlocksAndText(t *testing.T) {
	s := &troubled{}
	receipt, err := hook(t, s).Send(t.Context(), alert())
	if err != nil || receipt != "ok" {
		t.Fatalf("got %q, %v", receipt, err)
	}
	var body struct {
		Text   string
		Blocks []map[string]any
	}
	if err := json.Unmarshal([]byte(s.bodies[0]), &body); err != nil || body.Text == "" || len(body.Blocks) < 4 {
		t.Errorf("posted %s, %v", s.bodies[0], err)
	}
}

func TestNoErrorHoldsTheWebhook(t *testing.T) {
	for name, f := range map[string]struct {
		fault   fault
		trouble Trouble
		after   time.Duration
	}{
		"cut":          {fault{cut: true}, Temporary, 0},
		"429":          {fault{code: 429, retryAfter: "7"}, Temporary, 7 * time.Second},
		"429, unsaid":  {fault{code: 429}, Temporary, 0},
		"429, odd":     {fault{code: 429, retryAfter: "soon"}, Temporary, 0},
		"500":          {fault{code: 500}, Temporary, 0},
		"gone":         {fault{code: 404, body: "no_service"}, Setup, 0},
		"forbidden":    {fault{code: 403, body: "action_prohibited"}, Setup, 0},
		"bad request":  {fault{code: 400, body: "no_text"}, Final, 0},
		"echoes it":    {fault{code: 403, body: "/services/T0/B0/hooksecret"}, Setup, 0},
		"long and odd": {fault{code: 500, body: strings.Repeat("x", 1<<20)}, Temporary, 0},
	} {
		h := hook(t, &troubled{faults: []fault{f.fault}})
		_, err := h.Send(t.Context(), alert())
		trouble, after := troubleOf(err)
		if err == nil || trouble != f.trouble || after != f.after {
			t.Errorf("%s: %v, %v: %v", name, trouble, after, err)
		}
		if err != nil && (strings.Contains(err.Error(), "hooksecret") || len(err.Error()) > 8<<10) {
			t.Errorf("%s: the error is %.200s", name, err)
		}
	}
	// A refused connection, whose error holds the whole URL.
	h := &Slack{Webhook: config.NewSecret("http://127.0.0.1:1/services/T0/B0/hooksecret"), Gap: time.Microsecond}
	if _, err := h.Send(t.Context(), alert()); err == nil || strings.Contains(err.Error(), "hooksecret") {
		t.Errorf("got %v", err)
	}
	// An address that does not even parse.
	h = &Slack{Webhook: config.NewSecret("http://[::1/hooksecret"), Gap: time.Microsecond}
	if _, err := h.Send(t.Context(), alert()); err == nil || strings.Contains(err.Error(), "hooksecret") {
		t.Errorf("got %v", err)
	}
}

func TestASlackThatHangsIsLeftInTime(t *testing.T) {
	release := make(chan struct{})
	h := hook(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer close(release)
	h.Client.Timeout = 50 * time.Millisecond
	_, err := h.Send(t.Context(), alert())
	if trouble, _ := troubleOf(err); err == nil || trouble != Temporary || strings.Contains(err.Error(), "hooksecret") {
		t.Errorf("got %v", err)
	}
}

func TestNoticesAndDigestsReachSlackToo(t *testing.T) {
	s := &troubled{}
	b := bot(t, s)
	n := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai", Title: kaisei.Text{JA: "一覧 <!channel>"}}
	if _, err := b.Send(t.Context(), Message{Notice: &n}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Send(t.Context(), Message{Digest: &render.DigestData{Cadence: "weekly", Changes: []kaisei.Change{example(1)}}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.forms[0].Get("text"), "読み取り失敗") || strings.Contains(s.forms[0].Get("text"), "<!channel>") || !strings.Contains(s.forms[1].Get("text"), "週報") {
		t.Errorf("posted %v", s.forms)
	}
}

func TestADeliverySurvivesEveryKindOfSlackTrouble(t *testing.T) {
	db := openStore(t)
	c := commit(t, db, example(1), "ops")
	s := &troubled{faults: []fault{
		{code: 429, retryAfter: "30"}, {code: 429}, {code: 500}, {cut: true}, {code: 200, body: `{"ok":false,"error":"not_in_channel"}`},
	}}
	now := monday()
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": bot(t, s)}, Now: func() time.Time { return now }}
	for range 6 {
		if _, err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Hour)
	}
	d := delivered(t, db, "alert/ops/"+c.ID)
	if d.State != kaisei.DeliverySent || d.Attempts != 6 || d.LastError != "" {
		t.Errorf("got %+v", d)
	}
	for _, f := range s.forms {
		if !strings.Contains(f.Get("metadata"), d.ID) {
			t.Errorf("a repeat with other metadata: %s", f.Get("metadata"))
		}
	}
}
