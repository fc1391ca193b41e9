package order

import (
	"fmt"
	"log/slog"
	"strings"
)

// PageURL is where the customer pays. Its query carries a signature, so it prints without; JSON and the store carry it whole,
// and a conversion to string reads it.
type PageURL string

// shown is the address without its query.
func (u PageURL) shown() string {
	address, _, signed := strings.Cut(string(u), "?")
	if signed {
		return address + "?[private]"
	}
	return address
}

// Format writes the address without its query, for every verb.
func (u PageURL) Format(f fmt.State, _ rune) { fmt.Fprint(f, u.shown()) }

// LogValue keeps the query out of structured logs.
func (u PageURL) LogValue() slog.Value { return slog.StringValue(u.shown()) }

// Format prints a page without the query of its address, also where fmt does not ask the fields.
func (p Page) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "{%s from %s to %s}", p.URL, p.At, p.ExpiresAt)
}
