package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func openQuiet(t *testing.T) *DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "kaisei.db"), Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func quietLook(n int) kaisei.Commit {
	return kaisei.Commit{Look: kaisei.Look{Source: "a", URL: "u", At: time.Unix(int64(n), 0), Verdict: kaisei.VerdictSameBytes}, Seen: &kaisei.Seen{URL: "u", ETag: fmt.Sprint(n)}}
}

// What a killed process leaves is the file as it stands.
func TestACrashLosesOnlyTheQuietLooksThatWait(t *testing.T) {
	db := openQuiet(t)
	must(t, db.CommitQuiet(quietLook(1)))
	must(t, db.Flush())
	must(t, db.CommitQuiet(quietLook(2)))
	must(t, db.SavePollQuiet(kaisei.Poll{Source: "a", Looks: 2}))
	left := func() (looks int, etag string, polls int) {
		t.Helper()
		b, err := os.ReadFile(db.Path())
		must(t, err)
		name := filepath.Join(t.TempDir(), "left.db")
		must(t, os.WriteFile(name, b, 0o600))
		after, err := Open(name, Options{})
		must(t, err)
		defer after.Close()
		must(t, after.Check())
		ls, err := after.Looks("a", time.Time{}, 0)
		must(t, err)
		seen, _, err := after.Seen("a", "u")
		must(t, err)
		ps, err := after.Polls()
		must(t, err)
		return len(ls), seen.ETag, len(ps)
	}
	if looks, etag, polls := left(); looks != 1 || etag != "1" || polls != 0 {
		t.Errorf("a crash before the flush leaves %d looks, validator %s, %d polls", looks, etag, polls)
	}
	must(t, db.SetMark("any", "write")) // which takes along what waits
	if looks, etag, polls := left(); looks != 2 || etag != "2" || polls != 1 {
		t.Errorf("a crash after another write leaves %d looks, validator %s, %d polls", looks, etag, polls)
	}
}

func TestAWriteThatFailsLeavesQuietLooksWaiting(t *testing.T) {
	db := openQuiet(t)
	must(t, db.CommitQuiet(quietLook(1)))
	v := kaisei.Version{Document: "a/b", Seq: 7}
	if _, err := db.Commit(kaisei.Commit{Look: quietLook(2).Look, Version: &v}); !errors.Is(err, ErrConflict) {
		t.Fatalf("a version out of sequence: %v", err)
	}
	must(t, db.CommitQuiet(quietLook(3)))
	ls, err := db.Looks("a", time.Time{}, 0)
	must(t, err)
	if len(ls) != 2 || ls[0].At.Unix() != 3 || ls[1].At.Unix() != 1 {
		t.Errorf("the ledger has %v", ls)
	}
}

func TestQuietLooksAreWrittenOnceTheyAreMany(t *testing.T) {
	db := openQuiet(t)
	for n := range maxQuiet + 1 {
		must(t, db.CommitQuiet(quietLook(n)))
	}
	if n := len(db.quiet.next.looks); n != 0 {
		t.Errorf("%d looks wait", n)
	}
}

func TestClosingWritesQuietLooks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "kaisei.db")
	db, err := Open(name, Options{})
	must(t, err)
	must(t, db.CommitQuiet(quietLook(1)))
	must(t, db.Close())
	db, err = Open(name, Options{ReadOnly: true})
	must(t, err)
	defer db.Close()
	if ls, err := db.Looks("a", time.Time{}, 0); err != nil || len(ls) != 1 {
		t.Errorf("after closing the ledger has %v, %v", ls, err)
	}
}

// Readers must find the newest state of a key whether it waits, is being written or is stored.
func TestQuietStatesNeverGoBackInTheEyesOfReaders(t *testing.T) {
	db := openQuiet(t)
	var writers sync.WaitGroup
	for _, source := range []string{"a", "b"} {
		writers.Go(func() {
			for n := 1; n <= 150; n++ {
				if err := db.SavePollQuiet(kaisei.Poll{Source: source, Looks: n}); err != nil {
					t.Error(err)
				}
				if p, ok, err := db.Poll(source); !ok || err != nil || p.Looks != n {
					t.Errorf("%s: look %d reads back as %d, %v, %v", source, n, p.Looks, ok, err)
				}
			}
		})
	}
	writers.Go(func() {
		for n := range 40 {
			if err := db.SetMark("any", fmt.Sprint(n)); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Wait()
}

// BenchmarkQuietLook keeps looks that found nothing with their schedule states, written in lots of
// 100 sources and synced to disk.
func BenchmarkQuietLook(b *testing.B) {
	db, err := Open(filepath.Join(b.TempDir(), "kaisei.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		source := fmt.Sprintf("meti/source-%d", n%100)
		at := time.Unix(1_800_000_000+int64(n)*61, 0)
		l := kaisei.Look{Source: source, Document: source, At: at, Verdict: kaisei.VerdictSameBytes, URL: "https://www.meti.go.jp/policy/main.html", Status: 200, Size: 51234, Hash: kaisei.Hash([]byte(source)), Took: 300 * time.Millisecond}
		err := errors.Join(
			db.CommitQuiet(kaisei.Commit{Look: l, Seen: &kaisei.Seen{URL: l.URL, Hash: l.Hash, ETag: `"1"`, At: at, Full: at}}),
			db.SavePollQuiet(kaisei.Poll{Source: source, LastLook: at, LastGood: at, NextLook: at, Looks: n, Good: n}),
		)
		if n++; err == nil && n%100 == 0 {
			err = db.Flush()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
