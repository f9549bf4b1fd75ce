package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Rejudge appends judgements of changes that are stored, all or none, and returns them with their
// numbers. The changes stay as they were told. A change that is not stored is
// kaisei.ErrNotFound. Deliveries, which correct what was told, are inserted in the same transaction.
func (db *DB) Rejudge(js []kaisei.Judgement, ds []kaisei.Delivery) ([]kaisei.Judgement, error) {
	stored := slices.Clone(js)
	err := db.update(func(tx *bbolt.Tx) error {
		for i := range stored {
			if err := db.addJudgement(tx, &stored[i]); err != nil {
				return fmt.Errorf("change %.200s: %w", stored[i].Change, err)
			}
		}
		return db.insertDeliveries(tx, ds)
	})
	if err != nil {
		return nil, fmt.Errorf("store judgements: %w", err)
	}
	return stored, nil
}

func (db *DB) addJudgement(tx *bbolt.Tx, j *kaisei.Judgement) error {
	c, ok, err := db.findChange(tx, j.Change)
	if err != nil {
		return err
	}
	if !ok {
		return kaisei.ErrNotFound
	}
	judgements := bucket(tx, bucketJudgements)
	if j.Number, err = judgements.NextSequence(); err != nil {
		return err
	}
	utc(&j.At, &j.Dates.Deadline)
	b, err := marshal(*j)
	if err != nil {
		return err
	}
	return judgements.Put(judgementKey(c.Number, j.Number), db.pack.packNoun(b))
}

// judgementKey is the number of the change and the number of the judgement, so that the judgements of
// a change stand together in the order in which they were made.
func judgementKey(change, number uint64) []byte {
	return binary.BigEndian.AppendUint64(longKey(change), number)
}

// Judgements returns the later judgements of a change, oldest first, or those of all changes for "",
// in the order of the changes.
func (db *DB) Judgements(change string) ([]kaisei.Judgement, error) {
	var out []kaisei.Judgement
	err := db.view(func(tx *bbolt.Tx) error {
		var prefix []byte
		if change != "" {
			c, ok, err := db.findChange(tx, change)
			if err != nil || !ok {
				return err
			}
			prefix = longKey(c.Number)
		}
		cursor := bucket(tx, bucketJudgements).Cursor()
		for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix) && k != nil; k, v = cursor.Next() {
			j, err := db.decodeJudgement(v)
			if err != nil {
				return err
			}
			out = append(out, j)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read judgements: %w", err)
	}
	return out, nil
}

func (db *DB) decodeJudgement(v []byte) (j kaisei.Judgement, err error) {
	b, err := db.pack.unpackNoun(v)
	if err != nil {
		return j, err
	}
	return j, unmarshal(b, &j)
}

// checkJudgements finds judgements that are missing, misnumbered or of no change: they are only ever
// appended, so the bucket's own counter says how many there are.
func (c *checker) checkJudgements() error {
	n := uint64(0)
	err := c.each(bucketJudgements, func(k, v []byte) error {
		n++
		j, err := c.db.decodeJudgement(v)
		if err != nil {
			return err
		}
		change, ok, err := c.db.findChange(c.tx, j.Change)
		if err != nil || !ok {
			return fmt.Errorf("%w: judgement %d is of the change %.200s, which is not stored", ErrDamaged, j.Number, j.Change)
		}
		if !bytes.Equal(k, judgementKey(change.Number, j.Number)) {
			return fmt.Errorf("%w: judgement %d of %s stands under another number", ErrDamaged, j.Number, j.Change)
		}
		return nil
	})
	if made := bucket(c.tx, bucketJudgements).Sequence(); made != n {
		c.add("%d judgements were made and %d are stored", made, n)
	}
	return err
}
