package main

import (
	"testing"

	"kasir/bench/handling"
)

func BenchmarkFunction(b *testing.B) { handling.Run(b, "refresh", handler) }
