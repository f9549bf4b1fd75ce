package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// Mark returns a named cursor, such as the last run of a schedule.
func (db *DB) Mark(name string) (value string, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		v := bucket(tx, bucketMarks).Get([]byte(name))
		value, ok = string(v), v != nil
		return nil
	})
	if err != nil {
		return "", false, fmt.Errorf("read mark %.200s: %w", name, err)
	}
	return value, ok, nil
}

// SetMark sets a named cursor. Marks that must agree with deliveries are set by Enqueue.
func (db *DB) SetMark(name, value string) error {
	if err := db.update(func(tx *bbolt.Tx) error { return setMark(tx, name, value) }); err != nil {
		return fmt.Errorf("set mark %.200s: %w", name, err)
	}
	return nil
}

func setMark(tx *bbolt.Tx, name, value string) error {
	if err := checkID("name of a mark", name); err != nil {
		return err
	}
	return bucket(tx, bucketMarks).Put([]byte(name), []byte(value))
}
