package notify

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// linesOf reads the deliveries of a file of events, and counts the lines that are none.
func linesOf(t *testing.T, name string) (ids []string, broken int) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		var e Event
		if json.Unmarshal(s.Bytes(), &e) != nil {
			broken++
			continue
		}
		ids = append(ids, e.Delivery)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return ids, broken
}

func message(i int) Message {
	c := example(i)
	return Message{Delivery: kaisei.Delivery{ID: "alert/file/" + c.ID, Kind: kaisei.DeliveryAlert}, Changes: []kaisei.Change{c}}
}

func TestAFileGetsALineForEachMessage(t *testing.T) {
	f := &File{Path: filepath.Join(t.TempDir(), "events.jsonl")}
	for i := range 3 {
		if _, err := f.Send(t.Context(), message(i)); err != nil {
			t.Fatal(err)
		}
	}
	ids, broken := linesOf(t, f.Path)
	if len(ids) != 3 || broken != 0 || ids[2] != message(2).Delivery.ID {
		t.Errorf("%q, %d broken", ids, broken)
	}
	if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != fileMode {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestALineThatACrashCutIsEndedAndHarmsNoOther(t *testing.T) {
	f := &File{Path: filepath.Join(t.TempDir(), "events.jsonl")}
	if err := os.WriteFile(f.Path, []byte("{\"delivery\":\"a\"}\n{\"delive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Send(t.Context(), message(1)); err != nil {
		t.Fatal(err)
	}
	if ids, broken := linesOf(t, f.Path); len(ids) != 2 || broken != 1 || ids[1] != message(1).Delivery.ID {
		t.Errorf("%q, %d broken", ids, broken)
	}
}

func TestAFullFileIsPutAsideAndNothingIsDeleted(t *testing.T) {
	dir := t.TempDir()
	f := &File{Path: filepath.Join(dir, "events.jsonl"), MaxSize: 5000, Now: monday}
	const n = 20
	for i := range n {
		if _, err := f.Send(t.Context(), message(i)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%q, %v", files, err)
	}
	seen := map[string]bool{}
	for _, name := range files {
		ids, _ := linesOf(t, name)
		for _, id := range ids {
			seen[id] = true
		}
		if info, err := os.Stat(name); err != nil || info.Size() > f.MaxSize {
			t.Errorf("%s has %d bytes, %v", name, info.Size(), err)
		}
		if name != f.Path && !strings.HasPrefix(filepath.Base(name), "events.jsonl."+monday().UTC().Format("20060102T150405Z")) {
			t.Errorf("put aside as %s", name)
		}
	}
	if len(seen) != n {
		t.Errorf("%d of %d events are left", len(seen), n)
	}
}

func TestAFolderThatIsNotThereIsForTheOperator(t *testing.T) {
	f := &File{Path: filepath.Join(t.TempDir(), "none", "events.jsonl"), Now: func() time.Time { return monday() }}
	_, err := f.Send(t.Context(), message(1))
	if got, _ := troubleOf(err); got != Setup {
		t.Errorf("%s: %v", got, err)
	}
}
