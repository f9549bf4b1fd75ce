package bolt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// compactBytes is how much a compaction writes in one transaction; it holds as much in memory.
const compactBytes = 32 << 20

// Backup writes a copy of the store as it stands, which Open opens, while others
// go on reading and writing. The file keeps growing until w has taken all of it, so
// a slow w is better served from a copy on disk.
func (db *DB) Backup(w io.Writer) (n int64, err error) {
	k := keeper{w: w}
	err = db.viewAll(func(tx *bbolt.Tx) error {
		n, err = tx.WriteTo(&k)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("back up %s: %w", db.path, errors.Join(err, k.err))
	}
	return n, nil
}

// keeper keeps the error of a writer, of which bbolt hands on the words only.
type keeper struct {
	w   io.Writer
	err error
}

func (k *keeper) Write(b []byte) (n int, err error) {
	n, err = k.w.Write(b)
	k.err = err
	return n, err
}

// CompactInPlace rewrites the store at path without its free pages and returns its size
// before and after. It holds the store until the new file stands in the old one's place, whole
// and written to disk, so that nobody commits to a file that is about to go; a crash leaves
// the old one.
func CompactInPlace(path string) (before, after int64, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("compact %s: %w", path, err)
		}
	}()
	old, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	db, err := Open(path, Options{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*")
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return 0, 0, err
	}
	if err := db.copyTo(f.Name()); err != nil {
		return 0, 0, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, 0, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return 0, 0, err
	}
	now, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	return old.Size(), now.Size(), nil
}

// Compact copies the store at src, which no process may have open, to a new file
// dst without the space that deleted and replaced entries left. Dst appears only
// when it is complete and on disk; an existing file is not overwritten.
func Compact(src, dst string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("compact %s to %s: %w", src, dst, err)
		}
	}()
	if _, err := os.Lstat(dst); err == nil {
		return fmt.Errorf("%s: %w", dst, os.ErrExist)
	}
	from, err := Open(src, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	f, err := os.CreateTemp(filepath.Dir(dst), "."+filepath.Base(dst)+".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	if err := from.copyTo(f.Name()); err != nil {
		return err
	}
	return publish(f.Name(), dst)
}

func (db *DB) copyTo(path string) (err error) {
	to, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	to.AllocSize = allocBytes
	// The copy reads through view, so that a damaged page is an error.
	err = db.viewAll(func(*bbolt.Tx) error { return bbolt.Compact(to, db.b, compactBytes) })
	return errors.Join(err, to.Sync())
}

// Stats returns the size of the store. It counts nothing and may be called often.
func (db *DB) Stats() (kaisei.StoreStats, error) {
	s := kaisei.StoreStats{Path: db.path}
	var t tally
	var pages int64 // the file's length up to the last page in use
	err := db.viewAll(func(tx *bbolt.Tx) (err error) {
		pages = tx.Size()
		t, err = loadTally(tx)
		return err
	})
	if err != nil {
		return s, fmt.Errorf("read statistics: %w", err)
	}
	st, err := os.Stat(db.path)
	if err != nil {
		return s, fmt.Errorf("read statistics: %w", err)
	}
	free := db.b.Stats()
	s.FileBytes = st.Size()
	s.FreeBytes = s.FileBytes - pages + int64(free.FreePageN+free.PendingPageN)*int64(db.b.Info().PageSize)
	s.Documents, s.Versions, s.Changes, s.Looks = int(t.documents), int(t.versions), int(t.changes), int(t.looks)
	s.Bodies, s.BodyBytes, s.StoreBytes = int(t.bodies), t.bodyBytes, t.packedBytes
	s.Due, s.Dead = int(t.due), int(t.dead)
	return s, nil
}
