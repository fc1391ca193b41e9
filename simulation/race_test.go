//go:build race

package simulation_test

// raced reports whether the race detector is on. It makes a run ten times as long, and fewer schedules suffice because
// a simulation is one goroutine.
const raced = true
