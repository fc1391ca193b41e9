package events

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/route"
)

// stage plays the examples of docs/api.yaml on everything that runs.
type stage struct {
	*stack.Stack
	doc    *openapi3.T
	router routers.Router
	played map[*openapi3.Example]bool
}

// Each example of a request in docs/api.yaml is sent, and answered as the example of its response says. An example of a
// response that is not played is a problem whose text the table of errors has, or a message of the gateway.
func TestTheExamples(t *testing.T) {
	doc, router := description(t)
	s := stage{harness.Start(t, nil), doc, router, map[*openapi3.Example]bool{}}
	s.play(t, playsOfAnOpenPage...)
	s.pay(t, saved, "FAILED", customer.Insufficient)
	s.play(t, play{operation: "getpayment", id: saved, status: 200, answer: "declined"})
	s.pay(t, sale, "PAID", customer.Mastercard)
	s.pay(t, authorize, "AUTHORIZED", customer.Visa)
	s.buy(t, "WHOLE", "AUTHORIZE", "AUTHORIZED")
	s.pay(t, saved, "PAID", customer.Mastercard)
	s.play(t, playsOfMoney...)
	s.playSettlement(t)
	s.playSavedCard(t)
	s.playReview(t)
	s.playRecords(t)
	s.playLost(t)
	if err := s.Clock.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	s.play(t, play{operation: "createpage", request: "sale", status: 200, answer: "paid_and_ended"})
	s.playNotification(t)
	s.checkRest(t)
}

// play sends the requests in turn.
func (s stage) play(t *testing.T, plays ...play) {
	t.Helper()
	for _, p := range plays {
		name := fmt.Sprintf("%s %s %d %s", p.operation, p.request, p.status, p.answer)
		method, path, operation := s.find(t, p.operation)
		if p.request != "" {
			p.body = cmp.Or(p.body, s.request(t, operation, p.request))
		}
		for _, parameter := range operation.Parameters {
			if v := parameter.Value; v.In == "path" {
				path = strings.Replace(path, "{"+v.Name+"}", cmp.Or(p.id, fmt.Sprint(v.Example)), 1)
				p.id = p.second
			}
		}
		address := path
		if p.query != "" {
			address += "?" + p.query
		}
		answer := s.send(t, method, address, p)
		if answer.Status != p.status {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			continue
		}
		kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
		media := operation.Responses.Status(p.status).Value.Content[kind]
		if media == nil || media.Examples[p.answer] == nil {
			t.Errorf("%s: docs/api.yaml has no such example of %s", name, kind)
			continue
		}
		header := map[string]string{}
		for field := range answer.Header {
			header[field] = answer.Header.Get(field)
		}
		if !strings.Contains(path, "%2F") { // the gateway found no route, and neither would conforms
			conforms(t, s.router, method, path, answer.Status, header, string(answer.Body))
		}
		example := media.Examples[p.answer].Value
		s.played[example] = true
		if got, want := form(t, answer.Body), form(t, encoded(t, example.Value)); got != want {
			t.Errorf("%s: the answer has the form\n%s\nand the example\n%s", name, got, want)
		}
	}
}

// find returns an operation of docs/api.yaml.
func (s stage) find(t *testing.T, id string) (method, path string, operation *openapi3.Operation) {
	t.Helper()
	for path, item := range s.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.OperationID == id {
				return method, path, operation
			}
		}
	}
	t.Fatalf("docs/api.yaml has no operation %s", id)
	return "", "", nil
}

// request returns the body of a request example.
func (s stage) request(t *testing.T, operation *openapi3.Operation, name string) string {
	t.Helper()
	example := operation.RequestBody.Value.Content["application/json"].Examples[name]
	if example == nil {
		t.Fatalf("docs/api.yaml has no request example %s of %s", name, operation.OperationID)
	}
	s.played[example.Value] = true
	return string(encoded(t, example.Value.Value))
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s stage) send(t *testing.T, method, path string, p play) merchant.Answer {
	t.Helper()
	api := merchant.API{URL: s.API, Client: http.DefaultClient}
	if p.scopes != "none" {
		var scopes []route.Scope
		for _, grant := range route.Grants {
			if p.scopes == "" && grant.Scope != route.PaymentsReadAll || p.scopes == string(grant.Scope) {
				scopes = append(scopes, grant.Scope)
			}
		}
		token, err := s.Token("back-end", scopes...)
		if err != nil {
			t.Fatal(err)
		}
		api.Token = token
	}
	header := http.Header{}
	maps.Copy(header, p.header)
	if p.key != "" {
		header.Set("Idempotency-Key", p.key)
	}
	answer, err := api.Do(t.Context(), method, path, header, []byte(p.body))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// varies matches the parts of a problem's text that differ each time.
var varies = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|refund-[A-Za-z0-9]+| by [a-z-]+`)

// form returns the form of a JSON value: its fields with their types. Of a problem it also has the texts.
func form(t *testing.T, body []byte) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	object, _ := value.(map[string]any)
	_, problem := object["title"]
	_, message := object["message"]
	lines := map[string]bool{}
	walk(value, "", func(pointer string, leaf any) {
		if strings.HasPrefix(pointer, "/doku/") { // DOKU's words
			return
		}
		text := fmt.Sprintf("%s: %T", pointer, leaf)
		if problem || message {
			text = fmt.Sprintf("%s: %v", pointer, varies.ReplaceAllString(fmt.Sprint(leaf), "…"))
		}
		lines[text] = true
	})
	return strings.Join(slices.Sorted(maps.Keys(lines)), "\n")
}

func walk(value any, pointer string, visit func(pointer string, leaf any)) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			walk(member, pointer+"/"+name, visit)
		}
	case []any:
		visit(pointer, "list")
		for _, element := range v {
			walk(element, pointer+"/-", visit)
		}
	default:
		visit(pointer, value)
	}
}
