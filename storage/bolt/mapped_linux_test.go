package bolt

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// resident returns how many bytes of a file are mapped into this process and present.
func resident(t *testing.T, path string) (bytes int) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		switch word := strings.Fields(lines.Text()); {
		case strings.Contains(word[0], "-"):
			inside = word[len(word)-1] == path
		case inside && word[0] == "Rss:":
			n, err := strconv.Atoi(word[1])
			if err != nil {
				t.Fatal(err)
			}
			bytes += n << 10
		}
	}
	return bytes
}

func TestManyReadsLeaveLittleOfTheFileMapped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaisei.db")
	db, err := Open(path, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const polls = 4000
	detail := strings.Repeat("理由", 500)
	if err := db.b.Update(func(tx *bbolt.Tx) error {
		for n := range polls {
			id := "s/" + strconv.Itoa(n)
			if err := put(tx, bucketPolls, id, kaisei.Poll{Source: id, LastDetail: detail}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	read := func(all func() error) int {
		t.Helper()
		if err := all(); err != nil {
			t.Fatal(err)
		}
		return resident(t, path)
	}
	each := read(func() error {
		for n := range polls {
			id := "s/" + strconv.Itoa(n)
			if p, ok, err := db.Poll(id); err != nil || !ok || p.LastDetail != detail {
				t.Fatalf("%s reads back as %v, %v", id, ok, err)
			}
		}
		return nil
	})
	listed := read(func() error {
		ps, err := db.Polls()
		if len(ps) != polls {
			t.Errorf("%d schedule states, want %d", len(ps), polls)
		}
		return err
	})
	whole := read(func() error {
		return db.b.View(func(tx *bbolt.Tx) error {
			return bucket(tx, bucketPolls).ForEach(func(_, _ []byte) error { return nil })
		})
	})
	if most := whole / 2; whole < 4<<20 || each > most || listed > most {
		t.Errorf("%d bytes are mapped after reads of one each, %d after a list of all; %d are where none are given back", each, listed, whole)
	}
}
