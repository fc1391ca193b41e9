package shop_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// fakeAPI replaces kasir's HTTP API in the shop's own tests, and also serves a hosted page.
type fakeAPI struct {
	*httptest.Server
	mu          sync.Mutex
	orders      map[string]map[string]any // answers to GET, by invoice number
	bodies      []string                  // of every POST /payments, in order, without its quote
	asked       int                       // number of GET /payments/{invoice_number}
	generations map[string]int            // number of an order's pages before its latest, by invoice number
	script      []answer                  // answers to the next POSTs, instead of the ordinary ones
	down        bool                      // connections are closed without an answer
	hold        chan struct{}             // if set, a POST waits until it is closed

	issuer    *fakeIssuer
	owners    map[string]string // subjects, by invoice number; an order without one belongs to everybody
	strangers int               // number of calls without a valid token

	tokens    []map[string]any
	forgotten []string // "customer token"
}

// answer is one scripted answer to a POST, which then has no effect.
type answer struct {
	status     int
	retryAfter string
	body       any
}

func newFakeAPI(t *testing.T) *fakeAPI {
	f := &fakeAPI{issuer: newFakeIssuer(t), orders: map[string]map[string]any{}, owners: map[string]string{},
		generations: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /payments", f.allow("payments:create", f.create))
	mux.HandleFunc("GET /payments/{invoice}", f.allow("payments:read", f.read))
	mux.HandleFunc("GET /customers/{customer}/tokens", f.allow("tokens:read", f.listTokens))
	mux.HandleFunc("DELETE /customers/{customer}/tokens/{token}", f.allow("tokens:unbind", f.forgetToken))
	mux.HandleFunc("GET /page/{invoice}", f.page)
	mux.HandleFunc("POST /page/{invoice}/{outcome}", f.pay)
	f.Server = httptest.NewServer(f.cors(mux))
	t.Cleanup(f.Server.Close)
	return f
}

func (f *fakeAPI) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		down := f.down
		f.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "content-type, authorization")
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		w.Header().Set("Access-Control-Expose-Headers", "retry-after, idempotent-replayed")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (f *fakeAPI) create(w http.ResponseWriter, r *http.Request, by holder) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return // a page that reloads aborts its request
	}
	raw, fault := judge(raw, by)
	f.mu.Lock()
	f.bodies = append(f.bodies, string(raw))
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.script) > 0 {
		a := f.script[0]
		f.script = f.script[1:]
		if a.retryAfter != "" {
			w.Header().Set("Retry-After", a.retryAfter)
		}
		reply(w, a.status, a.body)
		return
	}
	if fault != nil {
		reply(w, http.StatusUnprocessableEntity,
			map[string]any{"title": "Not valid", "status": 422, "detail": fault.Error()})
		return
	}
	status, order := f.store(raw, by)
	if status == http.StatusConflict { // without Retry-After: a refusal
		reply(w, status, map[string]any{"title": "Conflict", "status": status,
			"detail": "The order gets no further page."})
		return
	}
	if status == http.StatusOK {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	created := map[string]any{"order": order["order"], "status": order["status"]}
	if page, stands := order["page"].(map[string]any); stands {
		created["credit_card_payment_page"] = map[string]any{"url": page["url"]}
	}
	reply(w, status, created)
}

// judge removes the quote from a create-page body, and returns kasir's objection to it for a caller who may not set
// prices.
func judge(raw []byte, by holder) (without []byte, fault error) {
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		return raw, err
	}
	fault = quoteFits(body)
	if customer, _ := body["customer"].(map[string]any); customer["id"] != by.subject {
		fault = fmt.Errorf("the customer %v is not %s", customer["id"], by.subject)
	}
	delete(body, "quote")
	without, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return without, fault
}

// store stores the order of a create-page body once. It returns 201 the first time and for the next page of an order
// whose page has ended unpaid, 200 while a page is open or if the order is paid, and 409 if it gets no more pages.
func (f *fakeAPI) store(raw []byte, by holder) (int, map[string]any) {
	var body struct {
		Order struct {
			Invoice  string `json:"invoice_number"`
			Amount   int64  `json:"amount"`
			Callback string `json:"callback_url"`
		} `json:"order"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		panic(err)
	}
	invoice := body.Order.Invoice
	if order, found := f.orders[invoice]; found {
		return f.again(invoice, order), order
	}
	f.owners[invoice] = by.subject
	f.orders[invoice] = map[string]any{
		"order":    map[string]any{"invoice_number": invoice, "amount": body.Order.Amount},
		"status":   "PENDING",
		"page":     f.pageOf(invoice),
		"callback": body.Order.Callback,
	}
	return http.StatusCreated, f.orders[invoice]
}

// again answers a repeated request for a page.
func (f *fakeAPI) again(invoice string, order map[string]any) int {
	_, stands := order["page"]
	switch {
	case order["closed"] != nil, order["status"] == "NEEDS_REVIEW":
		return http.StatusConflict
	case stands, order["card"] != nil: // paid, in this fake
		return http.StatusOK
	}
	f.generations[invoice]++
	order["status"] = "PENDING"
	order["page"] = f.pageOf(invoice)
	return http.StatusCreated
}

// pageOf returns the latest page of an order.
func (f *fakeAPI) pageOf(invoice string) map[string]any {
	address := f.URL + "/page/" + invoice
	if more := f.generations[invoice]; more > 0 {
		address += fmt.Sprintf("?generation=%d", more+1)
	}
	return map[string]any{"url": address, "expires_at": "2999-01-01T00:00:00Z"}
}

func (f *fakeAPI) read(w http.ResponseWriter, r *http.Request, by holder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	order, found := f.orders[r.PathValue("invoice")]
	owner, owned := f.owners[r.PathValue("invoice")]
	if foreign := owned && owner != by.subject && !slices.Contains(by.scopes, "payments:read:all"); !found || foreign {
		reply(w, http.StatusNotFound, map[string]any{"title": "Not found", "status": 404, "detail": "no such order"})
		return
	}
	reply(w, http.StatusOK, order)
}

func (f *fakeAPI) page(w http.ResponseWriter, r *http.Request) {
	invoice := url.PathEscape(r.PathValue("invoice"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><title>Hosted page</title><h1>Hosted page</h1><p id="of">%[1]s</p><p id="generation">%[2]s</p>
<form method="post" action="/page/%[1]s/paid"><button id="ok">Pay</button></form>
<form method="post" action="/page/%[1]s/declined"><button id="no">Use a card that is declined</button></form>`, invoice,
		html.EscapeString(r.FormValue("generation")))
}

func (f *fakeAPI) pay(w http.ResponseWriter, r *http.Request) {
	invoice := r.PathValue("invoice")
	if r.PathValue("outcome") == "declined" {
		f.change(invoice, declined)
		http.Redirect(w, r, "/page/"+url.PathEscape(invoice), http.StatusSeeOther)
		return
	}
	var callback string
	f.change(invoice, func(order map[string]any) {
		paid(order)
		callback, _ = order["callback"].(string)
	})
	http.Redirect(w, r, callback, http.StatusSeeOther)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	if status >= 400 {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a page that is gone reads nothing
}
