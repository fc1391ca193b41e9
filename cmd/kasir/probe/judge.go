package probe

import (
	"fmt"
	"slices"
	"strings"
)

// Verdicts about an assumption.
const (
	Held     = "held"      // with its current settings, kasir handles DOKU's answers rightly
	Differs  = "differs"   // with its current settings, kasir does not handle them rightly
	NotAsked = "not asked" // no answer shows whether it does
)

// Finding is the verdict on one assumption, with the answers behind it.
type Finding struct {
	ID       string    `json:"id"`
	Verdict  string    `json:"verdict"`
	Seen     string    `json:"seen"`
	Settings []Setting `json:"settings,omitempty"` // proposed if the current ones do not fit DOKU's answers
}

func held(format string, values ...any) Finding {
	return Finding{Verdict: Held, Seen: fmt.Sprintf(format, values...)}
}

func notAsked(format string, values ...any) Finding {
	return Finding{Verdict: NotAsked, Seen: fmt.Sprintf(format, values...)}
}

// differs returns a finding that proposes settings, each as NAME=value.
func differs(seen string, settings ...string) Finding {
	f := Finding{Verdict: Differs, Seen: seen}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		f.Settings = append(f.Settings, Setting{name, value})
	}
	return f
}

// judges holds a function for each assumption that has steps. The function derives the finding from DOKU's answers.
var judges map[string]func(*run) Finding

func init() {
	judges = map[string]func(*run) Finding{
		"A-UNSIGNED-SUCCESS":    judgeSuccess,
		"A-UNSIGNED-ERRORS":     judgeErrors,
		"A-UNSIGNED-GET":        judgeGET,
		"A-GET-DIGEST":          judgeDigest,
		"A-BARE-SIGNATURE":      judgeBare,
		"A-TURNED-AWAY":         judgeTurnedAway,
		"A-CLOCK":               judgeClock,
		"A-ERROR-SHAPE":         judgeShapes,
		"A-NOT-FOUND":           judgeNotFound,
		"A-WRONG-PATH":          judgeWrongPath,
		"A-PATHS":               judgePaths,
		"A-SPEED":               judgeSpeed,
		"A-REQUEST-ID":          judgePageMade,
		"A-REPEAT":              judgeRepeat,
		"A-MEMORY":              judgeMemory,
		"A-REPEAT-RUNNING":      judgeTwiceAtOnce,
		"A-OTHER-BODY":          judgeOtherBody,
		"A-REFUSED-REPEAT":      judgeRefusedRepeat,
		"A-INVOICE-CHARACTERS":  judgePageMade,
		"A-PAYMENT-TYPE":        judgeSamples,
		"A-BOOLEANS":            judgeSamples,
		"A-SAMPLES":             judgeSamples,
		"A-REQUEST-TARGET":      judgeRequestTarget,
		"A-DATES":               judgeDates,
		"A-WORDS":               judgeWords,
		"A-PARTIAL-REFUND":      judgePart,
		"A-PAGE-LIFETIME":       judgeLifetime,
		"A-PAGE-URL":            judgePageURL,
		"A-TOKEN-BODIES":        judgeTokens,
		"A-STATUS-UNPAID":       judgeUnpaid,
		"A-STATUS-BY-ID":        judgeStatusByID,
		"A-STATUS-AMOUNT":       judgeStatusAmount,
		"A-STATUS-REFUNDED":     judgeRefunded,
		"A-ORIGINAL-REQUEST-ID": judgeOriginal,
		"A-AMOUNT-FORM":         judgeAmounts,
		"A-NOTIFIED":            judgeNotified,
		"A-NOTIFICATION-IDS":    judgeNotificationIDs,
		"A-NOTIFICATION-AGE":    judgeAge,
		"A-REFUNDS-NOTIFIED":    judgeRefundNotified,
		"A-AUTHORIZE-NOTIFIED":  judgeAuthorized,
		"A-AUTHORIZE-ID":        judgeAuthorizeID,
		"A-CAPTURE-NOTIFIED":    judgeCaptureNotified,
		"A-REFUND-REFUSAL":      judgeRefundRefusal,
		"A-REFUND-TYPE":         judgeRefundType,
		"A-CAPTURE-AMOUNT":      judgeCaptureAmount,
		"A-CAPTURE-ANSWER":      judgeCaptureAnswer,
		"A-SEVERAL-CAPTURES":    judgeSeveralCaptures,
	}
}

// judge returns a finding for every assumption.
func (r *run) judge() []Finding {
	var all []Finding
	for _, a := range All() {
		f := notAsked("%s", strings.TrimPrefix(strings.TrimPrefix(a.Look, "Not asked: "), "Not asked. "))
		if len(a.Steps) > 0 {
			f = r.judgeOne(a)
		}
		f.ID, f.Seen = a.ID, r.redactor("").text(f.Seen)
		all = append(all, f)
	}
	return all
}

func (r *run) judgeOne(a Assumption) Finding {
	taken := slices.ContainsFunc(a.Steps, func(name string) bool { return r.seen[name] != nil || r.inboxStep(name) })
	if taken {
		return judges[a.ID](r)
	}
	for _, name := range a.Steps {
		if reason := r.withheld[name]; reason != "" {
			return notAsked("%s: %s", name, reason)
		}
	}
	return notAsked("nothing was seen")
}

// inboxStep reports whether a step that only waits for notifications was taken.
func (r *run) inboxStep(name string) bool {
	waits := []string{"notification", "refund-notification", "capture-notification", "notification-retry"}
	reason, reached := r.withheld[name]
	return slices.Contains(waits, name) && reached && reason == ""
}

// count returns a text such as "2 of 5 refusals".
func count(some, all int, noun string) string { return fmt.Sprintf("%d of %d %s", some, all, noun) }
