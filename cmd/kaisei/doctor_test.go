package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/doctor"
	"kaisei/internal/kaisei"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

// doctorIn runs the doctor and returns its findings by check.
func doctorIn(t *testing.T, dir string, args ...string) (found map[string]doctor.Finding, code int) {
	t.Helper()
	out, stderr, code := runIn(t, dir, append([]string{"doctor", "--json"}, args...)...)
	found = map[string]doctor.Finding{}
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var f doctor.Finding
		if err := dec.Decode(&f); err != nil {
			t.Fatalf("%v\n%s%s", err, out, stderr)
		}
		if old, ok := found[f.Check]; !ok || old.Level == doctor.OK {
			found[f.Check] = f
		}
	}
	return found, code
}

func TestTheDoctorOfANewMachineFindsLittle(t *testing.T) {
	found, code := doctorIn(t, t.TempDir(), "--offline")
	for check, want := range map[string]doctor.Level{
		"config": doctor.OK, "contact": doctor.Warn, "state": doctor.OK, "cache": doctor.OK, "zone": doctor.OK,
		"sites": doctor.Skip, "dns": doctor.Skip, "pdf": doctor.OK, "store": doctor.OK, "daemon": doctor.Warn,
	} {
		if got := found[check]; got.Level != want {
			t.Errorf("%s is %s: %s", check, got.Level, got.Text.EN)
		}
	}
	if code != exitDone {
		t.Errorf("it ended with %d where nothing fails", code)
	}
}

func TestTheDoctorFindsWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "broken.toml"), []byte("state = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, code := doctorIn(t, dir, "--offline", "--config", "broken.toml")
	if f := found["config"]; f.Level != doctor.Fail || !strings.Contains(f.Text.EN, "broken.toml:1") || code != exitFailed {
		t.Errorf("a broken configuration: %d, %+v", code, f)
	}
	// Secrets that all may read, a mail server that is not there, and nobody who is told of trouble.
	good := "contact = \"a@example.com\"\n[[channel]]\nname = \"mail\"\ntype = \"email\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"u\"\npassword = \"geheim\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "good.toml"), []byte(good), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HTTPS_PROXY", "http://user:geheim@127.0.0.1:1")
	t.Setenv("HTTP_PROXY", "http://user:geheim@127.0.0.1:1")
	t.Setenv("NO_PROXY", "")
	// A store that is none.
	if err := os.MkdirAll(filepath.Join(dir, "st"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "st", storeFile), []byte(strings.Repeat("no store ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	found, code = doctorIn(t, dir, "--config", "good.toml", "--state", "st")
	for check, want := range map[string]doctor.Level{
		"config": doctor.Warn, "contact": doctor.OK, "proxy": doctor.Fail, "dns": doctor.Skip, "sites": doctor.Fail, "clock": doctor.Skip,
		"channel/mail": doctor.Fail, "notices": doctor.Warn, "store": doctor.Fail,
	} {
		if got := found[check]; got.Level != want {
			t.Errorf("%s is %q: %s", check, got.Level, got.Text.EN)
		}
	}
	if b, err := json.Marshal(found); err != nil || strings.Contains(string(b), "geheim") || code != exitFailed {
		t.Errorf("it ended with %d and shows a secret, or %v: %s", code, err, b)
	}
}

func TestTheDoctorLooksAtTheDaemon(t *testing.T) {
	dir := t.TempDir()
	db, err := bolt.Open(filepath.Join(dir, storeFile), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p := &patient{app: &app{}}
	p.config.State = dir
	if f := p.store(t.Context())[0]; f.Level != doctor.Fail || !strings.Contains(f.Text.EN, "does not answer") {
		t.Errorf("a store whose holder is silent: %+v", f)
	}
	var sick error
	serveAt(t, dir, web.Handler(db, web.Actions{Probes: web.Probes{Alive: func() error { return sick }}}, slog.New(slog.DiscardHandler)))
	if err := db.SavePoll(kaisei.Poll{Source: "a", LastLook: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if f := p.daemon(t.Context())[0]; f.Level != doctor.OK || !strings.Contains(f.Text.JA, "1時間前") {
		t.Errorf("a daemon at work: %+v", f)
	}
	if f := p.store(t.Context())[0]; f.Level != doctor.OK {
		t.Errorf("the store through the daemon: %+v", f)
	}
	if err := db.SavePoll(kaisei.Poll{Source: "a", LastLook: time.Now().Add(-idleTooLong - time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if f := p.daemon(t.Context())[0]; f.Level != doctor.Fail {
		t.Errorf("a daemon that looks at nothing: %+v", f)
	}
	sick = os.ErrDeadlineExceeded
	if f := p.daemon(t.Context())[0]; f.Level != doctor.Fail || !strings.Contains(f.Text.EN, "not well") {
		t.Errorf("a daemon that is stuck: %+v", f)
	}
	if err := db.Enqueue([]kaisei.Delivery{{ID: "notice/x/y", Channel: "x", Kind: kaisei.DeliveryNotice, State: kaisei.DeliveryDue, Due: time.Now(), Created: time.Now()}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveDelivery(kaisei.Delivery{ID: "notice/x/y", Channel: "x", Kind: kaisei.DeliveryNotice, State: kaisei.DeliveryDead, Due: time.Now(), Created: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if f := p.store(t.Context())[0]; f.Level != doctor.Warn || !strings.Contains(f.Do.EN, "outbox retry") {
		t.Errorf("a message that was given up: %+v", f)
	}
}

// serveAt answers on the socket of a state folder, as a daemon does.
func serveAt(t *testing.T, dir string, h http.Handler) {
	t.Helper()
	l, err := web.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, l, h) }()
	t.Cleanup(func() { cancel(); <-done })
}
