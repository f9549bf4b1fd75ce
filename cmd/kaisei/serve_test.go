package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaisei/internal/watch"
)

// runIn runs the program as its user does, in dir, and returns what it printed.
func runIn(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := command(t, dir, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), exe, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "KAISEI_TEST_RUN=1")
	return c
}

// TestServeWithoutConfigurationOrNetworkKeepsServing is the first evening of a new user whose
// proxy blocks everything: no configuration, no site in reach.
func TestServeWithoutConfigurationOrNetworkKeepsServing(t *testing.T) {
	dir := t.TempDir()
	serve := command(t, dir, "serve")
	// Whatever this machine reaches, the daemon under test reaches nothing.
	serve.Env = append(serve.Env, "HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=")
	log := &syncBuffer{}
	serve.Stdout, serve.Stderr = log, log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer serve.Process.Kill()
	eventually(t, "the daemon answers", func() bool { _, _, code := runIn(t, dir, "health"); return code == exitDone })

	if _, stderr, code := runIn(t, dir, "serve"); code != exitFailed || !strings.Contains(stderr, "another kaisei") {
		t.Errorf("a second instance ended with %d and said %q", code, stderr)
	}
	var failing []statusRow
	eventually(t, "a source has failed", func() bool {
		failing = nil
		out, _, _ := runIn(t, dir, "sources", "status", "--json")
		for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
			var r statusRow
			if err := dec.Decode(&r); err != nil {
				t.Fatal(err)
			}
			if r.State == watch.StateRetrying || r.State == watch.StateFailing {
				failing = append(failing, r)
			}
		}
		return len(failing) >= 3
	})
	for _, r := range failing {
		if r.LastCause == "" || r.LastDetail == "" || !r.NextLook.After(r.LastLook) {
			t.Errorf("%s fails without a cause, a reason or a next attempt: %+v", r.ID, r.Poll)
		}
	}
	if out, _, code := runIn(t, dir, "looks", "--limit", "3"); code != exitDone || !strings.Contains(out, "http") {
		t.Errorf("looks ended with %d and printed %q", code, out)
	}
	if _, stderr, code := runIn(t, dir, "db", "backup", "copy.db"); code != exitDone {
		t.Errorf("a backup beside the daemon: %s", stderr)
	}
	if _, stderr, code := runIn(t, dir, "db", "compact"); code != exitFailed || !strings.Contains(stderr, "stop the running kaisei") {
		t.Errorf("compacting beside the daemon ended with %d: %s", code, stderr)
	}
	start := time.Now()
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("serve took %s to stop", took)
	}
	if strings.Contains(log.String(), "panic") {
		t.Errorf("something panicked:\n%s", log.String())
	}
	if out, stderr, code := runIn(t, dir, "db", "check"); code != exitDone {
		t.Errorf("the store after a stop: %s%s", out, stderr)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// syncBuffer is a buffer that a child's output and a test's look at it share.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
