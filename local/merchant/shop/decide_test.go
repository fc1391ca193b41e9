package shop_test

import "testing"

func TestCloseAnUnpaidOrder(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, func(map[string]any) {})
	v.fill("#close-note", "sold out")
	v.looks("37-merchant-open")
	v.click("#close-button")
	v.sees("Closed: it gets no further page.")
	v.sees("MERCHANT · sold out")
	v.until(`document.querySelector("#close").hidden`)
	v.looks("38-merchant-closed")
	v.operations("/payments/KOPI-1/close", `{"note":"sold out"}`)
	v.api.change("KOPI-1", captured) // it is paid although it was closed
	v.sees("Paid although the order was closed.")
	v.until(`document.querySelector("#refund-amount").value === "90.000"`)
}

func TestClosingNeedsNoNote(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, ended)
	v.click("#close-button")
	v.sees("Closed: it gets no further page.")
	v.operations("/payments/KOPI-1/close", `{}`)
	v.lookUp("KOPI-2", 90000, captured)
	v.until(`document.querySelector("#close").hidden`) // a paid order is refunded, not closed
}

func TestARefusalToCloseIsSaid(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, func(map[string]any) {})
	v.api.set(func() {
		v.api.script = []answer{{status: 409,
			body: map[string]any{"status": 409, "detail": "The order is PAID: only an unpaid order can be closed."}}}
	})
	v.click("#close-button")
	v.sees("The order is PAID: only an unpaid order can be closed.")
}

func TestDecideAboutConflicts(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, needsReview)
	v.sees("Nothing moves until a person has decided.")
	v.until(`document.querySelectorAll("#decision-list li").length === 2`)
	v.looks("39-merchant-conflicts")
	v.click("#decision-list li:first-child .button")
	v.sees("Please say why, for those who read it later.")
	v.fill("#decision-list li:first-child input", "seen in the Back Office")
	reads := v.api.reads()
	v.reads(reads + 2) // a reload keeps the typed text
	v.click("#decision-list li:first-child .button")
	v.until(`document.querySelectorAll("#decision-list li").length === 1`)
	v.sees("Decided: it counts")
	// no payment was reported in the other conflict
	v.until(`document.querySelectorAll("#decision-list button").length === 1`)
	v.fill("#decision-list input", "another shop's")
	v.click("#decision-list button")
	v.until(`document.querySelector("#decisions").hidden && document.querySelector("#order").dataset.status === "PAID"`)
	v.looks("40-merchant-decided")
	v.operations("/payments/KOPI-1/resolve",
		`{"conflict":"a1b2c3d4e5f6","decision":"counts","note":"seen in the Back Office"}`,
		`{"conflict":"0a0b0c0d0e0f","decision":"none","note":"another shop's"}`)
}

func TestAManualRefundIsCarriedOutOrRejected(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, func(order map[string]any) {
		captured(order)
		order["status"], order["refunded"], order["refundable"] = "PARTIALLY_REFUNDED", int64(50000), int64(40000)
		order["refunds"] = []any{
			map[string]any{"id": "refund-1", "amount": int64(20000), "type": "MANUAL_PARTIAL_REFUND",
				"status": "MANUAL", "at": "2026-11-22T05:00:00Z"},
			map[string]any{"id": "refund-2", "amount": int64(30000), "type": "MANUAL_PARTIAL_REFUND",
				"status": "MANUAL", "at": "2026-11-22T05:00:00Z"},
		}
	})
	v.sees("DOKU’s people give Rp20.000 back.")
	v.looks("41-merchant-manual")
	v.fill("#decision-list li:first-child input", "done on Monday")
	v.click("#decision-list li:first-child .button")
	v.until(`document.querySelectorAll("#decision-list li").length === 1`)
	v.fill("#decision-list input", "account closed")
	v.api.set(func() {
		v.api.script = []answer{{status: 422,
			body: map[string]any{"status": 422,
				"errors": []map[string]string{{"pointer": "/note", "detail": "has 501 bytes"}}}}}
	})
	v.click("#decision-list .quiet")
	v.until(`document.querySelector("#decision-list .error").textContent === "has 501 bytes"`)
	v.click("#decision-list .quiet")
	v.until(`document.querySelector("#decisions").hidden`)
	v.sees("Rp70.000") // refundable again
	v.operations("/payments/KOPI-1/resolve", `{"operation":"refund-1","outcome":"done","note":"done on Monday"}`,
		`{"operation":"refund-2","outcome":"refused","note":"account closed"}`,
		`{"operation":"refund-2","outcome":"refused","note":"account closed"}`)
}
