package order

import (
	"fmt"
	"log/slog"
	"strings"
)

// PageURL is the address at which the customer pays. Its query carries a signature, so it prints without the query.
// JSON, the store and a conversion to string have all of it.
type PageURL string

// shown returns the address without its query.
func (u PageURL) shown() string {
	address, _, signed := strings.Cut(string(u), "?")
	if signed {
		return address + "?[private]"
	}
	return address
}

// Format writes the address without its query, for every verb.
func (u PageURL) Format(f fmt.State, _ rune) { fmt.Fprint(f, u.shown()) }

// LogValue returns the address without its query.
func (u PageURL) LogValue() slog.Value { return slog.StringValue(u.shown()) }

// Format writes the page without the query of its address. fmt does not always call the fields' own Format methods.
func (p Page) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "{%s from %s to %s}", p.URL, p.At, p.ExpiresAt)
}
