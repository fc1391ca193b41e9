package main

import (
	"testing"

	"kasir/events/golden"
)

func TestGolden(t *testing.T) { golden.RunScheduled(t, "reconcile", handler) }
