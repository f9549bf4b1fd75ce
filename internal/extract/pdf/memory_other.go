//go:build !unix

package pdf

import "github.com/tetratelabs/wazero/experimental"

// allocator leaves the memory of a sandbox to wazero.
func allocator() experimental.MemoryAllocator { return nil }
