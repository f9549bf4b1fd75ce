package bolt

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

const (
	// keepUnused is how long a body that no version names is kept after it was last captured: the
	// evidence of a look that died before its commit.
	keepUnused = 7 * 24 * time.Hour
	// pruneStep is how many pages of a ledger, or bodies, are pruned in one transaction, so that
	// the walk is not kept waiting.
	pruneStep = 500
)

// keepSeen is how long what was seen at an address is kept after the last look there, where no lead of the
// source names the address any more: pages can link on under ever new addresses.
const keepSeen = 30 * 24 * time.Hour

// Prune deletes the looks from before an instant, and returns how many. It also
// deletes bodies that no version came to name and that were last captured a week
// or more before the newest evidence of the store. The file does not shrink: the
// space is used again, or regained by Compact.
func (db *DB) Prune(looksBefore time.Time) (int, error) {
	n, err := db.pruneLooks(looksBefore)
	if err != nil {
		return n, fmt.Errorf("prune looks: %w", err)
	}
	for {
		swept, err := db.sweepBodies()
		if err != nil {
			return n, fmt.Errorf("prune bodies: %w", err)
		}
		if swept == 0 {
			break
		}
	}
	if err := db.pruneSeen(); err != nil {
		return n, fmt.Errorf("prune what was seen: %w", err)
	}
	return n, nil
}

// pruneSeen deletes, source by source, what was seen long ago at addresses that nothing leads to. Asked for again,
// such an address is read as if it were new, and its text is that of the version it had.
func (db *DB) pruneSeen() error {
	var sources []string
	err := db.view(func(tx *bbolt.Tx) error {
		c := bucket(tx, bucketSeen).Cursor()
		for k, _ := c.First(); k != nil; {
			source, _, _ := bytes.Cut(k, []byte(separator))
			sources = append(sources, string(source))
			k, _ = c.Seek(append(slices.Clone(source), separator[0]+1))
		}
		return nil
	})
	for _, source := range sources {
		if err == nil {
			err = db.update(func(tx *bbolt.Tx) error { return pruneSeenOf(tx, source) })
		}
	}
	return err
}

func pruneSeenOf(tx *bbolt.Tx, source string) error {
	t, err := loadTally(tx)
	if err != nil {
		return err
	}
	before := time.Unix(t.newest, 0).Add(-keepSeen)
	named := map[string]bool{}
	prefix := []byte(source + separator)
	c := bucket(tx, bucketLeads).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var l kaisei.Lead
		if err := unmarshal(v, &l); err != nil {
			return err
		}
		named[l.URL], named[l.Via] = true, true
	}
	var old [][]byte
	c = bucket(tx, bucketSeen).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var s kaisei.Seen
		if err := unmarshal(v, &s); err != nil {
			return err
		}
		if !named[s.URL] && s.At.Before(before) {
			old = append(old, slices.Clone(k))
		}
	}
	for _, k := range old {
		if err := bucket(tx, bucketSeen).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) pruneLooks(before time.Time) (int, error) {
	var sources []string
	err := db.viewAll(func(tx *bbolt.Tx) error {
		return bucket(tx, bucketLedgers).ForEach(func(k, _ []byte) error {
			sources = append(sources, string(k))
			return nil
		})
	})
	total := 0
	for _, source := range sources {
		for from, done := uint32(0), false; err == nil && !done; {
			n := 0
			err = db.update(func(tx *bbolt.Tx) (err error) {
				n, from, done, err = db.pruneLedger(tx, source, before, from)
				return err
			})
			if err == nil {
				total += n
			}
		}
	}
	return total, err
}

// pruneLedger prunes the closed pages of a ledger from page number from on, at
// most pruneStep of them, and after the last of them the open page.
func (db *DB) pruneLedger(tx *bbolt.Tx, source string, before time.Time, from uint32) (n int, next uint32, done bool, err error) {
	g, ok, err := loadLedger(tx, source)
	if err != nil || !ok {
		return 0, from, true, err
	}
	for ; from < g.next; from++ {
		if n >= pruneStep*pageLooks {
			return n, from, false, db.forgetLooks(tx, n)
		}
		gone, err := db.prunePage(tx, source, pairKey(g.num, from), before)
		if err != nil {
			return 0, from, false, err
		}
		n += gone
	}
	if kept := g.open.since(before); len(kept.looks) < len(g.open.looks) {
		n += len(g.open.looks) - len(kept.looks)
		g.open = kept
		if err := bucket(tx, bucketLedgers).Put([]byte(source), g.encode()); err != nil {
			return 0, from, false, err
		}
	}
	return n, from, true, db.forgetLooks(tx, n)
}

func (db *DB) forgetLooks(tx *bbolt.Tx, n int) error {
	if n == 0 {
		return nil
	}
	return count(tx, func(t *tally) { t.looks -= int64(n) })
}

// prunePage prunes one closed page and returns how many looks went.
func (db *DB) prunePage(tx *bbolt.Tx, source string, key []byte, before time.Time) (int, error) {
	pages := bucket(tx, bucketPages)
	v := pages.Get(key)
	if v == nil {
		return 0, nil // pruned earlier
	}
	bounds, err := closedBounds(v)
	if err != nil || !bounds.earliest.Before(before) {
		return 0, err
	}
	p, err := decodeClosed(source, db.pack, v)
	if err != nil {
		return 0, err
	}
	kept := p.since(before)
	if len(kept.looks) == 0 {
		return len(p.looks), pages.Delete(key)
	}
	return len(p.looks) - len(kept.looks), pages.Put(key, kept.encodeClosed(db.pack))
}

// since returns the page without the looks from before an instant. Its running bound stays: it
// may be too late, never too early.
func (p *page) since(before time.Time) page {
	kept := page{running: p.running}
	for _, l := range p.looks {
		if !l.At.Before(before) {
			kept.add(l)
		}
	}
	return kept
}

// sweepBodies deletes some of the unused bodies and returns how many. Deleting one
// may free the body that its frame needed, so it is called until none goes.
func (db *DB) sweepBodies() (swept int, err error) {
	err = db.update(func(tx *bbolt.Tx) error {
		t, err := loadTally(tx)
		if err != nil {
			return err
		}
		nums, err := unusedBodies(tx, t.newest-int64(keepUnused/time.Second))
		if err != nil || len(nums) == 0 {
			return err
		}
		for _, hash := range hashesOf(tx, nums) {
			ok, err := dropBody(tx, hash)
			if err != nil {
				return err
			}
			if ok {
				swept++
			}
		}
		return nil
	})
	return swept, err
}

func unusedBodies(tx *bbolt.Tx, before int64) ([][]byte, error) {
	var nums [][]byte
	c := bucket(tx, bucketUses).Cursor()
	for k, _ := c.First(); k != nil && len(nums) < pruneStep; k, _ = c.Next() {
		r := reader{b: k}
		num := r.num()
		if err := r.end("number of a body"); err != nil {
			return nil, err
		}
		u, err := loadUses(tx, num)
		if err != nil {
			return nil, err
		}
		if u.free() && u.at <= before {
			nums = append(nums, slices.Clone(k))
		}
	}
	return nums, nil
}

// hashesOf finds the hashes of bodies by their numbers, in ascending order.
func hashesOf(tx *bbolt.Tx, nums [][]byte) []string {
	var hashes []string
	c := bucket(tx, bucketHashes).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if _, ok := slices.BinarySearchFunc(nums, v, bytes.Compare); ok {
			hashes = append(hashes, hex.EncodeToString(k))
		}
	}
	return hashes
}
