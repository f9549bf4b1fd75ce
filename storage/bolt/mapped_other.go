//go:build !linux

package bolt

import "go.etcd.io/bbolt"

// release does nothing where the kernel is not known to map more pages than are read.
func release(*bbolt.Tx) {}
