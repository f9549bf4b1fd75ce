package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// changeHead is what queries select changes by, kept apart so that a change that
// is not selected need not be unpacked.
type changeHead struct {
	// record is the address of the version that holds the change; without one (0) noun holds it.
	record uint64
	noun   []byte
	// facets is a change with the fields that a query looks at.
	facets kaisei.Change
	// latest is the latest SeenAt up to this number. Changes are committed nearly in the order
	// in which they were seen, and latest grows strictly with the number, so it can be sought.
	latest time.Time
}

// The bits of a changeHead.
const (
	headOwn    = 1 << iota // no version holds the change
	headHidden             // told to nobody
	headLate               // latest is not SeenAt
)

// hidden stands for the reason why a change was told to nobody, in the facets.
const hidden = "hidden"

func (h changeHead) encode() []byte {
	f := h.facets
	bits := byte(0)
	if h.record == 0 {
		bits |= headOwn
	}
	if f.Quiet != "" || f.CopyOf != "" {
		bits |= headHidden
	}
	if h.latest.After(f.SeenAt) {
		bits |= headLate
	}
	b := appendTime([]byte{bits}, f.SeenAt)
	if bits&headLate != 0 {
		b = appendTime(b, h.latest)
	}
	if bits&headOwn == 0 {
		b = binary.AppendUvarint(b, h.record)
	}
	b = appendString(b, f.Source)
	shared := 0
	for shared < len(f.Source) && shared < len(f.Document) && f.Source[shared] == f.Document[shared] {
		shared++
	}
	b = appendString(appendUvarint(b, shared), f.Document[shared:])
	for _, w := range []string{string(f.Layer), string(f.Class), string(f.Severity)} {
		b = appendWord(b, w)
	}
	return append(b, h.noun...)
}

func decodeChangeHead(number uint64, v []byte) (changeHead, error) {
	r := reader{b: v}
	var h changeHead
	bits := byte(0)
	if b := r.take(1); b != nil {
		bits = b[0]
	}
	f := &h.facets
	f.Number = number
	f.SeenAt = r.time()
	h.latest = f.SeenAt
	if bits&headLate != 0 {
		h.latest = r.time()
	}
	if bits&headOwn == 0 {
		h.record = r.uvarint()
	}
	if bits&headHidden != 0 {
		f.Quiet = hidden
	}
	f.Source = r.string()
	if shared := r.small(); shared <= len(f.Source) {
		f.Document = f.Source[:shared] + r.string()
	} else {
		r.fail()
	}
	f.Layer = kaisei.Layer(r.word())
	f.Class = kaisei.Class(r.word())
	f.Severity = kaisei.Severity(r.word())
	if bits&headOwn != 0 {
		h.noun, r.b = r.b, nil
	}
	return h, r.end("head of a change")
}

func loadChangeHead(tx *bbolt.Tx, number uint64) (h changeHead, ok bool, err error) {
	v := bucket(tx, bucketChanges).Get(longKey(number))
	if v == nil {
		return h, false, nil
	}
	h, err = decodeChangeHead(number, v)
	return h, true, err
}

func (db *DB) loadChange(tx *bbolt.Tx, h changeHead, m *memo) (c kaisei.Change, err error) {
	if h.record == 0 {
		b, err := db.pack.unpackNoun(h.noun)
		if err != nil {
			return c, err
		}
		return c, unmarshal(b, &c)
	}
	c, ok, err := db.versionChange(tx, h.record, m)
	if err == nil && (!ok || c.Number != h.facets.Number) {
		err = fmt.Errorf("%w: change number %d is not with its version", ErrDamaged, h.facets.Number)
	}
	return c, err
}

func (db *DB) versionChange(tx *bbolt.Tx, record uint64, m *memo) (kaisei.Change, bool, error) {
	c, err := db.loadRecord(tx, record, m)
	if err != nil {
		return kaisei.Change{}, false, err
	}
	before, err := c.bodyBefore(tx)
	if err != nil {
		return kaisei.Change{}, false, err
	}
	return c.decodeChange(before)
}

// findChange finds a change by its ID: with the version that the ID names, or in the
// index of the others.
func (db *DB) findChange(tx *bbolt.Tx, id string) (c kaisei.Change, ok bool, err error) {
	if v := bucket(tx, bucketChangeIDs).Get([]byte(id)); v != nil {
		if len(v) != 8 {
			return c, false, fmt.Errorf("%w: index of changes", ErrDamaged)
		}
		h, ok, err := loadChangeHead(tx, binary.BigEndian.Uint64(v))
		if err == nil && !ok {
			err = fmt.Errorf("%w: the change of an index entry is missing", ErrDamaged)
		}
		if err != nil {
			return c, false, err
		}
		c, err = db.loadChange(tx, h, nil)
		return c, err == nil, err
	}
	document, seq, ok := kaisei.VersionOf(id)
	if !ok {
		return c, false, nil
	}
	d, ok, err := loadDocument(tx, document)
	if err != nil || !ok || seq == 0 || seq > len(d.records) {
		return c, false, err
	}
	c, ok, err = db.versionChange(tx, d.records[seq-1], nil)
	return c, ok && c.ID == id, err
}

// Change returns one change by its ID.
func (db *DB) Change(id string) (c kaisei.Change, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		c, ok, err = db.findChange(tx, id)
		return err
	})
	if err != nil || !ok {
		c = kaisei.Change{}
	}
	if err != nil {
		return c, false, fmt.Errorf("read change %.200s: %w", id, err)
	}
	return c, ok, nil
}

// LastNumber returns the number of the newest change, 0 where there is none.
func (db *DB) LastNumber() (n uint64, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		n = lastNumber(tx)
		return nil
	})
	return n, err
}

func lastNumber(tx *bbolt.Tx) uint64 {
	k, _ := bucket(tx, bucketChanges).Cursor().Last()
	if len(k) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k)
}

// Changes returns the changes that q selects in the order of their numbers, or
// against it for Newest. First, Last and Since are sought; what the other fields
// leave out costs a look at a short entry each.
func (db *DB) Changes(q kaisei.ChangeQuery) ([]kaisei.Change, error) {
	var found []kaisei.Change
	err := db.view(func(tx *bbolt.Tx) error {
		m := newMemo()
		first, last, err := changeRange(tx, q)
		if err != nil {
			return err
		}
		for n := first; n <= last && (q.Limit <= 0 || len(found) < q.Limit); n++ {
			number := n
			if q.Newest {
				number = last - (n - first)
			}
			h, ok, err := loadChangeHead(tx, number)
			switch {
			case err != nil:
				return err
			case !ok:
				return fmt.Errorf("%w: change number %d is missing", ErrDamaged, number)
			case !q.Match(h.facets):
				continue
			}
			c, err := db.loadChange(tx, h, m)
			if err != nil {
				return err
			}
			if q.Match(c) {
				found = append(found, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	return found, nil
}

// changeRange returns the numbers between which the changes that q selects can be.
// Numbers have no gaps: changes are never deleted.
func changeRange(tx *bbolt.Tx, q kaisei.ChangeQuery) (first, last uint64, err error) {
	first, last = max(q.First, 1), lastNumber(tx)
	if q.Last != 0 {
		last = min(last, q.Last)
	}
	if q.Since.IsZero() || first > last {
		return first, last, nil
	}
	n := sort.Search(int(last-first+1), func(i int) bool {
		h, ok, lookErr := loadChangeHead(tx, first+uint64(i))
		if lookErr != nil || !ok {
			err = errors.Join(err, ErrDamaged, lookErr)
		}
		return !h.latest.Before(q.Since)
	})
	return first + uint64(n), last, err
}

// addChange stores the next change; record is of the version that holds it, 0 for none.
func (db *DB) addChange(tx *bbolt.Tx, c kaisei.Change, v *kaisei.Version, record uint64) error {
	h := changeHead{record: record, facets: c, latest: c.SeenAt}
	if prev, ok, err := loadChangeHead(tx, c.Number-1); err != nil {
		return err
	} else if ok && prev.latest.After(h.latest) {
		h.latest = prev.latest
	}
	if record == 0 {
		b, err := marshal(c)
		if err != nil {
			return err
		}
		h.noun = db.pack.packNoun(b)
	}
	if v == nil || c.ID != kaisei.ChangeID(v.Document, v.Seq) {
		if err := bucket(tx, bucketChangeIDs).Put([]byte(c.ID), longKey(c.Number)); err != nil {
			return err
		}
	}
	return errors.Join(
		dense(tx, bucketChanges).Put(longKey(c.Number), h.encode()),
		count(tx, func(t *tally) { t.changes++; t.newest = max(t.newest, c.SeenAt.Unix()) }),
	)
}
