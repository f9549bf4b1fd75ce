//go:build race

package bolt

// Raced says that the race detector is on, under which compressing takes twenty times as long.
const Raced = true
