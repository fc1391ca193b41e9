package probe

// Assumption is one question that DOKU's documentation leaves open, and kasir's answer to it.
type Assumption struct {
	ID       string
	Question string
	Does     string   // how kasir behaves
	Settings []string // environment variables that change it; if none, every known answer is tolerated
	Look     string   // how the probe finds out, or the reason why it does not ask
	Steps    []string // names of the steps that find out; if none, the probe does not ask
}

// Catalogue lists every assumption. docs/doku.md has the same table; a test compares both.
var Catalogue = [][]Assumption{answers, repeats, pages, reports, money, moved}

// All returns every assumption in the order of docs/doku.md.
func All() []Assumption {
	var all []Assumption
	for _, part := range Catalogue {
		all = append(all, part...)
	}
	return all
}

var answers = []Assumption{
	{
		ID: "A-UNSIGNED-SUCCESS", Question: "Are answers to POST that say done signed?",
		Does: "A signature that is there is verified; a wrong one makes the outcome unknown. An unsigned answer " +
			"is believed, with a " +
			"warning, unless the operation is in doubt. `DOKU_REQUIRE_SIGNATURE=true` means `require` for all " +
			"three classes.",
		Settings: []string{"DOKU_SIGNATURE_SUCCESS", "DOKU_REQUIRE_SIGNATURE"},
		Look:     "The headers of every answer that says done.",
		Steps:    []string{"page", "repeat-page", "samples", "list-tokens", "refund", "capture"},
	},
	{
		ID: "A-UNSIGNED-ERRORS", Question: "Are answers that refuse signed?",
		Does: "As above. An unsigned refusal of a capture or refund is not believed, since a gateway can write " +
			"it: the operation stays " +
			"open and a person decides, or with `UNSIGNED_REFUSALS=status` check status does.",
		Settings: []string{"DOKU_SIGNATURE_ERROR", "UNSIGNED_REFUSALS", "DOKU_REQUIRE_SIGNATURE"},
		Look:     "The headers of refused refunds and captures.",
		Steps:    []string{"refund-unpaid", "repeat-refund-unpaid", "capture-unknown", "other-body", "delete-token"},
	},
	{
		ID: "A-UNSIGNED-GET", Question: "Are answers to check status signed?",
		Does:     "As the answers to POST.",
		Settings: []string{"DOKU_SIGNATURE_GET", "DOKU_REQUIRE_SIGNATURE"},
		Look:     "The headers of every answer of check status.",
		Steps:    []string{"status-unknown", "status-unpaid", "status-page-id", "status-paid", "status-refunded"},
	},
	{
		ID: "A-GET-DIGEST", Question: "Are answers to GET signed with a digest?",
		Does: "Both forms are accepted.",
		Look: "The form under which the signature matches.", Steps: []string{"status-unknown", "status-unpaid"},
	},
	{
		ID: "A-BARE-SIGNATURE", Question: "Does a signature always begin with `HMACSHA256=`?",
		Does: "It is accepted with and without.",
		Look: "The signatures of all answers and notifications.",
		Steps: []string{"page", "repeat-page", "refund-unpaid", "capture-unknown", "list-tokens", "status-unknown",
			"status-unpaid", "notification"},
	},
	{
		ID: "A-REQUEST-TARGET", Question: "Do answers have a `Request-Target` header, as behind proxies?",
		Does: "It is never read: the path that was called is what is signed.",
		Look: "The headers of all answers.", Steps: []string{"status-unknown", "page"},
	},
	{
		ID: "A-TURNED-AWAY", Question: "With which codes does DOKU turn a request away by its headers alone?",
		Does: "`invalid_signature`, `invalid_client_id`, `invalid_header_request` and " +
			"`request_time_out_of_range` in DOKU's shape say that " +
			"this attempt did nothing, and nothing about an earlier one with the same Request-Id. A 401, 403 or " +
			"429 without such a code is " +
			"an unknown outcome.",
		Settings: []string{"DOKU_TURNED_AWAY_CODES"},
		Look: "A refund of an unpaid page with a wrong signature, a wrong Client-Id, an old " +
			"Request-Timestamp, and without one.",
		Steps: []string{"wrong-signature", "wrong-client", "old-timestamp", "no-timestamp"},
	},
	{
		ID: "A-CLOCK", Question: "How far may Request-Timestamp be from DOKU's clock?",
		Does: "Every attempt is signed with the time at which it is sent.",
		Look: "Check status with a timestamp 50 minutes old.", Steps: []string{"late-timestamp"},
	},
	{
		ID: "A-ERROR-SHAPE", Question: "Which shape has an error?",
		Does: "`{\"error\":{…}}`, `{\"errors\":…}`, `error` as a text, `message` as a text or a list, and " +
			"`error_messages` are read. " +
			"Another shape is an unknown outcome.",
		Look: "The bodies of all refusals.",
		Steps: []string{"refund-unpaid", "capture-unknown", "other-body", "delete-token", "wrong-signature",
			"wrong-client", "old-timestamp",
			"no-timestamp", "status-unknown"},
	},
	{
		ID: "A-NOT-FOUND", Question: "With which code does check status say that it knows no such order?",
		Does: "HTTP 404 in DOKU's shape with a listed code means that nothing was tried. Any other 4xx " +
			"means unanswered.",
		Settings: []string{"DOKU_NOT_FOUND_CODES"},
		Look:     "Check status of a number that does not exist.", Steps: []string{"status-unknown"},
	},
	{
		ID: "A-WRONG-PATH", Question: "Does a path that does not exist answer differently from an unknown order?",
		Does:     "A code of `DOKU_NOT_FOUND_CODES` is needed. `No static resource` and texts of gateways have none.",
		Settings: []string{"DOKU_NOT_FOUND_CODES"},
		Look:     "A path beside check status that cannot exist.", Steps: []string{"wrong-path"},
	},
	{
		ID: "A-PATHS", Question: "Paths of the endpoints differ between DOKU's sources. Which are right?",
		Does: "The guide's are the default; check status is `/orders/v1/status`, list tokens " +
			"`/tokenization/v2/get-token`.",
		Settings: []string{"DOKU_PATH_CREATE_PAGE", "DOKU_PATH_CAPTURE", "DOKU_PATH_REFUND", "DOKU_PATH_DELETE_TOKEN",
			"DOKU_PATH_LIST_TOKENS", "DOKU_PATH_STATUS"},
		Look: "Each path is asked. One that answers as `A-WRONG-PATH` does is wrong; the other known paths are " +
			"tried then.",
		Steps: []string{"status-unknown", "page", "refund-unpaid", "capture-unknown", "list-tokens", "delete-token"},
	},
	{
		ID: "A-SPEED", Question: "How long does DOKU take?",
		Does:     "A call ends as an unknown outcome after 20 s at most.",
		Settings: []string{"DOKU_TIMEOUT"},
		Look:     "The slowest answer.", Steps: []string{"status-unknown", "page", "refund-unpaid", "capture-unknown"},
	},
	{
		ID: "A-RATE", Question: "How many requests a second does DOKU accept?",
		Does: "HTTP 429 is an unknown outcome; its Retry-After is passed on.",
		Look: "Not asked: it would need a flood. Only DOKU can say.",
	},
}

var repeats = []Assumption{
	{
		ID: "A-REQUEST-ID", Question: "Characters of a Request-Id: 128 of any kind, or 40 alphanumerics?",
		Does: "32 of `[a-z2-7]` are sent.",
		Look: "Whether a page is made under such an id.", Steps: []string{"page"},
	},
	{
		ID: "A-REPEAT", Question: "How is the same request under the same Request-Id answered: with the first " +
			"answer again, or with an error?",
		Does: "The first answer again, under HTTP 409 or 2xx, is done. `idempotent_request`, " +
			"DUPLICATE_TRANSACTION and other refusals of a " +
			"repeat teach nothing: check status decides.",
		Look: "A page, a refund and a capture, each repeated at once.", Steps: []string{"repeat-page",
			"repeat-refund", "repeat-capture"},
	},
	{
		ID: "A-MEMORY", Question: "How long does DOKU remember a Request-Id?",
		Does: "One hour is trusted. After that an operation that is still open is never sent again: a person " +
			"decides. 0 never sends " +
			"anything again.",
		Settings: []string{"TRUST_WINDOW", "RESEND_AFTER"},
		Look: "Pages repeated at once and, with `--wait`, after a quarter, half and all of it; a refund " +
			"repeated after it.",
		Steps: []string{"repeat-page", "memory", "repeat-refund-later"},
	},
	{
		ID: "A-REPEAT-RUNNING", Question: "What does DOKU do with a repeat while it still works on the first?",
		Does:     "A capture or refund without an answer is left alone for 90 s before it is sent again.",
		Settings: []string{"RESEND_AFTER"},
		Look:     "The same page asked for twice at the same moment.", Steps: []string{"two-at-once"},
	},
	{
		ID: "A-OTHER-BODY", Question: "What does DOKU do with another body under the same Request-Id?",
		Does: "It is never sent: a repeat is the same request byte for byte.",
		Look: "The same page with another amount.", Steps: []string{"other-body"},
	},
	{
		ID: "A-REFUSED-REPEAT", Question: "Is a refused request remembered, or judged again when it is repeated?",
		Does: "Either. In doubt, a refusal counts only as the replay of the first answer (HTTP 409 with the " +
			"same body).",
		Look: "A refused refund, repeated.", Steps: []string{"repeat-refund-unpaid"},
	},
}
