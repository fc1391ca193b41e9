package events

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/route"
)

// description is docs/api.yaml, ready to judge answers.
func description(t *testing.T) (*openapi3.T, routers.Router) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../docs/api.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, schema := range doc.Components.Schemas {
		closeSchema(schema.Value)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

// closeSchema forbids properties that a schema does not have. docs/api.yaml leaves answers open, since later releases
// may add fields. A test must find a field of this release that it does not describe.
func closeSchema(s *openapi3.Schema) {
	for _, part := range s.AllOf {
		if s.Properties == nil {
			s.Properties = openapi3.Schemas{}
		}
		maps.Copy(s.Properties, part.Value.Properties)
		s.Required = append(s.Required, part.Value.Required...)
	}
	s.AllOf = nil
	if len(s.Properties) > 0 && s.AdditionalProperties.Schema == nil {
		s.AdditionalProperties.Has = new(false)
	}
}

// conforms judges an answer by docs/api.yaml.
func conforms(t *testing.T, router routers.Router, method, path string, status int, header map[string]string,
	body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, params, err := router.FindRoute(request)
	if err != nil {
		t.Errorf("docs/api.yaml has no %s %s: %v", method, path, err)
		return
	}
	h := http.Header{}
	for name, value := range header {
		h.Set(name, value)
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: params,
			Route: found},
		Status: status, Header: h, Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	input.SetBodyBytes(bytes.TrimSpace([]byte(body)))
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("the answer to %s %s is not as docs/api.yaml says: %v", method, path, err)
	}
}

// Statuses are an open list for callers, and known ones for us.
func TestTheDescriptionListsEveryStatus(t *testing.T) {
	doc, _ := description(t)
	described, _ := doc.Components.Schemas["Status"].Value.Extensions["x-extensible-enum"].([]any)
	for _, status := range []order.Status{
		order.Creating, order.Pending, order.Failed, order.Authorized, order.Capturing, order.AuthorizationExpired,
		order.Expired, order.NeedsReview,
		order.Paid, order.PartiallyRefunded, order.Refunded, order.Voided,
	} {
		if !slices.Contains(described, any(string(status))) ||
			!listed(t, "payment.json", []string{"order", "status"}, string(status)) {
			t.Errorf("docs/api.yaml or docs/events/payment.json does not know %s", status)
		}
	}
}

// isAPI reports whether a route is one of the API, and not of the console's files.
func isAPI(key string) bool {
	return slices.ContainsFunc(route.API(), func(r route.Route) bool { return r.Key() == key })
}

// Every route of the API and its scope, both ways.
func TestTheDescriptionIsTheTableOfRoutes(t *testing.T) {
	doc, _ := description(t)
	described := 0
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			described++
			r, ok := route.Find(method + " " + path)
			if !ok || !isAPI(r.Key()) {
				t.Errorf("docs/api.yaml describes %s %s, which is no route of the API", method, path)
				continue
			}
			var scopes []string
			for _, need := range *operation.Security {
				scopes = append(scopes, need["token"]...)
			}
			if !slices.Equal(scopes, strings.Fields(string(r.Scope))) {
				t.Errorf("%s: docs/api.yaml says scope %q, the table %q", r.Key(), scopes, r.Scope)
			}
		}
	}
	if want := len(route.API()); described != want {
		t.Errorf("docs/api.yaml describes %d routes of %d", described, want)
	}
}

// The largest amount of the description is the largest that the rules take.
func TestTheLargestAmount(t *testing.T) {
	doc, _ := description(t)
	described := doc.Components.Schemas["PageOrder"].Value.Properties["amount"].Value.Max
	if rupiah := doc.Components.Schemas["Rupiah"].Value.Max; described == nil || rupiah == nil ||
		*described != *rupiah {
		t.Fatalf("docs/api.yaml says %v, and of any amount %v", described, rupiah)
	}
	most := int64(*described)
	for _, amount := range []int64{most, most + 1} {
		violations := doku.CreatePageRequest{
			Order: doku.PageOrder{InvoiceNumber: "INV-1", Amount: amount,
				LineItems: []doku.LineItem{{Price: amount, Quantity: 1}}},
			Customer: doku.Customer{Email: "budi@example.com"},
		}.Validate()
		if (len(violations) == 0) != (amount == most) {
			t.Errorf("%d: %v", amount, violations)
		}
		for _, v := range violations {
			if !strings.Contains(v.Detail, strconv.FormatInt(most, 10)) {
				t.Errorf("%s %s: it does not say what the most is", v.Pointer, v.Detail)
			}
		}
	}
}
