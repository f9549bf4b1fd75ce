package bolt

import (
	"fmt"
	"maps"
	"sync"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// quiet holds looks that found nothing, with what they saw and the schedule states after them,
// until the next transaction takes them along. Reads see them at once; what a crash loses of
// them is only that a look was made, and it is made again.
type quiet struct {
	mu sync.RWMutex
	// next is what no transaction took yet, writing what the one under way writes.
	next, writing batch
}

type batch struct {
	looks []kaisei.Look
	seen  map[string]kaisei.Seen // by key of the bucket
	polls map[string]kaisei.Poll // by source
}

func (b *batch) empty() bool { return len(b.looks)+len(b.seen)+len(b.polls) == 0 }

// maxQuiet bounds what waits, so that a store that nobody flushes holds little memory.
const maxQuiet = 1024

// CommitQuiet is Commit for a look that found nothing: it keeps only c.Look and c.Seen, and keeps
// them in memory until the next change of the store, Flush or Close writes them. Every read sees
// them at once. A crash before that loses the look, as if it had not been made; validators must
// therefore belong to a version that is committed.
func (db *DB) CommitQuiet(c kaisei.Commit) error {
	if err := db.commitQuiet(c); err != nil {
		return fmt.Errorf("keep look at %.200s of %.200s: %w", c.Look.URL, c.Look.Source, err)
	}
	return db.flushBeyond(maxQuiet)
}

func (db *DB) commitQuiet(c kaisei.Commit) error {
	if c.Version != nil || c.Change != nil || len(c.Deliveries) > 0 || c.Drop != "" {
		return fmt.Errorf("it is not quiet")
	}
	if err := checkID("source ID", c.Look.Source); err != nil {
		return err
	}
	utc(&c.Look.At)
	if c.Seen == nil {
		db.quiet.add(func(b *batch) { b.looks = append(b.looks, c.Look) })
		return nil
	}
	seen, err := seenAt(c.Look.URL, *c.Seen)
	if err != nil {
		return err
	}
	db.quiet.add(func(b *batch) {
		b.looks = append(b.looks, c.Look)
		b.seen[seenKey(c.Look.Source, seen.URL)] = seen
	})
	return nil
}

// SavePollQuiet is SavePoll for the state after quiet looks, kept as CommitQuiet keeps them.
func (db *DB) SavePollQuiet(p kaisei.Poll) error {
	if err := checkID("source ID", p.Source); err != nil {
		return fmt.Errorf("save poll of %.200s: %w", p.Source, err)
	}
	p = pollUTC(p)
	db.quiet.add(func(b *batch) { b.polls[p.Source] = p })
	return db.flushBeyond(maxQuiet)
}

// Flush writes what CommitQuiet and SavePollQuiet kept.
func (db *DB) Flush() error { return db.flushBeyond(0) }

// flushBeyond writes what was kept where that is more than n looks.
func (db *DB) flushBeyond(n int) error {
	db.quiet.mu.RLock()
	few := db.quiet.next.empty() || n > 0 && len(db.quiet.next.looks) <= n
	db.quiet.mu.RUnlock()
	if few {
		return nil
	}
	if err := db.update(func(*bbolt.Tx) error { return nil }); err != nil {
		return fmt.Errorf("write quiet looks: %w", err)
	}
	return nil
}

func (q *quiet) add(put func(*batch)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next.seen == nil {
		q.next.seen, q.next.polls = map[string]kaisei.Seen{}, map[string]kaisei.Poll{}
	}
	put(&q.next)
}

// take hands what waits to a transaction. Only one at a time may be under way.
func (q *quiet) take() batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writing, q.next = q.next, batch{}
	return q.writing
}

// settle says that the transaction that took the batch was written, or that the batch waits again.
func (q *quiet) settle(written bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if b := q.writing; !written && !b.empty() {
		b.looks = append(b.looks, q.next.looks...)
		maps.Copy(b.seen, q.next.seen)
		maps.Copy(b.polls, q.next.polls)
		q.next = b
	}
	q.writing = batch{}
}

// find looks for what is not written yet.
func find[T any](q *quiet, in func(*batch) map[string]T, key string) (v T, ok bool) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if v, ok = in(&q.next)[key]; ok {
		return v, ok
	}
	v, ok = in(&q.writing)[key]
	return v, ok
}

func seenOf(b *batch) map[string]kaisei.Seen  { return b.seen }
func pollsOf(b *batch) map[string]kaisei.Poll { return b.polls }

// writeQuiet writes a batch.
func (db *DB) writeQuiet(tx *bbolt.Tx, b batch) error {
	bySource := map[string][]kaisei.Look{}
	for _, l := range b.looks {
		bySource[l.Source] = append(bySource[l.Source], l)
	}
	for source, looks := range bySource {
		if err := db.appendLooks(tx, source, looks); err != nil {
			return err
		}
		db.mapped.read(tx)
	}
	for key, s := range b.seen {
		if err := put(tx, bucketSeen, key, s); err != nil {
			return err
		}
		db.mapped.read(tx)
	}
	for source, p := range b.polls {
		if err := put(tx, bucketPolls, source, p); err != nil {
			return err
		}
		db.mapped.read(tx)
	}
	return nil
}
