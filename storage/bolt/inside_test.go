package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// fresh opens an empty store that the test's cleanup closes.
func fresh(t testing.TB) *DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "kaisei.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestChainsAreShallowAndParentsAmongTheAncestors(t *testing.T) {
	deepest := 0
	for pos := range 3 * chainSpan {
		depth, at := 0, pos
		for {
			parent, ok := chainParent(at)
			if !ok {
				break
			}
			if parent >= at || parent < 0 {
				t.Fatalf("the parent of %d is %d", at, parent)
			}
			depth, at = depth+1, parent
		}
		deepest = max(deepest, depth)
		parent, ok := chainParent(pos)
		if ok != (pos%chainSpan != 0) {
			t.Fatalf("position %d stands alone: %v", pos, !ok)
		}
		for at := pos - 1; ok && at != parent; {
			if at, ok = chainParent(at); !ok {
				t.Fatalf("the parent %d of %d is not among the ancestors of %d", parent, pos, pos-1)
			}
		}
	}
	if deepest != chainDepth {
		t.Errorf("chains are %d deep, chainDepth is %d", deepest, chainDepth)
	}
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	db := fresh(t)
	big := make([]byte, maxRaw+1) // never touched: refused by its length
	if err := db.SaveCapture(kaisei.Capture{Body: big}, ""); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a body: %v", err)
	}
	if _, err := db.pack.unpack(nil, nil, maxRaw+1, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("a frame: %v", err)
	}
	if _, ok := db.pack.delta([]byte("x"), big[:maxLike+1]); ok {
		t.Error("a dictionary beyond maxLike was used")
	}
	if _, err := encodeBlocks([]kaisei.Block{{Path: make([]string, maxPathParts+1)}}); !errors.Is(err, errPaths) {
		t.Errorf("a path: %v", err)
	}
	must(t, db.SetMark(strings.Repeat("x", maxID), ""))
	if err := db.SetMark(strings.Repeat("x", maxID+1), ""); err == nil {
		t.Error("an ID beyond maxID was accepted")
	}
	must(t, db.update(func(tx *bbolt.Tx) error {
		return bucket(tx, bucketLog).Put(longKey(maxAddress/segmentBytes), []byte{0, 0})
	}))
	err := db.update(func(tx *bbolt.Tx) error { _, err := appendLog(tx, make([]byte, segmentBytes)); return err })
	must(t, err)
	err = db.update(func(tx *bbolt.Tx) error { _, err := appendLog(tx, nil); return err })
	if err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("a log beyond maxAddress: %v", err)
	}
}

func TestABombInAFrameIsNotUnpacked(t *testing.T) {
	p, err := newPacker()
	must(t, err)
	frame := p.full(make([]byte, 64<<20))
	if len(frame) > 64<<10 {
		t.Fatalf("the bomb has %d bytes", len(frame))
	}
	if _, err := p.unpack(frame, nil, 100, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("a frame that says less than it holds: %v", err)
	}
}

func TestTheLogKeepsRecordsOfEveryLength(t *testing.T) {
	db := fresh(t)
	random := rand.NewChaCha8([32]byte{2})
	r := rand.New(random)
	var records [][]byte
	var at []uint64
	for i := range 400 {
		n := r.IntN(300)
		switch i % 10 {
		case 0:
			n = segmentBytes - 3 + r.IntN(6)
		case 1:
			n = r.IntN(5 * segmentBytes)
		case 2:
			n = 0
		}
		b := make([]byte, n)
		random.Read(b)
		must(t, db.update(func(tx *bbolt.Tx) error {
			a, err := appendLog(tx, b)
			records, at = append(records, b), append(at, a)
			return err
		}))
	}
	must(t, db.view(func(tx *bbolt.Tx) error {
		for i, want := range records {
			got, next, err := readLog(tx, at[i])
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("record %d of %d bytes: %d bytes, %v", i, len(want), len(got), err)
			}
			if i+1 < len(at) && next != at[i+1] {
				t.Fatalf("after record %d comes %d, not %d", i, at[i+1], next)
			}
		}
		for _, a := range []uint64{0, 1 << 40, maxAddress + 1} {
			if _, _, err := readLog(tx, a); !errors.Is(err, ErrDamaged) {
				t.Errorf("a record at %d: %v", a, err)
			}
		}
		return nil
	}))
}

// TestTheLogKeepsALengthThatASegmentCuts puts records of two bytes of length at every place around
// the end of a segment.
func TestTheLogKeepsALengthThatASegmentCuts(t *testing.T) {
	for before := segmentBytes - 5; before <= segmentBytes; before++ {
		db := fresh(t)
		must(t, db.update(func(tx *bbolt.Tx) error {
			first := make([]byte, before-2) // and two bytes of length
			second := bytes.Repeat([]byte{7}, 300)
			if _, err := appendLog(tx, first); err != nil {
				return err
			}
			at, err := appendLog(tx, second)
			if err != nil {
				return err
			}
			got, _, err := readLog(tx, at)
			if !bytes.Equal(got, second) {
				t.Errorf("%d bytes before: %d bytes, %v", before, len(got), err)
			}
			return err
		}))
	}
}

func TestPagesOfTheLedgerClose(t *testing.T) {
	db := fresh(t)
	for i := range pageLooks + 1 {
		must(t, db.AppendLook(kaisei.Look{Source: "few bytes", At: time.Unix(int64(i), 0)}))
		must(t, db.AppendLook(kaisei.Look{Source: "many bytes", Detail: strings.Repeat(string(rune('あ'+i)), pageBytes/6)}))
	}
	must(t, db.view(func(tx *bbolt.Tx) error {
		few, _, err := loadLedger(tx, "few bytes")
		must(t, err)
		many, _, err := loadLedger(tx, "many bytes")
		must(t, err)
		if few.next != 1 || len(few.open.looks) != 1 {
			t.Errorf("%d pages closed and %d looks open after %d looks", few.next, len(few.open.looks), pageLooks+1)
		}
		if many.next < pageLooks/3 || many.open.size > pageBytes {
			t.Errorf("%d pages closed, %d bytes open", many.next, many.open.size)
		}
		return nil
	}))
}

func TestManyUnusedBodiesAreSweptInSteps(t *testing.T) {
	db := fresh(t)
	like := ""
	for i := range pruneStep + 20 {
		body := []byte(fmt.Sprintf("%s %d", strings.Repeat("同じ", 200), i))
		c := kaisei.Capture{Snapshot: kaisei.Snapshot{Hash: kaisei.Hash(body), At: time.Unix(1000, 0)}, Body: body}
		must(t, db.SaveCapture(c, like)) // a chain: only its end is free
		like = c.Hash
	}
	must(t, db.AppendLook(kaisei.Look{Source: "a", At: time.Unix(1000, 0).Add(keepUnused - time.Second)}))
	_, err := db.Prune(time.Time{})
	must(t, err)
	if st, _ := db.Stats(); st.Bodies != pruneStep+20 {
		t.Errorf("%d bodies are left a second too early", st.Bodies)
	}
	must(t, db.AppendLook(kaisei.Look{Source: "a", At: time.Unix(1000, 0).Add(keepUnused)}))
	_, err = db.Prune(time.Time{})
	must(t, err)
	if st, _ := db.Stats(); st.Bodies != 0 {
		t.Errorf("%d bodies are left", st.Bodies)
	}
	must(t, db.Check())
}

func TestAMemoForgetsRatherThanGrow(t *testing.T) {
	m := newMemo()
	for at := range uint64(40) {
		m.add(at, make([]byte, maxMemo/8))
		if m.size > maxMemo || len(m.raw)*maxMemo/8 != m.size {
			t.Fatalf("%d bytes, said to be %d", len(m.raw)*maxMemo/8, m.size)
		}
	}
	if m.add(99, make([]byte, maxMemo+1)); m.get(99) != nil || m.get(39) == nil {
		t.Error("what is too large is kept, or drove out the rest")
	}
}

// sample returns a store with something in every bucket.
func sample(t testing.TB) *DB {
	db := fresh(t)
	like := ""
	for seq := 1; seq <= 60; seq++ {
		body := []byte(fmt.Sprintf("%s 第%d版", strings.Repeat("事業者は措置を講ずるものとする。", 100), seq))
		when := time.Unix(int64(1e9+seq*1000), 0).UTC()
		s := kaisei.Snapshot{Hash: kaisei.Hash(body), URL: "u", At: when, Size: len(body)}
		must(t, db.SaveCapture(kaisei.Capture{Snapshot: s, Body: body}, like))
		k := kaisei.Commit{
			Look:    kaisei.Look{Source: "a", URL: "u", At: when, Hash: s.Hash},
			Version: &kaisei.Version{Document: "a/b", Seq: seq, Snapshot: s, TextHash: s.Hash, SeenAt: when, Blocks: []kaisei.Block{{Path: []string{"x"}, Text: string(body)}}},
			Change:  &kaisei.Change{ID: kaisei.ChangeID("a/b", seq), Document: "a/b", Source: "a", SeenAt: when, BeforeHash: like, Hash: s.Hash},
			Deliveries: []kaisei.Delivery{
				{ID: fmt.Sprint("due", seq), State: kaisei.DeliveryDue, Due: when}, {ID: fmt.Sprint("dead", seq), State: kaisei.DeliveryDead},
			},
			Seen: &kaisei.Seen{URL: "u"}, Capture: &kaisei.Snapshot{URL: "u", Hash: s.Hash},
		}
		_, err := db.Commit(k)
		must(t, err)
		_, err = db.Commit(kaisei.Commit{Look: k.Look, Change: &kaisei.Change{ID: fmt.Sprint("alone", seq), SeenAt: when}})
		must(t, err)
		like = s.Hash
	}
	must(t, db.SaveLeads([]kaisei.Lead{{Source: "a", Document: "a/b"}}))
	must(t, db.SavePoll(kaisei.Poll{Source: "a"}))
	must(t, db.SaveSightings(kaisei.Sightings{Source: "a"}))
	for n := range 5 {
		_, err := db.Rule(kaisei.RulingCommit{Ruling: kaisei.Ruling{Action: kaisei.RuleConfirm, Document: "a/b", Note: fmt.Sprint("確認", n)}})
		must(t, err)
	}
	for seq := range 5 {
		_, err := db.Rejudge([]kaisei.Judgement{{Change: kaisei.ChangeID("a/b", 20-seq), Class: kaisei.ClassAmended}, {Change: fmt.Sprint("alone", 1+seq%2)}}, nil)
		must(t, err)
	}
	for n := range 5 {
		_, _, err := db.Answer(kaisei.Answer{Change: kaisei.ChangeID("a/b", 18+n%3), Action: kaisei.AnswerAcknowledge, By: fmt.Sprint("山田", n)})
		must(t, err)
	}
	must(t, db.SetMark("m", "v"))
	must(t, db.Check())
	return db
}

// TestCheckFindsEveryEntryThatIsMissingOrAltered removes and alters entries of every bucket, one at
// a time; only the values of marks are anybody's words.
func TestCheckFindsEveryEntryThatIsMissingOrAltered(t *testing.T) {
	if Raced {
		t.Skip("nothing runs at the same time here")
	}
	db := sample(t)
	undo := errors.New("undo")
	for _, name := range buckets() {
		var ks [][]byte
		must(t, db.view(func(tx *bbolt.Tx) error {
			return bucket(tx, name).ForEach(func(k, _ []byte) error { ks = append(ks, bytes.Clone(k)); return nil })
		}))
		if len(ks) == 0 {
			t.Errorf("the sample has nothing in %s", name)
			continue
		}
		for _, k := range [][]byte{ks[0], ks[len(ks)/2], ks[len(ks)-1]} {
			for _, how := range []string{"missing", "cut", "altered", "misnamed"} {
				if unverifiable(name, string(k), how) {
					continue
				}
				var found error
				err := db.update(func(tx *bbolt.Tx) error {
					b := bucket(tx, name)
					v := bytes.Clone(b.Get(k))
					switch {
					case how == "missing":
						must(t, b.Delete(k))
					case how == "misnamed":
						must(t, b.Delete(k))
						other := bytes.Clone(k)
						other[len(other)-1] ^= 0x55
						must(t, b.Put(other, v))
					case len(v) == 0:
						return undo
					case how == "cut":
						must(t, b.Put(k, v[:len(v)-1]))
					case how == "altered":
						v[len(v)-1] ^= 0x55
						must(t, b.Put(k, v))
					}
					found = checkIn(db, tx)
					return undo
				})
				if err != undo {
					t.Fatal(err)
				}
				if found == nil && !(how != "missing" && len(db.valueOf(name, k)) == 0) {
					t.Errorf("%s: entry %q %s is not found", name, k, how)
				}
			}
		}
	}
}

// unverifiable reports whether nothing else in a store tells what an entry should be.
func unverifiable(name, key, how string) bool {
	switch name {
	case bucketMarks:
		return true
	case bucketSeen, bucketLeads, bucketPolls, bucketSightings, bucketCaptures:
		return how == "missing" || how == "misnamed"
	case bucketLedgers: // the last byte is how long a look took
		return how == "altered" || how == "misnamed"
	case bucketUses: // the last byte is of a time
		return how == "altered"
	case bucketMeta:
		return key == keySchema || how == "altered"
	}
	return false
}

func (db *DB) valueOf(name string, k []byte) (v []byte) {
	db.view(func(tx *bbolt.Tx) error { v = bytes.Clone(bucket(tx, name).Get(k)); return nil })
	return v
}

// checkIn runs the parts of Check that read entries in a transaction that is not committed.
func checkIn(db *DB, tx *bbolt.Tx) error {
	c := newChecker(db)
	c.tx = tx
	if err := c.read(); err != nil {
		return err
	}
	return errors.Join(c.found...)
}

func TestCheckReportsABoundedNumberOfFaults(t *testing.T) {
	db := fresh(t)
	must(t, db.update(func(tx *bbolt.Tx) error {
		for i := range 3 * maxFindings {
			if err := bucket(tx, bucketPolls).Put(numKey(uint32(i)), []byte("no JSON")); err != nil {
				return err
			}
		}
		return nil
	}))
	err := db.Check()
	if !errors.Is(err, errTooMany) || strings.Count(err.Error(), "\n") > maxFindings+1 {
		t.Errorf("%.300v", err)
	}
}

// TestADamagedFileNeverPanics flips bytes of a store and reads it in every way.
func TestADamagedFileNeverPanics(t *testing.T) {
	db := sample(t)
	must(t, db.Close())
	whole, err := os.ReadFile(db.Path())
	must(t, err)
	rounds := 150
	if testing.Short() || Raced {
		rounds = 20
	}
	r := rand.New(rand.NewPCG(11, 12))
	path := filepath.Join(t.TempDir(), "damaged.db")
	missed := 0
	for range rounds {
		b := bytes.Clone(whole)
		for range 1 + r.IntN(20) {
			b[8192+r.IntN(len(b)-8192)] ^= byte(1 + r.IntN(255))
		}
		must(t, os.WriteFile(path, b, 0o600))
		db, err := Open(path, Options{NoSync: true})
		if err != nil {
			continue
		}
		if db.Check() == nil {
			missed++ // free space was hit, or the words of an entry that nothing else repeats
		}
		readAll(db)
		db.Close()
	}
	t.Logf("%d of %d damages were not found", missed, rounds)
}

// readAll reads everything and does not care what comes of it. It does not write to small buckets: bbolt
// keeps those inside a value, and where that value is damaged its pointers leave the value, which the garbage
// collector takes for a fatal fault of the program.
func readAll(db *DB) {
	db.Latest("a/b")
	db.Versions("a/b")
	db.Documents("")
	db.Twin("x", "y")
	db.Seen("a", "u")
	db.Leads("a")
	db.Rulings("a/b")
	db.Judgements("")
	db.Judgements("a/b@20")
	db.Answers("", time.Time{})
	db.Answers("a/b@20", time.Time{})
	db.Answer(kaisei.Answer{Change: "a/b@20", Action: kaisei.AnswerAcknowledge, By: "鈴木"})
	db.Polls()
	db.Sightings("a")
	db.Captures("a")
	db.Looks("", time.Time{}, 0)
	db.Due(time.Unix(1<<40, 0), 0)
	db.NextDue()
	db.Deliveries("", 0)
	db.Deliveries(kaisei.DeliveryDead, 0)
	db.Changes(kaisei.ChangeQuery{Quiet: true})
	db.Change("alone3")
	db.Stats()
	db.Prune(time.Unix(1e9+3000, 0))
	db.AppendLook(kaisei.Look{Source: "a"})
}

func TestAStoreOfAnOlderFormatIsBroughtUpToDateAndLosesNothing(t *testing.T) {
	since := map[byte][]string{2: {bucketRulings, bucketJudgements}, 3: {bucketSightings, bucketCaptures}, 4: {bucketAnswers, bucketAnswered}}
	for format := byte(1); format < schemaVersion; format++ {
		var lacks []string
		for later := format + 1; later <= schemaVersion; later++ {
			lacks = append(lacks, since[later]...)
		}
		path := filepath.Join(t.TempDir(), "kaisei.db")
		db, err := Open(path, Options{})
		must(t, err)
		must(t, db.SetMark("mark", "kept"))
		_, err = db.Commit(kaisei.Commit{Change: &kaisei.Change{ID: "alone", Source: "a", Document: "a/b", SeenAt: time.Unix(1, 0)}})
		must(t, err)
		must(t, db.update(func(tx *bbolt.Tx) error {
			for _, name := range lacks {
				must(t, tx.DeleteBucket([]byte(name)))
			}
			return bucket(tx, bucketMeta).Put([]byte(keySchema), []byte{0, 0, 0, format})
		}))
		must(t, db.Close())
		if _, err := Open(path, Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("format %d", format)) {
			t.Errorf("read only: %v", err)
		}
		db, err = Open(path, Options{})
		must(t, err)
		if v, ok, err := db.Mark("mark"); v != "kept" || !ok || err != nil {
			t.Errorf("the mark is %q, %v, %v", v, ok, err)
		}
		// Nothing of before waits for an answer.
		if v, ok, err := db.Mark(kaisei.MarkUnanswered); v != "1" || !ok || err != nil {
			t.Errorf("changes after %q, %v, %v wait for answers", v, ok, err)
		}
		must(t, db.Check())
		must(t, db.Close())
	}
}
