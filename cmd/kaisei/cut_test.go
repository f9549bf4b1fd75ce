package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/notify"
)

// TestAPowerCutAnywhereLosesNoChange looks at a ministry that has just published a new
// version, in a child process that is killed (SIGKILL) before and after every write of the walk,
// and before and after the message is sent. Then another process looks again, twice. The change
// must be told exactly once; only where the message had left and was not yet settled is it
// told twice, and then with the same delivery ID.
func TestAPowerCutAnywhereLosesNoChange(t *testing.T) {
	s := newStory(t)
	v11 := `<li>2025年3月28日　<a href="/ai/pdf/20250328_1.pdf">見本AI利用指針（第1.1版）</a></li>`
	s.site.index(v11, "1", "", "2025年3月28日")
	s.site.pdf(t, "/ai/pdf/20250328_1.pdf", "guideline-1.1.pdf")
	if out, err := cutRun(t, s.dir, "none"); err != nil {
		t.Fatalf("first look: %v\n%s", err, out)
	}
	s.site.index(`<li>2026年3月31日　<a href="/ai/pdf/20260331_1.pdf">見本AI利用指針（第1.2版）</a></li>`+v11, "2", "", "2026年3月31日")
	s.site.pdf(t, "/ai/pdf/20260331_1.pdf", "guideline-1.2.pdf")

	killed := 0
	round := func(cut string, wantTold int) (survived bool) {
		dir := t.TempDir()
		copyStory(t, s.dir, dir)
		out, err := cutRun(t, dir, cut)
		var exit *exec.ExitError
		switch {
		case err == nil:
			survived = true
		case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
			killed++
		default:
			t.Fatalf("%s: %v\n%s", cut, err, out)
		}
		for range 2 {
			if out, err := cutRun(t, dir, "none"); err != nil {
				t.Fatalf("%s: look after the cut: %v\n%s", cut, err, out)
			}
		}
		told := toldIn(t, dir)
		if len(told) != wantTold {
			t.Errorf("%s: told %d times (%v), want %d", cut, len(told), told, wantTold)
		}
		for _, id := range told {
			if id != "alert/file/mihon/ai-guideline/main@2" {
				t.Errorf("%s: told as %s", cut, id)
			}
		}
		return survived
	}
	step, enough := 1, 12
	if testing.Short() {
		step, enough = 4, 3
	}
	for n := 1; ; n += step {
		if n > 60 {
			t.Fatal("the walk does not end: more writes than any walk makes")
		}
		before := round(fmt.Sprintf("before write %d", n), 1)
		after := round(fmt.Sprintf("after write %d", n), 1)
		if before && after {
			break
		}
	}
	round("before send", 1)
	round("after send", 2)
	if killed < enough {
		t.Errorf("only %d cuts hit: the walk has at least evidence, leads, commits and schedule state to write", killed)
	}
}

func cutRun(t *testing.T, dir, cut string) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), exe)
	c.Env = append(os.Environ(), "KAISEI_TEST_CUT="+cut, "KAISEI_TEST_DIR="+dir)
	out, err := c.CombinedOutput()
	return string(out), err
}

func copyStory(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(to), os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	// The store is refused where others could read it.
	if err := os.Chmod(filepath.Join(to, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func toldIn(t *testing.T, dir string) []string {
	b, err := os.ReadFile(filepath.Join(dir, "told"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Fields(string(b))
}

// cutChild is one look and one flush of the outbox in a process that kills itself where
// KAISEI_TEST_CUT says.
func cutChild() int {
	dir := os.Getenv("KAISEI_TEST_DIR")
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: os.Stderr, configFile: filepath.Join(dir, "kaisei.toml")}
	if err := cutLook(a, dir, os.Getenv("KAISEI_TEST_CUT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func cutLook(a *app, dir, cut string) error {
	ctx := context.Background()
	d, err := a.daemon(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	knife := &knife{cut: cut}
	d.watcher.Store = cutStore{d.db, knife}
	router := &notify.Router{Channels: []notify.Channel{{Name: "file", Alerts: true}}}
	d.watcher.Route = func(c kaisei.Change) []kaisei.Delivery { return router.Route(c, c.SeenAt) }
	d.outbox.Senders = map[string]notify.Sender{"file": cutSender{filepath.Join(dir, "told"), knife}}
	list, err := d.pick([]string{"mihon/ai-guideline"})
	if err != nil {
		return err
	}
	reports, err := lookAt(ctx, d.watcher, list, watch.Options{All: true}, nil)
	if err != nil {
		return err
	}
	for _, l := range reports[0].Failed() {
		return fmt.Errorf("%s: %s", l.URL, l.Detail)
	}
	_, err = d.outbox.Flush(ctx)
	return err
}

// knife kills the process at one point.
type knife struct {
	cut    string
	writes int
}

func (k *knife) at(point string) {
	if k.cut == point {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// around is a write with a possible cut on either side.
func (k *knife) around(write func() error) error {
	k.writes++
	n := k.writes
	k.at(fmt.Sprintf("before write %d", n))
	err := write()
	k.at(fmt.Sprintf("after write %d", n))
	return err
}

type cutStore struct {
	watch.Store
	knife *knife
}

func (s cutStore) SaveCapture(c kaisei.Capture, like string) error {
	return s.knife.around(func() error { return s.Store.SaveCapture(c, like) })
}

func (s cutStore) SaveLeads(l []kaisei.Lead) error {
	return s.knife.around(func() error { return s.Store.SaveLeads(l) })
}

func (s cutStore) SavePoll(p kaisei.Poll) error {
	return s.knife.around(func() error { return s.Store.SavePoll(p) })
}

func (s cutStore) Commit(c kaisei.Commit) (change kaisei.Change, err error) {
	err = s.knife.around(func() error { change, err = s.Store.Commit(c); return err })
	return change, err
}

// cutSender tells a file, durably, as a mail server would take a message.
type cutSender struct {
	path  string
	knife *knife
}

func (s cutSender) Send(_ context.Context, m notify.Message) (string, error) {
	s.knife.at("before send")
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	if _, err := fmt.Fprintln(f, m.Delivery.ID); err != nil {
		return "", err
	}
	if err := f.Sync(); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	s.knife.at("after send")
	return "written", nil
}
