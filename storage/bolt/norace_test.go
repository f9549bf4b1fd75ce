//go:build !race

package bolt

// Raced says that the race detector is on.
const Raced = false
