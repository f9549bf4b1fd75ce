package pdf

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func childOf(t *testing.T, w *Worker, l limits) *child {
	t.Helper()
	dir, err := prepareCache(w.CacheDir)
	if err != nil {
		t.Fatal(err)
	}
	l.CacheDir, l.MaxBody = dir, MaxBody
	c, err := startChild(w.Command, w.Env, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.end() })
	if err := c.wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheSystemEndsAChildThatTakesTooMuchProcessorTime(t *testing.T) {
	c := childOf(t, newWorker(t), limits{MaxPages: 10, MaxGlyphs: 100, CPUSeconds: 1})
	bomb := document(400, 300, strings.Repeat(say(10, 10, 10, strings.Repeat("爆弾", 100)), 100_000))
	if err := writeFrame(c.in, frameBody, bomb); err != nil {
		t.Fatal(err)
	}
	if p, err := c.answer(10, 100); err == nil {
		t.Fatalf("read %d pages", p.pages)
	}
	if said := c.end(); said != processorLimit {
		t.Fatalf("the child said %q", said)
	}
}

func TestTheChildLimitsItsAddressSpace(t *testing.T) {
	w := newWorker(t)
	if _, err := w.Read(t.Context(), onePage()); err != nil {
		t.Fatal(err)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", w.child.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max address space"); ok {
			if fields := strings.Fields(rest); fields[0] != fmt.Sprint(maxAddressSpace) {
				t.Fatal(line)
			}
			return
		}
	}
	t.Fatal("no limit of the address space")
}
