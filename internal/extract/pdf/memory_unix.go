//go:build unix

package pdf

import (
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// allocator gives every sandbox a reservation of its largest size, of which the
// operating system provides only what is touched. Growing then copies nothing and closing
// gives everything back, where a Go slice would leave several times the size to be collected.
func allocator() experimental.MemoryAllocator {
	return experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		buf, err := unix.Mmap(-1, 0, int(most), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			return &reservation{}
		}
		return &reservation{buf: buf}
	})
}

// reservation is the memory of one sandbox.
type reservation struct{ buf []byte }

// Reallocate implements experimental.LinearMemory; nil says that there is no more.
func (r *reservation) Reallocate(size uint64) []byte {
	if size > uint64(len(r.buf)) {
		return nil
	}
	return r.buf[:size:size]
}

// Free implements experimental.LinearMemory.
func (r *reservation) Free() {
	if r.buf != nil {
		unix.Munmap(r.buf)
		r.buf = nil
	}
}
