package bolt

import (
	"cmp"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Seen returns what a source last saw at a URL.
func (db *DB) Seen(source, url string) (kaisei.Seen, bool, error) {
	key := seenKey(source, url)
	if s, ok := find(&db.quiet, seenOf, key); ok {
		return s, true, nil
	}
	s, ok, err := get[kaisei.Seen](db, bucketSeen, key)
	if err != nil {
		return s, false, fmt.Errorf("read what %.200s saw at %.200s: %w", source, url, err)
	}
	return s, ok, nil
}

// saveSeen stores what a source saw under the URL that s names, or else the look's.
func saveSeen(tx *bbolt.Tx, source, url string, s kaisei.Seen) error {
	s, err := seenAt(url, s)
	if err != nil {
		return err
	}
	return put(tx, bucketSeen, seenKey(source, s.URL), s)
}

func seenKey(source, url string) string { return source + separator + url }

// seenAt returns s as it is stored, under the URL of the look where it names none.
func seenAt(url string, s kaisei.Seen) (kaisei.Seen, error) {
	s.URL = cmp.Or(s.URL, url)
	utc(&s.At, &s.Full, &s.Again, &s.Learned, &s.Pending.Since)
	s.Pending.Shown = slices.Clone(s.Pending.Shown)
	for i := range s.Pending.Shown {
		utc(&s.Pending.Shown[i].At)
	}
	return s, checkID("URL seen", s.URL)
}
