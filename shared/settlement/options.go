package settlement

import (
	"fmt"
	"slices"
	"strings"
)

// Options describe the reports of a merchant. The zero value reads the reports whose form is known; see docs/doku.md.
type Options struct {
	Columns   Columns
	Words     Words
	Channels  []string // whole names of the channels whose rows belong to orders; empty: names with a word of cards
	Merchants []string // the names that a report may have; empty: any one name
	Fee       *Fee     // the agreed fee; nil: fees are not compared
}

// The names of columns, as DOKU writes them.
const (
	ColumnNumber      = "NO"
	ColumnMerchant    = "MERCHANT NAME"
	ColumnChannel     = "PAYMENT CHANNEL NAME"
	ColumnDate        = "TRANSACTION DATE"
	ColumnInvoice     = "INVOICE NUMBER"
	ColumnAmount      = "AMOUNT"
	ColumnFee         = "FEE"
	ColumnDiscount    = "DISCOUNT"
	ColumnPayout      = "PAY TO MERCHANT"
	ColumnPayoutDate  = "PAY OUT DATE"
	ColumnTransaction = "TRANSACTION TYPE"
)

// The labels of totals, as DOKU writes them. The real labels end in an underscore.
const (
	TotalPurchaseAmount = "Total Amount Purchase"
	TotalFee            = "Total Fee"
	TotalPurchases      = "Total Purchase"
	TotalRefundAmount   = "Total Amount Refund"
	TotalRefunds        = "Total Refund"
	TotalSettlement     = "Total Settlement Amount"
	TotalDiscount       = "Total Discount"
	TotalTransactions   = "Total Transactions"
	TotalBatch          = "Batch ID"
)

// columns lists the columns that are read. needed reports whether every report must have the column.
var columns = []struct {
	name   string
	needed bool
}{
	{ColumnNumber, false}, {ColumnMerchant, false}, {ColumnChannel, true}, {ColumnDate, false}, {ColumnInvoice, true},
	{ColumnAmount, true}, {ColumnFee, true}, {ColumnDiscount, false}, {ColumnPayout, true}, {ColumnPayoutDate, true},
	{ColumnTransaction, true},
}

var totals = []string{TotalPurchaseAmount, TotalFee, TotalPurchases, TotalRefundAmount, TotalRefunds, TotalSettlement,
	TotalDiscount, TotalTransactions, TotalBatch}

// Columns maps DOKU's names of columns and totals to those of a merchant's template. A total with an empty name is not
// checked.
type Columns map[string]string

// ParseColumns reads names such as "AMOUNT=GROSS,Total Refund=", separated by commas.
func ParseColumns(text string) (Columns, error) {
	all := Columns{}
	for pair := range pairs(text) {
		ours, theirs, found := strings.Cut(pair, "=")
		name := knownName(ours)
		optional := slices.Contains(totals, name) && name != TotalBatch
		switch {
		case !found:
			return nil, fmt.Errorf("has %q; it must be pairs such as AMOUNT=GROSS, separated by commas", pair)
		case name == "":
			return nil, fmt.Errorf("has %q; the left side must be a column or total of DOKU's report, such as %s", pair,
				ColumnAmount)
		case fold(theirs) == "" && !optional:
			return nil, fmt.Errorf("has %q; the right side must be the name in your report", pair)
		}
		all[name] = theirs
	}
	return all, nil
}

// name returns the name of a column or the label of a total in the report, in the form of fold.
func (c Columns) name(ours string) string {
	if theirs, there := c[ours]; there {
		return fold(theirs)
	}
	return fold(ours)
}

// knownName returns DOKU's spelling of a column or total, or "".
func knownName(text string) string {
	for _, c := range columns {
		if fold(c.name) == fold(text) {
			return c.name
		}
	}
	i := slices.IndexFunc(totals, func(name string) bool { return fold(name) == fold(text) })
	if i < 0 {
		return ""
	}
	return totals[i]
}

// Words maps words of the column TRANSACTION TYPE, in the form of fold, to kinds.
type Words map[string]Kind

// words are the words without a setting. DOKU's real reports had only Purchase; see docs/doku.md.
var words = Words{
	"purchase": Sale, "sale": Sale, "refund": Refund, "void": Void, "chargeback": Chargeback,
	"chargeback reversal": Reversal,
}

var kinds = []Kind{Sale, Refund, Void, Chargeback, Reversal, Unknown}

// ParseWords reads words such as "Pengembalian=refund,Void Payment=void", separated by commas. They are added to the
// words that are known.
func ParseWords(text string) (Words, error) {
	all := Words{}
	for pair := range pairs(text) {
		word, kind, _ := strings.Cut(pair, "=")
		kind = strings.TrimSpace(kind)
		if fold(word) == "" || !slices.Contains(kinds, Kind(kind)) {
			return nil, fmt.Errorf("has %q; it must be pairs such as Pengembalian=refund, separated by commas, whose "+
				"right side is one of %v", pair, kinds)
		}
		all[fold(word)] = Kind(kind)
	}
	return all, nil
}

// kind returns the kind of a word.
func (w Words) kind(word string) Kind {
	word = fold(word)
	if kind, there := w[word]; there {
		return kind
	}
	if kind, there := words[word]; there {
		return kind
	}
	return Unknown
}

// ParseNames reads names, separated by commas.
func ParseNames(text string) ([]string, error) {
	var all []string
	for name := range pairs(text) {
		all = append(all, strings.TrimSpace(name))
	}
	return all, nil
}

// cardWords are the words in the names of card channels.
var cardWords = []string{"card", "kartu", "credit"}

// ours reports whether the rows of a channel belong to orders.
func (o Options) ours(channel string) bool {
	channel = fold(channel)
	if len(o.Channels) > 0 {
		return slices.ContainsFunc(o.Channels, func(name string) bool { return fold(name) == channel })
	}
	return slices.ContainsFunc(cardWords, func(word string) bool { return strings.Contains(channel, word) })
}

// pairs yields the parts of a setting that are not empty.
func pairs(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if strings.TrimSpace(part) != "" && !yield(part) {
				return
			}
		}
	}
}

// fold returns a name for a comparison: in lower case, without an underscore at its end, and with single spaces between
// its words.
func fold(name string) string {
	name = strings.Join(strings.Fields(strings.ToLower(name)), " ")
	return strings.TrimSpace(strings.TrimRight(name, "_"))
}
