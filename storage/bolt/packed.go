package bolt

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// packed is a record as it is stored in the log.
type packed struct {
	// at is its address.
	at   uint64
	size int
	// pos is the place in the chain of the document's records (see chainParent).
	pos int
	// prev is the address of the version before, parent of the record that the frame needs; 0 is none.
	prev, parent uint64
	bits         byte
	// The hashes that the bits tell of.
	body, text, page, before []byte
	frame                    []byte
}

// encode returns p with the digests, which encode of record made with their bits. Other
// records are named by how far back they are.
func (p packed) encode(digests []byte) []byte {
	back := func(b []byte, to uint64) []byte {
		if to == 0 {
			return append(b, 0)
		}
		return binary.AppendUvarint(b, p.at-to)
	}
	b := appendUvarint(appendUvarint(nil, p.size), p.pos)
	b = back(b, p.prev)
	if _, ok := chainParent(p.pos); ok {
		b = back(b, p.parent)
	}
	return append(append(b, digests...), p.frame...)
}

func decodePacked(at uint64, v []byte) (packed, error) {
	r := reader{b: v}
	p := packed{at: at, size: r.small(), pos: r.small()}
	back := func() uint64 {
		n := r.uvarint()
		if n >= at {
			r.fail()
		}
		if n == 0 || r.bad {
			return 0
		}
		return at - n
	}
	p.prev = back()
	if _, ok := chainParent(p.pos); ok {
		if p.parent = back(); p.parent == 0 {
			r.fail()
		}
	}
	if b := r.take(1); b != nil {
		p.bits = b[0]
	}
	for _, d := range []struct {
		bit  byte
		into *[]byte
	}{{digestBody, &p.body}, {digestText, &p.text}, {digestPage, &p.page}, {digestBefore, &p.before}} {
		if p.bits&d.bit != 0 {
			*d.into = r.take(sha256.Size)
		}
	}
	p.frame = r.b
	return p, r.fault("version")
}

func loadPacked(tx *bbolt.Tx, at uint64) (packed, error) {
	v, _, err := readLog(tx, at)
	if err != nil {
		return packed{}, err
	}
	return decodePacked(at, v)
}

// bodyBefore returns the hash of the body that the version before was read from, nil where there is none.
func (p packed) bodyBefore(tx *bbolt.Tx) ([]byte, error) {
	if p.prev == 0 {
		return nil, nil
	}
	before, err := loadPacked(tx, p.prev)
	return before.body, err
}

// maxMemo is how many unpacked bytes a memo holds.
const maxMemo = 8 << 20

// memo holds records that one call unpacked, by their addresses: neighbours in a history need
// the same earlier ones.
type memo struct {
	raw  map[uint64][]byte
	size int
}

func newMemo() *memo { return &memo{raw: map[uint64][]byte{}} }

func (m *memo) add(at uint64, raw []byte) {
	if len(raw) > maxMemo {
		return
	}
	if m.size += len(raw); m.size > maxMemo {
		clear(m.raw)
		m.size = len(raw)
	}
	m.raw[at] = raw
}

func (m *memo) get(at uint64) []byte {
	if m == nil {
		return nil
	}
	return m.raw[at]
}

// loadRecord unpacks a record and, before it, those that its frame needs. The memo may be nil.
func (db *DB) loadRecord(tx *bbolt.Tx, address uint64, m *memo) (rawRecord, error) {
	var chain []packed
	var raw []byte
	for at := address; at != 0 && raw == nil; {
		p, err := loadPacked(tx, at)
		if err != nil {
			return rawRecord{}, err
		}
		if chain = append(chain, p); len(chain) > chainDepth+1 {
			return rawRecord{}, fmt.Errorf("%w: a chain of versions is longer than %d", ErrDamaged, chainDepth)
		}
		at = p.parent
		raw = m.get(at)
	}
	if len(chain) == 0 {
		return rawRecord{}, fmt.Errorf("%w: a version without an address", ErrDamaged)
	}
	c := chained{p: db.pack, last: raw}
	for i := len(chain) - 1; i >= 0; i-- {
		if err := c.unpack(chain[i].frame, chain[i].size); err != nil {
			return rawRecord{}, err
		}
		if m != nil {
			m.add(chain[i].at, c.last)
			c.spare = nil
		}
	}
	return splitRecord(chain[0], c.last)
}

// addRecord stores a record after the one of the version before (0 for none) and returns its
// address. Its frame needs an earlier record of the document where that pays.
func (db *DB) addRecord(tx *bbolt.Tx, prev uint64, c record) (uint64, error) {
	at, err := logEnd(tx)
	if err != nil {
		return 0, err
	}
	p := packed{at: at, prev: prev}
	before, err := p.bodyBefore(tx)
	if err != nil {
		return 0, err
	}
	raw, digests, err := c.encode(before)
	if err != nil {
		return 0, err
	}
	if len(raw) > maxRaw {
		return 0, fmt.Errorf("a version of %d bytes is larger than %d", len(raw), maxRaw)
	}
	p.size = len(raw)
	if err := db.packRecord(tx, &p, raw); err != nil {
		return 0, err
	}
	return appendLog(tx, p.encode(digests))
}

// packRecord makes the frame of p.
func (db *DB) packRecord(tx *bbolt.Tx, p *packed, raw []byte) error {
	if p.prev > 0 {
		like, err := loadPacked(tx, p.prev)
		if err != nil {
			return err
		}
		pos := like.pos + 1
		if want, ok := chainParent(pos); ok {
			for like.pos > want { // the parent of a position is among the ancestors of the one before
				if like, err = loadPacked(tx, like.parent); err != nil {
					return err
				}
			}
			known, err := db.loadRecord(tx, like.at, nil)
			if err != nil {
				return err
			}
			if frame, ok := db.pack.delta(raw, known.raw); ok {
				p.pos, p.parent, p.frame = pos, like.at, frame
				return nil
			}
		}
	}
	p.frame = db.pack.full(raw)
	return nil
}
