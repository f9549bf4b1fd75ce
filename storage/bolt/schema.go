package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// schemaVersion is raised when an older kaisei could no longer read or would spoil the file. Version 2
// added rulings and judgements, version 3 sightings and captures, version 4 answers; Open brings an older
// store up to it.
const schemaVersion = 4

// The buckets. A number in a key is big-endian, so that keys sort as numbers do.
const (
	bucketMeta       = "meta"         // schema, tally
	bucketBodies     = "bodies"       // body number → bodyHead, frame
	bucketHashes     = "hashes"       // SHA-256 → body number
	bucketUses       = "uses"         // body number → uses
	bucketDocuments  = "documents"    // document ID → document number, addresses of its versions, latest version without blocks
	bucketLog        = "log"          // segment number → a piece of the log of records: versions with their changes
	bucketTexts      = "texts"        // head of a text hash, second seen, document number, address of the version → nothing
	bucketChanges    = "changes"      // number → changeHead, and the change where no version holds it
	bucketChangeIDs  = "change-ids"   // change ID → number, where the ID does not name the version
	bucketDeliveries = "deliveries"   // delivery number → delivery
	bucketDelivered  = "delivery-ids" // head of the hash of a delivery ID, delivery number → nothing
	bucketDue        = "due"          // time due, delivery number → nothing
	bucketDead       = "dead"         // delivery number → nothing
	bucketLedgers    = "ledgers"      // source ID → ledger number, its open page
	bucketPages      = "pages"        // ledger number, page number → closed page
	bucketSeen       = "seen"         // source ID, URL → Seen
	bucketLeads      = "leads"        // source ID, document ID → Lead
	bucketPolls      = "polls"        // source ID → Poll
	bucketMarks      = "marks"        // name → value
	bucketRulings    = "rulings"      // ruling number → Ruling
	bucketJudgements = "judgements"   // change number, judgement number → Judgement
	bucketAnswers    = "answers"      // answer number → Answer
	bucketAnswered   = "answered"     // change number, answer number → nothing
	bucketSightings  = "sightings"    // source ID → Sightings
	bucketCaptures   = "captures"     // source ID, URL, SHA-256 → Snapshot of a listing
)

func buckets() []string {
	return []string{
		bucketMeta, bucketBodies, bucketHashes, bucketUses, bucketDocuments, bucketLog, bucketTexts,
		bucketChanges, bucketChangeIDs, bucketDeliveries, bucketDelivered, bucketDue, bucketDead,
		bucketLedgers, bucketPages, bucketSeen, bucketLeads, bucketPolls, bucketMarks,
		bucketRulings, bucketJudgements, bucketSightings, bucketCaptures, bucketAnswers, bucketAnswered,
	}
}

const (
	keySchema = "schema"
	keyTally  = "tally"
)

// denseFill is the fill of pages to whose end keys are appended: half-empty pages, which
// bbolt leaves by default so that keys fit between, would double the file.
const denseFill = 1.0

// bucket returns a bucket that makeSchema made.
func bucket(tx *bbolt.Tx, name string) *bbolt.Bucket { return tx.Bucket([]byte(name)) }

// dense returns a bucket whose keys only ever grow.
func dense(tx *bbolt.Tx, name string) *bbolt.Bucket {
	b := bucket(tx, name)
	b.FillPercent = denseFill
	return b
}

// makeSchema makes what an empty store lacks.
func makeSchema(tx *bbolt.Tx) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	return putSchema(tx)
}

// upgrade makes what a store of an older version lacks, in one transaction. It alters nothing that
// the older version wrote, and does not touch a file that is no store of such a version.
func (db *DB) upgrade() error {
	older := false
	err := db.view(func(tx *bbolt.Tx) error {
		n, ok := schemaOf(tx)
		older = ok && n > 0 && n < schemaVersion
		return nil
	})
	if err != nil || !older || db.b.IsReadOnly() {
		return err
	}
	return db.update(func(tx *bbolt.Tx) error {
		for _, name := range []string{bucketRulings, bucketJudgements, bucketSightings, bucketCaptures, bucketAnswers, bucketAnswered} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		// What was told before anybody could answer waits for no answer.
		if err := setMark(tx, kaisei.MarkUnanswered, strconv.FormatUint(lastNumber(tx), 10)); err != nil {
			return err
		}
		return putSchema(tx)
	})
}

// schemaOf returns the version of a store's format; ok is false where the file is no store.
func schemaOf(tx *bbolt.Tx) (version uint32, ok bool) {
	meta := bucket(tx, bucketMeta)
	if meta == nil {
		return 0, false
	}
	v := meta.Get([]byte(keySchema))
	if len(v) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(v), true
}

func putSchema(tx *bbolt.Tx) error {
	return bucket(tx, bucketMeta).Put([]byte(keySchema), binary.BigEndian.AppendUint32(nil, schemaVersion))
}

func (db *DB) checkSchema() error {
	return db.view(func(tx *bbolt.Tx) error {
		n, ok := schemaOf(tx)
		switch {
		case !ok:
			return errors.New("the file is a bbolt file of another program, not a kaisei store")
		case n > schemaVersion:
			return fmt.Errorf("the store has format %d and this kaisei knows up to %d: use the newer kaisei that wrote it", n, schemaVersion)
		case n == 0:
			return errors.New("the store has format 0, which this kaisei no longer reads")
		case n < schemaVersion:
			return fmt.Errorf("the store has format %d: open it once for writing ('kaisei db check' does), which brings it up to date", n)
		}
		for _, name := range buckets() {
			if bucket(tx, name) == nil {
				return fmt.Errorf("%w: it lacks its %q; restore a backup", ErrDamaged, name)
			}
		}
		return nil
	})
}

// tally counts what the store holds, so that Stats need not. It is changed in the
// transactions that change what it counts.
type tally struct {
	documents, versions, changes, looks int64
	bodies, bodyBytes, packedBytes      int64
	due, dead                           int64
	// newest is the latest instant (Unix seconds) of any evidence: the store's own clock,
	// which in a replay is the archive's.
	newest int64
}

func (t *tally) fields() []*int64 {
	return []*int64{&t.documents, &t.versions, &t.changes, &t.looks, &t.bodies, &t.bodyBytes, &t.packedBytes, &t.due, &t.dead, &t.newest}
}

func loadTally(tx *bbolt.Tx) (t tally, err error) {
	r := reader{b: bucket(tx, bucketMeta).Get([]byte(keyTally))}
	if len(r.b) == 0 {
		return t, nil
	}
	for _, f := range t.fields() {
		*f = r.varint()
	}
	return t, r.end("tally")
}

// count changes the tally.
func count(tx *bbolt.Tx, change func(*tally)) error {
	t, err := loadTally(tx)
	if err != nil {
		return err
	}
	change(&t)
	var b []byte
	for _, f := range t.fields() {
		b = binary.AppendVarint(b, *f)
	}
	return bucket(tx, bucketMeta).Put([]byte(keyTally), b)
}
