package main

import (
	"os"
	"runtime/debug"
)

// How the collector of garbage is set for commands that look. Little of what a look makes outlives it, so
// that collecting half as often costs some megabytes and saves a fifth of a look that finds nothing; the
// bound, which is soft, keeps the garbage of first looks, of which there is much, from using that up.
const (
	garbagePercent = 200
	garbageBound   = 80 << 20
)

// setCollector sets the collector of garbage unless the operator did, by GOGC and GOMEMLIMIT.
func setCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(garbageBound)
	}
}
