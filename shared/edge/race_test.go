//go:build race

package edge_test

// raced reports whether the race detector is on. With it, regular expressions take fifteen times as long.
const raced = true
