package pdf

import (
	"fmt"
	"os"
	"testing"
)

// childEnv marks a run of the test binary that is to be the child.
const childEnv = "KAISEI_PDF_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := Main(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if dir, err := sharedCache(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
