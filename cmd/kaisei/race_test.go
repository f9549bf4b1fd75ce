//go:build race

package main

// raceEnabled is true where the race detector multiplies memory.
const raceEnabled = true
