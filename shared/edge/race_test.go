//go:build race

package edge_test

// raced tells that the race detector is on, under which regular expressions take fifteen times as long.
const raced = true
