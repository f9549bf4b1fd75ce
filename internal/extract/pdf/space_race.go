//go:build race

package pdf

// maxAddressSpace bounds the child as a whole (RLIMIT_AS). The race detector maps several times
// the memory that the program uses.
const maxAddressSpace = 24 << 30
