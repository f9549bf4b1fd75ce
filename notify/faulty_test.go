package notify

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// faulty is a web server that fails as a test says and remembers what it took.
type faulty struct {
	*httptest.Server
	mu sync.Mutex
	// faults are used up, one a request; "" or none left means 200.
	faults []string
	// taken are the requests that it read in full, also those it then failed.
	taken []taken
	stop  chan struct{}
}

type taken struct {
	fault  string
	header http.Header
	body   []byte
}

// The faults.
const (
	fault429After = "429 with Retry-After"
	fault429      = "429"
	fault500      = "500"
	faultHang     = "hang"
	faultCut      = "cut after it was taken"
	faultCutEarly = "cut before it was taken"
)

func newFaulty(t *testing.T, faults ...string) *faulty {
	f := &faulty{faults: faults, stop: make(chan struct{})}
	f.Server = httptest.NewServer(f)
	t.Cleanup(func() {
		close(f.stop)
		f.Server.CloseClientConnections()
		f.Server.Close()
	})
	return f
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	fault := ""
	if len(f.faults) > 0 {
		fault, f.faults = f.faults[0], f.faults[1:]
	}
	f.mu.Unlock()
	if fault == faultCutEarly {
		panic(http.ErrAbortHandler)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	f.taken = append(f.taken, taken{fault, r.Header.Clone(), body})
	f.mu.Unlock()
	switch fault {
	case fault429After:
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	case fault429:
		w.WriteHeader(http.StatusTooManyRequests)
	case fault500:
		w.WriteHeader(http.StatusInternalServerError)
	case faultHang:
		select {
		case <-r.Context().Done():
		case <-f.stop:
		}
	case faultCut:
		panic(http.ErrAbortHandler)
	}
}

// all returns what was taken so far.
func (f *faulty) all() []taken {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]taken(nil), f.taken...)
}

// event reads the body of a request.
func (x taken) event(t *testing.T) (e struct {
	Version      int
	Type         string
	Delivery     string
	Sample       bool
	Text         string
	Language     string
	EditsOmitted int `json:"edits_omitted"`
	Data         json.RawMessage
}) {
	t.Helper()
	if err := json.NewDecoder(bytes.NewReader(x.body)).Decode(&e); err != nil {
		t.Fatalf("%v: %s", err, x.body)
	}
	return e
}

// atLeast checks a wait that is spread by up to a tenth.
func atLeast(t *testing.T, got, want time.Duration) {
	t.Helper()
	if got < want || got > want*11/10 {
		t.Errorf("waits %v, want about %v", got, want)
	}
}
