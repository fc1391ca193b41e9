package shop_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// operation is one POST …/capture or …/refunds.
type operation struct{ path, key, body string }

// operate carries out a capture or refund once per key, unless the script has an answer. If the answer is lost, the
// effect remains.
func (f *fakeAPI) operate(w http.ResponseWriter, r *http.Request, _ holder) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	f.operations = append(f.operations, operation{r.URL.Path, key, string(raw)})
	if len(f.script) > 0 {
		a := f.script[0]
		f.script = f.script[1:]
		if a.retryAfter != "" {
			w.Header().Set("Retry-After", a.retryAfter)
		}
		if a.effect {
			f.apply(r.PathValue("invoice"), key, raw)
		}
		if a.status == 0 {
			panic(http.ErrAbortHandler)
		}
		reply(w, a.status, a.body)
		return
	}
	f.apply(r.PathValue("invoice"), key, raw)
	status := http.StatusCreated
	if strings.HasSuffix(r.URL.Path, "/capture") {
		status = http.StatusOK
	}
	reply(w, status, f.orders[r.PathValue("invoice")])
}

func (f *fakeAPI) apply(invoice, key string, raw []byte) {
	if f.done[key] {
		return
	}
	f.done[key] = true
	var body struct {
		Payment *struct {
			Amount int64 `json:"capture_amount"`
		} `json:"payment"`
		Refund *struct {
			Amount int64 `json:"amount"`
		} `json:"refund"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		panic(err)
	}
	order := f.orders[invoice]
	if body.Refund == nil { // a capture, of the whole amount unless it names one
		amount := order["order"].(map[string]any)["amount"].(int64)
		if body.Payment != nil {
			amount = body.Payment.Amount
		}
		order["status"], order["captured"], order["refundable"] = "PAID", amount, amount
		return
	}
	left := order["refundable"].(int64) - body.Refund.Amount
	order["refunded"], order["refundable"] = order["captured"].(int64)-left, left
	order["status"] = "PARTIALLY_REFUNDED"
	kind := "PARTIAL_REFUND"
	if left == 0 {
		order["status"] = "REFUNDED"
		kind = "FULL_REFUND"
	}
	refunds, _ := order["refunds"].([]any)
	order["refunds"] = append(refunds,
		map[string]any{"id": key, "amount": body.Refund.Amount, "type": kind, "status": "DONE",
			"at": "2026-11-22T05:00:00Z"})
}

func (f *fakeAPI) listTokens(w http.ResponseWriter, r *http.Request, by holder) {
	if r.PathValue("customer") != by.subject {
		reply(w, http.StatusNotFound, map[string]any{"title": "Not found", "status": 404})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	reply(w, http.StatusOK, map[string]any{"tokens": f.tokens})
}

func (f *fakeAPI) forgetToken(w http.ResponseWriter, r *http.Request, by holder) {
	if r.PathValue("customer") != by.subject {
		reply(w, http.StatusNotFound, map[string]any{"title": "Not found", "status": 404})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgotten = append(f.forgotten, r.PathValue("customer")+" "+r.PathValue("token"))
	kept := []map[string]any{}
	for _, token := range f.tokens {
		if token["id"] != r.PathValue("token") {
			kept = append(kept, token)
		}
	}
	f.tokens = kept
	reply(w, http.StatusOK, map[string]any{"status": "DELETED"})
}

// authorized and captured bring an order into a state in which the merchant can act on it.
func authorized(order map[string]any) {
	paid(order)
	order["status"] = "AUTHORIZED"
	order["authorization"] = map[string]any{"amount": order["order"].(map[string]any)["amount"],
		"expires_at": "2026-11-29T04:50:00Z"}
}

func captured(order map[string]any) {
	paid(order)
	amount := order["order"].(map[string]any)["amount"]
	order["captured"], order["refundable"] = amount, amount // no refunded, because kasir omits 0
}

func (f *fakeAPI) operated() []operation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]operation(nil), f.operations...)
}
