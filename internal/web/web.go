// Package web serves what the store knows over HTTP and reads it back: the daemon
// answers on a Unix socket beside its store, which no other process can open while it
// runs, and commands read through Client what they would otherwise read from the store
// itself. Both are a Reader, so no command knows which one it has.
//
// The socket belongs to the user who runs the daemon (mode 0600); who can open it
// may read everything and ask for a look.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kaisei/internal/kaisei"
)

// Reader is what commands and pages read. *bolt.DB is one, and *Client.
type Reader interface {
	Latest(document string) (kaisei.Version, bool, error)
	Version(document string, seq int) (kaisei.Version, bool, error)
	Versions(document string) ([]kaisei.Version, error)
	Documents(prefix string) ([]kaisei.Version, error)
	Standings(prefix string) ([]kaisei.Standing, error)
	Twin(textHash, document string) (kaisei.Version, bool, error)
	Rulings(document string) ([]kaisei.Ruling, error)
	Body(hash string) ([]byte, error)
	Change(id string) (kaisei.Change, bool, error)
	Changes(q kaisei.ChangeQuery) ([]kaisei.Change, error)
	Judgements(change string) ([]kaisei.Judgement, error)
	Answers(change string, since time.Time) ([]kaisei.Answer, error)
	LastNumber() (uint64, error)
	Looks(source string, since time.Time, limit int) ([]kaisei.Look, error)
	Polls() ([]kaisei.Poll, error)
	Noise(source string) ([]kaisei.PageNoise, error)
	Sightings(source string) (kaisei.Sightings, error)
	Delivery(id string) (kaisei.Delivery, bool, error)
	Deliveries(state kaisei.DeliveryState, limit int) ([]kaisei.Delivery, error)
	Mark(name string) (string, bool, error)
	Stats() (kaisei.StoreStats, error)
}

// Actions are the few things that may be asked of a running daemon.
type Actions struct {
	// Look looks at the named sources now and returns what it found, as JSON of the caller's
	// making.
	Look func(ctx context.Context, ask LookAsk) (any, error)
	// Retry makes a dead or waiting delivery due at once.
	Retry func(id string) (kaisei.Delivery, error)
	// Drop gives up a delivery that is not sent, for a reason that is kept.
	Drop func(id, reason string) (kaisei.Delivery, error)
	// Rule carries out an operator's ruling; tell also tells the change that it makes.
	Rule func(ctx context.Context, r kaisei.Ruling, tell bool) (kaisei.RulingCommit, error)
	// Rejudge appends judgements of stored changes; it alerts nobody.
	Rejudge func(js []kaisei.Judgement) ([]kaisei.Judgement, error)
	// Answer appends an answer of a change; recorded is false where it says again what stands.
	Answer func(a kaisei.Answer) (stored kaisei.Answer, recorded bool, err error)
	// Pause leaves a source alone until the pause ends; the zero Pause ends one.
	Pause func(source string, p kaisei.Pause) (kaisei.Poll, error)
	// Reload reads the configuration, the catalogue and the rules again and returns how many sources are
	// watched by them. On an error the daemon goes on as before.
	Reload func() (int, error)
	// ForgetNoise forgets what was learned of a document's page, and reports whether there was anything.
	ForgetNoise func(ctx context.Context, document string) (bool, error)
	// Backup streams a copy of the store.
	Backup func(w http.ResponseWriter) error
	// Export streams what was seen as WARC.
	Export func(w io.Writer, q ExportQuery) error
	// Version is what /healthz answers besides "ok".
	Version string
	// Probes answer those who watch over the daemon.
	Probes Probes
}

// Probes answer those who watch over the daemon: an orchestrator, a service manager, Prometheus.
// Functions that are nil find nothing wrong.
type Probes struct {
	// Alive says why the daemon should be started again, Ready why it does not work yet or any more.
	Alive, Ready func() error
	// Metrics answers with numbers; nil where there are none.
	Metrics http.Handler
}

// Handler answers /healthz, /readyz and /metrics, and nothing from which anything of the store could
// be read or changed: it is what a port may show.
func (p Probes) Handler(version string, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	p.mount(mux, version, log)
	return mux
}

func (p Probes) mount(mux *http.ServeMux, version string, log *slog.Logger) {
	for path, check := range map[string]func() error{pathHealth: p.Alive, pathReady: p.Ready} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			v := map[string]string{"status": "ok", "version": version}
			if check != nil {
				if err := check(); err != nil {
					v["status"], v["error"] = "failed", err.Error()
				}
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			if v["error"] != "" {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			if err := json.NewEncoder(w).Encode(v); err != nil {
				log.Debug("answer not taken", "err", err)
			}
		})
	}
	if p.Metrics != nil {
		mux.Handle("GET "+pathMetrics, p.Metrics)
	}
}

// ExportQuery says what of the store to export; zero is all, uncompressed.
type ExportQuery struct {
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Sources []string  `json:"sources,omitempty"`
	Gzip    bool      `json:"gzip,omitempty"`
}

// SocketPath is where the daemon that uses the state folder answers. A folder whose path is
// too long for a socket (about 100 bytes) has it under the system's temporary folder.
func SocketPath(state string) string {
	abs, err := filepath.Abs(state)
	if err != nil {
		abs = state
	}
	p := filepath.Join(abs, "kaisei.sock")
	if len(p) <= maxSocketPath {
		return p
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("kaisei-%d-%s.sock", os.Getuid(), kaisei.Hash([]byte(abs))[:16]))
}

// maxSocketPath is what fits into sockaddr_un on every Unix (104 bytes on BSD and macOS,
// 108 on Linux, with a closing zero).
const maxSocketPath = 103

// LookAsk is which sources are to be looked at, and how: see watch.Options.
type LookAsk struct {
	Sources      []string
	All, Believe bool
}

// Listen opens the socket of the state folder for its owner alone. The caller holds the
// store's lock, so a socket file that is already there was left by a process that died.
func Listen(state string) (net.Listener, error) {
	p := SocketPath(state)
	if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the socket of an earlier run: %w", err)
	}
	l, err := net.Listen("unix", p)
	if err != nil {
		return nil, fmt.Errorf("listen for commands: %w", err)
	}
	if err := os.Chmod(p, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("protect the command socket: %w", err)
	}
	return l, nil
}

// The routes of the API. All answers are JSON unless said otherwise.
const (
	pathHealth     = "/healthz"
	pathReady      = "/readyz"
	pathMetrics    = "/metrics"
	pathLatest     = "/v1/latest"
	pathVersion    = "/v1/version"
	pathVersions   = "/v1/versions"
	pathDocuments  = "/v1/documents"
	pathStandings  = "/v1/standings"
	pathTwin       = "/v1/twin"
	pathRulings    = "/v1/rulings"
	pathBody       = "/v1/body"
	pathChange     = "/v1/change"
	pathChanges    = "/v1/changes"
	pathLastNumber = "/v1/last-number"
	pathLooks      = "/v1/looks"
	pathPolls      = "/v1/polls"
	pathNoise      = "/v1/noise"
	pathSightings  = "/v1/sightings"
	pathDelivery   = "/v1/delivery"
	pathDeliveries = "/v1/deliveries"
	pathMark       = "/v1/mark"
	pathStats      = "/v1/stats"
	pathLook       = "/v1/look"
	pathRetry      = "/v1/retry"
	pathDrop       = "/v1/drop"
	pathPause      = "/v1/pause"
	pathReload     = "/v1/reload"
	pathRule       = "/v1/rule"
	pathJudgements = "/v1/judgements"
	pathAnswers    = "/v1/answers"
	pathBackup     = "/v1/backup"
	pathExport     = "/v1/export"
)

// Handler serves r and a.
func Handler(r Reader, a Actions, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	a.Probes.mount(mux, a.Version, log)
	get := func(path string, f func(q url.Values) (any, error)) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, req *http.Request) {
			v, err := f(req.URL.Query())
			answer(w, log, v, err)
		})
	}
	get(pathLatest, func(q url.Values) (any, error) { return found(r.Latest(q.Get("document"))) })
	get(pathVersion, func(q url.Values) (any, error) {
		seq, err := number(q, "seq")
		if err != nil {
			return nil, err
		}
		return found(r.Version(q.Get("document"), seq))
	})
	get(pathVersions, func(q url.Values) (any, error) { return r.Versions(q.Get("document")) })
	get(pathDocuments, func(q url.Values) (any, error) { return r.Documents(q.Get("prefix")) })
	get(pathStandings, func(q url.Values) (any, error) { return r.Standings(q.Get("prefix")) })
	get(pathTwin, func(q url.Values) (any, error) { return found(r.Twin(q.Get("text"), q.Get("document"))) })
	get(pathRulings, func(q url.Values) (any, error) { return r.Rulings(q.Get("document")) })
	get(pathBody, func(q url.Values) (any, error) { return r.Body(q.Get("sha256")) })
	get(pathChange, func(q url.Values) (any, error) { return found(r.Change(q.Get("id"))) })
	get(pathChanges, func(q url.Values) (any, error) {
		var query kaisei.ChangeQuery
		if err := json.Unmarshal([]byte(q.Get("q")), &query); err != nil {
			return nil, &badRequest{err}
		}
		return r.Changes(query)
	})
	get(pathJudgements, func(q url.Values) (any, error) { return r.Judgements(q.Get("change")) })
	get(pathAnswers, func(q url.Values) (any, error) {
		since, err := time.Parse(time.RFC3339Nano, q.Get("since"))
		if err != nil {
			return nil, &badRequest{err}
		}
		return r.Answers(q.Get("change"), since)
	})
	mux.HandleFunc("POST "+pathAnswers, func(w http.ResponseWriter, req *http.Request) {
		var given kaisei.Answer
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&given); err != nil {
			answer(w, log, nil, &badRequest{err})
			return
		}
		stored, recorded, err := a.Answer(given)
		answer(w, log, answered{stored, recorded}, err)
	})
	get(pathLastNumber, func(url.Values) (any, error) { return r.LastNumber() })
	get(pathLooks, func(q url.Values) (any, error) {
		limit, err := number(q, "limit")
		if err != nil {
			return nil, err
		}
		since, err := time.Parse(time.RFC3339Nano, q.Get("since"))
		if err != nil {
			return nil, &badRequest{err}
		}
		return r.Looks(q.Get("source"), since, limit)
	})
	get(pathPolls, func(url.Values) (any, error) { return r.Polls() })
	get(pathNoise, func(q url.Values) (any, error) { return r.Noise(q.Get("source")) })
	mux.HandleFunc("DELETE "+pathNoise, func(w http.ResponseWriter, req *http.Request) {
		v, err := a.ForgetNoise(req.Context(), req.URL.Query().Get("document"))
		answer(w, log, v, err)
	})
	get(pathSightings, func(q url.Values) (any, error) { return r.Sightings(q.Get("source")) })
	get(pathDelivery, func(q url.Values) (any, error) { return found(r.Delivery(q.Get("id"))) })
	get(pathDeliveries, func(q url.Values) (any, error) {
		limit, err := number(q, "limit")
		if err != nil {
			return nil, err
		}
		return r.Deliveries(kaisei.DeliveryState(q.Get("state")), limit)
	})
	get(pathMark, func(q url.Values) (any, error) { return found(r.Mark(q.Get("name"))) })
	get(pathStats, func(url.Values) (any, error) { return r.Stats() })
	mux.HandleFunc("POST "+pathLook, func(w http.ResponseWriter, req *http.Request) {
		var ask LookAsk
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&ask); err != nil {
			answer(w, log, nil, &badRequest{err})
			return
		}
		v, err := a.Look(req.Context(), ask)
		answer(w, log, v, err)
	})
	mux.HandleFunc("POST "+pathRetry, func(w http.ResponseWriter, req *http.Request) {
		v, err := a.Retry(req.URL.Query().Get("id"))
		answer(w, log, v, err)
	})
	mux.HandleFunc("POST "+pathDrop, func(w http.ResponseWriter, req *http.Request) {
		v, err := a.Drop(req.URL.Query().Get("id"), req.URL.Query().Get("reason"))
		answer(w, log, v, err)
	})
	mux.HandleFunc("POST "+pathPause, func(w http.ResponseWriter, req *http.Request) {
		var ask struct {
			Source string
			Pause  kaisei.Pause
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&ask); err != nil {
			answer(w, log, nil, &badRequest{err})
			return
		}
		v, err := a.Pause(ask.Source, ask.Pause)
		answer(w, log, v, err)
	})
	mux.HandleFunc("POST "+pathReload, func(w http.ResponseWriter, _ *http.Request) {
		v, err := a.Reload()
		answer(w, log, v, err)
	})
	mux.HandleFunc("POST "+pathRule, func(w http.ResponseWriter, req *http.Request) {
		var ask struct {
			Ruling kaisei.Ruling
			Tell   bool
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&ask); err != nil {
			answer(w, log, nil, &badRequest{err})
			return
		}
		v, err := a.Rule(req.Context(), ask.Ruling, ask.Tell)
		answer(w, log, v, err)
	})
	mux.HandleFunc("POST "+pathJudgements, func(w http.ResponseWriter, req *http.Request) {
		var js []kaisei.Judgement
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxJudgements)).Decode(&js); err != nil {
			answer(w, log, nil, &badRequest{err})
			return
		}
		v, err := a.Rejudge(js)
		answer(w, log, v, err)
	})
	mux.HandleFunc("GET "+pathBackup, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		if err := a.Backup(w); err != nil {
			log.Error("backup ended early", "err", err)
			panic(http.ErrAbortHandler)
		}
	})
	mux.HandleFunc("POST "+pathExport, func(w http.ResponseWriter, req *http.Request) {
		var q ExportQuery
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxJudgements)).Decode(&q); err != nil {
			answer(w, log, nil, &badRequest{err})
			return
		}
		w.Header().Set("Content-Type", "application/warc")
		if err := a.Export(w, q); err != nil {
			log.Error("export ended early", "err", err)
			panic(http.ErrAbortHandler)
		}
	})
	return mux
}

// answered is what became of an answer.
type answered struct {
	Answer   kaisei.Answer
	Recorded bool
}

// maxJudgements bounds what one request may append, in bytes of JSON.
const maxJudgements = 64 << 20

// badRequest is the caller's mistake.
type badRequest struct{ err error }

func (b *badRequest) Error() string { return "read the request: " + b.err.Error() }
func (b *badRequest) Unwrap() error { return b.err }

func found[T any](v T, ok bool, err error) (any, error) {
	if err == nil && !ok {
		err = kaisei.ErrNotFound
	}
	return v, err
}

func number(q url.Values, name string) (int, error) {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return 0, &badRequest{err}
	}
	return n, nil
}

func answer(w http.ResponseWriter, log *slog.Logger, v any, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	var bad *badRequest
	switch {
	case err == nil:
	case errors.Is(err, kaisei.ErrNotFound):
		w.WriteHeader(http.StatusNotFound)
	case errors.As(err, &bad):
		w.WriteHeader(http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusInternalServerError)
	}
	if err != nil {
		v = map[string]string{"error": err.Error()}
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		log.Debug("answer not taken", "err", err)
	}
}

// Serve answers on l until ctx ends.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 1 << 20,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		err := s.Shutdown(grace)
		if err != nil {
			err = s.Close()
		}
		stopped <- err
	})
	err := s.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve commands: %w", err)
	}
	return <-stopped
}
