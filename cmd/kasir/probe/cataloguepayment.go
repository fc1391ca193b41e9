package probe

var pages = []Assumption{
	{
		ID: "A-INVOICE-CHARACTERS", Question: "Characters of an invoice number: the guide allows special ones.",
		Does: "Letters, digits, hyphens, at most 64 (27 with acquirer BANK_MANDIRI), so that it needs no " +
			"escaping in a path.",
		Look: "Whether a page and its check status take one.", Steps: []string{"page"},
	},
	{
		ID: "A-PAYMENT-TYPE", Question: "`payment.type`: AUTHORIZE or AUTHORIZATION?",
		Does: "Both are accepted from callers; AUTHORIZE is sent.",
		Look: "A page of that type that nobody pays.", Steps: []string{"samples"},
	},
	{
		ID: "A-BOOLEANS", Question: "`auto_redirect`, `auto_capture`: the table says string, samples boolean.",
		Does: "Booleans are sent.",
		Look: "The page of `A-PAYMENT-TYPE`.", Steps: []string{"samples"},
	},
	{
		ID: "A-SAMPLES", Question: "Phone with a leading plus, empty theme colours, `order.session_id`: are " +
			"they accepted?",
		Does: "They are passed on, as DOKU's published samples have them.",
		Look: "The page of `A-PAYMENT-TYPE`.", Steps: []string{"samples"},
	},
	{
		ID: "A-LENGTHS", Question: "Lengths that the guide leaves open",
		Does: "Customer id 50, name 255, e-mail 128, phone 16 characters, descriptor 22 (newer pages of DOKU); " +
			"address 1024, disclaimer " +
			"2000, token 255 (chosen).",
		Look: "Not asked: kasir refuses longer texts before DOKU sees them.",
	},
	{
		ID: "A-MOTO", Question: "May MOTO and RECURRING be used on the page without a token?",
		Does: "They are passed on as asked. A newer page of DOKU allows them only with a token or host-to-host.",
		Look: "Not asked: it depends on the merchant's contract. Only DOKU can say.",
	},
	{
		ID: "A-INSTALLMENT", Question: "Which acquirers do installments? BRI and BANK_CIMB are in the " +
			"enumeration but in neither list.",
		Does: "All ten are accepted; DOKU decides.",
		Look: "Not asked: it depends on the merchant's contract. Only DOKU can say.",
	},
	{
		ID: "A-PAGE-LIFETIME", Question: "How long can a payment page be paid?",
		Does:     "60 minutes; afterwards check status is asked until a day later.",
		Settings: []string{"PAGE_LIFETIME"},
		Look: "The page is opened at first and, with `--wait`, after a quarter, half and all of it: the first " +
			"moment at which its HTTP status is another.",
		Steps: []string{"open-page"},
	},
	{
		ID: "A-PAGE-URL", Question: "On which host is the payment page?",
		Does: "Any host; it must be https.",
		Look: "The page's URL.", Steps: []string{"page"},
	},
	{
		ID: "A-TOKEN-BODIES", Question: "Bodies of delete token and list tokens differ with the path. Do the " +
			"paths take the bodies they are sent?",
		Does: "The guide's body by default; a path under `/tokenization/` is sent the body of DOKU's newer " +
			"or archived page.",
		Settings: []string{"DOKU_PATH_DELETE_TOKEN", "DOKU_PATH_LIST_TOKENS"},
		Look:     "The tokens of a customer who has none, and the deletion of a token that does not exist.",
		Steps:    []string{"list-tokens", "delete-token"},
	},
}

var reports = []Assumption{
	{
		ID: "A-STATUS-UNPAID", Question: "What does check status say of a page that nobody has tried to pay?",
		Does:     "`ORDER_GENERATED`, `PENDING` and not found mean unpaid.",
		Settings: []string{"DOKU_NOT_FOUND_CODES"},
		Look:     "Check status of a fresh page.", Steps: []string{"status-unpaid"},
	},
	{
		ID: "A-STATUS-BY-ID", Question: "Can a refund or a capture be asked about by its own Request-Id in Indonesia?",
		Does:  "It is not relied on.",
		Look:  "Check status by the Request-Id of a page and, with `--pay`, of a refund.",
		Steps: []string{"status-page-id", "status-refund-id"},
	},
	{
		ID: "A-STATUS-AMOUNT", Question: "Does check status give a promo's or a captured amount?",
		Does: "The order's amount, or that less one of its promos, is accepted; a capture counts with the " +
			"amount that kasir asked for.",
		Look:  "With `--authorize`: check status after half was captured. A promo needs a card of its BIN: not asked.",
		Steps: []string{"status-captured"},
	},
	{
		ID: "A-STATUS-REFUNDED", Question: "What does check status say after a refund?",
		Does: "REFUNDED, VOIDED, SUCCESS with a refund beside it, and SUCCESS with a lower amount are understood " +
			"(`A-MOVED-TOTAL`, `A-MOVED-REST`).",
		Look: "With `--pay`: check status after all was refunded.", Steps: []string{"status-refunded"},
	},
	{
		ID: "A-ORIGINAL-REQUEST-ID", Question: "Is `original_request_id` the Request-Id of the call that " +
			"created the page?",
		Does: "A refund sends that one. A payment of another page counts and calls a person; with " +
			"`MATCH_REQUEST_ID=require` it is a conflict.",
		Settings: []string{"MATCH_REQUEST_ID"},
		Look:     "With `--pay`: check status and the notification of a payment.",
		Steps:    []string{"status-paid", "notification"},
	},
	{
		ID: "A-AMOUNT-FORM", Question: "Is an amount a number or a text, with decimals or not?",
		Does:  "All of them are read, an exponent too; the amount must be whole.",
		Look:  "The amounts of check status, refunds, captures and notifications.",
		Steps: []string{"status-unpaid", "status-paid", "notification", "refund", "capture", "status-refunded"},
	},
	{
		ID: "A-DATES", Question: "Are dates UTC, as their Z says?",
		Does: "They are taken as they are written, but not before the order and not after they were learned; the " +
			"7 days of an authorisation count from there.",
		Look: "With `--pay`: the date of a payment, compared with the clock.", Steps: []string{"status-paid"},
	},
	{
		ID: "A-WORDS", Question: "Are statuses and types written in capitals?",
		Does:  "They are read without regard to case.",
		Look:  "The words of all answers and notifications.",
		Steps: []string{"refund-unpaid", "status-paid", "notification"},
	},
	{
		ID: "A-NOTIFIED", Question: "Does a notification arrive after a payment, signed for the path that kasir knows?",
		Does: "`NOTIFICATION_TARGET` is the path that is signed. Without any notification check status " +
			"finds the payment.",
		Settings: []string{"NOTIFICATION_TARGET"},
		Look:     "With `--pay` and `--listen`: the notification of a payment.", Steps: []string{"notification"},
	},
	{
		ID: "A-NOTIFICATION-IDS", Question: "How long is a notification's Request-Id?",
		Does: "Up to 256 visible characters without comma are accepted (75 were seen).",
		Look: "With `--pay` and `--listen`: its Request-Id.", Steps: []string{"notification"},
	},
	{
		ID: "A-NOTIFICATION-AGE", Question: "Does a retried notification carry its first timestamp?",
		Does:     "Any age is accepted unless a limit is set. More than 5 minutes in the future is refused.",
		Settings: []string{"NOTIFICATION_MAX_AGE"},
		Look: "With `--pay`, `--listen` and a `--wait` of 35m or more: the first notification is refused " +
			"and its retry awaited.",
		Steps: []string{"notification-retry"},
	},
	{
		ID: "A-REFUNDS-NOTIFIED", Question: "Are refunds and voids notified?",
		Does: "It is not relied on: a refund is known from DOKU's answer. One that kasir did not ask for lowers the " +
			"refundable amount, and calls a person; any other changes nothing.",
		Look: "With `--pay` and `--listen`: what arrives after the refund.", Steps: []string{"refund-notification"},
	},
	{
		ID: "A-AUTHORIZE-NOTIFIED", Question: "How is a successful authorisation reported: PENDING or SUCCESS?",
		Does: "Type AUTHORIZE with an authorize_id and either is an authorisation; without one it is a failed attempt.",
		Look: "With `--authorize`: check status, and with `--listen` the notification.", Steps: []string{"authorized"},
	},
	{
		ID: "A-AUTHORIZE-ID", Question: "Where is `authorize_id`?",
		Does: "It is looked for in `card_payment`, then top level, then `payment`.",
		Look: "As `A-AUTHORIZE-NOTIFIED`.", Steps: []string{"authorized"},
	},
	{
		ID: "A-CAPTURE-NOTIFIED", Question: "Is a capture notified, as type CAPTURE?",
		Does:  "It is joined with the capture's own answer; without one nothing is missing.",
		Look:  "With `--authorize` and `--listen`: what arrives after the capture.",
		Steps: []string{"capture-notification"},
	},
	{
		ID: "A-AUTO-CAPTURE", Question: "How is auto_capture notified?",
		Does: "As a SALE, or as AUTHORIZE with SUCCESS on an order that asked for auto_capture: both are paid.",
		Look: "Not asked: it would need a third payment. Pay one with auto_capture and read the order.",
	},
	{
		ID: "A-FAILED-FINAL", Question: "Is FAILED final?",
		Does: "No: SUCCESS after FAILED is money, FAILED after SUCCESS changes nothing.",
		Look: "Not asked: it needs a card that is declined, and DOKU publishes none.",
	},
	{
		ID: "A-DECLINE-CODES", Question: "With which response codes does a bank decline?",
		Does: "AUTHORIZE with a code of `DECLINE_CODES` is a failed attempt. Another code than 00 with " +
			"an authorize_id is an authorisation, and calls a person.",
		Settings: []string{"DECLINE_CODES"},
		Look:     "Not asked: it needs a card that is declined, and DOKU publishes none.",
	},
	{
		ID: "A-SUCCESS-WORDS", Question: "Which other words than SUCCESS mean that a payment was taken?",
		Does: "None. SUCCESS of an unknown type, or an unknown status, of an unpaid order is a conflict for a person.",
		Look: "Not asked: only DOKU can say.",
	},
	{
		ID: "A-CHARGEBACK", Question: "How does DOKU report a chargeback and its reversal?",
		Does: "A type or status with CHARGEBACK or DISPUTE in it is one; with REVERS, WON or CANCEL in it too, a " +
			"reversal. It lowers or raises the refundable amount, and calls a person. PENDING only calls a person.",
		Look: "Not asked: only DOKU can say.",
	},
	{
		ID:       "A-BACK-OFFICE",
		Question: "Where does DOKU's Back Office show a transaction, and can it be searched by Request-Id?",
		Does:     "A case names the transaction's page, and the invoice number or Request-Id to search for.",
		Look:     "Not asked: DOKU's guide names no menu of its Back Office. Only DOKU can say.",
	},
	{
		ID: "A-PROMO-AMOUNT", Question: "Is `order.amount` after a promo the discounted amount?",
		Does: "Both are accepted: the order's amount, or less one of its promo discounts. Anything else is a conflict.",
		Look: "Not asked: it needs a card of the promo's BIN.",
	},
	{
		ID: "A-PAID-TWICE", Question: "Can an order be paid twice?",
		Does: "A second payment is a conflict for a person: another approval code, another " +
			"card, or paid beside authorised.",
		Look: "Not asked: a person would have to pay twice on purpose.",
	},
	{
		ID: "A-NOTIFICATION-TIMEOUT", Question: "How long does DOKU wait for the answer to a notification?",
		Does: "The answer is sent once the report is written, within seconds.",
		Look: "Not asked: only DOKU can say.",
	},
	{
		ID: "A-SOURCE-ADDRESSES", Question: "From which addresses do notifications come?",
		Does: "From any: the signature decides.",
		Look: "Not asked: one address seen is no list. Only DOKU can say.",
	},
}

var money = []Assumption{
	{
		ID: "A-REFUND-REFUSAL", Question: "How is a refund refused: HTTP 200 with FAILED, or an error?",
		Does: "Both are refusals.",
		Look: "A refund of a page that nobody paid.", Steps: []string{"refund-unpaid"},
	},
	{
		ID: "A-REFUND-TYPE", Question: "Which type has a refund?",
		Does: "VOID, FULL_REFUND and PARTIAL_REFUND are done; MANUAL_… is accepted and carried out by people in days.",
		Look: "With `--pay`: the refund of the whole amount.", Steps: []string{"refund"},
	},
	{
		ID: "A-PARTIAL-REFUND", Question: "Can a payment be refunded in part, and as which type?",
		Does: "DOKU decides. Before settlement the guide has only VOID, of the whole.",
		Look: "With `--pay`: a refund of half before that of the rest.", Steps: []string{"partial-refund"},
	},
	{
		ID: "A-CAPTURE-AMOUNT", Question: "`payment.capture_amount`: text in the table, number in the sample.",
		Does: "A number is sent.",
		Look: "With `--authorize`: a capture of half. Else whether the refusal of an unknown authorisation " +
			"complains about the amount.",
		Steps: []string{"capture", "capture-unknown"},
	},
	{
		ID: "A-CAPTURE-ANSWER", Question: "What is `order.amount` in a capture's answer: the order's, or the " +
			"captured amount?",
		Does: "Either; any other amount is an unknown outcome.",
		Look: "With `--authorize`: a capture of half.", Steps: []string{"capture"},
	},
	{
		ID: "A-SEVERAL-CAPTURES", Question: "Several captures, over-capture, voiding an authorisation",
		Does: "Refused here: one capture per authorisation, at most the authorised amount, until 10 minutes " +
			"before its 7 days end.",
		Look:  "With `--authorize`: a second capture of the other half under another Request-Id.",
		Steps: []string{"second-capture"},
	},
}
