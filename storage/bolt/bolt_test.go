package bolt_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"kaisei/storage/bolt"
	"kaisei/storage/storagetest"
)

// childEnv names what a test wants of a process of its own; see child.
const childEnv = "KAISEI_BOLT_TEST_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childEnv); role != "" {
		if err := child(role, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// open opens a store that the test's cleanup closes.
func open(t testing.TB, path string, o bolt.Options) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestStoreKeepsTheContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Store {
		return open(t, filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	})
}
