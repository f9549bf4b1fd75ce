package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// The parts of a bbolt page: a header (number, flags, count, overflow), then an
// element per entry that says how far from itself its key stands and how long it
// is; in a leaf the value follows, in a branch the element names a page.
const (
	pageHead      = 16
	pageBranch    = 0x01
	pageLeaf      = 0x02
	elementLen    = 16
	elementBucket = 0x01 // the value is a bucket: its root page (or none, and a page inline) and a counter
	bucketHead    = 16
)

// tree walks the pages of a file by reading it, not by its mapping. bbolt's own
// check trusts every length on a page and runs in a goroutine of its own, so on a
// damaged page it would end the process; it is asked only after this walk found
// every length in its bounds.
type tree struct {
	f    *os.File
	meta metaPage
	seen map[uint64]bool
}

// checkTree returns the first fault of the pages that the newest transaction of a file reaches.
func checkTree(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	meta, err := newestMeta(f)
	if err != nil {
		return err
	}
	t := tree{f: f, meta: meta, seen: map[uint64]bool{0: true, 1: true}}
	return t.page(meta.root)
}

// page checks a page and those below it.
func (t *tree) page(id uint64) error {
	if id >= t.meta.high || t.seen[id] {
		return fmt.Errorf("%w: page %d is beyond the end or has two owners", ErrDamaged, id)
	}
	size := int64(t.meta.pageSize)
	var head [pageHead]byte
	if _, err := t.f.ReadAt(head[:], int64(id)*size); err != nil {
		return fmt.Errorf("read page %d: %w", id, err)
	}
	overflow := uint64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head[:]) != id || id+overflow >= t.meta.high {
		return fmt.Errorf("%w: page %d has a false head", ErrDamaged, id)
	}
	for n := id; n <= id+overflow; n++ {
		if t.seen[n] {
			return fmt.Errorf("%w: page %d has two owners", ErrDamaged, n)
		}
		t.seen[n] = true
	}
	b := make([]byte, (overflow+1)*uint64(size))
	if _, err := t.f.ReadAt(b, int64(id)*size); err != nil {
		return fmt.Errorf("read page %d: %w", id, err)
	}
	if err := t.entries(b); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

var errEntry = errors.New("an entry is out of bounds or out of order")

// entries checks the entries of a page that was read, or that stands inline in a value.
func (t *tree) entries(b []byte) error {
	if len(b) < pageHead {
		return errors.Join(ErrDamaged, errEntry)
	}
	flags, count := binary.NativeEndian.Uint16(b[8:]), int(binary.NativeEndian.Uint16(b[10:]))
	if flags != pageBranch && flags != pageLeaf || pageHead+count*elementLen > len(b) || flags == pageBranch && count == 0 {
		return fmt.Errorf("%w: flags %#x with %d entries", ErrDamaged, flags, count)
	}
	var last []byte
	for i := range count {
		at := uint64(pageHead + i*elementLen)
		e := b[at : at+elementLen]
		word := func(n int) uint64 { return uint64(binary.NativeEndian.Uint32(e[n:])) }
		var pos, keyLen, valueLen uint64
		if flags == pageBranch {
			pos, keyLen = word(0), word(4)
		} else {
			pos, keyLen, valueLen = word(4), word(8), word(12)
		}
		if at+pos+keyLen+valueLen > uint64(len(b)) || pos < elementLen {
			return errors.Join(ErrDamaged, errEntry)
		}
		key := b[at+pos : at+pos+keyLen]
		if i > 0 && bytes.Compare(last, key) >= 0 {
			return errors.Join(ErrDamaged, errEntry)
		}
		last = key
		var err error
		switch {
		case flags == pageBranch:
			err = t.page(binary.NativeEndian.Uint64(e[8:]))
		case word(0)&elementBucket != 0:
			err = t.bucket(b[at+pos+keyLen : at+pos+keyLen+valueLen])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) bucket(value []byte) error {
	if len(value) < bucketHead {
		return errors.Join(ErrDamaged, errEntry)
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return t.page(root)
	}
	return t.entries(value[bucketHead:])
}
