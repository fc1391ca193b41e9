package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
)

// Every operation and history entry reads back as written, even if a value looks like a short form.
func TestWhatIsWrittenShortReadsBack(t *testing.T) {
	at := time.Date(2026, 8, 27, 10, 23, 47, 123e6, time.UTC)
	operation := func(id string, kind order.Kind) order.Operation {
		return order.Operation{ID: id, Kind: kind, RequestID: "request of " + id}
	}
	want := order.Order{
		Invoice: "INV-1", Operations: []order.Operation{
			operation("createpage", order.KindCreatePage), operation("refund-0011223344556677", order.KindRefund),
			operation("#0", "#0"),
			operation("refund-", order.KindRefund), operation("other", order.KindRefund),
			operation("refund-1", "r-like"),
		},
		History: []order.HistoryEntry{
			{At: at, What: "intent", Of: "createpage", Detail: "request of createpage"},
			{At: at, What: "intent", Of: "createpage", Detail: "request of an older generation"},
			{At: at, What: "done", Of: "createpage"},
			{At: at, What: "done", Of: "createpage", Detail: "#"},
			{At: at, What: "refused", Of: "refund-0011223344556677", Detail: "##1"},
			{At: at, What: "done", Of: "#0", Detail: "request of #0"},
			{At: at, What: "notified", Of: "#1", Detail: "PAID"},
			{At: at, What: "notified", Of: "##1", Detail: "#"},
			{At: at, What: "notified", Of: "#text", Detail: "a|b"},
			{At: at, What: "asked", Detail: "EXPIRED"},
		},
	}
	if diff := cmp.Diff(want, fromItem("INV-1", toItem(want, 0))); diff != "" {
		t.Errorf("what was written short differs (-written +read):\n%s", diff)
	}
}
