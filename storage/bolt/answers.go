package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Answer appends an answer of a change that is stored and returns it with its number. One that says
// again what stands is not appended: recorded is false, and what is returned is the one that stands (see
// kaisei.Answer.Repeats). A change that is not stored is kaisei.ErrNotFound.
func (db *DB) Answer(a kaisei.Answer) (stored kaisei.Answer, recorded bool, err error) {
	err = db.update(func(tx *bbolt.Tx) error {
		stored, recorded, err = db.addAnswer(tx, a)
		return err
	})
	if err != nil {
		return kaisei.Answer{}, false, fmt.Errorf("store the answer to %.200s: %w", a.Change, err)
	}
	return stored, recorded, nil
}

func (db *DB) addAnswer(tx *bbolt.Tx, a kaisei.Answer) (stored kaisei.Answer, recorded bool, err error) {
	if err := a.Check(); err != nil {
		return a, false, err
	}
	c, ok, err := db.findChange(tx, a.Change)
	if err != nil {
		return a, false, err
	}
	if !ok {
		return a, false, kaisei.ErrNotFound
	}
	before, err := answersOf(tx, c.Number)
	if err != nil {
		return a, false, err
	}
	if same, repeats := a.Repeats(before); repeats {
		return same, false, nil
	}
	answers := dense(tx, bucketAnswers)
	if a.Number, err = answers.NextSequence(); err != nil {
		return a, false, err
	}
	utc(&a.At)
	b, err := marshal(a)
	if err != nil {
		return a, false, err
	}
	if err := answers.Put(longKey(a.Number), b); err != nil {
		return a, false, err
	}
	return a, true, bucket(tx, bucketAnswered).Put(answeredKey(c.Number, a.Number), nil)
}

// answeredKey is the number of the change and the number of the answer.
func answeredKey(change, number uint64) []byte {
	return binary.BigEndian.AppendUint64(longKey(change), number)
}

// answersOf returns the answers of a change by its number, oldest first.
func answersOf(tx *bbolt.Tx, change uint64) (out []kaisei.Answer, err error) {
	prefix := longKey(change)
	c := bucket(tx, bucketAnswered).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		v := bucket(tx, bucketAnswers).Get(k[len(prefix):])
		if v == nil {
			return nil, fmt.Errorf("%w: the answer of an index entry is missing", ErrDamaged)
		}
		var a kaisei.Answer
		if err := unmarshal(v, &a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// Answers returns the answers of a change, or those of all changes for "", that were given since an
// instant, in the order in which they were given.
func (db *DB) Answers(change string, since time.Time) (out []kaisei.Answer, err error) {
	if change == "" {
		out, err = list[kaisei.Answer](db, bucketAnswers, "")
	} else {
		err = db.view(func(tx *bbolt.Tx) error {
			c, ok, err := db.findChange(tx, change)
			if err != nil || !ok {
				return err
			}
			out, err = answersOf(tx, c.Number)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	kept := out[:0]
	for _, a := range out {
		if !a.At.Before(since) {
			kept = append(kept, a)
		}
	}
	return kept, nil
}

// checkAnswers finds answers that are missing, misnumbered or of no change: they are only ever appended,
// so the bucket's own counter says how many there are.
func (c *checker) checkAnswers() error {
	n := uint64(0)
	err := c.each(bucketAnswers, func(k, v []byte) error {
		n++
		var a kaisei.Answer
		if err := unmarshal(v, &a); err != nil {
			return err
		}
		if a.Number != n || !bytes.Equal(k, longKey(n)) {
			return fmt.Errorf("%w: answer %d stands where number %d is expected", ErrDamaged, a.Number, n)
		}
		change, ok, err := c.db.findChange(c.tx, a.Change)
		if err != nil || !ok {
			return fmt.Errorf("%w: answer %d is of the change %.200s, which is not stored", ErrDamaged, n, a.Change)
		}
		if key, _ := bucket(c.tx, bucketAnswered).Cursor().Seek(answeredKey(change.Number, n)); !bytes.Equal(key, answeredKey(change.Number, n)) {
			return fmt.Errorf("%w: answer %d is not listed with its change %.200s", ErrDamaged, n, a.Change)
		}
		return nil
	})
	if made := bucket(c.tx, bucketAnswers).Sequence(); made != n {
		c.add("%d answers were given and %d are stored", made, n)
	}
	if listed := keys(c.tx, bucketAnswered); uint64(listed) != n {
		c.add("%d answers are stored and %d are listed with changes", n, listed)
	}
	return err
}
