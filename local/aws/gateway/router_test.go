package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kasir/shared/route"

	"github.com/google/go-cmp/cmp"
)

func TestWhichRouteARequestTakes(t *testing.T) {
	all := []route.Route{
		{Function: "get", Method: "GET", Path: "/payments/{invoice_number}"},
		{Function: "latest", Method: "GET", Path: "/payments/latest"},
		{Function: "create", Method: "POST", Path: "/payments"},
		{Function: "capture", Method: "POST", Path: "/payments/{invoice_number}/capture"},
		{Function: "any", Method: "POST", Path: "/{thing}/latest/{verb}"},
		{Function: "tokens", Method: "DELETE", Path: "/customers/{customer_id}/tokens/{token_id}"},
		{Function: "root", Method: "GET", Path: "/"},
		{Function: "files", Method: "GET", Path: "/files/{path+}"},
		{Function: "readme", Method: "GET", Path: "/files/readme"},
		{Function: "part", Method: "GET", Path: "/files/{name}"},
	}
	r, err := newRouter(all)
	if err != nil {
		t.Fatal(err)
	}
	none := map[string]string(nil)
	for _, c := range []struct {
		method, target, function string
		params                   map[string]string
	}{
		{"POST", "/payments", "create", none},
		{"POST", "/payments?x=/payments/1", "create", none},
		{"GET", "/payments/INV-1", "get", map[string]string{"invoice_number": "INV-1"}},
		{"GET", "/payments/latest", "latest", none},
		{"GET", "/payments/Latest", "get", map[string]string{"invoice_number": "Latest"}},
		{"POST", "/payments/latest/capture", "capture", map[string]string{"invoice_number": "latest"}},
		{"POST", "/orders/latest/capture", "any", map[string]string{"thing": "orders", "verb": "capture"}},
		{"DELETE", "/customers/a%20b/tokens/c+d", "tokens", map[string]string{"customer_id": "a b", "token_id": "c+d"}},
		{"GET", "/", "root", none},
		{"GET", "/files/readme", "readme", none},
		{"GET", "/files/a", "part", map[string]string{"name": "a"}},
		{"GET", "/files/a/b.css", "files", map[string]string{"path": "a/b.css"}},
		{"GET", "/files/a/..%2F..%2Fpayments", "files", map[string]string{"path": "a/../../payments"}},
		{"GET", "/files/", "files", map[string]string{"path": ""}},
		{"GET", "/files", "", none},
		{"HEAD", "/files/a/b", "", none},

		{"PUT", "/payments", "", none}, // HTTP APIs have no 405
		{"HEAD", "/payments/INV-1", "", none},
		{"OPTIONS", "/payments", "", none},
		{"POST", "/payments/", "", none}, // nor do they ignore a trailing slash
		{"GET", "/payments/", "", none},
		{"GET", "//payments/INV-1", "", none},
		{"GET", "/payments/a%2Fb", "", none}, // decoded first: two segments
		{"GET", "/payments/INV-1%3Fx=1", "get", map[string]string{"invoice_number": "INV-1"}},
		{"GET", "/payments/../payments", "", none},
		{"GET", "/Payments/INV-1", "", none},
		{"OPTIONS", "*", "", none},
	} {
		req := httptest.NewRequest(c.method, c.target, nil)
		got, ok := r.match(req.Method, decodedPath(req))
		if ok != (c.function != "") || got.route.Function != c.function {
			t.Errorf("%s %s goes to %q, want %q", c.method, c.target, got.route.Function, c.function)
		}
		if diff := cmp.Diff(c.params, got.params); diff != "" {
			t.Errorf("%s %s: parameters (-want +got):\n%s", c.method, c.target, diff)
		}
	}
}

func TestTheDeployedTableIsRoutable(t *testing.T) {
	r, err := newRouter(route.All)
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range route.All {
		if got, _ := r.match(rt.Method, rt.Path); got.route != rt {
			t.Errorf("%s goes to %+v", rt.Key(), got.route)
		}
	}
}

func TestNoRouteIs404(t *testing.T) {
	server := serve(t, Config{Invoke: answering(`"never"`)})
	for _, target := range []string{"POST /", "PUT /do/it", "GET /do/it/", "GET /do", "TRACE /do/it", "BREW /do/it"} {
		method, path, _ := strings.Cut(target, " ")
		expectOwn(t, send(t, server, method, path, ""), 404, "Not Found")
	}
	got := send(t, server, "HEAD", "/do/it", "")
	if got.status != http.StatusNotFound || got.body != "" {
		t.Errorf("HEAD: got %d %q", got.status, got.body)
	}
}

func TestRoutesThatAPIGatewayWouldRefuse(t *testing.T) {
	ok := route.Route{Function: "f", Method: "GET", Path: "/a/{b}"}
	for _, c := range []struct {
		bad     route.Route
		message string
	}{
		{route.Route{Method: "GET", Path: "/a"}, "names no function"},
		{route.Route{Function: "f", Path: "/a"}, "one HTTP method"},
		{route.Route{Function: "f", Method: "get", Path: "/a"}, "one HTTP method"},
		{route.Route{Function: "f", Method: "ANY", Path: "/a"}, "one HTTP method"},
		{route.Route{Function: "f", Method: "GET", Path: "a"}, "start with a slash"},
		{route.Route{Function: "f", Method: "GET", Path: ""}, "start with a slash"},
		{route.Route{Function: "f", Method: "GET", Path: "/a/"}, "start with a slash"},
		{route.Route{Function: "f", Method: "GET", Path: "/a//b"}, `segment ""`},
		{route.Route{Function: "f", Method: "GET", Path: "/{proxy+}/b"}, `segment "b" follows a greedy parameter`},
		{route.Route{Function: "f", Method: "GET", Path: "/{+}"}, `segment "{+}"`},
		{route.Route{Function: "f", Method: "GET", Path: "/{a"}, `segment "{a"`},
		{route.Route{Function: "f", Method: "GET", Path: "/a}"}, `segment "a}"`},
		{route.Route{Function: "f", Method: "GET", Path: "/{}"}, `segment "{}"`},
		{route.Route{Function: "f", Method: "GET", Path: "/{a}/a/{a}"}, `segment "{a}"`},
		{route.Route{Function: "g", Method: "GET", Path: "/a/{c}"}, "take the same requests"},
		{ok, "take the same requests"},
	} {
		_, err := New(Config{Routes: []route.Route{ok, c.bad}, Invoke: answering("")})
		if err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%+v: got %v, want %q", c.bad, err, c.message)
		}
	}
}
