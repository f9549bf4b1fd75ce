package bolt

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Rule appends a ruling and stores with it the leads, versions, changes and deliveries that it
// makes, or nothing. It returns what it stored: the ruling and the changes have their numbers.
// The versions follow the rules of Commit; where one is not the next of its document the error wraps
// ErrConflict, because somebody committed after the ruling was worked out.
func (db *DB) Rule(c kaisei.RulingCommit) (kaisei.RulingCommit, error) {
	stored := c
	stored.Steps = nil
	err := db.update(func(tx *bbolt.Tx) error {
		if err := checkID("document ID", c.Ruling.Document); err != nil {
			return err
		}
		if c.Ruling.Other != "" {
			if err := checkID("ID of the other document", c.Ruling.Other); err != nil {
				return err
			}
		}
		utc(&stored.Ruling.At)
		rulings := dense(tx, bucketRulings)
		n, err := rulings.NextSequence()
		if err != nil {
			return err
		}
		stored.Ruling.Number = n
		b, err := marshal(stored.Ruling)
		if err != nil {
			return err
		}
		if err := rulings.Put(longKey(n), b); err != nil {
			return err
		}
		if err := saveLeads(tx, c.Leads); err != nil {
			return err
		}
		for _, s := range c.Steps {
			change, err := db.commitHistory(tx, &s.Version, s.Change)
			if err != nil {
				return err
			}
			if s.Change != nil {
				s.Change = &change
			}
			stored.Steps = append(stored.Steps, s)
		}
		return db.insertDeliveries(tx, c.Deliveries)
	})
	if err != nil {
		return kaisei.RulingCommit{}, fmt.Errorf("store the ruling on %.200s: %w", c.Ruling.Document, err)
	}
	return stored, nil
}

// Rulings returns the rulings that concern a document, or all for "", in the order in which they
// were made.
func (db *DB) Rulings(document string) ([]kaisei.Ruling, error) {
	all, err := list[kaisei.Ruling](db, bucketRulings, "")
	if err != nil {
		return nil, fmt.Errorf("read rulings: %w", err)
	}
	if document == "" {
		return all, nil
	}
	var out []kaisei.Ruling
	for _, r := range all {
		if r.Concerns(document) {
			out = append(out, r)
		}
	}
	return out, nil
}

// checkRulings finds rulings that are missing, misnumbered or name nothing: they are only ever
// appended, so the bucket's own counter says how many there are.
func (c *checker) checkRulings() error {
	n := uint64(0)
	err := c.each(bucketRulings, func(k, v []byte) error {
		n++
		var r kaisei.Ruling
		if err := unmarshal(v, &r); err != nil {
			return err
		}
		if r.Number != n || !bytes.Equal(k, longKey(n)) {
			return fmt.Errorf("%w: ruling %d stands where number %d is expected", ErrDamaged, r.Number, n)
		}
		return checkID("document ID", r.Document)
	})
	if made := bucket(c.tx, bucketRulings).Sequence(); made != n {
		c.add("%d rulings were made and %d are stored", made, n)
	}
	return err
}
