package main

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestTheOperatorsSettingsOfTheCollectorWin(t *testing.T) {
	percent, bound := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
	defer func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(bound) }()
	t.Setenv("GOGC", "100")
	t.Setenv("GOMEMLIMIT", "off")
	setCollector()
	if p, b := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); p != 100 || b != math.MaxInt64 {
		t.Errorf("the collector is set to %d %% and %d bytes though the environment says otherwise", p, b)
	}
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	setCollector()
	if p, b := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); p != garbagePercent || b != garbageBound {
		t.Errorf("the collector is set to %d %% and %d bytes", p, b)
	}
}
