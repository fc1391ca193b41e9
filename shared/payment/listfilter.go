package payment

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
)

// Limits of a list.
const (
	defaultLimit = 50
	maxLimit     = 100
	maxDays      = 92
)

// jakarta is the zone of the days in lists.
var jakarta = time.FixedZone("WIB", 7*60*60)

// filter is the question of a list.
type filter struct {
	caller   Caller
	list     Range
	customer string // digest of the only customer whose orders are listed; empty: every customer's
	limit    int
	window   int  // the number of places to examine
	first    bool // the first page
	digest   string

	from, to  time.Time // the start of the first day and the end of the last; zero if not given
	statuses  []order.Status
	attention bool
	kinds     []order.AttentionKind // nil: any kind
	invoice   string
	last4     string
	settled   *bool // orders that are in a settlement report, or that DOKU has still to settle
}

// listParameters has a reader of each parameter of a list. A reader returns the fault of the value, or "".
var listParameters = map[string]func(f *filter, value string) string{
	"from": func(f *filter, value string) string { return readDay(&f.from, value, 0) },
	"to":   func(f *filter, value string) string { return readDay(&f.to, value, 1) },
	"status": func(f *filter, value string) string {
		for name := range strings.SplitSeq(value, ",") {
			if !slices.Contains(order.Statuses, order.Status(name)) {
				return fmt.Sprintf("must be one of %s, or several of them with commas", list(order.Statuses))
			}
			f.statuses = append(f.statuses, order.Status(name))
		}
		return ""
	},
	"attention":      readAttention,
	"customer_id":    func(f *filter, value string) string { return checkLength(value, maxCustomerID) },
	"invoice_number": readInvoice,
	"last4": func(f *filter, value string) string {
		f.last4 = value
		if len(value) != 4 || strings.Trim(value, "0123456789") != "" {
			return "must be the last four digits of a card"
		}
		return ""
	},
	"limit": func(f *filter, value string) (fault string) {
		var err error
		if f.limit, err = strconv.Atoi(value); err != nil || f.limit < 1 || f.limit > maxLimit {
			return fmt.Sprintf("must be a whole number between 1 and %d", maxLimit)
		}
		return ""
	},
	"cursor": func(*filter, string) string { return "" },
	"settled": func(f *filter, value string) string {
		if value != "true" && value != "false" {
			return "must be true, for paid orders in a settlement report, or false, for orders that DOKU has still " +
				"to settle"
		}
		f.settled = new(value == "true")
		return ""
	},
}

// filterOf reads the parameters of a list. A caller that may not read every payment gets its own, with any
// customer_id. Errors: *Invalid, ErrCursor.
func (s *Service) filterOf(c Caller, parameters url.Values) (filter, error) {
	f := filter{caller: c, limit: defaultLimit}
	var faults []jsonbody.Violation
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		read, known := listParameters[name]
		fault := jsonbody.NotAField
		switch {
		case known && len(parameters[name]) > 1:
			fault = jsonbody.Repeated
		case known:
			fault = read(&f, parameters.Get(name))
		}
		if fault != "" {
			faults = append(faults, jsonbody.Violation{Pointer: "/" + jsonbody.ShownName(name), Detail: fault})
		}
	}
	if f.attention && !c.ReadsAll {
		faults = append(faults, jsonbody.Violation{Pointer: "/attention",
			Detail: "needs a token that may read every payment"})
	}
	switch {
	case !c.ReadsAll:
		f.customer = order.ReaderOf(c.Subject)
	case parameters.Has("customer_id"):
		f.customer = order.ReaderOf(parameters.Get("customer_id"))
	}
	if len(faults) == 0 {
		faults = f.setRange(s.Now(), s.has)
	}
	if len(faults) > 0 {
		return filter{}, &Invalid{Violations: faults}
	}
	return f, f.setCursor(parameters)
}

// has reports whether the Store has a list.
func (s *Service) has(list Index) bool { return s.Lists == nil || slices.Contains(s.Lists, list) }

// setRange chooses the list that has the fewest other orders, and the range of it. ByDay has every order, so its range
// ends after maxDays.
func (f *filter) setRange(now time.Time, has func(Index) bool) []jsonbody.Violation {
	f.list = Range{Index: ByDay}
	switch {
	case f.attention && has(ByAttention):
		f.list.Index = ByAttention
	case f.customer != "" && has(ByCustomer):
		f.list = Range{Index: ByCustomer, Customer: f.customer}
	}
	from, to := f.from, f.to
	if to.IsZero() {
		to = now.In(jakarta)
		to = time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, jakarta)
	}
	if from.IsZero() && (f.list.Index == ByDay || !f.to.IsZero()) {
		from = to.AddDate(0, 0, -maxDays)
	}
	if f.list.From, f.list.To = timePlace(from), timePlace(to); f.from.IsZero() {
		return f.setWindow()
	}
	switch days := int(to.Sub(from).Hours() / 24); {
	case days < 1:
		return []jsonbody.Violation{{Pointer: "/to", Detail: "must not be before from"}}
	case days > maxDays:
		return []jsonbody.Violation{{Pointer: "/from",
			Detail: fmt.Sprintf("begins a range of %d days; a range has at most %d", days, maxDays)}}
	}
	return f.setWindow()
}

// setWindow sets the number of places to examine.
func (f *filter) setWindow() []jsonbody.Violation {
	switch {
	case f.invoice != "":
		f.window = mostExamined
	case f.readsOrders():
		f.window = MostOrders
	default:
		f.window = min(f.limit, MostOrders)
	}
	return nil
}

// setCursor continues the list at the place of a cursor.
func (f *filter) setCursor(parameters url.Values) error {
	f.digest = filterDigest(parameters, f.customer)
	if f.first = !parameters.Has("cursor"); f.first {
		return nil
	}
	last, err := decodeCursor(parameters.Get("cursor"), f.digest)
	if err != nil || last > f.list.To {
		return ErrCursor
	}
	f.list.To = last
	return nil
}

// readDay reads a day, and sets the start of the day that comes after it by some days.
func readDay(to *time.Time, value string, after int) string {
	day, err := time.ParseInLocation(time.DateOnly, value, jakarta)
	if err != nil || day.Year() < 2000 {
		return "must be a day from 2000 on, such as 2026-08-27; days begin at midnight in Jakarta"
	}
	*to = day.AddDate(0, 0, after)
	return ""
}

// readAttention reads true, which stands for every kind, or kinds.
func readAttention(f *filter, value string) string {
	f.attention = true
	if value == "true" {
		return ""
	}
	for name := range strings.SplitSeq(value, ",") {
		kind := order.AttentionKind(name)
		if order.FindAttention(kind).Happened == "" {
			var known []order.AttentionKind
			for _, row := range order.Attentions {
				known = append(known, row.Kind)
			}
			return fmt.Sprintf("must be true, or one or more of %s", list(known))
		}
		f.kinds = append(f.kinds, kind)
	}
	return ""
}

func readInvoice(f *filter, value string) string {
	if f.invoice = value; !doku.ValidInvoiceNumber(value) {
		return "must be an invoice number or its beginning: 1 to 64 letters, digits and hyphens"
	}
	return ""
}

func checkLength(value string, most int) string {
	if value == "" || len([]rune(value)) > most {
		return fmt.Sprintf("must have 1 to %d characters", most)
	}
	return ""
}

// list returns values as a text.
func list[T ~string](values []T) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return strings.Join(texts, ", ")
}
