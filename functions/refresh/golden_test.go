package main

import (
	"testing"

	"kasir/events/golden"
)

func TestGolden(t *testing.T) { golden.Run(t, "refresh", handler) }
