package e2e

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kasir/local/customer"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// The tests here use the files that the documents show.
func TestTheDocumentsShowTheirFiles(t *testing.T) {
	for document, pattern := range map[string]string{
		"docs/checkout.md":             "docs/checkout/*.*",
		"docs/clients.md":              "docs/clients/*.*",
		"clients/typescript/README.md": "clients/typescript/example.ts",
		"README.md":                    "clients/typescript/example.ts",
	} {
		text, err := os.ReadFile(filepath.Join(harness.Root(), document))
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(harness.Root(), pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%v %v", files, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Base(file) != "app.js" && !strings.Contains(string(text), "\n"+string(content)+"```\n") {
				t.Errorf("%s does not show %s as it is", document, filepath.Base(file))
			}
		}
	}
}

// eachVariant runs a test on the page of plain fetch and on that of React.
func eachVariant(t *testing.T, test func(*testing.T, string)) {
	for _, page := range variants {
		t.Run(page, func(t *testing.T) { test(t, page) })
	}
}

func TestCheckoutPaid(t *testing.T) {
	eachVariant(t, func(t *testing.T, page string) {
		m := newMerchant(t, page, undisturbed(t))
		m.orders()
		m.looks("95-checkout-" + page)
		invoice := m.goesToPay()
		m.sees("Kopi Gayo 250 g")
		m.picks(customer.Mastercard)
		m.confirms()
		m.until(`location.pathname === ` + quote("/"+page)) // redirected, without a click
		m.shows("paid")
		m.until(`!document.querySelector("#pay:not([hidden])")`)
		m.looks("96-checkout-paid-" + page)
		m.do(chromedp.Reload())
		m.shows("paid")
		m.isPaid(invoice, 0)
		m.madeOnePage()
	})
}

func TestCheckoutDeclinedThenAnotherCard(t *testing.T) {
	eachVariant(t, func(t *testing.T, page string) {
		m := newMerchant(t, page, undisturbed(t))
		m.orders()
		invoice := m.goesToPay()
		m.paysWith(customer.Insufficient)
		m.shows("declined")
		if again := m.goesToPay(); again != invoice {
			t.Errorf("trying again leads to %s, not to %s", again, invoice)
		}
		m.paysWith(customer.Visa)
		m.shows("paid")
		m.isPaid(invoice, 1)
		m.madeOnePage()
	})
}

// A double click sends one request. Going back from DOKU's page and paying then opens the same page.
func TestCheckoutDoubleClickAndBack(t *testing.T) {
	eachVariant(t, func(t *testing.T, page string) {
		m := newMerchant(t, page, undisturbed(t))
		m.orders()
		m.does(`const pay = document.querySelector("#pay"); pay.click(); pay.click()`)
		invoice := m.arrivesAtDOKU()
		if n := m.calls.created(); n != 1 {
			t.Errorf("a double click sent %d requests, want 1", n)
		}
		m.goesBack()
		m.shows("waiting")
		m.until(`document.querySelector("#pay:enabled")`)
		m.does(`document.querySelector("#pay").click()`) // only scripts see a restored page
		if again := m.arrivesAtDOKU(); again != invoice {
			t.Errorf("going back leads to %s, not to %s", again, invoice)
		}
		m.madeOnePage()
	})
}

// The customer comes back before DOKU's notification. The order is not paid until then, and then the page shows it
// without a reload.
func TestCheckoutBeforeTheNotification(t *testing.T) {
	eachVariant(t, func(t *testing.T, page string) {
		var notification *gate
		m := newMerchant(t, page, func(change func(*stack.Config)) *shopper {
			s, creation, late := newGuardedShopper(t, change)
			creation.open()
			notification = late
			return s
		})
		m.orders()
		invoice := m.goesToPay()
		m.paysWith(customer.Visa)
		m.shows("waiting")
		m.does(`window.sameDocument = true`)
		notification.keeps(t)
		notification.open()
		m.shows("paid")
		m.until(`window.sameDocument`)
		m.isPaid(invoice, 0)
	})
}

// The connection ends before the answer, after kasir has made the page: the same request brings the same page.
func TestCheckoutALostAnswer(t *testing.T) {
	m := newMerchant(t, variants[0], undisturbed(t))
	m.orders()
	var once sync.Once
	m.calls.goThrough(func(pass http.Handler, w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		pass.ServeHTTP(answer, r)
		content := answer.Body.Bytes()
		once.Do(func() { // without the status the browser would send the request again by itself
			maps.Copy(w.Header(), answer.Header())
			w.WriteHeader(answer.Code)
			_, _ = w.Write(content[:10])
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(content)
	})
	m.goesToPay()
	if n := m.calls.created(); n != 2 {
		t.Errorf("%d requests were sent, want the first and its repeat", n)
	}
	m.madeOnePage()
}

// DOKU makes the page and its answer is lost. kasir answers 202. The same request after Retry-After brings the page.
func TestCheckoutAnUnknownOutcome(t *testing.T) {
	m := newMerchant(t, variants[0], undisturbed(t))
	m.orders()
	m.posts("/control/faults/next", `{"endpoint":"createpage","fault":"error_after"}`)
	m.does(`window.waits = []; window.setTimeout = ((wait) => (f, ms) => wait(f, ms, waits.push(ms)))(setTimeout)`)
	retryAfter := make(chan string, 8)
	m.calls.goThrough(func(pass http.Handler, w http.ResponseWriter, r *http.Request) {
		pass.ServeHTTP(w, r)
		if after := w.Header().Get("Retry-After"); after != "" {
			retryAfter <- after
		}
	})
	m.clicks("#pay")
	m.until(`waits.includes(` + <-retryAfter + ` * 1000)`)
	m.until(`document.querySelector("#pay").disabled`)
	m.arrivesAtDOKU()
	m.madeOnePage()
}

// An expired token is renewed, both when the page is requested and when the payment is read.
func TestCheckoutAnExpiredToken(t *testing.T) {
	m := newMerchant(t, variants[0], undisturbed(t))
	expired, err := m.stack.Tokens.Sign(map[string]any{
		"iss": m.stack.Issuer, "aud": stack.Audience, "sub": "CUST-1", "scope": "payments:create payments:read",
		"iat": time.Now().Add(-2 * time.Hour).Unix(), "exp": time.Now().Add(-time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	tokens, refused := []string{}, 0 // the first token counts as expired, the second is good, and so on
	var mu sync.Mutex
	m.calls.goThrough(func(pass http.Handler, w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		token := r.Header.Get("Authorization")
		if !slices.Contains(tokens, token) {
			tokens = append(tokens, token)
		}
		if slices.Index(tokens, token)%2 == 0 {
			r.Header.Set("Authorization", "Bearer "+expired)
			refused++
		}
		mu.Unlock()
		pass.ServeHTTP(w, r)
	})
	m.orders()
	invoice := m.goesToPay()
	m.paysWith(customer.Visa)
	m.shows("paid")
	mu.Lock()
	defer mu.Unlock()
	if refused != 3 || len(tokens) != 6 {
		t.Errorf("%d requests had an expired token, of %d tokens; want 3 of 6: look, pay, look again", refused,
			len(tokens))
	}
	m.isPaid(invoice, 0)
}

// An amount that does not match needs a person, and the customer is told not to pay again. An unknown status of a later
// version is shown in the same way.
func TestCheckoutUnderReview(t *testing.T) {
	m := newMerchant(t, variants[0], undisturbed(t))
	m.orders()
	invoice := m.goesToPay()
	m.reports(invoice, 1)
	m.goesBack()
	m.shows("checking")
	m.until(`document.querySelector("#pay").hidden`)
	m.does(`import("./kasir.js").then(({ outcome }) => { window.later = outcome({ status: "OF_A_LATER_VERSION" }) })`)
	m.until(`window.later === "checking"`)
}

// The page has ended unpaid. Pay sends the same request again, which opens the order's next page.
func TestCheckoutAfterThePagesEnd(t *testing.T) {
	m := newMerchant(t, variants[0], func(change func(*stack.Config)) *shopper {
		return newShopper(t, func(c *stack.Config) { soon(c); change(c) })
	})
	m.orders()
	invoice := m.goesToPay()
	for stands := true; stands; {
		answer, err := m.api.Do(t.Context(), http.MethodGet, "/payments/"+invoice, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		stands = bytes.Contains(answer.Body, []byte(`"page":`))
	}
	m.goes("/" + m.page + "?invoice=" + invoice)
	m.until(`document.querySelector("#pay:enabled:not([hidden])")`)
	if again := m.goesToPay(); again != invoice {
		t.Errorf("paying leads to %s, not to %s", again, invoice)
	}
	m.paysWith(customer.Mastercard)
	m.shows("paid")
	if pages := m.dokuPayments(invoice); len(pages) != 2 || pages[1].Status != "PAID" {
		t.Errorf("DOKU says %+v, want two pages, the second one paid", pages)
	}
}

// The order is paid in another tab. Pay in the first one opens no page, and shows that it is paid.
func TestCheckoutInTwoTabs(t *testing.T) {
	m := newMerchant(t, variants[0], undisturbed(t))
	m.orders()
	other := *m
	other.shopper = m.newTab()
	other.goes("/" + m.page + m.reads(`location.search`))
	invoice := other.goesToPay()
	other.picks(customer.Visa)
	other.confirms()
	other.returns()
	other.shows("paid")
	m.turnsTo()
	m.does(`window.sameDocument = true`)
	m.clicks("#pay")
	m.shows("paid")
	m.until(`window.sameDocument`)
	m.isPaid(invoice, 0)
}

// The shop reports that it has no such order.
func TestCheckoutOfNoOrder(t *testing.T) {
	m := newMerchant(t, variants[0], undisturbed(t))
	m.goes("/plain.html?invoice=INV-0")
	m.shows("missing")
	m.until(`document.querySelector("#pay").hidden`)
}
