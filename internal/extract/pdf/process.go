package pdf

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
)

// child is one running child process.
type child struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	pipe *os.File // what out reads
	said *head
	done chan struct{} // closed when the process has been waited for
	// ready says that it has compiled its engine.
	ready bool
	// served counts documents; answered says that it has begun to answer the present one.
	served   int
	answered bool
}

// startChild starts a child and tells it its limits.
func startChild(command, env []string, l limits) (*child, error) {
	if len(command) == 0 {
		return nil, errors.New("no command for the reading process")
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append([]string{}, env...)
	c := &child{cmd: cmd, said: &head{}, done: make(chan struct{})}
	cmd.Stderr = c.said
	dieWithParent(cmd)
	var err error
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	// A pipe of our own: that of exec is closed when the child ends, with what it still held.
	out, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = theirs
	c.pipe = out
	c.out = bufio.NewReaderSize(out, 256<<10)
	started := make(chan error, 1)
	go func() {
		// The system ends the child with the thread that started it, so that thread stays.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(c.done)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait() // what went wrong is told by the answer that stays out
		}
	}()
	err = <-started
	theirs.Close()
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("start the reading process %s: %w", command[0], err)
	}
	payload, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	if err := writeFrame(c.in, frameLimits, payload); err != nil {
		return nil, fmt.Errorf("start the reading process: %w: %s", err, c.end())
	}
	return c, nil
}

// errStart is the error of a child that does not get as far as reading documents.
var errStart = errors.New("the reading process does not start")

// wait waits until the child can read.
func (c *child) wait() error {
	if c.ready {
		return nil
	}
	kind, payload, err := readFrame(c.out, nil, maxLimitsFrame)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errStart, err)
	case kind == frameError:
		return refused(payload)
	case kind != frameReady:
		return fmt.Errorf("%w: %w: kind %q", errStart, errFrame, kind)
	}
	c.ready = true
	return nil
}

// kill ends the process at once. It may be called at any time and more than once.
func (c *child) kill() { c.cmd.Process.Kill() }

// end ends the process, waits for it, and returns the first line of what it said on its
// standard error.
func (c *child) end() string {
	c.in.Close()
	c.kill()
	<-c.done
	c.pipe.Close()
	return c.said.line()
}

// maxSaid is how much of the child's standard error is kept: its beginning, where Go
// names the reason of a crash.
const maxSaid = 4 << 10

// head keeps the first bytes written to it.
type head struct {
	mu sync.Mutex
	b  []byte
}

// Write implements io.Writer; it takes everything and keeps what fits.
func (t *head) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p[:min(len(p), maxSaid-len(t.b))]...)
	return len(p), nil
}

// line returns the first line that says something.
func (t *head) line() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range strings.Lines(string(t.b)) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}
