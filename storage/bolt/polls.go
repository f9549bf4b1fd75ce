package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Poll returns the schedule state of a source.
func (db *DB) Poll(source string) (kaisei.Poll, bool, error) {
	if p, ok := find(&db.quiet, pollsOf, source); ok {
		return p, true, nil
	}
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
		p = pollUTC(p)
		err = db.update(func(tx *bbolt.Tx) error { return put(tx, bucketPolls, p.Source, p) })
	}
	if err != nil {
		return fmt.Errorf("save poll of %.200s: %w", p.Source, err)
	}
	return nil
}

func pollUTC(p kaisei.Poll) kaisei.Poll {
	utc(&p.LastLook, &p.LastGood, &p.NextLook, &p.LastChange, &p.FirstGood, &p.Again)
	return p
}

// Polls returns the schedule state of every source, sorted by source.
func (db *DB) Polls() ([]kaisei.Poll, error) {
	if err := db.Flush(); err != nil {
		return nil, err
	}
	ps, err := list[kaisei.Poll](db, bucketPolls, "")
	if err != nil {
		return nil, fmt.Errorf("read polls: %w", err)
	}
	return ps, nil
}
