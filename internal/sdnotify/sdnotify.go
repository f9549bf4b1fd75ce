// Package sdnotify tells the service manager how a daemon is doing, by the protocol of sd_notify(3):
// a few words in one datagram to the socket that the environment names. It is small enough to keep
// here; the usual library brings D-Bus and journal code along.
package sdnotify

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The states that a service manager knows.
const (
	Ready    = "READY=1"
	Stopping = "STOPPING=1"
	Watchdog = "WATCHDOG=1"
)

// Socket is where the service manager listens. The zero Socket is that of a daemon which nobody
// manages; everything said to it is lost without an error.
type Socket struct{ path string }

// FromEnv returns the socket that getenv (os.Getenv) names.
func FromEnv(getenv func(string) string) Socket { return Socket{getenv("NOTIFY_SOCKET")} }

// Managed reports whether a service manager listens.
func (s Socket) Managed() bool { return s.path != "" }

// Notify sends states, each "NAME=value". Line breaks within one are taken for spaces.
func (s Socket) Notify(states ...string) error {
	if s.path == "" {
		return nil
	}
	path := s.path
	if strings.HasPrefix(path, "@") { // an abstract address
		path = "\x00" + path[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("reach the service manager: %w", err)
	}
	defer c.Close()
	lines := make([]string, len(states))
	for i, one := range states {
		lines[i] = strings.Join(strings.Fields(one), " ")
	}
	if _, err := c.Write([]byte(strings.Join(lines, "\n"))); err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	return nil
}

// Status is what systemctl status shows.
func Status(text string) string { return "STATUS=" + text }

// Reloading begins a reload, which Ready ends; a unit of Type=notify-reload needs the time on the
// monotonic clock with it.
func Reloading() []string {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return []string{"RELOADING=1"}
	}
	return []string{"RELOADING=1", "MONOTONIC_USEC=" + strconv.FormatInt(now.Nano()/1000, 10)}
}

// WatchdogEvery is half the time within which the service manager expects to hear Watchdog, or 0 where
// it does not expect it of the process pid.
func WatchdogEvery(getenv func(string) string, pid int) time.Duration {
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 {
		return 0
	}
	if p := getenv("WATCHDOG_PID"); p != "" && p != strconv.Itoa(pid) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond / 2
}
