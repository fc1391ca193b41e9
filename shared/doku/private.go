package doku

import (
	"errors"
	"fmt"
	"log/slog"
)

// Private is a text about a person, or one that opens something: a name, an e-mail address, a saved card's token, the
// address of a payment page. JSON carries it as it is, since DOKU must get it; printed or logged it shows as
// "[private]". A caller reads it by converting it to string.
//
// fmt does not ask the fields of a struct that are not exported; such a struct needs a Format of its own.
type Private string

const private = "[private]"

// Format writes "[private]" for every verb.
func (Private) Format(f fmt.State, _ rune) { fmt.Fprint(f, private) }

// LogValue keeps the text out of structured logs.
func (Private) LogValue() slog.Value { return slog.StringValue(private) }

// UnmarshalJSON accepts what Text accepts.
func (p *Private) UnmarshalJSON(b []byte) error {
	var t Text
	err := t.UnmarshalJSON(b)
	*p = Private(t)
	return err
}

// LogValue shows of a request what names it, and nothing of the customer.
func (r CreatePageRequest) LogValue() slog.Value {
	return slog.GroupValue(slog.String("invoice_number", ScrubInvoice(r.Order.InvoiceNumber)), slog.Int64("amount", r.Order.Amount))
}

// LogValue shows of an answer the order it is for, and not where its page is.
func (r CreatePageResponse) LogValue() slog.Value {
	return slog.GroupValue(slog.String("invoice_number", ScrubInvoice(r.Order.InvoiceNumber)))
}

// LogValue shows that there is a customer.
func (Customer) LogValue() slog.Value { return slog.StringValue(private) }

// LogValue shows what may be known of the card, and not the token.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.String("masked", t.Card.Masked), slog.String("brand", t.Card.Brand))
}

// Format of these is LogValue's: for a verb that does not fit a pointer inside a struct, fmt no longer asks the fields.
func (r CreatePageRequest) Format(f fmt.State, _ rune)  { fmt.Fprint(f, r.LogValue()) }
func (r CreatePageResponse) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.LogValue()) }
func (c Customer) Format(f fmt.State, _ rune)           { fmt.Fprint(f, c.LogValue()) }
func (t Token) Format(f fmt.State, _ rune)              { fmt.Fprint(f, t.LogValue()) }

// Format prints a client without its keys, which fmt would not ask.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "doku.Client(%s)", c.cfg.BaseURL) }

// withoutWords masks in a refusal what the request said of the customer, since DOKU may repeat it. It truncates only
// after masking: half a word would no longer be recognised.
func withoutWords(err error, values ...string) error {
	var refused *Error
	if errors.As(err, &refused) {
		refused.Message = clip(wordsOf(values...).hide(refused.Message))
	}
	return err
}
