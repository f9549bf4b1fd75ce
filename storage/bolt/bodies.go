package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// body is a stored body: its frame, and the body that the frame needs.
type body struct {
	size int
	// pos is the place in the chain of bodies that resemble each other (see chainParent).
	pos    int
	parent uint32 // body number, where pos has a parent
	frame  []byte
}

func (b body) encode() []byte {
	v := appendUvarint(appendUvarint(nil, b.size), b.pos)
	if _, ok := chainParent(b.pos); ok {
		v = append(v, numKey(b.parent)...)
	}
	return append(v, b.frame...)
}

func decodeBody(v []byte) (body, error) {
	r := reader{b: v}
	b := body{size: r.small(), pos: r.small()}
	if _, ok := chainParent(b.pos); ok {
		b.parent = r.num()
	}
	b.frame = r.b
	return b, r.fault("body")
}

// uses is what keeps a body: the versions that name it and the bodies whose
// frames need it. A body with neither is evidence of a look that committed nothing.
type uses struct {
	versions, frames int
	// at is when it was last captured, in Unix seconds.
	at int64
}

func (u uses) free() bool { return u.versions == 0 && u.frames == 0 }

func (u uses) encode() []byte {
	b := appendUvarint(appendUvarint(nil, u.versions), u.frames)
	return binary.AppendVarint(b, u.at)
}

func loadUses(tx *bbolt.Tx, num uint32) (uses, error) {
	r := reader{b: bucket(tx, bucketUses).Get(numKey(num))}
	u := uses{versions: r.small(), frames: r.small(), at: r.varint()}
	return u, r.end("uses of a body")
}

// use changes the uses of a body.
func use(tx *bbolt.Tx, num uint32, change func(*uses)) error {
	u, err := loadUses(tx, num)
	if err != nil {
		return err
	}
	change(&u)
	return dense(tx, bucketUses).Put(numKey(num), u.encode())
}

// bodyNumber returns the number of the body with a hash, and false where none is stored.
func bodyNumber(tx *bbolt.Tx, hash string) (uint32, bool, error) {
	key, err := hashKey(hash)
	if err != nil {
		return 0, false, err
	}
	v := bucket(tx, bucketHashes).Get(key)
	if v == nil {
		return 0, false, nil
	}
	r := reader{b: v}
	num := r.num()
	return num, true, r.end("number of a body")
}

func loadBody(tx *bbolt.Tx, num uint32) (body, error) {
	v := bucket(tx, bucketBodies).Get(numKey(num))
	if v == nil {
		return body{}, fmt.Errorf("%w: body number %d is missing", ErrDamaged, num)
	}
	return decodeBody(v)
}

// rawBody unpacks a body and, before it, those that its frame needs.
func (db *DB) rawBody(tx *bbolt.Tx, num uint32) ([]byte, error) {
	var chain []body
	for {
		b, err := loadBody(tx, num)
		if err != nil {
			return nil, err
		}
		if chain = append(chain, b); len(chain) > chainDepth+1 {
			return nil, fmt.Errorf("%w: a chain of bodies is longer than %d", ErrDamaged, chainDepth)
		}
		if _, ok := chainParent(b.pos); !ok {
			break
		}
		num = b.parent
	}
	c := chained{p: db.pack}
	for i := len(chain) - 1; i >= 0; i-- {
		if err := c.unpack(chain[i].frame, chain[i].size); err != nil {
			return nil, err
		}
	}
	return c.last, nil
}

// SaveCapture keeps the bytes of a capture, once per hash, before anything is
// made of them. Like is the hash of an earlier body that they probably resemble
// (the previous version's), or "". Bytes that no version comes to name are swept
// by Prune.
func (db *DB) SaveCapture(c kaisei.Capture, like string) error {
	if err := db.saveCapture(c, like); err != nil {
		return fmt.Errorf("save body of %.200s: %w", c.URL, err)
	}
	return nil
}

func (db *DB) saveCapture(c kaisei.Capture, like string) error {
	if len(c.Body) > maxRaw {
		return fmt.Errorf("a body of %d bytes is larger than %d", len(c.Body), maxRaw)
	}
	if h := kaisei.Hash(c.Body); h != c.Hash {
		return fmt.Errorf("the capture names hash %q, its %d bytes have %s", c.Hash, len(c.Body), h)
	}
	var known bool
	var parent []byte
	next := body{size: len(c.Body)}
	err := db.view(func(tx *bbolt.Tx) error {
		num, ok, err := bodyNumber(tx, c.Hash)
		if err != nil {
			return err
		}
		if ok {
			u, err := loadUses(tx, num)
			known = u.versions > 0 || u.at >= c.At.Unix()
			return err
		}
		if like == "" {
			return nil
		}
		next, parent, err = db.resemble(tx, like, next)
		return err
	})
	if err != nil || known {
		return err
	}
	db.packBody(&next, c.Body, parent)
	return db.update(func(tx *bbolt.Tx) error {
		if num, ok, err := bodyNumber(tx, c.Hash); ok || err != nil {
			if err != nil {
				return err
			}
			return use(tx, num, func(u *uses) { u.at = max(u.at, c.At.Unix()) })
		}
		if _, ok := chainParent(next.pos); ok && bucket(tx, bucketBodies).Get(numKey(next.parent)) == nil {
			db.packBody(&next, c.Body, nil) // it was dropped meanwhile
		}
		return addBody(tx, c.Hash, next, c.At)
	})
}

// resemble places next in the chain after the body with hash like, and returns
// the bytes that its frame will need.
func (db *DB) resemble(tx *bbolt.Tx, like string, next body) (body, []byte, error) {
	num, ok, err := bodyNumber(tx, like)
	if err != nil || !ok || next.size > maxLike {
		return next, nil, err
	}
	b, err := loadBody(tx, num)
	if err != nil {
		return next, nil, err
	}
	parent, ok := chainParent(b.pos + 1)
	if !ok {
		return next, nil, nil
	}
	next.pos = b.pos + 1
	for b.pos != parent { // the parent of a position is always among the ancestors of the one before
		if _, ok := chainParent(b.pos); !ok || b.pos < parent {
			return next, nil, fmt.Errorf("%w: the chain of body number %d", ErrDamaged, num)
		}
		num = b.parent
		if b, err = loadBody(tx, num); err != nil {
			return next, nil, err
		}
	}
	next.parent = num
	if b.size > maxLike {
		return next, nil, nil
	}
	raw, err := db.rawBody(tx, num)
	return next, raw, err
}

// packBody makes the frame of b, which stands alone where parent does not help.
func (db *DB) packBody(b *body, raw, parent []byte) {
	if _, ok := chainParent(b.pos); ok {
		if frame, ok := db.pack.delta(raw, parent); ok {
			b.frame = frame
			return
		}
	}
	b.pos, b.parent, b.frame = 0, 0, db.pack.full(raw)
}

func addBody(tx *bbolt.Tx, hash string, b body, at time.Time) error {
	key, err := hashKey(hash)
	if err != nil {
		return err
	}
	bodies := dense(tx, bucketBodies)
	n, err := bodies.NextSequence()
	if err != nil {
		return err
	}
	if n > math.MaxUint32 {
		return errors.New("the store has no body numbers left: compact it into a new file")
	}
	num := uint32(n)
	if _, ok := chainParent(b.pos); ok {
		if err := use(tx, b.parent, func(u *uses) { u.frames++ }); err != nil {
			return err
		}
	}
	return errors.Join(
		bodies.Put(numKey(num), b.encode()),
		bucket(tx, bucketHashes).Put(key, numKey(num)),
		dense(tx, bucketUses).Put(numKey(num), uses{at: at.Unix()}.encode()),
		count(tx, func(t *tally) {
			t.bodies++
			t.bodyBytes += int64(b.size)
			t.packedBytes += int64(len(b.frame))
			t.newest = max(t.newest, at.Unix())
		}),
	)
}

// dropBody deletes a body that nothing uses, and says whether it did.
func dropBody(tx *bbolt.Tx, hash string) (bool, error) {
	num, ok, err := bodyNumber(tx, hash)
	if err != nil || !ok {
		return false, err
	}
	u, err := loadUses(tx, num)
	if err != nil || !u.free() {
		return false, err
	}
	b, err := loadBody(tx, num)
	if err != nil {
		return false, err
	}
	if _, ok := chainParent(b.pos); ok {
		if err := use(tx, b.parent, func(u *uses) { u.frames-- }); err != nil {
			return false, err
		}
	}
	key, err := hashKey(hash)
	if err != nil {
		return false, err
	}
	return true, errors.Join(
		bucket(tx, bucketBodies).Delete(numKey(num)),
		bucket(tx, bucketHashes).Delete(key),
		bucket(tx, bucketUses).Delete(numKey(num)),
		count(tx, func(t *tally) {
			t.bodies--
			t.bodyBytes -= int64(b.size)
			t.packedBytes -= int64(len(b.frame))
		}),
	)
}

// Body returns the bytes with a hash, or an error that wraps kaisei.ErrNotFound.
// They are hashed again: what is returned is what was captured.
func (db *DB) Body(hash string) ([]byte, error) {
	var raw []byte
	err := db.view(func(tx *bbolt.Tx) error {
		num, ok, err := bodyNumber(tx, hash)
		switch {
		case err != nil:
			return err
		case !ok:
			return kaisei.ErrNotFound
		}
		raw, err = db.rawBody(tx, num)
		return err
	})
	if err == nil && kaisei.Hash(raw) != hash {
		err = fmt.Errorf("%w: the bytes have another hash", ErrDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("read body %.80s: %w", hash, err)
	}
	return raw, nil
}
