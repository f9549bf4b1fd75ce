package bolt

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Seen returns what a source last saw at a URL.
func (db *DB) Seen(source, url string) (kaisei.Seen, bool, error) {
	s, ok, err := get[kaisei.Seen](db, bucketSeen, source+separator+url)
	if err != nil {
		return s, false, fmt.Errorf("read what %.200s saw at %.200s: %w", source, url, err)
	}
	return s, ok, nil
}

// saveSeen stores what a source saw under the URL that s names, or else the look's.
func saveSeen(tx *bbolt.Tx, source, url string, s kaisei.Seen) error {
	if s.URL == "" {
		s.URL = url
	}
	if err := checkID("URL seen", s.URL); err != nil {
		return err
	}
	utc(&s.At, &s.Full, &s.Again, &s.Pending.Since)
	s.Pending.Shown = slices.Clone(s.Pending.Shown)
	for i := range s.Pending.Shown {
		utc(&s.Pending.Shown[i].At)
	}
	return put(tx, bucketSeen, source+separator+s.URL, s)
}
