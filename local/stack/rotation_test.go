package stack_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

var inFlight = flag.Int("payments", 300, "how many payments TestAKeyIsRotatedUnderWay makes")

// DOKU's key is rotated while payments are made. The new key is added to the secret next to the old one, and a third of
// the payments later DOKU switches. No request is refused, and every payment ends PAID.
func TestAKeyIsRotatedUnderWay(t *testing.T) {
	running := harness.Start(t, func(c *stack.Config) { c.Settings = map[string]string{"SECRET_MAX_AGE": "1s"} })
	api := harness.API(t, running)
	const newKey = "SK-the-new-key-of-the-rotation"
	at := map[int]func(){
		*inFlight / 3: func() {
			running.PutKeys(stack.Keys{ClientID: sandbox.DefaultClientID, SecretKey: newKey,
				PreviousKey: sandbox.DefaultSecretKey, QuoteKey: running.Keys.QuoteKey})
		},
		2 * *inFlight / 3: func() { rotateAtDOKU(t, running.DOKU, newKey) },
	}
	var paid, refused atomic.Int64
	invoices := make(chan int)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for i := range invoices {
				if step := at[i]; step != nil {
					step()
				}
				if err := payOnce(t, api, fmt.Sprintf("ROT-%05d", i)); err != nil {
					refused.Add(1)
					t.Error(err)
					continue
				}
				paid.Add(1)
			}
		})
	}
	for i := range *inFlight {
		invoices <- i
	}
	close(invoices)
	workers.Wait()
	t.Logf("%d payments while the key was rotated: %d PAID, %d refused or lost; the secret was read %d times",
		*inFlight, paid.Load(), refused.Load(), running.Secrets.Fetches())
}

// payOnce makes one payment, and repeats requests only if the API asks for it.
func payOnce(t *testing.T, api merchant.API, invoice string) error {
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`,
		invoice)
	page, err := api.CreatePage(t.Context(), []byte(body))
	if err != nil {
		return fmt.Errorf("%s: %w", invoice, err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		return fmt.Errorf("%s: %w", invoice, err)
	}
	_, err = api.Await(t.Context(), invoice, "PAID")
	return err
}

func rotateAtDOKU(t *testing.T, doku, key string) {
	response, err := http.Post(doku+"/control/rotate", "application/json",
		bytes.NewBufferString(`{"secret_key":"`+key+`"}`))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("rotating at DOKU: %v %v", response, err)
		return
	}
	response.Body.Close()
}

// The secret is read in INIT, once by each function that needs it, and not by the requests that follow.
func TestTheSecretIsReadAtTheStart(t *testing.T) {
	running := harness.Start(t, nil)
	const readers = 7 // createpage, capture, refund, tokens, notify, reconcile and refresh
	if n := running.Secrets.Fetches(); n != readers {
		t.Errorf("%d reads at the start, want one by each of %d functions", n, readers)
	}
	if err := payOnce(t, harness.API(t, running), "READ-1"); err != nil {
		t.Error(err)
	}
	if n := running.Secrets.Fetches(); n != readers {
		t.Errorf("%d reads after a payment, want no more than the %d of the start", n, readers)
	}
}

// While Secrets Manager is down, functions continue to use the secret that they have, however old.
func TestSecretsManagerIsDown(t *testing.T) {
	running := harness.Start(t, func(c *stack.Config) { c.Settings = map[string]string{"SECRET_MAX_AGE": "1ms"} })
	running.Secrets.SetDown(true)
	if err := payOnce(t, harness.API(t, running), "DOWN-1"); err != nil {
		t.Errorf("while Secrets Manager is down: %v", err)
	}
	if running.Secrets.Refused() == 0 {
		t.Error("nobody asked for the secret while Secrets Manager was down")
	}
}
