package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/stack"
	"kasir/shared/doku"
	"kasir/shared/quote"
)

// quoteDocument is the output of kasir quote --json.
type quoteDocument struct {
	Quote     string    `json:"quote"`
	ExpiresAt time.Time `json:"expires_at"`
}

func quoteCommand() *cobra.Command {
	var terms quote.Terms
	var items []string
	var paymentType, keyFile, data string
	var minutes int
	c := &cobra.Command{
		Use:   "quote",
		Short: "Sign a price, as a merchant's back end does",
		Long: "Prints a quote, a signed price. A caller without the scope payments:price sends it as \"quote\" in\n" +
			"POST /payments. docs/quotes.md describes it. The key comes from --key-file or QUOTE_KEY, or else\n" +
			"from the running kasir local. There is no flag for the key itself, because it would stay in the\n" +
			"shell's history.",
		Example: "  kasir quote --invoice INV-1 --amount 90000\n" +
			"  kasir quote --invoice INV-1 --amount 90000 --item 'Kopi Gayo 250 g|45000|2' --minutes 5",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 { // the argument is not printed, because it may be a key
				return usagef("quote takes no argument: the key is in --key-file")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			if minutes < 1 || minutes > 15 {
				return usagef("--minutes %d: a quote is valid for 1 to 15 minutes", minutes)
			}
			if !doku.ValidInvoiceNumber(terms.InvoiceNumber) {
				return usagef("--invoice %q: an invoice number has 1 to 64 letters, digits and hyphens",
					terms.InvoiceNumber)
			}
			if terms.Amount < 1 {
				return usagef("--amount %d: it must be above 0", terms.Amount)
			}
			var err error
			if terms.LineItems, err = lineItems(items, terms.Amount); err != nil {
				return err
			}
			terms.PaymentType = doku.PaymentType(paymentType)
			key, now, err := quoteKey(keyFile, data)
			if err != nil {
				return err
			}
			expires := now.Add(time.Duration(minutes) * time.Minute).Truncate(time.Second)
			return printQuote(screenOf(c), key, terms, expires)
		},
	}
	f := c.Flags()
	f.StringVar(&terms.InvoiceNumber, "invoice", "", "invoice number")
	f.Int64Var(&terms.Amount, "amount", 0, "amount in whole rupiah")
	f.StringArrayVar(&items, "item", nil, "line item 'name|price|quantity'; repeat it for more")
	f.StringVar(&paymentType, "payment-type", "", "payment type that the request must have (AUTHORIZE, MOTO, …)")
	f.StringVar(&terms.Subject, "sub", "", "subject of the only token that may use the quote")
	f.StringVar(&terms.CustomerID, "customer", "", "customer.id that the request must have")
	f.IntVar(&minutes, "minutes", 10, "how long the quote is valid, at most 15")
	f.StringVar(&keyFile, "key-file", "", "file of the quote key (default: QUOTE_KEY)")
	dataFlag(c, &data, "data folder of the running kasir local")
	required(c, "invoice", "amount")
	return c
}

func printQuote(s *screen, key doku.Secret, terms quote.Terms, expires time.Time) error {
	signed, err := quote.Sign(key, terms, expires)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.text, signed)
	return s.document(quoteDocument{signed, expires})
}

// lineItems reads --item. The items must add up to the amount, because DOKU requires it.
func lineItems(texts []string, amount int64) ([]doku.LineItem, error) {
	var items []doku.LineItem
	var sum int64
	for _, text := range texts {
		part := strings.Split(text, "|")
		if len(part) != 3 {
			return nil, usagef("--item %q: it has the form 'name|price|quantity'", text)
		}
		price, err := strconv.ParseInt(part[1], 10, 64)
		quantity, failed := strconv.ParseInt(part[2], 10, 64)
		if err = errors.Join(err, failed); err != nil || price < 0 || quantity < 1 || price > 1e12 || quantity > 1e6 {
			return nil, usagef("--item %q: price is in whole rupiah, quantity a whole number from 1", text)
		}
		items, sum = append(items, doku.LineItem{Name: part[0], Price: price, Quantity: quantity}), sum+price*quantity
	}
	if len(items) > 0 && sum != amount {
		return nil, usagef("--amount %d: the items add up to %d", amount, sum)
	}
	return items, nil
}

// quoteKey returns the key to sign with, and the time by the clock of the functions that will check the quote.
func quoteKey(file, data string) (doku.Secret, time.Time, error) {
	if file != "" {
		content, err := fileOf("--key-file", file)
		return doku.Secret(strings.TrimRight(string(content), "\r\n")), time.Now(), err
	}
	if key := os.Getenv("QUOTE_KEY"); key != "" {
		return doku.Secret(key), time.Now(), nil
	}
	if running, ok := stack.RunningKeys(dataFolder(data)); ok && running["QUOTE_KEY"] != "" {
		return doku.Secret(running["QUOTE_KEY"]), clockTime(running["KASIR_CLOCK_AHEAD"]), nil
	}
	return "", time.Time{}, errors.New("there is no key to sign with: give --key-file, set QUOTE_KEY, " +
		"or start kasir local")
}
