package bolt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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

// Noise returns what is and was set aside at the addresses of a source ("" means of all), and what waits
// there, by source and address.
func (db *DB) Noise(source string) ([]kaisei.PageNoise, error) {
	if err := db.Flush(); err != nil {
		return nil, err
	}
	prefix := ""
	if source != "" {
		prefix = source + separator
	}
	var out []kaisei.PageNoise
	err := db.view(func(tx *bbolt.Tx) error {
		c := bucket(tx, bucketSeen).Cursor()
		for k, b := c.Seek([]byte(prefix)); k != nil && hasPrefix(k, prefix); k, b = c.Next() {
			var s kaisei.Seen
			if err := unmarshal(b, &s); err != nil {
				return err
			}
			of, _, _ := strings.Cut(string(k), separator)
			if len(s.Spots)+len(s.Aside) > 0 || s.Pending.Waits() {
				out = append(out, kaisei.PageNoise{Source: of, URL: s.URL, Learned: s.Learned, Spots: s.Spots, Aside: s.Aside, Pending: s.Pending})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the noise of %.200s: %w", source, err)
	}
	return out, nil
}

// ForgetNoise forgets what was learned of an address and what was set aside there, and reports whether there was
// anything. The next look compares the page with the latest version as if it had never been learned.
func (db *DB) ForgetNoise(source, url string) (forgot bool, err error) {
	if err := db.Flush(); err != nil {
		return false, err
	}
	s, ok, err := db.Seen(source, url)
	if err != nil || !ok || len(s.Spots)+len(s.Aside) == 0 {
		return false, err
	}
	s.Spots, s.Aside, s.Learned, s.Learning = nil, nil, time.Time{}, 0
	// Validators are of bytes that were not told: the next look reads them.
	s.ETag, s.LastModified, s.Hash = "", "", ""
	if err := db.update(func(tx *bbolt.Tx) error { return saveSeen(tx, source, url, s) }); err != nil {
		return false, fmt.Errorf("forget the noise of %.200s: %w", url, err)
	}
	return true, nil
}
