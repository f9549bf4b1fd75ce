package bolt

import (
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"math"
	"sort"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// ledger is the looks of one source: numbered closed pages and the open one.
type ledger struct {
	num  uint32
	next uint32 // number of the open page
	open page
}

func (l *ledger) encode() []byte {
	return append(pairKey(l.num, l.next), l.open.encode()...)
}

func loadLedger(tx *bbolt.Tx, source string) (ledger, bool, error) {
	v := bucket(tx, bucketLedgers).Get([]byte(source))
	if v == nil {
		return ledger{}, false, nil
	}
	l, err := decodeLedger(source, v)
	return l, true, err
}

func decodeLedger(source string, v []byte) (ledger, error) {
	r := reader{b: v}
	l := ledger{num: r.num(), next: r.num()}
	if err := r.fault("ledger"); err != nil {
		return l, err
	}
	var err error
	l.open, err = decodePage(source, r.b)
	return l, err
}

// AppendLook adds a look that commits nothing else to the ledger.
func (db *DB) AppendLook(l kaisei.Look) error {
	if err := db.update(func(tx *bbolt.Tx) error { return db.appendLooks(tx, l.Source, []kaisei.Look{l}) }); err != nil {
		return fmt.Errorf("append look at %.200s of %.200s: %w", l.URL, l.Source, err)
	}
	return nil
}

// appendLooks adds looks of one source, in their order.
func (db *DB) appendLooks(tx *bbolt.Tx, source string, looks []kaisei.Look) error {
	if err := checkID("source ID", source); err != nil {
		return err
	}
	ledgers := bucket(tx, bucketLedgers)
	g, ok, err := loadLedger(tx, source)
	if err != nil {
		return err
	}
	if !ok {
		n, err := ledgers.NextSequence()
		if err != nil {
			return err
		}
		if n > math.MaxUint32 {
			return errors.New("the store has no ledger numbers left")
		}
		g.num = uint32(n)
	}
	var newest int64
	var v []byte
	for _, l := range looks {
		utc(&l.At)
		newest = max(newest, l.At.Unix())
		g.open.add(l)
		v = g.encode()
		if !g.open.full() {
			continue
		}
		if err := dense(tx, bucketPages).Put(pairKey(g.num, g.next), g.open.encodeClosed(db.pack)); err != nil {
			return err
		}
		g.next++
		g.open = page{running: g.open.running}
		v = g.encode()
	}
	return errors.Join(
		ledgers.Put([]byte(source), v),
		count(tx, func(t *tally) { t.looks += int64(len(looks)); t.newest = max(t.newest, newest) }),
	)
}

// Looks returns the looks of a source ("" means of all) since an instant, newest
// first, at most limit of them; 0 means all.
func (db *DB) Looks(source string, since time.Time, limit int) ([]kaisei.Look, error) {
	var found []kaisei.Look
	err := db.viewAll(func(tx *bbolt.Tx) error {
		var cs cursors
		err := eachLedger(tx, source, func(source string, g ledger) error {
			c, err := newCursor(tx, source, g)
			if err != nil {
				return err
			}
			cs = append(cs, c)
			return c.settle(tx, db.pack)
		})
		if err != nil {
			return err
		}
		heap.Init(&cs)
		for len(cs) > 0 && (limit <= 0 || len(found) < limit) {
			c := cs[0]
			l, ok := c.top()
			if !ok || l.At.Before(since) {
				return nil // the newest of what is left
			}
			found = append(found, l)
			c.pop()
			if err := c.settle(tx, db.pack); err != nil {
				return err
			}
			heap.Fix(&cs, 0)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read looks: %w", err)
	}
	return found, nil
}

func eachLedger(tx *bbolt.Tx, source string, fn func(source string, g ledger) error) error {
	if source != "" {
		g, ok, err := loadLedger(tx, source)
		if err != nil || !ok {
			return err
		}
		return fn(source, g)
	}
	return bucket(tx, bucketLedgers).ForEach(func(k, v []byte) error {
		g, err := decodeLedger(string(k), v)
		if err != nil {
			return err
		}
		return fn(string(k), g)
	})
}

// cursor walks the looks of one source from the newest. They were appended nearly in the order
// of their times: looks holds what was read and not handed over, by time, and no look of the
// pages not read yet is later than bound.
type cursor struct {
	source string
	looks  []kaisei.Look
	// key and closed are the newest page not read yet; closed is nil after the last.
	key, closed []byte
	bound       time.Time
}

func newCursor(tx *bbolt.Tx, source string, g ledger) (*cursor, error) {
	c := &cursor{source: source, looks: g.open.looks}
	c.sort()
	return c, c.find(tx, pairKey(g.num, g.next))
}

func (c *cursor) sort() {
	sort.SliceStable(c.looks, func(i, j int) bool { return c.looks[i].At.Before(c.looks[j].At) })
}

// find makes the page before key the next to be read.
func (c *cursor) find(tx *bbolt.Tx, key []byte) error {
	k, v := seekBefore(bucket(tx, bucketPages).Cursor(), key)
	if c.key, c.closed = k, nil; len(k) == len(key) && bytes.Equal(k[:4], key[:4]) {
		p, err := closedBounds(v)
		c.closed, c.bound = v, p.running
		return err
	}
	return nil
}

// settle reads pages until the last of looks is the newest that is left.
func (c *cursor) settle(tx *bbolt.Tx, z *packer) error {
	for c.closed != nil {
		if l, ok := c.top(); ok && !l.At.Before(c.bound) {
			return nil
		}
		p, err := decodeClosed(c.source, z, c.closed)
		if err != nil {
			return err
		}
		c.looks = append(p.looks, c.looks...)
		c.sort()
		if err := c.find(tx, c.key); err != nil {
			return err
		}
	}
	return nil
}

func (c *cursor) top() (kaisei.Look, bool) {
	if len(c.looks) == 0 {
		return kaisei.Look{}, false
	}
	return c.looks[len(c.looks)-1], true
}

func (c *cursor) pop() { c.looks = c.looks[:len(c.looks)-1] }

// seekBefore returns the last entry with a key before k.
func seekBefore(c *bbolt.Cursor, k []byte) (key, value []byte) {
	if at, _ := c.Seek(k); at == nil {
		return c.Last()
	}
	return c.Prev()
}

// cursors is a heap whose first cursor has the newest look; cursors without one come last.
type cursors []*cursor

func (cs cursors) Len() int      { return len(cs) }
func (cs cursors) Swap(i, j int) { cs[i], cs[j] = cs[j], cs[i] }
func (cs cursors) Less(i, j int) bool {
	a, ok := cs[i].top()
	if !ok {
		return false
	}
	b, ok := cs[j].top()
	return !ok || a.At.After(b.At) || a.At.Equal(b.At) && cs[i].source < cs[j].source
}

// Push and Pop are of heap.Interface; cursors stay to the end.
func (cs *cursors) Push(x any) { *cs = append(*cs, x.(*cursor)) }
func (cs *cursors) Pop() any {
	old := *cs
	last := old[len(old)-1]
	*cs = old[:len(old)-1]
	return last
}
