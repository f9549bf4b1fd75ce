package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommands runs the stories in testdata/script: whole commands with real parts, from an
// empty folder.
func TestCommands(t *testing.T) {
	fixtures, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("FIXTURES", fixtures)
			// The compiled PDF reader is shared with other runs: compiling it takes seconds.
			e.Setenv("XDG_CACHE_HOME", cache)
			return nil
		},
	})
}
