package bolt

import (
	"sync/atomic"

	"go.etcd.io/bbolt"
)

// releaseEvery is after how many reads the pages of the file are given back that were mapped for them. A
// read of one page maps sixteen, so that one look at many sources would leave the whole file in the process's
// resident memory; to map again what the next reads need costs some microseconds.
const releaseEvery = 32

// mapped counts reads: transactions, and the entries of those that go through many.
type mapped struct{ reads atomic.Uint32 }

// read counts a read in a transaction that lasts.
func (m *mapped) read(tx *bbolt.Tx) {
	if m.reads.Add(1)%releaseEvery == 0 {
		release(tx)
	}
}
