package bolt_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// filled returns a store with some history and a lot of deleted space.
func filled(t *testing.T, path string) *bolt.DB {
	db := open(t, path, bolt.Options{NoSync: true})
	like := ""
	for seq := 1; seq <= 40; seq++ {
		c, k := walked("meti/main", seq)
		if err := db.SaveCapture(c, like); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Commit(k); err != nil {
			t.Fatal(err)
		}
		like = c.Hash
	}
	random := rand.NewChaCha8([32]byte{1})
	for range 20 {
		noise := make([]byte, 100_000) // does not compress
		random.Read(noise)
		c := kaisei.Capture{Snapshot: kaisei.Snapshot{Hash: kaisei.Hash(noise), At: monday()}, Body: noise}
		if err := db.SaveCapture(c, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: "meti", At: monday().Add(time.Hour)}, Drop: c.Hash}); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func same(t *testing.T, got *bolt.DB) {
	t.Helper()
	if err := got.Check(); err != nil {
		t.Error(err)
	}
	v, ok, err := got.Version("meti/main", 17)
	if err != nil || !ok || v.TextHash != kaisei.TextHash(state(17)) {
		t.Errorf("version 17: %v, %v", ok, err)
	}
	if _, err := got.Body(v.Snapshot.Hash); err != nil {
		t.Error(err)
	}
	c, k := walked("meti/main", 41)
	if err := got.SaveCapture(c, v.Snapshot.Hash); err != nil {
		t.Error(err)
	}
	if change, err := got.Commit(k); err != nil || change.Number != 41 {
		t.Errorf("the next commit has number %d: %v", change.Number, err)
	}
}

func TestCompactionGivesSpaceBack(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "kaisei.db"), filepath.Join(dir, "new.db")
	db := filled(t, src)
	before, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := bolt.Compact(src, dst); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(dst)
	if err != nil || after.Mode() != 0o600 {
		t.Fatalf("%v, %v", after.Mode(), err)
	}
	t.Logf("%d bytes before, %d after", before.FileBytes, after.Size())
	if after.Size() > before.FileBytes/2 {
		t.Errorf("%d bytes became %d", before.FileBytes, after.Size())
	}
	same(t, open(t, dst, bolt.Options{}))
	if err := bolt.Compact(src, dst); !errors.Is(err, os.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
}

func TestAFailedCompactionLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "kaisei.db")
	if err := filled(t, src).Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(src)
	if err != nil {
		t.Fatal(err)
	}
	for at := 16 << 10; at < len(b); at += 4096 {
		copy(b[at:], "no page begins like this")
	}
	broken := filepath.Join(dir, "broken.db")
	if err := os.WriteFile(broken, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := bolt.Compact(broken, filepath.Join(dir, "new.db")); err == nil {
		t.Error("a destroyed store was compacted")
	}
	if err := bolt.Compact(filepath.Join(dir, "none.db"), filepath.Join(dir, "new.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing store: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func TestABackupMadeWhileOthersWriteOpens(t *testing.T) {
	dir := t.TempDir()
	db := filled(t, filepath.Join(dir, "kaisei.db"))
	copied := filepath.Join(dir, "copy.db")
	f, err := os.Create(copied)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	n, err := db.Backup(writer(func(b []byte) (int, error) {
		select {
		case done <- db.SetMark("during", "the backup"):
		default:
		}
		return f.Write(b)
	}))
	if err := errors.Join(err, <-done, f.Close()); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(copied)
	if err != nil || st.Size() != n {
		t.Errorf("%d bytes said, %d written, %v", n, st.Size(), err)
	}
	backup := open(t, copied, bolt.Options{})
	if _, ok, err := backup.Mark("during"); ok || err != nil {
		t.Errorf("the backup holds what was written after it began: %v, %v", ok, err)
	}
	same(t, backup)
	full := errors.New("disk is full")
	if _, err := db.Backup(writer(func([]byte) (int, error) { return 0, full })); !errors.Is(err, full) {
		t.Errorf("a backup to a full disk: %v", err)
	}
}

// writer is an io.Writer made of a function.
type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
