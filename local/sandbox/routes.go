package sandbox

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
)

// maxBody is the largest accepted request body. DOKU's largest documented body is a few kilobytes.
const maxBody = 64 << 10

type route struct {
	method, path string
	handler      http.HandlerFunc
}

func (s *Server) routeTable() []route {
	return []route{
		{"POST", "/credit-card/v1/payment-page", s.api(createPage)},
		{"POST", "/credit-card/capture", s.api(capture)},
		{"POST", "/cancellation/credit-card/refund", s.api(refundPayment)},
		{"GET", "/orders/v1/status/{id}", s.api(checkStatus)},
		{"POST", "/credit-card/delete-tokenization", s.api(deleteToken)},
		{"POST", "/tokenization/v2/delete-token", s.api(deleteTokenV2)},
		{"POST", "/tokenization/v1/tokens", s.api(listTokens)},
		{"POST", "/tokenization/v2/get-token", s.api(listTokens)},

		{"GET", "/pay/{page}", s.onPage(showCardForm)},
		{"POST", "/pay/{page}", s.onPage(submitCard)},
		{"GET", "/pay/{page}/otp", s.onPage(showOTPForm)},
		{"POST", "/pay/{page}/otp", s.onPage(submitOTP)},
		{"GET", "/pay/{page}/result", s.onPage(showResult)},

		{"GET", "/control/payments", s.listPayments},
		{"GET", "/control/notifications", s.listNotifications},
		{"POST", "/control/notifications/{id}/resend", s.resendNotification},
		{"GET", "/control/clock", s.showClock},
		{"POST", "/control/clock", s.advanceClock},
		{"POST", "/control/settle", s.settle},
		{"POST", "/control/settlement", s.makeSettlement},
		{"GET", "/control/settlement/malformations", s.listMalformations},
		{"GET", "/control/settlements", s.listSettlements},
		{"GET", "/control/settlements/{batch}", s.showSettlement},
		{"POST", "/control/rotate", s.rotate},
		{"POST", "/control/manual-refunds", s.switchManualRefunds},
		{"POST", "/control/manual-refunds/reject", s.rejectManualRefund},
		{"POST", "/control/backoffice", s.clickBackOffice},
		{"POST", "/control/backoffice/status", s.switchStatus},
		{"POST", "/control/notifications/never", s.switchNotifications},
		{"GET", "/control/ledger", s.showLedger},
		{"GET", "/control/faults", s.showFaults},
		{"POST", "/control/faults", s.setFaults},
		{"POST", "/control/faults/order", s.setOrderFaults},
		{"POST", "/control/faults/next", s.addFault},

		{"GET", "/{$}", s.showIndex},
		{"POST", "/settle", s.settleFromIndex},
		{"GET", "/backoffice", s.showBackOffice},
		{"POST", "/backoffice", s.clickOnPage},
		{"POST", "/backoffice/switches", s.switchOnPage},
		{"POST", "/backoffice/settlement", s.settleOnPage},
		{"GET", "/healthz", func(w http.ResponseWriter, _ *http.Request) {
			writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
		}},
	}
}

// routes returns a handler that answers other methods on a known path with 405 and unknown paths with 404, both with
// DOKU's error body.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, r := range s.routeTable() {
		mux.HandleFunc(r.method+" "+r.path, r.handler)
		methods[r.path] = append(methods[r.path], r.method)
	}
	for path, allowed := range methods {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			writeError(w, &apiError{http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED",
				r.Method + " is not allowed here", "invalid_request_error"})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, notFound("NOT_FOUND", "No such path"))
	})
	return mux
}

// limitBody limits every request body. Reading more fails with *http.MaxBytesError.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// logRequests writes one line per request, with the reason of a refusal. The line has neither query nor body of the
// request, because a page's query has a signature and a form has a card.
func logRequests(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		line := []any{"method", r.Method, "path", r.URL.Path, "status", seen.status,
			"request_id", r.Header.Get("Request-Id")}
		var refusal errorBody
		if json.Unmarshal(seen.refusal.Bytes(), &refusal) == nil && refusal.Error != nil {
			line = append(line, "code", refusal.Error.Code, "reason", refusal.Error.Message)
		}
		log.Info("sandbox", line...)
	})
}

// maxReason is how much of an answer is kept to find its reason in.
const maxReason = 4 << 10

type statusWriter struct {
	http.ResponseWriter
	status  int
	refusal bytes.Buffer // the beginning of an answer of 4xx or 5xx
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status >= http.StatusBadRequest && w.refusal.Len() < maxReason {
		w.refusal.Write(p[:min(len(p), maxReason-w.refusal.Len())])
	}
	return w.ResponseWriter.Write(p)
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// encode writes JSON without turning & into \u0026. Page URLs stay readable in the signed bytes.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only types of this package are encoded, and none of them can fail
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(encode(v), '\n'))
}

func writeError(w http.ResponseWriter, e *apiError) { writeJSON(w, e.Status, errorBody{e}) }
