package doku_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"kasir/shared/doku"
)

// A page is asked for under a Request-Id that is kept: if the outcome is unknown, the same call is made again.
func ExampleClient_CreatePage() {
	stand := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // in DOKU's place
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"order":{"invoice_number":"INV-20210118-0001"},"credit_card_payment_page":{"url":"https://pay.example/1"}}`)
	}))
	defer stand.Close()

	client, err := doku.New(doku.Config{BaseURL: stand.URL, ClientID: "MCH-0001-10791114622547",
		SecretKey: "SK-example", Now: time.Now})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := client.CreatePage(context.Background(), "b266c2653d6147089860c0d5b9a98f8c", doku.CreatePageRequest{
		Order:    doku.PageOrder{InvoiceNumber: "INV-20210118-0001", Amount: 90000},
		Customer: doku.Customer{Email: "jotaro@example.com"},
		Payment:  doku.PagePayment{Type: doku.Sale},
	})
	var refused *doku.Error
	switch {
	case errors.As(err, &refused):
		fmt.Println("not done:", refused.Code)
	case errors.Is(err, doku.ErrUnknown):
		fmt.Println("call again with the same Request-Id")
	default:
		fmt.Println("send the customer to", string(page.CreditCardPaymentPage.URL))
	}
	// Output: send the customer to https://pay.example/1
}

// A handler of the notification URL answers 2xx only once the payment is stored.
func ExampleReceiver_ParseNotification() {
	receiver := doku.Receiver{
		Keys:   doku.Keyring{ClientID: "MCH-0001-10791114622547", Current: "SK-unit-test-secret"},
		Target: "/payments/notifications", Now: time.Now,
	}
	http.HandleFunc("POST /payments/notifications", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		n, err := receiver.ParseNotification(r.Context(), r.Header, body)
		if err != nil {
			http.Error(w, "not genuine", http.StatusUnauthorized)
			return
		}
		fmt.Println(n.InvoiceNumber, n.Status, n.Amount.Rupiah) // store it here, before answering
	})

	body := `{"order":{"invoice_number":"INV-20210118-0001","amount":90000},"transaction":{"type":"SALE","status":"SUCCESS","date":"2021-01-18T06:27:14Z","original_request_id":"b266c265-3d61-4708-9860-c0d5b9a98f8c"},"service":{"id":"CREDIT_CARD"}}`
	r := httptest.NewRequest("POST", "/payments/notifications", strings.NewReader(body))
	r.Header.Set("Client-Id", "MCH-0001-10791114622547")
	r.Header.Set("Request-Id", "CREDIT_CARD0000000000000000000000000000000000000000000000000000000000000001")
	r.Header.Set("Request-Timestamp", "2021-01-18T06:27:15Z")
	r.Header.Set("Signature", "HMACSHA256=VLp5kRpQEYM/oYOzBQiCjVS+RySEkMwscI5EVKzInvs=")
	http.DefaultServeMux.ServeHTTP(httptest.NewRecorder(), r)
	// Output: INV-20210118-0001 SUCCESS 90000
}
