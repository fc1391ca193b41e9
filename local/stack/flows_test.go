package stack_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/shared/doku"
)

// merchantStack is a stack with a merchant that captures and refunds, and a client of DOKU to compare with.
type merchantStack struct {
	shopfront
	doku *doku.Client
}

func openMerchantStack(t *testing.T) merchantStack { return openMerchantStackWith(t, nil) }

func openMerchantStackWith(t *testing.T, settings map[string]string) merchantStack {
	s := open(t, func(c *stack.Config) { c.Settings = settings })
	client, err := doku.New(doku.Config{BaseURL: s.DOKU, ClientID: sandbox.DefaultClientID,
		SecretKey: sandbox.DefaultSecretKey, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return merchantStack{s, client}
}

// buy requests a page with additional fields (given as JSON) and pays on it.
func (s merchantStack) buy(t *testing.T, invoice, more string, card customer.Card, extra ...url.Values) {
	t.Helper()
	if err := customer.Pay(t.Context(), http.DefaultClient, s.pageWith(t, invoice, more), card, extra...); err != nil {
		t.Fatal(err)
	}
}

func (s merchantStack) pageWith(t *testing.T, invoice, more string) string {
	t.Helper()
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"id":"CUST-1",`+
		`"email":"budi@example.com"}%s}`, invoice, more)
	page, err := s.CreatePage(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return page.CreditCardPaymentPage.URL
}

// request posts to the API and returns the status and the body.
func (s merchantStack) request(t *testing.T, method, path, key, body string) (int, map[string]any) {
	t.Helper()
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	var raw []byte
	if body != "" {
		raw = []byte(body)
	}
	answer, err := s.Do(t.Context(), method, path, header, raw)
	if err != nil {
		t.Fatal(err)
	}
	var decoded map[string]any
	if err := json.Unmarshal(answer.Body, &decoded); err != nil {
		t.Fatalf("%v in %s", err, answer.Body)
	}
	return answer.Status, decoded
}

func (s merchantStack) capture(t *testing.T, invoice, body string) {
	t.Helper()
	if status, answer := s.request(t, "POST", "/payments/"+invoice+"/capture", "", body); status != 200 {
		t.Fatalf("capture of %s: %d %v", invoice, status, answer)
	}
}

// refund refunds an amount and expects DOKU's kind of refund. A repeat of the request changes nothing.
func (s merchantStack) refund(t *testing.T, invoice string, amount int64, kind string) {
	t.Helper()
	key, body := rand.Text(), fmt.Sprintf(`{"refund":{"amount":%d}}`, amount)
	for _, want := range []int{201, 200} {
		status, answer := s.request(t, "POST", "/payments/"+invoice+"/refunds", key, body)
		refund, _ := answer["refund"].(map[string]any)
		if status != want || refund["type"] != kind {
			t.Fatalf("refund of %s: %d %v, want %d and %s", invoice, status, answer, want, kind)
		}
	}
}

func (s merchantStack) control(t *testing.T, path, body string) {
	t.Helper()
	response, err := http.Post(s.DOKU+"/control/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 200 {
		t.Fatalf("control %s: %s", path, response.Status)
	}
}

// end is the expected end of a flow, in the API's words and in those of DOKU's check status.
type end struct {
	status                         string
	captured, refunded, refundable float64
	dokuStatus, dokuType           string
}

// agree compares the API, check status and the sandbox's own ledger about an order.
func (s merchantStack) agree(t *testing.T, invoice string, want end) map[string]any {
	t.Helper()
	_, shown := s.request(t, "GET", "/payments/"+invoice, "", "")
	number := func(name string) float64 { n, _ := shown[name].(float64); return n }
	if shown["status"] != want.status || number("captured") != want.captured || number("refunded") != want.refunded ||
		number("refundable") != want.refundable {
		t.Errorf("the API shows %v, want %+v", shown, want)
	}
	told, err := s.doku.Status(t.Context(), strings.ToLower(rand.Text()), invoice)
	if err != nil || told.TransactionStatus != want.dokuStatus || told.Type != want.dokuType {
		t.Errorf("check status says %+v, %v, want %+v", told, err, want)
	}
	var ledger struct {
		Payments []struct {
			Status             string
			Captured, Refunded float64
		}
	}
	control(t, s.DOKU+"/control/payments?invoice_number="+invoice, &ledger)
	if len(ledger.Payments) != 1 || ledger.Payments[0].Captured != want.captured ||
		ledger.Payments[0].Refunded != want.refunded || ledger.Payments[0].Status != want.status {
		t.Errorf("the sandbox's ledger says %+v, want %+v", ledger.Payments, want)
	}
	return shown
}

func TestSaleAndVoid(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-SALE", `,"payment":{"type":"SALE"}`, customer.Visa)
	s.await(t, "FLOW-SALE", "PAID")
	s.agree(t, "FLOW-SALE", end{"PAID", 90000, 0, 90000, "SUCCESS", "SALE"})
	status, answer := s.request(t, "POST", "/payments/FLOW-SALE/refunds", rand.Text(), `{"refund":{"amount":10000}}`)
	if status != 422 || !strings.Contains(fmt.Sprint(answer), "only the full amount can be voided") {
		t.Errorf("a partial refund before settlement: %d %v", status, answer)
	}
	s.refund(t, "FLOW-SALE", 90000, "VOID")
	s.agree(t, "FLOW-SALE", end{"VOIDED", 90000, 90000, 0, "VOIDED", "VOID"})
}

func TestAuthorizeCaptureAllAndRefundAll(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-AUTH", `,"payment":{"type":"AUTHORIZATION"}`, customer.Mastercard)
	s.await(t, "FLOW-AUTH", "AUTHORIZED")
	shown := s.agree(t, "FLOW-AUTH", end{"AUTHORIZED", 0, 0, 0, "PENDING", "AUTHORIZE"})
	held, _ := shown["authorization"].(map[string]any)
	at, _ := time.Parse(time.RFC3339, fmt.Sprint(held["at"]))
	until, _ := time.Parse(time.RFC3339, fmt.Sprint(held["expires_at"]))
	if held["amount"] != 90000.0 || until.Sub(at) != 7*24*time.Hour {
		t.Errorf("authorization %v", held)
	}
	s.capture(t, "FLOW-AUTH", `{}`)
	s.control(t, "settle", `{"invoice_number":"FLOW-AUTH"}`)
	s.refund(t, "FLOW-AUTH", 90000, "FULL_REFUND")
	s.agree(t, "FLOW-AUTH", end{"REFUNDED", 90000, 90000, 0, "REFUNDED", "REFUND"})
}

func TestAuthorizeCapturePartAndRefundParts(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-PART", `,"payment":{"type":"AUTHORIZE"}`, customer.Mastercard)
	s.await(t, "FLOW-PART", "AUTHORIZED")
	s.capture(t, "FLOW-PART", `{"payment":{"capture_amount":60000}}`)
	s.agree(t, "FLOW-PART", end{"PAID", 60000, 0, 60000, "SUCCESS", "CAPTURE"})
	if status, answer := s.request(t, "POST", "/payments/FLOW-PART/capture", "",
		`{"payment":{"capture_amount":30000}}`); status != 422 {
		t.Errorf("the rest: %d %v: one capture per authorisation", status, answer)
	}
	s.control(t, "settle", `{}`)
	s.refund(t, "FLOW-PART", 20000, "PARTIAL_REFUND")
	s.agree(t, "FLOW-PART", end{"PARTIALLY_REFUNDED", 60000, 20000, 40000, "SUCCESS", "CAPTURE"})
	status, answer := s.request(t, "POST", "/payments/FLOW-PART/refunds", rand.Text(),
		`{"refund":{"amount":40000},"expected_refundable":60000}`)
	if status != 422 || !strings.Contains(fmt.Sprint(answer), "expected_refundable") {
		t.Errorf("an outdated expectation: %d %v", status, answer)
	}
	s.refund(t, "FLOW-PART", 40000, "PARTIAL_REFUND")
	s.agree(t, "FLOW-PART", end{"REFUNDED", 60000, 60000, 0, "REFUNDED", "REFUND"})
}

func TestAuthorizeWithAutoCapture(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-AUTO", `,"payment":{"type":"AUTHORIZE","auto_capture":true}`, customer.Visa)
	s.await(t, "FLOW-AUTO", "PAID")
	s.agree(t, "FLOW-AUTO", end{"PAID", 90000, 0, 90000, "SUCCESS", "SALE"})
}

func TestInstallmentAndManualRefund(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-INST", `,"payment":{"type":"INSTALLMENT","acquirer":"BCA","tenor":3},`+
		`"override_configuration":{"allow_tenor":[3,6]}`,
		customer.Visa, url.Values{"tenor": {"3"}, "acquirer": {"BCA"}})
	s.await(t, "FLOW-INST", "PAID")
	shown := s.agree(t, "FLOW-INST", end{"PAID", 90000, 0, 90000, "SUCCESS", "INSTALLMENT"})
	if plan := fmt.Sprint(shown["installment"]); plan != "map[acquirer:BCA tenor:3]" {
		t.Errorf("installment %s", plan)
	}
	s.control(t, "settle", `{}`)
	s.control(t, "manual-refunds", `{"on":true}`)
	s.refund(t, "FLOW-INST", 30000, "MANUAL_PARTIAL_REFUND")
	s.refund(t, "FLOW-INST", 60000, "MANUAL_PARTIAL_REFUND")
	shown = s.agree(t, "FLOW-INST", end{"REFUNDED", 90000, 90000, 0, "REFUNDED", "REFUND"})
	if refunds := fmt.Sprint(shown["refunds"]); strings.Count(refunds, "status:MANUAL") != 2 {
		t.Errorf("manual refunds must stay visible as being processed by DOKU: %s", refunds)
	}
	s.buy(t, "FLOW-INST2", ``, customer.Visa)
	s.await(t, "FLOW-INST2", "PAID")
	s.control(t, "settle", `{}`)
	s.refund(t, "FLOW-INST2", 90000, "MANUAL_FULL_REFUND")
}

func TestASavedCardIsUsedAndForgotten(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-SAVE", `,"card":{"save":true}`, customer.Mastercard)
	s.await(t, "FLOW-SAVE", "PAID")
	_, list := s.request(t, "GET", "/customers/CUST-1/tokens", "", "")
	tokens, _ := list["tokens"].([]any)
	if len(tokens) != 1 {
		t.Fatalf("saved cards %v", list)
	}
	token := tokens[0].(map[string]any)
	if token["brand"] != "MASTER" || !strings.HasSuffix(fmt.Sprint(token["masked"]), "1101") {
		t.Errorf("saved card %v", token)
	}
	id := fmt.Sprint(token["id"])
	for i, kind := range []string{"SALE", "MOTO", "RECURRING"} {
		invoice := "FLOW-" + kind
		cvv := []string{"123", "", ""}[i] // MOTO and RECURRING ask for neither CVV nor one-time password
		s.buy(t, invoice, fmt.Sprintf(`,"card":{"token":%q},"payment":{"type":%q}`, id, kind), customer.Card{CVV: cvv})
		s.await(t, invoice, "PAID")
		shown := s.agree(t, invoice, end{"PAID", 90000, 0, 90000, "SUCCESS", kind})
		if card := fmt.Sprint(shown["card"]); !strings.Contains(card, "557338******1101") {
			t.Errorf("%s paid with %s", kind, card)
		}
	}
	if status, answer := s.request(t, "DELETE", "/customers/CUST-2/tokens/"+id, "", ""); status != 404 {
		t.Errorf("another customer forgets it: %d %v", status, answer)
	}
	if status, answer := s.request(t, "DELETE", "/customers/CUST-1/tokens/"+id, "", ""); status != 200 ||
		answer["status"] != "DELETE SUCCESS" {
		t.Errorf("%d %v", status, answer)
	}
	if _, list := s.request(t, "GET", "/customers/CUST-1/tokens", "", ""); len(list["tokens"].([]any)) != 0 {
		t.Errorf("after forgetting: %v", list)
	}
}

func TestAPromoLowersWhatIsPaid(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-PROMO", `,"override_configuration":{"promo":[{"bin":"557338","discount_amount":20000}]}`,
		customer.Mastercard)
	s.await(t, "FLOW-PROMO", "PAID")
	shown := s.agree(t, "FLOW-PROMO", end{"PAID", 70000, 0, 70000, "SUCCESS", "SALE"})
	if order := fmt.Sprint(shown["order"]); !strings.Contains(order, "amount:90000") {
		t.Errorf("the order keeps its own amount: %s", order)
	}
	status, answer := s.request(t, "POST", "/payments/FLOW-PROMO/refunds", rand.Text(), `{"refund":{"amount":90000}}`)
	if status != 422 {
		t.Errorf("a refund of more than was paid: %d %v", status, answer)
	}
	s.refund(t, "FLOW-PROMO", 70000, "VOID")
	s.agree(t, "FLOW-PROMO", end{"VOIDED", 70000, 70000, 0, "VOIDED", "VOID"})
}

func TestOnlyAllowedBINsPay(t *testing.T) {
	s := openMerchantStack(t)
	page := s.pageWith(t, "FLOW-BIN", `,"override_configuration":{"allow_bin":["476134"]}`)
	if err := customer.Pay(t.Context(), http.DefaultClient, page,
		customer.Mastercard); !errors.Is(err, customer.ErrRefused) {
		t.Errorf("a card of another BIN: %v", err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page, customer.Visa); err != nil {
		t.Fatal(err)
	}
	s.await(t, "FLOW-BIN", "PAID")
	s.agree(t, "FLOW-BIN", end{"PAID", 90000, 0, 90000, "SUCCESS", "SALE"})
}

func TestADisclaimerMustBeAgreedTo(t *testing.T) {
	s := openMerchantStack(t)
	page := s.pageWith(t, "FLOW-AGREE",
		`,"additional_info":{"disclaimer":{"en":"No returns","id":"Tidak dapat dikembalikan"}}`)
	if err := customer.Pay(t.Context(), http.DefaultClient, page, customer.Visa); !errors.Is(err, customer.ErrRefused) {
		t.Errorf("without agreeing: %v", err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page, customer.Visa,
		url.Values{"disclaimer": {"on"}}); err != nil {
		t.Fatal(err)
	}
	s.await(t, "FLOW-AGREE", "PAID")
}

// Rules that DOKU enforces too late are enforced before the call.
func TestWhatIsNotAllowedNeverReachesDOKU(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FLOW-NO", `,"payment":{"type":"AUTHORIZE"}`, customer.Visa)
	s.await(t, "FLOW-NO", "AUTHORIZED")
	for _, test := range []struct {
		path, key, body string
		want            int
	}{
		{"capture", "", `{"payment":{"capture_amount":90001}}`, 422},
		{"capture", "", `{"payment":{"capture_amount":"60000"}}`, 422},
		{"capture", "", ``, 422},
		{"refunds", rand.Text(), `{"refund":{"amount":1}}`, 409},
		{"refunds", "", `{"refund":{"amount":1}}`, 400},
		{"refunds", "short", `{"refund":{"amount":1}}`, 400},
		{"refunds", rand.Text(), `{"refund":{"amount":1.5}}`, 422},
	} {
		if status, answer := s.request(t, "POST", "/payments/FLOW-NO/"+test.path, test.key,
			test.body); status != test.want {
			t.Errorf("%s %s: %d %v, want %d", test.path, test.body, status, answer, test.want)
		}
	}
	for path, body := range map[string]string{"/payments/NOBODY/capture": `{}`,
		"/payments/NOBODY/refunds": `{"refund":{"amount":1}}`} {
		if status, _ := s.request(t, "POST", path, rand.Text(), body); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	s.agree(t, "FLOW-NO", end{"AUTHORIZED", 0, 0, 0, "PENDING", "AUTHORIZE"})
}
