package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/local/sandbox/report"
)

// maxOtherRows is the largest number of rows of another channel in a report.
const maxOtherRows = 1000

// makeSettlement answers POST /control/settlement?date=2026-11-30: DOKU pays the captured money out, and sends the
// report. The parameters may also be a form's.
func (s *Server) makeSettlement(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		writeError(w, invalidParameter("the parameters could not be read"))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	batch, file, refused := s.settleAsAsked(r)
	if refused != nil {
		writeError(w, refused)
		return
	}
	writeReport(w, batch, file)
}

// settleAsAsked settles by the form of a request and returns the report. s.mu must be held.
func (s *Server) settleAsAsked(r *http.Request) (batch string, file []byte, refused *apiError) {
	o, refused := s.settlementOrder(r)
	if refused != nil {
		return "", nil, refused
	}
	if o.malformed == report.OtherContent {
		if len(s.book.settlements) == 0 {
			return "", nil, notFound("NOT_FOUND", "There is no batch that could be sent again")
		}
		newest := s.book.settlements[len(s.book.settlements)-1].report
		file, _ = newest.Malformed(o.malformed)
		return newest.Batch, file, nil
	}
	s.book.decidePending(s.now())
	made := s.settleDay(o)
	if made == nil {
		return "", nil, notFound("NOTHING_TO_SETTLE", "No money moved that no settlement report contains")
	}
	return made.report.Batch, made.file, nil
}

// settlementOrder reads the parameters of a settlement from the form. s.mu must be held.
func (s *Server) settlementOrder(r *http.Request) (o settlementOrder, refused *apiError) {
	for name := range r.Form {
		if !slices.Contains([]string{"date", "malformed", "refund_sign", "promo", "other_channel"}, name) {
			return o, invalidParameter("unknown parameter " + strconv.Quote(name))
		}
	}
	day := s.now()
	if date := r.Form.Get("date"); date != "" {
		var err error
		if day, err = time.ParseInLocation(time.DateOnly, date, jakarta); err != nil {
			return o, invalidParameter("date must be a day such as 2026-11-30")
		}
	}
	o.paidOut = dayOf(day).Add(13 * time.Hour) // DOKU pays out between 12:00 and 14:00
	o.malformed = r.Form.Get("malformed")
	if !isMalformation(o.malformed) {
		return o, invalidParameter("malformed must be a name of GET /control/settlement/malformations")
	}
	o.positive, refused = oneOfTwo(r, "refund_sign", "negative", "positive")
	if refused != nil {
		return o, refused
	}
	if o.net, refused = oneOfTwo(r, "promo", "gross", "net"); refused != nil {
		return o, refused
	}
	if rows := r.Form.Get("other_channel"); rows != "" {
		n, err := strconv.Atoi(rows)
		if err != nil || n < 0 || n > maxOtherRows {
			return o, invalidParameter("other_channel must be a number of rows, at most " + strconv.Itoa(maxOtherRows))
		}
		o.otherChannel = n
	}
	return o, nil
}

// oneOfTwo reports whether a parameter has its second value. The first is the default.
func oneOfTwo(r *http.Request, name, first, second string) (isSecond bool, refused *apiError) {
	switch r.Form.Get(name) {
	case "", first:
		return false, nil
	case second:
		return true, nil
	}
	return false, invalidParameter(name + " must be " + first + " or " + second)
}

// isMalformation reports whether name is "" or a name of report.Malformations.
func isMalformation(name string) bool {
	return name == "" || slices.ContainsFunc(report.Malformations,
		func(m report.Malformation) bool { return m.Name == name })
}

func writeReport(w http.ResponseWriter, batch string, file []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/csv")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+batch+`.csv"`)
	h.Set("Batch-Id", batch)
	w.Write(file)
}

// listMalformations answers GET /control/settlement/malformations.
func (s *Server) listMalformations(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"malformations": report.Malformations})
}

// controlSettlement is a batch in the control API.
type controlSettlement struct {
	Batch     string `json:"batch"`
	PaidOut   string `json:"paid_out"` // the day in Jakarta
	Rows      int    `json:"rows"`     // as sent without a malformation
	Amount    int64  `json:"amount"`   // whole rupiah that the merchant got
	Malformed string `json:"malformed,omitempty"`
}

func (b *settlement) forControl() controlSettlement {
	return controlSettlement{b.report.Batch, b.paidOut.In(jakarta).Format(time.DateOnly), len(b.report.Rows),
		b.report.Amount(), b.malformed}
}

// Rupiah returns the amount in the form for people.
func (c controlSettlement) Rupiah() string { return rupiah(c.Amount) }

// listSettlements answers GET /control/settlements, oldest first.
func (s *Server) listSettlements(w http.ResponseWriter, _ *http.Request) {
	list := []controlSettlement{}
	s.mu.Lock()
	for _, b := range s.book.settlements {
		list = append(list, b.forControl())
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"settlements": list})
}

// showSettlement answers GET /control/settlements/{batch} with the report as it was sent. With ?malformed= it has that
// malformation instead, and none if the value is empty.
func (s *Server) showSettlement(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := r.PathValue("batch")
	i := slices.IndexFunc(s.book.settlements, func(b *settlement) bool { return b.report.Batch == batch })
	if i < 0 {
		writeError(w, notFound("NOT_FOUND", "No such batch"))
		return
	}
	b := s.book.settlements[i]
	file := b.file
	if asked := r.URL.Query(); asked.Has("malformed") {
		var known bool
		if file, known = b.report.Malformed(strings.TrimSpace(asked.Get("malformed"))); !known {
			writeError(w, invalidParameter("malformed must be a name of GET /control/settlement/malformations"))
			return
		}
	}
	writeReport(w, b.report.Batch, file)
}
