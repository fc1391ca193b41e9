package doku

import (
	"errors"
	"fmt"
	"log/slog"
)

// Private is a text about a person, or one that gives access: a name, an e-mail address, a saved card's token or the
// address of a payment page. JSON holds the text itself, since DOKU must receive it. Printed or logged it is
// "[private]". A caller reads it by converting it to string.
//
// fmt does not call the Format of unexported fields, so a struct that has such fields needs a Format of its own.
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

// LogValue returns the invoice number and the amount, without the customer.
func (r CreatePageRequest) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("invoice_number", ScrubInvoice(r.Order.InvoiceNumber)), slog.Int64("amount", r.Order.Amount))
}

// LogValue returns the invoice number, without the page's address.
func (r CreatePageResponse) LogValue() slog.Value {
	return slog.GroupValue(slog.String("invoice_number", ScrubInvoice(r.Order.InvoiceNumber)))
}

// LogValue returns "[private]".
func (Customer) LogValue() slog.Value { return slog.StringValue(private) }

// LogValue returns the masked card number and the brand, without the token.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.String("masked", t.Card.Masked), slog.String("brand", t.Card.Brand))
}

// The Format methods below print LogValue. Without them fmt would print the fields themselves for a verb that does not
// fit a pointer inside a struct.
func (r CreatePageRequest) Format(f fmt.State, _ rune)  { fmt.Fprint(f, r.LogValue()) }
func (r CreatePageResponse) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.LogValue()) }
func (c Customer) Format(f fmt.State, _ rune)           { fmt.Fprint(f, c.LogValue()) }
func (t Token) Format(f fmt.State, _ rune)              { fmt.Fprint(f, t.LogValue()) }

// Format prints a client without its keys. fmt does not call the Format of the unexported field that holds them.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "doku.Client(%s)", c.cfg.BaseURL) }

// maskRefusal masks the given values in the text of a refusal, since DOKU may repeat values of the request. It
// truncates only after masking: half a word would no longer be recognised.
func maskRefusal(err error, values ...string) error {
	var refused *Error
	if errors.As(err, &refused) {
		refused.Message = clip(wordsOf(values...).hide(refused.Message))
	}
	return err
}
