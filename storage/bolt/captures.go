package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Captures returns what is known of the answers that were listings of a source and whose bodies are kept, sorted by
// address. What versions hold is not among them.
func (db *DB) Captures(source string) ([]kaisei.Snapshot, error) {
	list, err := list[kaisei.Snapshot](db, bucketCaptures, source+separator)
	if err != nil {
		return nil, fmt.Errorf("read captures of %.200s: %w", source, err)
	}
	return list, nil
}

func captureKey(source, url, hash string) []byte {
	return []byte(source + separator + url + separator + hash)
}

func saveSnapshot(tx *bbolt.Tx, source string, s kaisei.Snapshot) error {
	if err := checkID("source ID", source); err != nil {
		return err
	}
	if err := checkID("URL", s.URL); err != nil {
		return err
	}
	if _, err := hashKey(s.Hash); err != nil {
		return err
	}
	utc(&s.At)
	return put(tx, bucketCaptures, string(captureKey(source, s.URL, s.Hash)), s)
}
