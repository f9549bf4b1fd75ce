// Package bolt keeps everything kaisei knows in one bbolt file: captured bodies
// once per hash, the versions of each document, changes, the deliveries promised
// for them, the ledger of looks and the schedule state. Nothing outside this
// package knows bbolt.
//
// Its one promise is that what a method has acknowledged survives the death of
// the process, and that Commit is all or nothing: a change is never stored
// without its version and its deliveries. Looks that found nothing are the
// exception, see CommitQuiet.
//
// Bodies and versions are stored as zstd frames whose dictionary is an earlier
// body or version of the same document, so a thousand small amendments of one
// text cost less than a megabyte. No transaction outlives a method, because one
// left open would stall the writer. bbolt admits one process at a time; see
// kaisei.ErrLocked.
//
// Every ID is UTF-8 without a zero byte, from 1 to 8,192 bytes; it is stored as it is.
// Times are stored in UTC to the nanosecond.
package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"kaisei/internal/kaisei"
)

// ErrConflict is wrapped by Commit where the version is not the next one of its
// document or the change is already stored: somebody else committed first, and
// what was compared is no longer the latest.
var ErrConflict = errors.New("conflicts with what is stored")

// ErrDamaged is wrapped where stored bytes do not read back as what was written. The remedy is
// "kaisei db check", then a backup.
var ErrDamaged = errors.New("store is damaged")

const (
	// lockWait is how long Open waits for another process by default.
	lockWait = 2 * time.Second
	// mapBytes of address space are reserved for the file, so that growing it seldom has to
	// wait for readers. It costs no memory.
	mapBytes = 256 << 20
	// allocBytes is the step in which the file grows.
	allocBytes = 128 << 10
)

// Options are the choices of Open. The zero value is right for a daemon.
type Options struct {
	// Timeout is how long to wait for another process that holds the file; zero means two
	// seconds.
	Timeout time.Duration
	// ReadOnly opens an existing file without the right to change it. It still waits for a
	// writer to let go: bbolt cannot read beside one.
	ReadOnly bool
	// NoSync leaves writing to disk to the operating system. A power cut may then destroy the
	// file: it is for stores that can be made again, such as a replay's.
	NoSync bool
}

// DB is an open store. Its methods may be called from many goroutines.
type DB struct {
	b    *bbolt.DB
	path string
	pack *packer
	// writer is held by the one that writes.
	writer sync.Mutex
	quiet  quiet
	mapped mapped
}

// Open opens the store at path, or creates it (mode 0600, its folder 0700) where
// there is no file. An empty or foreign file is refused and never overwritten.
// Where another process holds the file the error wraps kaisei.ErrLocked.
func Open(path string, o Options) (*DB, error) {
	if o.Timeout <= 0 {
		o.Timeout = lockWait
	}
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && !o.ReadOnly:
		// Another process may create it at the same moment; then its file is the one.
		if err := create(path); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, fmt.Errorf("create store %s: %w", path, err)
		}
	case err != nil:
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := inspect(path); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	pack, err := newPacker()
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	b, err := openCurrent(path, o)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	db := &DB{b: b, path: path, pack: pack}
	if err := errors.Join(db.upgrade(), db.checkSchema()); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), b.Close())
	}
	return db, nil
}

// openCurrent opens the file that stands at path once its lock is held: while waiting for it,
// another process may have compacted the store, which puts a new file in its place.
func openCurrent(path string, o Options) (*bbolt.DB, error) {
	for {
		b, file, err := openFile(path, o)
		if err != nil {
			return nil, err
		}
		at, err := os.Stat(path)
		if err == nil && os.SameFile(at, file) {
			return b, nil
		}
		if err := errors.Join(err, b.Close()); err != nil {
			return nil, err
		}
	}
}

func openFile(path string, o Options) (b *bbolt.DB, file os.FileInfo, err error) {
	defer caught(debug.SetPanicOnFault(true), &err)
	b, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:         o.Timeout,
		ReadOnly:        o.ReadOnly,
		NoSync:          o.NoSync,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mapBytes,
		// bbolt would make a new store of a file that went missing meanwhile.
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
			if err != nil {
				return nil, err
			}
			file, err = f.Stat()
			return f, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, nil, fmt.Errorf("another kaisei holds this file; stop it, or use a command that asks it: %w", kaisei.ErrLocked)
	case err != nil:
		return nil, nil, err
	}
	b.AllocSize = allocBytes
	return b, file, nil
}

// Close writes what waits and lets go of the file after waiting for the transactions under way. A
// second call does nothing.
func (db *DB) Close() error {
	if err := errors.Join(db.Flush(), db.b.Close()); err != nil {
		return fmt.Errorf("close store %s: %w", db.path, err)
	}
	return nil
}

// Path returns the path that the store was opened with.
func (db *DB) Path() string { return db.path }

// view and update run fn in a transaction that ends with the call; update writes first what quiet
// looks left. What bbolt reports by panicking, and a read error of the mapped file, become errors.
func (db *DB) view(fn func(*bbolt.Tx) error) (err error) {
	defer caught(debug.SetPanicOnFault(true), &err)
	return db.b.View(func(tx *bbolt.Tx) error {
		defer db.mapped.read(tx)
		return fn(tx)
	})
}

func (db *DB) update(fn func(*bbolt.Tx) error) (err error) {
	db.writer.Lock()
	defer db.writer.Unlock()
	waiting := db.quiet.take()
	defer func() { db.quiet.settle(err == nil) }()
	defer caught(debug.SetPanicOnFault(true), &err)
	return db.b.Update(func(tx *bbolt.Tx) error {
		defer db.mapped.read(tx)
		if err := db.writeQuiet(tx, waiting); err != nil {
			return err
		}
		return fn(tx)
	})
}

// viewAll is view where fn reads what quiet looks leave behind other than by its key.
func (db *DB) viewAll(fn func(*bbolt.Tx) error) error {
	if err := db.Flush(); err != nil {
		return err
	}
	return db.view(fn)
}

// caught must be deferred; it restores the goroutine's fault mode and turns a panic into
// an error.
func caught(mode bool, err *error) {
	debug.SetPanicOnFault(mode)
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %v", ErrDamaged, r)
	}
}
