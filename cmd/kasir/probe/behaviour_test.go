package probe

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Lists of codes in proposed settings.
const (
	turned = "invalid_signature,invalid_client_id,invalid_header_request,request_time_out_of_range"
	absent = "TRANSACTION_NOT_FOUND,ORDER_NOT_FOUND,INVOICE_NOT_FOUND,DATA_NOT_FOUND,INVOICE_NUMBER_NOT_FOUND"
)

// behaviours lists ways in which DOKU can behave, each with the finding and the proposed settings.
var behaviours = map[string]struct {
	scene
	id, verdict, seen string
	settings          string // all proposed, joined by spaces
}{
	"forgets after 40 minutes": {
		scene{faults: `{"forget_after":"40m"}`, full: true},
		"A-MEMORY", Differs, "after 1h0m0s forgotten", "TRUST_WINDOW=30m",
	},
	"forgets after 20 minutes": {
		scene{faults: `{"forget_after":"20m"}`, full: true},
		"A-MEMORY", Differs, "after 30m0s forgotten", "TRUST_WINDOW=15m",
	},
	"forgets after 2 minutes": {
		scene{faults: `{"forget_after":"2m"}`, full: true},
		"A-MEMORY", Differs, "after 15m0s forgotten", "TRUST_WINDOW=0s",
	},
	"forgets sooner than is resent": {
		scene{faults: `{"forget_after":"90s"}`, full: true, change: func(c *Config) { c.WaitFor = 4 * time.Minute }},
		"A-MEMORY", Differs, "after 1m0s remembered", "TRUST_WINDOW=0s",
	},
	"signs for another request": {
		scene{twist: []twist{only("success", otherRequest)}},
		"A-UNSIGNED-SUCCESS", Differs, "a signature that does not match", "DOKU_SIGNATURE_SUCCESS=ignore",
	},
	"notified behind a proxy": {
		scene{full: true, target: "/prod/notifications",
			set: environment{"NOTIFICATION_TARGET": "/prod/notifications"}},
		"A-NOTIFIED", Held, "for /prod/notifications", "",
	},
	"refunds in part": {
		scene{full: true, control: map[string]string{"/control/settle": `{}`}},
		"A-PARTIAL-REFUND", Held, "done as PARTIAL_REFUND", "",
	},
	"refunds in part as VOID": {
		scene{full: true, control: map[string]string{"/control/settle": `{}`},
			twist: []twist{code("PARTIAL_REFUND", "VOID")}},
		"A-PARTIAL-REFUND", Differs, "done as \"VOID\"", "",
	},
	"refuses a part before settlement": {scene{full: true}, "A-PARTIAL-REFUND", Held, "is refused: HTTP 200 FAILED",
		""},
	"dates in local time": {
		scene{full: true, twist: []twist{localDates}}, "A-DATES", Differs, "7h0m0s from the clock", "",
	},
	"words in lower case": {
		scene{full: true, twist: []twist{code(`"status":"SUCCESS"`, `"status":"success"`)}},
		"A-WORDS", Held, "success", "",
	},
	"Request-Target twice": {
		scene{twist: []twist{requestTargets}}, "A-REQUEST-TARGET", Held, "0 answers have one, 20 more than one", "",
	},
	"pages that end early": {
		scene{full: true, life: 20 * time.Minute},
		"A-PAGE-LIFETIME", Differs, "HTTP 200 at first, 410 after 30m0s", "PAGE_LIFETIME=30m",
	},
	"pages that outlive": {scene{full: true, life: 48 * time.Hour}, "A-PAGE-LIFETIME", Held, "after 1h0m0s it opens",
		""},
	"not found until it is paid": {
		scene{twist: []twist{code(`ORDER_GENERATED`, ``), notFoundUnpaid}},
		"A-STATUS-UNPAID", Held, "HTTP 404 TRANSACTION_NOT_FOUND", "",
	},
	"repeats written anew": {
		scene{full: true, twist: []twist{repeatedAnew}},
		"A-REPEAT", Held, "refund: HTTP 409 SUCCESS, the first answer again", "",
	},
	"refunds later": {
		scene{full: true, twist: []twist{code(`"status":"SUCCESS","message"`, `"status":"PENDING","message"`)}},
		"A-REFUND-TYPE", Differs, "PENDING", "",
	},
	"forgets at once": {
		scene{faults: `{"forget_after":"1ns"}`},
		"A-REPEAT", Differs, "done once more", "TRUST_WINDOW=0s",
	},
	"forgets, and nothing is trusted": {
		scene{faults: `{"forget_after":"40m"}`, full: true, set: environment{"TRUST_WINDOW": "30m"}},
		"A-MEMORY", Held, "forgotten", "",
	},
	"captures twice": {
		scene{faults: `{"double_captures":true}`, full: true},
		"A-SEVERAL-CAPTURES", Held, "a second capture is done", "",
	},
	"voids": {
		scene{full: true},
		"A-STATUS-REFUNDED", Held, "VOIDED", "",
	},
	"settles at once": {
		scene{full: true, control: map[string]string{"/control/settle": `{}`}, change: wholeRefund},
		"A-REFUND-TYPE", Held, "FULL_REFUND SUCCESS", "",
	},
	"refunds by hand": {
		scene{full: true, control: map[string]string{"/control/settle": `{}`, "/control/manual-refunds": `{"on":true}`},
			change: wholeRefund},
		"A-REFUND-TYPE", Held, "MANUAL_FULL_REFUND", "",
	},
	"refuses refunds": {
		scene{full: true, faults: `{"calls":{"refund":{"refuse":1}}}`},
		"A-REFUND-TYPE", NotAsked, "refused: HTTP 200 FAILED, Refused by the bank", "",
	},
	"unsigned success": {
		scene{twist: []twist{unsigned("success")}},
		"A-UNSIGNED-SUCCESS", Held, "6 carry no signature", "",
	},
	"unsigned success, required": {
		scene{twist: []twist{unsigned("success")}, set: environment{"DOKU_SIGNATURE_SUCCESS": "require"}},
		"A-UNSIGNED-SUCCESS", Differs, "6 of 6", "DOKU_SIGNATURE_SUCCESS=when_present",
	},
	"unsigned refusals": {
		scene{twist: []twist{unsigned("refusal")}},
		"A-UNSIGNED-ERRORS", Differs, "0 of 3 refused captures and refunds", "UNSIGNED_REFUSALS=status",
	},
	"unsigned refusals, known": {
		scene{twist: []twist{unsigned("refusal")}, set: environment{"UNSIGNED_REFUSALS": "status"}},
		"A-UNSIGNED-ERRORS", Held, "", "",
	},
	"signed refusals, doubted": {
		scene{set: environment{"UNSIGNED_REFUSALS": "status"}},
		"A-UNSIGNED-ERRORS", Differs, "3 of 3", "UNSIGNED_REFUSALS=doubt",
	},
	"wrongly signed refusals": {
		scene{twist: []twist{only("refusal", spoilt)}},
		"A-UNSIGNED-ERRORS", Differs, "a signature that does not match",
		"DOKU_SIGNATURE_ERROR=ignore UNSIGNED_REFUSALS=status",
	},
	"rightly signed, ignored": {
		scene{set: environment{"DOKU_SIGNATURE_GET": "ignore"}},
		"A-UNSIGNED-GET", Differs, "ignores the signatures", "DOKU_SIGNATURE_GET=when_present",
	},
	"unsigned GET, all required": {
		scene{twist: []twist{unsigned("get")}, set: environment{"DOKU_REQUIRE_SIGNATURE": "true"}},
		"A-UNSIGNED-GET", Differs, "no signature", "DOKU_SIGNATURE_GET=when_present",
	},
	"now and then a wrong signature": {
		scene{faults: `{"calls":{"listtokens":{"bad_signature":1}}}`},
		"A-UNSIGNED-SUCCESS", Differs, "1 of 6", "",
	},
	"bare signatures": {
		scene{twist: []twist{bare}, full: true},
		"A-BARE-SIGNATURE", Held, "37 of 41", "",
	},
	"GET without digest": {
		scene{twist: []twist{withoutDigest}},
		"A-GET-DIGEST", Held, "0 are signed with the digest, 3 without", "",
	},
	"idempotent_request": {
		scene{twist: []twist{repeated(400, `{"error":{"code":"idempotent_request","message":"x"}}`)}},
		"A-REPEAT", Held, "without the first answer", "",
	},
	"refuses repeats": {
		scene{twist: []twist{repeated(400, `{"error":{"code":"INVALID_PARAMETER","message":"exceeds"}}`)}, full: true},
		"A-REPEAT", Held, "refund: HTTP 400 INVALID_PARAMETER, refused", "",
	},
	"repeats under 200": {
		scene{twist: []twist{func(_ *http.Request, a *reply) { a.status = max(200, a.status%409) }}},
		"A-REPEAT", Held, "the first answer again", "",
	},
	"messages as a list": {
		scene{twist: []twist{errorsAs(`{"message":["PAYMENT CHANNEL IS INACTIVE"]}`)}},
		"A-ERROR-SHAPE", Held, `{"message":[…]} (`, "",
	},
	"error_messages": {
		scene{twist: []twist{errorsAs(`{"error_messages":["no"]}`)}},
		"A-ERROR-SHAPE", Held, `{"error_messages":[…]} (`, "",
	},
	"an error as a text": {
		scene{twist: []twist{errorsAs(`{"error":"no"}`)}},
		"A-ERROR-SHAPE", Differs, `{"error":"…"} (`, "",
	},
	"a path like an order": {
		scene{twist: []twist{code("No static resource of that name.", ""),
			code(`{"message":""}`, `{"error":{"code":"DATA_NOT_FOUND"}}`)}},
		"A-WRONG-PATH", Differs, "that code is listed",
		"DOKU_NOT_FOUND_CODES=" + strings.Replace(absent, ",DATA_NOT_FOUND", "", 1),
	},
	"another not found": {
		scene{twist: []twist{code("TRANSACTION_NOT_FOUND", "ORDER_MISSING")}},
		"A-NOT-FOUND", Differs, "ORDER_MISSING", "DOKU_NOT_FOUND_CODES=" + absent + ",ORDER_MISSING",
	},
	"not found without a code": {
		scene{twist: []twist{code(`"code":"TRANSACTION_NOT_FOUND",`, "")}},
		"A-NOT-FOUND", Differs, "asks again", "",
	},
	"another turning away": {
		scene{twist: []twist{code("invalid_signature", "SIGNATURE_WRONG")}},
		"A-TURNED-AWAY", Differs, "SIGNATURE_WRONG", "DOKU_TURNED_AWAY_CODES=" + turned + ",SIGNATURE_WRONG",
	},
	"a code that turns away and refuses": {
		scene{twist: []twist{code("invalid_signature", "TRANSACTION_NOT_FOUND")}},
		"A-TURNED-AWAY", Differs, "an unknown outcome", "",
	},
	"a gateway turns away": {
		scene{twist: []twist{unauthorized}},
		"A-TURNED-AWAY", Differs, "HTTP 401", "",
	},
	"amounts with an exponent": {
		scene{twist: []twist{code(`"amount":20000`, `"amount":2E+4`)}},
		"A-AMOUNT-FORM", Held, "exponent", "",
	},
	"slow": {
		scene{faults: `{"calls":{"status":{"delay":1,"delay_min":"40ms","delay_max":"40ms"}}}`,
			set: environment{"DOKU_TIMEOUT": "20ms"}},
		"A-SPEED", Differs, "took", "DOKU_TIMEOUT=20s",
	},
	"loses answers": {
		scene{faults: `{"calls":{"refund":{"lose_after":1}}}`},
		"A-REFUND-REFUSAL", NotAsked, "no answer came", "",
	},
	"makes no pages": {
		scene{faults: `{"calls":{"createpage":{"error_before":1}}}`},
		"A-REQUEST-ID", Differs, "no page was made", "",
	},
	"drops notifications": {
		scene{full: true, faults: `{"notifications":{"drop":1}}`},
		"A-NOTIFIED", Differs, "none arrived within 2m0s", "",
	},
	"forged notifications": {
		scene{full: true, faults: `{"notifications":{"forge":1}}`},
		"A-NOTIFIED", Held, "rightly signed", "",
	},
	"notified elsewhere": {
		scene{full: true, set: environment{"NOTIFICATION_TARGET": "/payments/notifications"}},
		"A-NOTIFIED", Differs, "signed for /notifications", "NOTIFICATION_TARGET=/notifications",
	},
	"a wrong path of check status": {
		scene{set: environment{"DOKU_PATH_STATUS": "/orders/v9/status"}},
		"A-PATHS", Differs, "/orders/v9/status does not exist", "DOKU_PATH_STATUS=/orders/v1/status",
	},
	"a wrong path of refunds": {
		scene{set: environment{"DOKU_PATH_REFUND": "/refund"}},
		"A-PATHS", Differs, "/refund does not exist", "DOKU_PATH_REFUND=/cancellation/credit-card/refund",
	},
	"the archived path of tokens": {
		scene{set: environment{"DOKU_PATH_LIST_TOKENS": "/tokenization/v1/tokens",
			"DOKU_PATH_DELETE_TOKEN": "/tokenization/v2/delete-token"}},
		"A-PATHS", Held, "/tokenization/v1/tokens", "",
	},
}

// The probe finds each behaviour and proposes its settings.
func TestEachBehaviourOfDOKUIsFound(t *testing.T) {
	for name, c := range behaviours {
		t.Run(name, func(t *testing.T) {
			report, _, err := ask(t, c.scene)
			if err != nil {
				t.Fatal(err)
			}
			if f := report.finding(c.id); f.Verdict != c.verdict || !strings.Contains(f.Seen, c.seen) {
				t.Errorf("%s %s: %s, want %s with %q", c.id, f.Verdict, f.Seen, c.verdict, c.seen)
			}
			var follow []string
			for _, s := range report.Settings {
				follow = append(follow, s.String())
			}
			if got := strings.Join(follow, " "); got != c.settings {
				t.Errorf("%q follows, want %q\n%s", got, c.settings, report.text())
			}
			if differs := report.Differs() > 0; differs != (c.verdict == Differs) && c.verdict != NotAsked {
				t.Errorf("%d differ\n%s", report.Differs(), report.text())
			}
		})
	}
}
