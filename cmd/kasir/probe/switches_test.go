package probe

import (
	"strings"
	"testing"
)

// switches lists the switches of local/sandbox, each with the finding that must show it.
var switches = map[string]struct {
	faults, id, verdict, seen, settings string
}{
	"forget_after":     {`{"forget_after":"40m"}`, "A-MEMORY", Differs, "after 1h0m0s forgotten", "TRUST_WINDOW=30m"},
	"refuse_repeats":   {`{"refuse_repeats":true}`, "A-REPEAT", Held, "refused, so check status must decide", ""},
	"double_captures":  {`{"double_captures":true}`, "A-SEVERAL-CAPTURES", Held, "a second capture is done", ""},
	"unsigned success": {`{"unsigned_answers":{"success":true}}`, "A-UNSIGNED-SUCCESS", Held, "0 of", ""},
	"unsigned refusals": {`{"unsigned_answers":{"refusal":true}}`, "A-UNSIGNED-ERRORS", Differs, "0 of",
		"UNSIGNED_REFUSALS=status"},
	"unsigned GET":   {`{"unsigned_answers":{"get":true}}`, "A-UNSIGNED-GET", Held, "0 of", ""},
	"request_target": {`{"request_target":true}`, "A-REQUEST-TARGET", Held, "0 answers have one", ""},
	"page_lifetime": {`{"page_lifetime":"20m"}`, "A-PAGE-LIFETIME", Differs, "410 after 30m0s",
		"PAGE_LIFETIME=30m"},
	"not_found_unpaid":   {`{"not_found_unpaid":true}`, "A-STATUS-UNPAID", Held, "HTTP 404", ""},
	"amounts as text":    {`{"amounts":"text"}`, "A-AMOUNT-FORM", Held, "text (", ""},
	"amounts decimals":   {`{"amounts":"decimals"}`, "A-AMOUNT-FORM", Held, "number with decimals", ""},
	"amounts exponent":   {`{"amounts":"exponent"}`, "A-AMOUNT-FORM", Held, "exponent", ""},
	"dates local":        {`{"dates":"local_z"}`, "A-DATES", Differs, "7h0m0s", ""},
	"dates 2099":         {`{"dates":"year_2099"}`, "A-DATES", Differs, "2099", ""},
	"words":              {`{"words":"lower"}`, "A-WORDS", Held, "success", ""},
	"capture_amount":     {`{"capture_amount":"order"}`, "A-CAPTURE-ANSWER", Held, "the order's amount", ""},
	"bare_signature":     {`{"bare_signature":1}`, "A-BARE-SIGNATURE", Held, "begin without", ""},
	"idempotent_request": {`{"idempotent_request":1}`, "A-REPEAT", Held, "without the first answer", ""},
	"list_messages":      {`{"calls":{"refund":{"list_messages":1}}}`, "A-ERROR-SHAPE", Held, "[…]", ""},
	"signed_elsewhere": {`{"signed_elsewhere":1}`, "A-UNSIGNED-SUCCESS", Differs, "does not match",
		"DOKU_SIGNATURE_SUCCESS=ignore DOKU_SIGNATURE_ERROR=ignore UNSIGNED_REFUSALS=status DOKU_SIGNATURE_GET=ignore"},
	"pending_first": {`{"pending_first":1}`, "A-REFUND-TYPE", Differs, "PENDING", ""},
	"wrong_amount":  {`{"wrong_amount":1}`, "A-CAPTURE-ANSWER", Differs, "names ", ""},
}

func TestEachSwitchOfTheSandboxIsFound(t *testing.T) {
	for name, c := range switches {
		t.Run(name, func(t *testing.T) {
			report, _, err := ask(t, scene{faults: c.faults, full: true})
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
				t.Errorf("%q follows, want %q", got, c.settings)
			}
		})
	}
}
