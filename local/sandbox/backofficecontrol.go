package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kasir/local/sandbox/faults"
)

// clickedForm is the body of POST /control/backoffice, as JSON or as a form.
type clickedForm struct {
	InvoiceNumber string      `json:"invoice_number"`
	Act           string      `json:"act"`
	Amount        json.Number `json:"amount"` // whole rupiah; all that the act can move if left out
	RequestID     string      `json:"request_id"`
	Anyway        bool        `json:"anyway"`
}

// clickBackOffice answers POST /control/backoffice {"invoice_number":"…","act":"refund","amount":50000}.
func (s *Server) clickBackOffice(w http.ResponseWriter, r *http.Request) {
	ask, refused := readClick(r)
	if refused == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		refused = s.click(ask)
	}
	if refused != nil {
		writeError(w, refused)
		return
	}
	writeJSON(w, http.StatusOK, s.book.pageFor(ask.InvoiceNumber).forControl(s.now()))
}

// click does what was asked in the Back Office. s.mu must be held.
func (s *Server) click(ask clickedForm) *apiError {
	rule, known := backOfficeRules[ask.Act]
	if !known {
		return invalidParameter("act must be one of " + strings.Join(backOfficeNames, ", "))
	}
	a := backOfficeAct{page: s.book.pageFor(ask.InvoiceNumber), requestID: ask.RequestID, anyway: ask.Anyway}
	if a.page == nil {
		return notFound("NOT_FOUND", "invoice_number: no such invoice")
	}
	if ask.Amount != "" {
		amount, err := strconv.ParseInt(string(ask.Amount), 10, 64)
		if err != nil || amount < 1 {
			return invalidParameter("amount must be whole rupiah, digits only, and at least 1")
		}
		a.amount = amount
	}
	s.book.decidePending(s.now())
	if refused := rule.check(s, &a); refused != nil {
		return refused
	}
	rule.do(s, a)
	return nil
}

// readClick reads a body as JSON if it begins like an object, otherwise as a form. ?anyway=1 may also be in the query.
// A misspelt field is an error.
func readClick(r *http.Request) (ask clickedForm, refused *apiError) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return ask, invalidParameter("the body could not be read")
	}
	if body = bytes.TrimSpace(body); bytes.HasPrefix(body, []byte("{")) {
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		err = d.Decode(&ask)
	} else {
		err = ask.fromForm(string(body))
	}
	if err != nil {
		return ask, invalidParameter("the body cannot be decoded: " + err.Error())
	}
	ask.Anyway = ask.Anyway || isOn(r.URL.Query().Get("anyway"))
	return ask, nil
}

func (ask *clickedForm) fromForm(body string) error {
	form, err := url.ParseQuery(body)
	if err != nil {
		return err
	}
	for name := range form {
		if !slices.Contains([]string{"invoice_number", "act", "amount", "request_id", "anyway"}, name) {
			return fmt.Errorf("unknown field %q", name)
		}
	}
	*ask = clickedForm{form.Get("invoice_number"), form.Get("act"), json.Number(strings.TrimSpace(form.Get("amount"))),
		form.Get("request_id"), isOn(form.Get("anyway"))}
	return nil
}

// isOn reports whether the value of a switch in a form or query is on.
func isOn(value string) bool { return slices.Contains([]string{"1", "on", "true"}, value) }

// switchStatus answers POST /control/backoffice/status {"partial_refunds":"reduced","hide_chargebacks":true}: how check
// status shows money that went back. All other faults and behaviour stay. A field that is left out has its default.
func (s *Server) switchStatus(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		PartialRefunds  string `json:"partial_refunds"`
		HideChargebacks bool   `json:"hide_chargebacks"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	s.mu.Lock()
	refused := s.setStatusForm(ask.PartialRefunds, ask.HideChargebacks)
	s.mu.Unlock()
	if refused != nil {
		writeError(w, refused)
		return
	}
	s.showFaults(w, r)
}

// setStatusForm sets how check status shows money that went back. s.mu must be held.
func (s *Server) setStatusForm(partial string, hideChargebacks bool) *apiError {
	if partial != "" && !slices.Contains(faults.PartialRefundForms, partial) {
		return invalidParameter("partial_refunds must be one of " + strings.Join(faults.PartialRefundForms, ", "))
	}
	s.injector.Faults.PartialRefunds, s.injector.Faults.HideChargebacks = partial, hideChargebacks
	return nil
}

// switchNotifications answers POST /control/notifications/never {"on":true}: from then on nothing is sent to the
// merchant, also nothing that waits. What happens meanwhile is not sent later either, except by hand.
func (s *Server) switchNotifications(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		On bool `json:"on"`
	}
	if !readControl(w, r, &ask) {
		return
	}
	s.mu.Lock()
	s.book.setNeverNotify(ask.On)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, ask)
}

// setNeverNotify switches the sending of notifications off or on. Those that wait for an attempt are only kept.
func (b *book) setNeverNotify(never bool) {
	b.neverNotify = never
	for n := range b.outbox {
		if never {
			n.state = kept
		}
		if never && n.busy == nil {
			delete(b.outbox, n)
		}
	}
}
