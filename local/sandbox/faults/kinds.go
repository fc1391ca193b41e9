package faults

import (
	"reflect"
	"slices"
	"strings"
)

// Names of endpoints. Two paths for the same operation share one name.
const (
	CreatePage    = "createpage"
	Capture       = "capture"
	Refund        = "refund"
	Status        = "status"
	DeleteToken   = "deletetoken"
	ListTokens    = "listtokens"
	Notifications = "notifications" // from the sandbox to the merchant
)

// Endpoints are the names of endpoints in Faults.Calls and in requested faults.
var Endpoints = []string{CreatePage, Capture, Refund, Status, DeleteToken, ListTokens}

// Names of faults, in JSON and in the control API.
const (
	LoseBefore      = "lose_before"
	LoseAfter       = "lose_after"
	ErrorBefore     = "error_before"
	ErrorAfter      = "error_after"
	ForeignBefore   = "foreign_before"
	ForeignAfter    = "foreign_after"
	Garble          = "garble"
	BadSignature    = "bad_signature"
	Unsigned        = "unsigned"
	BareSignature   = "bare_signature"
	SignedElsewhere = "signed_elsewhere"
	DelayBefore     = "delay_before"
	Delay           = "delay"
	DeliverTwice    = "deliver_twice"

	Refuse            = "refuse"
	FailedUnder200    = "failed_under_200"
	PendingFirst      = "pending_first"
	IdempotentRequest = "idempotent_request"
	RefuseRepeat      = "refuse_repeat"
	ListMessages      = "list_messages"
	WrongAmount       = "wrong_amount"
	WrongInvoice      = "wrong_invoice"
	BadPageURL        = "bad_page_url"
	StatusLag         = "status_lag"
	StatusNotFound    = "status_not_found"
	StatusOtherOrder  = "status_other_order"
	RetryAfter        = "retry_after"
	RateLimited       = "rate_limited"
	Slow              = "slow"

	Drop         = "drop"
	Late         = "late"
	Lose         = "lose"
	LoseAnswer   = "lose_answer"
	Duplicate    = "duplicate"
	Reorder      = "reorder"
	Forge        = "forge"
	OddAmount    = "odd_amount"
	OddDate      = "odd_date"
	OddCase      = "odd_case"
	OddWords     = "odd_words"
	OtherChannel = "other_channel"
	OtherPage    = "other_page"
	UnknownOrder = "unknown_order"
	Older        = "older"
)

// endpointsOf are the endpoints that can have a fault. All endpoints can have a fault that is not listed.
var endpointsOf = map[string][]string{
	Refuse:            {Capture, Refund},
	FailedUnder200:    {Capture, Refund},
	PendingFirst:      {Capture, Refund},
	IdempotentRequest: {CreatePage, Capture, Refund},
	RefuseRepeat:      {CreatePage, Capture, Refund},
	ListMessages:      {CreatePage, Capture, Refund},
	DeliverTwice:      {CreatePage, Capture, Refund, DeleteToken, ListTokens},
	WrongAmount:       {CreatePage, Capture, Refund, Status},
	WrongInvoice:      {CreatePage, Capture, Refund, Status},
	BadPageURL:        {CreatePage},
	StatusLag:         {Status},
	StatusNotFound:    {Status},
	StatusOtherOrder:  {Status},
}

// canHave reports whether an endpoint can have a fault.
func canHave(endpoint, fault string) bool {
	at, limited := endpointsOf[fault]
	return !limited || slices.Contains(at, endpoint)
}

// needsRepeat reports whether a fault needs a call whose Request-Id was done before.
func needsRepeat(fault string) bool { return fault == IdempotentRequest || fault == RefuseRepeat }

// Forms of faults that have several. Those of foreign answers are in foreign.go.
const (
	NoAttempt  = "no_attempt"  // of status_not_found: nobody tried to pay
	NoResource = "no_resource" // of status_not_found: the path is wrong

	MessageList      = "message"        // of list_messages: nothing is done; 400 {"message":[…]}
	ErrorMessageList = "error_messages" // of list_messages: nothing is done; 400 {"error_messages":[…]}
	RefundMessage    = "refund_message" // of list_messages: done; refund.message is a list

	BecomesSuccess = "success" // of pending_first
	BecomesFailed  = "failed"
)

// Forms returns the forms of a fault at an endpoint, nil if it has only one.
func Forms(endpoint, fault string) []string {
	switch fault {
	case ForeignBefore, ForeignAfter:
		return foreignNames(fault == ForeignAfter)
	case PendingFirst:
		return []string{BecomesSuccess, BecomesFailed}
	case IdempotentRequest:
		return []string{"400", "409"}
	case RefuseRepeat:
		return repeatRefusals(endpoint)
	case ListMessages:
		if endpoint == Refund {
			return []string{MessageList, ErrorMessageList, RefundMessage}
		}
		return []string{MessageList, ErrorMessageList}
	case WrongAmount:
		return []string{"less", "more"}
	case BadPageURL:
		return slices.Sorted(keysOf(pageURLs))
	case StatusNotFound:
		return []string{NoAttempt, NoResource}
	case RetryAfter:
		return []string{"429", "503"}
	case OddAmount:
		return AmountSpellings
	case OddDate:
		return DateSpellings
	case OddCase:
		return WordSpellings
	case OddWords:
		return slices.Sorted(keysOf(oddWords))
	}
	return nil
}

// chance is the probability of one fault, which has the name of the JSON field.
type chance struct {
	fault string
	p     float64
}

// probability is a field of a struct with a probability, under its JSON name.
type probability struct {
	name  string
	index []int
}

var (
	callProbabilities         = probabilities(CallFaults{})
	notificationProbabilities = probabilities(NotificationFaults{})
)

// probabilities returns the fields of a struct with a probability, in their order. A drawn number is compared with them
// in that order.
func probabilities(of any) (all []probability) {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(of)) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Type.Kind() == reflect.Float64 {
			all = append(all, probability{name, field.Index})
		}
	}
	return all
}

func (f CallFaults) chances() []chance { return chances(callProbabilities, f) }

// chances returns those of an attempt. Drop and Late are decided for a whole notification.
func (f NotificationFaults) chances() []chance {
	return chances(notificationProbabilities, f, Drop, Late)
}

func chances(fields []probability, of any, except ...string) []chance {
	v := reflect.ValueOf(of)
	all := make([]chance, 0, len(fields))
	for _, field := range fields {
		if !slices.Contains(except, field.name) {
			all = append(all, chance{field.name, v.FieldByIndex(field.index).Float()})
		}
	}
	return all
}

// spreadEvenly gives every probability of a struct, except some, the same share of p.
func spreadEvenly(fields []probability, of any, p float64, except ...string) {
	v := reflect.ValueOf(of).Elem()
	for _, field := range fields {
		if !slices.Contains(except, field.name) {
			v.FieldByIndex(field.index).SetFloat(p / float64(len(fields)-len(except)))
		}
	}
}

// At returns f without the faults that an endpoint cannot have.
func (f CallFaults) At(endpoint string) CallFaults {
	v := reflect.ValueOf(&f).Elem()
	for _, field := range callProbabilities {
		if !canHave(endpoint, field.name) {
			v.FieldByIndex(field.index).SetFloat(0)
		}
	}
	return f
}

// Names returns the names of all faults of calls, or of notifications.
func Names(notified bool) (names []string) {
	fields := callProbabilities
	if notified {
		fields = notificationProbabilities
	}
	for _, field := range fields {
		names = append(names, field.name)
	}
	return names
}
