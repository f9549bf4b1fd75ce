package bolt

import (
	"syscall"

	"go.etcd.io/bbolt"
)

// release gives the kernel back what is mapped of the file into this process. Nothing is lost: what is read
// again is mapped again, from the cache of files where it still is. The file is not mapped elsewhere while the
// transaction lasts; where the kernel refuses, the pages stay mapped, which harms nothing.
func release(tx *bbolt.Tx) {
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, tx.DB().Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
}
