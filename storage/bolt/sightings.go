package bolt

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Sightings returns what a source is known to have shown. The answer names the source and is empty
// where nothing was kept.
func (db *DB) Sightings(source string) (kaisei.Sightings, error) {
	s, ok, err := get[kaisei.Sightings](db, bucketSightings, source)
	if err != nil {
		return s, fmt.Errorf("read what %.200s showed: %w", source, err)
	}
	if !ok {
		s.Source = source
	}
	return s, nil
}

// SaveSightings replaces what a source is known to have shown.
func (db *DB) SaveSightings(s kaisei.Sightings) error {
	if err := db.update(func(tx *bbolt.Tx) error { return saveSightings(tx, s) }); err != nil {
		return fmt.Errorf("keep what %.200s showed: %w", s.Source, err)
	}
	return nil
}

func saveSightings(tx *bbolt.Tx, s kaisei.Sightings) error {
	if err := checkID("source ID", s.Source); err != nil {
		return err
	}
	s.Items, s.Gaps = slices.Clone(s.Items), slices.Clone(s.Gaps)
	for i := range s.Items {
		utc(&s.Items[i].First, &s.Items[i].Gone)
	}
	for i := range s.Gaps {
		utc(&s.Gaps[i].From, &s.Gaps[i].To, &s.Gaps[i].Filled, &s.Gaps[i].Told)
	}
	return put(tx, bucketSightings, s.Source, s)
}
