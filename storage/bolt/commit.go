package bolt

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Commit stores all that one look leaves behind, or nothing: the look, the new
// version, its change with the next number, the deliveries (those whose ID is
// stored already are left as they are), what was seen at the URL, what the source
// showed, and the end of a body that nothing refers to. It returns the change as stored, the zero Change
// where there is none.
//
// The version must be the next one of its document and its body saved before;
// an error that wraps ErrConflict means that somebody else committed first.
// A document's first version may come without a change, and a change without a
// version. Look.Change is filled in where it is empty.
func (db *DB) Commit(c kaisei.Commit) (kaisei.Change, error) {
	var stored kaisei.Change
	err := db.update(func(tx *bbolt.Tx) (err error) {
		stored, err = db.commit(tx, c)
		return err
	})
	if err != nil {
		return kaisei.Change{}, fmt.Errorf("commit look at %.200s of %.200s: %w", c.Look.URL, c.Look.Source, err)
	}
	return stored, nil
}

func (db *DB) commit(tx *bbolt.Tx, c kaisei.Commit) (stored kaisei.Change, err error) {
	if stored, err = db.commitHistory(tx, c.Version, c.Change); err != nil {
		return stored, err
	}
	look := c.Look
	if look != (kaisei.Look{}) || c.Change == nil || c.Version != nil {
		if look.Change == "" {
			look.Change = stored.ID
		}
		if err := db.appendLooks(tx, look.Source, []kaisei.Look{look}); err != nil {
			return stored, err
		}
	}
	if err := db.insertDeliveries(tx, c.Deliveries); err != nil {
		return stored, err
	}
	if c.Seen != nil {
		if err := saveSeen(tx, look.Source, look.URL, *c.Seen); err != nil {
			return stored, err
		}
	}
	if c.Sightings != nil {
		if err := saveSightings(tx, *c.Sightings); err != nil {
			return stored, err
		}
	}
	if c.Capture != nil {
		if err := saveSnapshot(tx, look.Source, *c.Capture); err != nil {
			return stored, err
		}
	}
	if c.Drop != "" {
		var dropped bool
		if dropped, err = dropBody(tx, c.Drop); dropped && err == nil {
			err = bucket(tx, bucketCaptures).Delete(captureKey(look.Source, look.URL, c.Drop))
		}
	}
	return stored, err
}

// commitHistory appends a version with its change; either may be nil.
func (db *DB) commitHistory(tx *bbolt.Tx, version *kaisei.Version, change *kaisei.Change) (stored kaisei.Change, err error) {
	var record uint64
	if change != nil {
		if stored, err = db.number(tx, *change, version); err != nil {
			return stored, err
		}
	}
	if version != nil {
		v := *version
		if err := checkID("document ID", v.Document); err != nil {
			return stored, err
		}
		utc(&v.SeenAt, &v.Snapshot.At, &v.Dates.Deadline)
		held := &stored
		if change == nil {
			held = nil
		}
		if record, err = db.addVersion(tx, v, held); err != nil {
			return stored, err
		}
	}
	if change != nil {
		err = db.addChange(tx, stored, version, record)
	}
	return stored, err
}

// number returns the change as it will be stored: with the next number and in UTC.
func (db *DB) number(tx *bbolt.Tx, c kaisei.Change, v *kaisei.Version) (kaisei.Change, error) {
	if err := checkID("change ID", c.ID); err != nil {
		return c, err
	}
	if v != nil && c.Document != v.Document {
		return c, fmt.Errorf("change %s is of document %q, its version of %q", c.ID, c.Document, v.Document)
	}
	if _, ok, err := db.findChange(tx, c.ID); err != nil {
		return c, err
	} else if ok {
		return c, fmt.Errorf("%w: change %s exists", ErrConflict, c.ID)
	}
	c.Number = lastNumber(tx) + 1
	utc(&c.SeenAt, &c.Dates.Deadline)
	c.Dates.Effective = slices.Clone(c.Dates.Effective)
	return c, nil
}
