package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// create makes an empty store and gives it its name only when it is complete, so
// that a crash on the way leaves no file that looks like one.
func create(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	tmp := f.Name()
	defer os.Remove(tmp)
	if err := f.Close(); err != nil {
		return err
	}
	b, err := bbolt.Open(tmp, 0o600, nil)
	if err != nil {
		return err
	}
	if err := errors.Join(b.Update(makeSchema), b.Close()); err != nil {
		return err
	}
	return publish(tmp, path)
}

// publish gives the complete file tmp the name path unless a file of that name
// exists, and makes the name durable.
func publish(tmp, path string) error {
	err := os.Link(tmp, path)
	switch {
	case errors.Is(err, os.ErrExist):
		return err
	case err != nil: // a file system without hard links
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s: %w", path, os.ErrExist)
		}
		if err := os.Rename(tmp, path); err != nil {
			return err
		}
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// The parts of bbolt's file format that inspect reads: two meta pages, each a page
// header followed by magic, version, page size, flags, root bucket, freelist page,
// high-water page, transaction and an FNV-1a checksum of what precedes it.
const (
	metaMagic    = 0xED0CDAED
	metaOffset   = 16
	metaPageSize = metaOffset + 8
	metaRoot     = metaOffset + 16
	metaHigh     = metaOffset + 40
	metaTx       = metaOffset + 48
	metaSum      = metaOffset + 56
	metaLen      = metaOffset + 64
	maxPageSize  = 64 << 10
)

// inspect refuses files that bbolt would take for a new store (empty), misread or
// crash on (cut short). It needs no lock: a writer lengthens the file before it
// writes the meta page that needs the length.
func inspect(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return err
	case st.IsDir():
		return errors.New("is a folder, not a store")
	case st.Size() == 0:
		return errors.New("the file is empty, which a store never is: restore a backup, or remove the file to begin anew")
	}
	m, err := newestMeta(f)
	if err != nil {
		return err
	}
	if st, err = f.Stat(); err != nil {
		return err
	}
	if need := int64(m.high) * int64(m.pageSize); need > st.Size() {
		return fmt.Errorf("%w: the file has %d bytes of the %d it should have; restore a backup", ErrDamaged, st.Size(), need)
	}
	return nil
}

type metaPage struct {
	pageSize       uint32
	root, high, tx uint64
}

// newestMeta returns the meta page of the newest transaction.
func newestMeta(f *os.File) (metaPage, error) {
	first, ok0, err := readMeta(f, 0)
	if err != nil {
		return first, err
	}
	pageSize := int64(os.Getpagesize())
	if ok0 {
		pageSize = int64(first.pageSize)
	}
	second, ok1, err := readMeta(f, pageSize)
	switch {
	case err != nil:
		return first, err
	case !ok0 && !ok1:
		return first, errors.New("the file is not a kaisei store, or its head is destroyed: name another file, or restore a backup")
	case !ok0 || ok1 && second.tx > first.tx:
		return second, nil
	}
	return first, nil
}

// readMeta reads the meta page at an offset and says whether it is whole.
func readMeta(f *os.File, at int64) (m metaPage, ok bool, err error) {
	var buf [metaLen]byte
	if _, err := f.ReadAt(buf[:], at); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return m, false, err
	}
	// bbolt writes numbers in the byte order of the machine.
	order := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(buf[metaOffset:metaSum])
	m = metaPage{
		pageSize: order.Uint32(buf[metaPageSize:]),
		root:     order.Uint64(buf[metaRoot:]), high: order.Uint64(buf[metaHigh:]), tx: order.Uint64(buf[metaTx:]),
	}
	ok = order.Uint32(buf[metaOffset:]) == metaMagic && order.Uint64(buf[metaSum:]) == sum.Sum64() &&
		m.pageSize >= 512 && m.pageSize <= maxPageSize && m.high < 1<<40
	return m, ok, nil
}
