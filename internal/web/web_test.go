package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kaisei/internal/kaisei"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

var seen = time.Date(2026, 3, 31, 5, 5, 0, 0, time.UTC)

// filled is a store with one of everything.
func filled(t *testing.T) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for i, text := range []string{"望ましい。", "求められる。"} {
		body := []byte(text)
		s := kaisei.Snapshot{Hash: kaisei.Hash(body), URL: "https://e.example/a", Status: 200, Size: len(body), At: seen}
		if err := db.SaveCapture(kaisei.Capture{Snapshot: s, Body: body}, ""); err != nil {
			t.Fatal(err)
		}
		v := kaisei.Version{Document: "meti/指針/main", Seq: i + 1, Source: "meti/指針", Title: "指針", Snapshot: s, Format: "html", Reader: "html/1",
			TextHash: kaisei.TextHash([]string{text}), Blocks: []kaisei.Block{{Path: []string{"第1部"}, Kind: kaisei.BlockParagraph, Text: text}}, SeenAt: seen.Add(time.Duration(i) * time.Hour)}
		c := kaisei.Commit{Version: &v, Look: kaisei.Look{Source: v.Source, Document: v.Document, At: v.SeenAt, Verdict: kaisei.VerdictFirst, URL: s.URL, Hash: s.Hash}}
		if i == 1 {
			c.Look.Verdict = kaisei.VerdictChanged
			c.Change = &kaisei.Change{ID: kaisei.ChangeID(v.Document, 2), Source: v.Source, Document: v.Document, Title: "指針 <第1.2版>", Class: kaisei.ClassNewVersion,
				Layer: kaisei.LayerBusinessGuideline, Severity: kaisei.High, SeenAt: v.SeenAt, Dates: kaisei.Dates{Promulgated: kaisei.DateOf(seen)}}
			c.Deliveries = []kaisei.Delivery{{ID: "alert/console/" + c.Change.ID, Channel: "console", Kind: kaisei.DeliveryAlert, Changes: []string{c.Change.ID}, Due: seen, Created: seen, State: kaisei.DeliveryDue}}
		}
		if _, err := db.Commit(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SavePoll(kaisei.Poll{Source: "meti/指針", LastLook: seen, Failures: 2, LastCause: kaisei.CauseDNS}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Rule(kaisei.RulingCommit{Ruling: kaisei.Ruling{Action: kaisei.RuleConfirm, Document: "meti/指針/main", By: "担当", At: seen}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Rejudge([]kaisei.Judgement{{Change: "meti/指針/main@2", Rules: "ab", Class: kaisei.ClassAmended, At: seen}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.Answer(kaisei.Answer{Change: "meti/指針/main@2", Action: kaisei.AnswerAcknowledge, By: "担当", At: seen}); err != nil {
		t.Fatal(err)
	}
	if err := db.SetMark("digest/legal", "7"); err != nil {
		t.Fatal(err)
	}
	return db
}

// daemon serves r on the socket of a state folder and returns a client of it.
func daemon(t *testing.T, state string, r web.Reader, a web.Actions) *web.Client {
	t.Helper()
	l, err := web.Listen(state)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, l, web.Handler(r, a, slog.New(slog.DiscardHandler))) }()
	c, err := web.Dial(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serving ended with %v", err)
		}
	})
	return c
}

func TestTheClientReadsWhatTheStoreHolds(t *testing.T) {
	db := filled(t)
	c := daemon(t, t.TempDir(), db, web.Actions{})
	// Each question is asked of both and the answers compared.
	for name, ask := range map[string]func(web.Reader) (any, error){
		"Latest":    func(r web.Reader) (any, error) { v, ok, err := r.Latest("meti/指針/main"); return []any{v, ok}, err },
		"no Latest": func(r web.Reader) (any, error) { v, ok, err := r.Latest("no/such"); return []any{v, ok}, err },
		"Version": func(r web.Reader) (any, error) {
			v, ok, err := r.Version("meti/指針/main", 1)
			return []any{v, ok}, err
		},
		"Versions":  func(r web.Reader) (any, error) { return r.Versions("meti/指針/main") },
		"Documents": func(r web.Reader) (any, error) { return r.Documents("meti/") },
		"Standings": func(r web.Reader) (any, error) { return r.Standings("meti/") },
		"Rulings":   func(r web.Reader) (any, error) { return r.Rulings("meti/指針/main") },
		"Twin": func(r web.Reader) (any, error) {
			v, ok, err := r.Twin(kaisei.TextHash([]string{"望ましい。"}), "another")
			return []any{v, ok}, err
		},
		"Body": func(r web.Reader) (any, error) { return r.Body(kaisei.Hash([]byte("望ましい。"))) },
		"Change": func(r web.Reader) (any, error) {
			v, ok, err := r.Change("meti/指針/main@2")
			return []any{v, ok}, err
		},
		"Changes": func(r web.Reader) (any, error) {
			return r.Changes(kaisei.ChangeQuery{MinSeverity: kaisei.High, Newest: true})
		},
		"none": func(r web.Reader) (any, error) {
			v, err := r.Changes(kaisei.ChangeQuery{Layer: kaisei.LayerLaw})
			return len(v), err
		},
		"Judgements": func(r web.Reader) (any, error) { return r.Judgements("meti/指針/main@2") },
		"Answers":    func(r web.Reader) (any, error) { return r.Answers("meti/指針/main@2", time.Time{}) },
		"answered since": func(r web.Reader) (any, error) {
			v, err := r.Answers("", seen.Add(time.Nanosecond))
			return len(v), err
		},
		"LastNumber": func(r web.Reader) (any, error) { return r.LastNumber() },
		"Looks":      func(r web.Reader) (any, error) { return r.Looks("", time.Time{}, 10) },
		"since":      func(r web.Reader) (any, error) { return r.Looks("meti/指針", seen.Add(time.Minute), 10) },
		"Polls":      func(r web.Reader) (any, error) { return r.Polls() },
		"Noise":      func(r web.Reader) (any, error) { return r.Noise("meti/指針") },
		"Sightings":  func(r web.Reader) (any, error) { return r.Sightings("meti/指針") },
		"Delivery": func(r web.Reader) (any, error) {
			v, ok, err := r.Delivery("alert/console/meti/指針/main@2")
			return []any{v, ok}, err
		},
		"Deliveries": func(r web.Reader) (any, error) { return r.Deliveries(kaisei.DeliveryDue, 0) },
		"Mark":       func(r web.Reader) (any, error) { v, ok, err := r.Mark("digest/legal"); return []any{v, ok}, err },
		"Stats":      func(r web.Reader) (any, error) { return r.Stats() },
	} {
		want, err := ask(db)
		if err != nil {
			t.Fatalf("%s of the store: %v", name, err)
		}
		got, err := ask(c)
		if err != nil {
			t.Errorf("%s of the client: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: store and client differ:\n%s", name, d)
		}
	}
	if _, err := c.Body(strings.Repeat("0", 64)); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("a body that is not stored: %v", err)
	}
	if v, err := c.Changes(kaisei.ChangeQuery{Layer: kaisei.LayerLaw}); err != nil || len(v) != 0 {
		t.Errorf("changes that are not there: %v, %v", v, err)
	}
}

func TestActionsReachTheDaemonAndItsRefusalsComeBack(t *testing.T) {
	db := filled(t)
	var looked []string
	c := daemon(t, t.TempDir(), db, web.Actions{
		Version: "9.9",
		Look: func(_ context.Context, ask web.LookAsk) (any, error) {
			ids := ask.Sources
			looked = ids
			if !ask.All {
				return nil, errors.New("there is no source \"x\"")
			}
			return []string{"fine"}, nil
		},
		Rejudge: func(js []kaisei.Judgement) ([]kaisei.Judgement, error) { return db.Rejudge(js, nil) },
		Answer:  db.Answer,
		Retry:   func(id string) (kaisei.Delivery, error) { return kaisei.Delivery{}, kaisei.ErrNotFound },
		Backup: func(w http.ResponseWriter) error {
			_, err := io.WriteString(w, "half")
			return errors.Join(err, errors.New("disk gone"))
		},
	})
	var got []string
	if err := c.Look(t.Context(), web.LookAsk{Sources: []string{"a", "b"}, All: true}, &got); err != nil || len(looked) != 2 || len(got) != 1 {
		t.Errorf("look: %v, asked for %v, got %v", err, looked, got)
	}
	if err := c.Look(t.Context(), web.LookAsk{}, &got); err == nil || !strings.Contains(err.Error(), "no source") {
		t.Errorf("a refused look came back as %v", err)
	}
	if _, err := c.Retry(t.Context(), "x"); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("retry of nothing: %v", err)
	}
	made, err := c.Rejudge(t.Context(), []kaisei.Judgement{{Change: "meti/指針/main@2", Severity: kaisei.Low}})
	if kept, _ := db.Judgements(""); err != nil || len(made) != 1 || made[0].Number != 2 || len(kept) != 2 {
		t.Errorf("rejudge: %v, %v, stored %v", made, err, kept)
	}
	if _, err := c.Rejudge(t.Context(), []kaisei.Judgement{{Change: "no/such@1"}}); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("rejudge of nothing: %v", err)
	}
	given := kaisei.Answer{Change: "meti/指針/main@2", Action: kaisei.AnswerNotRelevant, By: "担当", Note: "対象外"}
	for i, recorded := range []bool{true, false} {
		if a, ok, err := c.Answer(t.Context(), given); a.Number != 2 || ok != recorded || err != nil {
			t.Errorf("answer %d: %+v, recorded %v, %v", i, a, ok, err)
		}
	}
	given.Change = "no/such@1"
	if _, _, err := c.Answer(t.Context(), given); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("an answer to nothing: %v", err)
	}
	if v, err := c.Health(t.Context()); err != nil || v != "9.9" {
		t.Errorf("health: %q, %v", v, err)
	}
	var copied bytes.Buffer
	if err := c.Backup(t.Context(), &copied); err == nil {
		t.Error("a backup that broke off looks whole")
	}
}

func TestTheSocketBelongsToItsOwnerAndOutlivesACrash(t *testing.T) {
	state := t.TempDir()
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: web.SocketPath(state), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close() // the file stays, as after kill -9
	daemon(t, state, filled(t), web.Actions{})
	info, err := os.Stat(web.SocketPath(state))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the socket has mode %o", mode)
	}
}

func TestAStateFolderWithALongPathHasASocketAllTheSame(t *testing.T) {
	state := filepath.Join(t.TempDir(), strings.Repeat("長い名前", 20))
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	c := daemon(t, state, filled(t), web.Actions{})
	if _, err := c.Health(t.Context()); err != nil {
		t.Error(err)
	}
	t.Cleanup(func() { os.Remove(web.SocketPath(state)) })
}

func TestWithoutADaemonDialSaysWhere(t *testing.T) {
	if _, err := web.Dial(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "kaisei.sock") {
		t.Errorf("got %v", err)
	}
}

func TestAProbeSaysWhatIsWrong(t *testing.T) {
	var sick, unready error
	p := web.Probes{Alive: func() error { return sick }, Ready: func() error { return unready },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "kaisei_up 1\n") })}
	h := p.Handler("9.9", slog.New(slog.DiscardHandler))
	ask := func(path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	if code, body := ask("/healthz"); code != http.StatusOK || !strings.Contains(body, `"status":"ok"`) || !strings.Contains(body, "9.9") {
		t.Errorf("healthy: %d %s", code, body)
	}
	unready = errors.New("the first agenda is not made yet")
	if code, body := ask("/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "agenda") {
		t.Errorf("not ready: %d %s", code, body)
	}
	if code, _ := ask("/healthz"); code != http.StatusOK {
		t.Error("a daemon that is not ready is taken for dead")
	}
	sick = errors.New("the watcher has made no progress")
	if code, body := ask("/healthz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "no progress") {
		t.Errorf("stuck: %d %s", code, body)
	}
	if code, body := ask("/metrics"); code != http.StatusOK || body != "kaisei_up 1\n" {
		t.Errorf("metrics: %d %s", code, body)
	}
	// What a port shows is no way into the store.
	for _, path := range []string{"/v1/polls", "/v1/backup", "/"} {
		if code, _ := ask(path); code != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, code)
		}
	}
	// A daemon that is not well still answers for its store, and says what is wrong.
	c := daemon(t, t.TempDir(), filled(t), web.Actions{Version: "9.9", Probes: p})
	if _, err := c.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "no progress") {
		t.Errorf("health through the socket: %v", err)
	}
	if list, err := c.Polls(); err != nil || len(list) == 0 {
		t.Errorf("polls through the socket: %v, %v", list, err)
	}
	if text, err := c.Metrics(t.Context()); err != nil || text != "kaisei_up 1\n" {
		t.Errorf("metrics through the socket: %q, %v", text, err)
	}
}
