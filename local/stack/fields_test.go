package stack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/shared/route"
)

// staffFields are the fields of a payment that only a caller sees who may read every payment, by their paths.
var staffFields = []string{
	"acknowledged", "attention", "conflicts", "history", "metadata", "remarks", "refunds.requested_by",
	"refunds.requested_by_username", "refunds.note", "refunds.resolved",
	"closed.by", "elsewhere", "unaccounted", "settlement", "forgotten_at",
	"closed.username", "closed.note", "review.operations.request_id",
}

// TestFieldMatrix asks for a payment and for lists, through the gateway and the built binaries, with the token of each
// role. It compares every field of each answer with the fields that the role may see on that route.
func TestFieldMatrix(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "FIELD-1", "", customer.Visa)
	if _, err := s.Await(t.Context(), "FIELD-1", "PAID"); err != nil {
		t.Fatal(err)
	}
	s.request(t, "POST", "/payments/FIELD-1/refunds", "a-key-of-the-fields-1",
		`{"refund":{"amount":1000},"note":"too late"}`)
	if status := s.post(t, notification{invoice: "FIELD-1", status: "SUCCESS", amount: 80000}); status != 200 {
		t.Fatal(status)
	}
	s.request(t, "POST", "/payments/FIELD-1/records", "a-key-of-the-fields-2",
		`{"kind":"chargeback","amount":2000,"reference":"CB-17","note":"letter of the bank"}`)
	for invoice, id := range map[string]string{"FIELD-2": "CUST-1", "FIELD-3": "CUST-2"} {
		body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},`+
			`"customer":{"id":%q,"email":"budi@example.com"},"metadata":{"cart_id":"CART-77"}}`, invoice, id)
		if _, err := s.CreatePage(t.Context(), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	status, answer := s.request(t, "POST", "/payments/FIELD-2/close", "", `{"note":"ordered again"}`)
	if status != http.StatusOK {
		t.Fatal(status, answer)
	}

	m := &fieldMatrix{t: t, s: s, all: map[string][]string{}}
	for _, invoice := range []string{"FIELD-1", "FIELD-2", "FIELD-3"} {
		m.all[invoice] = pathsOf(m.ask("staff", "/payments/"+invoice))
	}
	for _, field := range []string{"attention", "conflicts", "history", "refunds.requested_by", "refunds.note",
		"elsewhere.reference", "elsewhere.recorded.by", "charged_back"} {
		if !slices.Contains(m.all["FIELD-1"], field) {
			t.Errorf("the matrix has no order with the field %s: %v", field, m.all["FIELD-1"])
		}
	}
	if !slices.Contains(m.all["FIELD-3"], "metadata.cart_id") {
		t.Errorf("the matrix has no order with metadata: %v", m.all["FIELD-3"])
	}
	owners := map[string]string{"FIELD-1": "CUST-1", "FIELD-2": "CUST-1", "FIELD-3": "CUST-2"}
	for role, sees := range map[string]func(owner string) bool{
		"staff":  func(string) bool { return true },
		"CUST-1": func(owner string) bool { return owner == "CUST-1" },
		"CUST-2": func(owner string) bool { return owner == "CUST-2" },
		"CUST-3": func(string) bool { return false },
	} {
		for invoice, owner := range owners {
			m.judgeOne(role, invoice, sees(owner))
		}
		only := func(wanted ...string) func(string) bool {
			return func(invoice string) bool { return slices.Contains(wanted, invoice) }
		}
		every, of1, of2 := only("FIELD-1", "FIELD-2", "FIELD-3"), only("FIELD-1", "FIELD-2"), only()
		if role != "staff" { // a customer's own orders, also with the id of another
			of1, of2 = every, only("FIELD-1")
		}
		for query, listed := range map[string]func(invoice string) bool{
			"":                                       every,
			"?limit=100&status=PAID":                 only("FIELD-1"),
			"?customer_id=CUST-1":                    of1,
			"?customer_id=CUST-2&last4=0039":         of2,
			"?invoice_number=FIELD-1":                only("FIELD-1"),
			"?invoice_number=FIELD-3":                only("FIELD-3"),
			"?invoice_number=FIELD-":                 every,
			"?invoice_number=FIELD-9&status=EXPIRED": only(),
		} {
			m.judgeList(role, query, func(invoice string) bool { return sees(owners[invoice]) && listed(invoice) })
		}
	}
	for _, role := range []string{"CUST-1", "CUST-3"} {
		if status, _ := m.try(role, "/payments?attention=true"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s asks for attention: %d", role, status)
		}
	}
	if page := m.ask("staff", "/payments?attention=true"); !strings.Contains(fmt.Sprint(page), "FIELD-1") {
		t.Errorf("attention: %v", page)
	}
	t.Logf("%d cells of role, route and field, %d unexpected", m.cells, m.unexpected)
}

// fieldMatrix judges each field of each answer.
type fieldMatrix struct {
	t                 *testing.T
	s                 merchantStack
	all               map[string][]string // the fields of each order, as staff sees them
	cells, unexpected int
}

// try asks with the token of a role: staff, or a customer's id.
func (m *fieldMatrix) try(role, path string) (int, any) {
	m.t.Helper()
	scopes := []route.Scope{route.PaymentsRead}
	if role == "staff" {
		scopes = append(scopes, route.PaymentsReadAll)
	}
	token, err := m.s.Stack.Token(role, scopes...)
	if err != nil {
		m.t.Fatal(err)
	}
	api := merchant.API{URL: m.s.Stack.API, Client: http.DefaultClient, Token: token}
	answer, err := api.Do(m.t.Context(), http.MethodGet, path, nil, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	var body any
	if err := json.Unmarshal(answer.Body, &body); err != nil {
		m.t.Fatal(err)
	}
	return answer.Status, body
}

func (m *fieldMatrix) ask(role, path string) any {
	m.t.Helper()
	status, body := m.try(role, path)
	if status != http.StatusOK {
		m.t.Errorf("%s as %s: %d %v", path, role, status, body)
	}
	return body
}

func (m *fieldMatrix) judgeOne(role, invoice string, sees bool) {
	m.t.Helper()
	status, body := m.try(role, "/payments/"+invoice)
	if sees != (status == http.StatusOK) || !sees && status != http.StatusNotFound {
		m.unexpected++
		m.t.Errorf("%s as %s: %d", invoice, role, status)
	}
	if status != http.StatusOK {
		body = nil
	}
	m.judge(role, "/payments/"+invoice, invoice, pathsOf(body), sees, true)
}

func (m *fieldMatrix) judgeList(role, query string, listed func(invoice string) bool) {
	m.t.Helper()
	list := m.ask(role, "/payments"+query).(map[string]any)
	got := map[string][]string{}
	for _, p := range list["payments"].([]any) {
		invoice := p.(map[string]any)["order"].(map[string]any)["invoice_number"].(string)
		got[invoice] = pathsOf(p)
	}
	for _, path := range pathsOf(list) {
		if first, _, _ := strings.Cut(path, "."); !slices.Contains([]string{"payments", "closest"}, first) {
			m.unexpected++
			m.t.Errorf("/payments%s as %s has the field %s", query, role, path)
		}
	}
	for invoice := range m.all {
		m.judge(role, "/payments"+query, invoice, got[invoice], listed(invoice), false)
	}
	if closest := fmt.Sprint(list["closest"]); role != "staff" {
		for invoice, fields := range m.all {
			if strings.Contains(closest, invoice) && len(fields) > 0 && !m.mine(role, invoice) {
				m.unexpected++
				m.t.Errorf("/payments%s offers %s to %s", query, invoice, role)
			}
		}
	}
}

func (m *fieldMatrix) mine(role, invoice string) bool {
	status, _ := m.try(role, "/payments/"+invoice)
	return status == http.StatusOK
}

// judge compares the fields that a role got of an order.
func (m *fieldMatrix) judge(role, path, invoice string, got []string, sees, history bool) {
	m.t.Helper()
	for _, field := range m.all[invoice] {
		staffOnly := slices.ContainsFunc(staffFields, func(f string) bool {
			return field == f || strings.HasPrefix(field, f+".")
		})
		of, _, _ := strings.Cut(field, ".")
		want := sees && (role == "staff" || !staffOnly) && (history || of != "history")
		m.cells++
		if slices.Contains(got, field) != want {
			m.unexpected++
			m.t.Errorf("%s as %s: %s of %s is shown: %v, want %v", path, role, field, invoice, !want, want)
		}
	}
}

// pathsOf returns the paths of all fields of a JSON value, in order. The elements of a list have one path.
func pathsOf(value any) []string {
	found := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, part := range v {
				path := strings.TrimPrefix(at+"."+name, ".")
				found[path] = true
				walk(path, part)
			}
		case []any:
			for _, part := range v {
				walk(at, part)
			}
		}
	}
	walk("", value)
	var paths []string
	for path := range found {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}
