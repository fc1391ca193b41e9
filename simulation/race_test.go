//go:build race

package simulation_test

// raced: with the race detector the same run takes ten times as long, and a simulation is one goroutine: fewer schedules will do.
const raced = true
