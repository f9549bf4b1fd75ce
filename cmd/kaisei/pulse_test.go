package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kaisei/internal/sdnotify"
	"kaisei/storage/bolt"
)

// manager is a service manager that listens as systemd does.
func manager(t *testing.T) (path string, heard chan string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	heard = make(chan string, 1000)
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := c.Read(b)
			if err != nil {
				close(heard)
				return
			}
			heard <- string(b[:n])
		}
	}()
	t.Cleanup(func() { c.Close() })
	return path, heard
}

// until returns what the manager heard up to a message that holds word.
func until(t *testing.T, heard chan string, word string) string {
	t.Helper()
	var all strings.Builder
	deadline := time.After(60 * time.Second)
	for {
		select {
		case s := <-heard:
			all.WriteString(s + "\n--\n")
			if strings.Contains(s, word) {
				return all.String()
			}
		case <-deadline:
			t.Fatalf("%s was not heard in\n%s", word, all.String())
		}
	}
}

// freePort is a port of the loopback address that nobody holds.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTheServiceManagerAndThePortSeeTheDaemonLive(t *testing.T) {
	dir := t.TempDir()
	address := freePort(t)
	if err := os.WriteFile(filepath.Join(dir, "kaisei.toml"), fmt.Appendf(nil, "state = \"st\"\n[server]\nlisten = %q\n", address), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, heard := manager(t)
	serve := command(t, dir, "serve", "--config", "kaisei.toml")
	serve.Env = append(serve.Env, "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=400000", "HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=")
	log := &syncBuffer{}
	serve.Stdout, serve.Stderr = log, log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer serve.Process.Kill()
	until(t, heard, "READY=1")
	until(t, heard, "WATCHDOG=1")
	until(t, heard, "STATUS=情報源")
	ask := func(path string) (int, string) {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatalf("%v\n%s", err, log.String())
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := ask(path); code != http.StatusOK || !strings.Contains(body, `"status":"ok"`) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	eventually(t, "a look was counted", func() bool { _, body := ask("/metrics"); return strings.Contains(body, `verdict="failed"} `) })
	if code, _ := ask("/v1/polls"); code != http.StatusNotFound {
		t.Errorf("the port answers for the store with %d", code)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, heard, "STOPPING=1")
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
}

func TestAStuckLoopIsNoLife(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{db: db}
	d.pulse.started = time.Now()
	if err := d.ready(); err == nil || !strings.Contains(err.Error(), "agenda") {
		t.Errorf("before the first agenda: %v", err)
	}
	if err := d.alive(); err != nil {
		t.Errorf("a daemon that is starting is taken for dead: %v", err)
	}
	d.pulse.beatWatcher()
	d.pulse.beatOutbox()
	if err := d.ready(); err != nil {
		t.Errorf("at work: %v", err)
	}
	d.pulse.watcher.Store(time.Now().Add(-watchStuck - time.Second).UnixNano())
	if err := d.alive(); err == nil || !strings.Contains(err.Error(), "watcher") {
		t.Errorf("a stuck watcher: %v", err)
	}
	d.pulse.beatWatcher()
	d.pulse.outbox.Store(time.Now().Add(-outboxStuck - time.Second).UnixNano())
	if err := d.alive(); err == nil || !strings.Contains(err.Error(), "outbox") {
		t.Errorf("a stuck outbox: %v", err)
	}
	d.pulse.beatOutbox()
	d.pulse.stopping.Store(true)
	if err := d.ready(); err == nil || d.alive() != nil {
		t.Errorf("while stopping: %v, alive: %v", err, d.alive())
	}
	d.pulse.stopping.Store(false)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.alive(); err == nil || !strings.Contains(err.Error(), "store") {
		t.Errorf("a closed store: %v", err)
	}
}

func TestALoopThatStallsStarvesTheWatchdog(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	socket, heard := manager(t)
	t.Setenv("WATCHDOG_USEC", "40000")
	d := &daemon{db: db, log: slog.New(slog.DiscardHandler)}
	d.pulse.started = time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- d.report(ctx, sdnotify.FromEnv(func(string) string { return socket }))
	}()
	until(t, heard, "WATCHDOG=1")
	d.pulse.watcher.Store(time.Now().Add(-time.Hour).UnixNano())
	until(t, heard, "STATUS=the watcher has made no progress")
	for range 5 {
		if s := <-heard; strings.Contains(s, "WATCHDOG=1") {
			t.Fatalf("the watchdog was fed: %q", s)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("report ended with %v", err)
	}
	until(t, heard, "STOPPING=1")
}

// TestTheSampleUnitIsSound has systemd read the unit, where there is one. Older ones do not know the
// type notify-reload, for which the unit says what to write.
func TestTheSampleUnitIsSound(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd here")
	}
	b, err := os.ReadFile("../../docs/kaisei.service")
	if err != nil {
		t.Fatal(err)
	}
	unit := strings.NewReplacer("Type=notify-reload", "Type=notify", "/usr/local/bin/kaisei", "/bin/true").Replace(string(b))
	file := filepath.Join(t.TempDir(), "kaisei.service")
	if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), analyze, "verify", file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "kaisei.service:") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
