package bolt_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

func TestOpenCreatesAPrivateFileAndFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "kaisei.db")
	db := open(t, path, bolt.Options{})
	if db.Path() != path {
		t.Errorf("path is %s", db.Path())
	}
	for name, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		st, err := os.Stat(name)
		if err != nil || st.Mode() != mode {
			t.Errorf("%s: %v, %v", name, st.Mode(), err)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if err := db.Check(); err != nil {
		t.Error(err)
	}
}

// TestTwoThatCreateTheSameStoreGetOne opens a missing file from many goroutines; as between
// processes, all but one wait for the lock.
func TestTwoThatCreateTheSameStoreGetOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaisei.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := bolt.Open(path, bolt.Options{Timeout: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(db.AppendLook(kaisei.Look{Source: "a"}), db.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if looks, err := open(t, path, bolt.Options{}).Looks("a", time.Time{}, 0); len(looks) != 4 || err != nil {
		t.Errorf("%d looks of 4 are in the store: %v", len(looks), err)
	}
}

func TestOpenRefusesWhatIsNoStore(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	db := open(t, whole, bolt.Options{})
	for i := range 50 {
		if err := db.AppendLook(kaisei.Look{Source: strings.Repeat("s", i+1), Detail: strings.Repeat("d", 1000)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	b, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"empty":        {nil, "is empty"},
		"short text":   {[]byte("hello"), "not a kaisei store"},
		"long text":    {bytes.Repeat([]byte("garbage "), 10_000), "not a kaisei store"},
		"zeros":        {make([]byte, 1<<16), "not a kaisei store"},
		"head only":    {store[:8192], "restore a backup"},
		"half":         {store[:len(store)/2], "restore a backup"},
		"head erased":  {append(make([]byte, 8192), store[8192:]...), "not a kaisei store"},
		"another's":    {nil, "another program"},
		"first page 0": {append(make([]byte, 4096), store[4096:]...), ""},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if name == "another's" {
			path = foreign
			if c.content, err = os.ReadFile(foreign); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, readOnly := range []bool{true, false} {
			db, err := bolt.Open(path, bolt.Options{ReadOnly: readOnly})
			switch {
			case err == nil && c.says == "":
				if err := db.Close(); err != nil {
					t.Error(err)
				}
				continue // one head of two is enough
			case err == nil:
				t.Errorf("%s was opened", name)
				db.Close()
			case !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path):
				t.Errorf("%s: %v", name, err)
			}
			if now, err := os.ReadFile(path); c.says != "" && (err != nil || !bytes.Equal(now, c.content)) {
				t.Errorf("%s was altered (%v)", name, err)
			}
		}
	}
	if _, err := bolt.Open(filepath.Join(dir, "missing"), bolt.Options{ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file read-only: %v", err)
	}
	if _, err := bolt.Open(dir, bolt.Options{}); err == nil {
		t.Error("a folder was opened")
	}
}

func TestOpenRefusesANewerFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaisei.db")
	if err := open(t, path, bolt.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	for format, says := range map[string]string{"\x00\x00\x00\x7f": "newer kaisei", "\x00\x00\x00\x00": "no longer reads"} {
		b, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = b.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte(format)) })
		if err := errors.Join(err, b.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Open(path, bolt.Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("format %x: %v", format, err)
		}
	}
}

func TestASecondProcessIsToldThatAnotherKaiseiHoldsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaisei.db")
	holder := start(t, "hold", path)
	holder.line(t)
	for name, o := range map[string]bolt.Options{
		"writer": {Timeout: 60 * time.Millisecond}, "reader": {Timeout: 60 * time.Millisecond, ReadOnly: true},
	} {
		db, err := bolt.Open(path, o)
		if err == nil {
			t.Fatalf("%s: opened beside another process (%v)", name, db.Close())
		}
		if !errors.Is(err, kaisei.ErrLocked) || !strings.Contains(err.Error(), "another kaisei holds this file") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	began := time.Now()
	if err := bolt.Compact(path, path+".new"); !errors.Is(err, kaisei.ErrLocked) {
		t.Errorf("compact: %v", err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("by default it waited %v for the lock", took)
	}
	if err := holder.in.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	if err := holder.cmd.Wait(); err != nil {
		t.Errorf("holder: %v", err)
	}
	open(t, path, bolt.Options{})
}

func TestAReadOnlyStoreCannotBeChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaisei.db")
	db := open(t, path, bolt.Options{})
	if err := db.SetMark("a", "b"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	if _, _, err := db.Mark("a"); err == nil {
		t.Error("a closed store was read")
	}
	ro := open(t, path, bolt.Options{ReadOnly: true})
	if v, ok, err := ro.Mark("a"); v != "b" || !ok || err != nil {
		t.Errorf("mark: %q, %v, %v", v, ok, err)
	}
	if err := ro.SetMark("a", "c"); err == nil {
		t.Error("it was changed")
	}
	if err := ro.Check(); err != nil {
		t.Error(err)
	}
}
