package doku

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// rotating hands out an old key until it is asked for a newer one.
type rotating struct {
	old, newer Keyring
	renewals   int
}

func (r *rotating) Keyring(context.Context) Keyring { return r.old }

func (r *rotating) Renewed(_ context.Context, stale Keyring) (Keyring, bool) {
	r.renewals++
	return r.newer, r.newer != stale
}

// If DOKU uses only the new key, it turns away a request that is signed with the old one. The request is signed with
// the new key and sent once more, with the same Request-Id and body.
func TestARotatedKeyIsTakenUpInTheMiddleOfACall(t *testing.T) {
	var ids, bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		ids, bodies = append(ids, r.Header.Get("Request-Id")), append(bodies, string(body))
		c := Component{ClientID: testClient, RequestID: r.Header.Get("Request-Id"),
			Timestamp: r.Header.Get("Request-Timestamp"), Target: r.URL.Path, Digest: Digest(body)}
		w.Header().Set("Content-Type", "application/json")
		if !Verify(r.Header.Get("Signature"), c, "SK-new") {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":{"code":"invalid_signature","message":"Invalid Header Signature"}}`)
			return
		}
		io.WriteString(w, `{"order":{"invoice_number":"INV-1"},"credit_card_payment_page":{"url":"https://pay.example/1"}}`)
	}))
	defer server.Close()
	r := CreatePageRequest{Order: PageOrder{InvoiceNumber: "INV-1", Amount: 90000}}
	old := Keyring{ClientID: testClient, Current: "SK-old"}
	keys := &rotating{old: old, newer: Keyring{ClientID: testClient, Current: "SK-new", Previous: "SK-old"}}
	call := func() error {
		_, err := newClient(t, server.URL, func(c *Config) { c.Keys = keys }).CreatePage(t.Context(), testID, r)
		return err
	}
	if err := call(); err != nil || len(ids) != 2 || ids[0] != ids[1] || bodies[0] != bodies[1] || keys.renewals != 1 {
		t.Errorf("%v, Request-Ids %q, %d renewals", err, ids, keys.renewals)
	}
	keys.newer, ids = old, nil
	var refused *Error
	if err := call(); !errors.As(err, &refused) || !refused.Unprocessed || len(ids) != 1 {
		t.Errorf("no newer key: %v, sent %d times", err, len(ids))
	}
}

func TestANotificationUnderARotatedKey(t *testing.T) {
	header := posted("SK-new", "/notifications", "2023-01-06T06:27:15Z", saleBody)
	keys := &rotating{old: Keyring{ClientID: testClient, Current: testSecret}}
	keys.newer = Keyring{ClientID: testClient, Current: "SK-new", Previous: testSecret}
	r := receiver()
	r.Keys = keys
	if _, err := r.ParseNotification(t.Context(), header, []byte(saleBody)); err != nil {
		t.Errorf("signed with the newer key: %v", err)
	}
	forged := posted("SK-forged", "/notifications", "2023-01-06T06:27:15Z", saleBody)
	if _, err := r.ParseNotification(t.Context(), forged, []byte(saleBody)); !errors.Is(err, ErrSignature) {
		t.Errorf("forged: %v", err)
	}
	r.Keys = keys.newer // as it is after the rotation: a retry of DOKU still carries the old signature
	old := posted(testSecret, "/notifications", "2023-01-06T06:27:15Z", saleBody)
	if _, err := r.ParseNotification(t.Context(), old, []byte(saleBody)); err != nil {
		t.Errorf("signed with the previous key: %v", err)
	}
}

func TestAKeyringThatCannotSignIsRefused(t *testing.T) {
	good := Keyring{ClientID: "MCH-0001-10791114622547", Current: "SK-hCJ42G28TA0MKG9LE2E_1",
		Previous: "SK-9LE2E_1hCJ42G28TA0MKG"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want           string
		client         string
		key, otherwise Secret
	}{
		{"the client id is empty", "", "SK-1", ""},
		{"secret key is empty", "MCH-1", "", ""},
		{"of the family doku_", "MCH-1", "doku_key_x", ""},
		{"of the family doku_…: ", "MCH-1", "SK-1", "doku_key_x"},
		{"a secret key begins or ends with white space", "MCH-1", "SK-key_x\n", ""},
		{"a secret key begins or ends with white space", "MCH-1", "SK-1", " SK-key_x"},
		{"a secret key begins or ends with white space", "MCH-1", "SK-1", " "},
		{"the client id begins or ends with white space", "MCH-key_x ", "SK-1", ""},
		{"the client id begins or ends with white space", "\tMCH-key_x", "SK-1", ""},
		{"the client id has white space in it", "MCH- key_x", "SK-1", ""},
		{"the client id stands in quotation marks", `"MCH-key_x"`, "SK-1", ""},
		{"a secret key stands in quotation marks", "MCH-1", "'SK-key_x'", ""},
		{"a secret key has quotation marks", "MCH-1", `SK-key_x"`, ""},
		{"a secret key has quotation marks", "MCH-1", `SK-key_x",`, ""},
		{"a secret key has a character that cannot be seen", "MCH-1", "\ufeffSK-key_x", ""},
		{"the client id has a character that cannot be seen", "MCH-key_x\u200b", "SK-1", ""},
		{"the client id has a character that is not ASCII", "MCH–key_x", "SK-1", ""},
		{"a secret key has a character that is not ASCII", "MCH-1", "SK-…", ""},
		{"a secret key is there twice in a row", "MCH-1", "SK-key_xSK-key_x", ""},
		{"the client id is there twice in a row", "MCH-key_xMCH-key_x", "SK-1", ""},
	} {
		k := Keyring{ClientID: c.client, Current: c.key, Previous: c.otherwise}
		if err := k.Check(); err == nil || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "key_x") {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
