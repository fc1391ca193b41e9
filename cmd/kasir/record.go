package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// statement holds a person's statement about money that moved at DOKU outside of kasir.
type statement struct {
	kind, reference, withdraws, key string
	amount                          int64
}

// withdrawal is the word for a record that withdraws a movement.
const withdrawal = "withdrawal"

// maxReference is the length of the longest reference, in characters.
const maxReference = 64

func recordWords() []string {
	var words []string
	for _, kind := range order.RecordKinds {
		words = append(words, string(kind))
	}
	return append(words, withdrawal)
}

// check returns an error unless the flags are those of the kind.
func (r statement) check() error {
	switch {
	case !slices.Contains(recordWords(), r.kind):
		return usagef("%q: it must be one of %s", r.kind, strings.Join(recordWords(), ", "))
	case r.kind == withdrawal && r.withdraws == "":
		return usagef("--withdraws ID is required; kasir orders show has the ids")
	case r.kind == withdrawal && (r.amount != 0 || r.reference != ""):
		return usagef("a withdrawal takes --withdraws alone, and neither --amount nor --reference")
	case r.kind == withdrawal:
		return nil
	case r.withdraws != "":
		return usagef("--withdraws is for kasir record withdrawal <invoice>")
	case r.amount < 1:
		return usagef("--amount %d: it must be above 0, in whole rupiah", r.amount)
	case utf8.RuneCountInString(r.reference) > maxReference:
		return usagef("--reference has %d characters; at most %d are kept", utf8.RuneCountInString(r.reference),
			maxReference)
	case strings.ContainsFunc(r.reference, func(c rune) bool { return !unicode.IsPrint(c) }):
		return usagef("--reference has characters that cannot be printed")
	}
	return nil
}

// request returns the request for the record. Without --key its key follows from the record, so that the same command
// twice makes one record.
func (r statement) request(invoice string, act order.Act) payment.RecordRequest {
	own := fmt.Sprintf("kasir record %s %s %d %s%s", r.kind, invoice, r.amount, r.reference, r.withdraws)
	stated := order.Record{Key: cmp.Or(r.key, own), Withdraws: r.withdraws, Act: act}
	if r.kind != withdrawal {
		stated.Kind, stated.Amount, stated.Reference = order.MovementKind(r.kind), r.amount, r.reference
	}
	return payment.RecordRequest{Invoice: invoice, Record: stated}
}

// flagOfRecord maps the fields of a record to the parts of the command line.
var flagOfRecord = map[string]string{
	"/kind": "the kind", "/amount": "--amount", "/reference": "--reference", "/movement": "--withdraws",
}

// withFlag adds to a refusal the flag that it is about.
func withFlag(err error) error {
	var refused *order.NotAllowed
	if errors.As(err, &refused) && refused.Pointer != "" {
		return fmt.Errorf("%s %w", flagOfRecord[refused.Pointer], err)
	}
	return err
}

func recordCommand() *cobra.Command {
	var where place
	var who actor
	var r statement
	c := &cobra.Command{
		Use:   "record <kind> <invoice>",
		Short: "Record money that moved at DOKU outside of kasir",
		Long: "Records money that moved at DOKU without kasir: a refund, void or capture in DOKU's Back Office, a\n" +
			"chargeback, or a chargeback_reversed. The amount counts at once. DOKU's own report of the same\n" +
			"movement is not counted a second time.\n\n" +
			"The same command twice makes one record. For a second movement of the same kind and amount, give its\n" +
			"own --reference or --key.\n\n" +
			"A record is never erased. kasir record withdrawal --withdraws ID says that a movement did not happen.\n" +
			"kasir orders show has the ids.",
		Example: "  kasir record refund INV-1 --amount 50000 --reference RF-4711 --note \"refunded on 27 August\"\n" +
			"  kasir record chargeback INV-2 --amount 90000 --reference CB-17 --by Sari --note \"bank's letter\"\n" +
			"  kasir record withdrawal INV-1 --withdraws 15a3fa02cddb --note \"it was the refund of INV-3\"",
		Args: exactArgs("<kind>", "<invoice>"),
		RunE: func(c *cobra.Command, args []string) error {
			r.kind = args[0]
			if err := r.check(); err != nil {
				return err
			}
			act, err := who.act(true)
			if err != nil {
				return err
			}
			return change(c, where, args[1], func(d *desk) (order.Order, error) {
				o, _, err := d.Record(c.Context(), r.request(args[1], act))
				return o, withFlag(err)
			})
		},
	}
	c.ValidArgsFunction = completeWords(recordWords()...)
	where.flags(c, false)
	where.stageFlags(c)
	c.Flags().Int64Var(&r.amount, "amount", 0, "the amount that moved, in whole rupiah")
	c.Flags().StringVar(&r.reference, "reference", "",
		fmt.Sprintf("number of the refund or dispute at DOKU or the bank, at most %d characters", maxReference))
	c.Flags().StringVar(&r.withdraws, "withdraws", "", "id of the movement that did not happen")
	c.Flags().StringVar(&r.key, "key", "", "key of the record: one record per key (default made of the record itself)")
	who.flags(c, "what you saw")
	return c
}
