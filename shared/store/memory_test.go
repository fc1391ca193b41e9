package store_test

import (
	"testing"

	"kasir/shared/store"
	"kasir/shared/store/storetest"
)

func TestMemory(t *testing.T) { storetest.Run(t, &store.Memory{}) }
