package probe

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox"
)

// The output and the report contain no key, no signature of a request, and no query of a page.
func TestNothingSecretIsKept(t *testing.T) {
	var signatures []string
	echo := func(request *http.Request, a *reply) { // DOKU repeats the request in its answer
		signature := strings.TrimPrefix(request.Header.Get("Signature"), scheme)
		signatures = append(signatures, signature)
		if strings.HasPrefix(a.body, `{"error":{`) {
			a.become(
				a.status,
				strings.Replace(a.body, `"message":"`, `"message":"`+signature+" "+sandbox.DefaultSecretKey+" ", 1),
			)
		}
		a.header.Set("Location", "https://doku.example/pay?signature=hush")
		a.header.Set("Set-Cookie", "session=hush")
	}
	report, p, err := ask(t, scene{twist: []twist{echo}, full: true, change: func(c *Config) { c.WaitFor = 0 }})
	if err != nil {
		t.Fatal(err)
	}
	kept := report.json(t) + report.text()
	for name, secret := range map[string]string{
		"the secret key": sandbox.DefaultSecretKey, "a query": "signature=",
		"a query's name": "clientId=", "a header": "hush",
	} {
		if strings.Contains(kept, secret) {
			t.Errorf("%s is kept: %q", name, secret)
		}
	}
	for _, signature := range signatures {
		if strings.Contains(kept, signature) {
			t.Errorf("the signature of a request is kept: %s", signature)
		}
	}
	if strings.Contains(p.said.String(), sandbox.DefaultSecretKey) || len(signatures) < 20 {
		t.Errorf("%d requests\n%s", len(signatures), p.said.String())
	}
	for _, want := range []string{`"step": "refund-unpaid"`, `"Response-Timestamp"`, `/pay/`, `?[not kept]`, `SALE`} {
		if !strings.Contains(kept, want) {
			t.Errorf("the report lacks %s", want)
		}
	}
}

// In production the probe sends nothing that could make, take or return anything, and asks nobody to pay.
func TestProductionIsOnlyRead(t *testing.T) {
	var asked []string
	note := func(request *http.Request, _ *reply) {
		asked = append(asked, request.Method+" "+strings.Split(request.URL.Path, "/KASIR")[0])
	}
	report, _, err := ask(
		t,
		scene{twist: []twist{note}, change: func(c *Config) { c.Production, c.WaitFor = true, time.Hour }},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := "GET /orders/v1/kasir-probe, GET /orders/v1/status, GET /orders/v1/status, POST /tokenization/v2/get-token"
	if got := strings.Join(asked, ", "); got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	if f := report.finding("A-NOT-FOUND"); f.Verdict != Held {
		t.Errorf("%+v", f)
	}
	_, _, err = ask(t, scene{change: func(c *Config) { c.Production, c.Pay = true, true }})
	if err == nil || !strings.Contains(err.Error(), "moves no money") {
		t.Error(err)
	}
}

// Without a person no money moves: the sandbox's ledger is empty.
func TestWithoutAPersonNoMoneyMoves(t *testing.T) {
	var base string
	report, _, err := ask(t, scene{change: func(c *Config) { c.WaitFor, base = time.Hour, c.BaseURL }})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(base + "/control/ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var books struct {
		Sum struct{ Invoices, Captured, Refunded int64 }
	}
	if err := json.NewDecoder(response.Body).Decode(&books); err != nil {
		t.Fatal(err)
	}
	if books.Sum.Captured != 0 || books.Sum.Refunded != 0 || books.Sum.Invoices < 5 {
		t.Errorf("%+v", books.Sum)
	}
	if f := report.finding("A-MEMORY"); f.Verdict != Held {
		t.Errorf("%+v", f)
	}
}

func TestAnEndedProbeReportsWhatItKnows(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	report, _, err := ask(t, scene{full: true, change: func(c *Config) {
		wait := c.Wait
		c.Wait = func(_ context.Context, d time.Duration) error {
			if d >= 15*time.Minute {
				cancel()
			}
			return errors.Join(wait(t.Context(), d), ctx.Err())
		}
	}, ctx: ctx})
	if err != nil {
		t.Fatal(err)
	}
	if f := report.finding("A-REFUND-TYPE"); f.Verdict != Held {
		t.Errorf("%+v", f)
	}
	if f := report.finding("A-NOTIFICATION-AGE"); f.Verdict != NotAsked ||
		!strings.Contains(f.Seen, "was ended before it") {
		t.Errorf("%+v", f)
	}
}

func TestStepsCanBeSkipped(t *testing.T) {
	report, _, err := ask(
		t,
		scene{full: true, change: func(c *Config) { c.Skip = []string{"refund", "wrong-signature"} }},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range report.Exchanges {
		if x.Step == "refund" || x.Step == "repeat-refund" || x.Step == "wrong-signature" {
			t.Errorf("%s was taken", x.Step)
		}
	}
	if f := report.finding("A-REFUND-TYPE"); f.Verdict != NotAsked || !strings.Contains(f.Seen, "--skip") {
		t.Errorf("%+v", f)
	}
	if _, _, err := ask(t, scene{change: func(c *Config) { c.Skip = []string{"refnd"} }}); err == nil ||
		!strings.Contains(err.Error(), `no step "refnd"`) {
		t.Error(err)
	}
}

func TestNothingIsFoundOutWithoutCredentials(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"invalid_signature": func(c *Config) { c.Keys.Current = "SK-another" },
		"invalid_client_id": func(c *Config) { c.Keys.ClientID = "MCH-another" },
		"time_out_of_range": func(c *Config) { c.Now = func() time.Time { return time.Now().Add(-3 * time.Hour) } },
		"cannot be reached": func(c *Config) { c.BaseURL = "http://127.0.0.1:1" },
		"TRUST_WINDOW is":   func(c *Config) { c.Getenv = environment{"TRUST_WINDOW": "soon"}.get },
	} {
		report, _, err := ask(t, scene{change: change})
		if report != nil || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "SK-") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestARetrysTimestampIsCompared(t *testing.T) {
	for name, c := range map[string]struct {
		stamp, limit, verdict, seen string
	}{
		"its own":                  {"2026-01-01T10:30:00Z", "", Held, "of its own"},
		"the first":                {"2026-01-01T10:00:00Z", "", Held, "the first timestamp"},
		"the first, with a limit":  {"2026-01-01T10:00:00Z", "1h", Differs, "12 hours later"},
		"the first, within limits": {"2026-01-01T10:00:00Z", "24h", Held, "the first timestamp"},
	} {
		at := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
		content := answer{doc: object{"order": object{"invoice_number": "X"}}, signed: signature{right: true}}
		r := &run{paid: probePage{invoice: "X"}, settings: settings{func(string) string { return c.limit }}}
		r.cfg.Inbox = &Inbox{received: []*Notification{
			{
				At:        at,
				Status:    http.StatusServiceUnavailable,
				requestID: "1",
				stamp:     "2026-01-01T10:00:00Z",
				content:   content,
			},
			{At: at.Add(30 * time.Minute), Status: http.StatusOK, requestID: "1", stamp: c.stamp, content: content},
		}}
		if f := judgeAge(r); f.Verdict != c.verdict || !strings.Contains(f.Seen, c.seen) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestQueriesOfURLsAreHidden(t *testing.T) {
	for given, want := range map[string]string{
		`{"url":"https://doku.example/pay/1?signature=x&id=2"}`: `{"url":"https://doku.example/pay/1?[not kept]"}`,
		`{"url":"https:\/\/doku.example\/pay?s=x\u0026i=2"}`:    `{"url":"https:\/\/doku.example\/pay?[not kept]"}`,
		`https://doku.example/pay`:                              `https://doku.example/pay`,
		`what is this? nothing`:                                 `what is this? nothing`,
	} {
		h := (&run{}).redactor("")
		if got := h.text(given); got != want {
			t.Errorf("%s becomes %s, want %s", given, got, want)
		}
	}
}
