//go:build !race

package accuracy

// raced says that the race detector is on.
const raced = false
