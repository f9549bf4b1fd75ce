package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Leads returns what a source, or every source for "", is known to have offered, sorted by source
// and document.
func (db *DB) Leads(source string) ([]kaisei.Lead, error) {
	prefix := ""
	if source != "" {
		prefix = source + separator
	}
	ls, err := list[kaisei.Lead](db, bucketLeads, prefix)
	if err != nil {
		return nil, fmt.Errorf("read leads of %.200s: %w", source, err)
	}
	return ls, nil
}

// SaveLeads stores leads in one transaction, each in place of the one of the same
// source and document.
func (db *DB) SaveLeads(leads []kaisei.Lead) error {
	if len(leads) == 0 {
		return nil
	}
	if err := db.update(func(tx *bbolt.Tx) error { return saveLeads(tx, leads) }); err != nil {
		return fmt.Errorf("save leads of %.200s: %w", leads[0].Source, err)
	}
	return nil
}

func saveLeads(tx *bbolt.Tx, leads []kaisei.Lead) error {
	for _, l := range leads {
		if err := checkID("source ID", l.Source); err != nil {
			return err
		}
		if err := checkID("document ID", l.Document); err != nil {
			return err
		}
		utc(&l.FirstSeen, &l.Dropped)
		if err := put(tx, bucketLeads, l.Source+separator+l.Document, l); err != nil {
			return err
		}
	}
	return nil
}
