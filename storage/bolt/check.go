package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// maxFindings is how many faults Check reports: a damaged page makes a fault of everything on it.
const maxFindings = 100

// Check reads the whole store and returns all it finds wrong, joined: faults of
// the file itself, bodies that do not unpack to their hash, versions and changes
// that refer to something that is not stored, indexes and counts that disagree
// with what they index. Nothing is written to the store meanwhile.
func (db *DB) Check() error {
	c := newChecker(db)
	if err := c.run(); err != nil {
		c.add("%w", err)
	}
	if len(c.found) == 0 {
		return nil
	}
	return fmt.Errorf("check %s: %w", db.path, errors.Join(c.found...))
}

// checker collects findings. What it counts on the way is compared with the tally and the
// uses at the end.
type checker struct {
	db    *DB
	tx    *bbolt.Tx
	found []error
	tally tally
	// uses are those counted; bodies known by their hash.
	uses   map[uint32]uses
	bodies map[string]uint32
	texts  int64
	// indexed counts the changes in the index of changes.
	indexed int
	// records are the addresses of the versions found.
	records map[uint64]bool
	// told are the numbers of the changes found with their versions.
	told map[uint64]uint64
}

func newChecker(db *DB) *checker {
	return &checker{db: db, uses: map[uint32]uses{}, bodies: map[string]uint32{}, records: map[uint64]bool{}, told: map[uint64]uint64{}}
}

var errTooMany = fmt.Errorf("there are more than %d faults", maxFindings)

func (c *checker) add(format string, args ...any) {
	c.found = append(c.found, fmt.Errorf(format, args...))
}

// run holds the write lock, because bbolt's own check must not see a writer.
func (c *checker) run() (err error) {
	if err := c.db.Flush(); err != nil {
		return err
	}
	defer caught(debug.SetPanicOnFault(true), &err)
	tx, err := c.db.b.Begin(!c.db.b.IsReadOnly())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	c.tx = tx
	if err := checkTree(c.db.path); err != nil {
		c.add("file: %w", err)
		return nil // reading on could crash
	}
	for err := range tx.Check() {
		if len(c.found) < maxFindings {
			c.add("file: %w", err)
		}
	}
	if len(c.found) > 0 {
		return nil
	}
	return c.read()
}

// read reads every entry.
func (c *checker) read() error {
	for _, part := range []func() error{
		c.checkBodies, c.checkDocuments, c.checkLog, c.checkTexts, c.checkChanges, c.checkDeliveries,
		c.checkLedgers, c.checkNouns, c.checkRulings, c.checkJudgements, c.checkAnswers, c.checkUses, c.checkTally,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// each calls fn for the entries of a bucket; its error is a finding and the walk goes on.
func (c *checker) each(name string, fn func(k, v []byte) error) error {
	return bucket(c.tx, name).ForEach(func(k, v []byte) error {
		if err := fn(k, v); err != nil {
			if c.add("%s: %w", name, err); len(c.found) >= maxFindings {
				return errTooMany
			}
		}
		return nil
	})
}

func (c *checker) checkBodies() error {
	err := c.each(bucketHashes, func(k, v []byte) error {
		hash := hex.EncodeToString(k)
		num, _, err := bodyNumber(c.tx, hash)
		if err != nil {
			return err
		}
		c.bodies[hash] = num
		b, err := loadBody(c.tx, num)
		if err != nil {
			return fmt.Errorf("%s: %w", hash, err)
		}
		c.tally.bodies++
		c.tally.bodyBytes += int64(b.size)
		c.tally.packedBytes += int64(len(b.frame))
		if _, ok := chainParent(b.pos); ok {
			u := c.uses[b.parent]
			u.frames++
			c.uses[b.parent] = u
		}
		raw, err := c.db.rawBody(c.tx, num)
		if err != nil {
			return fmt.Errorf("%s: %w", hash, err)
		}
		if kaisei.Hash(raw) != hash {
			return fmt.Errorf("%s: %w: the bytes have another hash", hash, ErrDamaged)
		}
		return nil
	})
	if n := int64(keys(c.tx, bucketBodies)); n != c.tally.bodies {
		c.add("%d bodies are stored and %d have a hash", n, c.tally.bodies)
	}
	if n := int64(keys(c.tx, bucketUses)); n != c.tally.bodies {
		c.add("%d bodies have a hash and the uses of %d are stored", c.tally.bodies, n)
	}
	return err
}

func keys(tx *bbolt.Tx, name string) (n int) {
	c := bucket(tx, name).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	return n
}

func (c *checker) checkDocuments() error {
	nums := map[uint32]bool{}
	err := c.each(bucketDocuments, func(k, v []byte) error {
		d, err := decodeDocument(v)
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		if nums[d.num] {
			return fmt.Errorf("%s: %w: its number is another document's", k, ErrDamaged)
		}
		nums[d.num] = true
		c.tally.documents++
		head, err := c.db.decodeHead(d)
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		var last kaisei.Version
		seq := 0
		err = c.db.eachRecord(c.tx, d, func(r rawRecord) error {
			seq++
			c.tally.versions++
			last, err = c.checkRecord(string(k), d.num, seq, r)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		if last.Blocks = nil; !reflect.DeepEqual(head, last) {
			return fmt.Errorf("%s: %w: its entry is not its latest version", k, ErrDamaged)
		}
		return nil
	})
	return err
}

func (c *checker) checkRecord(id string, doc uint32, seq int, r rawRecord) (kaisei.Version, error) {
	v, err := r.decode(true)
	if err != nil {
		return v, fmt.Errorf("version %d: %w", seq, err)
	}
	if v.Document != id || v.Seq != seq {
		return v, fmt.Errorf("%w: version %d says it is version %d of %s", ErrDamaged, seq, v.Seq, v.Document)
	}
	named := []string{v.Snapshot.Hash}
	if r.bits&pageKept != 0 {
		named = append(named, v.PageHash)
	}
	for _, hash := range named {
		num, ok := c.bodies[hash]
		if !ok && hash != "" {
			return v, fmt.Errorf("version %d: body %s is not stored", seq, hash)
		}
		u := c.uses[num]
		u.versions++
		c.uses[num] = u
	}
	c.records[r.at] = true
	if hasText(v) {
		c.texts++
		if bucket(c.tx, bucketTexts).Get(textKey(v, doc, r.at)) == nil {
			return v, fmt.Errorf("version %d is not in the index of texts", seq)
		}
	}
	change, ok, err := r.decodeChange(nil)
	if err != nil {
		return v, fmt.Errorf("change of version %d: %w", seq, err)
	}
	if ok {
		c.told[change.Number] = r.at
		return v, c.checkChange(change)
	}
	return v, nil
}

// checkLog walks the log from its beginning: every record in it must be a version's, and every
// version's in it.
func (c *checker) checkLog() error {
	end, err := logEnd(c.tx)
	if err != nil {
		return err
	}
	for at := uint64(1); at < end; {
		_, next, err := readLog(c.tx, at)
		if err != nil {
			return err
		}
		if !c.records[at] {
			c.add("the record at %d of the log is no version's", at)
		}
		delete(c.records, at)
		at = next
	}
	for at := range c.records {
		c.add("the record at %d of a version is not in the log", at)
	}
	return nil
}

func (c *checker) checkTexts() error {
	if n := int64(keys(c.tx, bucketTexts)); n != c.texts {
		c.add("the index of texts has %d entries for %d versions with a text", n, c.texts)
	}
	return nil
}

func (c *checker) checkChanges() error {
	var before changeHead
	err := c.each(bucketChanges, func(k, v []byte) error {
		if len(k) != 8 {
			return fmt.Errorf("%w: number of a change", ErrDamaged)
		}
		c.tally.changes++
		number := binary.BigEndian.Uint64(k)
		if number != uint64(c.tally.changes) {
			return fmt.Errorf("%w: number %d follows %d", ErrDamaged, number, before.facets.Number)
		}
		h, err := decodeChangeHead(number, v)
		if err != nil {
			return fmt.Errorf("number %d: %w", number, err)
		}
		if h.latest.Before(before.latest) {
			return fmt.Errorf("number %d: %w: the latest time goes back", number, ErrDamaged)
		}
		before = h
		if c.told[number] != h.record {
			return fmt.Errorf("number %d: %w: it is not with the version it names", number, ErrDamaged)
		}
		delete(c.told, number)
		if h.record != 0 {
			return nil // checked with its version
		}
		change, err := c.db.loadChange(c.tx, h, nil)
		if err != nil {
			return fmt.Errorf("number %d: %w", number, err)
		}
		return c.checkChange(change)
	})
	for number := range c.told {
		c.add("change number %d is with its version only", number)
	}
	if n := keys(c.tx, bucketChangeIDs); n != c.indexed {
		c.add("the index of changes has %d entries, %d of them of changes", n, c.indexed)
	}
	return err
}

// checkChange compares a change with its entry and looks for it in the index of changes, where its
// ID does not lead to its version.
func (c *checker) checkChange(change kaisei.Change) error {
	h, ok, err := loadChangeHead(c.tx, change.Number)
	if err != nil || !ok {
		return fmt.Errorf("change %s has no entry: %w", change.ID, errors.Join(ErrDamaged, err))
	}
	same := h
	same.facets = change
	if v := bucket(c.tx, bucketChanges).Get(longKey(change.Number)); !bytes.Equal(v, same.encode()) {
		return fmt.Errorf("%w: the entry of change %s is another's", ErrDamaged, change.ID)
	}
	if v := bucket(c.tx, bucketChangeIDs).Get([]byte(change.ID)); v != nil {
		if c.indexed++; !bytes.Equal(v, longKey(change.Number)) {
			return fmt.Errorf("%w: the index of changes has another change for %s", ErrDamaged, change.ID)
		}
		return nil
	}
	document, seq, ok := kaisei.VersionOf(change.ID)
	if d, found, err := loadDocument(c.tx, document); !ok || err != nil || !found || seq < 1 || seq > len(d.records) || d.records[seq-1] != h.record {
		return fmt.Errorf("%w: change %s is not found by its ID", ErrDamaged, change.ID)
	}
	return nil
}

func (c *checker) checkDeliveries() error {
	err := c.each(bucketDeliveries, func(k, v []byte) error {
		d, err := c.db.decodeDelivery(v)
		if err != nil {
			return err
		}
		if num, _, err := c.db.findDelivery(c.tx, d.ID); err != nil || !bytes.Equal(num, k) {
			return fmt.Errorf("%s is not found by its ID: %w", d.ID, errors.Join(ErrDamaged, err))
		}
		switch d.State {
		case kaisei.DeliveryDue:
			c.tally.due++
			if bucket(c.tx, bucketDue).Get(dueKey(d, k)) == nil {
				return fmt.Errorf("%s is due and not in the index of what is due", d.ID)
			}
		case kaisei.DeliveryDead:
			c.tally.dead++
			if bucket(c.tx, bucketDead).Get(k) == nil {
				return fmt.Errorf("%s is dead and not in the index of what is dead", d.ID)
			}
		}
		return nil
	})
	n := keys(c.tx, bucketDeliveries)
	if ids := keys(c.tx, bucketDelivered); ids != n {
		c.add("%d deliveries are stored and %d have an ID", n, ids)
	}
	if due := int64(keys(c.tx, bucketDue)); due != c.tally.due {
		c.add("%d deliveries are due and %d in the index of what is due", c.tally.due, due)
	}
	if dead := int64(keys(c.tx, bucketDead)); dead != c.tally.dead {
		c.add("%d deliveries are dead and %d in the index of what is dead", c.tally.dead, dead)
	}
	return err
}

func (c *checker) checkLedgers() error {
	pages := 0
	err := c.each(bucketLedgers, func(k, v []byte) error {
		g, err := decodeLedger(string(k), v)
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		c.tally.looks += int64(len(g.open.looks))
		cursor := bucket(c.tx, bucketPages).Cursor()
		for pk, pv := cursor.Seek(numKey(g.num)); bytes.HasPrefix(pk, numKey(g.num)); pk, pv = cursor.Next() {
			if len(pk) != 8 || binary.BigEndian.Uint32(pk[4:]) >= g.next {
				return fmt.Errorf("%s: %w: a page after the open one", k, ErrDamaged)
			}
			p, err := decodeClosed(string(k), c.db.pack, pv)
			if err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			pages++
			c.tally.looks += int64(len(p.looks))
		}
		return nil
	})
	if n := keys(c.tx, bucketPages); n != pages {
		c.add("the ledger has %d pages and %d belong to a source", n, pages)
	}
	return err
}

// checkNouns reads what is stored as plain JSON.
func (c *checker) checkNouns() error {
	return errors.Join(
		c.each(bucketSeen, func(_, v []byte) error { return unmarshal(v, &kaisei.Seen{}) }),
		c.each(bucketLeads, func(_, v []byte) error { return unmarshal(v, &kaisei.Lead{}) }),
		c.each(bucketPolls, func(_, v []byte) error { return unmarshal(v, &kaisei.Poll{}) }),
		c.each(bucketCaptures, func(_, v []byte) error { return unmarshal(v, &kaisei.Snapshot{}) }),
		c.each(bucketSightings, func(_, v []byte) error { return unmarshal(v, &kaisei.Sightings{}) }),
	)
}

func (c *checker) checkUses() error {
	return c.each(bucketUses, func(k, _ []byte) error {
		r := reader{b: k}
		num := r.num()
		if err := r.end("number of a body"); err != nil {
			return err
		}
		u, err := loadUses(c.tx, num)
		if err != nil {
			return err
		}
		want := c.uses[num]
		if want.at = u.at; u != want {
			return fmt.Errorf("body number %d has %d versions and %d frames and is said to have %d and %d",
				num, want.versions, want.frames, u.versions, u.frames)
		}
		if bucket(c.tx, bucketBodies).Get(k) == nil {
			return fmt.Errorf("body number %d is missing", num)
		}
		return nil
	})
}

func (c *checker) checkTally() error {
	t, err := loadTally(c.tx)
	if err != nil {
		return err
	}
	if c.tally.newest = t.newest; t != c.tally {
		c.add("the tally says %+v and %+v is stored", t, c.tally)
	}
	return nil
}
