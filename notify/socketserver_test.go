package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// socketServer is Slack as far as answering needs it: the Web API and Socket Mode connections, on loopback.
type socketServer struct {
	*httptest.Server
	t *testing.T
	// conns are the connections as they are opened, acks the envelopes that were confirmed, updates the forms of
	// chat.update, failed those that it did not take.
	conns           chan *websocket.Conn
	acks            chan string
	updates, failed chan url.Values

	mu sync.Mutex
	// refusals are errors with which connections are refused, one each.
	refusals []string
	// names are the people, or nil where the token may not ask; asked counts the questions.
	names map[string]string
	asked int
	// broken are answers of chat.update, one each, in place of its own.
	broken []string
	opened []string // the tokens of the connections
}

func newSocketServer(t *testing.T) *socketServer {
	s := &socketServer{
		t: t, conns: make(chan *websocket.Conn, 10), acks: make(chan string, 100), updates: make(chan url.Values, 100), failed: make(chan url.Values, 100),
		names: map[string]string{"U1": "山田 花子", "U2": "佐藤 次郎"},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/apps.connections.open", s.open)
	mux.HandleFunc("/link", s.link)
	mux.HandleFunc("/users.info", s.user)
	mux.HandleFunc("/auth.test", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"ok":true}`) })
	mux.HandleFunc("/chat.update", s.update)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func (s *socketServer) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if len(s.refusals) > 0 {
		fmt.Fprintf(w, `{"ok":false,"error":%q}`, s.refusals[0])
		s.refusals = s.refusals[1:]
		return
	}
	s.opened = append(s.opened, token)
	fmt.Fprintf(w, `{"ok":true,"url":"ws%s/link?ticket=hunter2"}`, strings.TrimPrefix(s.URL, "http"))
}

func (s *socketServer) link(w http.ResponseWriter, r *http.Request) {
	c, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"}}`)); err != nil {
		return
	}
	s.conns <- c
	for {
		var ack struct {
			EnvelopeID string `json:"envelope_id"`
		}
		if err := c.ReadJSON(&ack); err != nil {
			return
		}
		s.acks <- ack.EnvelopeID
	}
}

func (s *socketServer) user(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.names == nil {
		io.WriteString(w, `{"ok":false,"error":"missing_scope"}`)
		return
	}
	id := r.FormValue("user")
	fmt.Fprintf(w, `{"ok":true,"user":{"id":%q,"name":"short","profile":{"display_name":%q}}}`, id, s.names[id])
}

func (s *socketServer) update(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.broken) > 0 {
		io.WriteString(w, s.broken[0])
		s.broken = s.broken[1:]
		s.failed <- r.Form
		return
	}
	s.updates <- r.Form
	io.WriteString(w, `{"ok":true,"channel":"C1","ts":"1712345678.000100"}`)
}

// await returns what comes next on a channel.
func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("no %s came", what)
	}
	panic("unreachable")
}

// click is an action on a control of an alert about a change, as Slack reports it.
type click struct {
	envelope, change, action, user, chosen, ts, block, app string
	// message is the blocks of the alert.
	message string
}

// send reports a click.
func (c click) send(t *testing.T, conn *websocket.Conn) {
	t.Helper()
	action := map[string]any{"action_id": c.action, "block_id": c.block, "action_ts": c.ts, "type": "button", "value": c.change}
	if c.block == "" {
		action["block_id"] = "kaisei/" + c.change
	}
	if c.action == "assign" {
		action["type"] = "users_select"
		action["selected_user"] = c.chosen
		delete(action, "value")
	}
	message := map[string]any{"type": "message", "bot_id": "B1", "ts": "1712345678.000100", "app_id": "A1"}
	if c.app != "" {
		message["app_id"] = c.app
	}
	if c.message != "" {
		message["blocks"] = json.RawMessage(c.message)
	}
	body, err := json.Marshal(map[string]any{"type": "interactive", "envelope_id": c.envelope, "accepts_response_payload": true, "payload": map[string]any{
		"type": "block_actions", "api_app_id": "A1", "user": map[string]any{"id": c.user, "name": "short-" + c.user, "team_id": "T1"}, "team": map[string]any{"id": "T1"},
		"channel": map[string]any{"id": "C1", "name": "alerts"}, "message": message, "actions": []any{action}, "trigger_id": "1.2.3",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.WriteMessage(websocket.TextMessage, body); err != nil {
		t.Fatal(err)
	}
}
