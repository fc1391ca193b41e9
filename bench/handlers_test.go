package main

import (
	"testing"

	"kasir/local"
)

// P2's count: what notify's handler allocates beyond hello's. Its time is for make bench.
func TestNotifyAllocatesLittle(t *testing.T) {
	root, err := local.Root()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{root: root, built: t.TempDir()}
	rounds, err := b.gobench(t.Context(), "./functions/notify", 3, 30)
	if err != nil {
		t.Fatal(err)
	}
	own, greeting := rounds["Function/Handler"], rounds["Function/Hello"]
	if len(own.allocs) != 3 || len(greeting.allocs) != 3 {
		t.Fatalf("%d and %d rounds counted, want 3 of each", len(own.allocs), len(greeting.allocs))
	}
	if added := median(differences(own.allocs, greeting.allocs)).Center; added > mostAddedAllocs {
		t.Errorf("notify's handler allocates %.0f times more than hello's, want at most %.0f", added, mostAddedAllocs)
	}
}
