package store_test

import (
	"testing"

	"kasir/shared/store"
	"kasir/shared/store/storetest"
)

func TestMemory(t *testing.T) {
	var m store.Memory
	storetest.Run(t, &m, func(_ *testing.T, invoice string, format int) { m.SetFormat(invoice, format) })
	storetest.RunBatches(t, &m)
}
