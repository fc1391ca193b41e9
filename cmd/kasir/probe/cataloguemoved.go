package probe

const reportsAreSent = "Not asked: DOKU has no API for settlement reports. "

// moved are the assumptions about settlement reports, and about money that moves outside kasir.
var moved = []Assumption{
	{
		ID: "A-REPORT-FORM", Question: "Has every CSV report the form of the one real report that is known?",
		Does: "Columns are found by name, in any order. Blank lines, further columns, a byte order mark, CRLF, " +
			"Latin-1, spaces around cells and short rows are accepted. A file without the needed columns or with " +
			"other sums is refused, with line and column.",
		Settings: []string{"SETTLE_COLUMNS"},
		Look:     reportsAreSent + "`kasir settle --dry-run report.csv` shows it for one of yours.",
	},
	{
		ID: "A-REPORT-WORDS", Question: "Which words has TRANSACTION TYPE for refunds, voids, chargebacks and their " +
			"reversals? Only Purchase was seen.",
		Does: "Purchase, Sale, Refund, Void and Chargeback are known, without regard to case. A row with another " +
			"word is not applied, and is a difference.",
		Settings: []string{"SETTLE_WORDS"},
		Look:     reportsAreSent + "Only DOKU can say, or a report with such rows.",
	},
	{
		ID: "A-REPORT-SIGNS", Question: "Does a row of money that was taken back have a sign?",
		Does: "A row may have either sign. It may add its fee and discount or take them off: its pay-out shows " +
			"which. A row that fits neither is refused. A row without pay-out, fee and discount, such as a " +
			"void, is not applied, and is a difference.",
		Look: reportsAreSent + "Only DOKU can say, or a report with such rows.",
	},
	{
		ID: "A-REPORT-TOTALS", Question: "Which rows do the totals above the header count, and with which signs?",
		Does: "Of sales exactly the sums; refunds with or without voids, chargebacks and reversals, with either " +
			"sign. A total that is not there, or named with nothing, is not checked.",
		Settings: []string{"SETTLE_COLUMNS"},
		Look:     reportsAreSent + "`kasir settle --dry-run report.csv` shows it for one of yours.",
	},
	{
		ID: "A-REPORT-CHANNELS", Question: "Which names of PAYMENT CHANNEL NAME are cards?",
		Does: "Names with card, kartu or credit in them. The rows of other channels are summed, and never a " +
			"difference.",
		Settings: []string{"SETTLE_CHANNELS"},
		Look:     reportsAreSent + "Look into a report of yours.",
	},
	{
		ID: "A-REPORT-MERCHANT", Question: "Has a report the rows of one merchant name?",
		Does:     "One name throughout is required, and the name of the reports before; or any of the listed ones.",
		Settings: []string{"SETTLE_MERCHANT"},
		Look:     reportsAreSent + "Look into a report of yours.",
	},
	{
		ID: "A-REPORT-BATCH", Question: "Is the batch ID the same when a report is sent again, and never used twice?",
		Does: "The same file again books nothing. Another file with a known batch ID is refused, with the SHA-256 " +
			"of both.",
		Look: reportsAreSent + "Only DOKU can say.",
	},
	{
		ID: "A-REPORT-DATES", Question: "Is TRANSACTION DATE of a refund row the day of the refund or of the sale?",
		Does: "The date matches nothing. The row counts on the last pay-out day of its report.",
		Look: reportsAreSent + "Only DOKU can say, or a report with such rows.",
	},
	{
		ID: "A-REPORT-SALES", Question: "Is a sale that was refunded in part before its settlement settled whole, " +
			"or with the rest?",
		Does: "Either: kasir books takes the one that is closer to the row.",
		Look: reportsAreSent + "Only DOKU can say, or a report with such rows.",
	},
	{
		ID: "A-REPORT-VOIDS", Question: "Has a void a row?",
		Does: "It is not needed: a voided payment is not expected in a report. A row counts as taken from the pay-out.",
		Look: reportsAreSent + "Only DOKU can say, or a report with such rows.",
	},
	{
		ID: "A-REPORT-PROMO", Question: "Is AMOUNT of a sale with a promo the amount before or " +
			"after it?",
		Does: "Either is accepted if the discount is one of the order's promos. If AMOUNT less DISCOUNT was " +
			"taken, the discount lowers nothing in kasir books.",
		Look: reportsAreSent + "Only DOKU can say, or a report with such rows.",
	},
	{
		ID: "A-REPORT-FEE", Question: "How is FEE rounded, and is VAT in it?",
		Does: "One real report has VAT in it. An agreed fee may differ by up to one rupiah. Without one it is " +
			"not compared.",
		Settings: []string{"FEE"},
		Look:     reportsAreSent + "Compare a report with your contract.",
	},
	{
		ID: "A-SETTLE-DAYS", Question: "How many working days after a payment does DOKU settle, and on which " +
			"holidays not?",
		Does:     "DOKU's text has 3. A later payment opens a case only if the setting is made.",
		Settings: []string{"SETTLE_WITHIN", "HOLIDAYS"},
		Look:     reportsAreSent + "It depends on the merchant's contract.",
	},
	{
		ID: "A-MOVED-WORDS", Question: "Under which words are refunds and voids of the Back Office notified?",
		Does: "Types REFUND, FULL_REFUND, PARTIAL_REFUND, MANUAL_…, VOID and REVERSAL, and statuses REFUNDED and " +
			"VOIDED. Other words change nothing.",
		Look: "Not asked: a person would have to refund in the Back Office. Only DOKU can say.",
	},
	{
		ID: "A-MOVED-AMOUNT", Question: "Is `order.amount` of such a report the amount that moved, " +
			"or that of the payment?",
		Does: "The `refund` object of a report has the amount. Without that object it is `order.amount`. A " +
			"report whose amount cannot be read reserves what is left.",
		Look: "Not asked: a person would have to refund in the Back Office. Only DOKU can say.",
	},
	{
		ID: "A-MOVED-ID", Question: "Does such a report name the refund's own Request-Id, and have one of its own?",
		Does: "A refund of kasir's that is named is not counted elsewhere. Otherwise reports of one amount are " +
			"counted for each source, and the largest number counts.",
		Look: "Not asked: a person would have to refund in the Back Office. Only DOKU can say.",
	},
	{
		ID: "A-MOVED-TOTAL", Question: "Does the status REFUNDED of a payment follow a partial " +
			"refund, too?",
		Does: "kasir reserves the part of the statement that no known movement explains. The reserve opens the case " +
			"unaccounted. kasir refunds nothing of it until a person explains it.",
		Look: "Not asked: a person would have to refund in the Back Office. Only DOKU can say.",
	},
	{
		ID: "A-MOVED-REST", Question: "Does check status lower the amount of a payment after a " +
			"partial refund?",
		Does: "A lower amount of a known payment, which no promo explains, is what is left. kasir reserves the " +
			"rest as in `A-MOVED-TOTAL`.",
		Look: "Not asked: a person would have to refund in the Back Office. Only DOKU can say.",
	},
}
