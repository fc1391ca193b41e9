package order

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"
)

var metadata = Metadata{"cart_id": "CART-77"}

func TestMetadataPrintAsPrivate(t *testing.T) {
	o := Order{Metadata: metadata}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, o) + fmt.Sprintf(verb, metadata); strings.Contains(text, "CART") ||
			strings.Contains(text, "434152") || strings.Contains(text, "cart") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "metadata", metadata)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "metadata", metadata)
	if strings.Contains(out.String(), "CART") {
		t.Error(out.String())
	}
	if text, err := json.Marshal(o.Metadata); err != nil || string(text) != `{"cart_id":"CART-77"}` {
		t.Errorf("JSON has %s, %v", text, err)
	}
}

// A request for an order's next page may repeat the metadata or leave them out.
func TestANextPageKeepsTheMetadata(t *testing.T) {
	with := func(m Metadata) Intent {
		in := intent()
		in.Metadata = m
		return in
	}
	expired := func(first Metadata) Order {
		o := New(with(first), t0).pageIssued(1, issued)
		o.Facts.Expired = issued.ExpiresAt
		return o
	}
	for _, test := range []struct {
		name        string
		first, next Metadata
		denied      bool
		want        Metadata
	}{
		{"the same", metadata, Metadata{"cart_id": "CART-77"}, false, metadata},
		{"none", metadata, nil, false, metadata},
		{"other text", metadata, Metadata{"cart_id": "CART-78"}, true, metadata},
		{"one more", metadata, Metadata{"cart_id": "CART-77", "channel": "web"}, true, metadata},
		{"an earlier version erased them", nil, metadata, false, metadata},
	} {
		o, verdict, err := expired(test.first).Retry(with(test.next), true, issued.ExpiresAt.Add(time.Minute))
		if test.denied {
			denied(t, err, "", "promos, customer and metadata")
		} else if err != nil || verdict != Call {
			t.Errorf("%s: verdict %d, %v", test.name, verdict, err)
		}
		if !test.denied && !maps.Equal(o.Metadata, test.want) {
			t.Errorf("%s: the order has %s", test.name, mustJSON(t, o.Metadata))
		}
	}
}

// Until an order has a page, its latest request counts whole.
func TestACorrectedRequestBringsItsOwnMetadata(t *testing.T) {
	for _, next := range []Metadata{{"cart_id": "CART-78"}, nil} {
		in := intent()
		in.Metadata = metadata
		o := New(in, t0).pageRefused(1, Refusal{Code: "INVALID_PARAMETER"}, false)
		in.Metadata = next
		if o, _, err := o.Retry(in, false, t0); err != nil || !maps.Equal(o.Metadata, next) {
			t.Errorf("%v: the order has %s", err, mustJSON(t, o.Metadata))
		}
	}
}

// The caller may change its map later.
func TestAnOrderHasItsOwnCopyOfTheMetadata(t *testing.T) {
	in := intent()
	in.Metadata = maps.Clone(metadata)
	o := New(in, t0)
	in.Metadata["cart_id"] = "CART-78"
	if !maps.Equal(o.Metadata, metadata) {
		t.Errorf("the order has %s", mustJSON(t, o.Metadata))
	}
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
