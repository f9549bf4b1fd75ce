package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Poll returns the schedule state of a source.
func (db *DB) Poll(source string) (kaisei.Poll, bool, error) {
	p, ok, err := get[kaisei.Poll](db, bucketPolls, source)
	if err != nil {
		return p, false, fmt.Errorf("read poll of %.200s: %w", source, err)
	}
	return p, ok, nil
}

// SavePoll replaces the schedule state of a source.
func (db *DB) SavePoll(p kaisei.Poll) error {
	err := checkID("source ID", p.Source)
	if err == nil {
		utc(&p.LastLook, &p.LastGood, &p.NextLook, &p.LastChange, &p.FirstGood, &p.Again)
		err = db.update(func(tx *bbolt.Tx) error { return put(tx, bucketPolls, p.Source, p) })
	}
	if err != nil {
		return fmt.Errorf("save poll of %.200s: %w", p.Source, err)
	}
	return nil
}

// Polls returns the schedule state of every source, sorted by source.
func (db *DB) Polls() ([]kaisei.Poll, error) {
	ps, err := list[kaisei.Poll](db, bucketPolls, "")
	if err != nil {
		return nil, fmt.Errorf("read polls: %w", err)
	}
	return ps, nil
}
