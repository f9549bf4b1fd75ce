package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// document is what is kept of a document beside its versions.
type document struct {
	num uint32
	// records are the addresses of its versions; version seq is the one at seq-1.
	records []uint64
	// head is the latest version without its blocks, packed.
	head []byte
}

func (d document) encode() []byte {
	b := appendUvarint(numKey(d.num), len(d.records))
	last := uint64(0)
	for _, at := range d.records {
		b = binary.AppendUvarint(b, at-last)
		last = at
	}
	return append(b, d.head...)
}

func decodeDocument(v []byte) (document, error) {
	r := reader{b: v}
	d := document{num: r.num()}
	n := r.small()
	if n > len(r.b) {
		r.fail()
	}
	last := uint64(0)
	for range n {
		last += r.uvarint()
		if r.bad {
			break
		}
		d.records = append(d.records, last)
	}
	d.head = r.b
	return d, r.fault("document")
}

func loadDocument(tx *bbolt.Tx, id string) (document, bool, error) {
	v := bucket(tx, bucketDocuments).Get([]byte(id))
	if v == nil {
		return document{}, false, nil
	}
	d, err := decodeDocument(v)
	return d, true, err
}

func (db *DB) decodeHead(d document) (v kaisei.Version, err error) {
	b, err := db.pack.unpackNoun(d.head)
	if err != nil {
		return v, err
	}
	return v, unmarshal(b, &v)
}

// Latest returns the newest version of a document with its blocks; false where
// the document was never read.
func (db *DB) Latest(document string) (kaisei.Version, bool, error) {
	return db.version(document, 0)
}

// Head returns the newest version of a document without its blocks, which is
// several times cheaper than Latest.
func (db *DB) Head(document string) (v kaisei.Version, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		d, found, err := loadDocument(tx, document)
		if err != nil || !found {
			return err
		}
		ok = true
		v, err = db.decodeHead(d)
		return err
	})
	if err != nil {
		return kaisei.Version{}, false, fmt.Errorf("read latest version of %.200s: %w", document, err)
	}
	return v, ok, nil
}

// Version returns one version of a document with its blocks.
func (db *DB) Version(document string, seq int) (kaisei.Version, bool, error) {
	if seq <= 0 {
		return kaisei.Version{}, false, nil
	}
	return db.version(document, seq)
}

// version returns version seq, or the latest for seq 0.
func (db *DB) version(document string, seq int) (v kaisei.Version, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		d, found, err := loadDocument(tx, document)
		if err != nil || !found || seq > len(d.records) {
			return err
		}
		ok = true
		if seq == 0 {
			seq = len(d.records)
		}
		v, err = db.loadVersion(tx, d.records[seq-1], true)
		return err
	})
	if err != nil {
		return kaisei.Version{}, false, fmt.Errorf("read version %d of %.200s: %w", seq, document, err)
	}
	return v, ok, nil
}

func (db *DB) loadVersion(tx *bbolt.Tx, at uint64, withBlocks bool) (kaisei.Version, error) {
	c, err := db.loadRecord(tx, at, nil)
	if err != nil {
		return kaisei.Version{}, err
	}
	return c.decode(withBlocks)
}

// Versions returns every version of a document, oldest first, without blocks.
func (db *DB) Versions(document string) ([]kaisei.Version, error) {
	var vs []kaisei.Version
	err := db.view(func(tx *bbolt.Tx) error {
		d, found, err := loadDocument(tx, document)
		if err != nil || !found {
			return err
		}
		return db.eachRecord(tx, d, func(c rawRecord) error {
			v, err := c.decode(false)
			vs = append(vs, v)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of %.200s: %w", document, err)
	}
	return vs, nil
}

// eachRecord hands over the records of a document in order, unpacking each once.
func (db *DB) eachRecord(tx *bbolt.Tx, d document, fn func(c rawRecord) error) error {
	m := newMemo()
	for _, at := range d.records {
		c, err := db.loadRecord(tx, at, m)
		if err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

// Documents returns the latest version, without blocks, of each document whose
// ID begins with prefix, sorted by ID. A document that is gone is among them.
func (db *DB) Documents(prefix string) ([]kaisei.Version, error) {
	var vs []kaisei.Version
	err := db.view(func(tx *bbolt.Tx) error {
		c := bucket(tx, bucketDocuments).Cursor()
		for k, v := c.Seek([]byte(prefix)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, v = c.Next() {
			d, err := decodeDocument(v)
			if err != nil {
				return err
			}
			head, err := db.decodeHead(d)
			if err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			vs = append(vs, head)
			db.mapped.read(tx)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	return vs, nil
}

// textHead is how much of a text's hash is in the index; what it finds is compared in full.
const textHead = 8

// textPrefix returns the head of the index key of a text hash, which may be any string.
func textPrefix(textHash string) []byte {
	sum := sha256.Sum256([]byte(textHash))
	return sum[:textHead]
}

// textKeyLen is the length of a key of the index: hash, second, document, address.
const textKeyLen = textHead + 5 + 4 + 6

// textSecond returns the second of an instant so that five bytes hold and sort it, from year 1
// to far beyond 9999.
func textSecond(t time.Time) uint64 {
	const zero = 1 << 37 // seconds before 1970
	return uint64(min(max(t.Unix()+zero, 0), 1<<40-1))
}

// textKey sorts the versions with a text by the second in which they were seen; of those of
// one second the document that was known first comes first.
func textKey(v kaisei.Version, doc uint32, at uint64) []byte {
	k := append(textPrefix(v.TextHash), longKey(textSecond(v.SeenAt))[3:]...)
	k = append(k, numKey(doc)...)
	return append(k, longKey(at)[2:]...) // maxAddress leaves the first two bytes empty
}

// hasText reports whether a version can have a twin: a document that is gone has no text.
func hasText(v kaisei.Version) bool { return v.TextHash != "" && !v.Gone }

// Twin returns the version of another document, without blocks, that was first
// seen with a text, if there is one.
func (db *DB) Twin(textHash, document string) (v kaisei.Version, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		own, _, err := loadDocument(tx, document)
		if err != nil || textHash == "" {
			return err
		}
		prefix := textPrefix(textHash)
		c := bucket(tx, bucketTexts).Cursor()
		for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			if len(k) != textKeyLen {
				return fmt.Errorf("%w: index of texts", ErrDamaged)
			}
			doc := binary.BigEndian.Uint32(k[textHead+5:])
			at := binary.BigEndian.Uint64(append([]byte{0, 0}, k[textHead+9:]...))
			if doc == own.num {
				continue
			}
			found, err := db.loadVersion(tx, at, false)
			if err != nil {
				return err
			}
			if found.TextHash == textHash {
				v, ok = found, true
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return kaisei.Version{}, false, fmt.Errorf("look for the text of %.200s elsewhere: %w", document, err)
	}
	return v, ok, nil
}

// addVersion stores the next version of a document with its change (or nil) and returns
// the address of its record.
func (db *DB) addVersion(tx *bbolt.Tx, v kaisei.Version, change *kaisei.Change) (uint64, error) {
	documents := bucket(tx, bucketDocuments)
	d, found, err := loadDocument(tx, v.Document)
	if err != nil {
		return 0, err
	}
	if v.Seq != len(d.records)+1 {
		return 0, fmt.Errorf("%w: version %d of %s cannot follow version %d", ErrConflict, v.Seq, v.Document, len(d.records))
	}
	prev := uint64(0)
	if found {
		prev = d.records[len(d.records)-1]
	} else {
		n, err := documents.NextSequence()
		if err != nil {
			return 0, err
		}
		if n > math.MaxUint32 {
			return 0, errors.New("the store has no document numbers left")
		}
		d.num = uint32(n)
	}
	kept, err := useBodies(tx, v)
	if err != nil {
		return 0, err
	}
	at, err := db.addRecord(tx, prev, record{v, change, kept})
	if err != nil {
		return 0, err
	}
	bare := v
	bare.Blocks = nil
	head, err := marshal(bare)
	if err != nil {
		return 0, err
	}
	d.records, d.head = append(d.records, at), db.pack.packNoun(head)
	err = errors.Join(
		documents.Put([]byte(v.Document), d.encode()),
		count(tx, func(t *tally) {
			t.versions++
			if !found {
				t.documents++
			}
		}),
	)
	if err == nil && hasText(v) {
		err = bucket(tx, bucketTexts).Put(textKey(v, d.num, at), nil)
	}
	return at, err
}

// useBodies makes a version keep the body it was read from, which must be stored, and that of
// the listing that led to it, where that is stored.
func useBodies(tx *bbolt.Tx, v kaisei.Version) (pageKept bool, err error) {
	if v.Snapshot.Hash != "" { // else nothing was fetched for it
		num, ok, err := bodyNumber(tx, v.Snapshot.Hash)
		switch {
		case err != nil:
			return false, err
		case !ok:
			return false, fmt.Errorf("body %s of version %d: %w; it must be saved first", v.Snapshot.Hash, v.Seq, kaisei.ErrNotFound)
		}
		if err := use(tx, num, func(u *uses) { u.versions++ }); err != nil {
			return false, err
		}
	}
	if _, err := hashKey(v.PageHash); err != nil {
		return false, nil
	}
	num, ok, err := bodyNumber(tx, v.PageHash)
	if err != nil || !ok {
		return false, err
	}
	return true, use(tx, num, func(u *uses) { u.versions++ })
}
