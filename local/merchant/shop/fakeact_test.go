package shop_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// act carries out a person's decision about an order, unless the script has an answer.
func (f *fakeAPI) act(w http.ResponseWriter, r *http.Request, _ holder) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.operations = append(f.operations, operation{path: r.URL.Path, body: string(raw)})
	if len(f.script) > 0 {
		a := f.script[0]
		f.script = f.script[1:]
		reply(w, a.status, a.body)
		return
	}
	var body struct{ Conflict, Decision, Operation, Outcome, Note string }
	if err := json.Unmarshal(raw, &body); err != nil {
		panic(err)
	}
	order := f.orders[r.PathValue("invoice")]
	who := map[string]any{"at": "2026-11-22T06:00:00Z", "by": "MERCHANT", "note": body.Note}
	switch {
	case strings.HasSuffix(r.URL.Path, "/close"):
		order["closed"] = who
		delete(order, "page")
	case body.Conflict != "":
		decide(order, body.Conflict, body.Decision, who)
	default:
		resolve(order, body.Operation, body.Outcome)
	}
	reply(w, http.StatusOK, order)
}

func decide(order map[string]any, id, decision string, who map[string]any) {
	open := 0
	for _, one := range order["conflicts"].([]any) {
		conflict := one.(map[string]any)
		if conflict["id"] == id {
			conflict["decision"], conflict["decided"] = decision, who
			if decision == "counts" {
				paid(order)
				order["captured"], order["refundable"] = conflict["amount"], conflict["amount"]
			}
		}
		if conflict["decision"] == nil {
			open++
		}
	}
	if open == 0 {
		delete(order, "conflict")
	}
}

func resolve(order map[string]any, operation, outcome string) {
	status := map[string]string{"done": "SUCCESS", "refused": "FAILED"}[outcome]
	for _, one := range order["refunds"].([]any) {
		if refund := one.(map[string]any); refund["id"] == operation {
			refund["status"] = status
			if outcome == "refused" {
				order["refunded"] = order["refunded"].(int64) - refund["amount"].(int64)
				order["refundable"] = order["refundable"].(int64) + refund["amount"].(int64)
			}
		}
	}
}
