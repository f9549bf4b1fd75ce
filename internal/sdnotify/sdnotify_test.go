package sdnotify

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func listen(t *testing.T) (*net.UnixConn, Socket) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, FromEnv(func(string) string { return path })
}

func hear(t *testing.T, c *net.UnixConn) string {
	t.Helper()
	b := make([]byte, 4096)
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestTheServiceManagerHearsWholeStates(t *testing.T) {
	c, s := listen(t)
	if err := s.Notify(Ready, Status("112 sources\nok")); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, c); got != "READY=1\nSTATUS=112 sources ok" {
		t.Errorf("it heard %q", got)
	}
	if err := s.Notify(Reloading()...); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, c); !strings.HasPrefix(got, "RELOADING=1\nMONOTONIC_USEC=") || len(got) < 30 {
		t.Errorf("it heard %q", got)
	}
}

func TestNobodyIsToldWhereNobodyManages(t *testing.T) {
	s := FromEnv(func(string) string { return "" })
	if err := s.Notify(Ready); err != nil || s.Managed() {
		t.Errorf("%v", err)
	}
	if err := (Socket{path: filepath.Join(t.TempDir(), "gone")}).Notify(Ready); err == nil {
		t.Error("a service manager that is gone was told")
	}
}

func TestTheWatchdogIsFedAtHalfItsTime(t *testing.T) {
	env := map[string]string{"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "7"}
	get := func(k string) string { return env[k] }
	if got := WatchdogEvery(get, 7); got != time.Minute {
		t.Errorf("every %s", got)
	}
	if got := WatchdogEvery(get, 8); got != 0 {
		t.Errorf("another process feeds it every %s", got)
	}
	env["WATCHDOG_USEC"] = "never"
	if got := WatchdogEvery(get, 7); got != 0 {
		t.Errorf("every %s", got)
	}
}
