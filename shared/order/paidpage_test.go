package order

import "testing"

// If two pages were paid, a refund names the page of the payment that is kept.
func TestThePageOfTheKeptPaymentIsKept(t *testing.T) {
	second := Payment{Amount: 90000, ApprovalCode: "111111"} // of the latest page
	first := Payment{Amount: 90000, ApprovalCode: "222222", PageID: "page1"}
	for _, joined := range []Payment{both(first, second), both(second, first)} {
		if joined.ApprovalCode != "111111" || joined.PageID != "" {
			t.Errorf("kept %s of the page %q", joined.ApprovalCode, joined.PageID)
		}
	}
}

func both(a, b Payment) Payment {
	joined, _ := joinPayment(a, b)
	return joined
}
