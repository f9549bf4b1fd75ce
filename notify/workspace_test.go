package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaisei/internal/blockkit"
	"kaisei/internal/config"
	"kaisei/storage/bolt"
)

// workspace is a Slack that keeps what it is told, answers as Slack does, and fails as a test says.
type workspace struct {
	*httptest.Server
	t    *testing.T
	stop chan struct{}
	// hung is told of every request that hangs.
	hung chan struct{}

	mu       sync.Mutex
	messages []posted
	files    []uploaded
	// faults are used up, by method (chat.postMessage) or "hook", one a request.
	faults map[string][]fault
	// deleted are roots that were deleted: "" takes a reply as a message of its own, a word refuses it.
	deleted map[string]string
	// trouble, where it is set, decides of every other request whether it fails.
	trouble func(method string) (fault, bool)
	bodies  map[string]string // uploaded and not shared yet
}

type posted struct {
	ts, thread, text, blocks, delivery string
	broadcast                          bool
	edits                              int
}

type uploaded struct{ thread, title, note, body string }

func newWorkspace(t *testing.T) *workspace {
	w := &workspace{t: t, stop: make(chan struct{}), hung: make(chan struct{}, 10), faults: map[string][]fault{}, deleted: map[string]string{}, bodies: map[string]string{}}
	w.Server = httptest.NewServer(w)
	t.Cleanup(func() {
		close(w.stop)
		w.CloseClientConnections()
		w.Close()
	})
	return w
}

const hookPath = "/services/T0/B0/hooksecret"

// bot speaks to the workspace by a token, and keeps its threads in store.
func (w *workspace) bot(name string, store SlackStore) *Slack {
	transport := &http.Transport{}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &Slack{
		Name: name, Token: config.NewSecret(botToken), Channel: "#ai", API: w.URL + "/api/", Gap: time.Microsecond, Store: store,
		Client: &http.Client{Transport: transport, Timeout: 20 * time.Second},
	}
}

func (w *workspace) hook() *Slack {
	s := w.bot("ops", nil)
	s.Token, s.Webhook = config.Secret{}, config.NewSecret(w.URL+hookPath)
	return s
}

// failBy lets trouble decide of every request that no fault was given for.
func (w *workspace) failBy(trouble func(method string) (fault, bool)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = trouble
}

// fail makes the next requests to a method fail.
func (w *workspace) fail(method string, faults ...fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[method] = faults
}

func word(s string) fault { return fault{code: 200, body: `{"ok":false,"error":"` + s + `"}`} }

func (w *workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	method := path.Base(r.URL.Path)
	if r.URL.Path == hookPath {
		method = "hook"
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client died within its request
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	var f *fault
	if fs := w.faults[method]; len(fs) > 0 {
		f, w.faults[method] = &fs[0], fs[1:]
	} else if w.trouble != nil {
		if one, fails := w.trouble(method); fails {
			f = &one
		}
	}
	w.mu.Unlock()
	switch {
	case f != nil && f.hang:
		select {
		case w.hung <- struct{}{}:
		default:
		}
		select {
		case <-r.Context().Done():
		case <-w.stop:
		}
		return
	case f != nil && !f.cut:
		if f.retryAfter != "" {
			rw.Header().Set("Retry-After", f.retryAfter)
		}
		rw.WriteHeader(f.code)
		_, _ = io.WriteString(rw, f.body)
		return
	}
	answer := w.take(method, r)
	if f != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(rw, answer)
}

// take does what a method asks for.
func (w *workspace) take(method string, r *http.Request) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch method {
	case "hook":
		var m struct {
			Text   string
			Blocks json.RawMessage
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			w.t.Error(err)
		}
		w.messages = append(w.messages, posted{text: m.Text, blocks: string(m.Blocks)})
		return "ok"
	case "chat.postMessage", "chat.update":
		var meta struct {
			Payload struct{ Delivery string } `json:"event_payload"`
		}
		if err := json.Unmarshal([]byte(r.FormValue("metadata")), &meta); err != nil {
			w.t.Errorf("%s: metadata %q: %v", method, r.FormValue("metadata"), err)
		}
		m := posted{
			text: r.FormValue("text"), blocks: r.FormValue("blocks"), delivery: meta.Payload.Delivery,
			thread: r.FormValue("thread_ts"), broadcast: r.FormValue("reply_broadcast") == "true",
		}
		if method == "chat.update" {
			return w.edit(r.FormValue("channel"), r.FormValue("ts"), m)
		}
		if refusal, gone := w.deleted[m.thread]; gone && refusal != "" {
			return `{"ok":false,"error":"` + refusal + `"}`
		} else if gone {
			m.thread = ""
		}
		m.ts = fmt.Sprintf("1775430000.%06d", len(w.messages)+1)
		w.messages = append(w.messages, m)
		return fmt.Sprintf(`{"ok":true,"channel":"C024","ts":%q,"message":{"ts":%q,"thread_ts":%q}}`, m.ts, m.ts, m.thread)
	case "files.getUploadURLExternal":
		return fmt.Sprintf(`{"ok":true,"upload_url":%q,"file_id":"F1"}`, w.URL+"/upload/ticketsecret")
	case "ticketsecret":
		file, _, err := r.FormFile("file")
		if err != nil {
			w.t.Error(err)
			return ""
		}
		b, err := io.ReadAll(file)
		if err != nil {
			w.t.Error(err)
		}
		w.bodies["F1"] = string(b)
		return "OK"
	case "files.completeUploadExternal":
		var files []struct{ ID, Title string }
		if err := json.Unmarshal([]byte(r.FormValue("files")), &files); err != nil || len(files) != 1 || r.FormValue("channel_id") != "C024" {
			w.t.Errorf("completed %v: %v", r.Form, err)
			return ""
		}
		w.files = append(w.files, uploaded{r.FormValue("thread_ts"), files[0].Title, r.FormValue("initial_comment"), w.bodies[files[0].ID]})
		return `{"ok":true,"files":[{"id":"F1","title":"x"}]}`
	}
	w.t.Errorf("asked for %s", r.URL.Path)
	return ""
}

func (w *workspace) edit(channel, ts string, m posted) string {
	i := slices.IndexFunc(w.messages, func(p posted) bool { return p.ts == ts })
	if i < 0 || channel != "C024" {
		return `{"ok":false,"error":"message_not_found"}`
	}
	p := &w.messages[i]
	p.text, p.blocks, p.delivery, p.edits = m.text, m.blocks, m.delivery, p.edits+1
	return fmt.Sprintf(`{"ok":true,"channel":"C024","ts":%q}`, ts)
}

func (w *workspace) all() []posted {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.messages)
}

func (w *workspace) shared() []uploaded {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.files)
}

// flush tells what is due to the channel ops at now, as a program does that was just started.
func (w *workspace) flush(db *bolt.DB, now time.Time, change func(*Slack)) {
	w.t.Helper()
	s := w.bot("ops", db)
	if change != nil {
		change(s)
	}
	o := &Outbox{Queue: db, Senders: map[string]Sender{"ops": s}, Now: func() time.Time { return now }}
	if _, err := o.Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// valid checks what the workspace holds against Slack's limits.
func (w *workspace) valid() {
	w.t.Helper()
	for _, m := range w.all() {
		if m.blocks == "" {
			continue
		}
		if p := blockkit.Check([]byte(m.blocks), m.text); len(p) > 0 {
			w.t.Errorf("%s: %s", m.delivery, strings.Join(p, "; "))
		}
	}
}
